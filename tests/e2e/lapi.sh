#!/bin/bash
# What bouncers and agents of CrowdSec ask is answered as it answers them.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/desk.sh
. "$(dirname "$0")/../lib/desk.sh"
conformance lapi http://127.0.0.1:8080
