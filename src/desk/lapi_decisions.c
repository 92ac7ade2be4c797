#include "desk/lapi.h"

#include <stdio.h>

/*
 * Who is this address? Asked by those that ask at each visit, so one answer
 * must be quick; some of them look at its first entry only: the hardest and
 * longest decision comes first.
 */

static void add(struct lapi_found *f, const struct held *h)
{
	if (f->n == f->room) {
		f->room = f->room ? f->room * 2 : 16;
		f->v = mem_grow(f->v, f->room, sizeof(*f->v));
	}
	f->v[f->n++] = h;
}

static bool is_net(const struct net *a, const struct net *b)
{
	return a->bits == b->bits && addr_eq(&a->addr, &b->addr);
}

/* An address of IPv6 stands as its /64. */
static bool is_value(const struct lapi_wanted *w, const struct net *n)
{
	struct net unit;

	if (w->value.n == 0)
		return true;
	if (!w->exact.addr.family)
		return false;
	if (w->exact.bits != addr_bits(&w->exact.addr))
		return is_net(&w->exact, n);
	unit = addr_unit(w->exact.addr);
	return is_net(&w->exact, n) || is_net(&unit, n);
}

bool lapi_is_wanted(const struct lapi_wanted *w, const struct net *n)
{
	bool in = net_has(&w->net, &n->addr) && n->bits >= w->net.bits,
	     around = net_has(n, &w->net.addr) && n->bits <= w->net.bits;

	if (w->net.addr.family && !(w->within ? in : around))
		return false;
	return is_value(w, n);
}

static bool is_wanted(const struct lapi_wanted *w, const struct table *t,
    const struct lapi_filter *f, const struct held *h)
{
	return h && lapi_left(t, h) > 0 && lapi_passes(f, t, h) &&
	       lapi_is_wanted(w, &h->net);
}

/* Around the net: each prefix length is one look. */
static void find_around(struct lapi_found *f, const struct lapi_wanted *w,
    const struct table *t, const struct lapi_filter *filter)
{
	for (int bits = w->net.bits; bits >= 8; bits--) {
		struct net n = net_of(w->net.addr, (uint8_t)bits);
		const struct held *h = table_get(t, &n);

		if (is_wanted(w, t, filter, h))
			add(f, h);
	}
}

static void find_all(struct lapi_found *f, const struct lapi_wanted *w,
    const struct table *t, const struct lapi_filter *filter)
{
	for (size_t i = 0; i < t->used && f->n < LAPI_ROWS; i++)
		if (is_wanted(w, t, filter, table_at(t, i)))
			add(f, table_at(t, i));
}

static uint64_t force(const struct held *h)
{
	return (uint64_t)(h->act != ACT_LIMIT) << 33 |
	       (h->until ? h->until : UINT64_C(1) << 32);
}

static int harder_first(const void *a, const void *b)
{
	const struct held *const *x = a, *const *y = b;
	uint64_t fx = force(*x), fy = force(*y);

	return fx < fy ? 1 : fx > fy ? -1 : 0;
}

static struct addr visitor_of(const struct lapi_wanted *w)
{
	const struct net *n = w->net.addr.family ? &w->net : &w->exact;

	return n->bits == 128 ? n->addr : (struct addr){ 0 };
}

void lapi_find(const struct table *t, const struct lapi_wanted *w,
    struct lapi_filter *filter, struct lapi_found *ret)
{
	*ret = (struct lapi_found){ 0 };
	filter->visitor = visitor_of(w);
	if (w->net.addr.family && !w->within)
		find_around(ret, w, t, filter);
	else
		find_all(ret, w, t, filter);
	if (ret->n)
		qsort(ret->v, ret->n, sizeof(*ret->v), harder_first);
}

static void answer(struct http_request *r, const struct lapi_found *f,
    const struct lapi_wanted *w, const struct lapi_filter *filter)
{
	size_t room = f->n * 64 + LAPI_VALUES * DECISION_TEXT, n = 0, end;
	char *text = mem_new(room, 1);

	end = w->limit ? MIN(f->n, w->offset + w->limit) : f->n;
	for (size_t i = w->offset; i < end; i++) {
		struct net v[LAPI_VALUES];
		size_t n_v = lapi_values(filter, f->v[i], v);

		if (room - n < LAPI_VALUES * DECISION_TEXT) {
			room *= 2;
			text = mem_grow(text, room, 1);
		}
		for (size_t k = 0; k < n_v; k++) {
			text[n] = n ? ',' : '[';
			n++;
			n += lapi_decision(text + n, &r->desk->table, f->v[i],
			    &v[k], false);
		}
	}
	if (n)
		text[n++] = ']';
	/* these four bytes, and no others, are "nothing" to some */
	if (n)
		http_answer_take(r, MHD_HTTP_OK,
		    "application/json; charset=utf-8", &text, n);
	else
		http_answer_static(r, MHD_HTTP_OK,
		    "application/json; charset=utf-8", STR("null"));
	free(text);
}

static void no_address(struct http_request *r, struct str s)
{
	char shown[120], text[240];

	(void)str_show(str_head(s, 80), shown, sizeof(shown));
	snprintf(text, sizeof(text),
	    "unable to convert '%s' to int: invalid address: "
	    "invalid ip address / range",
	    shown);
	http_message(r, MHD_HTTP_INTERNAL_SERVER_ERROR, text);
}

static size_t number(const struct http_request *r, const char *name)
{
	uint32_t n;

	return str_u32(http_query(r, name), LAPI_ROWS, &n) ? n : 0;
}

static bool is_one_of(struct str s, const char *const words[6])
{
	for (size_t i = 0; i < 6; i++)
		if (str_eq(s, str_of(words[i])))
			return true;
	return false;
}

bool lapi_is_true(struct str s)
{
	static const char *const words[] = { "true", "True", "TRUE", "t", "T",
		"1" };

	return is_one_of(s, words);
}

bool lapi_is_false(struct str s)
{
	static const char *const words[] = { "false", "False", "FALSE", "f",
		"F", "0" };

	return is_one_of(s, words);
}

/* Addresses of IPv4 within IPv6 are those of IPv4. */
static bool read_net(struct str s, struct net *ret)
{
	struct addr a;

	if (addr_parse(s, &a)) {
		a = addr_fold(a);
		*ret = net_of(a, addr_bits(&a));
		return true;
	}
	if (!net_parse(s, true, ret))
		return false;
	*ret = net_of(ret->addr, ret->bits);
	return true;
}

/* An ip that is there and empty is a visitor that somebody could not name: to
 * answer with all that stands would shut him out for it. */
bool lapi_wanted_of(struct http_request *r, struct lapi_wanted *w)
{
	struct str ip = http_query(r, "ip"), range = http_query(r, "range");
	struct str which = ip.p ? ip : range;

	*w = (struct lapi_wanted){ .value = http_query(r, "value"),
		.within = lapi_is_false(http_query(r, "contains")),
		.offset = number(r, "offset"),
		.limit = number(r, "limit") };
	(void)read_net(w->value, &w->exact);
	if (which.p && !read_net(which, &w->net)) {
		no_address(r, which);
		return false;
	}
	if (w->within && w->net.bits == 128)
		w->net = addr_unit(w->net.addr);
	return true;
}

void lapi_decisions(struct http_request *r)
{
	struct lapi_filter filter;
	struct lapi_found f;
	struct lapi_wanted w;

	if (r->is_head || !r->who.kind) {
		http_answer_static(r, MHD_HTTP_OK,
		    "application/json; charset=utf-8", STR("null"));
		return;
	}
	if (!lapi_wanted_of(r, &w))
		return;
	(void)bouncer_of(r);
	filter = lapi_filter_of(r);
	filter.expands = false;
	lapi_find(&r->desk->table, &w, &filter, &f);
	answer(r, &f, &w, &filter);
	free(f.v);
}
