#include <stdio.h>
#include <sys/stat.h>

#include "cli/govern/govern.h"

/*
 * export - what anybody can check with ssh-keygen alone: each version of the
 * charter, each record and roll as a text, a .sig for each seal of it, whose
 * seals they are (allowed_signers) and a script that puts it together.
 */
struct out {
	const struct gov *g;
	const struct alliance *a;
	const char *dir;
	struct text_out list, signers; /* text, seal's owner, namespace */
	size_t n;
	int e;
};

static const char script[] =
    "#!/bin/sh\n"
    "# Checks every seal with ssh-keygen alone: sh verify.sh\n"
    "# list has a line for each seal: text, .sig file, party, namespace.\n"
    "# Which seals a version needs: clause 9 of the charter in force.\n"
    "cd \"$(dirname \"$0\")\" || exit 1\n"
    "bad=0 good=0\n"
    "while read -r text sig party space; do\n"
    "\tif ssh-keygen -Y verify -f allowed_signers -I \"$party\" -n "
    "\"$space\" \\\n"
    "\t\t-s \"$sig\" <\"$text\" >/dev/null 2>&1; then\n"
    "\t\tgood=$((good + 1))\n"
    "\t\techo \"$text: sealed by $party\"\n"
    "\telse\n"
    "\t\tbad=$((bad + 1))\n"
    "\t\techo \"$text: NOT sealed by $party ($sig)\"\n"
    "\tfi\n"
    "done <list\n"
    "echo \"$good seals are right, $bad are wrong\"\n"
    "[ \"$bad\" = 0 ] && [ \"$good\" -gt 0 ]\n";

static void put_file(struct out *x, const char *name, struct str s,
    unsigned mode)
{
	char path[GOV_PATH];

	snprintf(path, sizeof(path), "%s/%s", x->dir, name);
	if (!x->e)
		x->e = write_whole(x->g->command, path, s, mode);
}

static bool owns(const struct charter_party *p, const struct seal *s)
{
	for (size_t i = 0; i < p->seals.n; i++)
		if (seal_eq(&p->seals.v[i], s))
			return true;
	return p->founding.kind && seal_eq(&p->founding, s);
}

/* Whose seal: in this version, or as the alliance last knew him. */
static const char *owner(const struct out *x, const struct charter *c,
    const struct seal *s)
{
	for (size_t i = 0; c && i < c->n; i++)
		if (owns(&c->parties[i], s))
			return c->parties[i].name;
	for (size_t i = 0; i < alliance_parties(x->a); i++) {
		const struct alliance_party *p =
		    alliance_party(x->a, (uint16_t)i);

		if (owns(p->entry, s))
			return p->name;
	}
	return "former-seal";
}

static void put_signer(struct out *x, const char *party, const struct seal *s)
{
	char line[SEAL_LINE_MAX];
	struct text_out one = { 0 };

	(void)seal_print(s, line);
	text_put(&one,
	    "%s namespaces=\"liptako-charter@v1,liptako-join@v1,"
	    "liptako-record@v1,liptako-roll@v1,liptako-revoke@v1,"
	    "liptako-withdraw@v1\" %s\n",
	    party, line);
	if (!x->signers.p ||
	    str_find(text_of(&x->signers), text_of(&one)) == SIZE_MAX)
		text_put_str(&x->signers, text_of(&one));
	text_free(&one);
}

/* The newcomer's accession, made anew: that is what he sealed. */
static void put_accession(struct out *x, const struct charter *c,
    const struct seal *s, char *name, size_t size)
{
	struct text_out o = { 0 };
	struct accession acc;

	for (size_t i = 0; c && i < c->n; i++) {
		if (!owns(&c->parties[i], s))
			continue;
		charter_accession(c, alliance_id(x->a), &c->parties[i], &acc);
		accession_print(&acc, &o);
		snprintf(name, size, "charter-%u-%s-joins.txt", c->version,
		    c->parties[i].name);
		put_file(x, name, text_of(&o), 0644);
		text_free(&o);
		return;
	}
}

static void put_seals(struct out *x, const struct sealed *s,
    const struct charter *c, const char *stem)
{
	struct str rest = s->seals;

	for (unsigned i = 1; rest.n > 0; i++) {
		struct str before = rest;
		char text[120], sig[140];
		const char *who;
		struct sshsig is;

		if (sshsig_next(&rest, &is) != SEAL_OK)
			return;
		who = owner(x, c, &is.seal);
		snprintf(text, sizeof(text), "%s.txt", stem);
		if (!strcmp(is.namespace_, sealed_namespace(SEALED_JOIN)))
			put_accession(x, c, &is.seal, text, sizeof(text));
		snprintf(sig, sizeof(sig), "%s.%s.%u.sig", stem, who, i);
		put_file(x, sig, str_head(before, before.n - rest.n), 0644);
		put_signer(x, who, &is.seal);
		text_put(&x->list, "%s %s %s %s\n", text, sig, who,
		    is.namespace_);
	}
}

static void put_act(void *arg, enum sealed_type type,
    const uint8_t hash[static 32], struct str bytes)
{
	struct out *x = arg;
	struct charter *c = NULL;
	struct text_fault f;
	char stem[100], name[110];
	struct sealed s;

	if (sealed_parse(bytes, &s))
		return;
	x->n++;
	snprintf(stem, sizeof(stem), "%s-%zu", sealed_type_name(type), x->n);
	if (type == SEALED_CHARTER && charter_parse(s.text, &c, &f))
		snprintf(stem, sizeof(stem), "charter-%u%s", c->version,
		    c->version > alliance_version(x->a) ? "-waits" : "");
	snprintf(name, sizeof(name), "%s.txt", stem);
	put_file(x, name, s.text, 0644);
	put_seals(x, &s, c, stem);
	charter_free(&c);
}

static void bundle_act(void *arg, enum sealed_type type,
    const uint8_t hash[static 32], struct str bytes)
{
	text_put_str(arg, bytes);
}

static int export_bundle(struct gov *g, const struct alliance *a)
{
	struct text_out o = { 0 };
	int e;

	alliance_acts(a, bundle_act, &o);
	e = write_whole(g->command, g->bundle, text_of(&o), 0644);
	if (!e && strcmp(g->bundle, "-") != 0)
		printf("%s holds the charter, records and rolls of %s.\n",
		    g->bundle, alliance_charter(a)->name);
	text_free(&o);
	return e;
}

static int export_folder(struct gov *g, const struct alliance *a)
{
	struct out x = { .g = g, .a = a, .dir = g->out ? g->out : "charter" };

	if (mkdir(x.dir, 0755) < 0 && errno != EEXIST)
		return cli_fault(g->command, "%s: %s", x.dir, strerror(errno));
	alliance_acts(a, put_act, &x);
	put_file(&x, "allowed_signers", text_of(&x.signers), 0644);
	put_file(&x, "list", text_of(&x.list), 0644);
	put_file(&x, "verify.sh", STR(script), 0755);
	if (!x.e)
		printf("%s holds %zu texts with their seals; sh %s/verify.sh "
		       "checks them.\n",
		    x.dir, x.n, x.dir);
	text_free(&x.list);
	text_free(&x.signers);
	return x.e;
}

int charter_export(struct gov *g)
{
	struct held h = { 0 };
	struct alliance *a;
	int e = held_fetch(g, &h);

	a = e ? NULL : held_choose(g, &h, g->argc > 1 ? g->argv[1] : NULL);
	if (!e && !a)
		e = CLI_NO;
	if (!e)
		e = g->bundle ? export_bundle(g, a) : export_folder(g, a);
	held_free(&h);
	return e;
}
