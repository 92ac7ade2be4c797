#include "law/bucket.h"
#include "law/rate.h"

enum {
	INLINE_WORDS = 4,
	WORDS_MOST = 4 * CHUNK_WORDS,
	BUFFER_WORDS = WORDS_MOST + CHUNK_WORDS, /* one more entry fits */
	HEAD_WORDS = 2,
	/* How many seats are looked at for chunks that went cold. */
	SEARCH_SEATS = 4096,
	SEARCH_FOUND = 8,
};

void window_form_of(const struct window_rule *r, struct window_form *ret)
{
	struct window_form f = { .r = *r,
		.horizon = r->span,
		.width = r->distinct ? 2 : 1,
		.fast_head = -1,
		.slow_head = -1 };
	uint32_t exact = 1;

	assert(r->count > 0 && r->count <= WINDOW_MOST);
	assert(r->slow_count <= WINDOW_MOST);
	if (r->by_rate) {
		*ret = f; /* first time and number lie in the seat */
		return;
	}
	if (r->slow_count)
		f.horizon = MAX(r->span, r->slow_span);
	if (r->count > WINDOW_EXACT) {
		f.fast_head = 0;
		f.head = HEAD_WORDS;
	} else {
		exact = r->count;
	}
	if (r->slow_count > WINDOW_EXACT) {
		f.slow_head = (int8_t)f.head;
		f.head = (uint8_t)(f.head + HEAD_WORDS);
	} else {
		exact = MAX(exact, r->slow_count);
	}
	/* Buckets cannot tell values apart; the last ones kept beside them
	 * can, as long as no value comes again after that many others. */
	if (r->distinct && f.head)
		exact = f.head == HEAD_WORDS ? WINDOW_EXACT : WINDOW_EXACT - 1;
	f.keep = r->count == 1 ? 0 : (uint8_t)(exact - 1);
	*ret = f;
}

static void pair_gone(void *arg, struct seat *s);

void windows_init(struct windows *w, uint32_t n, const struct hash_key *key,
    const struct window_form *forms, size_t n_forms)
{
	*w = (struct windows){ .forms = forms, .chunks = n / 5 + 8 };
	for (size_t i = 0; i < n_forms; i++)
		w->horizon = MAX(w->horizon, forms[i].horizon);
	seats_init(&w->seats, n, key);
	w->seats.gone = pair_gone;
	w->seats.arg = w;
	/* Chunk 0 is "none". */
	w->chunk = mem_new(w->chunks + 1, sizeof(*w->chunk));
	w->chunks_fresh = 1;
}

void windows_fini(struct windows *w)
{
	seats_fini(&w->seats);
	free_ptr(&w->chunk);
}

static unsigned chunks_of(unsigned words)
{
	return words <= INLINE_WORDS ? 0
				     : (words + CHUNK_WORDS - 1) / CHUNK_WORDS;
}

static unsigned words_of(const struct window_form *f, const struct seat *s)
{
	return f->head + (unsigned)s->n * f->width;
}

static void chunk_give(struct windows *w, uint32_t c)
{
	w->chunk[c][0] = w->chunk_free;
	w->chunk_free = c;
}

static void chunks_give(struct windows *w, struct seat *s)
{
	unsigned n = chunks_of(words_of(&w->forms[s->about], s));

	for (unsigned i = 0; i < n; i++)
		chunk_give(w, s->w[i]);
	s->n = 0;
}

static void pair_gone(void *arg, struct seat *s)
{
	chunks_give(arg, s);
}

void windows_drop(struct windows *w, struct seat *s)
{
	chunks_give(w, s);
	seats_drop(&w->seats, s);
}

/* Takes the chunks of the coldest of a few pairs, round and round; never
 * those of `but`, who asks. */
static bool chunks_make_room(struct windows *w, const struct seat *but)
{
	struct seat *s, *coldest = NULL;
	unsigned found = 0;

	for (unsigned i = 0; i < SEARCH_SEATS && found < SEARCH_FOUND; i++) {
		s = seats_next(&w->seats, w->hand);
		w->hand = s;
		if (!s || s == but ||
		    !chunks_of(words_of(&w->forms[s->about], s)))
			continue;
		found++;
		if (!coldest || s->heat < coldest->heat)
			coldest = s;
	}
	if (!coldest)
		return false;
	w->seats.pushed_out++;
	windows_drop(w, coldest);
	return true;
}

/* A chunk's number, or 0 if there is none to be had. */
static uint32_t chunk_take(struct windows *w, const struct seat *whose)
{
	uint32_t c;

	if (!w->chunk_free && w->chunks_fresh <= w->chunks)
		return w->chunks_fresh++;
	if (!w->chunk_free && !chunks_make_room(w, whose))
		return 0;
	c = w->chunk_free;
	w->chunk_free = w->chunk[c][0];
	return c;
}

static void load(const struct windows *w, const struct window_form *f,
    const struct seat *s, uint32_t *to)
{
	unsigned n = chunks_of(words_of(f, s));

	if (n == 0)
		memcpy(to, s->w, sizeof(s->w));
	for (unsigned i = 0; i < n; i++)
		memcpy(to + i * CHUNK_WORDS, w->chunk[s->w[i]],
		    sizeof(*w->chunk));
}

/* Word by word, as they were just written: a vector of them would wait until
 * each has reached the cache (hence meson.build's flag). */
static inline void words_copy(uint32_t *to, const uint32_t *from)
{
	for (unsigned i = 0; i < INLINE_WORDS; i++)
		to[i] = from[i];
}

/* Writes n entries back; false if there was no chunk for them. */
static bool store(struct windows *w, const struct window_form *f,
    struct seat *s, const uint32_t *from, unsigned n)
{
	unsigned had = chunks_of(words_of(f, s));
	unsigned need = chunks_of(f->head + n * f->width);

	if (need == 0) {
		chunks_give(w, s);
		words_copy(s->w, from);
		s->n = (uint8_t)n;
		return true;
	}
	for (; had > need; had--)
		chunk_give(w, s->w[had - 1]);
	for (; had < need; had++) {
		uint32_t c = chunk_take(w, s);

		if (!c)
			break;
		s->w[had] = c;
	}
	if (had < need) {
		/* What it had stays; give back what was just taken. */
		unsigned old = chunks_of(words_of(f, s));

		while (had > old)
			chunk_give(w, s->w[--had]);
		return false;
	}
	for (unsigned i = 0; i < need; i++)
		memcpy(w->chunk[s->w[i]], from + i * CHUNK_WORDS,
		    sizeof(*w->chunk));
	s->n = (uint8_t)n;
	return true;
}

/* The entries, oldest first. */
struct entries {
	uint32_t *e;
	unsigned n, width;
};

static inline uint32_t entry_time(const struct entries *e, unsigned i)
{
	return e->e[i * e->width];
}

static void entry_cut(struct entries *e, unsigned from, unsigned n)
{
	size_t w = e->width;

	memmove(e->e + from * w, e->e + (from + n) * w,
	    (e->n - from - n) * w * sizeof(*e->e));
	e->n -= n;
}

static void entry_put(struct entries *e, uint32_t at, uint32_t value)
{
	unsigned i = e->n, w = e->width;

	while (i > 0 && entry_time(e, i - 1) > at)
		i--;
	memmove(e->e + (i + 1) * w, e->e + i * w,
	    (e->n - i) * w * sizeof(*e->e));
	e->e[i * w] = at;
	if (w > 1)
		e->e[i * w + 1] = value;
	e->n++;
}

/* Where this value stands, or -1. */
static int entry_of(const struct entries *e, uint32_t value)
{
	for (unsigned i = 0; i < e->n; i++) {
		if (e->e[i * 2 + 1] == value)
			return (int)i;
	}
	return -1;
}

/* Of the entries those at most span before newest. */
static void entries_within(const struct entries *e, uint32_t span,
    uint32_t newest, struct window_count *ret)
{
	unsigned i = 0, end = e->n;

	while (end > 0 && entry_time(e, end - 1) > newest)
		end--;
	while (i < end && newest - entry_time(e, i) > span)
		i++;
	*ret = (struct window_count){ end - i, i < end ? entry_time(e, i) : 0,
		i < end ? entry_time(e, end - 1) : 0 };
}

static bool reached(uint32_t need, uint32_t have)
{
	return need && have >= need;
}

/* An event has been put among the entries: does a companion reach its
 * count? */
static bool judge(const struct window_form *f, uint32_t *head,
    const struct entries *e, uint32_t at, uint32_t newest, bool known,
    struct window_count *ret, bool *by_slow)
{
	for (int slow = 0; slow < (f->r.slow_count ? 2 : 1); slow++) {
		uint32_t span = slow ? f->r.slow_span : f->r.span;
		uint32_t need = slow ? f->r.slow_count : f->r.count;
		int bucket = slow ? f->slow_head : f->fast_head;

		if (bucket < 0) {
			entries_within(e, span, newest, ret);
		} else if (!known) {
			*ret = (struct window_count){ bucket_add(head + bucket,
							  span, at, newest),
				head[bucket], newest };
		} else {
			continue;
		}
		if (reached(need, ret->have)) {
			*by_slow = slow;
			return true;
		}
	}
	return false;
}

/* Into the entries; true if the value was there within the horizon. */
static bool put(struct entries *e, const struct window_form *f, uint32_t at,
    uint32_t value, uint32_t newest)
{
	int old = f->r.distinct ? entry_of(e, value) : -1;
	bool known = false;

	if (old >= 0) {
		uint32_t before = entry_time(e, (unsigned)old);

		known = newest - before <= f->horizon;
		at = MAX(at, before);
		entry_cut(e, (unsigned)old, 1);
	}
	entry_put(e, at, value);
	return known;
}

static void trim(struct entries *e, const struct window_form *f,
    uint32_t newest)
{
	unsigned old = e->n > f->keep ? e->n - f->keep : 0;

	while (old < e->n && newest - entry_time(e, old) > f->horizon)
		old++;
	entry_cut(e, 0, old);
}

/* Where the entries lie if they lie in one piece and one more fits there, or
 * would in a chunk. */
static uint32_t *in_place(const struct windows *w, const struct window_form *f,
    struct seat *s)
{
	if (f->head || f->width != 1 || s->n >= CHUNK_WORDS)
		return NULL;
	return s->n <= INLINE_WORDS ? s->w : w->chunk[s->w[0]];
}

/* The seat's words move into a chunk, if one is free. */
static uint32_t *move_out(struct windows *w, struct seat *s)
{
	uint32_t c;

	if (!w->chunk_free && w->chunks_fresh > w->chunks)
		return NULL;
	c = chunk_take(w, s);
	words_copy(w->chunk[c], s->w);
	s->w[0] = c;
	return w->chunk[c];
}

/* By far the most events are the newest of a few and reach nothing: nothing
 * is copied then. False if it is not like that; nothing has changed. */
static bool append(struct windows *w, const struct window_form *f,
    struct seat *s, uint32_t at)
{
	uint32_t *e = in_place(w, f, s), old = 0, fast, slow;
	uint32_t n = s->n;

	if (!e || n >= f->keep || (n && e[n - 1] > at) || s->heat > at)
		return false;
	while (old < n && at - e[old] > f->horizon)
		old++;
	if (old && n > INLINE_WORDS)
		return false; /* it may move back into the seat */
	for (fast = old; fast < n && at - e[fast] > f->r.span;)
		fast++;
	for (slow = old; slow < n && at - e[slow] > f->r.slow_span;)
		slow++;
	if (reached(f->r.count, n - fast + 1) ||
	    reached(f->r.slow_count, n - slow + 1))
		return false;
	if (n - old == INLINE_WORDS && !(e = move_out(w, s)))
		return false;
	for (uint32_t i = old; old && i < n; i++)
		e[i - old] = e[i];
	e[n - old] = at;
	s->n = (uint8_t)(n - old + 1);
	s->heat = at;
	return true;
}

/* Not the newest of a few, or it may reach something. */
static kept_aside enum window_answer add_with_care(struct windows *w,
    struct seat *s, uint32_t at, uint32_t value, struct window_count *ret,
    bool *by_slow)
{
	const struct window_form *f = &w->forms[s->about];
	uint32_t words[BUFFER_WORDS], newest = MAX(s->heat, at);
	struct entries e = { words + f->head, s->n, f->width };
	bool known;

	load(w, f, s, words);
	known = put(&e, f, at, value, newest);
	if (judge(f, words, &e, at, newest, known, ret, by_slow)) {
		windows_drop(w, s);
		return WINDOW_REACHED;
	}
	trim(&e, f, newest);
	s->heat = newest;
	if (!store(w, f, s, words, e.n))
		w->short_of_chunks++;
	return WINDOW_COUNTED;
}

enum window_answer windows_add(struct windows *w, const struct seat_key *k,
    uint32_t at, uint32_t value, struct window_count *ret, bool *by_slow)
{
	const struct window_form *f = &w->forms[k->about];
	struct seat *s;

	*by_slow = false;
	if (f->r.count == 1) {
		*ret = (struct window_count){ 1, at, at };
		return WINDOW_REACHED;
	}
	s = seats_take(&w->seats, k, at > w->horizon ? at - w->horizon : 0);
	if (s->heat > at && s->heat - at > f->horizon) {
		w->late++;
		return WINDOW_LATE;
	}
	if (append(w, f, s, at))
		return WINDOW_COUNTED;
	return add_with_care(w, s, at, value, ret, by_slow);
}

enum window_answer windows_add_by_rate(struct windows *w,
    const struct seat_key *k, uint32_t at, uint32_t more,
    struct window_count *ret)
{
	const struct window_form *f = &w->forms[k->about];
	struct seat *s =
	    seats_take(&w->seats, k, at > w->horizon ? at - w->horizon : 0);

	assert(f->r.by_rate);
	if (!rate_add(s, &f->r, at, more, ret))
		return WINDOW_COUNTED;
	windows_drop(w, s);
	return WINDOW_REACHED;
}

void windows_count(const struct windows *w, const struct seat *s, bool slow,
    uint32_t now, struct window_count *ret)
{
	const struct window_form *f = &w->forms[s->about];
	uint32_t span = slow ? f->r.slow_span : f->r.span;
	int bucket = slow ? f->slow_head : f->fast_head;
	uint32_t words[BUFFER_WORDS];
	struct entries e = { words + f->head, s->n, f->width };

	if (f->r.by_rate) {
		*ret = rate_have(s);
		return;
	}
	load(w, f, s, words);
	if (bucket < 0) {
		entries_within(&e, span, now, ret);
		return;
	}
	*ret = (struct window_count){ bucket_have(bucket_at(words + bucket),
					  span, MAX(now, s->heat)),
		0, s->heat };
}

static void pair_set_back(struct windows *w, struct seat *s, uint32_t now)
{
	const struct window_form *f = &w->forms[s->about];
	uint32_t words[BUFFER_WORDS];
	struct entries e = { words + f->head, s->n, f->width };

	load(w, f, s, words);
	while (e.n > 0 && entry_time(&e, e.n - 1) > now)
		e.n--;
	if (e.n == 0) {
		windows_drop(w, s);
		return;
	}
	for (unsigned i = 0; i < f->head; i += HEAD_WORDS) {
		if (words[i] > now)
			words[i] = words[i + 1] = 0;
	}
	s->heat = entry_time(&e, e.n - 1);
	store(w, f, s, words, e.n);
}

void windows_set_back(struct windows *w, uint32_t now)
{
	struct seat *s = NULL;

	while ((s = seats_next(&w->seats, s))) {
		if (s->heat > now)
			pair_set_back(w, s, now);
	}
}

uint64_t windows_bytes(const struct windows *w)
{
	return seats_bytes(&w->seats) +
	       (w->chunks + UINT64_C(1)) * sizeof(*w->chunk);
}
