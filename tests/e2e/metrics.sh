#!/bin/bash
# What Prometheus reads: its own checker has nothing against it, and nobody's
# address is in it.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/desk.sh
. "$(dirname "$0")/../lib/desk.sh"
need root nft ip curl python3
[ -x "$BUILD/src/desk/desk" ] || skip_all "needs a build with desk"
plan 14
space gate; space far
wire gate 10.72.1.1/24 far 10.72.1.2/24
ok "the desk answers" desk_start gate
lpt bouncer add fw >/dev/null 2>&1
token=$(lpt token add scraper 2>/dev/null)
for i in 1 2 3; do lpt deny 203.0.113.$i 1h >/dev/null; done
lpt deny 2001:db8:9::1 1h >/dev/null
lpt pardon 203.0.113.3 >/dev/null
get() { in_space gate curl -s -D "$T/head" -o "$T/$1" "${@:2}" http://127.0.0.1:7406/metrics; }
opened() { get page && [ "$(value liptako_opened_total)" = 1 ]; }
value() { awk -v n="$1" '$1 == n { print $2 }' "$T/page"; }
until_true 20 opened
ok "from this host without a key" get page
ok "as text" grep -q "^Content-Type: text/plain; version=0.0.4" "$T/head"
is "three are shut out by the operator" "$(value 'liptako_bans_active{origin="operator"}')" 3
is "the kernel holds them" "$(value liptako_kernel_elements)" 3
is "one was opened" "$(value liptako_opened_total)" 1
is "all programs run" "$(grep -c '^liptako_program_up{.*} 1' "$T/page")" \
	"$(grep -c '^liptako_program_up{' "$T/page")"
checked() {
	peer prometheus || { diag "no promtool: not checked"; return 0; }
	"$PEER/usr/bin/promtool" check metrics <"$T/page" >"$T/lint" 2>&1 &&
		[ ! -s "$T/lint" ] || { cat "$T/lint"; return 1; }
}
ok "promtool has nothing against it" checked
get open -H 'Accept: application/openmetrics-text;version=1.0.0,*/*;q=0.1'
ok "OpenMetrics if asked" grep -q "^Content-Type: application/openmetrics-text; version=1.0.0" "$T/head"
is "with its end" "$(tail -1 "$T/open")" "# EOF"
ok "no address in any label" not grep -Eq '203\.0\.113|10\.72|2001:db8|127\.0\.0' "$T/page" "$T/open"
code() { in_space far curl -s -o /dev/null -w '%{http_code}' "$@" http://10.72.1.1:7406/metrics; }
is "from elsewhere not without a key" "$(code)" 401
is "and with it" "$(code -H "Authorization: Bearer $token")" 200
unknown() { # metrics that the dashboard asks for and nobody says
	grep -o 'liptako_[a-z_]*' "$TOP/docs/grafana.json" | sort -u |
		while read -r m; do grep -q "^\(# TYPE \)\?${m}[ {]" "$T/page" || echo "$m"; done
}
is "the dashboard asks for what there is" "$(unknown)" ""
[ -z "${SHOW:-}" ] || cat "$T/liptakod.log" "$T/page"
