#include "rule/request.h"

#include "rule/decode.h"

struct request_one {
	const struct request_rule *q;
	struct regex *confirm;
	uint16_t number;
};

struct requests {
	struct regex_room *room;
	struct decoded target;
	size_t n;
	struct request_one *rules;
	uint64_t cut;
};

void requests_new(struct requests **ret, struct regex_room *room)
{
	*ret = mem_new(1, sizeof(**ret));
	(*ret)->room = room;
}

void requests_free(struct requests **rp)
{
	struct requests *q = *rp;

	if (!q)
		return;
	for (size_t i = 0; i < q->n; i++)
		regex_free(&q->rules[i].confirm);
	free(q->rules);
	free(q);
	*rp = NULL;
}

int requests_add(struct requests *q, const struct rule *r, uint16_t number,
    char why[static WHY_MAX])
{
	struct request_one one = { .q = &r->request, .number = number };

	if (r->request.confirm) {
		int e = regex_new(&one.confirm, str_of(r->request.confirm),
		    REGEX_FOLDED, false, why);

		if (e < 0)
			return e;
	}
	q->rules = mem_grow(q->rules, q->n + 1, sizeof(one));
	q->rules[q->n++] = one;
	return 0;
}

void requests_ready(struct requests *q)
{
}

static bool holds_folded(const struct strings *list, struct str in)
{
	for (size_t i = 0; i < list->n; i++) {
		struct str lit = str_of(list->v[i]);

		for (size_t at = 0; at + lit.n <= in.n; at++) {
			if (str_eq_nocase(str_head(str_from(in, at), lit.n),
				lit))
				return true;
		}
	}
	return false;
}

static bool begins(const struct strings *list, struct str in)
{
	for (size_t i = 0; i < list->n; i++) {
		struct str lit = str_of(list->v[i]);

		if (str_eq_nocase(str_head(in, lit.n), lit))
			return true;
	}
	return false;
}

static bool ends(const struct strings *list, struct str in)
{
	for (size_t i = 0; i < list->n; i++) {
		struct str lit = str_of(list->v[i]);

		if (lit.n <= in.n &&
		    str_eq_nocase(str_from(in, in.n - lit.n), lit))
			return true;
	}
	return false;
}

static bool is_method(const struct strings *list, struct str method)
{
	for (size_t i = 0; i < list->n; i++) {
		if (str_eq(method, str_of(list->v[i])))
			return true;
	}
	return false;
}

static bool is_status(const struct strings *list, unsigned status)
{
	for (size_t i = 0; i < list->n; i++) {
		const char *z = list->v[i];
		unsigned hundreds = (unsigned)(z[0] - '0');

		if (z[1] == 'x' ? status / 100 == hundreds
				: status == hundreds * 100 +
						(unsigned)(z[1] - '0') * 10 +
						(unsigned)(z[2] - '0'))
			return true;
	}
	return false;
}

static bool anywhere(const struct strings *list, const struct record *rec,
    struct str target)
{
	return holds_folded(list, target) || holds_folded(list, rec->agent) ||
	       holds_folded(list, rec->referer) ||
	       holds_folded(list, rec->vhost) || holds_folded(list, rec->user);
}

static bool holds(const struct request_rule *q, const struct record *rec,
    const struct decoded *d)
{
	struct str all = { d->bytes, d->n }, path = str_head(all, d->path_n),
		   query = str_from(all, d->path_n + 1);

	return (!q->path.n || holds_folded(&q->path, all)) &&
	       (!q->path_starts.n || begins(&q->path_starts, all)) &&
	       (!q->path_ends.n || ends(&q->path_ends, path)) &&
	       (!q->query.n || holds_folded(&q->query, query)) &&
	       (!q->method.n || is_method(&q->method, rec->method)) &&
	       (!q->status.n || is_status(&q->status, rec->status)) &&
	       (!q->agent.n || holds_folded(&q->agent, rec->agent)) &&
	       (!q->host.n || holds_folded(&q->host, rec->vhost)) &&
	       (!q->referer.n || holds_folded(&q->referer, rec->referer)) &&
	       (!q->raw.n || holds_folded(&q->raw, rec->request)) &&
	       (!q->any.n || anywhere(&q->any, rec, all)) &&
	       (q->malformed < 0 || q->malformed == rec->malformed);
}

size_t requests_match(struct requests *q, const struct record *rec,
    uint16_t *hits, size_t max, uint64_t *over_limit)
{
	size_t n = 0;

	if (!decode_target(rec->target, &q->target))
		q->cut++;
	for (size_t i = 0; i < q->n && n < max; i++) {
		const struct request_one *one = &q->rules[i];
		int rc = REGEX_HIT;

		if (!holds(one->q, rec, &q->target))
			continue;
		if (one->confirm)
			rc = regex_run(one->confirm, false, q->room,
			    (struct str){ q->target.bytes, q->target.n }, NULL,
			    0);
		*over_limit += rc == REGEX_LIMIT;
		if (rc == REGEX_HIT)
			hits[n++] = one->number;
	}
	return n;
}

uint64_t requests_cut(const struct requests *q)
{
	return q->cut;
}
