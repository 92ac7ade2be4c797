#!/bin/bash
# docs/openapi.yaml against the running desk: every path is asked, with a key
# and without, and answers with a status and a type that stand there. And
# docs/grafana.json asks for metrics that there are.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/desk.sh
. "$(dirname "$0")/../lib/desk.sh"
need root nft ip jq curl
[ -x "$BUILD/src/desk/desk" ] || skip_all "needs a build with desk"
space gate
cat >"$T/liptako.yaml" <<END
desk: {on: yes, listen: ["127.0.0.1:7406"], bouncers: []}
END
desk_start gate || { echo "1..1"; ok "the desk answers" false; exit 1; }
key=$(lpt token add --role operator anna 2>/dev/null)
lpt deny 45.1.2.3 1h >/dev/null

# "GET /path 200 401 ..." of each operation
awk '/^  \// { path = $1; sub(/:$/, "", path) }
	/^components:/ { path = ""; if (line) print line; line = "" }
	path && /^    (get|post|put|delete):/ { if (line) print line
		m = toupper($1); sub(/:$/, "", m); line = m " " path }
	path && /^        "[0-9]+":/ { s = $1; gsub(/[":]/, "", s); line = line " " s }' \
	"$TOP/docs/openapi.yaml" >"$T/paths"

# ask METHOD PATH ARGUMENT...: status and type
ask() {
	local url=${2/\{format\}/txt} body=() patience=20
	case $2 in
	*/events) patience=1 ;; # it does not end
	*/why | */why-not) url="$url?net=45.1.2.3" ;;
	esac
	case $1:$2 in
	POST:*/login) body=(-d '{"key":"none"}') ;;
	POST:*/logout | POST:*/reload) body=(-d '{}') ;;
	POST:*) body=(-d '{"net":"45.1.2.4"}') ;;
	esac
	in_space gate curl -s -m $patience -o "$T/body" -w '%{http_code} %{content_type}' \
		-X "$1" -H 'X-Liptako: 1' -H 'Content-Type: application/json' \
		"${body[@]}" "${@:3}" "http://127.0.0.1:7406$url"
}
shape() { # TYPE: is the body what it says?
	case $1 in
	application/json*) jq -e . "$T/body" >/dev/null ;;
	*) [ -e "$T/body" ] ;;
	esac
}
while read -r method path statuses; do
	[ "$path" != /api/v1/logout ] || continue
	for who in nobody anna; do
		with=()
		[ $who = nobody ] || with=(-H "Authorization: Bearer $key")
		: >"$T/body"
		heard() { got=$(ask "$method" "$path" "${with[@]}"); [ "${got%% *}" != 000 ]; }
		# a reload may put a new desk in the place of this one
		until_true 30 heard
		fits() { grep -qw -- "${got%% *}" <<<"$statuses" && shape "${got#* }"; }
		ok "$method $path by $who: ${got%% *}" fits ||
			diag "answered: $got; described: $statuses"
	done
done <"$T/paths"

in_space gate curl -s http://127.0.0.1:7406/metrics >"$T/metrics"
jq -r '.. | .expr? // empty' "$TOP/docs/grafana.json" |
	grep -oE 'liptako_[a-z_]+' | sort -u >"$T/asked"
ok "the dashboard asks for something" [ "$(wc -l <"$T/asked")" -gt 5 ]
none=$(while read -r m; do
	grep -qE "^# TYPE (${m}|${m%_total}|${m%_bucket}|${m%_count}|${m%_sum}) " \
		"$T/metrics" || echo "$m"
done <"$T/asked")
is "and for nothing that there is not" "$none" ""
plan "$N"
