"""daemons - what each real daemon needs: a start, honest visits, an attack.

A class a daemon: `start` writes its configuration and runs it, `visit` is
what the honest client I does in round N (mistakes belong into round 0: people
mistype once), `attempt` one try of the attacker.
"""
import os
import socket

from stage import SERVER, quiet

DAEMONS = {}


class Actor:
    packages = []
    file = "syslog"      # what the log is called when it is replayed
    seconds = 90         # at most this long for 1,000 lines
    attempts = 6
    settle = 1           # seconds until its last line is written
    mute = ""            # why its log cannot name an attacker

    def __init__(self, stage):
        self.s = stage

    def __init_subclass__(cls):
        if "name" in cls.__dict__:
            DAEMONS[cls.name] = cls

    def extra(self):
        """More logs, of the same daemon: [path]."""
        return []

    def path(self, *names):
        return os.path.join(self.s.folder, *names)


def talk(port, *lines):
    """A conversation in lines; what the server said last."""
    said = b""
    with socket.create_connection((SERVER, port), timeout=10) as c:
        c.settimeout(10)
        for line in (None,) + lines:
            if line is not None:
                c.sendall(line.encode() + b"\r\n")
            said = c.recv(65536)
    return said


def knock(port):
    """What a monitor does: it connects, and that is all."""
    socket.create_connection((SERVER, port), timeout=10).close()


def curl(*args):
    return quiet("curl", "-s", "-m", "15", *args)


from . import chat, data, ftp, mail, net, ssh, web  # noqa: E402,F401
