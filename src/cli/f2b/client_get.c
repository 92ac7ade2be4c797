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

static void numbered(const struct strings *s)
{
	if (s->n == 0) {
		puts("No regular expression is defined");
		return;
	}
	puts("The following regular expression are defined:");
	for (size_t i = 0; i < s->n; i++)
		printf("%s [%zu]: %s\n", i + 1 < s->n ? "|-" : "`-", i,
		    s->v[i]);
}

static void journal(const struct service *v)
{
	if (v->units.n == 0) {
		puts("No journal match filter set");
		return;
	}
	puts("Current match filter:");
	for (size_t i = 0; i < v->units.n; i++)
		printf("%s_SYSTEMD_UNIT=%s", i ? " + " : "", v->units.v[i]);
	putchar('\n');
}

/* bantime.KEY: what it grew to lies in the rule, one term after the other. */
static int get_growth(const struct rule *r, const char *key)
{
	bool grows = r->terms.n > 1 || r->term_max > r->term;

	if (!strcmp(key, "increment"))
		puts(grows ? "True" : "False");
	else if (!strcmp(key, "maxtime") && grows)
		printf("%u\n",
		    r->terms.n ? r->terms.v[r->terms.n - 1] : r->term_max);
	else if (!strcmp(key, "rndtime") && r->spread)
		printf("%u\n", r->spread);
	else
		puts("None");
	return 0;
}

/* As Python prints a list. */
static void get_cache(const struct jailed *j)
{
	char quote = strchr(j->cache_key, '\'') ? '"' : '\'';

	printf("[%c%s%c, %u, %u]\n", quote, j->cache_key, quote,
	    j->cache_count ? j->cache_count : 100,
	    j->cache_time ? j->cache_time : 300);
}

/* What jails have by their filter alone. False: it is none of these. */
static bool get_of_filter(const struct shown *s, const char *key)
{
	const struct jailed *j = s->jail;

	if (!strcmp(key, "failregex"))
		numbered(&j->failregex);
	else if (!strcmp(key, "ignoreregex"))
		numbered(&j->ignoreregex);
	else if (!strcmp(key, "prefregex"))
		puts(j->prefregex ? j->prefregex : "");
	else if (!strcmp(key, "datepattern"))
		printf("Current date pattern set to: %s\n",
		    j->datepattern ? j->datepattern : "Not set/required");
	else if (!strcmp(key, "logencoding"))
		printf("Current log encoding is set to:\n%s\n",
		    j->encoding && strcmp(j->encoding, "auto") != 0
			? j->encoding
			: "UTF-8");
	else if (!strcmp(key, "logtimezone"))
		puts(j->zone ? j->zone : "None");
	else if (!strcmp(key, "maxlines"))
		printf("%u\n", j->maxlines);
	else if (!strcmp(key, "usedns"))
		puts(j->usedns ? j->usedns : "warn");
	else if (!strcmp(key, "ignoreself"))
		puts("True");
	else if (!strcmp(key, "ignorecommand"))
		puts(j->ignorecommand ? j->ignorecommand : "");
	else if (!strcmp(key, "ignorecache") && j->cache_key)
		get_cache(j);
	else if (!strcmp(key, "ignorecache"))
		puts("None");
	else
		return false;
	return true;
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
	else if (!strcmp(key, "maxmatches"))
		printf("%u\n", r->count);
	else if (!strncmp(key, "bantime.", 8))
		return get_growth(r, key + 8);
	else if (!strcmp(key, "actions"))
		printf("The jail %s has the following actions:\nliptako\n",
		    j->name);
	else if (!strcmp(key, "journalmatch"))
		journal(v);
	else if (!strcmp(key, "ignoreip"))
		listed("These IP addresses/networks are ignored:",
		    "No IP address/network is ignored", j->ignore.v,
		    j->ignore.n);
	else if (!strcmp(key, "logpath"))
		listed("Current monitored log file(s):",
		    "No file is currently monitored", v->files.v, v->files.n);
	else if (!strcmp(key, "banip"))
		return get_banip(s, argc - 1, argv + 1);
	else if (!get_of_filter(s, key))
		return client_invalid(
		    " (no get action or not yet implemented)");
	return 0;
}
