#!/bin/bash
# The ledger in trouble: a full disk, a read-only folder, a damaged file, and
# every program killed at random while lines come in. Defence goes on, and
# every line counts exactly once.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/journald.sh
. "$(dirname "$0")/../lib/journald.sh"
need root nft ip jq chattr
own_mounts "$@"
plan 27
space gate; space street
wire gate 10.66.1.1/24 street 10.66.1.2/24
lpt() { in_space gate "$BUILD/liptako" "$@"; }
export LIPTAKO_RUN=$T/run
held() { lpt list --json | jq -e ".measures[] | select(.net == \"$1\" and .kernel)" >/dev/null; }
up() { lpt status >/dev/null 2>&1; }
well() { lpt status --json | jq -e .ledger.well >/dev/null; }
pid_of() { lpt status --json | jq -r ".programs[] | select(.program == \"$1\" and .running and .pid > 1).pid"; }
slay() { # PROGRAM
	local p
	p=$(pid_of "$1")
	[ -z "$p" ] || kill -9 "$p"
}
total() { lpt doctor --json | jq '.rules.totals["openssh/auth-failure"] // 0'; }
counted() { [ "$(total)" = "$WROTE" ]; }
WROTE=0
lines() { # ADDRESS N
	for i in $(seq "$2"); do
		echo "$(date '+%b %e %H:%M:%S') gate sshd[$i]: Failed" \
			"password for root from $1 port $((4000 + i)) ssh2"
	done >>"$T/auth.log"
	WROTE=$((WROTE + $2))
}
start() {
	spawn in_space gate "$BUILD/liptakod" -f --config "$T/liptako.yaml" \
		--rules "$TOP/rules" --state "$T/state" --run "$T/run" >>"$T/log" 2>&1
	D=$PID
	until_true 10 up
}
stop() {
	kill "$D"
	for _ in $(seq 200); do kill -0 "$D" 2>/dev/null || break; sleep 0.05; done
}

: >"$T/auth.log"
printf 'find: no\nsources:\n- file: %s\n  service: openssh\n' "$T/auth.log" \
	>"$T/liptako.yaml"
mkdir "$T/state"
mount -t tmpfs -o size=4m,mode=755 none "$T/state" || exit 1
ok "it starts" start
lines 203.0.113.1 5
ok "it defends" until_true 20 held 203.0.113.1

dd if=/dev/zero of="$T/state/fill" bs=4k 2>/dev/null
lines 203.0.113.2 5
ok "with a full disk it defends" until_true 20 held 203.0.113.2
sleep 1
for n in 3 4 5 6; do lines 203.0.113.$n 5; sleep 0.3; done
ok "and says that the ledger waits" until_true 10 not well
ok "status shows it to people" sh -c "ip netns exec $ID-gate '$BUILD/liptako' status | grep -q 'facts wait in memory'"
doctor_is_well() { lpt doctor >/dev/null; }
ok "doctor exits 1 for it" not doctor_is_well
is "it is said once" "$(grep -c ledger-fails "$T/log")" 1
rm "$T/state/fill"
ok "with room again it is well" until_true 15 well
slay judge
ok "the judge comes back" until_true 10 up
is "nothing that came meanwhile is lost or counted twice" "$(total)" "$WROTE"
ok "it holds what was ordered meanwhile" held 203.0.113.5

frozen() { chattr "$1i" "$T"/state/ledger/ledger.db* "$T/state/ledger"; }
frozen + || diag "no immutable files here: read-only is not tried"
lines 203.0.113.7 5
slay judge
ok "with a ledger that cannot be written a judge starts" until_true 10 up
ok "and shuts out whom it did not know" until_true 20 held 203.0.113.7
ok "and knows what stands" until_true 20 held 203.0.113.1
lines 203.0.113.8 5
ok "and shuts out newcomers" until_true 20 held 203.0.113.8
ok "and says so" not well
frozen -
ok "then it is well again" until_true 15 well
ok "every line was counted once" until_true 10 counted

stop
cp "$T/auth.log" "$T/auth.log.1"
SIZE=$(stat -c %s "$T/auth.log")
: >"$T/auth.log"
while [ "$(stat -c %s "$T/auth.log")" -le "$SIZE" ]; do lines 203.0.113.10 20; done
start
ok "a log that was truncated and grew beyond its end meanwhile is read whole" \
	until_true 10 counted

kinds=(judge reader enforcer)
rounds=20
[ -z "$LONG" ] || rounds=200
for i in $(seq $rounds); do
	lines "100.64.$((i % 250)).$((RANDOM % 250 + 1))" $((RANDOM % 30 + 1))
	slay "${kinds[RANDOM % 3]}" 2>/dev/null
	lines "100.65.$((i % 250)).$((RANDOM % 250 + 1))" $((RANDOM % 30 + 1))
	until_true 15 up
done
ok "after $rounds kills every line was counted once" until_true 15 counted
diag "lines: $WROTE, counted: $(total)"
stop
f=$(find "$T/state" -name ledger.db)
dd if=/dev/urandom of="$f" bs=4k seek=2 count=6 conv=notrunc 2>/dev/null
ok "with a damaged ledger it starts" start
ok "says so" grep -q "ledger-corrupt moved=" "$T/log"
ok "and kept it aside" sh -c "ls '$(dirname "$f")' | grep -q corrupt"
ok "the kernel still holds what it held" sh -c "ip netns exec $ID-gate nft list ruleset | grep -q 203.0.113.7"
lines 203.0.113.9 5
ok "and it defends" until_true 20 held 203.0.113.9
stop
# as after a backup was put back
chown -R root: "$T/state/ledger"
ln -s "$T/auth.log" "$T/state/ledger/link"
start
ok "a ledger that is root's becomes the judge's again" until_true 10 well
is "but not what a link points at" "$(stat -c %U "$T/auth.log")" root
stop
in_space gate "$BUILD/liptako" disarm >/dev/null 2>&1
umount "$T/state"
