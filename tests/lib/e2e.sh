# shellcheck shell=bash
# e2e.sh - what every end-to-end test sources: TAP, namespaces, clean-up.
#
#   . "$(dirname "$0")/../lib/e2e.sh"
#   plan 3
#   need root nft sshd
#   net_new gate           # namespace $NS_gate ...
#   ok "it holds" test -e x
#
# Everything lives in $T (a scratch folder) and in network namespaces named
# after this process; both are gone at exit, whatever happens. Loops are
# bounded: `until_true SECONDS command...`.

set -uo pipefail
TOP=${LIPTAKO_TOP:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
BUILD=${LIPTAKO_BUILD:-$TOP/build}
LONG=${LIPTAKO_LONG:-}
T=$(mktemp -d /tmp/liptako-e2e.XXXXXX)
chmod 755 "$T"
ID=lpt$$
N=0
SPACES=()
PIDS=()

cleanup() {
	local p n
	for p in "${PIDS[@]}"; do kill "$p" 2>/dev/null; done
	for p in "${PIDS[@]}"; do
		for _ in $(seq 40); do kill -0 "$p" 2>/dev/null || break; sleep 0.05; done
		kill -9 "$p" 2>/dev/null
	done
	for n in "${SPACES[@]}"; do
		ip netns pids "$n" 2>/dev/null | xargs -r kill -9 2>/dev/null
		ip netns del "$n" 2>/dev/null
	done
	type at_exit >/dev/null 2>&1 && at_exit
	[ -n "${KEEP:-}" ] || rm -rf "$T"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

plan() { echo "1..$1"; }
skip_all() { echo "1..0 # SKIP $*"; exit 0; }
diag() { printf '# %s\n' "$@"; }

# need root|PROGRAM...: skips the whole test, before plan, if one is missing.
need() {
	local x
	for x in "$@"; do
		case $x in
		root) [ "$(id -u)" = 0 ] || skip_all "needs root" ;;
		*) command -v "$x" >/dev/null || [ -x "/usr/sbin/$x" ] ||
			skip_all "needs $x" ;;
		esac
	done
}

# ok SENTENCE COMMAND...: one test.
ok() {
	local what=$1
	shift
	N=$((N + 1))
	if "$@"; then
		echo "ok $N - $what"
	else
		echo "not ok $N - $what"
		return 1
	fi
}
not() { ! "$@"; }
# is SENTENCE GOT WANTED
is() {
	if ! ok "$1" [ "$2" = "$3" ]; then
		diag "got:    $2" "wanted: $3"
		return 1
	fi
}

# exits STATUS COMMAND...: what it says is in $T/out and $T/err.
exits() {
	local want=$1
	shift
	"$@" >"$T/out" 2>"$T/err"
	[ $? = "$want" ]
}

# until_true SECONDS COMMAND...: tries every 20 ms.
until_true() {
	local end=$(($(date +%s%N) + $1 * 1000000000))
	shift
	until "$@"; do
		[ "$(date +%s%N)" -lt $end ] || return 1
		sleep 0.02
	done
}

# busy_ms MS: so much time on a machine to itself is how much on this one now,
# by how long a fifth of a second's work takes.
busy_ms() {
	python3 -c 'import sys, time
began = time.monotonic()
while time.process_time() < 0.2: pass
print(int(float(sys.argv[1]) * max(1, (time.monotonic() - began) / 0.18)))' "$1"
}

# spawn COMMAND...: in the background, ended at exit; its pid in $PID.
# spawn in_space NAME COMMAND...: the pid is the command's own.
spawn() {
	if [ "$1" = in_space ]; then
		local n=$ID-$2
		shift 2
		ip netns exec "$n" "$@" &
	else
		"$@" &
	fi
	PID=$!
	PIDS+=("$PID")
}

# space NAME: a network namespace of our own; its name in NS_NAME.
space() {
	ip netns add "$ID-$1" || return 1
	SPACES+=("$ID-$1")
	ip -n "$ID-$1" link set lo up
	printf -v "NS_$1" %s "$ID-$1"
}
address() {
	case $2 in
	*:*) ip -n "$1" addr add "$2" dev "$3" nodad ;;
	*) ip -n "$1" addr add "$2" dev "$3" ;;
	esac
}
# wire A ADDR/LEN B ADDR/LEN: a veth pair between two spaces.
wire() {
	local a=$ID-$1 b=$ID-$3 va=v$1$3 vb=v$3$1
	ip -n "$a" link add "$va" type veth peer name "$vb" netns "$b" &&
		address "$a" "$2" "$va" && address "$b" "$4" "$vb" &&
		ip -n "$a" link set "$va" up && ip -n "$b" link set "$vb" up
}
# in_space NAME COMMAND...
in_space() {
	local n=$ID-$1
	shift
	ip netns exec "$n" "$@"
}
# json_has FILE FILTER: does jq print anything for it?
json_has() { [ -n "$(jq -r "$2" "$1" 2>/dev/null)" ]; }
