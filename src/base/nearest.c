#include "base/nearest.h"

enum {
	WORD_MAX = 31,
	BEGINNING = 2 /* letters of a name that tell it */
};

struct rows {
	unsigned v[3][WORD_MAX + 1]; /* of this letter and the two before */
};

static unsigned best_of(const struct rows *r, const char *a, const char *b,
    size_t i, size_t j)
{
	const unsigned *is = r->v[i % 3], *was = r->v[(i + 2) % 3],
		       *before = r->v[(i + 1) % 3];
	unsigned d = was[j - 1] + (a[i - 1] != b[j - 1]);

	d = MIN(d, MIN(was[j], is[j - 1]) + 1);
	if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
		d = MIN(d, before[j - 2] + 1);
	return d;
}

/* Damerau and Levenshtein's; words longer than WORD_MAX are far. */
static unsigned distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	struct rows r = { 0 };

	if (n > WORD_MAX || m > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= m; j++)
		r.v[0][j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		r.v[i % 3][0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++)
			r.v[i % 3][j] = best_of(&r, a, b, i, j);
	}
	return r.v[n % 3][m];
}

struct nearest nearest_to(const char *word)
{
	size_t n = MIN(strlen(word), WORD_MAX);

	return (struct nearest){ word, NULL, (unsigned)(n + 1) / 3 + 1 };
}

void nearest_try(struct nearest *n, const char *name)
{
	unsigned d = distance(n->word, name);
	size_t len = strlen(n->word);

	if (d >= n->least && !n->best && len >= BEGINNING &&
	    strncmp(name, n->word, len) == 0)
		d = n->least - 1;
	if (d < n->least) {
		n->least = d;
		n->best = name;
	}
}
