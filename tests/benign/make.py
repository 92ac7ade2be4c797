#!/usr/bin/env python3
"""make.py FOLDER [LINES] - logs of honest clients, of whom none may be named.

Every client below does what its like does every day, its clumsy moments
included: a page with thirty broken pictures, a password mistyped twice, a
token that ran out in the middle of work. The same seed gives the same logs.
"""
import datetime
import json
import os
import random
import sys

T0 = 1763800000  # 2025-11-22 08:26:40 UTC
R = random.Random(7)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:%d.0) Gecko/20100101 Firefox/%d.0"
CHROME = ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
          "(KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36")
IPHONE = ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_%d like Mac OS X) "
          "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148")
GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
BING = "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"


def browser():
    n = R.randrange(110, 140)
    return R.choice([FIREFOX % (n, n), CHROME % n, IPHONE % (n % 8)])


def address():
    if R.random() < .15:
        return "2a02:%x:%x:%x::%x" % tuple(R.randrange(1, 65536) for _ in "abcd")
    return "%d.%d.%d.%d" % (R.choice([62, 81, 90, 151, 188]), R.randrange(256),
                            R.randrange(256), R.randrange(1, 255))


def utc(t):
    return datetime.datetime.fromtimestamp(t, datetime.timezone.utc)


# ---- one request, in each form ---------------------------------------------

def combined(q):
    return '%s - %s [%s] "%s %s HTTP/1.1" %d %d "%s" "%s"' % (
        q["ip"], q["user"], utc(q["t"]).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        q["method"], q["path"], q["status"], R.randrange(100, 60000),
        q["referer"], q["agent"])


def vhost(q):
    return "www.example.org:443 " + combined(q)


def caddy(q):
    return json.dumps({
        "level": "info", "ts": q["t"] + .25, "logger": "http.log.access",
        "msg": "handled request",
        "request": {"remote_ip": q["ip"], "remote_port": "40022",
                    "client_ip": q["ip"], "proto": "HTTP/2.0",
                    "method": q["method"], "host": "www.example.org",
                    "uri": q["path"],
                    "headers": {"User-Agent": [q["agent"]]}},
        "bytes_read": 0, "user_id": "", "duration": .01, "size": 512,
        "status": q["status"]})


def traefik(q):
    return json.dumps({
        "ClientAddr": q["ip"] + ":40022", "ClientHost": q["ip"],
        "DownstreamStatus": q["status"], "Duration": 1000000,
        "RequestHost": "www.example.org", "RequestMethod": q["method"],
        "RequestPath": q["path"], "RequestProtocol": "HTTP/2.0",
        "RouterName": "web@docker", "level": "info", "msg": "",
        "request_User-Agent": q["agent"],
        "time": utc(q["t"]).strftime("%Y-%m-%dT%H:%M:%SZ")})


def haproxy(q):
    return ("%s lb haproxy[12]: %s:%d [%s.123] https~ web/web1 0/0/1/2/3 %d "
            "%d - - ---- 1/1/0/0/0 0/0 \"%s %s HTTP/1.1\"" % (
                utc(q["t"]).strftime("%b %e %H:%M:%S"), q["ip"],
                R.randrange(1024, 65536),
                utc(q["t"]).strftime("%d/%b/%Y:%H:%M:%S"), q["status"],
                R.randrange(100, 9000), q["method"], q["path"]))


# ---- clients: each yields (seconds since the one before, request) ----------

def ask(path, status=200, method="GET", wait=1.0, referer="-", user="-",
        agent=None):
    return wait, dict(path=path, status=status, method=method,
                      referer=referer, user=user, agent=agent)


WORDS = ["union+select+committee", "select+from+menu", "drop+table+lamp",
         "php+eval", "what+is+jndi", "wget+vs+curl", "etc+passwd+explained",
         "%3Cb%3Ebold", "1+or+2+cups", "sleep+apnea", "script+font",
         "C%2B%2B+char+array", "javascript+tutorial", "O%27Reilly+books"]


def reader():
    page = "/blog/%d/" % R.randrange(4000)
    yield ask(page, wait=R.uniform(2, 60))
    for name in R.sample(["style.css", "app.js", "logo.svg", "a.woff2"], 3):
        yield ask("/static/" + name, R.choice([200, 304]), wait=.05,
                  referer="https://www.example.org" + page)
    if R.random() < .3:
        yield ask("/favicon.ico", 404, wait=.1)
    if R.random() < .2:
        yield ask("/apple-touch-icon-precomposed.png", 404, wait=.1)
        yield ask("/apple-touch-icon.png", 404, wait=.1)
    if R.random() < .3:
        yield ask("/search?q=" + R.choice(WORDS), wait=4)
    if R.random() < .1:
        yield ask("/old/%d.html" % R.randrange(99), 404, wait=3)


def broken_page():
    yield ask("/gallery/", wait=30)
    for i in range(30):
        yield ask("/img/thumb-%d.jpg" % i, 404, wait=.02,
                  referer="https://www.example.org/gallery/")


def early_closer():
    yield ask("/", wait=20)
    for _ in range(3):
        yield ask("/slow?from=../up&back=https://www.example.org/x", 499,
                  wait=2)


def search_engine():
    for i in range(12):
        gone = R.random() < .25
        yield ask("/%s/%d" % ("archive" if gone else "blog", R.randrange(9999)),
                  404 if gone else 200, wait=R.uniform(8, 40),
                  agent=GOOGLE if i % 2 else BING)
    yield ask("/robots.txt", 200, agent=GOOGLE)
    yield ask("/sitemap.xml", 404, agent=GOOGLE)
    yield ask("/ads.txt", 404, agent=GOOGLE)
    yield ask("/.well-known/security.txt", 404, agent=GOOGLE)
    yield ask("/.well-known/assetlinks.json", 404, agent=GOOGLE)


def watcher():
    agent = R.choice(["curl/8.5.0", "python-requests/2.32.3",
                      "Go-http-client/1.1", "Prometheus/2.53.0",
                      "Blackbox Exporter/0.25.0",
                      "Mozilla/5.0+(compatible; UptimeRobot/2.0; "
                      "http://www.uptimerobot.com/)", "check_http/v2.3.3"])
    path, status = R.choice([("/metrics", 200), ("/health", 200), ("/", 401),
                             ("/status", 503), ("/api/ping", 404)])
    for _ in range(20):
        yield ask(path, status, R.choice(["GET", "GET", "HEAD"]), 10,
                  agent=agent)


def feed_reader():
    for path in ["/feed.xml", "/feed/", "/atom.xml", "/rss", "/index.xml"]:
        yield ask(path, 200 if path == "/feed.xml" else 404, wait=2,
                  agent="Miniflux/2.2.0")


def certbot():
    yield ask("/.well-known/acme-challenge/%x" % R.getrandbits(80), 200,
              agent="Mozilla/5.0 (compatible; Let's Encrypt validation server)")
    yield ask("/.well-known/acme-challenge/%x" % R.getrandbits(80), 404,
              agent="Mozilla/5.0 (compatible; Let's Encrypt validation server)")


def editor():
    yield ask("/wp-login.php", 200, wait=30)
    for _ in range(R.randrange(3)):
        yield ask("/wp-login.php", 200, "POST", 12)
    yield ask("/wp-login.php", 302, "POST", 9)
    yield ask("/wp-admin/", 200)
    for i in range(15):
        yield ask("/wp-admin/admin-ajax.php", R.choice([200, 200, 400]),
                  "POST", R.uniform(.2, 15))
        if i % 4 == 0:
            yield ask("/wp-json/wp/v2/posts/%d?_locale=user" % i, 200, "POST")
            yield ask("/wp-json/wp/v2/users/me?context=edit", 200)
            yield ask("/wp-json/wp/v2/users?who=authors&per_page=50", 200)
    yield ask("/wp-admin/edit.php?author=3", 200)
    yield ask("/wp-admin/edit.php?author=4", 200)
    yield ask("/wp-admin/load-scripts.php?c=1&load%5B%5D=jquery,utils", 200)
    yield ask("/wp-admin/plugin-install.php?s=file+manager&tab=search", 200)
    yield ask("/wp-content/plugins/akismet/readme.txt", 200)
    yield ask("/wp-cron.php?doing_wp_cron=1763800000.12", 200, "POST",
              agent="WordPress/6.7; https://www.example.org")


def blogger_app():
    for _ in range(4):
        yield ask("/xmlrpc.php", 200, "POST", 4, agent="wp-iphone/24.1")
    for _ in range(8):
        yield ask("/xmlrpc.php?for=jetpack&token=a&nonce=b", 200, "POST", .5,
                  agent="Jetpack by WordPress.com")


def cloud_client():
    agent = R.choice(["Mozilla/5.0 (Linux) mirall/3.14.3git (Nextcloud)",
                      "Nextcloud-android/3.29.2", "DAVx5/4.4.2-ose",
                      "WebDAVFS/3.0.0 Darwin/23.1.0"])
    root = "/remote.php/dav/files/joe"
    yield ask(root + "/", 401, "PROPFIND", agent=agent)
    yield ask(root + "/", 207, "PROPFIND", .1, user="joe", agent=agent)
    yield ask("/status.php", 200, agent=agent)
    yield ask("/ocs/v2.php/cloud/user?format=json", 401, agent=agent)
    for i in range(15):
        name = R.choice(["a%d.txt", "code/index%d.php", "backup%d.zip",
                         "dump%d.sql", ".env%d", "photo %d.jpg"]) % i
        yield ask(root + "/" + name.replace(" ", "%20"),
                  R.choice([404, 207]), "PROPFIND", .05, user="joe",
                  agent=agent)
        yield ask(root + "/" + name.replace(" ", "%20"), 201, "PUT", .3,
                  user="joe", agent=agent)
    if "WebDAVFS" in agent:
        for i in range(12):
            yield ask(root + "/d%d/.DS_Store" % i, 404, "PROPFIND", .05,
                      user="joe", agent=agent)
            yield ask(root + "/d%d/._x" % i, 404, "PROPFIND", .05,
                      user="joe", agent=agent)


def git_user():
    for i in range(8):
        repo = "/team/p%d.git" % R.randrange(40)
        yield ask(repo + "/info/refs?service=git-upload-pack", 401, wait=.2,
                  agent="git/2.39.5")
        yield ask(repo + "/info/refs?service=git-upload-pack", 200, wait=.1,
                  user="joe", agent="git/2.39.5")
        yield ask(repo + "/git-upload-pack", 200, "POST", .3, user="joe",
                  agent="git/2.39.5")


def container_push():
    agent = "docker/27.1.1 go/go1.21.12 kernel/6.1 os/linux arch/amd64"
    yield ask("/v2/", 401, agent=agent)
    yield ask("/v2/token?account=joe&scope=repository:app:push", 200,
              user="joe", agent=agent)
    for _ in range(25):
        blob = "/v2/app/blobs/sha256:%064x" % R.getrandbits(255)
        yield ask(blob, 404, "HEAD", .05, agent=agent)
        yield ask("/v2/app/blobs/uploads/", 202, "POST", .1, agent=agent)
    yield ask("/v2/app/manifests/latest", 401, "HEAD", agent=agent)
    yield ask("/v2/app/manifests/latest", 201, "PUT", agent=agent)


def package_client():
    for i in range(25):
        yield ask("/simple/package-%d/" % R.randrange(500), 404, wait=.05,
                  agent="pip/24.2")
    for i in range(15):
        yield ask("/repo/org/x/lib%d/1.0/lib%d-1.0.pom" % (i, i), 404,
                  wait=.05, agent="Apache-Maven/3.9.9")
    for i in range(15):
        yield ask("/goproxy/example.org/m%d/@v/list" % i, 404, wait=.05,
                  agent="GoModuleMirror/1.0")


def open_tab():
    """A page whose session ended: everything it asks for is refused."""
    agent = browser()
    for i in range(40):
        yield ask("/api/assets/%d/thumbnail?size=preview" % i, 401, wait=.02,
                  agent=agent)
    for _ in range(6):
        yield ask("/graphql", 401, "POST", .1, agent=agent)
    yield ask("/api/auth/refresh", 401, "POST", agent=agent)
    yield ask("/api/auth/refresh", 200, "POST", 2, agent=agent)
    for i in range(12):
        yield ask("/api/v1/items/%d" % i, 200, wait=.03, agent=agent)
    yield ask("/api/v1/login", 401, "POST", 10, agent=agent)
    yield ask("/api/v1/login", 401, "POST", 9, agent=agent)
    yield ask("/api/v1/login", 200, "POST", 9, agent=agent)


def dashboard():
    agent = browser()
    for i in range(30):
        yield ask("/api/ds/query?ds_type=prometheus", 200, "POST", .03,
                  agent=agent)
        yield ask("/api/annotations?from=%d&to=%d" % (i, i + 9), 200, wait=.02,
                  agent=agent)
        yield ask("/d/abc%d/home?orgId=1&refresh=10s" % i, 200, wait=1,
                  agent=agent)


def fediverse():
    for i in range(15):
        yield ask("/users/u%d" % i, 410, wait=2,
                  agent="http.rb/5.2.0 (Mastodon/4.3.1; +https://m.example/)")
        yield ask("/inbox", 401, "POST", 2,
                  agent="http.rb/5.2.0 (Mastodon/4.3.1; +https://m.example/)")


def keeper():
    """One behind a password that the browser asks for."""
    agent = browser()
    yield ask("/private/", 401, agent=agent, wait=20)
    if R.random() < .5:
        yield ask("/private/", 401, agent=agent, user="joe", wait=8)
    for _ in range(8):
        yield ask("/private/%d.html" % R.randrange(50), 200, agent=agent,
                  user="joe", wait=5)


def office():
    """Sixty people behind one address."""
    for _ in range(60):
        yield ask("/blog/%d/" % R.randrange(99), 200, wait=R.uniform(.5, 4),
                  agent=browser())


def shopper():
    agent = browser()
    for p in ["/shop/?filter%5Bsize%5D=xl&order_by=price", "/cart",
              "/checkout/login", "/shop/?select=size&from=a&where=b",
              "/out?url=https%3A%2F%2Fpartner.example%2Fa.php%3Fb",
              "/p/item?id=7&ref=%3Cnone%3E", "/account/login",
              "/?utm_source=x&utm_campaign=drop%20sale",
              "/files/report%20(final).pdf", "/a;jsessionid=AB12?x=1",
              "/shop/char(65)", "/help/config.json-format", "/list?id=1;2;3",
              "/docs/.gitignore-explained", "/learn/shell.php-uploads/",
              "/search?q=%2Fusr%2Fshare%2Fdoc", "/wiki/Who_is_it%3F",
              "/search?q=%2Fetc%2Fpasswd", "/tags/c%2B%2B?page=2",
              "/search?q=%24%7Bname%7D+in+templates", "/t/%7B%7Bx%7D%7D"]:
        yield ask(p, 200, wait=R.uniform(1, 9), agent=agent)


SITE = [reader] * 8 + [broken_page, early_closer, search_engine, watcher,
                       feed_reader, certbot, keeper, office, shopper]
LOGS = {
    "site.log": (combined, SITE), "site-vhost.log": (vhost, SITE),
    "wordpress.log": (combined, [reader, editor, blogger_app, watcher]),
    "cloud.log": (vhost, [cloud_client, reader, watcher]),
    "forge.log": (combined, [git_user, container_push, package_client]),
    "api-caddy.log": (caddy, [open_tab, dashboard, watcher, reader]),
    "api-traefik.log": (traefik, [open_tab, dashboard, git_user, keeper]),
    "balancer.log": (haproxy, SITE + [open_tab, cloud_client]),
    "fediverse.log": (combined, [fediverse, reader, search_engine]),
}


def requests(form, clients, want):
    """Clients come one after the other and overlap; lines in time's order."""
    out, start = [], T0
    while len(out) < want:
        ip, agent, t = address(), browser(), float(start)
        for wait, q in R.choice(clients)():
            t += wait
            q.update(ip=ip, t=int(t), agent=q["agent"] or agent)
            out.append((t, q))
        start += R.randrange(1, 20)
    out.sort(key=lambda x: x[0])
    return [form(q) for _, q in out[:want]]


# ---- logs of applications --------------------------------------------------

def iso(t, form="%Y-%m-%d %H:%M:%S"):
    return utc(t).strftime(form)


def slog(t):
    return utc(t).strftime("%b %e %H:%M:%S web01 ")


def nextcloud(t, ip, user, kind):
    text = {"bad": "Login failed: %s (Remote IP: %s)" % (user, ip),
            "good": "%s logged in" % user,
            "other": "Could not find resource a.txt"}[kind]
    return json.dumps({"reqId": "x", "level": 2, "time": iso(
        t, "%Y-%m-%dT%H:%M:%S+00:00"), "remoteAddr": ip, "user": "--",
        "app": "core", "method": "POST", "url": "/login", "message": text,
        "userAgent": "x", "version": "30.0.0"})


def grafana(t, ip, user, kind):
    return "logger=context userId=0 orgId=0 uname= t=%s level=info %s" % (
        iso(t, "%Y-%m-%dT%H:%M:%SZ"), {
            "bad": 'msg="Invalid username or password" error="invalid '
                   'username or password" remote_addr=%s' % ip,
            "good": 'msg="Successful Login" User=%s remote_addr=%s' % (user, ip),
            "other": 'msg="Request Completed" method=GET path=/api/x '
                     'status=401 remote_addr=%s error="[session.token.rotate] '
                     'token needs to be rotated"' % ip}[kind])


def vaultwarden(t, ip, user, kind):
    return "[%s.000]%s" % (iso(t), {
        "bad": "[vaultwarden::api::identity][ERROR] Username or password is "
               "incorrect. Try again. IP: %s. Username: %s." % (ip, user),
        "good": "[vaultwarden::api::identity][INFO] User %s logged in "
                "successfully. IP: %s" % (user, ip),
        "other": "[request][INFO] GET /api/sync?excludeDomains=true"}[kind])


def gitea(t, ip, user, kind):
    return "%s %s" % (iso(t, "%Y/%m/%d %H:%M:%S"), {
        "bad": "...ers/web/auth/auth.go:200:SignInPost() [I] Failed "
               "authentication attempt for %s from %s: user does not exist "
               "[uid: 0, name: %s, keyid: 0]" % (user, "[%s]:0" % ip if ":" in
                                                 ip else ip + ":40022", user),
        "good": "...eb/routing/logger.go:102:func1() [I] router: completed "
                "POST /user/login for %s:0, 303 See Other" % ip,
        "other": "...eb/routing/logger.go:102:func1() [I] router: completed "
                 "GET /x for %s:0, 401 Unauthorized" % ip}[kind])


def keycloak(t, ip, user, kind):
    event = {"bad": "type=LOGIN_ERROR, realmId=m, clientId=web, userId=null, "
                    "ipAddress=%s, error=invalid_user_credentials, username=%s",
             "good": "type=LOGIN, realmId=m, clientId=web, userId=1, "
                     "ipAddress=%s, username=%s",
             "other": "type=LOGIN_ERROR, realmId=m, clientId=web, userId=null, "
                      "ipAddress=%s, error=expired_code, username=%s"}[kind]
    return "%s,357 WARN  [org.keycloak.events] (executor-thread-1) %s" % (
        iso(t), event % (ip, user))


def authelia(t, ip, user, kind):
    return 'time="%s" level=%s msg="%s" method=POST remote_ip=%s' % (
        iso(t, "%Y-%m-%dT%H:%M:%SZ"), "error" if kind == "bad" else "info", {
            "bad": "Unsuccessful 1FA authentication attempt by user '%s'",
            "good": "Successful 1FA authentication attempt made by user '%s'",
            "other": "Access to https://a.example/ is not authorized to user "
                     "%s, responding with 302"}[kind] % user, ip)


def jellyfin(t, ip, user, kind):
    return "[%s.123 +00:00] [INF] [5] Jellyfin.Server.X: %s" % (iso(t), {
        "bad": 'Authentication request for "%s" has been denied (IP: "%s").'
               % (user, ip),
        "good": 'Authentication request for "%s" has succeeded.' % user,
        "other": "Playback stopped reported by app x playing y. Stopped at 1 "
                 "ms"}[kind])


def assistant(t, ip, user, kind):
    return "%s.123 WARNING (MainThread) %s" % (iso(t), {
        "bad": "[homeassistant.components.http.ban] Login attempt or request "
               "with invalid authentication from h.example (%s). Requested "
               "URL: '/auth/token'. (Mozilla/5.0)" % ip,
        "good": "[homeassistant.core] %s came home" % user,
        "other": "[homeassistant.helpers.entity] Update of sensor.a is taking "
                 "over 10 seconds"}[kind])


def odoo(t, ip, user, kind):
    return "%s,644 1 INFO db odoo.addons.base.models.res_users: %s" % (iso(t), {
        "bad": "Login failed for db:db login:%s from %s" % (user, ip),
        "good": "Login successful for db:db login:%s from %s" % (user, ip),
        "other": "%s - - \"POST /web/dataset/call_kw HTTP/1.1\" 200 -"
                 % ip}[kind])


def proxmox(t, ip, user, kind):
    return slog(t) + {
        "bad": "pvedaemon[77]: authentication failure; rhost=%s user=%s@pam "
               "msg=Authentication failure" % (
                   ip if ":" in ip else "::ffff:" + ip, user),
        "good": "pvedaemon[77]: <%s@pam> successful auth for user '%s@pam'"
                % (user, user),
        "other": "pveproxy[78]: worker 79 finished"}[kind]


def nginx_error(t, ip, user, kind):
    tail = (', client: %s, server: www.example.org, request: "GET /a HTTP/1.1"'
            ', host: "www.example.org"' % ip)
    return "%s [error] 12#12: *%d %s%s" % (
        iso(t, "%Y/%m/%d %H:%M:%S"), t, {
            "bad": 'user "%s": password mismatch' % user,
            "good": "no user/password was provided for basic authentication",
            "other": R.choice([
                'open() "/var/www/favicon.ico" failed (2: No such file or '
                'directory)', "upstream timed out (110: Connection timed out) "
                "while reading response header from upstream",
                'limiting requests, excess: 5.1 by zone "one"'])}[kind], tail)


def apache_error(t, ip, user, kind):
    return "[%s.123456 %s] [%s:error] [pid 12:tid 34] [client %s:40022] %s" % (
        utc(t).strftime("%a %b %d %H:%M:%S"), utc(t).strftime("%Y"),
        "auth_basic" if kind == "bad" else "core", ip, {
            "bad": 'AH01617: user %s: authentication failure for "/p": '
                   "Password Mismatch" % user,
            "good": "AH00124: Request exceeded the limit of 10 internal "
                    "redirects", "other": "AH00128: File does not exist: "
                                          "/var/www/favicon.ico"}[kind])


def structured(t, ip, user, kind):
    return json.dumps({
        "time": iso(t, "%Y-%m-%dT%H:%M:%SZ"), "level": "info", "msg": {
            "bad": "login failed for " + user, "good": "login succeeded",
            "other": R.choice(["password changed", "user asked for a new "
                               "password", "invalid date in field", "request "
                               "failed: upstream gone", "authentication ok"])
        }[kind], "client_ip": ip})


APPS = [nextcloud, grafana, vaultwarden, gitea, keycloak, authelia, jellyfin,
        assistant, odoo, proxmox, nginx_error, apache_error, structured]


def people(app, want):
    """Each works for a while; some mistype twice before they are in."""
    out, start = [], T0
    while len(out) < want:
        ip, user, t = address(), R.choice(["joe", "ann", "lea"]), start
        kinds = ["bad"] * R.choice([0, 0, 0, 1, 2]) + ["good"]
        kinds += ["other"] * R.randrange(6)
        for kind in kinds:
            out.append((t, app(t, ip, user, kind)))
            t += R.randrange(5, 40)
        start += R.randrange(5, 60)
    out.sort(key=lambda x: x[0])
    return [line for _, line in out[:want]]


def main():
    folder = sys.argv[1]
    want = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    os.makedirs(folder, exist_ok=True)
    made = {n: requests(f, c, want) for n, (f, c) in LOGS.items()}
    made.update({a.__name__.replace("_", "-") + ".log": people(a, want)
                 for a in APPS})
    for name, lines in made.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write("\n".join(lines) + "\n")


main()
