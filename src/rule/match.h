/*
 * match - rules compiled, and a record run through them.
 *
 * Three engines behind one call: templates (literals and typed fields,
 * matched from both ends, no PCRE2), anchored PCRE2 with JIT and match
 * limits behind a program table and a literal table, and one case-folded
 * multi-literal automaton over web requests with verdicts per user agent
 * memoised. Most memory is allocated when compiling; the tables of a program's
 * patterns when its first line comes.
 */
#ifndef LPT_MATCH_H
#define LPT_MATCH_H

#include "base/addr.h"
#include "line/record.h"
#include "rule/rule.h"

struct matcher;

struct hit {
	uint16_t rule;
	uint16_t pattern; /* which of the rule's patterns */
	struct addr who;  /* folded; family 0 if the line names none */
	uint16_t port;
	struct str user;     /* absent if not captured */
	struct str distinct; /* the distinct field's value, or absent */
};

#define MATCH_HITS 16 /* at most so many rules hit one line */

struct match_stats {
	uint64_t records, hits, ambiguous, over_limit, pcre;
	uint64_t cut; /* request targets too long to be decoded whole */
	/* The rules whose patterns last were ambiguous, or ran over the
	 * limit; SIZE_MAX if none did. */
	size_t ambiguous_rule, over_limit_rule;
};

/* Compiles all it can; a pattern that does not compile is a fault (file,
 * line, what, cure) and disables its own rule. *ret is the caller's. The
 * rules must outlive it. */
int matcher_new(struct matcher **ret, const struct rules *r,
    rule_fault_fn *fault, void *arg);
/* The same for some services: active is by service. */
int matcher_new_of(struct matcher **ret, const struct rules *r,
    const bool *active, rule_fault_fn *fault, void *arg);
/*
 * The same for all, but PCRE2's patterns are interpreted until they are
 * quickened: for whoever reads a log once and would spend as long on making
 * code as on reading. matcher_slow counts what was interpreted (what went over
 * PCRE2's limits counts as very many), matcher_used says which patterns were.
 * late: the rules are known to be sound, so patterns are not even read before
 * the first line that may ask for them.
 */
/* Those beyond, and requests', are quick at once. */
#define MATCH_REGEXES 4096
struct match_used {
	uint8_t bits[MATCH_REGEXES / 8];
};
int matcher_new_slow(struct matcher **ret, const struct rules *r, bool late,
    rule_fault_fn *fault, void *arg);
/* which: NULL for all. Not within a jail. */
void matcher_quicken(struct matcher *m, const struct match_used *which);
uint64_t matcher_slow(const struct matcher *m);
void matcher_used(const struct matcher *m, struct match_used *ret);
void matcher_free(struct matcher **pp);
/* Whether that rule was disabled by a fault. */
bool matcher_is_off(const struct matcher *m, size_t rule);

/* Of the record only what its client was read as changes.
 * What the origin of the lines is: the service that the source was mapped
 * to, or -1 for "decide by each line". */
size_t match_record(struct matcher *m, struct record *rec, int service,
    struct hit hits[static MATCH_HITS]);

/* The same for a record that is no line of the log: nothing is learned of it
 * nor counted. */
size_t match_trial(struct matcher *m, struct record *rec, int service,
    struct hit hits[static MATCH_HITS]);

/* A service that is left out and whose rules such a record is for; -1: none. */
int matcher_lacks(const struct matcher *m, const struct record *rec,
    int service);

const struct match_stats *matcher_stats(struct matcher *m);

/* After a hit: all captured fields by name, for people (rules check, test).
 * Slow; the record must be the one just matched. Returns how many. */
size_t match_fields(struct matcher *m, const struct record *rec,
    const struct hit *h, struct pair *to, size_t max);

#endif
