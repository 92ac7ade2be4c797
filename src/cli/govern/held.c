#include <stdio.h>

#include "cli/govern/govern.h"
#include "cli/term.h"

enum {
	PUT_MOST = 256 << 10 /* and one act more: far below what judge reads */
};

void held_free(struct held *h)
{
	for (size_t i = 0; i < h->n; i++)
		alliance_free(&h->a[i]);
	for (size_t i = 0; i < h->n_requests; i++)
		free(h->requests[i].bundle);
	for (size_t i = 0; i < h->n_joinings; i++)
		free(h->joinings[i].bundle);
	for (size_t i = 0; i < h->n_enrolments; i++)
		free(h->enrolments[i].bundle);
	*h = (struct held){ 0 };
}

static struct alliance *of_row(struct held *h, const json_t *row)
{
	uint8_t id[32];

	if (!text_hex(str_of(get_text(row, "alliance")), id, sizeof(id)))
		return NULL;
	for (size_t i = 0; i < h->n; i++)
		if (!memcmp(alliance_id(h->a[i]), id, 32))
			return h->a[i];
	if (h->n == HELD)
		return NULL;
	alliance_new(&h->a[h->n], id);
	return h->a[h->n++];
}

static void take_suspended(struct alliance *a, const json_t *row)
{
	uint16_t no = alliance_party_named(a, str_of(get_text(row, "party")));

	alliance_suspend(a, no, (uint64_t)get_num(row, "since") * 1000);
}

static void take_row(void *arg, const json_t *row)
{
	struct held *h = arg;
	const char *type = get_text(row, "type");
	const char *text = get_text(row, "text");
	struct alliance_how how;
	struct alliance *a;

	if (!strcmp(type, "request") && h->n_requests < HELD_REQUESTS) {
		h->requests[h->n_requests].n = strlen(text);
		h->requests[h->n_requests++].bundle = str_dup(str_of(text));
		return;
	}
	if (!strcmp(type, "joining") && h->n_joinings < HELD) {
		h->joinings[h->n_joinings].n = strlen(text);
		h->joinings[h->n_joinings++].bundle = str_dup(str_of(text));
		return;
	}
	if (!strcmp(type, "enrolment") && h->n_enrolments < HELD_REQUESTS) {
		h->enrolments[h->n_enrolments].n = strlen(text);
		h->enrolments[h->n_enrolments++].bundle = str_dup(str_of(text));
		return;
	}
	a = of_row(h, row);
	if (a && !strcmp(type, "suspended"))
		take_suspended(a, row);
	else if (a)
		alliance_take(a, text, strlen(text), gov_now(), &how);
}

int held_fetch(struct gov *g, struct held *ret)
{
	json_t *q = json_pack("{s:s}", "do", "sealed-list"), *end = NULL;
	struct held h = { 0 };
	int e = ask(g->command, &g->ask, &q, take_row, &h, &end);

	if (!e && (e = ask_refused(g->command, end)) < 0)
		e = CLI_OK;
	h.invitations = get_num(end, "invitations");
	json_decref(end);
	if (e)
		held_free(&h);
	else
		*ret = h;
	return e;
}

struct alliance *held_choose(const struct gov *g, const struct held *h,
    const char *name)
{
	struct alliance *found = NULL;

	for (size_t i = 0; i < h->n; i++) {
		const struct charter *c = alliance_charter(h->a[i]);

		if (!name && h->n == 1)
			return h->a[i];
		if (name && c && !strcmp(c->name, name))
			found = h->a[i];
	}
	if (found)
		return found;
	if (h->n == 0)
		(void)cli_fault(g->command,
		    "this host is in no alliance; `liptako found NAME` begins "
		    "one, `liptako join TOKEN` joins one");
	else if (name)
		(void)cli_fault(g->command,
		    "this host is in no alliance \"%s\"; `liptako party list` "
		    "lists them",
		    name);
	else
		(void)cli_fault(g->command,
		    "this host is in %zu alliances; name one", h->n);
	return NULL;
}

struct putting {
	const struct gov *g;
	json_t *rows;
	bool quiet, refused;
};

static void put_row(void *arg, const json_t *row)
{
	struct putting *p = arg;
	const char *answer = get_text(row, "answer");
	bool no = !strcmp(answer, "refused");

	p->refused |= no;
	json_array_append(p->rows, (json_t *)(uintptr_t)row);
	if (p->g->ask.json || (p->quiet && !no))
		return;
	if (!strcmp(get_text(row, "type"), "request"))
		printf("%s asks to be admitted; its code is \"%s\". Compare "
		       "it by voice, then: liptako charter seal\n",
		    get_text(row, "party"), get_text(row, "code"));
	else if (no && get_num(row, "line") > 0)
		fprintf(stderr, "liptako %s: %s refused: line %lld: %s\n",
		    p->g->command, get_text(row, "type"),
		    (long long)get_num(row, "line"), get_text(row, "why"));
	else if (no)
		fprintf(stderr, "liptako %s: %s refused: %s\n", p->g->command,
		    get_text(row, "type"), get_text(row, "why"));
	else
		printf("%s: %s\n", answer, get_text(row, "why"));
}

/* As many acts of the bundle as one request holds; a request of a newcomer is
 * one, and begins with "join". */
static struct str next_part(struct str *bundle)
{
	struct str all = *bundle;
	struct sealed s;

	do {
		if (sealed_next(bundle, &s) || s.type == SEALED_JOIN) {
			*bundle = STR("");
			return all; /* what is wrong judge says */
		}
	} while (bundle->n > 0 && all.n - bundle->n < PUT_MOST);
	return str_head(all, all.n - bundle->n);
}

static int put_part(struct gov *g, struct str part, bool found,
    struct putting *p, json_t **end)
{
	json_t *q, *text = json_stringn(part.p, part.n);
	int e;

	if (!text)
		return cli_fault(g->command, "it is no UTF-8");
	q = json_pack("{s:s,s:o,s:b}", "do", "sealed-put", "text", text,
	    "force", found);
	json_decref(*end);
	*end = NULL;
	e = ask(g->command, &g->ask, &q, put_row, p, end);
	if (!e && (e = ask_refused(g->command, *end)) < 0)
		e = CLI_OK;
	return e;
}

int held_put(struct gov *g, struct str bundle, bool found, bool quiet)
{
	struct putting p = { g, json_array(), quiet, false };
	json_t *end = NULL;
	int e = CLI_OK;

	do
		e = put_part(g, next_part(&bundle), found, &p, &end);
	while (!e && bundle.n > 0);
	if (!e && p.refused)
		e = CLI_NO;
	if (end && g->ask.json && !quiet) {
		json_object_set(end, "acts", p.rows);
		ask_print(end);
	}
	json_decref(p.rows);
	json_decref(end);
	return e;
}

void say_hash(const uint8_t *p, char to[static 65])
{
	text_show_hex(p, 32, to);
}

static const char *standing(const struct alliance *a, uint16_t no, uint64_t now)
{
	const struct alliance_party *p = alliance_party(a, no);

	if (p->withdrawn)
		return "withdrawn";
	if (!p->present)
		return "no party any more";
	if (p->suspended)
		return "suspended by us";
	if (!p->roll || p->roll->n == 0)
		return "no envoy yet";
	return alliance_probation(a, no, now) ? "on probation" : "party";
}

static uint64_t last_day(const struct roll *r)
{
	uint64_t last = 0;

	for (size_t i = 0; r && i < r->n; i++)
		last = MAX(last, r->envoys[i].not_after);
	return last;
}

void say_parties(const struct alliance *a)
{
	static const char *const heads[] = { "party", "land", "standing",
		">seals", ">envoys", "envoys until", "territory" };
	uint64_t now = gov_now();
	struct table t;

	table_new(&t, countof(heads), heads);
	for (size_t i = 0; i < alliance_parties(a); i++) {
		const struct alliance_party *p = alliance_party(a, (uint16_t)i);
		char seals[16], envoys[16], nets[200] = "";
		size_t n = 0;

		snprintf(seals, sizeof(seals), "%u of %zu", p->entry->threshold,
		    p->entry->seals.n);
		snprintf(envoys, sizeof(envoys), "%zu",
		    p->roll ? p->roll->n : 0);
		for (size_t k = 0; k < p->entry->territory.n && n < 150; k++) {
			char net[NET_MAX];

			(void)net_print(&p->entry->territory.v[k], net);
			n += (size_t)snprintf(nets + n, sizeof(nets) - n,
			    "%s%s", k ? " " : "", net);
		}
		table_row(&t,
		    (const char *[]){ p->name, p->entry->country,
			standing(a, (uint16_t)i, now), seals, envoys,
			p->roll ? show_time((int64_t)(last_day(p->roll) / 1000))
				: "-",
			nets });
	}
	table_print(&t, "  ");
	table_free(&t);
}

void say_terms(const struct charter *c)
{
	struct text_out o = { 0 };

	for (size_t i = 0; i <= CHARTER_CLAUSES; i++)
		if (charter_terms_items[i])
			for (const struct text_item *it =
				 charter_terms_items[i];
			     it->key; it++) {
				struct text_item one[2] = { *it,
					TEXT_ITEMS_END };
				struct str line;

				o.n = 0;
				text_put_items(&o, one, &c->terms);
				line = str_trim(
				    (struct str){ o.p, o.n ? o.n - 1 : 0 });
				if (line.n)
					printf("  %-28.*s %s\n", STR_A(line),
					    it->help);
			}
	text_free(&o);
}
