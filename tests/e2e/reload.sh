#!/bin/bash
# Reload: a new generation takes over without a line lost or counted twice;
# what is wrong is said and leaves the old one in force.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/keeper.sh
. "$(dirname "$0")/../lib/keeper.sh"
[ -x "$STUB/stub-judge" ] || skip_all "needs a build with tests"
plan 21
keeper_lib
conf() {
	keeper_conf <<-EOC
		find: no
		$*
		sources:
		- {file: $T/log/auth.log}
	EOC
}
conf
L=$T/log/auth.log
: >"$L"
keeper_start
keeper_reads 1
told() { grep -c "reloaded generation=$1 .*status=$2" "$T/keeper.log"; }
reloaded() { until_true 20 grep -q "reloaded generation=$1 .*status=$2" "$T/keeper.log"; }

writer() {
	local n=0
	while [ ! -e "$T/stop" ]; do
		fail_lines $((n + 1)) $((n + 20)) >>"$L"
		n=$((n + 20))
		sleep 0.01
	done
	echo $n >"$T/written"
}
spawn writer
W=$PID
for g in 2 3 4 5 6; do
	kill -HUP "$KEEPER"
	reloaded $g 0 || diag "no generation $g"
	sleep 0.2
done
touch "$T/stop"
wait "$W"
n=$(cat "$T/written")
counted "five reloads while $n lines come in" "$n"
ok "five generations took over" [ "$(told '[2-6]' 0)" = 5 ]
gens() { "$STUB/stub-seen" -l "$T/state/ledger/seen.bin" | awk '/^sighting/ {print $2}' | sort -u | wc -l; }
ok "and each counted some" [ "$(gens)" -ge 5 ]
is "one reader is left" "$(pgrep -P "$KEEPER" | while read -r p; do readlink "/proc/$p/exe"; done | grep -c /reader)" 1

# more N: appends N new lines.
more() {
	fail_lines $((n + 1)) $((n + $1)) >>"$L"
	n=$((n + $1))
}
conf "mode: wach"
kill -HUP "$KEEPER"
ok "a fault is told with its place" until_true 20 \
	grep -q "place=$T/conf.yaml:2:7 .*defend|watch" "$T/keeper.log"
more 3
counted "and the old generation stays" "$n"
printf 'rules: {' >"$T/conf.yaml"
kill -HUP "$KEEPER"
ok "so it does if the file is no YAML at all" until_true 20 \
	grep -q "reloaded generation=6 .*status=-22" "$T/keeper.log"
more 3
counted "and goes on counting" "$n"
conf

mv "$T/rules" "$T/no-rules"
mkdir "$T/rules"
kill -HUP "$KEEPER"
refused() { [ "$(told 6 -22)" = 3 ]; }
ok "so it does without any rule" until_true 20 refused
rmdir "$T/rules"
mv "$T/no-rules" "$T/rules"
more 3
counted "and goes on counting" "$n"

keeper_conf <<EOC
find: no
sources:
- {file: $T/log/auth.log}
- {file: $T/log/second.log}
allow: [192.0.2.44]
rules:
- {rule: openssh/auth-failure, off: yes}
EOC
fail_lines 1 5 >"$T/log/second.log"
kill -HUP "$KEEPER"
until_true 20 grep -q "never net=192.0.2.44 .*gone=0" "$T/keeper.log"
reloaded 7 0 # the answer follows all that is new
more 3
n=$((n - 3))
counted "a rule that is off counts for nothing" "$n"
ok "the allow list is told" grep -q "never net=192.0.2.44 .*gone=0" "$T/keeper.log"
conf
kill -HUP "$KEEPER"
ok "and its end, too" until_true 20 grep -q "never net=192.0.2.44 .*gone=1" "$T/keeper.log"

# The next reader stands before its first word while the one at work dies.
rm "$T/lib/reader"
cat >"$T/lib/reader" <<EOC
#!/bin/bash
touch "$T/waits"
for _ in {1..400}; do [ -e "$T/go" ] && break; sleep 0.05; done
exec "$BUILD/src/reader/reader"
EOC
chmod 755 "$T/lib/reader"
works=$(pgrep -P "$KEEPER" -x reader)
before=$(told '[0-9]*' 0)
kill -HUP "$KEEPER"
ok "the next reader begins" until_true 20 test -e "$T/waits"
kill -9 "$works"
until_true 20 not kill -0 "$works" 2>/dev/null
touch "$T/go"
again() { [ "$(told '[0-9]*' 0)" -gt "$before" ]; }
ok "it takes over from one that died before" until_true 20 again
more 3
counted "and counts" "$n"

"$BUILD/liptakod" -f --config "$T/conf.yaml" --rules "$T/rules" \
	--state "$T/state" --run "$T/run2" >"$T/second.out" 2>&1
ok "a second one on the same state says who runs" \
	grep -q "already-running .*pid=$KEEPER" "$T/second.out"
conf "mode: wach"
"$BUILD/liptakod" --check --config "$T/conf.yaml" --rules "$T/rules" >"$T/check.out" 2>&1
is "--check says faults and ends with 1" "$?:$(grep -c config-fault "$T/check.out")" 1:1
conf
"$BUILD/liptakod" --check --config "$T/conf.yaml" --rules "$T/rules" >/dev/null 2>&1
is "and with 0 if there are none" "$?" 0

keeper_stop
(flock 9 && sleep 1) 9>>"$T/state/lock" &
sleep 0.2 # it has it, or nothing is tested
: >"$T/keeper.log"
keeper_start
ok "a lock that goes within a moment is waited for" \
	until_true 20 test -s "$T/run/liptakod.pid"
ok "and nobody is said to run" not grep -q already-running "$T/keeper.log"
[ -z "${SHOW:-}" ] || cat "$T/keeper.log"
