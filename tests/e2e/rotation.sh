#!/bin/bash
# Logs rotate in every way there is, and each line counts exactly once.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/keeper.sh
. "$(dirname "$0")/../lib/keeper.sh"
[ -x "$STUB/stub-judge" ] || skip_all "needs a build with tests"
plan 23
keeper_lib
keeper_conf <<EOC
find: no
sources:
- {file: $T/log/auth.log}
- {file: $T/log/late/deep.log}
- {file: '$T/log/many/*.log'}
- {file: '$T/log/sub/*/x.log'}
EOC
L=$T/log/auth.log
mkdir "$T/log/many" "$T/log/sub"
fail_lines 1 100 >"$L"
keeper_start
keeper_reads 1
counted "what was there before is not evidence" 0
n=0
# more FILE N: appends N new lines.
more() {
	fail_lines $((n + 1)) $((n + $2)) >>"$1"
	n=$((n + $2))
}
more "$L" 50
counted "appended lines count" "$n"

mv "$L" "$L.1"
more "$L.1" 10
: >"$L"
more "$L" 10
more "$L.1" 5
counted "renamed and made anew; the old one is still written to" "$n"

mv "$L" "$L.2"
sleep 0.3
more "$L.2" 7
more "$L" 8
counted "renamed, and made only later" "$n"

cp "$L" "$L.3"
: >"$L"
sleep 0.3
more "$L" 3
counted "copied and truncated" "$n"

cp "$L" "$L.4"
: >"$L"
more "$L" 2
counted "truncated and written at once" "$n"

P=$(keeper_pid reader)
kill -STOP "$P"
cp "$L" "$L.6"
: >"$L"
more "$L" 60
kill -CONT "$P"
counted "truncated and grown beyond the old end, unseen" "$n"

rm "$L"
sleep 0.2
more "$L" 4
counted "deleted and made again" "$n"

fail_lines $((n + 1)) $((n + 6)) >"$T/log/other"
n=$((n + 6))
mv "$T/log/other" "$L"
counted "another file put over it" "$n"

mv "$L" "$L.5"
more "$L" 3
mv "$L" "$L.1"
more "$L" 3
counted "rotated twice at once: the one between is read, too" "$n"

fail_lines $((n + 1)) $((n + 1)) | head -c 40 >>"$L"
sleep 0.2
counted "a line without its end waits" "$n"
fail_lines $((n + 1)) $((n + 1)) | tail -c +41 >>"$L"
n=$((n + 1))
counted "and counts when the end has come" "$n"

mkdir "$T/log/late"
more "$T/log/late/deep.log" 5
counted "a file missing at the start, in a folder that was missing" "$n"

more "$T/log/many/a.log" 5
more "$T/log/many/b.log" 5
more "$L" 1
counted "new files under a pattern" "$n"
mv "$T/log/many/a.log" "$T/log/many/a.log.1"
more "$T/log/many/a.log.1" 2
more "$T/log/many/a.log" 2
fail_lines 1 9 >"$T/log/many/c.log.1"
fail_lines 1 9 | gzip >"$T/log/many/c.log.2.gz"
counted "rotated under a pattern; rotated names are no logs" "$n"
ln "$T/log/many/b.log" "$T/log/many/same.log"
more "$T/log/many/b.log" 3
counted "a second name for the same file is not read twice" "$n"

mkdir "$T/log/sub/one"
more "$T/log/sub/one/x.log" 4
counted "a new subfolder under a pattern" "$n"

keeper_stop
more "$L" 11
keeper_start
counted "what came while we were away" "$n"
keeper_stop
more "$L" 6
mv "$L" "$L.1"
more "$L" 7
keeper_start
counted "rotated while we were away: the end of the old one, then the new" "$n"
keeper_stop
: >"$L"
more "$L" 2
keeper_start
counted "truncated while we were away" "$n"

dd if=/dev/zero bs=1000 count=300 2>/dev/null | tr '\0' 'x' >>"$L"
fail_lines 1 1 | tr -d '\n' >>"$L"
echo >>"$L"
more "$L" 2
counted "a line of 300 kB is no line of ours, the next one is" "$n"
head -c 65536 /dev/urandom | tr '\n' ' ' >>"$L"
printf '\0\n' >>"$L"
more "$L" 2
counted "nor are 64 kB of noise" "$n"
is "nothing was sent twice but what was asked for again" \
	"$(seen | cut -d' ' -f5-6)" "twice 0"
[ -z "${SHOW:-}" ] || cat "$T/keeper.log"
