#include "judge/ally_priv.h"

#include "base/log.h"

enum {
	LAPSE_EVERY = 60 /* s */
};

/* Never again from this box: it is recorded, or worth nothing. */
static void take_frame(struct ally *y, const struct wire_frame *w)
{
	y->taken[y->n_taken++] = (struct wire_taken){ w->box, 0, w->seq };
}

static uint8_t rights_of(uint8_t type)
{
	switch (type) {
	case ACT_NOTICE:
	case ACT_MURMUR:
		return RIGHT_NOTICE;
	case ACT_RECEIPT:
	case ACT_SETTLEMENT:
		return RIGHT_ANSWER;
	case ACT_PARDON:
	case ACT_CONDUCT:
		return RIGHT_PARDON;
	case ACT_REFERRAL:
		return RIGHT_REFER;
	case ACT_FORGET:
		return RIGHT_FORGET;
	}
	return 0;
}

/* A frame's chained acts as they are recorded. */
struct hearing {
	struct judge *j;
	struct ally_charter *c;
	struct ally_party *who;
	enum envoy_standing standing;
	uint32_t rights;
	uint16_t party; /* our number */
	bool fresh[FRAME_ACTS];
	struct ally_chain *chain[FRAME_ACTS];
};

static void record(struct ally *y, const struct ally_chain *c, uint32_t now,
    uint64_t first, uint64_t last, struct str bytes)
{
	struct ally_fact *f = ally_fact(y, AFACT_FRAME);

	if (!f)
		return;
	f->frame = (struct ledger_frame){ .chain = c->no,
		.at = now,
		.first = first,
		.last = last,
		.bytes = { mem_dup(bytes.p, bytes.n), bytes.n } };
	y->bytes_facts += bytes.n;
}

/* One act of a batch, with its path. */
static void record_one(struct ally *y, const struct ally_chain *c, uint32_t now,
    const struct frame *f, size_t i)
{
	const struct frame_act *a = &f->acts[i];
	struct frame_item item = { a->header, a->salt, a->body };
	uint8_t bytes[FRAME_FORWARD + ACT_BODY_MOST];
	struct act_proof p;
	size_t n;

	frame_proof(f, i, &p);
	n = frame_forward(&p, &item, bytes, sizeof(bytes));
	if (n)
		record(y, c, now, a->e.seq, a->e.seq,
		    (struct str){ (const char *)bytes, n });
}

/* Perjury is a proof: two acts with one number. It speaks against the key,
 * not against the party. */
static void perjury(struct hearing *h, const struct frame *f, size_t i)
{
	struct ally_chain *c = h->chain[i];

	h->j->ally->counts[COUNT_PERJURY]++;
	log_err("perjury party=%s run=%llu seq=%llu text=\"two acts with one "
		"number: this envoy's key is in two hands\"",
	    ally_party_name(h->j->ally, h->party), (unsigned long long)c->c.run,
	    (unsigned long long)f->acts[i].e.seq);
	record_one(h->j->ally, c, h->j->now, f, i); /* both are the proof */
	ally_perjurer(h->j, c->c.envoy);
}

/* Headers that came without their bodies: whoever has the body may bring it
 * later, unless it was forgotten here. */
static struct ally_bare *bare_of(struct ally *y, uint32_t chain, uint64_t seq)
{
	for (size_t i = 0; i < ALLY_BARE; i++)
		if (y->bare[i].chain == chain && y->bare[i].seq == seq)
			return &y->bare[i];
	return NULL;
}

static void note_bare(struct ally *y, uint32_t chain, uint64_t seq)
{
	y->bare[y->bare_at++ % ALLY_BARE] = (struct ally_bare){ chain, seq };
}

bool ally_unbare(struct ally *y, uint32_t chain, uint64_t seq)
{
	struct ally_bare *b = bare_of(y, chain, seq);

	if (b)
		*b = (struct ally_bare){ 0 };
	return b != NULL;
}

/* Not the body that was signed: as if it had not come at all, so that nobody
 * on the way can take an act's place. */
static bool wrong_body(struct ally *y, const struct frame_act *a)
{
	enum act_fault e = a->salt ? frame_body_ok(a) : ACT_OK;

	if (e == ACT_OK)
		return false;
	y->counts[COUNT_BODY]++;
	y->faults[e]++;
	return true;
}

/* Into its chain; true: it was not there before. */
static bool chain_in(struct hearing *h, const struct frame *f, size_t i)
{
	struct ally *y = h->j->ally;
	const struct frame_act *a = &f->acts[i];
	struct ally_chain *c = ally_chain(h->j, h->c, &a->e, h->party);
	struct ally_known_arg arg = { h->j, c };

	h->chain[i] = c;
	switch (chain_hear(&c->c, &a->e, &a->hash, ally_known, &arg)) {
	case CHAIN_NEW:
		c->changed = c->fresh = true;
		if (!a->salt)
			note_bare(y, c->no, a->e.seq);
		return true;
	case CHAIN_KNOWN:
		if (a->salt && ally_unbare(y, c->no, a->e.seq))
			return true;
		y->counts[COUNT_KNOWN]++;
		return false;
	case CHAIN_PERJURY:
		perjury(h, f, i);
		return false;
	case CHAIN_BROKEN:
		y->counts[COUNT_BROKEN]++;
		return false;
	case CHAIN_FOREIGN:
		break;
	}
	die("a chain of another envoy");
}

void ally_record(struct judge *j, const struct frame *f, struct str bytes,
    struct ally_chain *const *chain, const bool *fresh)
{
	struct ally *y = j->ally;
	const struct ally_chain *c = NULL;
	uint64_t first = 0, last = 0;
	bool whole = f->form == FRAME_OWN;

	for (size_t i = 0; i < f->n; i++) {
		const struct envelope *e = &f->acts[i].e;

		if (!act_is_chained(e->type))
			continue;
		whole &=
		    fresh[i] && (!c || (chain[i] == c && e->seq == last + 1));
		c = chain[i];
		first = first ? first : e->seq;
		last = e->seq;
	}
	if (whole && c)
		record(y, c, j->now, first, last, bytes);
	for (size_t i = 0; !whole && i < f->n; i++)
		if (act_is_chained(f->acts[i].e.type) && fresh[i])
			record_one(y, chain[i], j->now, f, i);
}

static void execute(struct hearing *h, const struct frame_act *a,
    struct ally_chain *chain)
{
	struct ally *y = h->j->ally;
	uint8_t need = rights_of(a->e.type);
	static union act_body body;
	enum act_fault e;

	if (h->standing != ENVOY_OK) {
		y->counts[COUNT_SUSPENDED]++;
		if (a->e.type == ACT_NOTICE)
			ally_answer(y, h->c, &a->e, ANSWER_SUSPENDED, 0, 0, 0);
		return;
	}
	if ((h->rights & need) != need) {
		y->counts[COUNT_RIGHTS]++;
		return;
	}
	if (!a->salt || !act_type_name(a->e.type))
		return; /* erased, or of a later version: stored */
	e = body_decode(a->e.type, a->body, &body);
	if (e != ACT_OK) {
		y->counts[COUNT_BODY]++;
		y->faults[e]++;
		return;
	}
	if (act_is_chained(a->e.type))
		ally_act(h->j, h->c, chain, a, &body);
	else
		ally_beat_heard(h->j, h->c, h->party, a, &body);
}

/* An act in our own name that we did not say, in our own run or a later one:
 * somebody else has our key, or our state is an older one. */
static void own_heard(struct judge *j, struct ally_charter *c,
    const struct frame *f)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct envelope *e = &f->acts[i].e;

		if (!act_is_chained(e->type) || e->run < c->author.run ||
		    (e->run == c->author.run && e->seq <= c->author.seq))
			continue;
		/* a clone of ours would answer each with another */
		if (e->run > c->author.run && c->lapsed_at &&
		    j->now - c->lapsed_at < LAPSE_EVERY)
			return;
		c->lapsed_at = j->now;
		log_warn("lapse run=%llu seq=%llu text=\"an act of our key "
			 "that we do not know: a new run begins\"",
		    (unsigned long long)e->run, (unsigned long long)e->seq);
		c->run_floor = MAX(c->run_floor, e->run + 1);
		ally_begin_run(j, c, RUN_LAPSE);
		return;
	}
}

/* Acts and bytes a day, with a burst; beyond, its outbox waits. Only what is
 * new is charged: else who repeats a party's words would use up its quota. */
struct quota_conf ally_quota(const struct ally_charter *c)
{
	const struct charter_terms *t = &alliance_charter(c->a)->terms;

	return (
	    struct quota_conf){ t->quota_acts, t->quota_burst, t->quota_kb };
}

static void charge(struct hearing *h, const struct frame *f, size_t bytes)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += h->fresh[i];
	if (n > 0)
		quota_take(&h->who->quota, n, bytes * n / f->n);
}

static bool over_quota(struct judge *j, struct ally_party *p)
{
	j->ally->counts[COUNT_QUOTA]++;
	if (!p->quota_said)
		log_warn("over-quota party=%s text=\"its outbox waits\"",
		    p->name);
	p->quota_said = true;
	return false;
}

static size_t chained(const struct frame *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += act_is_chained(f->acts[i].e.type);
	return n;
}

/* False: not now; the post keeps it. */
static bool hear_acts(struct judge *j, const struct frame *f, struct str bytes)
{
	struct ally *y = j->ally;
	const struct envelope *e = &f->acts[0].e;
	struct ally_charter *c = ally_charter_of(y, e->alliance);
	struct hearing h = { .j = j, .c = c };
	struct alliance_envoy who;
	struct quota_conf conf;
	bool news = false;

	if (!c || !c->a || alliance_state(c->a, ally_ms(j)) == ALLIANCE_EMPTY) {
		y->counts[COUNT_STRANGER]++;
		return true;
	}
	h.standing = alliance_envoy(c->a, e->party, e->envoy, ally_ms(j), &who);
	h.rights = who.rights;
	h.party = ally_party_no(y, e->party, NULL);
	if (h.standing == ENVOY_UNKNOWN || h.party == ALLY_NOBODY) {
		y->counts[COUNT_STRANGER]++;
		return true;
	}
	h.who = &y->parties[h.party];
	if (h.standing == ENVOY_OK && ally_is_perjurer(y, e->envoy))
		h.standing = ENVOY_REVOKED;
	if (frame_verify(f) != ACT_OK) {
		y->counts[COUNT_SIGNATURE]++;
		return true;
	}
	if (!memcmp(e->envoy, y->envoy, ACT_KEY)) {
		own_heard(j, c, f);
		return true;
	}
	conf = ally_quota(c);
	if (!quota_has(&h.who->quota, &conf, chained(f), bytes.n, j->now))
		return over_quota(j, h.who);
	h.who->quota_said = false;
	for (size_t i = 0; i < f->n; i++) {
		const struct frame_act *a = &f->acts[i];
		bool is_new = true;

		y->counts[COUNT_ACTS]++;
		h.who->heard++;
		if (wrong_body(y, a))
			continue;
		if (act_is_chained(a->e.type))
			is_new = h.fresh[i] = chain_in(&h, f, i);
		if (is_new)
			execute(&h, a, h.chain[i]);
		news |= is_new;
	}
	charge(&h, f, bytes.n);
	ally_record(j, f, bytes, h.chain, h.fresh);
	ally_early(j, f, h.fresh);
	if (news)
		ally_hand_on(j, c, bytes);
	return true;
}

static bool hear_frame(struct judge *j, uint32_t box, const void *p, size_t n)
{
	struct ally *y = j->ally;
	enum act_fault e = frame_parse(&y->frame, p, n);

	if (e != ACT_OK) {
		y->counts[COUNT_SHAPE]++;
		y->faults[e]++;
		return true;
	}
	if (y->frame.form == FRAME_SEALED) {
		ally_sealed_part(j, box, &y->frame.part);
		return true;
	}
	return hear_acts(j, &y->frame, (struct str){ p, n });
}

static void note_pending(struct ally *y, const struct wire_frame *w)
{
	for (size_t i = 0; i < y->n_lines; i++)
		if (y->lines[i].post == w->post)
			y->lines[i].pending = w->pending;
}

void ally_frame(struct judge *j, const struct wire_frame *w, const void *p,
    size_t n)
{
	struct ally *y = j->ally;

	y->counts[COUNT_FRAMES]++;
	note_pending(y, w);
	y->from_post = w->post;
	if (!ally_may_act(j)) {
		y->counts[COUNT_HELD]++;
		return;
	}
	if (y->n_taken == ALLY_TAKEN || y->bytes_facts > ALLY_WAITING_BYTES)
		return; /* the ledger does not follow */
	if (hear_frame(j, w->box, p, n))
		take_frame(y, w);
}
