/*
 * waiting - events that cannot matter yet, kept where keeping is cheap.
 *
 * Most hits of a rule like "40 pages in 10 s" are of people who never come
 * near it. Such an event is written to the end of a ring and counted in a
 * small cell that its (subject, rule) shares with others; as long as a cell
 * has seen less in this and the last stretch of time than the rule takes,
 * nobody in it can have reached the rule, and no window is touched. When it
 * might, the cell's events go into the windows, in their order, and those that
 * follow go there at once, until the cell has been quiet. So the windows rule
 * as if they had been given each event when it came: what is dropped here had
 * left every window that it could have been in.
 *
 * Only rules of some length in a short time wait; all others' events pass.
 */
#ifndef LPT_WAITING_H
#define LPT_WAITING_H

#include "law/window.h"

struct wait_cell;
struct wait_entry;

struct waiting {
	struct windows *windows;
	struct hash_key key;
	struct wait_cell *cells;
	struct wait_entry *ring;
	/* Numbers of the entries in the ring: from the oldest to the next. */
	uint32_t from, to;
};

/* For window_form.waits. */
uint8_t waiting_form(const struct window_form *f);

/* The windows are borrowed. */
void waiting_init(struct waiting *q, struct windows *w,
    const struct hash_key *key);
void waiting_fini(struct waiting *q);

/* As windows_add. */
enum window_answer waiting_add(struct waiting *q, const struct seat_key *k,
    uint32_t at, uint32_t value, struct window_count *ret, bool *by_slow);

/* All go into the windows, before somebody looks at those. */
void waiting_settle(struct waiting *q);
/* The same, and from this time on nobody waits for a while: for when the
 * clock was set back to it. */
void waiting_set_back(struct waiting *q, uint32_t now);
uint64_t waiting_bytes(void);

#endif
