#!/bin/bash
# What happens is announced: at once, signed, a storm in one message, and
# again if nobody listened.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/desk.sh
. "$(dirname "$0")/../lib/desk.sh"
need root nft ip curl python3 jq openssl
plan 22
space gate; space box
wire gate 10.76.1.1/24 box 10.76.1.2/24
mkdir "$T/box"
spawn in_space box python3 "$TOP/tests/lib/mailbox.py" 10.76.1.2 80 25 "$T/box"
up() { in_space gate curl -s -o /dev/null http://10.76.1.2/up; }
until_true 10 up || diag "the box is not up"
printf 'a-secret-of-ours\n' >"$T/secret"
chmod 644 "$T/secret"
B=http://10.76.1.2
cat >"$T/liptako.yaml" <<END
desk: {on: yes, listen: ["0.0.0.0:7406"], bouncers: []}
announce:
- {to: "$B/hook", on: [deny, open], every: 3s, secret-file: $T/secret}
- {to: "$B/slack", as: slack, on: [deny], every: 1h}
- {to: "$B/matrix/send/m.room.message", as: matrix, on: [deny], every: 1h, secret-file: $T/secret}
- {to: "$B/discord", as: discord, on: [deny], every: 1h}
- {to: "$B/teams", as: teams, on: [deny], every: 1h}
- {to: "$B/ntfy", as: ntfy, on: [deny], every: 1h}
- {to: "$B/telegram", as: telegram, on: [deny], every: 1h, chat: "-42"}
- {to: admin@example.org, as: mail, on: [deny], every: 1h, smtp: "smtp://10.76.1.2:25"}
- {to: "$B/alarms", on: [alarm], every: 1s}
END
ok "liptakod starts" desk_start gate
boxes() { find "$T/box" -name "*.$1" | wc -l; }
came() { [ "$(boxes "$1")" -ge "$2" ]; }
body() { sed '1,/^\r\?$/d' "$1"; }
last() { find "$T/box" -name "*.$1" | sort | tail -1; }

lpt deny 203.0.113.1 1h >/dev/null
ok "the first is announced at once" until_true 20 came hook 1
first=$(last hook)
is "with the facts" "$(body "$first" | jq -r '.events[0].net')" 203.0.113.1
want=$(body "$first" | tr -d '\n' | openssl dgst -sha256 -hmac a-secret-of-ours | sed 's/.*= //')
ok "signed" grep -q "X-Liptako-Signature: sha256=$want" "$first"
for kind in slack matrix discord teams ntfy telegram; do
	until_true 20 came $kind 1
done
# shape KIND FILTER: what came is JSON of just that shape.
shape() {
	grep -qi "^Content-Type: application/json" "$(last "$1")" &&
		body "$(last "$1")" | jq -e "$2" >"$T/shape" || { cat "$(last "$1")"; return 1; }
}
line='test("^Liptako on .*: 1 shut out\\n203\\.0\\.113\\.1 ")'
ok "a hook's shape" shape hook "keys == [\"at\",\"count\",\"events\",\"host\",\"text\"] and
	(.events[0] | keys) == [\"at\",\"count\",\"net\",\"repeats\",\"rule\",\"until\",\"what\"] and (.text | $line)"
ok "Slack's" shape slack "keys == [\"text\"] and (.text | $line)"
ok "Discord's: nobody is called" shape discord ".allowed_mentions == {\"parse\": []} and (.content | $line)"
ok "Teams': a card with a block for each line" shape teams '.type == "message" and (.attachments[0] |
	.contentType == "application/vnd.microsoft.card.adaptive" and .content.type == "AdaptiveCard" and
	(.content.body | map(.type) | unique) == ["TextBlock"] and (.content.body | length) == 2 and
	(.content.body[1].text | startswith("203.0.113.1 ")))'
ok "Matrix'" shape matrix "keys == [\"body\",\"msgtype\"] and .msgtype == \"m.text\" and (.body | $line)"
ok "Telegram's" shape telegram ".chat_id == \"-42\" and (.text | $line)"
is "slack" "$(body "$(last slack)" | jq -r .text | sed -n 2p | cut -c1-11)" 203.0.113.1
ok "matrix: put under a number, with the token" grep -q "^PUT /matrix/send/m.room.message/lpt" "$(last matrix)"
ok "and not shown elsewhere" grep -q "Authorization: Bearer a-secret-of-ours" "$(last matrix)"
ok "ntfy: a title" grep -q "^Title: Liptako on" "$(last ntfy)"
is "telegram: the chat" "$(body "$(last telegram)" | jq -r .chat_id)" -42
ok "mail" until_true 20 came mail 1
ok "with a subject" grep -q "^Subject: Liptako on .*: 1 shut out" "$(last mail)"

started=$(date +%s)
for i in $(seq 2 61); do lpt deny 203.0.113.$i 1h >/dev/null; done
lasted=$(($(date +%s) - started))
told() {
	[ "$(for f in "$T"/box/*.hook; do body "$f"; done |
		jq -s 'map(.count) | add')" = "$1" ]
}
ok "a storm of sixty is told whole" until_true 30 told 61
ok "in one message each three seconds" \
	[ "$(boxes hook)" -le $((2 + (lasted + 2) / 3)) ]
diag "$(boxes hook) messages, a storm of $lasted s"

touch "$T/box/refuse"
sleep 3
lpt deny 203.0.113.100 1h >/dev/null
failed() { grep -q announcement-failed "$T/liptakod.log"; }
ok "nobody listens: it is said" until_true 20 failed
rm "$T/box/refuse"
lpt deny 203.0.113.101 1h >/dev/null
again() { for f in "$T"/box/*.hook; do body "$f"; done | jq -r '.events[].net' | grep -q 203.0.113.100; }
ok "and told later, with what came meanwhile" until_true 60 again
is "no alarm was announced" "$(boxes alarms)" 0
[ -z "${SHOW:-}" ] || cat "$T/liptakod.log"
