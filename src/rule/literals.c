#include "rule/literals.h"

#include "rule/usual.h"

enum {
	FILTER_LEAST = 8, /* bits of an index into the bit table */
	FILTER_MOST = 16,
	STRIDE = 4,
	FAR_LEAST = GRAM + STRIDE - 1,
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

/* The tiny ones from..to, whose less usual byte is c. */
struct tiny_byte {
	char c;
	uint32_t from, to;
};

struct literals {
	uint32_t fold; /* what is or-ed to each gram */
	/* Of seven bytes and more, four windows next to each other, one of
	 * which every fourth position of the text meets; and shorter ones,
	 * looked for at each position. */
	struct gram_table far, near;
	size_t n_tiny, n_tiny_bytes;
	struct literal *tiny; /* of one or two bytes: looked for one by one */
	struct tiny_byte *tiny_bytes;
	size_t n_longer;
	struct literal *longer; /* until all are there */
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
	free(l->tiny_bytes);
	free(l->seen);
	free(l->found);
	free(l);
	*lp = NULL;
}

static inline uint32_t hash_gram(uint32_t gram, unsigned shift)
{
	return gram * UINT32_C(0x9e3779b1) >> shift;
}

static void list_add(struct literal **list, size_t *n, struct literal x)
{
	if ((*n & (*n - 1)) == 0)
		*list = mem_grow(*list, MAX(*n * 2, 1), sizeof(x));
	(*list)[(*n)++] = x;
}

/* Whether some three bytes of a long one say more than its best seven: each
 * request ends in " HTTP/1.1", and " HTTP/1.7" differs in the last of them. */
static bool is_better_near(const struct literal *x, uint32_t far, uint32_t near)
{
	unsigned usual = usual_in(x->bytes + far, FAR_LEAST, GRAM);

	return usual == STRIDE || (usual > 0 && !usual_in(x->bytes + near,
						    SHORT_GRAM, SHORT_GRAM));
}

/* The windows are the run of seven bytes that says most. */
static void add_far(struct literals *l, struct literal x, uint32_t first)
{
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
	x.window = best_window(s, SHORT_GRAM, SHORT_GRAM);
	if (s.n >= FAR_LEAST) {
		list_add(&l->longer, &l->n_longer, x);
		return;
	}
	x.gram = gram_at(x.bytes + x.window, SHORT_GRAM, l->fold);
	list_add(&l->near.literals, &l->near.n, x);
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

/* Looking for short ones costs a look at each position, unless a byte that
 * all of them need is absent; only if that is paid for anyway are longer ones
 * better off among them. */
static void longer_ready(struct literals *l)
{
	bool paid = l->near.n && common_byte(&l->near) < 0;

	for (size_t i = 0; i < l->n_longer; i++) {
		struct literal x = l->longer[i];
		uint32_t far =
		    best_window((struct str){ x.bytes, x.n }, FAR_LEAST, GRAM);

		if (!paid || !is_better_near(&x, far, x.window)) {
			add_far(l, x, far);
			continue;
		}
		x.gram = gram_at(x.bytes + x.window, SHORT_GRAM, l->fold);
		list_add(&l->near.literals, &l->near.n, x);
	}
	free_ptr(&l->longer);
}

/* The literals of each slot, which knows how many they are, side by side. */
static void put_together(struct gram_table *t)
{
	struct literal *sorted = mem_new(t->n, sizeof(*sorted));
	uint32_t first = 0;

	for (size_t i = 0; i <= t->mask; i++) {
		t->slots[i].first = first;
		first += t->slots[i].n;
	}
	for (size_t i = 0; i < t->n; i++)
		sorted[slot_of(t, t->literals[i].gram)->first++] =
		    t->literals[i];
	for (size_t i = 0; i <= t->mask; i++)
		t->slots[i].first -= t->slots[i].n;
	free(t->literals);
	t->literals = sorted;
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
	for (size_t i = 0; i < t->n; i++) {
		uint32_t gram = t->literals[i].gram,
			 h = hash_gram(gram, t->shift);
		struct slot *s = slot_of(t, gram);

		s->gram = gram;
		s->n++;
		t->filter[h / 64] |= UINT64_C(1) << (h % 64);
	}
	put_together(t);
}

static void add_tiny_byte(struct literals *l, int c, size_t from, size_t to)
{
	l->tiny_bytes = mem_grow(l->tiny_bytes, l->n_tiny_bytes + 1,
	    sizeof(*l->tiny_bytes));
	l->tiny_bytes[l->n_tiny_bytes++] =
	    (struct tiny_byte){ (char)c, (uint32_t)from, (uint32_t)to };
}

static void tiny_ready(struct literals *l)
{
	size_t from, to;

	if (l->n_tiny)
		qsort(l->tiny, l->n_tiny, sizeof(*l->tiny), by_rare);
	for (from = 0; from < l->n_tiny; from = to) {
		int c = l->tiny[from].rare;

		for (to = from; to < l->n_tiny && l->tiny[to].rare == c;)
			to++;
		add_tiny_byte(l, c, from, to);
		if (l->fold && c >= 'a' && c <= 'z')
			add_tiny_byte(l, c - 32, from, to);
	}
}

void literals_ready(struct literals *l)
{
	longer_ready(l);
	table_ready(&l->far);
	table_ready(&l->near);
	tiny_ready(l);
	l->seen = mem_new(l->n_ids, sizeof(*l->seen));
	l->found = mem_new(l->n_ids, sizeof(*l->found));
}

size_t literals_count(const struct literals *l)
{
	return l->far.n / STRIDE + l->near.n + l->n_tiny;
}

bool literals_look_everywhere(const struct literals *l)
{
	return l->near.n && l->near.must < 0;
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

static seldom void find_byte(struct literals *l, const struct tiny_byte *b,
    struct str in, size_t split, const char *p)
{
	const char *end = in.p + in.n;

	for (; p; p = memchr(p + 1, b->c, (size_t)(end - p) - 1)) {
		for (uint32_t i = b->from; i < b->to; i++) {
			if (tiny_is_at(l, &l->tiny[i], in, (size_t)(p - in.p),
				split))
				found(l, l->tiny[i].id);
		}
	}
}

static void find_tiny(struct literals *l, struct str in, size_t split)
{
	for (size_t i = 0; i < l->n_tiny_bytes; i++) {
		const struct tiny_byte *b = &l->tiny_bytes[i];
		const char *p = memchr(in.p, b->c, in.n);

		if (unlikely(p))
			find_byte(l, b, in, split, p);
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
	find_tiny(l, in, split);
	*n = l->n_found;
	return l->found;
}
