#!/bin/bash
# Debian's cscli, unmodified, asks and orders as it does a server of its own.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/desk.sh
. "$(dirname "$0")/../lib/desk.sh"
need root nft ip jq curl
[ -x "$BUILD/src/desk/desk" ] || skip_all "needs a build with desk"
peer crowdsec || skip_all "no crowdsec here"
plan 40
space gate
ok "the desk answers" desk_start gate
pass=$(lpt machine add op 2>/dev/null)

C=$T/cscli
mkdir -p "$C"/{data,hub,notifications}
echo '{"parsers":{},"scenarios":{},"postoverflows":{},"collections":{}}' >"$C/hub/.index.json"
echo 'simulation: false' >"$C/simulation.yaml"
cat >"$C/config.yaml" <<END2
common: {daemonize: false, log_media: stdout, log_level: info, working_dir: $C}
config_paths: {config_dir: $C, data_dir: $C/data, simulation_path: $C/simulation.yaml,
  hub_dir: $C/hub, index_path: $C/hub/.index.json, notification_dir: $C/notifications,
  plugin_dir: $C}
cscli: {output: human}
db_config: {type: sqlite, db_path: $C/data/db}
api: {client: {insecure_skip_verify: false, credentials_path: $C/credentials.yaml}}
prometheus: {enabled: false}
END2
printf 'url: http://127.0.0.1:8080/\nlogin: op\npassword: %s\n' "$pass" >"$C/credentials.yaml"
cs() { in_space gate "$PEER/usr/bin/cscli" -c "$C/config.yaml" "$@" >"$T/out" 2>"$T/err"; }
says() { grep -q "$1" "$T/out" "$T/err"; }
# told VALUE: cscli lists it.
told() { cs decisions list -o raw && grep -qF "$1" "$T/out"; }
untold() { cs decisions list -o raw && ! grep -qF "$1" "$T/out"; }
n_told() { cs decisions list -o raw "$@" && [ "$(grep -c '^[0-9]' "$T/out")" = "$WANT" ]; }

ok "it logs in" cs lapi status
ok "nothing is shut out" cs decisions list || diag "$(cat "$T/err")"
ok "and it says so" says "No active decisions"
ok "the operator's own" lpt deny 192.0.2.1 4h
ok "is in its list" until_true 30 told Ip:192.0.2.1
ok "it adds one" cs decisions add --ip 198.51.100.7 --duration 2h --reason "lab test"
ok "and lists it" until_true 30 told Ip:198.51.100.7
ok "as it was given" grep -q ',cscli,Ip:198.51.100.7,lab test,ban,' "$T/out"
ok "the kernel has it" until_true 30 sh -c "ip netns exec $ID-gate nft list table inet liptako | grep -q 198.51.100.7"
ok "a range" cs decisions add --range 203.0.113.0/24
ok "and one that is only asked to prove himself" cs decisions add --ip 198.51.100.8 --type captcha
ok "are listed" until_true 30 told Range:203.0.113.0/24
limited() { lpt list --all 2>/dev/null | grep -q '^198.51.100.8 *limit'; }
ok "he is limited and no more" until_true 30 limited
ok "each address alone" cs decisions list --ip 198.51.100.7 -o json
is "with its one decision" "$(jq -r '.[].decisions[].value' "$T/out")" 198.51.100.7
WANT=1
ok "ranges around an address" n_told --ip 203.0.113.9
ok "by type" n_told --type captcha || diag "$(cat "$T/out" "$T/err")"
ok "alerts" cs alerts list
ok "name what they are for" says "lab test"
ok "one alert" cs alerts inspect 1
ok "has its story" says "198.51.100.7"
ok "the scenario is what bouncers are told" sh -c "ip netns exec $ID-gate curl -s -H 'X-Api-Key: $(lpt bouncer add b 2>/dev/null)' 'http://127.0.0.1:8080/v1/decisions?ip=198.51.100.7' | grep -q '\"scenario\":\"lab-test\"'"
ok "it takes one back" cs decisions delete --ip 198.51.100.7
ok "which is open" until_true 30 untold 198.51.100.7
id=$(cs decisions list -o raw; sed -n 's/^\([0-9]*\),.*Range:203.0.113.0.*/\1/p' "$T/out")
ok "one by its number" cs decisions delete --id "$id"
own=$(cs decisions list -o raw; sed -n 's/^\([0-9]*\),.*Ip:192.0.2.1,.*/\1/p' "$T/out")
ok "the operator's is not its to open" not cs decisions delete --id "$own"
ok "and it is told who can" says "liptako pardon 192.0.2.1"
ok "IPv6" cs decisions add --ip 2001:db8:5::7 --duration 2h
ok "stands as its /64" until_true 30 told Range:2001:db8:5::/64
ok "by its address" cs decisions list --ip 2001:db8:5::7 -o json
is "it is found" "$(jq -r '.[].decisions[].value' "$T/out")" 2001:db8:5::/64
ok "among addresses alone" cs decisions list --scope ip -o json
is "as the one that was given" "$(jq -r '.[].decisions[].value' "$T/out" | grep :)" 2001:db8:5::7
ok "and by it taken back" cs decisions delete --ip 2001:db8:5::7
ok "which is open" until_true 30 untold 2001:db8:5::
seq -f '10.20.%g' 0 3 | while read -r p; do seq -f "$p.%g" 1 250; done |
	jq -R '{value: ., duration: "1h", scope: "Ip", type: "ban", reason: "import"}' | jq -s . >"$T/many.json"
ok "a thousand at once" cs decisions import -i "$T/many.json"
n_held() { [ "$(lpt list --all --json 2>/dev/null | grep -c '10\.20\.')" = 1000 ]; }
ok "none is lost" until_true 60 n_held
ok "all of its own are taken back" cs decisions delete --all
only_mine() { untold 10.20. && told Ip:192.0.2.1; }
ok "the operator's stands" until_true 60 only_mine
[ -z "${SHOW:-}" ] || cat "$T/liptakod.log" "$T/out" "$T/err"
