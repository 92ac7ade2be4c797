#include "nats/recipe.h"

#include "nats/names.h"
#include "nats/nkey.h"

#include <stdio.h>

#include "base/file.h"

/* Rows in the order of their logins; what one login may is put together. */
static int by_login(const void *a, const void *b)
{
	const struct wire_serve *x = *(const struct wire_serve *const *)a;
	const struct wire_serve *y = *(const struct wire_serve *const *)b;

	return memcmp(x->login, y->login, sizeof(x->login));
}

static struct outbox box_of(const struct wire_serve *s)
{
	return (struct outbox){ s->alliance, s->owner, s->fleet };
}

static void allow(FILE *f, bool *first, const char *subject, const char *tail)
{
	fprintf(f, "%s\"%s%s\"", *first ? "" : ", ", subject, tail);
	*first = false;
}

static void owner_publishes(FILE *f, const struct wire_serve *s, bool *first)
{
	static const char *const api[] = { "STREAM.CREATE.*", "STREAM.UPDATE.*",
		"STREAM.PURGE.*", "CONSUMER.DURABLE.CREATE.*.*",
		"CONSUMER.DELETE.*.*" };
	struct outbox o = box_of(s);
	char name[NATS_NAME];

	nats_own(o, s->envoy, name);
	allow(f, first, name, "");
	o.fleet = true;
	nats_own(o, s->envoy, name);
	allow(f, first, name, "");
	nats_join(s->alliance, NULL, true, name);
	allow(f, first, name, "");
	for (size_t i = 0; i < countof(api); i++)
		allow(f, first, "$JS.API.", api[i]);
}

static void publishes(FILE *f, const struct wire_serve *s, bool *first)
{
	char name[NATS_NAME];

	switch ((enum serve_kind)s->kind) {
	case SERVE_OWNER:
		owner_publishes(f, s, first);
		return;
	case SERVE_READER:
		nats_ack(box_of(s), s->reader, name);
		allow(f, first, name, ">");
		return;
	case SERVE_WRITER:
		nats_own(box_of(s), s->envoy, name);
		allow(f, first, name, "");
		return;
	case SERVE_JOINER:
		nats_join(s->alliance, s->join, false, name);
		allow(f, first, name, "");
		return;
	}
}

static void subscribes(FILE *f, const struct wire_serve *s, bool *first)
{
	char name[NATS_NAME];

	switch ((enum serve_kind)s->kind) {
	case SERVE_OWNER:
		nats_join(s->alliance, NULL, false, name);
		allow(f, first, name, "");
		nats_answers(s->alliance, s->envoy, name);
		allow(f, first, name, ">");
		return;
	case SERVE_READER:
		nats_deliver(box_of(s), s->reader, name);
		allow(f, first, name, "");
		return;
	case SERVE_WRITER:
		nats_answers(s->alliance, s->envoy, name);
		allow(f, first, name, ">");
		return;
	case SERVE_JOINER:
		nats_join(s->alliance, s->join, true, name);
		allow(f, first, name, "");
		return;
	}
}

/* Our own envoy reads, too: what guests and other hosts of ours put here. */
static bool in_house(const struct wire_serve *s)
{
	return s->kind == SERVE_OWNER || s->kind == SERVE_READER;
}

/* A user lives in one account: a login with an owner's row is the owner's. */
static void user(FILE *f, const struct wire_serve *const *rows, size_t n,
    bool house)
{
	char key[NKEY_MAX];
	bool owner = false, first = true;

	for (size_t i = 0; i < n; i++)
		owner |= rows[i]->kind == SERVE_OWNER;
	if (owner != house)
		return;
	nkey_print(rows[0]->login, key);
	fprintf(f, "      { nkey: %s, permissions: {\n        publish: [", key);
	for (size_t i = 0; i < n; i++)
		if (!house || in_house(rows[i]))
			publishes(f, rows[i], &first);
	fputs("],\n        subscribe: [", f);
	first = true;
	for (size_t i = 0; i < n; i++)
		if (!house || in_house(rows[i]))
			subscribes(f, rows[i], &first);
	fputs("] } }\n", f);
}

static size_t users(FILE *f, const struct wire_serve *const *rows, size_t n,
    bool house)
{
	size_t logins = 0;

	for (size_t i = 0, end; i < n; i = end, logins++) {
		for (end = i + 1;
		     end < n && by_login(&rows[i], &rows[end]) == 0; end++)
			;
		user(f, rows + i, end - i, house);
	}
	return logins;
}

static void accounts(FILE *f, const struct wire_serve *const *rows, size_t n,
    size_t *logins)
{
	fputs("accounts {\n"
	      "  SYS { users: [] }\n"
	      "  HOUSE {\n"
	      "    jetstream: enabled\n"
	      "    users: [\n",
	    f);
	*logins = users(f, rows, n, true);
	fputs("    ]\n"
	      "    exports: [\n"
	      "      { stream: \"dlv.>\", accounts: [ALLIES] }\n"
	      "      { stream: \"join.*.*.answer\", accounts: [ALLIES] }\n"
	      "      { service: \"join.*.*.ask\", accounts: [ALLIES] }\n"
	      "      { service: \"$JS.ACK.*.*.>\", accounts: [ALLIES] }\n"
	      "      { service: \"lpt.>\", accounts: [ALLIES] }\n"
	      "    ]\n"
	      "  }\n"
	      "  ALLIES {\n"
	      "    users: [\n",
	    f);
	users(f, rows, n, false);
	fputs(
	    "    ]\n"
	    "    imports: [\n"
	    "      { stream: { account: HOUSE, subject: \"dlv.>\" } }\n"
	    "      { stream: { account: HOUSE, subject: "
	    "\"join.*.*.answer\" } }\n"
	    "      { service: { account: HOUSE, subject: \"join.*.*.ask\" } }\n"
	    "      { service: { account: HOUSE, subject: \"$JS.ACK.*.*.>\" } }\n"
	    "      { service: { account: HOUSE, subject: \"lpt.>\" } }\n"
	    "    ]\n"
	    "  }\n"
	    "}\n"
	    "system_account: SYS\n",
	    f);
}

static void server(FILE *f, const struct recipe *r)
{
	fprintf(f,
	    "# Written by liptakod from what its charters say; your own\n"
	    "# changes are lost.\n"
	    "server_name: liptako\n"
	    "listen: \"%s\"\n"
	    "tls { cert_file: \"%s\", key_file: \"%s\", timeout: 5 }\n"
	    "jetstream { store_dir: \"%s\", max_mem: 16MB, max_file: 8GB }\n"
	    "log_file: \"%s\"\n"
	    "logfile_size_limit: 1MB\n"
	    "max_payload: 64KB\n"
	    "max_control_line: 1KB\n"
	    "max_subscriptions: 1024\n"
	    "max_pending: 16MB\n"
	    "write_deadline: \"5s\"\n"
	    "ping_interval: \"20s\"\n"
	    "ping_max: 2\n",
	    r->listen, r->cert, r->key, r->store, r->log);
}

/* What stands between quotes must not end them. */
static bool quotable(const char *s)
{
	for (; *s; s++)
		if (*s == '"' || *s == '\\' || (unsigned char)*s < ' ')
			return false;
	return true;
}

static bool can_be(const struct recipe *r)
{
	bool owner = false;

	for (size_t i = 0; i < r->n; i++) {
		if (!serve_ok(&r->rows[i]))
			return false;
		owner |= r->rows[i].kind == SERVE_OWNER;
	}
	return owner && r->n <= RECIPE_ROWS && quotable(r->listen) &&
	       quotable(r->cert) && quotable(r->key) && quotable(r->store) &&
	       quotable(r->log);
}

int recipe_write(const struct recipe *r, char **ret)
{
	auto_free const struct wire_serve **rows = NULL;
	size_t size, logins;
	char *text = NULL;
	FILE *f;

	if (!can_be(r))
		return -EINVAL;
	rows = mem_new(r->n, sizeof(*rows));
	for (size_t i = 0; i < r->n; i++)
		rows[i] = &r->rows[i];
	qsort(rows, r->n, sizeof(*rows), by_login);
	f = file_in_memory(&text, &size);
	server(f, r);
	accounts(f, rows, r->n, &logins);
	fprintf(f, "max_connections: %zu\n", logins * RECIPE_CONNS);
	if (fclose(f) != 0)
		die("out of memory");
	*ret = text;
	return 0;
}
