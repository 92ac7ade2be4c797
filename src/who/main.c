#include "who/sessions.h"

#include "base/jail.h"
#include "base/link.h"
#include "base/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <systemd/sd-login.h>

/*
 * who - one shot: tells the enforcer who is logged in, then ends. Descriptor
 * 3 is the link to warden, which sends SETUP, LINK to the enforcer, and GO.
 * The ancestors' environments are opened with root's right and read in jail.
 */

enum {
	WARDEN_FD = 3,
	PATIENCE_MS = 10000,
	UTMP_MAX = 1 << 20,
};

static struct {
	struct link warden, enforcer;
	int environ_fds[ANCESTORS_MAX];
	size_t n_fds;
	struct sessions found;
	char *buf;
} w = { .warden.fd = WARDEN_FD, .enforcer.fd = -1 };

/* Up to n bytes of a file. */
static struct str read_up_to(int fd, char *to, size_t n)
{
	size_t got = 0;

	while (got < n) {
		ssize_t k = read(fd, to + got, n - got);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			break;
		got += (size_t)k;
	}
	return (struct str){ to, got };
}

static uint32_t parent_of(uint32_t pid)
{
	char path[64], text[1024];
	int fd;
	struct str stat;

	snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	stat = read_up_to(fd, text, sizeof(text));
	close(fd);
	return parent_in_stat(stat);
}

/* Ours first: the kernel asks for rights when it is opened, not read. */
static void open_environs(void)
{
	uint32_t pid = (uint32_t)getpid();

	for (int i = 0; i < ANCESTORS_MAX && pid > 1; i++) {
		char path[64];
		int fd;

		snprintf(path, sizeof(path), "/proc/%u/environ", pid);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			w.environ_fds[w.n_fds++] = fd;
		pid = parent_of(pid);
	}
}

static void read_environs(void)
{
	for (size_t i = 0; i < w.n_fds; i++) {
		sessions_of_environ(&w.found,
		    read_up_to(w.environ_fds[i], w.buf, ENVIRON_MAX));
		close(w.environ_fds[i]);
	}
}

/* With hidepid nobody is to be seen: then whoever is recorded counts. */
static bool alive(int pid)
{
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d", pid);
	return stat(path, &st) == 0 || stat("/proc/1", &st) < 0;
}

static void read_utmp(void)
{
	int fd = open("/run/utmp", O_RDONLY | O_CLOEXEC);
	struct str all;

	if (fd < 0)
		return;
	all = read_up_to(fd, w.buf, UTMP_MAX);
	close(fd);
	sessions_of_utmp(&w.found, all.p, all.n, alive);
}

static void take_session(const char *id)
{
	auto_free char *host = NULL, *state = NULL;
	struct addr a;

	if (sd_session_get_state(id, &state) >= 0 &&
	    strcmp(state, "closing") == 0)
		return;
	if (sd_session_get_remote_host(id, &host) >= 0 && host &&
	    addr_parse(str_of(host), &a))
		sessions_add(&w.found, &a, NEVER_SESSION);
}

static void read_logind(void)
{
	char **ids = NULL;
	int n = sd_get_sessions(&ids);

	for (int i = 0; i < n; i++) {
		take_session(ids[i]);
		free(ids[i]);
	}
	free(ids);
}

static int send_all(struct link *l, uint32_t type, const void *body, size_t n)
{
	int e;

	while ((e = link_send(l, type, body, n, (struct str){ 0 }, -1)) ==
	       LINK_FULL) {
		e = link_wait(l, true, PATIENCE_MS);
		if (e < 0)
			return e;
	}
	return e == LINK_OK ? 0 : e < 0 ? e : -EPIPE;
}

static int tell(void)
{
	struct wire_live end = { .last = 1 };
	int e = 0;

	for (size_t i = 0; i < w.found.n && e == 0; i++) {
		struct wire_live l = { .who = w.found.v[i].who,
			.cause = w.found.v[i].cause };

		e = send_all(&w.enforcer, MSG_LIVE, &l, sizeof(l));
	}
	return e < 0 ? e : send_all(&w.enforcer, MSG_LIVE, &end, sizeof(end));
}

/* Warden's words, up to GO. */
static int hear_warden(void)
{
	for (;;) {
		struct packet p;
		int e = link_wait(&w.warden, false, PATIENCE_MS);

		if (e == 0)
			e = link_recv(&w.warden, &p);
		if (e == LINK_EMPTY)
			continue;
		if (e != LINK_OK)
			return e < 0 ? e : -EPIPE;
		if (!msg_fits(p.type, WARDEN, WHO, p.n)) {
			close_fd(&p.fd);
			return -EBADMSG;
		}
		if (p.type == MSG_GO)
			return w.enforcer.fd < 0 ? -ENOTCONN : 0;
		if (p.type == MSG_SETUP && p.fd >= 0)
			log_to_socket(take_fd(&p.fd));
		if (p.type == MSG_LINK &&
		    ((const struct wire_link *)p.p)->peer == ENFORCER)
			w.enforcer.fd = take_fd(&p.fd);
		close_fd(&p.fd);
	}
}

int main(void)
{
	struct wire_up up = { 0 };
	int e;

	log_open("who");
	w.buf = mem_new(1, UTMP_MAX);
	e = hear_warden();
	if (e == 0) {
		open_environs();
		e = jail_enter(WHO, NULL, &up.missing);
	}
	if (e == 0) {
		(void)send_all(&w.warden, MSG_UP, &up, sizeof(up));
		read_environs();
		read_utmp();
		read_logind();
		e = tell();
	}
	if (e < 0)
		log_err("sessions-unknown error=\"%s\"", strerror(-e));
	return e < 0;
}
