#include "judge/ally_priv.h"

#include <stdio.h>

#include "base/bytes.h"
#include "base/log.h"

enum {
	HURRY = 256, /* facts worth a transaction at once */
	HURRY_BYTES = 1 << 20,
	CHARTER_BYTES = 65 /* run, seq, head, posted run and seq, a form */
};
#define LAST "ally/last"

struct ally_fact *ally_fact(struct ally *y, enum ally_fact_kind kind)
{
	struct ally_fact *f;

	if (y->n_facts == y->room_facts) {
		if (y->room_facts >= FACTS_MAX)
			return NULL;
		y->room_facts = y->room_facts ? y->room_facts * 2 : 64;
		y->facts = mem_grow(y->facts, y->room_facts, sizeof(*y->facts));
	}
	f = &y->facts[y->n_facts++];
	memset(f, 0, sizeof(*f));
	f->kind = kind;
	return f;
}

static bool any_changed(const struct ally *y)
{
	for (size_t i = 0; i < y->n_parties; i++)
		if (y->parties[i].changed)
			return true;
	for (size_t i = 0; i < y->n_charters; i++)
		if (y->charters[i]->changed)
			return true;
	return false;
}

bool ally_waits(const struct judge *j)
{
	const struct ally *y = j->ally;

	return y->n_facts > 0 || y->n_taken > 0 ||
	       (y->law && (any_changed(y) || allied_has_changed(y->law) ||
			      allied_has_changed(y->fleet)));
}

bool ally_hurries(const struct judge *j)
{
	return j->ally->n_facts >= HURRY ||
	       j->ally->bytes_facts >= HURRY_BYTES ||
	       j->ally->n_taken >= ALLY_TAKEN / 2;
}

static int forget(struct ledger *l, const struct net *n)
{
	int e = ledger_drop_said(l, n);

	return e ? e : ledger_drop_told(l, n);
}

#define PERJURY "perjury/"

static int put_perjurer(struct ledger *l, const uint8_t *key)
{
	char name[sizeof(PERJURY) + 64] = PERJURY;

	for (size_t i = 0; i < ACT_KEY; i++)
		snprintf(name + sizeof(PERJURY) - 1 + 2 * i, 3, "%02x", key[i]);
	return ledger_put_counter(l, name, 1);
}

static int write_fact(struct ledger *l, const struct ally_fact *f)
{
	struct ledger_account a;

	switch (f->kind) {
	case AFACT_FRAME:
		return ledger_put_frame(l, &f->frame);
	case AFACT_SAID:
		return ledger_put_said(l, &f->said);
	case AFACT_PARDONED:
		return ledger_pardon_said(l, &f->said.net, f->said.party);
	case AFACT_UNSAID:
		return ledger_drop_said_by(l, &f->said.net, f->said.party);
	case AFACT_PERJURER:
		return put_perjurer(l, f->key);
	case AFACT_TOLD:
		return ledger_put_told(l, &f->told);
	case AFACT_REPLY:
		return ledger_put_reply(l, &f->reply);
	case AFACT_REFERRAL:
		return ledger_put_referral(l, &f->referral);
	case AFACT_REFERRAL_GONE:
		return ledger_drop_referral(l, &f->referral);
	case AFACT_EARLY:
		return ledger_put_early(l, &f->early);
	case AFACT_EARLY_GONE:
		return ledger_drop_early(l, &f->early);
	case AFACT_ACCOUNT:
		a = (struct ledger_account){ f->account.net, f->account.last,
			{ (const char *)f->account.users, 3u * f->account.n } };
		return ledger_put_account(l, &a);
	case AFACT_FORGET:
		return forget(l, &f->net);
	}
	die("no such fact");
}

struct sink {
	struct ledger *l;
	const struct ally *y;
	uint32_t shift; /* the fleet's places lie above the others' */
	int e;
};

/* Places of the fleet's memory, beyond all of the allies'. */
enum {
	FLEET_PLACES = 1 << 24,
	FLEET_PARTIES = 1 << 12
};

static void keep_subject(void *arg, uint32_t place, const struct net *net,
    struct str bytes)
{
	struct sink *k = arg;

	if (!k->e)
		k->e = ledger_put_subject(k->l, k->shift + place, bytes);
}

static void keep_party(void *arg, uint16_t party, struct str bytes)
{
	struct sink *k = arg;
	struct ledger_party p = { .no = party, .state = bytes };

	if (k->e || party >= k->y->n_parties)
		return;
	p.id = k->y->parties[party].id;
	p.name = str_of(k->y->parties[party].name);
	k->e = ledger_put_party(k->l, &p);
}

/* Our own hosts are named by their envoys' keys. */
static void keep_host(void *arg, uint16_t party, struct str bytes)
{
	struct sink *k = arg;
	struct ledger_party p = { (uint16_t)(FLEET_PARTIES + party),
		k->y->hosts[party], STR("host"), bytes };

	if (!k->e && party < k->y->n_hosts)
		k->e = ledger_put_party(k->l, &p);
}

static int write_named(struct ally *y, struct ledger *l)
{
	int e = 0;

	for (size_t i = 0; !e && i < y->n_parties; i++) {
		struct ally_party *p = &y->parties[i];

		if (p->changed)
			allied_touch(y->law, (uint16_t)i);
	}
	for (size_t i = 0; !e && i < y->n_charters; i++) {
		struct ally_charter *c = y->charters[i];
		uint8_t b[CHARTER_BYTES] = { 1 };
		uint64_t v[4] = { c->author.run, c->author.seq, c->posted_run,
			c->posted_seq };
		struct ledger_charter row = { c->no, c->id,
			{ (const char *)b, sizeof(b) } };

		if (!c->changed)
			continue;
		for (size_t k = 0; k < 32; k++)
			b[1 + k] = (uint8_t)(v[k / 8] >> (56 - k % 8 * 8));
		memcpy(b + 33, c->author.head.b, 32);
		e = ledger_put_charter(l, &row);
	}
	return e;
}

static int write_chains(struct ally *y, struct ledger *l)
{
	int e = 0;

	for (uint32_t i = 1; !e && i <= y->n_chains; i++) {
		const struct ally_chain *h = &y->chains[i];
		struct ledger_chain row = { h->no, h->used,
			{ (const char *)&h->c, sizeof(h->c) } };

		if (h->changed)
			e = ledger_put_chain(l, &row);
	}
	return e;
}

int ally_write(struct judge *j, struct ledger *l)
{
	struct ally *y = j->ally;
	struct sink k = { l, y, 0, 0 };

	for (size_t i = 0; !k.e && i < y->n_facts; i++)
		k.e = write_fact(l, &y->facts[i]);
	if (k.e || !y->law)
		return k.e;
	k.e = write_named(y, l);
	if (!k.e)
		k.e = write_chains(y, l);
	if (!k.e)
		allied_changed(y->law, keep_subject, keep_party, &k);
	k.shift = FLEET_PLACES;
	if (!k.e)
		allied_changed(y->fleet, keep_subject, keep_host, &k);
	return k.e ? k.e : ledger_put_counter(l, LAST, MAX(y->last, j->now));
}

void ally_written(struct judge *j)
{
	struct ally *y = j->ally;

	for (size_t i = 0; i < y->n_facts; i++)
		if (y->facts[i].kind == AFACT_FRAME)
			free((char *)(uintptr_t)y->facts[i].frame.bytes.p);
	y->n_facts = 0;
	y->bytes_facts = 0;
	for (size_t i = 0; i < y->n_parties; i++)
		y->parties[i].changed = false;
	for (size_t i = 0; i < y->n_charters; i++)
		y->charters[i]->changed = false;
	for (uint32_t i = 1; i <= y->n_chains; i++)
		y->chains[i].changed = false;
	if (y->law) {
		allied_kept(y->law);
		allied_kept(y->fleet);
	}
	for (size_t i = 0; i < y->n_taken; i++)
		judge_send(j, ENVOY, 0, MSG_TAKEN, &y->taken[i],
		    sizeof(y->taken[i]));
	y->n_taken = 0;
}

/* Back from the ledger. */

static void host_again(struct ally *y, const struct ledger_party *p)
{
	uint16_t no = (uint16_t)(p->no - FLEET_PARTIES);

	if (no >= ALLY_FLEET)
		return;
	memcpy(y->hosts[no], p->id, ACT_KEY);
	y->n_hosts = MAX(y->n_hosts, (size_t)no + 1);
	(void)allied_restore_party(y->fleet, no, p->state);
}

static void party_again(void *arg, const struct ledger_party *p)
{
	struct judge *j = arg;
	struct ally *y = j->ally;
	char name[TEXT_NAME_MAX + 1] = "";
	struct str n = str_head(p->name, TEXT_NAME_MAX);

	if (p->no >= FLEET_PARTIES) {
		host_again(y, p);
		return;
	}
	memcpy(name, n.p, n.n);
	if (p->no != y->n_parties || ally_party_no(y, p->id, name) != p->no) {
		log_warn("ledger-odd what=party no=%u", p->no);
		return;
	}
	y->parties[p->no].changed = false;
	(void)allied_restore_party(y->law, p->no, p->state);
}

static void charter_again(void *arg, const struct ledger_charter *row)
{
	struct judge *j = arg;
	struct ally *y = j->ally;
	struct rd r = rd_of(row->state.p, row->state.n);
	struct ally_charter *c;

	if (row->no != y->n_charters || rd_u8(&r) != 1)
		return;
	c = ally_charter_make(y, row->id);
	if (!c)
		return;
	c->author.run = rd_u64(&r);
	c->author.seq = rd_u64(&r);
	c->posted_run = rd_u64(&r);
	c->posted_seq = rd_u64(&r);
	rd_bytes(&r, c->author.head.b, 32);
	c->changed = false;
}

static void subject_again(void *arg, uint32_t place, struct str bytes)
{
	struct ally *y = ((struct judge *)arg)->ally;

	if (place >= FLEET_PLACES)
		(void)allied_restore(y->fleet, place - FLEET_PLACES, bytes);
	else
		(void)allied_restore(y->law, place, bytes);
}

static void chain_again(void *arg, const struct ledger_chain *row)
{
	struct judge *j = arg;
	struct chain c;

	if (row->bytes.n != sizeof(c))
		return;
	memcpy(&c, row->bytes.p, sizeof(c));
	if (chain_ok(&c))
		ally_chain_again(j, row->no, row->used, &c);
}

static void told_again(void *arg, const struct ledger_told *t)
{
	struct judge *j = arg;

	if (t->at + 7 * 86400 > j->now)
		ally_told_keep(j->ally, t);
}

static void referral_again(void *arg, const struct ledger_referral *r)
{
	struct ally *y = ((struct judge *)arg)->ally;

	if (y->n_referrals < ALLY_REFERRALS)
		y->referrals[y->n_referrals++] = *r;
}

static void said_again(void *arg, const struct ledger_said *s)
{
	ally_later_again(arg, s);
}

static void early_again(void *arg, const struct ledger_early *e)
{
	struct ally *y = ((struct judge *)arg)->ally;

	if (y->n_early < ALLY_EARLY)
		y->early[y->n_early++] = *e;
}

static void account_again(void *arg, const struct ledger_account *a)
{
	struct ally *y = ((struct judge *)arg)->ally;
	struct seat_key k = { addr_half(&a->net.addr), 0, a->net.addr.family };
	struct seat *s = seats_take(&y->accounts, &k, 0);

	s->heat = a->last;
	s->n = (uint8_t)MIN(a->users.n / 3, 5u);
	memcpy(s->w, a->users.p, s->n * 3u);
}

static bool unhex(struct str hex, uint8_t key[ACT_KEY])
{
	static const char digits[] = "0123456789abcdef";

	if (hex.n != 2 * ACT_KEY)
		return false;
	for (size_t i = 0; i < hex.n; i++) {
		const char *d = memchr(digits, hex.p[i], 16);

		if (!d)
			return false;
		key[i / 2] = (uint8_t)(key[i / 2] << 4 | (d - digits));
	}
	return true;
}

static void last_again(void *arg, struct str name, uint64_t value)
{
	struct ally *y = ((struct judge *)arg)->ally;

	if (str_eq(name, STR(LAST)))
		y->last = (uint32_t)MIN(value, (uint64_t)UINT32_MAX);
	else if (str_starts(name, STR(PERJURY)) &&
		 y->n_perjurers < ALLY_PERJURERS &&
		 unhex(str_from(name, sizeof(PERJURY) - 1),
		     y->perjurers[y->n_perjurers]))
		y->n_perjurers++;
}

int ally_restore(struct judge *j, struct ledger *l)
{
	struct ally *y = j->ally;
	int e = ledger_accounts(l, account_again, j);

	if (!e)
		e = ledger_counters(l, last_again, j);
	if (e || !y->last)
		return e; /* there never was a charter */
	ally_start(j);
	if (!e)
		e = ledger_parties(l, party_again, j);
	if (!e)
		e = ledger_charters(l, charter_again, j);
	if (!e)
		e = ledger_subjects(l, subject_again, j);
	if (!e)
		e = ledger_chains(l, chain_again, j);
	if (!e)
		e = ledger_tolds(l, told_again, j);
	if (!e)
		e = ledger_referrals(l, referral_again, j);
	if (!e)
		e = ledger_earlies(l, early_again, j);
	if (!e)
		e = ledger_said_as(l, ALLIED_BUDGET, said_again, j);
	allied_resume(y->law, y->last, j->now);
	allied_resume(y->fleet, y->last, j->now);
	if (!ally_may_act(j))
		log_warn("clock-behind-ledger seconds=%u text=\"no ally is "
			 "heard until it has passed\"",
		    y->last - j->now);
	return e;
}

uint32_t ally_restored(const struct judge *j, const struct ledger_measure *m)
{
	const struct ally *y = j->ally;
	enum verdict v;
	uint32_t a, b;

	if (!y->law)
		return 0;
	a = allied_in_force(y->law, &m->net, j->now, &v);
	b = allied_in_force(y->fleet, &m->net, j->now, &v);
	return MIN(m->until, MAX(a, b));
}

void ally_refill(struct judge *j)
{
	struct ally *y = j->ally;

	if (!y->law)
		return;
	for (size_t i = 0; i < y->n_parties; i++)
		y->parties[i].changed = true;
	for (size_t i = 0; i < y->n_charters; i++)
		y->charters[i]->changed = true;
	for (uint32_t i = 1; i <= y->n_chains; i++)
		y->chains[i].changed = true;
	allied_keep_all(y->law);
	allied_keep_all(y->fleet);
}
