#!/bin/bash
# Windows against the generator's own count, with fresh logs.
exec "$(dirname "$0")/../../bench/truth.sh"
