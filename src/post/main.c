/*
 * post - becomes nats-server: our own post, in its jail.
 *
 * Warden wrote nats.conf and owns the folder with key and certificate; only
 * the store within is the post's. Here the walls go up, then nats-server takes
 * this process over: what it inherits is its user, its limits, Landlock (its
 * folder, and no connection to anywhere) and a filter of system calls.
 */
#include "base/jail.h"
#include "base/link.h"
#include "base/log.h"

enum {
	UP = 3,
	PATIENCE_MS = 10000,
};

static const char *const places[] = { "/usr/sbin/nats-server",
	"/usr/bin/nats-server", "/usr/local/bin/nats-server",
	"/usr/local/sbin/nats-server" };

/* Warden reloads it by SIGHUP, which our parent made us deaf to. */
static void hear_hangup(void)
{
	const struct sigaction usual = { .sa_handler = SIG_DFL };

	sigaction(SIGHUP, &usual, NULL);
}

static int become(const char *state)
{
	char conf[256], *none[] = { (char *)(uintptr_t) "GOMEMLIMIT=256MiB",
		(char *)(uintptr_t) "HOME=/nonexistent", NULL };

	snprintf(conf, sizeof(conf), "%s/nats.conf", state);
	hear_hangup();
	for (size_t i = 0; i < countof(places); i++) {
		char *argv[] = { (char *)(uintptr_t) "nats-server",
			(char *)(uintptr_t) "-c", conf, NULL };

		execve(places[i], argv, none);
	}
	return -errno;
}

static int go(struct link *up, const char *state)
{
	int e = jail_up(POST, state, up);

	if (e < 0)
		return e;
	close(up->fd);
	return become(state);
}

static int live(struct link *up)
{
	struct wire_setup setup = { 0 };

	for (;;) {
		struct packet p;
		int e = link_wait(up, false, PATIENCE_MS);

		if (e == 0)
			e = link_recv(up, &p);
		if (e != LINK_OK)
			return e < 0 ? e : -ECONNRESET;
		if (!msg_fits(p.type, WARDEN, POST, p.n))
			return -EBADMSG;
		if (p.type == MSG_SETUP) {
			setup = *(const struct wire_setup *)p.p;
			setup.state[sizeof(setup.state) - 1] = '\0';
			if (setup.has_fd && p.fd >= 0)
				log_to_socket(take_fd(&p.fd));
		}
		close_fd(&p.fd);
		if (p.type == MSG_GO)
			return go(up, setup.state);
	}
}

int main(void)
{
	static struct link up = { .fd = UP };
	int e;

	log_open("post");
	e = live(&up);
	log_err("start-failed error=\"%s\"", strerror(-e));
	return e == -ENOENT ? 127 : 1;
}
