#include "cli/report.h"

#include "base/when.h"

/*
 * One file, nothing loaded from elsewhere: the policy in its head forbids it.
 * What is shown are our own words, numbers, addresses and rule names; names
 * of log files are a stranger's and go through show().
 */

enum {
	BARS_MOST = 15,
	ROWS_MOST = 5000,
	PLOT_W = 900,
	PLOT_H = 160
};

static void show(const char *text, FILE *to)
{
	for (const char *p = text; *p; p++) {
		switch (*p) {
		case '<':
			fputs("&lt;", to);
			break;
		case '>':
			fputs("&gt;", to);
			break;
		case '&':
			fputs("&amp;", to);
			break;
		case '"':
			fputs("&quot;", to);
			break;
		case '\'':
			fputs("&#39;", to);
			break;
		default:
			if ((unsigned char)*p >= ' ' && *p != 127)
				fputc(*p, to);
			else
				fputs("&#xfffd;", to);
		}
	}
}

static void head(FILE *to)
{
	fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n"
	      "<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\""
	      "default-src 'none'; style-src 'unsafe-inline'\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width\">\n"
	      "<title>Liptako: replay</title>\n<style>\n"
	      "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;"
	      "max-width:64rem;padding:0 1rem;color:#1c2330;background:#fff}\n"
	      "h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}\n"
	      "table{border-collapse:collapse;width:100%;font-size:.86rem}\n"
	      "th,td{text-align:left;padding:.25rem .5rem;"
	      "border-bottom:1px solid #d8dde6;white-space:nowrap}\n"
	      "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}\n"
	      "tr.doubt{background:#fff3d6}\n"
	      "svg{max-width:100%;height:auto}\n"
	      "svg text{font:11px system-ui,sans-serif;fill:#1c2330}\n"
	      ".hits{fill:#9db4d6}.rulings{fill:#b3261e}"
	      ".axis{stroke:#6b7485}.bar{fill:#3f6fb5}\n"
	      "@media(prefers-color-scheme:dark){body{color:#e3e7ee;"
	      "background:#14181f}th,td{border-color:#333b48}"
	      "tr.doubt{background:#4a3a10}svg text{fill:#e3e7ee}}\n"
	      "</style>\n</head>\n<body>\n",
	    to);
}

static void intro(const struct report *r, FILE *to)
{
	const struct play_end *e = &r->end;
	char from[WHEN_MAX], until[WHEN_MAX];

	when_show(e->from, from);
	when_show(e->to, until);
	fprintf(to,
	    "<h1>Whom Liptako would have shut out</h1>\n<p>%llu lines from "
	    "%s to %s; %llu matched a rule; <strong>%llu addresses</strong> "
	    "named.</p>\n<p>Read: ",
	    (unsigned long long)e->lines, from, until,
	    (unsigned long long)e->matched, (unsigned long long)e->subjects);
	for (size_t i = 0; i < r->play->in->n && i < 20; i++) {
		fputs(i ? ", " : "", to);
		show(r->play->in->v[i].name, to);
	}
	if (r->play->in->n > 20)
		fprintf(to, " and %zu more", r->play->in->n - 20);
	fputs(".</p>\n", to);
}

static uint32_t most(const uint32_t *v, size_t n)
{
	uint32_t m = 1;

	for (size_t i = 0; i < n; i++)
		m = MAX(m, v[i]);
	return m;
}

/* Counts stand for the square root, so that one flood hides nothing. */
static double height(uint32_t v, uint32_t max)
{
	double x = (double)v / max, root = x > 0 ? 1 : 0;

	for (int i = 0; i < 20 && x > 0; i++)
		root = (root + x / root) / 2;
	return root * PLOT_H;
}

static void bars_over_time(const struct timeline *t, unsigned kind,
    unsigned used, const char *css, FILE *to)
{
	uint32_t max = most(t->bins[kind], TIMELINE_BINS);
	double w = (double)PLOT_W / used;

	for (unsigned i = 0; i < used; i++) {
		double h = height(t->bins[kind][i], max);

		if (h > 0)
			fprintf(to,
			    "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" "
			    "width=\"%.1f\" height=\"%.1f\"><title>%u"
			    "</title></rect>\n",
			    css, i * w + (kind ? w / 3 : 0), PLOT_H - h,
			    kind ? w / 3 : w * .95, h, t->bins[kind][i]);
	}
}

static void over_time(const struct report *r, FILE *to)
{
	const struct timeline *t = &r->end.times;
	unsigned used = 1;
	char from[WHEN_MAX], until[WHEN_MAX];

	if (t->width == 0)
		return;
	for (unsigned i = 0; i < TIMELINE_BINS; i++)
		used = t->bins[0][i] ? i + 1 : used;
	when_show(t->start, from);
	when_show(t->start + used * t->width, until);
	fprintf(to,
	    "<h2>Over time</h2>\n<p>Lines that hit a rule (wide) and rulings "
	    "(narrow) for each %u s; heights are square roots, each to its "
	    "own scale.</p>\n"
	    "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"hits and "
	    "rulings over time\">\n",
	    t->width, PLOT_W, PLOT_H + 20);
	bars_over_time(t, 0, used, "hits", to);
	bars_over_time(t, 1, used, "rulings", to);
	fprintf(to,
	    "<line class=\"axis\" x1=\"0\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n"
	    "<text x=\"0\" y=\"%d\">%s</text>"
	    "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n</svg>\n",
	    PLOT_H, PLOT_W, PLOT_H, PLOT_H + 15, from, PLOT_W, PLOT_H + 15,
	    until);
}

struct bar {
	char label[NET_MAX + 40];
	uint32_t n;
};

static int by_label(const void *a, const void *b)
{
	return strcmp(((const struct bar *)a)->label,
	    ((const struct bar *)b)->label);
}

static int by_count(const void *a, const void *b)
{
	const struct bar *x = a, *y = b;

	return x->n != y->n ? (x->n < y->n ? 1 : -1) : by_label(a, b);
}

/* Equal labels become one bar; the tallest come first. */
static size_t gather(struct bar *v, size_t n)
{
	size_t kept = 0;

	if (n)
		qsort(v, n, sizeof(*v), by_label);
	for (size_t i = 0; i < n; i++) {
		if (kept && strcmp(v[kept - 1].label, v[i].label) == 0)
			v[kept - 1].n += v[i].n;
		else
			v[kept++] = v[i];
	}
	if (kept)
		qsort(v, kept, sizeof(*v), by_count);
	return kept;
}

static void bars(const char *title, struct bar *v, size_t n, FILE *to)
{
	size_t all = gather(v, n), shown = MIN(all, BARS_MOST);
	int y = 0;

	fprintf(to,
	    "<h2>%s</h2>\n<svg viewBox=\"0 0 %d %zu\" role=\"img\" "
	    "aria-label=\"%s\">\n",
	    title, PLOT_W, shown * 20 + 4, title);
	for (size_t i = 0; i < shown; i++, y += 20) {
		fprintf(to, "<text x=\"255\" y=\"%d\" text-anchor=\"end\">",
		    y + 14);
		show(v[i].label, to);
		fprintf(to,
		    "</text><rect class=\"bar\" x=\"262\" y=\"%d\" "
		    "width=\"%.1f\" height=\"14\"/>"
		    "<text x=\"%.1f\" y=\"%d\">%u</text>\n",
		    y + 3, 560.0 * v[i].n / v[0].n,
		    268 + 560.0 * v[i].n / v[0].n, y + 14, v[i].n);
	}
	fputs("</svg>\n", to);
	if (all > shown)
		fprintf(to, "<p>and %zu more.</p>\n", all - shown);
}

static void by_rule(const struct report *r, FILE *to)
{
	auto_free struct bar *v = mem_new(r->n, sizeof(*v));

	for (size_t i = 0; i < r->n; i++) {
		snprintf(v[i].label, sizeof(v[i].label), "%s",
		    r->play->book->rules->rules[r->v[i].rule].name);
		v[i].n = 1;
	}
	bars("Addresses by rule", v, r->n, to);
}

static void by_network(const struct report *r, FILE *to)
{
	auto_free struct bar *v = mem_new(r->n, sizeof(*v));

	for (size_t i = 0; i < r->n; i++) {
		struct addr a = r->v[i].who;
		struct net n = net_of(a, a.family == 4 ? 16 : 32);

		net_print(&n, v[i].label);
		v[i].n = 1;
	}
	bars("Addresses by network", v, r->n, to);
}

static void table_row(const struct report *r, const struct named *v, FILE *to)
{
	char who[ADDR_MAX], first[WHEN_MAX], last[WHEN_MAX], until[WHEN_MAX];

	addr_print(&v->who, who);
	when_show(v->first, first);
	when_show(v->last, last);
	when_show(v->until, until);
	fprintf(to,
	    "<tr%s><td>%s</td><td>%s</td><td>%s</td><td>%s</td>"
	    "<td class=\"n\">%u</td><td>%s</td><td>%s</td>"
	    "<td class=\"n\">%u</td></tr>\n",
	    report_is_doubtful(v) ? " class=\"doubt\"" : "", who,
	    r->play->book->rules->rules[v->rule].name, first, last, v->count,
	    verdict_name((enum verdict)v->verdict), v->until ? until : "-",
	    v->logins);
}

static void table(const struct report *r, FILE *to)
{
	size_t shown = MIN(r->n, ROWS_MOST);

	fputs("<h2>Who</h2>\n<p>Coloured rows logged in successfully: likely "
	      "mistakes, or guesses that hit.</p>\n<table>\n<thead><tr>"
	      "<th>address</th><th>rule</th><th>first</th><th>last</th>"
	      "<th class=\"n\">count</th><th>measure</th><th>until</th>"
	      "<th class=\"n\">logins</th></tr></thead>\n<tbody>\n",
	    to);
	for (size_t i = 0; i < shown; i++)
		table_row(r, &r->v[i], to);
	fputs("</tbody>\n</table>\n", to);
	if (r->n > shown)
		fprintf(to, "<p>and %zu more: see --json.</p>\n", r->n - shown);
}

void report_html(const struct report *r, FILE *to)
{
	head(to);
	intro(r, to);
	over_time(r, to);
	if (r->n) {
		by_rule(r, to);
		by_network(r, to);
		table(r, to);
	}
	fputs("</body>\n</html>\n", to);
}
