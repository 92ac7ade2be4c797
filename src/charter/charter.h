/*
 * charter - the text that parties seal: thirteen clauses, and what is agreed.
 *
 * People read the prose; the values in it (see text.h) are what Liptako does.
 * A version names its predecessor by hash; the hash of version 1 is the
 * alliance's id for life. The prose of a clause is kept as it is from version
 * to version, unless the parties amend it.
 */
#ifndef LPT_CHARTER_H
#define LPT_CHARTER_H

#include "charter/text.h"

enum {
	CHARTER_CLAUSES = 13,
	CHARTER_PARTIES = 128, /* as many as judge tells apart */
	CHARTER_DAYS = 397,    /* 13 months: the longest it may hold */
};

struct charter_party {
	char name[TEXT_NAME_MAX + 1];
	char country[3];
	struct text_seals seals;
	struct seal founding; /* only if it is none of them any more */
	uint32_t threshold;   /* of its own seals */
	char contact[TEXT_WORDS_MAX + 1];
	char controller[TEXT_WORDS_MAX + 1];
	struct text_nets territory; /* declared */
	uint64_t since;             /* ms */
	uint64_t probation;         /* until, ms; or 0 */
	char sponsor[TEXT_NAME_MAX + 1], sponsor2[TEXT_NAME_MAX + 1];
	uint8_t id[32]; /* of the founding seal; not in the text */
};

/* What the parties agreed on; see charter_items for each one's words. */
struct charter_terms {
	uint32_t witness_span, event_age;
	uint32_t answer_within, answer_late;
	uint32_t term[3];
	uint32_t widest_v4, widest_v6;
	uint32_t slots, per_minute, burst, per_48, per_32;
	uint32_t alone_most, alone_span, week_most, week_span;
	uint32_t territory_v4, territory_v6;
	uint32_t acknowledge, settle;
	uint32_t conducts, conduct_term;
	uint32_t appeal;
	uint32_t sponsors, probation;
	uint32_t keep_murmurs, keep_acts, keep_chain;
	uint32_t quota_acts, quota_kb, quota_burst;
	char law[TEXT_WORDS_MAX + 1];
};

struct charter {
	char name[TEXT_NAME_MAX + 1];
	uint32_t version;
	struct text_hashes previous; /* none for version 1; two join rivals */
	uint64_t issued, expires;    /* ms */
	struct charter_terms terms;
	size_t n;
	struct charter_party *parties;
	char *prose[CHARTER_CLAUSES + 1]; /* [0]: the preamble */
};

/* On success *ret is the caller's. What is not as charter_print would write
 * it is a fault. */
bool charter_parse(struct str text, struct charter **ret, struct text_fault *f);
void charter_print(const struct charter *c, struct text_out *o);
/* Version 1 without parties, with the template's prose and default terms. */
void charter_template(struct charter **ret, const char *name, uint64_t now_ms);
void charter_free(struct charter **cp);
struct charter *charter_copy(const struct charter *c);

void charter_add(struct charter *c, const struct charter_party *p);
bool charter_drop(struct charter *c, struct str name);
const struct charter_party *charter_find(const struct charter *c,
    struct str name);
const struct charter_party *charter_find_id(const struct charter *c,
    const uint8_t id[static 32]);

/* One item of the terms by its key ("slots"), as written in the text. */
bool charter_set(struct charter *c, struct str key, struct str value,
    struct text_fault *f);

/* How many parties must seal an amendment, or a renewal, of n parties. */
size_t charter_threshold(size_t n);
size_t charter_majority(size_t n);

/* Is b the same as a, but for version, previous, issued and expires? */
bool charter_is_renewal(const struct charter *a, const struct charter *b);

/* What no single line shows: names and keys once, territory within its cap,
 * dates. charter_parse asks it. */
bool charter_sane(const struct charter *c, struct text_fault *f);
/* May b come after a (or after the rivals a and a2)? NULL, or why not. */
const char *charter_follows(const struct charter *a, const struct charter *a2,
    const struct charter *b);

/* The entry that `party init` keeps: a text of its own. */
void charter_party_print(const struct charter_party *p, struct text_out *o);
bool charter_party_parse(struct str text, struct charter_party *ret,
    struct text_fault *f);

/* The clauses' titles and what is printed in them; see charter_items.c. */
extern const char *const charter_titles[CHARTER_CLAUSES + 1];
extern const char *const charter_prose[CHARTER_CLAUSES + 1];
extern const struct text_item charter_name_items[],
    charter_party_items[], *const charter_terms_items[CHARTER_CLAUSES + 1];
extern const struct charter_terms charter_terms_usual;

/* What a newcomer seals before he is in: the alliance, its terms (every
 * clause but 1 and 2) and his own entry. It is made anew from any version
 * that has him, so his seal holds as long as the terms stay as he saw them. */
struct accession {
	char name[TEXT_NAME_MAX + 1]; /* of the alliance */
	uint8_t alliance[32], terms[32];
	struct charter_party party; /* without since, probation, sponsors */
};
void charter_accession(const struct charter *c,
    const uint8_t alliance[static 32], const struct charter_party *p,
    struct accession *ret);
void accession_print(const struct accession *a, struct text_out *o);
bool accession_parse(struct str text, struct accession *ret,
    struct text_fault *f);
void charter_terms_hash(const struct charter *c, uint8_t ret[static 32]);

/* What changes from a to b, in plain words, a line each; a may be NULL. */
void charter_diff(const struct charter *a, const struct charter *b,
    struct text_out *o);

#endif
