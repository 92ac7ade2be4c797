#!/bin/bash
# Who gets into a post and what he may do there.
exec python3 "$(dirname "$0")/../post/gates.py"
