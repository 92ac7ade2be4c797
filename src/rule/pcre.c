#include "rule/pcre.h"

#include <stdio.h>

enum {
	STACK_LEAST = 32 << 10,
};

void pcre_room_init(struct pcre_room *r, const struct pcre_limits *l)
{
	r->data = pcre2_match_data_create(l->groups, NULL);
	r->limits = pcre2_match_context_create(NULL);
	r->stack = pcre2_jit_stack_create(STACK_LEAST, l->stack, NULL);
	if (!r->data || !r->limits)
		die("out of memory for matching");
	pcre2_set_match_limit(r->limits, l->match);
	pcre2_set_depth_limit(r->limits, l->depth);
	pcre2_set_heap_limit(r->limits, l->heap);
	if (r->stack)
		pcre2_jit_stack_assign(r->limits, NULL, r->stack);
}

void pcre_room_fini(struct pcre_room *r)
{
	pcre2_match_data_free(r->data);
	pcre2_match_context_free(r->limits);
	pcre2_jit_stack_free(r->stack);
}

pcre2_compile_context *pcre_context(void)
{
	pcre2_compile_context *c = pcre2_compile_context_create(NULL);

	if (!c)
		die("out of memory for compiling");
	return c;
}

pcre2_code *pcre_compile(struct str source, uint32_t options,
    pcre2_compile_context *c, char *why, size_t size)
{
	pcre2_code *code;
	PCRE2_SIZE at;
	int e;

	code =
	    pcre2_compile((PCRE2_SPTR)source.p, source.n, options, &e, &at, c);
	pcre2_compile_context_free(c);
	if (!code) {
		PCRE2_UCHAR text[128] = "";

		pcre2_get_error_message(e, text, sizeof(text));
		snprintf(why, size, "%.120s", (char *)text);
	}
	return code;
}
