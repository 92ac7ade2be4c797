#!/bin/bash
# TLS for bouncers as docs/bouncers.md says: docs/nginx-desk.conf before the
# desk. Who shows a certificate is the bouncer that it names; one that is
# foreign or revoked opens nothing; Debian's bouncer obeys by its certificate.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/desk.sh
. "$(dirname "$0")/../lib/desk.sh"
need root nft ip jq curl nginx openssl
[ -x "$BUILD/src/desk/desk" ] || skip_all "needs a build with desk"
# shellcheck source=tests/lib/bouncer.sh
. "$(dirname "$0")/../lib/bouncer.sh"
plan 11
space gate; space wall
wire gate 10.77.1.1/24 wall 10.77.1.2/24
cat >"$T/liptako.yaml" <<END
desk: {on: yes, listen: ["127.0.0.1:7406"], bouncers: ["127.0.0.1:8080"]}
END
ok "the desk answers" desk_start gate

P=$T/pki
mkdir "$P"
authority() { # NAME
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-days 2 -subj "/CN=$1" -keyout "$P/$1.key" -out "$P/$1.crt" 2>/dev/null
}
certificate() { # AUTHORITY NAME SUBJECT [EXTENSION]
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-subj "$3" -keyout "$P/$2.key" -out "$P/$2.csr" 2>/dev/null
	openssl x509 -req -in "$P/$2.csr" -CA "$P/$1.crt" -CAkey "$P/$1.key" \
		-CAcreateserial -days 2 -extfile <(echo "${4:-}") \
		-out "$P/$2.crt" 2>/dev/null
}
authority bouncers-ca
authority foreign
certificate bouncers-ca desk /CN=desk "subjectAltName=IP:10.77.1.1"
certificate bouncers-ca wall /OU=bouncer/CN=wall
certificate bouncers-ca nobody /OU=bouncer/CN=nobody
certificate bouncers-ca lost /OU=bouncer/CN=lost
certificate foreign stranger /OU=bouncer/CN=wall
cat >"$P/ca.conf" <<END
[ca]
default_ca = c
[c]
database = $P/index
default_md = sha256
default_crl_days = 2
END
: >"$P/index"
authority_does() {
	openssl ca -config "$P/ca.conf" -cert "$P/bouncers-ca.crt" \
		-keyfile "$P/bouncers-ca.key" "$@" 2>/dev/null
}
authority_does -revoke "$P/lost.crt"
authority_does -gencrl -out "$P/bouncers.crl"

key=$(lpt bouncer add wall 2>/dev/null)
lost=$(lpt bouncer add lost 2>/dev/null)
printf '"CN=%s,OU=bouncer" "%s";\n' wall "$key" lost "$lost" >"$P/bouncers.map"
{
	echo "daemon off; pid $T/nginx.pid; error_log $T/nginx.log; events {}"
	echo "http { access_log off;"
	sed "s;/etc/liptako/;$P/;; s;192\.0\.2\.1:;10.77.1.1:;" \
		"$TOP/docs/nginx-desk.conf"
	echo "}"
} >"$T/nginx.conf"
spawn in_space gate nginx -c "$T/nginx.conf" -g "user root;" 2>"$T/nginx.err"
visit() { # ARGUMENT...: the status of an answer
	in_space wall curl -s -o "$T/body" -w '%{http_code}' \
		--cacert "$P/bouncers-ca.crt" "$@" \
		"https://10.77.1.1:8443/v1/decisions?ip=203.0.113.1"
}
by() { visit --cert "$P/$1.crt" --key "$P/$1.key" "${@:2}"; }
answers_tls() { [ "$(visit)" = 403 ]; }
ok "without a key and a certificate: 403" until_true 10 answers_tls
is "with a key" "$(visit -H "X-Api-Key: $key")" 200
is "with a certificate" "$(by wall)" 200
is "with both the key does not count" "$(by wall -H 'X-Api-Key: no')" 200
is "one that nobody named is nobody" "$(by nobody -H "X-Api-Key: $key")" 403
is "one that is revoked" "$(by lost)" 400
is "one of another authority" "$(by stranger)" 400

lpt deny 203.0.113.1 1h >/dev/null
bouncer_config https://10.77.1.1:8443/ "cert_path: $P/wall.crt" \
	"key_path: $P/wall.key" "ca_cert_path: $P/bouncers-ca.crt"
bouncer_start
ok "Debian's bouncer pulls by its certificate" until_true 10 holds 203.0.113.1
lpt deny 203.0.113.2 1h >/dev/null
ok "and what comes later" until_true 20 has 203.0.113.2
is "it is the bouncer that was added" "$(lpt bouncer list --json |
	jq -rs 'map(select(.name? == "wall")) | length')" 1
[ -z "${SHOW:-}" ] || cat "$T/nginx.err" "$T/nginx.log" "$T/bouncer.log"
