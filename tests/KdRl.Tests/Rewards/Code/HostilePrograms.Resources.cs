namespace KdRl.Tests.Rewards.Code;

/// <summary>Programs that want to use up the machine.</summary>
internal static partial class HostilePrograms
{
    private const string C = "import ctypes, os, sys\nlibc = ctypes.CDLL(None, use_errno=True)\n";

    public static IReadOnlyDictionary<string, string> Time { get; } = new Dictionary<string, string>
    {
        ["busy loop"] = "while True: pass",
        ["busy loop in C"] = "print(sum(range(10**12)))",
        ["huge power"] = "print(3 ** (10 ** 9) % 10)",
        ["power tower"] = "print(9 ** 9 ** 9 % 10)",
        ["regular expression that blows up"] = "import re; print(re.match(r'(a+)+$', 'a' * 60 + 'b'))",
        ["sleep"] = "import time; time.sleep(1000)",
        ["pause"] = "import signal; signal.pause()",
        ["deadlock"] = "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()",
        ["thread that never ends"] = "import threading, time; threading.Thread(target=time.sleep, args=(1000,)).start()",
        ["exit handler that never ends"] = "import atexit, time; atexit.register(time.sleep, 1000); raise SystemExit(0)",
        ["stops itself"] = "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
        ["ignores every signal"] = "import signal\nfor s in range(1, 65):\n  try: signal.signal(s, signal.SIG_IGN)\n  except (OSError, ValueError): pass\nwhile True: pass",
        ["child that works on"] = "import os\nif os.fork() == 0:\n  while True: pass\nos.wait()",
        ["children that take turns"] = "import os\nwhile True:\n  if os.fork() == 0:\n    for i in range(10**6): pass\n    os._exit(0)\n  os.wait()",
        ["timer storm"] = "import signal, time\nsignal.signal(signal.SIGALRM, lambda *a: None)\nsignal.setitimer(signal.ITIMER_REAL, 1e-6, 1e-6)\nwhile True: time.sleep(1)",
        ["reads a pipe nobody writes"] = "import os; r, w = os.pipe(); os.read(r, 1)",
        ["nested parentheses"] = "(" + new string('(', 50_000),
        ["constant folding"] = "x = " + string.Join(" + ", Enumerable.Repeat("(1 << 4000) ** 30", 200)),
        ["decompression bomb"] = "import zlib; d = zlib.compress(bytes(1 << 26), 9)\nfor i in range(1000): zlib.decompress(d)",
    };

    public static IReadOnlyDictionary<string, string> Space { get; } = new Dictionary<string, string>
    {
        ["fork loop"] = "import os\nwhile True:\n  try:\n    if os.fork() == 0:\n      import time; time.sleep(1000)\n  except OSError: pass",
        ["fork bomb"] = "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass",
        ["shell fork bomb"] = "import subprocess; subprocess.run(['bash', '-c', ':(){ :|:& };:'])\nwhile True: pass",
        ["thread bomb"] = "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(1000,)).start()",
        ["one huge allocation"] = "x = bytearray(10 ** 11)",
        ["memory in steps"] = "x = []\nwhile True: x.append(bytearray(1 << 24))",
        ["memory of many children"] = "import os, time\nfor i in range(20):\n  if os.fork() == 0:\n    x = bytearray(b'1' * (100 << 20)); time.sleep(1000)\ntime.sleep(1000)",
        ["shared memory map"] = "import mmap\nx = []\nwhile True:\n  m = mmap.mmap(-1, 1 << 26); m.write(b'1' * (1 << 26)); x.append(m)",
        ["memory file"] = "import os\nx = []\nwhile True:\n  f = os.memfd_create('x'); os.write(f, bytes(1 << 24)); x.append(f)",
        ["shared memory segments"] = C + "for i in range(1000):\n  s = libc.shmget(0, 1 << 24, 0o1600)\n  if s < 0: sys.exit(1)\n  p = libc.shmat(s, None, 0); ctypes.memset(p, 1, 1 << 24); libc.shmdt(p)",
        ["locked memory"] = C + "import mmap\nlibc.mlockall(3)\nx = bytearray(1 << 30)",
        ["endless recursion"] = "import sys; sys.setrecursionlimit(10 ** 9)\ndef f(n): return f(n + 1) + f(n + 2)\nf(0)",
        ["endless recursion in C"] = "import sys; sys.setrecursionlimit(10 ** 9)\nx = []\nfor i in range(10 ** 6): x = [x]\nrepr(x)",
        ["one huge file"] = "f = open('x', 'wb')\nwhile True: f.write(bytes(1 << 20))",
        ["many files"] = "import os\ni = 0\nwhile True:\n  open(f'f{i}', 'wb').write(bytes(1 << 23)); i += 1",
        ["many empty files"] = "i = 0\nwhile True:\n  open(f'f{i}', 'w').close(); i += 1",
        ["deep folders"] = "import os\nwhile True: os.mkdir('d'); os.chdir('d')",
        ["fills shared memory folder"] = "i = 0\nwhile True:\n  open(f'/dev/shm/kdrl-escape{i}', 'wb').write(bytes(1 << 22)); i += 1",
        ["sparse file"] = "f = open('x', 'wb'); f.truncate(1 << 45)",
        ["many open files"] = "x = []\nwhile True: x.append(open('/dev/null'))",
        ["output flood"] = "while True: print('x' * 1000)",
        ["output flood without line ends"] = "import sys\nwhile True: sys.stdout.write('x' * 65536)",
        ["output flood of children"] = "import os\nfor i in range(8):\n  if os.fork() == 0: break\nwhile True: os.write(1, b'y\\n' * 1000)",
        ["error flood"] = "import sys\nwhile True: print('x' * 1000, file=sys.stderr)",
        ["pipes filled"] = "import fcntl, os\nwhile True:\n  r, w = os.pipe(); fcntl.fcntl(w, 1031, 1 << 20); os.write(w, bytes(1 << 20))",
        ["real-time priority"] = "import os\nfor f in (lambda: os.nice(-20), lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(99))):\n  try: f()\n  except OSError: pass\nwhile True: pass",
        ["raises its own limits"] = "import resource\nfor k in (resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_NPROC):\n  try: resource.setrlimit(k, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))\n  except (OSError, ValueError): pass\nx = bytearray(2 << 30)",
    };
}
