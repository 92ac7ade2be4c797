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

void decode_target(struct str target, char room[static DECODED_MAX],
    struct decoded *ret)
{
	struct str query = str_head(target, DECODED_MAX), path = query;
	bool has_query = str_cut(&query, '?', &path);
	size_t n;

	*ret = (struct decoded){ .all = str_head(target, DECODED_MAX),
		.path_n = path.n,
		.cut = target.n > DECODED_MAX };
	if (target.n == 0 ||
	    (!memchr(ret->all.p, '%', ret->all.n) &&
		!(has_query && query.n && memchr(query.p, '+', query.n))))
		return;
	n = ret->path_n = decode(path, room, false);
	if (has_query) {
		room[n++] = '?';
		n += decode(query, room + n, true);
	}
	ret->all = (struct str){ room, n };
}

struct str decode_dup(struct str s)
{
	char *p = mem_new(1, s.n + 1);

	return (struct str){ p, decode(s, p, false) };
}
