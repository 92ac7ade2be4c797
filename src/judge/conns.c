#include "judge/conns.h"

#include "base/log.h"

struct waiting {
	STAILQ_ENTRY(waiting) next;
	uint32_t type;
	size_t n;
	_Alignas(8) uint8_t bytes[];
};

static bool orders_wait(struct conns *s)
{
	struct conn *e = conns_find(s, ENFORCER, 0);

	return e && e->queued > 0;
}

/* Readers rest while what they cause cannot leave. */
static void gate(struct conns *s)
{
	bool rest = orders_wait(s);

	for (size_t i = 0; i < CONNS; i++) {
		struct conn *c = s->v[i];

		if (c && c->role == READER)
			conn_listen(c, !rest && c->queued == 0);
	}
}

void conn_listen(struct conn *c, bool on)
{
	if (on)
		(void)event_add(c->readable, NULL);
	else
		(void)event_del(c->readable);
}

struct conn *conns_find(struct conns *s, enum role role, uint32_t instance)
{
	for (size_t i = 0; i < CONNS; i++) {
		struct conn *c = s->v[i];

		if (c && c->role == role &&
		    (role != READER || c->instance == instance))
			return c;
	}
	return NULL;
}

static void free_queue(struct conn *c)
{
	struct waiting *w;

	while ((w = STAILQ_FIRST(&c->queue))) {
		STAILQ_REMOVE_HEAD(&c->queue, next);
		free(w);
	}
	c->queued = 0;
}

void conns_drop(struct conn *c)
{
	struct conns *s = c->all;

	for (size_t i = 0; i < CONNS; i++)
		if (s->v[i] == c)
			s->v[i] = NULL;
	s->gone(s->arg, c);
	event_free(c->readable);
	event_free(c->writable);
	close(c->link.fd);
	free_queue(c);
	free(c);
	gate(s);
}

static int hear_some(struct conn *c)
{
	struct conns *s = c->all;
	struct packet p;
	int e = LINK_OK;

	for (int turn = 0; turn < TURN; turn++) {
		e = link_recv(&c->link, &p);
		if (e != LINK_OK)
			break;
		if (!s->hear(s->arg, c, &p)) {
			log_err("link-cut peer=%s instance=%u type=%u "
				"why=\"it broke the rules\"",
			    role_name(c->role), c->instance, p.type);
			close_fd(&p.fd);
			e = -EBADMSG;
			break;
		}
		close_fd(&p.fd);
		if (!event_pending(c->readable, EV_READ, NULL))
			break; /* it was told to rest */
	}
	return e;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;
	struct conns *s = c->all;
	int e = hear_some(c);

	s->turned(s->arg, c);
	if (e != LINK_OK && e != LINK_EMPTY)
		conns_drop(c);
}

static int send_now(struct conn *c, uint32_t type, const void *p, size_t n,
    struct str tail)
{
	return link_send(&c->link, type, p, n, tail, -1);
}

/* What waited leaves; false: not all of it yet. */
static bool send_waiting(struct conn *c)
{
	struct waiting *w;

	while ((w = STAILQ_FIRST(&c->queue))) {
		int e = send_now(c, w->type, w->bytes, w->n, (struct str){ 0 });

		if (e == LINK_FULL)
			return false;
		STAILQ_REMOVE_HEAD(&c->queue, next);
		c->queued--;
		free(w);
	}
	(void)event_del(c->writable);
	gate(c->all);
	return true;
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;
	struct conns *s = c->all;

	if (send_waiting(c) && s->room)
		s->room(s->arg, c);
}

bool conn_turn(struct conn *c)
{
	int e = LINK_OK;

	if (c->queued == 0 || send_waiting(c))
		e = hear_some(c);
	if (e == LINK_OK || e == LINK_EMPTY)
		return c->queued == 0;
	conns_drop(c);
	return false;
}

struct conn *conns_add(struct conns *s, enum role role, uint32_t instance,
    int fd)
{
	size_t i = 0;
	struct conn *c;

	while (i < CONNS && s->v[i])
		i++;
	if (i == CONNS) {
		close(fd);
		return NULL;
	}
	c = mem_new(1, sizeof(*c));
	c->role = role;
	c->instance = instance;
	c->link.fd = fd;
	c->all = s;
	STAILQ_INIT(&c->queue);
	c->readable =
	    event_new(s->base, fd, EV_READ | EV_PERSIST, on_readable, c);
	c->writable =
	    event_new(s->base, fd, EV_WRITE | EV_PERSIST, on_writable, c);
	s->v[i] = c;
	return c;
}

static void queue(struct conn *c, uint32_t type, const void *body, size_t n,
    struct str tail)
{
	struct waiting *w;

	if ((c->role == HERALD && c->queued >= HERALD_QUEUE) ||
	    (c->role == DESK && c->queued >= DESK_QUEUE)) {
		c->all->dropped++;
		return;
	}
	w = mem_new(1, sizeof(*w) + n + tail.n);
	w->type = type;
	w->n = n + tail.n;
	memcpy(w->bytes, body, n);
	if (tail.n)
		memcpy(w->bytes + n, tail.p, tail.n);
	STAILQ_INSERT_TAIL(&c->queue, w, next);
	if (c->queued++ == 0) {
		(void)event_add(c->writable, NULL);
		gate(c->all);
	}
}

void conns_send(struct conns *s, enum role to, uint32_t instance, uint32_t type,
    const void *body, size_t n, struct str tail)
{
	struct conn *c = conns_find(s, to, instance);

	if (!c)
		return;
	/* a link that is gone says so when it is read */
	if (c->queued > 0 || send_now(c, type, body, n, tail) == LINK_FULL)
		queue(c, type, body, n, tail);
}
