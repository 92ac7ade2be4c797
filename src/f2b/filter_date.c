#include "f2b/filter_parts.h"

void f2b_filter_time(struct f2b_filter *f, int64_t now, enum f2b_age age)
{
	f->options.clock.now = now;
	f->options.age = age;
}

static bool is_ascii(struct str s)
{
	uint64_t w = 0, all = 0;
	size_t i = 0;

	for (; i + 8 <= s.n; i += 8) {
		memcpy(&w, s.p + i, 8);
		all |= w;
	}
	for (; i < s.n; i++)
		all |= (uint64_t)(uint8_t)s.p[i];
	return !(all & UINT64_C(0x8080808080808080));
}

/* The length of the UTF-8 character that s begins with, or 0. */
static size_t utf8_length(struct str s)
{
	const uint8_t *p = (const uint8_t *)s.p;
	uint8_t c = p[0];
	size_t n = c < 0x80   ? 1
		   : c < 0xc2 ? 0
		   : c < 0xe0 ? 2
		   : c < 0xf0 ? 3
			      : 4;

	if (n == 0 || n > s.n || c > 0xf4)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] >= 0xa0) ||
	    (c == 0xf0 && p[1] < 0x90) || (c == 0xf4 && p[1] >= 0x90))
		return 0;
	return n;
}

/* Bytes that are no UTF-8 become U+FFFD, as they do in Python. */
static struct str wash(struct f2b_filter *f, struct str s)
{
	f->washed.n = 0;
	while (s.n) {
		size_t n = utf8_length(s);

		text_add(&f->washed, n ? str_head(s, n) : STR("\xef\xbf\xbd"));
		s = str_from(s, n ? n : 1);
	}
	return text_str(&f->washed);
}

/* The line without its date and with its line end. */
static struct str cut_date(struct f2b_filter *f, struct str line, size_t at,
    size_t n)
{
	struct text *t = &f->subject;
	char *p = t->p;

	memcpy(p, line.p, at);
	memcpy(p + at, line.p + at + n, line.n - at - n);
	t->n = line.n - n + 1;
	p[t->n - 1] = '\n';
	return text_str(t);
}

/* Without a date: that of the line before if it is fresh, else now; where age
 * does not count, none. */
static void undated(struct f2b_filter *f)
{
	int64_t now = f->options.clock.now;
	bool any_age = f->options.age == F2B_ANY_AGE;
	bool fresh = f->last_dated &&
		     (any_age ? f->last_utc > now - 60 : now - f->last_at < 60);

	f->dated = fresh || !any_age;
	f->utc = fresh ? f->last_utc : now;
}

struct str filter_date(struct f2b_filter *f, const struct f2b_line *line)
{
	struct str text = str_head(line->text, F2B_LINE_MAX);
	struct date_found d = { 0 };

	if (!text.p)
		text.p = "";
	while (text.n &&
	       (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
		text.n--;
	f->ascii = is_ascii(text);
	if (!f->ascii)
		text = wash(f, text);
	else if (!f->lines && memchr(text.p, '\n', text.n))
		f->ascii = false; /* an entry of the journal has several */

	f->dated = false;
	if (line->dated) {
		f->dated = true;
		f->utc = line->utc;
		text = cut_date(f, text, 0, 0);
	} else if (dates_find(f->dates, f->room, text, f->ascii,
		       &f->options.clock, &d)) {
		text = cut_date(f, text, d.at, d.n);
		if (d.dated) {
			f->dated = true;
			f->utc = d.utc;
		} else {
			undated(f);
			f->dated |= d.empty; /* the template wants no more */
		}
	} else {
		text = cut_date(f, text, 0, 0);
		undated(f);
	}
	if (d.dated || line->dated) {
		f->last_dated = true;
		f->last_utc = f->utc;
		f->last_at = f->options.clock.now;
	}
	return text;
}

bool filter_in_time(struct f2b_filter *f)
{
	int64_t now = f->options.clock.now;

	if (f->options.age == F2B_LIVE &&
	    (f->utc > now + 60 || f->utc < now - 60))
		f->utc = now;
	if (f->options.age == F2B_CATCH_UP &&
	    f->utc < now - f->options.findtime) {
		f->why = F2B_TOO_OLD;
		return false;
	}
	return true;
}
