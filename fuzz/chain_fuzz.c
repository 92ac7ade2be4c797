/*
 * A chain hears what an author says in any order and with any lies, beside a
 * plain list of all that was taken: each number is new once, a second story
 * under one number is always perjury, and what is missing is never had.
 */
#include "act/chain.h"
#include "base/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum {
	MOST = 512
};

static struct told {
	uint64_t seq;
	struct chain_link link;
} told[MOST];
static size_t n_told;

static const struct told *find(uint64_t seq)
{
	for (size_t i = 0; i < n_told; i++)
		if (told[i].seq == seq)
			return &told[i];
	return NULL;
}

static bool known(void *arg, const struct chain *c, uint64_t seq,
    struct chain_link *ret)
{
	const struct told *t = find(seq);

	if (t)
		*ret = t->link;
	return t != NULL;
}

static struct act_hash hash_of(uint64_t seq, uint8_t story)
{
	struct act_hash h = { { story } };

	memcpy(h.b + 8, &seq, sizeof(seq));
	return h;
}

static void hear(struct chain *c, uint64_t seq, uint8_t story, uint8_t before)
{
	struct envelope e = { .type = ACT_NOTICE, .run = 1, .seq = seq };
	struct act_hash h = hash_of(seq, story);
	const struct told *was = find(seq);
	enum chain_heard got;

	e.prev = hash_of(seq - 1, before);
	got = chain_hear(c, &e, &h, known, NULL);
	assert(chain_ok(c));
	assert(got != CHAIN_FOREIGN);
	if (was && act_hash_eq(&was->link.hash, &h))
		assert(got == CHAIN_KNOWN);
	else if (was)
		assert(got == CHAIN_PERJURY);
	else
		assert(got == CHAIN_NEW || got == CHAIN_BROKEN);
	if (got == CHAIN_NEW) {
		assert(chain_has(c, seq) || seq < c->head);
		told[n_told++] = (struct told){ seq, { h, e.prev } };
	}
}

static void check_missing(const struct chain *c)
{
	struct chain_gap gaps[8];
	size_t n = chain_missing(c, gaps, countof(gaps));

	assert(n <= countof(gaps));
	for (size_t i = 0; i < n; i++) {
		assert(gaps[i].from <= gaps[i].to);
		assert(gaps[i].to <= c->head);
		assert(gaps[i].to - gaps[i].from < CHAIN_WIDTH);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct rd r = rd_of(bytes, n);
	struct envelope first = { .run = 1 };
	struct chain c;

	n_told = 0;
	chain_new(&c, &first);
	while (r.left > 4 && n_told < MOST) {
		uint8_t how = rd_u8(&r);
		uint64_t at = rd_u16(&r), to;

		if (how & 0x80)
			at <<= rd_u8(&r) % 47;
		if (at == 0)
			continue;
		if ((how & 0x70) == 0x70) {
			to = at + rd_u8(&r);
			chain_gave_up(&c, &(struct chain_gap){ at, to });
		} else {
			/* story 0 is the honest one */
			hear(&c, at, how & 1, how >> 1 & 1);
		}
		check_missing(&c);
	}
	return 0;
}
