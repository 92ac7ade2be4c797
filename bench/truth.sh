#!/bin/bash
# truth.sh [LINES]: on freshly generated logs, replay with bench/rules/5-in-600
# names exactly the addresses that had 5 or more failures within 600 s; none
# missed, none more, and no legitimate client. TAP.
#
# The generator counts with fractions of a second, the logs hold whole ones.
# Times at most 600 s apart are at most 600 apart as whole seconds too, so with
# both ends of the window included nobody is missed. Whose five failures are
# 600 apart as whole seconds had them within 601 s, and no log can tell more:
# such an address is shown as a tie and is not an error. It is the only kind
# of one more that is let pass: "5 in 599s" does not name it.
. "$(dirname "$0")/../tests/lib/e2e.sh"
LINES=${1:-100000}
GEN=${GEN:-$TOP/../shared/bench/gen.py}
[ -r "$GEN" ] || skip_all "no generator at $GEN"
need python3 jq
plan 6

named() { # LOG RULES
	"$BUILD/liptako" replay --json --rules "$2" "$1" |
		jq -r '.address // empty' | sort -u
}
truth() { # KIND ATTACKERS
	local log=$T/$1.log rules=$TOP/bench/rules/5-in-600.yaml
	python3 "$GEN" "$1" "$log" "$LINES" "$2" >/dev/null
	sed 's/5 in 600s/5 in 599s/' "$rules" >"$T/5-in-599.yaml"
	named "$log" "$rules" >"$T/named"
	named "$log" "$T/5-in-599.yaml" >"$T/surely"
	awk '$4 >= 5 { print $1 }' "$log.truth" | sort -u >"$T/true"
	comm -23 "$T/named" "$T/true" >"$T/more"
	diag "$1: $(wc -l <"$T/true") attackers with 5 failures in 600 s," \
		"$(wc -l <"$T/named") named, ties: $(comm -23 "$T/more" \
		"$T/surely" | tr '\n' ' ')"
	is "$1: nobody missed" "$(comm -13 "$T/named" "$T/true" | head -3)" ""
	is "$1: nobody more" "$(comm -12 "$T/more" "$T/surely" | head -3)" ""
	is "$1: no legitimate client" \
		"$(sort -u "$log.legit" | comm -12 - "$T/named" | head -3)" ""
}
truth sshd $((LINES / 50))
truth nginx $((LINES / 200))
