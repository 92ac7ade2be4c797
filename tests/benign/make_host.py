#!/usr/bin/env python3
"""make_host.py - a day of good clients at host services; nobody is to be named.

  tests/benign/make_host.py FOLDER     writes one log a service into FOLDER
  tests/benign/make_host.py --check    writes them to a temporary folder and
                                       replays each: TAP, one test a log

Every log has at least 1,000 lines and tells what honest clients do: they
mistype twice and then get in, offer three keys, look whether a port answers
every minute, come with an old telephone's password, an old cipher, a bad
reverse name; an office of many hides behind one address. The seed is fixed:
the same logs each time.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
import time

SEED = 20241122
START = 1732233600  # 22 November 2024, 00:00 UTC
DAY = 86400
LINES = 1000
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
CLI = os.environ.get("LIPTAKO", os.path.join(ROOT, "build", "liptako"))
RULES = os.environ.get("LIPTAKO_RULES", os.path.join(ROOT, "rules"))

MONITOR = "198.51.100.200"
OFFICE = "203.0.113.40"
USERS = ["ann", "bob", "carol", "dave", "eve", "frank", "grace", "heidi",
         "ivan", "judy", "mallory", "niaj", "olivia", "peggy", "rupert",
         "sybil", "trent", "victor", "wendy", "zoe"]
WRITERS = {}


def log(name):
    """Registers a writer: fn(day) fills a day with lines."""
    def keep(fn):
        WRITERS[name] = fn
        return fn
    return keep


class Day:
    """Lines at times; each form of date is one method."""

    def __init__(self, name):
        self.rng = random.Random("%d %s" % (SEED, name))
        self.lines = []
        self.pid = 1000

    def add(self, at, text):
        self.lines.append((at, len(self.lines), text))

    def syslog(self, at, program, text, pid=None):
        if pid is None:
            pid = self.next_pid()
        tag = "%s[%d]" % (program, pid) if pid else program
        self.add(at, "%s host %s: %s" % (
            time.strftime("%b %e %H:%M:%S", time.gmtime(at)), tag, text))

    def iso(self, at, text):
        self.add(at, time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at))
                 + " " + text)

    def next_pid(self):
        self.pid += self.rng.randint(1, 9)
        return self.pid

    def at(self, low=0, high=DAY - 600):
        return START + self.rng.randint(low, high)

    def port(self):
        return self.rng.randint(32768, 60999)

    def user(self):
        return self.rng.choice(USERS)

    def client(self):
        if self.rng.random() < 0.2:
            return "2001:db8:%x::%x" % (self.rng.randint(1, 9999),
                                        self.rng.randint(1, 9999))
        return "192.0.2.%d" % self.rng.randint(1, 254)

    def v4(self):
        return "192.0.2.%d" % self.rng.randint(1, 254)

    def monitor(self, every, tell):
        """tell(at) every so many seconds, all day."""
        for at in range(START, START + DAY, every):
            tell(at + self.rng.randint(0, 2))

    def until(self, tell):
        """Ordinary life until there are lines enough."""
        while len(self.lines) < LINES:
            tell()

    def text(self):
        return "".join(t + "\n" for _, _, t in sorted(self.lines))


def ssh_in(d, at, who, ip, fails=0):
    pid, port = d.next_pid(), d.port()
    for i in range(fails):
        d.syslog(at + 4 * i, "sshd", "pam_unix(sshd:auth): authentication "
                 "failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=%s  "
                 "user=%s" % (ip, who), pid)
        d.syslog(at + 4 * i + 2, "sshd", "Failed password for %s from %s "
                 "port %d ssh2" % (who, ip, port), pid)
    at += 4 * fails
    d.syslog(at, "sshd", "Accepted %s for %s from %s port %d ssh2%s" % (
        "password" if fails else "publickey", who, ip, port,
        "" if fails else ": ED25519 SHA256:abcdefghijk"), pid)
    d.syslog(at, "sshd", "pam_unix(sshd:session): session opened for user "
             "%s(uid=1000) by (uid=0)" % who, pid)
    at += d.rng.randint(5, 3000)
    d.syslog(at, "sshd", "Received disconnect from %s port %d:11: "
             "disconnected by user" % (ip, port), pid)
    d.syslog(at, "sshd", "Disconnected from user %s %s port %d" % (
        who, ip, port), pid)


@log("openssh")
def openssh(d):
    d.monitor(300, lambda at: d.syslog(
        at, "sshd", "Connection closed by %s port %d [preauth]" % (
            MONITOR, d.port())))
    d.monitor(900, lambda at: d.syslog(
        at, "sshd", "Did not receive identification string from %s port %d"
        % ("198.51.100.201", d.port())))
    for who in USERS:  # an office: each comes twice, every third mistypes
        for hour in (8, 13):
            ssh_in(d, d.at(hour * 3600, hour * 3600 + 3000), who, OFFICE,
                   int(who in USERS[::4] and hour == 8))
    for _ in range(12):
        ssh_in(d, d.at(), d.user(), d.client(), 2)
    for _ in range(10):  # LogLevel VERBOSE: three keys, the third is known
        at, ip, who, pid = d.at(), d.client(), d.user(), d.next_pid()
        for kind in ("RSA", "ECDSA", "ED25519"):
            d.syslog(at, "sshd", "Failed publickey for %s from %s port 40000 "
                     "ssh2: %s SHA256:xyz" % (who, ip, kind), pid)
        ssh_in(d, at + 1, who, ip)
    for hour in range(24):  # a colleague's job with a key that was taken out
        d.syslog(START + hour * 3600 + 120, "sshd", "Connection closed by "
                 "authenticating user backup 192.0.2.77 port %d [preauth]"
                 % d.port())
    for _ in range(2):  # an old client, twice
        d.syslog(d.at(), "sshd", "Unable to negotiate with 192.0.2.66 port "
                 "%d: no matching host key type found. Their offer: ssh-rsa "
                 "[preauth]" % d.port())
    for _ in range(30):
        d.syslog(d.at(), "sshd", "reverse mapping checking getaddrinfo for "
                 "dsl.example [192.0.2.67] failed - POSSIBLE BREAK-IN "
                 "ATTEMPT!")
    d.syslog(d.at(), "sshd", "fatal: Timeout before authentication for "
             "192.0.2.68 port 40001")
    d.syslog(d.at(), "sshd", "Invalid user anna from 192.0.2.69 port 40002")
    d.until(lambda: ssh_in(d, d.at(), d.user(), d.client()))


@log("dropbear")
def dropbear(d):
    def life():
        at, ip, who = d.at(), d.v4(), d.user()
        port = d.port()
        d.syslog(at, "dropbear", "Child connection from %s:%d" % (ip, port))
        if d.rng.random() < 0.05:
            d.syslog(at + 3, "dropbear", "Bad password attempt for '%s' from "
                     "%s:%d" % (who, ip, port))
        d.syslog(at + 6, "dropbear", "Password auth succeeded for '%s' from "
                 "%s:%d" % (who, ip, port))
        d.syslog(at + 90, "dropbear", "Exit (%s) from <%s:%d>: Disconnect "
                 "received" % (who, ip, port))
    d.monitor(600, lambda at: d.syslog(
        at, "dropbear", "Exit before auth from <%s:%d>: Exited normally"
        % (MONITOR, d.port())))
    d.until(life)


@log("sudo-su-pam")
def sudo(d):
    def life():
        who, at = d.user(), d.at()
        if d.rng.random() < 0.1:
            d.syslog(at, "sudo", "pam_unix(sudo:auth): authentication "
                     "failure; logname=%s uid=1000 euid=0 tty=/dev/pts/0 "
                     "ruser=%s rhost=  user=%s" % (who, who, who), 0)
        d.syslog(at + 4, "sudo", "   %s : TTY=pts/0 ; PWD=/home/%s ; USER="
                 "root ; COMMAND=/usr/bin/apt update" % (who, who), 0)
        d.syslog(at + 4, "sudo", "pam_unix(sudo:session): session opened for "
                 "user root(uid=0) by %s(uid=1000)" % who, 0)
        d.syslog(at + 9, "CRON", "pam_unix(cron:session): session opened for "
                 "user root(uid=0) by (uid=0)")
    d.until(life)


@log("postfix")
def postfix(d):
    d.monitor(300, lambda at: (
        d.syslog(at, "postfix/smtpd", "connect from monitor.example[%s]"
                 % MONITOR),
        d.syslog(at, "postfix/smtpd", "lost connection after CONNECT from "
                 "monitor.example[%s]" % MONITOR)))
    at = d.at(3600, 40000)  # a telephone with last year's password, two hours
    for i in range(24):
        d.syslog(at + 300 * i, "postfix/submission/smtpd", "warning: "
                 "dsl.example[192.0.2.21]: SASL PLAIN authentication failed: "
                 "(reason unavailable), sasl_username=bob@example.org")
    for _ in range(20):
        ip, at = d.v4(), d.at()
        for wait in (0, 300, 900):  # greylisting
            d.syslog(at + wait, "postfix/smtpd", "NOQUEUE: reject: RCPT from "
                     "mx.example.net[%s]: 450 4.2.0 <bob@example.org>: "
                     "Recipient address rejected: Greylisted; from=<a@example"
                     ".net> to=<bob@example.org> proto=ESMTP helo=<mx.example"
                     ".net>" % ip)
    for i in range(6):  # a forwarder: some spam and some old addresses a day
        d.syslog(d.at(i * 14000, i * 14000 + 9000), "postfix/smtpd",
                 "NOQUEUE: reject: RCPT from out.example.com[198.51.100.25]: "
                 "550 5.1.1 <old%d@example.org>: Recipient address rejected: "
                 "User unknown in local recipient table; from=<list@example."
                 "com> to=<old%d@example.org> proto=ESMTP helo=<out.example."
                 "com>" % (i, i))
        d.syslog(d.at(i * 14000, i * 14000 + 9000), "postfix/cleanup",
                 "4XYZ%05dABC: milter-reject: END-OF-MESSAGE from out.example"
                 ".com[198.51.100.25]: 5.7.1 Spam message rejected; from="
                 "<list@example.com> to=<bob@example.org> proto=ESMTP helo="
                 "<out.example.com>" % i)
    for _ in range(15):
        d.syslog(d.at(), "postfix/smtpd", "SSL_accept error from unknown[%s]:"
                 " -1" % d.v4())

    def life():
        at, ip, pid = d.at(), d.v4(), d.next_pid()
        d.syslog(at, "postfix/smtpd", "connect from mx.example.net[%s]" % ip,
                 pid)
        d.syslog(at + 1, "postfix/smtpd", "4XYZ%05dABC: client=mx.example.net"
                 "[%s]" % (pid % 99999, ip), pid)
        d.syslog(at + 2, "postfix/smtpd", "disconnect from mx.example.net[%s]"
                 " ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7"
                 % ip, pid)
    d.until(life)


@log("dovecot")
def dovecot(d):
    tail = "lip=198.51.100.9, TLS, session=<abc%d>"
    d.monitor(300, lambda at: d.syslog(
        at, "dovecot", "imap-login: Disconnected: Connection closed (no auth "
        "attempts in 0 secs): user=<>, rip=%s, " % MONITOR + tail % at, 0))
    for who in USERS[:8]:  # mistype twice, then in
        at, ip = d.at(), d.v4()
        d.syslog(at, "dovecot", "imap-login: Disconnected: Connection closed "
                 "(auth failed, 2 attempts in 9 secs): user=<%s@example.org>, "
                 "method=PLAIN, rip=%s, " % (who, ip) + tail % at, 0)
        d.syslog(at + 20, "dovecot", "imap-login: Login: user=<%s@example.org"
                 ">, method=PLAIN, rip=%s, lip=198.51.100.9, mpid=77, TLS, "
                 "session=<x>" % (who, ip), 0)
    for i in range(9):  # an office: somebody mistypes now and then
        d.syslog(d.at(i * 9000, i * 9000 + 3000), "dovecot", "pop3-login: "
                 "Disconnected (auth failed, 1 attempts in 2 secs): user=<%s@"
                 "example.org>, method=PLAIN, rip=%s, " % (
                     USERS[i], OFFICE) + tail % i, 0)
    for _ in range(30):
        d.syslog(d.at(), "dovecot", "imap-login: Disconnected (no auth "
                 "attempts in 1 secs): user=<>, rip=%s, lip=198.51.100.9, TLS "
                 "handshaking: SSL_accept() failed: error:0A000102:SSL "
                 "routines::unsupported protocol, session=<y>" % d.v4(), 0)
    d.until(lambda: d.syslog(
        d.at(), "dovecot", "imap-login: Login: user=<%s@example.org>, method="
        "PLAIN, rip=%s, lip=198.51.100.9, mpid=%d, TLS, session=<z>" % (
            d.user(), d.rng.choice([OFFICE, d.v4()]), d.next_pid()), 0))


@log("exim")
def exim(d):
    d.monitor(600, lambda at: d.iso(
        at, "no MAIL in SMTP connection from (probe) [%s]:%d D=0s C=EHLO,QUIT"
        % (MONITOR, d.port())))
    for i in range(8):
        d.iso(d.at(i * 10000, i * 10000 + 2000), "plain_login authenticator "
              "failed for dsl.example (laptop) [192.0.2.31]:%d: 535 Incorrect "
              "authentication data (set_id=bob)" % d.port())
    for _ in range(40):
        ip, at = d.v4(), d.at()
        d.iso(at, "H=mx.example.net [%s]:%d F=<a@example.net> temporarily "
              "rejected RCPT <bob@example.org>: greylisted, try again later"
              % (ip, d.port()))
        d.iso(at + 400, "1tAbCd-%06d-AB <= a@example.net H=mx.example.net "
              "[%s]:%d P=esmtps S=1234" % (d.next_pid(), ip, d.port()))
    for i in range(5):
        d.iso(d.at(i * 16000, i * 16000 + 9000), "H=out.example.com [198.51."
              "100.25]:%d F=<list@example.com> rejected RCPT <old@example.org"
              ">: Unknown user" % d.port())
    d.until(lambda: d.iso(
        d.at(), "1tAbCd-%06d-AB <= %s@example.org H=host.example (pc) [%s]:%d "
        "P=esmtpsa X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no A=plain_login:%s "
        "S=1234" % (d.next_pid(), "bob", d.v4(), d.port(), "bob")))


@log("mail-filters")
def mail_filters(d):
    for i in range(4):
        d.syslog(d.at(i * 20000, i * 20000 + 9000), "amavis", "(00077-%02d) "
                 "Blocked SPAM {DiscardedInbound}, [198.51.100.25]:1434 [198."
                 "51.100.25] <list@example.com> -> <bob@example.org>, Hits: "
                 "15.2, size: 2864, 104 ms" % i)
    d.until(lambda: d.syslog(
        d.at(), "amavis", "(00077-09) Passed CLEAN {RelayedInbound}, [%s]:1434"
        " [%s] <a@example.net> -> <bob@example.org>, Hits: -1.2, size: 2864, "
        "104 ms" % (d.v4(), d.v4())))


@log("ftp")
def ftp(d):
    def life():
        at, ip, who = d.at(), d.v4(), d.user()
        if d.rng.random() < 0.05:
            d.syslog(at, "proftpd", "ftp.example (host.example[%s]) - USER %s "
                     "(Login failed): Incorrect password." % (ip, who))
        d.syslog(at + 5, "proftpd", "ftp.example (host.example[%s]) - USER %s:"
                 " Login successful." % (ip, who))
        d.syslog(at + 9, "pure-ftpd", "(?@%s) [INFO] New connection from %s"
                 % (ip, ip), 0)
        d.syslog(at + 9, "pure-ftpd", "(?@%s) [INFO] %s is now logged in" % (
            ip, who), 0)
    d.monitor(600, lambda at: d.syslog(
        at, "proftpd", "ftp.example (monitor.example[%s]) - FTP session "
        "opened." % MONITOR))
    for _ in range(2):
        d.syslog(d.at(), "vsftpd", "[bob] FAIL LOGIN: Client \"192.0.2.44\"")
    d.until(life)


@log("mysql")
def mysql(d):
    d.monitor(120, lambda at: d.iso(
        at, "12 [Warning] Aborted connection 12 to db: 'unconnected' user: "
        "'unauthenticated' host: '%s' (This connection closed normally without"
        " authentication)" % MONITOR))
    for _ in range(3):
        d.iso(d.at(), "12 [Warning] Access denied for user 'app'@'192.0.2.51' "
              "(using password: YES)")
    d.until(lambda: d.iso(
        d.at(), "12 [Warning] IP address '%s' could not be resolved: Name or "
        "service not known" % d.v4()))


@log("postgresql")
def postgresql(d):
    for _ in range(3):
        d.iso(d.at(), "UTC [77] bob@db 192.0.2.52 FATAL:  password "
              "authentication failed for user \"bob\"")
    for _ in range(4):
        d.iso(d.at(), "UTC [77] x@db FATAL:  no pg_hba.conf entry for host "
              "\"192.0.2.53\", user \"x\", database \"db\", no encryption")
    d.until(lambda: d.iso(
        d.at(), "UTC [%d] app@db %s LOG:  connection authorized: user=app "
        "database=db" % (d.next_pid(), d.v4())))


@log("samba")
def samba(d):
    def auth(at, ip, status):
        d.syslog(at, "smbd", "Auth: [SMB2,(null)] user [W]\\[%s] at [Fri, 22 "
                 "Nov 2024 10:00:00.030937 UTC] with [NTLMv2] status [%s] "
                 "workstation [PC] remote host [ipv4:%s:62419] mapped to [W]\\"
                 "[bob]. local host [ipv4:198.51.100.9:445]" % (
                     d.user(), status, ip))
    for i in range(8):
        auth(d.at(i * 10000, i * 10000 + 3000), OFFICE,
             "NT_STATUS_WRONG_PASSWORD")
    d.until(lambda: auth(d.at(), d.v4(), "NT_STATUS_OK"))


@log("bind")
def bind(d):
    for _ in range(4):
        d.syslog(d.at(), "named", "client @0x7f65 192.0.2.61#4242 (example."
                 "com): query (cache) 'example.com/A/IN' denied")
    d.syslog(d.at(), "named", "client @0x7f65 192.0.2.62#4242 (example.org): "
             "zone transfer 'example.org/AXFR/IN' denied")
    d.until(lambda: d.syslog(
        d.at(), "named", "client @0x7f65 %s#%d (example.org): query: example."
        "org IN A +E(0)K (198.51.100.9)" % (d.client(), d.port()), 77))


@log("squid")
def squid(d):
    def life():
        at, ip = d.at(), "10.0.0.%d" % d.rng.randint(2, 60)
        d.add(at, "%d.123      0 %s TCP_DENIED/407 3900 CONNECT example.com:"
              "443 - HIER_NONE/- text/html" % (at, ip))
        d.add(at, "%d.223    120 %s TCP_TUNNEL/200 9000 CONNECT example.com:"
              "443 ann HIER_DIRECT/198.51.100.3 -" % (at, ip))
        d.add(at, "%d.323      0 %s TCP_DENIED/403 3900 CONNECT ads.example:"
              "443 - HIER_NONE/- text/html" % (at, ip))
    d.monitor(120, lambda at: d.add(
        at, "%d.001      0 %s NONE_NONE/000 0 - error:transaction-end-before-"
        "headers - HIER_NONE/- -" % (at, MONITOR)))
    d.until(life)


@log("openvpn")
def openvpn(d):
    for _ in range(8):  # a telephone in a tunnel
        d.iso(d.at(), "192.0.2.71:%d TLS Error: TLS handshake failed"
              % d.port())
    for i in range(30):  # a certificate that ran out
        d.iso(d.at(3600 + i * 300, 3600 + i * 300 + 60), "192.0.2.72:%d VERIFY"
              " ERROR: depth=0, error=certificate has expired: CN=bob, serial="
              "12" % d.port())

    def life():
        at, ip, port = d.at(), d.v4(), d.port()
        d.iso(at, "%s:%d TLS: Initial packet from [AF_INET]%s:%d, sid=1 2"
              % (ip, port, ip, port))
        d.iso(at + 1, "%s:%d [%s] Peer Connection Initiated with [AF_INET]%s:"
              "%d" % (ip, port, d.user(), ip, port))
    d.until(life)


@log("strongswan")
def strongswan(d):
    def life():
        at, ip, n = d.at(), d.v4(), d.rng.randint(5, 16)
        d.syslog(at, "charon", "%02d[NET] received packet: from %s[500] to "
                 "198.51.100.9[500] (604 bytes)" % (n, ip), 77)
        d.syslog(at, "charon", "%02d[IKE] %s is initiating an IKE_SA"
                 % (n, ip), 77)
        d.syslog(at + 1, "charon", "%02d[IKE] IKE_SA ra[1] established between"
                 " 198.51.100.9[vpn]...%s[%s]" % (n, ip, d.user()), 77)
    d.until(life)


@log("asterisk")
def asterisk(d):
    for _ in range(3):
        at = d.at()
        d.add(at, time.strftime("[%Y-%m-%d %H:%M:%S] ", time.gmtime(at)) +
              "NOTICE[77] chan_sip.c: Registration from '\"100\" <sip:100@198."
              "51.100.9>' failed for '192.0.2.81:5060' - Wrong password")

    def life():
        at, ip = d.at(), d.v4()
        stamp = time.strftime("[%Y-%m-%d %H:%M:%S] ", time.gmtime(at))
        for event in ("ChallengeSent", "SuccessfulAuth"):
            d.add(at, stamp + "SECURITY[77] res_security_log.c: SecurityEvent="
                  "\"%s\",EventTV=\"x\",Severity=\"Informational\",Service=\""
                  "PJSIP\",EventVersion=\"1\",AccountID=\"100\",SessionID=\"a\""
                  ",LocalAddress=\"IPV4/UDP/198.51.100.9/5060\",RemoteAddress="
                  "\"IPV4/UDP/%s/5060\"" % (event, ip))
    d.until(life)


@log("freeswitch")
def freeswitch(d):
    d.until(lambda: d.iso(
        d.at(), "[WARNING] sofia_reg.c:1737 SIP auth challenge (REGISTER) on "
        "sofia profile 'internal' for [100@198.51.100.9] from ip %s"
        % d.v4()))


@log("firewall")
def firewall(d):
    def block(at, ip, proto, rest):
        d.syslog(at, "kernel", "[ 1234.567890] [UFW BLOCK] IN=eth0 OUT= MAC="
                 "52:54:00:12:34:56:52:54:00:65:43:21:08:00 SRC=%s DST=198.51."
                 "100.9 LEN=60 TOS=0x00 PREC=0x00 TTL=54 ID=1 DF PROTO=%s %s"
                 % (ip, proto, rest), 0)
    for port in (80, 443, 8080, 8443):  # where did that page live again?
        block(d.at(), "192.0.2.91", "TCP", "SPT=41000 DPT=%d WINDOW=64240 "
              "RES=0x00 SYN URGP=0" % port)

    def life():
        at, ip = d.at(), d.v4()
        block(at, "198.51.100.53", "UDP", "SPT=53 DPT=%d LEN=60" % d.port())
        block(at, ip, "TCP", "SPT=443 DPT=%d WINDOW=501 RES=0x00 ACK FIN "
              "URGP=0" % d.port())
        block(at, ip, "TCP", "SPT=%d DPT=%d WINDOW=64240 RES=0x00 SYN URGP=0"
              % (d.port(), d.rng.choice([25, 22])))
    d.until(life)


@log("ids")
def ids(d):
    def alert(at, ip, severity):
        d.add(at, json.dumps({
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.123456+0000",
                                       time.gmtime(at)),
            "event_type": "alert", "src_ip": ip, "dest_ip": "198.51.100.9",
            "proto": "TCP", "alert": {"signature": "ET INFO x",
                                      "severity": severity}}))
    for _ in range(2):
        alert(d.at(), "192.0.2.95", 2)
    d.until(lambda: alert(d.at(), d.v4(), 3))


@log("openldap")
def openldap(d):
    def bind(err):
        at, n = d.at(), d.next_pid()
        d.syslog(at, "slapd", "conn=%d fd=12 ACCEPT from IP=10.0.0.20:%d (IP="
                 "0.0.0.0:389)" % (n, d.port()), 77)
        d.syslog(at, "slapd", "conn=%d op=0 RESULT tag=97 err=%d text="
                 % (n, err), 77)
    for _ in range(30):  # an application's users
        bind(49)
    d.until(lambda: bind(0))


@log("kerberos")
def kerberos(d):
    def life():
        at, ip = d.at(), d.v4()
        for what in ("NEEDED_PREAUTH", "ISSUE"):
            d.syslog(at, "krb5kdc", "AS_REQ (8 etypes {18 17 20 19 16 23 25 26"
                     "}) %s: %s: %s@EXAMPLE.ORG for krbtgt/EXAMPLE.ORG@EXAMPLE"
                     ".ORG, Additional pre-authentication required" % (
                         ip, what, d.user()), 77)
        if d.rng.random() < 0.02:
            d.syslog(at, "krb5kdc", "AS_REQ (8 etypes {18 17 20 19 16 23 25 26"
                     "}) %s: PREAUTH_FAILED: %s@EXAMPLE.ORG for krbtgt/EXAMPLE"
                     ".ORG@EXAMPLE.ORG, Preauthentication failed" % (
                         ip, d.user()), 77)
    d.until(life)


@log("windows")
def windows(d):
    def event(number, ip):
        at = d.at()
        d.add(at, json.dumps({
            "EventTime": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at)),
            "EventID": number, "TargetUserName": d.user(),
            "LogonType": "10", "IpAddress": ip}))
    for _ in range(8):
        event(4625, OFFICE)
    d.until(lambda: event(4624, d.rng.choice([OFFICE, "-", d.v4()])))


@log("brokers")
def brokers(d):
    def life():
        at, ip = d.at(), d.v4()
        d.add(at, "%d: New connection from %s:%d on port 1883." % (
            at, ip, d.port()))
        d.add(at, "%d: New client connected from %s:%d as s1 (p2, c1, k60)."
              % (at, ip, d.port()))
    d.monitor(600, lambda at: d.add(
        at, "%d: Client <unknown> closed its connection." % at))
    d.until(life)


@log("kubernetes")
def kubernetes(d):
    def event(user, ip, uri, code):
        at = d.at()
        d.add(at, json.dumps({
            "kind": "Event", "apiVersion": "audit.k8s.io/v1", "verb": "get",
            "user": {"username": user}, "sourceIPs": [ip], "requestURI": uri,
            "responseStatus": {"code": code}, "requestReceivedTimestamp":
            time.strftime("%Y-%m-%dT%H:%M:%S.123456Z", time.gmtime(at))}))
    for _ in range(10):
        event("ann", "10.0.0.30", "/api/v1/secrets", 403)
    d.until(lambda: event("system:anonymous", MONITOR, "/livez", 200))


@log("routers")
def routers(d):
    def life():
        at, ip, who = d.at(), d.v4(), d.user()
        if d.rng.random() < 0.02:
            d.syslog(at, "%SEC_LOGIN-4-LOGIN_FAILED", "Login failed [user: %s]"
                     " [Source: %s] [localport: 22] [Reason: Login "
                     "Authentication Failed] at 10:00:00 UTC" % (who, ip), 0)
        d.syslog(at + 9, "%SEC_LOGIN-5-LOGIN_SUCCESS", "Login Success [user: "
                 "%s] [Source: %s] [localport: 22] at 10:00:00 UTC" % (
                     who, ip), 0)
    d.until(life)


@log("fail2ban")
def fail2ban(d):
    def life():
        at, ip = d.at(), d.v4()
        d.iso(at, "fail2ban.filter         [77]: INFO    [sshd] Found %s - 2024"
              "-11-22 10:00:00" % ip)
        if d.rng.random() < 0.1:
            d.iso(at, "fail2ban.actions        [77]: NOTICE  [sshd] Unban %s"
                  % ip)
    d.until(life)


def write(name, folder):
    day = Day(name)
    WRITERS[name](day)
    path = os.path.join(folder, name + ".log")
    with open(path, "w") as f:
        f.write(day.text())
    return path


def named(path):
    """Whom replay names: a list of "address by rule"."""
    done = subprocess.run(
        [CLI, "replay", "--json", "--immunity", "off", "--rules", RULES, path],
        stdout=subprocess.PIPE, check=True, timeout=120)
    found = [json.loads(x) for x in done.stdout.decode().splitlines()]
    return ["%s by %s" % (v["address"], v["rule"]) for v in found
            if "address" in v]


def check(folder):
    bad = 0
    print("1..%d" % len(WRITERS))
    for i, name in enumerate(sorted(WRITERS), 1):
        who = named(write(name, folder))
        bad += bool(who)
        print("%sok %d - %s: nobody named%s" % (
            "not " if who else "", i, name,
            "".join("\n# " + w for w in who)))
    return 1 if bad else 0


def main():
    if sys.argv[1:] == ["--check"]:
        with tempfile.TemporaryDirectory() as folder:
            return check(folder)
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    os.makedirs(sys.argv[1], exist_ok=True)
    for name in sorted(WRITERS):
        write(name, sys.argv[1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
