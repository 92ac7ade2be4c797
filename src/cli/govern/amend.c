#include <stdio.h>

#include "cli/govern/govern.h"

/* The next version, to be changed; of rivals, the one that joins them. */
struct charter *next_version(const struct alliance *a)
{
	struct charter *c = charter_copy(alliance_charter(a));
	const uint8_t *hash = alliance_hash(a), *rival = alliance_rival(a);
	bool first = rival && memcmp(hash, rival, 32) < 0;

	c->version++;
	c->previous.n = rival ? 2 : 1;
	memcpy(c->previous.v[0], rival && !first ? rival : hash, 32);
	if (rival)
		memcpy(c->previous.v[1], first ? rival : hash, 32);
	c->issued = MAX(gov_now(), c->issued);
	c->expires = c->issued + CHARTER_DAYS * UINT64_C(86400000);
	return c;
}

bool charter_find_waiting(const struct alliance *a,
    const uint8_t party[static 32])
{
	struct alliance_waiting w;

	for (size_t i = 0; alliance_waits(a, i, &w); i++)
		if (charter_find_id(w.charter, party))
			return true;
	return false;
}

/* Whoever seals two versions under one number makes rivals of them. */
static bool sealed_another(const struct gov *g, const struct own *o,
    const struct alliance *a)
{
	struct alliance_waiting w;

	for (size_t i = 0; alliance_waits(a, i, &w); i++)
		if (w.charter->version == alliance_version(a) + 1 &&
		    alliance_waits_sealed_by(a, i, o->party.id)) {
			(void)cli_fault(g->command,
			    "you sealed a version %u already, which waits: "
			    "%s. To seal another would make rivals of them; "
			    "wait until it has its seals, or until the others "
			    "agree on one",
			    w.charter->version, w.missing);
			return true;
		}
	return false;
}

static int set_values(const struct gov *g, struct charter *c)
{
	struct text_fault f;

	for (size_t i = 0; i < g->n_sets; i++) {
		struct str value = str_of(g->sets[i]), key;

		if (!str_cut(&value, '=', &key))
			return cli_usage(g->command,
			    "--set takes KEY=VALUE: --set slots=128");
		if (!charter_set(c, key, value, &f))
			return cli_usage(g->command, "--set %s: %s", g->sets[i],
			    f.say);
	}
	return CLI_OK;
}

/* Our own entry as the amendment has it: what is ours to ask for. */
static int set_own(struct gov *g, const struct own *o, const struct alliance *a,
    struct charter *c)
{
	struct charter_party *p = NULL;
	int e;

	for (size_t i = 0; i < c->n; i++)
		if (!memcmp(c->parties[i].id, o->party.id, 32))
			p = &c->parties[i];
	if (g->n_nets == 0 && !g->new_seal && !g->drop_seal && !g->threshold &&
	    !g->contact)
		return CLI_OK;
	if (!p)
		return cli_fault(g->command, "%s is no party of it",
		    o->party.name);
	if (g->contact && strlen(g->contact) > TEXT_WORDS_MAX)
		return cli_usage(g->command,
		    "--contact is longer than %d bytes", TEXT_WORDS_MAX);
	if (g->contact)
		snprintf(p->contact, sizeof(p->contact), "%s", g->contact);
	e = own_seals_change(g, o, a, p);
	if (e || g->n_nets == 0)
		return e;
	p->territory.n = 0;
	memset(p->territory.v, 0, sizeof(p->territory.v));
	for (size_t i = 0; i < g->n_nets; i++)
		if (!net_parse(str_of(g->nets[i]), false,
			&p->territory.v[p->territory.n++]))
			return cli_usage(g->command,
			    "\"%s\" is no address range; write 192.0.2.0/24",
			    g->nets[i]);
	return CLI_OK;
}

/* A text that somebody edited: its version, previous and dates are set. */
static int from_file(const struct gov *g, struct charter **c)
{
	struct charter *n = NULL, *was = *c;
	auto_free char *text = NULL;
	struct text_fault f;
	size_t size;

	if (read_whole(g->command, g->file, &text, &size))
		return CLI_FAULT;
	if (!charter_parse((struct str){ text, size }, &n, &f))
		return cli_fault(g->command, "%s:%u: %s", g->file, f.line,
		    f.say);
	n->version = was->version;
	n->previous = was->previous;
	n->issued = was->issued;
	n->expires = was->expires;
	charter_free(c);
	*c = n;
	return CLI_OK;
}

/* Shows, asks, signs and hands in; more: seals of newcomers. */
int charter_propose(struct gov *g, const struct own *o,
    const struct alliance *a, const struct charter *c, struct str more)
{
	struct text_out text = { 0 }, diff = { 0 }, act = { 0 };
	struct charter *again = NULL;
	struct text_fault f;
	char question[120];
	int e = CLI_OK;

	charter_print(c, &text);
	if (!charter_parse(text_of(&text), &again, &f))
		e = cli_fault(g->command, "this version cannot be: line %u: %s",
		    f.line, f.say);
	charter_diff(alliance_charter(a), c, &diff);
	if (!e && !g->ask.json)
		printf("Version %u of %s:\n" STR_F, c->version, c->name,
		    STR_A(text_of(&diff)));
	snprintf(question, sizeof(question), "Seal version %u?", c->version);
	if (!e && !gov_agreed(g, question))
		e = CLI_NO;
	if (!e)
		e = sign_act(g, o, SEALED_CHARTER, text_of(&text), &act);
	if (!e)
		text_put_str(&act, more);
	if (!e && g->out)
		e = write_whole(g->command, g->out, text_of(&act), 0644);
	if (!e)
		e = held_put(g, text_of(&act), false, false);
	text_free(&text);
	text_free(&diff);
	text_free(&act);
	charter_free(&again);
	return e;
}

static int change(struct gov *g, bool renews)
{
	struct held h = { 0 };
	struct charter *c = NULL;
	struct alliance *a;
	struct own o;
	int e = own_open(g, false, &o);

	if (!e)
		e = held_fetch(g, &h);
	a = e ? NULL : held_choose(g, &h, g->argc > 1 ? g->argv[1] : NULL);
	if (!e && (!a || sealed_another(g, &o, a)))
		e = CLI_NO;
	if (!e)
		c = next_version(a);
	if (!e && g->file && !renews)
		e = from_file(g, &c);
	if (!e && !renews)
		e = set_values(g, c);
	if (!e && !renews)
		e = set_own(g, &o, a, c);
	if (!e && g->drop && !renews && !charter_drop(c, str_of(g->drop)))
		e = cli_fault(g->command, "%s is no party of it", g->drop);
	if (!e && !renews && !alliance_rival(a) &&
	    charter_is_renewal(alliance_charter(a), c))
		e = cli_usage(g->command,
		    "nothing changes; say --set KEY=VALUE, --territory NET, "
		    "--contact TEXT, --new-seal FILE, --drop-seal FILE, "
		    "--threshold N, --drop PARTY or --file FILE. To renew: "
		    "charter renew; to add a party: invite");
	if (!e)
		e = charter_propose(g, &o, a, c, STR(""));
	charter_free(&c);
	held_free(&h);
	if (!e && (g->new_seal || g->drop_seal || g->threshold))
		e = own_follow(g, &o);
	return e;
}

int charter_amend(struct gov *g)
{
	return change(g, false);
}

int charter_renew(struct gov *g)
{
	return change(g, true);
}
