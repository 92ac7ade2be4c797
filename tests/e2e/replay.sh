#!/bin/bash
# replay, test and rules from the outside: what they print, what they take,
# and that the jail is around what reads.
. "$(dirname "$0")/../lib/e2e.sh"
need jq gzip xz zstd bzip2
plan 32
L=$BUILD/liptako
R=$T/rules.yaml
cat >"$R" <<'Y'
service: openssh
about: test rules
programs: [sshd]
rules:
- name: fail
  about: wrong password
  kind: bruteforce
  attack: T1110.001
  evidence: own-act
  match:
  - 'Failed password for <user> from <ip> port <port> ssh2'
  when: 5 in 10m
- name: login
  about: a login
  kind: login
  attack: T1078
  evidence: own-act
  outcome: success
  login: host
  match:
  - 'Accepted password for <user> from <ip> port <port> ssh2'
Y
fail() { # DAY TIME ADDRESS
	echo "2026-11-$1T$2Z web01 sshd[7]: Failed password for root from $3 port 1 ssh2"
}
replay() { "$L" replay --rules "$R" --json "$@"; }
whom() { jq -r 'select(.address) | "\(.address) \(.count) \(.measure)"'; }

{
	for m in 0 1 2 3 4 5; do fail 20 "10:0$m:00" 192.0.2.5; done
	for m in 0 1 2 3; do fail 20 "11:0$m:00" 192.0.2.6; done
	fail 20 11:30:00 192.0.2.6
	for m in 0 1 2 3 4; do fail 20 "12:0$m:00" 2001:db8:1:2::"$m"; done
	for m in 0 1 2 3 4; do fail 20 "13:0$m:00" 127.0.0.1; done
} >"$T/log"

replay "$T/log" >"$T/out"
is "five in ten minutes is named, four are not; a /64 is one; loopback is not shut out" \
	"$(whom <"$T/out" | tr '\n' ',')" \
	"192.0.2.5 6 deny,2001:db8:1:2::4 5 deny,127.0.0.1 5 alarm,"
cat >"$T/plain.yaml" <<'Y'
service: plain
about: lines of no program
files: [/var/log/plain]
rules:
- name: refused
  about: refused
  kind: bruteforce
  attack: T1110.001
  evidence: own-act
  where: [plain]
  match: ['refused <ip>']
  when: 5 in 10m
Y
{
	echo "refused 192.0.2.9"
	for m in 1 2 3 4; do echo "2026-11-20 10:00:0$m refused 192.0.2.9"; done
} >"$T/plain.log"
is "a line before the first date is of its time" \
	"$("$L" replay --rules "$T/plain.yaml" --json "$T/plain.log" | whom)" \
	"192.0.2.9 5 deny"
is "an object has exactly these keys" \
	"$(head -1 "$T/out" | jq -c keys_unsorted)" \
	'["address","rule","kind","first","last","count","measure","until"]'
is "and says first, last and until" \
	"$(head -1 "$T/out" | jq -r '"\(.rule) \(.kind) \(.first) \(.last) \(.until)"')" \
	"openssh/fail bruteforce 2026-11-20T10:00:00Z 2026-11-20T10:05:00Z 2026-11-20T14:04:00Z"
is "the last object is the summary" \
	"$(tail -1 "$T/out" | jq -c '.summary | [.lines, .matched, .attackers, (.bytes > 0), (.seconds >= 0)]')" \
	'[21,21,3,true,true]'
is "without the shields loopback is shut out too" \
	"$(replay --immunity off "$T/log" | whom | grep 127)" "127.0.0.1 5 deny"

wanted=$(whom <"$T/out")
gzip -k "$T/log"; xz -k "$T/log"; zstd -qk "$T/log"; bzip2 -k "$T/log"
for z in gz xz zst bz2; do
	is "reads .$z" "$(replay "$T/log.$z" | whom)" "$wanted"
done
is "reads standard input" "$(replay - <"$T/log" | whom)" "$wanted"
# shellcheck disable=SC2002
is "and a pipe of packed bytes" "$(cat "$T/log.xz" | replay - | whom)" "$wanted"

mkdir -p "$T/dir/old"
head -3 "$T/log" | gzip >"$T/dir/z-older.gz"
tail -n +4 "$T/log" >"$T/dir/old/a-newer.log"
is "a folder: its files in the order of their dates" \
	"$(replay "$T/dir" | whom)" "$wanted"
for i in 0 1; do
	awk -v i=$i 'NR % 2 == i' "$T/log" >"$T/half$i"
done
is "two logs side by side are one story" \
	"$(replay "$T/half0" "$T/half1" | whom)" "$wanted"

head -c 200 "$T/log.xz" >"$T/short.xz"
ok "a broken archive is told, and is no crash" \
	eval 'replay "$T/short.xz" 2>&1 >/dev/null | grep -q "broken archive"'
not replay "$T/nowhere" >"$T/none" 2>"$T/err"
ok "a missing file is named" grep -q "nowhere: No such file" "$T/err"

is "--since and --until cut" \
	"$(replay --since 2026-11-20T12:00 --until 2026-11-20T12:30 "$T/log" | whom)" \
	"2001:db8:1:2::4 5 deny"
is "--zone moves dates without one" \
	"$(for i in 1 2 3 4 5; do echo "Nov 20 10:00:0$i web01 sshd[7]: Failed password for root from 192.0.2.5 port 1 ssh2"; done |
		replay --zone +02:00 --year 2025 - | jq -r '.first // empty')" \
	"2025-11-20T08:00:01Z"
ok "an unknown zone is refused" \
	eval '! replay --zone Nowhere/Else "$T/log" >/dev/null 2>&1'
replay --format no-such-thing "$T/log" >"$T/out2" 2>"$T/err"
ok "an unknown format is told with those that are known" \
	grep -q "no-such-thing.*" "$T/err"
is "and each line decides" "$(whom <"$T/out2")" "$wanted"

{
	for day in 20 21; do
		echo "2026-11-${day}T08:00:00Z h sshd[7]: Accepted password for bob from 192.0.2.9 port 1 ssh2"
	done
	for m in 0 1 2 3 4; do fail 22 "10:0$m:00" 192.0.2.9; done
} >"$T/good"
is "a good client is limited first" "$(replay "$T/good" | whom)" \
	"192.0.2.9 5 limit"
ok "and the table counts its logins" \
	eval '"$L" replay --rules "$R" "$T/good" | grep -q "192.0.2.9 .* 2  openssh/fail"'

printf 'x' >"$T/<b>&.log"
"$L" replay --rules "$R" --html "$T/page.html" "$T/log" "$T/<b>&.log" >/dev/null
ok "the page shows names of files escaped" \
	grep -q '&lt;b&gt;&amp;.log' "$T/page.html"
ok "and loads nothing from anywhere" \
	eval '! grep -Eqi "<script|https?:|src=|<link|@import|url\(" "$T/page.html"'
ok "and is well-formed" python3 -c '
import sys, html.parser
class P(html.parser.HTMLParser):
    open = []
    def handle_startendtag(self, t, a): pass
    def handle_starttag(self, t, a):
        if t != "meta": self.open.append(t)
    def handle_endtag(self, t):
        assert self.open.pop() == t, t
p = P(); p.feed(open(sys.argv[1]).read()); assert not p.open' "$T/page.html"

printf 'Nov 20 10:00:00 h sshd[7]: Failed password for r\033[31m from 192.0.2.5 port 1 ssh2\nNov 20 10:00:00 h sshd[7]: Failed password for x from 192.0.2.500 port 1 ssh2\n' >"$T/lines"
"$L" test --rules "$R" "$T/lines" >"$T/told"
ok "test names the rule and what it captured, escaped" \
	grep -q 'openssh/fail: 192.0.2.5 user="r\\x1b\[31m" port="1"' "$T/told"
ok "and the nearest rule where none hit" \
	grep -q "nearest is openssh/fail" "$T/told"
is "and as JSON" \
	"$("$L" test --json --rules "$R" "$T/lines" | jq -c '[.line, .hits[0].rule, .hits[0].fields.ip, .near.rule]' | tr '\n' ' ')" \
	'[1,"openssh/fail","192.0.2.5",null] [2,null,null,"openssh/fail"] '

echo 'trusted-proxies: [10.0.0.1]' >"$T/conf.yaml"
for s in 1 2 3 4 5; do
	echo "10.0.0.1 - - [20/Nov/2026:10:00:0$s +0000] \"GET /x HTTP/1.1\" 404 1 \"-\" \"-\" \"203.0.113.9\""
done >"$T/proxied"
W=$TOP/bench/rules/5-in-600.yaml
is "behind a trusted proxy it is whom it forwards" \
	"$("$L" replay --rules "$W" --config "$T/conf.yaml" --json "$T/proxied" | whom)" \
	"203.0.113.9 5 deny"
{
	for _ in $(seq 1200); do
		echo '10.0.0.2 - - [20/Nov/2026:09:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-"'
	done
	sed 's/10.0.0.1/10.0.0.2/' "$T/proxied"
} >"$T/third"
is "who makes most of the good requests is taken for a proxy: alarm only" \
	"$("$L" replay --rules "$W" --json "$T/third" | whom)" "10.0.0.2 5 alarm"

# a reader at work: stopped at an open pipe, its status is read
if [ "$(id -u)" = 0 ]; then
	mkfifo "$T/fifo"
	"$L" replay --rules "$R" - <"$T/fifo" >/dev/null & PIDS+=($!)
	parent=$!
	exec 8>"$T/fifo"
	fail 20 10:00:00 192.0.2.5 >&8
	jailed() {
		child=$(pgrep -P "$parent") && grep -q "^Seccomp:[[:space:]]2" "/proc/$child/status"
	}
	ok "the reader is jailed: not root, no capability, no new privileges, seccomp" \
		eval 'until_true 20 jailed && grep -Eq "^CapEff:\s0+$" /proc/$child/status &&
			grep -Eq "^NoNewPrivs:\s1" /proc/$child/status &&
			! grep -Eq "^Uid:\s0" /proc/$child/status'
	exec 8>&-
else
	ok "the reader's jail # SKIP needs root" true
fi
