#!/bin/bash
# Three parties, mali, burkina and niger, each in a network namespace with a
# real sshd, its own nats-server and its own Liptako. They found an alliance,
# one is attacked by a real ssh client, and all three shut the attacker out.
# Prints what happens and ends with "all held", or with what did not.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/journald.sh
. "$TOP/tests/lib/journald.sh"
# shellcheck source=tests/lib/sshd.sh
. "$TOP/tests/lib/sshd.sh"
# shellcheck source=tests/demo/lib.sh
. "$TOP/tests/demo/lib.sh"
need root nft ip jq python3 ssh-keygen sshd ssh sshpass nats-server
own_mounts "$@"
private_places && sshd_users || exit 1

headline "three hosts, none of which knows the others"
bridge
for h in $PARTIES thief second guest rebel; do plug "$h"; done
for h in $PARTIES; do
	party_new "$h"
	held "$h: a real sshd answers" sshd_up "$h"
	held "$h: liptako is up" liptako_up "$h"
	watch_kernel "$h"
	watch_log "$h"
done

headline "the charter"
charter_of_three

[ -z "${STOP_AT_CHARTER:-}" ] || { the_end; exit; }

headline "an attack on one"
since=$(now_ms)
held "a stranger guesses passwords at mali until mali's door is shut" \
	attack thief mali
held "line, doors, notice and receipts can be followed" \
	timeline "${AT[thief]}" "$since"
for h in burkina niger; do
	held "$h has shut it, too" until_true 10 is_closed "$h" "${AT[thief]}"
	held "the attacker cannot even connect to $h" \
		not can_connect thief "${AT[$h]}"
	held "why says who, what and by which clause" \
		why_has "$h" "${AT[thief]}" "mali"
done
held "a stranger who did nothing gets through" \
	can_connect guest "${AT[burkina]}"
[ -z "${SHOW:-}" ] || {
	on burkina why "${AT[thief]}"
	on mali why "${AT[thief]}"
	on mali alliance
}

headline "a pardon"
since=$(now_ms)
held "mali takes it back" into "$T/out" on mali pardon "${AT[thief]}"
for h in $PARTIES; do
	held "$h opens" until_true 10 not is_closed "$h" "${AT[thief]}"
done
diag "all three within $(($(now_ms) - since)) ms"
held "the address gets through at burkina" can_connect thief "${AT[burkina]}"

headline "an attack out of an ally's own territory"
held "an address of burkina's attacks mali, which shuts it" attack rebel mali
held "and refers it to burkina" until_true 10 says mali "referred net=${AT[rebel]}"
sleep 2
for h in burkina niger; do
	held "$h does not: it is burkina's to settle" \
		can_connect rebel "${AT[$h]}"
done

headline "a link is cut"
cable niger down
held "mali is attacked meanwhile" attack second mali
held "burkina shuts it" until_true 10 is_closed burkina "${AT[second]}"
held "niger, cut off, does not know" not is_closed niger "${AT[second]}"
sleep "${CUT:-60}"
cable niger up
since=$(now_ms)
held "niger catches up" until_true 60 is_closed niger "${AT[second]}"
diag "$(($(now_ms) - since)) ms after the cable was in again"

headline "a nats-server is killed"
post_pid() { pgrep -f "^nats-server -c $T/$1/state/post/nats.conf" | head -1; }
old=$(post_pid mali)
held "mali's nats-server is killed with SIGKILL" kill -9 "$old"
back() { local p; p=$(post_pid mali); [ -n "$p" ] && [ "$p" != "$old" ]; }
held "and is started again" until_true 15 back
held "the allies come back" until_true 40 lines_up burkina 3
AT[late]=77.1.9.68
plug late
held "mali is attacked" attack late mali
held "niger shuts the attacker, too" until_true 20 is_closed niger "${AT[late]}"

headline "forged, replayed, a traitor"
id=$(on mali party list --json | jq -r '.[0] | .id // .alliance')
party_id() { about "$1" ".parties[] | select(.party == \"$2\") | .id"; }
niger_id=$(party_id mali niger)
forge() { # RUN SEQ ADDRESS N [bad]
	"$BUILD/tests/stub/stub-forge" "$T/niger/state/keys/envoy.key" "$id" \
		"$niger_id" "$@"
}
said_by_niger() {
	in_space niger python3 "$TOP/tests/demo/publish.py" \
		"$T/niger/state" "${AT[niger]}" "$id" niger
}
closed_in() { # PARTY PREFIX: how many of these addresses
	in_space "$1" nft list table inet liptako | grep -o "\b$2[0-9.]*" |
		sort -u | wc -l
}
run=$(now_ms)
forge "$run" 1 77.3.1.1 3 bad | said_by_niger >"$T/out"
sleep 2
is "a wrong signature closes nothing" "$(closed_in mali 77.3.1.)" 0 &&
	HELD=$((HELD + 1)) || BROKEN+=("a wrong signature closes nothing")
forge $((run + 1)) 1 77.3.2.1 1 >"$T/once"
said_by_niger <"$T/once" >"$T/out"
held "a right one closes" until_true 10 is_closed mali 77.3.2.1
on mali pardon 77.3.2.1 >"$T/out"
until_true 20 not is_closed mali 77.3.2.1
said_by_niger <"$T/once" >"$T/out"
sleep 2
held "the same again closes nothing" not is_closed mali 77.3.2.1
forge $((run + 2)) 1 77.4.0.1 10000 | said_by_niger >"$T/out"
some() { [ "$(closed_in "$1" 77.4.)" -gt 0 ]; }
until_true 20 some mali && until_true 20 some burkina && sleep 4
for h in mali burkina; do
	n=$(closed_in "$h" 77.4.)
	diag "of 10,000 notices $h closed $n"
	held "at most the budget of one on probation" [ "$n" -le 32 ]
	held "and some" [ "$n" -gt 0 ]
done
forge $((run + 3)) 1 "${AT[mali]}" 2 | said_by_niger >"$T/out"
forge $((run + 4)) 1 9.9.9.9 1 | said_by_niger >"$T/out"
sleep 2
held "never a party's own address" not is_closed burkina "${AT[mali]}"
held "never a protected resolver" not is_closed burkina 9.9.9.9

headline "an old snapshot, and a perjurer"
perjury() { on "$1" alliance --json 2>/dev/null |
	jq -e '[.. | .perjurers? // empty] | any(. != 0 and . != [])' >/dev/null; }
liptako_down burkina
cp -a "$T/burkina/state" "$T/burkina/old"
held "burkina is up again" liptako_up burkina
held "its lines, too" until_true 40 lines_up burkina 3
AT[again]=77.1.9.69
plug again
held "burkina is attacked" attack again burkina
held "mali shuts it" until_true 20 is_closed mali "${AT[again]}"
liptako_down burkina
rm -rf "$T/burkina/state" && mv "$T/burkina/old" "$T/burkina/state"
held "burkina is put back to before that" liptako_up burkina
held "its lines come up" until_true 40 lines_up burkina 3
sleep 3
held "and it is not taken for a perjurer" not perjury mali
forge $((run + 9)) 1 77.5.1.1 1 | said_by_niger >"$T/out"
forge $((run + 9)) 1 77.5.1.2 1 | said_by_niger >"$T/out"
held "niger's key says two things under one number: found" \
	until_true 20 says mali perjur

headline "a party withdraws"
held "burkina leaves" into "$T/out" on burkina withdraw --yes
gone() { [ "$(about "$1" '.parties[] | select(.party == "burkina") | .present')" = false ]; }
for h in mali niger; do
	held "$h knows" until_true 30 gone "$h"
done

the_end
