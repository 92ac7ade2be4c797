/* f2b_expr_fuzz - a filter's expression: tags, translation and matching. The
 * first line is the expression, the rest what it is held against. What it
 * matches holds what we said that every match holds. */
#include "f2b/expr.h"
#include "f2b/marks.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum {
	SOURCE_MAX = 2048, /* PCRE2's own time to compile is not ours */
};

static void check(const struct python *p, struct str hit)
{
	bool any = p->holds.n_any == 0;

	for (size_t i = 0; i < p->holds.n; i++)
		assert(memmem(hit.p, hit.n, p->holds.literal[i].p,
		    p->holds.literal[i].n));
	for (size_t i = 0; i < p->holds.n_any; i++)
		any |= memmem(hit.p, hit.n, p->holds.any[i].p,
			   p->holds.any[i].n) != NULL;
	assert(any);
	assert(!p->has_first ||
	       (hit.n && byteset_has(&p->first, (uint8_t)hit.p[0])));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct expr_room *room;
	struct str in = { (const char *)bytes, n }, source;
	struct text t = TEXT(PYTHON_MAX);
	char why[PYTHON_WHY] = "";
	struct expr *e = NULL;
	struct python p;
	bool ascii = true;

	if (!room)
		expr_room_new(&room);
	if (!str_cut(&in, '\n', &source) || source.n > SOURCE_MAX)
		return 0;
	for (size_t i = 0; i < in.n; i++)
		ascii &= in.p[i] >= 0;
	marks_expand(source, source.n & 1, &t);
	if (!python_read(text_str(&t), &p, why))
		assert(why[0]);
	else if (expr_new(&e, text_str(&t), false, why) < 0)
		assert(why[0]);
	else if (ascii && expr_run(e, room, in, true) == EXPR_HIT)
		check(&p, expr_found(room, 0));
	text_drop(&p.pcre);
	expr_free(&e);
	text_drop(&t);
	return 0;
}
