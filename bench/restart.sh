#!/bin/bash
# restart.sh [N [TIMES]]: how long after its start the daemon is ready again
# with N addresses shut out (100,000): from before execve(2) of liptakod to
# the judge's word that the kernel holds what the ledger says, and how much of
# that the ledger and the agreement took. Needs root; in a network namespace.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../tests/lib/e2e.sh"
# shellcheck source=tests/lib/weight.sh
. "$(dirname "$0")/../tests/lib/weight.sh"
need root nft ip jq python3
N_FULL=${1:-100000} TIMES=${2:-7}
space gate
mkdir -p "$T/state" "$T/run"

# One start; its times in ms since before it: read, agreed. Nobody polls: who
# looks on takes no time away.
one() {
	local from=$EPOCHREALTIME words read agreed
	exec 5< <(in_space gate "$BUILD/liptakod" --foreground \
		--rules "$TOP/rules" --config "$T/liptako.yaml" \
		--state "$T/state" --run "$T/run" 2>&1)
	while read -r -t 20 -u 5 words; do
		case $words in
		*restored*) read=$EPOCHREALTIME ;;
		*in-agreement*)
			agreed=$EPOCHREALTIME
			break
			;;
		esac
	done
	echo "$from $read ${agreed:?}" |
		awk '{ printf "%.0f %.0f\n", ($2 - $1) * 1000, ($3 - $1) * 1000 }'
	WARDEN=$(cat "$T/run/liptakod.pid")
	PIDS+=("$WARDEN")
	sleep 1 # as long as it takes to look for what the kernel has beyond
	kill "$WARDEN"
	until_true 10 not kill -0 "$WARDEN" 2>/dev/null
	exec 5<&-
	rm -f "$T/run/liptakod.pid"
}

: >"$T/auth.log"
printf 'find: no\nsources:\n- file: %s\n  service: openssh\n' \
	"$T/auth.log" >"$T/liptako.yaml"
ledger_fill "$N_FULL"
echo "first start (the kernel is empty): restored, agreed: $(one) ms"
for ((i = 0; i < TIMES; i++)); do one; done | tee "$T/all" |
	sed 's/^/restart: restored, agreed: /; s/$/ ms/'
sort -n -k2 "$T/all" | awk '{ v[NR] = $2 }
	END { printf "== restart with all of them held: median %d ms, worst %d ms\n",
		v[int((NR + 1) / 2)], v[NR] }'
