#include "rule/request.h"

#include <stdio.h>

#include "rule/decode.h"
#include "rule/literals.h"
#include "rule/memo.h"

enum {
	AGENT_SETS = 32768, /* of two: 64 Ki agents in 512 KiB */
	REFERER_SETS = 4096,
	STATUS_END = 600,
	METHODS_MAX = 63, /* of all rules together */
	TERMS_HASHED = 4096,
};

/* The texts of a request that literals are looked for in. */
enum where_text {
	IN_TARGET,
	IN_AGENT,
	IN_HOST,
	IN_REFERER,
	IN_RAW,
	IN_USER,
	TEXTS
};

/* A condition of a rule that one literal of several fulfils. */
enum condition {
	COND_PATH,
	COND_STARTS,
	COND_ENDS,
	COND_QUERY,
	COND_AGENT,
	COND_HOST,
	COND_REFERER,
	COND_RAW,
	COND_ANY,
};

struct one {
	const struct request_rule *q;
	struct regex *confirm;
	uint16_t number; /* the caller's */
	uint16_t need, got;
	uint32_t turn;    /* of the request that got belongs to */
	uint64_t methods; /* bits of requests.methods; all if any will do */
	uint64_t status[(STATUS_END + 63) / 64];
};

struct member {
	uint16_t rule, condition;
};

/* One literal, and the conditions it fulfils. */
struct term {
	char *text;
	size_t text_n;
	unsigned texts; /* bits of where_text */
	enum literal_where where;
	size_t n;
	struct member *members;
	size_t next; /* of those with the same hash: index + 1 */
};

/* Rules without literals that such a status leaves possible. */
struct bare {
	size_t n;
	uint16_t *rules;
};

struct requests {
	struct regex_room *room;
	size_t n, n_terms, n_methods;
	struct one *rules;
	struct term *terms;
	size_t *terms_by; /* while made: by hash, index + 1 */
	struct str methods[METHODS_MAX];
	struct literals *texts[TEXTS];
	struct bare bare[STATUS_END];
	struct memo *agents, *referers;
	uint32_t turn;
	uint16_t *ready; /* rules whose literals are all there */
	size_t n_ready;
	uint64_t cut;
	char decoded[DECODED_MAX];
};

void requests_new(struct requests **ret, struct regex_room *room)
{
	struct requests *q = mem_new(1, sizeof(*q));

	q->room = room;
	q->terms_by = mem_new(TERMS_HASHED, sizeof(*q->terms_by));
	for (size_t i = 0; i < TEXTS; i++)
		literals_new(&q->texts[i], true);
	memo_new(&q->agents, AGENT_SETS);
	memo_new(&q->referers, REFERER_SETS);
	*ret = q;
}

void requests_free(struct requests **rp)
{
	struct requests *q = *rp;

	if (!q)
		return;
	for (size_t i = 0; i < q->n; i++)
		regex_free(&q->rules[i].confirm);
	for (size_t i = 0; i < q->n_terms; i++) {
		free(q->terms[i].text);
		free(q->terms[i].members);
	}
	for (size_t i = 0; i < TEXTS; i++)
		literals_free(&q->texts[i]);
	memo_free(&q->agents);
	memo_free(&q->referers);
	free(q->rules);
	free(q->terms);
	free(q->terms_by);
	for (size_t i = 0; i < STATUS_END; i++)
		free(q->bare[i].rules);
	free(q->ready);
	free(q);
	*rp = NULL;
}

/* ---- making them ------------------------------------------------------ */

/* The texts are ours, so the hash needs no key. */
static size_t *hashed(struct requests *q, struct str s)
{
	uint32_t h = (uint32_t)s.n;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ ((uint8_t)s.p[i] | 32)) * UINT32_C(0x01000193);
	return &q->terms_by[(h ^ h >> 15) % TERMS_HASHED];
}

static struct term *term_for(struct requests *q, struct str s, unsigned texts,
    enum literal_where where)
{
	size_t *at = hashed(q, s);
	struct term *t;

	for (size_t i = *at; i; i = q->terms[i - 1].next) {
		t = &q->terms[i - 1];
		if (t->text_n == s.n && t->texts == texts &&
		    t->where == where &&
		    str_eq_nocase((struct str){ t->text, t->text_n }, s))
			return t;
	}
	if (q->n_terms == UINT16_MAX)
		die("more than %d literals in request:", UINT16_MAX);
	if ((q->n_terms & (q->n_terms - 1)) == 0)
		q->terms = mem_grow(q->terms, MAX(q->n_terms * 2, 1),
		    sizeof(*q->terms));
	t = &q->terms[q->n_terms++];
	*t = (struct term){ .text = str_dup(s),
		.text_n = s.n,
		.texts = texts,
		.where = where,
		.next = *at };
	*at = q->n_terms;
	return t;
}

/* As it stands, and as it is once decoded: '+' in a query is a blank. */
static void add_forms(struct literals *l, const struct term *t, uint16_t id)
{
	struct str s = str_of(t->text), plain = decode_dup(s);

	literals_add(l, s, t->where, id);
	/* "%2f" alone would become a slash, which is everywhere */
	if (plain.n >= 3 && !str_eq(s, plain))
		literals_add(l, plain, t->where, id);
	if (memchr(s.p, '+', s.n)) {
		char *z = str_dup(s);

		for (size_t i = 0; i < s.n; i++)
			z[i] = z[i] == '+' ? ' ' : z[i];
		literals_add(l, str_of(z), t->where, id);
		free(z);
	}
	free_ptr(&plain.p);
}

static void add_condition(struct requests *q, struct one *one,
    const struct strings *list, enum condition c, unsigned texts,
    enum literal_where where)
{
	if (!list->n)
		return;
	one->need |= (uint16_t)(1u << c);
	for (size_t i = 0; i < list->n; i++) {
		struct term *t;

		if (!list->v[i][0])
			continue;
		t = term_for(q, str_of(list->v[i]), texts, where);
		t->members =
		    mem_grow(t->members, t->n + 1, sizeof(*t->members));
		t->members[t->n++] =
		    (struct member){ (uint16_t)q->n, (uint16_t)c };
	}
}

static void add_conditions(struct requests *q, struct one *one)
{
	const struct request_rule *r = one->q;
	unsigned any = 1u << IN_TARGET | 1u << IN_AGENT | 1u << IN_HOST |
		       1u << IN_REFERER | 1u << IN_USER;

	add_condition(q, one, &r->path, COND_PATH, 1u << IN_TARGET,
	    LITERAL_ANYWHERE);
	add_condition(q, one, &r->path_starts, COND_STARTS, 1u << IN_TARGET,
	    LITERAL_FIRST);
	add_condition(q, one, &r->path_ends, COND_ENDS, 1u << IN_TARGET,
	    LITERAL_TO);
	add_condition(q, one, &r->query, COND_QUERY, 1u << IN_TARGET,
	    LITERAL_BEYOND);
	add_condition(q, one, &r->agent, COND_AGENT, 1u << IN_AGENT,
	    LITERAL_ANYWHERE);
	add_condition(q, one, &r->host, COND_HOST, 1u << IN_HOST,
	    LITERAL_ANYWHERE);
	add_condition(q, one, &r->referer, COND_REFERER, 1u << IN_REFERER,
	    LITERAL_ANYWHERE);
	add_condition(q, one, &r->raw, COND_RAW, 1u << IN_RAW,
	    LITERAL_ANYWHERE);
	add_condition(q, one, &r->any, COND_ANY, any, LITERAL_ANYWHERE);
}

static bool status_is(const char *z, unsigned status)
{
	if (status / 100 != (unsigned)(z[0] - '0'))
		return false;
	return z[1] == 'x' || status % 100 == (unsigned)(z[1] - '0') * 10 +
						  (unsigned)(z[2] - '0');
}

static void set_status(struct one *one)
{
	const struct strings *list = &one->q->status;

	for (unsigned s = 0; s < STATUS_END; s++) {
		bool yes = list->n == 0;

		for (size_t i = 0; !yes && i < list->n; i++)
			yes = status_is(list->v[i], s);
		if (yes)
			one->status[s / 64] |= UINT64_C(1) << (s % 64);
	}
}

/* Which of the rules' methods it is; n_methods if none. */
static size_t method_of(const struct requests *q, struct str method)
{
	size_t i = 0;

	while (i < q->n_methods && !str_eq(q->methods[i], method))
		i++;
	return i;
}

/* False if the rules have too many different ones. */
static bool set_methods(struct requests *q, struct one *one)
{
	const struct strings *list = &one->q->method;

	one->methods = list->n ? 0 : UINT64_MAX;
	for (size_t i = 0; i < list->n; i++) {
		struct str s = str_of(list->v[i]);
		size_t at = method_of(q, s);

		if (at == METHODS_MAX)
			return false;
		if (at == q->n_methods)
			q->methods[q->n_methods++] = s;
		one->methods |= UINT64_C(1) << at;
	}
	return true;
}

static bool has_status(const struct one *one, unsigned status)
{
	return one->status[status / 64] >> (status % 64) & 1;
}

static void add_bare(struct requests *q, const struct one *one)
{
	for (unsigned s = 0; s < STATUS_END; s++) {
		struct bare *b = &q->bare[s];

		if (!has_status(one, s))
			continue;
		b->rules = mem_grow(b->rules, b->n + 1, sizeof(*b->rules));
		b->rules[b->n++] = (uint16_t)q->n;
	}
}

int requests_add(struct requests *q, const struct rule *r, uint16_t number,
    char why[static WHY_MAX])
{
	struct one one = { .q = &r->request, .number = number };

	if (r->request.confirm) {
		int e = regex_new(&one.confirm, str_of(r->request.confirm),
		    REGEX_FOLDED, false, why);

		if (e < 0)
			return e;
	}
	if (!set_methods(q, &one)) {
		snprintf(why, WHY_MAX,
		    "more than %d different methods in all rules", METHODS_MAX);
		regex_free(&one.confirm);
		return -EINVAL;
	}
	add_conditions(q, &one);
	set_status(&one);
	if (!one.need)
		add_bare(q, &one);
	q->rules = mem_grow(q->rules, q->n + 1, sizeof(one));
	q->rules[q->n++] = one;
	return 0;
}

void requests_ready(struct requests *q)
{
	for (size_t i = 0; i < q->n_terms; i++) {
		for (size_t t = 0; t < TEXTS; t++) {
			if (!(q->terms[i].texts >> t & 1))
				continue;
			if (t == IN_TARGET)
				add_forms(q->texts[t], &q->terms[i],
				    (uint16_t)i);
			else /* not decoded, so neither are its literals */
				literals_add(q->texts[t],
				    str_of(q->terms[i].text), q->terms[i].where,
				    (uint16_t)i);
		}
	}
	free_ptr(&q->terms_by);
	for (size_t t = 0; t < TEXTS; t++)
		literals_ready(q->texts[t]);
	q->ready = mem_new(q->n, sizeof(*q->ready));
}

/* ---- matching --------------------------------------------------------- */

static void fulfil(struct requests *q, struct member m)
{
	struct one *one = &q->rules[m.rule];

	if (one->turn != q->turn) {
		one->turn = q->turn;
		one->got = 0;
	} else if (one->got == one->need) {
		return;
	}
	one->got |= (uint16_t)(1u << m.condition);
	if (one->got == one->need)
		q->ready[q->n_ready++] = m.rule;
}

/* Whether anything was found in the text. */
static bool look_in(struct requests *q, enum where_text t, struct str in,
    size_t split)
{
	size_t n;
	const uint16_t *ids = literals_find(q->texts[t], in, split, &n);

	for (size_t i = 0; i < n; i++) {
		const struct term *x = &q->terms[ids[i]];

		for (size_t k = 0; k < x->n; k++)
			fulfil(q, x->members[k]);
	}
	return n;
}

static void look_in_known(struct requests *q, enum where_text t,
    struct memo *memo, struct str in)
{
	uint64_t tag;

	if (in.n < 2) /* "-" */
		return;
	switch (memo_get(memo, in, &tag)) {
	case MEMO_CLEAN:
		return;
	case MEMO_DIRTY:
		look_in(q, t, in, 0);
		return;
	case MEMO_NEW:
		memo_put(memo, tag, look_in(q, t, in, 0));
		return;
	}
}

/* All but the literals. */
static bool rest_holds(struct requests *q, const struct one *one,
    const struct record *rec, size_t method, struct str target,
    uint64_t *over_limit)
{
	const struct request_rule *r = one->q;
	int rc;

	if (!has_status(one, rec->status) || !(one->methods >> method & 1) ||
	    (r->malformed >= 0 && r->malformed != rec->malformed))
		return false;
	if (!one->confirm)
		return true;
	rc = regex_run(one->confirm, false, q->room, target, NULL, 0);
	*over_limit += rc == REGEX_LIMIT;
	return rc == REGEX_HIT;
}

static void sort(uint16_t *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		uint16_t x = v[i];
		size_t k = i;

		for (; k > 0 && v[k - 1] > x; k--)
			v[k] = v[k - 1];
		v[k] = x;
	}
}

static void look_everywhere(struct requests *q, const struct record *rec,
    const struct decoded *d)
{
	q->n_ready = 0;
	if (++q->turn == 0) {
		for (size_t i = 0; i < q->n; i++)
			q->rules[i].turn = 0;
		q->turn = 1;
	}
	look_in(q, IN_TARGET, d->all, d->path_n);
	look_in_known(q, IN_AGENT, q->agents, rec->agent);
	look_in_known(q, IN_REFERER, q->referers, rec->referer);
	look_in(q, IN_RAW, rec->request, 0);
	if (rec->vhost.n)
		look_in(q, IN_HOST, rec->vhost, 0);
	if (rec->user.n > 1)
		look_in(q, IN_USER, rec->user, 0);
}

size_t requests_match(struct requests *q, const struct record *rec,
    uint16_t *hits, size_t max, uint64_t *over_limit)
{
	const struct bare *bare;
	struct decoded d;
	size_t n = 0, method;

	if (rec->status >= STATUS_END)
		return 0;
	decode_target(rec->target, q->decoded, &d);
	q->cut += d.cut;
	look_everywhere(q, rec, &d);
	bare = &q->bare[rec->status];
	for (size_t i = 0; i < bare->n; i++)
		q->ready[q->n_ready++] = bare->rules[i];
	if (!q->n_ready)
		return 0;
	method = method_of(q, rec->method);
	sort(q->ready, q->n_ready);
	for (size_t i = 0; i < q->n_ready && n < max; i++) {
		const struct one *one = &q->rules[q->ready[i]];

		if (rest_holds(q, one, rec, method, d.all, over_limit))
			hits[n++] = one->number;
	}
	return n;
}

uint64_t requests_cut(const struct requests *q)
{
	return q->cut;
}
