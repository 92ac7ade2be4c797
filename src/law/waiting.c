#include "law/waiting.h"

enum {
	/* Powers of two. Whom the ring has no more room for goes into the
	 * windows, so it holds what a busy server's log brings within two
	 * stretches. */
	RING = 32768,
	CELLS = 2048,
	COUNT_LEAST = 6, /* for fewer it would not pay */
	COUNT_MOST = 256,
	SPANS = 2,
	OPEN = UINT16_MAX, /* nobody waits in a cell that counted so many */
};

/* How long the stretches of the cells are, by the rules' span. */
static const uint32_t stretches[SPANS] = { 10, 60 };

/* What was seen in the stretch that begins at start and in the one before. */
struct wait_cell {
	uint32_t start;
	uint32_t last; /* number of its newest entry; 0: none */
	uint16_t now, before;
};

struct wait_entry {
	uint64_t subject;
	uint32_t at, value;
	uint16_t back; /* how far back the cell's entry before is; 0: none */
	uint16_t cell, about;
	uint8_t family, kind; /* kind: which stretch */
};

void waiting_init(struct waiting *q, struct windows *w,
    const struct hash_key *key)
{
	*q = (struct waiting){ .windows = w, .key = *key, .from = 1, .to = 1 };
	q->cells = mem_new(SPANS * CELLS, sizeof(*q->cells));
	q->ring = mem_new(RING, sizeof(*q->ring));
}

void waiting_fini(struct waiting *q)
{
	free_ptr(&q->cells);
	free_ptr(&q->ring);
}

uint8_t waiting_form(const struct window_form *f)
{
	unsigned i = 0;

	if (f->r.count < COUNT_LEAST || f->r.count > COUNT_MOST ||
	    f->r.slow_count || f->r.by_rate)
		return 0;
	while (i < SPANS && f->r.span > stretches[i])
		i++;
	/* two buckets reach back by up to two spans */
	if (i == SPANS || (f->fast_head >= 0 && f->r.span != stretches[i] &&
			      2 * f->r.span > stretches[i]))
		return 0;
	return (uint8_t)(i + 1);
}

static uint16_t cell_of(const struct waiting *q, const struct seat_key *k,
    unsigned kind)
{
	uint64_t h = hash_pair(&q->key, k->subject,
	    (uint64_t)k->family << 16 | k->about);

	return (uint16_t)(kind * CELLS + (h >> 32) % CELLS);
}

static struct wait_entry *entry_at(const struct waiting *q, uint32_t number)
{
	return &q->ring[number % RING];
}

static bool is_there(const struct waiting *q, uint32_t number)
{
	return number >= q->from && number < q->to;
}

/* Its cell had counted too few for it to reach anything. */
static void into_windows(struct waiting *q, struct wait_entry *e)
{
	struct seat_key k = { e->subject, e->about, e->family };
	struct window_count ignored;
	bool slow;

	windows_add(q->windows, &k, e->at, e->value, &ignored, &slow);
	e->kind = SPANS; /* gone */
}

/* Whether it stands in one of the cell's stretches. */
static bool matters(const struct wait_cell *c, const struct wait_entry *e)
{
	return e->kind < SPANS &&
	       e->at + (uint64_t)stretches[e->kind] >= c->start;
}

/* A cell's entries never go back by a stretch, so before the first that does
 * not matter none does. */
static kept_aside void cell_settle(struct waiting *q, struct wait_cell *c)
{
	uint32_t numbers[COUNT_MOST];
	unsigned n = 0;

	for (uint32_t i = c->last;
	     n < COUNT_MOST && is_there(q, i) && matters(c, entry_at(q, i));) {
		uint16_t back = entry_at(q, i)->back;

		numbers[n++] = i;
		i = back ? i - back : 0;
	}
	c->last = 0;
	while (n > 0)
		into_windows(q, entry_at(q, numbers[--n]));
}

static void drop_oldest(struct waiting *q)
{
	struct wait_entry *e = entry_at(q, q->from);

	if (e->kind < SPANS) {
		struct wait_cell *c = &q->cells[e->cell];

		if (c->last == q->from)
			c->last = 0;
		if (matters(c, e))
			into_windows(q, e);
	}
	q->from++;
}

void waiting_settle(struct waiting *q)
{
	while (q->from < q->to)
		drop_oldest(q);
	q->from = q->to = 1;
}

void waiting_set_back(struct waiting *q, uint32_t now)
{
	waiting_settle(q);
	for (unsigned i = 0; i < SPANS * CELLS; i++)
		q->cells[i] =
		    (struct wait_cell){ .start =
					    now - now % stretches[i / CELLS],
			    .now = OPEN };
}

static void wait(struct waiting *q, uint16_t cell, const struct seat_key *k,
    unsigned kind, uint32_t at, uint32_t value)
{
	struct wait_cell *c = &q->cells[cell];

	if (q->to - q->from == RING)
		drop_oldest(q);
	if (q->to == UINT32_MAX)
		waiting_settle(q);
	*entry_at(q, q->to) = (struct wait_entry){ .subject = k->subject,
		.at = at,
		.value = value,
		.back = (uint16_t)(c->last ? q->to - c->last : 0),
		.cell = cell,
		.about = k->about,
		.family = k->family,
		.kind = (uint8_t)kind };
	c->last = q->to++;
}

/* Counts it; false if nobody may wait in this cell now. Times before the
 * cell's stretch are not counted, so then nobody may until it has gone on. */
static bool cell_count(struct wait_cell *c, uint32_t stretch, uint32_t at,
    uint32_t count)
{
	if (at < c->start) {
		c->now = OPEN;
		return false;
	}
	if (at - c->start >= stretch) {
		bool next = at - c->start < 2 * stretch;

		c->before = next ? c->now : 0;
		c->now = 0;
		c->start = at - at % stretch;
	}
	if (c->now < OPEN)
		c->now++;
	return (uint32_t)c->now + c->before < count;
}

enum window_answer waiting_add(struct waiting *q, const struct seat_key *k,
    uint32_t at, uint32_t value, struct window_count *ret, bool *by_slow)
{
	const struct window_form *f = &q->windows->forms[k->about];
	unsigned kind = f->waits - 1U;
	struct wait_cell *c;
	uint16_t cell;

	if (!f->waits)
		return windows_add(q->windows, k, at, value, ret, by_slow);
	cell = cell_of(q, k, kind);
	c = &q->cells[cell];
	if (cell_count(c, stretches[kind], at, f->r.count)) {
		wait(q, cell, k, kind, at, value);
		*by_slow = false;
		return WINDOW_COUNTED;
	}
	if (c->last)
		cell_settle(q, c);
	return windows_add(q->windows, k, at, value, ret, by_slow);
}

uint64_t waiting_bytes(void)
{
	return SPANS * CELLS * sizeof(struct wait_cell) +
	       RING * sizeof(struct wait_entry);
}
