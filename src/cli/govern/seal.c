#include <stdio.h>
#include <time.h>

#include "cli/govern/govern.h"

enum {
	RECORDS_S = 20 /* how long newcomers' records are waited for */
};

struct deeds {
	size_t done, refused;
};

static bool same_code(const char *a, const char *b)
{
	return str_eq_nocase(str_trim(str_of(a)), str_trim(str_of(b)));
}

/* A newcomer in plain words, and whether it is he. */
static bool is_he(const struct gov *g, const struct joining *n)
{
	const struct charter_party *p = &n->accession.party;
	struct party_record *r = NULL;
	struct text_fault f;
	char addr[NET_MAX], shown[SEAL_SHOW_MAX];

	if (g->code)
		return same_code(g->code, n->code);
	if (g->ask.json)
		return g->yes;
	printf("%s%s%s asks to be admitted to %s.\n", p->name,
	    *p->country ? ", " : "", p->country, n->accession.name);
	for (size_t i = 0; i < p->seals.n; i++) {
		seal_show(&p->seals.v[i], shown);
		printf("  its seal       %s\n", shown);
	}
	for (size_t i = 0; i < p->territory.n; i++) {
		(void)net_print(&p->territory.v[i], addr);
		printf("  its territory  %s (others' word closes nothing "
		       "there)\n",
		    addr);
	}
	if (record_parse(n->record.text, &r, &f) && r->n_posts > 0) {
		(void)addr_print(&r->posts[0].at.v[0], addr);
		printf("  its post       %s port %u\n", addr,
		    r->posts[0].at.port);
	}
	if (*p->contact)
		printf("  its contact    %s\n", p->contact);
	record_free(&r);
	printf("Call them, by a number that you know. They must read you "
	       "these words:\n\n    %s\n\n",
	    n->code);
	return gov_agreed(g, "Are these the words they read?");
}

static const char *other_sponsor(const struct gov *g, const struct own *o,
    const struct charter *c)
{
	for (size_t i = 0; !g->sponsor && i < c->n; i++)
		if (memcmp(c->parties[i].id, o->party.id, 32) != 0)
			return c->parties[i].name;
	return g->sponsor;
}

/* Why he cannot be admitted, whoever he is; NULL: he can. */
static const char *refusal(const struct alliance *a, const struct joining *n)
{
	const struct charter *c = alliance_charter(a);
	const struct charter_party *p = &n->accession.party;
	uint8_t terms[32];

	charter_terms_hash(c, terms);
	if (memcmp(terms, n->accession.terms, 32) != 0)
		return "it sealed other terms than hold now; it must join anew "
		       "(liptako invite)";
	if (charter_find(c, str_of(p->name)))
		return "there is a party of that name already; there: liptako "
		       "join --party NAME TOKEN";
	return NULL;
}

static int admit(const struct gov *g, const struct own *o,
    const struct alliance *a, const struct joining *n, struct charter *c)
{
	const struct charter *was = alliance_charter(a);
	struct charter_party p = n->accession.party;
	const char *second = other_sponsor(g, o, was);

	if (charter_find(c, str_of(p.name)))
		return cli_fault(g->command,
		    "two newcomers are called %s; one of them must join by "
		    "another name (liptako join --party NAME TOKEN)",
		    p.name);
	p.since = c->issued;
	p.probation = c->issued + was->terms.probation * UINT64_C(1000);
	snprintf(p.sponsor, sizeof(p.sponsor), "%s", o->party.name);
	if (was->n >= 3 && was->terms.sponsors > 1 && second) {
		if (!charter_find(was, str_of(second)))
			return cli_usage(g->command,
			    "--sponsor %s is no party of it", second);
		snprintf(p.sponsor2, sizeof(p.sponsor2), "%s", second);
	}
	charter_add(c, &p);
	return CLI_OK;
}

/* All who asked and are who they say, into one version. */
static int admit_all(struct gov *g, const struct own *o, const struct held *h,
    const struct alliance *a, struct deeds *d)
{
	struct charter *c = next_version(a);
	struct text_out seals = { 0 };
	size_t n_in = 0;
	int e = CLI_OK;

	for (size_t i = 0; !e && i < h->n_requests; i++) {
		struct str b = { h->requests[i].bundle, h->requests[i].n };
		struct joining n;
		const char *why;

		if (joining_read(b, &n) ||
		    memcmp(n.accession.alliance, alliance_id(a), 32) != 0)
			continue;
		why = refusal(a, &n);
		if (why) {
			fprintf(stderr,
			    "%s asks to be admitted to %s and "
			    "cannot be: %s.\n",
			    n.accession.party.name, n.accession.name, why);
			d->refused++;
			continue;
		}
		if (!is_he(g, &n)) {
			fprintf(stderr, "%s is not admitted now.\n",
			    n.accession.party.name);
			continue;
		}
		e = admit(g, o, a, &n, c);
		if (!e)
			text_put_str(&seals, n.join.seals);
		n_in++;
	}
	if (!e && n_in > 0)
		e = charter_propose(g, o, a, c, text_of(&seals));
	d->done += n_in;
	text_free(&seals);
	charter_free(&c);
	return e;
}

/* Who is new in a version that others proposed, and his code. */
static bool newcomers_are(const struct gov *g, const struct alliance *a,
    const struct charter *c)
{
	bool all = true;

	for (size_t i = 0; i < c->n; i++) {
		const struct charter_party *p = &c->parties[i];
		char code[CODE_MAX], question[160];

		if (charter_find_id(alliance_charter(a), p->id))
			continue;
		joining_code(c, alliance_id(a), p, code);
		if (g->code) {
			all &= same_code(g->code, code);
			continue;
		}
		if (!g->ask.json)
			printf("%s is new in version %u. Call them: their six "
			       "words are\n\n    %s\n\n",
			    p->name, c->version, code);
		snprintf(question, sizeof(question),
		    "Are these the words that %s reads?", p->name);
		all = all && gov_agreed(g, question);
	}
	return all;
}

static int seal_waiting(struct gov *g, const struct own *o,
    const struct alliance *a, struct deeds *d, bool *sealed_next)
{
	struct alliance_waiting w;
	int e = CLI_OK;

	for (size_t i = 0; !e && alliance_waits(a, i, &w); i++) {
		if (alliance_waits_sealed_by(a, i, o->party.id)) {
			*sealed_next = true;
			if (!g->ask.json)
				printf("Version %u of %s has your seal and "
				       "waits: %s\n",
				    w.charter->version, w.charter->name,
				    w.missing);
			continue;
		}
		if (*sealed_next)
			continue; /* two would be rivals */
		if (!newcomers_are(g, a, w.charter)) {
			fprintf(stderr, "Version %u is not sealed now.\n",
			    w.charter->version);
			continue;
		}
		e = charter_propose(g, o, a, w.charter, STR(""));
		*sealed_next |= e == CLI_OK;
		d->done++;
	}
	return e;
}

static const struct alliance *held_of(const struct held *h,
    const uint8_t id[static 32])
{
	for (size_t i = 0; i < h->n; i++)
		if (!memcmp(alliance_id(h->a[i]), id, 32))
			return h->a[i];
	return NULL;
}

/* The posts of newcomers who wait for the others' seals: their requests are
 * here, and with them their records. */
static size_t posts_to_come(const struct own *o, const struct held *h,
    struct post_of *to, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n_requests; i++) {
		struct str bundle = { h->requests[i].bundle, h->requests[i].n };
		struct party_record *r = NULL;
		const struct alliance *a;
		struct text_fault f;
		struct joining j;

		if (joining_read(bundle, &j) ||
		    !(a = held_of(h, j.accession.alliance)) ||
		    !charter_find_waiting(a, j.accession.party.id) ||
		    !record_parse(j.record.text, &r, &f))
			continue;
		for (size_t k = 0; k < r->n_posts && n < max; k++) {
			memcpy(to[n].alliance, j.accession.alliance, 32);
			memcpy(to[n].post, r->posts[k].cert.sha256, 32);
			n += !own_logs_in(o, a, to[n].post);
		}
		record_free(&r);
	}
	return n;
}

/* Our login at posts that came new: once their records are here. */
static int record_again(struct gov *g, const struct own *o, bool wait)
{
	static const struct timespec second = { 1, 0 };
	struct text_out text = { 0 }, act = { 0 };
	struct post_of soon[HELD_REQUESTS];
	struct held h = { 0 };
	size_t n_soon;
	bool lacks;
	int e = held_fetch(g, &h);

	wait &= !o->fleet;
	for (int i = 0; !e && wait && i < RECORDS_S; i++) {
		bool all = true;

		for (size_t k = 0; k < h.n; k++)
			for (size_t p = 0; p < alliance_parties(h.a[k]); p++) {
				const struct alliance_party *m =
				    alliance_party(h.a[k], (uint16_t)p);

				all &= !m->present || m->record;
			}
		if (all)
			break;
		(void)nanosleep(&second, NULL);
		held_free(&h);
		e = held_fetch(g, &h);
	}
	if (!e && o->fleet) {
		held_free(&h);
		return CLI_OK; /* the chancery's record is not ours to make */
	}
	n_soon = e ? 0 : posts_to_come(o, &h, soon, countof(soon));
	lacks = n_soon > 0;
	for (size_t k = 0; !e && k < h.n; k++)
		lacks |= own_record_lacks(o, h.a[k]);
	if (!e && lacks) {
		const struct own_news news = { .posts = soon,
			.n_posts = n_soon };

		own_record(g, o, &h, &news, &text);
		e = sign_act(g, o, SEALED_RECORD, text_of(&text), &act);
		if (!e)
			e = held_put(g, text_of(&act), false, true);
		if (!e && !g->ask.json)
			puts("Our record was sealed anew, with logins at the "
			     "newcomers' posts.");
	}
	text_free(&text);
	text_free(&act);
	held_free(&h);
	return e;
}

static int seal_one(struct gov *g, const struct own *o, const struct held *h,
    const struct alliance *a, struct deeds *d)
{
	bool sealed_next = false;
	size_t requests = 0;
	int e = seal_waiting(g, o, a, d, &sealed_next);

	for (size_t i = 0; i < h->n_requests; i++) {
		struct joining n;

		requests += !joining_read((struct str){ h->requests[i].bundle,
					      h->requests[i].n },
				&n) &&
			    !memcmp(n.accession.alliance, alliance_id(a), 32) &&
			    !charter_find_waiting(a, n.accession.party.id);
	}
	if (e || requests == 0)
		return e;
	if (sealed_next) {
		fputs("Newcomers wait until that version has its seals; then "
		      "once more: liptako charter seal.\n",
		    stderr);
		return CLI_OK;
	}
	return admit_all(g, o, h, a, d);
}

int charter_seal(struct gov *g)
{
	struct held h = { 0 };
	struct own o;
	struct deeds d = { 0 };
	int e = own_open(g, false, &o);

	if (!e)
		e = held_fetch(g, &h);
	if (!e && g->argc > 1 && !held_choose(g, &h, g->argv[1]))
		e = CLI_NO;
	for (size_t i = 0; !e && i < h.n; i++) {
		const struct charter *c = alliance_charter(h.a[i]);

		if (c && (g->argc < 2 || !strcmp(c->name, g->argv[1])))
			e = seal_one(g, &o, &h, h.a[i], &d);
	}
	for (size_t i = 0; !e && i < h.n_enrolments; i++) {
		struct str b = { h.enrolments[i].bundle, h.enrolments[i].n };

		e = enrol_admit(g, &o, &h, b, false);
		d.done++;
	}
	held_free(&h);
	if (!e)
		e = own_follow(g, &o);
	if (!e)
		e = record_again(g, &o, d.done > 0);
	if (!e && d.done + d.refused == 0 && !g->ask.json)
		puts("Nothing waits for your seal.");
	return e;
}
