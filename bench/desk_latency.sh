#!/bin/bash
# desk_latency.sh [BOUNCERS [MEASURES [TRIALS [ROUNDS]]]]: how long it takes
# from before the write of the deciding line to the kernel's word, alone and
# while 500 bouncers poll the desk each second on 50,000 measures; by turns in
# one run, so that what else the machine does meets both. Prints a ratio.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../tests/lib/e2e.sh"
# shellcheck source=tests/lib/desk.sh
. "$TOP/tests/lib/desk.sh"
# shellcheck source=tests/lib/weight.sh
. "$TOP/tests/lib/weight.sh"
need root nft ip jq curl python3
BOUNCERS=${1:-500} MEASURES=${2:-50000} TRIALS=${3:-300} ROUNDS=${4:-4}
space gate
mkdir -p "$T/state" "$T/run"
: >"$T/auth.log"
cat >"$T/liptako.yaml" <<END
find: no
sources:
- file: $T/auth.log
  service: openssh
desk: {on: yes, listen: ["127.0.0.1:7406"], bouncers: ["127.0.0.1:8080"], per-address: 4096}
END
ledger_fill "$MEASURES"
desk_start gate || { echo "the desk does not answer" >&2; exit 1; }
all_held() { [ "$(lpt status --json | jq .kernel.elements)" -ge "$MEASURES" ]; }
until_true 20 all_held
key=$(lpt bouncer add bench 2>/dev/null)

probe() { # its line, and median and p99 into file $1
	in_space gate "$BUILD/bench/latency_probe" "$T/auth.log" "$TRIALS" 5 \
		>"$T/line" || return 1
	sed "s/^/$1: /" "$T/line"
	grep -oE '(median|p99) [0-9.]+' "$T/line" | paste -sd' ' >>"$T/$1"
}
for ((i = 0; i < ROUNDS; i++)); do
	probe alone || exit 1
	spawn in_space gate nice -n 5 "$BUILD/bench/desk_bench" at 8080 "$key" \
		"$BOUNCERS" 120 >"$T/bouncers"
	until_true 60 grep -q polling "$T/bouncers" || exit 1
	sleep 1
	probe polled || exit 1
	kill "$PID"
	until_true 5 not kill -0 "$PID" 2>/dev/null
done
for w in alone polled; do
	for f in 2 4; do cut -d' ' -f$f "$T/$w" | sort -n; done |
		awk -v w="$w" -v n="$ROUNDS" '{ v[NR] = $1 } END { m = int((n + 1) / 2)
		print w, v[m], v[n + m] }'
done | tee "$T/both" | awk '{ m[NR] = $2; p[NR] = $3 }
	END { printf "== with the bouncers: median %.2f times, p99 %.2f times what it is without (%s and %s us; p99 %s and %s us)\n",
		m[2] / m[1], p[2] / p[1], m[1], m[2], p[1], p[2] }'
