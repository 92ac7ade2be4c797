#!/bin/bash
# A line whose host is a name: a jail that may look names up blames the name's
# addresses, by a name server of the test's own; warn says so in fail2ban's
# words; no (and our own default) leaves such lines alone; a server that does
# not answer keeps nothing else from being decided.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/f2b.sh
. "$(dirname "$0")/../lib/f2b.sh"
need root nft ip jq python3
plan 19
space gate
export LIPTAKO_RUN=$T/run LIPTAKO_JAILS=$T/etc/liptako/fail2ban TZ=UTC
C=$T/etc/fail2ban
mkdir -p "$C/filter.d" "$T/etc/liptako" "$T/log" "$T/state" "$T/netns"
cat >"$C/filter.d/door.conf" <<'E'
[Definition]
failregex = ^\s*\S+ doord\[\d+\]: refused \S+ at <HOST>$
E
cat >"$C/jail.conf" <<E
[DEFAULT]
enabled = true
filter = door
backend = polling
maxretry = 3
findtime = 10m
bantime = 1h
action =
logpath = $T/log/%(__name__)s.log
ignoreip = 198.51.100.99
[warns]
usedns = warn
[looks]
usedns = yes
[leaves]
usedns = no
[asks]
usedns = yes
ignorecommand = test <ip> = 198.51.100.31
E
for j in warns looks leaves asks; do : >"$T/log/$j.log"; done
# A and AAAA of a few names; silent.* is never answered; each question a line
cat >"$T/dns.py" <<'E'
import socket, struct, sys
names = {"allowed.example": ["198.51.100.60"],
         "one.example": ["198.51.100.1"],
         "two.example": ["198.51.100.2", "2001:db8:1:2::2"],
         "spared.example": ["198.51.100.99", "198.51.100.3"],
         "local.example": ["127.0.0.1", "0.0.0.0"],
         "asked.example": ["198.51.100.31", "198.51.100.32"]}
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.bind(("127.0.0.1", 53))
while True:
    q, peer = u.recvfrom(4096)
    at, labels = 12, []
    while q[at]:
        labels.append(q[at + 1:at + 1 + q[at]].decode())
        at += 1 + q[at]
    kind, name = struct.unpack(">H", q[at + 1:at + 3])[0], ".".join(labels)
    with open(sys.argv[1], "a") as log:
        print(name, kind, file=log)
    if name.startswith("silent"):
        continue
    family = {1: socket.AF_INET, 28: socket.AF_INET6}.get(kind)
    data = [socket.inet_pton(family, a) for a in names.get(name, [])
            if family and (":" in a) == (kind == 28)]
    u.sendto(q[:2] + struct.pack(">HHHHH", 0x8180 if name in names else 0x8183,
                                 1, len(data), 0, 0) + q[12:at + 5] +
             b"".join(b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(d)) +
                      d for d in data), peer)
E
# the daemon's own /etc/resolv.conf and hosts, as `ip netns exec` mounts them
mkdir -p "/etc/netns/$ID-gate"
rm_etc() { rm -rf "/etc/netns/$ID-gate"; }
at_exit() { rm_etc; }
echo "nameserver 127.0.0.1" >"/etc/netns/$ID-gate/resolv.conf"
echo "hosts: files dns" >"/etc/netns/$ID-gate/nsswitch.conf"
echo "127.0.0.1 localhost" >"/etc/netns/$ID-gate/hosts"
in_space gate ip link set lo up
spawn in_space gate python3 "$T/dns.py" "$T/questions"
ready() {
	in_space gate python3 -c 'import socket; u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.settimeout(1); u.sendto(b"\0\1\1\0\0\1\0\0\0\0\0\0\5ready\7example\0\0\1\0\1", ("127.0.0.1", 53)); u.recv(99)' 2>/dev/null
}
ok "the name server runs" until_true 20 ready
our_daemon "find: no" "jail-log: $T/log/jail.log" "allow: [allowed.example]"
spared() {
	lpt deny --yes --dry-run 198.51.100.60 1m >"$T/out" 2>&1
	grep -q "198.51.100.60 is protected: allowed name" "$T/out"
}
ok "a name of the allow list is looked up, too" until_true 60 spared
lpt import --to "$LIPTAKO_JAILS" fail2ban "$C" >"$T/out" 2>&1
is "the import works" "$?" 0
is "the jails work, without a remark" "$(grep -cE '^  (warns|looks|leaves|asks) +works: ' "$T/out")" 4
ln -s "$BUILD/liptako" "$T/fail2ban-client"
asks() { ip netns exec "$ID-gate" "$T/fail2ban-client" "$@"; }
refused() { # JAIL HOST N
	for _ in $(seq "$3"); do
		echo "$(stamp) h doord[7]: refused bob at $2"
	done >>"$T/log/$1.log"
}
is_banned() { asks get "$1" banip | grep -qw -- "$2"; }
failed() { [ "$(asks status "$1" | sed -n 's/.*Total failed:\t//p')" = "$2" ]; }

refused leaves one.example 5
refused warns one.example 2
refused warns 198.51.100.1 1
ok "a name counts for its address, beside the address itself" \
	until_true 60 is_banned warns 198.51.100.1
ok "warn says so in fail2ban's words" grep -qF \
	"WARNING Determined IP using DNS Lookup: one.example = {'198.51.100.1'}" "$T/log/jail.log"
ok "a jail with usedns = no leaves it alone" failed leaves 0
refused looks two.example 3
ok "each address of a name is blamed" until_true 60 is_banned looks 198.51.100.2
ok "of both families" until_true 60 is_banned looks 2001:db8:1:2::/64
ok "yes says nothing" not grep -q two.example "$T/log/jail.log"
refused looks spared.example 3
ok "another of an ignored address" until_true 60 is_banned looks 198.51.100.3
ok "which is ignored itself" not is_banned looks 198.51.100.99
refused asks asked.example 3
ok "a command is asked about each" until_true 60 is_banned asks 198.51.100.32
ok "and may ignore one" not is_banned asks 198.51.100.31

refused looks nosuch.example 3
refused looks local.example 3
refused looks silent.example 3
refused looks 198.51.100.4 3
refused warns 198.51.100.5 3
ok "while a name is not answered, others are" until_true 60 is_banned warns 198.51.100.5
ok "and what is behind it in its log comes" until_true 60 is_banned looks 198.51.100.4
ok "none of those names shuts out the host itself" not is_banned looks 127.0.0.1
doctor() { lpt doctor >"$T/doctor"; grep -qE "$1" "$T/doctor"; }
ok "doctor says how many gave none" doctor "jail looks: [0-9]+ names in its logs gave no address"
lpt why 198.51.100.2 >"$T/out" 2>&1
ok "why knows the line" grep -q two.example "$T/out"
