#!/bin/bash
# The manual has every command, every option and every event, and no more:
# manual.sh BUILD/liptako
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
liptako=$1
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
n=0
ok() {
	local what=$1
	shift
	n=$((n + 1))
	if "$@"; then echo "ok $n - $what"; else echo "not ok $n - $what"; fi
}
none() { [ -z "$1" ] || { echo "# missing:$1"; return 1; }; }

# The page that has the command's options.
page() {
	"$liptako" "$1" --help | sed -n 's/.*The manual: man //p'
}

commands=$("$liptako" --help | sed -n 's/^  \([a-z-]*\) .*/\1/p')
missing=
for c in $commands; do
	grep -q "Cm \(.*, \)*$c\b\|^$c\b\|, $c\b" "$top/man/liptako.1" ||
		missing+=" $c"
done
ok "every command is in liptako(1)" none "$missing"

missing=
for c in $commands; do
	m=$top/man/$(page "$c").1
	for o in $("$liptako" "$c" --help | sed -n 's/^  --\([a-z0-9-]*\).*/\1/p'); do
		[ "$o" = help ] || grep -q "Fl .*\\\\-$o\b" "$m" || missing+=" $c:--$o"
	done
done
ok "every option is in its command's page" none "$missing"

missing=
for c in $commands; do
	"$liptako" "$c" --help | sed -n '1!s/^  \(--[a-z0-9-]*\).*/\1/p' \
		>"$T/explained"
	for o in $("$liptako" "$c" --help | sed '/^$/q' | grep -o -- '--[a-z0-9-]*'); do
		grep -qxe "$o" "$T/explained" || missing+=" $c:$o"
	done
done
ok "every option of a synopsis is explained below it" none "$missing"

bad=
for c in $commands; do
	[ "$c" != completion ] || continue # its one argument is a shell
	"$liptako" "$c" --nonsuch </dev/null >"$T/out" 2>&1 && bad+=" $c"
	printf 'liptako %s: it takes no option --nonsuch\n' "$c" >"$T/wanted"
	printf 'liptako %s --help says how.\n' "$c" >>"$T/wanted"
	cmp -s "$T/out" "$T/wanted" || bad+=" $c"
done
ok "an unknown option is told once, with the cure, by every command" none "$bad"

# shellcheck disable=SC2016 # perl's variable
events=$(find "$top/src" -name '*.c' ! -name '*_test.c' ! -name '*_drive.c' \
	! -name '*_bench.c' -print0 |
	xargs -0 perl -0777 -ne 'print "$1\n" while
	/log_(?:note|warn|err)\(\s*"([a-z][a-z-]+)[ ":]/g' | sort -u)
missing=
for e in $events; do
	grep -q "^.It Sy $e\$" "$top/man/liptako-events.7" || missing+=" $e"
done
ok "every event is in liptako-events(7)" none "$missing"

surplus=
while read -r e; do
	grep -rq "\"${e}[ \":]" "$top/src" || surplus+=" $e"
done < <(sed -n 's/^.It Sy //p' "$top/man/liptako-events.7")
ok "liptako-events(7) has no event that nobody says" none "$surplus"

if command -v mandoc >/dev/null; then
	bad=
	for m in "$top"/man/*.[1-9]; do
		mandoc -T lint -W warning "$m" >&2 || bad+=" ${m##*/}"
	done
	ok "mandoc has nothing against the pages" none "$bad"
else
	n=$((n + 1))
	echo "ok $n # SKIP no mandoc"
fi
for shell in bash zsh fish; do
	command -v $shell >/dev/null || continue
	"$liptako" completion $shell | $shell -n
	ok "completion for $shell is a right script" [ "${PIPESTATUS[1]}" = 0 ]
done
echo "1..$n"
