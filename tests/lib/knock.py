#!/usr/bin/env python3
"""knock: a datagram each millisecond, and who of them gets through.

  knock.py send FROM TO PORT FILE   until SIGTERM; FILE: how many were sent
  knock.py hear PORT FILE           FILE is there once it hears; until
                                    SIGTERM; then "ADDRESS COUNT" lines
  knock.py close LOG FROM PORT N    hears from FROM while it writes N failed
                                    logins of it to LOG: ms until silence
"""
import signal
import socket
import sys
import time

SO_RCVBUFFORCE = 33  # of socket(7): beyond the limit, for root


def send(src, to, port, path):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((src, 0))
    sent = 0
    ended = []
    # not in between: what was sent must have been counted
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
    at = time.monotonic()
    while not ended:
        try:
            s.sendto(b"x", (to, int(port)))
            sent += 1
        except OSError:
            pass
        at += 0.001
        time.sleep(max(0, at - time.monotonic()))
    with open(path, "w") as f:
        f.write("%d\n" % sent)


def bound(port):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 22)
    s.bind(("0.0.0.0", int(port)))
    return s


def hear(port, path):
    s = bound(port)
    open(path, "w").close()
    s.settimeout(0.05)
    heard = {}
    ended = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))

    def take():
        who = s.recvfrom(16)[1][0]
        heard[who] = heard.get(who, 0) + 1

    while not ended:
        try:
            take()
        except socket.timeout:
            pass
    s.setblocking(False)
    try:
        while True:
            take()
    except BlockingIOError:
        pass
    with open(path, "w") as f:
        for who, n in sorted(heard.items()):
            f.write("%s %d\n" % (who, n))


def close(log, src, port, n):
    s = bound(port)
    s.settimeout(2)
    while s.recvfrom(16)[1][0] != src:
        pass
    stamp = time.strftime("%b %e %H:%M:%S")
    with open(log, "a") as f:
        for i in range(int(n)):
            f.write("%s gate sshd[%d]: Failed password for root from %s "
                    "port %d ssh2\n" % (stamp, i, src, 4000 + i))
    start = last = time.monotonic()
    s.settimeout(0.2)
    try:
        while last - start < 5:
            if s.recvfrom(16)[1][0] == src:
                last = time.monotonic()
        print("never")
    except socket.timeout:
        print("%.1f" % ((last - start) * 1000))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
