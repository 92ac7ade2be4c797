#!/bin/bash
# What cannot be acted on is named: host names where addresses should stand,
# logs that vanish and come back. Nobody is blamed by a name.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
need root nft ip jq
plan 21
space gate
lpt() { in_space gate "$BUILD/liptako" "$@" --run "$T/run"; }
up() { lpt status >/dev/null 2>&1; }
: >"$T/auth.log"; : >"$T/access.log"; : >"$T/app.log"
cat >"$T/liptako.yaml" <<END
find: no
sources:
- {file: $T/auth.log, service: openssh}
- {file: $T/access.log, service: nginx}
- {file: $T/app.log}
END
mkdir "$T/state"
spawn in_space gate "$BUILD/liptakod" -f --config "$T/liptako.yaml" \
	--rules "$TOP/rules" --state "$T/state" --run "$T/run" >"$T/log" 2>&1
until_true 10 up

said() { echo "$(date '+%b %e %H:%M:%S') gate sshd[$((RANDOM))]: $*"; }
asked() { echo "$1 - - [$(date '+%d/%b/%Y:%H:%M:%S %z')] \"GET $2 HTTP/1.1\" 404 153 \"-\" \"curl/8\""; }
# remark PATH FIELD: of the host names there.
remark() {
	lpt doctor --json 2>/dev/null | jq -r --arg p "$1" --arg f "$2" \
		'.sources[] | select(.path == $p).remarks[] | select(.what == "host-name") | .[$f]'
}
counted() { [ "$(remark "$1" count 2>/dev/null)" = "$2" ]; }
# doctor exits 1 while something weakens the defence
doctor() { lpt doctor >"$T/doctor" || true; }
says() { doctor; grep -aqF -- "$1" "$T/doctor"; }

{
	# no names: addresses, nothing at all, a file that looks like one
	said "Failed password for root from 203.0.113.9 port 4711 ssh2"
	said "Accepted publickey for git from 203.0.113.10 port 4711 ssh2"
	said "error: could not load host.key from backup.old"
	said "Failed password for evil.example.org from 203.0.113.9 port 22 ssh2"
} >>"$T/auth.log"
hits() { [ "$(lpt status --json | jq '[.sources[].hits] | add')" -ge "$1" ]; }
plain() { hits 3 && counted "$T/auth.log" ""; }
ok "addresses and other words are no host names" until_true 20 plain

said "Failed password for root from evil.example.org port 22 ssh2" >>"$T/auth.log"
ok "a host name where the address should stand is seen" \
	until_true 20 counted "$T/auth.log" 1
is "its rule is named" "$(remark "$T/auth.log" rule)" openssh/auth-failure
ok "doctor names the log, the count and the rule" \
	says "$T/auth.log: 1 line of rule openssh/auth-failure has a host name"
ok "and shows the line" says "Failed password for root from evil.example.org port 22 ssh2"
ok "and the cures" \
	grep -q 'UseDNS no; Apache: HostnameLookups Off.*allow it by its name' "$T/doctor"

# What an attacker may call himself: parts of addresses, many words, bytes.
{
	said "Failed password for root from 198.51.100.7.example.org port 22 ssh2"
	said "Failed password for root from 7.100.51.198.in-addr.arpa port 22 ssh2"
	said "Failed password for root from gateway port 22 ssh2"
	said "Failed password for root from $(printf '%0250d' 0).example.org port 22 ssh2"
	said "Failed password for invalid user $(printf '\033]0;x\007\033[2J') from evil.example.org port 22 ssh2"
} >>"$T/auth.log"
# within the minute only counted: what comes later tells
not_more() { ! counted "$T/auth.log" 2; }
ok "at most one remark a minute is sent" not_more
is "no address was made of a name" "$(lpt why 198.51.100.7 --json |
	jq '[.. | .address? // empty] | length')" 0

{
	asked evil.example.net /.env
	asked 203.0.113.11 /.env
	asked visitor.example.net /index.html
} >>"$T/access.log"
ok "the web server's log has them, too" until_true 20 counted "$T/access.log" 1
ok "and only where a rule would have hit" says "evil.example.net - -"
jq -cn '{level: "warn", msg: "login failed for x", remote_ip: "a.evil.example"}' >>"$T/app.log"
jq -cn '{level: "info", msg: "started", file: "app.conf"}' >>"$T/app.log"
ok "so have structured lines" until_true 20 counted "$T/app.log" 1
is "nobody is shut out by a name" \
	"$(lpt list --json | jq -r '[.measures[].net | select(test("^203"; "") | not)] | length')" 0

# Bytes of strangers reach no terminal.
printf '%s\n' "$(said "Failed password for invalid user $(printf '\033]0;x\007\033[2J') from evil2.example.org port 22 ssh2")" \
	>"$T/app2.log"
kill "$(lpt status --json | jq -r '.programs[] | select(.program == "reader").pid' | head -1)"
sleep 1.5
cat "$T/app2.log" >>"$T/auth.log"
sample() { [[ $(remark "$T/auth.log" sample) = *evil2* ]]; }
ok "a line with a terminal's commands in it is the example" until_true 20 sample
doctor
ok "but none of them is shown" not grep -q "$(printf '\033')" "$T/doctor"
ok "they are escaped" grep -qF '\x1b[2J' "$T/doctor"

# A log that vanishes.
gone() { says "$T/app.log: the log vanished"; }
back() { says "$T/app.log: the log had vanished; it came back"; }
mv "$T/app.log" "$T/away.log"
ok "a log that was taken away is named" until_true 20 gone
lpt status >"$T/status"
ok "status says so" grep -q "app.log .*gone" "$T/status"
kill -9 "$(lpt status --json | jq -r '.programs[] | select(.program == "judge").pid')"
ok "a new judge knows it, too" until_true 20 gone
mv "$T/away.log" "$T/app.log"
ok "the same log back again is named" until_true 20 back
rm "$T/app.log"
ok "deleted" until_true 20 gone
: >"$T/app.log"
ok "and made anew" until_true 20 back
[ -z "${SHOW:-}" ] || cat "$T/log" "$T/doctor"
