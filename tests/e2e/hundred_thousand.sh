#!/bin/bash
# 100,000 addresses shut out: restart, upgrade of the ledger and kills leave no
# gap. A closed address and an open one knock each millisecond the whole time:
# of the one nothing gets through, of the other everything.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/weight.sh
. "$(dirname "$0")/../lib/weight.sh"
need root nft ip jq python3 sqlite3
plan 28
N_ALL=100000
THIEF=11.0.5.2
space gate; space street
wire gate 10.66.1.1/24 street 10.66.1.2/24
address "$ID-street" $THIEF/32 vstreetgate
ip -n "$ID-gate" route add $THIEF dev vgatestreet
for a in 3 4 5 6 7 8; do
	address "$ID-street" "10.66.1.$a/24" vstreetgate
done
lpt() { in_space gate "$BUILD/liptako" "$@" --run "$T/run"; }
knock="python3 $TOP/tests/lib/knock.py"

# The daemon's words with the time in front, so that starts can be measured.
start() {
	STARTED=$EPOCHREALTIME
	: >"$T/said"
	in_space gate "$BUILD/liptakod" --foreground --rules "$TOP/rules" \
		--config "$T/liptako.yaml" --state "$T/state" \
		--run "$T/run" 2>&1 |
		while read -r words; do echo "$EPOCHREALTIME $words"; done \
			>>"$T/said" &
	PIDS+=($!)
	until_true 20 test -s "$T/run/liptakod.pid"
	WARDEN=$(cat "$T/run/liptakod.pid")
	PIDS+=("$WARDEN")
}
stop() {
	kill "$WARDEN"
	until_true 10 not kill -0 "$WARDEN" 2>/dev/null
	rm -f "$T/run/liptakod.pid"
}
said() { grep -q "$1" "$T/said"; }
times() { [ "$(grep -c "$1" "$T/said")" -ge "$2" ]; }
# ms from the start to the first such word
after() {
	awk -v from="$STARTED" -v what="$1" \
		'index($0, what) { printf "%d", ($1 - from) * 1000; exit }' \
		"$T/said"
}
kernel() {
	[ "$(in_space gate nft -j list set inet liptako "$1" 2>/dev/null |
		jq '[.nftables[].set? // empty | .elem // [] | length] | add')" = "$2" ]
}
program() { pgrep -P "$WARDEN" -x "$1"; }

knocks_begin() {
	spawn in_space gate $knock hear 7777 "$T/heard"
	HEARER=$PID
	until_true 20 test -e "$T/heard" # it hears
	spawn in_space street $knock send $THIEF 10.66.1.1 7777 "$T/sent.thief"
	A=$PID
	spawn in_space street $knock send 10.66.1.2 10.66.1.1 7777 "$T/sent.open"
	B=$PID
	sleep 0.3
}
# knocks_end WHAT: two tests.
knocks_end() {
	sleep 0.3
	kill "$A" "$B"
	until_true 20 test -s "$T/sent.thief" -a -s "$T/sent.open"
	sleep 0.1
	kill "$HEARER"
	until_true 20 test -s "$T/heard"
	diag "$1: closed knocked $(cat "$T/sent.thief"), open $(cat "$T/sent.open") times"
	ok "$1: the closed address never got through" \
		not grep -q "^$THIEF " "$T/heard"
	is "$1: the open one always" \
		"$(awk '$1 == "10.66.1.2" { print $2 }' "$T/heard")" \
		"$(cat "$T/sent.open")"
	rm -f "$T/heard" "$T/sent."*
}

mkdir -p "$T/state" "$T/run"
: >"$T/auth.log"
printf 'find: no\nsources:\n- file: %s\n  service: openssh\n' \
	"$T/auth.log" >"$T/liptako.yaml"
ledger_fill $N_ALL
start
ok "a filled ledger comes into the kernel" until_true 20 said in-agreement
diag "$(grep -o 'restored.*' "$T/said"); $(grep -o 'in-agreement.*' "$T/said"), from the start: $(after in-agreement) ms"
lpt status --json >"$T/status"
is "all of it" "$(jq .kernel.elements "$T/status")" $N_ALL

# Restart, with a deciding line written meanwhile.
knocks_begin
stop
for i in 1 2 3 4 5; do
	echo "$(date '+%b %e %H:%M:%S') gate sshd[$i]: Failed password for root from 198.51.100.1 port $i ssh2"
done >>"$T/auth.log"
start
ok "after a restart it agrees" until_true 20 said in-agreement
ok "and reads what came meanwhile" until_true 20 said 198.51.100.1
knocks_end restart
agreed=$(after in-agreement) read=$(after 198.51.100.1)
diag "restart: restored $(after restored), agreed $agreed, first lines judged $read ms after the start"
# 200 ms is the promise; a busy machine gets more here, bench has the figure
most=$(busy_ms 1000)
ok "within a second of a machine to itself, here $most ms" \
	[ "$agreed" -lt "$most" -a "$read" -lt "$most" ]

# An upgrade: the ledger as version 1 left it.
stop
db=$T/state/ledger/ledger.db
ledger_back "$db"
rm -f "$db-wal" "$db-shm"
knocks_begin
start
ok "a ledger of version 1 is migrated" until_true 20 said ledger-migrated
ok "and agrees with the kernel" until_true 20 said in-agreement
knocks_end upgrade
diag "upgrade: agreed $(after in-agreement) ms after the start"
is "its copy is kept, of version 1" \
	"$(sqlite3 "$db.v1" "PRAGMA user_version")" 1
is "with all measures" "$(sqlite3 "$db.v1" "SELECT count(*) FROM measure")" \
	$((N_ALL + 1))
is "nothing was lost or opened" \
	"$(lpt status --json | jq .kernel.elements)" $((N_ALL + 1))

for p in enforcer judge; do
	n=$(grep -c in-agreement "$T/said")
	knocks_begin
	kill -9 "$(program $p)"
	ok "$p killed: it agrees again" until_true 20 times in-agreement $((n + 1))
	knocks_end "$p killed"
	is "all is there" "$(lpt status --json | jq .kernel.elements)" \
		$((N_ALL + 1))
done

knocks_begin
kill -9 "$WARDEN"
until_true 20 not pgrep -f "$BUILD/src/judge/judge" >/dev/null || {
	for p in $(pgrep -f "$BUILD"); do
		diag "alive: $p $(tr '\0' ' ' <"/proc/$p/cmdline") $(cat "/proc/$p/wchan") $(grep -E "^(State|PPid|NSpid|SigBlk|SigPnd|ShdPnd)" "/proc/$p/status" | tr '\n' ' ')"
		ls -l "/proc/$p/fd" | sed 's/^/# /'
		sed 's/^/# /' "/proc/$p/stack"
	done
	diag "warden was $WARDEN"
}
rm -f "$T/run/liptakod.pid"
start
# What a daemon that did not come has said, and who is there.
evidence() {
	sed 's/^/# /' "$T/said"
	pgrep -af "$BUILD" | sed 's/^/# /'
}
ok "warden killed and started: it agrees" \
	until_true 20 said in-agreement || evidence
knocks_end "warden killed"

# list streams: who attacks meanwhile is shut out as fast.
close_one() {
	spawn in_space street $knock send "$1" 10.66.1.1 7778 "$T/sent.$1"
	local sender=$PID
	in_space gate $knock close "$T/auth.log" "$1" 7778 5
	kill "$sender"
}
alone=$(for a in 3 4 5; do close_one 10.66.1.$a; done | sort -n | sed -n 2p)
(while [ -e "$T/run" ] && [ ! -e "$T/listed" ]; do
	lpt list >"$T/list"
done) &
LISTER=$!
busy=$(for a in 6 7 8; do close_one 10.66.1.$a; done | sort -n | sed -n 2p)
: >"$T/listed"
wait $LISTER
diag "from writing to silence: $alone ms alone, $busy ms while list runs"
ok "list has all of them" [ "$(grep -c '^ *11\.' "$T/list")" = $N_ALL ]
ok "and delays nobody" awk -v b="$busy" 'BEGIN { exit !(b + 0 < 100 && b != "never") }'
ok "all six were shut out" [ "$(lpt list | grep -c '^ *10\.66')" = 6 ]
[ -z "${SHOW:-}" ] || cat "$T/said"
