#include "rule/structured.h"

enum {
	KEYS_MAX = 4000
};

/* A key, and the rules whose first field may be it. */
struct place {
	struct str key;
	size_t n;
	uint16_t *rules;
};

struct structured {
	struct compiled_rules *c;
	size_t n;
	struct place *places;
	size_t mask;
	uint16_t *table;       /* places by hash: index + 1 */
	uint32_t turn, *tried; /* by rule: the turn it was last tried in */
};

static uint32_t hash_key(struct str s)
{
	uint32_t h = (uint32_t)s.n;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (uint8_t)s.p[i]) * UINT32_C(0x01000193);
	return h ^ h >> 13;
}

static struct place *place_for(struct structured *s, struct str key)
{
	for (size_t i = 0; i < s->n; i++) {
		if (str_eq(s->places[i].key, key))
			return &s->places[i];
	}
	s->places = mem_grow(s->places, s->n + 1, sizeof(*s->places));
	s->places[s->n] = (struct place){ .key = key };
	return &s->places[s->n++];
}

static void add_under(struct structured *s, struct str key, size_t rule)
{
	struct place *p = place_for(s, key);

	p->rules = mem_grow(p->rules, p->n + 1, sizeof(*p->rules));
	p->rules[p->n++] = (uint16_t)rule;
}

/* Under each of "a|b|c". */
static void add_rule(struct structured *s, const char *keys, size_t rule)
{
	struct str rest = str_of(keys), head;

	while (str_cut(&rest, '|', &head))
		add_under(s, head, rule);
	add_under(s, rest, rule);
}

static void make_table(struct structured *s)
{
	size_t size = 16;

	if (s->n > KEYS_MAX)
		die("more than %d keys in fields:", KEYS_MAX);
	while (size < 4 * s->n)
		size *= 2;
	s->mask = size - 1;
	s->table = mem_new(size, sizeof(*s->table));
	for (size_t i = 0; i < s->n; i++) {
		size_t at = hash_key(s->places[i].key) & s->mask;

		while (s->table[at])
			at = (at + 1) & s->mask;
		s->table[at] = (uint16_t)(i + 1);
	}
}

void structured_new(struct structured **ret, struct compiled_rules *c)
{
	struct structured *s = mem_new(1, sizeof(*s));

	s->c = c;
	for (size_t i = 0; i < c->rules->n; i++) {
		const struct strings *keys = &c->rules->rules[i].field_keys;

		if (!c->compiled[i].off && keys->n)
			add_rule(s, keys->v[0], i);
	}
	make_table(s);
	s->tried = mem_new(c->rules->n, sizeof(*s->tried));
	*ret = s;
}

void structured_free(struct structured **sp)
{
	struct structured *s = *sp;

	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		free(s->places[i].rules);
	free(s->places);
	free(s->table);
	free(s->tried);
	free(s);
	*sp = NULL;
}

static const struct pair *pair_named(const struct record *rec, struct str key)
{
	for (size_t i = 0; i < rec->n_pairs; i++) {
		if (str_eq(rec->pairs[i].key, key))
			return &rec->pairs[i];
	}
	return NULL;
}

struct str structured_value(const struct record *rec, const char *keys)
{
	struct str rest = str_of(keys), head;
	const struct pair *p = NULL;

	while (!p && str_cut(&rest, '|', &head))
		p = pair_named(rec, head);
	if (!p)
		p = pair_named(rec, rest);
	return p ? p->value : (struct str){ 0 };
}

static bool try_rule(struct reading_room *r, size_t rule,
    const struct record *rec, struct hit *h)
{
	const struct compiled *c = &r->c->compiled[rule];

	*h = (struct hit){ .rule = (uint16_t)rule };
	for (size_t i = 0; i < c->n_fields; i++) {
		const struct reader *reader = &c->fields[i].reader;
		struct str value = structured_value(rec, c->fields[i].keys);
		struct captures got;
		struct addr who;

		if (!value.p ||
		    text_read(r, reader, value, &got, &who, rule) != READ_HIT)
			return false;
		text_gather(h, reader, &got, &who);
	}
	return true;
}

static bool applies(const struct compiled_rules *c, size_t rule,
    const struct record *rec, int service, bool claimed)
{
	size_t of = c->compiled[rule].rule->service;

	if (c->services[of].is_generic)
		return true;
	if (service >= 0)
		return (size_t)service == of;
	return !claimed ||
	       service_claims(c->services[of].service, rec->program);
}

static const struct place *place_of(const struct structured *s, struct str key)
{
	size_t at = hash_key(key) & s->mask;

	for (; s->table[at]; at = (at + 1) & s->mask) {
		if (str_eq(s->places[s->table[at] - 1].key, key))
			return &s->places[s->table[at] - 1];
	}
	return NULL;
}

size_t structured_match(struct structured *s, struct reading_room *r,
    const struct record *rec, int service, bool claimed, struct hit *hits,
    size_t n)
{
	if (++s->turn == 0) {
		memset(s->tried, 0, s->c->rules->n * sizeof(*s->tried));
		s->turn = 1;
	}
	for (size_t i = 0; i < rec->n_pairs; i++) {
		const struct place *p = place_of(s, rec->pairs[i].key);

		for (size_t k = 0; p && k < p->n && n < MATCH_HITS; k++) {
			uint16_t rule = p->rules[k];

			if (s->tried[rule] == s->turn)
				continue;
			s->tried[rule] = s->turn;
			if (applies(s->c, rule, rec, service, claimed) &&
			    compiled_ready(s->c, rule))
				n += try_rule(r, rule, rec, &hits[n]);
		}
	}
	return n;
}
