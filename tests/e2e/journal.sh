#!/bin/bash
# A real systemd-journald: units decide whose entries they are, forged lines
# are no evidence, rotation and kills lose nothing.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/journald.sh
. "$(dirname "$0")/../lib/journald.sh"
# shellcheck source=tests/lib/sshd.sh
. "$(dirname "$0")/../lib/sshd.sh"
# shellcheck source=tests/lib/keeper.sh
. "$(dirname "$0")/../lib/keeper.sh"
need root sshd ssh sshpass setpriv journalctl
[ -x /lib/systemd/systemd-journald ] || skip_all "needs systemd-journald"
[ -x "$STUB/stub-judge" ] || skip_all "needs a build with tests"
own_mounts "$@"
plan 14
at_exit() { units_clean; }
journald_start && sshd_users || exit 1
keeper_lib
cp "$TOP/rules/privilege.yaml" "$T/rules/"
# service NAME FILE KEYS PATTERN LINE: a service that knows one refusal.
service() {
	cat >"$T/rules/$1.yaml" <<EOC
service: $1
about: a service of this test
programs: [$1]
files: [$2]
$3
rules:
- name: no
  about: refused
  kind: bruteforce
  attack: T1110
  evidence: own-act
  where: [syslog, plain]
  match: ['$4']
  when: 5 in 10m
  examples:
  - line: 'Nov 22 10:00:00 h $1[1]: $5'
    ip: 203.0.113.5
EOC
}
# without units, and it logs where everybody does
service shared /var/log/auth.log "" 'refused <user> by shared from <ip>' \
	'refused x by shared from 203.0.113.5'
# says the same in the journal and in a file of its own
service demo "$T/log/demo.log" 'units: [demo.service]' \
	'refused <user> from <ip>' 'refused x from 203.0.113.5'
keeper_conf </dev/null
: >"$T/log/demo.log"
: >/var/log/auth.log
space gate
keeper_start
ok "the journal is found" until_true 20 grep -q "journal:.*openssh" "$T/keeper.log"
until_true 20 test -s "$T/state/ledger/seen.bin"

# say UNIT IDENT FROM TO [logger's option...]: lines from FROM to TO.
say() {
	local unit=$1 ident=$2 from=$3 to=$4
	shift 4
	(awk -v a="$from" -v b="$to" 'BEGIN { for (i = a; i <= b; i++)
		printf "Failed password for u%d from 203.0.113.%d port 22 ssh2\n",
			i, i % 250 + 1 }'; sleep 0.1; heard) |
		in_unit "$unit" logger -t "$ident" "$@"
}
n=0
say ssh.service sshd 1 20 && n=20
counted "entries of ssh.service count" "$n"
logger -t sshd "Failed password for root from 198.51.100.1 port 4 ssh2"
setpriv --reuid 4242 --regid 4242 --clear-groups \
	logger -t sshd "Failed password for root from 198.51.100.2 port 4 ssh2"
say session-3.scope sshd 900 905
say evil-ssh.service sshd 906 909
setpriv --reuid 4242 --regid 4242 --clear-groups \
	logger -t sudo "  op : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh"
counted "what others say in sshd's or sudo's name does not" "$n"

sshd_start gate || echo "# sshd did not start"
for i in 1 2 3; do ssh_try gate 127.0.0.1 "wrong$i"; done
until_true 20 seen_is $((n + 3))
ok "a real sshd's refusals count" [ "$(seen | cut -d' ' -f2)" -ge $((n + 3)) ]
n=$(seen | cut -d' ' -f2)
# sshd's own messages may be the same twice: they have no date in them
SAME=$((n - $(seen | cut -d' ' -f4)))
for i in 1 2 3; do
	say ssh.service sshd $((1000 + i * 40)) $((1019 + i * 40))
	kill -USR2 "$JOURNALD"
	say ssh.service sshd $((1020 + i * 40)) $((1039 + i * 40))
	n=$((n + 40))
done
counted "the journal rotates while lines come in" "$n"
journalctl --rotate --vacuum-files=1 >/dev/null 2>&1
say ssh.service sshd 2000 2019
n=$((n + 20))
counted "old journal files are removed" "$n"

( for i in $(seq 0 59); do
	say ssh.service sshd $((3000 + i * 5)) $((3004 + i * 5))
done ) &
FEED=$!
RANDOM=7
for i in $(seq 6); do
	case $((RANDOM % 3)) in
	0) p=$(keeper_pid scribe) ;;
	1) p=$(keeper_pid reader) ;;
	2) p=$(keeper_pid judge) ;;
	esac
	[ -n "$p" ] && kill -9 "$p"
	sleep "1.$((RANDOM % 10))"
done
wait $FEED
n=$((n + 300))
until_true 15 seen_is "$n"
counted "scribe, reader and judge are killed: nothing lost, nothing twice" "$n"

disown "$KEEPER"
kill -9 "$KEEPER"
say ssh.service sshd 4000 4009
n=$((n + 10))
sleep 0.3
keeper_start
counted "what the journal got while we were away" "$n"

both() {
	local i
	for i in $(seq "$1" "$2"); do
		echo "$(date '+%b %e %T') h demo[1]: refused u$i from 203.0.113.9" >>"$T/log/demo.log"
		(echo "refused u$i from 203.0.113.9"; sleep 0.1; heard) |
			in_unit demo.service logger -t demo
	done
}
both 1 10
n=$((n + 10))
counted "said in the journal and in a file it counts once" "$n"

# as rsyslog does beside journald
syslog() { echo "$(date '+%b %e %T') h $*" >>/var/log/auth.log; }
for i in $(seq 20); do
	syslog "sshd[9]: Failed password for u$i from 198.51.100.9 port 22 ssh2"
	syslog "shared[9]: refused u$i by shared from 203.0.113.99"
done
n=$((n + 20))
counted "of syslog's file only what the journal has not got" "$n"

say ssh.service liptako 5000 5003
say ssh.service sshd 6000 6000
n=$((n + 1))
counted "our own lines are no evidence" "$n"

# a second life of the daemon: the same sequence goes on
kill "$JOURNALD"
until_true 20 not kill -0 "$JOURNALD" 2>/dev/null
spawn /lib/systemd/systemd-journald 2>>"$T/journald.log"
JOURNALD=$PID
until_true 10 heard
say ssh.service sshd 7000 7009
n=$((n + 10))
counted "journald starts again" "$n"
in_unit ssh.service systemd-cat -t sshd bash -c "$(declare -f heard)
	echo 'Failed password for out from 203.0.113.78 port 2 ssh2'; heard"
n=$((n + 1))
counted "what a unit says on its standard output counts, too" "$n"
ok "no address of the forgers was seen" not sh -c \
	"'$STUB/stub-seen' -l '$T/state/ledger/seen.bin' | grep -q 198.51.100"
[ -z "${SHOW:-}" ] || cat "$T/keeper.log"
