/*
 * stub-recipe - a post's configuration as warden would write it.
 *
 *   recipe LISTEN CERT KEY STORE LOG < ROWS
 *
 * A row: kind, alliance, login, envoy (64 hex digits each), join (16), owner,
 * reader, fleet; "-" for nothing.
 */
#include "nats/recipe.h"

#include <sodium.h>
#include <stdio.h>

static struct wire_serve rows[RECIPE_ROWS];

static void hex(const char *from, uint8_t *to, size_t n)
{
	if (from[0] != '-' &&
	    sodium_hex2bin(to, n, from, strlen(from), NULL, NULL, NULL) != 0)
		die("no hex: %s", from);
}

static void name(const char *from, char to[static PARTY_NAME])
{
	if (from[0] != '-')
		snprintf(to, PARTY_NAME, "%s", from);
}

static void row(char *line, struct wire_serve *s)
{
	char *f[8] = { 0 };

	for (size_t i = 0; i < countof(f); i++)
		f[i] = strsep(&line, " \n");
	if (!f[7])
		die("a short row");
	s->kind = (uint8_t)(f[0][0] - '0');
	hex(f[1], s->alliance, 32);
	hex(f[2], s->login, 32);
	hex(f[3], s->envoy, 32);
	hex(f[4], s->join, 8);
	name(f[5], s->owner);
	name(f[6], s->reader);
	s->fleet = f[7][0] == '1';
}

int main(int argc, char **argv)
{
	struct recipe r = { .rows = rows };
	char line[512], *text;

	if (argc != 6)
		return 2;
	while (r.n < countof(rows) && fgets(line, sizeof(line), stdin))
		row(line, &rows[r.n++]);
	r.listen = argv[1];
	r.cert = argv[2];
	r.key = argv[3];
	r.store = argv[4];
	r.log = argv[5];
	if (recipe_write(&r, &text) < 0)
		return 1;
	fputs(text, stdout);
	free(text);
	return 0;
}
