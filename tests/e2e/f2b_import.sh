#!/bin/bash
# A fail2ban user switches: ten jails, two own filters, one of them broken, and
# 5,000 bans in force are taken over within two seconds; the jails count, shut
# out and run their commands; and it can all be rolled back.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/f2b.sh
. "$(dirname "$0")/../lib/f2b.sh"
need root nft ip jq sqlite3
plan 55
space gate
NS_gate=$ID-gate
export LIPTAKO_RUN=$T/run
C=$T/etc/fail2ban
mkdir -p "$C/filter.d" "$C/action.d" "$T/etc/liptako" "$T/log" "$T/state"

# Of our own making, in fail2ban's language.
cat >"$C/filter.d/door.conf" <<'E'
[INCLUDES]
before = door-common.conf
[Definition]
failregex = ^%(__prefix)srefused <F-USER>\S+</F-USER> at <HOST>$
            ^%(__prefix)sbad key from <ADDR> port \d+$
ignoreregex = refused keeper
E
cat >"$C/filter.d/door-common.conf" <<'E'
[DEFAULT]
__prefix = \s*\S+ doord\[\d+\]:\s+
E
# two lines make one failure: the session names the address first
cat >"$C/filter.d/session.conf" <<'E'
[Definition]
prefregex = ^<F-MLFID>\s*\S+ gated\[\d+\]: </F-MLFID><F-CONTENT>.+</F-CONTENT>$
failregex = ^<F-NOFAIL>connect</F-NOFAIL> from <HOST>$
            ^wrong word for <F-USER>\S+</F-USER>$
E
cat >"$C/filter.d/broken.conf" <<'E'
[Definition]
failregex = ^never closed (<HOST>
E
cat >"$C/action.d/note.conf" <<E
[Definition]
actionban = printf '%%s %%s %%s\\n' ban '<ip>' '<failures>' >> <file>
actionunban = echo unban <ip> >> <file>
[Init]
file = $T/log/notes
E
cat >"$C/action.d/iptables-multiport.conf" <<'E'
[Definition]
actionban = iptables -I f2b-<name> 1 -s <ip> -j <blocktype>
[Init]
blocktype = REJECT
E
cat >"$C/jail.conf" <<E
[DEFAULT]
ignoreip = 127.0.0.1/8 192.0.2.99
bantime = 10m
findtime = 10m
maxretry = 3
backend = polling
banaction = iptables-multiport
action = %(banaction)s[name=%(__name__)s, port="%(port)s"]
port = 0:65535
filter = %(__name__)s
enabled = false
[door]
logpath = $T/log/door.log
[session]
logpath = $T/log/session.log
[broken]
logpath = $T/log/door.log
[mailed]
filter = door
logpath = $T/log/mailed*.log
action = %(banaction)s[name=%(__name__)s, port="%(port)s"]
         note
[typo]
filter = nosuch
logpath = $T/log/door.log
E
for i in 1 2 3 4 5; do
	printf '[more%s]\nfilter = door\nlogpath = %s/log/more%s.log\n' \
		"$i" "$T" "$i" >>"$C/jail.conf"
done
for j in door session broken mailed typo more1 more2 more3 more4 more5; do
	printf '[%s]\nenabled = true\n' "$j"
	[ $j = door ] && printf 'bantime = 1h\nbantime.increment = true\nbantime.maxtime = 4h\n'
done >"$C/jail.local"
touch "$T/log/notes"
chmod 666 "$T/log/notes" # herald is nobody
touch "$T/log/door.log" "$T/log/session.log" "$T/log/mailed1.log"

now=$(date +%s)
f2b_bans "$T/f2b.sqlite3" 5000 door <<E
INSERT INTO bips VALUES ('203.0.113.200', 'door', $now - 7200, 600, 1, '{}');
INSERT INTO bips VALUES ('203.0.113.201', 'session', $now - 7200, -1, 3, '{}');
INSERT INTO bips VALUES ('127.0.0.1', 'door', $now, 600, 1, '{}');
INSERT INTO bips VALUES ('some-name', 'door', $now, 600, 1, '{}');
E
import() { lpt import --to "$T/etc/liptako/fail2ban" --database "$T/f2b.sqlite3" "$@" fail2ban "$C"; }

import --dry-run >"$T/dry"
is "a dry run says 1 while a jail is skipped" "$?" 1
ok "and changes nothing" not test -e "$T/etc/liptako/fail2ban"
import >"$T/out" 2>"$T/err"
ok "without a daemon it says what is to be done" grep -q "import again" "$T/err"
rm -rf "$T/etc/liptako/fail2ban"

printf 'find: no\njail-log: %s/fail2ban.log\n' "$T" >"$T/etc/liptako/liptako.yaml"
spawn ip netns exec "$NS_gate" "$BUILD/liptakod" -f --config "$T/etc/liptako/liptako.yaml" \
	--rules "$TOP/rules" --state "$T/state" --run "$T/run" >"$T/daemon" 2>&1
ok "the daemon runs" until_true 10 up
before=$(date +%s%N)
import --json >"$T/json"
is "the import works, with two jails skipped" "$?" 1
ms=$((($(date +%s%N) - before) / 1000000))
diag "the import took $ms ms"
ok "in less than two seconds" [ "$ms" -lt 2000 ]
is "of ten jails" "$(jq '.jails | length' "$T/json")" 10
is "two are skipped" "$(jq -r '[.jails[] | select(.state == "skipped") | .jail] | sort | join(" ")' "$T/json")" "broken typo"
ok "it says where and why" json_has "$T/json" \
	'.jails[] | select(.jail == "typo") | .remarks[] | select((.file | endswith("jail.conf")) and .line > 0 and (.text | test("nosuch")))'
is "5,001 bans are taken over" "$(jq .bans "$T/json")" 5001
is "what is no address, or protected, is not" "$(jq .bans_refused "$T/json")" 2
in_kernel() { [ "$(lpt list --json | jq '[.measures[] | select(.kernel)] | length')" = 5001 ]; }
ok "all of them are in the kernel" until_true 10 in_kernel
lpt why 100.64.7.1 >"$T/out"
ok "why says who gave it" grep -q "by fail2ban" "$T/out"
ok "and what the jail is called" grep -q "f2b-door/failure" "$T/out"
knows() { lpt why "$1" >/dev/null; }
ok "what had ended is not" not knows 203.0.113.200
ok "what never ends is" knows 203.0.113.201

held() { lpt list --json | jq -e ".measures[] | select(.net == \"$1\" and .kernel)" >/dev/null; }
stamp() { date '+%b %e %H:%M:%S'; }
refused() { # FILE ADDRESS N [USER]
	for i in $(seq "$3"); do
		echo "$(stamp) h doord[$i]: refused ${4:-bob$i} at $2"
	done >>"$T/log/$1"
}
refused door.log 203.0.113.1 3
refused door.log 203.0.113.2 2
refused door.log 203.0.113.3 9 keeper
refused door.log 192.0.2.99 9
ok "three failures of a jail shut out" until_true 5 held 203.0.113.1
left=$(lpt list --json | jq '.measures[] | select(.net == "203.0.113.1") | .until - now | floor')
ok "for as long as the jail says" [ "$((left / 60))" = 59 ]
ok "two do not" not held 203.0.113.2
ok "what ignoreregex names does not" not held 203.0.113.3
ok "nor whom ignoreip names" not held 192.0.2.99
lpt why-not 203.0.113.2 >"$T/out"
ok "why-not says how far it is" grep -q "2 of 3 within 10 min" "$T/out"
for i in 1 2 3; do
	echo "$(stamp) h gated[7$i]: connect from 203.0.113.4"
	echo "$(stamp) h gated[7$i]: wrong word for bob"
done >>"$T/log/session.log"
ok "a session's lines are joined" until_true 5 held 203.0.113.4
refused mailed2.log 203.0.113.5 3
ok "a log that appears under a glob is read" until_true 5 held 203.0.113.5
ok "its own command is run, with facts" until_true 5 grep -qx "ban 203.0.113.5 3" "$T/log/notes"
lpt pardon 203.0.113.5 >/dev/null
ok "and the other when he is let in again" until_true 5 grep -qx "unban 203.0.113.5" "$T/log/notes"
ok "the broken expression is named, with its place" json_has "$T/json" \
	'.jails[] | select(.jail == "broken") | .remarks[] | select((.file | endswith("broken.conf")) and .line == 2 and (.text | test("never closed")))'

logged() { grep -qE "^20..-..-.. ..:..:..,[0-9]{3} fail2ban\.actions        \[[0-9]+\]: NOTICE  \[$1\] $2\$" "$T/fail2ban.log"; }
ok "a ban is logged as fail2ban does" logged door "Ban 203.0.113.1"
ok "and its end" logged mailed "Unban 203.0.113.5"
export LIPTAKO_JAILS=$T/etc/liptako/fail2ban
ln -s "$BUILD/liptako" "$T/fail2ban-client"
f2b() { ip netns exec "$NS_gate" "$T/fail2ban-client" "$@"; }
is "fail2ban-client: ping" "$(f2b ping)" "Server replied: pong"
is "its status lists the jails" "$(f2b status | sed 's/\t/ /g' | tr '\n' ';')" \
	"Status;|- Number of jail: 8;\`- Jail list: door, mailed, more1, more2, more3, more4, more5, session;"
cat >"$T/want" <<E
Status for the jail: session
|- Filter
|  |- Currently failed:	0
|  |- Total failed:	3
|  \`- File list:	$T/log/session.log
\`- Actions
   |- Currently banned:	2
   |- Total banned:	2
   \`- Banned IP list:	203.0.113.201 203.0.113.4
E
f2b status session >"$T/got"
ok "a jail's status looks as it did" diff "$T/want" "$T/got"
is "a ban by hand says how many are new" "$(f2b set more2 banip 203.0.113.50 203.0.113.51)" 2
ok "and is one" held 203.0.113.50
is "again it is none" "$(f2b set more2 banip 203.0.113.50)" 0
is "whose bans they are" "$(f2b banned 203.0.113.50 203.0.113.99)" "[['more2'], []]"
f2b set more2 unbanip --report-absent 203.0.113.99 >"$T/out"
is "who is not banned is reported, with 255" "$?" 255
is "unban" "$(f2b unban 203.0.113.50)" 1
ok "opens" not held 203.0.113.50
is "set JAIL unbanip" "$(f2b set more2 unbanip 203.0.113.51)" 1
is "get bantime" "$(f2b get door bantime)" 3600
is "get ignoreip" "$(f2b get more2 ignoreip | tail -1)" "\`- 192.0.2.99"
f2b status nosuch >"$T/out"
is "no such jail" "$?" 255
f2b set door usedns yes >"$T/out"
ok "what is set elsewhere says where" grep -q "liptako import" "$T/out"
ok "-d prints the configuration" json_has <(f2b -c "$C" -d | grep -c "'add'") .

# doctor explains the classics
printf '[Definition]\nfailregex = ^nobody is named here$\n' >"$C/filter.d/blind.conf"
printf '[blind]\nenabled = true\nlogpath = %s/log/door.log\n' "$T" >>"$C/jail.local"
echo "$(date -d '-2 hours' '+%b %e %H:%M:%S') h doord[1]: refused bob at 203.0.113.60" >>"$T/log/door.log"
doctor() { lpt doctor >"$T/doctor"; grep -qE "$1" "$T/doctor"; }
ok "doctor: a wrong time zone" until_true 5 doctor "door.log: its dates are 2 h old: a wrong time zone"
ok "doctor: a log that is not there" doctor "jail more2: its log is not there: .*/more2.log"
ok "doctor: an expression without an address, and where" \
	doctor "jail blind is on, but skipped: .*blind.conf:2: .*(HOST|address)"
ok "doctor: what else could not be taken over" doctor "jail typo is on, but skipped: .*jail.conf:[0-9]+: .*nosuch"
import --watch --for 0 >"$T/out" 2>&1
refused more1.log 203.0.113.6 5
sleep 1
ok "watched jails shut nobody out" not held 203.0.113.6
alarmed() { grep -q "alarm net=203.0.113.6.*f2b-more1" "$T/daemon"; }
ok "and say whom they would have" until_true 5 alarmed
lpt import --to "$T/etc/liptako/fail2ban" --rollback >"$T/out" 2>&1
ok "rolled back, no jail is left" not test -e "$T/etc/liptako/fail2ban"
refused door.log 203.0.113.7 9
sleep 1
ok "and none counts" not held 203.0.113.7

# one failure every 310 s is never three in 10 minutes, but is by the rate
from=$(($(date +%s) - 3600))
for i in 0 1 2 3 4 5 6; do
	echo "$(date -d "@$((from + i * 310))" '+%b %e %H:%M:%S') h doord[1]: refused bob at 203.0.113.70"
done >"$T/slow.log"
replayed() { # HOW: whom it would shut out
	lpt import --run "$T/nobody" --to "$T/replayed" --count "$1" fail2ban "$C" >/dev/null 2>&1
	lpt replay --json --immunity off --rules "$T/replayed" --format f2b-door "$T/slow.log" |
		jq -r 'select(.measure == "deny") | .address' | sort -u
}
is "replay counts in a window" "$(replayed window)" ""
is "or as fail2ban does" "$(replayed fail2ban)" 203.0.113.70
