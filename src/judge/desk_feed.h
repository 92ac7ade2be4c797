/*
 * desk_feed - what stands, told to desk as it changes.
 *
 * Desk keeps a table of its own, so that visitors never wait for a ruling nor
 * a ruling for them. It is told everything when it comes or says that it
 * missed something, and each change from then on. A change during the former
 * is told at once: it is true whichever comes first. What desk does not take
 * in time is dropped and its number is missing: desk asks anew.
 */
#ifndef LPT_DESK_FEED_H
#define LPT_DESK_FEED_H

#include "judge/ledger.h"
#include "wire/msgs.h"

struct judge;

enum {
	ALLY_NEWS = 50
};

struct desk_feed {
	bool up, syncing;
	uint64_t seq;           /* of the message said last */
	size_t at;              /* measures that were told */
	uint32_t said_at, said; /* news of allies, in that second */
};

/* What sensors of our own party told: see desk_sensed.c. */
enum {
	SENSED_NAMES = 1024 /* scenarios told apart */
};
struct desk_sensed {
	uint32_t standing, second, n; /* measures now; heard in that second */
	uint64_t heard, refused;
	bool counted;
	char (*names)[64];
	size_t n_names;
};

void desk_linked(struct judge *j);
void desk_unlinked(struct judge *j);
/* Somebody was shut out, or is on other terms. */
void desk_shut(struct judge *j, const struct ledger_measure *m);
/* One more ally says so; nothing else changed. */
void desk_witnessed(struct judge *j, const struct net *n);
/* News of allies for whoever looks on, at most ALLY_NEWS a second: an ally
 * says that it attacks him, or answers to what we said. */
void desk_allies(struct judge *j, enum stood what, const struct net *n,
    const char *party, const char *service, const char *became);
/* was: it was opened; at: where it stood among the measures. */
void desk_opened(struct judge *j, const struct ledger_measure *was,
    enum history how, size_t at);
void desk_alarm(struct judge *j, const struct ledger_measure *m);
/* More of all that stands while the link has room; false: that was all. */
bool desk_more(struct judge *j);
/* Much changed at once: all of it anew. */
void desk_again(struct judge *j);
/* Each second. */
void desk_pulse(struct judge *j);
/* false: it breaks the rules. */
bool judge_hear_desk(struct judge *j, uint32_t type, const void *body,
    size_t n);

/* false: no such thing can be said. */
bool judge_sensed(struct judge *j, const struct wire_sensed *s);
/* What its rule is called; for a sensor's measure the scenario that it saw. */
const char *judge_rule_of(const struct judge *j,
    const struct ledger_measure *m);
/* After the measures: what sensors saw, of those that stand. */
int desk_sensed_restore(struct judge *j);
void desk_sensed_gone(struct judge *j, const struct ledger_measure *was);

#endif
