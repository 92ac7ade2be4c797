#include "cli/replay_run.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/when.h"
#include "cli/cli.h"

enum {
	AGAIN_MOST = 512 << 20, /* beyond, a second at the most is saved */
	SLOW_MOST = 1000,       /* runs: a millisecond or two */
};

/* The pipe's other end, and what was read of it ahead. */
struct ear {
	int fd;
	size_t from, to;
	char heard[16 << 10];
};

/* False at its end or if it was cut. */
static bool hear(struct ear *ear, void *to, size_t n)
{
	char *p = to;

	while (n > 0) {
		size_t some = MIN(n, ear->to - ear->from);
		ssize_t got;

		memcpy(p, ear->heard + ear->from, some);
		ear->from += some;
		p += some;
		n -= some;
		if (n == 0)
			break;
		got = read(ear->fd, ear->heard, sizeof(ear->heard));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		ear->from = 0;
		ear->to = (size_t)got;
	}
	return true;
}

static void show_progress(const struct inputs *in,
    const struct play_progress *pr)
{
	enum {
		WIDTH = 30
	};
	uint64_t all = 0;
	int full;

	for (size_t i = 0; i < in->n; i++)
		all += in->v[i].size;
	full = all ? (int)MIN(pr->taken * WIDTH / all, WIDTH) : 0;
	fprintf(stderr, "\r[%.*s%*s] %3d %%  %.1f M lines ", full,
	    "##############################", WIDTH - full, "",
	    all ? (int)MIN(pr->taken * 100 / all, 100) : 0,
	    (double)pr->lines / 1e6);
}

static int by_ruled(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	if (x->ruled != y->ruled)
		return x->ruled < y->ruled ? -1 : 1;
	return memcmp(&x->who, &y->who, sizeof(x->who));
}

/* The child read strangers' bytes: what it says is taken only in shapes and
 * numbers that cannot hurt. */
static bool named_fits(const struct report *r, const struct named *v)
{
	return v->rule < r->play->book->rules->n &&
	       (v->who.family == 4 || v->who.family == 6) &&
	       v->verdict <= VERDICT_DENY && v->rung >= RUNG_NEVER &&
	       v->rung <= RUNG_NOTHING;
}

static void hear_named(struct report *r, const struct named *v)
{
	if (!named_fits(r, v))
		return;
	if ((r->n & (r->n - 1)) == 0)
		r->v = mem_grow(r->v, MAX(r->n * 2, 1), sizeof(*r->v));
	r->v[r->n++] = *v;
}

static void hear_trouble(const struct report *r, const struct play_trouble *t)
{
	if (t->input >= r->play->in->n)
		return;
	fprintf(stderr, "%s: %s; what could be read before was\n",
	    r->play->in->v[t->input].name,
	    t->error == -EBADMSG ? "a broken archive" : strerror(-t->error));
}

/* *again is set if the child asks to begin again, and *used then. */
static void hear_all(struct report *r, int fd, bool *again,
    struct match_used *used)
{
	bool tty = isatty(STDERR_FILENO);
	struct ear ear = { .fd = fd };
	union {
		struct play_progress progress;
		struct play_trouble trouble;
		struct named named;
		struct match_used used;
		struct play_end end;
	} body = { 0 };
	static const size_t sizes[] = { [PLAY_PROGRESS] = sizeof(body.progress),
		[PLAY_TROUBLE] = sizeof(body.trouble),
		[PLAY_NAMED] = sizeof(body.named),
		[PLAY_AGAIN] = sizeof(body.used),
		[PLAY_END] = sizeof(body.end) };
	uint32_t head[2];

	r->partial = true;
	*again = false;
	while (hear(&ear, head, sizeof(head))) {
		if (head[0] > PLAY_END || head[1] != sizes[head[0]] ||
		    !hear(&ear, &body, head[1]))
			break;
		if (head[0] == PLAY_PROGRESS && tty) {
			show_progress(r->play->in, &body.progress);
		} else if (head[0] == PLAY_TROUBLE) {
			hear_trouble(r, &body.trouble);
		} else if (head[0] == PLAY_NAMED) {
			hear_named(r, &body.named);
		} else if (head[0] == PLAY_AGAIN) {
			*used = body.used;
			*again = true;
			break;
		} else if (head[0] == PLAY_END) {
			r->end = body.end;
			r->partial = false;
			break;
		}
	}
	if (tty)
		fputs("\r\033[K", stderr);
	if (r->n)
		qsort(r->v, r->n, sizeof(*r->v), by_ruled);
}

/* One child: returns its exit status as waitpid(2) says it, or -errno. */
static int run_child(struct report *r, bool *again, struct match_used *used)
{
	int ends[2], status = 0;
	pid_t child;

	fflush(stdout);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	child = fork();
	if (child < 0) {
		int e = errno;

		close(ends[0]);
		close(ends[1]);
		return -e;
	}
	if (child == 0) {
		close(ends[0]);
		play_child(r->play, ends[1]);
	}
	close(ends[1]);
	hear_all(r, ends[0], again, used);
	close(ends[0]);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* Files of a size for which the making of code would be felt, and which can
 * be read once more from their beginning. */
static bool may_begin_again(const struct inputs *in)
{
	uint64_t size = 0;

	for (size_t i = 0; i < in->n; i++) {
		struct stat st;

		if (fstat(in->v[i].fd, &st) < 0 || !S_ISREG(st.st_mode) ||
		    lseek(in->v[i].fd, 0, SEEK_CUR) != 0)
			return false;
		size += (uint64_t)st.st_size;
	}
	return size <= AGAIN_MOST;
}

static bool rewind_all(const struct inputs *in)
{
	for (size_t i = 0; i < in->n; i++) {
		if (lseek(in->v[i].fd, 0, SEEK_SET) != 0)
			return false;
	}
	return true;
}

/* To the end of the process: to give it back piece by piece takes longer. */
static struct matcher *matcher;

static void make_matcher(struct play *p)
{
	const struct rules *rules = p->book->rules;

	p->slow_most = may_begin_again(p->in) ? SLOW_MOST : 0;
	if (p->slow_most)
		matcher_new_slow(&matcher, rules, p->book->shipped,
		    rulebook_fault, p->book);
	else
		matcher_new(&matcher, rules, rulebook_fault, p->book);
	p->matcher = matcher;
}

/* Most logs ask for few of PCRE2's patterns, or none. The child interprets
 * them; if one log asks often, it says for which, and another begins again
 * with code for those; and if that one asks for more, with code for all. */
static int run_children(struct report *r, struct play *p)
{
	struct match_used used;
	bool again;
	int status = run_child(r, &again, &used);

	for (int i = 0; i < 2 && status >= 0 && again; i++) {
		matcher_quicken(p->matcher, i ? NULL : &used);
		if (i)
			p->slow_most = 0;
		if (!rewind_all(p->in))
			return -ESPIPE;
		r->n = 0;
		status = run_child(r, &again, &used);
	}
	return status;
}

int replay_run(struct report *r, struct play *p)
{
	struct mono from = mono_now();
	int status;

	make_matcher(p);
	status = run_children(r, p);
	r->seconds = (double)(mono_now().ns - from.ns) / (double)NS_PER_S;
	if (status < 0)
		return cli_fault("replay", "the jailed reader: %s",
		    strerror(-status));
	if (!r->partial)
		return CLI_OK;
	if (WIFSIGNALED(status))
		return cli_fault("replay", "the jailed reader ended: %s",
		    strsignal(WTERMSIG(status)));
	return WEXITSTATUS(status) ? WEXITSTATUS(status) : CLI_FAULT;
}
