#!/bin/bash
# Debian's own fail2ban, unpacked and never installed, bans in its own nft
# table; we watch beside it and say line by line what we would have done; we
# take over and it is stopped, and come back. In no moment does a packet of a
# banned address get through: somebody knocks all the time.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/f2b.sh
. "$(dirname "$0")/../lib/f2b.sh"
need root nft ip jq python3 apt-get dpkg
f2b_fetch
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
f2b_setup 'banaction_allports = nftables[type=allports]'
f2b start >"$T/start" 2>&1
ok "fail2ban itself runs" until_true 20 pings

theirs() { f2b get "${2:-sshd}" banip 2>/dev/null | grep -qw "$1"; }
failed 203.0.113.1 3
ok "and bans" until_true 15 theirs 203.0.113.1

ok "our daemon runs" our_daemon "find: no" "allow: [203.0.113.9]"

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
