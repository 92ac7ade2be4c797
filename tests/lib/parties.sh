# shellcheck shell=bash
# parties.sh - parties of an alliance in network namespaces on one bridge, each
# with its own log and its own liptakod, which runs its own nats-server. For
# tests that source e2e.sh first.
#
#   AT=([mali]=77.1.1.1 [niger]=77.1.3.1)  # addresses, all within one /16
#   parties_up mali niger
#   on mali status                         # as its operator

declare -A AT=() PID_OF=()

now_ms() { echo $(($(date +%s%N) / 1000000)); }

bridge() {
	space net
	ip -n "$ID-net" link add br0 type bridge
	ip -n "$ID-net" link set br0 up
}
# plug NAME: a space on the bridge with its address.
plug() {
	local n=$1 ns=$ID-$1
	space "$n"
	ip -n "$ns" link add eth0 type veth peer name "p-$n" netns "$ID-net" &&
		ip -n "$ns" addr add "${AT[$n]}/16" dev eth0 &&
		ip -n "$ns" link set eth0 up &&
		ip -n "$ID-net" link set "p-$n" master br0 up
}
# The cable of a party, out and in again.
cable() { ip -n "$ID-net" link set "p-$1" "$2"; }

can_connect() { # SPACE ADDRESS [PORT]
	in_space "$1" timeout 1 bash -c "exec 3<>/dev/tcp/$2/${3:-22}" 2>/dev/null
}

# party_alone NAME [YAML]: its log, its settings and its seals, but no post.
party_alone() {
	local h=$1
	mkdir -p "$T/$h/state"
	: >"$T/$h/auth.log"
	cat >"$T/$h/liptako.yaml" <<-END
		find: no
		sources:
		- file: $T/$h/auth.log
		  service: openssh
		${2:-}
	END
	ssh-keygen -q -t ed25519 -N '' -C "$h" -f "$T/$h/seal"
	ssh-keygen -q -t ed25519 -N '' -C "$h spare" -f "$T/$h/spare"
}
# party_new NAME [YAML]: with a post at its address.
party_new() {
	party_alone "$1" "post: { listen: \"${AT[$1]}:4222\" }
${2:-}"
}
liptako_up() {
	local h=$1
	spawn in_space "$h" "$BUILD/liptakod" -f --config "$T/$h/liptako.yaml" \
		--rules "$TOP/rules" --state "$T/$h/state" --run "$T/$h/run" \
		>>"$T/$h/log" 2>&1
	PID_OF[$h]=$PID
	until_true 60 answers "$h"
}
liptako_down() {
	kill -TERM "${PID_OF[$1]}" 2>/dev/null
	until_true 60 not kill -0 "${PID_OF[$1]}" 2>/dev/null
}
# parties_up NAME...: each on the bridge, with all of that; YAML is added to the
# settings of each.
parties_up() {
	local h
	bridge
	for h; do
		plug "$h"
		party_new "$h" "${YAML:-}"
		liptako_up "$h"
	done
}
answers() { on "$1" status >/dev/null 2>&1; }
on() { # PARTY COMMAND...: as its operator
	local h=$1
	shift
	in_space "$h" env LIPTAKO_RUN="$T/$h/run" \
		LIPTAKO_STATE="$T/$h/state" "$BUILD/liptako" "$@"
}
identity() {
	echo --yes --party "$1" --host "$1" --seal "$T/$1/seal" \
		--spare "$T/$1/spare" --post "${AT[$1]}:4222" \
		--territory "${AT[$1]%.*}.0/28" --contact "noc@$1.example"
}
about() { # PARTY FILTER: of its one alliance
	on "$1" party list --json 2>/dev/null | jq -r ".[0] | $2" 2>/dev/null
}
at_version() { [ "$(about "$1" .version)" = "$2" ]; }
post_is_up() { can_connect "$1" "${AT[$1]}" 4222; }
says() { grep -q -- "$2" "$T/$1/log"; } # PARTY WORDS: in its own log
requests() { on "$1" status --json | jq '.charters[0].requests'; }
has_request() { [ "$(requests "$1")" -ge 1 ]; }

# lines_up PARTY N: its lines to that many posts are up.
lines_up() {
	on "$1" alliance --json 2>/dev/null | jq -e --argjson n "$2" '[.. |
		objects | select(has("rtt_us")) | .state] |
		length >= $n and all(. == "up")' >/dev/null
}

# ally A B: A founds an alliance, and B joins it by a token over A's post.
ally() {
	local a=$1 b=$2 code
	# shellcheck disable=SC2046 # words
	on "$a" found $(identity "$a") sahel >"$T/$a/found" 2>&1 &&
		until_true 60 post_is_up "$a" &&
		on "$a" invite --out "$T/token.$b" >/dev/null &&
		on "$b" join $(identity "$b") --json "$(cat "$T/token.$b")" \
			>"$T/$b/join" 2>"$T/$b/join.err" || return 1
	code=$(jq -r .code "$T/$b/join")
	until_true 60 has_request "$a" &&
		on "$a" charter seal --yes --code "$code" >"$T/$a/seal.out" 2>&1 &&
		until_true 90 at_version "$b" 2 &&
		until_true 90 lines_up "$a" 2 && until_true 90 lines_up "$b" 2
}
