#!/bin/bash
# Programs are killed at random while lines come in: none is lost, none counts
# twice. 20 times, 200 with LIPTAKO_LONG.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/keeper.sh
. "$(dirname "$0")/../lib/keeper.sh"
[ -x "$STUB/stub-judge" ] || skip_all "needs a build with tests"
plan 4
keeper_lib
keeper_conf <<EOC
find: no
sources:
- {file: $T/log/auth.log}
- {file: '$T/log/many/*.log'}
EOC
mkdir "$T/log/many"
: >"$T/log/auth.log"
: >"$T/log/many/a.log"
rounds=${LIPTAKO_LONG:+200}
rounds=${rounds:-20}

# A writer of its own: 2,000 lines a second into two logs, one rotated now
# and then by renaming. Only while the warden lives: a log that is made and
# rotated away without it may be gone before it comes back.
writer() {
	local n=0 k=0
	while [ ! -e "$T/stop" ]; do
		fail_lines $((n + 1)) $((n + 20)) >>"$T/log/auth.log"
		fail_lines $((n + 21)) $((n + 40)) >>"$T/log/many/a.log"
		n=$((n + 40))
		k=$((k + 1))
		if [ $((k % 60)) = 0 ] && [ ! -e "$T/still" ]; then
			mv "$T/log/auth.log" "$T/log/auth.log.1"
		fi
		sleep 0.018
	done
	echo $n >"$T/written"
}

# keep: what a service manager does, starts it again whenever it dies.
keep() {
	while [ ! -e "$T/stop" ]; do
		"$BUILD/liptakod" -f --config "$T/conf.yaml" \
			--rules "$T/rules" --state "$T/state" --run "$T/run" \
			--libexec "$T/lib" >>"$T/keeper.log" 2>&1
		sleep 0.05
	done
}
warden_pid() { cat "$T/run/liptakod.pid" 2>/dev/null; }

spawn keep 2>/dev/null
until_true 30 keeper_is_up
keeper_reads 2
spawn writer
WRITER=$PID
RANDOM=42
killed=0
# It may be waiting to be started again.
alive() { victim=$(keeper_pid "$1"); }
for _ in $(seq "$rounds"); do
	case $((RANDOM % 7)) in
	0 | 1 | 2) until_true 20 alive reader ;;
	3 | 4) until_true 20 alive judge ;;
	5)
		victim=$(warden_pid)
		touch "$T/still"
		sleep 0.3
		;;
	6) until_true 20 alive enforcer ;;
	esac
	[ -n "$victim" ] && kill -9 "$victim" 2>/dev/null && killed=$((killed + 1))
	until_true 10 keeper_is_up
	sleep "0.$((RANDOM % 4 + 1))"
	rm -f "$T/still"
done
ok "programs were killed $rounds times" [ "$killed" -ge $((rounds - 2)) ]
touch "$T/stop"
wait "$WRITER"
n=$(cat "$T/written")
until_true 10 seen_is "$n"
sleep 0.2
is "of $n lines none was lost, none counted twice" \
	"$(seen | cut -d' ' -f1-4)" "sightings $n unique $n"
ok "some had to be sent again" [ "$(seen | cut -d' ' -f6)" -gt 0 ]
kill "$(warden_pid)"
nobody_left() { ! pgrep -f "$T/lib/" >/dev/null; }
ok "all programs leave when told" until_true 20 nobody_left
[ -z "${SHOW:-}" ] || cat "$T/keeper.log"
