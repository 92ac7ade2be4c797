#include "judge/ally_refer.h"

#include <sodium.h>
#include <stdio.h>

#include "base/log.h"

const char *const ally_count_names[ALLY_COUNTS] = {
	[COUNT_FRAMES] = "frames",
	[COUNT_ACTS] = "acts",
	[COUNT_KNOWN] = "known",
	[COUNT_PERJURY] = "perjury",
	[COUNT_BROKEN] = "broken",
	[COUNT_STRANGER] = "strangers",
	[COUNT_SIGNATURE] = "wrong_signature",
	[COUNT_SHAPE] = "malformed",
	[COUNT_BODY] = "wrong_body",
	[COUNT_RIGHTS] = "without_right",
	[COUNT_SUSPENDED] = "suspended",
	[COUNT_HELD] = "clock_behind",
	[COUNT_QUOTA] = "over_quota",
	[COUNT_NOTICES] = "notices",
	[COUNT_RECEIPTS] = "receipts",
	[COUNT_SENT] = "sent",
	[COUNT_TOLD] = "told",
	[COUNT_UNSIGNED] = "unsigned",
	[COUNT_LOST] = "lost",
};

/* One full witness with our own first term; its word alone doubles nothing,
 * and our own hosts need no weekly cap. */
static struct allied_conf fleet_conf(uint32_t term)
{
	struct allied_conf c = allied_defaults;

	c.parties = ALLY_FLEET;
	for (int i = 0; i < ALLIED_TERMS; i++)
		c.term[i] = term;
	c.alone_most = c.alone_span;
	c.week_most = c.week_span;
	c.slots = ALLIED_SLOTS_MOST;
	c.per_minute = 240;
	c.burst = 240;
	c.per_48 = 64;
	c.per_32 = 256;
	return c;
}

void ally_start(struct judge *j)
{
	struct ally *y = j->ally;
	struct allied_conf c = allied_defaults,
			   f = fleet_conf(j->law_conf.term);

	if (y->law)
		return;
	act_init();
	c.parties = ALLY_PARTIES;
	memcpy(y->key.k, j->line_key, sizeof(y->key.k));
	allied_new(&y->law, &c, &y->key, ally_immunity, j);
	allied_new(&y->fleet, &f, &y->key, ally_immunity, j);
	y->chains = mem_new(1 + ALLY_CHAINS, sizeof(*y->chains));
	y->told = mem_new(ALLY_TOLD, sizeof(*y->told));
	y->told_net = mem_new(ALLY_TOLD, sizeof(*y->told_net));
	y->told_seq = mem_new(ALLY_TOLD, sizeof(*y->told_seq));
	y->referrals = mem_new(ALLY_REFERRALS, sizeof(*y->referrals));
	y->early = mem_new(ALLY_EARLY, sizeof(*y->early));
	y->taken = mem_new(ALLY_TAKEN, sizeof(*y->taken));
}

static void invited(struct judge *j)
{
	j->ally->posts_due = true;
}

void ally_new(struct judge *j)
{
	struct ally *y = mem_new(1, sizeof(*y));
	unsigned line;

	STAILQ_INIT(&y->drafts);
	line = services_load(&y->services, str_of(services_text));
	if (line)
		die("protected-services.txt:%u: no prefix and name", line);
	y->key = hash_key_new();
	seats_init(&y->accounts, 4096, &y->key);
	j->ally = y;
	j->charters.changed = ally_alliance;
	j->charters.invited = invited;
}

static void free_fact(struct ally_fact *f)
{
	if (f->kind == AFACT_FRAME)
		free((char *)(uintptr_t)f->frame.bytes.p);
}

static void free_charter(struct ally_charter *c)
{
	struct ally_answer *a;

	while ((a = STAILQ_FIRST(&c->answers))) {
		STAILQ_REMOVE_HEAD(&c->answers, next);
		free(a);
	}
	free(c->offered);
	free(c);
}

static void free_drafts(struct ally *y)
{
	struct ally_draft *d;

	while ((d = STAILQ_FIRST(&y->drafts))) {
		STAILQ_REMOVE_HEAD(&y->drafts, next);
		free(d);
	}
	y->n_drafts = 0;
}

void ally_free(struct judge *j)
{
	struct ally *y = j->ally;

	if (!y)
		return;
	for (size_t i = 0; i < y->n_facts; i++)
		free_fact(&y->facts[i]);
	for (size_t i = 0; i < y->n_charters; i++)
		free_charter(y->charters[i]);
	for (size_t i = 0; i < ALLY_PARTIAL; i++)
		for (size_t k = 0; k < FRAME_PARTS; k++)
			free(y->partial[i].bytes[k]);
	free_drafts(y);
	ally_later_free(y);
	allied_free(&y->law);
	allied_free(&y->fleet);
	services_free(&y->services);
	seats_fini(&y->accounts);
	free(y->chains);
	free(y->told);
	free(y->told_net);
	free(y->told_seq);
	free(y->referrals);
	free(y->early);
	free(y->taken);
	free(y->facts);
	free(y);
	j->ally = NULL;
}

bool ally_may_act(const struct judge *j)
{
	return j->now >= j->ally->last;
}

const char *ally_party_name(const struct ally *y, uint16_t no)
{
	return no < y->n_parties && y->parties[no].name[0] ? y->parties[no].name
							   : "?";
}

uint16_t ally_party_no(struct ally *y, const uint8_t id[static 32],
    const char *name)
{
	struct ally_party *p;
	uint16_t i = 0;

	while (i < y->n_parties && memcmp(y->parties[i].id, id, 32) != 0)
		i++;
	if (i == ALLY_PARTIES)
		return ALLY_NOBODY;
	p = &y->parties[i];
	if (i == y->n_parties) {
		memcpy(p->id, id, 32);
		p->changed = true;
		y->n_parties++;
	}
	if (name && strcmp(p->name, name) != 0) {
		snprintf(p->name, sizeof(p->name), "%s", name);
		p->changed = true;
	}
	return i;
}

uint16_t ally_number(struct ally *y, const struct ally_charter *c,
    uint16_t party)
{
	const struct alliance_party *p = c->a && party != ALLIANCE_NOBODY
					     ? alliance_party(c->a, party)
					     : NULL;

	return p ? ally_party_no(y, p->id, p->name) : ALLY_NOBODY;
}

struct ally_charter *ally_charter_of(const struct ally *y,
    const uint8_t id[static 32])
{
	for (size_t i = 0; i < y->n_charters; i++)
		if (memcmp(y->charters[i]->id, id, 32) == 0)
			return y->charters[i];
	return NULL;
}

struct ally_charter *ally_charter_make(struct ally *y,
    const uint8_t id[static 32])
{
	struct ally_charter *c;

	if (y->n_charters == ALLIED_CHARTERS)
		return NULL;
	c = mem_new(1, sizeof(*c));
	c->no = (uint8_t)y->n_charters;
	memcpy(c->id, id, 32);
	c->self = ALLIANCE_NOBODY;
	c->self_no = ALLY_NOBODY;
	c->changed = true;
	STAILQ_INIT(&c->answers);
	y->charters[y->n_charters++] = c;
	return c;
}

/* By whose roll our envoy's key is: that party is ours. */
static void find_self(struct judge *j, struct ally_charter *c)
{
	struct ally *y = j->ally;

	c->self = ALLIANCE_NOBODY;
	for (size_t i = 0; y->has_key && i < alliance_parties(c->a); i++) {
		const struct alliance_party *p =
		    alliance_party(c->a, (uint16_t)i);
		struct alliance_envoy e;

		if (alliance_envoy(c->a, p->id, y->envoy, ally_ms(j), &e) ==
		    ENVOY_OK)
			c->self = e.party;
	}
	c->self_no = ally_number(y, c, c->self);
}

/* What the charter says, never more than we would allow by ourselves. */
static void take_limits(struct ally *y, const struct ally_charter *c)
{
	struct allied_conf l = allied_defaults;

	alliance_limits(c->a, &l);
	allied_charter(y->law, c->no, l.term, l.bits_v4, l.bits_v6);
}

static void take_parties(struct judge *j, struct ally_charter *c)
{
	struct ally *y = j->ally;

	for (size_t i = 0; i < alliance_parties(c->a); i++) {
		const struct alliance_party *p =
		    alliance_party(c->a, (uint16_t)i);
		uint16_t no = ally_party_no(y, p->id, p->name);

		if (no == ALLY_NOBODY)
			log_warn("alliance-too-many-parties max=%d",
			    ALLY_PARTIES);
		else
			allied_probation(y->law, no,
			    alliance_probation(c->a, (uint16_t)i, ally_ms(j)));
	}
}

void ally_alliance(struct judge *j, struct alliance *a)
{
	struct ally *y = j->ally;
	const uint8_t *id = alliance_id(a);
	struct ally_charter *c;
	uint16_t was;

	ally_start(j);
	c = ally_charter_of(y, id);
	if (!c)
		c = ally_charter_make(y, id);
	if (!c) {
		log_warn("alliance-too-many-charters max=%d", ALLIED_CHARTERS);
		return;
	}
	c->a = a;
	take_limits(y, c);
	take_parties(j, c);
	was = c->self;
	find_self(j, c);
	if (was != ALLIANCE_NOBODY && c->self == ALLIANCE_NOBODY)
		ally_offer_sealed(j, c); /* we leave: said while we still can */
	y->posts_due = true;
	c->offer_due = true;
	if (c->self != ALLIANCE_NOBODY && y->notary_up && !c->running)
		ally_begin_run(j, c, RUN_START);
}

bool ally_is_chancery(const struct ally *y, const struct ally_charter *c)
{
	const struct alliance_party *p;
	struct alliance_envoy e;

	if (!c->a || c->self == ALLIANCE_NOBODY)
		return false;
	p = alliance_party(c->a, c->self);
	if (!p->record || !p->record->chancery[0])
		return true;
	return alliance_envoy(c->a, p->id, y->envoy, 0, &e) != ENVOY_UNKNOWN &&
	       e.host && strcmp(e.host, p->record->chancery) == 0;
}

void ally_linked(struct judge *j, enum role peer)
{
	struct ally *y = j->ally;

	if (peer == ENVOY) {
		y->envoy_up = true;
		y->posts_due = true;
		y->n_lines = 0;
	}
}

/* What was not signed when it died never will be: another run. */
void ally_unlinked(struct judge *j, enum role peer)
{
	struct ally *y = j->ally;

	if (peer == ENVOY) {
		y->envoy_up = false;
		y->n_lines = 0;
	}
	if (peer != NOTARY)
		return;
	y->notary_up = false;
	for (size_t i = 0; i < y->n_charters; i++)
		y->charters[i]->running = false;
}

bool ally_hear(struct judge *j, enum role from, uint32_t type, const void *body,
    size_t n)
{
	ally_start(j);
	if (from == NOTARY)
		return ally_hear_notary(j, type, body, n);
	return ally_hear_envoy(j, type, body, n);
}

void ally_set_back(struct judge *j, uint32_t now)
{
	struct ally *y = j->ally;

	if (!y->law)
		return;
	allied_set_back(y->law, now);
	allied_set_back(y->fleet, now);
}

void ally_tick(struct judge *j)
{
	struct ally *y = j->ally;

	if (!y->law)
		return;
	if (y->posts_due) {
		y->posts_due = false;
		ally_posts(j);
	}
	for (size_t i = 0; i < y->n_charters; i++) {
		struct ally_charter *c = y->charters[i];

		if (!c->a || c->self == ALLIANCE_NOBODY)
			continue;
		ally_receipt_tick(j, c);
		ally_beat_tick(j, c);
		ally_forget_tick(j, c);
		ally_line_tick(j, c);
	}
	ally_refer_tick(j);
	ally_early_tick(j);
	ally_later_tick(j);
	ally_send_drafts(j);
}

void ally_perjurer(struct judge *j, const uint8_t envoy[static 32])
{
	struct ally *y = j->ally;
	struct ally_fact *f;

	if (y->n_perjurers == ALLY_PERJURERS || ally_is_perjurer(y, envoy))
		return;
	memcpy(y->perjurers[y->n_perjurers++], envoy, ACT_KEY);
	f = ally_fact(y, AFACT_PERJURER);
	if (f)
		memcpy(f->key, envoy, ACT_KEY);
}

bool ally_is_perjurer(const struct ally *y, const uint8_t envoy[static 32])
{
	for (size_t i = 0; i < y->n_perjurers; i++)
		if (!memcmp(y->perjurers[i], envoy, ACT_KEY))
			return true;
	return false;
}
