#!/bin/bash
# The Debian package on a real Debian 12: its kernel, systemd as PID 1, rsyslog
# beside journald, fail2ban as a service; over an upgrade and a reboot. In a
# virtual machine that is emulated, so that none needs to be lent to us. Long:
# it makes a disk from Debian's packages and boots it twice.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
[ -n "$LONG" ] || skip_all "only in make check-long"
need root mmdebstrap qemu-system-x86_64 mkfs.ext4 dpkg-deb dh
plan 18

ok "make deb builds it" "$TOP/tools/deb" "$T/deb"
cp "$T"/deb/liptako_*.deb "$T/liptako.deb"
packages=$(dpkg-deb -f "$T/liptako.deb" Depends |
	sed 's/([^)]*)//g; s/|[^,]*//g; s/[ \t\n]//g')
packages+=,linux-image-cloud-amd64,systemd-sysv,udev,dbus,openssh-server
packages+=,sshpass,nftables,iproute2,jq,procps,rsyslog,fail2ban,nats-server
packages+=,python3,kmod,curl
ssh-keygen -q -t ed25519 -N '' -f "$T/key"

disk() {
	mmdebstrap --variant=minbase --include="$packages" bookworm \
		"$T/root.tar" >"$T/disk.log" 2>&1 &&
		mkdir "$T/root" &&
		tar -C "$T/root" --exclude='./dev/*' -xf "$T/root.tar" &&
		cp "$T"/root/boot/vmlinuz-* "$T/vmlinuz" &&
		cp "$T"/root/boot/initrd.img-* "$T/initrd" || return 1
	mkdir -p "$T/root/root/.ssh"
	cp "$T/key.pub" "$T/root/root/.ssh/authorized_keys"
	cp "$T/liptako.deb" "$TOP/tests/vm/guest" "$T/root/root/"
	printf '[Match]\nName=e*\n[Network]\nDHCP=yes\n' \
		>"$T/root/etc/systemd/network/any.network"
	echo "/dev/vda / ext4 defaults 0 1" >"$T/root/etc/fstab"
	echo root:right | chroot "$T/root" chpasswd
	chroot "$T/root" systemctl enable ssh systemd-networkd >/dev/null 2>&1
	chroot "$T/root" systemctl disable fail2ban >/dev/null 2>&1
	truncate -s 8G "$T/disk" && mkfs.ext4 -q -d "$T/root" "$T/disk"
	rm -rf "$T/root" "$T/root.tar"
}
ok "a disk of Debian's packages" disk

PORT=$((20000 + $$ % 20000))
spawn qemu-system-x86_64 -accel tcg,thread=multi -cpu Nehalem -smp 2 -m 2048 \
	-kernel "$T/vmlinuz" -initrd "$T/initrd" \
	-append "root=/dev/vda rw console=ttyS0 quiet" \
	-drive "file=$T/disk,format=raw,if=virtio,cache=unsafe" \
	-nic "user,restrict=on,model=virtio-net-pci,hostfwd=tcp:127.0.0.1:$PORT-:22" \
	-display none -serial "file:$T/serial" >"$T/qemu.log" 2>&1
guest() {
	ssh -q -i "$T/key" -p "$PORT" -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null -o ConnectTimeout=5 \
		-o ServerAliveInterval=5 -o ServerAliveCountMax=6 \
		root@127.0.0.1 "$@"
}
ok "it boots" until_true 300 guest true

# act NAME STEP...: what the guest's script of that name says it reached
act() {
	local name=$1
	shift
	guest bash /root/guest "$name" >"$T/$name" 2>&1
	for step; do
		ok "$name: $step" grep -qx "step $step" "$T/$name"
	done
	[ -z "${SHOW:-}" ] || sed 's/^/# /' "$T/$name"
}
act first "installed and running" "five wrong passwords and no fewer" \
	"a local user forges nothing" "a wrong configuration fails the reload" \
	"a flushed ruleset comes back" "killed it comes back" \
	"an upgrade opens nothing"
boot=$(guest cat /proc/sys/kernel/random/boot_id)
guest systemctl reboot
again() { [ "$(guest cat /proc/sys/kernel/random/boot_id || echo "$boot")" != "$boot" ]; }
ok "it boots again" until_true 300 again
act second "the measure stands" "the ledger is well" "who has the port of our post" \
	"a post of our own" \
	"fail2ban is taken over" "and brought back" \
	"removed, it leaves its memory alone"
guest systemctl poweroff
