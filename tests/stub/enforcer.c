#include "base/link.h"
#include "base/log.h"
#include "wire/msgs.h"

#include <poll.h>

/* Takes everything, closes nothing; prints what is never to be closed. */
int main(void)
{
	static struct link up = { .fd = 3 };
	struct wire_up m = { 0 };

	log_open("stub-enforcer");
	(void)link_send(&up, MSG_UP, &m, sizeof(m), (struct str){ 0 }, -1);
	for (;;) {
		struct pollfd f = { 3, POLLIN, 0 };
		struct packet p;
		int e;

		poll(&f, 1, -1);
		while ((e = link_recv(&up, &p)) == LINK_OK) {
			const struct wire_never *n = p.p;
			char text[NET_MAX];

			if (!msg_fits(p.type, WARDEN, ENFORCER, p.n))
				die("warden said %u", p.type);
			if (p.type == MSG_LEAVE)
				return 0;
			if (p.type == MSG_NEVER) {
				net_print(&n->net, text);
				log_note("never net=%s cause=%s gone=%d", text,
				    never_name(n->cause), n->gone);
			}
			close_fd(&p.fd);
		}
		if (e != LINK_EMPTY)
			return 0;
	}
}
