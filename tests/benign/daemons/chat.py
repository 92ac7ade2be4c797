"""chat - ejabberd."""
import base64
import glob
import socket

from stage import SERVER
from .data import Accounts


class Xmpp(Accounts):
    PROBE = 5222
    HELLO = ("<stream:stream to='example.org' version='1.0' xmlns='jabber:client' "
             "xmlns:stream='http://etherx.jabber.org/streams'>")

    @staticmethod
    def until(c, *words):
        said = b""
        while not any(w in said for w in words):
            more = c.recv(65536)
            if not more:
                break
            said += more
        return said

    def session(self, words, *ends):
        with socket.create_connection((SERVER, 5222), timeout=10) as c:
            c.settimeout(10)
            c.sendall(self.HELLO.encode())
            self.until(c, b"</stream:features>", b"</features>")
            c.sendall(words.encode())
            said = self.until(c, *ends)
            c.sendall(b"</stream:stream>")
        return said

    def login(self, user, word):
        plain = base64.b64encode(("\0%s\0%s" % (user, word)).encode()).decode()
        self.session("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>" % plain,
                     b"<success", b"<failure")


class Ejabberd(Xmpp):
    name = "ejabberd"
    packages = ["ejabberd"]
    file = "ejabberd.log"

    def start(self):
        s = self.s
        s.write("/etc/own.yml", """
hosts: [example.org]
loglevel: info
listen:
  - port: 5222
    ip: "0.0.0.0"
    module: ejabberd_c2s
    starttls: false
access_rules:
  register: {allow: all}
modules:
  mod_register: {access: register, ip_access: all, password_strength: 0}
registration_timeout: infinity
auth_password_format: plain
""")
        s.run("/usr/bin/erl", "-noinput", "-sname", "ejabberd@localhost", "-mnesia", "dir", '"%s"' % self.path("mnesia"),
              "-ejabberd", "config", '"/etc/own.yml"', "log_path", '"%s"' % s.log,
              "-s", "ejabberd", env={"HOME": s.folder, "ERL_LIBS": ":".join(
                  glob.glob("/usr/lib/*/ejabberd*") + ["/usr/lib/erlang/lib", "/usr/share/ejabberd"])})
        s.port(5222, 60)
        for i in range(5):
            self.session("<iq type='set' id='r'><query xmlns='jabber:iq:register'><username>user%d</username>"
                         "<password>right%d</password></query></iq>" % (i, i), b"</iq>", b"/>")
