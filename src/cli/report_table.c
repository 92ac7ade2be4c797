#include "cli/report.h"

#include "base/when.h"

/* "2026-11-22 00:27" */
static const char *minute(uint32_t at, char to[WHEN_MAX])
{
	if (!at)
		return "-";
	when_show(at, to);
	to[10] = ' ';
	to[16] = '\0';
	return to;
}

static void row(const struct report *r, const struct named *v, FILE *to)
{
	const struct rule *rule = &r->play->book->rules->rules[v->rule];
	char who[ADDR_MAX], first[WHEN_MAX], last[WHEN_MAX], until[WHEN_MAX];

	addr_print(&v->who, who);
	fprintf(to, "%-39s  %-16s  %-16s  %7u  %-5s  %-16s  %6u  %s%s\n", who,
	    minute(v->first, first), minute(v->last, last), v->count,
	    verdict_name((enum verdict)v->verdict), minute(v->until, until),
	    v->logins, rule->name,
	    v->rung == RUNG_NEVER   ? " (protected)"
	    : v->rung == RUNG_PROXY ? " (a proxy)"
	    : v->rung == RUNG_WIDE  ? " (its prefix)"
	    : v->success_after      ? " (after failures)"
				    : "");
}

static void sums(const struct report *r, FILE *to)
{
	const struct play_end *e = &r->end;
	char from[WHEN_MAX], until[WHEN_MAX];
	size_t doubtful = 0;

	for (size_t i = 0; i < r->n; i++)
		doubtful += report_is_doubtful(&r->v[i]);
	fprintf(to,
	    "\n%llu lines (%.1f MB) from %s to %s, %llu of them matched a "
	    "rule, in %.2f s.\n",
	    (unsigned long long)e->lines, (double)e->bytes / 1e6,
	    minute(e->from, from), minute(e->to, until),
	    (unsigned long long)e->matched, r->seconds);
	fprintf(to, "%llu address%s named", (unsigned long long)e->subjects,
	    e->subjects == 1 ? "" : "es");
	if (doubtful)
		fprintf(to,
		    "; %zu of the entries logged in successfully: likely "
		    "mistakes, or guesses that hit",
		    doubtful);
	fputs(".\n", to);
	if (e->undated)
		fprintf(to,
		    "%llu lines have no date: the date of the line before "
		    "counted.\n",
		    (unsigned long long)e->undated);
	if (e->ambiguous)
		fprintf(to,
		    "%llu lines can be read in two ways and blame nobody.\n",
		    (unsigned long long)e->ambiguous);
	if (e->pushed_out)
		fprintf(to,
		    "%llu watched addresses gave way to newer ones: raise "
		    "slots.\n",
		    (unsigned long long)e->pushed_out);
	if (r->partial)
		fputs("The reading ended early: this is not all.\n", to);
}

void report_table(const struct report *r, FILE *to)
{
	if (r->n)
		fprintf(to, "%-39s  %-16s  %-16s  %7s  %-5s  %-16s  %6s  %s\n",
		    "ADDRESS", "FIRST", "LAST", "COUNT", "MEAS.", "UNTIL",
		    "LOGINS", "RULE");
	for (size_t i = 0; i < r->n; i++)
		row(r, &r->v[i], to);
	sums(r, to);
}
