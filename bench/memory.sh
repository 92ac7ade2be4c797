#!/bin/bash
# memory.sh [N]: what all programs together weigh: idle with one log file,
# and with N addresses shut out (100,000). Proportional set sizes, in KiB.
# Needs root; everything in a network namespace of its own.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../tests/lib/e2e.sh"
# shellcheck source=tests/lib/weight.sh
. "$(dirname "$0")/../tests/lib/weight.sh"
need root nft ip jq python3
N_FULL=${1:-100000}
space gate
lpt() { in_space gate "$BUILD/liptako" "$@" --run "$T/run"; }
answers() { lpt status >/dev/null 2>&1; }
kernel() { [ "$(lpt status --json 2>/dev/null | jq .kernel.elements)" = "$1" ]; }

weight_start gate
until_true 10 answers || exit 1
sleep 1
echo "== idle, one log file"
weigh | tee "$T/idle" | awk '{ printf "%-10s %7d KiB\n", $1, $2 }'
weight_stop
rm -r "$T/state"
ledger_fill "$N_FULL"
weight_start gate
until_true 60 kernel "$N_FULL" || exit 1
sleep 2
echo "== $N_FULL addresses shut out"
weigh | tee "$T/full" | awk '{ printf "%-10s %7d KiB\n", $1, $2 }'
awk '$1 == "total" { v[n++] = $2 } END {
	printf "== idle %.1f MB, %.1f MB more\n", v[0] / 1024, (v[1] - v[0]) / 1024
}' "$T/idle" "$T/full"
