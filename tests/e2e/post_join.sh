#!/bin/bash
# A newcomer with a token asks once, over the post that it names.
exec python3 "$(dirname "$0")/../post/join.py"
