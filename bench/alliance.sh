#!/bin/bash
# alliance.sh [TRIALS [CPU]]: from before the write of the deciding line at
# mali to the kernel's word that the address is in its set, at mali itself and
# at burkina and niger: three parties in network namespaces, each with all
# programs, walls and a real nats-server. Trials come about one a second, as
# an ally's word closes no more; CPU pins all of it there (default: no).
# Then what an ally weighs and how many notices a second a judge takes.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../tests/lib/e2e.sh"
# shellcheck source=tests/demo/lib.sh
. "$TOP/tests/demo/lib.sh"
need root nft ip jq ssh-keygen nats-server
trials=${1:-500}
cpu=${2:-any}
[ "$cpu" = any ] || taskset -cp "$cpu" $$ >/dev/null

bridge
for h in $PARTIES; do
	plug "$h"
	party_new "$h"
	# slots come free again: 256 of them do for any number of trials
	echo "term: 2m" >>"$T/$h/liptako.yaml"
	liptako_up "$h" || exit 1
done
charter_of_three >"$T/setup" || { cat "$T/setup"; exit 1; }
sleep 2
for h in $PARTIES; do echo "$h=/run/netns/$ID-$h"; done >"$T/where"
# shellcheck disable=SC2046 # words
"$BUILD/bench/latency_probe" "$T/mali/auth.log" "$trials" 5 "$cpu" \
	900 $(cat "$T/where")
on burkina alliance >"$T/out"
[ -z "${SHOW:-}" ] || cat "$T/out"
