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

static int at_end(struct gen *g)
{
	struct stat st;

	if (fstat(g->fd, &st) < 0)
		return -errno;
	if ((uint64_t)st.st_size >= g->scan)
		return GEN_IDLE;
	g->offset = g->scan = 0;
	return GEN_AGAIN;
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
	g->offset = g->scan = l.next;
	return GEN_MORE;
}

int gen_turn(struct gen *g, char *buf, gen_line_fn *line, void *arg)
{
	struct str left = { buf, 0 }, text;
	ssize_t n;

	if (g->scan - g->offset > GEN_LINE)
		return long_turn(g, buf, line, arg);
	n = read_at(g, buf, GEN_BUFFER, g->offset);
	if (n < 0)
		return (int)n;
	if ((uint64_t)n + g->offset <= g->scan)
		return at_end(g);
	left.n = (size_t)n;
	while (str_cut(&left, '\n', &text)) {
		struct gen_line l = { .text = chomp(text), .at = g->offset };

		l.next = l.at + text.n + 1;
		if (l.text.n > GEN_LINE) {
			l.text.n = GEN_LINE;
			l.cut = true;
		}
		if (!line(arg, &l)) {
			g->scan = g->offset;
			return GEN_STUCK;
		}
		g->offset = l.next;
	}
	g->scan = g->offset + left.n;
	return n == GEN_BUFFER ? GEN_MORE : GEN_IDLE;
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
	g->offset = g->scan = l.next;
	return true;
}
