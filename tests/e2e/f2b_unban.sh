#!/bin/bash
# Two jails of fail2ban's that shut out one address: one lets it go and the
# other holds it, in the kernel as in what fail2ban-client says, with ports and
# without, over a restart; "unban" opens all.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/f2b.sh
. "$(dirname "$0")/../lib/f2b.sh"
need root nft ip jq sqlite3
plan 39
space gate
export LIPTAKO_RUN=$T/run LIPTAKO_JAILS=$T/etc/liptako/fail2ban TZ=UTC
C=$T/etc/fail2ban
mkdir -p "$C/filter.d" "$C/action.d" "$T/etc/liptako" "$T/log" "$T/state"
cat >"$C/filter.d/door.conf" <<'E'
[Definition]
failregex = ^\s*\S+ doord\[\d+\]: refused \S+ at <HOST>$
E
cat >"$C/action.d/iptables-wall.conf" <<'E'
[Definition]
actionstart = wall add chain <name> <protocol> dport <port>
actionban = wall add <name> <ip>
E
cat >"$C/jail.conf" <<E
[DEFAULT]
enabled = true
filter = door
backend = polling
maxretry = 3
findtime = 10m
bantime = 1h
usedns = no
protocol = tcp
action = iptables-wall[name=%(__name__)s, port="%(port)s", protocol="%(protocol)s"]
logpath = $T/log/%(__name__)s.log
[shell]
port = ssh
[web]
port = http,https
bantime = 2h
[all]
action =
[whole]
action =
bantime = 3h
E
for j in shell web all whole; do : >"$T/log/$j.log"; done
now=$(date +%s)
f2b_bans "$T/f2b.sqlite3" 1 shell <<E
INSERT INTO bips VALUES ('198.51.100.11', 'web', $now - 60, 86400, 1, '{}');
INSERT INTO bips VALUES ('198.51.100.11', 'shell', $now - 60, 7200, 1, '{}');
E
start() {
	spawn in_space gate "$BUILD/liptakod" -f --config "$T/etc/liptako/liptako.yaml" \
		--rules "$TOP/rules" --state "$T/state" --run "$T/run" >>"$T/daemon" 2>&1
	warden=$PID
	until_true 30 up
}
printf 'find: no\njail-log: %s\n' "$T/log/jail.log" >"$T/etc/liptako/liptako.yaml"
start
lpt import --to "$LIPTAKO_JAILS" --database "$T/f2b.sqlite3" fail2ban "$C" >"$T/out" 2>&1
is "the import works" "$?" 0
ln -s "$BUILD/liptako" "$T/fail2ban-client"
asks() { ip netns exec "$ID-gate" "$T/fail2ban-client" "$@"; }
refused() { # JAIL HOST
	for _ in 1 2 3; do
		echo "$(stamp) h doord[7]: refused bob at 198.51.100.$2"
	done >>"$T/log/$1.log"
}
# by JAILS HOST: those that fail2ban-client says, by all of its ways
by() {
	local j want=$1 a=198.51.100.$2
	[ "$(asks banned "$a")" = "[[$want]]" ] || return 1
	for j in shell web all whole; do
		case $want in
		*"'$j'"*) asks get "$j" banip | grep -qw "$a" && asks status "$j" | grep -qw "$a" || return 1 ;;
		*) ! asks get "$j" banip | grep -qw "$a" && ! asks status "$j" | grep -qw "$a" || return 1 ;;
		esac
	done
}
# closed HOST PORTS: as the kernel has it; "" are all, "-" is not at all
closed() {
	lpt list --json | jq -r --arg n "198.51.100.$1" \
		'.measures[] | select(.net == $n and .kernel) | .ports' >"$T/ports.$1"
	[ -s "$T/ports.$1" ] || echo - >"$T/ports.$1"
	[ "$(cat "$T/ports.$1")" = "$2" ]
}
ok "bans that were taken over: both jails hold it" until_true 30 by "'shell', 'web'" 11
ok "for the ports of both" until_true 30 closed 11 22/tcp,80/tcp,443/tcp
is "one lets go" "$(asks set shell unbanip 198.51.100.11)" 1
ok "and is not named any more" until_true 10 by "'web'" 11
ok "the other's ports stay closed" until_true 30 closed 11 80/tcp,443/tcp
is "again it has none" "$(asks set shell unbanip 198.51.100.11)" 0
is "the other lets go" "$(asks set web unbanip 198.51.100.11)" 1
ok "nobody holds it" until_true 10 by "" 11
ok "nor does the kernel" until_true 30 closed 11 -

refused shell 7
ok "a jail shuts out" until_true 60 by "'shell'" 7
refused web 7
ok "and another on other ports" until_true 60 by "'shell', 'web'" 7
ok "both are closed" until_true 30 closed 7 22/tcp,80/tcp,443/tcp
is "the second lets go" "$(asks set web unbanip 198.51.100.7)" 1
ok "the first holds" until_true 10 by "'shell'" 7
ok "its port is closed" until_true 30 closed 7 22/tcp
ok "it is in the log" grep -q '\[web\] Unban 198.51.100.7$' "$T/log/jail.log"
ok "for that jail alone" not grep -q '\[shell\] Unban 198.51.100.7$' "$T/log/jail.log"
refused web 7
ok "who goes on is shut out again" until_true 60 by "'shell', 'web'" 7
ok "there, too" until_true 30 closed 7 22/tcp,80/tcp,443/tcp

refused all 8
ok "of two jails for all ports one shuts out" until_true 60 by "'all'" 8
refused whole 8
ok "then the other" until_true 60 by "'all', 'whole'" 8
ok "which is in the log" until_true 10 grep -q '\[whole\] Ban 198.51.100.8$' "$T/log/jail.log"
is "the first lets go" "$(asks set all unbanip 198.51.100.8)" 1
ok "the other holds" until_true 10 by "'whole'" 8
ok "all is closed" until_true 30 closed 8 ""
until_of() { lpt list --json | jq ".measures[] | select(.net == \"198.51.100.$1\") | .until - .since"; }
is "for as long as its own term" "$(until_of 8)" 10800
is "with it, it opens" "$(asks set whole unbanip 198.51.100.8)" 1
ok "in the kernel" until_true 30 closed 8 -
is "a ban by hand in two jails" "$(asks set all banip 198.51.100.9)$(asks set web banip 198.51.100.9)" 11
ok "is both's" until_true 10 by "'all', 'web'" 9

kill "$warden"
gone() { ! kill -0 "$warden" 2>/dev/null; }
until_true 30 gone
start
ok "after a restart it is still" until_true 30 by "'all', 'web'" 9
ok "as are those that were found" until_true 10 by "'shell', 'web'" 7
is "one of them lets go" "$(asks set shell unbanip 198.51.100.7)" 1
ok "and the other's ports are closed" until_true 30 closed 7 80/tcp,443/tcp
is "unban opens all" "$(asks unban 198.51.100.9)" 1
ok "for everybody" until_true 10 by "" 9
ok "and in the kernel" until_true 30 closed 9 -
refused shell 7
until_true 60 by "'shell', 'web'" 7
is "unban --all also" "$(asks unban --all | tail -1)" 3
