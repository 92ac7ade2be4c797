#!/bin/bash
# Posts of three kinds: mali's own; burkina's is a NATS server that runs by the
# recipe we print (`post: url:`); niger is behind NAT, lets nobody in, and has
# its outbox at mali's. Acts flow between all, are caught up after an outage,
# and whoever has wrong credentials is told so.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/parties.sh
. "$(dirname "$0")/../lib/parties.sh"
need root nft ip jq ssh-keygen nats-server
plan 37
AT=([mali]=77.3.1.1 [burkina]=77.3.2.1 [niger]=77.3.3.1)
bridge
for p in mali burkina niger; do plug "$p"; done
party_new mali
party_alone burkina "post: { url: '77.3.2.1:4333' }"
party_alone niger "post: { on: no }"
# niger's router: what it did not begin does not come in
in_space niger nft add table inet router
in_space niger nft 'add chain inet router in { type filter hook input priority -10; policy accept; }'
in_space niger nft add rule inet router in iifname eth0 ct state new drop
for p in mali burkina niger; do liptako_up "$p"; done
me() { # PARTY POST...
	local p=$1
	shift
	echo --yes --party "$p" --host "$p" --seal "$T/$p/seal" \
		--spare "$T/$p/spare" "$@"
}

# burkina's own NATS server: our recipe with its own folders
ok "before a charter there is no recipe, which is said" exits 3 on burkina post recipe
ok "with what is to be done" grep -q "liptako found" "$T/err"
mkdir -p "$T/nats/store"
recipe() { # as a timer of the operator's would: write, and reload if it changed
	on burkina post recipe --out "$T/nats/recipe.conf" >/dev/null 2>&1 || return 1
	cp "$T/burkina/state/post/post.crt" "$T/burkina/state/post/post.key" "$T/nats/"
	sed -e "s,cert_file: \"[^\"]*\",cert_file: \"$T/nats/post.crt\"," \
		-e "s,key_file: \"[^\"]*\",key_file: \"$T/nats/post.key\"," \
		-e "s,store_dir: \"[^\"]*\",store_dir: \"$T/nats/store\"," \
		-e "s,log_file: \"[^\"]*\",log_file: \"$T/nats/log\"," \
		"$T/nats/recipe.conf" >"$T/nats/server.conf.new"
	mv "$T/nats/server.conf.new" "$T/nats/server.conf"
	[ -z "${NATS:-}" ] || kill -HUP "$NATS"
}
nats_up() {
	spawn in_space burkina nats-server -c "$T/nats/server.conf" >/dev/null 2>&1
	NATS=$PID
}
keep_recipe() { while sleep 0.5; do recipe; done; }

# shellcheck disable=SC2046 # words
{
ok "mali founds" exits 0 on mali found $(me mali --post "${AT[mali]}:4222") sahel
until_true 20 post_is_up mali
on mali invite --out "$T/token" >/dev/null
tries() { on burkina join $(me burkina --post "${AT[burkina]}:4333") --json - \
	<"$T/token" >"$T/out" 2>"$T/err"; }
ok "burkina joins" until_true 40 tries
}
until_true 30 has_request mali
on mali charter seal --yes --code "$(jq -r .code "$T/out")" >/dev/null 2>&1
ok "and is in" until_true 60 at_version burkina 2
ok "it is given a recipe" until_true 20 recipe
ok "which says what it is for" grep -q "post: url:" "$T/nats/recipe.conf"
ok "and is the same until something changes" exits 1 on burkina post recipe --out "$T/nats/recipe.conf"
ok "its accounts stand alone, if one wants" exits 0 on burkina post recipe --accounts
ok "and begin so" grep -q "^accounts {" <(head -1 "$T/out")
ok "nats-server takes the recipe as it is" in_space burkina nats-server -t -c "$T/burkina/state/post/nats.conf"
not_ours() { ! pgrep -P "${PID_OF[burkina]}" -f nats.conf >/dev/null; }
ok "burkina's liptakod starts none itself" not_ours
line_why() { # PARTY OF
	on "$1" alliance --json | jq -r --arg p "$2" '.posts[]|select(.party==$p)|"\(.state) \(.why)"'
}
down_for() { line_why mali burkina | grep -q "nobody answers"; }
ok "while no server runs there, mali says that nobody answers" until_true 20 down_for
nats_up
keep_recipe & KEEPER=$!
PIDS+=("$KEEPER")
both() { lines_up mali 2 && lines_up burkina 2; }
ok "the server runs: all lines are up" until_true 60 both

guess() { # HOST ADDRESS: six failures
	local i now
	now=$(date +"%b %e %H:%M:%S")
	for i in 1 2 3 4 5 6; do
		echo "$now $1 sshd[7$i]: Failed password for invalid user u$i from $2 port 40$i ssh2"
	done >>"$T/$1/auth.log"
}
closed() { on "$1" list --json 2>/dev/null | jq -e --arg a "$2" 'any(.. | strings; . == $a or . == ($a + "/32"))' >/dev/null; }
guess burkina 45.8.1.1
ok "what burkina sees mali closes, over burkina's NATS server" until_true 30 closed mali 45.8.1.1
guess mali 45.8.1.2
ok "and what mali sees burkina closes" until_true 30 closed burkina 45.8.1.2

# a guest
ok "nobody reaches niger" not can_connect mali "${AT[niger]}" 4222
on mali invite --out "$T/token" >/dev/null
# shellcheck disable=SC2046
ok "a guest names a party there is" exits 2 on niger join $(me niger --guest nobody) - <"$T/token"
ok "which is said" grep -q "no party nobody" "$T/err"
# shellcheck disable=SC2046
tries() { on niger join $(me niger --guest mali) --json - <"$T/token" >"$T/out" 2>"$T/err"; }
ok "niger joins from behind NAT, a guest of mali" until_true 40 tries
diag "$(cat "$T/err")"
code=$(jq -r .code "$T/out")
until_true 30 has_request mali
on mali charter seal --yes --code "$code" >/dev/null 2>&1
waits() { [ "$(on burkina status --json | jq '.charters[0].waiting')" = 1 ]; }
until_true 60 waits
on burkina charter seal --yes --code "$code" >/dev/null 2>&1
ok "and is in" until_true 90 at_version niger 3
all_up() { lines_up mali 2 && lines_up burkina 2 && lines_up niger 2; }
ok "niger reaches both posts, and serves none" until_true 60 all_up
diag "$(on niger alliance)"
ok "niger has no post of its own to invite to, which is said" exits 3 on niger invite
ok "with a cure" grep -q "let an ally do it" "$T/err"
ok "and has no recipe" exits 3 on niger post recipe
guess niger 45.8.2.1
ok "what niger sees mali closes" until_true 30 closed mali 45.8.2.1
ok "and burkina, from mali's post" until_true 40 closed burkina 45.8.2.1
guess burkina 45.8.2.2
ok "what burkina sees niger closes" until_true 30 closed niger 45.8.2.2
guess mali 45.8.2.3
ok "and what mali sees" until_true 30 closed niger 45.8.2.3
why() { on burkina why 45.8.2.1 | grep -q niger; }
ok "in niger's name" why

# outages
kill -9 "$NATS"
wait "$NATS" 2>/dev/null
cable niger down
guess burkina 45.8.3.1
guess niger 45.8.3.2
guess mali 45.8.3.3
until_true 10 closed niger 45.8.3.2
sleep 2
ok "with a server dead and a cable out nothing arrives" not closed mali 45.8.3.1
nats_up
cable niger up
ok "then burkina is heard again" until_true 60 closed mali 45.8.3.1
ok "niger catches up" until_true 60 closed niger 45.8.3.3
ok "and is caught up with" until_true 60 closed burkina 45.8.3.2

# credentials
kill "$KEEPER"
python3 - "$T/nats/server.conf" <<-'END'
	import re, sys
	p = sys.argv[1]
	s = open(p).read()
	# one place for all: strangers' logins are none
	head, tail = s.split("  ALLIES {", 1)
	tail = re.sub(r"users: \[.*?\n    \]", "users: []", tail, count=1, flags=re.S)
	open(p, "w").write(head + "  ALLIES {" + tail)
END
kill -9 "$NATS"
wait "$NATS" 2>/dev/null
nats_up
refused() { line_why mali burkina | grep -q "^refused our login is not known there"; }
ok "a login that the server does not know is refused, and mali says so" until_true 40 refused
ok "in words" grep -q "our login is not known there" <(on mali alliance)
in_space burkina openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-subj /CN=x.liptako.invalid -addext "subjectAltName=DNS:x.liptako.invalid" \
	-keyout "$T/nats/post.key" -out "$T/nats/post.crt" -days 9 >/dev/null 2>&1
kill -9 "$NATS"
wait "$NATS" 2>/dev/null
nats_up
other() { line_why mali burkina | grep -q "not the certificate of its record"; }
ok "another certificate than the record's is not believed" until_true 40 other
