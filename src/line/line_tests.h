/*
 * line_tests - what the tests of this room's forms share.
 */
#ifndef LPT_LINE_TESTS_H
#define LPT_LINE_TESTS_H

#include <stdio.h>

#include "base/tests.h"
#include "base/when.h"
#include "line/parser.h"

#define NOW 1700000000u /* 2023-11-14T22:13:20Z */

static inline struct line_parser *parser_made(const char *zone)
{
	struct line_parser *p;

	assert_int_equal(line_parser_new(&p, zone, NOW), 0);
	return p;
}

/* A slice lies within the line or within scratch, whole. */
static inline bool lies_well(const struct line_parser *p, struct str line,
    struct str s)
{
	uintptr_t at = (uintptr_t)s.p, l = (uintptr_t)line.p;
	uintptr_t sc = (uintptr_t)p->scratch;

	if (!s.p)
		return s.n == 0;
	if (at >= l && at - l <= line.n && s.n <= line.n - (at - l))
		return true;
	return p->scratch && at >= sc && at - sc <= p->used &&
	       s.n <= p->used - (at - sc);
}

static inline void slices_lie_well(const struct line_parser *p,
    const struct record *r)
{
	const struct str always[] = { r->host, r->program, r->msg,
		r->container };
	const struct str request[] = { r->client, r->forwarded, r->user,
		r->request, r->method, r->target, r->proto, r->vhost,
		r->referer, r->agent };

	for (size_t i = 0; i < countof(always); i++)
		assert_true(lies_well(p, r->line, always[i]));
	for (size_t i = 0; r->is_request && i < countof(request); i++)
		assert_true(lies_well(p, r->line, request[i]));
	assert_true(r->n_pairs <= RECORD_PAIRS);
	for (size_t i = 0; i < r->n_pairs; i++) {
		assert_true(lies_well(p, r->line, r->pairs[i].key));
		assert_true(lies_well(p, r->line, r->pairs[i].value));
	}
	assert_true(r->kind != RECORD_ACCESS || r->is_request);
	assert_true(r->kind == RECORD_FIELDS || r->n_pairs == 0);
}

/* Parses a copy of exactly the line's size, so that reading on is caught. The
 * copy is the caller's. */
static inline char *parsed(struct line_parser *p, enum line_form form,
    struct str line, struct record *r)
{
	char *copy = mem_dup(line.p, line.n);

	memset(r, 0x5a, sizeof(*r));
	line_parse(p, form, (struct str){ copy, line.n }, r);
	slices_lie_well(p, r);
	return copy;
}

static inline void is_text(const char *what, const char *field, struct str got,
    const char *want)
{
	if (!want)
		want = "";
	if (!str_eq(got, str_of(want)))
		fail_msg("%s: %s is \"" STR_F "\", not \"%s\"", what, field,
		    STR_A(got), want);
}

/* What a line that is a request says of it. */
struct request_told {
	const char *what, *line;
	const char *client, *method, *target, *agent;
	uint16_t status;
};

/* Reads and compares all but the agent; the copy is the caller's. */
static inline char *request_read(struct line_parser *p,
    const struct request_told *t, struct record *r)
{
	char *copy = parsed(p, LINE_AUTO, str_of(t->line), r);

	if (!r->is_request)
		fail_msg("%s: no request", t->what);
	is_text(t->what, "client", r->client, t->client);
	is_text(t->what, "method", r->method, t->method);
	is_text(t->what, "target", r->target, t->target);
	assert_int_equal(r->status, t->status);
	return copy;
}

static inline void is_time(const char *what, const struct record *r,
    const char *want)
{
	char shown[WHEN_MAX] = "none";

	if (r->has_time)
		when_show(r->at, shown);
	if (strcmp(shown, want ? want : "none") != 0)
		fail_msg("%s: time is %s, not %s", what, shown,
		    want ? want : "none");
}

#endif
