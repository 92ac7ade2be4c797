#!/bin/bash
# simulate over a real trace of nine hosts: the numbers that an independent
# simulation found, and what it takes and refuses.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
need jq xz
plan 16
L=$BUILD/liptako
trace=$TOP/../shared/data/marx/marx.txt.xz

holds() { jq -e "$@" >/dev/null; }
near() { # WHAT RUN FIELD WANTED OFF
	local got
	got=$(jq -r --arg r "$2" ".runs[]|select(.name==\$r)|.$3" "$T/marx.json")
	ok "$1: $got" holds -n "($got - $4) | fabs <= $5"
}
if [ -r "$trace" ]; then
	"$L" simulate --trace "$trace" --json >"$T/marx.json"
	near "alone stops" alone stopped_percent 35.8 0.2
	near "alone warns nobody" alone prewarned_percent 0 0
	near "4 h each warns" flat-4h prewarned_percent 64.3 1
	near "4 h each stops" flat-4h stopped_percent 52.3 1
	near "a poll each 2 h warns" poll-2h prewarned_percent 21.8 1
	near "the default warns" default prewarned_percent 59.6 1.5
	ok "the default stops at least 50.5 %" holds \
		'.runs[]|select(.name=="default")|.stopped_percent >= 50.5' "$T/marx.json"
	ok "nothing was over budget" holds 'all(.runs[]; .over_budget == 0)' "$T/marx.json"
	ok "no clients in it: no number of innocents" holds \
		'all(.runs[]; .innocent_address_minutes == null)' "$T/marx.json"
else
	for i in 1 2 3 4 5 6 7 8 9; do ok "marx, $i # SKIP no trace in ../shared/data" true; done
fi

printf '%s\n' '100 0 1 0 22' '200 1 1 0 22' '300 1 2 1 53' >"$T/small"
"$L" simulate --trace "$T/small" --json >"$T/small.json"
ok "TCP alone counts" holds '.events == 2 and .skipped == 1' "$T/small.json"
ok "a second victim is warned" holds \
	'.runs[]|select(.name=="default")|.prewarned_percent == 100' "$T/small.json"
echo '100 0 1 x 22' >>"$T/small"
"$L" simulate --trace "$T/small" 2>"$T/err"
ok "a broken line is named" grep -q 'line 4 is not' "$T/err"
"$L" simulate --trace "$T/none" 2>/dev/null
ok "no file is a fault" [ $? = 3 ]

made() { "$L" simulate --parties 4 --days 3 --seed "$1" --json; }
made 7 >"$T/7"
made 7 >"$T/7b"
made 8 >"$T/8"
ok "a seed makes the same trace again" cmp -s "$T/7" "$T/7b"
ok "another seed makes another" not cmp -s "$T/7" "$T/8"
ok "clients give a number of innocents" holds \
	'all(.runs[]; .innocent_address_minutes >= 0)' "$T/7"
