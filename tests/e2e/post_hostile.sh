#!/bin/bash
# A hostile post between an envoy and its ally.
exec python3 "$(dirname "$0")/../post/hostile.py"
