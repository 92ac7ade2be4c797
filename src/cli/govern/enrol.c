#include <sodium.h>
#include <stdio.h>
#include <time.h>

#include "cli/govern/govern.h"
#include "cli/term.h"

/*
 * enrol - another host of our own party. The first host prints a token and
 * waits; the other one makes its keys, asks with the token and waits until
 * the roll that names it is sealed. No key ever leaves its host.
 */
enum {
	FLEET_MOST = 64, /* hosts that are told apart */
	USUAL_HOURS = 1
};

void enrol_nap(void)
{
	static const struct timespec second = { 1, 0 };

	(void)nanosleep(&second, NULL);
}

/* One JSON text a line: each as soon as it is known. */
void enrol_json(json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT);

	puts(text);
	(void)fflush(stdout);
	free(text);
	json_decref(o);
}

static int may_come(const struct gov *g, const struct own *o,
    const struct held *h, const struct enrolment *e)
{
	size_t at = 0;
	const struct roll *r = own_roll_is(o, h, &at);

	for (size_t i = 0; r && i < r->n; i++)
		if (memcmp(r->envoys[i].key, e->envoy, 32) != 0 &&
		    !strcmp(r->envoys[i].host, e->host))
			return cli_fault(g->command,
			    "a host %s is on the roll already; there: liptako "
			    "enrol --host OTHER-NAME, or revoke the old one",
			    e->host);
	if (r && r->n >= FLEET_MOST)
		return cli_fault(g->command,
		    "%d hosts are on the roll already, more are not told "
		    "apart; revoke some",
		    FLEET_MOST);
	return CLI_OK;
}

static bool is_it(const struct gov *g, const struct own *o,
    const struct enrolment *e, bool proven)
{
	char question[160], code[CODE_MAX];

	if (!proven) {
		enrol_code(e, code);
		if (g->code)
			return str_eq_nocase(str_trim(str_of(g->code)),
			    str_of(code));
		printf("A host that calls itself %s asks to speak for %s. It "
		       "must show these words:\n\n    %s\n\n",
		    e->host, o->party.name, code);
	}
	snprintf(question, sizeof(question),
	    "Shall the host %s speak for %s? Its place on the roll is sealed.",
	    e->host, o->party.name);
	return gov_agreed(g, question);
}

static int drop_request(struct gov *g, struct str request)
{
	json_t *q, *end = NULL;
	uint8_t hash[32];
	char hex[65];
	int e;

	sealed_hash(request, hash);
	say_hash(hash, hex);
	q = json_pack("{s:s,s:s}", "do", "request-drop", "hash", hex);
	e = ask(g->command, &g->ask, &q, NULL, NULL, &end);
	json_decref(end);
	return e;
}

/* The one roll and the one record that have it. */
static int seal_place(struct gov *g, const struct own *o, const struct held *h,
    const struct enrolment *is)
{
	struct text_out bundle = { 0 };
	struct roll_envoy v = { .rights = RIGHT_ALL };
	struct record_host host;
	struct own_news news = { .host = &host, .envoy = &v };
	size_t at = 0;
	const struct roll *r = own_roll_is(o, h, &at);
	int e;

	memcpy(v.key, is->envoy, 32);
	memcpy(v.host, is->host, sizeof(v.host));
	memcpy(host.envoy, is->envoy, 32);
	memcpy(host.login, is->login, 32);
	for (size_t i = 0; r && i < r->n; i++)
		if (!memcmp(r->envoys[i].key, is->envoy, 32))
			news.envoy = NULL; /* it has its place already */
	e = sign_own(g, o, h, &news, &bundle);
	if (!e)
		e = held_put(g, text_of(&bundle), false, true);
	text_free(&bundle);
	return e;
}

int enrol_admit(struct gov *g, const struct own *o, const struct held *h,
    struct str request, bool proven)
{
	struct enrolment is;
	struct text_fault f;
	int e = CLI_OK;

	if (!enrol_parse(request, &is, &f))
		return CLI_OK;
	e = own_is_first(g, o);
	if (!e)
		e = may_come(g, o, h, &is);
	if (!e && !is_it(g, o, &is, proven)) {
		fprintf(stderr, "%s gets no place on the roll now.\n", is.host);
		return CLI_NO;
	}
	if (!e)
		e = seal_place(g, o, h, &is);
	if (!e)
		e = drop_request(g, request);
	if (!e && g->ask.json)
		enrol_json(json_pack("{s:s,s:s,s:b}", "party", o->party.name,
		    "host", is.host, "enrolled", 1));
	else if (!e)
		printf("%s speaks for %s now.\n", is.host, o->party.name);
	return e;
}

/* Whoever asks with this very token. */
static int look_for(struct gov *g, const struct own *o, const struct token *t,
    bool *done)
{
	struct held h = { 0 };
	int e = held_fetch(g, &h);

	for (size_t i = 0; !e && !*done && i < h.n_enrolments; i++) {
		struct str b = { h.enrolments[i].bundle, h.enrolments[i].n };
		struct enrolment is;
		struct text_fault f;

		if (!enrol_parse(b, &is, &f) || !enrol_proven(t, &is))
			continue;
		e = enrol_admit(g, o, &h, b, true);
		*done = true;
	}
	held_free(&h);
	return e;
}

static int wait_for(struct gov *g, const struct own *o, const struct token *t)
{
	bool done = false;
	int e = CLI_OK;

	for (int i = 0; !e && !done && i < ENROL_WAIT_S; i++) {
		e = look_for(g, o, t, &done);
		if (!done)
			enrol_nap();
	}
	if (!e && !done)
		e = cli_fault(g->command,
		    "no host came within 15 minutes; the token still holds, "
		    "and when one comes: liptako charter seal");
	return e;
}

static int say_token(const struct gov *g, const struct token *t)
{
	char text[TOKEN_TEXT_MAX];
	int e = CLI_OK;

	(void)enrol_token_print(t, text);
	if (g->out)
		e = write_whole(g->command, g->out, str_of(text), 0600);
	else if (g->ask.json)
		enrol_json(json_pack("{s:s,s:I}", "token", text, "expires",
		    (json_int_t)(t->expires / 1000)));
	else
		puts(text);
	(void)fflush(stdout);
	if (!e && !g->ask.json)
		fprintf(stderr,
		    "On the new host, until %s: liptako enrol - (and this "
		    "token on its standard input).\n",
		    show_time((int64_t)(t->expires / 1000)));
	sodium_memzero(text, sizeof(text));
	return e;
}

static int has_post(const struct gov *g, const struct own *o,
    const struct alliance *a)
{
	uint16_t no = alliance_party_of_id(a, o->party.id);
	const struct party_record *r =
	    no == ALLIANCE_NOBODY ? NULL : alliance_party(a, no)->record;

	if (r && r->n_posts > 0)
		return CLI_OK;
	return cli_fault(g->command,
	    "%s has no post of its own, which its other hosts need; a guest "
	    "has one host",
	    o->party.name);
}

static int first_host(struct gov *g)
{
	struct token t = { 0 }, door = { 0 };
	struct held h = { 0 };
	struct alliance *a;
	struct own o;
	int e = own_open(g, false, &o);

	if (!e)
		e = own_is_first(g, &o);
	if (!e && !g->no_wait && !g->yes && !isatty(STDIN_FILENO))
		e = cli_usage(g->command,
		    "there is no terminal to ask on: --yes seals whoever has "
		    "the token, --no-wait leaves it to charter seal");
	if (!e)
		e = held_fetch(g, &h);
	a = e ? NULL : held_choose(g, &h, g->argc ? g->argv[0] : NULL);
	if (!e && !a)
		e = CLI_NO;
	if (!e)
		e = has_post(g, &o, a);
	if (!e)
		e = token_fill(g, &o, a, &t);
	enrol_door(&t, &door);
	if (!e)
		e = token_open(g, &door);
	held_free(&h);
	if (!e)
		e = say_token(g, &t);
	if (!e && !g->no_wait)
		e = wait_for(g, &o, &t);
	sodium_memzero(&t, sizeof(t));
	sodium_memzero(&door, sizeof(door));
	return e;
}

int cmd_enrol(int argc, char **argv)
{
	struct gov g;
	int e = gov_options(&g, argc, argv, "snhokN");

	if (e)
		return e;
	if (g.argc > 1)
		return cli_usage(argv[0], "\"%s\" is one word too many",
		    g.argv[1]);
	if (sodium_init() < 0)
		return cli_fault(argv[0], "there are no random numbers");
	if (g.argc && (!strcmp(g.argv[0], "-") || strlen(g.argv[0]) > 40))
		return enrol_here(&g, g.argv[0]);
	g.hours = g.hours ? g.hours : USUAL_HOURS;
	return first_host(&g);
}
