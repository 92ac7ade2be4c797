#!/bin/bash
# Debian's own fail2ban, unpacked and never installed, bans in its own nft
# table; we watch beside it and say line by line what we would have done; we
# take over and it is stopped, and come back. In no moment does a packet of a
# banned address get through: somebody knocks all the time.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
need root nft ip jq python3 apt-get dpkg
D=$BUILD/peers/fail2ban
fetched() {
	python3 -B -c 'import sys; sys.path.insert(0, sys.argv[1])
import f2b_package as p; sys.exit(p.fetch(sys.argv[2]) or 0)' \
		"$TOP/tests/conformance" "$D"
}
mkdir -p "$D"
exec 8>"$D/lock"
flock -w 120 8
fetched 2>"$T/why" || skip_all "$(cat "$T/why")"
flock -u 8
plan 33
space gate
space out
wire gate 198.51.100.1/24 out 198.51.100.2/24
NS_gate=$ID-gate
ip -n "$NS_gate" route add 203.0.113.0/24 via 198.51.100.2
for i in 1 2 3 5 9 20 30 31 40; do
	ip -n "$ID-out" addr add 203.0.113.$i/32 dev lo
done
export LIPTAKO_RUN=$T/run TZ=UTC
lpt() { ip netns exec "$NS_gate" "$BUILD/liptako" "$@"; }
C=$T/f2b
mkdir -p "$T/etc/liptako" "$T/log" "$T/state"
cp -r "$D/tree/etc/fail2ban" "$C"
rm -rf "$C/jail.d"
cat >"$C/fail2ban.local" <<E
[Definition]
socket = $T/f2b.sock
pidfile = $T/f2b.pid
logtarget = $T/log/fail2ban.log
dbfile = $T/f2b.sqlite3
E
cat >"$C/jail.local" <<E
[DEFAULT]
backend = polling
usedns = no
bantime = 1h
findtime = 10m
maxretry = 3
banaction = nftables[type=allports]
banaction_allports = nftables[type=allports]
[sshd]
enabled = true
logpath = $T/log/auth.log
[nginx-http-auth]
enabled = true
logpath = $T/log/error.log
E
touch "$T/log/auth.log" "$T/log/error.log"
cat >"$T/fail2ban-client" <<E
#!/bin/sh
export PYTHONPATH=$D/tree/usr/lib/python3/dist-packages PYTHONDONTWRITEBYTECODE=1
exec python3 $D/tree/usr/bin/fail2ban-client -c $C -s $T/f2b.sock -p $T/f2b.pid "\$@"
E
chmod 755 "$T/fail2ban-client"
f2b() { ip netns exec "$NS_gate" "$T/fail2ban-client" "$@"; }
at_exit() { [ ! -S "$T/f2b.sock" ] || f2b stop >/dev/null 2>&1; }
f2b start >"$T/start" 2>&1
pings() { f2b ping >/dev/null 2>&1; }
ok "fail2ban itself runs" until_true 20 pings

stamp() { date '+%b %e %H:%M:%S'; }
failed() { # ADDRESS N: wrong passwords
	for i in $(seq "$2"); do
		echo "$(stamp) gate sshd[$RANDOM]: Failed password for root from $1 port $((4000 + i)) ssh2"
	done >>"$T/log/auth.log"
}
web() {
	for _ in $(seq "$2"); do
		echo "$(date '+%Y/%m/%d %H:%M:%S') [error] 7#7: *1 user \"bob\": password mismatch, client: $1, server: gate.test, request: \"GET / HTTP/1.1\", host: \"gate.test\""
	done >>"$T/log/error.log"
}
theirs() { f2b get "${2:-sshd}" banip 2>/dev/null | grep -qw "$1"; }
failed 203.0.113.1 3
ok "and bans" until_true 15 theirs 203.0.113.1

printf 'find: no\nallow: [203.0.113.9]\n' >"$T/etc/liptako/liptako.yaml"
spawn ip netns exec "$NS_gate" "$BUILD/liptakod" -f --config "$T/etc/liptako/liptako.yaml" \
	--rules "$TOP/rules" --state "$T/state" --run "$T/run" >"$T/daemon" 2>&1
up() { lpt status >/dev/null 2>&1; [ $? -lt 3 ]; }
ok "our daemon runs" until_true 10 up
import() { lpt import --to "$T/etc/liptako/fail2ban" --client "$T/fail2ban-client" "$@"; }

# both watch
import --watch --for 25s --json fail2ban "$C" >"$T/json" 2>"$T/err" &
watch=$!
PIDS+=("$watch")
ok "the jails are watched" until_true 10 test -e "$T/etc/liptako/fail2ban/f2b-sshd.yaml"
sleep 2 # both look at their logs
failed 203.0.113.2 4
web 203.0.113.3 3
failed 203.0.113.5 2
failed 203.0.113.9 3
f2b set sshd banip 203.0.113.20 >/dev/null
f2b set sshd addignoreip 203.0.113.30 >/dev/null
failed 203.0.113.30 3
told() { jq -es "any(.[]; $1)" "$T/json" >/dev/null 2>&1; }
same() { told ".event == \"ban\" and .same and .address == \"$1\" and .jail == \"$2\" and .fail2ban.at and .ours.at"; }
ok "what both ban is the same" until_true 15 same 203.0.113.2 sshd
ok "of another jail, too" until_true 5 same 203.0.113.3 nginx-http-auth
ok "what fail2ban found is told beside our count" until_true 5 told \
	'.event == "find" and .address == "203.0.113.5" and .fail2ban.found == 2 and .ours.count == 2'
differs() { told ".event == \"ban\" and .same == false and .address == \"$1\" and (.reason | test(\"$2\"))"; }
ok "whom we protect: they differ, and why" until_true 20 differs 203.0.113.9 "spare|protected"
ok "whom fail2ban banned by hand" until_true 5 differs 203.0.113.20 "by hand"
ok "whom fail2ban alone ignores" until_true 5 differs 203.0.113.30 "found nothing"
f2b set sshd unbanip 203.0.113.20 >/dev/null
ok "who is let in again is told" until_true 5 told '.event == "unban" and .address == "203.0.113.20"'
wait "$watch"
is "after its time it ends well" "$?" 0
is "the last object sums up" "$(tail -1 "$T/json" | jq -c '[.event, .both, .fail2ban_only, .ours_only]')" \
	'["summary",2,2,1]'
shut() { lpt why "$1" >/dev/null; }
ok "nobody was shut out by us" not shut 203.0.113.2
ok "and fail2ban goes on" pings
import --watch fail2ban "$C" >"$T/text" 2>&1 &
watch=$!
PIDS+=("$watch")
sleep 2
failed 203.0.113.31 3
beside() { grep -qE "sshd +203\.0\.113\.31 +fail2ban banned ..:..:.. +[|] we would at ..:..:.." "$T/text"; }
ok "for people it is a line, side by side" until_true 15 beside
kill -INT "$(pgrep -P "$watch" 2>/dev/null || echo "$watch")" 2>/dev/null
kill -INT "$watch" 2>/dev/null
wait "$watch"
ok "Ctrl-C sums up" grep -q "both banned 1; fail2ban alone 0, we alone 0" "$T/text"

# who is banned knocks all the time
cat >"$T/listen.py" <<'E'
import socket
s = socket.create_server(("0.0.0.0", 2222), backlog=512)
print("up", flush=True)
while True:
    print(s.accept()[1][0], flush=True)
E
cat >"$T/knock.py" <<'E'
import socket, sys, time
n = 0
while True:
    for ip in sys.argv[1:]:
        s = socket.socket()
        s.setblocking(False)
        try:
            s.bind((ip, 0))
            s.connect(("198.51.100.1", 2222))
        except OSError:
            pass
        time.sleep(0.005)
        s.close()
        n += 1
    print(n, flush=True)
E
spawn in_space gate python3 "$T/listen.py" >"$T/through"
ok "somebody listens" until_true 5 grep -q up "$T/through"
spawn in_space out python3 "$T/knock.py" 203.0.113.40 >"$T/free"
ok "who is not banned gets through" until_true 5 grep -q 203.0.113.40 "$T/through"
kill "$PID"
spawn in_space out python3 "$T/knock.py" 203.0.113.1 203.0.113.2 203.0.113.31 >"$T/knocks"
knocks() { tail -1 "$T/knocks" | grep . || echo 0; }
knocking() { [ "$(knocks)" -gt 100 ]; }
ok "who is banned knocks" until_true 10 knocking
through() { grep -cE '203\.0\.113\.(1|2|31)$' "$T/through"; }
is "and is kept out by fail2ban" "$(through)" 0

import --take-over --json fail2ban "$C" >"$T/over" 2>"$T/err"
is "the take-over works" "$?" 0
ok "fail2ban is stopped" not pings
table() { ip netns exec "$NS_gate" nft list table inet f2b-table >/dev/null 2>&1; }
ok "its table is gone" not table
held() { lpt list --json | jq -e ".measures[] | select(.net == \"$1\" and .kernel)" >/dev/null; }
ok "its bans are ours" held 203.0.113.1
ok "those of the nginx jail, too" held 203.0.113.3
was=$(knocks)
sleep 1
ok "they still knock" [ "$(knocks)" -gt "$was" ]
is "nobody got through" "$(through)" 0
failed 203.0.113.5 3
ok "who attacks now is shut out by us" until_true 5 held 203.0.113.5

import --rollback >"$T/back" 2>&1
ok "rolled back, fail2ban runs" pings
both_hold() { theirs 203.0.113.1 && theirs 203.0.113.5 && theirs 203.0.113.3 nginx-http-auth; }
ok "and holds its bans and ours" both_hold
ok "we hold none" not held 203.0.113.1
is "nobody got through, all that time" "$(through)" 0
diag "$(knocks) knocks"
