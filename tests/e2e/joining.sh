#!/bin/bash
# Four commands over the network: found, invite, join, charter seal. The
# newcomer sees the charter through the inviter's post before it seals, and is
# in the alliance without another command. A third likewise, once both sealed.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
need root nft ip jq ssh-keygen nats-server
plan 22
# shellcheck source=tests/lib/parties.sh
. "$TOP/tests/lib/parties.sh"
AT=([mali]=10.67.1.1 [burkina]=10.67.1.2 [niger]=10.67.1.3)
parties_up mali burkina niger
me() { echo --yes --party "$1" --seal "$T/$1/seal" --post "$2"; }

# shellcheck disable=SC2046 # words
ok "mali founds" exits 0 on mali found $(me mali 10.67.1.1) sahel
ok "and invites" exits 0 on mali invite --json
token=$(jq -r .token "$T/out")
ok "its post listens" until_true 20 post_is_up mali
# shellcheck disable=SC2046
tries() { exits 0 on burkina join $(me burkina 10.67.1.2) --json "$token"; }
ok "burkina sees the charter through it and asks to join" until_true 40 tries
diag "$(cat "$T/err")"
code=$(jq -r .code "$T/out")
is "its code has six words" "$(wc -w <<<"$code")" 6
ok "the request reaches mali" until_true 30 has_request mali
ok "whose status says so" \
	grep -q "liptako charter seal" <(on mali status)
ok "mali seals" exits 0 on mali charter seal --yes --code "$code"
is "a charter of two holds" "$(about mali '"\(.version) \(.parties|length)"')" "2 2"
in_it() { [ "$(about burkina '"\(.version) \(.parties|length)"')" = "2 2" ]; }
ok "burkina is in it, without another command" until_true 60 in_it
is "and each has the other's record" \
	"$(about mali '[.parties[].record > 0]|all') $(about burkina '[.parties[].record > 0]|all')" \
	"true true"

# a third: one command of its own, and the seals of both
ok "mali invites another" exits 0 on mali invite --json
third=$(jq -r .token "$T/out")
in_space mali nft -f - <<-END
	table inet shut {
		chain in {
			type filter hook input priority -300
			tcp dport 4222 reject with tcp reset
		}
	}
END
# shellcheck disable=SC2046
ok "a post that is shut" exits 3 on niger join $(me niger 10.67.1.3) "$third"
ok "is named, and what may be wrong with it" grep -q \
	"10.67.1.1 port 4222: nobody answers.*firewall" "$T/err"
in_space mali nft delete table inet shut
# shellcheck disable=SC2046
tries() { exits 0 on niger join $(me niger 10.67.1.3) --json - <<<"$third"; }
ok "niger asks to join, its token not in ps" until_true 40 tries
code=$(jq -r .code "$T/out")
# shellcheck disable=SC2046
used() { exits 3 on burkina join $(me burkina 10.67.1.2) "$third" &&
	grep -q "who invited you answers: another party has used" "$T/err"; }
ok "who comes with a used token is told" used
ok "its request reaches mali" until_true 30 has_request mali
ok "mali seals" exits 0 on mali charter seal --yes --code "$code"
waits() { [ "$(on burkina status --json | jq '.charters[0].waiting')" = 1 ]; }
ok "the version that waits reaches burkina" until_true 60 waits
ok "which knows the newcomer by the same words, and seals" \
	exits 0 on burkina charter seal --yes --code "$code"
all_in() {
	local h
	for h in mali burkina niger; do
		[ "$(about "$h" '"\(.version) \([.parties[]|select(.record > 0)]|length)"')" = "3 3" ] || return 1
	done
}
ok "all three have a charter of three, and the others' records" until_true 90 all_in
ok "the token is in no log" not grep -q "$token" "$T/mali/log" "$T/burkina/log"
