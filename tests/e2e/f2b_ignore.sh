#!/bin/bash
# A jail's ignorecommand decides before a failure counts: by address and by
# what the log says, as words and never as text of a shell; kept as ignorecache
# says; and what fails or takes too long lets the failure count, and is said.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/f2b.sh
. "$(dirname "$0")/../lib/f2b.sh"
need root nft ip jq
plan 27
space gate
export LIPTAKO_RUN=$T/run LIPTAKO_JAILS=$T/etc/liptako/fail2ban TZ=UTC
C=$T/etc/fail2ban
mkdir -p "$C/filter.d" "$T/etc/liptako" "$T/log" "$T/state" "$T/asked"
chmod 1777 "$T/asked"
cat >"$C/filter.d/door.conf" <<'E'
[Definition]
failregex = ^\s*\S+ doord\[\d+\]: refused <F-USER>.+</F-USER> at <HOST>$
E
# spare ADDRESS USER: one call is one line of a file of its own
cat >"$C/spare" <<E
#!/bin/sh
printf '%s|%s|%s\n' "\$#" "\$1" "\$2" >>"$T/asked/\$1"
case \$1 in 198.51.100.7) exit 0 ;; esac
case \$2 in backup) exit 0 ;; esac
exit 1
E
cat >"$C/slow" <<E
#!/bin/sh
: >"$T/asked/slow-\$1"
exec sleep \$2
E
chmod 755 "$C/spare" "$C/slow"
cat >"$C/jail.conf" <<E
[DEFAULT]
enabled = true
filter = door
backend = polling
maxretry = 3
findtime = 10m
bantime = 1h
usedns = no
action =
[door]
logpath = $T/log/door.log
ignorecommand = %(fail2ban_confpath)s/spare <ip> <F-USER>
ignorecache = key="<F-USER>@<ip>", max-count=100, max-time=5m
[quoted]
logpath = $T/log/quoted.log
ignorecommand = %(fail2ban_confpath)s/spare <ip> 'user <F-USER>'
[broken]
logpath = $T/log/broken.log
ignorecommand = exit 3; true <ip>
[late]
logpath = $T/log/late.log
ignorecommand = %(fail2ban_confpath)s/slow <ip> 60
ignorecache = key="<ip>"
[killed]
logpath = $T/log/killed.log
ignorecommand = %(fail2ban_confpath)s/slow <ip> 4; exit 1
ignorecache = key="<ip>"
E
for j in door quoted broken late killed; do : >"$T/log/$j.log"; done
says() { sed -n "/^  $1 /,/^  [a-z]/p" "$T/out" | grep -qF -- "$2"; }
our_daemon "find: no" "jail-log: $T/log/jail.log"
lpt import --to "$LIPTAKO_JAILS" fail2ban "$C" >"$T/out" 2>&1
is "the import works" "$?" 0
ok "the jails work, without a remark" grep -qE '^  door +works: ' "$T/out"
ok "and the report says who runs it" says door "ignorecommand: run by liptako-herald"
ln -s "$BUILD/liptako" "$T/fail2ban-client"
asks() { ip netns exec "$ID-gate" "$T/fail2ban-client" "$@"; }
is "get ignorecommand" "$(asks get door ignorecommand)" "$C/spare <ip> <F-USER>"

refused() { # JAIL ADDRESS N USER
	for _ in $(seq "$3"); do
		echo "$(stamp) h doord[7]: refused $4 at $2"
	done >>"$T/log/$1.log"
}
is_banned() { asks get "$1" banip | grep -qw "$2"; }
failed() { [ "$(asks status "$1" | sed -n 's/.*Total failed:\t//p')" = "$2" ]; }
calls() { cat "$T/asked/$1" 2>/dev/null; }
refused door 198.51.100.7 5 root
refused door 198.51.100.8 3 root
ok "who is not ignored is shut out" until_true 30 is_banned door 198.51.100.8
ok "who is, is not" not is_banned door 198.51.100.7
ok "and his failures do not count" failed door 3
ok "it is in the log as fail2ban has it" \
	grep -q 'INFO    \[door\] Ignore 198.51.100.7 by command$' "$T/log/jail.log"
is "the answer is kept: one question" "$(calls 198.51.100.8)" "2|198.51.100.8|root"
refused door 198.51.100.9 3 backup
refused door 198.51.100.9 2 root
ok "what the log says decides, too" until_true 30 failed door 5
ok "and the others are too few" not is_banned door 198.51.100.9
refused door 198.51.100.9 1 root
ok "until they are enough" until_true 30 is_banned door 198.51.100.9
is "each user is asked about once" "$(calls 198.51.100.9)" \
	$'2|198.51.100.9|backup\n2|198.51.100.9|root'
# shellcheck disable=SC2016 # that is the point
evil='$(touch '"$T"'/asked/pwned) ; "`touch '"$T"'/asked/pwned`'"'"' * \'
refused door 198.51.100.10 3 "$evil"
refused quoted 198.51.100.11 3 "$evil"
ok "a name full of a shell's letters" until_true 30 is_banned door 198.51.100.10
is "is one word, as it stands" "$(calls 198.51.100.10)" "2|198.51.100.10|$evil"
ok "within quotes" until_true 30 is_banned quoted 198.51.100.11
is "also" "$(calls 198.51.100.11 | tail -1)" "2|198.51.100.11|user $evil"
ok "and nothing of it was run" not test -e "$T/asked/pwned"

refused broken 198.51.100.20 3 root
ok "if it fails, the failures count" until_true 30 is_banned broken 198.51.100.20
ok "which is said" grep -q 'jail=broken what="it ended with 3, not 0 or 1: not ignored' "$T/daemon"
doctor() { lpt doctor >"$T/doctor"; grep -qE "$1" "$T/doctor"; }
ok "doctor says it, too" doctor "jail broken: its ignorecommand failed [0-9]+ times; those failures counted"

refused killed 198.51.100.30 3 root
asked() { [ -e "$T/asked/slow-$1" ]; }
ok "a slow one is asked" until_true 30 asked 198.51.100.30
kill -9 "$(pgrep -P "$PID" judge)"
ok "a judge that dies meanwhile loses nothing" until_true 60 is_banned killed 198.51.100.30
ok "nor counts anything twice" failed killed 3

refused late 198.51.100.40 3 root
until_true 30 asked 198.51.100.40
refused door 198.51.100.12 3 root
ok "while one hangs others are decided" until_true 30 is_banned door 198.51.100.12
ok "what hangs is ended, and the failures count" until_true 60 is_banned late 198.51.100.40
ok "which doctor says" doctor "jail late: its ignorecommand took too long [0-9]+ times"
