#!/bin/bash
# The shipped rules against real logs of many services.
exec "$(dirname "$0")/../detection/run"
