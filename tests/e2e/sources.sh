#!/bin/bash
# Sources of every kind: containers, syslog sockets, standard input, proxies,
# clocks that are off.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/keeper.sh
. "$(dirname "$0")/../lib/keeper.sh"
need jq
[ -x "$STUB/stub-judge" ] || skip_all "needs a build with tests"
plan 19
keeper_lib
cp "$TOP/rules/web.yaml" "$TOP/rules/vaultwarden.yaml" "$T/rules/"
keeper_conf <<EOC
find: no
trusted-proxies: [10.0.0.0/8]
sources:
- containers: $T/docker
- syslog: 127.0.0.1:15514
- syslog: $T/log.sock
- stdin: yes
- {file: $T/log/zone.log, zone: Pacific/Auckland}
- {file: $T/log/access.log, client: forwarded}
- {file: $T/log/busy.log}
- {file: $T/log/link.log}
- {file: $T/log/folder.log}
- {file: $T/log/pipe.log}
EOC
hits() { "$STUB/stub-seen" -l "$T/state/ledger/seen.bin" | grep "^$1" | cut -d' ' -f"$2"; }
last_is() { [ "$(hits sighting 4 | tail -1)" = "$1" ]; }
flags() { hits sighting 5 | tail -1; }
fail() { echo "$(date '+%b %e %T') h sshd[7]: Failed password for root from $1 port 22 ssh2"; }

mkdir -p "$T/docker/aaa" "$T/docker/bbb"
cat >"$T/docker/aaa/config.v2.json" <<EOC
{"ID":"aaa","Config":{"Labels":{"x":"\"Image\":\"openssh-server"},"Image":"vaultwarden/server:latest"},"Image":"sha256:00ff","Name":"/vault"}
EOC
: >"$T/docker/aaa/aaa-json.log"
: >"$T/log/zone.log"; : >"$T/log/access.log"; : >"$T/log/busy.log"
mkdir "$T/log/folder.log"
mkfifo "$T/log/pipe.log" "$T/in"
: >"$T/real.log"
chown 65534 "$T/real.log"
ln -s "$T/real.log" "$T/log/link.log"
[ "$(id -u)" = 0 ] && chown -h 65534 "$T/log/link.log"
sleep 30 >"$T/in" &
FEED=$!
"$BUILD/liptakod" -f --config "$T/conf.yaml" --rules "$T/rules" \
	--state "$T/state" --run "$T/run" --libexec "$T/lib" \
	<"$T/in" >>"$T/keeper.log" 2>&1 &
PIDS+=("$!")
until_true 30 keeper_is_up
keeper_reads 4 # the container's and the three files

docker_line() { jq -cn --arg log "$1"$'\n' '{log: $log, stream: "stdout", time: (now | todate)}'; }
docker_line "[2026-01-01 00:00:00.000][vaultwarden::api::identity][ERROR] Username or password is incorrect. Try again. IP: 203.0.113.21. Username: a@example.org." >>"$T/docker/aaa/aaa-json.log"
ok "a container's line counts for its service" until_true 20 last_is 203.0.113.21
mkdir "$T/docker/ccc"
docker_line "[2026-01-01 00:00:00.000][vaultwarden::api::identity][ERROR] Username or password is incorrect. Try again. IP: 203.0.113.22. Username: a@example.org." >"$T/docker/ccc/ccc-json.log"
ok "a new container without a name: each line decides" until_true 20 last_is 203.0.113.22

fail 203.0.113.31 | sed 's/^/<38>/' | tr -d '\n' >"/dev/udp/127.0.0.1/15514"
ok "syslog over UDP" until_true 20 last_is 203.0.113.31
ok "anyone could have sent it: forgeable" [ $(($(flags) & 4)) = 4 ]
logger --socket "$T/log.sock" -t sshd "Failed password for root from 203.0.113.32 port 22 ssh2" 2>/dev/null ||
	fail 203.0.113.32 | timeout 2 nc -uU "$T/log.sock" 2>/dev/null
ok "syslog over a unix socket" until_true 20 last_is 203.0.113.32
fail 203.0.113.33 >"$T/in"
ok "standard input" until_true 20 last_is 203.0.113.33
fail 203.0.113.34 >"$T/log/pipe.log"
ok "a named pipe" until_true 20 last_is 203.0.113.34
fail 203.0.113.35 >>"$T/real.log"
sleep 0.3
if [ "$(id -u)" = 0 ]; then
	ok "a link that root did not make is not followed" not last_is 203.0.113.35
else
	ok "a link is followed" last_is 203.0.113.35
fi
ok "and told" grep -q "not-a-log path=.*link.log" "$T/keeper.log"

now=$(date +%s)
echo "$(TZ=Pacific/Auckland date '+%b %e %T') h sshd[7]: Failed password for root from 203.0.113.41 port 22 ssh2" >>"$T/log/zone.log"
until_true 20 last_is 203.0.113.41
at=$(hits sighting 6 | tail -1)
ok "a zone of its own is believed" [ $((at - now)) -ge -2 -a $((at - now)) -le 5 -a "$(flags)" = 0 ]
echo "$(date -d '-2 hours' '+%b %e %T') h sshd[7]: Failed password for root from 203.0.113.42 port 22 ssh2" >>"$T/log/busy.log"
until_true 20 last_is 203.0.113.42
at=$(hits sighting 6 | tail -1)
ok "a stamp two hours off: arrival counts" [ $((at - now)) -ge -2 -a $((at - now)) -le 8 -a $(($(flags) & 1)) = 1 ]
ok "and the offset is told" [ "$(hits remark 3 | tail -1)" -lt -7190 ]

# access CLIENT FORWARDED [PATH [STATUS]]
access() {
	printf '%s - - [%s] "GET %s HTTP/1.1" %s 12 "-" "curl/8" "%s"\n' "$1" \
		"$(date '+%d/%b/%Y:%H:%M:%S %z')" "${3:-/.env}" "${4:-404}" "$2"
}
access 10.1.1.1 "198.51.100.9, 203.0.113.51" >>"$T/log/access.log"
ok "behind a trusted proxy the rightmost untrusted address is the client" \
	until_true 20 last_is 203.0.113.51
ok "and it is said to come through a proxy" [ $(($(flags) & 2)) = 2 ]
access 203.0.113.52 "198.51.100.9" >>"$T/log/access.log"
ok "what a stranger forwards is not believed" until_true 20 last_is 203.0.113.52
for i in $(seq 0 2200); do
	if [ $((i % 3)) = 0 ]; then c=192.0.2.1; else c=192.0.2.$((i % 200 + 2)); fi
	access $c - /index.html 200
done >>"$T/log/busy.log"
ok "who makes a third of the requests is told as a proxy" \
	until_true 20 sh -c "'$STUB/stub-seen' -l '$T/state/ledger/seen.bin' | grep -q '^proxy 192.0.2.1 3'"
# What is deleted is let go, so that the disk has its room back; but not while
# somebody writes to it.
rm -r "$T/docker/aaa"
is_held() {
	[ -n "$(find "/proc/$(cat "$T/run/liptakod.pid")/fd" \
		"/proc/$(keeper_pid reader)/fd" \
		-lname "*$1 (deleted)" 2>/dev/null)" ]
}
ok "a container's log is let go with it" until_true 20 not is_held aaa-json.log
exec 9>>"$T/log/busy.log"
rm "$T/log/busy.log"
until_true 20 grep -q "log-gone path=.*busy.log" "$T/keeper.log"
fail 203.0.113.62 >&9
ok "a deleted log that is still written to is read" until_true 20 last_is 203.0.113.62
exec 9>&-

reader=$(keeper_pid reader)
kill $FEED
until_true 20 grep -q stream-ended "$T/keeper.log"
fail 203.0.113.61 >"$T/log/pipe.log"
until_true 20 last_is 203.0.113.61
is "the end of standard input ends nothing else" "$(keeper_pid reader)" "$reader"
[ -z "${SHOW:-}" ] || { cat "$T/keeper.log"; "$STUB/stub-seen" -l "$T/state/ledger/seen.bin"; }
