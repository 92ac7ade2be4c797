#include "judge/control_priv.h"

enum {
	SOON_D = 30 /* what ends within is told */
};

/* What ends when: whole days, 0 once it has ended. */
struct ending {
	json_t *to;
	uint64_t now;
};

static void ends(struct ending *e, const char *what, const char *party,
    const char *host, uint64_t until)
{
	uint64_t days = until > e->now ? (until - e->now) / 86400000 : 0;

	if (days >= SOON_D)
		return;
	json_array_append_new(e->to,
	    json_pack("{s:s,s:s,s:s,s:I,s:i,s:b}", "what", what, "party", party,
		"host", host, "until", (json_int_t)(until / 1000), "days",
		(int)days, "over", until <= e->now));
}

static json_t *endings(const struct alliance *a, uint64_t now)
{
	struct ending e = { json_array(), now };

	ends(&e, "charter", "", "", alliance_expires(a));
	for (size_t i = 0; i < alliance_parties(a); i++) {
		const struct alliance_party *p = alliance_party(a, (uint16_t)i);

		for (size_t k = 0; p->present && p->roll && k < p->roll->n; k++)
			ends(&e, "envoy", p->name, p->roll->envoys[k].host,
			    p->roll->envoys[k].not_after);
	}
	return e.to;
}

static size_t present(const struct alliance *a)
{
	size_t n = 0;

	for (size_t i = 0; i < alliance_parties(a); i++)
		n += alliance_party(a, (uint16_t)i)->present;
	return n;
}

static json_t *one(const struct judge *j, const struct alliance *a)
{
	static const char *const states[] = { [ALLIANCE_EMPTY] = "empty",
		[ALLIANCE_ALIVE] = "alive",
		[ALLIANCE_RIVALS] = "rivals",
		[ALLIANCE_LAPSED] = "lapsed" };
	uint64_t now = (uint64_t)j->now * 1000;
	const struct charter *c = alliance_charter(a);
	size_t asked = 0;

	for (size_t i = 0; i < j->charters.n_requests; i++)
		asked += !memcmp(j->charters.requests[i].alliance,
		    alliance_id(a), 32);
	return json_pack("{s:s,s:s,s:i,s:I,s:i,s:i,s:i,s:o}", "alliance",
	    c ? c->name : "", "state", states[alliance_state(a, now)],
	    "version", (int)alliance_version(a), "expires",
	    (json_int_t)(alliance_expires(a) / 1000), "parties",
	    (int)present(a), "waiting", (int)alliance_waiting(a), "requests",
	    (int)asked, "endings", endings(a, now));
}

json_t *json_charters(const struct judge *j)
{
	json_t *all = json_array();

	for (size_t i = 0; i < j->charters.n; i++)
		json_array_append_new(all, one(j, j->charters.v[i]));
	return all;
}
