#!/bin/bash
# Two parties over the network, with everything real: an attack on one is shut
# out by the other; a receipt, why, a pardon, an ally's own address, a wrong
# kill and what was forgotten. Then the latency from line to kernel.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/parties.sh
. "$(dirname "$0")/../lib/parties.sh"
# shellcheck source=tests/lib/desk.sh
. "$(dirname "$0")/../lib/desk.sh"
need root nft ip jq ssh-keygen nats-server curl
plan 27
# shellcheck disable=SC2034 # parties_up reads it
YAML="desk: {on: yes, listen: ['127.0.0.1:7406'], bouncers: []}"
AT=([mali]=45.9.1.1 [burkina]=45.9.2.1)
parties_up mali burkina
ok "a charter of two holds at both" ally mali burkina

# an attack: five failures within a second, by a new address
attack() { # HOST ADDRESS
	local i
	for i in 1 2 3 4 5; do
		printf '%s gate sshd[%d]: Failed password for root from %s port 2200 ssh2\n' \
			"$(date '+%b %e %T')" "$i" "$2"
	done >>"$T/$1/auth.log"
}
shut() { # HOST ADDRESS
	in_space "$1" nft list table inet liptako 2>/dev/null |
		grep -q "[ {]$2 "
}
open_at() { ! shut "$@"; }
n=0
heard() { # a line is up in both directions when a notice arrives
	n=$((n + 1))
	attack mali "45.7.1.$n"
	until_true 3 shut burkina "45.7.1.$n"
}
ok "an attack on mali is shut out at burkina" until_true 90 heard
back() {
	n=$((n + 1))
	attack burkina "45.7.2.$n"
	until_true 3 shut mali "45.7.2.$n"
}
ok "and the other way round" until_true 90 back
attack mali 45.7.3.1
ok "at mali by own evidence" until_true 20 shut mali 45.7.3.1
ok "at burkina by mali's word" until_true 20 shut burkina 45.7.3.1
on burkina why 45.7.3.1 >"$T/why" 2>&1
ok "why names the ally, its evidence, the clause and the signature" grep -q \
	"Ally mali (sahel, charter version 2) gave notice .* own act evidence of openssh.*signature verified" "$T/why"
ok "and the clause" grep -q "clause 4" "$T/why"
answered() { on mali why 45.7.3.1 2>/dev/null | grep -q "burkina: assisting by deny"; }
ok "mali is told who assists" until_true 10 answered

on mali pardon 45.7.3.1 >/dev/null 2>&1
ok "a pardon opens at mali" until_true 20 open_at mali 45.7.3.1
ok "and at burkina, within two seconds" until_true 2 open_at burkina 45.7.3.1

attack mali 45.9.2.7
ok "an attack out of an ally's territory: our own policy" \
	until_true 20 shut mali 45.9.2.7
settles() { on burkina settle 45.9.2.7 >/dev/null 2>&1; }
ok "is referred to the ally, who settles it" until_true 10 settles
ok "and does not shut itself out" open_at burkina 45.9.2.7

attack mali 45.7.4.4
until_true 20 shut burkina 45.7.4.4
on mali forget --lift 45.7.4.4 >/dev/null 2>&1
ok "what is forgotten opens at the ally" until_true 20 open_at burkina 45.7.4.4
erased() {
	! grep -qaP '\x2d\x07\x04\x04' "$T"/*/state/ledger/ledger.db*
}
ok "and is in no ledger" until_true 20 erased
nowhere() { ! grep -rqaP '\x2d\x07\x04\x04|45\.7\.4\.4' "$T"/*/state; }
ok "nor in an outbox, or anything else of either's state" until_true 30 nowhere

# what Prometheus reads of an alliance that is at work
page() { # PARTY: its metrics, in $T/PARTY.page
	in_space "$1" curl -sf -m 10 -o "$T/$1.page" http://127.0.0.1:7406/metrics
}
counts() { # PARTY PATTERN: is there a sample of it, and more than nothing?
	page "$1" && grep -E "^$2" "$T/$1.page" | grep -qv ' 0$'
}
ok "mali's metrics count the receipts" until_true 30 counts mali 'liptako_receipts_total\{.*burkina'
ok "and the notices it gave" counts mali 'liptako_notices_sent_total '
ok "burkina's count the notices it got" until_true 30 counts burkina 'liptako_notices_received_total\{.*mali'
ok "and say that the post is up" until_true 30 counts burkina 'liptako_post_up\{'
ok "what the word of mali is worth" counts burkina 'liptako_party_credit\{.*mali'
ok "and which charter holds" counts burkina 'liptako_charter_version\{.*sahel'
checked() {
	peer prometheus || { diag "no promtool: not checked"; return 0; }
	"$PEER/usr/bin/promtool" check metrics <"$T/$1.page" >"$T/lint" 2>&1 &&
		[ ! -s "$T/lint" ] || { cat "$T/lint"; return 1; }
}
both_checked() { checked mali && checked burkina; }
ok "promtool has nothing against either" both_checked
ok "and nobody's address is a label" not grep -E '[{,][^}]*"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+' "$T/mali.page" "$T/burkina.page"

attack mali 45.7.5.5
until_true 20 shut burkina 45.7.5.5
judge_of() { # HOST
	on "$1" status --json 2>/dev/null |
		jq '.programs[] | select(.program == "judge") | .pid'
}
was=$(judge_of burkina)
kill -9 "$was"
attack mali 45.7.5.6
ok "a judge that was killed catches up" until_true 20 shut burkina 45.7.5.6
ok "by another process" [ "$(judge_of burkina)" != "$was" ]
# what was not yet in the ledger is not acknowledged: the post has it still
ok "and what stood stands, or is handed on again" \
	until_true 15 shut burkina 45.7.5.5
diag "$(on burkina alliance 2>/dev/null | head -12)"
