"""web - nginx, Apache, lighttpd, HAProxy, caddy, squid."""
import os
import subprocess

from stage import SERVER, quiet
from . import Actor, curl, knock

AGENTS = ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
          "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
          "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
          "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")
PAGE = ("/", "/style.css", "/app.js", "/img/logo.png", "/img/missing.png", "/favicon.ico",
        "/about.html", "/search?q=union+station+select+hotel", "/blog/2024/11/what-is-new/")
ONCE = ("/robots.txt", "/apple-touch-icon.png", "/apple-touch-icon-precomposed.png", "/sitemap.xml",
        "/.well-known/security.txt", "/manifest.json", "/old-page.html")
PROBES = ("/.env", "/.git/config", "/wp-login.php", "/phpmyadmin/index.php", "/cgi-bin/../../../../etc/passwd",
          "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php")


class Web(Actor):
    file = "access.log"
    port = 80
    basic = True

    def site(self, path="/var/www/own"):
        for name in ("index.html", "style.css", "app.js", "img/logo.png", "about.html", "search",
                     "blog/2024/11/what-is-new/index.html", "api/items", "private/index.html"):
            self.s.write(os.path.join(path, name), "x" * 500)
        git = path + "/tool.git"
        work = self.path("work")
        env = dict(os.environ, HOME=self.s.folder, GIT_CONFIG_NOSYSTEM="1")
        for cmd in (("init", "-q", work), ("-C", work, "-c", "user.name=a", "-c", "user.email=a@b", "commit",
                    "-q", "--allow-empty", "-m", "x"), ("clone", "-q", "--bare", work, git),
                    ("-C", git, "update-server-info")):
            subprocess.run(("git",) + cmd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        word = subprocess.run(["openssl", "passwd", "-apr1", "right"], stdout=subprocess.PIPE).stdout.decode().strip()
        self.s.write("/etc/own.htpasswd", "user:%s\n" % word)
        subprocess.run(["chmod", "-R", "a+rX", path])

    def get(self, paths, *more, host="web01"):
        base = "http://%s:%d" % (host, self.port)
        return curl("--path-as-is", *more, *[base + p for p in paths])

    def visit(self, i, n):
        agent = AGENTS[i % 4]
        kind = i % 8
        if n == 0:
            self.get(ONCE, "-A", agent)
        if kind == 0:
            self.get(("/", "/about.html"))
            knock(self.port)
        elif kind == 1:
            self.get(("/private/",)) if n < 3 else None       # a browser asks, is asked back,
            if n == 0:
                self.get(("/private/",), "-u", "user:rihgt")  # mistypes
            self.get(("/private/", "/private/index.html"), "-u", "user:right")
        elif kind == 2:
            self.get(("/api/items",)) if n < 3 else None      # the token is old
            self.get(("/api/items",) * 5, "-H", "Authorization: Bearer t")
        elif kind == 3:
            quiet("git", "clone", "-q", "http://web01:%d/tool.git" % self.port, self.path("c%d-%d" % (i, n)),
                  env={"HOME": "/nonexistent", "GIT_TERMINAL_PROMPT": "0"})
        elif kind == 4:
            self.get(("/api/items",) * 3, "-X", "POST", "-d", "a=1&b=<b>bold</b>", "-H", "Authorization: Bearer t")
            self.get(("/",), "-I")
        elif kind == 5 and n < 2:
            quiet("ab", "-q", "-n", "20", "-c", "2", "http://web01:%d/" % self.port)
        else:
            self.get(PAGE, "-A", agent, "-e", "http://web01/")

    def attempt(self, n):
        self.get((PROBES[n],), "-A", AGENTS[0], host=SERVER)   # knows no name


class WebLogin(Web):
    """The same, but the attacker guesses the password."""

    def attempt(self, n):
        self.get(("/private/",), "-u", "user:wrong%d" % n)


class Nginx(Web):
    name = "nginx"
    packages = ["nginx-light", "curl", "git", "openssl"]

    def start(self):
        s = self.s
        self.site()
        os.makedirs("/var/log/nginx", exist_ok=True)
        os.makedirs("/var/lib/nginx", exist_ok=True)
        s.write("/etc/nginx/own", """
daemon off; worker_processes 1; pid /run/nginx.pid; error_log %s;
events { worker_connections 512; }
http { include /etc/nginx/mime.types; access_log %s combined;
server { listen 80; root /var/www/own;
location /private/ { auth_basic private; auth_basic_user_file /etc/own.htpasswd; }
location /api/ { if ($http_authorization = "") { return 401; } error_page 405 =200 /search; }
} }
""" % (self.path("error.log"), s.log))
        s.run("/usr/sbin/nginx", "-c", "/etc/nginx/own")
        s.port(80)

    def extra(self):
        return [self.path("error.log")]


class NginxLogin(Nginx, WebLogin):
    name = "nginx-login"


class Apache(Web):
    name = "apache2"
    packages = ["apache2", "curl", "git", "openssl"]

    def start(self):
        s = self.s
        self.site()
        mods = ""
        for m in ("mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "dir", "mime",
                  "setenvif"):
            mods += "LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so\n" % (m, m)
        s.write("/etc/apache2/own", mods + """
ServerName web01
Listen 80
PidFile /run/apache2.pid
Mutex file:/run
User www-data
Group www-data
DocumentRoot /var/www/own
TypesConfig /etc/mime.types
ErrorLog %s
LogFormat "%%h %%l %%u %%t \\"%%r\\" %%>s %%O \\"%%{Referer}i\\" \\"%%{User-Agent}i\\"" combined
CustomLog %s combined
<Directory /var/www/own>
Require all granted
</Directory>
<Location /private>
AuthType Basic
AuthName private
AuthUserFile /etc/own.htpasswd
Require valid-user
</Location>
""" % (self.path("error.log"), s.log))
        if not os.path.exists("/etc/mime.types"):
            s.write("/etc/mime.types", "text/html html\n")
        s.run("/usr/sbin/apache2", "-D", "FOREGROUND", "-f", "/etc/apache2/own")
        s.port(80)

    def extra(self):
        return [self.path("error.log")]


class ApacheLogin(Apache, WebLogin):
    name = "apache2-login"


class Lighttpd(Web):
    name = "lighttpd"
    settle = 6           # it writes its access log every few seconds
    packages = ["lighttpd", "curl", "git", "openssl"]

    def start(self):
        s = self.s
        self.site()
        s.write("/etc/lighttpd/own", """
server.modules = ("mod_access", "mod_auth", "mod_authn_file", "mod_accesslog")
server.document-root = "/var/www/own"
server.port = 80
server.errorlog = "%s"
accesslog.filename = "%s"
index-file.names = ("index.html")
auth.backend = "htpasswd"
auth.backend.htpasswd.userfile = "/etc/own.htpasswd"
auth.require = ("/private/" => ("method" => "basic", "realm" => "private", "require" => "valid-user"))
""" % (self.path("error.log"), s.log))
        s.run("/usr/sbin/lighttpd", "-D", "-f", "/etc/lighttpd/own")
        s.port(80)

    def extra(self):
        return [self.path("error.log")]


class LighttpdLogin(Lighttpd, WebLogin):
    name = "lighttpd-login"


class Caddy(Web):
    name = "caddy"
    packages = ["caddy", "curl", "git", "openssl"]

    def start(self):
        s = self.s
        self.site()
        s.write("/etc/caddy/own", "{\n admin off\n auto_https off\n}\n:80 {\n root * /var/www/own\n"
                " log {\n  output file %s\n }\n file_server\n}\n" % s.log)
        s.run("/usr/bin/caddy", "run", "--adapter", "caddyfile", "--config", "/etc/caddy/own", env={"HOME": s.folder})
        s.port(80)


class Haproxy(Web):
    name = "haproxy"
    packages = ["haproxy", "nginx-light", "curl", "git", "openssl"]
    file = "haproxy.log"

    def start(self):
        s = self.s
        self.site()
        s.syslog()
        os.makedirs("/var/log/nginx", exist_ok=True)
        os.makedirs("/var/lib/nginx", exist_ok=True)
        s.write("/etc/nginx/own", "daemon off; pid /run/nginx.pid; error_log /dev/null;\nevents { }\n"
                "http { access_log off; server { listen 8080; root /var/www/own; } }\n")
        s.run("/usr/sbin/nginx", "-c", "/etc/nginx/own")
        s.write("/etc/haproxy/own", "global\n log /dev/log local0\ndefaults\n mode http\n log global\n option httplog\n"
                " timeout connect 5s\n timeout client 20s\n timeout server 20s\n"
                "frontend www\n bind :80\n default_backend site\nbackend site\n server one 127.0.0.1:8080\n")
        s.port(8080)
        s.run("/usr/sbin/haproxy", "-db", "-f", "/etc/haproxy/own")
        s.port(80)


class Squid(Actor):
    name = "squid"
    packages = ["squid", "nginx-light", "curl"]
    file = "access.log"

    def start(self):
        s = self.s
        s.user("proxy", 4220)
        for d in ("/var/log/squid", "/var/log/nginx", "/var/lib/nginx", "/var/www/own"):
            os.makedirs(d, exist_ok=True)
        s.write("/var/www/own/index.html", "hello")
        os.chmod("/var/log/squid", 0o777)
        os.chmod(s.folder, 0o777)
        s.write("/etc/nginx/own", "daemon off; pid /run/nginx.pid; error_log /dev/null;\nevents { }\n"
                "http { access_log off; server { listen 80; root /var/www/own; } }\n")
        s.run("/usr/sbin/nginx", "-c", "/etc/nginx/own")
        word = subprocess.run(["openssl", "passwd", "-apr1", "right"], stdout=subprocess.PIPE).stdout.decode().strip()
        s.write("/etc/own.htpasswd", "user:%s\n" % word)
        s.write("/etc/squid/own", "http_port 3128\nauth_param basic program /usr/lib/squid/basic_ncsa_auth "
                "/etc/own.htpasswd\nacl known proxy_auth REQUIRED\nhttp_access allow known\nhttp_access deny all\n"
                "access_log stdio:%s\ncache deny all\npid_filename /run/squid.pid\nvisible_hostname web01\n"
                "cache_log /var/log/squid/cache.log\nnetdb_filename none\n" % s.log)
        s.run("/usr/sbin/squid", "-N", "-f", "/etc/squid/own")
        s.port(3128, 40)

    def through(self, *paths, user=None):
        more = ("-U", user) if user else ()
        return curl("-x", "http://%s:3128" % SERVER, *more, *["http://%s%s" % (SERVER, p) for p in paths])

    def visit(self, i, n):
        if i % 5 == 0 and n == 0:
            self.through("/", user="user:rihgt")
        if i % 5 == 1 and n < 2:
            self.through("/")                    # asked for a password first
        self.through("/", "/none.png", "/", "/index.html", user="user:right")
        if i % 5 == 2:
            knock(3128)

    def attempt(self, n):
        self.through("/", user="user:wrong%d" % n)
