#!/bin/bash
# The pipe alone, across two network namespaces: an OUT at A's envoy, through
# A's post (nats-server in its jail), to the FRAME at B's judge. Says the
# median and the 99th percentile of FRAMES frames, one every GAP seconds, and
# how many a second pass when they are sent as fast as they are taken.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "post.sh: needs root for namespaces" >&2; exit 2; }
a=lptpa$$ b=lptpb$$
trap 'ip netns del $a 2>/dev/null; ip netns del $b 2>/dev/null' EXIT
ip netns add $a
ip netns add $b
ip -n $a link add veth0 type veth peer name veth0 netns $b
for n in "$a 10.77.0.1" "$b 10.77.0.2"; do
	# shellcheck disable=SC2086 # words
	set -- $n
	ip -n "$1" addr add "$2/24" dev veth0
	ip -n "$1" link set veth0 up
	ip -n "$1" link set lo up
done
python3 - "$a" "$b" "${FRAMES:-2000}" "${GAP:-0.003}" <<'PY'
import gc, os, sys, tempfile, time
sys.path.insert(0, "tests/post")
from pipe import *

ns_a, ns_b, frames, gap = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
alliance = alliance_of(1)


def place(v, q):
    return sorted(v)[min(len(v) - 1, int(len(v) * q))]


with tempfile.TemporaryDirectory(prefix="liptako-post-") as d:
    run = lambda ns: ["ip", "netns", "exec", ns]
    a = Party(d, "a", alliance, address="10.77.0.1", port=4222, run=run(ns_a))
    b = Party(d, "b", alliance, address="10.77.0.2", port=4222, run=run(ns_b))
    to_a, _ = b.reads(a)
    a.start(), b.start()
    try:
        if not b.envoy.is_up(to_a) or not a.envoy.is_up(1):
            sys.exit("no connection")
        took, stored = [], []
        b.envoy.on_frame = lambda box, seq, f: took.append(
            time.monotonic() - struct.unpack_from("<d", f)[0])
        gc.disable()
        for i in range(frames + 50):
            a.envoy.out(alliance, struct.pack("<d", time.monotonic()) + bytes(300), seq=i)
            end = time.monotonic() + gap
            while time.monotonic() < end:
                b.envoy.hear(max(0, end - time.monotonic()))
            a.envoy.hear()
        b.envoy.until(lambda: len(took) >= frames)
        took = took[50:]
        print("out to frame: median %.0f us, p99 %.0f us, most %.0f us, %d frames" % (
            place(took, .5) * 1e6, place(took, .99) * 1e6, max(took) * 1e6, len(took)))
        if os.environ.get("DEBUG"):
            print([(i, round(v*1e3, 1)) for i, v in enumerate(took) if v > .01][:60])
        took.clear()
        a.envoy.posted = []
        begin, sent = time.monotonic(), 0
        while sent < 20000:
            for _ in range(64):
                if sent - len(a.envoy.posted) < 400 and sent < 20000:
                    a.envoy.out(alliance, struct.pack("<d", 0) + bytes(300), seq=sent)
                    sent += 1
            a.envoy.hear()
            b.envoy.hear()
        b.envoy.until(lambda: len(took) >= sent, 30)
        s = time.monotonic() - begin
        print("throughput: %.0f frames/s stored and handed on (%d of %d)" % (
            len(took) / s, len(took), sent))
    finally:
        a.stop(), b.stop()
PY
