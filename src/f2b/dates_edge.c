#include "f2b/dates_edge.h"

/* "(?i)" wherever it stands; the first of them. */
static struct str flags_of(struct str s)
{
	for (size_t i = 0; i + 3 < s.n; i++) {
		size_t n = i + 2;

		if (s.p[i] != '(' || s.p[i + 1] != '?')
			continue;
		while (n < s.n && s.p[n] >= 'a' && s.p[n] <= 'z')
			n++;
		if (n > i + 2 && n < s.n && s.p[n] == ')')
			return (struct str){ s.p + i, n + 1 - i };
	}
	return (struct str){ 0 };
}

/* Has the user said himself which part is the date? */
static bool has_group(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool condition =
		    i > 1 && s.p[i - 1] == '?' && s.p[i - 2] == '(';

		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '(' && !condition &&
			 (i + 1 == s.n || s.p[i + 1] != '?'))
			return true;
	}
	return false;
}

static size_t parens(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] == '(')
		n++;
	return n;
}

/* "^", "((^", "(?:^" and "(**": where it begins is said. */
static bool begins(struct str s)
{
	size_t n = parens(s);

	s = str_from(s, n);
	if (n && str_starts(s, STR("?:")))
		return str_starts(s, STR("?:^"));
	return str_starts(s, STR("^")) || str_starts(s, STR("**"));
}

static bool begins_line(struct str s, bool wrap)
{
	if (str_starts(s, STR("^")))
		return true;
	if (wrap || !str_starts(s, STR("(")))
		return false;
	s = str_from(s, str_starts(s, STR("(?:")) ? 3 : 1);
	return str_starts(s, STR("^")) && !str_starts(s, STR("^|"));
}

/* Ends so, and no backslash nor, if line, a bar stands before it. */
static bool ends_with(struct str s, const char *z, bool line)
{
	struct str end = str_of(z);

	return str_ends(s, end) &&
	       (s.n == end.n || (s.p[s.n - end.n - 1] != '\\' &&
				    (!line || s.p[s.n - end.n - 1] != '|')));
}

/* The length without the brackets that close behind "**"; 0: none stands
 * there. */
static size_t stars_end(struct str s)
{
	while (s.n && s.p[s.n - 1] == ')')
		s.n--;
	return ends_with(s, "**", false) ? s.n : 0;
}

static bool ends(struct str s)
{
	return ends_with(s, "$", false) || ends_with(s, "$)", false) ||
	       ends_with(s, "\\b", false) || ends_with(s, "\\s", false) ||
	       stars_end(s);
}

void edges_of(struct str pattern, enum edge_mode mode, struct edges *ret,
    struct text *body)
{
	struct str flags = flags_of(pattern);
	size_t at = flags.n ? (size_t)(flags.p - pattern.p) : 0, n, stars;
	auto_text struct text clean = TEXT(body->max);
	struct str s;

	text_add(&clean, str_head(pattern, at));
	text_add(&clean, str_from(pattern, at + flags.n));
	s = text_str(&clean);
	*ret = (struct edges){ flags, "", "", .wrap = !has_group(s) };
	if (mode != EDGE_NONE && !begins(s))
		ret->begin =
		    mode == EDGE_LINE ? "^(?:\\W{0,2})?" : "(?=^|\\b|\\W)";
	if (mode != EDGE_NONE && !ends(s))
		ret->end = "(?=\\b|\\W|$)";
	ret->bound = ret->begin[0] == '^' || begins_line(s, ret->wrap) ||
		     ends_with(s, "$", true) || ends_with(s, "$)", true);
	if (ret->wrap && s.n && s.p[0] == '^') {
		ret->begin = "^";
		s = str_from(s, 1);
	}
	if (ret->wrap && ends_with(s, "$", false)) {
		ret->end = "$";
		s.n--;
	}
	stars = stars_end(s);
	n = parens(s);
	text_add(body, str_head(s, n));
	if (str_starts(str_from(s, n), STR("**"))) {
		n += 2;
		stars = stars >= n + 2 ? stars : 0;
	}
	if (stars) {
		text_add(body, (struct str){ s.p + n, stars - 2 - n });
		n = stars;
	}
	text_add(body, str_from(s, n));
}
