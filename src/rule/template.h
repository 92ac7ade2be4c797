/*
 * template - patterns matched from both ends, without PCRE2.
 *
 * Optional groups and alternatives are multiplied out into variants, straight
 * sequences of literals, runs and addresses. A step is pinned if its place
 * follows from what stands to its left (or, from the other end, to its right);
 * a variant is solved if at most one step is not pinned: that one is what is
 * left between the ends, so there is one reading at most. A pattern whose
 * variants all are solved needs no PCRE2 ever; one with others needs it only
 * for messages that hold all the literals of one of those.
 */
#ifndef LPT_TEMPLATE_H
#define LPT_TEMPLATE_H

#include "base/addr.h"
#include "rule/regex.h"

struct template;

/* *ret is the caller's; the pattern must outlive it. */
void template_new(struct template **ret, const struct pattern *p);
void template_free(struct template **tp);

/* All its variants are solved. */
bool template_is_whole(const struct template *t);
/* Whatever the readings of a message, they agree on the address. */
bool template_pins_ip(const struct template *t);

enum templated {
	TEMPLATE_NONE,
	TEMPLATE_HIT,
	TEMPLATE_AMBIGUOUS, /* two variants found two addresses */
	TEMPLATE_UNSURE,    /* only PCRE2 can tell; who may be set already */
};
enum templated template_run(const struct template *t, struct str message,
    struct captures *ret, struct addr *who);

/* Literals of which every message that matches begins with one: how many, 0
 * if there is no such list. The slices live as long as the template. */
size_t template_variants(const struct template *t);
#define LEADS_MAX 32
size_t template_leads(const struct template *t, struct str to[LEADS_MAX]);

#endif
