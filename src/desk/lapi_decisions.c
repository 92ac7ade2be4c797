#include "desk/lapi.h"

#include <stdio.h>

/*
 * Who is this address? Asked by those that ask at each visit, so one answer
 * must be quick; some of them look at its first entry only: the hardest and
 * longest decision comes first.
 */

enum {
	ROWS_MOST = 100000
};

struct wanted {
	struct net net; /* family 0: all */
	bool within;    /* inside of it; else around it */
	struct str value;
	size_t offset, limit;
};

struct found {
	const struct held **v;
	size_t n, room;
};

static void add(struct found *f, const struct held *h)
{
	if (f->n == f->room) {
		f->room = f->room ? f->room * 2 : 16;
		f->v = mem_grow(f->v, f->room, sizeof(*f->v));
	}
	f->v[f->n++] = h;
}

static bool is_wanted(const struct wanted *w, const struct table *t,
    const struct lapi_filter *f, const struct held *h)
{
	char text[NET_MAX];

	if (!h || lapi_left(t, h) == 0 || !lapi_passes(f, t, h))
		return false;
	if (w->within &&
	    !(net_has(&w->net, &h->net.addr) && h->net.bits >= w->net.bits))
		return false;
	if (w->value.n == 0)
		return true;
	if (h->net.bits == addr_bits(&h->net.addr))
		(void)addr_print(&h->net.addr, text);
	else
		(void)net_print(&h->net, text);
	return str_eq(w->value, str_of(text));
}

/* Around the net: each prefix length is one look. */
static void find_around(struct found *f, const struct wanted *w,
    const struct table *t, const struct lapi_filter *filter)
{
	for (int bits = w->net.bits; bits >= 8; bits--) {
		struct net n = net_of(w->net.addr, (uint8_t)bits);
		const struct held *h = table_get(t, &n);

		if (is_wanted(w, t, filter, h))
			add(f, h);
	}
}

static void find_all(struct found *f, const struct wanted *w,
    const struct table *t, const struct lapi_filter *filter)
{
	for (size_t i = 0; i < t->used && f->n < ROWS_MOST; i++)
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

static void answer(struct http_request *r, const struct found *f,
    const struct wanted *w)
{
	size_t room = f->n * 64 + DECISION_TEXT, n = 0, end;
	char *text = mem_new(room, 1);

	end = w->limit ? MIN(f->n, w->offset + w->limit) : f->n;
	for (size_t i = w->offset; i < end; i++) {
		if (room - n < DECISION_TEXT + 8) {
			room *= 2;
			text = mem_grow(text, room, 1);
		}
		text[n++] = i == w->offset ? '[' : ',';
		n += lapi_decision(text + n, &r->desk->table, f->v[i],
		    &f->v[i]->net, false);
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

	return str_u32(http_query(r, name), ROWS_MOST, &n) ? n : 0;
}

/* false: it was answered. */
static bool read_wanted(struct http_request *r, struct wanted *w)
{
	struct str ip = http_query(r, "ip"), range = http_query(r, "range");
	struct str which = ip.n ? ip : range;
	struct addr a;

	*w = (struct wanted){ .value = http_query(r, "value"),
		.offset = number(r, "offset"),
		.limit = number(r, "limit") };
	if (which.n == 0)
		return true;
	if (ip.n ? !addr_parse(ip, &a) : !net_parse(range, true, &w->net)) {
		no_address(r, which);
		return false;
	}
	if (ip.n) {
		a = addr_fold(a);
		w->net = net_of(a, addr_bits(&a));
	} else {
		w->net = net_of(w->net.addr, w->net.bits);
		w->within =
		    str_eq_nocase(http_query(r, "contains"), STR("false"));
	}
	return true;
}

void lapi_decisions(struct http_request *r)
{
	const struct table *t = &r->desk->table;
	struct lapi_filter filter;
	struct found f = { 0 };
	struct wanted w;

	if (r->is_head || !r->who.kind) {
		http_answer_static(r, MHD_HTTP_OK,
		    "application/json; charset=utf-8", STR("null"));
		return;
	}
	if (!read_wanted(r, &w))
		return;
	(void)bouncer_of(r);
	filter = lapi_filter_of(r);
	filter.expands = false;
	if (w.net.addr.family && !w.within)
		find_around(&f, &w, t, &filter);
	else
		find_all(&f, &w, t, &filter);
	if (f.n)
		qsort(f.v, f.n, sizeof(*f.v), harder_first);
	answer(r, &f, &w);
	free(f.v);
}
