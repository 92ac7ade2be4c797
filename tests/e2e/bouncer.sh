#!/bin/bash
# Debian's own crowdsec-firewall-bouncer, unmodified, obeys us: what its
# nftables sets hold is what we say, within one of its polls.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/desk.sh
. "$(dirname "$0")/../lib/desk.sh"
need root nft ip jq curl
[ -x "$BUILD/src/desk/desk" ] || skip_all "needs a build with desk"
# shellcheck source=tests/lib/bouncer.sh
. "$(dirname "$0")/../lib/bouncer.sh"
plan 20

space gate; space wall
wire gate 10.71.1.1/24 wall 10.71.1.2/24
ok "the desk answers" desk_start gate

key=$(lpt bouncer add wall 2>/dev/null)
ok "a key is drawn" test ${#key} -ge 40

config() { bouncer_config http://10.71.1.1:8080/ "api_key: $1"; } # KEY
left_over() { # ADDRESS SECONDS: its element stays longer than that
	held >/dev/null
	[ "$(jq -r --arg a "$1" '.nftables[].set? // empty | .elem? // [] |
		.[] | select(.elem.val? == $a) | .elem.expires' "$T/set")" -gt "$2" ]
}

config "not-the-key-that-was-drawn-for-it-here"
bouncer_start
ok "with a bad key it ends" until_true 30 not kill -0 "$BOUNCER_PID"

lpt deny 203.0.113.1 1h >/dev/null
lpt deny 203.0.113.2 1h >/dev/null
config "$key"
bouncer_start
ok "the first pull: what stood before it came" until_true 30 holds 203.0.113.1 203.0.113.2

lpt deny 203.0.113.3 1m >/dev/null
ok "added by a poll" until_true 40 has 203.0.113.3
ok "for a minute" not left_over 203.0.113.3 60
lpt deny 203.0.113.3 4h >/dev/null
ok "prolonged: the element stays for hours" until_true 40 left_over 203.0.113.3 14000
ok "and no other went" holds 203.0.113.1 203.0.113.2 203.0.113.3

lpt pardon 203.0.113.1 >/dev/null
ok "pardoned: gone by a poll" until_true 40 holds 203.0.113.2 203.0.113.3

lpt deny 203.0.113.4 10s >/dev/null
ok "a short one comes" until_true 40 has 203.0.113.4
ok "and goes by its end" until_true 40 not has 203.0.113.4
ok "the others stay" holds 203.0.113.2 203.0.113.3

lpt deny 198.51.100.16/28 1h >/dev/null
range=$(for i in $(seq 16 31); do echo 198.51.100.$i; done)
# shellcheck disable=SC2086
ok "a range is all its addresses" until_true 40 holds 203.0.113.2 203.0.113.3 $range
lpt pardon 198.51.100.16/28 >/dev/null
ok "and goes whole" until_true 40 holds 203.0.113.2 203.0.113.3

lpt deny 2001:db8:7::1 1h >/dev/null
in_six() { in_space wall nft list table ip6 crowdsec6 | grep -q "2001:db8:7::1[ ,]"; }
ok "IPv6 arrives, as the address that it was for" until_true 40 in_six

lpt bouncer list --json >"$T/keys"
ok "the key itself is nowhere" not grep -rqa "$key" "$T/state" "$T/keys"

desk_stop
ok "liptakod stops, its sets stay" holds 203.0.113.2 203.0.113.3
ok "and starts again" desk_start gate
lpt deny 203.0.113.5 1h >/dev/null
ok "the bouncer goes on where it was" until_true 40 holds 203.0.113.2 203.0.113.3 203.0.113.5

in_space gate pkill -x -P "$DESK_PID" desk
sleep 0.5
lpt pardon 203.0.113.2 >/dev/null
ok "the desk alone dies: nothing is missed" until_true 40 holds 203.0.113.3 203.0.113.5
[ -z "${SHOW:-}" ] || cat "$T/liptakod.log" "$T/bouncer.log"
