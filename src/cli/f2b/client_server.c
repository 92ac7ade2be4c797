#include "cli/f2b/client.h"
#include "conf/conf.h"

#include <stdio.h>

/*
 * client_server - what is asked of the server and of no jail. Where fail2ban
 * would name its own log and database, we name those that are ours.
 */

enum {
	FILE_MAX = 1 << 20,
	KEEP_S = 90 * 86400, /* judge forgets history after so long */
};

static void ignore(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
}

/* The configuration beside the jails' folder; the defaults if we may not
 * read it. */
static struct conf *configured(void)
{
	auto_free char *text = mem_new(FILE_MAX, 1);
	const char *jails = getenv("LIPTAKO_JAILS");
	struct conf *conf = NULL;
	char path[4096];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/../liptako.yaml",
	    jails ? jails : "/etc/liptako/fail2ban");
	f = fopen(path, "re");
	if (f) {
		n = fread(text, 1, FILE_MAX, f);
		fclose(f);
	}
	(void)conf_load(&conf, path, (struct str){ text, n }, ignore, NULL);
	return conf;
}

int client_get_server(const char *key)
{
	struct conf *c = configured();
	int e = 0;

	if (!strcmp(key, "loglevel")) /* bans are all that the log gets */
		puts("Current logging level is 'NOTICE'");
	else if (!strcmp(key, "logtarget"))
		printf("Current logging target is:\n`- %s\n",
		    c->jail_log ? c->jail_log : "SYSTEMD-JOURNAL");
	else if (!strcmp(key, "syslogsocket"))
		puts("Current syslog socket is:\n`- auto");
	else if (!strcmp(key, "dbfile"))
		printf("Current database file is:\n`- %s/ledger/ledger.db\n",
		    c->state);
	else if (!strcmp(key, "dbpurgeage"))
		printf("Current database purge age is:\n`- %dseconds\n",
		    KEEP_S);
	else if (!strcmp(key, "dbmaxmatches")) /* it holds no line of a log */
		puts("0");
	else
		e = client_invalid("");
	conf_free(&c);
	return e;
}
