#!/bin/bash
# docs/openapi.yaml has every route of the interface, and no other:
# openapi.sh
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
echo "1..2"
# shellcheck disable=SC2046 # a folder without spaces
code=$(sed -nE 's;.*\{ "([A-Z]+)", *"(/[^"]*)", *(P|DOOR[^,]*),.*;\1 \2;p' \
	$(find "$top/src/desk" -name '*.c' ! -name '*_test.c') |
	grep -v ' /\*$' |
	sed 's;blocklist\.\*;blocklist.{format};' | sort)
doc=$(awk '/^  \// { path = $1; sub(/:$/, "", path) }
	/^    (get|post|put|delete):/ { m = toupper($1); sub(/:$/, "", m); print m, path }' \
	"$top/docs/openapi.yaml" | sort)
say() {
	if [ -z "$3" ]; then echo "ok $1 - $2"; else
		echo "not ok $1 - $2"
		echo "$3" | sed 's/^/# /'
	fi
}
say 1 "every route is described" "$(comm -23 <(echo "$code") <(echo "$doc"))"
say 2 "nothing is described that is no route" "$(comm -13 <(echo "$code") <(echo "$doc"))"
