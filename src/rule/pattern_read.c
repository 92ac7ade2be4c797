#include "rule/pattern_read.h"

#include <stdarg.h>
#include <stdio.h>

#include "rule/field.h"
#include "rule/keys.h"

void reader_text(struct text *t, const void *p, size_t n)
{
	if (t->n + n + 1 > t->room) {
		t->room = (t->n + n + 1) * 2;
		t->p = mem_grow(t->p, t->room, 1);
	}
	memcpy(t->p + t->n, p, n);
	t->n += n;
	t->p[t->n] = '\0';
}

void reader_emit(struct pattern_reader *r, const char *z)
{
	reader_text(&r->out, z, strlen(z));
}

int reader_bad(struct pattern_reader *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->why, WHY_MAX, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* ---- parts ---------------------------------------------------------- */

static void part_drop(struct part *t)
{
	for (size_t i = 0; i < t->n_alternatives; i++)
		sequence_drop(&t->alternatives[i]);
	free(t->alternatives);
	free(t->bytes);
}

void sequence_drop(struct sequence *s)
{
	for (size_t i = 0; i < s->n; i++)
		part_drop(&s->parts[i]);
	free(s->parts);
}

struct part *sequence_add(struct sequence *s, enum part_kind kind)
{
	s->parts = mem_grow(s->parts, s->n + 1, sizeof(*s->parts));
	s->parts[s->n] = (struct part){ .kind = kind, .field = NO_FIELD };
	return &s->parts[s->n++];
}

static void sequence_literal(struct sequence *s, char c)
{
	struct part *t = s->n ? &s->parts[s->n - 1] : NULL;

	if (!t || t->kind != PART_LITERAL)
		t = sequence_add(s, PART_LITERAL);
	t->bytes = mem_grow(t->bytes, t->n + 1, 1);
	t->bytes[t->n++] = c;
}

static void sequence_run(struct sequence *s, const struct byteset *set,
    uint32_t min, uint32_t max)
{
	struct part *t = sequence_add(s, PART_RUN);

	t->set = *set;
	t->min = min;
	t->max = max;
}

/* ---- quantifiers ---------------------------------------------------- */

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

struct times reader_quantifier(struct pattern_reader *r)
{
	struct times t = { .plain = true, .min = 1, .max = 1 };
	size_t len = 1;

	switch (reader_peek(r, 0)) {
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
	if (reader_peek(r, len) == '?')
		len++;
	else if (reader_peek(r, len) == '+')
		t.plain = false, len++;
	reader_text(&r->out, r->in.p, len);
	reader_skip(r, len);
	return t;
}

/* ---- fields --------------------------------------------------------- */

/* Whether a ':' follows at once, as before a port. */
static bool emit_ip(struct pattern_reader *r)
{
	bool colon = reader_peek(r, 0) == ':' ||
		     (reader_peek(r, 0) == '\\' && reader_peek(r, 1) == ':');

	if (!r->after_literal)
		reader_emit(r, IP_LEFT);
	reader_emit(r, "(?:" IP_V4 "|" IP_V6);
	reader_emit(r, colon ? ")" : "(?!:[0-9A-Fa-f:]))");
	reader_emit(r, IP_RIGHT);
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

static int class_of(struct pattern_reader *r, struct str name, struct str class,
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
	return reader_bad(r, "unknown class \"%s\"%s%s", shown,
	    near_word(class, field_class_names) ? "; perhaps " : "",
	    near_word(class, field_class_names)
		? near_word(class, field_class_names)
		: "");
}

static int field_new(struct pattern_reader *r, struct str name, int *ret)
{
	struct pattern *p = r->p;
	char group[16];

	*ret = NO_FIELD;
	if (str_eq(name, STR("_"))) {
		reader_emit(r, "(?:");
		return 0;
	}
	if (p->n_fields == PATTERN_FIELDS)
		return reader_bad(r,
		    "more than %d fields; use <_> for those that "
		    "nobody needs",
		    PATTERN_FIELDS);
	*ret = (int)p->n_fields;
	snprintf(group, sizeof(group), "(?<f%d>", *ret);
	reader_emit(r, group);
	p->fields = mem_grow(p->fields, p->n_fields + 1, FIELD_NAME);
	memset(p->fields[p->n_fields], 0, FIELD_NAME);
	memcpy(p->fields[p->n_fields++], name.p, name.n);
	return 0;
}

int reader_field(struct pattern_reader *r, struct sequence *s)
{
	static const char how[] = "a field is <name> or <name:class>; a "
				  "literal < is written \\<";
	struct str inner, name;
	enum field_class class = CLASS_WORD;
	const char *end = memchr(r->in.p, '>', r->in.n);
	struct times times;
	struct part *t;
	size_t len;
	int field, e;

	if (!end)
		return reader_bad(r, how);
	inner = (struct str){ r->in.p + 1, (size_t)(end - r->in.p) - 1 };
	reader_skip(r, inner.n + 2);
	if (!str_cut(&inner, ':', &name)) {
		name = inner;
		inner = (struct str){ 0 };
	}
	if (!is_field_name(name))
		return reader_bad(r, how);
	e = class_of(r, name, inner, &class);
	if (e == 0)
		e = field_new(r, name, &field);
	if (e < 0)
		return e;

	if (str_eq(name, STR("ip"))) {
		if (class != CLASS_IP)
			return reader_bad(r,
			    "<ip> is always an address; name another "
			    "field otherwise");
		r->p->captures_ip = true;
	}
	t = sequence_add(s, class == CLASS_IP     ? PART_IP
			    : class == CLASS_DATE ? PART_DATE
						  : PART_RUN);
	t->field = field;
	if (class == CLASS_IP)
		t->colon = emit_ip(r);
	else
		reader_emit(r, field_regex(class));
	t->max = RUN_ENDLESS;
	field_set(class, &t->set, &t->min);
	reader_emit(r, ")");
	r->after_literal = false;
	if ((reader_peek(r, 0) && strchr("?*+", reader_peek(r, 0))) ||
	    (reader_peek(r, 0) == '{' && braces(r->in, &times, &len)))
		return reader_bad(r, "a field takes no %c; write (?:<...>)%c",
		    reader_peek(r, 0), reader_peek(r, 0));
	return 0;
}

/* ---- escapes and classes --------------------------------------------- */

void reader_set(struct pattern_reader *r, struct sequence *s,
    const struct byteset *set)
{
	struct times t = reader_quantifier(r);

	r->after_literal = false;
	if (t.plain)
		sequence_run(s, set, t.min, t.max);
	else
		sequence_add(s, PART_RAW);
}

void reader_byte(struct pattern_reader *r, struct sequence *s, char c)
{
	struct times t = reader_quantifier(r);
	struct byteset set = { 0 };

	r->after_literal = !t.given;
	if (!t.given) {
		sequence_literal(s, c);
		return;
	}
	byteset_add(&set, (uint8_t)c);
	if (t.plain)
		sequence_run(s, &set, t.min, t.max);
	else
		sequence_add(s, PART_RAW);
}

void reader_raw(struct pattern_reader *r, struct sequence *s, size_t len)
{
	reader_text(&r->out, r->in.p, len);
	reader_skip(r, len);
	reader_quantifier(r);
	sequence_add(s, PART_RAW);
	r->after_literal = false;
}

int reader_class(struct pattern_reader *r, struct sequence *s)
{
	struct byteset set;
	size_t len = class_read(r->in, &set);

	if (len) {
		reader_text(&r->out, r->in.p, len);
		reader_skip(r, len);
		reader_set(r, s, &set);
		return 0;
	}
	len = class_length(r->in);
	if (len == 0)
		return reader_bad(r,
		    "a [ without its ]; a literal [ is written \\[");
	reader_raw(r, s, len);
	return 0;
}

static int read_quoted(struct pattern_reader *r, struct sequence *s)
{
	size_t end = str_find(r->in, STR("\\E")), i;

	if (end == SIZE_MAX)
		end = r->in.n;
	reader_text(&r->out, r->in.p, MIN(end + 2, r->in.n));
	for (i = 2; i < end; i++)
		sequence_literal(s, r->in.p[i]);
	reader_skip(r, end + 2);
	r->after_literal = true;
	if (reader_peek(r, 0) && strchr("?*+{", reader_peek(r, 0)))
		return reader_bad(r, "a quantifier after \\E; use (?:...)");
	return 0;
}

int reader_escape(struct pattern_reader *r, struct sequence *s)
{
	char next = reader_peek(r, 1), c;
	struct byteset set;
	size_t len;

	if (r->in.n < 2)
		return reader_bad(r, "a lone \\ at the end");
	if (next == 'Q')
		return read_quoted(r, s);
	if (next == 'k' || next == 'g' || (next >= '1' && next <= '9'))
		return reader_bad(r,
		    "no back references here; name a field or match "
		    "it twice");
	len = escaped_byte(r->in, &c);
	if (len) {
		reader_text(&r->out, r->in.p, len);
		reader_skip(r, len);
		reader_byte(r, s, c);
		return 0;
	}
	if (byteset_named(next, &set)) {
		reader_text(&r->out, r->in.p, 2);
		reader_skip(r, 2);
		reader_set(r, s, &set);
		return 0;
	}
	len = 2;
	if (reader_peek(r, 2) == '{' && memchr(r->in.p, '}', r->in.n))
		len = (size_t)((const char *)memchr(r->in.p, '}', r->in.n) -
			       r->in.p) +
		      1;
	reader_raw(r, s, len);
	return 0;
}
