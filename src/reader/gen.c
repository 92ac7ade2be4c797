#include "reader/gen.h"

#include <sys/stat.h>

static ssize_t read_at(const struct gen *g, char *buf, size_t n, uint64_t at)
{
	ssize_t got;

	do {
		got = pread(g->fd, buf, n, (off_t)at);
	} while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

static struct str chomp(struct str s)
{
	if (s.n > 0 && s.p[s.n - 1] == '\r')
		s.n--;
	return s;
}

static void remember(struct gen *g, const char *end, size_t n)
{
	g->n_before = MIN(n, (size_t)GEN_BEFORE);
	memcpy(g->before, end - g->n_before, g->n_before);
}

void gen_seek(struct gen *g, uint64_t offset)
{
	char buf[GEN_BEFORE];
	size_t n = (size_t)MIN(offset, (uint64_t)GEN_BEFORE);
	ssize_t got = read_at(g, buf, n, offset - n);

	g->offset = g->scan = offset;
	g->n_before = 0;
	if (got == (ssize_t)n)
		remember(g, buf + n, n);
}

uint64_t gen_before(const struct gen *g, const struct hash_key *key)
{
	uint64_t h = hash_bytes(key, g->before, g->n_before);

	return g->n_before == 0 ? 0 : h ? h : 1;
}

static int began_anew(struct gen *g)
{
	g->offset = g->scan = g->n_before = 0;
	return GEN_AGAIN;
}

static int at_end(struct gen *g)
{
	struct stat st;

	if (fstat(g->fd, &st) < 0)
		return -errno;
	if ((uint64_t)st.st_size >= g->scan)
		return GEN_IDLE;
	return began_anew(g);
}

/* A line whose end we have not seen in a full GEN_LINE: looks for the end
 * only, then gives the head. */
static int long_turn(struct gen *g, char *buf, gen_line_fn *line, void *arg)
{
	struct gen_line l = { .at = g->offset, .cut = true };
	ssize_t n = read_at(g, buf, GEN_BUFFER, g->scan);
	const char *end;

	if (n <= 0)
		return n < 0 ? (int)n : at_end(g);
	end = memchr(buf, '\n', (size_t)n);
	if (!end) {
		g->scan += (uint64_t)n;
		return GEN_MORE;
	}
	l.next = g->scan + (uint64_t)(end - buf) + 1;
	n = read_at(g, buf, GEN_LINE, g->offset);
	if (n < 0)
		return (int)n;
	l.text = (struct str){ buf, (size_t)n };
	if (!line(arg, &l))
		return GEN_STUCK;
	gen_seek(g, l.next);
	return GEN_MORE;
}

/* The complete lines; what they leave. False: one was not taken. */
static bool give_lines(struct gen *g, struct str *left, gen_line_fn *line,
    void *arg)
{
	struct str text;

	while (str_cut(left, '\n', &text)) {
		struct gen_line l = { .text = chomp(text), .at = g->offset };

		l.next = l.at + text.n + 1;
		if (l.text.n > GEN_LINE) {
			l.text.n = GEN_LINE;
			l.cut = true;
		}
		if (!line(arg, &l))
			return false;
		g->offset = l.next;
	}
	return true;
}

int gen_turn(struct gen *g, char *buf, gen_line_fn *line, void *arg)
{
	size_t before = g->n_before, room = GEN_BUFFER - before;
	uint64_t from = g->offset;
	struct str left;
	ssize_t n;
	bool all;

	if (g->scan - g->offset > GEN_LINE)
		return long_turn(g, buf, line, arg);
	n = read_at(g, buf, GEN_BUFFER, from - before);
	if (n < 0)
		return (int)n;
	if ((size_t)n < before)
		return at_end(g);
	if (memcmp(buf, g->before, before) != 0)
		return began_anew(g);
	left = (struct str){ buf + before, (size_t)n - before };
	if (left.n + from <= g->scan)
		return at_end(g);
	all = give_lines(g, &left, line, arg);
	if (g->offset > from) {
		size_t end = before + (size_t)(g->offset - from);

		remember(g, buf + end, end);
	}
	g->scan = all ? g->offset + left.n : g->offset;
	if (!all)
		return GEN_STUCK;
	return (size_t)n - before == room ? GEN_MORE : GEN_IDLE;
}

bool gen_last(struct gen *g, char *buf, gen_line_fn *line, void *arg)
{
	struct gen_line l = { .at = g->offset };
	ssize_t n = read_at(g, buf, GEN_LINE, g->offset);

	if (n <= 0)
		return true;
	l.text = chomp((struct str){ buf, (size_t)n });
	l.next = MAX(g->scan, g->offset + (uint64_t)n);
	l.cut = n == GEN_LINE;
	if (!line(arg, &l))
		return false;
	gen_seek(g, l.next);
	return true;
}
