/* f2b_expr_fuzz - a filter's expression: tags, translation and matching. The
 * first line is the expression, the rest what it is held against. What it
 * matches holds what we said that every match holds. */
#include "f2b/expr.h"
#include "f2b/marks.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum {
	SOURCE_MAX = 2048, /* PCRE2's own time to compile is not ours */
};

/* What follows a ".+" at the end is not in the hit. */
static struct str hit_of(const struct expr_room *room, struct str source,
    struct str in)
{
	struct str hit = expr_found(room, 0);

	return str_ends(source, STR("$")) ? str_from(in, (size_t)(hit.p - in.p))
					  : hit;
}

static void check(const struct python *p, struct str hit)
{
	struct python_literal *words = python_any(p);
	bool any = p->holds.n_any == 0;

	for (size_t i = 0; i < p->holds.n; i++)
		assert(memmem(hit.p, hit.n, p->holds.literal[i].p,
		    p->holds.literal[i].n));
	for (size_t i = 0; i < p->holds.n_any; i++)
		any |= memmem(hit.p, hit.n, words[i].p, words[i].n) != NULL;
	free(words);
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
		ascii &= in.p[i] >= 0 && (in.p[i] != '\n' || i + 1 == in.n);
	marks_expand(source, source.n & 1, &t);
	if (!python_read(text_str(&t), &p, why))
		assert(why[0]);
	else if (expr_new(&e, text_str(&t), false, why) < 0)
		assert(why[0]);
	else if (ascii && expr_run(e, room, in, true) == EXPR_HIT)
		check(&p, hit_of(room, source, in));
	python_drop(&p);
	expr_free(&e);
	text_drop(&t);
	return 0;
}
