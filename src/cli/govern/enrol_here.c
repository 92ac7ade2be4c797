#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>

#include "cli/govern/govern.h"
#include "cli/secret.h"

/* The side of the host that is new: its keys, its question, its first acts. */
enum {
	NOTED_TRIES = 30 /* a post hears of a new token after some seconds */
};

struct comer {
	struct gov *g;
	struct token t;
	char door[TOKEN_TEXT_MAX];
	struct enrolment is;
};

static int make_keys(struct comer *c)
{
	char path[GOV_PATH], host[80] = "";
	uint8_t seed[32], secret[64];
	int e;

	(void)umask(077);
	(void)gethostname(host, sizeof(host) - 1);
	own_tame(c->g->host ? c->g->host : host, c->is.host);
	if (!text_name(str_of(c->is.host)))
		return cli_usage(c->g->command,
		    "this host's name is none for the roll: --host NAME");
	e = own_folders(c->g);
	if (e)
		return e;
	snprintf(path, sizeof(path), "%s/keys/envoy.key", c->g->state);
	e = key_seed(path, true, seed);
	(void)crypto_sign_seed_keypair(c->is.envoy, secret, seed);
	snprintf(path, sizeof(path), "%s/keys/login.seed", c->g->state);
	if (!e)
		e = key_seed(path, true, seed);
	login_derive(seed, c->t.alliance, c->t.post, secret, c->is.login);
	sodium_memzero(seed, sizeof(seed));
	sodium_memzero(secret, sizeof(secret));
	return e ? cli_fault(c->g->command, "%s: %s", path, strerror(-e))
		 : CLI_OK;
}

static int ask_for_place(struct comer *c)
{
	struct text_out said = { 0 };
	int e = CLI_NO;

	memcpy(c->is.alliance, c->t.alliance, 32);
	enrol_prove(&c->t, &c->is);
	enrol_print(&c->is, &said);
	for (int i = 0; e == CLI_NO && i < NOTED_TRIES; i++) {
		c->g->quiet = i + 1 < NOTED_TRIES;
		e = look_hand_in(c->g, c->door, said.p, "the first host");
		if (e == CLI_NO)
			enrol_nap();
	}
	c->g->quiet = false;
	text_free(&said);
	return e;
}

static void say_asked(const struct comer *c)
{
	char code[CODE_MAX];

	enrol_code(&c->is, code);
	if (!c->g->ask.json)
		fprintf(stderr,
		    "%s asks for its place on the roll. If the first host "
		    "does not wait for it: liptako\ncharter seal, which must "
		    "show there: %s\n",
		    c->is.host, code);
}

static const struct alliance_party *whose(const struct comer *c,
    const struct alliance *a)
{
	struct alliance_envoy v;

	for (size_t i = 0; i < alliance_parties(a); i++) {
		const struct alliance_party *p = alliance_party(a, (uint16_t)i);

		if (alliance_envoy(a, p->id, c->is.envoy, gov_now(), &v) ==
		    ENVOY_OK)
			return p;
	}
	return NULL;
}

static int settle_in(struct comer *c, const struct alliance_party *p,
    struct str acts)
{
	struct gov *g = c->g;
	struct text_out party = { 0 };
	int e;

	charter_party_print(p->entry, &party);
	e = own_keep(g, "keys/seal-at", str_of(g->n_seals ? g->seals[0] : ""));
	if (!e)
		e = own_keep(g, "keys/post-at", STR("fleet"));
	if (!e)
		e = own_keep(g, "keys/party", text_of(&party));
	if (!e)
		e = held_put(g, acts, true, true);
	if (!e && g->ask.json)
		enrol_json(json_pack("{s:s,s:s,s:b}", "party", p->name, "host",
		    c->is.host, "enrolled", 1));
	else if (!e)
		printf("This host, %s, speaks for %s now.\n", c->is.host,
		    p->name);
	text_free(&party);
	return e;
}

static int wait_for_place(struct comer *c)
{
	bool in = false;
	int e = CLI_OK;

	for (int i = 0; !e && !in && i < ENROL_WAIT_S; i++) {
		struct alliance *a = NULL;
		struct pages all = { 0 };
		const struct alliance_party *p = NULL;

		c->g->quiet = true; /* its post begins anew, perhaps */
		alliance_new(&a, c->t.alliance);
		if (!look_whole(c->g, c->door, &all) &&
		    !look_take(c->g, a, (struct str){ all.p, all.n }))
			p = whose(c, a);
		c->g->quiet = false;
		in = p != NULL;
		if (in)
			e = settle_in(c, p, (struct str){ all.p, all.n });
		else
			enrol_nap();
		alliance_free(&a);
		pages_free(&all);
	}
	if (!e && !in)
		e = cli_fault(c->g->command,
		    "nobody sealed it within 15 minutes; the same command "
		    "asks again");
	return e;
}

int enrol_here(struct gov *g, const char *given)
{
	struct comer c = { .g = g };
	struct token door;
	enum token_fault f;
	struct own o;
	int e =
	    secret_take(g->command, given, "the token", c.door, sizeof(c.door));

	if (e)
		return e;
	f = enrol_token_parse(str_of(c.door), &c.t);
	if (f != TOKEN_OK)
		return cli_usage(g->command, "the token: %s%s",
		    token_fault_name(f),
		    str_starts(str_of(c.door), STR("lpt1-"))
			? "; this one is for another party: liptako join"
			: "");
	if (c.t.expires <= gov_now())
		return cli_fault(g->command,
		    "the token has expired; ask for a new one (liptako enrol, "
		    "on the first host)");
	if (own_is_there(g) && (e = own_open(g, false, &o)))
		return e;
	if (own_is_there(g) && !o.fleet)
		return cli_fault(g->command,
		    "this host is of the party %s already, with a post of its "
		    "own; what is enrolled is a host that has none",
		    o.party.name);
	enrol_door(&c.t, &door);
	(void)token_print(&door, c.door);
	e = make_keys(&c);
	if (!e)
		e = ask_for_place(&c);
	if (!e) {
		say_asked(&c);
		e = wait_for_place(&c);
	}
	sodium_memzero(&c, sizeof(c));
	sodium_memzero(&door, sizeof(door));
	return e;
}
