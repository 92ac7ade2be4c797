/*
 * facts - what happened and is not in the ledger yet, in order.
 *
 * The hot path only appends here; a commit writes all of it in one
 * transaction with the logs' positions. While the ledger cannot be written
 * facts wait in memory: events up to a bound, beyond it they are counted as
 * lost to the ledger (never to the defence); all else waits longer.
 */
#ifndef LPT_FACTS_H
#define LPT_FACTS_H

#include "judge/ledger.h"

enum {
	FACTS_EVENTS = 65536, /* events that may wait */
	FACTS_MAX = 131072,   /* all facts that may wait */
	/* so many are worth a transaction before the 250 ms are over; smaller
	 * ones write the same index pages again and again */
	FACTS_BATCH = 1000
};

enum fact_kind {
	FACT_EVENT,
	FACT_MEASURE,
	FACT_MEASURE_GONE,
	FACT_HISTORY,
	FACT_MEMORY,
	FACT_GOOD,
	FACT_WORD,
	FACT_WORD_GONE,
	FACT_HELD,
	FACT_HELD_GONE,
	FACT_PARDON,        /* events and memory of a net */
	FACT_POSITION_GONE, /* a log's generation */
};

struct fact {
	enum fact_kind kind;
	bool lines; /* MEASURE: the events before decided it */
	union {
		struct ledger_event event;
		struct ledger_measure measure;
		struct ledger_held held;
		struct ledger_history history;
		struct law_memory memory;
		struct law_good good;
		struct ledger_word *word; /* owned */
		struct net net;
		struct ledger_position position;
	};
};

struct facts {
	size_t n, room, events;
	uint64_t lost; /* to the ledger */
	struct fact *v;
};

/* Zeroed but for its kind; NULL if it cannot wait any more. */
struct fact *facts_add(struct facts *f, enum fact_kind kind);
/* All of them into the open transaction. */
int facts_write(const struct facts *f, struct ledger *l);
void facts_clear(struct facts *f);
void facts_free(struct facts *f);

#endif
