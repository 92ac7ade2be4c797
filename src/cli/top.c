#include <curses.h>
#include <stdio.h>
#include <time.h>

#include "cli/ask.h"
#include "cli/term.h"

/*
 * top - what happens now: rates since the last look, two seconds apart. Fits
 * 80 by 24; more rows where there is room; q quits.
 */
enum {
	PERIOD_MS = 2000,
	LAST_ROWS = 200
};

struct rates {
	int64_t at_ms;
	json_t *was; /* the answer before */
};

struct rows {
	json_t *a; /* the measures with the most packets */
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Rows are clipped, never wrapped. */
static void put(int row, int tone, const char *fmt, ...) PRINTF(3, 4);

static void put(int row, int tone, const char *fmt, ...)
{
	char line[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (row >= LINES)
		return;
	attron(tone);
	mvaddnstr(row, 0, line, COLS);
	attroff(tone);
	clrtoeol();
}

static double rate(int64_t now, int64_t was, int64_t ms)
{
	return ms > 0 && now > was ? (double)(now - was) * 1000 / (double)ms
				   : 0;
}

static const json_t *same_log(const json_t *was, const char *key)
{
	const json_t *a = json_object_get(was, "sources"), *s;
	size_t i;

	json_array_foreach(a, i,
	    s) if (!strcmp(get_text(s, "key"), key)) return s;
	return NULL;
}

static int draw_head(const json_t *o, const struct rates *r, int64_t ms)
{
	const json_t *k = json_object_get(o, "kernel");
	const json_t *wk = json_object_get(r->was, "kernel");
	const json_t *t = json_object_get(o, "today");
	const json_t *c = json_object_get(o, "counters");
	const json_t *wc = json_object_get(r->was, "counters");
	bool well = get_flag(o, "defended");

	put(0, A_BOLD | COLOR_PAIR(well ? 1 : 3), "liptako  %s  %s",
	    well ? "defended" : "NOT DEFENDED",
	    well ? "" : get_text(o, "why_not"));
	put(1, 0, "up %s   today: %lld denied, %lld limited, %lld alarms",
	    show_span(get_num(o, "now") - get_num(o, "started")),
	    (long long)get_num(t, "denied"), (long long)get_num(t, "limited"),
	    (long long)get_num(t, "alarms"));
	put(2, 0, "kernel: %s measures, %s packets dropped, %.1f packets/s",
	    show_count((uint64_t)get_num(k, "elements")),
	    show_count((uint64_t)get_num(k, "packets")),
	    rate(get_num(k, "packets"), get_num(wk, "packets"), ms));
	put(3, 0, "judged: %s sightings, %.1f/s; %.0f lines/s read",
	    show_count((uint64_t)get_num(c, "sightings")),
	    rate(get_num(c, "sightings"), get_num(wc, "sightings"), ms),
	    rate(get_num(c, "lines"), get_num(wc, "lines"), ms));
	return 5;
}

static int draw_logs(const json_t *o, const struct rates *r, int64_t ms,
    int row, int last)
{
	const json_t *a = json_object_get(o, "sources"), *s;
	size_t i;

	put(row++, A_REVERSE, "%-38s %10s %10s %8s %9s", "LOG", "LINES/S",
	    "LINES", "HITS", "LAST HIT");
	json_array_foreach(a, i, s)
	{
		const json_t *w = same_log(r->was, get_text(s, "key"));
		int64_t hit = get_num(s, "hit");

		if (row >= last)
			break;
		put(row++, 0, "%-38.38s %10.1f %10s %8s %9s",
		    get_text(s, "path"),
		    rate(get_num(s, "lines"), get_num(w, "lines"), ms),
		    show_count((uint64_t)get_num(s, "lines")),
		    show_count((uint64_t)get_num(s, "hits")),
		    hit ? show_span(get_num(o, "now") - hit) : "-");
	}
	return row + 1;
}

static int draw_rules(const json_t *o, int row, int last)
{
	const json_t *a = json_object_get(json_object_get(o, "rules"), "top");
	const json_t *s;
	size_t i;

	put(row++, A_REVERSE, "%-38s %10s %10s %19s", "RULE, TODAY",
	    "SIGHTINGS", "MEASURES", "");
	json_array_foreach(a, i, s)
	{
		if (row >= last)
			break;
		put(row++, 0, "%-38.38s %10s %10s", get_text(s, "rule"),
		    show_count((uint64_t)get_num(s, "sightings")),
		    show_count((uint64_t)get_num(s, "measures")));
	}
	return row + 1;
}

static void draw_measures(const struct rows *m, int row)
{
	json_t *s;
	size_t i;

	put(row++, A_REVERSE, "%-38s %10s %10s %-19s", "SHUT OUT", "LEFT",
	    "PACKETS", "RULE");
	json_array_foreach(m->a, i, s)
	{
		if (row >= LINES)
			break;
		put(row++, 0, "%-38.38s %10s %10s %-19.19s", get_text(s, "net"),
		    show_span(get_num(s, "left")),
		    show_count((uint64_t)get_num(s, "packets")),
		    get_flag(s, "word") ? "operator" : get_text(s, "rule"));
	}
}

/* The busiest LAST_ROWS, by insertion. */
static void take_row(void *arg, const json_t *row)
{
	struct rows *m = arg;
	int64_t packets = get_num(row, "packets");
	size_t i = json_array_size(m->a);

	while (
	    i > 0 && get_num(json_array_get(m->a, i - 1), "packets") < packets)
		i--;
	if (i >= LAST_ROWS)
		return;
	json_array_insert(m->a, i, (json_t *)(uintptr_t)row);
	if (json_array_size(m->a) > LAST_ROWS)
		json_array_remove(m->a, LAST_ROWS);
}

static int look(const char *command, int fd, struct rates *r)
{
	json_t *q = json_pack("{s:s}", "do", "status"), *o = NULL, *end = NULL;
	struct rows m = { json_array() };
	int64_t at = now_ms(), ms = r->was ? at - r->at_ms : 0;
	int row, e = ask_on(command, fd, q, NULL, NULL, &o);

	json_decref(q);
	q = json_pack("{s:s}", "do", "list");
	if (!e)
		e = ask_on(command, fd, q, take_row, &m, &end);
	json_decref(q);
	json_decref(end);
	if (!e) {
		erase();
		row = draw_head(o, r, ms);
		row = draw_logs(o, r, ms, row, row + MAX(3, LINES / 4));
		row = draw_rules(o, row, row + MAX(3, LINES / 4));
		draw_measures(&m, row);
		put(LINES - 1, A_DIM, "q quits");
		refresh();
		json_decref(r->was);
		r->was = o;
		r->at_ms = at;
	}
	json_decref(m.a);
	return e;
}

static int run(const char *command, int fd)
{
	struct rates r = { 0 };
	int e = CLI_OK, key = 0;

	initscr();
	cbreak();
	noecho();
	(void)curs_set(0);
	if (has_colors() && !getenv("NO_COLOR")) {
		start_color();
		use_default_colors();
		init_pair(1, COLOR_GREEN, -1);
		init_pair(3, COLOR_RED, -1);
	}
	timeout(PERIOD_MS);
	while (e == CLI_OK && key != 'q' && key != 'Q') {
		e = look(command, fd, &r);
		if (e == CLI_OK)
			key = getch();
	}
	endwin();
	json_decref(r.was);
	return e;
}

int cmd_top(int argc, char **argv)
{
	static const struct option longs[] = { ASK_LONG, { 0 } };
	struct ask_options o = ask_defaults();
	int c, code = CLI_FAULT;
	auto_close int fd = -1;

	while ((c = cli_option(argc, argv, longs)) != -1)
		if (!ask_option(&o, c))
			return cli_bad_option(argv, c);
	if (optind < argc)
		return cli_usage(argv[0], "it takes no argument");
	if (o.json)
		return cli_usage(argv[0],
		    "it is for people; liptako status --json has the numbers");
	if (!isatty(STDOUT_FILENO))
		return cli_fault(argv[0], "standard output is no terminal");
	fd = ask_connect(argv[0], &o, &code);
	return fd < 0 ? code : run(argv[0], fd);
}
