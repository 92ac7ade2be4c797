#!/bin/bash
# alliance.sh [TRIALS [ALONE [CPU]]]: from before the write of the deciding
# line at mali to the kernel's word that the address is in its set, at mali
# itself and at burkina and niger: three parties in network namespaces, each
# with all programs, walls and a real nats-server. First TRIALS in bursts of 50,
# 2 to 10 ms apart, then ALONE about one a second; between them is rest, for an
# ally's word closes 60 addresses a minute. CPU pins all of it there. Then how
# many notices a second a judge takes; tests/e2e/hundred_parties.sh says what an
# ally weighs.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../tests/lib/e2e.sh"
# shellcheck source=tests/demo/lib.sh
. "$TOP/tests/demo/lib.sh"
need root nft ip jq ssh-keygen nats-server
trials=${1:-500}
alone=${2:-100}
cpu=${3:-any}
[ "$cpu" = any ] || taskset -cp "$cpu" $$ >/dev/null

bridge
for h in $PARTIES; do
	plug "$h"
	# slots come free again: 256 of them do for any number of trials
	party_new "$h" "term: 2m"
	liptako_up "$h" || exit 1
done
charter_of_three >"$T/setup" || { cat "$T/setup"; exit 1; }
sleep 2
probe() { # TRIALS REST
	local h where=()
	for h in $PARTIES; do where+=("$h=/run/netns/$ID-$h"); done
	"$BUILD/bench/latency_probe" "$T/mali/auth.log" "$1" 5 "$cpu" "$2" \
		"${where[@]}"
}
echo "== $trials trials in bursts, 2 to 10 ms apart"
probe "$trials" 50/52000
echo "== $alone trials, each after a second of silence"
sleep 30
probe "$alone" 1/1000
[ -z "${SHOW:-}" ] || on burkina alliance
echo "== notices a second through one judge"
"$BUILD/bench/alliance_bench" 50000 64
