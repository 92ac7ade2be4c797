#include "herald/fetches.h"

#include <signal.h>
#include <sys/wait.h>

static void fetch_next(struct fetches *h);

/* Judge must hear the end of each, or it waits for ever. */
static void fetch_failed(struct fetches *h, uint64_t id)
{
	struct wire_fetched w = { .id = id,
		.status = FETCHED_E_NET,
		.last = 1 };

	if (h->judge->fd >= 0)
		(void)link_send(h->judge, MSG_FETCHED, &w, sizeof(w),
		    (struct str){ 0 }, -1);
}

static void fetch_close(struct fetch *f)
{
	if (!f->ended)
		fetch_failed(f->h, f->id);
	if (!f->ended && waitpid(f->pid, NULL, WNOHANG) == 0)
		kill(f->pid, SIGKILL);
	event_free(f->heard);
	evtimer_del(f->late);
	close(f->from.fd);
	f->heard = NULL;
	f->pid = 0;
	fetch_next(f->h);
}

/* One part at a time goes on to judge; while its link is full none is read
 * here, so that the child waits. */
static bool fetch_relay(struct fetch *f)
{
	struct packet p;
	const struct wire_fetched *w;
	int e = link_recv(&f->from, &p);

	if (e == LINK_EMPTY)
		return false;
	close_fd(e == LINK_OK ? &p.fd : &(int){ -1 });
	w = p.p;
	if (e != LINK_OK || !msg_fits(p.type, HERALD, JUDGE, p.n) ||
	    p.type != MSG_FETCHED || w->id != f->id ||
	    !fetched_ok(w, p.n - sizeof(*w)) ||
	    (link_wait(f->h->judge, true, 1000) < 0 && !w->last) ||
	    link_send(f->h->judge, p.type, p.p, p.n, (struct str){ 0 }, -1) !=
		LINK_OK) {
		fetch_close(f);
		return false;
	}
	f->ended = w->last;
	if (f->ended)
		fetch_close(f);
	return !f->ended;
}

static void on_fetched(evutil_socket_t fd, short what, void *arg)
{
	struct fetch *f = arg;

	for (int i = 0; i < 64 && fetch_relay(f); i++)
		;
}

static void fetch_late(evutil_socket_t fd, short what, void *arg)
{
	fetch_close(arg);
}

static void fetch_start(struct fetches *h, struct fetch *f,
    const struct wire_fetch *w)
{
	const struct timeval patience = { FETCH_PATIENCE, 0 };
	int ends[2];

	f->id = w->id;
	f->ended = false;
	f->pid = link_pair(ends) < 0 ? -1 : fork();
	if (f->pid == 0) {
		close(h->judge->fd);
		close(h->up->fd);
		fetch_run(w, ends[1]);
	}
	if (f->pid < 0) {
		f->pid = 0;
		fetch_failed(h, w->id);
		return;
	}
	close(ends[1]);
	f->from.fd = ends[0];
	f->heard =
	    event_new(h->base, ends[0], EV_READ | EV_PERSIST, on_fetched, f);
	event_add(f->heard, NULL);
	evtimer_add(f->late, &patience);
}

static void fetch_next(struct fetches *h)
{
	for (size_t i = 0; i < FETCHES && h->n_to_fetch; i++) {
		struct wire_fetch w = h->to_fetch[0];

		if (h->fetch[i].pid)
			continue;
		h->n_to_fetch--;
		memmove(h->to_fetch, h->to_fetch + 1,
		    h->n_to_fetch * sizeof(w));
		fetch_start(h, &h->fetch[i], &w);
	}
}

void fetches_want(struct fetches *h, const struct wire_fetch *w)
{
	if (h->n_to_fetch == FETCHES_WAITING ||
	    strnlen(w->url, sizeof(w->url)) == sizeof(w->url)) {
		fetch_failed(h, w->id);
		return;
	}
	h->to_fetch[h->n_to_fetch++] = *w;
	fetch_next(h);
}

void fetches_new(struct fetches *h, struct event_base *base, struct link *up,
    struct link *judge)
{
	*h = (struct fetches){ .base = base, .up = up, .judge = judge };
	for (size_t i = 0; i < FETCHES; i++) {
		h->fetch[i].h = h;
		h->fetch[i].late = evtimer_new(base, fetch_late, &h->fetch[i]);
	}
}
