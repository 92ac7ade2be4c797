#!/bin/bash
# The front door: install, start in the foreground, Ctrl-C, uninstall. In a
# mount namespace of its own, so that this machine keeps what it has.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/journald.sh
. "$(dirname "$0")/../lib/journald.sh"
# shellcheck source=tests/lib/sshd.sh
. "$(dirname "$0")/../lib/sshd.sh"
need root nft jq systemd-analyze
own_mounts "$@"
plan 14

private_places && sshd_users || exit 1
mkdir -p "$T/usr" "$T/etc" "$T/lib"
for d in /usr/local /etc/liptako /var/lib; do
	mkdir -p "$d" && mount -t tmpfs -o mode=755 tmpfs "$d" || exit 1
done
space gate
cd "$TOP" || exit 1

ok "install" sh -c "tools/install >'$T/install.log' 2>&1"
ok "the command is there" test -x /usr/local/bin/liptako
ok "and the manual" test -s /usr/local/share/man/man5/liptako.yaml.5
unit=/usr/local/lib/systemd/system/liptako.service
ok "there is a unit" test -s $unit
# systemd hands a state folder of another owner over to root, with all in it
is "the state folder is as the unit has it" \
	"$(stat -c '%U 0%a' /var/lib/liptako)" \
	"root $(sed -n 's/^StateDirectoryMode=//p' $unit)"
exposure=$(systemd-analyze security --offline=true $unit 2>/dev/null |
	sed -n 's/.*exposure level.*: \([0-9.]*\) .*/\1/p')
diag "exposure $exposure"
ok "whose exposure is at most 3.5" awk "BEGIN { exit !($exposure > 0 && $exposure <= 3.5) }"

: >/var/log/auth.log
spawn in_space gate setsid /usr/local/sbin/liptakod --foreground >"$T/up.log" 2>&1
DAEMON=$PID
answers() { in_space gate liptako status --json >"$T/status.json" 2>/dev/null; }
ok "it starts in the foreground" until_true 10 answers
# Each child of the warden is of its own user.
jailed() {
	ps -o user:20= --ppid "$DAEMON" | sort >"$T/users"
	[ "$(sort -u "$T/users" | grep -c '^liptako-')" -ge 3 ] &&
		! grep -q root "$T/users"
}
ok "every program has its own user" until_true 20 jailed
until_true 20 grep -q auth.log "$T/up.log"
ok "it found the log" grep -q "/var/log/auth.log" "$T/up.log"
in_space gate liptako deny 203.0.113.77 10m >/dev/null
kill -INT -- "-$DAEMON"
ok "Ctrl-C ends it" until_true 10 not kill -0 "$DAEMON" 2>/dev/null
ok "in order" not grep -q "program-died" "$T/up.log"
in_space gate nft list table inet liptako >"$T/table" 2>&1
ok "the kernel's measure stays and will run out" grep -q "203.0.113.77.*expires" "$T/table"

in_space gate tools/uninstall /usr/local >"$T/uninstall.log" 2>&1
is "uninstall leaves nothing" "$(find /usr/local /etc/liptako ! -type d 2>/dev/null)" ""
ok "but the state folder" test -d /var/lib/liptako/ledger
[ -z "${SHOW:-}" ] || cat "$T"/*.log
