#include "rule/pattern.h"

#include <stdarg.h>
#include <stdio.h>

#include "rule/field.h"
#include "rule/keys.h"

enum {
	DEPTH = 20
};

/* A growing run of bytes. */
struct text {
	char *p;
	size_t n, room;
};

struct reader {
	struct str in; /* what is still to be read */
	struct pattern *p;
	struct text out;
	bool opaque;
	char *why;
	int depth;
	bool after_literal; /* what was emitted last was a literal byte */
};

static void text_add(struct text *t, const void *p, size_t n)
{
	if (t->n + n + 1 > t->room) {
		t->room = (t->n + n + 1) * 2;
		t->p = mem_grow(t->p, t->room, 1);
	}
	memcpy(t->p + t->n, p, n);
	t->n += n;
	t->p[t->n] = '\0';
}

static void emit(struct reader *r, const char *z)
{
	text_add(&r->out, z, strlen(z));
}

static int bad(struct reader *r, const char *fmt, ...) PRINTF(2, 3);

static int bad(struct reader *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->why, WHY_MAX, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static bool more(const struct reader *r)
{
	return r->in.n > 0;
}

static char peek(const struct reader *r, size_t i)
{
	return i < r->in.n ? r->in.p[i] : '\0';
}

static void skip(struct reader *r, size_t n)
{
	r->in = str_from(r->in, n);
}

/* ---- parts ---------------------------------------------------------- */

static void sequence_drop(struct sequence *s);

static void part_drop(struct part *t)
{
	for (size_t i = 0; i < t->n_alternatives; i++)
		sequence_drop(&t->alternatives[i]);
	free(t->alternatives);
	free(t->bytes);
}

static void sequence_drop(struct sequence *s)
{
	for (size_t i = 0; i < s->n; i++)
		part_drop(&s->parts[i]);
	free(s->parts);
}

static struct part *part_add(struct sequence *s, enum part_kind kind)
{
	s->parts = mem_grow(s->parts, s->n + 1, sizeof(*s->parts));
	s->parts[s->n] = (struct part){ .kind = kind, .field = NO_FIELD };
	return &s->parts[s->n++];
}

static void add_literal(struct sequence *s, char c)
{
	struct part *t = s->n ? &s->parts[s->n - 1] : NULL;

	if (!t || t->kind != PART_LITERAL)
		t = part_add(s, PART_LITERAL);
	t->bytes = mem_grow(t->bytes, t->n + 1, 1);
	t->bytes[t->n++] = c;
}

static void add_run(struct sequence *s, const struct byteset *set, uint32_t min,
    uint32_t max)
{
	struct part *t = part_add(s, PART_RUN);

	t->set = *set;
	t->min = min;
	t->max = max;
}

/* ---- quantifiers ---------------------------------------------------- */

struct times {
	bool given, plain; /* plain: neither possessive nor beyond us */
	uint32_t min, max;
};

/* "{n}", "{n,}", "{n,m}"; false if the brace is only a brace to PCRE2. */
static bool braces(struct str in, struct times *t, size_t *len)
{
	struct str inner, low;
	const char *end = in.n ? memchr(in.p, '}', in.n) : NULL;

	if (!end)
		return false;
	inner = (struct str){ in.p + 1, (size_t)(end - in.p) - 1 };
	*len = inner.n + 2;
	if (!str_cut(&inner, ',', &low)) {
		if (!str_u32(inner, 65535, &t->min))
			return false;
		t->max = t->min;
		return true;
	}
	t->max = RUN_ENDLESS;
	return str_u32(low, 65535, &t->min) &&
	       (inner.n == 0 || str_u32(inner, 65535, &t->max));
}

/* Reads and emits a quantifier if one stands here. */
static struct times quantifier(struct reader *r)
{
	struct times t = { .plain = true, .min = 1, .max = 1 };
	size_t len = 1;

	switch (peek(r, 0)) {
	case '?':
		t.min = 0;
		break;
	case '*':
		t.min = 0;
		t.max = RUN_ENDLESS;
		break;
	case '+':
		t.max = RUN_ENDLESS;
		break;
	case '{':
		if (braces(r->in, &t, &len))
			break;
		return t;
	default:
		return t;
	}
	t.given = true;
	if (peek(r, len) == '?')
		len++;
	else if (peek(r, len) == '+')
		t.plain = false, len++;
	text_add(&r->out, r->in.p, len);
	skip(r, len);
	return t;
}

/* ---- fields --------------------------------------------------------- */

/* Whether a ':' follows at once, as before a port. */
static bool emit_ip(struct reader *r)
{
	bool colon =
	    peek(r, 0) == ':' || (peek(r, 0) == '\\' && peek(r, 1) == ':');

	if (!r->after_literal)
		emit(r, IP_LEFT);
	emit(r, "(?:" IP_V4 "|" IP_V6);
	emit(r, colon ? ")" : "(?!:[0-9A-Fa-f:]))");
	emit(r, IP_RIGHT);
	return colon;
}

static bool is_field_name(struct str s)
{
	if (s.n == 0 || s.n >= FIELD_NAME ||
	    !(s.p[0] == '_' || (s.p[0] >= 'a' && s.p[0] <= 'z')))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '_' && c != '-')
			return false;
	}
	return true;
}

static int class_of(struct reader *r, struct str name, struct str class,
    enum field_class *ret)
{
	char shown[40];

	for (size_t i = 0; field_class_names[i]; i++) {
		if (str_eq(class, str_of(field_class_names[i]))) {
			*ret = (enum field_class)i;
			return 0;
		}
	}
	if (!class.p) {
		*ret = field_default(name);
		return 0;
	}
	str_show(class, shown, sizeof(shown));
	return bad(r, "unknown class \"%s\"%s%s", shown,
	    near_word(class, field_class_names) ? "; perhaps " : "",
	    near_word(class, field_class_names)
		? near_word(class, field_class_names)
		: "");
}

static int field_new(struct reader *r, struct str name, int *ret)
{
	struct pattern *p = r->p;
	char group[16];

	*ret = NO_FIELD;
	if (str_eq(name, STR("_"))) {
		emit(r, "(?:");
		return 0;
	}
	if (p->n_fields == PATTERN_FIELDS)
		return bad(r,
		    "more than %d fields; use <_> for those that "
		    "nobody needs",
		    PATTERN_FIELDS);
	*ret = (int)p->n_fields;
	snprintf(group, sizeof(group), "(?<f%d>", *ret);
	emit(r, group);
	p->fields = mem_grow(p->fields, p->n_fields + 1, FIELD_NAME);
	memset(p->fields[p->n_fields], 0, FIELD_NAME);
	memcpy(p->fields[p->n_fields++], name.p, name.n);
	return 0;
}

/* At a '<'. */
static int read_field(struct reader *r, struct sequence *s)
{
	static const char how[] = "a field is <name> or <name:class>; a "
				  "literal < is written \\<";
	struct str inner, name;
	enum field_class class = CLASS_WORD;
	const char *end = memchr(r->in.p, '>', r->in.n);
	struct part *t;
	int field, e;

	if (!end)
		return bad(r, how);
	inner = (struct str){ r->in.p + 1, (size_t)(end - r->in.p) - 1 };
	skip(r, inner.n + 2);
	if (!str_cut(&inner, ':', &name)) {
		name = inner;
		inner = (struct str){ 0 };
	}
	if (!is_field_name(name))
		return bad(r, how);
	e = class_of(r, name, inner, &class);
	if (e == 0)
		e = field_new(r, name, &field);
	if (e < 0)
		return e;

	if (str_eq(name, STR("ip"))) {
		if (class != CLASS_IP)
			return bad(r, "<ip> is always an address; name another "
				      "field otherwise");
		r->p->captures_ip = true;
	}
	t = part_add(s, class == CLASS_IP     ? PART_IP
			: class == CLASS_DATE ? PART_DATE
					      : PART_RUN);
	t->field = field;
	if (class == CLASS_IP)
		t->colon = emit_ip(r);
	else
		emit(r, field_regex(class));
	t->max = RUN_ENDLESS;
	field_set(class, &t->set, &t->min);
	emit(r, ")");
	r->after_literal = false;
	if (peek(r, 0) && strchr("?*+", peek(r, 0)))
		return bad(r, "a field takes no %c; write (?:<...>)%c",
		    peek(r, 0), peek(r, 0));
	return 0;
}

/* ---- escapes and classes --------------------------------------------- */

static void after_set(struct reader *r, struct sequence *s,
    const struct byteset *set)
{
	struct times t = quantifier(r);

	r->after_literal = false;
	if (t.plain)
		add_run(s, set, t.min, t.max);
	else
		part_add(s, PART_RAW);
}

/* A byte that stands for itself, perhaps with a quantifier. */
static void after_byte(struct reader *r, struct sequence *s, char c)
{
	struct times t = quantifier(r);
	struct byteset set = { 0 };

	r->after_literal = !t.given;
	if (!t.given) {
		add_literal(s, c);
		return;
	}
	byteset_add(&set, (uint8_t)c);
	if (t.plain)
		add_run(s, &set, t.min, t.max);
	else
		part_add(s, PART_RAW);
}

/* len bytes go to PCRE2 as they are. */
static void raw(struct reader *r, struct sequence *s, size_t len)
{
	text_add(&r->out, r->in.p, len);
	skip(r, len);
	quantifier(r);
	part_add(s, PART_RAW);
	r->after_literal = false;
}

static int read_class(struct reader *r, struct sequence *s)
{
	struct byteset set;
	size_t len = class_read(r->in, &set);

	if (len) {
		text_add(&r->out, r->in.p, len);
		skip(r, len);
		after_set(r, s, &set);
		return 0;
	}
	len = class_length(r->in);
	if (len == 0)
		return bad(r, "a [ without its ]; a literal [ is written \\[");
	raw(r, s, len);
	return 0;
}

static int read_quoted(struct reader *r, struct sequence *s)
{
	size_t end = str_find(r->in, STR("\\E")), i;

	if (end == SIZE_MAX)
		end = r->in.n;
	text_add(&r->out, r->in.p, MIN(end + 2, r->in.n));
	for (i = 2; i < end; i++)
		add_literal(s, r->in.p[i]);
	skip(r, end + 2);
	r->after_literal = true;
	if (peek(r, 0) && strchr("?*+{", peek(r, 0)))
		return bad(r, "a quantifier after \\E; use (?:...)");
	return 0;
}

static int read_escape(struct reader *r, struct sequence *s)
{
	char next = peek(r, 1), c;
	struct byteset set;
	size_t len;

	if (r->in.n < 2)
		return bad(r, "a lone \\ at the end");
	if (next == 'Q')
		return read_quoted(r, s);
	if (next == 'k' || next == 'g' || (next >= '1' && next <= '9'))
		return bad(r, "no back references here; name a field or match "
			      "it twice");
	len = escaped_byte(r->in, &c);
	if (len) {
		text_add(&r->out, r->in.p, len);
		skip(r, len);
		after_byte(r, s, c);
		return 0;
	}
	if (byteset_named(next, &set)) {
		text_add(&r->out, r->in.p, 2);
		skip(r, 2);
		after_set(r, s, &set);
		return 0;
	}
	len = 2;
	if (peek(r, 2) == '{' && memchr(r->in.p, '}', r->in.n))
		len = (size_t)((const char *)memchr(r->in.p, '}', r->in.n) -
			       r->in.p) +
		      1;
	raw(r, s, len);
	return 0;
}

/* ---- groups --------------------------------------------------------- */

static int read_alternatives(struct reader *r, struct sequence **ret,
    size_t *n);

static int read_verb(struct reader *r, struct sequence *s)
{
	const char *end = memchr(r->in.p, ')', r->in.n);

	if (!end)
		return bad(r, "a ( without its )");
	r->opaque = true;
	raw(r, s, (size_t)(end - r->in.p) + 1);
	return 0;
}

/* "(?i:" and the like: its length, or 0. */
static size_t option_opening(struct str in)
{
	size_t i = 2;

	while (i < in.n && (strchr("^-", in.p[i]) || (in.p[i] | 32) >= 'a') &&
	       (in.p[i] | 32) <= 'z' && in.p[i])
		i++;
	return i > 2 && i < in.n && in.p[i] == ':' ? i + 1 : 0;
}

/* How a group opens: the length of that, 0 if we do not take it. */
static size_t group_opening(struct reader *r, bool *plain, bool *comment)
{
	static const char *const looks[] = { "(?=", "(?!", "(?>",
		"(?<=", "(?<!", "(?|" };

	*plain = true;
	*comment = false;
	if (!str_starts(r->in, STR("(?")))
		return 1;
	if (str_starts(r->in, STR("(?:")))
		return 3;
	*plain = false;
	for (size_t i = 0; i < countof(looks); i++) {
		if (str_starts(r->in, str_of(looks[i])))
			return strlen(looks[i]);
	}
	if (option_opening(r->in)) {
		r->opaque = true;
		return option_opening(r->in);
	}
	*comment = !strchr("<P'&RC(", peek(r, 2)) && peek(r, 2);
	return 0;
}

static int read_group(struct reader *r, struct sequence *s)
{
	struct sequence *alternatives = NULL;
	size_t n = 0, len;
	bool plain, option;
	struct times t;
	struct part *g;
	int e;

	if (peek(r, 1) == '*')
		return read_verb(r, s);
	len = group_opening(r, &plain, &option);
	if (len == 0 && option)
		return read_verb(r, s);
	if (len == 0)
		return bad(r, "no named groups, calls or conditions here; a "
			      "field is <name>");
	text_add(&r->out, r->in.p, len);
	skip(r, len);
	r->after_literal = false;
	if (++r->depth > DEPTH)
		return bad(r, "groups nest deeper than %d", DEPTH);
	e = read_alternatives(r, &alternatives, &n);
	r->depth--;
	g = part_add(s, PART_GROUP);
	g->alternatives = alternatives;
	g->n_alternatives = n;
	if (e < 0)
		return e;
	if (peek(r, 0) != ')')
		return bad(r, "a ( without its )");
	emit(r, ")");
	skip(r, 1);
	t = quantifier(r);
	g->optional = t.min == 0;
	if (!plain || !t.plain || t.max != 1)
		g->kind = PART_RAW;
	r->after_literal = false;
	return 0;
}

static int read_part(struct reader *r, struct sequence *s)
{
	char c = peek(r, 0);

	switch (c) {
	case '<':
		return read_field(r, s);
	case '\\':
		return read_escape(r, s);
	case '[':
		return read_class(r, s);
	case '(':
		return read_group(r, s);
	case '.':
		emit(r, ".");
		skip(r, 1);
		after_set(r, s, &byteset_all);
		return 0;
	case '^':
	case '$':
		raw(r, s, 1);
		return 0;
	case '?':
	case '*':
	case '+':
		return bad(r,
		    "a %c that repeats nothing; literally it is "
		    "\\%c",
		    c, c);
	default:
		text_add(&r->out, r->in.p, 1);
		skip(r, 1);
		after_byte(r, s, c);
		return 0;
	}
}

/* Up to the closing bracket or the end. What was read belongs to *ret, also
 * after a fault. */
static int read_alternatives(struct reader *r, struct sequence **ret, size_t *n)
{
	int e = 0;

	for (;;) {
		*ret = mem_grow(*ret, *n + 1, sizeof(**ret));
		(*ret)[(*n)++] = (struct sequence){ 0 };
		while (
		    e == 0 && more(r) && peek(r, 0) != '|' && peek(r, 0) != ')')
			e = read_part(r, &(*ret)[*n - 1]);
		if (e < 0 || peek(r, 0) != '|')
			return e;
		emit(r, "|");
		skip(r, 1);
		r->after_literal = false;
	}
}

/* The anchors are implied; people write them all the same. */
static struct str without_anchors(struct str s)
{
	if (s.n && s.p[0] == '^')
		s = str_from(s, 1);
	if (s.n > 1 && s.p[s.n - 1] == '$' && s.p[s.n - 2] != '\\')
		s.n--;
	return s;
}

/* Options and verbs change what the rest means: then we know nothing. */
static void make_opaque(struct pattern *p)
{
	for (size_t i = 0; i < p->n_alternatives; i++)
		sequence_drop(&p->alternatives[i]);
	p->n_alternatives = 1;
	p->alternatives[0] = (struct sequence){ 0 };
	part_add(&p->alternatives[0], PART_RAW);
}

int pattern_parse(struct pattern **ret, struct str text,
    char why[static WHY_MAX])
{
	struct pattern *p = mem_new(1, sizeof(*p));
	struct reader r = { .p = p, .why = why };
	int e;

	r.in = without_anchors(text);
	text_add(&r.out, "", 0);
	e = read_alternatives(&r, &p->alternatives, &p->n_alternatives);
	if (e == 0 && more(&r))
		e = bad(&r, "a ) without its (; a literal ) is written \\)");
	p->regex = r.out.p;
	p->n = r.out.n;
	if (e < 0) {
		pattern_free(&p);
		return e;
	}
	if (r.opaque)
		make_opaque(p);
	*ret = p;
	return 0;
}

void pattern_free(struct pattern **pp)
{
	struct pattern *p = *pp;

	if (!p)
		return;
	for (size_t i = 0; i < p->n_alternatives; i++)
		sequence_drop(&p->alternatives[i]);
	free(p->alternatives);
	free(p->regex);
	free(p->fields);
	free(p);
	*pp = NULL;
}

void pattern_forget_regex(struct pattern *p)
{
	free_ptr(&p->regex);
	p->n = 0;
}

int pattern_field(const struct pattern *p, struct str name)
{
	for (size_t i = 0; i < p->n_fields; i++) {
		if (str_eq(name, str_of(p->fields[i])))
			return (int)i;
	}
	return NO_FIELD;
}
