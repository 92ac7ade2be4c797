#!/bin/bash
# What it weighs, and that the reader knows the rules of those services only
# that have a source; one that appears later is known before its first line.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/weight.sh
. "$(dirname "$0")/../lib/weight.sh"
need root nft ip jq python3
plan 17
# The promise is 12 MB idle and 40 MB more; libraries that nobody shares here
# and a machine's page size may cost some more.
IDLE_KIB=14336
MORE_KIB=40960
space gate
lpt() { in_space gate "$BUILD/liptako" "$@" --run "$T/run"; }
answers() { lpt status >/dev/null 2>&1; }
active() {
	lpt status --json 2>/dev/null | jq -e ".services.active | index(\"$1\")" \
		>/dev/null
}
held() {
	lpt list --json 2>/dev/null |
		jq -e ".measures[] | select(.net == \"$1\" and .kernel)" >/dev/null
}
stamp() { date '+%b %e %H:%M:%S'; }

weight_start gate
ok "a daemon with one log file" until_true 10 answers
sleep 1
weigh >"$T/idle"
diag "$(tr '\n' ' ' <"$T/idle")KiB"
idle=$(awk '$1 == "total" { print $2 }' "$T/idle")
ok "all programs together take at most 14 MB" [ "$idle" -le $IDLE_KIB ]
ok "openssh is active" active openssh
ok "nginx is not" not active nginx

# A line that needs rules which are not there: the reader asks for them.
lines() {
	[ "$(lpt status --json | jq '[.sources[] |
		select(.path | endswith("auth.log")).lines] | add')" = "$1" ]
}
ok "nor what runs behind a web server" not active web-exploit
echo "203.0.113.9 - - [$(LC_ALL=C date '+%d/%b/%Y:%H:%M:%S %z')] \"GET / HTTP/1.1\" 200 5 \"-\" \"curl/8\"" \
	>>"$T/auth.log"
ok "until a web server's line comes" until_true 10 active web-exploit
ok "which is looked at, too" until_true 20 lines 1
ok "and it is said" grep -q 'service-found' "$T/liptakod.log"

# One more log, of another service, below a glob: no reload, no line lost.
weight_stop
mkdir "$T/logs"
cat >>"$T/liptako.yaml" <<END
- file: $T/logs/*-error.log
  service: nginx
- file: $T/logs/*-vsftpd.log
  service: vsftpd
END
spawn in_space gate "$BUILD/liptakod" --foreground --rules "$TOP/rules" \
	--config "$T/liptako.yaml" --state "$T/state" --run "$T/run" \
	>>"$T/liptakod.log" 2>&1
WARDEN=$PID
until_true 10 answers
for i in 1 2 3; do
	echo "$(stamp) gate sshd[$i]: Failed password for root from 198.51.100.1 port $i ssh2"
done >>"$T/auth.log"
for i in 1 2 3 4 5 6; do
	echo "$(date '+%Y/%m/%d %H:%M:%S') [error] 9#9: *$i user \"root\": password mismatch, client: 198.51.100.2, server: a.example, request: \"GET / HTTP/1.1\", host: \"a.example\""
done >"$T/logs/a-error.log"
ok "whose log appears is active" until_true 10 active nginx
ok "and its lines count from the first" until_true 10 held 198.51.100.2
ok "what runs behind a web server is active, too" active web-exploit
ok "vsftpd is still not" not active vsftpd
for i in 4 5; do
	echo "$(stamp) gate sshd[$i]: Failed password for root from 198.51.100.1 port $i ssh2"
done >>"$T/auth.log"
ok "the other log's count went on" until_true 10 held 198.51.100.1
ok "every line of it was looked at once" until_true 20 lines 5

weight_stop
rm -r "$T/state"
: >"$T/auth.log"
ledger_fill 100000
weight_start gate
until_true 20 answers
kernel() { [ "$(lpt status --json 2>/dev/null | jq .kernel.elements)" = "$1" ]; }
ok "100,000 addresses are shut out" until_true 30 kernel 100000
sleep 1
weigh >"$T/full"
diag "$(tr '\n' ' ' <"$T/full")KiB"
full=$(awk '$1 == "total" { print $2 }' "$T/full")
ok "they take at most 40 MB more" [ $((full - idle)) -le $MORE_KIB ]
lpt list >"$T/list" 2>&1
ok "list prints them all" [ "$(grep -c '^ *11\.' "$T/list")" = 100000 ]
[ -z "${SHOW:-}" ] || { cat "$T/liptakod.log"; head -5 "$T/list"; }
