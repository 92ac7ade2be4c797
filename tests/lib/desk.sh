# shellcheck shell=bash
# desk.sh - for tests that visit the desk: Debian's packages as they are, and
# a liptakod that listens.

# peer PACKAGE: unpacked in $BUILD/peers/PACKAGE, never installed; its folder
# in PEER. Fails if it is not to be had.
peer() {
	local d=$BUILD/peers/$1
	PEER=$d
	export PEER
	[ ! -e "$d/.whole" ] || return 0
	mkdir -p "$d.new" && chmod 755 "$d.new" || return 1
	(cd "$d.new" && apt-get download -q "$1" >/dev/null 2>&1 &&
		dpkg -x ./"$1"_*.deb . && rm -f ./"$1"_*.deb && touch .whole) || {
		rm -rf "$d.new"
		return 1
	}
	rm -rf "$d"
	mv "$d.new" "$d"
}

# desk_start SPACE [LISTEN]: a liptakod with a desk in that space; settings
# are read from $T/liptako.yaml, which the caller may have written.
desk_start() {
	local where=$1
	[ -s "$T/liptako.yaml" ] || cat >"$T/liptako.yaml" <<-END
	desk:
	  on: yes
	  listen: ["0.0.0.0:7406"]
	  bouncers: ["0.0.0.0:8080"]
	END
	mkdir -p "$T/state"
	spawn in_space "$where" "$BUILD/liptakod" --foreground \
		--rules "$TOP/rules" --config "$T/liptako.yaml" \
		--state "$T/state" --run "$T/run" >>"$T/liptakod.log" 2>&1
	DESK_PID=$PID
	DESK_SPACE=$where
	until_true 15 desk_answers
}
desk_answers() {
	in_space "$DESK_SPACE" curl -s -o "$T/health" \
		http://127.0.0.1:7406/health &&
		grep -q '"up"' "$T/health"
}
desk_stop() {
	kill "$DESK_PID" 2>/dev/null
	until_true 10 not kill -0 "$DESK_PID" 2>/dev/null
}
lpt() { in_space "$DESK_SPACE" "$BUILD/liptako" "$@" --run "$T/run"; }

# conformance SCRIPT WHERE: that of tests/conformance, against a new desk.
conformance() {
	local key
	need root nft ip curl python3
	[ -x "$BUILD/src/desk/desk" ] || skip_all "needs a build with desk"
	space gate
	desk_start gate || { plan 1; ok "the desk answers" false; exit 1; }
	key=$(lpt bouncer add lab 2>/dev/null)
	in_space gate python3 "$TOP/tests/conformance/$1" "$2" "$key" \
		"$BUILD/liptako" "$T/run"
	[ -z "${SHOW:-}" ] || cat "$T/liptakod.log"
}
