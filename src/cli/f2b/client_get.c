#include "cli/f2b/client.h"

#include <stdio.h>
#include <time.h>

enum {
	FOR_EVER_S = 3000 * 86400 /* what is longer is bantime -1 */
};

int client_invalid(const char *more)
{
	printf("Invalid command%s\n", more);
	return NOK;
}

static void listed(const char *heading, const char *none, char *const *v,
    size_t n)
{
	if (n == 0) {
		puts(none);
		return;
	}
	puts(heading);
	for (size_t i = 0; i < n; i++)
		printf("%s %s\n", i + 1 < n ? "|-" : "`-", v[i]);
}

static void with_time(const struct banned *b)
{
	char from[32], to[32];
	time_t since = (time_t)b->since, until = (time_t)b->until;
	struct tm tm;

	strftime(from, sizeof(from), "%F %T", localtime_r(&since, &tm));
	strftime(to, sizeof(to), "%F %T", localtime_r(&until, &tm));
	printf("%s \t%s + %lld = %s\n", b->net, from,
	    (long long)(b->until - b->since), to);
}

static int get_banip(const struct shown *s, int argc, char **argv)
{
	bool times = argc > 0 && strcmp(argv[0], "--with-time") == 0;

	for (size_t i = 0; i < s->n; i++) {
		if (times)
			with_time(&s->v[i]);
		else
			printf("%s%s", i ? " " : "", s->v[i].net);
	}
	if (!times)
		putchar('\n');
	return 0;
}

int client_get(const struct shown *s, int argc, char **argv)
{
	const struct service *v = &s->rules->services[rule_of(s)->service];
	const struct jailed *j = s->jail;
	const struct rule *r = rule_of(s);
	const char *key = argc ? argv[0] : "";

	if (!strcmp(key, "bantime"))
		printf("%lld\n",
		    r->term > FOR_EVER_S ? -1LL : (long long)r->term);
	else if (!strcmp(key, "findtime"))
		printf("%u\n", r->span);
	else if (!strcmp(key, "maxretry"))
		printf("%u\n", r->count);
	else if (!strcmp(key, "maxlines"))
		printf("%u\n", j->maxlines);
	else if (!strcmp(key, "usedns"))
		puts(j->usedns ? j->usedns : "warn");
	else if (!strcmp(key, "ignoreself"))
		puts("True");
	else if (!strcmp(key, "ignoreip"))
		listed("These IP addresses/networks are ignored:",
		    "No IP address/network is ignored", j->ignore.v,
		    j->ignore.n);
	else if (!strcmp(key, "logpath"))
		listed("Current monitored log file(s):",
		    "No file is currently monitored", v->files.v, v->files.n);
	else if (!strcmp(key, "failregex"))
		listed("The following regular expression are defined:",
		    "No regular expression is defined", j->failregex.v,
		    j->failregex.n);
	else if (!strcmp(key, "ignoreregex"))
		listed("The following regular expression are defined:",
		    "No regular expression is defined", j->ignoreregex.v,
		    j->ignoreregex.n);
	else if (!strcmp(key, "banip"))
		return get_banip(s, argc - 1, argv + 1);
	else
		return client_invalid(
		    " (no get action or not yet implemented)");
	return 0;
}
