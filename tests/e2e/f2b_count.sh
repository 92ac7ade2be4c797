#!/bin/bash
# An imported jail counts in the living daemon as fail2ban does, by the rate, or
# in a window: the same stamps, one ban and none.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/f2b.sh
. "$(dirname "$0")/../lib/f2b.sh"
need root nft ip jq
plan 9
space gate
export LIPTAKO_RUN=$T/run LIPTAKO_JAILS=$T/etc/liptako/fail2ban TZ=UTC
C=$T/etc/fail2ban
mkdir -p "$C/filter.d" "$T/etc/liptako" "$T/log" "$T/state"
cat >"$C/filter.d/door.conf" <<'E'
[Definition]
failregex = ^\s*\S+ doord\[\d+\]: refused \S+ at <HOST>$
E
cat >"$C/jail.conf" <<E
[door]
enabled = true
filter = door
backend = polling
maxretry = 5
findtime = 10
bantime = 1h
logpath = $T/log/door.log
action =
E
: >"$T/log/door.log"
import() { lpt import --to "$LIPTAKO_JAILS" "$@" fail2ban "$C" >"$T/out" 2>&1; }
our_daemon "find: no"
import --count fail2ban
is "the import works" "$?" 0
ok "and the rule says how to count" \
	grep -q "count: fail2ban" "$LIPTAKO_JAILS/f2b-door.yaml"
ln -s "$BUILD/liptako" "$T/fail2ban-client"
asks() { ip netns exec "$NS" "$T/fail2ban-client" "$@"; }
NS=$ID-gate

# failed ADDRESS SECONDS...: failures so long ago, all written at once. Within
# a minute a line's own date counts, so nothing here waits for time to pass.
now=0
lines() {
	local a=$1 s
	shift
	for s in "$@"; do
		echo "$((now - s)) $a"
	done
}
write() {
	sort -n | while read -r at a; do
		echo "$(date -d "@$at" '+%b %e %H:%M:%S') h doord[7]: refused bob at $a"
	done >>"$T/log/door.log"
}
seen() { [ "$(asks status door | sed -n 's/.*Total failed:\t//p')" -ge "$1" ]; }
is_banned() { asks get door banip | grep -qw "$1"; }

# five in 11 s: by the rate that is five in 10, in the window of 10 s it is four
quick="11 8 5 3 0"
# six in 18 s: by the rate never more than four
slow="18 14 11 7 4 0"
now=$(date +%s)
# shellcheck disable=SC2086 # words are meant
{ lines 192.0.2.1 $quick; lines 192.0.2.2 $slow; lines 192.0.2.3 0 0 0 0; } | write
ok "all are counted" until_true 20 seen 15
ok "five at the rate of five are a ban" until_true 10 is_banned 192.0.2.1
ok "six at a lower one are none" not is_banned 192.0.2.2
ok "nor are four" not is_banned 192.0.2.3

import --count window
is "the import can be made again" "$?" 0
count_is_window() { ! grep -q "count: fail2ban" "$LIPTAKO_JAILS/f2b-door.yaml"; }
ok "and counts in a window" count_is_window
now=$(date +%s)
# shellcheck disable=SC2086
{ lines 192.0.2.11 $quick; lines 192.0.2.12 3 2 2 1 0; } | write
both() { is_banned 192.0.2.12 && ! is_banned 192.0.2.11; }
ok "where the first is none, but five in it are" until_true 20 both
