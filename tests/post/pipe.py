"""What the tests of the pipe stand on: an envoy whose warden, judge and notary
are this process, a nats-server with the shipped recipe, and a small NATS client
that does what no honest one would. Only the standard library and the system's
libsodium."""
import array, base64, binascii, ctypes, ctypes.util, hashlib, json, os, pwd
import re
import select, shutil, signal, socket, ssl, struct, subprocess, sys, tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SRC = os.path.join(HERE, "..", "..", "src")
BUILD = os.environ.get("LIPTAKO_BUILD",
                       os.path.join(HERE, "..", "..", "build"))
sodium = ctypes.CDLL(ctypes.util.find_library("sodium"))


# -- the words, as src/wire has them ---------------------------------------
def numbers():
    text = open(os.path.join(SRC, "wire", "msgs.h")).read()
    names = re.findall(r"^\tX\((\w+),", text, re.M)
    roles = re.search(r"enum role \{(.*?)\}", text, re.S).group(1)
    roles = re.sub(r"/\*.*?\*/", "", roles, flags=re.S)
    roles = [r.strip() for r in roles.split(",") if r.strip()]
    return ({n: i for i, n in enumerate(names)},
            {n: i for i, n in enumerate(roles) if "=" not in n})


MSG, ROLE = numbers()
NAME = {v: k for k, v in MSG.items()}
READ, WRITE, KEEP = 1, 2, 3
OWNER, READER, WRITER, JOINER = 1, 2, 3, 4
UP = 1
SETUP = struct.Struct("<IBBBB32s192s2Q")
LINK = struct.Struct("<B3xI")
ADDR = struct.Struct("<B16s")
POST = struct.Struct("<IHBB32s32s32s68s")
BOX = struct.Struct("<IIIBB2x32s32s")
LINE = struct.Struct("<IBBxxII32s")
FRAME = struct.Struct("<IIQQ")
TAKEN = struct.Struct("<II Q".replace(" ", ""))
OFFER = struct.Struct("<IIQQQQ")
POSTED = struct.Struct("<IBBxxQQQQQ")
OUT = struct.Struct("<32s32sQQQII")
JOIN = struct.Struct("<QHB5x32s32s8s16s68sxxxx")
JOINED = struct.Struct("<QB7x")
JOINER_S = struct.Struct("<32s8s")


def name32(s):
    return s.encode().ljust(32, b"\0")


def addr(text):
    a = socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET,
                         text)
    return ADDR.pack(6 if ":" in text else 4, a)


# -- keys --------------------------------------------------------------------
def keypair(seed):
    pk, sk = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
    sodium.crypto_sign_seed_keypair(pk, sk, seed)
    return pk.raw, sk.raw


def sign(sk, data):
    sig = ctypes.create_string_buffer(64)
    sodium.crypto_sign_detached(sig, None, data,
                                ctypes.c_ulonglong(len(data)), sk)
    return sig.raw


def login(seed, alliance, post):
    h = hashlib.blake2b(key=seed, digest_size=32)
    h.update(b"liptako login v1\0" + alliance + post)
    return h.digest()


def joiner(secret, alliance):
    h = hashlib.blake2b(key=secret, digest_size=32)
    h.update(b"liptako joiner v1\0" + alliance)
    return h.digest()


def nkey(public):
    raw = bytes([20 << 3]) + public
    raw += binascii.crc_hqx(raw, 0).to_bytes(2, "little")
    return base64.b32encode(raw).decode()


def certificate(folder, party, alliance):
    """A post's key and certificate; answers (DER, SHA-256)."""
    crt = folder + "/post.crt"
    host = "%s.%s.liptako.invalid" % (party, alliance.hex()[:16])
    subprocess.run([BUILD + "/tests/stub/stub-cert", folder, host], check=True)
    der = ssl.PEM_cert_to_DER_cert(open(crt).read())
    return der, hashlib.sha256(der).digest()


def wait(what, seconds=10.0):
    """Until what() is true; its value, or None."""
    end = time.monotonic() + seconds
    while True:
        v = what()
        if v:
            return v
        if time.monotonic() > end:
            return None
        time.sleep(0.01)


def free_port():
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    return s.getsockname()[1]


def log_file():
    return open(os.environ.get("LIPTAKO_PIPE_LOG", "/dev/null"), "a")


# -- a post --------------------------------------------------------------------
class Post:
    """A party's nats-server with the recipe that warden writes."""

    def __init__(self, folder, party, alliance, port=None, address="127.0.0.1",
                 run=()):
        self.dir, self.party, self.alliance = folder, party, alliance
        self.address, self.port = address, port or free_port()
        self.run, self.rows, self.proc = list(run), [], None
        os.makedirs(folder, exist_ok=True)
        self.der, self.id = certificate(folder, party, alliance)

    def serve(self, kind, login, envoy=None, owner="", reader="", join=None):
        self.rows.append("%d %s %s %s %s %s %s 0\n" % (
            kind, self.alliance.hex(), login.hex(),
            envoy.hex() if envoy else "-", join.hex() if join else "-",
            owner or "-", reader or "-"))

    def write(self):
        text = subprocess.run(
            [BUILD + "/tests/stub/stub-recipe",
             "%s:%d" % (self.address, self.port), self.dir + "/post.crt",
             self.dir + "/post.key", self.dir + "/store",
             self.dir + "/store/nats.log"],
            input="".join(self.rows), stdout=subprocess.PIPE, text=True,
            check=True).stdout
        open(self.dir + "/nats.conf", "w").write(text)

    def start(self):
        """By the program that warden starts: in its jail."""
        self.write()
        self.give_away()
        up, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.proc = subprocess.Popen(
            self.run + ["bash", "-c", "exec 3<&%d %s" % (
                theirs.fileno(), BUILD + "/src/post/post")],
            pass_fds=[theirs.fileno()], stderr=log_file())
        theirs.close()
        send(up, "SETUP", SETUP.pack(1, 0, 0, 1, 0, b"", self.dir.encode(), 0,
                                     0))
        send(up, "GO")
        up.settimeout(5)
        said = up.recv(4096)
        self.missing = struct.unpack_from("<I", said, 8)[0] if said else None
        up.close()
        if not self.run and not wait(self.is_up):
            raise RuntimeError("no post in " + self.dir)

    def give_away(self):
        os.makedirs(self.dir + "/store", exist_ok=True)
        if os.geteuid() != 0:
            return
        try:
            user = pwd.getpwnam("liptako-post")
            uid, gid = user.pw_uid, user.pw_gid
        except KeyError:
            uid = gid = 65534
        for f in "", "post.key", "post.crt", "nats.conf":
            os.chown(os.path.join(self.dir, f), 0, gid)
            os.chmod(os.path.join(self.dir, f), 0o640 if f else 0o750)
        for f in [""] + os.listdir(self.dir + "/store"):
            os.chown(os.path.join(self.dir, "store", f), uid, gid)
        os.chmod(os.path.dirname(self.dir), 0o711)

    def is_up(self):
        try:
            socket.create_connection((self.address, self.port), 1).close()
            return True
        except OSError:
            return False

    def reload(self):
        self.write()
        self.proc.send_signal(signal.SIGHUP)
        time.sleep(0.3)

    def kill(self, sig=signal.SIGKILL):
        if self.proc:
            self.proc.send_signal(sig)
            self.proc.wait()
            self.proc = None

    def log(self):
        return open(self.dir + "/store/nats.log").read()


# -- an envoy ----------------------------------------------------------------
def send(sock, kind, body=b"\0\0\0\0", tail=b"", fd=None):
    data = struct.pack("<II", MSG[kind], 0) + body + tail
    anc = [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
            array.array("i", [fd]))] if fd is not None else []
    sock.sendmsg([data], anc)


class Envoy:
    """One envoy and what it says; frames are taken unless told otherwise."""

    def __init__(self, seed, envoy, run=()):
        self.seed, self.key, self.run = seed, envoy, list(run)
        self.lines, self.logins, self.posted = {}, {}, []
        self.frames, self.joiners, self.joined = [], [], []
        self.listing, self.taking, self.proc = [], True, None
        self.on_frame, self.falls = None, 0

    def start(self):
        ours, theirs = socket.socketpair(socket.AF_UNIX,
                                         socket.SOCK_SEQPACKET)
        self.up = ours
        self.proc = subprocess.Popen(
            self.run + ["bash", "-c", "exec 3<&%d %s" % (
                theirs.fileno(), BUILD + "/src/envoy/envoy")],
            pass_fds=[theirs.fileno()],
            stderr=log_file())
        theirs.close()
        send(self.up, "SETUP", SETUP.pack(1, 0, 0, 1, 0, b"", b"", 0, 0))
        seed = tempfile.TemporaryFile()
        seed.write(self.seed)
        seed.flush()
        send(self.up, "SEED", fd=seed.fileno())
        self.link()
        self.notary = self.give("NOTARY")
        send(self.up, "GO")
        self.say()

    def give(self, role):
        ours, theirs = socket.socketpair(socket.AF_UNIX,
                                         socket.SOCK_SEQPACKET)
        for s in ours, theirs:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
            s.setblocking(False)
        send(self.up, "LINK", LINK.pack(ROLE[role], 0), fd=theirs.fileno())
        theirs.close()
        return ours

    def link(self):
        """A new judge."""
        self.judge = self.give("JUDGE")

    def post(self, no, post, own=False, address=None, port=None):
        self.listing.append(("POST", POST.pack(
            no, port or post.port, 1, own, post.alliance, post.id, self.key,
            addr(address or post.address).ljust(68, b"\0")), post.der))

    def box(self, no, post, use, owner, reader=""):
        self.listing.append(("BOX", BOX.pack(
            no, post, 0, use, 0, name32(owner), name32(reader)), b""))

    def say(self):
        for kind, body, tail in self.listing:
            self.tell(kind, body, tail)
        self.tell("POST_END")

    def tell(self, kind, body=b"\0\0\0\0", tail=b"", sock=None):
        while True:
            try:
                return send(sock or self.judge, kind, body, tail)
            except BlockingIOError:
                self.hear(0.01)

    def out(self, alliance, frame, run=1, seq=1):
        self.tell("OUT", OUT.pack(alliance, b"\0" * 32, run, seq, seq, 1, 0),
                  frame, self.notary)

    def offer(self, box, frame, no):
        self.tell("OFFER", OFFER.pack(box, 0, no, 0, 0, 0), frame)

    def hear(self, seconds=0.0):
        """All that lies there, after at most so long; how much it was."""
        n = 0
        if not select.select([self.judge], [], [], seconds)[0]:
            return 0
        while True:
            try:
                data = self.judge.recv(1 << 16)
            except BlockingIOError:
                return n
            except ConnectionResetError:
                return n
            if not data:
                return n
            n += 1
            self.heard(NAME[struct.unpack_from("<I", data)[0]], data[8:])

    def heard(self, kind, d):
        if kind == "LINE":
            no, state, why, rtt, dropped, key = LINE.unpack_from(d)
            self.lines[no] = (state, why, rtt)
            self.falls += state != UP
            self.logins[no] = key
        elif kind == "POSTED":
            self.posted.append(POSTED.unpack_from(d))
        elif kind == "FRAME":
            post, box, seq, pending = FRAME.unpack_from(d)
            frame = d[FRAME.size:]
            if self.on_frame:
                self.on_frame(box, seq, frame)
            else:
                self.frames.append((box, seq, frame))
            if self.taking:
                self.taken(box, seq)
        elif kind == "JOINER":
            self.joiners.append((d[:32], d[32:40], d[40:]))
        elif kind == "JOINED":
            no, why = JOINED.unpack_from(d)
            self.joined.append((no, why, d[JOINED.size:]))

    def taken(self, box, seq):
        self.tell("TAKEN", TAKEN.pack(box, 0, seq))

    def until(self, what, seconds=10.0):
        end = time.monotonic() + seconds
        while not what():
            if time.monotonic() > end:
                return False
            self.hear(0.02)
        return True

    def is_up(self, no):
        return self.until(lambda: self.lines.get(no, (0,))[0] == UP)

    def kill(self, sig=signal.SIGKILL):
        if self.proc:
            self.proc.send_signal(sig)
            self.proc.wait()
            self.proc = None
            self.up.close()
            self.lines = {}

    def rss_kib(self):
        for l in open("/proc/%d/status" % self.proc.pid):
            if l.startswith("VmRSS"):
                return int(l.split()[1])


# -- a client that may do anything -----------------------------------------
class Nats:
    """Says what it is told to, over TLS; answers are the lines that come."""

    def __init__(self, address, port, sk=None, pk=None, nonce=None, **more):
        self.buf = b""
        self.sock = socket.create_connection((address, port), 5)
        self.info = json.loads(self.line()[5:])
        c = ssl.create_default_context()
        c.check_hostname, c.verify_mode = False, ssl.CERT_NONE
        self.sock = c.wrap_socket(self.sock)
        hello = dict(verbose=False, pedantic=False, tls_required=True,
                     headers=True, no_responders=True, lang="py",
                     version="0", protocol=1, **more)
        if sk:
            what = nonce or self.info["nonce"].encode()
            hello["nkey"] = nkey(pk)
            hello["sig"] = base64.urlsafe_b64encode(
                sign(sk, what)).rstrip(b"=").decode()
        self.say("CONNECT %s\r\nPING\r\n" % json.dumps(hello))

    def say(self, text):
        self.sock.sendall(text.encode() if isinstance(text, str) else text)

    def line(self, seconds=3.0):
        self.sock.settimeout(seconds)
        while b"\r\n" not in self.buf:
            d = self.sock.recv(65536)
            if not d:
                raise EOFError
            self.buf += d
        l, self.buf = self.buf.split(b"\r\n", 1)
        return l.decode()

    def next(self, seconds=3.0):
        """(line, payload), or None if nothing comes."""
        while True:
            try:
                l = self.line(seconds)
            except (socket.timeout, TimeoutError):
                return None
            if l.startswith("PING"):
                self.say("PONG\r\n")
                continue
            if l.startswith(("MSG", "HMSG")):
                n = int(l.split()[-1])
                while len(self.buf) < n + 2:
                    self.buf += self.sock.recv(65536)
                d, self.buf = self.buf[:n], self.buf[n + 2:]
                return l, d
            return l, b""

    def is_in(self):
        """Did the login work?"""
        try:
            a = self.next()
            return a is not None and a[0].startswith("PONG")
        except (EOFError, OSError):
            return False

    def sub(self, subject, sid=1):
        self.say("SUB %s %d\r\n" % (subject, sid))

    def pub(self, subject, data=b"", reply=""):
        self.say(("PUB %s %s %d\r\n" % (subject, reply, len(data))).encode()
                 + data + b"\r\n")

    def until_pong(self, seconds=3.0):
        """All that comes before the answer to a PING."""
        self.say("PING\r\n")
        got = []
        while True:
            a = self.next(seconds)
            if a is None or a[0].startswith("PONG"):
                return got
            got.append(a)


# -- TAP ----------------------------------------------------------------------
class Tap:
    def __init__(self):
        self.n = self.bad = 0

    def ok(self, good, what, why=""):
        self.n += 1
        self.bad += not good
        print("%sok %d - %s" % ("" if good else "not ", self.n, what))
        if not good and why:
            print("# " + str(why).replace("\n", "\n# "))
        sys.stdout.flush()
        return good

    def end(self):
        print("1..%d" % self.n)
        return 1 if self.bad else 0


def skip_without_nats():
    if not shutil.which("nats-server", path=os.environ["PATH"] + ":/usr/sbin"):
        print("1..0 # SKIP no nats-server")
        sys.exit(0)


def alliance_of(n):
    return hashlib.blake2b(b"test alliance %d" % n, digest_size=32).digest()


def key_of(what):
    return hashlib.blake2b(what.encode(), digest_size=32).digest()


class Party:
    """A post and its envoy; meet() makes two of them read each other."""

    def __init__(self, folder, name, alliance, **more):
        self.name, self.alliance = name, alliance
        self.post = Post(folder + "/" + name, name, alliance, **more)
        self.seed = key_of("seed " + name)
        self.envoy = Envoy(self.seed, key_of("envoy " + name),
                           more.get("run", ()))
        own, _ = keypair(login(self.seed, alliance, self.post.id))
        self.post.serve(OWNER, own, self.envoy.key, name)
        self.envoy.post(1, self.post, own=True)
        self.envoy.box(1, 1, KEEP, name)
        self.envoy.box(2, 1, WRITE, name)
        self.n = 1

    def login_at(self, post):
        return keypair(login(self.seed, self.alliance, post.id))

    def reads(self, other, address=None, port=None):
        """I read the other's outbox; answers (post, box) numbers."""
        self.n += 1
        no, box = self.n, self.n * 10
        other.post.serve(READER, self.login_at(other.post)[0],
                         owner=other.name, reader=self.name)
        other.envoy.box(100 + other.n * 10 + len(other.post.rows), 1, KEEP,
                        other.name, self.name)
        self.envoy.post(no, other.post, address=address, port=port)
        self.envoy.box(box, no, READ, other.name, self.name)
        return no, box

    def start(self):
        self.post.start()
        self.envoy.start()

    def stop(self):
        self.envoy.kill()
        self.post.kill()
