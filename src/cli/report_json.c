#include "cli/report.h"

#include "base/when.h"

/* Every text here is ours: addresses, names of rules and kinds, dates. */
static void put(const char *text, FILE *to)
{
	fputs_unlocked(text, to);
}

static void put_time(const char *key, uint32_t at, FILE *to)
{
	char shown[WHEN_MAX];

	put(key, to);
	if (!at) {
		put("null", to);
		return;
	}
	when_show(at, shown);
	put("\"", to);
	put(shown, to);
	put("\"", to);
}

static void put_number(uint32_t v, FILE *to)
{
	char z[11], *p = z + sizeof(z) - 1;

	*p = '\0';
	do
		*--p = (char)('0' + v % 10);
	while (v /= 10);
	put(p, to);
}

/* Of hundred thousand attackers printf would be felt. */
static void one(const struct report *r, const struct named *v, FILE *to)
{
	const struct rule *rule = &r->play->book->rules->rules[v->rule];
	char who[ADDR_MAX];

	addr_print(&v->who, who);
	put("{\"address\":\"", to);
	put(who, to);
	put("\",\"rule\":\"", to);
	put(rule->name, to);
	put("\",\"kind\":\"", to);
	put(kind_name(rule->kind), to);
	put("\"", to);
	put_time(",\"first\":", v->first, to);
	put_time(",\"last\":", v->last, to);
	put(",\"count\":", to);
	put_number(v->count, to);
	put(",\"measure\":\"", to);
	put(verdict_name((enum verdict)v->verdict), to);
	put("\"", to);
	put_time(",\"until\":", v->until, to);
	put("}\n", to);
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
