#include "charter/enrol.h"

#include <sodium.h>

#define E(field) offsetof(struct enrolment, field)
#define TITLE    "# Enrolment of a host"
static const char kind[] = "lpe1-";

static const struct text_item asked[] = { { "host", TEXT_NAME, E(host),
					      .help = "its name on the roll" },
	{ "alliance", TEXT_HASH, E(alliance), .help = "where it will speak" },
	{ "envoy", TEXT_HASH, E(envoy), .help = "the key it signs with" },
	{ "login", TEXT_HASH, E(login), .help = "its key at our post" },
	TEXT_ITEMS_END };
static const struct text_item proven[] = {
	{ "proof", TEXT_HASH, E(proof), .help = "that it has the token" },
	TEXT_ITEMS_END
};

static void print_asked(const struct enrolment *e, struct text_out *o)
{
	text_put(o, TITLE "\n\n");
	text_put_items(o, asked, e);
}

void enrol_print(const struct enrolment *e, struct text_out *o)
{
	print_asked(e, o);
	text_put_items(o, proven, e);
}

bool enrol_is(struct str said)
{
	return str_starts(said, STR(TITLE "\n"));
}

bool enrol_parse(struct str text, struct enrolment *ret, struct text_fault *f)
{
	struct text_out again = { 0 };
	struct enrolment e = { 0 };
	struct text_read t;
	struct str line;
	bool ok;

	text_begin(&t, text, f);
	if (text.n > ENROL_MAX || !enrol_is(text))
		return text_wrong(&t, "it begins with \"" TITLE "\"");
	if (!text_allowed(text, f))
		return false;
	(void)text_line(&t, &line);
	text_blanks(&t);
	if (!text_items(&t, asked, &e) || !text_items(&t, proven, &e))
		return false;
	enrol_print(&e, &again);
	ok = text_same(text, text_of(&again), f);
	text_free(&again);
	if (ok)
		*ret = e;
	return ok;
}

static void proof_of(const struct token *t, const struct enrolment *e,
    uint8_t to[static 32])
{
	static const char domain[] = "liptako enrol proof v1";
	struct text_out o = { 0 };
	uint8_t key[32];

	(void)crypto_generichash(key, sizeof(key), (const uint8_t *)domain,
	    sizeof(domain), t->secret, sizeof(t->secret));
	print_asked(e, &o);
	(void)crypto_generichash(to, 32, (const uint8_t *)o.p, o.n, key,
	    sizeof(key));
	sodium_memzero(key, sizeof(key));
	text_free(&o);
}

void enrol_prove(const struct token *t, struct enrolment *e)
{
	proof_of(t, e, e->proof);
}

bool enrol_proven(const struct token *t, const struct enrolment *e)
{
	uint8_t proof[32];

	proof_of(t, e, proof);
	return sodium_memcmp(proof, e->proof, sizeof(proof)) == 0;
}

void enrol_code(const struct enrolment *e, char to[static CODE_MAX])
{
	struct text_out o = { 0 };
	uint8_t sum[32];

	print_asked(e, &o);
	(void)crypto_generichash(sum, sizeof(sum), (const uint8_t *)o.p, o.n,
	    (const uint8_t *)"liptako code v1", 15);
	code_words(sum, to);
	text_free(&o);
}

void enrol_door(const struct token *t, struct token *ret)
{
	static const char domain[] = "liptako enrol door v1";

	*ret = *t;
	(void)crypto_generichash(ret->secret, sizeof(ret->secret),
	    (const uint8_t *)domain, sizeof(domain), t->secret,
	    sizeof(t->secret));
}

size_t enrol_token_print(const struct token *t, char to[static TOKEN_TEXT_MAX])
{
	size_t n = token_print(t, to);

	memcpy(to, kind, 4);
	return n;
}

bool enrol_token_is(struct str text)
{
	return str_eq_nocase(str_head(str_trim(text), 5), str_of(kind));
}

enum token_fault enrol_token_parse(struct str text, struct token *ret)
{
	char copy[2 * TOKEN_TEXT_MAX];
	enum token_fault f;

	text = str_trim(text);
	if (!enrol_token_is(text) || text.n >= sizeof(copy))
		return TOKEN_E_SHAPE;
	memcpy(copy, text.p, text.n);
	memcpy(copy, "lpt1", 4);
	f = token_parse((struct str){ copy, text.n }, ret);
	sodium_memzero(copy, sizeof(copy));
	return f;
}
