#include "f2b/params.h"

static bool blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' ||
	       (unsigned char)c >= 0x80;
}

static size_t blanks(struct str s, size_t at)
{
	while (at < s.n && blank(s.p[at]))
		at++;
	return at;
}

/* Length of "key=" or "key?family=inet6=" at this place; 0: none. */
static size_t key_at(struct str s, size_t at)
{
	size_t n = at, plain;

	while (n < s.n && word(s.p[n]))
		n++;
	if (n == at || n == s.n)
		return 0;
	if (s.p[n] == '=')
		return n + 1 - at;
	if (s.p[n] != '?')
		return 0;
	for (plain = ++n; n < s.n && word(s.p[n]);)
		n++;
	if (n == plain || n == s.n || s.p[n] != '=')
		return 0;
	for (plain = ++n; n < s.n && word(s.p[n]);)
		n++;
	return n > plain && n < s.n && s.p[n] == '=' ? n + 1 - at : 0;
}

/* The end of a quoted value, past its quote; `at` itself: it is none. */
static size_t quoted(struct str s, size_t at)
{
	char q = at < s.n ? s.p[at] : 0;

	if (q != '"' && q != '\'')
		return at;
	for (size_t i = at + 1; i < s.n; i++)
		if (s.p[i] == q)
			return i + 1;
	return at;
}

static size_t bare(struct str s, size_t at)
{
	while (at < s.n && s.p[at] != ',' && s.p[at] != ']')
		at++;
	return at;
}

static struct str trimmed(struct str s)
{
	s = str_from(s, blanks(s, 0));
	while (s.n && blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Past what parts two parameters: a comma, or "][". `at`: neither. */
static size_t parted(struct str s, size_t at)
{
	size_t n;

	if (at < s.n && s.p[at] == ',')
		return at + 1;
	if (at == s.n || s.p[at] != ']')
		return at;
	n = blanks(s, at + 1);
	return n < s.n && s.p[n] == '[' ? n + 1 : at;
}

static bool params_list(struct pool *p, struct str s, struct opts *ret,
    const char **why)
{
	size_t at = 0;

	while (at < s.n) {
		size_t from = blanks(s, at), k = key_at(s, from), end, next;
		struct str key, val;

		if (k == 0) {
			at = at < s.n && s.p[at] == ',' ? at + 1 : at;
			*why = "a parameter is not written key=value";
			return blanks(s, at) == s.n;
		}
		key = (struct str){ s.p + from, k - 1 };
		from += k;
		end = quoted(s, from);
		val = (struct str){ s.p + from + 1, end - from - 2 };
		if (end == from) {
			end = bare(s, from);
			val = (struct str){ s.p + from, end - from };
		}
		opts_put(p, ret,
		    (struct opt){ .key = pool_str(p, key),
			.val = pool_str(p, trimmed(val)) });
		next = parted(s, end);
		*why = "text behind a parameter's value: quote the value";
		if (next == end && end != s.n)
			return false;
		at = next;
	}
	return true;
}

bool params_read(struct pool *p, struct str s, const char **name,
    struct opts *ret, const char **why)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != '[')
		n++;
	*ret = (struct opts){ 0 };
	*name = pool_str(p, str_head(s, n));
	*why = "no name before the bracket";
	if (n == 0)
		return false;
	if (n == s.n)
		return true;
	while (blank(s.p[s.n - 1]))
		s.n--;
	*why = "a bracket is not closed";
	if (s.p[s.n - 1] != ']')
		return false;
	return params_list(p, (struct str){ s.p + n + 1, s.n - n - 2 }, ret,
	    why);
}

/* The end of the bracketed part that opens at `at`; 0: it does not parse. */
static size_t bracketed(struct str s, size_t at)
{
	for (at = blanks(s, at + 1); at < s.n && s.p[at] != ']';) {
		size_t k = key_at(s, at), end, next;

		if (k == 0)
			return 0;
		end = quoted(s, at + k);
		next = blanks(s, end);
		if (end == at + k || next == s.n ||
		    (s.p[next] != ',' && s.p[next] != ']' && !key_at(s, next)))
			next = bare(s, at + k);
		at = blanks(s, parted(s, next));
	}
	return at < s.n ? at + 1 : 0;
}

bool params_next(struct str *list, struct str *ret)
{
	struct str s = str_from(*list, blanks(*list, 0));
	size_t n = 0, open, end;

	if (s.n == 0)
		return false;
	while (n < s.n && !blank(s.p[n]) && s.p[n] != '[')
		n++;
	open = blanks(s, n);
	end = 0;
	if (n && open < s.n && s.p[open] == '[')
		end = bracketed(s, open);
	if (end && (end == s.n || blank(s.p[end])))
		n = end;
	while (n < s.n && !blank(s.p[n]))
		n++;
	*ret = str_head(s, n);
	*list = str_from(s, n);
	return true;
}

int words_next(struct pool *p, struct str *line, const char **ret)
{
	auto_text struct text t = TEXT(INI_FILE_MAX);
	struct str s = str_from(*line, blanks(*line, 0));
	char q = 0;
	size_t i = 0;

	if (s.n == 0)
		return 0;
	for (; i < s.n && (q || !blank(s.p[i])); i++) {
		char c = s.p[i];
		bool more = i + 1 < s.n;

		if (!q && (c == '"' || c == '\''))
			q = c;
		else if (q && c == q)
			q = 0;
		else if (c == '\\' && q != '\'' && !more)
			return -EINVAL;
		else if (c == '\\' &&
			 (!q || (q == '"' && strchr("\"\\", s.p[i + 1]))))
			text_char(&t, s.p[++i]);
		else
			text_char(&t, c);
	}
	if (q)
		return -EINVAL;
	*ret = pool_str(p, text_str(&t));
	*line = str_from(s, i);
	return 1;
}
