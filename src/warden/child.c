#include "warden/warden.h"

#include "base/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

enum {
	LINK_FD = 3,     /* where each child finds its link to us */
	TAKES_MS = 2000, /* a child that takes nothing for so long is ended */
	STABLE_S = 60,   /* who ran so long is started again at once */
	BACK_OFF_MAX_MS = 30000, /* of one that dies while it starts */
	BACK_OFF_UP_MS = 800,    /* of one that was at work: logs grow on */
	PACKETS = 16,
};

struct child *child_of(struct warden *w, enum role r)
{
	for (size_t i = 0; i < CHILDREN; i++)
		if (w->child[i].role == r && !w->child[i].is_next)
			return &w->child[i];
	die("no such role");
}

void tell(struct child *c, uint32_t type, const void *body, size_t n,
    struct str tail, int fd)
{
	int e;

	if (!c->pid || c->up.fd < 0)
		return;
	e = link_send(&c->up, type, body, n, tail, fd);
	if (e == LINK_FULL && link_wait(&c->up, true, TAKES_MS) == 0)
		e = link_send(&c->up, type, body, n, tail, fd);
	if (e == LINK_OK || e == LINK_GONE)
		return; /* gone: its end is on the way */
	log_err("program-stuck program=%s pid=%d", role_name(c->role),
	    (int)c->pid);
	kill(c->pid, SIGKILL);
}

void tell_programs(struct warden *w)
{
	struct child *judge = child_of(w, JUDGE);

	for (size_t i = 0; i < CHILDREN; i++) {
		const struct child *c = &w->child[i];
		struct wire_program p = { .role = (uint8_t)c->role,
			.running = c->pid != 0,
			.pid = (uint32_t)c->pid,
			.restarts = c->restarts,
			.missing = c->missing };

		if (c->wanted && !c->is_next && c->role != WHO)
			tell(judge, MSG_PROGRAM, &p, sizeof(p),
			    (struct str){ 0 }, -1);
	}
	struct wire_program own = { .role = WARDEN,
		.running = 1,
		.pid = (uint32_t)getpid(),
		.missing = w->missing };
	tell(judge, MSG_PROGRAM, &own, sizeof(own), (struct str){ 0 }, -1);
}

static _Noreturn void become(const char *path, int fd)
{
	char *argv[] = { (char *)(uintptr_t)path, NULL };
	const struct sigaction deaf = { .sa_handler = SIG_IGN };
	sigset_t none;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* Ctrl-C reaches the whole terminal; only we say when they leave */
	sigaction(SIGINT, &deaf, NULL);
	sigaction(SIGQUIT, &deaf, NULL);
	sigaction(SIGHUP, &deaf, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	if (fd == LINK_FD)
		fcntl(fd, F_SETFD, 0);
	else
		dup2(fd, LINK_FD);
	execv(path, argv);
	_exit(127);
}

static void hear_one(struct child *c, const struct packet *p)
{
	struct warden *w = c->w;

	switch ((enum msg)p->type) {
	case MSG_UP:
		c->is_up = true;
		c->missing = ((const struct wire_up *)p->p)->missing;
		tell_programs(w);
		if (c->is_next)
			reload_reader_up(w);
		return;
	case MSG_LOOK_WHO:
		who_look(w);
		return;
	case MSG_ALLIED:
		allied_set(w, ((const struct wire_allied *)p->p)->on);
		return;
	case MSG_SERVE:
		serve_add(w, p->p);
		return;
	case MSG_SERVE_END:
		serve_end(w);
		return;
	case MSG_RELOAD:
		reload(w);
		return;
	case MSG_WANT:
		want_program(w, p->p);
		return;
	case MSG_NEEDS:
		active_add(w,
		    (struct str){ (const char *)p->p + sizeof(struct wire_none),
			p->n - sizeof(struct wire_none) });
		return;
	default:
		return;
	}
}

static void heard(evutil_socket_t fd, short what, void *arg)
{
	struct child *c = arg;

	for (int i = 0; i < PACKETS; i++) {
		struct packet p = { .fd = -1 };
		int e = link_recv(&c->up, &p);

		if (e == LINK_EMPTY)
			return;
		if (e == LINK_OK && !msg_fits(p.type, c->role, WARDEN, p.n))
			e = -EBADMSG;
		if (e == LINK_OK)
			hear_one(c, &p);
		close_fd(&p.fd);
		if (c->up.fd < 0)
			return; /* it took another's seat by what it said */
		if (e == LINK_OK)
			continue;
		event_del(c->heard);
		if (e < 0 && c->pid) {
			log_err("program-broken program=%s pid=%d error=\"%s\"",
			    role_name(c->role), (int)c->pid, strerror(-e));
			kill(c->pid, SIGKILL);
		}
		return;
	}
}

void child_listen(struct child *c)
{
	c->heard =
	    event_new(c->w->base, c->up.fd, EV_READ | EV_PERSIST, heard, c);
	if (!c->heard || event_add(c->heard, NULL) < 0)
		die("out of memory");
}

static int syslog_connect(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX,
		.sun_path = "/dev/log" };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static void preamble(struct child *c, const struct generation_of *g)
{
	struct warden *w = c->w;
	auto_close int log = w->opt.foreground ? -1 : syslog_connect();
	struct wire_setup s = { .generation = g->number,
		.watch_only = w->watch_only,
		.may_defend = w->root && !w->opt.watch,
		.has_fd = log >= 0,
		.foreground = w->opt.foreground };
	struct wire_blob conf = { g->number, g->conf_size };
	struct wire_blob pack = { g->number, g->pack_size };

	snprintf(s.table, sizeof(s.table), "%s", g->conf->table);
	snprintf(s.state, sizeof(s.state), "%s", w->ledger);
	if (c->role == POST)
		snprintf(s.state, sizeof(s.state), "%.180s/post", w->state);
	memcpy(s.line_key, w->line_key, sizeof(s.line_key));
	tell(c, MSG_SETUP, &s, sizeof(s), (struct str){ 0 }, log);
	if (c->role == WHO || c->role == NAMER || c->role == ENFORCER ||
	    c->role == NOTARY || c->role == ENVOY || c->role == POST)
		return;
	tell(c, MSG_CONF, &conf, sizeof(conf), (struct str){ 0 }, g->conf_fd);
	if (c->role == READER || c->role == JUDGE)
		active_tell(c, g);
	if (c->role != DESK)
		tell(c, MSG_PACK, &pack, sizeof(pack), (struct str){ 0 },
		    g->pack_fd);
}

bool child_begin(struct child *c, const struct generation_of *g)
{
	char path[512];
	int ends[2], e = link_pair(ends);

	program_path(c->w, c->role, path, sizeof(path));
	if (e < 0) {
		log_err("no-link error=\"%s\"", strerror(-e));
		return false;
	}
	c->pid = fork();
	if (c->pid == 0)
		become(path, ends[1]);
	close(ends[1]);
	if (c->pid < 0) {
		log_err("no-process program=%s error=\"%s\"",
		    role_name(c->role), strerror(errno));
		close(ends[0]);
		c->pid = 0;
		return false;
	}
	c->up.fd = ends[0];
	c->is_up = c->is_leaving = c->is_at_work = false;
	c->missing = 0;
	c->started = mono_now();
	c->instance = c->w->next_instance++;
	child_listen(c);
	preamble(c, g);
	return true;
}

static void spawn_again(evutil_socket_t fd, short what, void *arg)
{
	struct child *c = arg;

	if (c->wanted && !c->w->stopping && !c->is_next)
		child_spawn(c);
}

/* At once the first time, then later and later. */
static void restart(struct child *c)
{
	int64_t ran = (mono_now().ns - c->started.ns) / NS_PER_S, ms = 0;
	struct timeval tv;

	c->failures = ran >= STABLE_S ? 1 : c->failures + 1;
	if (c->is_leaving) /* as it was told */
		c->failures = 0;
	else
		c->restarts++;
	if (c->failures > 1)
		ms = MIN(INT64_C(100) << MIN(c->failures - 1, 10),
		    c->is_up ? BACK_OFF_UP_MS : BACK_OFF_MAX_MS);
	tv = (struct timeval){ ms / 1000, ms % 1000 * 1000 };
	if (!c->again)
		c->again = evtimer_new(c->w->base, spawn_again, c);
	evtimer_add(c->again, &tv);
}

static void say_end(const struct child *c, int status)
{
	if (WIFSIGNALED(status))
		log_warn("program-died program=%s pid=%d signal=%d",
		    role_name(c->role), (int)c->pid, WTERMSIG(status));
	else if (WEXITSTATUS(status) == 127)
		log_err("program-missing program=%s libexec=%s",
		    role_name(c->role), c->w->libexec);
	else
		log_warn("program-ended program=%s pid=%d status=%d",
		    role_name(c->role), (int)c->pid, WEXITSTATUS(status));
}

static void child_ended(struct child *c, int status)
{
	bool expected = c->is_leaving || c->w->stopping || c->role == WHO;

	if (!expected || (WIFSIGNALED(status) && WTERMSIG(status) != SIGTERM))
		say_end(c, status);
	if (!expected && c->role == POST)
		serve_ended(c->w);
	c->pid = 0;
	event_free(c->heard);
	c->heard = NULL;
	close(c->up.fd);
	c->up.fd = -1;
	if (c->w->stopping)
		return;
	if (c->role == READER && c->is_leaving && !c->is_next &&
	    !c->w->child[NEXT_READER].pid) {
		child_spawn(c); /* it knows more services */
		return;
	}
	if (c->role == READER && (c->is_leaving || c->is_next)) {
		reload_reader_gone(c->w, c);
		return;
	}
	if (c->role == READER && c->w->child[NEXT_READER].pid)
		return; /* the next one takes over as soon as it is up */
	if (c->wanted && c->role != WHO)
		restart(c);
	tell_programs(c->w);
}

void children_reap(struct warden *w)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < CHILDREN; i++)
			if (w->child[i].pid == pid)
				child_ended(&w->child[i], status);
	if (w->stopping)
		stop_go_on(w);
}

void child_leave(struct child *c)
{
	struct wire_none none = { 0 };

	c->is_leaving = true;
	if (c->role == POST) { /* it is nats-server by now */
		kill(c->pid, SIGTERM);
		return;
	}
	tell(c, MSG_LEAVE, &none, sizeof(none), (struct str){ 0 }, -1);
}
