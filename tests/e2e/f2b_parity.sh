#!/bin/bash
# f2b_parity.sh: fail2ban itself and our engine ban the same addresses on the
# same growing logs; see tests/conformance/f2b_parity. Half an hour of logs in
# half a minute, or with LIPTAKO_LONG twelve hours in twelve minutes; with
# LIPTAKO_SEEDS="1" only that seed of the three.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
need python3 apt-get dpkg
size=(5000 1800)
[ -z "$LONG" ] || size=(100000 43200)
# shellcheck disable=SC2086 # words
python3 "$TOP/tests/conformance/f2b_parity" "$BUILD/src/f2b/f2b_bans" \
	"$BUILD/peers/fail2ban" "${size[@]}" ${LIPTAKO_SEEDS:-}
