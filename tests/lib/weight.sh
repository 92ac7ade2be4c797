# shellcheck shell=bash
# weight.sh - a daemon of the least kind, what it weighs, and a ledger full of
# measures. Sourced after e2e.sh; needs $BUILD, $TOP, $T and ok's friends.

# weight_start SPACE: one log file; the warden's pid in $WARDEN.
weight_start() {
	[ -e "$T/auth.log" ] || : >"$T/auth.log"
	printf 'find: no\nsources:\n- file: %s\n  service: openssh\n' \
		"$T/auth.log" >"$T/liptako.yaml"
	mkdir -p "$T/state"
	spawn in_space "$1" "$BUILD/liptakod" --foreground \
		--rules "$TOP/rules" --config "$T/liptako.yaml" \
		--state "$T/state" --run "$T/run" >>"$T/liptakod.log" 2>&1
	WARDEN=$PID
}

weight_stop() {
	kill "$WARDEN" 2>/dev/null
	until_true 10 not kill -0 "$WARDEN" 2>/dev/null
}

# weigh: "PROGRAM KIB" of each, then "total KIB": proportional set sizes.
weigh() {
	local p
	for p in "$WARDEN" $(pgrep -P "$WARDEN"); do
		echo "$(cat "/proc/$p/comm") $(awk '/^Pss:/ { print $2 }' \
			"/proc/$p/smaps_rollup")"
	done | awk '{ print; sum += $2 } END { print "total", sum }'
}

# ledger_back DB: the ledger as version 1 left it: what later steps made goes.
ledger_back() {
	python3 - "$1" "$TOP/src/judge/ledger_schema.c" <<'END'
import re, sqlite3, sys
text = re.sub(r"/\*.*?\*/", "", open(sys.argv[2]).read(), flags=re.S)
body = text[text.index("= {") + 3:]
steps = ["".join(re.findall(r'"((?:[^"\\]|\\.)*)"', part))
         for part in re.split(r'(?<="),\s', body)]
db = sqlite3.connect(sys.argv[1], isolation_level=None)
for step in steps[1:]:
    for kind, name in re.findall(r"CREATE (TABLE|INDEX) (\w+)", step):
        db.execute("DROP %s IF EXISTS %s" % (kind, name))
    for table, name in re.findall(r"ALTER TABLE (\w+) ADD COLUMN (\w+)", step):
        db.execute("ALTER TABLE %s DROP COLUMN %s" % (table, name))
db.execute("PRAGMA user_version = 1")
END
}

# ledger_fill N [VERSION]: a ledger as a daemon leaves it that has shut out N
# addresses, 11.0.0.0 and on: measures, their deciding lines' events, what is
# remembered of each. Made with the ledger's own schema steps.
ledger_fill() {
	python3 - "$T/state/ledger" "$1" "${2:-2}" \
		"$TOP/src/judge/ledger_schema.c" <<'END'
import os, re, sqlite3, struct, sys, time
folder, n, version, source = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
text = re.sub(r"/\*.*?\*/", "", open(source).read(), flags=re.S)
body = text[text.index("= {") + 3:]
steps = ["".join(re.findall(r'"((?:[^"\\]|\\.)*)"', part))
         for part in re.split(r'(?<="),\s', body)]
os.makedirs(folder, exist_ok=True)
db = sqlite3.connect(os.path.join(folder, "ledger.db"))
for step in steps[:version]:
    db.executescript(step)
db.execute("PRAGMA user_version = %d" % version)
now = int(time.time())
db.execute("INSERT INTO name VALUES(1, 'openssh/auth-failure')")
nets = [struct.pack(">I", 0x0B000000 + i) for i in range(n)]
db.executemany("INSERT INTO measure VALUES(?,32,1,7,3,0,1,5,5,600,?,?,?,?,1,0,0)",
               ((a, now - 60, now, now, now + 3600 + i % 3600)
                for i, a in enumerate(nets)))
db.executemany("INSERT INTO memory VALUES(?,32,3,?,3600,1,?,5)",
               ((a, now + 3600, now) for a in nets))
db.executemany("INSERT INTO history(at,net,bits,what,rung,rule,count,until,repeats)"
               " VALUES(?,?,32,1,7,1,5,?,1)", ((now, a, now + 3600) for a in nets))
db.commit()
END
	local who=liptako-judge
	id -u $who >/dev/null 2>&1 || who=nobody
	chown -R "$who:" "$T/state/ledger"
}
