#!/bin/bash
# Two envoys exchange frames through their posts, and are killed meanwhile.
exec python3 "$(dirname "$0")/../post/exchange.py"
