#include "cli/f2b/client.h"

#include <stdio.h>

static const char *backend_of(const struct shown *s)
{
	return s->rules->services[rule_of(s)->service].files.n ? "inotify"
							       : "systemd";
}

void client_stats(const struct client *c)
{
	int wide = 8;

	for (size_t i = 0; i < c->n; i++)
		wide = MAX(wide, (int)strlen(c->jails[i].jail->name));
	wide = MIN(wide, 60);
	printf("%-*s | %-8s | %-15s | %s\n", wide, "Jail", "Backend", "Filter",
	    "Actions");
	printf("%-*s | %-8s | %7s %7s | %7s %7s\n", wide, "", "", "cur", "tot",
	    "cur", "tot");
	for (size_t i = 0; i < c->n; i++) {
		const struct shown *s = &c->jails[i];

		printf("%-*.60s | %-8s | %7lld %7lld | %7zu %7lld\n", wide,
		    s->jail->name, backend_of(s), (long long)s->failing,
		    (long long)s->failed, s->n,
		    (long long)MAX(s->total, (int64_t)s->n));
	}
}
