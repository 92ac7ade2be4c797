#!/bin/bash
# Any program of any of three parties, nats-server too, is killed at random
# while they are attacked and tell each other, and one party comes back from
# an old state folder: no recorded act is lost, none is recorded twice, no
# chain is forked, nobody is suspended, and who attacked anybody is shut out by
# all. 20 kills, 200 with LIPTAKO_LONG.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/demo/lib.sh
. "$TOP/tests/demo/lib.sh"
need root nft ip jq python3 ssh-keygen nats-server
rounds=${LIPTAKO_LONG:+200}
rounds=${rounds:-20}
RANDOM=${SEED:-42}
PROGRAMS=(judge judge notary envoy enforcer reader liptakod nats-server)

# What a service manager does, starts it again whenever it dies.
keep() { # PARTY
	while [ ! -e "$T/$1/still" ]; do
		in_space "$1" "$BUILD/liptakod" -f \
			--config "$T/$1/liptako.yaml" --rules "$TOP/rules" \
			--state "$T/$1/state" --run "$T/$1/run" \
			>>"$T/$1/log" 2>&1
		sleep 0.05
	done
}
kept() { # PARTY
	rm -f "$T/$1/still"
	spawn keep "$1" 2>/dev/null
	KEEPER[$1]=$PID
	until_true 20 answers "$1"
}
# all_gone PARTY: as if the power went.
all_gone() {
	touch "$T/$1/still"
	# shellcheck disable=SC2046 # pids
	kill -9 $(warden_of "$1") $(pgrep -P "$(warden_of "$1")") 2>/dev/null
	wait "${KEEPER[$1]}" 2>/dev/null
	until_true 10 not running "$1" nats-server
}
warden_of() { cat "$T/$1/run/liptakod.pid" 2>/dev/null; }
# running PARTY PROGRAM: sets VICTIM. Most have a network namespace of their
# own: they are found as the warden's children.
running() {
	local p w
	w=$(warden_of "$1") || return 1
	for p in "$w" $(pgrep -P "$w") $(ip netns pids "$ID-$1"); do
		[ "$(cat "/proc/$p/comm" 2>/dev/null)" = "$2" ] || continue
		VICTIM=$p
		return 0
	done
	return 1
}
kill_in() { # PARTY PROGRAM
	until_true 20 running "$1" "$2" && kill -9 "$VICTIM" 2>/dev/null && return
	diag "no $2 to kill at $1"
	return 1
}
# attacked PARTY: five failures of an address that nobody saw before.
attacked() {
	local i who
	NTH=$((NTH + 1))
	who=45.8.$((NTH / 250)).$((NTH % 250 + 1))
	ATTACKERS+=("$who")
	for i in 1 2 3 4 5; do
		printf '%s gate sshd[%d]: Failed password for root from %s port 22%02d ssh2\n' \
			"$(date '+%b %e %T')" $((NTH * 5 + i)) "$who" "$i"
	done >>"$T/$1/auth.log"
}
# Who is on probation closes less; most attacks are on the founder.
somebody() {
	if [ $((ROUND % (rounds / 5))) = 0 ]; then
		echo burkina
	elif [ $((ROUND % (rounds / 5))) = 1 ]; then
		echo niger
	else
		echo mali
	fi
}
# any_of WORD...: sets PICKED; a subshell would draw from another seed.
any_of() { shift $((RANDOM % $#)); PICKED=$1; }
so_far() { diag "$* after $((SECONDS - BEGAN)) s"; }

declare -A KEEPER=()
ATTACKERS=() NTH=0 KILLED=0 BEGAN=$SECONDS
bridge
for h in $PARTIES; do
	plug "$h"
	party_new "$h"
	held "$h is up" kept "$h"
done
charter_of_three
so_far "an alliance of three"
for ((ROUND = 0; ROUND < rounds; ROUND++)); do
	attacked "$(somebody)"
	sleep "0.$((RANDOM % 4))"
	# shellcheck disable=SC2086 # words
	any_of $PARTIES
	h=$PICKED
	any_of "${PROGRAMS[@]}"
	kill_in "$h" "$PICKED" && KILLED=$((KILLED + 1))
	# an ally's word closes no more than 256 at once
	[ $((ROUND % 2)) = 0 ] || [ "$NTH" -ge 180 ] || attacked mali
	sleep "0.$((RANDOM % 4))"
	until_true 20 answers "$h"
	case $ROUND in
	4) all_gone niger
		cp -a "$T/niger/state" "$T/niger/old"
		kept niger ;;
	12) all_gone niger
		rm -rf "$T/niger/state"
		mv "$T/niger/old" "$T/niger/state"
		kept niger ;;
	esac
	# no more than an ally's word closes in a minute
	[ $((ROUND % 20)) != 19 ] || [ "$ROUND" = $((rounds - 1)) ] || sleep 5
done
so_far "$KILLED kills"
held "programs were killed $rounds times" [ "$KILLED" -ge $((rounds - 2)) ]
for h in $PARTIES; do
	held "$h: its lines are up again" until_true 60 lines_up "$h" 3
done

# All of them, shut at a party: by its own evidence, or on another's word.
shut_at() {
	in_space "$1" nft list table inet liptako 2>/dev/null |
		grep -o '\b45\.8\.[0-9]*\.[0-9]*\b' | sort -u >"$T/$1/shut"
	printf '%s\n' "${ATTACKERS[@]}" | sort -u | comm -23 - "$T/$1/shut" \
		>"$T/$1/open"
	[ ! -s "$T/$1/open" ]
}
all_shut() {
	local h
	for h in $PARTIES; do shut_at "$h" || return 1; done
}
explain() {
	diag "open at $1: $(tr '\n' ' ' <"$T/$1/open")"
	grep -E ' (perjury|lapse|over-quota|not-signed|own-quota) ' "$T/$1/log" |
		tail -8 | sed 's/^/#   /'
	on "$1" alliance --json | jq -c '.counts' | sed 's/^/#   /'
}
until_true 60 all_shut
so_far "who attacked is shut out, or not,"
for h in $PARTIES; do
	held "$h shuts out all ${#ATTACKERS[@]} attackers" shut_at "$h" ||
		explain "$h"
done
same_as_ledger() {
	on "$1" list --json | jq -r '.measures[].net' | grep '^45\.8\.' |
		sort -u >"$T/$1/ledger"
	shut_at "$1"
	cmp -s "$T/$1/ledger" "$T/$1/shut"
}
for h in $PARTIES; do
	held "$h: kernel and ledger agree" until_true 10 same_as_ledger "$h"
done

books() {
	local h args=()
	for h in $PARTIES; do
		rm -f "$T/$h/dump"
		on "$h" alliance export "$T/$h/dump" 2>/dev/null || return 1
		args+=("$h=$(on "$h" alliance --json | jq -r \
			'.alliances[0].envoy')=$T/$h/dump")
	done
	python3 "$TOP/tests/lib/ledgers.py" "${args[@]}" >"$T/books"
}
complete() { books && grep -q '^lacking 0$' "$T/books"; }
held "no recorded act is lost" until_true 60 complete
so_far "all ledgers are whole, or not,"
sed 's/^/# /' "$T/books"
held "none is recorded twice" grep -q '^twice 0$' "$T/books"
held "no chain is forked" grep -q '^forked 0$' "$T/books"
for h in $PARTIES; do
	on "$h" alliance --json >"$T/$h/alliance.json"
	held "$h: nobody is suspended, nobody a perjurer" into "$T/out" jq -e \
		'.perjurers == 0 and .counts.perjury == 0 and
		([.parties[] | select(.suspended)] | length) == 0' \
		"$T/$h/alliance.json"
done
held "an independent reader finds nothing wrong in mali's" into "$T/verified" \
	python3 "$TOP/tests/verify/liptako_verify.py" chain "$T/mali/dump"
the_end
