"""stage - where a real daemon and its honest clients meet.

A stage is one process tree with mount, network, pid and host name spaces of
its own (the program `real` starts it under unshare). The packages lie under
/usr, /etc and /var as overlays in memory, so nothing gets installed. The
server is 192.0.2.1; every client is a thread in a network of its own, joined
to the server by one pair of cables: honest ones from 198.51.100.0/24, the
attacker 203.0.113.66.
"""
import concurrent.futures
import crypt
import ctypes
import os
import queue
import socket
import subprocess
import threading
import time

SERVER = "192.0.2.1"
ATTACKER = "203.0.113.66"
HONEST = 25
LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000


class Unable(Exception):
    """This daemon cannot run here; its text says why."""


def quiet(*cmd, timeout=20, stdin=None, env=None, check=False):
    """Runs a client; its exit status. What it prints is nobody's."""
    try:
        p = subprocess.run(cmd, timeout=timeout, input=stdin, check=check,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                           stdin=None if stdin is not None else subprocess.DEVNULL,
                           env=dict(os.environ, **(env or {})))
        return p.returncode
    except (subprocess.TimeoutExpired, FileNotFoundError):
        return 124


def must(*cmd):
    p = subprocess.run(cmd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if p.returncode:
        raise Unable("%s: %s" % (" ".join(cmd), p.stdout.decode(errors="replace").strip()))


class Client(threading.Thread):
    """One address: runs what it is given, one thing after another."""

    def __init__(self, address, cable):
        super().__init__(daemon=True)
        self.address, self.cable = address, cable
        self.work = queue.Queue()
        self.start()

    def run(self):
        if LIBC.unshare(CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "unshare")
        tid = str(threading.get_native_id())
        must("nsenter", "--net=/proc/1/ns/net", "ip", "link", "add", self.cable,
             "type", "veth", "peer", "name", "eth0", "netns", tid)
        for cmd in ("link set lo up", "addr add %s/32 dev eth0" % self.address,
                    "link set eth0 up", "route add %s dev eth0 src %s" % (SERVER, self.address)):
            must("ip", *cmd.split())
        while True:
            future, what, args = self.work.get()
            try:
                future.set_result(what(*args))
            except Exception as e:
                future.set_exception(e)

    def ask(self, what, *args):
        future = concurrent.futures.Future()
        self.work.put((future, what, args))
        return future


class Stage:
    def __init__(self, folder, root):
        self.folder, self.root = folder, root
        self.log = os.path.join(folder, "log")
        self.daemons, self.trouble = [], []
        self.receiver = None
        self.mounts()
        socket.sethostname("web01")
        must("ip", "link", "set", "lo", "up")
        must("ip", "addr", "add", SERVER + "/32", "dev", "lo")
        self.clients = [self.client("198.51.100.%d" % (10 + i), "h%d" % i) for i in range(HONEST)]
        self.attacker = self.client(ATTACKER, "bad")

    def client(self, address, cable):
        c = Client(address, cable)
        c.ask(os.getpid).result(20)
        must("ip", "link", "set", cable, "up")
        must("ip", "route", "add", address, "dev", cable, "src", SERVER)
        return c

    def mounts(self):
        m = os.path.join(self.folder, "mem")
        os.mkdir(m)
        must("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", m)
        for d in ("usr", "etc", "var"):
            low = os.path.join(self.root, d)
            for x in (low, m + "/" + d, m + "/." + d):
                os.makedirs(x, exist_ok=True)
            must("mount", "-t", "overlay", "-o", "lowerdir=%s:/%s,upperdir=%s/%s,workdir=%s/.%s"
                 % (low, d, m, d, m, d), "overlay", "/" + d)
        for d in ("/run", "/var/log", "/dev/shm"):
            must("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", d)
        os.makedirs("/run/dev/pts")
        for d in ("null", "zero", "full", "random", "urandom", "tty"):
            open("/run/dev/" + d, "w").close()
            must("mount", "--bind", "/dev/" + d, "/run/dev/" + d)
        must("mount", "-t", "devpts", "-o", "newinstance,ptmxmode=0666,mode=0620", "devpts", "/run/dev/pts")
        os.symlink("pts/ptmx", "/run/dev/ptmx")
        os.symlink("/proc/self/fd", "/run/dev/fd")
        os.makedirs("/run/dev/shm")
        os.chmod("/run/dev/shm", 0o1777)
        must("mount", "--rbind", "/run/dev", "/dev")
        self.write("/etc/hosts", "127.0.0.1 localhost\n192.0.2.1 web01 web01.example.org\n")
        self.write("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        self.write("/etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files\nservices: files\n")

    @staticmethod
    def write(path, text, mode=0o644):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.islink(path):
            os.unlink(path)
        with open(path, "w") as f:
            f.write(text)
        os.chmod(path, mode)

    def user(self, name, uid, password=None, shell="/usr/sbin/nologin", home="/nonexistent", gid=None):
        """A user as a package's postinst would make him, or a person."""
        if " %s:" % name in " " + open("/etc/passwd").read().replace("\n", "\n "):
            return
        for path, line in (("/etc/passwd", "%s:x:%d:%d::%s:%s\n" % (name, uid, gid or uid, home, shell)),
                           ("/etc/group", "%s:x:%d:\n" % (name, uid)),
                           ("/etc/shadow", "%s:%s:19000:0:99999:7:::\n" % (
                               name, crypt.crypt(password, "$5$liptako") if password else "*"))):
            with open(path, "a") as f:
                f.write(line)
        if home.startswith("/home"):
            must("install", "-d", "-o", str(uid), "-g", str(gid or uid), home)

    def people(self):
        """user0 .. user4, password "right0" .. "right4"."""
        must("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/home")
        for i in range(5):
            self.user("user%d" % i, 4300 + i, "right%d" % i, "/bin/bash", "/home/user%d" % i)

    def run(self, *cmd, out=None, env=None, cwd="/"):
        """Starts a daemon in the foreground; what it prints goes to OUT."""
        f = open(out or os.path.join(self.folder, "daemon.out"), "ab")
        p = subprocess.Popen(cmd, stdin=subprocess.DEVNULL, stdout=f, stderr=f, cwd=cwd,
                             start_new_session=True,    # smbd ends its whole group
                             env=dict(os.environ, **(env or {})))
        self.daemons.append(p)
        return p

    def port(self, port, seconds=20, udp=False):
        """Waits until something listens there; wordless for it."""
        names = ("/proc/net/udp", "/proc/net/udp6") if udp else ("/proc/net/tcp", "/proc/net/tcp6")
        end = time.time() + seconds
        while time.time() < end:
            for name in names:
                for line in open(name).readlines()[1:]:
                    word = line.split()
                    if word[1].endswith(":%04X" % port) and (udp or word[3] == "0A"):
                        return
            time.sleep(0.05)
        try:
            said = open(os.path.join(self.folder, "daemon.out"), errors="replace").read()[-600:]
        except OSError:
            said = ""
        raise Unable("nothing listens on port %d: %s" % (port, said))

    def syslog(self):
        """/dev/log, and what rsyslog would have written of it."""
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        s.bind("/dev/log")
        os.chmod("/dev/log", 0o666)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)

        def listen():
            with open(self.log, "a", errors="replace") as f:
                while True:
                    text = s.recv(65536).decode("utf-8", "replace").rstrip("\n\0")
                    text = text.partition(">")[2].replace("\n", "#012")
                    if text[:1].isalpha() and text[3:4] == " " and text[9:10] == ":":
                        text = text[16:]
                    f.write(time.strftime("%b %e %H:%M:%S") + " web01 " + text + "\n")
                    f.flush()
        threading.Thread(target=listen, daemon=True).start()

    def count(self):
        try:
            with open(self.log, "rb") as f:
                return f.read().count(b"\n")
        except OSError:
            return 0

    def honest(self, visit, lines, seconds):
        """visit(client number, round) of all clients, until so many lines."""
        end = time.time() + seconds
        last = n = 0
        while self.count() < lines and time.time() < end:
            jobs = [c.ask(visit, i, n) for i, c in enumerate(self.clients)]
            for j in jobs:
                try:
                    j.result(120)
                except Exception as e:
                    self.trouble.append(e)
            n += 1
            time.sleep(0.1)
            if n >= 4 and self.count() == last:
                break
            last = self.count()
        return n

    def attack(self, attempt, times):
        for n in range(times):
            try:
                self.attacker.ask(attempt, n).result(120)
            except Exception:
                pass  # being refused is what it is there for

    def stop(self):
        for p in self.daemons:
            p.terminate()
