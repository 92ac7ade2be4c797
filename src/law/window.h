/*
 * window - how many events of one rule a subject had within the rule's span.
 *
 * A seat holds what is kept of one (subject, rule): for counts up to 32 the
 * last times in order (with distinct values, each beside the hash of its
 * value), for counts beyond that two buckets. Up to four words lie in the
 * seat itself; what is longer takes chunks of sixteen words out of a second
 * fixed pool. A rule that takes one event keeps nothing at all.
 *
 * The last n - 1 times are enough to rule exactly on "n in span": as long as
 * there was no ruling, whatever is older than those is also older than span,
 * and only gets older.
 */
#ifndef LPT_WINDOW_H
#define LPT_WINDOW_H

#include "law/seats.h"

enum {
	WINDOW_EXACT = 32,   /* the highest count that is exact */
	WINDOW_MOST = 65535, /* the highest count of all */
	CHUNK_WORDS = 16,
};

struct window_rule {
	uint32_t count, span, slow_count, slow_span; /* slow_count 0: none */
	bool distinct;
	bool by_rate; /* see rate.h: such a seat has no entries */
};

/* A rule, prepared. */
struct window_form {
	struct window_rule r;
	uint32_t horizon; /* the longer span */
	uint8_t keep;     /* entries kept between events */
	uint8_t width;    /* words an entry: time, or time and value */
	uint8_t head;     /* words of buckets before the entries */
	int8_t fast_head, slow_head; /* where; -1: the entries count */
	uint8_t waits; /* see waiting.h; 0: its events never wait */
};

struct windows {
	struct seats seats;
	const struct window_form *forms; /* by seat_key.about */
	uint32_t horizon;                /* the longest of theirs */
	uint32_t (*chunk)[CHUNK_WORDS];
	uint32_t chunks, chunks_fresh, chunk_free; /* free list, 0: empty */
	const struct seat *hand; /* where the search for cold ones goes on */
	uint64_t late, short_of_chunks;
};

struct window_count {
	uint32_t have, first, last; /* events that count, their times */
};

enum window_answer {
	WINDOW_COUNTED,
	WINDOW_REACHED,
	WINDOW_LATE
};

void window_form_of(const struct window_rule *r, struct window_form *ret);

/* n pairs; forms are borrowed. */
void windows_init(struct windows *w, uint32_t n, const struct hash_key *key,
    const struct window_form *forms, size_t n_forms);
void windows_fini(struct windows *w);

/* Counts one event. On WINDOW_REACHED the window is empty again and *ret,
 * *by_slow say what was counted by which companion. */
enum window_answer windows_add(struct windows *w, const struct seat_key *k,
    uint32_t at, uint32_t value, struct window_count *ret, bool *by_slow);

/* The same by the rate, for forms of such rules; more: how much else it counts
 * for. */
enum window_answer windows_add_by_rate(struct windows *w,
    const struct seat_key *k, uint32_t at, uint32_t more,
    struct window_count *ret);

/* What a seat has within the (slow) span before now. */
void windows_count(const struct windows *w, const struct seat *s, bool slow,
    uint32_t now, struct window_count *ret);

void windows_drop(struct windows *w, struct seat *s);
/* Forgets what is later than now. */
void windows_set_back(struct windows *w, uint32_t now);
uint64_t windows_bytes(const struct windows *w);

#endif
