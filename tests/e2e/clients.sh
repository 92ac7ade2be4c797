#!/bin/bash
# Bouncers of other kinds than Debian's, written anew in small.
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=tests/lib/desk.sh
. "$(dirname "$0")/../lib/desk.sh"
conformance clients 127.0.0.1:8080
