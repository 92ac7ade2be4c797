#!/bin/bash
# From two running hosts to a sealed charter of two in four commands, a third
# by one more each, and what follows: amendment, renewal, export that
# ssh-keygen alone checks, revocation, suspension, withdrawal, a restart.
# Requests and charters go by file where no post is needed for the test.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/parties.sh
. "$(dirname "$0")/../lib/parties.sh"
need root nft ip jq ssh-keygen
plan 61
AT=([mali]=77.5.1.1 [burkina]=77.5.2.1 [niger]=77.5.3.1)
for h in mali burkina niger; do
	space "$h"
	party_alone "$h"
	liptako_up "$h"
done

# four commands: found, invite, join, seal
# shellcheck disable=SC2046 # words
ok "1: mali founds an alliance" exits 0 on mali found $(identity mali) --country ML sahel
is "version 1 holds" "$(about mali '"\(.state) \(.version) \(.parties|length)"')" "alive 1 1"
is "its keys are root's alone" "$(stat -c %a "$T/mali/state/keys/envoy.key")" 600
ok "2: mali invites" exits 0 on mali invite --json
token=$(jq -r .token "$T/out")
on mali charter export --bundle "$T/sahel.txt" >/dev/null
cp "$T/sahel.txt" "$T/first.txt"
# shellcheck disable=SC2046
ok "a name that is taken is refused before anything is sealed" exits 2 \
	on burkina join $(identity burkina) --party mali --charter "$T/sahel.txt" "$token"
ok "with the way out, which is then gone" grep -q "choose another name for yours: --party NAME" "$T/err"
# shellcheck disable=SC2046
ok "3: burkina sees the charter and seals its terms" exits 0 \
	on burkina join $(identity burkina) --country ML --charter "$T/sahel.txt" \
	--out "$T/burkina.join" --json "$token"
code=$(jq -r .code "$T/out")
is "its code has six words" "$(wc -w <<<"$code")" 6
ok "the request comes in by hand" exits 0 on mali import "$T/burkina.join"
ok "and shows the same code there" grep -q "\"$code\"" "$T/out"
ok "with another code nobody is admitted" exits 0 \
	on mali charter seal --yes --code "baba baba baba baba baba baba"
is "and version 1 still holds" "$(about mali .version)" 1
ok "4: mali seals" exits 0 on mali charter seal --yes --code "$code"
is "a charter of two holds" \
	"$(about mali '"\(.state) \(.version) \([.parties[].party]|join(","))"')" \
	"alive 2 mali,burkina"
is "the newcomer is on probation" "$(about mali '.parties[1].probation')" true
is "mali has burkina's record and roll" \
	"$(about mali '.parties[1] | "\(.record) \(.roll)"')" "1 1"
on mali charter export --bundle "$T/sahel.txt" >/dev/null
ok "burkina takes it in" exits 0 on burkina import "$T/sahel.txt"
is "and is in it" "$(about burkina '"\(.version) \(.parties|length)"')" "2 2"

# a third: one command, and the others' seals
on mali invite --out "$T/token"
# shellcheck disable=SC2046
on niger join $(identity niger) --party burkina --charter "$T/first.txt" \
	--out "$T/alike.join" "$(cat "$T/token")" >/dev/null
on mali import "$T/alike.join" >/dev/null
ok "nor is another burkina admitted" exits 0 on mali charter seal --yes
ok "which is said" grep -q "a party of that name already" "$T/err"
# shellcheck disable=SC2046
ok "niger asks to join" exits 0 on niger join $(identity niger) --country ML \
	--charter "$T/sahel.txt" --out "$T/niger.join" --json "$(cat "$T/token")"
code=$(jq -r .code "$T/out")
on mali import "$T/niger.join" >/dev/null
ok "mali seals version 3" exits 0 on mali charter seal --yes --code "$code"
ok "which waits for another" grep -q "1 of 2" "$T/out"
is "version 2 holds until then" "$(about mali '"\(.version) \(.waiting[0].have)"')" "2 1"
ok "mali does not seal a rival" exits 1 on mali charter amend --yes --set slots=128
on mali charter export --bundle "$T/sahel.txt" >/dev/null
on burkina import "$T/sahel.txt" >/dev/null
ok "burkina seals it too" exits 0 on burkina charter seal --yes
is "a charter of three holds there" \
	"$(about burkina '"\(.version) \([.parties[].party]|join(","))"')" \
	"3 mali,burkina,niger"
on burkina charter export --bundle "$T/sahel.txt" >/dev/null
on mali import "$T/sahel.txt" >/dev/null
on niger import "$T/sahel.txt" >/dev/null
is "and at mali" "$(about mali .version)" 3
is "and at niger" "$(about niger .version)" 3

# ssh-keygen alone
ok "the charter is exported" exits 0 on mali charter export --out "$T/export"
ok "verify.sh needs ssh-keygen alone" exits 0 env -i PATH=/usr/bin:/bin \
	sh "$T/export/verify.sh"
ok "all seals are right" grep -q " seals are right, 0 are wrong" "$T/out"
is "it is short" "$(($(wc -l <"$T/export/verify.sh") <= 22))" 1
sed -i 's/slots: 256/slots: 4000/' "$T/export/charter-3.txt"
ok "a changed text is found out" exits 1 sh "$T/export/verify.sh"
ok "and named" grep -q "charter-3.txt: NOT sealed by" "$T/out"
ok "liptako verifies a file" exits 0 on mali charter verify "$T/sahel.txt"
sed 's/slots: 256/slots: 257/' "$T/sahel.txt" >"$T/forged.txt"
ok "and refuses a forged one" exits 1 on mali charter verify "$T/forged.txt"

# renewal by more than half; amendment by two thirds
ok "mali renews" exits 0 on mali charter renew --yes --out "$T/renew"
on burkina import "$T/renew" >/dev/null
on burkina charter seal --yes >/dev/null 2>&1
is "two of three renew" "$(about burkina .version)" 4

# what is ours to change, in plain words
on burkina charter export --bundle "$T/sahel.txt" >/dev/null
on mali import "$T/sahel.txt" >/dev/null
ok "an amendment without a change is none, and says what could be" exits 2 on mali charter amend
ok "with the way to add a party" grep -q "to add a party: invite" "$T/err"
ssh-keygen -q -t ed25519 -N '' -C "mali anew" -f "$T/mali/anew"
ok "mali's seal is changed for another" exits 0 on mali charter amend --yes \
	--new-seal "$T/mali/anew" --drop-seal "$T/mali/seal" --out "$T/seals"
ok "and shown before" grep -q "mali: now seal" "$T/out"
on burkina import "$T/seals" >/dev/null
on burkina charter seal --yes --out "$T/seals" >/dev/null 2>&1
on mali import "$T/seals" >/dev/null
ok "once the others sealed it, record and roll follow" exits 0 on mali charter seal --yes
is "under the new seal" "$(about mali '"\(.version) \(.parties[0].record > 0) \(.parties[0].roll > 0)"')" "5 true true"
ok "a seal that was dropped does not come back" exits 2 on mali charter amend --yes \
	--new-seal "$T/mali/seal" --out "$T/back"
ok "for what it sealed would" grep -q "would count again" "$T/err"
on mali charter export --bundle "$T/sahel.txt" >/dev/null
on niger import "$T/sahel.txt" >/dev/null
is "which niger believes" "$(about niger '"\(.version) \(.parties[0].roll > 0)"')" "5 true"

# the roll
key=$(about mali '.parties[0].envoys[0].key')
ok "the roll is renewed" exits 0 on mali roll renew
is "with a higher number" "$(about mali '.parties[0].roll')" 2
ok "an envoy is revoked" exits 0 on mali revoke --yes --why "the host was lost" "$key"
on mali charter export --bundle "$T/sahel.txt" >/dev/null
on niger import "$T/sahel.txt" >"$T/out"
ok "and niger hears of it" grep -q "revoked, for ever" "$T/out"
ok "its host gets another key with the next roll" exits 0 on mali roll renew
ok "which is not the revoked one" [ "$(about mali '.parties[0].envoys[0].key')" != "$key" ]

# mine alone; and leaving
ok "niger suspends burkina, alone" exits 0 on niger suspend burkina
is "which burkina is not told" "$(about niger '.parties[1].suspended > 0') $(about mali '.parties[1].suspended')" "true 0"
liptako_down niger
liptako_up niger
is "it all lasts over a restart" \
	"$(about niger '"\(.version) \(.parties[1].suspended > 0) \(.parties|length)"')" "5 true 3"
ok "who is in an alliance has its name there" exits 3 \
	on niger found --yes --party other volta
on niger unsuspend burkina >/dev/null
is "and is taken back" "$(about niger '.parties[1].suspended')" 0
ok "burkina withdraws" exits 0 on burkina withdraw --yes --out "$T/leaves"
on mali import "$T/leaves" >/dev/null
is "and is out at once" "$(about mali '.parties[1].present')" false
