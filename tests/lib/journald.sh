# shellcheck shell=bash
# journald.sh - a real systemd-journald without systemd, for one test.
#
#   . tests/lib/e2e.sh; . tests/lib/journald.sh
#   own_mounts "$@"            # goes on in a mount namespace of its own
#   journald_start
#   in_unit ssh.service /usr/sbin/sshd -D ...
#
# /run, /dev and /var/log of the test are its own; units are cgroups that we
# make, for journald takes _SYSTEMD_UNIT from the sender's cgroup. They lie in
# a slice of this test alone: another test that cleans up touches none of them.

# Runs this script again in its own mount namespace, once.
own_mounts() {
	[ -z "${LIPTAKO_OWN_MOUNTS:-}" ] || return 0
	trap - EXIT
	rm -rf "$T"
	LIPTAKO_OWN_MOUNTS=1 exec unshare -m --propagation private \
		"$0" "$@"
}

private_places() {
	local d
	mount -t tmpfs -o mode=755 tmpfs /run &&
		mkdir -p /run/systemd/journal /run/log/journal /run/sshd \
			/run/newdev/pts /run/newdev/shm /run/netns || return 1
	for d in null zero full random urandom tty; do
		touch "/run/newdev/$d" &&
			mount --bind "/dev/$d" "/run/newdev/$d" || return 1
	done
	mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts \
		/run/newdev/pts || return 1
	ln -s pts/ptmx /run/newdev/ptmx
	ln -s /proc/self/fd /run/newdev/fd
	ln -s /run/systemd/journal/dev-log /run/newdev/log
	mount --rbind /run/newdev /dev
	mount -t tmpfs -o mode=755 tmpfs /var/log
}

# journald_start [volatile|persistent]
journald_start() {
	local id=0123456789abcdef0123456789abcdef where=/run/log/journal
	private_places || return 1
	echo $id >/run/machine-id
	[ -e /etc/machine-id ] || touch /etc/machine-id
	mount --bind /run/machine-id /etc/machine-id || return 1
	[ "${1:-volatile}" = volatile ] || where=/var/log/journal
	mkdir -p "$where/$id"
	# what systemd-tmpfiles does: what the daemon makes belongs to readers
	chgrp -R systemd-journal "$where" && chmod 2755 "$where" "$where/$id"
	JOURNAL=$where/$id
	spawn /lib/systemd/systemd-journald 2>"$T/journald.log"
	JOURNALD=$PID
	until_true 20 test -S /run/systemd/journal/socket
}

# unit_slice: the folder of this test's units.
unit_slice() {
	local top=/sys/fs/cgroup
	[ ! -d $top/unified ] || top=$top/unified
	echo "$top/system.slice/system-e2e$$.slice"
}

# heard: returns when journald has read what was sent until now. A sender must
# live until then, for journald looks up whose cgroup he is in.
heard() { timeout 10 journalctl --sync >&2; }

# in_unit UNIT COMMAND...: in the foreground, in that unit's cgroup.
in_unit() {
	local g
	g=$(unit_slice)/$1
	mkdir -p "$g" || return 1
	shift
	(
		echo 0 >"$g/cgroup.procs" || exit 1
		exec "$@"
	)
}

units_clean() {
	local g
	for g in "$(unit_slice)"/*/; do
		[ -d "$g" ] && rmdir "$g" 2>/dev/null
	done
	rmdir "$(unit_slice)" 2>/dev/null
	return 0
}
