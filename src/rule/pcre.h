/*
 * pcre - PCRE2 as both kinds of expressions use it: our rules' and fail2ban's.
 *
 * One room for matching, which all expressions of a reader share: nothing is
 * allocated by a match, and none takes longer than its limits say. What an
 * expression's language is, its own module knows.
 */
#ifndef LPT_PCRE_H
#define LPT_PCRE_H

#include "base/str.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

struct pcre_limits {
	uint32_t groups; /* of which a match is told, and the whole */
	uint32_t match, depth;
	uint32_t heap; /* KiB, without JIT only */
	size_t stack;  /* bytes, with JIT */
};

struct pcre_room {
	pcre2_match_data *data;
	pcre2_match_context *limits;
	pcre2_jit_stack *stack;
};

void pcre_room_init(struct pcre_room *r, const struct pcre_limits *l);
void pcre_room_fini(struct pcre_room *r);

/* A context to compile in; out of memory is fatal. */
pcre2_compile_context *pcre_context(void);
/* Takes the context; NULL: why says what, in at most size bytes. */
pcre2_code *pcre_compile(struct str source, uint32_t options,
    pcre2_compile_context *c, char *why, size_t size);

/* As pcre2_match says it, below zero for no match and for limits. */
static inline int pcre_run(const struct pcre_room *r, const pcre2_code *code,
    bool jit, struct str s, uint32_t options)
{
	PCRE2_SPTR p = (PCRE2_SPTR)(s.p ? s.p : "");

	return jit ? pcre2_jit_match(code, p, s.n, 0, 0, r->data, r->limits)
		   : pcre2_match(code, p, s.n, 0, options, r->data, r->limits);
}

static inline PCRE2_SIZE *pcre_places(const struct pcre_room *r)
{
	return pcre2_get_ovector_pointer(r->data);
}

/* A group of the last match, rc as it was told; absent if it took no part. */
static inline struct str pcre_group(const PCRE2_SIZE *v, int rc, unsigned group,
    struct str subject)
{
	if ((int)group >= rc || v[2 * group] == PCRE2_UNSET)
		return (struct str){ 0 };
	return (struct str){ subject.p + v[2 * group],
		v[2 * group + 1] - v[2 * group] };
}

#endif
