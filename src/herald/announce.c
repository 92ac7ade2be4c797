#include "herald/announce.h"

#include <fcntl.h>
#include <signal.h>

#include "base/log.h"

enum {
	AGAIN_S = 15, /* after the first failure; doubled each time */
	AGAIN_MAX_S = 900
};

static uint64_t all_of(const struct gathered *g)
{
	return g->of[0] + g->of[1] + g->of[2] + g->of[3];
}

static void add(struct gathered *to, const struct wire_happened *h)
{
	to->of[h->what & 3]++;
	if (to->n < ANNOUNCE_SHOWN)
		to->first[to->n++] = *h;
}

/* What did not get through comes first. */
static void put_back(struct target *t)
{
	struct gathered all = t->sent;

	for (size_t i = 0; i < t->waits.n && all.n < ANNOUNCE_SHOWN; i++)
		all.first[all.n++] = t->waits.first[i];
	for (size_t i = 0; i < countof(all.of); i++)
		all.of[i] += t->waits.of[i];
	t->waits = all;
}

static size_t number_of(const struct target *t)
{
	return (size_t)(t - t->all->v);
}

static void wait_for(struct target *t, int64_t seconds)
{
	struct timeval tv = { seconds, 0 };

	t->next = mono_now().ns + seconds * NS_PER_S;
	(void)evtimer_add(t->due, &tv);
}

static const struct conf_announce *conf_of(const struct target *t)
{
	const struct conf *c = *t->all->conf;

	return c && number_of(t) < c->n_announce ? &c->announce[number_of(t)]
						 : NULL;
}

static int64_t every_of(const struct target *t)
{
	const struct conf_announce *c = conf_of(t);

	return c ? c->every : 1;
}

static void failed(struct target *t, int status)
{
	int64_t again = MIN(AGAIN_S << MIN(t->tries, 10), AGAIN_MAX_S);

	if (++t->tries > ANNOUNCE_TRIES) {
		log_err("announcement-lost target=%zu events=%llu",
		    number_of(t), (unsigned long long)all_of(&t->sent));
		t->tries = 0;
	} else {
		log_warn("announcement-failed target=%zu status=%d tries=%u",
		    number_of(t), status, t->tries);
		put_back(t);
	}
	wait_for(t, again);
}

/* The pipe's other end says how it went; nothing: it died. */
static void on_result(evutil_socket_t fd, short what, void *arg)
{
	struct target *t = arg;
	char status = 3;

	(void)!read(fd, &status, 1);
	event_free(t->heard);
	(void)event_del(t->late);
	close(t->result);
	t->result = -1;
	t->pid = 0;
	if (status) {
		failed(t, status);
	} else {
		t->tries = 0;
		wait_for(t, every_of(t));
	}
	t->sent = (struct gathered){ 0 };
}

static void on_late(evutil_socket_t fd, short what, void *arg)
{
	struct target *t = arg;

	kill(t->pid, SIGKILL); /* its pipe ends, and says the rest */
}

static void start(struct target *t, const struct conf_announce *c)
{
	const struct timeval patience = { ANNOUNCE_S, 0 };
	int ends[2];
	char status;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return;
	t->sent = t->waits;
	t->waits = (struct gathered){ 0 };
	t->pid = fork();
	if (t->pid == 0) {
		/* judge and warden must see at once if herald ends */
		dup2(ends[1], 3);
		(void)close_range(4, ~0U, 0);
		status = (char)announce_send(c, &t->sent);
		(void)!write(3, &status, 1);
		_exit(0);
	}
	close(ends[1]);
	if (t->pid < 0) {
		close(ends[0]);
		t->pid = 0;
		failed(t, -errno);
		return;
	}
	t->result = ends[0];
	t->heard = event_new(t->all->base, ends[0], EV_READ, on_result, t);
	(void)event_add(t->heard, NULL);
	(void)evtimer_add(t->late, &patience);
}

static void go_on(struct target *t)
{
	const struct conf_announce *c = conf_of(t);

	if (!c) /* it is announced no more */
		t->waits = (struct gathered){ 0 };
	if (!t->pid && all_of(&t->waits) > 0 && mono_now().ns >= t->next)
		start(t, c);
}

static void on_due(evutil_socket_t fd, short what, void *arg)
{
	struct target *t = arg;

	/* the loop's clock may be a few ms behind ours, and fire as early */
	t->next = 0;
	go_on(t);
}

void announcer_new(struct announcer *a, struct event_base *base,
    struct conf *const *conf)
{
	*a = (struct announcer){ .base = base, .conf = conf };
	for (size_t i = 0; i < ANNOUNCE_TARGETS; i++) {
		a->v[i].all = a;
		a->v[i].result = -1;
		a->v[i].due = evtimer_new(base, on_due, &a->v[i]);
		a->v[i].late = evtimer_new(base, on_late, &a->v[i]);
	}
}

static uint32_t on_bit(uint8_t what)
{
	static const uint32_t bits[] = { CONF_ON_OPEN, CONF_ON_ALARM,
		CONF_ON_LIMIT, CONF_ON_DENY };

	return what < countof(bits) ? bits[what] : 0;
}

void announce(struct announcer *a, const struct wire_happened *h)
{
	for (size_t i = 0; i < ANNOUNCE_TARGETS; i++) {
		const struct conf_announce *c = conf_of(&a->v[i]);

		if (!c || !(c->on & on_bit(h->what)) || !net_ok(&h->net))
			continue;
		add(&a->v[i].waits, h);
		go_on(&a->v[i]);
	}
}
