#!/bin/bash
# Containers come and go: with LIPTAKO_LONG more logs in one life of liptakod
# than it follows at a time. No line is lost, and what is gone takes no room.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
need root nft jq
plan 10
space gate
NS_gate=$ID-gate
lpt() { ip netns exec "$NS_gate" "$BUILD/liptako" "$@"; }
export LIPTAKO_RUN=$T/run
ROUNDS=${LONG:+11} AT_ONCE=400
ROUNDS=${ROUNDS:-2}
mkdir "$T/state" "$T/docker"
: >"$T/other.log"
conf() {
	printf 'find: no\nsources:\n- containers: %s\n' "$T/docker"
	[ "${1:-}" != more ] || printf -- '- {file: %s, service: openssh}\n' "$T/other.log"
}
conf more >"$T/liptako.yaml"
spawn ip netns exec "$NS_gate" "$BUILD/liptakod" -f --config "$T/liptako.yaml" \
	--rules "$TOP/rules" --state "$T/state" --run "$T/run" >"$T/log" 2>&1
up() { lpt status >/dev/null 2>&1; }
ok "it is up" until_true 30 up

line() { # ADDRESS
	printf '{"log":"Failed password for root from %s port 4000 ssh2\\n","stream":"stderr","time":"%s"}\n' \
		"$1" "$(date -u +%FT%T.%NZ)"
}
# A round of containers: each says one line and is gone.
come() {
	local i stamp
	stamp=$(date -u +%FT%TZ)
	for ((i = 0; i < AT_ONCE; i++)); do
		mkdir "$T/docker/c$1x$i"
		printf '{"log":"hello\\n","stream":"stdout","time":"%s"}\n' "$stamp" \
			>"$T/docker/c$1x$i/c$1x$i-json.log"
	done
}
lines_are() {
	lpt status --json >"$T/status.json" 2>/dev/null
	[ "$(jq .counters.lines "$T/status.json")" = "$1" ]
}
sources_are() {
	lpt status --json >"$T/status.json" 2>/dev/null
	[ "$(jq '.sources | length' "$T/status.json")" = "$1" ]
}
whole=yes
for ((round = 1; round <= ROUNDS; round++)); do
	come "$round"
	until_true 120 lines_are $((round * AT_ONCE)) || { whole=no; break; }
	rm -r "$T/docker/c${round}x"*
	until_true 120 sources_are 1 || { whole=gone; break; }
done
is "of $((ROUNDS * AT_ONCE)) logs each was read and is forgotten" "$whole" yes
ok "none was too many" not grep -q "too-many-sources\|log-refused" "$T/log"

mkdir "$T/docker/last"
for _ in 1 2 3 4 5; do line 203.0.113.7; done >"$T/docker/last/last-json.log"
held() { lpt list --json 2>/dev/null | jq -e ".measures[] | select(.net == \"$1\" and .kernel)" >/dev/null; }
ok "one that comes after them all is read" until_true 30 held 203.0.113.7
rm -r "$T/docker/last"
ok "and is no source any more" until_true 30 sources_are 1
ok "doctor has no word of those that are gone" sh -c \
	"ip netns exec $NS_gate '$BUILD/liptako' doctor | { ! grep docker; }"

conf >"$T/liptako.yaml"
ok "a source that a reload removes" exits 0 lpt reload
ok "is none for the judge either" until_true 20 sources_are 0
conf more >"$T/liptako.yaml"
lpt reload >/dev/null
until_true 20 sources_are 1
for _ in 1 2 3 4 5; do
	echo "$(date '+%b %e %H:%M:%S') gate sshd[7]: Failed password for root from 203.0.113.8 port 4 ssh2"
done >>"$T/other.log"
ok "one that comes back is read on" until_true 30 held 203.0.113.8
ok "nobody died of it" not grep -q "program-died" "$T/log"
