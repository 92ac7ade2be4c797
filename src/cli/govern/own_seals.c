#include <stdio.h>

#include "cli/govern/govern.h"

/* Where the seal is that signs once the version with it holds. */
#define SEAL_NEXT "keys/seal-next"

/* Our seals, changed by a charter's next version. */

static struct seal *find(struct charter_party *p, const struct seal *s)
{
	for (size_t i = 0; i < p->seals.n; i++)
		if (seal_eq(&p->seals.v[i], s))
			return &p->seals.v[i];
	return NULL;
}

/* Was it a seal of the party in any version? */
struct former {
	const struct charter_party *p;
	const struct seal *s;
	bool yes;
};

static void look_at(void *arg, enum sealed_type type,
    const uint8_t hash[static 32], struct str bytes)
{
	struct former *f = arg;
	const struct charter_party *p;
	struct charter *c = NULL;
	struct text_fault fault;
	struct sealed s;

	if (type != SEALED_CHARTER || sealed_parse(bytes, &s) ||
	    !charter_parse(s.text, &c, &fault))
		return;
	p = charter_find_id(c, f->p->id);
	for (size_t i = 0; p && i < p->seals.n; i++)
		f->yes |= seal_eq(&p->seals.v[i], f->s);
	charter_free(&c);
}

/* With a seal that comes back would come back whatever it sealed in its time:
 * old records and rolls, whose numbers began anew when it went. */
static int add(struct gov *g, const struct alliance *a, struct charter_party *p)
{
	struct seal s;
	struct former f = { p, &s, false };
	int e = own_seal_read(g, g->new_seal, &s);

	if (e)
		return e;
	if (find(p, &s))
		return cli_usage(g->command, "%s is a seal of ours already",
		    g->new_seal);
	alliance_acts(a, look_at, &f);
	if (f.yes)
		return cli_usage(g->command,
		    "%s was a seal of ours before, and what it sealed then "
		    "would count again; make a new one",
		    g->new_seal);
	if (p->seals.n == TEXT_SEALS_MAX)
		return cli_usage(g->command, "there are %d seals already",
		    TEXT_SEALS_MAX);
	p->seals.v[p->seals.n++] = s;
	return CLI_OK;
}

/* The founding seal stays in the text: our id is made of it. */
static int drop(struct gov *g, struct charter_party *p)
{
	struct seal s, *at;
	uint8_t id[32];
	int e = own_seal_read(g, g->drop_seal, &s);

	if (e)
		return e;
	at = find(p, &s);
	if (!at)
		return cli_usage(g->command, "%s is no seal of ours",
		    g->drop_seal);
	if (p->seals.n == 1)
		return cli_usage(g->command,
		    "it is our only seal; name the one that takes its place "
		    "by --new-seal FILE");
	memmove(at, at + 1,
	    (size_t)(&p->seals.v[--p->seals.n] - at) * sizeof(*at));
	memset(&p->seals.v[p->seals.n], 0, sizeof(*at));
	seal_party_id(&s, id);
	if (!memcmp(id, p->id, 32))
		p->founding = s;
	if (p->threshold > p->seals.n)
		return cli_usage(g->command,
		    "%u seals are needed of ours, and %zu would be left; "
		    "--threshold N",
		    p->threshold, p->seals.n);
	return CLI_OK;
}

int own_seals_change(struct gov *g, const struct own *o,
    const struct alliance *a, struct charter_party *p)
{
	auto_free char *real = NULL;
	int e = CLI_OK;

	if (g->new_seal)
		e = add(g, a, p);
	if (g->threshold)
		p->threshold = g->threshold;
	if (!e && g->drop_seal)
		e = drop(g, p);
	if (!e && p->threshold > p->seals.n)
		e = cli_usage(g->command,
		    "--threshold %u, but we have %zu seals", p->threshold,
		    p->seals.n);
	if (e || g->n_seals > 0 || !g->new_seal)
		return e;
	/* former and new ones sign */
	g->seals[g->n_seals++] = o->seal;
	g->seals[g->n_seals++] = g->new_seal;
	real = realpath(g->new_seal, NULL);
	return own_keep(g, SEAL_NEXT, str_of(real ? real : g->new_seal));
}

static bool same_seals(const struct charter_party *a,
    const struct charter_party *b)
{
	bool same = a->seals.n == b->seals.n && a->threshold == b->threshold;

	for (size_t i = 0; same && i < a->seals.n; i++)
		same = seal_eq(&a->seals.v[i], &b->seals.v[i]);
	return same;
}

static int follow(struct gov *g, struct own *o, const struct charter_party *is)
{
	char path[GOV_PATH];
	struct seal s;
	int e;

	o->party = *is;
	if (*o->seal && !own_seal_read(g, o->seal, &s) &&
	    !find(&o->party, &s)) {
		auto_free char *next = NULL;
		size_t n;

		snprintf(path, sizeof(path), "%s/" SEAL_NEXT, g->state);
		if (access(path, R_OK) == 0)
			(void)read_whole(g->command, path, &next, &n);
		snprintf(o->seal, sizeof(o->seal), "%s", next ? next : "");
	}
	e = own_keep_party(g, o);
	if (!e && !g->ask.json)
		puts("Our seals are those of the charter now; record and roll "
		     "are sealed anew.");
	return e;
}

static int seal_anew(struct gov *g, const struct own *o, const struct held *h)
{
	const struct own_news news = { 0 };
	struct text_out bundle = { 0 };
	int e;

	g->n_seals = *o->seal ? 0 : g->n_seals;
	e = sign_own(g, o, h, &news, &bundle);
	if (!e)
		e = held_put(g, text_of(&bundle), false, true);
	text_free(&bundle);
	return e;
}

int own_follow(struct gov *g, struct own *o)
{
	struct held h = { 0 };
	bool anew = false;
	int e = held_fetch(g, &h);

	for (size_t i = 0; !e && i < h.n; i++) {
		uint16_t no = alliance_party_of_id(h.a[i], o->party.id);
		const struct alliance_party *p =
		    no == ALLIANCE_NOBODY ? NULL : alliance_party(h.a[i], no);

		if (!p || !p->present || same_seals(p->entry, &o->party))
			continue;
		e = follow(g, o, p->entry);
		anew = !o->fleet;
	}
	if (!e && anew)
		e = seal_anew(g, o, &h);
	held_free(&h);
	return e;
}
