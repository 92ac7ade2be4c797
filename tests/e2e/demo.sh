#!/bin/bash
# The demo, with its own assertions, and a shorter cut of the cable.
CUT=3 exec "$(dirname "$0")/../demo/demo.sh"
