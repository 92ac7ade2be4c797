#include "base/bytes.h"
#include "law/allied_state.h"

enum {
	FORM = 1, /* of what is packed */
	USED = 1,
	PARDONED = 2,
	OWN_ACT = 4,
	CONFIRMED = 8
};

struct out {
	uint8_t *p;
	size_t n;
};

static void put(struct out *o, uint64_t v, size_t n)
{
	for (size_t i = n; i-- > 0; v >>= 8)
		o->p[o->n + i] = (uint8_t)v;
	o->n += n;
}

static void pack_witness(struct out *o, const struct witness *w)
{
	put(o, w->party, 2);
	put(o, w->charters, 2);
	put(o,
	    (uint64_t)(w->used * USED | w->pardoned * PARDONED |
		       w->own_act * OWN_ACT | w->confirmed * CONFIRMED),
	    1);
	put(o, w->at, 4);
	put(o, w->issued, 4);
	put(o, w->expires, 4);
}

static void unpack_witness(struct rd *r, struct witness *w)
{
	uint8_t flags;

	w->party = rd_u16(r);
	w->charters = rd_u16(r);
	flags = rd_u8(r);
	w->used = flags & USED;
	w->pardoned = flags & PARDONED;
	w->own_act = flags & OWN_ACT;
	w->confirmed = flags & CONFIRMED;
	w->at = rd_u32(r);
	w->issued = rd_u32(r);
	w->expires = rd_u32(r);
}

static size_t pack(const struct remembered *m, uint8_t *to)
{
	struct out o = { to, 0 };
	size_t n_witness = 0;

	for (size_t i = 0; i < WITNESSES; i++)
		n_witness += m->witness[i].used;
	put(&o, FORM, 1);
	put(&o, m->subject, 8);
	put(&o, m->family, 1);
	put(&o, m->bits, 1);
	put(&o, m->verdict, 1);
	put(&o, m->until, 4);
	put(&o, m->last, 4);
	put(&o, m->own, 4);
	put(&o, m->conduct_party, 2);
	put(&o, m->conduct_until, 4);
	put(&o, m->conduct_at, 4);
	put(&o, m->alone, 2);
	put(&o, m->n_spans, 1);
	for (size_t i = 0; i < m->n_spans; i++) {
		put(&o, m->span[i].from, 4);
		put(&o, m->span[i].until, 4);
	}
	put(&o, n_witness, 1);
	for (size_t i = 0; i < WITNESSES; i++)
		if (m->witness[i].used)
			pack_witness(&o, &m->witness[i]);
	assert(o.n <= ALLIED_PACKED);
	return o.n;
}

static bool unpack_lists(const struct allied *a, struct rd *r,
    struct remembered *m)
{
	uint8_t n = rd_u8(r);

	if (n > SPANS)
		return false;
	m->n_spans = n;
	for (size_t i = 0; i < n; i++) {
		m->span[i].from = rd_u32(r);
		m->span[i].until = rd_u32(r);
	}
	n = rd_u8(r);
	if (n > WITNESSES)
		return false;
	for (size_t i = 0; i < n; i++) {
		unpack_witness(r, &m->witness[i]);
		if (m->witness[i].party >= a->c.parties)
			return false;
	}
	return rd_done(r);
}

static bool unpack(const struct allied *a, struct str bytes,
    struct remembered *m)
{
	struct rd r = rd_of(bytes.p, bytes.n);
	uint8_t family;

	*m = (struct remembered){ .used = true };
	if (rd_u8(&r) != FORM)
		return false;
	m->subject = rd_u64(&r);
	m->family = rd_u8(&r);
	m->bits = rd_u8(&r);
	m->verdict = rd_u8(&r);
	m->until = rd_u32(&r);
	m->last = rd_u32(&r);
	m->own = rd_u32(&r);
	m->conduct_party = rd_u16(&r);
	m->conduct_until = rd_u32(&r);
	m->conduct_at = rd_u32(&r);
	m->alone = rd_u16(&r);
	family = m->family & (uint8_t)~HIDDEN;
	return (family == 4 || family == 6) &&
	       m->bits <= (family == 4 ? 32 : 128) &&
	       m->verdict <= VERDICT_DENY && m->conduct_party < a->c.parties &&
	       unpack_lists(a, &r, m);
}

static struct net net_of_word(const struct remembered *m)
{
	if (m->family & HIDDEN)
		return (struct net){ 0 };
	return (struct net){ subject_addr(m->subject, m->family), m->bits };
}

static size_t pack_party(const struct allied *a, const struct party *p,
    uint8_t *to)
{
	struct out o = { to, 0 };
	size_t at, n = 0;

	put(&o, FORM, 1);
	put(&o, p->tokens_ms, 4);
	put(&o, p->tokens_at, 4);
	put(&o, p->credit, 1);
	put(&o, p->credit_at, 4);
	put(&o, p->lost, 1);
	put(&o, p->lost_day, 4);
	for (size_t i = 0; i < ALLIED_CONDUCTS; i++)
		put(&o, p->conducts[i], 4);
	at = o.n;
	put(&o, 0, 2);
	for (size_t i = 0; i < a->c.slots; i++) {
		const struct slot *s = &p->slots[i];

		if (s->until <= a->now)
			continue;
		put(&o, s->subject, 8);
		put(&o, s->family, 1);
		put(&o, s->bits, 1);
		put(&o, s->until, 4);
		n++;
	}
	o = (struct out){ to, at };
	put(&o, n, 2);
	return at + 2 + n * 14;
}

void allied_changed(const struct allied *a, allied_keep_fn *subject,
    allied_keep_party_fn *party, void *arg)
{
	uint8_t bytes[ALLIED_PARTY_PACKED];

	for (uint32_t i = 0; i < a->n_changed; i++) {
		uint32_t at = a->changed[i];
		struct net n = net_of_word(&a->memory[at]);
		size_t size = pack(&a->memory[at], bytes);

		subject(arg, at, &n, (struct str){ (char *)bytes, size });
	}
	for (uint32_t i = 0; i < a->c.parties; i++) {
		size_t size;

		if (!a->parties[i].changed)
			continue;
		size = pack_party(a, &a->parties[i], bytes);
		party(arg, (uint16_t)i, (struct str){ (char *)bytes, size });
	}
}

void allied_kept(struct allied *a)
{
	for (uint32_t i = 0; i < a->n_changed; i++)
		a->memory[a->changed[i]].changed = false;
	a->n_changed = 0;
	for (uint32_t i = 0; i < a->c.parties; i++)
		a->parties[i].changed = false;
}

bool allied_has_changed(const struct allied *a)
{
	for (uint32_t i = 0; i < a->c.parties; i++)
		if (a->parties[i].changed)
			return true;
	return a->n_changed > 0;
}

void allied_touch(struct allied *a, uint16_t party)
{
	a->parties[party].changed = true;
}

void allied_keep_all(struct allied *a)
{
	for (uint32_t i = 1; i <= a->c.parties * a->c.memory; i++)
		if (a->memory[i].used)
			changed(a, &a->memory[i]);
	for (uint32_t i = 0; i < a->c.parties; i++)
		a->parties[i].changed = true;
}

bool allied_restore(struct allied *a, uint32_t place, struct str bytes)
{
	struct remembered m;
	struct party *party;

	if (place == 0 || place > a->c.parties * a->c.memory ||
	    a->memory[place].used || !unpack(a, bytes, &m))
		return false;
	a->memory[place] = m;
	/* the next free place is sought behind those in use, not among them */
	party = &a->parties[(place - 1) / a->c.memory];
	party->cursor =
	    MAX(party->cursor, (place - 1) % a->c.memory + 1) % a->c.memory;
	a->hidden += (m.family & HIDDEN) != 0;
	remember_link(a, place);
	return true;
}

bool allied_restore_party(struct allied *a, uint16_t party, struct str bytes)
{
	struct rd r = rd_of(bytes.p, bytes.n);
	struct party p = { 0 };
	uint32_t n;

	if (party >= a->c.parties || rd_u8(&r) != FORM)
		return false;
	p.tokens_ms = rd_u32(&r);
	p.tokens_at = rd_u32(&r);
	p.credit = rd_u8(&r);
	p.credit_at = rd_u32(&r);
	p.lost = rd_u8(&r);
	p.lost_day = rd_u32(&r);
	for (size_t i = 0; i < ALLIED_CONDUCTS; i++)
		p.conducts[i] = rd_u32(&r);
	n = rd_u16(&r);
	if (r.bad || p.credit > CREDIT_MOST || n > a->c.slots ||
	    r.left != n * 14)
		return false;
	p.slots = a->parties[party].slots;
	p.probation = a->parties[party].probation;
	p.cursor = a->parties[party].cursor;
	a->parties[party] = p;
	for (uint32_t i = 0; i < n; i++) {
		p.slots[i].subject = rd_u64(&r);
		p.slots[i].family = rd_u8(&r);
		p.slots[i].bits = rd_u8(&r);
		p.slots[i].until = rd_u32(&r);
	}
	return true;
}

/* The last span is the one in force. */
static void resume_one(struct remembered *m, uint32_t last, uint32_t now)
{
	const struct span_closed *s =
	    m->n_spans ? &m->span[m->n_spans - 1] : NULL;
	uint32_t length = s && m->until > s->from ? m->until - s->from : 0;

	if (now < last)
		m->until = 0;
	else if (m->until > now)
		m->until = MIN(m->until, later(now, length));
}

void allied_resume(struct allied *a, uint32_t last, uint32_t now)
{
	for (uint32_t i = 1; i <= a->c.parties * a->c.memory; i++)
		if (a->memory[i].used && a->memory[i].until) {
			resume_one(&a->memory[i], last, now);
			changed(a, &a->memory[i]);
		}
	a->now = MAX(last, now);
}

static void back(uint32_t *t, uint32_t by)
{
	*t = *t > by ? *t - by : 0;
}

static void back_one(struct remembered *m, uint32_t by)
{
	back(&m->until, by);
	back(&m->last, by);
	back(&m->own, by);
	back(&m->conduct_until, by);
	back(&m->conduct_at, by);
	for (size_t i = 0; i < m->n_spans; i++) {
		back(&m->span[i].from, by);
		back(&m->span[i].until, by);
	}
	for (size_t i = 0; i < WITNESSES; i++)
		back(&m->witness[i].at, by);
}

static void back_party(const struct allied *a, struct party *p, uint32_t by)
{
	back(&p->tokens_at, by);
	back(&p->credit_at, by);
	for (size_t i = 0; i < ALLIED_CONDUCTS; i++)
		back(&p->conducts[i], by);
	for (size_t i = 0; i < a->c.slots; i++)
		back(&p->slots[i].until, by);
	p->changed = true;
}

void allied_set_back(struct allied *a, uint32_t now)
{
	uint32_t by = a->now > now ? a->now - now : 0;

	if (by == 0)
		return;
	for (uint32_t i = 1; i <= a->c.parties * a->c.memory; i++) {
		if (!a->memory[i].used)
			continue;
		back_one(&a->memory[i], by);
		changed(a, &a->memory[i]);
	}
	for (uint32_t i = 0; i < a->c.parties; i++)
		back_party(a, &a->parties[i], by);
	a->now = now;
}

void allied_stand(const struct allied *a, uint32_t now, allied_stands_fn *fn,
    void *arg)
{
	for (uint32_t i = 1; i <= a->c.parties * a->c.memory; i++) {
		const struct remembered *m = &a->memory[i];
		struct net n = net_of_word(m);

		if (m->used && m->until > now && n.addr.family)
			fn(arg, &n, m->verdict, m->until);
	}
}
