#!/usr/bin/env python3
"""Two envoys exchange frames through their posts; nothing is lost when one of
the programs is killed, and nothing is acknowledged that was not taken."""
import os, signal, sys, tempfile, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from pipe import *


def frame(no, size=300):
    return (b"frame %08d " % no).ljust(size, b".")


def number(f):
    return int(f[6:14])


def main():
    skip_without_nats()
    t = Tap()
    a = alliance_of(1)
    with tempfile.TemporaryDirectory(prefix="liptako-post-") as d:
        mali, niger = Party(d, "mali", a), Party(d, "niger", a)
        to_niger, _ = mali.reads(niger)
        to_mali, box = niger.reads(mali)
        mali.start()
        niger.start()
        try:
            exchange(t, mali, niger, to_niger, to_mali, box, a)
        finally:
            mali.stop()
            niger.stop()
    return t.end()


def both(mali, niger, what, seconds=20):
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            return False
        mali.envoy.hear(0.005)
        niger.envoy.hear(0.005)
    return True


def exchange(t, mali, niger, to_niger, to_mali, box, a):
    m, n = mali.envoy, niger.envoy
    t.ok(m.is_up(1) and n.is_up(1) and m.is_up(to_niger) and
         n.is_up(to_mali), "all four lines are up", (m.lines, n.lines))
    t.ok(m.logins[1] == mali.login_at(mali.post)[0] and
         m.logins[to_niger] == mali.login_at(niger.post)[0] and
         m.logins[1] != m.logins[to_niger],
         "each post has a login of its own, as login.h says")

    for i in range(200):
        m.out(a, frame(i, 300 if i % 10 else 61000), seq=i)
    t.ok(both(mali, niger, lambda: len(n.frames) >= 200 and
              len(m.posted) >= 200), "200 frames arrive",
         (len(n.frames), len(m.posted)))
    t.ok([number(f) for _, _, f in n.frames] == list(range(200)),
         "in their order, whole")
    t.ok(all(len(f) == (300 if number(f) % 10 else 61000)
             for _, _, f in n.frames), "the largest ones too")
    t.ok(sorted(p[5] for p in m.posted) == list(range(200)) and
         all(p[1] == 0 for p in m.posted), "each is confirmed as stored")

    m.falls = n.falls = 0
    both(mali, niger, lambda: False, 3)
    t.ok(m.falls == 0 and n.falls == 0, "no line falls while nothing happens",
         (m.falls, n.falls))

    # nobody takes: all of it comes again to the next judge
    n.taking, n.frames = False, []
    for i in range(200, 260):
        m.out(a, frame(i), seq=i)
    t.ok(both(mali, niger, lambda: len(n.frames) >= 60), "handed, not taken")
    n.judge.close()
    n.link()
    n.frames, n.taking, n.lines = [], True, {}
    n.say()
    t.ok(both(mali, niger, lambda: len({s for _, s, _ in n.frames}) >= 60),
         "a new judge is handed what the old one did not take",
         len(n.frames))

    # what was taken, and acknowledged by the envoy, never comes again
    both(mali, niger, lambda: False, 0.5)
    last = max(s for _, s, _ in n.frames)
    n.frames = []
    n.kill()
    n.start()
    n.is_up(to_mali)
    m.out(a, frame(260), seq=260)
    both(mali, niger, lambda: len(n.frames) >= 1)
    both(mali, niger, lambda: False, 6.5)
    t.ok([s for _, s, _ in n.frames] == [last + 1],
         "what was taken does not come again to a new envoy",
         [s for _, s, _ in n.frames])

    # kill -9 of both servers and both envoys during traffic
    got, sent, offered = set(), 0, {}
    n.frames, m.posted = [], []
    n.on_frame = lambda b, s, f: got.add(number(f))
    end = time.monotonic() + 12
    kills = [(1, mali.post), (2.5, m), (4, mali.post), (5.5, n), (7, m)]
    begin, no = time.monotonic(), 1000
    while time.monotonic() < end:
        if len(offered) < 3000 and time.monotonic() < begin + 9:
            offered[no] = 0
            m.offer(2, frame(no), no)
            no += 1
        if kills and time.monotonic() - begin > kills[0][0]:
            who = kills.pop(0)[1]
            who.kill()
            who.start()
        m.hear(0.002)
        n.hear(0)
    done = lambda: {p[3] for p in m.posted if p[1] == 0}
    # what nobody confirmed the ledger offers again
    for _ in range(5):
        both(mali, niger, lambda: set(offered) <= done(), 6)
        for i in sorted(set(offered) - done()):
            m.offer(2, frame(i), i)
    t.ok(set(offered) <= done(), "%d frames are confirmed over five kills" %
         len(offered), len(set(offered) - done()))
    t.ok(both(mali, niger, lambda: set(offered) <= got),
         "and not one is missing at the ally",
         sorted(set(offered) - got)[:10])

    # back-pressure: a judge that hears nothing
    n.on_frame, n.frames = None, []
    before = n.rss_kib()
    end = time.monotonic() + 3
    i = 0
    while time.monotonic() < end and i < 1500:
        m.out(a, frame(100000 + i, 20000), seq=i)
        m.hear(0.002)
        i += 1
    grown = n.rss_kib() - before
    t.ok(grown < 60000, "a deaf judge costs the envoy bounded memory",
         "%d KiB" % grown)
    t.ok(both(mali, niger, lambda: len({s for _, s, _ in n.frames}) >= i -
              sum(p[1] == 1 for p in m.posted), 30),
         "and when it hears again all %d come" % i, len(n.frames))


sys.exit(main())
