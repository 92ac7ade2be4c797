#include "cli/simulate.h"

#include "base/str.h"
#include "cli/unpack.h"

enum {
	BUFFER = 64 << 10,
	FIELDS = 5,
	TCP = 0,
};

static void add(struct sim_trace *t, const struct sim_event *e)
{
	if ((t->n & (t->n - 1)) == 0)
		t->v = mem_grow(t->v, MAX(t->n * 2, 1024), sizeof(*t->v));
	t->v[t->n++] = *e;
}

/* "1362347639 2 0 0 1433": epoch, host, source, protocol, port. */
static int take_line(struct sim_trace *t, struct str line, bool all)
{
	static const uint32_t most[FIELDS] = { UINT32_MAX - 30 * 86400,
		SIM_HOSTS_MOST - 1, SIM_SOURCES_MOST - 1, 255, 65535 };
	uint32_t f[FIELDS];
	struct str word;

	t->lines++;
	line = str_trim(line);
	if (line.n == 0)
		return 0;
	for (int i = 0; i < FIELDS; i++) {
		if (!str_cut(&line, ' ', &word)) {
			word = line;
			line.n = 0;
		}
		if (!str_u32(word, most[i], &f[i])) {
			t->bad_line = t->lines;
			return -EBADMSG;
		}
	}
	if (!all && f[3] != TCP) {
		t->skipped++;
		return 0;
	}
	if (t->n == SIM_EVENTS_MOST)
		return -EFBIG;
	add(t, &(struct sim_event){ .at = f[0],
		   .host = (uint16_t)f[1],
		   .source = f[2] });
	t->hosts = MAX(t->hosts, f[1] + 1);
	t->sources = MAX(t->sources, f[2] + 1);
	return (uint64_t)t->hosts * t->sources > SIM_PAIRS_MOST ? -EFBIG : 0;
}

/* What follows the last line end stays in the buffer. */
static int take_lines(struct sim_trace *t, char *buf, size_t *n, bool all)
{
	struct str rest = { buf, *n }, line;
	int e = 0;

	while (e == 0 && str_cut(&rest, '\n', &line))
		e = take_line(t, line, all);
	memmove(buf, rest.p, rest.n);
	*n = rest.n;
	return e;
}

static int by_time(const void *a, const void *b)
{
	const struct sim_event *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (x->host != y->host)
		return x->host < y->host ? -1 : 1;
	return x->source < y->source ? -1 : x->source > y->source;
}

void sim_trace_sort(struct sim_trace *t)
{
	qsort(t->v, t->n, sizeof(*t->v), by_time);
}

static int read_lines(struct sim_trace *t, struct unpack *u, bool all)
{
	auto_free char *buf = mem_new(BUFFER, 1);
	size_t n = 0;
	ssize_t got;
	int e = 0;

	while (e == 0 && (got = unpack_read(u, buf + n, BUFFER - n)) != 0) {
		if (got < 0)
			return (int)got;
		n += (size_t)got;
		e = take_lines(t, buf, &n, all);
		if (n == BUFFER)
			e = -EBADMSG; /* a line that never ends */
	}
	return e == 0 && n > 0 ? take_line(t, (struct str){ buf, n }, all) : e;
}

int sim_trace_read(struct sim_trace *t, int fd, bool all)
{
	struct unpack *u;
	int e;

	unpack_new(&u, fd);
	e = read_lines(t, u, all);
	unpack_free(&u);
	if (e == 0 && t->n)
		sim_trace_sort(t);
	return e;
}

void sim_trace_free(struct sim_trace *t)
{
	free(t->v);
	*t = (struct sim_trace){ 0 };
}
