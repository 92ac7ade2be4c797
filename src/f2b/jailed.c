#include "f2b/jailed.h"

static struct f2b_text text_of(struct pool *p, const char *z)
{
	return (struct f2b_text){ .text = z ? pool_str(p, str_of(z)) : NULL };
}

static struct f2b_text *texts_of(struct pool *p, const struct strings *s)
{
	struct f2b_text *t = pool_new(p, s->n + 1, sizeof(*t));

	for (size_t i = 0; i < s->n; i++)
		t[i] = text_of(p, s->v[i]);
	return t;
}

static struct f2b_plan plan_of(struct pool *p, const struct jailed *j)
{
	return (struct f2b_plan){
		.jail = pool_str(p, str_of(j->name)),
		.journal = j->logtype && strcmp(j->logtype, "journal") == 0,
		.names = j->usedns && strcmp(j->usedns, "no") != 0,
		.maxlines = j->maxlines,
		.prefregex = text_of(p, j->prefregex),
		.datepattern = text_of(p, j->datepattern),
		.logtimezone = text_of(p, j->zone),
		.failregex = texts_of(p, &j->failregex),
		.ignoreregex = texts_of(p, &j->ignoreregex),
		.n_fail = j->failregex.n,
		.n_ignore = j->ignoreregex.n,
	};
}

static void ignored(struct f2b_jailed *j, const struct strings *s)
{
	j->ignore = mem_new(s->n + 1, sizeof(*j->ignore));
	for (size_t i = 0; i < s->n; i++)
		if (net_parse(str_of(s->v[i]), true, &j->ignore[j->n_ignore]))
			j->n_ignore++;
}

void f2b_jailed_new(struct f2b_jailed *j, const struct jailed *of,
    const struct f2b_options *options, f2b_tell *tell, void *arg)
{
	struct f2b_plan plan;

	*j = (struct f2b_jailed){ 0 };
	plan = plan_of(&j->texts, of);
	ignored(j, &of->ignore);
	if (f2b_filter_new(&j->filter, &plan, options, tell, arg) < 0)
		j->filter = NULL;
}

void f2b_jailed_drop(struct f2b_jailed *j)
{
	f2b_filter_free(&j->filter);
	pool_drop(&j->texts);
	free_ptr(&j->ignore);
}

bool f2b_jailed_ignores(const struct f2b_jailed *j, const struct addr *who)
{
	for (size_t i = 0; i < j->n_ignore; i++)
		if (net_has(&j->ignore[i], who))
			return true;
	return false;
}
