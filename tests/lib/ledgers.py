#!/usr/bin/env python3
"""ledgers.py NAME=ENVOY=DUMP...: what several parties recorded of one alliance.

Reads what `liptako alliance export` wrote at each party. Prints one line each:
how many acts there are in all; how many some party lacks that another has;
how many stand twice in one ledger; how many numbers tell two stories. An act
that its own author does not know any more is not counted as lacking there: it
was killed before it wrote it down, and the others have it.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "verify"))
import liptako_verify as verify


def read(path):
    """(chain, number) -> act, and how many acts stand there again."""
    acts, again = {}, 0
    with open(path, "rb") as f:
        r = verify.Reader(f.read())
    verify.must(r.take(8) == b"LPTACTS1", "no dump")
    while r.at < len(r.data):
        f = verify.Frame(r.take(r.u(4)))
        for a in f.acts if f.form != 2 else []:
            if a.e.chained():
                again += (a.e.chain(), a.e.seq) in acts
                acts[a.e.chain(), a.e.seq] = a
    return acts, again


def main(argv):
    books = {}
    for arg in argv:
        name, envoy, path = arg.split("=", 2)
        books[name] = (bytes.fromhex(envoy), *read(path))
    every = set()
    for _, acts, _ in books.values():
        every |= set(acts)
    lacking, forked = [], 0
    for key in sorted(every):
        have = {n: b[1][key] for n, b in books.items() if key in b[1]}
        forked += len({a.hash for a in have.values()}) > 1
        envoy = next(iter(have.values())).e.envoy
        for n in set(books) - set(have):
            if books[n][0] != envoy:
                lacking.append((n, key))
    print("acts %d" % len(every))
    print("lacking %d" % len(lacking))
    print("twice %d" % sum(b[2] for b in books.values()))
    print("forked %d" % forked)
    for n, (chain, seq) in lacking[:10]:
        print("# %s lacks number %d of run %d of envoy %s" % (
            n, seq, chain[2], chain[1].hex()[:16]))
    return 0


sys.exit(main(sys.argv[1:]))
