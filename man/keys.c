/*
 * keys - fills a manual page's template with the tables that the loaders
 * walk, so that no key is without its entry and no entry without its key.
 *
 *   keys TEMPLATE > PAGE
 *
 * A template line "@conf@", "@service@", "@rule@" or "@request@" becomes the
 * entries of that table.
 */
#include <stdio.h>

#include "conf/conf.h"
#include "rule/keys.h"

/* Running text: what mdoc would take for its own is escaped. */
static void text(const char *z)
{
	if (*z == '.' || *z == '\'')
		fputs("\\&", stdout);
	for (; *z; z++) {
		if (*z == '\\')
			fputs("\\e", stdout);
		else
			putchar(*z);
	}
	putchar('\n');
}

static void words(const char *list)
{
	fputs("One of", stdout);
	for (bool first = true; *list; first = false) {
		size_t n = strcspn(list, "|");

		printf("%s\n.Cm %.*s", first ? "" : " ,", (int)n, list);
		list += n + (list[n] == '|');
	}
	fputs(" .\n", stdout);
}

static void conf(const struct conf_item *items)
{
	puts(".Bl -tag -width Ds");
	for (; items->name; items++) {
		printf(".It Ic %s\n", items->name);
		text(items->man);
		if (items->words)
			words(items->words);
		if (items->fallback)
			printf("The default is\n.Cm %s .\n", items->fallback);
		if (items->inner)
			conf(items->inner);
	}
	puts(".El");
}

static void rules(const struct rule_key *keys)
{
	puts(".Bl -tag -width Ds");
	for (; keys->name; keys++) {
		printf(".It Ic %s%s\n", keys->name,
		    keys->must ? " (required)" : "");
		text(keys->man);
		for (size_t i = 0; keys->names && keys->names[i]; i++)
			printf("%s.Cm %s\n", i ? "" : "One of\n",
			    keys->names[i]);
	}
	puts(".El");
}

int main(int argc, char **argv)
{
	FILE *f = argc == 2 ? fopen(argv[1], "re") : NULL;
	char line[1024];

	if (!f)
		die("usage: keys TEMPLATE");
	while (fgets(line, sizeof(line), f)) {
		if (strcmp(line, "@conf@\n") == 0)
			conf(conf_items);
		else if (strcmp(line, "@service@\n") == 0)
			rules(service_keys);
		else if (strcmp(line, "@rule@\n") == 0)
			rules(rule_keys);
		else if (strcmp(line, "@request@\n") == 0)
			rules(request_keys);
		else if (strcmp(line, "@jail@\n") == 0)
			rules(jail_keys);
		else
			fputs(line, stdout);
	}
	fclose(f);
	return 0;
}
