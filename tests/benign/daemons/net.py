"""net - name servers, Samba, OpenVPN, FreeRADIUS."""
import os
import subprocess

from stage import ATTACKER, SERVER, quiet
from . import Actor
from .data import Accounts
from .mail import certificate


class Dns(Actor):
    def ask(self, name, kind="A", *more):
        quiet("dig", "@" + SERVER, "+tries=1", "+time=3", *more, name, kind)

    def visit(self, i, n):
        for k in range(4):
            self.ask("www%d.example.org" % ((i + k) % 5), ("A", "AAAA", "MX", "TXT")[k])
        self.ask("none%d.example.org" % n)
        if n == 0 and i % 5 == 0:
            self.ask("www.example.com")             # a resolver that was told the wrong server
        if i % 5 == 1:
            self.ask("www1.example.org", "A", "+tcp")

    def attempt(self, n):
        self.ask("example.com", "ANY")
        self.ask("example.org", "AXFR", "+tcp")


class Bind(Dns):
    name = "bind9"
    packages = ["bind9", "bind9-dnsutils"]
    file = "named.log"

    def start(self):
        s = self.s
        s.user("bind", 4280)
        s.write("/etc/bind/own.zone", "$TTL 60\n@ IN SOA ns.example.org. a.example.org. 1 60 60 60 60\n NS ns\n"
                "ns A 192.0.2.1\n" + "".join("www%d A 192.0.2.%d\n" % (i, i + 5) for i in range(5)))
        s.write("/etc/bind/own", 'options { directory "/run"; recursion no; querylog yes; allow-transfer { none; };'
                ' pid-file none; listen-on-v6 { none; }; dnssec-validation no; };\ncontrols { };\n'
                'logging { channel own { file "%s"; severity info; print-time yes; print-category yes;'
                ' print-severity yes; }; category default { own; }; category queries { own; };'
                ' category security { own; }; };\n'
                'zone "example.org" { type master; file "/etc/bind/own.zone"; };\n' % s.log)
        s.run("/usr/sbin/named", "-f", "-c", "/etc/bind/own")
        s.port(53, udp=True)


class Unbound(Dns):
    name = "unbound"
    packages = ["unbound", "bind9-dnsutils"]
    file = "unbound.log"
    attempts = 12

    def start(self):
        s = self.s
        s.user("unbound", 4281)
        s.write("/etc/own.conf", 'server:\n interface: 192.0.2.1\n chroot: ""\n username: ""\n do-daemonize: no\n'
                ' logfile: "%s"\n log-time-ascii: yes\n log-queries: yes\n log-replies: yes\n use-syslog: no\n'
                ' module-config: "iterator"\n verbosity: 3\n'
                ' access-control: 198.51.100.0/24 allow\n access-control: 203.0.113.0/24 refuse\n'
                ' local-zone: "example.org." static\n local-zone: "." static\n' % s.log
                + "".join(' local-data: "www%d.example.org. A 192.0.2.9"\n' % i for i in range(5))
                + "remote-control:\n control-enable: no\n")
        s.run("/usr/sbin/unbound", "-d", "-c", "/etc/own.conf")
        s.port(53, udp=True)


class Dnsmasq(Dns):
    name = "dnsmasq"
    packages = ["dnsmasq-base", "bind9-dnsutils"]
    mute = "it does not tell which query it refused"

    def start(self):
        s = self.s
        s.syslog()
        s.user("dnsmasq", 4282)
        s.run("/usr/sbin/dnsmasq", "-k", "-q", "-R", "-h", "--conf-file=/dev/null", "--local=/example.org/",
              *["--address=/www%d.example.org/192.0.2.9" % i for i in range(5)])
        s.port(53, udp=True)


class Samba(Accounts):
    name = "samba"
    packages = ["samba", "smbclient"]
    file = "log.smbd"
    PROBE = 445

    def start(self):
        s = self.s
        s.people()
        for d in ("/var/lib/samba/private", "/run/samba", "/var/cache/samba", "/var/log/samba", "/home/share"):
            os.makedirs(d, exist_ok=True)
        s.write("/etc/samba/smb.conf", "[global]\nworkgroup = OWN\nserver role = standalone server\n"
                "log level = 1 auth_audit:3\nlog file = %s\nlogging = file\nmap to guest = never\n"
                "disable netbios = yes\nload printers = no\n[share]\npath = /home/share\n" % s.log)
        for i in range(5):
            subprocess.run(["smbpasswd", "-s", "-a", "user%d" % i], input=b"right%d\nright%d\n" % (i, i),
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.path.exists(s.log) and os.unlink(s.log)
        s.run("/usr/sbin/smbd", "-F", "--no-process-group")
        s.port(445)

    def login(self, user, word):
        quiet("smbclient", "//%s/share" % SERVER, word, "-U", user, "-c", "ls")


class Openvpn(Actor):
    name = "openvpn"
    packages = ["openvpn", "openssl"]

    def start(self):
        s = self.s
        certificate("/etc/own.pem")
        s.write("/etc/own.check", "#!/bin/sh\nread -r u <\"$1\"; p=$(sed -n 2p \"$1\")\n"
                "[ \"$p\" = \"right${u#user}\" ]\n", 0o755)
        os.makedirs("/dev/net", exist_ok=True)
        subprocess.run(["mknod", "/dev/net/tun", "c", "10", "200"])
        s.write("/etc/own.conf", "port 1194\nproto udp\ndev tun\nserver 10.8.0.0 255.255.255.0\n"
                "ca /etc/own.pem.crt\ncert /etc/own.pem.crt\nkey /etc/own.pem\ndh none\nverify-client-cert none\n"
                "username-as-common-name\nduplicate-cn\nscript-security 2\nkeepalive 5 20\nverb 3\n"
                "auth-user-pass-verify /etc/own.check via-file\ndata-ciphers AES-256-GCM\n")
        s.syslog()
        s.run("/usr/sbin/openvpn", "--config", "/etc/own.conf", "--syslog", "openvpn")
        s.port(1194, udp=True)

    def tunnel(self, user, word, seconds=3):
        path = self.path("pass-%s-%s" % (user, word))
        self.s.write(path, "%s\n%s\n" % (user, word), 0o600)
        quiet("timeout", "-s", "INT", str(seconds), "openvpn", "--client", "--dev", "null", "--remote", SERVER,
              "1194", "--nobind", "--ca", "/etc/own.pem.crt", "--auth-user-pass", path, "--auth-retry", "none",
              "--data-ciphers", "AES-256-GCM", "--explicit-exit-notify", "1", "--ifconfig-noexec", "--route-noexec",
              "--pull-filter", "ignore", "route")

    def visit(self, i, n):
        user, word = "user%d" % (i % 5), "right%d" % (i % 5)
        if n == 0 and i % 5 == 1:
            self.tunnel(user, "rihgt")
        self.tunnel(user, word)

    def attempt(self, n):
        self.tunnel("user1", "wrong%d" % n)


class Freeradius(Accounts):
    name = "freeradius"
    packages = ["freeradius", "freeradius-utils"]
    file = "radius.log"
    attempts = 6

    def start(self):
        s = self.s
        s.write("/etc/own/users", "".join('user%d Cleartext-Password := "right%d"\n' % (i, i) for i in range(5)))
        s.write("/etc/own/radiusd.conf", """
prefix = /usr
libdir = /usr/lib/freeradius
raddbdir = /etc/own
logdir = %s
run_dir = /run
log { destination = files
file = %s
auth = yes
}
modules {
pap {
}
files {
filename = /etc/own/users
}
}
client all {
ipaddr = 0.0.0.0/0
secret = secret
shortname = vpn1
}
server default {
listen {
type = auth
ipaddr = *
port = 1812
}
authorize {
files
pap
}
authenticate {
pap
}
}
""" % (s.folder, s.log))
        s.run("/usr/sbin/freeradius", "-f", "-d", "/etc/own", "-D", "/usr/share/freeradius")
        s.port(1812, udp=True)

    def visit(self, i, n):
        user, word = "user%d" % (i % 5), "right%d" % (i % 5)
        if n == 0 and i % 5 == 1:
            self.login(user, "rihgt", i)
        if n == 0 and i % 5 == 2:
            self.login("uesr1", word, i)
        for _ in range(5):
            self.login(user, word, i)

    def login(self, user, word, i=None):
        station = ATTACKER if i is None else "198.51.100.%d" % (10 + i)
        quiet("radclient", "-r", "1", "-t", "3", SERVER + ":1812", "auth", "secret",
              stdin=('User-Name="%s",User-Password="%s",Calling-Station-Id="%s"\n' % (user, word, station)).encode())
