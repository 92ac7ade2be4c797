#include "judge/ally_priv.h"

/*
 * What we lack of others' chains, asked of whoever may have it. An answer that
 * brought something is followed by the next question at once, so that a long
 * gap closes as fast as the one who is asked carries; one that brought nothing
 * costs a wait, longer each time, and the next is asked another ally. So a
 * silent one delays us, a lying one makes us ask as often as its budget here
 * and the true acts that it brings allow, and neither keeps anything from us
 * that somebody else has.
 */
enum {
	LOOK = 2,       /* s between looks at what is missing */
	ASK_AGAIN = 10, /* s before the same is asked for, doubled each time */
	DOUBLINGS = 5,
	TRIES = 9,    /* in vain: what an ally named is believed no more */
	HURRIES = 60, /* questions at once, by an ally's word, in a minute */
	SILENT = 90,  /* s without a heartbeat: not asked while others are */
	WANT_LIVES = 120,
};

static bool is_member(const struct ally *y, const struct ally_charter *c,
    uint16_t party)
{
	uint16_t no = alliance_party_of_id(c->a, y->parties[party].id);

	return no != ALLIANCE_NOBODY && alliance_party(c->a, no)->present;
}

/* An ally that spoke lately, after the one that was asked in vain; the author
 * of the chain last, or if there is nobody else. */
static uint16_t whom(const struct judge *j, const struct ally_charter *c,
    const struct ally_chain *h)
{
	const struct ally *y = j->ally;
	uint16_t from = h->tries ? h->asked_of : h->party;

	if (!ally_is_chancery(y, c))
		return c->self_no;
	if (h->go_on)
		return h->asked_of;
	for (size_t k = 1; k <= y->n_parties; k++) {
		uint16_t i = (uint16_t)((from + k) % y->n_parties);

		if (i != c->self_no && (h->tries || i != h->party) &&
		    y->parties[i].beat_at + SILENT > j->now &&
		    is_member(y, c, i))
			return i;
	}
	return h->party == c->self_no ? ALLY_NOBODY : h->party;
}

static void add_range(struct act_want *w, const struct ally_chain *h,
    const struct chain_gap *g)
{
	struct act_range *r = &w->ranges[w->n++];

	assert(w->n <= BODY_RANGES);
	memcpy(r->envoy, h->c.envoy, ACT_KEY);
	r->run = h->c.run;
	r->from = g->from;
	r->to = g->to;
}

static void want(struct judge *j, struct ally_charter *c, uint16_t party,
    union act_body *b)
{
	if (b->want.n > 0 && party != ALLY_NOBODY) {
		memcpy(b->want.to, j->ally->parties[party].id, ACT_KEY);
		(void)ally_say(j, c, ACT_WANT, b, WANT_LIVES);
	}
	memset(b, 0, sizeof(*b));
}

static uint64_t lacking(const struct ally_chain *h)
{
	return chain_lacking(&h->c) +
	       (h->named > h->c.head ? h->named - h->c.head : 0);
}

/* Its holes, or what lies beyond the last that we have: an answer may have
 * been lost, and what was named is not named again for ten minutes. */
static size_t gaps_of(const struct ally_chain *h, struct chain_gap gaps[])
{
	size_t n = chain_missing(&h->c, gaps, CHAIN_GAPS);

	if (n > 0 || h->named <= h->c.head)
		return n;
	gaps[0] = (struct chain_gap){ MAX(h->c.head, 1),
		MIN(h->named, h->c.head + CHAIN_WIDTH - 1) };
	return 1;
}

static void asked(const struct judge *j, struct ally_chain *h, uint16_t party)
{
	if (h->go_on)
		h->go_on = false;
	else if (h->tries < TRIES)
		h->tries++;
	else
		h->named = 0;
	h->asked_of = party;
	h->asked_at = j->now;
	h->lacked = lacking(h);
}

static bool may_ask(const struct judge *j, const struct ally_chain *h)
{
	return !h->tries ||
	       h->asked_at +
		       ((uint32_t)ASK_AGAIN << MIN(h->tries - 1, DOUBLINGS)) <=
		   j->now;
}

/* A hole is one at the second look: what is on its way comes before. */
static bool is_due(const struct judge *j, const struct ally_charter *c,
    struct ally_chain *h)
{
	const struct ally *y = j->ally;

	if (h->charter != c->no || !memcmp(h->c.envoy, y->envoy, ACT_KEY))
		return false;
	if (lacking(h) == 0) {
		h->tries = 0;
		h->lacks_since = 0;
		h->go_on = false;
		return false;
	}
	if (!h->lacks_since)
		h->lacks_since = j->now;
	return h->go_on || (h->lacks_since + LOOK <= j->now && may_ask(j, h));
}

static void ask_one(struct judge *j, struct ally_charter *c, uint16_t party,
    const uint16_t *whom_of)
{
	static union act_body b;
	struct ally *y = j->ally;
	struct chain_gap gaps[CHAIN_GAPS];

	memset(&b, 0, sizeof(b));
	for (uint32_t i = 1; i <= y->n_chains; i++) {
		struct ally_chain *h = &y->chains[i];
		size_t n;

		if (whom_of[i] != party)
			continue;
		n = gaps_of(h, gaps);
		if (b.want.n + n > BODY_RANGES)
			want(j, c, party, &b);
		for (size_t k = 0; k < n; k++)
			add_range(&b.want, h, &gaps[k]);
		asked(j, h, party);
	}
	want(j, c, party, &b);
}

/* One question to each, of all that is asked of it. */
static void ask(struct judge *j, struct ally_charter *c)
{
	static uint16_t whom_of[1 + ALLY_CHAINS];
	struct ally *y = j->ally;
	bool chancery = ally_is_chancery(y, c), to[ALLY_PARTIES] = { false };

	for (uint32_t i = 1; i <= y->n_chains; i++) {
		struct ally_chain *h = &y->chains[i];

		whom_of[i] = ALLY_NOBODY;
		if ((h->party == c->self_no && chancery) || !is_due(j, c, h))
			continue;
		whom_of[i] = whom(j, c, h);
		if (whom_of[i] < ALLY_PARTIES)
			to[whom_of[i]] = true;
	}
	for (uint16_t p = 0; p < ALLY_PARTIES; p++)
		if (to[p])
			ask_one(j, c, p, whom_of);
}

void ally_ask_tick(struct judge *j, struct ally_charter *c)
{
	if (j->now - c->want_at < LOOK)
		return;
	c->want_at = j->now;
	ask(j, c);
}

/* What an ally's word makes us ask at once has a budget; else by the clock. */
static bool may_hurry(const struct judge *j, uint16_t party)
{
	struct ally_party *p = &j->ally->parties[party];

	if (j->now - p->asks_at >= 60) {
		p->asks_at = j->now;
		p->asks = 0;
	}
	return p->asks++ < HURRIES;
}

/* What of that does our chain lack? False: nothing, or it was asked for, in
 * vain so far: then we choose whom to ask. */
static bool is_behind(struct judge *j, struct ally_chain *h,
    const struct act_head *head, struct chain_gap *gap)
{
	struct ally_known_arg arg = { j, h };
	struct act_hash hash;

	memcpy(hash.b, head->hash, ACT_HASH);
	if (h->named < head->seq && h->c.head < head->seq) {
		h->named = head->seq;
		h->tries = MIN(h->tries, 1);
	}
	return !h->tries && chain_compare(&h->c, head->seq, &hash, ally_known,
				&arg, gap) != VIEW_SAME;
}

void ally_heads(struct judge *j, struct ally_charter *c, uint16_t party,
    const struct act_head *heads, size_t n)
{
	static union act_body b;
	struct ally *y = j->ally;

	memset(&b, 0, sizeof(b));
	for (size_t i = 0; i < n; i++) {
		const struct act_head *head = &heads[i];
		struct ally_chain *h;
		struct chain_gap gap;

		if (!memcmp(head->envoy, y->envoy, ACT_KEY))
			continue;
		h = ally_chain_find(y, c->id, head->envoy, head->run);
		if (!h)
			h = ally_chain_named(j, c, head->envoy, head->run,
			    party);
		if (!h || !is_behind(j, h, head, &gap))
			continue;
		if (b.want.n == BODY_RANGES)
			want(j, c, party, &b);
		if (b.want.n == 0 && !may_hurry(j, party))
			return;
		add_range(&b.want, h, &gap);
		asked(j, h, party);
	}
	want(j, c, party, &b);
}

static bool forgotten(const struct ally *y, const struct ally_chain *h,
    const struct act_run *r)
{
	for (uint32_t i = 1; i <= y->n_chains; i++) {
		const struct chain *c = &y->chains[i].c;

		if (c->run != h->c.run && c->head > 0 &&
		    y->chains[i].charter == h->charter &&
		    !memcmp(c->envoy, h->c.envoy, ACT_KEY) &&
		    (c->run > r->run || (c->run == r->run && c->head > r->seq)))
			return true;
	}
	return false;
}

/* Its author says how the run before ended: what of that do we lack? */
static void ask_before(struct judge *j, struct ally_charter *c,
    const struct ally_chain *h, const struct act_run *r)
{
	bool chancery = ally_is_chancery(j->ally, c);
	struct act_head end = { .run = r->run, .seq = r->seq };

	if (!r->seq || !c->running || (chancery && h->party == c->self_no) ||
	    r->run + CHAIN_NAMED * UINT64_C(1000) < ally_ms(j))
		return;
	memcpy(end.envoy, h->c.envoy, ACT_KEY);
	memcpy(end.hash, r->head, ACT_HASH);
	ally_heads(j, c, chancery ? h->party : c->self_no, &end, 1);
}

/* Who comes back from a backup, or from a crash that took what it had heard
 * and the posts hand out no more, is told all chains soon, not in ten minutes,
 * and asks for what it lacks. */
void ally_run_heard(struct judge *j, struct ally_charter *c,
    const struct ally_chain *h, const struct act_run *r)
{
	ask_before(j, c, h, r);
	c->all_due |= forgotten(j->ally, h, r);
}

static struct ally_chain *range_of(const struct ally *y,
    const struct ally_charter *c, const struct act_range *r)
{
	return ally_chain_find(y, c->id, r->envoy, r->run);
}

/* It brought what we lacked: on with it. */
static bool brought(const struct ally *y, const struct ally_charter *c,
    uint16_t party, const struct act_carry *r, bool go_on)
{
	bool any = false;

	for (size_t i = 0; i < r->n; i++) {
		struct ally_chain *h = range_of(y, c, &r->ranges[i]);

		if (!h || !h->tries || h->asked_of != party ||
		    lacking(h) >= h->lacked || lacking(h) == 0)
			continue;
		any = true;
		h->go_on = go_on;
		if (go_on)
			h->tries = 1; /* it is worth asking */
	}
	return any;
}

/* Whoever we asked lacks it, too: its author may have it. What that one has no
 * more nobody will have. */
static void lacks(struct judge *j, struct ally_charter *c, uint16_t party,
    const struct act_carry *r)
{
	static union act_body b;
	struct ally *y = j->ally;
	bool chancery = ally_is_chancery(y, c);
	uint16_t to = ALLY_NOBODY;

	memset(&b, 0, sizeof(b));
	for (size_t i = 0; i < r->n_lacked; i++) {
		struct ally_chain *h = range_of(y, c, &r->lacked[i]);
		struct chain_gap gap = { r->lacked[i].from, r->lacked[i].to };

		if (!h || h->party == c->self_no || lacking(h) == 0)
			continue;
		if (h->party == party) {
			chain_gave_up(&h->c, &gap);
			h->named = 0;
			h->changed |= h->c.head > 0;
		} else if (chancery && h->asked_of == party) {
			if (h->party != to)
				want(j, c, to, &b);
			to = h->party;
			if (b.want.n == 0 && !may_hurry(j, party))
				return;
			add_range(&b.want, h, &gap);
			asked(j, h, to);
		}
	}
	want(j, c, to, &b);
}

void ally_carry_heard(struct judge *j, struct ally_charter *c, uint16_t party,
    const struct act_carry *r)
{
	struct ally *y = j->ally;

	if (c->self_no == ALLY_NOBODY || !c->running ||
	    memcmp(r->to, y->parties[c->self_no].id, ACT_KEY) != 0)
		return;
	if (brought(y, c, party, r, may_hurry(j, party)))
		ask(j, c);
	lacks(j, c, party, r);
}
