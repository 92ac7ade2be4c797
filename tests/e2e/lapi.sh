#!/bin/bash
# What bouncers and agents of CrowdSec ask is answered as it answers them.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/desk.sh
. "$(dirname "$0")/../lib/desk.sh"
need root nft ip curl python3
[ -x "$BUILD/src/desk/desk" ] || skip_all "needs a build with desk"
space gate
desk_start gate || { plan 1; ok "the desk answers" false; exit 1; }
key=$(lpt bouncer add lab 2>/dev/null)
in_space gate python3 "$TOP/tests/conformance/lapi" http://127.0.0.1:8080 \
	"$key" "$BUILD/liptako" "$T/run"
[ -z "${SHOW:-}" ] || cat "$T/liptakod.log"
