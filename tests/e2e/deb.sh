#!/bin/bash
# The Debian package: it builds, says what it needs, installs, keeps what an
# operator changed over an upgrade, and goes. Into a machine that is this one
# under a layer which is thrown away. Long: it compiles everything once more.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
[ -n "$LONG" ] || skip_all "only in make check-long"
need root unshare chroot dpkg-deb lintian dh meson systemd-analyze
plan 19

ok "make deb builds it" "$TOP/tools/deb" "$T/deb"
DEB=$(ls "$T"/deb/liptako_*.deb)
ok "lintian has nothing to say" \
	[ -z "$(lintian --fail-on error,warning "$DEB" 2>&1 | grep '^[EW]:' | tee "$T/lintian")" ]
sed 's/^/# /' "$T/lintian"
is "what an operator changes is a conffile" "$(dpkg-deb -I "$DEB" conffiles)" \
	/etc/liptako/liptako.yaml
dpkg-deb -f "$DEB" Depends >"$T/depends"
ok "what it links is depended on" sh -c \
	"for l in libpcre2-8-0 libseccomp2 libsqlite3-0 libmnl0; do grep -q \$l '$T/depends' || exit 1; done"

dpkg -x "$DEB" "$T/x"
ok "unpacked anywhere, the command runs" "$T/x/usr/bin/liptako" --version
ok "and its rules are right" "$T/x/usr/bin/liptako" rules check "$T/x/usr/share/liptako/rules"
for i in 1 2 3 4 5 6; do
	echo "Nov 22 10:00:0$i h sshd[$i]: Failed password for root from 203.0.113.5 port $i ssh2"
done >"$T/auth.log"
is "and replays" "$("$T/x/usr/bin/liptako" replay --json \
	--rules "$T/x/usr/share/liptako/rules" "$T/auth.log" |
	sed -n 's/.*"address": *"\([^"]*\)".*/\1/p' | head -1)" 203.0.113.5
ok "no file of it knows where it was built" not grep -rqF "$T/deb" "$T/x"

# This machine's files under a layer of memory.
cat >"$T/layer" <<'END'
set -e
mount -t tmpfs none "$T/layers"
mkdir "$T/layers/up" "$T/layers/work" "$T/layers/root"
mount -t overlay -o "lowerdir=/,upperdir=$T/layers/up,workdir=$T/layers/work" \
	none "$T/layers/root"
r=$T/layers/root
mount -t proc none "$r/proc"
mount -t tmpfs none "$r/run"
mkdir "$r/run/lock"
rm -rf "$r/var/lib/liptako" "$r/etc/liptako"
cp "$DEB" "$r/run/liptako.deb"
touch "$T/layered"
in_root() { chroot "$r" env DEBIAN_FRONTEND=noninteractive "$@"; }
state() { in_root dpkg-query -W -f '${db:Status-Status}' liptako; }
step() { echo "step $1"; }
in_root dpkg --force-depends -i /run/liptako.deb && step installed
in_root getent passwd liptako-reader liptako-judge liptako-desk >/dev/null && step users
in_root systemd-analyze verify /lib/systemd/system/liptako.service 2>&1 |
	grep -i liptako.service || step unit
[ "$(in_root readlink -f /etc/systemd/system/multi-user.target.wants/liptako.service)" \
	= /lib/systemd/system/liptako.service ] ||
	in_root test -e /etc/systemd/system/multi-user.target.wants/liptako.service
step enabled
in_root liptako conf --file /etc/liptako/liptako.yaml >/dev/null && step conf
in_root timeout 20 liptakod --foreground >"$r/run/said" 2>&1 &
for _ in $(seq 100); do
	in_root liptako status >/dev/null 2>&1 && break
	sleep 0.1
done
in_root liptako status >/dev/null && step runs || cat "$r/run/said"
kill "$(cat "$r/run/liptako/liptakod.pid")"
wait || true
echo '# mine' >>"$r/etc/liptako/liptako.yaml"
echo 'service: mine' >"$r/etc/liptako/rules/mine.yaml"
in_root dpkg --force-depends -i /run/liptako.deb
grep -q '^# mine' "$r/etc/liptako/liptako.yaml" && step kept
in_root dpkg -r liptako
grep -q '^# mine' "$r/etc/liptako/liptako.yaml" && [ ! -e "$r/usr/sbin/liptakod" ] && step removed
[ -d "$r/var/lib/liptako" ] && step remembered
in_root dpkg -P liptako
[ ! -e "$r/etc/liptako/liptako.yaml" ] && [ ! -e "$r/var/lib/liptako" ] && step purged
[ -e "$r/etc/liptako/rules/mine.yaml" ] && step spared
END
mkdir "$T/layers"
export T DEB
unshare -mn --propagation private bash "$T/layer" >"$T/steps" 2>&1
if [ ! -e "$T/layered" ]; then
	for i in 9 10 11 12 13 14 15 16 17 18 19; do
		echo "ok $i # SKIP no layers over this machine's files"
	done
	exit 0
fi
step() { ok "$2" grep -qx "step $1" "$T/steps"; }
step installed "it installs"
step users "and makes its users"
step unit "systemd has nothing against its unit"
step enabled "which is enabled"
step conf "its configuration is read"
step runs "the daemon runs from there"
step kept "an upgrade keeps what was changed"
step removed "removed, the programs are gone, the configuration stays"
step remembered "and what it remembers"
step purged "a purge takes both"
step spared "but not the operator's own rules"
grep -c . "$T/steps" >/dev/null && sed 's/^/# /' "$T/steps"
