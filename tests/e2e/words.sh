#!/bin/bash
# The operator's commands on a real daemon: what they answer, how they exit,
# and that a word holds whatever dies in between.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
need root nft ip jq script
plan 56
space gate; space street
wire gate 10.66.1.1/24 street 10.66.1.2/24
NS_gate=$ID-gate
lpt() { ip netns exec "$NS_gate" "$BUILD/liptako" "$@"; }
export LIPTAKO_RUN=$T/run
held() { lpt list --json | jq -e ".measures[] | select(.net == \"$1\" and .kernel)" >/dev/null; }
lines() { # ADDRESS N
	for i in $(seq "$2"); do
		echo "$(date '+%b %e %H:%M:%S') gate sshd[$((RANDOM))]:" \
			"Failed password for root from $1 port $((4000 + i)) ssh2"
	done >>"$T/auth.log"
}

ok "help may stand behind what is done" sh -c \
	"'$BUILD/liptako' charter amend --help | grep -q '^usage: liptako charter'"
ok "or before it" sh -c "'$BUILD/liptako' help why | grep -q '^usage: liptako why'"
ok "without a daemon status exits 3" exits 3 lpt status
ok "and says how to start it" grep -q "systemctl start liptako" "$T/err"
: >"$T/auth.log"
cat >"$T/liptako.yaml" <<END
find: no
sources:
- file: $T/auth.log
  service: openssh
allow:
- addr: 203.0.113.77
END
mkdir "$T/state"
spawn ip netns exec "$NS_gate" "$BUILD/liptakod" -f --config "$T/liptako.yaml" \
	--rules "$TOP/rules" --state "$T/state" --run "$T/run" \
	>"$T/log" 2>&1
D=$PID
up() { lpt status >/dev/null 2>&1; }
ok "status exits 0 once the host is defended" until_true 10 up
ok "list of nothing exits 1" exits 1 lpt list
ok "an unknown option exits 2" exits 2 lpt list --sort colour
ok "no address exits 2" exits 2 lpt why
ok "a name is no address" exits 2 lpt deny example.org

lines 203.0.113.5 6
lines 203.0.113.6 3
ok "five failures are shut out" until_true 20 held 203.0.113.5
ok "why exits 0" exits 0 lpt why 203.0.113.5
ok "why gives the reason" grep -q "openssh/auth-failure 5 times within 10 min" "$T/out"
is "why shows five lines of the log" \
	"$(grep -c "Failed password for root from 203.0.113.5" "$T/out")" 5
ok "why of somebody else exits 1" exits 1 lpt why 203.0.113.6
ok "with --json, too" exits 1 lpt why --json 203.0.113.6
lpt why 203.0.113.0/24 >"$T/out"
ok "why of a range names who is in it" \
	grep -q "Within it 1 is shut out: 203.0.113.5" "$T/out"
cp "$BUILD/liptako" "$T/liptako"
ok "who has no right may not disarm" exits 4 ip netns exec "$NS_gate" \
	setpriv --reuid 65534 --regid 65534 --clear-groups "$T/liptako" disarm
ok "why-not exits 0" exits 0 lpt why-not 203.0.113.6
ok "why-not says what is missing" grep -q "3 of 5 within 10 min" "$T/out"
lpt why-not 203.0.113.77 >"$T/out"
ok "why-not names the line of the allow list" \
	grep -q "allow list (203.0.113.77, liptako.yaml line 6)" "$T/out"
mv "$T/auth.log" "$T/auth.log.1"
: >"$T/auth.log"
lpt why 203.0.113.5 >"$T/out"
is "lines are found in the rotated log" \
	"$(grep -c "Failed password for root from 203.0.113.5" "$T/out")" 5
sed -i 's/Failed/Forged/' "$T/auth.log.1"
lpt why 203.0.113.5 >"$T/out"
ok "a line that was changed is not shown" not grep -q "Forged" "$T/out"
ok "but said to be gone" grep -q "rotated away" "$T/out"

ok "deny --dry-run" exits 0 lpt deny --dry-run 198.51.100.7 2h
ok "changes nothing" not held 198.51.100.7
ok "deny" exits 0 lpt deny 198.51.100.7 2h --note "$(printf 'a \033[31mnote')"
ok "is in the kernel at once" held 198.51.100.7
lpt why 198.51.100.7 >"$T/out"
ok "the note is shown with its bytes escaped" grep -qF 'a \x1b[31mnote' "$T/out"
ok "a /16 is refused" exits 1 lpt deny 198.51.0.0/16
ok "what is protected is refused" exits 1 lpt deny 10.66.1.1
ok "and why" grep -q "own address" "$T/err"
ok "one's own session needs --yes" env SSH_CONNECTION="198.51.100.9 1 10.66.1.1 22" \
	LIPTAKO_RUN="$LIPTAKO_RUN" ip netns exec "$NS_gate" sh -c \
	"! '$BUILD/liptako' deny 198.51.100.9 </dev/null 2>/dev/null"
ok "allow me" exits 0 env SSH_CONNECTION="198.51.100.9 1 10.66.1.1 22" \
	ip netns exec "$NS_gate" "$BUILD/liptako" allow me 2h
ok "then deny of me is refused" exits 1 lpt deny 198.51.100.9 --yes
ok "allow of somebody who is shut out" exits 0 lpt allow 198.51.100.7 1h
ok "opens" not held 198.51.100.7

judge_pid() { lpt status --json | jq -r '.programs[] | select(.program == "judge").pid'; }
P=$(judge_pid)
kill -9 "$P"
ok "the judge comes back" until_true 10 up
ok "it still holds what it held" held 203.0.113.5
lpt why-not 198.51.100.7 >"$T/out"
ok "and knows the operator's word" grep -q "allowed by the operator" "$T/out"

ok "reload exits 0" exits 0 lpt reload
ok "and says that nothing is different" grep -q "Nothing is different" "$T/out"
: >"$T/other.log"
sed -i "2i term: 2h" "$T/liptako.yaml"
sed -i "s|^allow:|- file: $T/other.log\n&|" "$T/liptako.yaml"
lpt reload >"$T/out"
ok "or what is" grep -q "^+ term: 2h" "$T/out"
ok "and which logs are new" grep -q "^+ log $T/other.log" "$T/out"
lines 203.0.113.6 2
ok "windows go on over a crash and a reload" until_true 20 held 203.0.113.6
lpt conf --file "$T/liptako.yaml" >"$T/out"
ok "conf names the line a value comes from" grep -q "find: no.*# $T/liptako.yaml:1" "$T/out"
sed -i "s|^allow:|- file: $T/nobody-writes.log\n&|" "$T/liptako.yaml"
lpt reload >/dev/null
lpt doctor >"$T/out"
ok "doctor names a log that is not there" \
	grep -q "nobody-writes.log: not there" "$T/out"
mkdir "$T/nobody-writes.log"
lpt doctor >"$T/out"
ok "and one that is a folder" grep -q "nobody-writes.log: a folder" "$T/out"
echo "mode: watch" >>"$T/liptako.yaml"
lpt reload >"$T/out"
ok "a reload that opens nothing says so" grep -q "liptako disarm opens it" "$T/out"
watches() {
	lpt status --json >"$T/status.json"
	jq -e .watch_only "$T/status.json" >/dev/null
}
ok "then it only watches" until_true 20 watches
lpt list >"$T/out"
ok "and list says so" grep -q "only watches" "$T/out"
sed -i '$d' "$T/liptako.yaml"
lpt reload >/dev/null
ok "and defends again" until_true 20 up
lpt deny 198.51.100.8 forever >/dev/null
lpt list >"$T/out"
ok "for ever is for ever" grep -q "^198.51.100.8 .*  for ever " "$T/out"
ok "pardon exits 0" exits 0 lpt pardon 203.0.113.5
ok "and again 1" exits 1 lpt pardon 203.0.113.5
(sleep 2; printf q) | TERM=xterm timeout 20 ip netns exec "$NS_gate" script -qec \
	"stty rows 24 cols 80; '$BUILD/liptako' top" /dev/null >"$T/out" 2>&1
ok "top shows the measures and ends with q" grep -aq 203.0.113.6 "$T/out"
kill "$D"
ok "measures outlive the daemon" sh -c \
	"sleep 1; ip netns exec $NS_gate nft list ruleset | grep -q 203.0.113.6"
ip netns exec "$NS_gate" "$BUILD/liptako" disarm >/dev/null 2>&1
