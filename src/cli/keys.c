#include <sodium.h>
#include <stdio.h>

#include "cli/ask.h"
#include "cli/rulebook.h"
#include "cli/secret.h"
#include "cli/term.h"
#include "wire/msgs.h"

/*
 * bouncer, machine, token: who may visit the desk. A key is drawn here and
 * shown once; what leaves this process is its hash.
 */

enum {
	KEY_BYTES = 32,
	PASS_OPS = 2, /* as desk checks it */
	PASS_MEMORY = 1 << 20
};

struct keying {
	const char *command, *verb, *name, *key, *password;
	struct ask_options ask;
	uint8_t kind;
	bool expand;
	unsigned n;
	struct str rest;
};

static int take_role(struct keying *k, const char *text)
{
	static const struct {
		const char *name;
		uint8_t kind;
	} roles[] = { { "lists", KEY_LIST }, { "reader", KEY_READER },
		{ "operator", KEY_OPERATOR } };

	for (size_t i = 0; i < countof(roles); i++)
		if (strcmp(text, roles[i].name) == 0) {
			k->kind = roles[i].kind;
			return CLI_OK;
		}
	return cli_usage(k->command,
	    "--role is lists, reader or operator, not \"%s\"", text);
}

static int take_words(struct keying *k, int argc, char **argv)
{
	static const char *const all[] = { "add", "list", "remove", "admit",
		NULL };
	static const char *const most[] = { "add", "list", "remove", NULL };
	const char *const *verbs = k->kind == KEY_MACHINE ? all : most;

	if (optind >= argc)
		return cli_usage(k->command, "say add, list%s",
		    k->kind == KEY_MACHINE ? ", remove or admit"
					   : " or remove");
	for (size_t i = 0; verbs[i]; i++)
		if (strcmp(argv[optind], verbs[i]) == 0)
			k->verb = verbs[i];
	if (!k->verb)
		return cli_not_among(k->command, argv[optind], verbs);
	optind++;
	if (optind < argc)
		k->name = argv[optind++];
	if (optind < argc)
		return cli_usage(k->command, "\"%s\" is one word too many",
		    argv[optind]);
	if (!k->name && k->verb != verbs[1])
		return cli_usage(k->command, "a name is missing");
	return CLI_OK;
}

static int take_options(struct keying *k, int argc, char **argv)
{
	static const struct option longs[] = { ASK_LONG,
		{ "expand", no_argument, NULL, 'x' },
		{ "key", required_argument, NULL, 'k' },
		{ "password", required_argument, NULL, 'p' },
		{ "role", required_argument, NULL, 'o' }, { 0 } };
	int c, e = CLI_OK;

	k->command = argv[0];
	k->ask = ask_defaults();
	while (!e && (c = cli_option(argc, argv, longs)) != -1) {
		if (c == 'x' && k->kind == KEY_BOUNCER)
			k->expand = true;
		else if (c == 'k' && k->kind == KEY_BOUNCER)
			k->key = optarg;
		else if (c == 'p' && k->kind == KEY_MACHINE)
			k->password = optarg;
		else if (c == 'o' && k->kind >= KEY_LIST)
			e = take_role(k, optarg);
		else if (!ask_option(&k->ask, c))
			e = cli_bad_option(argv, c);
	}
	return e ? e : take_words(k, argc, argv);
}

static json_t *hex(const uint8_t *p, size_t n)
{
	char text[65];

	sodium_bin2hex(text, sizeof(text), p, n);
	return json_string(text);
}

static void draw(char *to, size_t size)
{
	uint8_t bytes[KEY_BYTES];

	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2base64(to, size, bytes, sizeof(bytes),
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* A machine's password is chosen by people: salted, and slow to try. */
static void put_secret(const struct keying *k, const char *secret, json_t *q)
{
	uint8_t hash[32], salt[16];

	if (k->kind == KEY_MACHINE) {
		randombytes_buf(salt, sizeof(salt));
		if (crypto_pwhash(hash, sizeof(hash), secret, strlen(secret),
			salt, PASS_OPS, PASS_MEMORY,
			crypto_pwhash_ALG_ARGON2ID13) != 0)
			die("out of memory");
		json_object_set_new(q, "salt", hex(salt, sizeof(salt)));
		json_object_set_new(q, "flags", json_integer(KEY_PASSWORD));
	} else {
		crypto_hash_sha256(hash, (const uint8_t *)secret,
		    strlen(secret));
		if (k->expand)
			json_object_set_new(q, "flags",
			    json_integer(KEY_EXPANDS));
	}
	json_object_set_new(q, "hash", hex(hash, sizeof(hash)));
}

static int finish(const struct keying *k, json_t **q, json_t **end)
{
	int e = ask(k->command, &k->ask, q, NULL, NULL, end);

	if (!e && (e = ask_refused(k->command, *end)) < 0)
		e = CLI_OK;
	return e;
}

static json_t *request(const struct keying *k, const char *what)
{
	return json_pack("{s:s,s:s,s:s*}", "do", what, "kind",
	    key_kind_name((enum key_kind)k->kind), "name", k->name);
}

/* A key for a desk that does not run opens nothing. */
static void warn_if_off(const struct keying *k)
{
	json_t *q = json_pack("{s:s}", "do", "status"), *end = NULL;
	const json_t *p;
	size_t i;
	bool runs = ask(k->command, &k->ask, &q, NULL, NULL, &end) != 0;

	json_array_foreach(json_object_get(end, "programs"), i, p) runs |=
	    !strcmp(get_text(p, "program"), "desk");
	if (!runs)
		fputs("The desk is off, nothing answers there yet: write "
		      "\"desk: {on: yes}\" to /etc/liptako/liptako.yaml, then "
		      "liptako reload.\n",
		    stderr);
	json_decref(end);
}

static int add(const struct keying *k)
{
	const char *given = k->key ? k->key : k->password;
	json_t *q, *end = NULL;
	char key[500];
	int e = CLI_OK;

	if (given)
		e = secret_take(k->command, given,
		    k->key ? "the key" : "the password", key, sizeof(key));
	if (!e && given && strlen(key) < 16)
		e = cli_usage(k->command,
		    "shorter than 16 signs: others would guess it");
	if (e)
		return e;
	if (!given)
		draw(key, sizeof(key));
	q = request(k, "key-add");
	put_secret(k, key, q);
	e = finish(k, &q, &end);
	if (!e && k->ask.json) {
		json_object_set_new(end, "key", json_string(key));
		ask_print(end);
	} else if (!e && !given) {
		printf("%s\n", key);
		fprintf(stderr,
		    "That is the %s of %s; it is not shown again.\n",
		    k->kind == KEY_MACHINE ? "password" : "key", k->name);
	}
	if (!e)
		warn_if_off(k);
	sodium_memzero(key, sizeof(key));
	json_decref(end);
	return e;
}

static int change(const struct keying *k, const char *what)
{
	json_t *q = request(k, what), *end = NULL;
	int e = finish(k, &q, &end);

	if (!e && k->ask.json)
		ask_print(end);
	else if (!e)
		printf("%s %s.\n", k->name,
		    strcmp(what, "key-add") ? "opens nothing here any more"
					    : "may report from now on");
	json_decref(end);
	return e;
}

static void say_row(void *arg, const json_t *row)
{
	struct keying *k = arg;
	const char *kind = get_text(row, "kind");
	uint8_t is = 1;

	while (is < KEY_KINDS &&
	       strcmp(kind, key_kind_name((enum key_kind)is)) != 0)
		is++;
	if (k->kind >= KEY_LIST ? is < KEY_LIST : is != k->kind)
		return;
	if (k->n++ == 0 && !k->ask.json)
		printf("%-24s %-9s %-19s\n", "NAME", "KIND", "MADE");
	if (k->ask.json) {
		char *text = json_dumps(row, JSON_COMPACT);

		puts(text);
		free(text);
		return;
	}
	printf("%-24s %-9s %-19s %s%s\n", get_text(row, "name"), kind,
	    show_time(get_num(row, "at")),
	    get_flag(row, "expands") ? "ranges as addresses" : "",
	    get_flag(row, "waits") ? "waits: liptako machine admit NAME" : "");
}

static int list(struct keying *k)
{
	json_t *q = json_pack("{s:s}", "do", "key-list"), *end = NULL;
	int e = ask(k->command, &k->ask, &q, say_row, k, &end);

	if (!e && (e = ask_refused(k->command, end)) < 0)
		e = k->n ? CLI_OK : CLI_NO;
	if (e == CLI_NO && !k->ask.json)
		printf("There is none; to make one: liptako %s add NAME\n",
		    k->command);
	json_decref(end);
	return e;
}

static int keying(int argc, char **argv, enum key_kind kind)
{
	struct keying k = { .kind = (uint8_t)kind };
	int e = take_options(&k, argc, argv);

	if (e)
		return e;
	if (sodium_init() < 0)
		return cli_fault(k.command, "there are no random numbers");
	if (!strcmp(k.verb, "add"))
		return add(&k);
	if (!strcmp(k.verb, "list"))
		return list(&k);
	return change(&k, strcmp(k.verb, "admit") ? "key-remove" : "key-add");
}

/* Where the desk listens, as a browser on this host reaches it. */
static void console_address(const char *config, char *to, size_t size)
{
	struct conf *c = NULL;
	const char *at = "127.0.0.1:7406";

	if (rulebook_conf(&c, config) == 0 && c->listen.n > 0)
		at = c->listen.v[0];
	if (strncmp(at, "0.0.0.0:", 8) == 0)
		snprintf(to, size, "127.0.0.1:%s", at + 8);
	else if (strncmp(at, "[::]:", 5) == 0)
		snprintf(to, size, "[::1]:%s", at + 5);
	else
		snprintf(to, size, "%s", at);
	conf_free(&c);
}

/* A link that logs in; the one before opens nothing any more. */
int cmd_console(int argc, char **argv)
{
	static const struct option longs[] = { ASK_LONG,
		{ "config", required_argument, NULL, 'c' },
		{ "role", required_argument, NULL, 'o' }, { 0 } };
	struct keying k = { .command = argv[0],
		.name = "console",
		.kind = KEY_OPERATOR,
		.ask = ask_defaults() };
	const char *config = NULL;
	char drawn[64], at[300], url[500];
	json_t *q, *end = NULL;
	int c, e = CLI_OK;

	while (!e && (c = cli_option(argc, argv, longs)) != -1) {
		if (c == 'c')
			config = optarg;
		else if (c == 'o')
			e = take_role(&k, optarg);
		else if (!ask_option(&k.ask, c))
			e = cli_bad_option(argv, c);
	}
	if (e)
		return e;
	if (optind < argc || k.kind == KEY_LIST)
		return cli_usage(k.command,
		    "it takes --role reader or operator, and no argument");
	if (sodium_init() < 0)
		return cli_fault(k.command, "there are no random numbers");
	console_address(config, at, sizeof(at));
	draw(drawn, sizeof(drawn));
	q = request(&k, "key-add");
	/* the link of the last time is good no more */
	json_object_set_new(q, "force", json_true());
	put_secret(&k, drawn, q);
	e = finish(&k, &q, &end);
	snprintf(url, sizeof(url), "http://%s/#key=%s", at, drawn);
	if (!e && k.ask.json) {
		json_object_set_new(end, "url", json_string(url));
		ask_print(end);
	} else if (!e) {
		puts(url);
		fputs("Open it in a browser on this host; from elsewhere "
		      "first: ssh -L 7406:127.0.0.1:7406 HOST\n",
		    stderr);
	}
	if (!e)
		warn_if_off(&k);
	json_decref(end);
	return e;
}

int cmd_bouncer(int argc, char **argv)
{
	return keying(argc, argv, KEY_BOUNCER);
}

int cmd_machine(int argc, char **argv)
{
	return keying(argc, argv, KEY_MACHINE);
}

int cmd_token(int argc, char **argv)
{
	return keying(argc, argv, KEY_LIST);
}
