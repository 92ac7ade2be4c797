#include "cli/tally.h"

/* An open-addressed table of numbers by (subject, about). */
struct cell {
	uint64_t hash; /* 0: empty */
	uint64_t value;
};

struct map {
	struct cell *v;
	size_t n, size; /* size a power of two */
};

enum {
	ABOUT_LOGINS = UINT16_MAX,
	ABOUT_NAMED = UINT16_MAX - 1
};

/* So many bits tell at once that most subjects are not named: they stay in
 * the nearest cache where the map does not. */
enum {
	FILTER_BITS = 1 << 18
};

struct tally {
	struct hash_key key;
	uint64_t filter[FILTER_BITS / 64];
	/* rules that named somebody: many only count those who never come
	 * near them */
	uint64_t rules[(UINT16_MAX + 1) / 64];
	struct map map; /* of the named: index + 1; of logins: how many */
	struct named *v;
	size_t n, room, subjects;
};

void tally_new(struct tally **ret, const struct hash_key *key)
{
	struct tally *t = mem_new(1, sizeof(*t));

	t->key = *key;
	t->map.size = 1024;
	t->map.v = mem_new(t->map.size, sizeof(*t->map.v));
	*ret = t;
}

void tally_free(struct tally **tp)
{
	struct tally *t = *tp;

	if (!t)
		return;
	free(t->map.v);
	free(t->v);
	free(t);
	*tp = NULL;
}

/* 64 bits of a keyed hash stand for the key: two of a billion keys share one
 * with a chance of a few percent, and then a count in a report is off. */
static uint64_t cell_hash(const struct tally *t, const struct addr *who,
    uint16_t about)
{
	uint64_t half = addr_half(who);

	half = hash_pair(&t->key, half, (uint64_t)who->family << 16 | about);
	return half ? half : 1;
}

static struct cell *cell_at(const struct map *m, uint64_t hash)
{
	size_t i = hash & (m->size - 1);

	while (m->v[i].hash && m->v[i].hash != hash)
		i = (i + 1) & (m->size - 1);
	return &m->v[i];
}

static seldom void map_grow(struct map *m)
{
	struct map bigger = { .n = m->n, .size = m->size * 2 };

	bigger.v = mem_new(bigger.size, sizeof(*bigger.v));
	for (size_t i = 0; i < m->size; i++) {
		if (m->v[i].hash)
			*cell_at(&bigger, m->v[i].hash) = m->v[i];
	}
	free(m->v);
	*m = bigger;
}

static struct cell *cell_take(struct map *m, uint64_t hash)
{
	struct cell *c = cell_at(m, hash);

	if (c->hash)
		return c;
	if (m->n * 4 > m->size * 3) {
		map_grow(m);
		c = cell_at(m, hash);
	}
	c->hash = hash;
	m->n++;
	return c;
}

static bool may_be_named(const struct tally *t, uint64_t hash)
{
	uint64_t bit = hash >> 40 & (FILTER_BITS - 1);

	return t->filter[bit / 64] >> bit % 64 & 1;
}

static void filter_set(struct tally *t, uint64_t hash)
{
	uint64_t bit = hash >> 40 & (FILTER_BITS - 1);

	t->filter[bit / 64] |= UINT64_C(1) << bit % 64;
}

static seldom struct named *name(struct tally *t, struct cell *c,
    const struct law_event *e, const struct ruling *r)
{
	struct named *v;

	if (t->n == t->room) {
		t->room = MAX(t->room * 2, 64);
		t->v = mem_grow(t->v, t->room, sizeof(*t->v));
	}
	v = &t->v[t->n++];
	c->value = t->n;
	t->rules[e->rule / 64] |= UINT64_C(1) << e->rule % 64;
	*v = (struct named){ .who = e->who,
		.rule = e->rule,
		.ruled = r->at,
		.first = r->first ? r->first : r->at,
		.last = r->at,
		.count = r->rung == RUNG_WIDE ? r->need : r->count,
		.need = r->need,
		.span = r->span,
		.by_slow = r->by_slow };
	c = cell_take(&t->map, cell_hash(t, &e->who, ABOUT_NAMED));
	t->subjects += c->value == 0;
	c->value = 1;
	return v;
}

static void rule_into(struct named *v, const struct ruling *r)
{
	v->rulings++;
	if (r->verdict > v->verdict) {
		v->verdict = (uint8_t)r->verdict;
		v->rung = (uint8_t)r->rung;
	}
	v->until = MAX(v->until, r->until);
}

static bool has_named(const struct tally *t, uint16_t rule)
{
	return t->rules[rule / 64] >> rule % 64 & 1;
}

void tally_event(struct tally *t, const struct law_event *e, bool login,
    const struct ruling *r)
{
	bool ruled = r->verdict != VERDICT_NONE;
	uint64_t hash;
	struct cell *c;
	struct named *v;

	if (login)
		cell_take(&t->map, cell_hash(t, &e->who, ABOUT_LOGINS))
		    ->value++;
	if (!ruled && !has_named(t, e->rule))
		return;
	hash = cell_hash(t, &e->who, e->rule);
	if (!ruled && !may_be_named(t, hash))
		return;
	c = ruled ? cell_take(&t->map, hash) : cell_at(&t->map, hash);
	if (c->value == 0 && !ruled)
		return;
	filter_set(t, hash);
	if (c->value == 0) {
		v = name(t, c, e, r);
		v->success_after = login;
	} else {
		v = &t->v[c->value - 1];
		v->count++;
		v->last = MAX(v->last, e->at);
	}
	if (ruled)
		rule_into(v, r);
}

size_t tally_named(const struct tally *t)
{
	return t->n;
}

struct named tally_at(const struct tally *t, size_t i)
{
	struct named v = t->v[i];

	v.logins = (uint32_t)
	    MIN(cell_at(&t->map, cell_hash(t, &v.who, ABOUT_LOGINS))->value,
		UINT32_MAX);
	return v;
}

size_t tally_subjects(const struct tally *t)
{
	return t->subjects;
}
