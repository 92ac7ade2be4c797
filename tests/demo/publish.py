"""Publishes frames into a party's own outbox with that party's own keys, as
whoever stole them could. publish.py STATE ADDRESS ALLIANCE PARTY < FRAMES."""
import hashlib, os, struct, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "post"))
from pipe import Nats, keypair, login, ssl

state, address, alliance, party = sys.argv[1:5]
alliance = bytes.fromhex(alliance)
cert = ssl.PEM_cert_to_DER_cert(open(state + "/post/post.crt").read())
seed = open(state + "/keys/login.seed", "rb").read()
pk, sk = keypair(login(seed, alliance, hashlib.sha256(cert).digest()))
envoy, _ = keypair(open(state + "/keys/envoy.key", "rb").read())
c = Nats(address, 4222, sk, pk)
if not c.is_in():
    sys.exit("no way in")
subject = "lpt.%s.%s.%s.act" % (alliance.hex()[:16], party, envoy.hex()[:16])
n = 0
while True:
    head = sys.stdin.buffer.read(4)
    if len(head) < 4:
        break
    frame = sys.stdin.buffer.read(struct.unpack(">I", head)[0])
    c.pub(subject, frame)
    n += 1
c.until_pong()
print("%d frames" % n)
