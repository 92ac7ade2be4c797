#include <stdio.h>

#include "law/law.h"

const char *rung_name(enum rung r)
{
	switch (r) {
	case RUNG_NEVER:
		return "never";
	case RUNG_PROXY:
		return "proxy";
	case RUNG_ALLOWED:
		return "allowed";
	case RUNG_DENIED:
		return "denied";
	case RUNG_GOOD:
		return "good-client";
	case RUNG_WIDE:
		return "wide";
	case RUNG_OWN:
		return "own";
	case RUNG_ALARM:
		return "alarm";
	case RUNG_HELD:
		return "held";
	case RUNG_NOTHING:
		return "nothing";
	case RUNG_ALLIED:
		return "allied";
	}
	die("no such rung");
}

const char *verdict_name(enum verdict v)
{
	switch (v) {
	case VERDICT_NONE:
		return "none";
	case VERDICT_ALARM:
		return "alarm";
	case VERDICT_LIMIT:
		return "limit";
	case VERDICT_DENY:
		return "deny";
	}
	die("no such verdict");
}

/* "openssh/auth-failure 5 times within 10 min" */
static void evidence_show(const struct ruling *r, const char *rule, char *to,
    size_t size)
{
	char span[32];

	span_show(r->span, span, sizeof(span));
	if (r->rung == RUNG_WIDE)
		snprintf(to, size,
		    "%u addresses of this prefix were shut out within %s, "
		    "the last by %s",
		    r->count, span, rule);
	else if (r->rung == RUNG_ALARM && r->first == 0)
		snprintf(to, size, "%s after %u failures within %s", rule,
		    r->count, span);
	else if (r->need <= 1)
		snprintf(to, size, "%s", rule);
	else
		snprintf(to, size, "%s %u times within %s (it takes %u)", rule,
		    r->count, span, r->need);
}

static void measure_show(const struct ruling *r, char *to, size_t size)
{
	char term[32], more[64] = "";
	const char *what = r->verdict == VERDICT_DENY ? "shut out" : "limited";

	span_show(r->until > r->at ? r->until - r->at : 0, term, sizeof(term));
	if (r->renewed)
		snprintf(more, sizeof(more), ", again while it was");
	else if (r->repeats)
		snprintf(more, sizeof(more), ", doubled %u time%s for repeats",
		    r->repeats, r->repeats == 1 ? "" : "s");
	snprintf(to, size, "%s for %s%s", what, term, more);
}

size_t law_reason(const struct ruling *r, const char *rule, char *to,
    size_t size)
{
	char seen[160], done[128];
	int n = 0;

	evidence_show(r, rule, seen, sizeof(seen));
	measure_show(r, done, sizeof(done));
	switch (r->rung) {
	case RUNG_NEVER:
		n = snprintf(to, size,
		    "%s, but this address is never shut out: alarm only.",
		    seen);
		break;
	case RUNG_PROXY:
		n = snprintf(to, size,
		    "%s, but this is a proxy with others behind it: alarm "
		    "only.",
		    seen);
		break;
	case RUNG_ALLOWED:
		n = snprintf(to, size, "%s, but the operator allowed it.",
		    seen);
		break;
	case RUNG_DENIED:
		n = snprintf(to, size, "The operator shut it out.");
		break;
	case RUNG_GOOD:
		n = snprintf(to, size,
		    "%s by a client with logins on several days: %s.", seen,
		    done);
		break;
	case RUNG_WIDE:
	case RUNG_OWN:
		n = snprintf(to, size, "%s: %s.", seen, done);
		break;
	case RUNG_ALARM:
		n = snprintf(to, size, "%s: alarm only.", seen);
		break;
	case RUNG_HELD:
		n = snprintf(to, size, "%s, but as hard a ruling stands.",
		    seen);
		break;
	case RUNG_NOTHING:
		n = snprintf(to, size, "Not enough evidence.");
		break;
	case RUNG_ALLIED:
		n = snprintf(to, size, "On allies' word: %s.", done);
		break;
	}
	return MIN((size_t)MAX(n, 0), size - 1);
}
