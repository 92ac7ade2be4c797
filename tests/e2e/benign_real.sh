#!/bin/bash
# Real daemons with real, honest clients: nobody is named; a real attacker is.
# Without LIPTAKO_LONG only sshd and nginx, and 300 lines.
. "$(dirname "$0")/../lib/e2e.sh"
need root unshare nsenter python3 jq ip apt-get
REAL=$TOP/tests/benign/real
WHOLE=1000
WANT=$("$REAL" --list)
MORE=()
if [ -z "$LONG" ]; then
	WANT=$'openssh\nnginx'
	WHOLE=300
	MORE=(--installed)
fi
plan $((2 * $(wc -w <<<"$WANT")))

skip() {
	N=$((N + 1))
	echo "ok $N - $1 # SKIP $2"
}
field() { jq -r "$1" "$T/result"; }
nobody() { [ "$(field .lines)" -ge $WHOLE ] && [ "$(field '.honest_named == []')" = true ]; }
somebody() { [ "$(field '.attacker | length > 0')" = true ]; }

judge() { # NAME
	local why mute
	why=$(field '.skip // empty')
	if [ -n "$why" ]; then
		skip "$1: honest clients" "$why"
		skip "$1: an attacker" "$why"
		return
	fi
	diag "$(jq -c . "$T/result")"
	ok "$1: $(field .lines) lines of honest clients, nobody is named" nobody
	mute=$(field '.mute // empty')
	if [ -n "$mute" ]; then
		skip "$1: an attacker" "$mute"
	else
		ok "$1: an attacker is named" somebody
	fi
}

for name in $WANT; do
	"$REAL" --only "$name" --lines $WHOLE "${MORE[@]}" >"$T/result"
	judge "$name"
done
