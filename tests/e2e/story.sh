#!/bin/bash
# One host defends itself: a real sshd, attacked by a real ssh client with
# wrong passwords, seen through a real journald. The attacker is shut out,
# the operator's session is not, why tells the story, pardon opens again.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/journald.sh
. "$(dirname "$0")/../lib/journald.sh"
# shellcheck source=tests/lib/sshd.sh
. "$(dirname "$0")/../lib/sshd.sh"
need root nft ip sshd ssh sshpass jq
[ -x /lib/systemd/systemd-journald ] || skip_all "needs systemd-journald"
own_mounts "$@"
plan 19
at_exit() { units_clean; }
lpt() { in_space gate "$BUILD/liptako" "$@" --run "$T/run"; }

journald_start && sshd_users || exit 1
space gate; space thief; space desk
wire gate 10.66.1.1/24 thief 10.66.1.2/24
wire gate 10.66.2.1/24 desk 10.66.2.2/24
ok "a real sshd answers" sshd_start gate
ok "the operator can log in" ssh_try desk 10.66.2.1 secret
spawn ssh_session desk 10.66.2.1 secret
ok "and stays" until_true 20 sh -c 'who /run/utmp | grep -q 10.66.2.2'

mkdir "$T/state"
: >"$T/liptako.yaml"
spawn in_space gate "$BUILD/liptakod" --foreground --rules "$TOP/rules" \
	--config "$T/liptako.yaml" --state "$T/state" --run "$T/run" \
	>"$T/liptakod.log" 2>&1
answers() { lpt status >/dev/null 2>&1; }
ok "liptakod starts and answers" until_true 10 answers
lpt status --json >"$T/status.json"
ok "it reads the journal" json_has "$T/status.json" \
	'.sources[] | select(.kind == "journal")'

logger -t sshd "Failed password for root from 10.66.1.2 port 4 ssh2"
for i in 1 2 3 4; do ssh_try thief 10.66.1.1 "wrong$i"; done
ok "four failures are not enough" can_connect thief 10.66.1.1
ssh_try thief 10.66.1.1 wrong5
ok "the fifth closes the door" until_true 20 not can_connect thief 10.66.1.1
for i in 1 2 3 4 5 6 7; do ssh_try desk 10.66.2.1 "typo$i"; done
ok "the operator's own address stays open" can_connect desk 10.66.2.1

lpt why 10.66.1.2 >"$T/why" 2>&1
# PAM says it two seconds before sshd does, where its line is logged
ok "why names the rule" grep -Eq "openssh/(auth-failure|pam-auth)" "$T/why"
ok "why shows the log line" grep -Eq "Failed password for op from 10.66.1.2|authentication failure;.* rhost=10.66.1.2 " "$T/why"
lpt why 10.66.1.2 --json >"$T/why.json"

is "five failures were counted, the forged line was not" \
	"$(jq -r ".measures[0].count" "$T/why.json")" 5
dropped() {
	lpt list --json >"$T/list.json" 2>/dev/null
	json_has "$T/list.json" '.. | .packets? // 0 | select(. > 0)'
}
ok "the kernel dropped packets" until_true 20 dropped
lpt why-not 10.66.2.2 >"$T/whynot" 2>&1
ok "why-not says what protects the operator" grep -qi "session" "$T/whynot"

ok "pardon" lpt pardon 10.66.1.2
ok "and the door is open" until_true 20 can_connect thief 10.66.1.1
ok "deny by hand closes it" lpt deny 10.66.1.2 10m
ok "at once" until_true 20 not can_connect thief 10.66.1.1

in_space gate "$BUILD/liptako" disarm >/dev/null 2>&1
ok "disarm opens everything" until_true 20 can_connect thief 10.66.1.1
not_claimed() {
	lpt list >"$T/list"
	lpt why 10.66.1.2 >"$T/held"
	lpt status >"$T/status"
	lpt deny --yes 10.66.1.2 10m >"$T/denied"
	grep -q "None of them is in the kernel" "$T/list" &&
		grep -q "holds nothing" "$T/held" &&
		grep -q "none of .* is in the kernel" "$T/status" &&
		grep -q "is disarmed" "$T/denied"
}
ok "and nobody claims the contrary" until_true 20 not_claimed
[ -z "${SHOW:-}" ] || cat "$T/liptakod.log" "$T/why" "$T/whynot"
