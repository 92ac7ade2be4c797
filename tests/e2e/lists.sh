#!/bin/bash
# The lists that firewalls fetch: what they are for accepts them.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/desk.sh
. "$(dirname "$0")/../lib/desk.sh"
need root nft ip curl jq ipset
[ -x "$BUILD/src/desk/desk" ] || skip_all "needs a build with desk"
plan 28

space gate; space user
ok "the desk answers" desk_start gate
token=$(lpt token add lists 2>/dev/null)
B=http://127.0.0.1:7406/v1/blocklist
get() { in_space gate curl -s -D "$T/head" -o "$T/body" -u "any:$token" "$@"; }
status() { head -1 "$T/head" | cut -d' ' -f2; }
answers() { get "${@:2}" && [ "$(status)" = "$1" ]; }
kinds="txt bare.txt juniper.txt f5.txt ndjson nft ipset rsc rbldnsd"

all_empty() {
	local k
	for k in $kinds; do answers 200 "$B.$k" || { diag "$k: $(status)"; return 1; }; done
}
ok "an empty list is a list" all_empty
in_user() { in_space user "$@" 2>"$T/err" || { cat "$T/err"; return 1; }; }
get "$B.nft"
ok "nft takes an empty one" in_user nft -c -f "$T/body"
get "$B.ipset"
ok "ipset takes an empty one" in_user ipset restore -f "$T/body"

for i in $(seq 1 40); do lpt deny 203.0.113.$i 1h >/dev/null; done
lpt deny 198.51.100.0/24 1h >/dev/null
lpt deny 198.51.100.7 2h >/dev/null
lpt deny 2001:db8:1::1 1h >/dev/null
lpt deny 2001:db8:2::/48 1h >/dev/null
lists() { get "$B.txt" && [ "$(grep -vc '^#' "$T/body")" = "$1" ]; }
until_true 20 lists 44

ok "plain text" answers 200 "$B.txt"
is "has every one" "$(grep -vc '^#' "$T/body")" 44
ok "one a line" grep -qx 203.0.113.7 "$T/body"
tag=$(sed -n 's/^ETag: \(.*\)\r$/\1/p' "$T/head")
ok "with a tag" test -n "$tag"
ok "asked with it: not modified" answers 304 -H "If-None-Match: $tag" "$B.txt"
lpt pardon 203.0.113.40 >/dev/null
ok "after a change: again" until_true 20 answers 200 -H "If-None-Match: $tag" "$B.txt"
packed() {
	get -H 'Accept-Encoding: gzip' "$B.bare.txt" &&
		grep -qi '^content-encoding: gzip' "$T/head" && mv "$T/body" "$T/packed" &&
		get "$B.bare.txt" && zcat "$T/packed" | cmp - "$T/body"
}
ok "packed if asked, and the same" packed
get "$B.bare.txt?family=6"
is "of one family" "$(sort "$T/body" | tr '\n' ' ')" "2001:db8:1::/64 2001:db8:2::/48 "
get "$B.bare.txt?ipv4only"
is "of the other, in the mirror's words" "$(grep -c : "$T/body")" 0
get "$B.bare.txt?origin=operator"
is "of an origin" "$(wc -l <"$T/body")" 43
get "$B.bare.txt?origin=allies,sensor"
is "of others: empty, and 200" "$(status) $(wc -c <"$T/body")" "200 0"
get "$B.bare.txt?witnesses=2"
is "of two witnesses" "$(wc -l <"$T/body")" 0
get "http://127.0.0.1:7406/security/blocklist?format=juniper"
ok "where cs-blocklist-mirror stood" grep -qx 203.0.113.1/32 "$T/body"
ok "with ?token= too" [ "$(in_space gate curl -s -o /dev/null -w '%{http_code}' "$B.txt?token=$token")" = 200 ]
ok "without a key: 401" [ "$(in_space gate curl -s -o /dev/null -w '%{http_code}' "$B.txt")" = 401 ]
ok "with a wrong one: 403" [ "$(in_space gate curl -s -o /dev/null -u x:y -w '%{http_code}' "$B.txt")" = 403 ]

get "$B.nft"
ok "nft checks it" in_user nft -c -f "$T/body"
in_user nft -f "$T/body"
ok "and holds it" in_space user nft get element inet liptako_list v4 '{ 203.0.113.7 }'
get "$B.ipset"
ok "ipset restores it" in_user ipset restore -f "$T/body"
ok "again, over the old one" in_user ipset restore -f "$T/body"
ok "and finds one in it" in_space user ipset -q test liptako4 198.51.100.99
get "$B.ndjson"
is "each line of ndjson is an object" "$(jq -r .cidr "$T/body" | wc -l)" 43
get "$B.rsc?listname=Foo%22x"
ok "a list's name is only a name" grep -q 'list="Foox" address=203.0.113.7 ' "$T/body"

zone() {
	command -v rbldnsd >/dev/null && command -v dig >/dev/null || return 0
	get "$B.rbldnsd"
	mkdir -p "$T/zone" && cp "$T/body" "$T/zone/list" && chmod -R a+rX "$T/zone"
	spawn in_space user rbldnsd -n -f -u nobody -w "$T/zone" -b 127.0.0.1/5300 \
		list.example:combined:list >"$T/rbldnsd.log" 2>&1
	until_true 20 listed 7.113.0.203 && listed 99.100.51.198 &&
		! listed 1.2.0.192 || { cat "$T/rbldnsd.log"; return 1; }
}
listed() {
	[ "$(in_space user dig +short +time=1 +tries=1 -p 5300 @127.0.0.1 \
		"$1.list.example" A)" = 127.0.0.2 ]
}
ok "rbldnsd answers from it" zone
[ -z "${SHOW:-}" ] || cat "$T/liptakod.log"
