"""mail - dovecot, postfix and exim."""
import os
import smtplib
import subprocess

from stage import SERVER
from . import Actor, curl, knock, talk


def certificate(path):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9", "-subj", "/CN=web01",
                    "-keyout", path, "-out", path + ".crt"], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def dovecot(s, more, listener=""):
    """Runs one with user0 .. user4, password right0 .. right4."""
    s.user("dovecot", 4230)
    s.user("dovenull", 4231)
    s.user("vmail", 4232, home="/home/vmail")
    s.write("/etc/own.users", "".join("user%d:{PLAIN}right%d\n" % (i, i) for i in range(5)))
    s.write("/etc/dovecot/own", "base_dir = /run/dovecot\nstate_dir = /run/dovecot\nssl = no\n"
            "disable_plaintext_auth = no\nauth_mechanisms = plain login\nmail_location = maildir:/home/vmail/%n\n"
            "passdb {\n driver = passwd-file\n args = /etc/own.users\n}\n"
            "userdb {\n driver = static\n args = uid=vmail gid=vmail home=/home/vmail/%n\n}\n"
            "mail_max_userip_connections = 50\n" + more +
            "service auth {\n unix_listener auth-userdb {\n }\n" + listener + "}\n")
    s.run("/usr/sbin/dovecot", "-F", "-c", "/etc/dovecot/own")


class Dovecot(Actor):
    name = "dovecot"
    packages = ["dovecot-imapd", "dovecot-pop3d", "curl"]
    file = "mail.log"

    def start(self):
        self.s.people()
        self.s.syslog()
        dovecot(self.s, "protocols = imap pop3\n")
        self.s.port(143)
        self.s.port(110)

    def fetch(self, kind, user, word):
        return curl("-u", user + ":" + word, "%s://%s/" % (kind, SERVER))

    def visit(self, i, n):
        user, word = "user%d" % (i % 5), "right%d" % (i % 5)
        kind = ("imap", "pop3")[i % 2]
        if n == 0 and i % 5 == 1:
            self.fetch(kind, user, "rihgt")
        if n == 0 and i % 5 == 2:
            self.fetch(kind, "uesr1", word)
        if i % 10 == 9:
            knock(143) if n % 2 else talk(110, "QUIT")
        for _ in range(3):
            self.fetch(kind, user, word)

    def attempt(self, n):
        self.fetch("imap", ("admin", "info", "user1")[n % 3], "wrong%d" % n)


class Smtp(Actor):
    file = "mail.log"
    text = "From: a@example.net\nTo: user0@example.org\nSubject: hello\n\nText.\n"

    def send(self, to, user=None, word=None, tls=True):
        with smtplib.SMTP(SERVER, 25, "client.example.net", 15) as c:
            c.ehlo()
            if tls:
                c.starttls()
                c.ehlo()
            if user:
                c.login(user, word)
            c.sendmail("a@example.net", [to], self.text)

    @staticmethod
    def no_tls():
        try:
            talk(25, "EHLO x", "STARTTLS", "not the hello that TLS wants")
        except OSError:
            pass  # refused, as it should be

    def mistake(self, *args, **more):
        try:
            self.send(*args, **more)
        except (smtplib.SMTPException, OSError):
            pass

    def visit(self, i, n):
        user, word = "user%d" % (i % 5), "right%d" % (i % 5)
        kind = i % 6
        if n == 0 and kind == 0:
            self.mistake("uesr1@example.org")                   # nobody's address
        if n == 0 and kind == 1:
            self.mistake("user0@example.org", user, "rihgt")
        if n < 2 and kind == 2:
            self.no_tls()
        if kind == 3:
            knock(25) if n % 2 else talk(25, "QUIT")
        elif kind in (1, 4):
            self.send("user0@example.org", user, word)
        self.send("user%d@example.org" % (i % 5), tls=bool(i % 2))

    def attempt(self, n):
        self.mistake("user0@example.org", ("admin", "info", "user1")[n % 3], "wrong%d" % n)


class Postfix(Smtp):
    name = "postfix"
    packages = ["postfix", "dovecot-core", "openssl"]

    def start(self):
        s = self.s
        s.people()
        s.syslog()
        s.user("postfix", 4240)
        s.user("postdrop", 4241)
        os.makedirs("/var/spool/postfix", exist_ok=True)
        os.makedirs("/var/lib/postfix", exist_ok=True)
        os.chown("/var/lib/postfix", 4240, 4240)
        certificate("/etc/own.pem")
        s.write("/etc/postfix/main.cf", "compatibility_level = 3.6\nmyhostname = web01.example.org\n"
                "mydestination = example.org\nmynetworks = 127.0.0.0/8\nlocal_transport = discard\nalias_maps =\n"
                "local_recipient_maps = inline:{%s}\nsmtpd_tls_cert_file = /etc/own.pem.crt\n"
                "smtpd_tls_key_file = /etc/own.pem\nsmtpd_tls_security_level = may\nsmtpd_tls_loglevel = 1\n"
                "smtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = dovecot\nsmtpd_sasl_path = private/auth\n"
                "inet_protocols = ipv4\nsetgid_group = postdrop\n"
                "smtpd_recipient_restrictions = permit_sasl_authenticated, reject_unauth_destination\n"
                % ", ".join("user%d=x" % i for i in range(5)))
        master = open("/usr/share/postfix/master.cf.dist").read()
        lines = [ln for ln in master.splitlines() if not ln.startswith("#")]
        s.write("/etc/postfix/master.cf", "\n".join(
            " ".join(w[:4] + ["n"] + w[5:]) if len(w := ln.split()) >= 8 and not ln.startswith(" ") else ln
            for ln in lines) + "\n")
        subprocess.run(["postfix", "set-permissions"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        s.run("/usr/sbin/postfix", "start-fg")
        s.port(25)
        dovecot(s, "protocols =\nauth_verbose = no\n",
                " unix_listener /var/spool/postfix/private/auth {\n mode = 0666\n }\n")


class Exim(Smtp):
    name = "exim4"
    packages = ["exim4-daemon-heavy", "openssl"]
    file = "mainlog"

    def start(self):
        s = self.s
        s.people()
        s.user("Debian-exim", 4250)
        certificate("/etc/own.pem")
        for d in ("/var/log/exim4", "/var/spool/exim4", "/var/lib/exim4", "/run/exim4"):
            os.makedirs(d, exist_ok=True)
            os.chown(d, 4250, 4250)
        os.chmod("/etc/own.pem", 0o644)
        s.log = "/var/log/exim4/mainlog"
        s.write("/var/lib/exim4/config.autogenerated", """
primary_hostname = web01.example.org
exim_user = Debian-exim
exim_group = Debian-exim
log_file_path = /var/log/exim4/%slog
domainlist local_domains = example.org
host_lookup =
smtp_accept_max = 100
smtp_accept_max_per_host = 20
auth_advertise_hosts = *
tls_advertise_hosts = *
tls_certificate = /etc/own.pem.crt
tls_privatekey = /etc/own.pem
acl_smtp_rcpt = rcpt
begin acl
rcpt:
  accept authenticated = *
  deny domains = !+local_domains
       message = relay not permitted
  deny local_parts = !user0:!user1:!user2:!user3:!user4
       message = no such user
  accept
begin routers
all:
  driver = redirect
  data = :blackhole:
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if eq{$auth3}{${sg{$auth2}{user}{right}}}}
  server_set_id = $auth2
""")
        s.run("/usr/sbin/exim4", "-bdf")
        s.port(25)
