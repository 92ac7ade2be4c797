#include "f2b/expr.h"

#include <stdio.h>

#include "rule/pcre.h"

/* Nothing that a filter means needs so many; what does is a trap. */
static const struct pcre_limits limits = {
	.groups = EXPR_GROUPS + 1,
	.match = 200000,
	.depth = 5000,
	.heap = 4096,
	.stack = 1 << 20,
};

struct expr {
	pcre2_code *fast; /* NULL: it is never in ASCII alone */
	pcre2_code *wide;
	uint32_t tail; /* of fast: this group goes on to the line's end */
	bool jit;
	bool anchored, has_first;
	struct byteset first;
	struct python_holds holds;
	struct python_literal *any; /* holds.n_any of them */
	size_t n_names;
	struct expr_name *names;
};

struct expr_room {
	struct pcre_room pcre;
	struct str subject;
	int groups;
};

void expr_room_new(struct expr_room **ret)
{
	struct expr_room *r = mem_new(1, sizeof(*r));

	pcre_room_init(&r->pcre, &limits);
	*ret = r;
}

void expr_room_free(struct expr_room **rp)
{
	if (!*rp)
		return;
	pcre_room_fini(&(*rp)->pcre);
	free_ptr(rp);
}

static pcre2_code *compile(struct str source, uint32_t options,
    char why[static PYTHON_WHY])
{
	pcre2_compile_context *c = pcre_context();

	pcre2_set_newline(c, PCRE2_NEWLINE_LF);
	pcre2_set_bsr(c, PCRE2_BSR_ANYCRLF);
	return pcre_compile(source, options, c, why, PYTHON_WHY);
}

static void names_read(struct expr *e)
{
	uint32_t n = 0, size = 0;
	PCRE2_SPTR table = NULL;

	pcre2_pattern_info(e->wide, PCRE2_INFO_NAMECOUNT, &n);
	pcre2_pattern_info(e->wide, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(e->wide, PCRE2_INFO_NAMETABLE, &table);
	e->names = mem_new(n ? n : 1, sizeof(*e->names));
	e->n_names = n;
	for (uint32_t i = 0; i < n; i++, table += size)
		e->names[i] =
		    (struct expr_name){ (uint16_t)(table[0] << 8 | table[1]),
			    (const char *)table + 2 };
}

/* Flags may change what "." and "$" are. */
static bool has_flags(struct str s)
{
	for (size_t i = 0; i + 2 < s.n; i++)
		if (s.p[i] == '(' && s.p[i + 1] == '?' &&
		    ((s.p[i + 2] | 32) >= 'a' && (s.p[i + 2] | 32) <= 'z') &&
		    s.p[i + 2] != 'P')
			return true;
	return false;
}

/* "(?P<name>" stands at the end, and its "(" is no text. */
static bool ends_opening(struct str s)
{
	size_t n = s.n;

	if (n == 0 || s.p[--n] != '>')
		return false;
	while (n > 0 && s.p[n - 1] != '<')
		n--;
	s = str_head(s, n);
	return str_ends(s, STR("(?P<")) && !str_ends(s, STR("\\(?P<"));
}

/* "(?P<name>.+)$" and ".*$" at the end take what is left of a line, whatever
 * it is: PCRE2 need not walk through it. The same without that end. */
static bool without_tail(struct str s, struct text *to, bool *grouped)
{
	bool some;

	*grouped = str_ends(s, STR(")$"));
	if (!str_ends(s, STR("$")) || has_flags(s))
		return false;
	s = str_head(s, s.n - (*grouped ? 2 : 1));
	some = str_ends(s, STR(".+"));
	if (!some && !str_ends(s, STR(".*")))
		return false;
	s = str_head(s, s.n - 2);
	if (*grouped ? !ends_opening(s) : str_ends(s, STR("\\")))
		return false;
	text_add(to, s);
	if (some)
		text_add(to, STR("(?=.)"));
	if (*grouped)
		text_char(to, ')');
	return true;
}

/* For lines in ASCII alone. */
static void make_fast(struct expr *e, const struct python *p, bool many,
    uint32_t options)
{
	auto_text struct text cut = TEXT(PYTHON_MAX);
	char why[PYTHON_WHY];
	bool grouped = false;

	if (!many && without_tail(text_str(&p->pcre), &cut, &grouped))
		e->fast = compile(text_str(&cut), options, why);
	if (e->fast && grouped) /* no other is opened behind it */
		pcre2_pattern_info(e->fast, PCRE2_INFO_CAPTURECOUNT, &e->tail);
	if (!e->fast)
		e->fast = compile(text_str(&p->pcre), options, why);
	if (e->fast)
		e->jit = pcre2_jit_compile(e->fast, PCRE2_JIT_COMPLETE) == 0;
}

static int both(struct expr *e, const struct python *p, bool many,
    char why[static PYTHON_WHY])
{
	/* PCRE2 10.42 thinks of " *(?:x)?+ " that x must be there when it makes
	 * what stands before it possessive */
	uint32_t common = PCRE2_NEVER_BACKSLASH_C | PCRE2_DUPNAMES |
			  (many ? PCRE2_MULTILINE : 0) |
			  (p->atomic ? PCRE2_NO_AUTO_POSSESS : 0);
	uint32_t unicode = PCRE2_UTF | (p->narrow ? 0 : PCRE2_UCP);
	uint32_t groups = 0;

	e->wide = compile(text_str(&p->pcre), common | unicode, why);
	if (!e->wide)
		return -EINVAL;
	pcre2_pattern_info(e->wide, PCRE2_INFO_CAPTURECOUNT, &groups);
	if (groups > EXPR_GROUPS) {
		snprintf(why, PYTHON_WHY, "over %d groups", EXPR_GROUPS);
		return -EINVAL;
	}
	if (p->ascii)
		make_fast(e, p, many, common);
	return 0;
}

int expr_new(struct expr **ret, struct str python, bool many,
    char why[static PYTHON_WHY])
{
	struct expr *e = mem_new(1, sizeof(*e));
	struct python p;
	int error = -EINVAL;

	if (python_read(python, &p, why))
		error = both(e, &p, many, why);
	if (error < 0) {
		python_drop(&p);
		expr_free(&e);
		return error;
	}
	e->anchored = p.anchored && !many;
	e->has_first = p.has_first;
	e->first = p.first;
	e->holds = p.holds;
	e->any = python_any(&p);
	names_read(e);
	python_drop(&p);
	*ret = e;
	return 0;
}

void expr_free(struct expr **ep)
{
	struct expr *e = *ep;

	if (!e)
		return;
	pcre2_code_free(e->fast);
	pcre2_code_free(e->wide);
	free(e->names);
	free(e->any);
	free_ptr(ep);
}

size_t expr_names(const struct expr *e, const struct expr_name **ret)
{
	*ret = e->names;
	return e->n_names;
}

unsigned expr_group(const struct expr *e, const char *name)
{
	for (size_t i = 0; i < e->n_names; i++)
		if (strcmp(e->names[i].name, name) == 0)
			return e->names[i].group;
	return 0;
}

static bool begins_wrong(const struct expr *e, struct str s)
{
	return e->anchored && e->has_first &&
	       (s.n == 0 || !byteset_has(&e->first, (uint8_t)s.p[0]));
}

static int ask(const struct expr *e, struct expr_room *room, struct str s,
    bool ascii)
{
	bool fast = ascii && e->fast;
	int rc = pcre_run(&room->pcre, fast ? e->fast : e->wide, fast && e->jit,
	    s, PCRE2_NO_UTF_CHECK);

	if (rc == PCRE2_ERROR_NOMATCH)
		return EXPR_NONE;
	if (rc < 0)
		return EXPR_LIMIT;
	room->subject = s;
	room->groups = rc;
	if (fast && e->tail && (int)e->tail < rc)
		pcre_places(&room->pcre)[2 * e->tail + 1] =
		    s.n - str_ends(s, STR("\n"));
	return EXPR_HIT;
}

int expr_run(const struct expr *e, struct expr_room *room, struct str subject,
    bool ascii)
{
	if (begins_wrong(e, subject))
		return EXPR_NONE;
	for (size_t i = 0; i < e->holds.n; i++) {
		const struct python_literal *l = &e->holds.literal[i];

		if (str_find(subject, (struct str){ l->p, l->n }) == SIZE_MAX)
			return EXPR_NONE;
	}
	return ask(e, room, subject, ascii);
}

int expr_run_near(const struct expr *e, struct expr_room *room,
    struct str subject, bool ascii)
{
	return begins_wrong(e, subject) ? EXPR_NONE
					: ask(e, room, subject, ascii);
}

size_t expr_any(const struct expr *e, const struct python_literal **ret)
{
	const struct python_holds *h = &e->holds;
	size_t least = PYTHON_LITERAL_MAX;

	for (size_t i = 0; i < h->n_any; i++)
		least = MIN(least, (size_t)e->any[i].n);
	if (h->n_any &&
	    (h->n == 0 || (h->literal[0].n < 7 && least > h->literal[0].n))) {
		*ret = e->any;
		return h->n_any;
	}
	*ret = h->literal;
	return h->n ? 1 : 0;
}

const size_t *expr_places(const struct expr_room *room, unsigned *n,
    const char **subject)
{
	*n = (unsigned)room->groups;
	*subject = room->subject.p;
	return pcre_places(&room->pcre);
}

struct str expr_found(const struct expr_room *room, unsigned group)
{
	return pcre_group(pcre_places(&room->pcre), room->groups, group,
	    room->subject);
}
