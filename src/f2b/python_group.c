#include "f2b/python_parts.h"

static unsigned flag_of(int c)
{
	return c == 'i' ? CASELESS : c == 'x' ? VERBOSE : 0;
}

/* "i", "im-s": what PCRE2 has of them goes to the output. */
static bool flags(struct read *r, unsigned *on, unsigned *off, char out[16])
{
	bool minus = false;
	size_t n = 0;

	*on = *off = 0;
	for (; letter(peek(r, 0)) || peek(r, 0) == '-'; r->at++) {
		int c = peek(r, 0);

		if (c == '-') {
			if (minus)
				return python_fail(r, "two - among flags");
			minus = true;
			if (n < 14)
				out[n++] = '-';
			continue;
		}
		if (!memchr("aiLmsux", c, 7))
			return python_fail(r, "no flag is called %c", c);
		if (c == 'a')
			r->to->narrow = true;
		*(minus ? off : on) |= flag_of(c);
		if (memchr("ims", c, 3) && n < 14)
			out[n++] = (char)c;
	}
	out[n] = '\0';
	return true;
}

static bool group_end(struct read *r)
{
	if (peek(r, 0) != ')')
		return python_fail(r, "a ( is not closed");
	r->at++;
	text_char(&r->to->pcre, ')');
	return true;
}

/* before: the flags that hold again behind it. */
static bool group_of(struct read *r, struct part *p, unsigned before)
{
	bool ok;

	if (++r->depth > DEPTH_MAX)
		return python_fail(r, "groups are nested over %d deep",
		    DEPTH_MAX);
	ok = read_alternatives(r, p) && group_end(r);
	r->depth--;
	r->flags = before;
	return ok;
}

static bool group_body(struct read *r, struct part *p)
{
	return group_of(r, p, r->flags);
}

static bool name(struct read *r, int end, struct str *ret)
{
	size_t from = r->at;

	while (word(peek(r, 0)))
		r->at++;
	*ret = (struct str){ r->in.p + from, r->at - from };
	if (ret->n == 0 || peek(r, 0) != end)
		return python_fail(r,
		    "a group's name is made of letters, digits and "
		    "_ in ASCII");
	if (ret->n > 32)
		return python_fail(r, "a group's name is over 32 letters");
	r->at++;
	return true;
}

static bool flag_group(struct read *r, struct part *p)
{
	unsigned on, off, before = r->flags;
	char out[16];
	size_t from = r->at;

	if (!flags(r, &on, &off, out))
		return false;
	if (peek(r, 0) == ')') { /* of the whole, wherever it stands */
		struct str had = { r->in.p + from, r->at - from };

		r->at++;
		r->global |= on;
		r->flags |= on;
		r->many |= had.n && memchr(had.p, 'm', had.n);
		r->single |= had.n && memchr(had.p, 's', had.n);
		*p = (struct part){ .nullable = true, .zero = true };
		if (peek(r, 0) >= 0 && memchr("*+?{", peek(r, 0), 4))
			return python_fail(r, "flags are repeated");
		return true;
	}
	if (peek(r, 0) != ':')
		return python_fail(r, "no such group: (?");
	r->at++;
	put(r, "(?");
	put(r, out);
	put(r, ":");
	r->many_here |= strchr(out, 'm') != NULL;
	r->flags = (r->flags | on) & ~off;
	return group_of(r, p, before);
}

/* A place: what is in it says nothing about where the match begins. */
static bool look_around(struct read *r, const char *open, struct part *p)
{
	struct python_holds had = r->to->holds;
	bool ok;

	put(r, open);
	r->at += strlen(open) - 1;
	ok = group_body(r, p);
	r->to->holds = had;
	*p = (struct part){ .nullable = true, .zero = true };
	return ok;
}

/* (?(name)yes|no) */
static bool conditional(struct read *r, struct part *p)
{
	struct python_holds had = r->to->holds;
	struct str n;
	bool ok;

	r->at += 2;
	if (!name(r, ')', &n))
		return false;
	put(r, digit(n.p[0]) ? "(?(" : "(?(<");
	text_add(&r->to->pcre, n);
	put(r, digit(n.p[0]) ? ")" : ">)");
	ok = group_body(r, p);
	r->to->holds = had;
	*p = (struct part){ .nullable = true, .first = byteset_all };
	return ok;
}

static bool named(struct read *r, struct part *p)
{
	struct str n;

	if (peek(r, 2) == '=') {
		r->at += 3;
		if (!name(r, ')', &n))
			return false;
		put(r, "(?P=");
		text_add(&r->to->pcre, n);
		put(r, ")");
		*p = (struct part){ .nullable = true, .first = byteset_all };
		return true;
	}
	if (peek(r, 2) != '<')
		return python_fail(r, "no such group: (?P");
	r->at += 3;
	if (!name(r, '>', &n))
		return false;
	if (digit(n.p[0]))
		return python_fail(r, "a group's name begins with a digit");
	put(r, "(?P<");
	text_add(&r->to->pcre, n);
	put(r, ">");
	return group_body(r, p);
}

/* "(?i)" stands there. */
static bool is_flags(const struct read *r, size_t ahead)
{
	size_t at = ahead + 2;

	if (peek(r, ahead) != '(' || peek(r, ahead + 1) != '?')
		return false;
	while (letter(peek(r, at)))
		at++;
	return at > ahead + 2 && peek(r, at) == ')';
}

/* ((?i)...) and (?:(?i)...) stand for (?i:...) */
static bool flags_first(struct read *r, struct part *p)
{
	unsigned on, off, before = r->flags;
	char out[16];

	r->at += 2;
	if (!flags(r, &on, &off, out))
		return false;
	r->at++;
	put(r, "(?");
	put(r, out);
	put(r, ":");
	r->many_here |= strchr(out, 'm') != NULL;
	r->flags |= on;
	return group_of(r, p, before);
}

/* After its "(". */
bool read_group(struct read *r, struct part *p)
{
	if (peek(r, 0) != '?') {
		if (is_flags(r, 0))
			return flags_first(r, p);
		put(r, "(");
		return group_body(r, p);
	}
	switch (peek(r, 1)) {
	case ':':
		r->at += 2;
		if (is_flags(r, 0))
			return flags_first(r, p);
		put(r, "(?:");
		return group_body(r, p);
	case '>':
		r->to->atomic = true;
		put(r, "(?>");
		r->at += 2;
		return group_body(r, p);
	case '=':
		return look_around(r, "(?=", p);
	case '!':
		return look_around(r, "(?!", p);
	case '(':
		return conditional(r, p);
	case 'P':
		return named(r, p);
	case '<':
		if (peek(r, 2) == '=')
			return look_around(r, "(?<=", p);
		if (peek(r, 2) == '!')
			return look_around(r, "(?<!", p);
		return python_fail(r, "a named group is written (?P<name>...)");
	default:
		r->at++;
		return flag_group(r, p);
	}
}
