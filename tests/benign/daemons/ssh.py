"""ssh - OpenSSH and dropbear."""
import os
import subprocess

from stage import SERVER, quiet
from . import Actor, knock, talk

OPTIONS = ("-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
           "-o", "ConnectTimeout=10", "-o", "NumberOfPasswordPrompts=1", "-o", "LogLevel=ERROR")
PASSWORD = OPTIONS + ("-o", "PreferredAuthentications=password", "-o", "PubkeyAuthentication=no")


class Ssh(Actor):
    def keys(self):
        for i in range(8):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.path("key%d" % i)], check=True)
        public = open(self.path("key0.pub")).read()
        for i in range(5):
            d = "/home/user%d/.ssh/" % i
            self.s.write(d + "authorized_keys", public)
            for f in (d, d + "authorized_keys"):
                os.chown(f, 4300 + i, 4300 + i)
        os.chmod("/home", 0o755)

    def password(self, user, word, program="ssh", *more):
        if program == "ssh":
            more = (user + "@" + SERVER, "true")
        return quiet("sshpass", "-p", word, program, *PASSWORD, *more)

    def key(self, user, *keys, program="ssh", more=("true",)):
        names = sum((("-i", self.path("key%d" % k)) for k in keys), ())
        return quiet(program, *OPTIONS, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", *names,
                     *((user + "@" + SERVER,) + more if program == "ssh" else more))

    def visit(self, i, n):
        user, word = "user%d" % (i % 5), "right%d" % (i % 5)
        kind = i % 8
        if n == 0 and kind == 4:
            self.password(user, "rihgt")                    # mistyped, twice
            self.password(user, "Right" + word[-1])
        if n == 0 and kind == 5:
            self.password("uesr1", word)                    # the name mistyped
        if kind in (0, 4, 5):
            self.password(user, word)
        elif kind == 1:
            self.key(user, 0)
        elif kind == 2:                                     # an agent with keys for elsewhere
            self.key(user, 1, 2, 3, 0) if n < 2 else self.key(user, 0)
        elif kind == 3:
            self.files(user)
        elif kind == 6:
            for _ in range(3):
                self.key(user, 0)
        elif n % 2:
            knock(22)
        else:
            talk(22, "")

    def files(self, user):
        self.key(user, 0, program="sftp", more=("-b", "/dev/null", user + "@" + SERVER))
        self.key(user, 0, program="scp", more=("/etc/hosts", user + "@" + SERVER + ":hosts"))

    guessed = ("root", "admin", "user1")

    def attempt(self, n):
        self.password(self.guessed[n % 3], "wrong%d" % n)


class OpenSsh(Ssh):
    name = "openssh"
    packages = ["openssh-server", "openssh-client", "sshpass"]
    file = "auth.log"

    def start(self):
        s = self.s
        s.people()
        s.user("sshd", 4200)
        s.syslog()
        self.keys()
        os.makedirs("/run/sshd", exist_ok=True)
        s.write("/etc/ssh/own", "HostKey %s\nUsePAM yes\nPasswordAuthentication yes\nPidFile none\n"
                "KbdInteractiveAuthentication no\nMaxStartups 100\nSubsystem sftp internal-sftp\n" % self.path("key7"))
        s.run("/usr/sbin/sshd", "-D", "-f", "/etc/ssh/own")
        s.port(22)


class Dropbear(Ssh):
    name = "dropbear"
    packages = ["dropbear-bin", "openssh-client", "sshpass"]
    file = "auth.log"
    guessed = ("root", "user2", "user1")    # of names it does not know it says nothing

    def start(self):
        s = self.s
        s.people()
        s.syslog()
        self.keys()
        subprocess.run(["dropbearkey", "-t", "ed25519", "-f", self.path("host")], check=True,
                       stdout=subprocess.DEVNULL)
        s.run("/usr/sbin/dropbear", "-F", "-r", self.path("host"), "-p", "22")
        s.port(22)

    def files(self, user):
        self.key(user, 0)
