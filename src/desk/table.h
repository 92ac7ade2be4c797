/*
 * table - what is shut out, as desk was told, in fixed memory.
 *
 * Every change has a number. A visitor that remembers the number it has seen
 * is told what changed since, at the cost of the changes alone: the last
 * CHANGES of them are kept, those that opened with all that was known. Who
 * was away for longer hears all of it anew. Places do not move, so a long
 * answer can be given piece by piece while the table changes: what changed
 * after it began has a higher number and comes with the next question.
 */
#ifndef LPT_DESK_TABLE_H
#define LPT_DESK_TABLE_H

#include "base/hash.h"
#include "wire/msgs.h"

enum {
	TABLE_MAX = 1 << 20, /* nets; more are counted and not kept */
	TABLE_CHANGES = 1 << 16,
	TABLE_RULES = 4096, /* names of rules, scenarios and allies */
	TABLE_PORTS = 256,  /* of ports that are closed alone */
	NOBODY = UINT16_MAX,
	ORIGIN_MAX = 48
};

struct held {
	uint64_t id;   /* ascending; of what stands, not of the place */
	uint64_t born; /* the change that shut it; 0: before we looked */
	uint64_t seq;  /* its last change */
	struct net net;
	uint8_t act, rung, origin, flags;
	uint8_t what; /* enum stood; 0: a free place */
	uint8_t how;  /* OPENED: enum history, 0: not known */
	uint16_t rule;
	uint16_t by;    /* a name like a rule's; NOBODY: no ally */
	uint16_t ports; /* see table_ports */
	uint32_t at, until, count, repeats, witnesses;
	uint32_t mark; /* the telling that had it last */
	uint32_t told; /* when it changed last, s */
	struct hosts
	    hosts; /* of a /64: which attacked; it grows while it stands */
};

/* s is borrowed. what: STOOD_SHUT, STOOD_OPENED, STOOD_ALARM. */
typedef void table_changed_fn(void *arg, const struct held *s, bool is_new);

struct table_names {
	char (*v)[64];
	size_t n;
};

struct table {
	struct hash_key key;
	struct held *v;  /* TABLE_MAX of them */
	uint32_t *index; /* place + 1; 0: none */
	uint32_t *free_places;
	size_t n, n_free, used; /* used: places ever taken */
	uint64_t seq, ids;
	struct held *changes;          /* by seq, a ring */
	uint64_t first;                /* the oldest change that is kept */
	uint32_t mark, now;            /* now: set before each turn, s */
	uint32_t changed_at;           /* s */
	uint32_t soonest;              /* nothing runs out before, s */
	bool telling, whole;           /* whole: all was told at least once */
	uint64_t over;                 /* refused for want of room */
	uint64_t shut, opened, alarms; /* ever */
	struct table_names rules, ports;
	table_changed_fn *changed;
	void *arg;
};

void table_new(struct table *t, table_changed_fn *changed, void *arg);
void table_free(struct table *t);

/* All of it is told between begin and end. */
void table_begin(struct table *t);
void table_hear(struct table *t, const struct wire_stood *s);
void table_end(struct table *t);
/* Judge is away: what ran out by itself. */
void table_expire(struct table *t);
/* What stands for ever is told again each day, as if it were prolonged. */
void table_renew(struct table *t);

/* NULL: that net is not shut out. */
const struct held *table_get(const struct table *t, const struct net *n);
/* The i-th place below used; NULL: nobody is there. */
static inline const struct held *table_at(const struct table *t, size_t i)
{
	return t->v[i].what ? &t->v[i] : NULL;
}
/* Can what changed after that number be told? */
static inline bool table_knows(const struct table *t, uint64_t since)
{
	return since + 1 >= t->first && since <= t->seq;
}
static inline const struct held *table_change(const struct table *t,
    uint64_t seq)
{
	return &t->changes[seq % TABLE_CHANGES];
}
const char *table_rule(const struct table *t, const struct held *s);
/* Who said so first: the name of an ally, or empty. */
const char *table_by(const struct table *t, const struct held *s);
/* By whose evidence, in one word: what stands on an ally's word has that
 * ally's name, "liptako-mali". Letters, digits and dashes: bouncers make names
 * of sets of it. */
const char *table_origin(const struct table *t, const struct held *s,
    char to[ORIGIN_MAX]);
/* Is it of one of these origins, a comma between? "allies" are all of them;
 * an empty list has every origin. */
bool table_is_of(const struct table *t, const struct held *s, struct str list);
/* "22/tcp"; empty: every port. */
const char *table_ports(const struct table *t, const struct held *s);

#endif
