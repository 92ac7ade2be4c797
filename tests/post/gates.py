#!/usr/bin/env python3
"""Who gets into a post, and what he may do there: everything that is not
written in the recipe is tried and must be refused."""
import os, sys, tempfile
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from pipe import *

A = alliance_of(1)
H = A.hex()[:16]


def main():
    skip_without_nats()
    t = Tap()
    with tempfile.TemporaryDirectory(prefix="liptako-post-") as d:
        mali = Party(d, "mali", A)
        who = {}
        for name in "niger", "burkina":
            who[name] = keypair(login(key_of("seed " + name), A,
                                      mali.post.id))
            mali.post.serve(READER, who[name][0], owner="mali", reader=name)
            mali.envoy.box(300 + len(who), 1, KEEP, "mali", name)
        # a guest of mali's: its outbox lies here
        who["guest"] = keypair(key_of("guest"))
        mali.post.serve(WRITER, who["guest"][0], key_of("envoy guest"),
                        "guest")
        mali.post.serve(READER, who["niger"][0], owner="guest",
                        reader="niger")
        mali.envoy.box(400, 1, KEEP, "guest", "niger")
        join = bytes(range(8))
        who["joiner"] = keypair(key_of("joiner"))
        mali.post.serve(JOINER, who["joiner"][0], join=join)
        mali.start()
        try:
            mali.envoy.is_up(1)
            for i in range(20):
                mali.envoy.out(A, b"frame %d" % i, seq=i)
            mali.envoy.until(lambda: len(mali.envoy.posted) == 20)
            logins(t, mali, who)
            subjects(t, mali, who)
            tricks(t, mali, who)
            joiner(t, mali, who, join)
            limits(t, mali, who)
        finally:
            mali.stop()
    return t.end()


def enter(post, keys, **more):
    pk, sk = keys
    c = Nats(post.address, post.port, sk, pk, **more)
    return c if c.is_in() else None


def fails(post, sk=None, pk=None, nonce=None, **more):
    try:
        return not Nats(post.address, post.port, sk, pk, nonce, **more).is_in()
    except (EOFError, OSError):
        return True


def logins(t, mali, who):
    p = mali.post
    pk, sk = who["niger"]
    t.ok(enter(p, who["niger"]) is not None, "an ally gets in")
    t.ok(fails(p), "nobody without credentials")
    t.ok(fails(p, user="mali", **{"pass": "mali"}), "no name and password")
    t.ok(fails(p, user="", **{"pass": ""}), "no empty ones")
    t.ok(fails(p, auth_token="x"), "no token")
    t.ok(fails(p, jwt="eyJ0eXAiOiJKV1QiLCJhbGciOiJlZDI1NTE5LW5rZXkifQ.e30.x"),
         "no JWT")
    other = keypair(key_of("stranger"))
    t.ok(fails(p, other[1], other[0]), "no unknown key")
    t.ok(fails(p, other[1], pk), "no known key with another's signature")
    t.ok(fails(p, sk, pk, nonce=b"AAAAAAAAAAAAAAA"), "no old nonce")
    seed = key_of("seed niger")
    elsewhere = keypair(login(seed, A, key_of("another post")))
    t.ok(fails(p, elsewhere[1], elsewhere[0]) and
         fails(p, elsewhere[1], pk),
         "what the same envoy signs for another post is worth nothing here")
    other_alliance = keypair(login(seed, alliance_of(2), p.id))
    t.ok(fails(p, other_alliance[1], other_alliance[0]),
         "nor what it signs for this post in another alliance")
    t.ok(fails(p, user="SYS") and fails(p, user="sys", **{"pass": "sys"}),
         "the system account has no door")
    listening = set()
    inodes = {os.readlink("/proc/%d/fd/%s" % (p.proc.pid, f))
              for f in os.listdir("/proc/%d/fd" % p.proc.pid)}
    for proto in "tcp", "tcp6", "udp", "udp6":
        for line in open("/proc/net/" + proto).read().split("\n")[1:]:
            f = line.split()
            if len(f) > 9 and "socket:[%s]" % f[9] in inodes and (
                    f[3] == "0A" or proto.startswith("udp")):
                listening.add((proto, int(f[1].split(":")[1], 16)))
    t.ok(listening == {("tcp", p.port)}, "one port is open, TLS, nothing else",
         listening)
    try:
        s = socket.create_connection((p.address, p.port), 3)
        s.recv(4096)
        s.sendall(b"CONNECT {}\r\nPING\r\n")
        s.settimeout(3)
        said = b""
        while True:
            d = s.recv(4096)
            if not d:
                break
            said += d
    except OSError:
        pass
    t.ok(b"PONG" not in said, "nothing is said without TLS", said)


def held(mali):
    """The outboxes that stand, as they lie in the store."""
    base = mali.post.dir + "/store/jetstream/HOUSE/streams"
    return sorted(os.listdir(base)) if os.path.isdir(base) else []


def subjects(t, mali, who):
    p = mali.post
    me = mali.envoy.key.hex()[:16]
    foreign = ["lpt.%s.mali.%s.act" % (H, me), "lpt.%s.niger.%s.act" % (H, me),
               "lpt.%s.guest.x.act" % H, "flt.%s.mali.%s.act" % (H, me),
               "lpt.x", "dlv.out.%s.mali.niger" % H,
               "dlv.out.%s.mali.burkina" % H, "join.%s.%s.ask" % (H, "00" * 8),
               "join.%s.%s.answer" % (H, "00" * 8), "ans.%s.%s.1.1" % (H, me),
               "$JS.ACK.OUT_%s_mali.burkina.1.1.1.1.0" % H,
               "$JS.ACK.OUT_%s_guest.burkina.1.1.1.1.0" % H,
               "$JS.FC.OUT_%s_mali.x" % H, "$SYS.REQ.SERVER.PING",
               "$SYS.REQ.ACCOUNT.HOUSE.INFO", "_R_.x.y", "_INBOX.x", ">", "a"]
    api = ["INFO", "STREAM.NAMES", "STREAM.LIST", "ACCOUNT.PURGE.HOUSE",
           "STREAM.CREATE.X", "STREAM.UPDATE.%s", "STREAM.DELETE.%s",
           "STREAM.PURGE.%s", "STREAM.INFO.%s", "STREAM.MSG.GET.%s",
           "STREAM.MSG.DELETE.%s", "STREAM.SNAPSHOT.%s", "STREAM.RESTORE.%s",
           "CONSUMER.CREATE.%s", "CONSUMER.DURABLE.CREATE.%s.evil",
           "CONSUMER.DELETE.%s.burkina", "CONSUMER.INFO.%s.niger",
           "CONSUMER.MSG.NEXT.%s.burkina", "DIRECT.GET.%s"]
    foreign += ["$JS.API." + (a % ("OUT_%s_mali" % H) if "%s" in a else a)
                for a in api]
    reads = [">", "*", "lpt.>", "dlv.>", "dlv.out.%s.mali.*" % H,
             "dlv.out.%s.mali.burkina" % H, "dlv.out.%s.guest.burkina" % H,
             "join.>", "ans.>", "$SYS.>", "$JS.>", "_INBOX.>", "_R_.>",
             "flt.>", "dlv.fleet.%s.mali.niger" % H]
    for name in "niger", "guest", "joiner":
        c = enter(p, who[name])
        if not t.ok(c is not None, name + " gets in"):
            continue
        may = {"guest": ["lpt.%s.guest.x.act" % H],
               "joiner": []}.get(name, [])
        bad = []
        for s in foreign:
            if s in may:
                continue
            c.pub(s, b"x", "dlv.out.%s.mali.burkina" % H)
            if not any("Permissions Violation for Publish" in l or
                       "Invalid" in l for l, _ in c.until_pong()):
                bad.append(s)
        t.ok(not bad, "%s: %d publishes are refused" % (name, len(foreign)),
             bad)
        bad = []
        for i, s in enumerate(reads):
            c.sub(s, 100 + i)
            if not any("Permissions Violation for Subscription" in l
                       for l, _ in c.until_pong()):
                bad.append(s)
        t.ok(not bad, "%s: %d subscriptions are refused" % (name, len(reads)),
             bad)
    t.ok(held(mali) == sorted(["OUT_%s_guest" % H, "OUT_%s_mali" % H]),
         "both outboxes stand", held(mali))


def tricks(t, mali, who):
    """An acknowledgement names a subject for its own answer, and the server
    sends there: with whose rights?"""
    p = mali.post
    c = enter(p, who["niger"])
    c.sub("dlv.out.%s.mali.niger" % H)
    got = [c.next() for _ in range(20)]
    reply = got[0][0].split()[3]
    out = "OUT_%s_mali" % H
    aims = ["$JS.API.STREAM.DELETE." + out, "$JS.API.STREAM.PURGE." + out,
            "$JS.API.CONSUMER.DELETE.%s.burkina" % out,
            "$JS.API.STREAM.CREATE.X", "lpt.%s.mali.x.act" % H,
            "dlv.out.%s.mali.burkina" % H, "$SYS.REQ.SERVER.PING"]
    for i, aim in enumerate(aims):
        for word in b"+ACK", b"+NXT", b"-NAK", b"+WPI":
            c.pub(got[i][0].split()[3], word, aim)
    c.until_pong()
    g = enter(p, who["guest"])
    for aim in aims:
        g.pub("lpt.%s.guest.%s.act" % (H, key_of("envoy guest").hex()[:16]),
              b"{}", aim)
    g.until_pong()
    time.sleep(0.5)
    t.ok(held(mali) == sorted(["OUT_%s_guest" % H, out]),
         "no answer to an acknowledgement or to a frame deletes an outbox",
         held(mali))
    b = enter(p, who["burkina"])
    b.sub("dlv.out.%s.mali.burkina" % H)
    seen = []
    while len(seen) < 40:
        m = b.next(1)
        if m is None:
            break
        seen.append(m[1])
    t.ok([m for m in seen if m.startswith(b"frame")] ==
         [b"frame %d" % i for i in range(20)],
         "nor empties it: another ally reads all 20", seen)
    t.ok(not any(m[0] for m in seen if not m.startswith(b"frame")),
         "nor puts words into another's mouth")
    m = c.until_pong()
    t.ok(reply.startswith("$JS.ACK.%s.niger." % out),
         "acknowledgements go to one's own place")


def joiner(t, mali, who, join):
    p = mali.post
    c = enter(p, who["joiner"])
    c.sub("join.%s.%s.answer" % (H, join.hex()))
    c.pub("join.%s.%s.ask" % (H, join.hex()), b"let me in")
    mali.envoy.until(lambda: mali.envoy.joiners)
    t.ok(mali.envoy.joiners == [(A, join, b"let me in")],
         "what a newcomer says comes to judge", mali.envoy.joiners)
    mali.envoy.tell("WELCOME", JOINER_S.pack(A, join), b"y" * 50000)
    a = c.next()
    t.ok(a and a[1] == b"y" * 50000, "and he is answered")
    mali.envoy.joiners = []
    c.pub("join.%s.%s.ask" % (H, join.hex()), b"z" * 40961)
    c.until_pong()
    mali.envoy.until(lambda: mali.envoy.joiners, 1)
    t.ok(not mali.envoy.joiners, "more than 40 kB he may not say")
    p.rows = [r for r in p.rows if not r.startswith("%d " % JOINER)]
    p.reload()
    t.ok(fails(p, who["joiner"][1], who["joiner"][0]),
         "his login is gone when judge takes it back")
    t.ok(enter(p, who["niger"]) is not None, "the others stay")


def limits(t, mali, who):
    p = mali.post
    c = enter(p, who["guest"])
    mine = "lpt.%s.guest.%s.act" % (H, key_of("envoy guest").hex()[:16])
    ended = False
    try:
        c.pub(mine, b"x" * 70000)
        ended = any("Maximum Payload" in l for l, _ in c.until_pong())
    except (EOFError, OSError):
        ended = True
    t.ok(ended, "nothing above 64 kB")
    many = []
    try:
        for _ in range(64):
            c = Nats(p.address, p.port, who["niger"][1], who["niger"][0])
            if not c.is_in():
                break
            many.append(c)
    except (EOFError, OSError):
        pass
    t.ok(len(many) < 24, "connections are counted", len(many))
    rss = int([l for l in open("/proc/%d/status" % p.proc.pid)
               if l.startswith("VmRSS")][0].split()[1])
    t.ok(rss < 200000, "and its memory is bounded", rss)


sys.exit(main())
