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

# our host is mali, which an ally beside it, niger, tells what it sees
# shellcheck source=tests/lib/parties.sh
. "$TOP/tests/lib/parties.sh"
AT=([mali]=77.1.1.1 [niger]=77.1.3.1)
bridge
for h in mali niger; do plug "$h"; done
party_new mali "desk: {on: yes, listen: ['127.0.0.1:7406']}"
party_new niger
console_answers() {
	in_space mali curl -sf -o "$T/health" http://127.0.0.1:7406/health
}
up() { liptako_up mali && liptako_up niger && until_true 60 console_answers; }
up || { echo "1..1"; ok "both parties are up" false; exit 1; }
key=$(on mali token add --role operator anna 2>/dev/null)
reader=$(on mali token add --role reader rita 2>/dev/null)
ally mali niger || diag "no alliance: $(tail -qn 4 "$T"/mali/found "$T"/niger/join "$T"/niger/join.err "$T"/mali/seal.out "$T"/mali/log "$T"/niger/log 2>&1)"
fail() { # PARTY ADDRESS USER
	for i in 1 2 3 4 5; do
		echo "$(date '+%b %e %H:%M:%S') $1 sshd[$((RANDOM))]:" \
			"Failed password for invalid user $3 from $2 port $((4000 + i)) ssh2"
	done >>"$T/$1/auth.log"
}
storm() { # 10,000 attackers
	awk -v d="$(date '+%b %e %H:%M:%S')" 'BEGIN { for (i = 0; i < 50000; i++) {
		n = i % 10000
		printf "%s mali sshd[9]: Failed password for root from 46.7.%d.%d port 22 ssh2\n",
			d, n / 256, n % 256 } }' >>"$T/mali/auth.log"
}
outside() { # what the browser's test asks of the world
	case $1 in
	"attack "*) fail mali "${1##* }" bob ;;
	"hostile "*) fail mali "${1##* }" $'<script>alert(1)</script>\e[31m\x07' ;;
	"ally "*) fail niger "${1##* }" eve ;;
	storm) storm ;;
	"judge") in_space mali pkill -9 -x -P "${PID_OF[mali]}" judge ;;
	"restart") liptako_down mali; liptako_up mali; until_true 60 console_answers ;;
	"pardon "*) on niger pardon "${1##* }" >/dev/null ;;
	esac
}
shots=$BUILD/console
mkdir -p "$shots"
mkfifo "$T/answers"
export NODE_MODULES=$MODULES/node_modules HOME=$T
CHROMIUM=$(command -v chromium)
export CHROMIUM
exec 5<>"$T/answers"
in_space mali timeout 280 node "$TOP/tests/browser/console.mjs" \
	http://127.0.0.1:7406 "$key" "$reader" "$shots" <"$T/answers" 2>"$T/err" |
	while IFS= read -r line; do
		case $line in
		"do "*) outside "${line#do }"; echo "done" >&5 ;;
		*) printf '%s\n' "$line" ;;
		esac
	done | tee "$T/tap"
grep -q '^1\.\.' "$T/tap" || {
	diag "$(tail -5 "$T/err")"
	echo "not ok - the browser's test ended early"
	echo "1..$(grep -cE '^(not )?ok' "$T/tap")"
}
