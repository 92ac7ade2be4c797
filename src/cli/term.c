#include "cli/term.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

static bool has_colour(void)
{
	static int known = -1;
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (known < 0)
		known = isatty(STDOUT_FILENO) && !(no && *no) && term &&
			strcmp(term, "dumb") != 0;
	return known;
}

void term_say(enum tone t, const char *fmt, ...)
{
	static const char *const on[] = { "", "\033[32m", "\033[33m",
		"\033[31m", "\033[2m", "\033[1m" };
	bool colour = t != TONE_PLAIN && has_colour();
	va_list ap;

	if (colour)
		fputs(on[t], stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	if (colour)
		fputs("\033[0m", stdout);
}

enum {
	BUFFERS = 8,
	BUFFER = 1024
};

static char *buffer(void)
{
	static char all[BUFFERS][BUFFER];
	static unsigned turn;

	return all[turn++ % BUFFERS];
}

const char *show_time(int64_t utc)
{
	char *to = buffer();
	time_t t = (time_t)utc;
	struct tm tm;

	if (utc <= 0 || !localtime_r(&t, &tm) ||
	    strftime(to, BUFFER, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		return "-";
	return to;
}

const char *show_span(int64_t seconds)
{
	char *to = buffer();

	span_show((uint64_t)MAX(seconds, 0), to, BUFFER);
	return to;
}

const char *show_ago(int64_t now, int64_t at)
{
	char *to = buffer();

	if (at <= 0)
		return "never";
	if (now <= at)
		return "now";
	span_show((uint64_t)(now - at), to, BUFFER - 8);
	snprintf(to + strlen(to), 8, " ago");
	return to;
}

const char *show_count(uint64_t n)
{
	char digits[24], *to = buffer(), *p = to;
	size_t len = (size_t)snprintf(digits, sizeof(digits), "%llu",
	    (unsigned long long)n);

	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			*p++ = ',';
		*p++ = digits[i];
	}
	*p = '\0';
	return to;
}

const char *show_bytes(uint64_t n)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	char *to = buffer();
	double x = (double)n;
	size_t u = 0;

	for (; x >= 1000 && u + 1 < countof(units); u++)
		x /= 1000;
	snprintf(to, BUFFER, u == 0 || x >= 100 ? "%.0f %s" : "%.1f %s", x,
	    units[u]);
	return to;
}

const char *show_text(struct str s)
{
	char *to = buffer();

	(void)str_show(s, to, BUFFER);
	return to;
}

void table_new(struct table *t, size_t columns, const char *const *heads)
{
	const char *plain[COLUMNS] = { 0 };

	assert(columns <= COLUMNS);
	*t = (struct table){ .columns = columns };
	if (!heads)
		return;
	for (size_t i = 0; i < columns; i++) {
		t->right[i] = heads[i][0] == '>';
		plain[i] = heads[i] + t->right[i];
	}
	table_row(t, plain);
}

void table_row(struct table *t, const char *const *cells)
{
	if (t->n == t->room) {
		t->room = t->room ? t->room * 2 : 16;
		t->cells =
		    mem_grow(t->cells, t->room * t->columns, sizeof(char *));
	}
	for (size_t i = 0; i < t->columns; i++)
		t->cells[t->n * t->columns + i] =
		    str_dup(str_of(cells[i] ? cells[i] : ""));
	t->n++;
}

/* No blanks at the end of a line. */
static size_t filled(const struct table *t, size_t row)
{
	size_t n = t->columns;

	while (n > 0 && !*t->cells[row * t->columns + n - 1])
		n--;
	return n;
}

void table_print(const struct table *t, const char *indent)
{
	int width[COLUMNS] = { 0 };

	for (size_t i = 0; i < t->n * t->columns; i++)
		width[i % t->columns] =
		    MAX(width[i % t->columns], (int)strlen(t->cells[i]));
	for (size_t r = 0; r < t->n; r++) {
		fputs(indent, stdout);
		for (size_t c = 0, n = filled(t, r); c < n; c++) {
			const char *cell = t->cells[r * t->columns + c];
			bool last = c + 1 == n;

			if (t->right[c])
				printf("%*s", width[c], cell);
			else if (last)
				fputs(cell, stdout);
			else
				printf("%-*s", width[c], cell);
			if (!last)
				fputs("  ", stdout);
		}
		putchar('\n');
	}
}

void table_free(struct table *t)
{
	for (size_t i = 0; i < t->n * t->columns; i++)
		free(t->cells[i]);
	free(t->cells);
	*t = (struct table){ 0 };
}
