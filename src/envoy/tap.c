#include "envoy/envoy.h"

#include <unistd.h>

/*
 * libnats calls attach, read and write from the thread that connects and
 * from its timer, too; libevent's own locks make adding an event safe there.
 * The events hang on a duplicate of the socket, so that a number which
 * libnats closed and somebody else got is never polled in its name.
 */
static void ready(evutil_socket_t fd, short what, void *arg)
{
	struct tap *t = arg;
	struct line *l = t->line;

	if (what & EV_READ)
		natsConnection_ProcessReadEvent(t->nc);
	if (what & EV_WRITE)
		tap_flush(t);
	if (!l || !(what & EV_READ))
		return;
	hear_answers(l);
	hear_joiners(l);
	for (size_t i = 0; i < l->e->n_boxes; i++)
		if (l->e->boxes[i]->line == l && !l->e->judge_is_full)
			(void)read_drain(l->e->boxes[i]);
}

natsStatus tap_attach(void **user, void *loop, natsConnection *nc, natsSock fd)
{
	struct tap *t = loop;
	struct event_base *base = t->e->base;

	t->nc = nc;
	t->fd = dup(fd);
	t->read = event_new(base, t->fd, EV_READ | EV_PERSIST, ready, t);
	t->write = event_new(base, t->fd, EV_WRITE | EV_PERSIST, ready, t);
	if (t->fd < 0 || !t->read || !t->write)
		die("no socket for a post");
	*user = t;
	return NATS_OK;
}

natsStatus tap_read(void *user, bool add)
{
	struct tap *t = user;

	return (add ? event_add(t->read, NULL) : event_del_noblock(t->read)) ==
		       0
		   ? NATS_OK
		   : NATS_ERR;
}

natsStatus tap_write(void *user, bool add)
{
	struct tap *t = user;

	return (add ? event_add(t->write, NULL)
		    : event_del_noblock(t->write)) == 0
		   ? NATS_OK
		   : NATS_ERR;
}

/* Perhaps from its timer's thread: the loop frees it when it hears that the
 * connection is closed. */
natsStatus tap_detach(void *user)
{
	(void)user;
	return NATS_OK;
}

void tap_begin(struct tap *t)
{
	event_add(t->read, NULL);
}

/* Writing nothing is an error in TLS, which libnats takes for the end. */
void tap_flush(struct tap *t)
{
	if (natsConnection_Buffered(t->nc) > 0)
		natsConnection_ProcessWriteEvent(t->nc);
}

void tap_free(struct tap *t)
{
	if (!t)
		return;
	if (t->read)
		event_free(t->read);
	if (t->write)
		event_free(t->write);
	close_fd(&t->fd);
	natsConnection_Destroy(t->nc); /* a no-op on NULL */
	free(t);
}
