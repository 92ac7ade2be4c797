"""Lines from standard input, each with the time it came.

stamp.py HOST FILE: as syslog writes sshd's, and in FILE.ms with milliseconds;
stamp.py --ms: milliseconds and the line's words, so that an address stands
between blanks."""
import re, sys, time

if sys.argv[1] == "--ms":
    for line in sys.stdin:
        print(int(time.time() * 1000), re.sub(r"[{},]", " ", line.strip()) + " ",
              flush=True)
    sys.exit(0)
host, n = sys.argv[1], 1000
with open(sys.argv[2], "a", buffering=1) as out, \
        open(sys.argv[2] + ".ms", "a", buffering=1) as ms:
    for line in sys.stdin:
        line = line.strip()
        if line:
            ms.write("%d %s\n" % (time.time() * 1000, line))
            out.write("%s %s sshd[%d]: %s\n" % (
                time.strftime("%b %e %H:%M:%S"), host, n, line))
