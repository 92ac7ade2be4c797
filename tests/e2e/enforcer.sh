#!/bin/bash
# enforcer.sh - the real enforcer in the real kernel, between namespaces:
# out (attackers) -- gate (the enforcer) -- inner (behind it).
# shellcheck source=tests/lib/e2e.sh disable=SC2154
. "$(dirname "$0")/../lib/e2e.sh"
need root nft ip python3
NET=$TOP/tests/lib/net.py
DRIVE=$BUILD/src/enforcer/enforcer_drive
ENFORCER=$BUILD/src/enforcer/enforcer
[ -x "$DRIVE" ] || skip_all "needs a build with tests"
plan 55

space out && space gate && space inner || exit 1
wire out 10.1.0.2/24 gate 10.1.0.1/24
wire gate 10.2.0.1/24 inner 10.2.0.2/24
for i in 3 4 5 6 7 8 9; do
	ip -n "$NS_out" addr add 10.1.0.$i/24 dev voutgate
done
ip -n "$NS_out" addr add 10.9.9.7/32 dev lo
ip -n "$NS_out" -6 addr add 2001:db8:1::2/64 dev voutgate nodad
ip -n "$NS_out" -6 addr add 2001:db8:9::5/128 dev lo nodad
ip -n "$NS_gate" -6 addr add 2001:db8:1::1/64 dev vgateout nodad
ip -n "$NS_gate" -6 route add 2001:db8:9::/64 via 2001:db8:1::2
ip -n "$NS_gate" route add 10.9.9.0/24 via 10.1.0.2
ip -n "$NS_out" route add 10.2.0.0/24 via 10.1.0.1
ip -n "$NS_inner" route add 10.1.0.0/24 via 10.2.0.1
in_space gate sysctl -qw net.ipv4.ip_forward=1
spawn in_space gate "$NET" serve 10.1.0.1 7000 >"$T/serve4"
spawn in_space gate "$NET" serve 2001:db8:1::1 7000 >"$T/serve6"
spawn in_space inner "$NET" serve 10.2.0.2 7000 >"$T/serve_in"
for f in serve4 serve6 serve_in; do
	until_true 20 grep -q serving "$T/$f" || exit 1
done

# drive_start [ARG...]: the enforcer and its driver, in the gate.
drive_start() {
	rm -f "$T/to"
	mkfifo "$T/to"
	: >"$T/from"
	in_space gate "$DRIVE" "$ENFORCER" "$@" <"$T/to" >>"$T/from" \
		2>>"$T/log" &
	DRIVER=$!
	PIDS+=("$DRIVER")
	exec 7>"$T/to"
	tell go >/dev/null
}
drive_end() {
	echo quit >&7
	exec 7>&-
	wait "$DRIVER"
}
# tell COMMAND...: what the driver printed for it.
tell() {
	local n=0 seen
	seen=$(grep -c '^pid ' "$T/from")
	printf '%s\npid\n' "$*" >&7
	for _ in $(seq 2000); do
		n=$(grep -c '^pid ' "$T/from")
		[ "$n" -gt "$seen" ] && break
		sleep 0.01
	done
	awk -v s="$seen" '/^pid /{k++; next} k==s' "$T/from"
}
enforcer_pid() { tell pid >/dev/null; awk '/^pid /{p=$2} END{print p}' "$T/from"; }
done_says() { # SENTENCE WANTED COMMAND...
	local what=$1 want=$2
	shift 2
	is "$what" "$(tell "$@" | sed -n 's/^done \(.*\) packets=.*/\1/p')" "$want"
}
# says REGEX COMMAND...: does it print a line like that?
says() {
	local line=$1
	shift
	"$@" | grep -Eq "$line"
}
reach() { in_space out "$NET" try "$1" "${2:-10.1.0.1}" 7000; }
in_nft() { in_space gate nft "$@"; }
has_table() { in_nft list tables | grep -q 'inet lptest$'; }
# "now" is a clock in ms
now() { date +%s%3N; }

# holder NAME SRC ADDR: an open connection that answers in $T/NAME
holder() {
	mkfifo "$T/$1.in"
	in_space out "$NET" hold "$2" "$3" 7000 0<>"$T/$1.in" >"$T/$1" &
	PIDS+=("$!")
	eval "exec $4>\"$T/$1.in\""
	until_true 20 grep -q open "$T/$1"
}
# held NAME FD: is it alive?
held() {
	local n
	n=$(wc -l <"$T/$1")
	echo x >&"$2"
	for _ in $(seq 200); do
		[ "$(wc -l <"$T/$1")" -gt "$n" ] && break
		sleep 0.01
	done
	tail -1 "$T/$1"
}

drive_start
ok "the table is the enforcer's, and outlives it" \
	grep -q 'ready owner=1 persist=1 dry=0 rebuilt=1' "$T/from"
is "before: he gets in" "$(reach 10.1.0.3)" ok
is "before: he gets through" "$(reach 10.1.0.3 10.2.0.2)" ok
holder h1 10.1.0.3 10.1.0.1 5
holder h2 10.1.0.3 10.2.0.2 6
is "before: his open connection answers" "$(held h1 5)" ok
done_says "an order is carried out" "done" deny 10.1.0.3 600
is "deny: he is out" "$(reach 10.1.0.3)" dead
is "deny: nothing of his is forwarded" "$(reach 10.1.0.3 10.2.0.2)" dead
is "deny: his open connection is dead" "$(held h1 5)" dead
is "deny: his open forwarded connection too" "$(held h2 6)" dead
is "deny: nobody else is" "$(reach 10.1.0.4)" ok
ok "the answer is the kernel's count" \
	says '^element 10.1.0.3 deny .* packets=[1-9]' tell ask 10.1.0.3
done_says "he is let in again" "done" open 10.1.0.3
is "open: he gets in" "$(reach 10.1.0.3)" ok

tell reject 10.1.0.3 600 >/dev/null
is "reject: he hears no" "$(reach 10.1.0.3)" refused
tell open 10.1.0.3 >/dev/null
tell limit 10.1.0.3 600 >/dev/null
got=$(in_space out "$NET" flood 10.1.0.3 10.1.0.1 7000 1000 1000)
ok "limit: of 1000 packets a second some come, not all ($got)" \
	[ "$got" -ge 20 -a "$got" -le 120 ]
is "limit: a lone connection gets in" "$(sleep 2; reach 10.1.0.3)" ok
tell open 10.1.0.3 >/dev/null

is "a prefix: before" "$(reach 10.9.9.7)" ok
tell deny 10.9.9.0/24 600 >/dev/null
is "a prefix: its addresses are out" "$(reach 10.9.9.7)" dead
is "IPv6: before" "$(reach 2001:db8:9::5 2001:db8:1::1)" ok
tell deny 2001:db8:9::/64 600 >/dev/null
is "IPv6: a /64 is out" "$(reach 2001:db8:9::5 2001:db8:1::1)" dead

done_says "a /8 is refused" "prefix too wide" deny 10.0.0.0/8 600
done_says "a year is refused" "term too long" deny 10.1.0.8 31536000
done_says "an own address is refused" protected deny 10.1.0.1 600
done_says "a net around it too" protected deny 10.1.0.0/24 600
ip -n "$NS_gate" addr add 10.1.0.99/24 dev vgateout
sleep 1.2
done_says "a new own address is known at once" protected deny 10.1.0.99 60
ip -n "$NS_gate" route add default via 10.1.0.2
sleep 1.2
done_says "so is a new default gateway" protected deny 10.1.0.2 60
ip -n "$NS_gate" route del default
sleep 1.2
done_says "and that it is none any more" "done" deny 10.1.0.2 2

tell deny 10.1.0.7 600 >/dev/null
is "shut: before his session was known" "$(reach 10.1.0.7)" dead
tell live 10.1.0.7 >/dev/null
tell lived >/dev/null
tell listen 100 >/dev/null
is "a live session is opened at once" "$(reach 10.1.0.7)" ok
done_says "and cannot be shut" protected deny 10.1.0.7 600

ok "what is no order cuts the link, and the next judge is heard" \
	says 'ready again' tell garble
in_nft flush ruleset
ok "flushing the ruleset leaves an owned table" has_table
is "and those in it out" "$(reach 10.9.9.7)" dead

# A hole would let answers through: the probe hears any.
spawn in_space out "$NET" probe 10.9.9.7 10.1.0.1 7000 3 >"$T/hole"
probe=$PID
sleep 0.3
tell deny 10.1.0.5 3 >/dev/null
tell again >/dev/null
tell sync >/dev/null
tell deny 10.9.9.0/24 600 >/dev/null
tell deny 10.1.0.5 3 >/dev/null
tell synced >/dev/null
tell listen 500 >/dev/null
wait "$probe"
is "killed, started, reconciled: not one packet came through" \
	"$(cut -d' ' -f1 "$T/hole")" 0
tell open 10.9.9.0/24 >/dev/null
got=$(in_space out "$NET" probe 10.9.9.7 10.1.0.1 7000 0.3)
ok "the same probe hears answers once he is open (${got% *})" \
	[ "${got% *}" -gt 0 ]
ok "what the judge told no more is open: 2001:db8:9::/64" \
	[ "$(reach 2001:db8:9::5 2001:db8:1::1)" = ok ]
is "what ran out ran out by itself" "$(sleep 1.5; reach 10.1.0.5)" ok

tell deny 10.1.0.5 3 >/dev/null
kill -9 "$(enforcer_pid)"
is "a dead enforcer's measure stands" "$(reach 10.1.0.5)" dead
sleep 3.2
is "and runs out without it" "$(reach 10.1.0.5)" ok
tell again >/dev/null

out=$(tell many 100000 deny 3600)
diag "$out"
out=$(tell again)
diag "$(echo "$out" | tr '\n' ';')"
ms=$(echo "$out" | sed -n 's/^again ms=\([0-9]*\).*/\1/p')
ok "with 100,000 elements it is ready again in $ms ms (at most 200)" \
	[ "${ms:-999}" -le 200 ]
tell memory | sed 's/^/# /'
out=$(tell crowd 100000 deny 3600 list)
diag "$out"
is "a list of as many comes 341 in a message" "${out% ms=*}" \
	"crowd 100000 refused=0"
out=$(tell count)
ok "and is in the kernel" \
	[ "$(echo "$out" | sed -n 's/^told elements=\([0-9]*\).*/\1/p')" -ge 99900 ]
out=$(in_space gate "$BUILD/liptako" disarm --table lptest)
ok "disarm takes the table away from a living enforcer" not has_table
tell listen 50 >/dev/null
drive_end

drive_start
tell deny 10.1.0.3 600 >/dev/null
drive_end
is "at its exit nothing is opened" "$(reach 10.1.0.3)" dead
in_space gate "$BUILD/liptako" disarm --table lptest >/dev/null
is "disarm with every program dead opens all" "$(reach 10.1.0.3)" ok

# Kernels before 6.9 know no table that outlives its owner.
in_nft add table inet lptest
in_nft add chain inet lptest stranger
drive_start
tell deny 10.1.0.3 600 >/dev/null
tell never 10.1.0.6 1 >/dev/null
is "without an owner: he is out" "$(reach 10.1.0.3)" dead
ok "a table that is not as we make it is made anew" \
	not says stranger in_nft list table inet lptest
in_nft add element inet lptest deny4_32 '{ 10.1.0.6 }'
is "the never rule wins over any measure" "$(reach 10.1.0.6)" ok
t0=$(now)
in_nft flush ruleset
until_true 20 in_nft list set inet lptest deny4_32 >/dev/null 2>&1
t1=$(now)
most=$(busy_ms 1000)
ok "a flushed ruleset is back within a second ($((t1 - t0)) ms, of $most)" \
	[ $((t1 - t0)) -le "$most" -a "$(reach 10.1.0.3)" = dead ]
in_nft delete element inet lptest deny4_32 '{ 10.1.0.3 }'
reaches() { [ "$(reach "$1")" = "$2" ]; }
ok "an element deleted by hand is back" until_true 20 reaches 10.1.0.3 dead
in_space gate "$BUILD/liptako" disarm --table lptest >/dev/null
sleep 0.5
ok "what is not flushed but disarmed stays away" not has_table
drive_end

drive_start dry
done_says "watch only: the same answers" "term too long" deny 10.1.0.3 31536000
tell deny 10.1.0.3 600 >/dev/null
is "watch only: nobody is out" "$(reach 10.1.0.3)" ok
ok "watch only: the kernel knows of nothing" not has_table
drive_end

# As nobody: it says that it only watches, and stays.
printf 'go\ndeny 10.1.0.3 600\n' | in_space gate setpriv --reuid 65533 \
	--regid 65533 --clear-groups "$DRIVE" "$ENFORCER" >"$T/nobody" 2>&1
ok "without rights: dry, and said" grep -q 'ready .* dry=1' "$T/nobody"
