#include "base/upward.h"

#include "base/log.h"

static int hear_one(enum role me, struct packet *p, upward_fn *hear, void *arg)
{
	const struct wire_setup *s = p->p;

	if (!msg_fits(p->type, WARDEN, me, p->n))
		return -EBADMSG;
	if (p->type == MSG_LEAVE)
		return -ESHUTDOWN;
	if (p->type == MSG_SETUP && s->has_fd && p->fd >= 0)
		log_to_socket(take_fd(&p->fd));
	return hear(arg, p);
}

int upward_hear(struct link *up, enum role me, upward_fn *hear, void *arg)
{
	struct packet p;
	int e;

	while ((e = link_recv(up, &p)) == LINK_OK) {
		e = hear_one(me, &p, hear, arg);
		close_fd(&p.fd);
		if (e < 0)
			return e;
	}
	if (e == LINK_GONE)
		return -ESHUTDOWN;
	return e < 0 ? e : 0;
}
