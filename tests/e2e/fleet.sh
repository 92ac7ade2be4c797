#!/bin/bash
# A fleet: two hosts of mali, one of burkina. Enrolled by two commands; what
# mali's second host sees is closed at its first and at burkina, in mali's
# name; under a budget for each host; and the second host's place ends by one
# command. While the first host is dead the second defends itself, and what it
# had to say is heard later; and when it is lost for good another machine takes
# its place, with its keys.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/parties.sh
. "$(dirname "$0")/../lib/parties.sh"
need root nft ip jq ssh-keygen nats-server
plan 48
AT=([first]=77.2.1.1 [second]=77.2.1.2 [burkina]=77.2.2.1 [heir]=77.2.1.1)
parties_up first second burkina

# an alliance of mali and burkina
me() { # PARTY HOST NAME
	echo --yes --party "$1" --seal "$T/$2/seal" --post "${AT[$2]}" --host "$3"
}
# shellcheck disable=SC2046 # words
on first found $(me mali first first) sahel >/dev/null 2>&1
token=$(on first invite --json | jq -r .token)
# shellcheck disable=SC2046
tries() { on burkina join $(me burkina burkina gate) --json - \
	<<<"$token" >"$T/out" 2>/dev/null; }
until_true 40 tries
until_true 30 has_request first
on first charter seal --yes --code "$(jq -r .code "$T/out")" >/dev/null 2>&1
ok "mali and burkina are allies" until_true 60 at_version burkina 2

# what a new administrator does wrong
ok "a host without a party cannot hand out a place" exits 3 on second enrol
ok "a token that is none is refused" exits 2 on second enrol lpe1-0000000000000000000000000000000000000000
ok "and one that was cut short, in a sentence" grep -q "copy it again" "$T/err"
ok "an invitation is not for a host" exits 2 on second enrol - <<<"$token"
ok "which is said" grep -q "liptako join" "$T/err"

# one command here, one there
spawn in_space first env LIPTAKO_RUN="$T/first/run" \
	LIPTAKO_STATE="$T/first/state" "$BUILD/liptako" enrol --yes --out "$T/token" \
	>"$T/first.out" 2>"$T/first.err"
waiting=$PID
ok "the first host prints a token" until_true 10 test -s "$T/token"
ok "another party's host cannot use it" exits 3 on burkina enrol - <"$T/token"
ok "nor join with it" exits 2 on burkina join --yes - <"$T/token"
ok "the second host takes its place" exits 0 \
	on second enrol --host second - <"$T/token"
diag "$(cat "$T/err")"
wait "$waiting"
is "and the first host has sealed it" "$?" 0
ok "with its name" grep -q "second speaks for mali" "$T/first.out"
is "the roll has two hosts" "$(on first roll --json | jq -r '[.[].host]|join(" ")')" "first second"
ok "the token is in no log" not grep -q "$(cat "$T/token")" "$T"/*/log
for h in first second; do
	is "the keys of $h are root's alone" "$(stat -c %a "$T/$h/state/keys/envoy.key")" 600
done
ok "they are not the same" not cmp -s "$T/first/state/keys/envoy.key" "$T/second/state/keys/envoy.key"
speaks() { on "$1" alliance --json 2>/dev/null | jq -e '.alliances[0].self == "mali"' >/dev/null; }
ok "the second host knows whose it is" until_true 20 speaks second
line_up() { on "$1" alliance --json 2>/dev/null | jq -e '[.posts[]|select(.state=="up")]|length >= '"$2" >/dev/null; }
ok "and reaches the chancery's post" until_true 60 line_up second 1
ok "what it may not do is refused in a sentence" exits 3 on second invite
ok "which names the cure" grep -q "the host that speaks for it" "$T/err"

# an attack seen by the second host
guess() { # HOST ADDRESS...: five failures each
	local h=$1 a i now
	shift
	now=$(date +"%b %e %H:%M:%S")
	for a; do
		for i in 1 2 3 4 5 6; do
			echo "$now $h sshd[7$i]: Failed password for invalid user u$i from $a port 40$i ssh2"
		done
	done >>"$T/$h/auth.log"
}
closed() { on "$1" list --json 2>/dev/null | jq -e --arg a "$2" 'any(.. | strings; . == $a or . == ($a + "/32"))' >/dev/null; }
has_rolls() { [ "$(about burkina '[.parties[]|select(.party=="mali")|.envoys[].host]|join(" ")')" = "first second" ]; }
ok "burkina has the new roll" until_true 60 has_rolls
guess second 45.9.1.1
ok "the second host closes its attacker" until_true 10 closed second 45.9.1.1
ok "so does the first" until_true 20 closed first 45.9.1.1
ok "and burkina" until_true 20 closed burkina 45.9.1.1
ok "in mali's name" grep -q "mali" <(on burkina why 45.9.1.1)
guess burkina 45.9.1.2
ok "what burkina sees reaches the second host through the first" \
	until_true 20 closed second 45.9.1.2
guess first 45.9.1.3
ok "and what the first host sees, too" until_true 20 closed second 45.9.1.3

# the first host dies, whole
kill -9 "${PID_OF[first]}"
wait "${PID_OF[first]}" 2>/dev/null
ip netns pids "$ID-first" | xargs -r kill -9 2>/dev/null
guess second 45.9.1.4
ok "without the first host the second defends itself" until_true 10 closed second 45.9.1.4
ok "and keeps what allies told" closed second 45.9.1.2
ok "burkina cannot know yet" not closed burkina 45.9.1.4
liptako_up first
ok "once it is back, burkina hears of it" until_true 60 closed burkina 45.9.1.4
ok "and the first host" until_true 20 closed first 45.9.1.4

# one host may not flood the fleet
mapfile -t many < <(for i in $(seq 0 1 399); do echo "46.7.$((i / 200)).$((i % 200 + 1))"; done)
t0=$(date +%s)
guess second "${many[@]}"
n_closed() { on "$1" list --all --json 2>/dev/null | jq '[.. | strings | select(startswith("46.7."))] | unique | length'; }
all_own() { [ "$(n_closed second)" -ge 400 ]; }
ok "four hundred attack the second host, which closes all" until_true 30 all_own
closed_some() { [ "$(n_closed "$1")" -gt "$2" ]; }
until_true 30 closed_some first 200
until_true 30 closed_some burkina 20
sleep 3 # for more than there may be
n=$(n_closed first) b=$(n_closed burkina) dt=$(($(date +%s) - t0))
diag "after $dt s: first closed $n, burkina $b of 400"
# burst 240 and 240 a minute at the first host; 60 and 60 at an ally
ok "the first host closes no more than its budget for a host" \
	test "$n" -gt 200 -a "$n" -le $((240 + 4 * (dt + 1)))
ok "and burkina no more than a party's" test "$b" -gt 20 -a "$b" -le $((60 + dt + 1))

# the first host is lost for good: what docs/charter.md says an administrator
# does by hand, on another machine with its address
kill -9 "${PID_OF[first]}"
wait "${PID_OF[first]}" 2>/dev/null
ip netns pids "$ID-first" | xargs -r kill -9 2>/dev/null
cable first down
plug heir
for h in second burkina; do ip -n "$ID-$h" neigh flush dev eth0; done
party_new heir
cp -a "$T/first/state/keys" "$T/heir/state/"
mkdir "$T/heir/state/post"
cp -a "$T/first/state/post"/post.{key,crt} "$T/heir/state/post/"
liptako_up heir
on burkina charter export --bundle "$T/sahel.txt" >/dev/null
ok "a copy of its keys and an ally's charter make another machine the first host" \
	exits 0 on heir import "$T/sahel.txt"
guess heir 45.9.1.5
ok "its attackers are closed by burkina" until_true 60 closed burkina 45.9.1.5
ok "and by the second host" until_true 60 closed second 45.9.1.5
guess burkina 45.9.1.6
ok "what burkina sees reaches it" until_true 60 closed heir 45.9.1.6
ok "and through it the second host" until_true 60 closed second 45.9.1.6
guess second 45.9.1.7
ok "whose attackers it closes" until_true 60 closed heir 45.9.1.7
no_perjurer() { on "$1" alliance --json | jq -e '.perjurers == 0' >/dev/null; }
ok "nobody takes it for a perjurer" no_perjurer burkina

# a host that was lost
ok "the second host is revoked" exits 0 on heir revoke --yes second
knows() { on burkina party list --json | jq -e '.[0]' >/dev/null; on burkina charter export --bundle - | grep -q "# Revocation"; }
ok "burkina knows" until_true 30 knows
guess second 45.9.1.9
ok "the second host still defends itself" until_true 10 closed second 45.9.1.9
sleep 5
ok "but is heard no more by burkina" not closed burkina 45.9.1.9
ok "nor by the first host" not closed heir 45.9.1.9
