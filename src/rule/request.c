#include "rule/request_state.h"

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

static bool look_in_known(struct requests *q, enum where_text t,
    struct memo *memo, struct str in)
{
	bool dirty;
	uint64_t tag;

	if (in.n < 2) /* "-" */
		return false;
	switch (memo_get(memo, in, &tag)) {
	case MEMO_CLEAN:
		return false;
	case MEMO_DIRTY:
		return look_in(q, t, in, 0);
	case MEMO_NEW:
		dirty = look_in(q, t, in, 0);
		memo_put(memo, tag, dirty);
		return dirty;
	}
	return false;
}

bool request_named(const struct record *rec)
{
	return rec->user.n > 1 || (rec->user.n == 1 && *rec->user.p != '-');
}

/* All but the literals. */
static bool rest_holds(struct requests *q, const struct one *one,
    const struct record *rec, size_t method, struct str target,
    uint64_t *over_limit)
{
	const struct request_rule *r = one->q;
	int rc;

	if (!has_status(one, rec->status) || !(one->methods >> method & 1) ||
	    (r->malformed >= 0 && r->malformed != rec->malformed) ||
	    (r->named >= 0 && r->named != request_named(rec)))
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

static void begin(struct requests *q)
{
	q->n_ready = 0;
	if (++q->turn == 0) {
		for (size_t i = 0; i < q->n; i++)
			q->rules[i].turn = 0;
		q->turn = 1;
	}
}

/* All texts but the request line; whether there is anything in them. */
static bool look_beside(struct requests *q, const struct record *rec)
{
	bool any = look_in_known(q, IN_AGENT, q->agents, rec->agent);

	any |= look_in_known(q, IN_REFERER, q->referers, rec->referer);
	any |= look_in_known(q, IN_HOST, q->hosts, rec->vhost);
	if (rec->user.n > 1)
		any |= look_in(q, IN_USER, rec->user, 0);
	return any;
}

/* The rules that hold now that all but the request line was looked at. */
static kept_aside size_t look_at_request(struct requests *q,
    const struct record *rec, const struct decoded *d, uint16_t *hits,
    uint64_t *over_limit)
{
	const struct bare *bare = &q->bare[rec->status];
	size_t n = 0, method;

	look_in(q, IN_TARGET, d->all, d->path_n);
	look_in(q, IN_RAW, rec->request, 0);
	for (size_t i = 0; i < bare->n; i++)
		q->ready[q->n_ready++] = bare->rules[i];
	if (!q->n_ready)
		return 0;
	method = method_of(q, rec->method);
	sort(q->ready, q->n_ready);
	for (size_t i = 0; i < q->n_ready && n < MATCH_HITS; i++) {
		const struct one *one = &q->rules[q->ready[i]];

		if (rest_holds(q, one, rec, method, d->all, over_limit))
			hits[n++] = one->number;
	}
	return n;
}

size_t requests_match(struct requests *q, const struct record *rec,
    uint16_t hits[static MATCH_HITS], uint64_t *over_limit)
{
	const struct verdict *known;
	uint64_t limits = *over_limit, hash;
	struct decoded d;
	bool may_know;
	size_t n;

	if (rec->status >= STATUS_END)
		return 0;
	if (unlikely(!q->is_ready))
		requests_ready(q);
	begin(q);
	may_know = verdicts_hash(q->seen, rec, &hash);
	if (may_know)
		verdicts_fetch(q->seen, hash);
	may_know = !look_beside(q, rec) && may_know;
	known = may_know ? verdicts_get(q->seen, hash) : NULL;
	if (known) {
		/* all of them, so that nobody asks how many */
		memcpy(hits, known->rules, sizeof(known->rules));
		return known->n;
	}
	decode_target(rec->target, q->decoded, &d);
	q->cut += d.cut;
	n = look_at_request(q, rec, &d, hits, over_limit);
	if (may_know && *over_limit == limits)
		verdicts_put(q->seen, hash, hits, n);
	return n;
}

uint64_t requests_cut(const struct requests *q)
{
	return q->cut;
}

struct regex *requests_confirm(const struct requests *q, size_t i)
{
	return q->rules[i].confirm;
}

size_t requests_count(const struct requests *q)
{
	return q->n;
}
