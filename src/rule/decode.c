#include "rule/decode.h"

/* One more than the digit is worth; 0 for what is no hex digit. */
/* clang-format off */
static const uint8_t hex_value[256] = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4,
	['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8,
	['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
	['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14,
	['E'] = 15, ['F'] = 16,
};
/* clang-format on */

/* One round of %XX; to may be the place it reads from. Returns the length;
 * *again if another round might find something. */
static size_t decode_once(struct str s, char *to, bool plus, bool *again)
{
	bool did = false, left = false;
	size_t w = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '%' && i + 2 < s.n) {
			uint8_t high = hex_value[(uint8_t)s.p[i + 1]],
				low = hex_value[(uint8_t)s.p[i + 2]];

			if (high && low) {
				c = (char)((high - 1) << 4 | (low - 1));
				i += 2;
				did = true;
			}
		} else if (c == '+' && plus) {
			c = ' ';
		}
		left |= c == '%';
		to[w++] = c;
	}
	*again = did && left;
	return w;
}

static size_t decode(struct str s, char *to, bool plus)
{
	bool again;
	size_t n = decode_once(s, to, plus, &again);

	if (again)
		n = decode_once((struct str){ to, n }, to, false, &again);
	return n;
}

/* query is what follows the '?' in the first n bytes. */
static size_t decode_parts(const char *p, size_t n, const char *query,
    char *room, size_t *path_n)
{
	struct str path = { p, query ? (size_t)(query - p) - 1 : n };
	size_t w = *path_n = decode(path, room, false);

	if (!query)
		return w;
	room[w++] = '?';
	return w + decode((struct str){ query, (size_t)(p + n - query) },
		       room + w, true);
}

void decode_target(struct str target, char room[static DECODED_MAX],
    struct decoded *ret)
{
	size_t n = MIN(target.n, (size_t)DECODED_MAX);
	const char *p = n ? target.p : "";
	const char *mark = memchr(p, '?', n), *query = mark ? mark + 1 : NULL;

	ret->cut = target.n > DECODED_MAX;
	ret->path_n = mark ? (size_t)(mark - p) : n;
	if (memchr(p, '%', n) ||
	    (query && memchr(query, '+', (size_t)(p + n - query)))) {
		n = decode_parts(p, n, query, room, &ret->path_n);
		p = room;
	}
	ret->all.p = p;
	ret->all.n = n;
}

struct str decode_dup(struct str s)
{
	char *p = mem_new(1, s.n + 1);

	return (struct str){ p, decode(s, p, false) };
}
