#!/bin/bash
# The whole chain with the real judge and enforcer, killed at random: who
# failed three times is shut out, who failed twice is not. A line that is lost
# spares somebody of the first, one that counts twice shuts out one of the
# second.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
need root nft jq
plan 4
space gate
mkdir "$T/log"
: >"$T/log/auth.log"
cat >"$T/conf.yaml" <<EOC
find: no
sources:
- {file: $T/log/auth.log}
rules:
- {rule: openssh/auth-failure, when: 3 in 7d}
EOC
rounds=${LIPTAKO_LONG:+200}
rounds=${rounds:-20}
lpt() { in_space gate "$BUILD/liptako" "$@" --run "$T/run"; }
pid() { cat "$T/run/liptakod.pid" 2>/dev/null; }
keep() {
	while [ ! -e "$T/stop" ]; do
		ip netns exec "$ID-gate" "$BUILD/liptakod" -f \
			--config "$T/conf.yaml" --rules "$TOP/rules" \
			--state "$T/state" --run "$T/run" >>"$T/log.out" 2>&1
		sleep 0.05
	done
}
child() {
	local p
	for p in $(pgrep -P "$(pid)" 2>/dev/null); do
		case $(readlink "/proc/$p/exe") in
		*/"$1") echo "$p" && return ;;
		esac
	done
}
# Address i of the first kind fails three times, of the second twice, mixed.
lines() {
	awk -v a="$1" -v b="$2" -v at="$(date '+%b %e %T')" '
	function line(net, i) {
		printf "%s h sshd[%d]: Failed password for root from %s.%d.%d port 22 ssh2\n",
			at, i + 1, net, int(i / 250), i % 250 + 1
	}
	BEGIN { for (i = a; i <= b; i++) {
		line("198.18", i); line("198.19", i); line("198.18", i)
		line("198.19", i); line("198.18", i) } }'
}
writer() {
	local n=0
	while [ ! -e "$T/stop" ] && [ $n -lt 60000 ]; do
		lines $n $((n + 9)) >>"$T/log/auth.log"
		n=$((n + 10))
		sleep 0.05
	done
	echo $n >"$T/written"
}
spawn keep 2>/dev/null
until_true 30 lpt status >/dev/null 2>&1 # 0: the log is read
spawn writer
W=$PID
RANDOM=11
killed=0
for _ in $(seq "$rounds"); do
	case $((RANDOM % 7)) in
	0 | 1) victim=$(child reader) ;;
	2 | 3 | 4) victim=$(child judge) ;;
	5) victim=$(pid) ;;
	6) victim=$(child enforcer) ;;
	esac
	[ -n "$victim" ] && kill -9 "$victim" 2>/dev/null && killed=$((killed + 1))
	sleep "0.$((RANDOM % 6 + 3))"
done
ok "programs were killed $rounds times" [ "$killed" -ge $((rounds * 3 / 4)) ]
touch "$T/stop"
wait "$W"
n=$(cat "$T/written")
closed() {
	in_space gate nft -j list set inet liptako deny4_32 2>/dev/null |
		jq -r '.nftables[].set.elem[]?.elem.val' | sort -u >"$T/closed"
	[ "$(grep -c '^198\.18\.' "$T/closed")" -ge "$n" ]
}
until_true 60 closed
sleep 0.5 # for who should not be
closed
awk -v n="$n" '{ h[$1] = 1 } END { for (i = 0; i < n; i++) { a = "198.18." int(i / 250) "." (i % 250 + 1); if (!(a in h)) print "# missing", i, a } }' "$T/closed" | head -5
is "all $n who failed three times are shut out" \
	"$(grep -c '^198\.18\.' "$T/closed")" "$n"
is "none of the $n who failed twice" "$(grep -c '^198\.19\.' "$T/closed")" 0
kill "$(pid)"
gone() { [ ! -e "$T/run/liptakod.pid" ]; }
ok "and it ends" until_true 10 gone
[ -z "${SHOW:-}" ] || grep -v denied "$T/log.out"
