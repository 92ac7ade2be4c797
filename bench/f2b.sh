#!/bin/bash
# f2b.sh [LINES]: fail2ban's own filters through us and through fail2ban-regex
# in one run on one core, on freshly generated logs, and whether both find the
# same.
#
# All in CPU time. Ours is f2b_bench: dates, sessions and all; the best of five
# rounds. Theirs twice: as people call it, and at its fastest (no second look
# at what did not match, nothing printed but a count). What it needs to start
# is taken off.
# fail2ban is Debian's package, unpacked below build/, never installed.
set -euo pipefail
cd "$(dirname "$0")/.."
LINES=${1:-100000}
CPU=${CPU:-1}
GEN=${GEN:-../shared/bench/gen.py}
B=${LIPTAKO_BUILD:-build}
W=build/bench/f2b
P=build/peers
[ -r "$GEN" ] || { echo "bench: no generator at $GEN"; exit 0; }
mkdir -p "$W" "$P"
if [ ! -d "$P/fail2ban/tree" ]; then
	mkdir -p "$P/fail2ban"
	(cd "$P/fail2ban" && apt-get download -q fail2ban >/dev/null 2>&1 &&
		dpkg -x fail2ban_*.deb tree) ||
		{ echo "bench: fail2ban's package cannot be fetched"; exit 0; }
fi
export PYTHONPATH=$P/fail2ban/tree/usr/lib/python3/dist-packages
export PYTHONDONTWRITEBYTECODE=1 TZ=UTC
CONF=$P/fail2ban/tree/etc/fail2ban

theirs() { # OPTIONS...
	taskset -c "$CPU" python3 "$P/fail2ban/tree/usr/bin/fail2ban-regex" \
		-c "$CONF" --raw "$@"
}
seconds() { # COMMAND...: of CPU time, so that others do not count
	local TIMEFORMAT='%U %S'
	{ time "$@" >/dev/null 2>&1; } 2>&1 | awk '{ print $1 + $2 }'
}
: >"$W/empty.log"

one() { # FILTER KIND
	local log=$W/$2.$LINES ours usual fast start same=no
	[ -s "$log" ] || python3 "$GEN" "$2" "$log" "$LINES" $((LINES / 50)) >/dev/null
	ours=$(taskset -c "$CPU" "$B/bench/f2b_bench" "$CONF" "$1" "$log" 5 |
		cut -d' ' -f3)
	start=$(seconds theirs "$W/empty.log" "$1")
	usual=$(seconds theirs "$log" "$1")
	fast=$(seconds theirs --no-check-all --print-no-missed \
		--print-no-ignored "$log" "$1")
	theirs --no-check-all -o id "$log" "$1" >"$W/theirs"
	"$B/bench/f2b_bench" "$CONF" "$1" "$log" 0 | cut -d' ' -f2 >"$W/ours"
	cmp -s "$W/theirs" "$W/ours" && same="the same $(wc -l <"$W/ours")"
	awk -v f="$1" -v n="$LINES" -v o="$ours" -v u="$usual" -v q="$fast" \
		-v s="$start" -v same="$same" 'BEGIN {
		printf "%-24s ours %7.0f k lines/s; fail2ban-regex %4.1f k: %.0f times;", f,
			n/o/1e3, n/(u-s)/1e3, (u-s)/o
		printf " at its fastest %4.1f k: %.0f times; %s matches\n", n/(q-s)/1e3,
			(q-s)/o, same }'
}

echo "one core (CPU $CPU), $LINES lines, $(uname -r), $(date -u +%F)"
one sshd sshd
one 'sshd[mode=aggressive]' sshd
one 'postfix[mode=aggressive]' mail
one dovecot mail
one nginx-botsearch nginx
one nginx-bad-request nginx
one apache-badbots nginx
