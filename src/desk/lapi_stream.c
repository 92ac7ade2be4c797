#include "desk/lapi.h"

/*
 * All that stands, or what changed since he asked last.
 *
 * What one answer takes away and gives in both lists ("deleted" and "new")
 * means "not" to most bouncers. Only crowdsec-firewall-bouncer reads the
 * former first; and as it never prolongs what it has, it alone is told so:
 * take it away, and here it is again.
 */

enum {
	AT_ONCE = 2000, /* entries looked at that are answered in one piece */
	GONE_AGAIN = 10000, /* told again to one who begins */
	EXPAND_FROM = 24,   /* no wider range is told address by address */
};

enum phase {
	BEGIN,
	DELETED,
	MIDDLE,
	NEW,
	TAIL,
	DONE
};

struct stream {
	struct desk *desk;
	uint64_t who;  /* whose place among the bouncers */
	uint64_t from; /* changes after it are told; only if !whole */
	uint64_t to;   /* and no later one */
	bool whole;    /* everything */
	bool renews;   /* prolonged ones are taken away and given again */
	struct lapi_filter filter;
	char *held_query; /* what filter's slices point into */
	enum phase phase;
	uint64_t at;   /* change or place */
	uint32_t part; /* of a range told by its addresses */
	bool any;      /* the list that is written has one */
	uint64_t told;
};

static bool stands(const struct table *t, const struct held *h)
{
	return h && (!h->until || h->until > t->now);
}

static bool is_expanded(const struct stream *s, const struct net *n)
{
	return s->filter.expands && n->addr.family == 4 && n->bits < 32 &&
	       n->bits >= EXPAND_FROM;
}

/* Who shuts this address out longest, of all that he is told of. old: has he
 * been told before. */
static const struct held *owner_of(const struct stream *s, const struct addr *a,
    bool *old)
{
	const struct table *t = &s->desk->table;
	const struct held *best = NULL;

	for (uint8_t bits = 32; bits >= EXPAND_FROM; bits--) {
		struct net n = net_of(*a, bits);
		const struct held *h = table_get(t, &n);

		if (!stands(t, h) || !lapi_passes(&s->filter, t, h))
			continue;
		*old |= h->born <= s->from;
		if (!best || lapi_left(t, h) > lapi_left(t, best))
			best = h;
	}
	return best;
}

/* An address of a /64 that stands: is it among those that are told? */
static bool has_value(const struct stream *s, const struct held *is,
    const struct net *value)
{
	return value->bits == is->net.bits ||
	       (hosts_has(&is->hosts, &value->addr) &&
		   lapi_passes(&s->filter, &s->desk->table, is));
}

/* What becomes of one value in the list that is written: NULL: nothing. */
static const struct held *verdict(const struct stream *s,
    const struct held *change, const struct held *is, const struct net *value)
{
	bool was_told = change->born <= s->from, old = was_told;

	if (s->filter.expands && value->addr.family == 4 && value->bits == 32)
		is = owner_of(s, &value->addr, &old);
	else if (!stands(&s->desk->table, is) || !has_value(s, is, value))
		is = NULL;
	if (s->phase == NEW)
		return is;
	if (is)
		return s->renews && old && !s->whole ? is : NULL;
	return was_told || s->whole ? change : NULL;
}

static size_t put(struct stream *s, char *to, const struct held *h,
    const struct net *value)
{
	size_t n = 0;

	if (!h)
		return 0;
	to[n++] = s->any ? ',' : '[';
	s->any = true;
	s->told++;
	return n + lapi_decision(to + n, &s->desk->table, h, value,
		       s->phase == DELETED);
}

static struct net address_of(const struct net *range, uint32_t part)
{
	struct net n = { range->addr, 32 };

	n.addr.b[3] = (uint8_t)(n.addr.b[3] + part);
	return n;
}

/* One change, or one of the addresses in it; true: the next one. */
static bool put_entry(struct stream *s, const struct held *change,
    const struct held *is, char *to, size_t *n)
{
	struct net v[LAPI_VALUES], value;
	uint32_t parts;

	if (is_expanded(s, &change->net)) {
		parts = UINT32_C(1) << (32 - change->net.bits);
		value = address_of(&change->net, s->part);
	} else {
		parts = (uint32_t)lapi_values(&s->filter, change, v);
		value = v[s->part];
	}
	*n = put(s, to, verdict(s, change, is, &value), &value);
	if (++s->part < parts)
		return false;
	s->part = 0;
	return true;
}

/* A later change of the same net stands for this one; but who must be told to
 * let go first is told so of what was opened and shut again meanwhile. */
static bool is_last_word(const struct stream *s, const struct held *c,
    const struct held *is)
{
	if (!is)
		return c->what == STOOD_OPENED;
	if (s->whole)
		return false;
	if (is->seq == c->seq)
		return true;
	return s->renews && s->phase == DELETED && c->what == STOOD_OPENED &&
	       c->born <= s->from && is->born > s->from;
}

/* It was opened and shut again for other addresses of it. */
static bool has_lost(const struct stream *s, const struct held *c,
    const struct held *is)
{
	return s->phase == DELETED && c->what == STOOD_OPENED && is &&
	       c->hosts.n > 0 && s->filter.scopes & SCOPE_IP;
}

/* The next change. */
static bool next_change(struct stream *s, char *to, size_t *n)
{
	const struct table *t = &s->desk->table;
	const struct held *c, *is;
	bool ran_out; /* just now, and it was not said yet */

	*n = 0;
	if (s->at > s->to)
		return false;
	if (!table_knows(t, s->at - 1)) {
		s->at++;
		return true;
	}
	c = table_change(t, s->at);
	is = table_get(t, &c->net);
	ran_out = is && !stands(t, is) && is->seq == c->seq;
	if (!stands(t, is))
		is = NULL;
	if (!lapi_passes(&s->filter, t, c) ||
	    !(ran_out || is_last_word(s, c, is) || has_lost(s, c, is))) {
		s->at++;
		s->part = 0;
		return true;
	}
	if (put_entry(s, c, is, to, n))
		s->at++;
	return true;
}

static bool next_place(struct stream *s, char *to, size_t *n)
{
	const struct table *t = &s->desk->table;
	const struct held *h;

	*n = 0;
	if (s->at >= t->used)
		return false;
	h = table_at(t, s->at);
	if (!h || h->seq > s->to || !lapi_passes(&s->filter, t, h)) {
		s->at++;
		s->part = 0;
		return true;
	}
	if (put_entry(s, h, h, to, n))
		s->at++;
	return true;
}

static size_t put_text(char *to, const char *z)
{
	size_t n = strlen(z);

	memcpy(to, z, n);
	return n;
}

static uint64_t first_gone(const struct stream *s)
{
	const struct table *t = &s->desk->table;
	uint64_t from = s->whole ? t->first : s->from + 1;

	if (s->whole && s->to > GONE_AGAIN && from < s->to - GONE_AGAIN)
		from = s->to - GONE_AGAIN;
	return from;
}

static void next_phase(struct stream *s)
{
	s->phase++;
	s->any = false;
	s->part = 0;
	if (s->phase == DELETED)
		s->at = first_gone(s);
	else if (s->phase == NEW)
		s->at = s->whole ? 0 : s->from + 1;
}

/* One step: at most DECISION_TEXT + 16 bytes. */
static size_t step(struct stream *s, char *to)
{
	size_t n = 0;
	bool more;

	switch (s->phase) {
	case BEGIN:
		n = put_text(to, "{\"deleted\":");
		break;
	case MIDDLE:
		n = put_text(to, ",\"new\":");
		break;
	case TAIL:
		n = put_text(to, "}");
		break;
	case DELETED:
	case NEW:
		more = s->phase == NEW && s->whole ? next_place(s, to, &n)
						   : next_change(s, to, &n);
		if (more)
			return n;
		n = put_text(to, s->any ? "]" : "null");
		break;
	case DONE:
		return 0;
	}
	next_phase(s);
	return n;
}

static ssize_t more(void *arg, char *to, size_t max)
{
	struct stream *s = arg;
	size_t n = 0;

	while (s->phase != DONE && max - n >= DECISION_TEXT + 16)
		n += step(s, to + n);
	return (ssize_t)n;
}

/* He has it all: the next time only what comes now. */
static void heard(struct stream *s)
{
	struct bouncers *b = s->desk->bouncers;

	for (size_t i = 0; i < b->n; i++)
		if (b->v[i].who == s->who) {
			b->v[i].seq = s->to;
			b->v[i].pulls++;
			b->v[i].told += s->told;
		}
}

static void stream_free(void *arg)
{
	struct stream *s = arg;

	if (s->phase == DONE)
		heard(s);
	free(s->held_query);
	free(s);
}

static char *text_of(struct stream *s, size_t *ret_n)
{
	size_t room = 4096, n = 0;
	char *text = mem_new(room, 1);

	while (s->phase != DONE) {
		if (room - n < DECISION_TEXT + 16) {
			room *= 2;
			text = mem_grow(text, room, 1);
		}
		n += step(s, text + n);
	}
	*ret_n = n;
	return text;
}

static void at_once(struct http_request *r, struct stream *s)
{
	size_t n;
	char *text = text_of(s, &n);

	http_answer_take(r, MHD_HTTP_OK, "application/json; charset=utf-8",
	    &text, n);
}

/* Called when all is sent, or he left before. */
static void at_end(struct http_request *r)
{
	struct stream *s = r->own;

	if (r->sent)
		heard(s);
	free(s->held_query);
}

/*
 * After a restart everybody asks for everything at once, and it is the same
 * for all who ask for all of it: made once and sent to many, while it is
 * fresh. Slow readers may hold old ones: beyond SHARED_MOST it is written
 * for each piece by piece.
 */
enum {
	SHARED_S = 2,
	SHARED_MOST = 3,
	SHARED_FROM = 5000,  /* a smaller table is told as it is now */
	SHARED_UPTO = 100000 /* a larger one is too much to hold */
};
static struct shared {
	struct MHD_Response *response;
	uint64_t to;
	uint32_t at;
} shared[2];
static unsigned n_shared;

static void shared_free(void *text)
{
	free(text);
	n_shared--;
}

static bool is_plain(const struct lapi_filter *f)
{
	return f->scopes == (SCOPE_IP | SCOPE_RANGE) &&
	       f->origins.n + f->with.n + f->without.n + f->type.n == 0;
}

static void shared_make(struct shared *h, struct stream *s)
{
	size_t n;
	char *text = text_of(s, &n);

	if (h->response)
		MHD_destroy_response(h->response);
	n_shared++;
	*h = (struct shared){ .to = s->to, .at = s->desk->now };
	h->response = MHD_create_response_from_buffer_with_free_callback(n,
	    text, shared_free);
	if (!h->response)
		die("out of memory");
	(void)MHD_add_response_header(h->response, "Content-Type",
	    "application/json; charset=utf-8");
}

/* false: it must be written for him alone. */
static bool from_shared(struct http_request *r, struct stream *s)
{
	struct shared *h = &shared[s->filter.expands];
	const struct table *t = &s->desk->table;
	bool stale = !h->response || s->desk->now - h->at >= SHARED_S ||
		     (h->to != t->seq && t->n < SHARED_FROM);

	if (!s->whole || !is_plain(&s->filter) || t->n > SHARED_UPTO ||
	    (stale && n_shared >= SHARED_MOST))
		return false;
	if (stale)
		shared_make(h, s);
	s->to = h->to;
	r->own = s;
	r->left = at_end;
	http_answer_shared(r, MHD_HTTP_OK, h->response);
	return true;
}

static struct stream *stream_new(struct desk *d, uint64_t since,
    const struct lapi_filter *filter, bool renews, bool startup)
{
	struct stream *s = mem_new(1, sizeof(*s));

	*s = (struct stream){ .desk = d,
		.from = since,
		.to = d->table.seq,
		.renews = renews,
		.whole =
		    startup || since == 0 || !table_knows(&d->table, since),
		.filter = *filter };
	if (s->whole)
		s->from = 0;
	s->held_query = lapi_filter_own(&s->filter);
	return s;
}

static struct stream *stream_for(struct http_request *r)
{
	struct bouncer *b = bouncer_of(r);
	struct lapi_filter f = lapi_filter_of(r);
	struct stream *s = stream_new(r->desk, b->seq, &f,
	    str_starts(http_header(r, "User-Agent"),
		STR("crowdsec-firewall-bouncer/")),
	    lapi_is_true(http_query(r, "startup")));

	s->who = b->who;
	return s;
}

char *lapi_stream_text(struct desk *d, uint64_t *since,
    const struct lapi_filter *filter, bool renews, bool startup, size_t *n)
{
	struct stream *s = stream_new(d, *since, filter, renews, startup);
	char *text = text_of(s, n);

	*since = s->to;
	free(s->held_query);
	free(s);
	return text;
}

void lapi_stream(struct http_request *r)
{
	const struct table *t = &r->desk->table;
	struct stream *s;

	/* must not move anybody's place; and nobody is known yet */
	if (r->is_head || !r->who.kind) {
		http_answer_static(r, MHD_HTTP_OK,
		    "application/json; charset=utf-8",
		    STR("{\"deleted\":null,\"new\":null}"));
		return;
	}
	s = stream_for(r);
	if (from_shared(r, s))
		return;
	if ((s->whole ? t->used + s->to - first_gone(s) : s->to - s->from) >
		AT_ONCE ||
	    (s->filter.expands && s->whole)) {
		http_stream(r, MHD_HTTP_OK, "application/json; charset=utf-8",
		    more, stream_free, s);
		return;
	}
	r->own = s;
	r->left = at_end;
	at_once(r, s);
}
