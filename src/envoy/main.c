#include "envoy/envoy.h"

#include "base/jail.h"
#include "base/log.h"
#include "base/upward.h"

#include <event2/thread.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <sodium.h>

enum {
	UP = 3,
	PACKETS = 64,
};

/* A pointer and a number are far below PIPE_BUF: one write, never mixed. */
void news_tell(struct envoy *e, enum news_kind kind, void *p)
{
	struct news n = { kind, p };

	while (write(e->pipe[1], &n, sizeof(n)) < 0)
		if (errno != EINTR && errno != EAGAIN)
			die("no way home for a thread");
}

static void hear_threads(evutil_socket_t fd, short what, void *arg)
{
	struct news n;

	for (int i = 0; i < PACKETS && read(fd, &n, sizeof(n)) == sizeof(n);
	     i++)
		switch (n.kind) {
		case NEWS_OPENED:
			line_opened(n.p);
			break;
		case NEWS_CLOSED:
			line_closed(n.p);
			break;
		case NEWS_JOINED:
			join_done(n.p);
			break;
		}
}

bool judge_tell(struct envoy *e, uint32_t type, const void *body, size_t n,
    struct str tail)
{
	int s = e->judge.fd < 0 ? LINK_GONE
				: link_send(&e->judge, type, body, n, tail, -1);

	if (s != LINK_FULL)
		return s == LINK_OK;
	e->judge_is_full = true;
	event_add(e->judge_room, NULL);
	return false;
}

static void judge_has_room(evutil_socket_t fd, short what, void *arg)
{
	struct envoy *e = arg;

	e->judge_is_full = false;
	for (size_t i = 0; i < e->n_boxes && !e->judge_is_full; i++)
		(void)read_drain(e->boxes[i]);
	if (e->judge_is_full)
		event_add(e->judge_room, NULL);
}

static void tick(evutil_socket_t fd, short what, void *arg)
{
	struct envoy *e = arg;

	for (size_t i = 0; i < e->n_boxes; i++) {
		keep_tick(e->boxes[i]);
		write_tick(e->boxes[i]);
		if (!e->judge_is_full)
			(void)read_drain(e->boxes[i]);
	}
	for (size_t i = 0; i < e->n_lines; i++)
		line_tick(e->lines[i]);
}

static struct str tail_of(const struct packet *p, size_t body)
{
	return (struct str){ (const char *)p->p + body, p->n - body };
}

static void hear_out(struct envoy *e, const struct wire_out *o,
    struct str frame)
{
	const struct wire_posted as = { .acts = o->acts };
	bool any = false;

	for (size_t i = 0; i < e->n_boxes; i++) {
		struct box *b = e->boxes[i];

		if (b->is.use != BOX_WRITE || b->is.fleet ||
		    memcmp(b->line->is.alliance, o->alliance,
			sizeof(o->alliance)) != 0)
			continue;
		write_frame(b, &as, frame);
		if (b->line->tap)
			tap_flush(b->line->tap);
		any = true;
	}
	e->unboxed += !any;
}

static void hear_offer(struct envoy *e, const struct wire_offer *o,
    struct str frame)
{
	struct wire_posted as = { .box = o->box,
		.status = POSTED_DROPPED,
		.offer = 1,
		.id = o->id,
		.acts = o->acts };
	struct box *b = list_find(e, o->box);

	if (!b || b->is.use != BOX_WRITE) {
		(void)judge_tell(e, MSG_POSTED, &as, sizeof(as),
		    (struct str){ 0 });
		return;
	}
	write_frame(b, &as, frame);
	if (b->line->tap)
		tap_flush(b->line->tap);
}

static void hear_taken(struct envoy *e, const struct wire_taken *t)
{
	struct box *b = list_find(e, t->box);

	if (!b)
		return;
	read_taken(b, t->seq);
	if (b->line->tap)
		tap_flush(b->line->tap);
}

static void hear_purge(struct envoy *e, const struct wire_purge *w)
{
	for (size_t i = 0; i < e->n_boxes; i++) {
		struct box *b = e->boxes[i];

		if (memcmp(b->line->is.alliance, w->alliance,
			sizeof(w->alliance)) != 0)
			continue;
		keep_purge(b);
		if (b->line->tap)
			tap_flush(b->line->tap);
	}
}

static int hear_judge(struct envoy *e, const struct packet *p)
{
	if (!msg_fits(p->type, JUDGE, ENVOY, p->n))
		return -EBADMSG;
	switch ((enum msg)p->type) {
	case MSG_POST:
		return list_post(e, p->p, tail_of(p, sizeof(struct wire_post)));
	case MSG_BOX:
		return list_box(e, p->p);
	case MSG_POST_END:
		list_end(e);
		return 0;
	case MSG_TAKEN:
		hear_taken(e, p->p);
		return 0;
	case MSG_OFFER:
		hear_offer(e, p->p, tail_of(p, sizeof(struct wire_offer)));
		return 0;
	case MSG_PURGE:
		hear_purge(e, p->p);
		return 0;
	case MSG_JOIN:
		return join_begin(e, p->p,
		    tail_of(p, sizeof(struct wire_join)));
	case MSG_WELCOME:
		hear_welcome(e, p->p, tail_of(p, sizeof(struct wire_joiner)));
		return 0;
	default:
		return -EBADMSG;
	}
}

static int hear_notary(struct envoy *e, const struct packet *p)
{
	if (!msg_fits(p->type, NOTARY, ENVOY, p->n) || p->type != MSG_OUT)
		return -EBADMSG;
	hear_out(e, p->p, tail_of(p, sizeof(struct wire_out)));
	return 0;
}

static void peer_gone(struct link *l, struct event **ev)
{
	if (*ev)
		event_free(*ev);
	*ev = NULL;
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

static void judge_gone(struct envoy *e)
{
	peer_gone(&e->judge, &e->from_judge);
	if (e->judge_room)
		event_free(e->judge_room);
	e->judge_room = NULL;
	e->judge_is_full = false;
	for (size_t i = 0; i < e->n_boxes; i++)
		read_again(e->boxes[i]);
}

/* A turn's worth, then the others; what breaks the table is cut off, and
 * warden brings a new one. */
static int hear_some(struct envoy *e, struct link *l,
    int (*hear)(struct envoy *, const struct packet *))
{
	struct packet p;
	int s = LINK_OK;

	for (int i = 0; i < PACKETS && s == LINK_OK; i++) {
		s = link_recv(l, &p);
		if (s != LINK_OK)
			break;
		s = hear(e, &p);
		close_fd(&p.fd);
	}
	return s == LINK_EMPTY || s == LINK_OK ? 0 : -ECONNRESET;
}

static void from_judge(evutil_socket_t fd, short what, void *arg)
{
	struct envoy *e = arg;

	if (hear_some(e, &e->judge, hear_judge) < 0)
		judge_gone(e);
}

static void from_notary(evutil_socket_t fd, short what, void *arg)
{
	struct envoy *e = arg;

	if (hear_some(e, &e->notary, hear_notary) < 0)
		peer_gone(&e->notary, &e->from_notary);
}

static int take_link(struct envoy *e, const struct wire_link *l,
    struct packet *p)
{
	if (p->fd < 0)
		return -EBADMSG;
	if (l->peer == JUDGE) {
		judge_gone(e);
		e->judge.fd = take_fd(&p->fd);
		e->from_judge = event_new(e->base, e->judge.fd,
		    EV_READ | EV_PERSIST, from_judge, e);
		e->judge_room = event_new(e->base, e->judge.fd, EV_WRITE,
		    judge_has_room, e);
		event_add(e->from_judge, NULL);
		return 0;
	}
	if (l->peer != NOTARY)
		return -EBADMSG;
	peer_gone(&e->notary, &e->from_notary);
	e->notary.fd = take_fd(&p->fd);
	e->from_notary = event_new(e->base, e->notary.fd, EV_READ | EV_PERSIST,
	    from_notary, e);
	event_add(e->from_notary, NULL);
	return 0;
}

static int take_seed(struct envoy *e, int fd)
{
	if (fd < 0 ||
	    pread(fd, e->seed, sizeof(e->seed), 0) != (ssize_t)sizeof(e->seed))
		return -EBADMSG;
	e->has_seed = true;
	return 0;
}

/* libnats's threads begin after the jail: its walls hold for a thread and
 * those that it starts. */
static int enter(struct envoy *e)
{
	struct wire_up up = { 0 };
	int s = jail_enter(ENVOY, NULL, &up.missing);

	if (s < 0)
		return s;
	if (nats_Open(-1) != NATS_OK)
		return -ENOSYS;
	e->go = true;
	for (size_t i = 0; i < e->n_lines; i++)
		line_begin(e->lines[i]);
	s = link_send(&e->up, MSG_UP, &up, sizeof(up), (struct str){ 0 }, -1);
	return s == LINK_OK ? 0 : -ECONNRESET;
}

static int hear_warden(void *arg, struct packet *p)
{
	struct envoy *e = arg;

	switch ((enum msg)p->type) {
	case MSG_LINK:
		return take_link(e, p->p, p);
	case MSG_SEED:
		return take_seed(e, p->fd);
	case MSG_GO:
		return enter(e);
	default:
		return 0;
	}
}

static void from_warden(evutil_socket_t fd, short what, void *arg)
{
	struct envoy *e = arg;
	int s = upward_hear(&e->up, ENVOY, hear_warden, e);

	if (s == 0)
		return;
	if (s != -ESHUTDOWN)
		log_err("start-failed error=\"%s\"", strerror(-s));
	event_base_loopbreak(e->base);
}

static void listen_on(struct envoy *e)
{
	const struct timeval second = { 1, 0 };

	e->from_up =
	    event_new(e->base, UP, EV_READ | EV_PERSIST, from_warden, e);
	e->threads = event_new(e->base, e->pipe[0], EV_READ | EV_PERSIST,
	    hear_threads, e);
	e->tick = event_new(e->base, -1, EV_PERSIST, tick, e);
	if (!e->from_up || !e->threads || !e->tick)
		die("out of memory");
	event_add(e->from_up, NULL);
	event_add(e->threads, NULL);
	event_add(e->tick, &second);
}

int main(void)
{
	static struct envoy e = { .up.fd = UP,
		.judge.fd = -1,
		.notary.fd = -1 };

	log_open("envoy");
	if (evthread_use_pthreads() < 0 || sodium_init() < 0)
		die("no threads or no random numbers");
	/* what OpenSSL reads from files it reads before there are none */
	OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS, NULL);
	e.base = event_base_new();
	if (!e.base || pipe2(e.pipe, O_CLOEXEC | O_NONBLOCK) < 0)
		die("no event loop");
	listen_on(&e);
	event_base_dispatch(e.base);
	return 0;
}
