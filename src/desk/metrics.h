/*
 * metrics - what Prometheus reads at /metrics.
 *
 * OpenMetrics 1.0 if it is asked for, else the text form 0.0.4. Judge's own
 * numbers come with one question for all who ask within METRICS_S seconds.
 * No label ever has an address.
 */
#ifndef LPT_DESK_METRICS_H
#define LPT_DESK_METRICS_H

#include <stdio.h>

#include "desk/desk.h"

enum {
	METRICS_S = 5
};

/* One page being written. */
struct page_of {
	FILE *f;
	bool open; /* OpenMetrics */
};

/* "# HELP", "# TYPE"; a counter's name without its "_total". */
void metric_about(const struct page_of *p, const char *name, const char *kind,
    const char *help);
/* labels: {key, value, ..., NULL}; values are escaped. */
void metric_put(const struct page_of *p, const char *name,
    const char *const *labels, double value);
#define LABELS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* metrics_page.c: all of them; status: judge's answer, or NULL. */
void metrics_write(const struct page_of *p, const struct desk *d,
    const json_t *status);

/* metrics_ally.c: judge's answer about the alliance, as an array of its rows
 * with the last object at the end. */
json_t *metrics_rows(struct str answer);
void metrics_write_ally(const struct page_of *p, const json_t *rows);

extern const struct http_route metrics_routes[];

#endif
