#!/bin/bash
# Lists of others are taken in: fetched, ordered, changed, revoked; nobody who
# is protected is shut out by them, and none of our own measures gives way.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/desk.sh
. "$(dirname "$0")/../lib/desk.sh"
need root nft ip jq curl python3
[ -x "$BUILD/src/desk/desk" ] || skip_all "needs a build with desk"
plan 30
space gate; space web
wire gate 10.74.1.1/24 web 10.74.1.2/24
mkdir "$T/www"
spawn in_space web python3 "$TOP/tests/lib/served.py" 10.74.1.2 80 "$T/www" "$T/served"
serve() { printf '%s\n' "${@:2}" >"$T/www/$1.new" && mv "$T/www/$1.new" "$T/www/$1"; }
: >"$T/served"
cat >"$T/liptako.yaml" <<END
allow: [9.9.9.0/24]
desk: {on: yes, listen: ["0.0.0.0:7406"], bouncers: []}
END
ok "the desk answers" desk_start gate
kernel() { in_space gate nft -j list table inet liptako | jq -r '.nftables[].set? // empty |
	select(.name | startswith("never") | not) | .elem? // [] | .[] | (.elem.val // .) |
	if type == "object" then "\(.prefix.addr)/\(.prefix.len)" else . end' | sort -V; }
in_kernel() { lpt list --all --json 2>/dev/null | grep -o '"net": *"[^"]*"' | grep -q "\"$1\""; }
nets() { lpt source list --json | jq -r "select(.name == \"$1\") | .nets"; }
has_nets() { [ "$(nets "$1")" = "$2" ]; }
status() { lpt source list --json | jq -r "select(.name == \"$1\") | .status"; }

serve drop.txt '# a list' 45.1.2.3 '45.1.3.0/24 ; SBL1' '45.9.0.0/22' 2a0b:1::5 9.9.9.9 10.74.1.2 \
	127.0.0.1 203.0.113.5 'not an address' '1.0.0.0/8' 'add set 45.8.8.8' '{"cidr":"45.7.0.0/24"}'
ok "a list is added" lpt source add --name drop http://10.74.1.2/drop.txt
ok "fetched and in force" until_true 15 in_kernel 45.1.2.3
ok "prefixes too" in_kernel 45.1.3.0/24
ok "wider ones cut up" in_kernel 45.9.3.0/24
ok "IPv6 by its /64" in_kernel 2a0b:1::/64
ok "in the words of others" in_kernel 45.8.8.8
ok "as ndjson" in_kernel 45.7.0.0/24
ok "who is allowed is not" not in_kernel 9.9.9.9
ok "nor our own neighbour's special range" not in_kernel 10.74.1.2
lpt why-not 45.1.2.3 --json >"$T/why" 2>/dev/null || lpt why 45.1.2.3 --json >"$T/why" 2>/dev/null
ok "why names the list" json_has "$T/why" '.lists[]? | select(. == "drop")'
ok "only http and https" not lpt source add --name bad file:///etc/passwd
ok "nor by a redirection" lpt source add --name away http://10.74.1.2/away
failed() { [ "$(status "$1")" != "not fetched yet" ] && has_nets "$1" 0; }
until_true 10 failed away
is "it is said" "$(status away)" "its server is not reached"

lpt deny 45.1.2.3 10m >/dev/null
own() { lpt list --json 2>/dev/null | jq -e '.. | objects | select(.net? == "45.1.2.3" and .list == false)' >/dev/null; }
ok "our own word stands above it" until_true 20 own

serve drop.txt 45.1.2.3 45.1.4.4
desk_stop
: >"$T/served"
ok "after a restart" desk_start gate
ok "it is fetched again, changed" until_true 15 in_kernel 45.1.4.4
ok "what left it is open" until_true 20 not in_kernel 45.8.8.8
ok "our own stays" own
kill_judge() { in_space gate pkill -9 -x -P "$DESK_PID" judge; }
: >"$T/served"
kill_judge
ok "another judge asks if it changed" until_true 15 grep -q "drop.txt 304" "$T/served"
ok "and opened nothing" in_kernel 45.1.4.4

ok "one that never ends" lpt source add --name huge --cap 1000 http://10.74.1.2/huge
until_true 30 sh -c "[ \"\$($BUILD/liptako source list --json --run $T/run | jq -r 'select(.name == \"huge\") | .status')\" = 'too long' ]"
is "is cut off" "$(status huge)" "too long"

# a million, each once, in no order
python3 -c 'for i in range(1000000):
	x = i * 16777619 & 0xffffff
	print("46.%d.%d.%d" % (x >> 16, x >> 8 & 255, x & 255))' >"$T/www/many.txt"
weight() { # PROGRAM: the most it ever had, MiB; a fetching is herald's child
	local p most=0 n of
	of=$(pgrep -x -P "$DESK_PID" "$1")
	for p in $of ${of:+$(pgrep -P "$of")}; do
		n=$(awk '/^VmHWM:/ {print int($2 / 1024)}' "/proc/$p/status" 2>/dev/null)
		[ "${n:-0}" -le "$most" ] || most=$n
	done
	echo "$most"
}
start=$(date +%s%N)
lpt source add --name many http://10.74.1.2/many.txt >/dev/null
fetching=0
watch_fetch() { local n; n=$(weight herald); [ "$n" -le "$fetching" ] || fetching=$n; }
loaded() { watch_fetch; [ "$(lpt status --json | jq .kernel.list)" -ge 1000000 ]; }
ok "a million at once" until_true 90 loaded
took=$((($(date +%s%N) - start) / 1000000))
judge=$(weight judge) enforcer=$(weight enforcer)
diag "1,000,000 nets from the server into the kernel: $took ms;" \
	"at most: fetching $fetching MiB, judge $judge MiB, enforcer $enforcer MiB"
ok "in bounded memory" [ $((fetching > 20 && fetching < 120 && judge > 5 && judge < 160)) = 1 ]
in_space gate pkill -9 -x -P "$DESK_PID" herald
ok "another herald asks if it changed: no" \
	until_true 20 grep -q "many.txt 304" "$T/served"
ok "and all of it stands" loaded
start=$(date +%s%N)
ok "it is revoked at once" lpt source remove many
empty() { [ "$(lpt status --json | jq .kernel.list)" -lt 10 ] 2>/dev/null; }
ok "from the kernel, too" until_true 90 empty
diag "taken out after $((($(date +%s%N) - start) / 1000000)) ms"
none_left() { [ "$(kernel | grep -c '^46\.')" = 0 ]; }
ok "the kernel says so itself" none_left
[ -z "${SHOW:-}" ] || cat "$T/liptakod.log" "$T/served"
