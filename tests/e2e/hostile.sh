#!/bin/bash
# Visitors who mean no good: the desk stays answering for others, stays small,
# and the defence beside it does not notice.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/desk.sh
. "$(dirname "$0")/../lib/desk.sh"
need root nft ip curl python3 jq
[ -x "$BUILD/src/desk/desk" ] || skip_all "needs a build with desk"
SECS=${LONG:+20}
SECS=${SECS:-4}
KINDS="loris many giant pipeline garbage bodies"
plan 22
space gate; space bad; space good
wire gate 10.75.1.1/24 bad 10.75.1.2/24
wire gate 10.75.2.1/24 good 10.75.2.2/24
: >"$T/auth.log"
cat >"$T/liptako.yaml" <<END
desk: {on: yes, listen: ["0.0.0.0:7406"], bouncers: ["0.0.0.0:8080"]}
sources: [{file: $T/auth.log, service: openssh, format: syslog}]
find: no
END
ok "the desk answers" desk_start gate
key=$(lpt bouncer add good 2>/dev/null)
desk_pid() { pgrep -x -P "$DESK_PID" desk; }
D=$(desk_pid)
pss() { awk '/^Pss:/ {s += $2} END {print int(s / 1024)}' "/proc/$(desk_pid)/smaps_rollup"; }
before=$(pss)

# Slowest of so many asks by somebody else, in ms.
slowest() {
	local i t worst=0
	for i in $(seq 10); do
		t=$(in_space good curl -s -m 10 -o "$T/answer" -w '%{time_total}' \
			-H "X-Api-Key: $key" "http://10.75.2.1:8080/v1/decisions?ip=1.2.3.4") || t=10
		[ "$(cat "$T/answer")" = null ] || t=10
		worst=$(awk -v a="$worst" -v b="$t" 'BEGIN { print (b * 1000 > a) ? int(b * 1000) : a }')
		sleep 0.1
	done
	echo "$worst"
}
n=0
attack() { # the sixth wrong password closes the door
	local a i
	n=$((n + 1)); a=198.51.100.$n
	for i in 1 2 3 4 5 6; do
		echo "$(date '+%b %e %H:%M:%S') gate sshd[7]: Failed password for root from $a port 4$i ssh2"
	done >>"$T/auth.log"
	shut() { lpt list --json 2>/dev/null | grep -q "\"$a\""; }
	until_true 20 shut
}
for kind in $KINDS; do
	spawn in_space bad python3 "$TOP/tests/lib/hostile.py" 10.75.1.1 8080 $kind $SECS >"$T/$kind"
	pid=$PID
	sleep 1
	ms=$(slowest)
	diag "$kind: others wait at most $ms ms; $(pss) MiB"
	ok "$kind: others are answered" test "$ms" -lt 1000
	ok "$kind: the defence goes on" attack
	wait "$pid"
	diag "$(cat "$T/$kind")"
	ok "$kind: the desk stays small" test "$(pss)" -lt 60
done
ok "it is the same process as before" [ "$(desk_pid)" = "$D" ]
ok "nobody broke a wall" not grep -q "program-died" "$T/liptakod.log"
small_again() { [ "$(pss)" -le $((before + 25)) ]; }
ok "and gives memory back" until_true 10 small_again
diag "before $before MiB, after $(pss) MiB"
[ -z "${SHOW:-}" ] || cat "$T/liptakod.log"
