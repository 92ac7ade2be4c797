#include "desk/metrics.h"

#include <math.h>

#include "desk/ask.h"

#include "base/file.h"

static void escaped(FILE *f, const char *z)
{
	for (; *z; z++) {
		if (*z == '\\' || *z == '"')
			fputc('\\', f);
		if (*z == '\n')
			fputs("\\n", f);
		else
			fputc(*z, f);
	}
}

void metric_about(const struct page_of *p, const char *name, const char *kind,
    const char *help)
{
	const char *more =
	    !p->open && strcmp(kind, "counter") == 0 ? "_total" : "";

	if (!p->open && strcmp(kind, "info") == 0) {
		more = "_info";
		kind = "gauge";
	}
	fprintf(p->f, "# HELP %s%s %s\n# TYPE %s%s %s\n", name, more, help,
	    name, more, kind);
}

void metric_put(const struct page_of *p, const char *name,
    const char *const *labels, double value)
{
	const char *comma = "{";

	fputs(name, p->f);
	for (; labels && labels[0]; labels += 2) {
		fprintf(p->f, "%s%s=\"", comma, labels[0]);
		escaped(p->f, labels[1] ? labels[1] : "");
		fputc('"', p->f);
		comma = ",";
	}
	if (*comma == ',')
		fputc('}', p->f);
	if (floor(value) == value && fabs(value) < 9e15)
		fprintf(p->f, " %lld\n", (long long)value);
	else
		fprintf(p->f, " %.9g\n", value);
}

static bool wants_open(const struct http_request *r)
{
	return str_find(http_header(r, "Accept"),
		   STR("application/openmetrics-text")) != SIZE_MAX;
}

static void answer(struct http_request *r, const json_t *status,
    const json_t *alliance)
{
	char *text = NULL;
	size_t n;
	struct page_of p = { file_in_memory(&text, &n), wants_open(r) };

	metrics_write(&p, r->desk, status);
	metrics_write_ally(&p, alliance);
	if (p.open)
		fputs("# EOF\n", p.f);
	fclose(p.f);
	http_answer_take(r, MHD_HTTP_OK,
	    p.open ? "application/openmetrics-text; version=1.0.0; "
		     "charset=utf-8"
		   : "text/plain; version=0.0.4; charset=utf-8",
	    &text, n);
}

/* Without judge there are at least our own numbers. */
static void on_alliance(void *arg, struct str text)
{
	struct http_request *r = arg;
	struct desk *d = r->desk;

	json_decref(d->alliance);
	d->alliance = metrics_rows(text);
	answer(r, d->status, d->alliance);
}

static void on_status(void *arg, struct str text)
{
	struct http_request *r = arg;
	struct desk *d = r->desk;
	json_t *o =
	    text.n ? json_loadb(text.p, text.n, JSON_DISABLE_EOF_CHECK, NULL)
		   : NULL;

	json_decref(d->status);
	d->status = o;
	d->status_at = d->now;
	if (!o || !ask(d->asks, NULL, STR("{\"do\":\"alliance\"}"), ASK_S,
		      on_alliance, r))
		answer(r, o, NULL);
}

static void get_metrics(struct http_request *r)
{
	struct desk *d = r->desk;

	if (d->status && d->now - d->status_at < METRICS_S) {
		answer(r, d->status, d->alliance);
		return;
	}
	if (!ask(d->asks, NULL, STR("{\"do\":\"status\"}"), ASK_S, on_status,
		r))
		answer(r, NULL, NULL);
}

const struct http_route metrics_routes[] = {
	{ "GET", "/metrics", DOOR(DOOR_PEOPLE), AUTH_LOCAL, 0, get_metrics },
	{ 0 },
};
