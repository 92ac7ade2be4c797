/*
 * request - rules about web requests, all at once.
 *
 * The target is %-decoded up to twice and case-folded into a bounded scratch;
 * what is longer is cut and counted.
 */
#ifndef LPT_REQUEST_H
#define LPT_REQUEST_H

#include "rule/match.h"
#include "rule/regex.h"
#include "rule/rule.h"

struct requests;

/* A request rule, and a number of the caller's for it. */
void requests_new(struct requests **ret, struct regex_room *room);
void requests_free(struct requests **rp);
/* -EINVAL: the rule is left out and why says so. The rule must outlive it. */
int requests_add(struct requests *q, const struct rule *r, uint16_t number,
    char why[static WHY_MAX]);
/* After the last rule; the first match does it if nobody did. */
void requests_ready(struct requests *q);

/* Whether the log names the user who asks. */
bool request_named(const struct record *rec);

/* Which rules hold for it; their numbers. over_limit counts the confirming
 * patterns that took too long. */
size_t requests_match(struct requests *q, const struct record *rec,
    uint16_t hits[static MATCH_HITS], uint64_t *over_limit);
/* The confirming pattern of the i-th rule added, NULL if it has none; how many
 * rules there are. */
struct regex *requests_confirm(const struct requests *q, size_t i);
size_t requests_count(const struct requests *q);
/* How many targets were too long for the scratch. */
uint64_t requests_cut(const struct requests *q);

#endif
