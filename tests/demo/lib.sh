# shellcheck shell=bash
# lib.sh - what the demo stands on beside tests/lib/parties.sh: each party has a
# real sshd; attackers stand in namespaces of their own.

# shellcheck source=tests/lib/parties.sh
. "$TOP/tests/lib/parties.sh"
# shellcheck disable=SC2034 # for demo.sh
PARTIES="mali burkina niger"
AT=([mali]=77.1.1.1 [burkina]=77.1.2.1 [niger]=77.1.3.1
	[thief]=77.1.9.66 [second]=77.1.9.67 [guest]=77.1.8.8
	[rebel]=77.1.2.9 [hand]=77.1.7.7)
HELD=0 BROKEN=()

# All that the demo claims goes through here.
held() { # SENTENCE COMMAND...
	if ok "$@"; then
		HELD=$((HELD + 1))
	else
		BROKEN+=("$1")
		return 1
	fi
}
# into FILE COMMAND...: its output there, its complaints with ours as comments.
into() {
	local to=$1
	shift
	"$@" >"$to" 2> >(sed 's/^/#   /' >&2)
}
headline() { printf '#\n# == %s\n' "$*"; }

# A real sshd that logs as syslog would, into the party's own file.
sshd_up() {
	local h=$1
	[ -e "$T/hostkey" ] ||
		ssh-keygen -q -t ed25519 -N '' -f "$T/hostkey" || return 1
	cat >"$T/$h/sshd_config" <<-END
		Port 22
		HostKey $T/hostkey
		UsePAM yes
		PasswordAuthentication yes
		KbdInteractiveAuthentication no
		PidFile none
		MaxStartups 200
		PrintMotd no
		PrintLastLog no
	END
	spawn in_space "$h" /usr/sbin/sshd -D -e -f "$T/$h/sshd_config" \
		2> >(exec python3 "$TOP/tests/demo/stamp.py" "$h" "$T/$h/auth.log")
	until_true 20 can_connect "$h" 127.0.0.1
}
ssh_try() { # SPACE HOST PASSWORD
	in_space "$1" timeout 10 sshpass -p "$3" ssh -F none -n \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
		-o PreferredAuthentications=password -o ConnectTimeout=2 \
		-o NumberOfPasswordPrompts=1 -o LogLevel=ERROR \
		"op@$2" true >/dev/null 2>&1
}
# Real ssh clients guess until the door is shut, at most so often six at once.
attack() { # SPACE PARTY
	local i k tries
	for i in 1 2 3; do
		tries=()
		for k in 1 2 3 4 5 6; do
			ssh_try "$1" "${AT[$2]}" "guess$i$k" &
			tries+=($!)
		done
		wait "${tries[@]}"
		until_true 1 not can_connect "$1" "${AT[$2]}" && return 0
	done
	return 1
}

waits() { [ "$(about "$1" '.waiting | length')" = 1 ]; }
# joins NAME: by a token, over mali's post; mali seals what it asks for.
joins() {
	local code
	on mali invite --out "$T/token.$1"
	# shellcheck disable=SC2046 # words
	held "$1 joins by a token, over mali's post" into "$T/join.$1" \
		on "$1" join $(identity "$1") --json "$(cat "$T/token.$1")"
	code=$(jq -r .code "$T/join.$1")
	diag "$1 reads to mali, by voice: $code"
	held "mali hears of its wish" until_true 20 says mali "party=$1"
	held "mali seals" into "$T/out" \
		on mali charter seal --yes --code "$code"
	[ "$1" != niger ] || sealed_by_two "$code"
}
sealed_by_two() {
	held "burkina sees what waits" until_true 45 waits burkina
	held "burkina seals" into "$T/out" \
		on burkina charter seal --yes --code "$1"
}
# From three hosts to an alliance of three, with all its lines up.
charter_of_three() {
	local h
	# shellcheck disable=SC2046 # words
	held "mali founds the alliance sahel" into "$T/out" \
		on mali found $(identity mali) sahel
	held "its post is up" until_true 10 post_is_up mali
	joins burkina
	held "burkina hears of it" until_true 45 at_version burkina 2
	joins niger
	for h in $PARTIES; do
		held "$h: version 3, three parties" \
			until_true 45 at_version "$h" 3
	done
	for h in $PARTIES; do
		held "$h: its lines to all three posts are up" \
			until_true 40 lines_up "$h" 3
	done
}

# When the kernel of a party closed what: lines "MS ADDRESS" in $T/NAME/closed.
watch_kernel() {
	spawn in_space "$1" stdbuf -oL nft monitor new elements \
		> >(exec python3 "$TOP/tests/demo/stamp.py" --ms >"$T/$1/closed")
}
# The first time that a party's kernel closed it after so many ms, or nothing.
closed_at() { # PARTY ADDRESS SINCE
	awk -v a="$2" -v s="$3" '$1 >= s && index($0, " " a " ") { print $1; exit }' \
		"$T/$1/closed"
}
# What its Liptako says, each line with the ms it came: in $T/NAME/log.ms.
watch_log() {
	spawn tail -n +1 -F "$T/$1/log" \
		> >(exec python3 "$TOP/tests/demo/stamp.py" --ms >"$T/$1/log.ms") \
		2>/dev/null
}
said_at() { # PARTY WORDS SINCE
	awk -v w="$2" -v s="$3" '$1 >= s && index($0, w) { print $1; exit }' \
		"$T/$1/log.ms"
}
# The last guess that was logged before the door was shut.
logged_at() { # PARTY ADDRESS UNTIL
	awk -v a="from $2 " -v u="$3" '$1 <= u && /Failed password/ &&
		index($0, a) { t = $1 } END { print t }' "$T/$1/auth.log.ms"
}
receipt_of() { on mali why "$2" 2>/dev/null | grep -q "$1: assisting"; }
row() { diag "$(printf '%9s  %-8s %s' "$@")"; }
# what is written down for us comes a moment later
known() { [ -n "$("$@")" ]; }
# Who knew what when, of an attacker that mali shut out.
timeline() { # ADDRESS SINCE
	local home zero told h
	until_true 10 known closed_at mali "$1" "$2" || return 1
	home=$(closed_at mali "$1" "$2")
	zero=$(logged_at mali "$1" "$home")
	told=$(on mali why "$1" 2>/dev/null |
		sed -n 's/^Allies in .* were told .*(\(.*\))\.$/\1/p')
	[ -n "$zero" ] && [ -n "$told" ] || return 1
	diag "what became of $1:"
	row "0 ms" mali "the deciding line is logged"
	row "$((home - zero)) ms" mali "closed in the kernel"
	row "" mali "gives notice, by its $told evidence"
	for h in burkina niger; do
		until_true 10 why_has "$h" "$1" "signature verified" &&
			until_true 10 known said_at "$h" "assisted net=$1 " "$2" &&
			until_true 10 known closed_at "$h" "$1" "$2" || return 1
		row "$(($(said_at "$h" "assisted net=$1 " "$2") - zero)) ms" \
			"$h" "has verified and judged it: deny"
		row "$(($(closed_at "$h" "$1" "$2") - zero)) ms" "$h" "closed in the kernel"
	done
	for h in burkina niger; do
		until_true 10 receipt_of "$h" "$1" || return 1
		row "$(($(now_ms) - zero)) ms" mali "has the receipt of $h by now: assisting"
	done
}
is_closed() { in_kernel "$1" "$2"; }
in_kernel() {
	in_space "$1" nft list table inet liptako 2>/dev/null |
		grep -q "\b${2//./\\.}\b"
}
why_has() { # PARTY ADDRESS PATTERN
	on "$1" why "$2" 2>/dev/null | grep -Eq "$3"
}
the_end() {
	plan "$N"
	if [ "${#BROKEN[@]}" -eq 0 ]; then
		diag "" "all held ($HELD)"
		return 0
	fi
	diag "" "$HELD held; did not hold:"
	printf '#   %s\n' "${BROKEN[@]}"
	return 1
}
