#!/bin/bash
# same.sh OTHER LOG...: does this build's matcher see in these logs, line by
# line, what another build's does? OTHER is its bench/sightings; both read the
# rules of this tree. Prints the first lines that differ.
set -euo pipefail
cd "$(dirname "$0")/.."
OTHER=${1:?usage: bench/same.sh OTHER LOG...}
shift
differ=0
for log; do
	if ! cmp -s <("$OTHER" "$log" rules/*.yaml) \
		<(build/bench/sightings "$log" rules/*.yaml); then
		echo "$log: other sightings"
		diff <("$OTHER" "$log" rules/*.yaml) \
			<(build/bench/sightings "$log" rules/*.yaml) | head -5
		differ=1
	fi
done
exit $differ
