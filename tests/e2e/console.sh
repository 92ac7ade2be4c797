#!/bin/bash
# The console in Debian's Chromium: sees an attack live, asks why, acts, at
# three sizes in both colours. Screenshots are kept in $BUILD/console.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/desk.sh
. "$(dirname "$0")/../lib/desk.sh"
need root nft ip curl jq node npm chromium ssh-keygen
[ -x "$BUILD/src/desk/desk" ] || skip_all "needs a build with desk"

# modules NAME: what package.json names, once for all builds of this folder.
MODULES=$BUILD/peers/browser
if [ ! -e "$MODULES/.whole" ]; then
	mkdir -p "$MODULES"
	cp "$TOP/tests/browser/package.json" "$MODULES/"
	(cd "$MODULES" && npm install --no-package-lock --ignore-scripts \
		--no-audit --no-fund >"$T/npm" 2>&1) || {
		diag "$(tail -3 "$T/npm")"
		skip_all "npm has not got what tests/browser/package.json names"
	}
	touch "$MODULES/.whole"
fi

space gate
cat >"$T/liptako.yaml" <<END
find: no
sources:
- file: $T/auth.log
  service: openssh
desk:
  on: yes
  listen: ["127.0.0.1:7406"]
END
: >"$T/auth.log"
desk_start gate || { echo "1..1"; ok "the desk answers" false; exit 1; }
key=$(lpt token add --role operator anna 2>/dev/null)
reader=$(lpt token add --role reader rita 2>/dev/null)
fail() { # ADDRESS USER
	for i in 1 2 3 4 5; do
		echo "$(date '+%b %e %H:%M:%S') gate sshd[$((RANDOM))]:" \
			"Failed password for invalid user $2 from $1 port $((4000 + i)) ssh2"
	done >>"$T/auth.log"
}
for k in seal spare; do ssh-keygen -q -t ed25519 -N "" -f "$T/$k"; done
lpt found --yes --party mali --host gate --seal "$T/seal" --spare "$T/spare" \
	--post 127.0.0.1:4222 --territory 192.0.2.0/28 \
	--contact noc@mali.example --state "$T/state" sahel >"$T/found" 2>&1 ||
	diag "$(tail -3 "$T/found")"
shots=$BUILD/console
mkdir -p "$shots"
mkfifo "$T/answers"
export NODE_MODULES=$MODULES/node_modules HOME=$T
CHROMIUM=$(command -v chromium)
export CHROMIUM
exec 5<>"$T/answers"
in_space gate timeout 180 node "$TOP/tests/browser/console.mjs" \
	http://127.0.0.1:7406 "$key" "$reader" "$shots" <"$T/answers" 2>"$T/err" |
	while IFS= read -r line; do
		case $line in
		"do attack "*) fail "${line##* }" bob; echo "done" >&5 ;;
		"do hostile "*)
			fail "${line##* }" $'<script>alert(1)</script>\e[31m\x07'
			echo "done" >&5
			;;
		*) printf '%s\n' "$line" ;;
		esac
	done | tee "$T/tap"
grep -q '^1\.\.' "$T/tap" || {
	diag "$(tail -5 "$T/err")"
	echo "not ok - the browser's test ended early"
	echo "1..$(grep -cE '^(not )?ok' "$T/tap")"
}
