#!/bin/bash
# What scripts and monitors read of fail2ban-client: each verb asked of
# Debian's own client and server and of ours, over the same configuration and
# the same logs, must give the same text and exit status; and the pipes that
# Zabbix, Munin and Nagios plug-ins are made of find their numbers.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/f2b.sh
. "$(dirname "$0")/../lib/f2b.sh"
need root nft ip jq python3 apt-get dpkg
f2b_fetch
plan 76
space gate
NS_gate=$ID-gate
export LIPTAKO_RUN=$T/run TZ=UTC LIPTAKO_JAILS=$T/etc/liptako/fail2ban
f2b_setup "ignoreip = 192.0.2.7 192.0.2.64/26" \
	"ignorecommand = test <ip> = 192.0.2.8" \
	'ignorecache = key="<ip>", max-count=50, max-time=2m'
echo "maxretry = 4" >>"$C/jail.local"
f2b start >"$T/start" 2>&1
until_true 20 pings
ok "both run" our_daemon "find: no" "jail-log: $T/log/jail.log"
import fail2ban "$C" >"$T/import" 2>&1
mkdir "$T/bin"
ln -s "$BUILD/liptako" "$T/bin/fail2ban-client"
ours() { ip netns exec "$NS_gate" "$T/bin/fail2ban-client" "$@"; }
sleep 2
failed 203.0.113.1 3
failed 203.0.113.2 2
both_ban() { f2b status sshd | grep -q "203.0.113.1$" && ours status sshd | grep -q "203.0.113.1$"; }
ok "both ban the same" until_true 20 both_ban

# Sets have no order there.
any_order() {
	python3 -c 'import re, sys
s = re.sub(r"(?m)^[|`]- ", "- ", open(sys.argv[1]).read())
print(sorted(re.split(r"\n|, (?={)|(?<=^\[)|\](?=$)", s)))' "$1"
}
# same WORDS...: the same text and status of both
same() {
	local e
	f2b "$@" >"$T/theirs" 2>/dev/null
	e=$?
	ours "$@" >"$T/ours" 2>/dev/null
	is "$*: the same status" "$?" "$e"
	is "$*: the same text" "$(any_order "$T/ours")" "$(any_order "$T/theirs")"
}
same ping
same status
same status nginx-http-auth
same status nosuch
same banned
same banned 203.0.113.1 203.0.113.9
same get sshd bantime
same get sshd findtime
same get nginx-http-auth maxretry
same get sshd logpath
same get sshd ignoreip
same get sshd usedns
same get sshd maxlines
same get sshd ignoreself
same get sshd ignorecommand
same get sshd ignorecache
same get sshd banip
same get sshd ignoreregex
same get sshd logencoding
same get sshd maxmatches
same set sshd banip 203.0.113.20 203.0.113.21
same get sshd banip
same set sshd unbanip 203.0.113.20
same set sshd maxretry 7
same set sshd findtime 20m
same set sshd bantime 2h
same set sshd addignoreip 198.51.100.9
same set sshd delignoreip 198.51.100.9
is "get loglevel" "$(ours get loglevel)" "Current logging level is 'NOTICE'"
same get syslogsocket
is "get logtarget: where we write, as fail2ban says it" \
	"$(ours get logtarget)" $'Current logging target is:\n`- '"$T/log/jail.log"
is "get dbfile: ours" "$(ours get dbfile)" \
	$'Current database file is:\n`- /var/lib/liptako/ledger/ledger.db'
is "stats has a line for each jail" "$(ours stats | grep -cE '^(sshd|nginx-http-auth) ')" 2
is "status --all tells all" "$(ours status --all | grep -c '^Status for the jail: ')" 2
is "str2sec" "$(ours --str2sec 1d12h)" "$(f2b --str2sec 1d12h)"
ours -c "$C" -d >"$T/ours"
f2b -d >"$T/theirs" 2>/dev/null
is "-d: the same jails" "$(grep -c "'add'" "$T/ours")" "$(grep -c "'add'" "$T/theirs")"
is "-t" "$(ours -c "$C" -t)" "$(f2b -t 2>/dev/null)"
is "reload" "$(ours reload)" "$(f2b reload 2>/dev/null)"
is "reload JAIL" "$(ours reload sshd)" OK

# as monitors pipe it
is "Zabbix: banned now" "$(ours status sshd | grep 'Currently banned:' | grep -o '[0-9]*$')" 2
is "Munin: each jail and its bans" "$(ours status | sed -n 's/.*Jail list:\t*//p' | tr -d ' ' | tr ',' '\n' | while read -r j; do
	ours status "$j" | awk -v j="$j" '/Currently banned/ { print j "=" $NF }'
done | sort | tr '\n' ' ')" "nginx-http-auth=0 sshd=2 "
is "Nagios: total of all" "$(for j in sshd nginx-http-auth; do ours status $j; done | awk -F: '/Currently banned/ { n += $2 } END { print n }')" 2
ours status sshd | grep "Banned IP list" | grep -qw 203.0.113.21
ok "and whether one address is" [ "$?" = 0 ]
is "unban --all" "$(ours unban --all)" 2
is "none is banned any more" "$(ours banned)" "[{'nginx-http-auth': []}, {'sshd': []}]"
