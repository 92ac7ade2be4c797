# shellcheck shell=bash
# keeper.sh - liptakod with a judge and an enforcer that only keep count.
#
#   . tests/lib/e2e.sh; . tests/lib/keeper.sh
#   keeper_lib                 # programs in $T/lib
#   keeper_conf <<EOF ...      # $T/conf.yaml
#   keeper_start               # liptakod in $KEEPER, log in $T/keeper.log
#   fail_lines FROM TO >>LOG   # lines that hit openssh/auth-failure
#   seen                       # "sightings N unique U twice T ..."

STUB=$BUILD/tests/stub

keeper_lib() {
	local r
	mkdir -p "$T/lib" "$T/log" "$T/rules"
	for r in reader scribe; do
		ln -sf "$BUILD/src/$r/$r" "$T/lib/$r"
	done
	ln -sf "$STUB/stub-judge" "$T/lib/judge"
	ln -sf "$STUB/stub-enforcer" "$T/lib/enforcer"
	ln -sf "$STUB/stub-enforcer" "$T/lib/who"
	cp "$TOP/rules/openssh.yaml" "$T/rules/"
}

keeper_conf() { cat >"$T/conf.yaml"; }

# Returns when the reader runs; more options in KEEPER_OPTIONS.
KEEPER_OPTIONS=()
keeper_start() {
	spawn "$BUILD/liptakod" -f --config "$T/conf.yaml" --rules "$T/rules" \
		--state "$T/state" --run "$T/run" --libexec "$T/lib" "${KEEPER_OPTIONS[@]}" \
		>>"$T/keeper.log" 2>&1
	KEEPER=$PID
	until_true 30 keeper_is_up
}
keeper_is_up() { [ -s "$T/run/liptakod.pid" ] && keeper_pid reader >/dev/null; }
# keeper_reads N: it has begun so many logs: of one that it never saw before,
# only what comes after that counts.
keeper_reads() {
	until_true 30 keeper_began "$1"
}
keeper_began() {
	[ "$("$STUB/stub-seen" -l "$T/state/ledger/seen.bin" 2>/dev/null |
		grep '^progress' | sort -u | wc -l)" -ge "$1" ]
}

# keeper_pid PROGRAM: of the child that runs it.
keeper_pid() {
	local p
	for p in $(pgrep -P "$(cat "$T/run/liptakod.pid" 2>/dev/null)" 2>/dev/null); do
		if [ "$(readlink "/proc/$p/exe")" = "$(readlink -f "$T/lib/$1")" ]; then
			echo "$p"
			return 0
		fi
	done
	return 1
}

keeper_stop() {
	kill "$KEEPER" 2>/dev/null
	until_true 10 not kill -0 "$KEEPER" 2>/dev/null
}

fail_lines() {
	awk -v from="$1" -v to="$2" -v at="$(date '+%b %e %T')" 'BEGIN {
		for (i = from; i <= to; i++)
			printf "%s h sshd[%d]: Failed password for u%d from 203.0.113.%d port 4022 ssh2\n",
				at, i % 30000 + 1, i, i % 250 + 1 }'
}

seen() { "$STUB/stub-seen" "$T/state/ledger/seen.bin"; }
# seen_is N: exactly so many lines counted, each once; SAME of them alike.
SAME=0
seen_is() { [[ $(seen) == "sightings $1 unique $(($1 - SAME)) "* ]]; }
# counted SENTENCE N: within 5 s, and no more comes after.
counted() {
	until_true 20 seen_is "$2"
	sleep 0.15
	is "$1" "$(seen | cut -d' ' -f1-4)" "sightings $2 unique $(($2 - SAME))"
}
