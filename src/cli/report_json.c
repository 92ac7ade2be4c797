#include "cli/report.h"

#include "base/when.h"

/* Every text here is ours: addresses, names of rules and kinds, dates. */
static void time_or_null(const char *key, uint32_t at, FILE *to)
{
	char shown[WHEN_MAX];

	if (!at) {
		fprintf(to, ",\"%s\":null", key);
		return;
	}
	when_show(at, shown);
	fprintf(to, ",\"%s\":\"%s\"", key, shown);
}

static void one(const struct report *r, const struct named *v, FILE *to)
{
	const struct rule *rule = &r->play->book->rules->rules[v->rule];
	char who[ADDR_MAX];

	addr_print(&v->who, who);
	fprintf(to, "{\"address\":\"%s\",\"rule\":\"%s\",\"kind\":\"%s\"", who,
	    rule->name, kind_name(rule->kind));
	time_or_null("first", v->first, to);
	time_or_null("last", v->last, to);
	fprintf(to, ",\"count\":%u,\"measure\":\"%s\"", v->count,
	    verdict_name((enum verdict)v->verdict));
	time_or_null("until", v->until, to);
	fputs("}\n", to);
}

void report_json(const struct report *r, FILE *to)
{
	const struct play_end *e = &r->end;

	for (size_t i = 0; i < r->n; i++)
		one(r, &r->v[i], to);
	fprintf(to,
	    "{\"summary\":{\"lines\":%llu,\"bytes\":%llu,\"matched\":%llu,"
	    "\"attackers\":%llu,\"seconds\":%.3f}}\n",
	    (unsigned long long)e->lines, (unsigned long long)e->bytes,
	    (unsigned long long)e->matched, (unsigned long long)e->subjects,
	    r->seconds);
}
