/*
 * engine - one pattern ready to run: what it reads in a message, if anything.
 *
 * A message is a hit only if all readings name the same address: what the
 * attacker wrote into the line may offer a second reading, and then nobody is
 * blamed.
 */
#ifndef LPT_ENGINE_H
#define LPT_ENGINE_H

#include "base/addr.h"
#include "rule/template.h"

struct engine;

/* On success *ret is the caller's; -EINVAL: why says what and the cure. */
int engine_new(struct engine **ret, struct str text, char why[static WHY_MAX]);
void engine_free(struct engine **ep);

enum reading {
	READ_NONE,
	READ_HIT,
	READ_AMBIGUOUS,
	READ_LIMIT,
};
/* Fields are indexed as the pattern's. *who has family 0 if the pattern
 * captures no <ip>, or that part of it was optional and absent. */
enum reading engine_read(const struct engine *e, struct regex_room *room,
    struct str message, struct captures *ret, struct addr *who);

const struct pattern *engine_pattern(const struct engine *e);
/* The literals one of which every message that it matches begins with; 0 if
 * there is no such list. */
size_t engine_leads(const struct engine *e, struct str to[LEADS_MAX]);
/* The literals of which every such message holds one; see needs.h. */
size_t engine_needs(const struct engine *e, const struct str **ret);
/* For one whose leading words are not enough, as it is dear to run: what else
 * such a message holds one of; 0 if it is cheap, or nothing is known. */
size_t engine_needs_behind(const struct engine *e, const struct str **ret);
struct regex *engine_regex(const struct engine *e); /* NULL if it is not */

#endif
