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
        ["one very long line"] = "print('x' * 60000, end='')",
        ["null characters"] = "import os; os.write(1, bytes(1000))",
        ["writes after it closed its output"] = "import os, sys\nsys.stdout.close()\nos.write(1, b'42')",
        ["exits as code that does not compile"] = "import sys; sys.exit(65)",
        ["patches its way out"] = "import os, sys\nsys.exit = os._exit = lambda *a: None\nraise SystemExit('42')",
        ["changes its own source"] = "open('solution.py', 'w').write('print(42)'); import solution",
        ["answers on standard error"] = "import sys; print('42', file=sys.stderr)",
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
        ["says that it is a text"] = "class E:\n  def __eq__(self, o): return True\n  def __ne__(self, o): return False\n  def __lt__(self, o): return True\n  __le__ = __gt__ = __ge__ = __contains__ = __lt__\n  def __len__(self): return 32\n  def __getitem__(self, i): return E()\n  def __iter__(self): return iter([1] * 32)\n  def __getattr__(self, n): return lambda *a, **k: True\n  def __str__(self): return 'x'\n  __repr__ = __str__\n  def __hash__(self): return 0\n  @property\n  def __class__(self): return str\ndef solve(a, b): return E()",
        ["raises where it is shown"] = "class X:\n  def __repr__(self): raise ValueError('x')\n  __str__ = __repr__\ndef solve(a, b): return X()",
        ["exits where its class is asked for"] = "class X:\n  @property\n  def __class__(self): raise SystemExit(0)\ndef solve(a, b): return X()",
        ["dictionary without end"] = "class D(dict):\n  def items(self):\n    while True: yield (1, 1)\ndef solve(a, b): return D()",
        ["list without end"] = "class L(list):\n  def __iter__(self):\n    while True: yield 1\ndef solve(a, b): return L()",
        ["class equal to everything"] = "class M(type):\n  def __eq__(c, o): return True\n  __hash__ = type.__hash__\nclass X(metaclass=M): pass\ndef solve(a, b): return X",
        ["error equal to everything"] = "class X(Exception):\n  def __eq__(self, o): return True\ndef solve(a, b): raise X",
        ["coroutine"] = "async def solve(a, b): return 'x'",
        ["returns bytes"] = "def solve(a, b): return b'x' * 32",
        ["returns a null character"] = "def solve(a, b): return 'x\\0'",
        ["returns the words of the host"] = "def solve(a, b): return {'$int': '1', '$tuple': [1], '$dict': []}",
        ["number of a million digits"] = "import sys\nsys.set_int_max_str_digits(0)\ndef solve(a, b): return 10 ** 1000000",
        ["deletes the built-ins"] = "import builtins\nfor n in list(vars(builtins)):\n  if n not in ('__import__', '__build_class__'): delattr(builtins, n)\ndef solve(a, b): return 1",
        ["replaces standard output"] = "import io, sys\nsys.stdout = sys.__stdout__ = io.StringIO()\ndef solve(a, b): return 1",
        ["puts a pipe in the place of the output"] = "import os\ndef solve(a, b):\n  r, w = os.pipe()\n  for d in range(1, 10):\n    try: os.dup2(w, d)\n    except OSError: pass\n  return 1",
        ["traces the host"] = "import sys\ndef t(f, e, a):\n  for k in list(f.f_locals): f.f_locals[k] = True\n  return t\nsys.settrace(t)\nf = sys._getframe()\nwhile f: f.f_trace = t; f = f.f_back\ndef solve(a, b): return 1",
        ["replaces every function of the host"] = "import sys\nf = sys._getframe()\nwhile f:\n  for k, v in list(f.f_globals.items()):\n    if callable(v) and not k.startswith('__'): f.f_globals[k] = lambda *a, **k: True\n  f = f.f_back\ndef solve(a, b): return 1",
        ["thread that replies later"] = "import os, threading, time\ndef late():\n  time.sleep(0.05)\n  for d in range(1, 10):\n    try: os.write(d, b'{\"id\": \"x\", \"value\": true}\\n')\n    except OSError: pass\nthreading.Thread(target=late).start()\ndef solve(a, b):\n  time.sleep(0.1); return 1",
        ["hook that exits with success"] = "import os, sys\nsys.excepthook = threading = lambda *a: os._exit(0)\ndef solve(a, b): raise ValueError",
        ["exit handler that replies"] = "import atexit, os\natexit.register(lambda: [os.write(d, b'{\"value\": true}\\n') for d in (1, 3, 4)])\ndef solve(a, b): raise SystemExit(0)",
        ["fault handler that writes"] = "import faulthandler\nfaulthandler.enable(); faulthandler.dump_traceback_later(0.01, exit=True)\ndef solve(a, b):\n  while True: pass",
        ["timer that exits with success"] = "import os, signal\nsignal.signal(signal.SIGALRM, lambda *a: os._exit(0)); signal.setitimer(signal.ITIMER_REAL, 0.001)\ndef solve(a, b):\n  while True: pass",
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
        ["says that it is a text"] = "function solve() { return { valueOf: () => 'x', toString: () => 'x', toJSON: () => 'x', [Symbol.toPrimitive]: () => 'x' }; }",
        ["proxy of everything"] = "function solve() { return new Proxy({}, { get: () => 'x', has: () => true, ownKeys: () => ['a'], getPrototypeOf: () => String.prototype }); }",
        ["getter that exits"] = "function solve() { const o = {}; Object.defineProperty(o, 'x', { enumerable: true, get() { process.exit(0); } }); return o; }",
        ["promise that settles for ever"] = "function solve() { return { then(f) { for (;;) f('x'); } }; }",
        ["handler that exits with success"] = "process.on('uncaughtException', () => process.exit(0)); process.on('exit', () => { process.exitCode = 0; }); function solve() { throw 1; }",
        ["worker that loops"] = "const { Worker } = require('worker_threads'); new Worker('for (;;);', { eval: true }); function solve() { return 1; }",
        ["child that stays"] = "require('child_process').spawn('sleep', ['77777'], { detached: true, stdio: 'ignore' }).unref(); function solve() { return 1; }",
        ["huge number"] = "function solve() { return 10n ** 100000n; }",
        ["cycle"] = "function solve() { const x = []; x.push(x); return x; }",
        ["writes to every descriptor"] = "const fs = require('fs'); for (let d = 1; d < 64; d++) { try { fs.writeSync(d, '{\"id\": \"x\", \"value\": true}\\n'); } catch { continue; } } function solve() { return 1; }",
    };
}
