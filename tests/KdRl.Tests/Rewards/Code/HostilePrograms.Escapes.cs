namespace KdRl.Tests.Rewards.Code;

/// <summary>
/// Programs that want to reach what is outside. They are told where: their input is the port of a listener on the host, the path of a secret file, the
/// name of a secret variable. What they print is right if it is the secret.
/// </summary>
internal static partial class HostilePrograms
{
    public static IReadOnlyDictionary<string, string> Escapes { get; } = new Dictionary<string, string>
    {
        ["reads the secret file"] = "port, path, name = input().split(); print(open(path).read())",
        ["reads the secret file through proc"] = "port, path, name = input().split()\nimport os\nfor p in os.listdir('/proc'):\n  try: print(open(f'/proc/{p}/root{path}').read())\n  except OSError: pass",
        ["reads the secret file by a link"] = "import os\nport, path, name = input().split(); os.symlink(path, 'link'); print(open('link').read())",
        ["climbs out of its folder"] = "port, path, name = input().split(); print(open('../' * 30 + path).read())",
        ["searches every file for the secret"] = "import os\nfor d, _, files in os.walk('/'):\n  if d.startswith(('/usr', '/proc', '/sys')): continue\n  for f in files:\n    try: print(open(os.path.join(d, f), errors='replace').read(10000))\n    except OSError: pass",
        ["reads environments"] = "import os\nport, path, name = input().split(); print(os.environ.get(name, ''))\nfor p in os.listdir('/proc'):\n  try: print(open(f'/proc/{p}/environ').read())\n  except OSError: pass",
        ["reads command lines"] = "import os\nfor p in os.listdir('/proc'):\n  try: print(open(f'/proc/{p}/cmdline').read())\n  except OSError: pass",
        ["reads every descriptor"] = "import os\nfor p in [*os.listdir('/proc')]:\n  try:\n    for d in os.listdir(f'/proc/{p}/fd'):\n      if int(d) > 2: print(os.read(os.open(f'/proc/{p}/fd/{d}', os.O_RDONLY | os.O_NONBLOCK), 1000))\n  except (OSError, ValueError): pass",
        ["reads the warden's memory"] = "import re\nfor line in open('/proc/1/maps'):\n  a, b = (int(x, 16) for x in line.split()[0].split('-'))\n  m = open('/proc/1/mem', 'rb'); m.seek(a); print(re.findall(rb'[0-9a-f]{32}', m.read(b - a)))",
        ["searches its own memory for the secret"] = "import re\nfor line in open('/proc/self/maps'):\n  f = line.split()\n  if 'r' not in f[1] or f[-1].startswith('[v'): continue\n  a, b = (int(x, 16) for x in f[0].split('-'))\n  m = open('/proc/self/mem', 'rb'); m.seek(a)\n  for x in set(re.findall(rb'(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])', m.read(b - a))): print(x.decode())",
        ["searches live objects for the secret"] = "import gc, re\nfor o in gc.get_objects():\n  for r in gc.get_referents(o):\n    if isinstance(r, (str, bytes)) and len(r) == 32: print(r)",
        ["climbs the call stack"] = "import sys\nf = sys._getframe()\nwhile f:\n  for k, v in {**f.f_globals, **f.f_locals}.items():\n    if len(repr(v)) < 200: print(k, v)\n  f = f.f_back",
        ["connects to the host"] = "import socket\nport = int(input().split()[0]); print(socket.create_connection(('127.0.0.1', port), 1).recv(100).decode())",
        ["connects to the host by IPv6"] = "import socket\nport = int(input().split()[0]); print(socket.create_connection(('::1', port), 1).recv(100).decode())",
        ["scans private networks"] = "import socket\nport = int(input().split()[0])\nfor h in ('10.0.0.1', '172.17.0.1', '192.168.0.1', '169.254.169.254'):\n  try: print(socket.create_connection((h, port), 0.1).recv(100))\n  except OSError: pass",
        ["asks for a name"] = "import socket; print(socket.getaddrinfo('example.com', 80))",
        ["sends a datagram"] = "import socket\nport = int(input().split()[0]); s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.sendto(b'hello', ('127.0.0.1', port)); s.settimeout(0.2); print(s.recv(100))",
        ["connects to an abstract socket"] = "import socket\nname = input().split()[2]; s = socket.socket(socket.AF_UNIX); s.connect('\\0' + name); print(s.recv(100).decode())",
        ["opens a raw socket"] = "import socket; s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3); print(s.recv(100))",
        ["brings an interface up"] = "import fcntl, socket, struct; s = socket.socket(); fcntl.ioctl(s, 0x8914, struct.pack('16sh14s', b'eth0', 1, b'')); print(1)",
        ["writes to the system"] = "for p in ('/usr/kdrl-escape', '/kdrl-escape', '/usr/bin/kdrl-escape', '/dev/kdrl-escape', '/proc/sys/kernel/core_pattern', '/proc/sysrq-trigger'):\n  try: open(p, 'w').write('|/bin/sh'); print('written')\n  except OSError: pass",
        ["writes to usual folders"] = "for p in ('/tmp', '/var/tmp', '/root', '/home', '/dev/shm', '/run'):\n  try: open(p + '/kdrl-escape', 'w').write('x')\n  except OSError: pass",
        ["changes its device nodes"] = "import os\nfor p in ('/dev/null', '/dev/zero', '/dev/urandom'):\n  for f in (os.unlink, lambda q: os.chmod(q, 0), lambda q: os.rename(q, q + 'x')):\n    try: f(p); print('changed')\n    except OSError: pass",
        ["makes a device"] = "import os, stat; os.mknod('disk', 0o666 | stat.S_IFBLK, os.makedev(254, 0)); print(open('disk', 'rb').read(1000))",
        ["mounts"] = C + "print(libc.mount(b'proc', b'/scratch', b'proc', 0, None), libc.mount(b'/', b'/scratch', None, 4096, None)); sys.exit(libc.umount2(b'/scratch', 2) and 1)",
        ["makes a user namespace"] = C + "r = libc.unshare(0x10000000), libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)\nif 0 in r: print(os.popen('id').read())\nsys.exit(1)",
        ["enters another namespace"] = C + "for n in ('mnt', 'pid', 'net', 'user'):\n  try: print(libc.setns(os.open(f'/proc/1/ns/{n}', os.O_RDONLY), 0))\n  except OSError as e: print(e)\nsys.exit(1)",
        ["leaves by chroot"] = "import os\nos.mkdir('d'); os.chroot('d'); os.chdir('../' * 20); print(os.listdir('.'))",
        ["becomes root"] = "import os\nfor f in (lambda: os.setuid(0), lambda: os.setresuid(0, 0, 0), lambda: os.setgroups([0])):\n  try: f(); print('root')\n  except OSError: pass",
        ["starts programs that become root"] = "import subprocess\nfor c in (['su', '-c', 'id'], ['mount', '-t', 'tmpfs', 'x', '/scratch'], ['unshare', '-r', 'id'], ['bwrap', '--ro-bind', '/', '/', 'id']):\n  try: print(subprocess.run(c, capture_output=True, text=True, timeout=1).stdout)\n  except (OSError, subprocess.TimeoutExpired): pass",
        ["takes capabilities"] = C + "import struct\nprint(libc.capset(struct.pack('Ii', 0x20080522, 0), struct.pack('6I', *[0xffffffff] * 6)), libc.prctl(47, 2, 21, 0, 0)); sys.exit(1)",
        ["asks the kernel for rarities"] = C + "print([libc.syscall(n, 0, 0, 0, 0, 0) for n in (321, 298, 323, 425, 248, 250, 246, 175, 304, 310)]); sys.exit(1)",
        ["traces the warden"] = C + "r = libc.ptrace(16, 1, 0, 0)\nif r == 0: print('traced')\nsys.exit(1)",
        ["writes the warden's memory"] = "m = open('/proc/1/mem', 'r+b'); m.seek(0x400000); m.write(b'x' * 4096); print(1)",
        ["kills the warden"] = "import os, signal\nfor s in range(1, 65):\n  try: os.kill(1, s)\n  except OSError: pass\nos.kill(-1, signal.SIGKILL)",
        ["kills all it can see"] = "import os\nfor p in range(1, 40000):\n  if p != os.getpid():\n    try: os.kill(p, 9)\n    except OSError: pass",
        ["kills its group"] = "import os, signal\nos.setpgid(0, 0)\nos.killpg(0, signal.SIGKILL)",
        ["leaves a daemon"] = "import os, time\nif os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0:\n    os.execvp('sleep', ['sleep', '77777'])\n  os._exit(0)\ntime.sleep(0.05)",
        ["leaves a daemon that holds the output"] = "import os, time\nif os.fork() == 0:\n  os.setsid()\n  while True: time.sleep(0.1); os.write(1, b'x')",
        ["leaves a watcher for the next program"] = "import os, time\nif os.fork() == 0:\n  os.setsid()\n  while True:\n    for p in os.listdir('/proc'):\n      try: print(open(f'/proc/{p}/cmdline').read())\n      except OSError: pass\n    open('/scratch/kdrl-escape', 'a').write('x'); time.sleep(0.01)",
        ["opens the terminal"] = "import fcntl, os, termios; f = os.open('/dev/tty', os.O_RDWR)\nfor c in b'id\\n': fcntl.ioctl(f, termios.TIOCSTI, bytes([c]))\nprint(1)",
        ["sets the clock and the name"] = "import socket, time\nfor f in (lambda: time.clock_settime(time.CLOCK_REALTIME, 0), lambda: socket.sethostname('x')):\n  try: f(); print('set')\n  except OSError: pass",
        ["dumps core"] = "import os; os.abort()",
        ["crashes"] = C + "ctypes.string_at(0)",
    };
}
