"""data - MariaDB, PostgreSQL, redis, slapd, mosquitto, NATS."""
import glob
import json
import os
import subprocess
import time

from stage import SERVER, Unable, quiet
from . import Actor, curl, knock, talk


class Accounts(Actor):
    """Whoever asks for a name and a password."""
    PROBE = 0

    def login(self, user, word):
        raise NotImplementedError

    def visit(self, i, n):
        user, word = "user%d" % (i % 5), "right%d" % (i % 5)
        if n == 0 and i % 5 == 1:
            self.login(user, "rihgt")
        if n == 0 and i % 5 == 2:
            self.login("uesr1", word)
        if i % 5 == 3:
            knock(self.PROBE)
        for _ in range(3):
            self.login(user, word)

    def attempt(self, n):
        self.login(("root", "admin", "user1")[n % 3], "wrong%d" % n)


class Mariadb(Accounts):
    name = "mariadb"
    packages = ["mariadb-server"]
    file = "mysql.log"
    PROBE = 3306

    def start(self):
        s = self.s
        s.user("mysql", 4260)
        os.makedirs("/run/mysqld")
        os.makedirs("/var/lib/mysql", exist_ok=True)
        for d in ("/run/mysqld", s.folder, "/var/lib/mysql"):
            os.chown(d, 4260, 4260)
        subprocess.run(["mariadb-install-db", "--no-defaults", "--user=mysql", "--datadir=/var/lib/mysql"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        s.write("/etc/own.sql", "".join("CREATE USER user%d@'%%' IDENTIFIED BY 'right%d';\n" % (i, i)
                                        for i in range(5)))
        s.run("/usr/sbin/mariadbd", "--no-defaults", "--user=mysql", "--datadir=/var/lib/mysql", "--log-warnings=2",
              "--skip-name-resolve", "--socket=/run/mysqld/own.sock", "--general-log", "--general-log-file=" + s.log,
              "--init-file=/etc/own.sql", "--log-error=" + self.path("error.log"), "--bind-address=0.0.0.0")
        s.port(3306, 60)

    def extra(self):
        return [self.path("error.log")]

    def login(self, user, word):
        quiet("mariadb", "--no-defaults", "-h", SERVER, "-u", user, "-p" + word, "-e", "SELECT 1; SHOW DATABASES")


class Postgresql(Accounts):
    name = "postgresql"
    packages = ["postgresql"]
    file = "postgresql-15-main.log"
    PROBE = 5432

    def start(self):
        s = self.s
        s.user("postgres", 4261)
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not found:
            raise Unable("no PostgreSQL server")
        self.bin = found[-1] + "/"
        uid = int(subprocess.run(["id", "-u", "postgres"], stdout=subprocess.PIPE).stdout)
        os.chown(s.folder, uid, -1)
        data = self.path("pg")
        me = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")
        subprocess.run(me + (self.bin + "initdb", "-D", data, "-A", "trust"), stdout=subprocess.DEVNULL, cwd=s.folder)
        with open(data + "/pg_hba.conf", "w") as f:
            f.write("local all all trust\nhost all all 0.0.0.0/0 scram-sha-256\n")
        s.run(*me, self.bin + "postgres", "-D", data, "-c", "listen_addresses=*", "-k", s.folder,
              "-c", "log_connections=on", "-c", "log_disconnections=on", "-c", "log_line_prefix=%m [%p] %q%u@%d ",
              out=s.log)
        s.port(5432)
        for i in range(5):
            for _ in range(50):
                if quiet(*me, self.bin + "psql", "-h", s.folder, "-U", "postgres", "-c",
                         "CREATE USER user%d PASSWORD 'right%d'" % (i, i)) == 0:
                    break
                time.sleep(0.1)

    def login(self, user, word):
        quiet(self.bin + "psql", "-h", SERVER, "-U", user, "-d", "postgres", "-c", "SELECT 1", env={"PGPASSWORD": word})


class Redis(Accounts):
    name = "redis"
    packages = ["redis-server", "curl"]
    file = "redis-server.log"
    PROBE = 6379
    mute = "before 7.2 it does not write whose connection it aborted"

    def start(self):
        s = self.s
        s.run("/usr/bin/redis-server", "--port", "6379", "--bind", "0.0.0.0", "--requirepass", "right",
              "--loglevel", "verbose", "--save", "", "--dir", s.folder, out=s.log)
        s.port(6379)

    def login(self, user, word):
        quiet("redis-cli", "-h", SERVER, "-a", word.rstrip("01234"), "PING")

    def attempt(self, n):
        curl("-d", "x=1", "http://%s:6379/" % SERVER)


class Slapd(Accounts):
    name = "slapd"
    packages = ["slapd", "ldap-utils"]
    PROBE = 389
    attempts = 10       # an application binds for many people from one address

    def start(self):
        s = self.s
        s.syslog()
        s.write("/etc/ldap/own", "include /etc/ldap/schema/core.schema\nmodulepath /usr/lib/ldap\n"
                "moduleload back_mdb\nloglevel stats\npidfile /run/slapd.pid\ndatabase mdb\nsuffix dc=example\n"
                "directory /var/lib/ldap\nrootdn cn=root,dc=example\nrootpw x\n")
        os.makedirs("/var/lib/ldap", exist_ok=True)
        people = "dn: dc=example\nobjectClass: dcObject\nobjectClass: organization\no: e\ndc: example\n\n"
        for i in range(5):
            people += ("dn: cn=user%d,dc=example\nobjectClass: person\nsn: u\ncn: user%d\nuserPassword: right%d\n\n"
                       % (i, i, i))
        subprocess.run(["slapadd", "-f", "/etc/ldap/own"], input=people.encode(), stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        s.run("/usr/sbin/slapd", "-d", "0", "-f", "/etc/ldap/own", "-h", "ldap:///")
        s.port(389)

    def login(self, user, word):
        quiet("ldapsearch", "-x", "-H", "ldap://" + SERVER, "-D", "cn=%s,dc=example" % user, "-w", word,
              "-b", "dc=example", "(cn=%s)" % user)


class Mosquitto(Accounts):
    name = "mosquitto"
    mute = "it writes no address beside 'not authorised'"
    packages = ["mosquitto", "mosquitto-clients"]
    file = "mosquitto.log"
    PROBE = 1883

    def start(self):
        s = self.s
        s.user("mosquitto", 4270)
        s.write("/etc/own.pass", "".join("user%d:right%d\n" % (i, i) for i in range(5)))
        subprocess.run(["mosquitto_passwd", "-U", "/etc/own.pass"], check=True)
        os.chmod("/etc/own.pass", 0o644)
        s.write(s.log, "", 0o666)
        s.write("/etc/own.conf", "listener 1883 0.0.0.0\npassword_file /etc/own.pass\nlog_dest file %s\n"
                "log_type all\n" % s.log)
        s.run("/usr/sbin/mosquitto", "-c", "/etc/own.conf")
        s.port(1883)

    def login(self, user, word):
        quiet("mosquitto_pub", "-h", SERVER, "-u", user, "-P", word, "-t", "a/b", "-m", "1")


class Nats(Accounts):
    name = "nats"
    packages = ["nats-server"]
    file = "nats.log"
    PROBE = 4222

    def start(self):
        s = self.s
        s.write("/etc/own.conf", "authorization { users = [ %s ] }\n" % ", ".join(
            "{user: user%d, password: right%d}" % (i, i) for i in range(5)))
        s.run("/usr/sbin/nats-server" if os.path.exists("/usr/sbin/nats-server") else "/usr/bin/nats-server",
              "-c", "/etc/own.conf", "-D", "-l", s.log)
        s.port(4222)

    def login(self, user, word):
        talk(4222, "CONNECT %s\r\nPING" % json.dumps({"user": user, "pass": word, "verbose": False}))
