#include "f2b/filter_parts.h"
#include "f2b/marks.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const known_facts[FACTS_KNOWN] = {
	[FACT_IP4] = "ip4",
	[FACT_IP6] = "ip6",
	[FACT_DNS] = "dns",
	[FACT_FID] = "fid",
	[FACT_CIDR] = "cidr",
	[FACT_HOST] = "host",
	[FACT_USER] = "user",
	[FACT_CONTENT] = "content",
	[FACT_MLFID] = "mlfid",
	[FACT_NOFAIL] = "nofail",
	[FACT_GAINED] = "mlfgained",
	[FACT_FORGET] = "mlfforget",
};

void filter_tell(struct f2b_filter *f, const struct f2b_text *at,
    const char *fmt, ...)
{
	char what[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	f->tell(f->arg, &(struct f2b_fault){ f->jail, at ? at->file : NULL,
			    at ? at->line : 0, what });
}

static uint8_t fact_of(struct f2b_filter *f, const char *name)
{
	for (size_t i = 0; i < f->n_facts; i++)
		if (strcmp(f->fact_name[i], name) == 0)
			return (uint8_t)i;
	if (f->n_facts == FACTS_MAX)
		return NO_FACT;
	f->fact_name[f->n_facts] = pool_str(&f->pool, str_of(name));
	return (uint8_t)f->n_facts++;
}

/* "user" of "user_1". */
static struct str without_number(struct str name)
{
	size_t n = name.n;

	while (n > 0 && name.p[n - 1] >= '0' && name.p[n - 1] <= '9')
		n--;
	return n > 1 && n < name.n && name.p[n - 1] == '_'
		   ? str_head(name, n - 1)
		   : name;
}

/* alt_user and alt_user_1 stand in for user, tuple_user joins it. */
static struct gives gives_of(struct f2b_filter *f, const struct expr_name *n)
{
	struct str name = str_of(n->name);
	size_t cut = str_starts(name, STR("alt_"))     ? 4
		     : str_starts(name, STR("tuple_")) ? 6
						       : 0;
	struct gives g = { n->group, NO_FACT, GIVES_ITSELF };

	if (str_starts(name, STR("skiplines")))
		return g;
	if (cut && name.n > cut) {
		g.how = cut == 4 ? GIVES_OTHER : GIVES_MEMBER;
		name = without_number(str_from(name, cut));
		if (str_eq(name, STR("id")))
			name = STR("fid");
		else if (str_eq(name, STR("port")))
			name = STR("fport");
	}
	g.fact = fact_of(f, pool_str(&f->pool, name));
	return g;
}

static int rx_new(struct f2b_filter *f, struct rx *x,
    const struct f2b_text *text, const char *what, bool many)
{
	auto_text struct text t = TEXT(PYTHON_MAX);
	const struct expr_name *names;
	char why[PYTHON_WHY];
	size_t n;

	marks_expand(str_of(text->text), f->names, &t);
	x->text = *text;
	x->many = many;
	if (t.over || expr_new(&x->expr, text_str(&t), many, why) < 0) {
		filter_tell(f, text, "%s: %s, so it is left out: %.200s", what,
		    t.over ? "it is over 128 KiB" : why, text->text);
		return -EINVAL;
	}
	n = expr_names(x->expr, &names);
	x->gives = mem_new(n ? n : 1, sizeof(*x->gives));
	/* those that stand in for others, and join them, come last */
	for (enum gives_how how = 0; how < GIVES_HOWS; how++)
		for (size_t i = 0; i < n; i++) {
			struct gives g = gives_of(f, &names[i]);

			if (g.fact != NO_FACT && g.how == how)
				x->gives[x->n_gives++] = g;
		}
	return 0;
}

static bool gives(const struct rx *x, uint8_t fact)
{
	for (size_t i = 0; i < x->n_gives; i++)
		if (x->gives[i].fact == fact)
			return true;
	return false;
}

static bool names_somebody(const struct rx *x)
{
	return gives(x, FACT_FID) || gives(x, FACT_IP4) || gives(x, FACT_IP6) ||
	       gives(x, FACT_DNS) || gives(x, FACT_MLFID);
}

static void rx_drop(struct rx *x)
{
	expr_free(&x->expr);
	free_ptr(&x->gives);
}

static void all_fail(struct f2b_filter *f, const struct f2b_plan *plan,
    bool many)
{
	f->fail = mem_new(plan->n_fail + 1, sizeof(*f->fail));
	for (size_t i = 0; i < plan->n_fail && f->n_fail < UINT16_MAX; i++) {
		struct rx *x = &f->fail[f->n_fail];

		if (rx_new(f, x, &plan->failregex[i], "failregex", many) < 0)
			continue;
		if (!names_somebody(x) &&
		    !(f->pre.expr && names_somebody(&f->pre))) {
			filter_tell(f, &x->text,
			    "failregex: it names nobody, so it is left out; "
			    "put <HOST> where the address stands: %.200s",
			    x->text.text);
			rx_drop(x);
			continue;
		}
		f->n_fail++;
	}
}

static void all_ignore(struct f2b_filter *f, const struct f2b_plan *plan)
{
	f->ignore = mem_new(plan->n_ignore + 1, sizeof(*f->ignore));
	for (size_t i = 0; i < plan->n_ignore; i++)
		if (rx_new(f, &f->ignore[f->n_ignore], &plan->ignoreregex[i],
			"ignoreregex", false) == 0)
			f->n_ignore++;
}

static bool has_sessions(const struct f2b_filter *f)
{
	bool any = f->pre.expr && gives(&f->pre, FACT_MLFID);

	for (size_t i = 0; i < f->n_fail; i++)
		any |= gives(&f->fail[i], FACT_MLFID);
	return any;
}

/* What one failregex needs in the line. */
static void one_word(struct f2b_filter *f, size_t i)
{
	const struct python_literal *any;
	size_t n = expr_any(f->fail[i].expr, &any);
	bool known = n > 0;

	for (size_t k = 0; k < n; k++)
		known &= any[k].n > 2;
	if (!known) {
		f->always[i / 64] |= UINT64_C(1) << i % 64;
		return;
	}
	if (n == 1 && any->n < SHORT && f->n_short < SHORT_MAX) {
		f->shorts[f->n_short].text = (struct str){ any->p, any->n };
		f->shorts[f->n_short++].fail = i;
		return;
	}
	for (size_t k = 0; k < n; k++)
		literals_add(f->words, (struct str){ any[k].p, any[k].n },
		    LITERAL_ANYWHERE, (uint16_t)i);
}

static void all_words(struct f2b_filter *f)
{
	literals_new(&f->words, false);
	f->n_bits = (f->n_fail + 63) / 64;
	f->always = mem_new(f->n_bits * 2 + 1, sizeof(*f->always));
	f->hope = f->always + f->n_bits;
	for (size_t i = 0; i < f->n_fail; i++)
		one_word(f, i);
	literals_ready(f->words);
}

static void all_dates(struct f2b_filter *f, const struct f2b_plan *plan)
{
	int32_t years =
	    1970 + (int32_t)(MAX(f->options.clock.now, 0) / 31556952) + 3;
	char why[PYTHON_WHY];
	int e;

	/* a log of the future is read too, one of a test's past as well */
	years = MAX(years, 2029);
	e = dates_new(&f->dates, plan->datepattern.text, years, why);
	if (e < 0) {
		filter_tell(f, &plan->datepattern,
		    "datepattern: %s; the default ones are used", why);
		e = dates_new(&f->dates, NULL, years, why);
	}
	if (e < 0)
		die("f2b: the default date templates: %s", why);
	if (plan->logtimezone.text &&
	    !dates_zone(str_of(plan->logtimezone.text), &f->options.clock.east))
		filter_tell(f, &plan->logtimezone,
		    "logtimezone = %.80s: write it as UTC+0200",
		    plan->logtimezone.text);
	else if (plan->logtimezone.text)
		f->options.clock.fixed = true;
}

int f2b_filter_new(struct f2b_filter **ret, const struct f2b_plan *plan,
    const struct f2b_options *options, f2b_tell *on_fault, void *arg)
{
	struct f2b_filter *f = mem_new(1, sizeof(*f));
	uint32_t maxlines = MIN(plan->maxlines, (uint32_t)F2B_LINES_MAX);
	bool many = maxlines > 1;

	f->options = *options;
	f->tell = on_fault;
	f->arg = arg;
	f->jail = pool_str(&f->pool, str_of(plan->jail));
	f->names = plan->names;
	f->journal = plan->journal;
	for (size_t i = 0; i < FACTS_KNOWN; i++)
		fact_of(f, known_facts[i]);
	expr_room_new(&f->room);
	all_dates(f, plan);
	if (plan->prefregex.text && plan->prefregex.text[0])
		rx_new(f, &f->pre, &plan->prefregex, "prefregex", false);
	all_fail(f, plan, many);
	all_ignore(f, plan);
	if (has_sessions(f))
		sessions_new(&f->sessions, f->n_facts);
	if (many)
		lines_new(&f->lines, maxlines);
	else if (!options->explain)
		all_words(f);
	/* a wrong byte takes three when it is replaced */
	f->washed = f->subject = TEXT(F2B_LINE_MAX * 3 + 8);
	f->subject.size = f->subject.max;
	f->subject.p = mem_new(1, f->subject.size);
	f->tuples = TEXT(TUPLES_MAX);
	f->tuples.size = f->tuples.max;
	f->tuples.p = mem_new(1, f->tuples.size);
	if (f->n_fail == 0 ||
	    (plan->prefregex.text && plan->prefregex.text[0] && !f->pre.expr)) {
		f2b_filter_free(&f);
		return -EINVAL;
	}
	*ret = f;
	return 0;
}

void f2b_filter_free(struct f2b_filter **fp)
{
	struct f2b_filter *f = *fp;

	if (!f)
		return;
	rx_drop(&f->pre);
	for (size_t i = 0; i < f->n_fail; i++)
		rx_drop(&f->fail[i]);
	for (size_t i = 0; i < f->n_ignore; i++)
		rx_drop(&f->ignore[i]);
	free(f->fail);
	free(f->ignore);
	dates_free(&f->dates);
	expr_room_free(&f->room);
	sessions_free(&f->sessions);
	lines_free(&f->lines);
	literals_free(&f->words);
	free(f->always);
	text_drop(&f->subject);
	text_drop(&f->washed);
	text_drop(&f->tuples);
	pool_drop(&f->pool);
	free_ptr(fp);
}
