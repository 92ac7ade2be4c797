#include "reader/reader.h"

enum {
	REMARK_EVERY = 60, /* s between two of a kind and source */
	REMARK_TEXT = 512
};

void remark(struct reader *r, struct source *s, enum remark what, size_t rule,
    int64_t value, struct str text)
{
	struct remark_state *m = &s->remarks[what];
	struct wire_remark w = { .source = s->is.id,
		.what = (uint16_t)what,
		.rule = (uint16_t)MIN(rule, UINT16_MAX),
		.value = value };

	m->count++;
	if (r->now < m->next)
		return;
	w.count = m->count;
	if (!tell_judge(r, MSG_REMARK, &w, sizeof(w),
		str_head(text, REMARK_TEXT)))
		return; /* counted; the next one tells */
	m->count = 0;
	m->next = r->now + REMARK_EVERY;
}
