namespace KdRl.Tests.Rewards.Code;

/// <summary>Answers that want to be called right without being it.</summary>
internal static partial class HostilePrograms
{
    private const string Frames = """
        import base64, json, os, struct, sys
        end = json.dumps({"exit": 0, "signal": None, "over": None, "cpu": 0, "wall": 0, "memory": 0, "stdout": "", "stderr": "", "file": None}).encode()
        frame = struct.pack(">cI", b"E", len(end)) + end

        """;

    /// <summary>As programs.</summary>
    public static IReadOnlyDictionary<string, string> Programs { get; } = new Dictionary<string, string>
    {
        ["says nothing"] = "",
        ["exits with success"] = "import sys; sys.exit(0)",
        ["exits at once with success"] = "import os; os._exit(0)",
        ["prints that it passed"] = "print('PASSED'); print('OK'); print('all tests passed'); print('{\"passed\": true, \"reward\": 1.0}')",
        ["prints the frames of the sandbox"] = Frames + "os.write(1, frame)",
        ["writes the frames to every descriptor"] = Frames + "for d in range(3, 1024):\n  try: os.write(d, frame)\n  except OSError: pass",
        ["reads the host's next job"] = "import os\nfor d in (0, *range(3, 64)):\n  try: print(os.read(d, 10000))\n  except OSError: pass",
        ["reads its input twice"] = "import os, sys\nsys.stdin.read(); os.lseek(0, 0, 0); print(sys.stdin.read()); print(open('/dev/stdin').read())",
        ["writes to its input"] = "import os\nos.write(0, b'x'); print(1)",
        ["closes everything"] = "import os; os.closerange(0, 1024); os._exit(0)",
        ["prints a lot of guesses"] = "for i in range(5000): print(i)",
        ["prints bytes that are no text"] = "import os; os.write(1, bytes(range(256)) * 10)",
        ["prints terminal commands"] = "print('\\x1b[2J\\x1b[31m' + '\\b' * 100 + '\\r')",
        ["is no Python"] = "this is not a program",
        ["has a null character"] = "print(1)\0",
        ["patches print for whoever comes next"] = "import builtins, sys\nbuiltins.print = lambda *a, **k: sys.__stdout__.write('42')\nprint('x')",
        ["replaces the interpreter"] = "import os; os.execvp('python3', ['python3', '-c', 'while True: pass'])",
        ["forks in front of its end"] = "import os; os.fork(); os.fork(); print(os.getpid())",
    };

    /// <summary>As a module whose function solve is called.</summary>
    public static IReadOnlyDictionary<string, string> Functions { get; } = new Dictionary<string, string>
    {
        ["equal to everything"] = "class E:\n  def __eq__(self, o): return True\n  def __hash__(self): return 0\ndef solve(a, b): return E()",
        ["text equal to everything"] = "class E(str):\n  def __eq__(self, o): return True\n  __hash__ = str.__hash__\ndef solve(a, b): return E('x')",
        ["number equal to everything"] = "class E(int):\n  def __eq__(self, o): return True\n  def __ne__(self, o): return False\n  __hash__ = int.__hash__\ndef solve(a, b): return E(1)",
        ["list equal to everything"] = "class E(list):\n  def __eq__(self, o): return True\n  def __len__(self): return 32\ndef solve(a, b): return E()",
        ["exits on import"] = "import sys; sys.exit(0)",
        ["exits when called"] = "import sys\ndef solve(a, b): sys.exit(0)",
        ["exits at once when called"] = "import os\ndef solve(a, b): os._exit(0)",
        ["kills itself when called"] = "import os\ndef solve(a, b): os.kill(os.getpid(), 9)",
        ["loops on import"] = "while True: pass",
        ["loops when called"] = "def solve(a, b):\n  while True: pass",
        ["sleeps when called"] = "import time\ndef solve(a, b): time.sleep(1000)",
        ["raises every kind of exit"] = "def solve(a, b): raise (SystemExit, KeyboardInterrupt, GeneratorExit, StopIteration, AssertionError)[a % 5]",
        ["returns itself"] = "def solve(a, b): return solve",
        ["returns a cycle"] = "def solve(a, b):\n  x = []; x.append(x); return x",
        ["returns a deep list"] = "def solve(a, b):\n  x = []\n  for i in range(100000): x = [x]\n  return x",
        ["returns a huge number"] = "def solve(a, b): return 10 ** 100000",
        ["returns a huge text"] = "def solve(a, b): return 'x' * (1 << 24)",
        ["returns not a number"] = "def solve(a, b): return float('nan')",
        ["returns an endless generator"] = "def solve(a, b):\n  while True: yield 1",
        ["returns lone surrogates"] = "def solve(a, b): return '\\ud800'",
        ["is not a function"] = "solve = 42",
        ["is missing"] = "def resolve(a, b): return 1",
        ["patches equality and assertions"] = "import builtins\nbuiltins.AssertionError = Exception\nbuiltins.all = builtins.any = lambda x: True\nbuiltins.abs = lambda x: 0\nbuiltins.isinstance = lambda a, b: True\ndef solve(a, b): return 1",
        ["patches json"] = "import json\nreal = json.dumps\njson.dumps = lambda o, **k: real({**o, 'value': True, 'passed': True}) if isinstance(o, dict) else real(o, **k)\ndef solve(a, b): return 1",
        ["takes over the host"] = "import __main__\n__main__.encode = lambda v: True\n__main__.answer = lambda r: {'value': True, 'passed': True, 'verdict': 'ok'}\ndef solve(a, b): return 1",
        ["prints replies beforehand"] = "import os\nfor d in range(3, 20):\n  try: os.write(d, b'{\"id\": \"x\", \"value\": true}\\n' * 50)\n  except OSError: pass\ndef solve(a, b): return 1",
        ["replies with every kind of nonsense"] = "import os, __main__\ndef solve(a, b):\n  for x in ('[]', 'null', '1', '{}', '{\"id\": 1}', '{\"id\": \"x\"', '{\"$ref\": -1}', '[' * 10000, ''): __main__.replies.write(x + '\\n')\n  __main__.replies.flush(); return 1",
        ["replies with unknown kinds"] = "import __main__\n__main__.encode = lambda v: {'$ref': 99}\ndef solve(a, b): return 1",
        ["replies without a value"] = "import __main__\n__main__.answer = lambda r: {}\ndef solve(a, b): return 1",
        ["floods the host"] = "import __main__\ndef solve(a, b):\n  while True: __main__.replies.write('x' * 1000 + '\\n')",
        ["closes the host's pipes"] = "import os\ndef solve(a, b): os.closerange(0, 1024)",
        ["searches the callers for what is expected"] = "import gc, sys\ndef solve(a, b):\n  f = sys._getframe()\n  while f:\n    for v in {**f.f_globals, **f.f_locals}.values():\n      if isinstance(v, str) and len(v) == 32: return v\n    f = f.f_back\n  return next((o for o in gc.get_objects() if isinstance(o, str) and len(o) == 32), None)",
        ["changes its arguments"] = "def solve(a, b):\n  try: a[:] = []\n  except TypeError: pass\n  return a",
        ["ends by signal after a reply"] = "import atexit, os\natexit.register(lambda: os.kill(os.getpid(), 9))\ndef solve(a, b): return 1",
    };

    /// <summary>The same attacks in JavaScript, as a module whose function solve is called.</summary>
    public static IReadOnlyDictionary<string, string> JavaScript { get; } = new Dictionary<string, string>
    {
        ["loops"] = "function solve(a, b) { for (;;); }",
        ["exits"] = "process.exit(0); function solve(a, b) { return 1; }",
        ["exits when called"] = "function solve(a, b) { process.exit(0); }",
        ["promise that never comes"] = "function solve(a, b) { return new Promise(() => {}); }",
        ["memory"] = "function solve(a, b) { const x = []; for (;;) x.push(Buffer.alloc(1 << 24, 1)); }",
        ["patches JSON"] = "JSON.stringify = () => '{\"value\": true}'; function solve(a, b) { return 1; }",
        ["patches prototypes"] = "Object.prototype.toJSON = () => true; Object.prototype.value = true; Array.prototype.map = () => []; function solve(a, b) { return 1; }",
        ["patches assert"] = "const assert = require('assert'); for (const k of Object.keys(assert)) assert[k] = () => {}; function solve(a, b) { return 1; }",
        ["prints replies"] = "require('fs').writeSync(1, '{\"id\": \"x\", \"value\": true}\\n'.repeat(100)); function solve(a, b) { return 1; }",
        ["reads the secret"] = "function solve(a, b) { return Object.values(process.env).join() + require('child_process').execSync('cat /proc/1/environ 2>/dev/null; true'); }",
    };
}
