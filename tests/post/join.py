#!/usr/bin/env python3
"""A newcomer with a token: one question, one answer, over the post that the
token names, whose certificate is known by its hash alone."""
import os, sys, tempfile
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from pipe import *

A = alliance_of(1)
FINE, UNREACHABLE, TLS, LOGIN, CLOSED, LATE = range(6)


def ask(e, no, post, secret, join, cert=None, port=None, said=b"I am niger"):
    e.tell("JOIN", JOIN.pack(no, port or post.port, 1, A, cert or post.id,
                             join, secret, addr(post.address).ljust(68, b"\0")),
           said)


def main():
    skip_without_nats()
    t = Tap()
    secret, join = bytes(range(16)), bytes(range(8))
    with tempfile.TemporaryDirectory(prefix="liptako-post-") as d:
        mali = Party(d, "mali", A)
        mali.post.serve(JOINER, keypair(joiner(secret, A))[0], join=join)
        niger = Envoy(key_of("seed niger"), key_of("envoy niger"))
        mali.start()
        niger.start()
        try:
            m = mali.envoy
            m.is_up(1)
            ask(niger, 1, mali.post, secret, join)
            m.until(lambda: m.joiners, 60)
            t.ok(m.joiners[:1] == [(A, join, b"I am niger")],
                 "the sponsor's judge hears the newcomer", m.joiners)
            m.tell("WELCOME", JOINER_S.pack(A, join), b"w" * 60000)
            niger.until(lambda: niger.joined, 60)
            t.ok(niger.joined == [(1, FINE, b"w" * 60000)],
                 "and the newcomer hears its answer",
                 [(a, b, len(c)) for a, b, c in niger.joined])
            tries = [("another certificate", dict(cert=key_of("x")), TLS),
                     ("nobody there", dict(port=free_port()), UNREACHABLE)]
            for what, more, why in tries:
                niger.joined = []
                ask(niger, 2, mali.post, secret, join, **more)
                niger.until(lambda: niger.joined, 60)
                t.ok([j[1:] for j in niger.joined] == [(why, b"")],
                     what + " is said", niger.joined)
            niger.joined, m.joiners = [], []
            m.kill()
            ask(niger, 5, mali.post, secret, join)
            time.sleep(2)
            m.start()
            m.until(lambda: m.joiners, 60)
            m.tell("WELCOME", JOINER_S.pack(A, join), b"late")
            niger.until(lambda: niger.joined, 60)
            t.ok(niger.joined == [(5, FINE, b"late")],
                 "what was said while the sponsor's envoy was away is said "
                 "again", niger.joined)
            niger.joined, m.joiners = [], []
            mali.post.kill()
            ask(niger, 6, mali.post, secret, join)
            time.sleep(2)
            mali.post.start()
            m.until(lambda: m.joiners, 60)
            m.tell("WELCOME", JOINER_S.pack(A, join), b"later")
            niger.until(lambda: niger.joined, 60)
            t.ok(niger.joined == [(6, FINE, b"later")],
                 "a post that is starting is waited for", niger.joined)
            niger.joined = []
            ask(niger, 3, mali.post, bytes(16), join)
            niger.until(lambda: niger.joined, 60)
            t.ok([j[1] for j in niger.joined] == [LOGIN],
                 "a wrong secret does not get in", niger.joined)
            niger.joined, m.joiners = [], []
            ask(niger, 4, mali.post, secret, join)
            niger.until(lambda: niger.joined, 60)
            t.ok([j[1] for j in niger.joined] == [LATE] and m.until(
                lambda: m.joiners, 1), "no answer is said, too", niger.joined)
        finally:
            niger.kill()
            mali.stop()
    return t.end()


sys.exit(main())
