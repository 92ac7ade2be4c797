/*
 * namer - resolves the allow list's names for the enforcer, and for judge the
 * names in logs of jails that may look them up.
 *
 * The resolver may block, so its workers ask it (workers.h). getaddrinfo(3)
 * tells no time to live: every allowed name is asked again every five minutes
 * and its addresses are announced for fifteen.
 */
#include <poll.h>

#include "base/jail.h"
#include "base/link.h"
#include "base/log.h"
#include "base/upward.h"
#include "namer/names.h"
#include "namer/workers.h"

enum {
	UP = 3
};

struct namer {
	struct link up, enforcer, judge;
	struct link worker[WORKERS];
	struct name names[NAMES_MAX];
	size_t n, at; /* at: which of them is asked now; n: none */
	struct mono next;
	struct lookups lookups;
	bool go;
};

static void announce(struct namer *r, const struct name *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct wire_never m = { .cause = NEVER_NAME,
			.ttl = NAMES_TTL,
			.ref = t->ref };

		m.net = net_of(t->addrs[i], addr_bits(&t->addrs[i]));
		if (r->enforcer.fd < 0)
			return;
		if (link_send(&r->enforcer, MSG_NAMED, &m, sizeof(m),
			(struct str){ 0 }, -1) == LINK_GONE) {
			close(r->enforcer.fd);
			r->enforcer.fd = -1;
		}
	}
}

static void ask(void *arg, size_t worker, const struct wire_lookup *w)
{
	struct namer *r = arg;

	/* one question at a time: there is room, or it is gone (see hear_all)
	 */
	(void)link_send(&r->worker[worker], MSG_LOOKUP, w, sizeof(*w),
	    (struct str){ 0 }, -1);
}

static void ask_for_log(void *arg, size_t worker, const struct wire_lookup *w)
{
	ask(arg, WORKER_LOGS + worker, w);
}

/* What judge does not take in time is late for it. */
static void tell_judge(void *arg, const struct wire_found *w)
{
	struct namer *r = arg;

	if (r->judge.fd >= 0)
		(void)link_send(&r->judge, MSG_FOUND, w, sizeof(*w),
		    (struct str){ 0 }, -1);
}

static void ask_allowed(struct namer *r)
{
	struct wire_lookup w = { 0 };

	if (r->at >= r->n)
		return;
	memcpy(w.name, r->names[r->at].text, sizeof(w.name) - 1);
	ask(r, WORKER_ALLOW, &w);
}

static void allowed(struct namer *r, const struct wire_found *w)
{
	struct name *t = &r->names[r->at];

	if (r->at >= r->n || !found_ok(w))
		return;
	if (w->n == 0 && !t->failing)
		log_warn("name-unresolved name=%s: its last addresses stand "
			 "for up to 7 days",
		    t->text);
	t->failing = w->n == 0;
	name_answer(t, w->addr, w->n, mono_now());
	announce(r, t);
	r->at++;
	ask_allowed(r);
}

static int take_name(struct namer *r, const struct wire_name *m)
{
	struct name *t = &r->names[r->n];

	if (!name_ok(m->name, sizeof(m->name)))
		return -EBADMSG;
	if (r->n == NAMES_MAX) {
		log_warn("names-too-many name=%s: only the first %d allowed "
			 "names are resolved",
		    m->name, NAMES_MAX);
		return 0;
	}
	*t = (struct name){ .ref = m->ref };
	memcpy(t->text, m->name, sizeof(t->text));
	r->at = ++r->n;
	return 0;
}

static void replace(struct link *l, struct packet *p)
{
	close_fd(&l->fd);
	l->fd = take_fd(&p->fd);
}

static int take_link(struct namer *r, struct packet *p)
{
	const struct wire_link *l = p->p;

	if (p->fd < 0 || (l->peer != ENFORCER && l->peer != JUDGE))
		return -EBADMSG;
	if (l->peer == JUDGE) {
		lookups_forget(&r->lookups);
		replace(&r->judge, p);
		return 0;
	}
	replace(&r->enforcer, p);
	for (size_t i = 0; i < r->n; i++)
		announce(r, &r->names[i]);
	return 0;
}

static int begin(struct namer *r)
{
	const int not_theirs[] = { UP, r->enforcer.fd, r->judge.fd };
	int e = workers_start(r->worker, not_theirs, countof(not_theirs));

	r->go = e == 0;
	return e < 0 ? e : jail_up(NAMER, NULL, &r->up);
}

static int hear(void *arg, struct packet *p)
{
	struct namer *r = arg;

	switch ((enum msg)p->type) {
	case MSG_LINK:
		return take_link(r, p);
	case MSG_NAMES:
		return take_name(r, p->p);
	case MSG_GO:
		return begin(r);
	default:
		return 0;
	}
}

static void hear_judge(struct namer *r)
{
	struct packet p;
	int e;

	while ((e = link_recv(&r->judge, &p)) == LINK_OK) {
		close_fd(&p.fd);
		if (!msg_fits(p.type, JUDGE, NAMER, p.n) ||
		    p.type != MSG_LOOKUP)
			break;
		lookups_want(&r->lookups, p.p, mono_now());
	}
	if (e == LINK_EMPTY)
		return;
	close_fd(&r->judge.fd);
	r->judge.fd = -1; /* warden brings a new one */
}

/* A worker that is gone ends namer, and warden starts it anew. */
static int hear_worker(struct namer *r, size_t i)
{
	struct packet p;
	int e;

	while ((e = link_recv(&r->worker[i], &p)) == LINK_OK) {
		close_fd(&p.fd);
		if (p.type != MSG_FOUND || p.n != sizeof(struct wire_found))
			return -EBADMSG;
		if (i == WORKER_ALLOW)
			allowed(r, p.p);
		else
			lookups_found(&r->lookups, i - WORKER_LOGS, p.p,
			    mono_now());
	}
	return e == LINK_EMPTY ? 0 : -ECHILD;
}

static int soonest(const struct namer *r, struct mono now, int lookups)
{
	int64_t round = r->n ? (r->next.ns - now.ns) / 1000000 + 1 : 60000;

	round = CLAMP(round, 0, 60000);
	return (int)(lookups < 0 ? round : MIN(round, (int64_t)lookups));
}

static void begin_round(struct namer *r, struct mono now)
{
	if (r->n == 0 || now.ns < r->next.ns)
		return;
	r->next.ns = now.ns + SECONDS(NAMES_EVERY).ns;
	if (r->at < r->n)
		return; /* the last one goes on */
	r->at = 0;
	ask_allowed(r);
}

/* Whatever has something to say; 0, or -errno: it is over. */
static int turn(struct namer *r)
{
	struct pollfd p[2 + WORKERS] = { { .fd = UP, .events = POLLIN },
		{ .fd = r->judge.fd, .events = POLLIN } };
	struct mono now = mono_now();
	size_t workers = r->go ? WORKERS : 0;
	int e;

	for (size_t i = 0; i < workers; i++)
		p[2 + i] =
		    (struct pollfd){ .fd = r->worker[i].fd, .events = POLLIN };
	if (r->go)
		begin_round(r, now);
	e = poll(p, 2 + workers,
	    r->go ? soonest(r, now, lookups_tick(&r->lookups, now)) : 60000);
	if (e < 0)
		return errno == EINTR ? 0 : -errno;
	e = p[0].revents ? upward_hear(&r->up, NAMER, hear, r) : 0;
	for (size_t i = 0; i < workers && e == 0; i++)
		if (p[2 + i].revents)
			e = hear_worker(r, i);
	if (e == 0 && p[1].revents && r->judge.fd == p[1].fd)
		hear_judge(r);
	return e;
}

int main(void)
{
	static struct namer r = { .up.fd = UP,
		.enforcer.fd = -1,
		.judge.fd = -1,
		.lookups = { .ask = ask_for_log, .answer = tell_judge } };
	int e = 0;

	log_open("namer");
	r.lookups.arg = &r;
	lookups_new(&r.lookups);
	while (e == 0)
		e = turn(&r);
	if (e == -ESHUTDOWN)
		return 0;
	log_err("start-failed error=\"%s\"", strerror(-e));
	return 1;
}
