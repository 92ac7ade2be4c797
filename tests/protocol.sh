#!/bin/bash
# Two readings of docs/protocol.md agree: Liptako's and a verifier that shares
# no line with it: protocol.sh BUILD/src/act/act_vectors
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
make=$1
verify=$top/tests/verify/liptako_verify.py
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
n=0
ok() {
	local what=$1
	shift
	n=$((n + 1))
	if "$@" >"$tmp/out" 2>&1; then
		echo "ok $n - $what"
	else
		echo "not ok $n - $what"
		head -20 "$tmp/out" | sed 's/^/# /'
	fi
}
not() { ! "$@"; }

mkdir "$tmp/new"
"$make" "$tmp/new"
ok "the vectors are what this build makes" \
	diff -r "$tmp/new" "$top/tests/vectors"
ok "the verifier finds all of them right" \
	python3 "$verify" vectors "$top/tests/vectors/acts.txt"
grep -c '^\[' "$top/tests/vectors/acts.txt" >"$tmp/count"
says() { python3 "$verify" "$1" "$2" | grep -qF -- "$3"; }
ok "and none is passed over" \
	says vectors "$top/tests/vectors/acts.txt" "$(cat "$tmp/count") vectors"

# Each line of hexadecimal with one digit changed.
python3 - "$top/tests/vectors/acts.txt" "$tmp" <<'PY'
import re, sys
text = open(sys.argv[1]).read()
records = [r for r in text.split("\n\n") if r.startswith("[act ")]
for i, key in enumerate(("says", "body", "salt", "commit", "header", "hash",
                         "frame")):
    line = re.search(r"^%s = .*$" % key, records[1], re.M).group()
    at = 8 if key == "says" else len(line) - 3
    other = "0" if line[at] != "0" else "1"
    changed = records[1].replace(line, line[:at] + other + line[at + 1:])
    with open("%s/bad%d" % (sys.argv[2], i), "w") as f:
        f.write(changed + "\n\n")
PY
for i in 0 1 2 3 4 5 6; do
	ok "a vector changed in its part $i is found" \
		not python3 "$verify" vectors "$tmp/bad$i"
done

chain=$top/tests/vectors/chain.lptacts
ok "a whole exported chain holds" python3 "$verify" chain "$chain"
ok "with all of its acts" says chain "$chain" \
	"10 frames, 13 acts in chains, 0 not chained, 0 repeated, 1 without body"

# What one can do to a dump: change, drop, repeat, slip in.
python3 - "$chain" "$top/tests/vectors/acts.txt" "$tmp" <<'PY'
import random, re, struct, sys
data = open(sys.argv[1], "rb").read()
vectors = open(sys.argv[2]).read()
frames, at = [], 8
while at < len(data):
    n = struct.unpack(">I", data[at:at + 4])[0]
    frames.append(data[at + 4:at + 4 + n])
    at += 4 + n
def save(name, fs):
    with open("%s/%s" % (sys.argv[3], name), "wb") as f:
        f.write(data[:8])
        for x in fs:
            f.write(struct.pack(">I", len(x)) + x)
save("missing", frames[:2] + frames[3:])
save("repeated", frames + frames[:3])
save("shuffled", random.Random(7).sample(frames, len(frames)))
proof = bytes.fromhex(re.search(r"^proof = (\w+)$", vectors, re.M).group(1))
one = struct.unpack(">H", proof[:2])[0]
save("perjury", frames + [proof[2:2 + one], proof[4 + one:]])
with open(sys.argv[3] + "/proof", "wb") as f:
    f.write(proof)
rng = random.Random(3)
for i in range(12):
    f = list(frames)
    k = rng.randrange(len(f))
    b = bytearray(f[k])
    b[rng.randrange(len(b))] ^= 1 << rng.randrange(8)
    f[k] = bytes(b)
    save("changed%d" % i, f)
PY
ok "a missing frame is a gap, not a lie" \
	says chain "$tmp/missing" "missing: 2-6"
ok "what is repeated counts once" says chain "$tmp/repeated" \
	"13 acts in chains, 0 not chained, 7 repeated"
ok "in any order it is the same" says chain "$tmp/shuffled" \
	"10 frames, 13 acts in chains, 0 not chained, 0 repeated, 1 without body"
for i in 0 1 2 3 4 5 6 7 8 9 10 11; do
	ok "a bit that changed in it is found ($i)" \
		not python3 "$verify" chain "$tmp/changed$i"
done
ok "two acts with one number are found" \
	says chain "$tmp/perjury" "PERJURY: number 1 of run 1795310000000"
ok "and their proof stands alone" python3 "$verify" perjury "$tmp/proof"

# A charter that a person sealed with ssh-keygen, in a dump.
ssh-keygen -q -t ed25519 -N '' -C test -f "$tmp/seal" >/dev/null
python3 - "$tmp" <<'PY'
import hashlib, struct, subprocess, sys
tmp = sys.argv[1]
def sealed(name, text, signed):
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n",
                    "liptako-charter@v1", "-f", tmp + "/seal",
                    tmp + "/text"], input=b"", check=True,
                   stderr=subprocess.DEVNULL) if signed else None
    seal = open(tmp + "/text.sig", "rb").read()
    whole = b"liptako-sealed v1 charter %d\n" % len(text) + text + seal
    parts = [whole[i:i + 49152] for i in range(0, len(whole), 49152)]
    with open(tmp + "/" + name, "wb") as f:
        f.write(b"LPTACTS1")
        for i, p in enumerate(parts):
            x = b"\1\2" + hashlib.blake2b(whole, digest_size=32).digest() + \
                struct.pack(">HHH", i, len(parts), len(p)) + p
            f.write(struct.pack(">I", len(x)) + x)
text = b"charter test\n" + b"a clause that fills the page\n" * 4000
open(tmp + "/text", "wb").write(text)
sealed("sealed", text, True)
sealed("unsealed", text.replace(b"a clause", b"no clause", 1), False)
PY
ok "a sealed text is found right by ssh-keygen" \
	says chain "$tmp/sealed" "sealed charter: 1 seals, 1 of them right"
ok "another text under that seal is not" \
	not python3 "$verify" chain "$tmp/unsealed"
echo "1..$n"
