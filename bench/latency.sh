#!/bin/bash
# latency.sh [TRIALS [CPU]]: from before the write of the deciding line to the
# kernel's word that the address is in its set, through all programs and
# walls, in a network namespace of its own. Pinned to CPU (default 1); "any"
# leaves the scheduler its way.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../tests/lib/e2e.sh"
need root ip
trials=${1:-2000}
cpu=${2:-1}
pin=(taskset -c "$cpu")
[ "$cpu" != any ] || { pin=(); cpu=; }

space gate
: >"$T/auth.log"
cat >"$T/conf" <<EOF2
find: no
sources:
- file: $T/auth.log
  service: openssh
EOF2
spawn in_space gate "${pin[@]}" "$BUILD/liptakod" --foreground \
	--rules "$TOP/rules" --config "$T/conf" --state "$T/state" \
	--run "$T/run" >"$T/log" 2>&1
up() { in_space gate "$BUILD/liptako" status --run "$T/run" >/dev/null 2>&1; }
until_true 10 up || { cat "$T/log"; exit 1; }
sleep 1
# shellcheck disable=SC2086
in_space gate "$BUILD/bench/latency_probe" "$T/auth.log" "$trials" 5 $cpu
