#include "enforcer/enforcer.h"
#include "enforcer/host.h"

#include "base/jail.h"
#include "base/log.h"
#include "base/when.h"

#include <event2/event.h>
#include <sys/socket.h>

/*
 * main - the only file of this room that touches the world: links, signals,
 * the clock. Descriptor 3 is the link to warden.
 */

enum {
	WARDEN_FD = 3,
	PEERS = 4,
	TURN = 1024,      /* messages of one peer, before others */
	START_MS = 30000, /* warden's first word */
	HOST_PAUSE_S = 1, /* between two readings of what this host is */
};

struct peer {
	enum role role;
	struct link link;
	struct event *in, *out;
};

/* What a full link has not taken yet. */
struct outbox {
	uint8_t *p;
	size_t n, room, sent;
};

struct parcel {
	uint32_t type, n;
};

struct world {
	struct enforcer e;
	struct event_base *base;
	struct peer peers[PEERS]; /* [0] is warden */
	struct outbox outbox;     /* to judge */
	struct host host;
	uint32_t host_at; /* last read, s */
	bool host_due;
	struct event *work, *tick, *host_in, *watch_in;
};

static void clock_set(struct world *w)
{
	w->e.now = (uint32_t)(mono_now().ns / NS_PER_S);
}

static struct peer *peer_of(struct world *w, enum role r)
{
	for (int i = 0; i < PEERS; i++)
		if (w->peers[i].link.fd >= 0 && w->peers[i].role == r)
			return &w->peers[i];
	return NULL;
}

static void hang_up(struct peer *p)
{
	if (p->in)
		event_free(p->in);
	if (p->out)
		event_free(p->out);
	p->in = p->out = NULL;
	close_fd(&p->link.fd);
	p->link.fd = -1;
}

/* As much of the outbox as the link takes. While something is left, judge is
 * not read: it can wait, we need not remember for it. */
static void send_out(struct world *w)
{
	struct peer *j = peer_of(w, JUDGE);
	struct outbox *o = &w->outbox;

	while (j && o->sent < o->n) {
		struct parcel h;
		int e;

		memcpy(&h, o->p + o->sent, sizeof(h));
		e = link_send(&j->link, h.type, o->p + o->sent + sizeof(h), h.n,
		    (struct str){ 0 }, -1);
		if (e == LINK_FULL) {
			event_del(j->in);
			event_add(j->out, NULL);
			return;
		}
		if (e != LINK_OK)
			break;
		o->sent += sizeof(h) + h.n;
	}
	o->n = o->sent = 0;
	if (j)
		event_add(j->in, NULL);
}

static void say(void *arg, uint32_t type, const void *body, size_t n)
{
	struct world *w = arg;
	struct outbox *o = &w->outbox;
	struct parcel h = { type, (uint32_t)n };

	if (!peer_of(w, JUDGE))
		return;
	if (o->n + sizeof(h) + n > o->room) {
		o->room = o->room ? 2 * o->room : 16 << 10;
		o->p = mem_grow(o->p, o->room, 1);
	}
	memcpy(o->p + o->n, &h, sizeof(h));
	memcpy(o->p + o->n + sizeof(h), body, n);
	o->n += sizeof(h) + n;
}

static bool is_clogged(const struct world *w)
{
	return w->outbox.sent < w->outbox.n;
}

/* After every turn: what gathered is carried out, said, and gone on with. */
static void turn_end(struct world *w)
{
	static const struct timeval now = { 0 };

	enforcer_flush(&w->e);
	send_out(w);
	if (!is_clogged(w) && (w->e.n_asks || w->e.verify_at || w->e.walking))
		event_add(w->work, &now);
}

static void on_work(evutil_socket_t fd, short what, void *arg)
{
	struct world *w = arg;

	clock_set(w);
	(void)enforcer_work(&w->e);
	turn_end(w);
}

static void host_net(const struct net *n, enum never_cause why, void *arg)
{
	enforcer_host(arg, n, why);
}

static void host_look(struct world *w)
{
	int e;

	w->host_due = false;
	w->host_at = w->e.now;
	enforcer_host_begin(&w->e);
	e = host_read(&w->host, host_net, &w->e);
	if (e < 0) /* what it did not tell of stays protected */
		log_err("addresses-unreadable error=\"%s\"", strerror(-e));
	else
		enforcer_host_end(&w->e);
}

static void on_host(evutil_socket_t fd, short what, void *arg)
{
	struct world *w = arg;

	clock_set(w);
	if (!host_heard(&w->host))
		return;
	w->host_due = true;
	if (w->e.now >= w->host_at + HOST_PAUSE_S)
		host_look(w);
	turn_end(w);
}

static void disarm(struct world *w)
{
	enforcer_disarm(&w->e);
	enforcer_greet(&w->e);
}

static void on_watch(evutil_socket_t fd, short what, void *arg)
{
	struct world *w = arg;
	int e;

	clock_set(w);
	e = fence_nft.heard(w->e.fence); /* kept also when we go dry */
	if (e == FENCE_E_DISARMED && !w->e.dry)
		disarm(w);
	else if (e == FENCE_E_TORN)
		enforcer_torn(&w->e);
	turn_end(w);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct world *w = arg;

	clock_set(w);
	enforcer_tick(&w->e);
	if (w->host_due)
		host_look(w);
	turn_end(w);
}

static void on_signal(evutil_socket_t sig, short what, void *arg)
{
	struct world *w = arg;

	clock_set(w);
	if (sig == SIGUSR1) {
		disarm(w);
		turn_end(w);
	} else {
		event_base_loopbreak(w->base);
	}
}

static void on_peer(evutil_socket_t fd, short what, void *arg);
static void on_room(evutil_socket_t fd, short what, void *arg);

/* Takes fd. A role's old link ends where its new one begins. */
static void meet(struct world *w, enum role r, int fd)
{
	struct peer *p = peer_of(w, r);

	if (p)
		hang_up(p);
	for (int i = 0; i < PEERS && !p; i++)
		if (w->peers[i].link.fd < 0)
			p = &w->peers[i];
	if (!p) {
		close_fd(&fd);
		return;
	}
	p->role = r;
	p->link.fd = fd;
	p->in = event_new(w->base, fd, EV_READ | EV_PERSIST, on_peer, w);
	p->out = event_new(w->base, fd, EV_WRITE, on_room, w);
	if (r != JUDGE) {
		event_add(p->in, NULL);
		return;
	}
	w->outbox.n = w->outbox.sent = 0;
	if (w->e.started) {
		enforcer_greet(&w->e);
		event_add(p->in, NULL);
	}
}

/* The words of warden that carry descriptors or begin and end us. */
static bool hear_warden(struct world *w, struct packet *p)
{
	const struct wire_link *l = p->p;
	struct peer *judge;

	if (!msg_fits(p->type, WARDEN, ENFORCER, p->n))
		return false;
	switch ((enum msg)p->type) {
	case MSG_LINK:
		if (p->fd >= 0 &&
		    (l->peer == JUDGE || l->peer == WHO || l->peer == NAMER))
			meet(w, l->peer, take_fd(&p->fd));
		return true;
	case MSG_GO:
		w->e.started = true;
		judge = peer_of(w, JUDGE);
		if (judge) {
			enforcer_greet(&w->e);
			event_add(judge->in, NULL);
		}
		return true;
	case MSG_LEAVE:
		event_base_loopbreak(w->base);
		return true;
	case MSG_SETUP:
		return true; /* another generation: nothing here depends on it
			      */
	default:
		return enforcer_hear(&w->e, WARDEN, p);
	}
}

static bool hear(struct world *w, enum role from, struct packet *p)
{
	bool ok =
	    from == WARDEN ? hear_warden(w, p) : enforcer_hear(&w->e, from, p);

	close_fd(&p->fd);
	return ok;
}

/* Reads a peer's turn: LINK_EMPTY, LINK_OK if there may be more, or why the
 * conversation is over. */
static int read_turn(struct world *w, struct peer *from)
{
	for (int i = 0; i < TURN; i++) {
		struct packet p;
		int e = link_recv(&from->link, &p);

		if (e != LINK_OK)
			return e;
		if (!hear(w, from->role, &p))
			return -EBADMSG;
		if (from->link.fd < 0)
			return LINK_EMPTY;
	}
	return LINK_OK;
}

static void on_peer(evutil_socket_t fd, short what, void *arg)
{
	struct world *w = arg;
	struct peer *from = NULL;
	int e;

	for (int i = 0; i < PEERS; i++)
		if (w->peers[i].link.fd == fd)
			from = &w->peers[i];
	clock_set(w);
	e = from ? read_turn(w, from) : LINK_EMPTY;
	if (e != LINK_OK && e != LINK_EMPTY) {
		if (e != LINK_GONE)
			log_err("link-cut peer=%s error=\"%s\"",
			    role_name(from->role), e < 0 ? strerror(-e) : "");
		if (from->role == WARDEN)
			event_base_loopbreak(w->base);
		hang_up(from);
	}
	turn_end(w);
}

static void on_room(evutil_socket_t fd, short what, void *arg)
{
	struct world *w = arg;

	clock_set(w);
	turn_end(w);
}

/* Warden's first word: who we are and what our table is called. */
static int read_setup(struct peer *warden, struct wire_setup *ret)
{
	struct packet p;
	int e = link_wait(&warden->link, false, START_MS);

	if (e == 0)
		e = link_recv(&warden->link, &p);
	if (e != LINK_OK)
		return e < 0 ? e : -EPIPE;
	if (p.type != MSG_SETUP || !msg_fits(p.type, WARDEN, ENFORCER, p.n)) {
		close_fd(&p.fd);
		return -EBADMSG;
	}
	memcpy(ret, p.p, sizeof(*ret));
	if (p.fd >= 0)
		log_to_socket(p.fd);
	ret->table[sizeof(ret->table) - 1] = '\0';
	return 0;
}

static int open_fence(struct world *w, const struct wire_setup *s)
{
	const struct fence_kind *kind = s->watch_only ? &fence_dry : &fence_nft;
	void *fence;
	int e = kind->open(&fence, s->table[0] ? s->table : "liptako");

	if (e == -EPERM) { /* without the right we can still watch */
		log_err("no-kernel-measures error=\"%s\"", strerror(-e));
		kind = &fence_dry;
		e = kind->open(&fence, "");
	}
	if (e < 0)
		return e;
	enforcer_new(&w->e, kind, fence);
	w->e.say = say;
	w->e.say_arg = w;
	return host_open(&w->host);
}

static void add_event(struct world *w, struct event **ret, evutil_socket_t fd,
    short what, event_callback_fn fn, const struct timeval *each)
{
	*ret = event_new(w->base, fd, what, fn, w);
	event_add(*ret, each);
}

static void add_events(struct world *w)
{
	static const struct timeval second = { .tv_sec = 1 };
	static struct event *signals[3];
	int watch = w->e.kind->watch_fd(w->e.fence);

	add_event(w, &w->peers[0].in, WARDEN_FD, EV_READ | EV_PERSIST, on_peer,
	    NULL);
	add_event(w, &w->host_in, w->host.watch, EV_READ | EV_PERSIST, on_host,
	    NULL);
	add_event(w, &w->tick, -1, EV_PERSIST, on_tick, &second);
	if (watch >= 0)
		add_event(w, &w->watch_in, watch, EV_READ | EV_PERSIST,
		    on_watch, NULL);
	add_event(w, &signals[0], SIGTERM, EV_SIGNAL | EV_PERSIST, on_signal,
	    NULL);
	add_event(w, &signals[1], SIGUSR1, EV_SIGNAL | EV_PERSIST, on_signal,
	    NULL);
	w->work = event_new(w->base, -1, 0, on_work, w);
}

static int start(struct world *w)
{
	struct wire_setup setup;
	struct wire_up up = { 0 };
	int e = read_setup(&w->peers[0], &setup);

	if (e == 0)
		e = open_fence(w, &setup);
	if (e == 0)
		e = jail_enter(ENFORCER, NULL, &up.missing);
	if (e < 0)
		return e;
	clock_set(w);
	e = enforcer_claim(&w->e);
	if (e < 0)
		return e;
	host_look(w);
	add_events(w);
	e = link_send(&w->peers[0].link, MSG_UP, &up, sizeof(up),
	    (struct str){ 0 }, -1);
	return e == LINK_OK ? 0 : -EPIPE;
}

int main(void)
{
	static struct world w;
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	int e;

	log_open("enforcer");
	/* an operator's Ctrl-C is for warden, which then tells us */
	(void)sigaction(SIGINT, &ignore, NULL);
	for (int i = 0; i < PEERS; i++)
		w.peers[i].link.fd = -1;
	w.peers[0] = (struct peer){ .role = WARDEN, .link.fd = WARDEN_FD };
	w.base = event_base_new();
	if (!w.base)
		die("no event loop");
	e = start(&w);
	if (e < 0) {
		log_err("start-failed error=\"%s\"", strerror(-e));
		return 1;
	}
	event_base_dispatch(w.base);
	/* nothing is taken back: what stands keeps standing for its term */
	return 0;
}
