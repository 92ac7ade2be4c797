#!/bin/bash
# A charter of a hundred parties: found, seal, hand on, join over the network,
# export, restart. Ninety-eight of them are keys drawn from numbers; mali and
# burkina are real. Long: two minutes.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/parties.sh
. "$(dirname "$0")/../lib/parties.sh"
# shellcheck source=tests/lib/weight.sh
. "$(dirname "$0")/../lib/weight.sh"
[ -n "$LONG" ] || skip_all "only in make check-long"
need root nft ip jq ssh-keygen nats-server
plan 21
AT=([mali]=77.4.1.1 [burkina]=77.4.2.1)
many() { "$BUILD/tests/stub/stub-hundred" "$1" "$2"; }
bundle() { on mali charter export --bundle "$T/bundle" >/dev/null; }
parties_up mali burkina
# shellcheck disable=SC2046 # words
ok "mali founds" exits 0 on mali found $(identity mali) sahel
WARDEN=$(cat "$T/mali/run/liptakod.pid")
sleep 1
weigh >"$T/alone"
bundle
many grow 98 <"$T/bundle" >"$T/grown"
diag "version 2 with 98 accessions: $(wc -c <"$T/grown") bytes"
# mali, who brings them in, signs it with ssh-keygen, as anybody may
head=$(head -1 "$T/grown")
tail -n +2 "$T/grown" | head -c "${head##* }" >"$T/text"
ssh-keygen -q -Y sign -n liptako-charter@v1 -f "$T/mali/seal" <"$T/text" \
	>>"$T/grown" 2>/dev/null
ok "98 more come into version 2" exits 0 on mali import "$T/grown"
diag "$(cat "$T/err")"
ok "nothing more waits for mali's seal" exits 0 on mali charter seal --yes
is "a charter of 99 holds" "$(about mali '"\(.version) \(.parties|length)"')" "2 99"
bundle
many papers 98 <"$T/bundle" >"$T/papers"
ok "their records and rolls come in, $(($(wc -c <"$T/papers") / 1000)) kB" \
	exits 0 on mali import "$T/papers"
is "all are here" "$(about mali '[.parties[]|select(.record > 0)]|length')" 99

# the hundredth, over the network
on mali charter seal --yes >/dev/null 2>&1 # mali's logins at all their posts
is "mali's record names a login at each post" \
	"$(on mali charter export --bundle - | grep -c '^    login: ')" 98
until_true 20 post_is_up mali
on mali invite --out "$T/token" >/dev/null
# shellcheck disable=SC2046
tries() { on burkina join $(identity burkina) --json - <"$T/token" >"$T/out" 2>"$T/err"; }
ok "burkina reads a charter of 99 through mali's post, and asks to join" \
	until_true 90 tries
diag "$(cat "$T/err")"
code=$(jq -r .code "$T/out")
ok "its request, with 99 logins, reaches mali" until_true 60 has_request mali
ok "mali seals" exits 0 on mali charter seal --yes --code "$code"
ok "which waits for two thirds" grep -q "of 66" "$T/out"
bundle
many seal 98 <"$T/bundle" >"$T/sealed"
diag "version 3 with 98 seals: $(wc -c <"$T/sealed") bytes"
ok "the others seal" exits 0 on mali import "$T/sealed"
is "a charter of 100 holds" "$(about mali '"\(.version) \(.parties|length)"')" "3 100"
in_it() { sleep 1; [ "$(about burkina '"\(.version) \([.parties[]|select(.record > 0)]|length)"')" = "3 100" ]; }
ok "burkina has all of it, over the network" until_true 120 in_it
ok "and lists it" exits 0 on burkina party list
on burkina charter seal --yes >/dev/null 2>&1
guess() {
	local i now
	now=$(date +"%b %e %H:%M:%S")
	for i in 1 2 3 4 5 6; do
		echo "$now $1 sshd[7$i]: Failed password for invalid user u$i from $2 port 40$i ssh2"
	done >>"$T/$1/auth.log"
}
closed() { sleep 0.5; on "$1" list --json 2>/dev/null | jq -e --arg a "$2" 'any(.. | strings; . == $a or . == ($a + "/32"))' >/dev/null; }
guess burkina 45.6.1.1
ok "an attack on it is closed at mali" until_true 90 closed mali 45.6.1.1
ok "the charter is exported" exits 0 on burkina charter export --out "$T/export"
ok "ssh-keygen alone checks it" exits 0 sh "$T/export/verify.sh"
liptako_down burkina
liptako_up burkina
WARDEN=$(cat "$T/mali/run/liptakod.pid")
weigh >"$T/many"
each=$(awk '$1 == "total" { v[FILENAME] = $2 } END {
	print int((v[ARGV[2]] - v[ARGV[1]]) / 99) }' "$T/alone" "$T/many")
diag "KiB of one party: $(tr '\n' ' ' <"$T/alone")"
diag "KiB of a hundred: $(tr '\n' ' ' <"$T/many")"
ok "an ally weighs less than a megabyte: $each KiB" [ "$each" -gt 0 -a "$each" -lt 1024 ]
is "it is all there after a restart" \
	"$(about burkina '"\(.version) \([.parties[]|select(.record > 0)]|length)"')" "3 100"
echo "$(on burkina alliance --json | jq '.parties|length')" >"$T/n"
is "and judged with" "$(cat "$T/n")" 100
