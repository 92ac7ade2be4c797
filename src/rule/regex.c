#include "rule/regex.h"

#include <stdio.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum {
	MATCH_LIMIT = 20000,
	DEPTH_LIMIT = 2000,
	HEAP_LIMIT = 1024, /* KiB, without JIT only */
	STACK_LEAST = 32 << 10,
	STACK_MOST = 512 << 10,
	NEST_LIMIT = 40,
	SLOW_LIMIT = 1 << 20, /* what an interpreted run over the limit adds */
};

struct regex {
	pcre2_code *greedy, *lazy; /* lazy: when it is needed */
	char *source;              /* for lazy; NULL: one reading is enough */
	size_t n;
	uint32_t options;
	bool quick, was_slow;
};

struct regex_room {
	pcre2_match_data *data;
	pcre2_match_context *limits;
	pcre2_jit_stack *stack;
	uint64_t runs, slow;
};

void regex_room_new(struct regex_room **ret)
{
	struct regex_room *r = mem_new(1, sizeof(*r));

	r->data = pcre2_match_data_create(PATTERN_FIELDS + 1, NULL);
	r->limits = pcre2_match_context_create(NULL);
	r->stack = pcre2_jit_stack_create(STACK_LEAST, STACK_MOST, NULL);
	if (!r->data || !r->limits)
		die("out of memory for matching");
	pcre2_set_match_limit(r->limits, MATCH_LIMIT);
	pcre2_set_depth_limit(r->limits, DEPTH_LIMIT);
	pcre2_set_heap_limit(r->limits, HEAP_LIMIT);
	if (r->stack)
		pcre2_jit_stack_assign(r->limits, NULL, r->stack);
	*ret = r;
}

void regex_room_free(struct regex_room **rp)
{
	struct regex_room *r = *rp;

	if (!r)
		return;
	pcre2_match_data_free(r->data);
	pcre2_match_context_free(r->limits);
	pcre2_jit_stack_free(r->stack);
	free(r);
	*rp = NULL;
}

uint64_t regex_room_runs(const struct regex_room *r)
{
	return r->runs;
}

uint64_t regex_room_slow(const struct regex_room *r)
{
	return r->slow;
}

static int compile(pcre2_code **ret, struct str source, uint32_t options,
    char why[static WHY_MAX])
{
	pcre2_compile_context *c = pcre2_compile_context_create(NULL);
	PCRE2_SIZE at;
	int e;

	if (!c)
		die("out of memory for compiling");
	pcre2_set_parens_nest_limit(c, NEST_LIMIT);
	*ret =
	    pcre2_compile((PCRE2_SPTR)source.p, source.n, options, &e, &at, c);
	pcre2_compile_context_free(c);
	if (!*ret) {
		PCRE2_UCHAR text[128] = "";

		pcre2_get_error_message(e, text, sizeof(text));
		snprintf(why, WHY_MAX, "PCRE2 says: %.120s", (char *)text);
		return -EINVAL;
	}
	return 0;
}

static uint32_t options_of(enum regex_how how)
{
	uint32_t common = PCRE2_NEVER_UTF | PCRE2_NEVER_UCP |
			  PCRE2_NEVER_BACKSLASH_C | PCRE2_DOTALL |
			  PCRE2_DOLLAR_ENDONLY | PCRE2_NO_AUTO_CAPTURE;

	return how == REGEX_FOLDED
		   ? common | PCRE2_CASELESS
		   : common | PCRE2_ANCHORED | PCRE2_ENDANCHORED;
}

int regex_new(struct regex **ret, struct str source, enum regex_how how,
    bool two_readings, char why[static WHY_MAX])
{
	struct regex *x = mem_new(1, sizeof(*x));
	int e;

	x->options = options_of(how);
	e = compile(&x->greedy, source, x->options, why);
	if (e < 0) {
		regex_free(&x);
		return e;
	}
	if (two_readings) {
		x->source = mem_dup(source.p, source.n);
		x->n = source.n;
	}
	*ret = x;
	return 0;
}

/* What compiles greedy does so lazy. */
static pcre2_code *lazy_of(struct regex *x)
{
	char why[WHY_MAX];

	if (!x->lazy && compile(&x->lazy, (struct str){ x->source, x->n },
			    x->options | PCRE2_UNGREEDY, why) < 0)
		die("a pattern that is only greedy: %s", why);
	return x->lazy;
}

void regex_quicken(struct regex *x)
{
	if (x->quick)
		return;
	x->quick = pcre2_jit_compile(x->greedy, PCRE2_JIT_COMPLETE) == 0;
	if (x->source && pcre2_jit_compile(lazy_of(x), PCRE2_JIT_COMPLETE) != 0)
		x->quick = false;
}

bool regex_was_slow(const struct regex *x)
{
	return x->was_slow;
}

int regex_check(struct str source, char why[static WHY_MAX])
{
	pcre2_code *code;
	int e = compile(&code, source, options_of(REGEX_WHOLE), why);

	if (e == 0)
		pcre2_code_free(code);
	return e;
}

void regex_free(struct regex **rp)
{
	struct regex *x = *rp;

	if (!x)
		return;
	pcre2_code_free(x->greedy);
	pcre2_code_free(x->lazy);
	free(x->source);
	free(x);
	*rp = NULL;
}

bool regex_has_lazy(const struct regex *x)
{
	return x->source;
}

static void fill(const PCRE2_SIZE *v, int rc, struct str subject,
    struct captures *ret, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool took_part = (int)i + 1 < rc && v[2 * i + 2] != PCRE2_UNSET;

		ret->field[i] = took_part
				    ? (struct str){ subject.p + v[2 * i + 2],
					      v[2 * i + 3] - v[2 * i + 2] }
				    : (struct str){ 0 };
	}
}

/* Interpreted; whoever could make code of it is told by room->slow. */
static int run_slow(struct regex *x, const pcre2_code *code,
    struct regex_room *room, PCRE2_SPTR p, size_t n)
{
	int rc = pcre2_match(code, p, n, 0, 0, room->data, room->limits);

	x->was_slow = true;
	room->slow +=
	    rc < 0 && rc != PCRE2_ERROR_NOMATCH ? (uint64_t)SLOW_LIMIT : 1;
	return rc;
}

int regex_run(struct regex *x, bool lazy, struct regex_room *room,
    struct str subject, struct captures *ret, size_t n)
{
	const pcre2_code *code = lazy ? lazy_of(x) : x->greedy;
	PCRE2_SPTR p = (PCRE2_SPTR)(subject.p ? subject.p : "");
	int rc;

	room->runs++;
	if (x->quick)
		rc = pcre2_jit_match(code, p, subject.n, 0, 0, room->data,
		    room->limits);
	else
		rc = run_slow(x, code, room, p, subject.n);
	if (rc == PCRE2_ERROR_NOMATCH)
		return REGEX_NONE;
	if (rc < 0)
		return REGEX_LIMIT;
	if (n)
		fill(pcre2_get_ovector_pointer(room->data), rc, subject, ret,
		    n);
	return REGEX_HIT;
}
