#!/bin/bash
# enforcer.sh [N]: addresses into the kernel, by us and by the peers, in one
# run on one core each and in network namespaces of their own. Needs root.
#
# Ours twice: the enforcer's code alone, and the whole program in its jail
# with every order and every answer a message on the link.
set -euo pipefail
cd "$(dirname "$0")/.."
N=${1:-1000000}
CPU=${CPU:-1}
B=${LIPTAKO_BUILD:-build}
P=build/peers
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
mkdir -p "$P"

echo "one core (CPU $CPU), $(uname -r), $(date -u +%F)"
echo "== the enforcer's code, $N orders"
taskset -c "$CPU" "$B/bench/enforcer_bench" "$N" 2>&1

drive() {
	unshare -n sh -c 'ip link set lo up; exec "$@"' - \
		"$B/src/enforcer/enforcer_drive" "$B/src/enforcer/enforcer" 2>&1 |
		grep -v '^protected'
}
echo "== the whole program, over its link"
printf '%s\n' go "many $N deny 3600 list" memory again | drive
echo "== the same, as many orders in a message as it takes; then own measures"
printf '%s\n' go "crowd $N deny 3600 list" | drive
printf '%s\n' go "crowd $N deny 3600" | drive
printf '%s\n' go memory "many 100000 deny 3600" memory again | drive
echo "== an order to its answer: message, checks, kernel, message; with 100,000"
echo "   there; then the same ones renewed"
printf '%s\n' go 'many 100000 deny 3600' 'latency 20000' 'latency 20000' | drive
echo "   the same with both ends pinned to one core"
printf '%s\n' go 'latency 20000' | taskset -c "$CPU" unshare -n sh -c \
	'ip link set lo up; exec "$@"' - "$B/src/enforcer/enforcer_drive" \
	"$B/src/enforcer/enforcer" | grep latency

echo "== the peers"
addresses() {
	awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) { x = (i * 2654435761) % 4294967296;
		printf "%d.%d.%d.%d\n", x % 256, x / 256 % 256, x / 65536 % 256, x / 16777216 } }'
}
seconds() { # INPUT COMMAND...
	local from=$EPOCHREALTIME in=$1
	shift
	taskset -c "$CPU" unshare -n "$@" <"$in" >/dev/null
	echo "$EPOCHREALTIME $from" | awk '{ printf "%.0f ms", ($1 - $2) * 1000 }'
}
{
	echo 'table inet x {'
	echo 'set s { type ipv4_addr; flags timeout; elements = {'
	addresses "$N" | sed 's/$/ timeout 1h,/'
	printf '}\n}\n}\n'
} >"$T/nft"
echo "nft -f, $N addresses: $(seconds "$T/nft" nft -f -)"
if [ ! -e "$P/ipset.done" ]; then
	for d in ipset libipset13; do
		(cd "$P" && apt-get download -q $d >/dev/null 2>&1 &&
			dpkg -x ${d}_*.deb ipset) || true
	done
	touch "$P/ipset.done"
fi
ipset=$(find "$P/ipset" -name ipset -path '*sbin*' 2>/dev/null | head -1)
if [ -n "$ipset" ]; then
	{
		echo "create s hash:ip timeout 3600 maxelem $((N * 2)) hashsize 65536"
		addresses "$N" | sed 's/^/add s /'
	} >"$T/ipset"
	LD_LIBRARY_PATH=$(dirname "$(find "$P/ipset" -name 'libipset.so*' | head -1)")
	export LD_LIBRARY_PATH
	echo "ipset restore, $N addresses: $(seconds "$T/ipset" "$ipset" restore -!)"
fi
