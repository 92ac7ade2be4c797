#include <stdio.h>

#include "law/allied.h"

static const struct {
	const char *name, *why; /* after "mali's notice: " */
} rungs[] = {
	[ALLIED_STRANGER] = { "stranger", "its author is no party here" },
	[ALLIED_AGE] = { "age",
	    "it is expired, too old, from the future or said before" },
	[ALLIED_NEVER] = { "never",
	    "this is a special-purpose range, never a subject" },
	[ALLIED_WIDE] = { "wide", "it is wider than the charter allows" },
	[ALLIED_TERRITORY] = { "territory",
	    "this is an ally's territory: referred, not closed" },
	[ALLIED_POST] = { "post", "this is a member's post" },
	[ALLIED_SERVICE] = { "service",
	    "this is on the list of protected services" },
	[ALLIED_PROTECTED] = { "protected", "this is protected here" },
	[ALLIED_GOOD] = { "good-client",
	    "a good client here: others' word does not count" },
	[ALLIED_WEAK] = { "weak", "packets can be forged: no evidence" },
	[ALLIED_BUDGET] = { "budget",
	    "its author's budget of measures here is used up" },
	[ALLIED_CONDUCT] = { "safe-conduct",
	    "another party gave it safe-conduct and no third one speaks" },
	[ALLIED_SPENT] = { "spent",
	    "closed on others' word for as long as that may be" },
	[ALLIED_HELD] = { "held", "nothing new beside what stands" },
	[ALLIED_LIMITED] = { "limited", NULL },
	[ALLIED_DENIED] = { "denied", NULL },
};

const char *allied_rung_name(enum allied_rung r)
{
	assert(r >= ALLIED_STRANGER && r <= ALLIED_DENIED);
	return rungs[r].name;
}

size_t allied_reason(const struct allied_verdict *v, const char *name,
    uint32_t now, char *to, size_t size)
{
	char term[32];
	int n;

	span_show(v->until > now ? v->until - now : 0, term, sizeof(term));
	if (rungs[v->rung].why)
		n = snprintf(to, size, "The notice of %s: %s.", name,
		    rungs[v->rung].why);
	else
		n = snprintf(to, size,
		    "The notice of %s, with %u witness%s in 7 days: %s for "
		    "%s.",
		    name, v->witnesses, v->witnesses == 1 ? "" : "es",
		    v->verdict == VERDICT_DENY ? "shut out" : "limited", term);
	return MIN((size_t)MAX(n, 0), size - 1);
}
