# shellcheck shell=bash
# f2b.sh - fail2ban for end-to-end tests: its database, and Debian's own
# program, unpacked into the build folder, run by its own Python in the
# namespace gate, its files below $T. It wants e2e.sh before it.
# shellcheck disable=SC2034 # used by those who source it

D=$BUILD/peers/fail2ban
C=$T/f2b

# Skips the test if the package cannot be had.
f2b_fetch() {
	mkdir -p "$D"
	exec 8>"$D/lock"
	flock -w 120 8
	python3 -B -c 'import sys; sys.path.insert(0, sys.argv[1])
import f2b_package as p; sys.exit(p.fetch(sys.argv[2]) or 0)' \
		"$TOP/tests/conformance" "$D" 2>"$T/why" || skip_all "$(cat "$T/why")"
	flock -u 8
}

# f2b_setup [DEFAULT-LINE...]: its configuration in $C with two jails, sshd and
# nginx-http-auth; its log, database and socket in $T.
f2b_setup() {
	mkdir -p "$T/etc/liptako" "$T/log" "$T/state"
	cp -r "$D/tree/etc/fail2ban" "$C"
	rm -rf "$C/jail.d"
	cat >"$C/fail2ban.local" <<E
[Definition]
socket = $T/f2b.sock
pidfile = $T/f2b.pid
logtarget = $T/log/fail2ban.log
dbfile = $T/f2b.sqlite3
E
	cat >"$T/fail2ban-client" <<E
#!/bin/sh
export PYTHONPATH=$D/tree/usr/lib/python3/dist-packages PYTHONDONTWRITEBYTECODE=1
exec python3 $D/tree/usr/bin/fail2ban-client -c $C -s $T/f2b.sock -p $T/f2b.pid "\$@"
E
	chmod 755 "$T/fail2ban-client"
	{
		printf '[DEFAULT]\nbackend = polling\nusedns = no\nbantime = 1h\n'
		printf 'findtime = 10m\nmaxretry = 3\n'
		printf 'banaction = nftables[type=allports]\n'
		printf '%s\n' "$@"
		printf '[sshd]\nenabled = true\nlogpath = %s\n' "$T/log/auth.log"
		printf '[nginx-http-auth]\nenabled = true\nlogpath = %s\n' \
			"$T/log/error.log"
	} >"$C/jail.local"
	touch "$T/log/auth.log" "$T/log/error.log"
}
f2b() { ip netns exec "$ID-gate" "$T/fail2ban-client" "$@"; }
pings() { f2b ping >/dev/null 2>&1; }
at_exit() { [ ! -S "$T/f2b.sock" ] || f2b stop >/dev/null 2>&1; }

# f2b_bans FILE N JAIL: a database of fail2ban's with N bans for a day in that
# jail, and what the SQL on standard input adds to the table.
f2b_bans() {
	{
		cat <<-E
			CREATE TABLE bips(ip TEXT NOT NULL, jail TEXT NOT NULL,
				timeofban INTEGER NOT NULL, bantime INTEGER NOT NULL,
				bancount INTEGER NOT NULL default 1, data JSON,
				PRIMARY KEY(ip, jail));
			WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL
				SELECT i + 1 FROM n WHERE i < $2 - 1)
			INSERT INTO bips SELECT '100.' || (64 + i / 250) || '.7.' ||
				(i % 250 + 1), '$3', $(date +%s) - 60, 86400, 1, '{}'
				FROM n;
		E
		cat
	} | sqlite3 "$1"
}

# our_daemon CONFIGURATION: and waits for it.
our_daemon() {
	printf '%s\n' "$@" >"$T/etc/liptako/liptako.yaml"
	spawn ip netns exec "$ID-gate" "$BUILD/liptakod" -f \
		--config "$T/etc/liptako/liptako.yaml" --rules "$TOP/rules" \
		--state "$T/state" --run "$T/run" >"$T/daemon" 2>&1
	until_true 10 up
}
up() { lpt status >/dev/null 2>&1; [ $? -lt 3 ]; }
lpt() { ip netns exec "$ID-gate" "$BUILD/liptako" "$@"; }
import() { lpt import --to "$T/etc/liptako/fail2ban" --client "$T/fail2ban-client" "$@"; }

stamp() { date '+%b %e %H:%M:%S'; }
failed() { # ADDRESS N: wrong passwords
	for i in $(seq "$2"); do
		echo "$(stamp) gate sshd[$RANDOM]: Failed password for root from $1 port $((4000 + i)) ssh2"
	done >>"$T/log/auth.log"
}
web() {
	for _ in $(seq "$2"); do
		echo "$(date '+%Y/%m/%d %H:%M:%S') [error] 7#7: *1 user \"bob\": password mismatch, client: $1, server: gate.test, request: \"GET / HTTP/1.1\", host: \"gate.test\""
	done >>"$T/log/error.log"
}
