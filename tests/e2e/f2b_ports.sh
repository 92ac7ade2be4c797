#!/bin/bash
# A jail that fail2ban's firewall limited to ports closes these alone: with two
# real listeners, over another jail's ban, restarts, and a pardon.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/f2b.sh
. "$(dirname "$0")/../lib/f2b.sh"
need root nft ip jq python3 sqlite3
plan 48
space gate
space foe
wire gate 198.51.100.1/24 foe 198.51.100.7/24
# shellcheck disable=SC2154 # space makes it
for a in 8 9 10 11 12; do address "$NS_foe" "198.51.100.$a/24" vfoegate; done
export LIPTAKO_RUN=$T/run LIPTAKO_JAILS=$T/etc/liptako/fail2ban
C=$T/etc/fail2ban
mkdir -p "$C/filter.d" "$C/action.d" "$T/etc/liptako" "$T/log" "$T/state"

cat >"$C/filter.d/door.conf" <<'E'
[Definition]
failregex = ^\s*\S+ doord\[\d+\]: refused \S+ at <HOST>$
E
# as an action is that has the ports in its chain's rule
cat >"$C/action.d/wall.conf" <<'E'
[Definition]
actionstart = wall add chain <name> <protocol> dport <port>
actionban = wall add <name> <ip> <blocktype>
[Init]
blocktype = DROP
E
cat >"$C/action.d/wall-allports.conf" <<'E'
[Definition]
actionstart = wall add chain <name> <protocol>
actionban = wall add <name> <ip>
E
for a in wall wall-allports; do
	mv "$C/action.d/$a.conf" "$C/action.d/iptables-$a.conf"
done
cat >"$C/jail.conf" <<E
[DEFAULT]
bantime = 10m
findtime = 10m
maxretry = 3
backend = polling
filter = door
port = 0:65535
protocol = tcp
banaction = iptables-wall
action = %(banaction)s[name=%(__name__)s, port="%(port)s", protocol="%(protocol)s"]
enabled = true
logpath = $T/log/%(__name__)s.log
[shell]
port = ssh
[web]
port = http,https
[range]
port = 6000:6010,7000-7001
protocol = udp
[both]
port = domain
protocol = tcp,udp
[every]
banaction = iptables-wall-allports
port = ssh
[open]
[odd]
port = ssh,nosuchservice
[mail]
port = smtp
banaction = iptables-wall[blocktype="REJECT --reject-with tcp-reset"]
[redirect]
port = 8080
banaction = iptables-wall[blocktype="redirect to 2222"]
E
for j in shell web range both every open odd mail redirect; do : >"$T/log/$j.log"; done
now=$(date +%s)
f2b_bans "$T/f2b.sqlite3" 3000 shell <<E
INSERT INTO bips VALUES ('198.51.100.11', 'web', $now - 60, 86400, 1, '{}');
INSERT INTO bips VALUES ('198.51.100.11', 'shell', $now - 60, 7200, 1, '{}');
E
import() {
	lpt import --to "$LIPTAKO_JAILS" --database "$T/f2b.sqlite3" "$@" fail2ban "$C"
}

printf 'find: no\n' >"$T/etc/liptako/liptako.yaml"
start() {
	spawn in_space gate "$BUILD/liptakod" -f --config "$T/etc/liptako/liptako.yaml" \
		--rules "$TOP/rules" --state "$T/state" --run "$T/run" >>"$T/daemon" 2>&1
	warden=$PID
}
start
ok "the daemon runs" until_true 10 up
import >"$T/out"
is "the import works" "$?" 0
says() { sed -n "/^  $1 /,/^  [a-z]/p" "$T/out" | grep -qF -- "$2"; }
ok "it says which ports a jail closes" says shell "closes 22/tcp only"
ok "and that of several" says web "closes 80/tcp,443/tcp only"
ok "of none, nothing" not says open "only"
ok "a name that nobody knows closes all, and is named" \
	says odd '"nosuchservice": it is neither a number nor a name'
ports() { sed -n 's/^  ports: //p' "$LIPTAKO_JAILS/f2b-$1.yaml"; }
is "ranges and their protocol" "$(ports range)" "[6000-6010/udp, 7000-7001/udp]"
answer() { sed -n 's/^  answer: //p' "$LIPTAKO_JAILS/f2b-$1.yaml"; }
is "blocktype is taken over" "$(answer shell)$(answer mail)" "dropreject"
is "also where the action has none" "$(answer every)" ""
ok "what is neither is named" says redirect "redirect to 2222 is neither"
is "two protocols" "$(ports both)" "[53/tcp, 53/udp]"
is "an action for all ports has none" "$(ports every)" ""
is "nor a jail without" "$(ports open)" ""
is "nor one that is not understood" "$(ports odd)" ""

cat >"$T/listen.py" <<'E'
import selectors, socket, sys
s = selectors.DefaultSelector()
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.bind(("198.51.100.1", 6000))
s.register(u, selectors.EVENT_READ)
for port in (22, 80, 443, 25):
    l = socket.create_server(("198.51.100.1", port))
    s.register(l, selectors.EVENT_READ)
while True:
    for k, _ in s.select():
        if k.fileobj is not u:
            k.fileobj.accept()[0].close()
        elif len(u.recv(65536)) == 4000:
            open(sys.argv[1], "w").close()
E
cat >"$T/knock.py" <<'E'
import socket, sys
try:
    socket.create_connection(("198.51.100.1", int(sys.argv[2])), 0.6,
                             ("198.51.100." + sys.argv[1], 0))
except OSError:
    sys.exit(1)
E
spawn in_space gate python3 "$T/listen.py" "$T/pieces"
gets() { in_space foe python3 "$T/knock.py" "$1" "$2"; }
ok "before, a client reaches all" until_true 5 gets 7 22
refused() { # JAIL HOST
	for i in 1 2 3; do
		echo "$(date '+%b %e %H:%M:%S') h doord[$i]: refused bob at 198.51.100.$2"
	done >>"$T/log/$1.log"
}
# closed HOST PORTS: as the kernel has it
closed() {
	lpt list --json | jq -e --arg n "198.51.100.$1" --arg p "$2" \
		'.measures[] | select(.net == $n and .kernel and .ports == $p)' >/dev/null
}
on_22() {
	[ "$(lpt list --json | jq '[.measures[] | select(.kernel and .ports == "22/tcp")] | length')" = "$1" ]
}
ok "bans that were taken over are for their jail's ports" until_true 5 on_22 3000
ok "for both, if two jails banned" closed 11 22/tcp,80/tcp,443/tcp
refused shell 7
ok "a ban of the shell's jail is for its port" until_true 5 closed 7 22/tcp
ok "where he does not come in" not gets 7 22
ok "he does at another" gets 7 80
# a datagram in three pieces, of which the first alone has ports
in_space foe python3 -c "import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('198.51.100.7', 0))
s.sendto(b'x' * 4000, ('198.51.100.1', 6000))"
ok "what comes in pieces comes" until_true 5 test -e "$T/pieces"
dropped() { lpt list --json | jq '.measures[] | select(.net == "198.51.100.7") | .packets'; }
counted() { [ "$(dropped)" -ge 1 ]; }
ok "what was dropped is counted" until_true 5 counted
sleep 1.2 # an answer may be a second old
one=$(dropped)
gets 7 80
sleep 1.2
is "what was let through is not" "$(dropped)" "$one"
lpt why 198.51.100.7 >"$T/out"
ok "why says what is closed" grep -q "closed on 22/tcp only" "$T/out"
lpt list >"$T/out"
ok "so does the list" grep -q "198.51.100.7 .*deny 22/tcp" "$T/out"
lpt doctor >"$T/out"
ok "doctor explains it" grep -q "f2b-shell/failure closes 22/tcp only" "$T/out"
refused mail 12
rejected() { [ "$(lpt list | grep -c "198.51.100.12 .*reject 25/tcp")" = 1 ]; }
ok "who is refused by a jail is refused by the kernel" until_true 5 rejected
# at once, where a drop would take the 600 ms that the client waits
told() {
	in_space foe python3 -c "import socket, sys
try:
    socket.create_connection(('198.51.100.1', 25), 20, ('198.51.100.12', 0))
except OSError as e:
    sys.exit(0 if 'timed out' not in str(e) else 1)
sys.exit(1)"
}
ok "who is told so" told
ok "and comes in elsewhere" gets 12 80
refused shell 12
ok "the harder holds for both ports" until_true 5 closed 12 22/tcp,25/tcp
refused web 7
ok "another jail closes its ports, too" until_true 5 closed 7 22/tcp,80/tcp,443/tcp
ok "not for the web" not gets 7 80
ok "nor for the shell" not gets 7 22
ok "he still does elsewhere" gets 7 25
ok "and so does who did nothing" gets 8 22

enforcer=$(pgrep -P "$warden" enforcer)
kill -9 "$enforcer"
for _ in 1 2 3; do gets 7 80 && echo through >>"$T/through"; done
anew() { [ "$(pgrep -P "$warden" enforcer)" != "$enforcer" ] && on_22 3000; }
ok "a new enforcer has all of them" until_true 10 anew
was=$warden
kill -9 "$was"
for _ in 1 2 3; do gets 7 80 && echo through >>"$T/through"; done
gone() { ! kill -0 "$was" 2>/dev/null && ! up; }
until_true 10 gone
start
until_true 15 up
ok "a new daemon has both" until_true 10 closed 7 22/tcp,80/tcp,443/tcp
ok "and all the others" until_true 10 on_22 3000
ok "and nothing came through meanwhile" not test -e "$T/through"
ok "not now either" not gets 7 22
ok "while others come in" gets 8 22
ln -s "$BUILD/liptako" "$T/fail2ban-client"
f2b() { in_space gate "$T/fail2ban-client" "$@"; }
is "a ban by hand in a jail" "$(f2b set web banip 198.51.100.9)" 1
ok "is for the jail's ports" until_true 5 closed 9 80/tcp,443/tcp
refused every 10
ok "a jail for all ports closes all" until_true 5 closed 10 ""
lpt pardon 198.51.100.7 >/dev/null
ok "a pardon opens the shell" until_true 5 gets 7 22
ok "and the web" gets 7 80
import --all-ports >"$T/out"
ok "who wants more says --all-ports" says shell "here every port is closed"
is "and gets it" "$(ports shell)" ""
