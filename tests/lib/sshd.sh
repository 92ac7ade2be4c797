# shellcheck shell=bash
# sshd.sh - a real sshd with one user, for tests with own mounts.
#
#   sshd_users                 # user "op", password "secret", in /etc copies
#   sshd_start gate [PORT]     # in namespace gate, in unit ssh.service
#   ssh_try SPACE HOST PASSWORD [COMMAND...]

# The users of dist/liptako.sysusers join, as `make install` makes them.
sshd_users() {
	local f hash user id=4300
	# shellcheck disable=SC2016
	hash=$(perl -e 'print crypt("secret", q($6$liptako$))')
	for f in passwd shadow group; do
		cp -p "/etc/$f" "/run/$f" || return 1
	done
	echo "op:x:4242:4242:operator:/run/op:/bin/sh" >>/run/passwd
	echo "op:x:4242:" >>/run/group
	echo "op:$hash:19000:0:99999:7:::" >>/run/shadow
	while read -r user; do
		id=$((id + 1))
		getent passwd "$user" >/dev/null && continue
		echo "$user:x:$id:$id::/:/usr/sbin/nologin" >>/run/passwd
		echo "$user:x:$id:" >>/run/group
	done < <(awk '$1 == "u" { print $2 }' "$TOP/dist/liptako.sysusers")
	getent group liptako >/dev/null || echo "liptako:x:4300:" >>/run/group
	sed -i 's/^systemd-journal:.*/&,liptako-scribe/; s/:,/:/' /run/group
	for f in passwd shadow group; do
		mount --bind "/run/$f" "/etc/$f" || return 1
	done
	install -d -o 4242 -g 4242 /run/op
	: >/run/utmp
}

sshd_start() {
	local port=${2:-22}
	[ -e "$T/hostkey" ] ||
		ssh-keygen -q -t ed25519 -N '' -f "$T/hostkey" || return 1
	cat >"$T/sshd_config" <<-EOF
		Port $port
		HostKey $T/hostkey
		UsePAM yes
		PasswordAuthentication yes
		KbdInteractiveAuthentication no
		PidFile none
		MaxStartups 100
		MaxAuthTries 6
		PrintMotd no
		PrintLastLog no
	EOF
	spawn in_unit ssh.service ip netns exec "$ID-$1" \
		/usr/sbin/sshd -D -f "$T/sshd_config" 2>"$T/sshd.log"
	SSHD=$PID
	until_true 20 in_space "$1" bash -c "exec 3<>/dev/tcp/127.0.0.1/$port" 2>/dev/null
}

ssh_try() {
	local space=$1 host=$2 password=$3
	shift 3
	in_space "$space" timeout 20 sshpass -p "$password" ssh -F none -n \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
		-o PreferredAuthentications=password -o ConnectTimeout=10 \
		-o NumberOfPasswordPrompts=1 -o LogLevel=ERROR \
		"op@$host" "${@:-true}" >/dev/null 2>&1
}

# A login with a terminal that stays for a minute: live for utmp.
ssh_session() {
	in_space "$1" timeout 70 sshpass -p "$3" ssh -F none -tt \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
		-o LogLevel=ERROR "op@$2" sleep 60 >/dev/null 2>&1 </dev/null
}

# Can it connect at all? Within a second.
can_connect() {
	in_space "$1" timeout 1 bash -c "exec 3<>/dev/tcp/$2/${3:-22}" 2>/dev/null
}
