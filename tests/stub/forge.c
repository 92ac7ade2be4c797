/*
 * stub-forge - what a party's stolen envoy key could say.
 *
 *   forge SEEDFILE ALLIANCE PARTY RUN SEQ ADDRESS N [bad]
 *
 * N notices about as many addresses from ADDRESS on, in batches under one
 * signature, as the acts SEQ and following of that run (SEQ 1: with the run's
 * beginning in front). bad: the last byte of every signature is wrong. Each
 * frame goes to standard output behind its length, 4 bytes, big-endian.
 */
#include "act/chain.h"

#include "base/addr.h"
#include "base/when.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <time.h>

struct said {
	uint8_t header[ENVELOPE_SIZE], salt[ACT_SALT], body[ACT_BODY_MOST];
	size_t n;
	struct act_hash hash;
};

static struct envelope e = { .label = LABEL_AMBER, .charter_version = 3 };
static struct chain_author author;
static struct said acts[FRAME_ACTS];
static uint8_t secret[64];
static bool bad;

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void speak(uint8_t type, const union act_body *b, struct said *a)
{
	e.type = type;
	e.issued = now_ms();
	e.expires = e.issued + 3600000;
	if (body_encode(type, b, a->body, sizeof(a->body), &a->n) != ACT_OK)
		die("no such body");
	randombytes_buf(a->salt, sizeof(a->salt));
	chain_next(&author, &e);
	e.commit =
	    body_commit(a->salt, (struct str){ (const char *)a->body, a->n });
	envelope_write(&e, a->header);
	a->hash = envelope_hash(a->header);
	chain_said(&author, &a->hash);
}

static void flush(size_t n)
{
	static uint8_t frame[FRAME_MOST];
	struct frame_item items[FRAME_ACTS];
	struct act_hash hashes[FRAME_ACTS];
	uint8_t sig[ACT_SIG], head[4];
	size_t size;

	for (size_t i = 0; i < n; i++) {
		hashes[i] = acts[i].hash;
		items[i] = (struct frame_item){ acts[i].header, acts[i].salt,
			{ (const char *)acts[i].body, acts[i].n } };
	}
	frame_sign(secret, hashes, n, sig);
	sig[ACT_SIG - 1] ^= bad;
	size = frame_write(sig, items, n, frame, sizeof(frame));
	if (!size)
		die("a frame too large");
	for (int i = 0; i < 4; i++)
		head[i] = (uint8_t)(size >> (24 - 8 * i));
	fwrite(head, 1, sizeof(head), stdout);
	fwrite(frame, 1, size, stdout);
}

static union act_body notice(const struct addr *first, uint32_t i)
{
	union act_body b = { .notice = { .count = 9,
				 .first = now_ms() - 5000,
				 .last = now_ms(),
				 .service = "openssh",
				 .asked = ASSIST_DENY,
				 .term = 3600,
				 .kind = 1 } };
	struct addr a = *first;
	uint32_t v = (uint32_t)a.b[0] << 24 | (uint32_t)a.b[1] << 16 |
		     (uint32_t)a.b[2] << 8 | a.b[3];

	v += i;
	for (int k = 0; k < 4; k++)
		a.b[k] = (uint8_t)(v >> (24 - 8 * k));
	b.notice.subject = net_of(a, 32);
	return b;
}

static void hex(const char *from, uint8_t *to)
{
	if (sodium_hex2bin(to, 32, from, strlen(from), NULL, NULL, NULL) != 0)
		die("no hex: %s", from);
}

static void key(const char *path)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t seed[32];

	if (fd < 0 || read(fd, seed, 32) != 32)
		die("no seed: %s", path);
	crypto_sign_seed_keypair(e.envoy, secret, seed);
}

int main(int argc, char **argv)
{
	struct addr first;
	size_t n = 0;
	uint32_t all;

	if (argc < 8 || !addr_parse(str_of(argv[6]), &first) ||
	    first.family != 4)
		return 2;
	act_init();
	key(argv[1]);
	hex(argv[2], e.alliance);
	hex(argv[3], e.party);
	author.run = strtoull(argv[4], NULL, 10);
	author.seq = strtoull(argv[5], NULL, 10) - 1;
	all = (uint32_t)strtoul(argv[7], NULL, 10);
	bad = argc > 8;
	if (author.seq == 0) {
		union act_body b = { .run = { .why = RUN_START } };

		speak(ACT_RUN, &b, &acts[n++]);
	}
	for (uint32_t i = 0; i < all; i++) {
		union act_body b = notice(&first, i);

		speak(ACT_NOTICE, &b, &acts[n++]);
		if (n == FRAME_ACTS) {
			flush(n);
			n = 0;
		}
	}
	if (n)
		flush(n);
	return 0;
}
