/*
 * stamp - the date at the beginning of a text, remembered.
 *
 * Lines come in runs of one second: the head of a date is compared with the
 * last one's as two or three words, and so is a tail that is short and surely
 * ended, as that of an access log (" +0000]").
 */
#include "line/parser.h"

#include "line/scan.h"

/* Heads are 10 to HEAD_MAX bytes. */
static inline bool same_head(const struct head *h, struct str s)
{
	if (h->n < 10 || s.n < h->n)
		return false;
	if (s.n > h->n && is_digit(s.p[h->n]))
		return false; /* no date at all, perhaps */
	if (load8(s.p) != load8(h->text) ||
	    load8(s.p + h->n - 8) != load8(h->text + h->n - 8))
		return false;
	return h->n <= 16 ||
	       (load8(s.p + 8) == load8(h->text + 8) &&
		   (h->n <= 24 || load8(s.p + 16) == load8(h->text + 16)));
}

static bool learn_head(struct line_parser *p, struct str s)
{
	struct head *h = &p->head;
	struct date d;
	size_t n = date_head(s, &d);

	if (!n || n > HEAD_MAX)
		return false; /* what is remembered stays */
	memcpy(h->text, s.p, n);
	h->n = n;
	h->date = d;
	h->local = date_local(&d);
	h->at = 0;
	h->fits = date_utc(&d, p->zone, p->now, &h->at);
	h->tail_n = 0;
	return true;
}

/* The tail is remembered if the byte behind it ends it for certain. */
static void learn_tail(struct head *h, struct str tail, size_t n,
    const struct stamp *t)
{
	if (n >= 7 || tail.n < 8 || !h->date.year ||
	    (tail.p[n] != ']' && tail.p[n] != '"'))
		return;
	h->tail_n = n + 1;
	h->tail_mask = UINT64_MAX >> (56 - 8 * n);
	h->tail = little8(tail.p) & h->tail_mask;
	h->stamp = *t;
}

static size_t read_tail(struct line_parser *p, struct str tail,
    struct stamp *ret)
{
	struct head *h = &p->head;
	struct date d = h->date;
	size_t n = date_tail(tail, &d);
	int64_t at;

	*ret = (struct stamp){ d.form, d.zone, h->fits, h->at, d.ms };
	if (d.second != h->date.second || d.year != h->date.year) {
		ret->has_time = date_utc(&d, p->zone, p->now, &ret->at);
	} else if (d.zone != ZONE_NONE && d.year) {
		at = h->local - d.east;
		ret->has_time = at >= 0 && at <= UINT32_MAX;
		ret->at = (uint32_t)at;
	} else if (d.zone != ZONE_NONE) {
		ret->has_time = date_utc(&d, p->zone, p->now, &ret->at);
	}
	learn_tail(h, tail, n, ret);
	return n;
}

size_t stamp_at(struct line_parser *p, struct str s, struct stamp *ret)
{
	struct head *h = &p->head;
	struct str tail;
	size_t n;

	if (!same_head(h, s) && !learn_head(p, s))
		return 0;
	tail = str_from(s, h->n);
	if (tail.n >= 8 && h->tail_n &&
	    (little8(tail.p) & h->tail_mask) == h->tail) {
		*ret = h->stamp;
		return h->n + h->tail_n - 1;
	}
	/* the traditional syslog's: a name follows, nothing of a date */
	if (h->date.form == DATE_MONTH && tail.n > 1 && *tail.p == ' ' &&
	    tail_ends(tail.p[1])) {
		*ret =
		    (struct stamp){ DATE_MONTH, ZONE_NONE, h->fits, h->at, 0 };
		return h->n;
	}
	n = h->n + read_tail(p, tail, ret);
	if (ret->form == DATE_EPOCH) /* what follows decides what it is */
		h->n = 0;
	return n;
}

void stamp_set(const struct stamp *t, struct record *r)
{
	r->has_time = t->has_time;
	r->at = t->has_time ? t->at : 0;
	r->ms = t->ms;
}

void stamp_find(struct line_parser *p, struct str s, struct record *r)
{
	struct date d;
	size_t at, len;

	if (!date_find(s, DATE_WITHIN, &at, &len, &d))
		return;
	r->has_time = date_utc(&d, p->zone, p->now, &r->at);
	r->ms = d.ms;
}
