#include "cli/f2b/client.h"

#include <dirent.h>
#include <stdio.h>

enum {
	FILE_MAX = 1 << 20
};

static void ignore(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
}

static void load(struct client *c, const char *folder, const char *name)
{
	auto_free char *text = mem_new(FILE_MAX, 1);
	char path[4096];
	FILE *f;
	size_t n;

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >=
	    (int)sizeof(path))
		return;
	f = fopen(path, "re");
	if (!f)
		return;
	n = fread(text, 1, FILE_MAX, f);
	fclose(f);
	(void)rules_load(c->rules, path, (struct str){ text, n }, ignore, NULL);
}

static int is_rules(const struct dirent *d)
{
	return str_ends(str_of(d->d_name), STR(".yaml"));
}

void jails_open(struct client *c, const char *folder)
{
	struct dirent **d = NULL;
	int n;

	if (!folder)
		folder = getenv("LIPTAKO_JAILS");
	if (!folder)
		folder = "/etc/liptako/fail2ban";
	n = scandir(folder, &d, is_rules, alphasort);
	rules_new(&c->rules);
	for (int i = 0; i < n; i++) {
		load(c, folder, d[i]->d_name);
		free(d[i]);
	}
	free(d);
	c->jails = mem_new(c->rules->n + 1, sizeof(*c->jails));
	for (size_t i = 0; i < c->rules->n; i++) {
		const struct jailed *j =
		    c->rules->services[c->rules->rules[i].service].jail;

		if (j)
			c->jails[c->n++] = (struct shown){ .rules = c->rules,
				.i = i,
				.jail = j };
	}
}

void jails_close(struct client *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->jails[i].v);
	free(c->jails);
	rules_free(&c->rules);
}
