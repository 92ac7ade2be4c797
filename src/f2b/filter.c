#include "f2b/filter_parts.h"

/* near: its literal is known to be in the text. */
static int run(struct f2b_filter *f, struct rx *x, struct str s, bool near)
{
	bool ascii = f->ascii && (!f->lines || x->many);
	int got = near ? expr_run_near(x->expr, f->room, s, ascii)
		       : expr_run(x->expr, f->room, s, ascii);

	if (likely(got != EXPR_LIMIT))
		return got;
	f->limits++;
	f->why = F2B_OVER_LIMIT;
	if (!x->told)
		filter_tell(f, &x->text,
		    "an expression ran for too long on a line, which counts as "
		    "not matched (said once): %.200s",
		    x->text.text);
	x->told = true;
	return got;
}

static bool ignored(struct f2b_filter *f, struct str s)
{
	for (size_t i = 0; i < f->n_ignore; i++)
		if (run(f, &f->ignore[i], s, false) == EXPR_HIT) {
			f->why = F2B_IGNORED;
			return true;
		}
	return false;
}

static const struct f2b_failure *report(struct f2b_filter *f, unsigned regex)
{
	struct f2b_failure *x = &f->failure;

	*x = (struct f2b_failure){ .regex = regex,
		.dated = f->dated,
		.utc = f->utc,
		.attempts = f->view.lines,
		.fields = f->fields,
		.users = f->view.users,
		.n_users = f->view.n_users };
	if (!filter_identify(f, x)) {
		session_pending(&f->view);
		f->why = F2B_PENDING;
		return NULL;
	}
	for (size_t i = 0; i < f->n_facts; i++)
		if (f->view.fact[i].p && i != FACT_CONTENT &&
		    i != FACT_NOFAIL && i != FACT_GAINED)
			f->fields[x->n_fields++] =
			    (struct f2b_field){ f->fact_name[i],
				    f->view.fact[i] };
	f->why = F2B_MATCHED;
	return x;
}

/* A failregex has matched: what the line and its session make of it. */
static const struct f2b_failure *judge(struct f2b_filter *f, unsigned regex,
    uint32_t lines)
{
	struct session_view *v = &f->view;

	if (v->fact[FACT_MLFID].p && f->sessions) {
		sessions_merge(f->sessions, v, lines, f->options.clock.now);
	} else {
		v->nofail = v->fact[FACT_NOFAIL].n || v->fact[FACT_GAINED].n;
		v->lines = lines;
	}
	if (v->nofail) {
		f->why = F2B_NO_FAILURE;
		return NULL;
	}
	return report(f, regex);
}

/* The text that the failregexes see; false: prefregex does not match. Of
 * several lines that becomes all that is left. */
static bool prefix(struct f2b_filter *f, struct str *text)
{
	struct str content;

	if (!f->pre.expr)
		return true;
	if (run(f, &f->pre, *text, false) != EXPR_HIT) {
		if (f->why != F2B_OVER_LIMIT)
			f->why = F2B_NO_PREFREGEX;
		return false;
	}
	filter_take(f, &f->pre);
	content = f->view.fact[FACT_CONTENT];
	if (content.n == 0)
		return true;
	if (content.p + content.n < text->p + text->n &&
	    content.p[content.n] == '\n') {
		*text = (struct str){ content.p, content.n + 1 };
	} else {
		f->washed.n = 0; /* it ends within the line */
		text_add(&f->washed, content);
		text_char(&f->washed, '\n');
		*text = text_str(&f->washed);
	}
	if (f->lines)
		lines_only(f->lines, *text, f->ascii);
	return true;
}

/* Which failregexes could match, by their literals; false: none. */
static bool hopeful(struct f2b_filter *f, struct str text)
{
	uint64_t any = 0;
	size_t n;
	const uint16_t *found = literals_find(f->words, text, 0, &n);

	memcpy(f->hope, f->always, f->n_bits * sizeof(*f->hope));
	for (size_t i = 0; i < n; i++)
		f->hope[found[i] / 64] |= UINT64_C(1) << found[i] % 64;
	for (size_t i = 0; i < f->n_short; i++) {
		struct str w = f->shorts[i].text;
		size_t k = f->shorts[i].fail;

		if (str_find(text, w) != SIZE_MAX)
			f->hope[k / 64] |= UINT64_C(1) << k % 64;
	}
	for (size_t i = 0; i < f->n_bits; i++)
		any |= f->hope[i];
	return any;
}

/* The next one from i on that is to be tried. */
static size_t next_fail(const struct f2b_filter *f, size_t i)
{
	uint64_t bits;

	if (!f->words || i >= f->n_fail)
		return i;
	bits = f->hope[i / 64] >> i % 64;
	if (bits)
		return i + (size_t)__builtin_ctzll(bits);
	for (i = i / 64 + 1; i < f->n_bits; i++)
		if (f->hope[i])
			return i * 64 + (size_t)__builtin_ctzll(f->hope[i]);
	return f->n_fail;
}

const struct f2b_failure *f2b_filter_feed(struct f2b_filter *f,
    const struct f2b_line *line)
{
	bool early = f->n_ignore + 2 < f->n_fail;
	struct str text;

	f->why = F2B_NO_FAILREGEX;
	f->hit = -1;
	text = filter_date(f, line);
	f->seen = text;
	memset(f->view.fact, 0, f->n_facts * sizeof(*f->view.fact));
	f->view.session = NULL;
	f->view.n_users = 0;
	f->tuples.n = 0;
	if (f->options.age != F2B_ANY_AGE && !filter_in_time(f))
		return NULL;
	if (early && ignored(f, text))
		return NULL;
	if (f->lines) {
		lines_add(f->lines, text, f->ascii);
		text = lines_text(f->lines, &f->ascii);
	}
	if (f->words && !hopeful(f, text))
		return NULL;
	if (!prefix(f, &text))
		return NULL;
	f->seen = text;
	for (size_t i = next_fail(f, 0); i < f->n_fail;
	     i = next_fail(f, i + 1)) {
		uint32_t lines = 1;

		if (run(f, &f->fail[i], text, f->words) != EXPR_HIT)
			continue;
		filter_take(f, &f->fail[i]);
		f->hit = (int)i;
		if (f->lines)
			lines = (uint32_t)lines_take(f->lines, text,
			    f->fail[i].expr, f->room);
		if (f->n_ignore &&
		    ignored(f, f->lines ? lines_taken(f->lines) : text))
			return NULL;
		return judge(f, (unsigned)i, lines);
	}
	return NULL;
}

enum f2b_why f2b_filter_why(const struct f2b_filter *f)
{
	return f->why;
}

bool f2b_filter_date(const struct f2b_filter *f, int64_t *utc)
{
	*utc = f->utc;
	return f->dated;
}

uint64_t f2b_filter_limits(const struct f2b_filter *f)
{
	return f->limits;
}

struct str f2b_filter_seen(const struct f2b_filter *f)
{
	return f->seen;
}
