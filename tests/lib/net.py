#!/usr/bin/env python3
"""net.py: small peers for end-to-end tests in network namespaces.

  net.py serve ADDR PORT           TCP and UDP echo until killed
  net.py try SRC ADDR PORT         one TCP connection: ok, refused, dead
  net.py hold SRC ADDR PORT        one TCP connection; each line on standard
                                   input is sent, "ok" or "dead" is the answer
  net.py flood SRC ADDR PORT N MS  N UDP packets over MS: how many come back
  net.py probe SRC ADDR PORT S     UDP every 2 ms for S seconds: how many
                                   came back, and the longest silence in ms
"""
import selectors
import socket
import sys
import time

PATIENCE = 0.5


def family(addr):
    return socket.AF_INET6 if ":" in addr else socket.AF_INET


def serve(addr, port):
    sel = selectors.DefaultSelector()
    tcp = socket.socket(family(addr), socket.SOCK_STREAM)
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    tcp.bind((addr, port))
    tcp.listen(64)
    udp = socket.socket(family(addr), socket.SOCK_DGRAM)
    udp.bind((addr, port))
    sel.register(tcp, selectors.EVENT_READ)
    sel.register(udp, selectors.EVENT_READ)
    print("serving", flush=True)
    while True:
        for key, _ in sel.select():
            s = key.fileobj
            try:
                if s is tcp:
                    sel.register(s.accept()[0], selectors.EVENT_READ)
                elif s is udp:
                    data, peer = s.recvfrom(2048)
                    s.sendto(data, peer)
                else:
                    data = s.recv(2048)
                    if data:
                        s.send(data)
                    else:
                        sel.unregister(s)
                        s.close()
            except OSError:
                if s is not tcp and s is not udp:
                    sel.unregister(s)
                    s.close()


def dial(src, addr, port):
    s = socket.socket(family(addr), socket.SOCK_STREAM)
    s.settimeout(PATIENCE)
    s.bind((src, 0))
    s.connect((addr, port))
    return s


def attempt(src, addr, port):
    try:
        s = dial(src, addr, port)
        s.send(b"x")
        return "ok" if s.recv(1) == b"x" else "dead"
    except ConnectionRefusedError:
        return "refused"
    except OSError:
        return "dead"


def hold(src, addr, port):
    s = dial(src, addr, port)
    print("open", flush=True)
    for _ in sys.stdin:
        try:
            s.send(b"x")
            print("ok" if s.recv(64) else "dead", flush=True)
        except OSError:
            print("dead", flush=True)


def datagrams(src, addr, n, wait):
    s = socket.socket(family(addr), socket.SOCK_DGRAM)
    s.bind((src, 0))
    s.setblocking(False)
    return s


def drain(s):
    got = 0
    while True:
        try:
            s.recv(2048)
            got += 1
        except BlockingIOError:
            return got
        except OSError:
            continue


def flood(src, addr, port, n, ms):
    s = datagrams(src, addr, n, ms)
    got = 0
    for _ in range(n):
        try:
            s.sendto(b"x", (addr, port))
        except OSError:
            pass
        time.sleep(ms / 1000 / n)
        got += drain(s)
    time.sleep(0.2)
    return got + drain(s)


def probe(src, addr, port, seconds):
    s = datagrams(src, addr, 0, 0)
    start = last = time.monotonic()
    got, silence = 0, 0.0
    while time.monotonic() - start < seconds:
        try:
            s.sendto(b"x", (addr, port))
        except OSError:
            pass
        time.sleep(0.002)
        k = drain(s)
        now = time.monotonic()
        if k:
            silence = max(silence, now - last)
            last = now
        got += k
    silence = max(silence, time.monotonic() - last)
    return "%d %d" % (got, silence * 1000)


def main():
    what, a = sys.argv[1], sys.argv[2:]
    if what == "serve":
        serve(a[0], int(a[1]))
    elif what == "try":
        print(attempt(a[0], a[1], int(a[2])))
    elif what == "hold":
        hold(a[0], a[1], int(a[2]))
    elif what == "flood":
        print(flood(a[0], a[1], int(a[2]), int(a[3]), int(a[4])))
    elif what == "probe":
        print(probe(a[0], a[1], int(a[2]), float(a[3])))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
