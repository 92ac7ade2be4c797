#include "rule/regex.h"

#include <stdio.h>

#include "rule/pcre.h"

enum {
	NEST_LIMIT = 40,
	SLOW_LIMIT = 1 << 20, /* what an interpreted run over the limit adds */
};

static const struct pcre_limits limits = {
	.groups = PATTERN_FIELDS + 1,
	.match = 20000,
	.depth = 2000,
	.heap = 1024,
	.stack = 512 << 10,
};

struct regex {
	pcre2_code *greedy, *lazy; /* lazy: when it is needed */
	char *source;              /* for lazy; NULL: one reading is enough */
	size_t n;
	uint32_t options;
	bool quick, was_slow;
};

struct regex_room {
	struct pcre_room pcre;
	uint64_t runs, slow;
};

void regex_room_new(struct regex_room **ret)
{
	struct regex_room *r = mem_new(1, sizeof(*r));

	pcre_room_init(&r->pcre, &limits);
	*ret = r;
}

void regex_room_free(struct regex_room **rp)
{
	if (!*rp)
		return;
	pcre_room_fini(&(*rp)->pcre);
	free_ptr(rp);
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
	pcre2_compile_context *c = pcre_context();
	char what[128];

	pcre2_set_parens_nest_limit(c, NEST_LIMIT);
	*ret = pcre_compile(source, options, c, what, sizeof(what));
	if (!*ret)
		snprintf(why, WHY_MAX, "PCRE2 says: %s", what);
	return *ret ? 0 : -EINVAL;
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

/* Interpreted; whoever could make code of it is told by room->slow. */
static void note_slow(struct regex *x, struct regex_room *room, int rc)
{
	x->was_slow = true;
	room->slow +=
	    rc < 0 && rc != PCRE2_ERROR_NOMATCH ? (uint64_t)SLOW_LIMIT : 1;
}

int regex_run(struct regex *x, bool lazy, struct regex_room *room,
    struct str subject, struct captures *ret, size_t n)
{
	const pcre2_code *code = lazy ? lazy_of(x) : x->greedy;
	int rc = pcre_run(&room->pcre, code, x->quick, subject, 0);
	const PCRE2_SIZE *v;

	room->runs++;
	if (!x->quick)
		note_slow(x, room, rc);
	if (rc == PCRE2_ERROR_NOMATCH)
		return REGEX_NONE;
	if (rc < 0)
		return REGEX_LIMIT;
	v = pcre_places(&room->pcre);
	for (size_t i = 0; i < n; i++)
		ret->field[i] = pcre_group(v, rc, (unsigned)i + 1, subject);
	return REGEX_HIT;
}
