/*
 * text - a message through the patterns of its group.
 */
#ifndef LPT_TEXT_H
#define LPT_TEXT_H

#include "rule/group.h"
#include "rule/learn.h"

/* What matching a line needs and keeps. */
struct reading_room {
	const struct compiled_rules *c;
	struct regex_room *regex;
	struct learn *learn;
	struct match_stats *stats;
	uint32_t now; /* of the last line that had a time, s */
	bool trial;   /* nothing is learned of what is read */
};

/* Adds the hits of the record's message to n already there. */
size_t text_match(struct reading_room *r, struct group *g,
    const struct record *rec, struct hit *hits, size_t n);

/* One pattern on one text; what goes wrong is counted for the rule. */
enum reading text_read(struct reading_room *r, const struct reader *reader,
    struct str text, struct captures *c, struct addr *who, size_t rule);
/* Adds what a pattern found to what is known of the hit. */
void text_gather(struct hit *h, const struct reader *r,
    const struct captures *c, const struct addr *who);

#endif
