#include "cli/near.h"

#include <stdio.h>

enum {
	LITERAL_LEAST = 6, /* a piece shorter says nothing alone */
	SHARE_LEAST = 50,
};

/* Takes the next literal piece off a pattern: what stands outside <fields>,
 * groups, classes and repeats. Returns its length, 0 at the end. */
static size_t piece(const char **p, char *to, size_t size)
{
	size_t n = 0;

	for (; **p; ++*p) {
		char c = **p;

		if (c == '<' || c == '[' || c == '(') {
			char close = c == '<' ? '>' : c == '[' ? ']' : ')';

			if (n)
				return n;
			while (**p && **p != close)
				++*p;
			if (!**p)
				return 0;
			continue;
		}
		if (c == '\\' && (*p)[1]) {
			c = *++*p;
			if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
				if (n)
					return n; /* \d, \s, \S */
				continue;
			}
		} else if (strchr("?*+{}|.^$)", c)) {
			if (n && strchr("?*{", c))
				n--; /* the byte before it may be missing */
			if (n)
				return n;
			continue;
		}
		if (n < size - 1)
			to[n++] = c;
	}
	return n;
}

static bool try_pattern(const char *pattern, struct str msg, struct near *ret)
{
	size_t all = 0, there = 0, longest = 0, n;
	const char *p = pattern;
	struct str rest = msg;
	char text[128];

	ret->missing[0] = '\0';
	while ((n = piece(&p, text, sizeof(text)))) {
		struct str lit = { text, n };
		size_t at = str_find(rest, lit);

		all += n;
		if (at != SIZE_MAX) {
			there += n;
			longest = MAX(longest, n);
			rest = str_from(rest, at + n);
		} else if (!ret->missing[0]) {
			str_show(lit, ret->missing, sizeof(ret->missing));
		}
	}
	ret->pattern = pattern;
	ret->share = all ? (unsigned)(there * 100 / all) : 0;
	return longest >= LITERAL_LEAST && ret->share >= SHARE_LEAST;
}

bool near_find(const struct rules *r, const struct record *rec, int service,
    struct near *ret)
{
	bool found = false;

	for (size_t i = 0; i < r->n; i++) {
		const struct rule *rule = &r->rules[i];

		if (service >= 0 && rule->service != service)
			continue;
		for (size_t k = 0; k < rule->match.n; k++) {
			struct near one = { .rule = i };

			if (!try_pattern(rule->match.v[k], rec->msg, &one))
				continue;
			if (found && one.share <= ret->share)
				continue;
			*ret = one;
			found = true;
		}
	}
	return found;
}
