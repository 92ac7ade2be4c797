#include "line/parser.h"

#include "line/scan.h"

int line_parser_new(struct line_parser **ret, const char *zone, uint32_t now)
{
	struct zone *z;
	int e = zone_new(&z, zone);

	if (e < 0)
		return e;
	*ret = mem_new(1, sizeof(**ret));
	(*ret)->zone = z;
	(*ret)->now = now;
	return 0;
}

void line_parser_like(struct line_parser **ret, const struct line_parser *p)
{
	*ret = mem_new(1, sizeof(**ret));
	(*ret)->zone = zone_dup(p->zone);
	(*ret)->now = p->now;
}

void line_parser_free(struct line_parser **pp)
{
	if (!*pp)
		return;
	zone_free(&(*pp)->zone);
	free((*pp)->scratch);
	free_ptr(pp);
}

void line_parser_now(struct line_parser *p, uint32_t now)
{
	if (p->now != now && p->head.date.year == 0)
		p->head.n = 0; /* its year was guessed from the old now */
	p->now = now;
}

char *scratch_take(struct line_parser *p, size_t n)
{
	char *at;

	if (!p->scratch)
		p->scratch = mem_new(1, SCRATCH);
	if (n > SCRATCH - p->used)
		return NULL;
	at = p->scratch + p->used;
	p->used += n;
	return at;
}

const char *quote_end_slow(const char *p, const char *q, const char *end)
{
	for (; q; q = memchr(q, '"', (size_t)(end - q))) {
		const char *b;

		for (b = q; b > p && b[-1] == '\\'; b--)
			;
		if ((q - b) % 2 == 0)
			return q;
		q++;
	}
	return NULL;
}

static int hex4(const char *p, const char *end)
{
	int v = 0;

	if (end - p < 4)
		return -1;
	for (size_t i = 0; i < 4; i++) {
		int h = hex_of(p[i]);

		if (h < 0)
			return -1;
		v = v << 4 | h;
	}
	return v;
}

static char *utf8(char *w, uint32_t c)
{
	if (c < 0x80) {
		*w++ = (char)c;
		return w;
	}
	if (c < 0x800) {
		*w++ = (char)(0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			*w++ = (char)(0xe0 | c >> 12);
		} else {
			*w++ = (char)(0xf0 | c >> 18);
			*w++ = (char)(0x80 | (c >> 12 & 0x3f));
		}
		*w++ = (char)(0x80 | (c >> 6 & 0x3f));
	}
	*w++ = (char)(0x80 | (c & 0x3f));
	return w;
}

/* What follows \u; *w gets the character. NULL if it is none. */
static const char *unescape_u(const char *p, const char *end, char **w)
{
	int c = hex4(p, end), low;

	if (c < 0)
		return NULL;
	p += 4;
	if (c >= 0xd800 && c < 0xdc00 && end - p >= 6 && p[0] == '\\' &&
	    p[1] == 'u') {
		low = hex4(p + 2, end);
		if (low >= 0xdc00 && low < 0xe000) {
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			p += 6;
		}
	}
	*w = utf8(*w, (uint32_t)c);
	return p;
}

static char plain_of(char c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'r':
		return '\r';
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case '"':
	case '\\':
	case '/':
		return c;
	}
	return 0;
}

bool unescape(struct line_parser *p, struct str s, struct str *ret)
{
	const char *r = s.p, *end = s.p + s.n, *q;
	char *to, *w;

	if (!s.n || !memchr(s.p, '\\', s.n)) {
		*ret = s;
		return true;
	}
	to = w = scratch_take(p, s.n);
	if (!to)
		return false;
	while (r < end) {
		if (*r != '\\' || r + 1 == end) {
			*w++ = *r++;
		} else if (plain_of(r[1])) {
			*w++ = plain_of(r[1]);
			r += 2;
		} else if (r[1] == 'u' && (q = unescape_u(r + 2, end, &w))) {
			r = q;
		} else { /* no escape we know: as it stands */
			*w++ = *r++;
			*w++ = *r++;
		}
	}
	p->used -= s.n - (size_t)(w - to);
	*ret = span_of(to, w);
	return true;
}

#define LEVEL(l) \
	{ \
		l, sizeof(l) - 1 \
	}

bool is_level(struct str w)
{
	static const struct str levels[] = { LEVEL("err"), LEVEL("inf"),
		LEVEL("wrn"), LEVEL("ftl"), LEVEL("dbg"), LEVEL("vrb"),
		LEVEL("log"), LEVEL("warn"), LEVEL("info"), LEVEL("crit"),
		LEVEL("alert"), LEVEL("emerg"), LEVEL("error"), LEVEL("debug"),
		LEVEL("trace"), LEVEL("fatal"), LEVEL("panic"), LEVEL("audit"),
		LEVEL("notice"), LEVEL("severe"), LEVEL("warning"),
		LEVEL("verbose"), LEVEL("critical"), LEVEL("information"),
		LEVEL("emergency") };

	if (w.n < 3 || w.n > 11)
		return false;
	for (size_t i = 0; i < countof(levels); i++) {
		if (levels[i].n == w.n && *levels[i].p == (*w.p | 0x20) &&
		    str_eq_nocase(w, levels[i]))
			return true;
	}
	return false;
}

bool looks_like_addr(struct str s)
{
	size_t dots = 0, colons = 0, letters = 0;

	if (s.n < 2 || s.n > 63)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '%' && colons >= 2)
			break; /* a scope's name */
		dots += c == '.';
		colons += c == ':';
		letters += is_alpha(c);
		if (c != '.' && c != ':' && hex_of(c) < 0)
			return false;
	}
	if (colons)
		return colons >= 2 && (dots == 0 || dots == 3);
	return dots == 3 && letters == 0 && s.n >= 7 && s.n <= 15;
}
