#include "rule/route.h"

#include "base/hash.h"
#include "rule/byteset.h"
#include "rule/prefix.h"

/* Whose rules, for lines of which forms: made into a group when the first
 * such line comes, as most programs never say a word. */
struct part_of {
	bool *services;
	unsigned where;
	bool made;
	struct group *group; /* NULL if they have none */
};

/* A program's name, or what it begins with. */
struct name {
	struct str text;
	struct part_of *part;
	bool *services; /* who speaks under it */
	uint64_t hash;  /* of them */
};

struct own {
	struct part_of *text, *error; /* lines of a source mapped to it */
};

struct routes {
	struct compiled_rules *c;
	size_t n_names, n_prefixes;
	struct name *names, *prefixes;
	size_t mask;
	uint16_t *table; /* names by hash: index + 1 */
	struct prefixes *tree;
	const struct name *last;   /* of a line before, mostly the next one's */
	struct part_of *plain;     /* lines of nobody knows whom */
	struct part_of *unclaimed; /* messages of programs that nobody claims */
	struct part_of *error;
	struct own *own; /* by service */
	size_t n_parts;
	struct part_of **parts; /* all, to free */
};

/* ---- making groups ---------------------------------------------------- */

static bool in_group(const struct compiled_rules *c, size_t service,
    const bool *services)
{
	return services[service] || c->services[service].is_generic;
}

static void add_learn(struct group *g, struct compiled_rules *c, size_t service)
{
	const struct compiled_service *s = &c->services[service];

	compiled_ready_learn(c, service);
	for (size_t i = 0; i < s->n_learn; i++) {
		struct candidate x = { .reader = &s->learn[i],
			.service = (uint16_t)service,
			.learns = true };

		group_add(g, &x);
	}
}

static void add_rule(struct group *g, const struct compiled *one, size_t number)
{
	for (size_t i = 0; i < one->n_match; i++) {
		struct candidate x = { .reader = &one->match[i],
			.rule = (uint16_t)number,
			.pattern = (uint16_t)i,
			.service = one->rule->service };

		group_add(g, &x);
	}
}

/* The rules of these services for lines of such forms. */
static struct part_of *part_for(struct routes *r, const bool *services,
    unsigned where)
{
	struct part_of *p = mem_new(1, sizeof(*p));

	p->services = mem_dup(services, r->c->rules->n_services);
	p->where = where;
	r->parts = mem_grow(r->parts, r->n_parts + 1, sizeof(struct part_of *));
	r->parts[r->n_parts++] = p;
	return p;
}

static struct group *group_make(struct compiled_rules *c, const bool *services,
    unsigned where)
{
	struct group *g = NULL;

	group_new(&g);
	for (size_t i = 0; i < c->rules->n_services; i++) {
		if (in_group(c, i, services) && !(where & WHERE_ERROR))
			add_learn(g, c, i);
	}
	for (size_t i = 0; i < c->rules->n; i++) {
		const struct compiled *one = &c->compiled[i];

		if (one->rule->where & where &&
		    in_group(c, one->rule->service, services) &&
		    compiled_ready(c, i))
			add_rule(g, one, i);
	}
	if (g->n == 0) {
		group_free(&g);
		return NULL;
	}
	group_ready(g);
	return g;
}

static struct group *group_of(const struct routes *r, struct part_of *p)
{
	if (unlikely(!p->made)) {
		p->group = group_make(r->c, p->services, p->where);
		p->made = true;
	}
	return p->group;
}

/* ---- programs --------------------------------------------------------- */

static bool is_prefix(struct str p)
{
	return p.n && p.p[p.n - 1] == '*';
}

/* By its length and its first and last eight bytes. */
static uint32_t hash_name(struct str s)
{
	uint64_t a = 0, b = 0;

	if (s.n >= 8) {
		memcpy(&a, s.p, 8);
		memcpy(&b, s.p + s.n - 8, 8);
	} else {
		for (size_t i = 0; i < s.n; i++)
			a = a << 8 | (uint8_t)s.p[i];
	}
	return (uint32_t)(hash_fold(a ^ UINT64_C(0x9e3779b97f4a7c15),
			      b + s.n + UINT64_C(0xd1b54a32d192ed03)) >>
			  20);
}

/* Where the name stands in the table, or would. The names are ours, so the
 * hash needs no key. */
static inline uint16_t *place_of(const struct routes *r, struct str text)
{
	size_t at = hash_name(text) & r->mask;

	while (r->table[at] && !str_eq(r->names[r->table[at] - 1].text, text))
		at = (at + 1) & r->mask;
	return &r->table[at];
}

static void make_table(struct routes *r)
{
	size_t n = 0, size = 16;

	for (size_t i = 0; i < r->c->rules->n_services; i++)
		n += r->c->rules->services[i].programs.n;
	while (size < 4 * n)
		size *= 2;
	r->mask = size - 1;
	r->table = mem_new(size, sizeof(*r->table));
	r->names = mem_new(n, sizeof(*r->names));
	r->prefixes = mem_new(n, sizeof(*r->prefixes));
}

static void add_prefix(struct routes *r, struct str text)
{
	for (size_t i = 0; i < r->n_prefixes; i++) {
		if (str_eq(r->prefixes[i].text, text))
			return;
	}
	r->prefixes[r->n_prefixes++].text = text;
}

static void add_name(struct routes *r, struct str text)
{
	uint16_t *at = place_of(r, text);

	if (*at || r->n_names == UINT16_MAX - 1)
		return;
	r->names[r->n_names++].text = text;
	*at = (uint16_t)r->n_names;
}

static void add_program(struct routes *r, size_t service, struct str program)
{
	(void)service;
	if (!is_prefix(program))
		add_name(r, program);
	else if (r->n_prefixes < UINT16_MAX - 1)
		add_prefix(r, str_head(program, program.n - 1));
}

static void make_claims(struct routes *r, struct name *list, size_t n)
{
	size_t n_services = r->c->rules->n_services;

	for (size_t i = 0; i < n; i++)
		list[i].services = mem_new(n_services, sizeof(bool));
}

/* All that service_claims would say of this program of the service. */
static void claim(struct routes *r, size_t service, struct str program)
{
	bool starts = is_prefix(program);
	struct str s = str_head(program, program.n - starts);
	uint16_t exact = starts ? 0 : *place_of(r, s);

	if (exact)
		r->names[exact - 1].services[service] = true;
	for (size_t i = 0; starts && i < r->n_names; i++) {
		if (str_starts(r->names[i].text, s))
			r->names[i].services[service] = true;
	}
	for (size_t i = 0; i < r->n_prefixes; i++) {
		struct name *p = &r->prefixes[i];

		if (starts ? str_starts(p->text, s) : str_eq(p->text, s))
			p->services[service] = true;
	}
}

static void each_program(struct routes *r,
    void (*fn)(struct routes *r, size_t service, struct str program))
{
	for (size_t i = 0; i < r->c->rules->n_services; i++) {
		const struct strings *p = &r->c->rules->services[i].programs;

		for (size_t k = 0; k < p->n; k++)
			fn(r, i, str_of(p->v[k]));
	}
}

/* Names of the same services share a part. */
static void give_parts(struct routes *r, struct name *list, size_t n)
{
	static const struct hash_key open = { { 1, 2 } };
	size_t n_services = r->c->rules->n_services;

	for (size_t i = 0; i < n; i++) {
		struct name *x = &list[i], *y = list;

		x->hash = hash_text(&open,
		    (struct str){ (const char *)x->services, n_services });
		while (y < x &&
		       (y->hash != x->hash ||
			   memcmp(y->services, x->services, n_services) != 0))
			y++;
		x->part =
		    y < x ? y->part : part_for(r, x->services, WHERE_SYSLOG);
	}
}

static void make_programs(struct routes *r)
{
	make_table(r);
	each_program(r, add_program);
	make_claims(r, r->names, r->n_names);
	make_claims(r, r->prefixes, r->n_prefixes);
	each_program(r, claim);
	give_parts(r, r->names, r->n_names);
	give_parts(r, r->prefixes, r->n_prefixes);
	prefixes_new(&r->tree);
	for (size_t i = 0; i < r->n_prefixes; i++) {
		if (r->prefixes[i].text.n)
			prefixes_add(r->tree, r->prefixes[i].text, (uint16_t)i);
	}
	prefixes_ready(r->tree);
}

static const struct name *name_find(struct routes *r, struct str program)
{
	const struct name *best = NULL;
	const uint16_t *ids;
	uint16_t exact;
	size_t n;

	if (!program.n)
		return NULL;
	exact = *place_of(r, program);
	if (exact)
		return r->last = &r->names[exact - 1];
	ids = prefixes_find(r->tree, program, &n);
	for (size_t i = 0; i < n; i++) {
		const struct name *p = &r->prefixes[ids[i]];

		if (!best || p->text.n > best->text.n)
			best = p;
	}
	return best;
}

static inline const struct name *name_of(struct routes *r, struct str program)
{
	const struct name *last = r->last;

	return last && last->text.n == program.n &&
		       same_bytes(last->text.p, program.p, (uint32_t)program.n)
		   ? last
		   : name_find(r, program);
}

/* ---- all of them ------------------------------------------------------ */

static bool has_error_rules(const struct compiled_rules *c, size_t service)
{
	for (size_t i = 0; i < c->rules->n; i++) {
		const struct rule *r = &c->rules->rules[i];

		if (r->service == service && r->where & WHERE_ERROR &&
		    !c->compiled[i].off)
			return true;
	}
	return false;
}

/* A web server's error log also speaks of what runs behind any of them. */
static void make_own(struct routes *r, bool *services)
{
	size_t n = r->c->rules->n_services;
	struct part_of *behind;

	for (size_t i = 0; i < n; i++)
		services[i] = r->c->services[i].behind_any;
	behind = part_for(r, services, WHERE_ERROR);
	r->own = mem_new(n, sizeof(*r->own));
	for (size_t i = 0; i < n; i++) {
		r->own[i].error = behind;
		if (services[i] || !has_error_rules(r->c, i))
			continue;
		services[i] = true;
		r->own[i].error = part_for(r, services, WHERE_ERROR);
		services[i] = false;
	}
	for (size_t i = 0; i < n; i++) {
		memset(services, false, n);
		services[i] = true;
		r->own[i].text =
		    part_for(r, services, WHERE_SYSLOG | WHERE_PLAIN);
	}
}

void routes_new(struct routes **ret, struct compiled_rules *c)
{
	struct routes *r = mem_new(1, sizeof(*r));
	size_t n = c->rules->n_services;
	auto_free bool *services = mem_new(n, sizeof(*services));

	r->c = c;
	make_programs(r);
	memset(services, true, n);
	r->plain = part_for(r, services, WHERE_PLAIN);
	r->error = part_for(r, services, WHERE_ERROR);
	for (size_t i = 0; i < n; i++)
		services[i] = c->rules->services[i].programs.n == 0;
	r->unclaimed = part_for(r, services, WHERE_PLAIN);
	make_own(r, services);
	*ret = r;
}

static void names_free(struct name *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free_ptr(&list[i].services);
	free(list);
}

void routes_free(struct routes **rp)
{
	struct routes *r = *rp;

	if (!r)
		return;
	for (size_t i = 0; i < r->n_parts; i++) {
		group_free(&r->parts[i]->group);
		free(r->parts[i]->services);
		free(r->parts[i]);
	}
	names_free(r->names, r->n_names);
	names_free(r->prefixes, r->n_prefixes);
	prefixes_free(&r->tree);
	free(r->parts);
	free(r->table);
	free(r->own);
	free(r);
	*rp = NULL;
}

bool routes_know(struct routes *r, struct str program)
{
	return name_of(r, program);
}

/* A source mapped to a service that has programs carries others' lines too,
 * and those are not evidence. */
static struct part_of *own_syslog(const struct routes *r,
    const struct record *rec, int service)
{
	const struct service *s = &r->c->rules->services[service];

	return s->programs.n && !service_claims(s, rec->program)
		   ? NULL
		   : r->own[service].text;
}

static struct part_of *part_of(struct routes *r, const struct record *rec,
    int service)
{
	const struct name *name;

	switch (rec->kind) {
	case RECORD_SYSLOG:
		if (service >= 0)
			return own_syslog(r, rec, service);
		name = name_of(r, rec->program);
		return name ? name->part : r->unclaimed;
	case RECORD_ERROR:
		return service >= 0 ? r->own[service].error : r->error;
	case RECORD_FIELDS:
		/* a program's message of nothing but pairs: ulogd's packets */
		name = rec->program.p ? name_of(r, rec->program) : NULL;
		if (service < 0 && name)
			return name->part;
		return service >= 0 ? r->own[service].text : r->plain;
	case RECORD_PLAIN:
		return service >= 0 ? r->own[service].text : r->plain;
	case RECORD_ACCESS:
		return NULL;
	}
	return NULL;
}

struct group *route_of(struct routes *r, const struct record *rec, int service)
{
	struct part_of *p = part_of(r, rec, service);

	return p ? group_of(r, p) : NULL;
}
