#include "act/quota.h"

enum {
	DAY = 86400
};

const struct quota_conf quota_defaults = { 20000, 2000, 32 << 10 };

/* In DAYths: full, and what comes in a second. */
static uint64_t acts_full(const struct quota_conf *c)
{
	return (uint64_t)c->burst * DAY;
}

static uint64_t bytes_full(const struct quota_conf *c)
{
	return (uint64_t)c->kb * 1024 * DAY;
}

static uint64_t bytes_rate(const struct quota_conf *c)
{
	return (uint64_t)c->kb * 1024;
}

static void fill(struct quota *q, const struct quota_conf *c, uint32_t now)
{
	uint64_t passed = now > q->at ? now - q->at : 0;

	if (q->at == 0) {
		q->acts = acts_full(c);
		q->bytes = bytes_full(c);
	}
	q->acts = MIN(q->acts + passed * c->acts, acts_full(c));
	q->bytes = MIN(q->bytes + passed * bytes_rate(c), bytes_full(c));
	q->at = MAX(q->at, MAX(now, 1));
}

static uint64_t acts_need(const struct quota_conf *c, size_t acts)
{
	return MIN((uint64_t)acts * DAY, acts_full(c));
}

static uint64_t bytes_need(const struct quota_conf *c, size_t bytes)
{
	return MIN((uint64_t)bytes * DAY, bytes_full(c));
}

bool quota_has(struct quota *q, const struct quota_conf *c, size_t acts,
    size_t bytes, uint32_t now)
{
	fill(q, c, now);
	return q->acts >= acts_need(c, acts) &&
	       q->bytes >= bytes_need(c, bytes);
}

void quota_take(struct quota *q, size_t acts, size_t bytes)
{
	q->acts -= MIN(q->acts, (uint64_t)acts * DAY);
	q->bytes -= MIN(q->bytes, (uint64_t)bytes * DAY);
}

static uint64_t wait_for(uint64_t left, uint64_t need, uint64_t rate)
{
	if (left >= need)
		return 0;
	return rate ? (need - left + rate - 1) / rate : UINT32_MAX;
}

uint32_t quota_wait(const struct quota *q, const struct quota_conf *c,
    size_t acts, size_t bytes)
{
	uint64_t a = wait_for(q->acts, acts_need(c, acts), c->acts);
	uint64_t b = wait_for(q->bytes, bytes_need(c, bytes), bytes_rate(c));

	return (uint32_t)MIN(MAX(a, b), UINT32_MAX);
}
