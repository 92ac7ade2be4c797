#include "nft/disarm.h"

#include <getopt.h>
#include <stdio.h>

#include "cli/cli.h"
#include "cli/rulebook.h"

static const struct option options[] = {
	{ "table", required_argument, NULL, 't' },
	{ "config", required_argument, NULL, 'c' },
	{ "json", no_argument, NULL, 'j' },
	{ 0 },
};

static int answer(const char *table, int e, bool json)
{
	bool was = e == DISARM_OK;

	if (e == -EPERM || (e == DISARM_E_HELD && geteuid() != 0)) {
		fputs("liptako disarm: this needs root\n", stderr);
		return CLI_DENIED;
	}
	if (e == DISARM_E_HELD)
		return cli_fault("disarm",
		    "the owner of table inet %s does not let go: stop "
		    "liptako, or kill its enforcer, and try again",
		    table);
	if (e < 0)
		return cli_fault("disarm", "%s", strerror(-e));
	if (json)
		printf("{\"table\":\"%s\",\"disarmed\":%s}\n", table,
		    was ? "true" : "false");
	else if (was)
		printf("Table inet %s is gone: nobody is shut out. A running "
		       "liptako measures no more until its next start.\n",
		    table);
	else
		printf("There is no table inet %s: nobody is shut out.\n",
		    table);
	return was ? CLI_OK : CLI_NO;
}

/* It must work when nothing else does: no daemon, no rules, and if need be
 * no configuration. */
int cmd_disarm(int argc, char **argv)
{
	const char *table = NULL, *path = NULL;
	struct conf *conf = NULL;
	bool json = false;
	int c, r;

	while ((c = cli_option(argc, argv, options)) != -1)
		if (c == 't')
			table = optarg;
		else if (c == 'c')
			path = optarg;
		else if (c == 'j')
			json = true;
		else
			return cli_bad_option(argv, c);
	if (optind < argc)
		return cli_usage("disarm", "it takes no argument");
	if (!table && rulebook_conf(&conf, path) < 0)
		return CLI_FAULT;
	if (!table)
		table = conf->table;
	r = answer(table, disarm(table), json);
	if (conf)
		conf_free(&conf);
	return r;
}
