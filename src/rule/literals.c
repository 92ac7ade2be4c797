#include "rule/literals.h"

#include "rule/needs.h"

enum {
	FILTER_LEAST = 8, /* bits of an index into the bit table */
	FILTER_MOST = 16,
	GRAM = 4,
	STRIDE = 4,
	FAR_LEAST = GRAM + STRIDE - 1,
	SHORT_GRAM = 3,
};

struct literal {
	char *bytes; /* of one with several windows its first owns them */
	uint32_t n;
	uint32_t gram;   /* of the window, folded if all is */
	uint32_t window; /* where in the literal */
	uint32_t tail;   /* the gram of its last three or four bytes */
	uint8_t rare;    /* of a tiny one: its less usual byte */
	bool owner;
	uint16_t id;
	enum literal_where where;
};

/* Literals of one gram stand together. */
struct slot {
	uint32_t gram, first, n;
};

/* One size of gram: the bit table, the exact table, the literals. */
struct gram_table {
	size_t n, mask;
	struct literal *literals;
	struct slot *slots;
	int must;       /* a byte that all of them have, or -1 */
	unsigned shift; /* 32 less the bits of a filter's index */
	uint64_t *filter;
};

struct literals {
	uint32_t fold; /* what is or-ed to each gram */
	/* Of seven bytes and more, four windows next to each other, one of
	 * which every fourth position of the text meets; and shorter ones,
	 * looked for at each position. */
	struct gram_table far, near;
	size_t n_tiny;
	struct literal *tiny; /* of one or two bytes: looked for one by one */
	size_t n_ids;
	uint32_t turn, *seen; /* by id: the turn it was last found in */
	uint16_t *found;
	size_t n_found;
};

void literals_new(struct literals **ret, bool folded)
{
	struct literals *l = mem_new(1, sizeof(*l));

	l->fold = folded ? 0x20202020 : 0;
	*ret = l;
}

static void table_drop(struct gram_table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		if (t->literals[i].owner)
			free(t->literals[i].bytes);
	}
	free(t->literals);
	free(t->slots);
	free(t->filter);
}

void literals_free(struct literals **lp)
{
	struct literals *l = *lp;

	if (!l)
		return;
	table_drop(&l->far);
	table_drop(&l->near);
	for (size_t i = 0; i < l->n_tiny; i++)
		free(l->tiny[i].bytes);
	free(l->tiny);
	free(l->seen);
	free(l->found);
	free(l);
	*lp = NULL;
}

/* Three bytes are put together by hand: a copy of three would go through
 * memory and stall. */
static inline uint32_t gram_at(const char *p, size_t size, uint32_t fold)
{
	const uint8_t *b = (const uint8_t *)p;
	uint32_t v;

	if (size == SHORT_GRAM)
		return (b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
			   fold) &
		       0xffffff;
	memcpy(&v, p, GRAM);
	return v | fold;
}

static inline uint32_t hash_gram(uint32_t gram, unsigned shift)
{
	return gram * UINT32_C(0x9e3779b1) >> shift;
}

/* What most logs are full of says nothing. */
static const char usual_words[] =
    "get / http/1.1 http://www. https:// post /index.html /index.php? "
    "/api/v1/ /api/v2/ /static/ /assets/ /images/ /img/ /js/ /css/ app.js "
    "style.css .png favicon.ico /login /user/ /users/ /account /product/ "
    "/products/ /search?q= /blog/ /cart /feed.xml /page/ /admin/ /content/ "
    "/upload mozilla/5.0 (windows nt linux x86_64 gecko/20100101 firefox/ "
    "applewebkit/537.36 like chrome/ safari/ version/ mobile compatible; "
    "session opened closed for user root connection from port invalid failed "
    "password error: warning: authentication disconnected [preauth] by "
    "(uid=0) info: ";

/* One bit a hash of their grams; filled when first asked. */
static uint64_t usual_grams[(1 << 14) / 64];

static uint32_t usual_hash(const char *p, size_t size)
{
	return gram_at(p, size, 0x20202020) * UINT32_C(0x85ebca6b) >> 18;
}

static void fill_usual(size_t size)
{
	for (size_t i = 0; i + size < sizeof(usual_words); i++) {
		uint32_t h = usual_hash(usual_words + i, size);

		usual_grams[h / 64] |= UINT64_C(1) << (h % 64);
	}
}

static bool in_most_logs(const char *p, size_t size)
{
	static bool ready;
	uint32_t h;

	if (size < SHORT_GRAM)
		return false;
	if (!ready) {
		fill_usual(SHORT_GRAM);
		fill_usual(GRAM);
		ready = true;
	}
	h = usual_hash(p, size);
	return usual_grams[h / 64] >> (h % 64) & 1;
}

/* The window of least usual bytes, grams of this size in it. */
static uint32_t best_window(struct str s, size_t window, size_t gram)
{
	unsigned least = UINT32_MAX;
	uint32_t best = 0;

	for (uint32_t i = 0; i + window <= s.n; i++) {
		unsigned sum = 0;

		for (size_t k = 0; k < window; k++)
			sum += byte_usual(s.p[i + k]) * byte_usual(s.p[i + k]);
		for (size_t k = 0; k + gram <= window; k++)
			sum += in_most_logs(s.p + i + k, gram) ? 300 : 0;
		if (sum < least) {
			least = sum;
			best = i;
		}
	}
	return best;
}

static void list_add(struct literal **list, size_t *n, struct literal x)
{
	*list = mem_grow(*list, *n + 1, sizeof(x));
	(*list)[(*n)++] = x;
}

/* The windows are the run of seven bytes that says most. */
static void add_far(struct literals *l, struct literal x)
{
	uint32_t first =
	    best_window((struct str){ x.bytes, x.n }, FAR_LEAST, GRAM);

	for (uint32_t i = 0; i < STRIDE; i++) {
		x.window = first + i;
		x.gram = gram_at(x.bytes + x.window, GRAM, l->fold);
		x.owner = i == 0;
		list_add(&l->far.literals, &l->far.n, x);
	}
}

void literals_add(struct literals *l, struct str s, enum literal_where where,
    uint16_t id)
{
	struct literal x = { .n = (uint32_t)s.n,
		.owner = true,
		.id = id,
		.where = where };

	assert(s.n > 0);
	x.bytes = str_dup(s);
	if (l->fold) {
		for (size_t i = 0; i < s.n; i++) {
			if (x.bytes[i] >= 'A' && x.bytes[i] <= 'Z')
				x.bytes[i] |= 32;
		}
	}
	l->n_ids = MAX(l->n_ids, (size_t)id + 1);
	if (s.n < SHORT_GRAM) {
		x.window = best_window(s, 1, 1);
		x.rare = (uint8_t)x.bytes[x.window];
		list_add(&l->tiny, &l->n_tiny, x);
		return;
	}
	x.tail = gram_at(x.bytes + x.n - SHORT_GRAM, SHORT_GRAM, l->fold);
	if (s.n >= FAR_LEAST) {
		add_far(l, x);
		return;
	}
	x.window = best_window(s, SHORT_GRAM, SHORT_GRAM);
	x.gram = gram_at(x.bytes + x.window, SHORT_GRAM, l->fold);
	list_add(&l->near.literals, &l->near.n, x);
}

static int by_gram(const void *a, const void *b)
{
	const struct literal *x = a, *y = b;

	return x->gram < y->gram ? -1 : x->gram > y->gram;
}

static int by_rare(const void *a, const void *b)
{
	const struct literal *x = a, *y = b;

	return x->rare - y->rare;
}

static struct slot *slot_of(const struct gram_table *t, uint32_t gram)
{
	size_t at = gram * UINT32_C(0x85ebca6b) >> 7 & t->mask;

	while (t->slots[at].n && t->slots[at].gram != gram)
		at = (at + 1) & t->mask;
	return &t->slots[at];
}

static bool list_has(const struct literal *list, size_t n, int c)
{
	for (size_t i = 0; i < n; i++) {
		if (!memchr(list[i].bytes, c, list[i].n))
			return false;
	}
	return true;
}

/* A byte that is in each literal lets memchr(3) say no at once. */
static int common_byte(const struct gram_table *t)
{
	static const char wanted[] = "\\%$'<({|;";

	for (size_t i = 0; wanted[i]; i++) {
		if (list_has(t->literals, t->n, wanted[i]))
			return wanted[i];
	}
	return -1;
}

static void table_ready(struct gram_table *t)
{
	unsigned bits = FILTER_LEAST;
	size_t size = 8;

	if (!t->n)
		return;
	t->must = common_byte(t);
	while (size < 2 * t->n + 2)
		size *= 2;
	while (bits < FILTER_MOST && (size_t)1 << bits < 32 * t->n)
		bits++;
	t->mask = size - 1;
	t->slots = mem_new(size, sizeof(*t->slots));
	t->shift = 32 - bits;
	t->filter = mem_new(((size_t)1 << bits) / 64, sizeof(*t->filter));
	qsort(t->literals, t->n, sizeof(*t->literals), by_gram);
	for (size_t i = 0; i < t->n; i++) {
		uint32_t gram = t->literals[i].gram,
			 h = hash_gram(gram, t->shift);
		struct slot *s = slot_of(t, gram);

		if (!s->n)
			*s = (struct slot){ gram, (uint32_t)i, 0 };
		s->n++;
		t->filter[h / 64] |= UINT64_C(1) << (h % 64);
	}
}

void literals_ready(struct literals *l)
{
	table_ready(&l->far);
	table_ready(&l->near);
	if (l->n_tiny)
		qsort(l->tiny, l->n_tiny, sizeof(*l->tiny), by_rare);
	l->seen = mem_new(l->n_ids, sizeof(*l->seen));
	l->found = mem_new(l->n_ids, sizeof(*l->found));
}

size_t literals_count(const struct literals *l)
{
	return l->far.n / STRIDE + l->near.n + l->n_tiny;
}

/* ---- searching ------------------------------------------------------ */

static void found(struct literals *l, uint16_t id)
{
	if (l->seen[id] == l->turn)
		return;
	l->seen[id] = l->turn;
	l->found[l->n_found++] = id;
}

static bool stands_right(const struct literal *x, size_t at, size_t split)
{
	switch (x->where) {
	case LITERAL_ANYWHERE:
		return true;
	case LITERAL_FIRST:
		return at == 0;
	case LITERAL_TO:
		return at + x->n == split;
	case LITERAL_BEYOND:
		return at > split;
	}
	return false;
}

static bool same(const struct literals *l, const struct literal *x,
    const char *p)
{
	struct str a = { p, x->n }, b = { x->bytes, x->n };

	return l->fold ? str_eq_nocase(a, b) : memcmp(p, x->bytes, x->n) == 0;
}

/* The filter's bit was set at this place of the text. */
static void look_closer(struct literals *l, const struct gram_table *t,
    struct str in, size_t at, uint32_t gram, size_t split)
{
	const struct slot *s = slot_of(t, gram);

	for (uint32_t i = 0; i < s->n; i++) {
		const struct literal *x = &t->literals[s->first + i];

		const char *p = in.p + at - x->window;

		if (at < x->window || x->n > in.n - (at - x->window) ||
		    gram_at(p + x->n - SHORT_GRAM, SHORT_GRAM, l->fold) !=
			x->tail ||
		    !stands_right(x, at - x->window, split) || !same(l, x, p))
			continue;
		found(l, x->id);
	}
}

static inline bool passes(const uint64_t *filter, uint32_t h)
{
	return filter[h / 64] >> (h % 64) & 1;
}

static void find_far(struct literals *l, struct str in, size_t split)
{
	const struct gram_table *t = &l->far;
	const uint64_t *filter = t->filter;
	unsigned shift = t->shift;
	uint32_t fold = l->fold;

	for (size_t i = 0; i + GRAM <= in.n; i += STRIDE) {
		uint32_t v;

		memcpy(&v, in.p + i, GRAM);
		v |= fold;
		if (unlikely(passes(filter, hash_gram(v, shift))))
			look_closer(l, t, in, i, v, split);
	}
}

/* Reads four bytes where there are, and forgets one. */
static void find_near(struct literals *l, struct str in, size_t split)
{
	const struct gram_table *t = &l->near;
	const uint64_t *filter = t->filter;
	unsigned shift = t->shift;
	uint32_t fold = l->fold, v;
	size_t i = 0;

	for (; i + SHORT_GRAM < in.n; i++) {
		memcpy(&v, in.p + i, SHORT_GRAM + 1);
		v = (v | fold) & 0xffffff;
		if (unlikely(passes(filter, hash_gram(v, shift))))
			look_closer(l, t, in, i, v, split);
	}
	if (in.n < SHORT_GRAM)
		return;
	v = gram_at(in.p + i, SHORT_GRAM, fold);
	if (passes(filter, hash_gram(v, shift)))
		look_closer(l, t, in, i, v, split);
}

static bool tiny_is_at(const struct literals *l, const struct literal *x,
    struct str in, size_t at, size_t split)
{
	return at >= x->window && x->n <= in.n - (at - x->window) &&
	       stands_right(x, at - x->window, split) &&
	       same(l, x, in.p + at - x->window);
}

/* The tiny ones from..to share their less usual byte. */
static void find_byte(struct literals *l, struct str in, size_t split,
    size_t from, size_t to, int c)
{
	const char *p = memchr(in.p, c, in.n), *end = in.p + in.n;

	for (; p; p = memchr(p + 1, c, (size_t)(end - p) - 1)) {
		for (size_t i = from; i < to; i++) {
			if (tiny_is_at(l, &l->tiny[i], in, (size_t)(p - in.p),
				split))
				found(l, l->tiny[i].id);
		}
	}
}

static void find_tiny(struct literals *l, struct str in, size_t split)
{
	size_t from, to;

	for (from = 0; from < l->n_tiny; from = to) {
		int c = l->tiny[from].rare;

		for (to = from; to < l->n_tiny && l->tiny[to].rare == c;)
			to++;
		find_byte(l, in, split, from, to, c);
		if (l->fold && c >= 'a' && c <= 'z')
			find_byte(l, in, split, from, to, c - 32);
	}
}

static bool worth_it(const struct gram_table *t, struct str in)
{
	return t->n && (t->must < 0 || memchr(in.p, t->must, in.n));
}

const uint16_t *literals_find(struct literals *l, struct str in, size_t split,
    size_t *n)
{
	l->n_found = 0;
	*n = 0;
	if (in.n == 0)
		return l->found;
	if (++l->turn == 0) {
		memset(l->seen, 0, l->n_ids * sizeof(*l->seen));
		l->turn = 1;
	}
	if (worth_it(&l->far, in))
		find_far(l, in, split);
	if (worth_it(&l->near, in))
		find_near(l, in, split);
	if (l->n_tiny)
		find_tiny(l, in, split);
	*n = l->n_found;
	return l->found;
}
