/*
 * herald - runs the configured hooks, and the commands of imported jails;
 * fetches lists.
 *
 * It hears typed facts from judge and answers with exit statuses; it can
 * order nothing. At most RUNNING commands run at once, each for at most
 * PATIENCE seconds; at most WAITING wait, and what does not fit is dropped,
 * counted and said once a minute.
 */
#include <event2/event.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/blob.h"
#include "base/jail.h"
#include "base/link.h"
#include "base/log.h"
#include "base/upward.h"
#include "conf/conf.h"
#include "herald/announce.h"
#include "herald/checks.h"
#include "herald/fetches.h"
#include "herald/jails.h"
#include "herald/job.h"

enum {
	UP = 3,
	RUNNING = 4,
	WAITING = 256,
	PATIENCE = 10, /* s */
};

struct waiting {
	struct wire_happened what;
	uint32_t hook; /* of the configuration; a jail's command from n_hooks */
};

struct running {
	pid_t pid; /* 0: free */
	uint64_t id;
	uint32_t hook;
	struct event *late;
	struct herald *h;
};

struct herald {
	struct fetches fetches;
	struct checks checks;
	struct announcer announcer;
	struct link up, judge;
	struct event_base *base;
	struct event *from_up, *from_judge;
	struct conf *conf;
	struct rules *jails;
	struct running running[RUNNING];
	struct waiting queue[WAITING];
	size_t head, n;
	uint64_t dropped;
	struct mono said;
};

static void ignore(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
	(void)arg, (void)file, (void)line, (void)column, (void)what;
	/* warden told the administrator already */
}

static void answer(struct herald *h, uint64_t id, uint32_t hook, int status)
{
	struct wire_hooked m = { id, hook, status };

	if (h->judge.fd >= 0 && link_send(&h->judge, MSG_HOOKED, &m, sizeof(m),
				    (struct str){ 0 }, -1) != LINK_OK)
		log_warn("hook-unreported hook=%u", hook);
}

static void late(evutil_socket_t fd, short what, void *arg)
{
	struct running *r = arg;

	log_warn("hook-late hook=%u pid=%d killed-after=%d", r->hook,
	    (int)r->pid, PATIENCE);
	kill(-r->pid, SIGKILL);
}

static pid_t start_hook(const struct conf_hook *hook, struct job_env *env)
{
	auto_free char **argv = mem_new(hook->run.n + 1, sizeof(*argv));

	memcpy(argv, hook->run.v, hook->run.n * sizeof(*argv));
	return job_start(argv, env->v);
}

/* 0: there is nothing to run, and it was said why. */
static pid_t start_jails(const struct herald *h, const struct waiting *w,
    struct job_env *env)
{
	static char script[JAIL_SCRIPT];
	char sh[] = "/bin/sh", c[] = "-c";
	char *const argv[] = { sh, c, script, NULL };
	uint32_t i = w->hook - (uint32_t)h->conf->n_hooks;
	const struct jailed *jail = NULL;
	const struct strings *all = jails_commands(h->jails, &w->what, &jail);

	if (!all || i >= all->n)
		return 0;
	if (jails_script(all->v[i], jail, &w->what, script))
		return job_start(argv, env->v);
	log_warn("jail-command-unusable rule=%s tag=\"%s\": a tag that is not "
		 "known, or a command that is too long",
	    w->what.rule, script);
	return 0;
}

static void start(struct herald *h, struct running *r, const struct waiting *w)
{
	const struct timeval patience = { PATIENCE, 0 };
	struct job_env env;
	pid_t pid;

	if (!job_env(&w->what, &env))
		return;
	if (w->hook >= h->conf->n_hooks)
		pid = start_jails(h, w, &env);
	else
		pid = start_hook(&h->conf->hooks[w->hook], &env);
	if (pid == 0)
		return;
	if (pid < 0) {
		log_warn("hook-failed hook=%u error=\"%s\"", w->hook,
		    strerror((int)-pid));
		answer(h, w->what.id, w->hook, 126);
		return;
	}
	r->pid = pid;
	r->id = w->what.id;
	r->hook = w->hook;
	evtimer_add(r->late, &patience);
}

static void start_next(struct herald *h)
{
	for (size_t i = 0; i < RUNNING && h->n; i++) {
		if (h->running[i].pid)
			continue;
		start(h, &h->running[i], &h->queue[h->head]);
		h->head = (h->head + 1) % WAITING;
		h->n--;
	}
}

static void reap(evutil_socket_t fd, short what, void *arg)
{
	struct herald *h = arg;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (checks_reaped(&h->checks, pid, status))
			continue;
		for (size_t i = 0; i < RUNNING; i++) {
			struct running *r = &h->running[i];

			if (r->pid != pid)
				continue;
			evtimer_del(r->late);
			kill(-pid, SIGKILL); /* what it left behind */
			answer(h, r->id, r->hook,
			    WIFEXITED(status) ? WEXITSTATUS(status)
					      : -WTERMSIG(status));
			r->pid = 0;
		}
	}
	start_next(h);
}

static uint32_t on_bit(uint8_t what)
{
	static const uint32_t bits[] = { CONF_ON_OPEN, CONF_ON_ALARM,
		CONF_ON_LIMIT, CONF_ON_DENY };

	return what < countof(bits) ? bits[what] : 0;
}

static void drop(struct herald *h)
{
	struct mono now = mono_now();

	h->dropped++;
	if (h->said.ns && now.ns - h->said.ns < MINUTES(1).ns)
		return;
	h->said = now;
	log_warn("hooks-dropped count=%llu: more happens than the hooks take",
	    (unsigned long long)h->dropped);
}

static void wait_for(struct herald *h, const struct wire_happened *w,
    uint32_t hook)
{
	if (h->n == WAITING)
		drop(h);
	else
		h->queue[(h->head + h->n++) % WAITING] =
		    (struct waiting){ *w, hook };
}

static void happened(struct herald *h, const struct wire_happened *w)
{
	announce(&h->announcer, w);
	const struct jailed *jail = NULL;
	const struct strings *own = jails_commands(h->jails, w, &jail);
	uint32_t n = (uint32_t)h->conf->n_hooks;

	for (uint32_t i = 0; i < n; i++)
		if (h->conf->hooks[i].on & on_bit(w->what))
			wait_for(h, w, i);
	for (uint32_t i = 0; own && i < own->n; i++)
		wait_for(h, w, n + i);
	start_next(h);
}

static void check(struct herald *h, const struct packet *p)
{
	const struct wire_check *w = p->p;
	struct str tags = { (const char *)p->p + sizeof(*w),
		p->n - sizeof(*w) };

	if (check_ok(w, tags))
		checks_want(&h->checks, w, tags);
}

static void hear_judge(evutil_socket_t fd, short what, void *arg)
{
	struct herald *h = arg;
	struct packet p;
	int e;

	while ((e = link_recv(&h->judge, &p)) == LINK_OK) {
		close_fd(&p.fd);
		if (!msg_fits(p.type, JUDGE, HERALD, p.n)) {
			e = -EBADMSG;
			break;
		}
		if (p.type == MSG_FETCH)
			fetches_want(&h->fetches, p.p);
		else if (p.type == MSG_CHECK)
			check(h, &p);
		else
			happened(h, p.p);
	}
	if (e == LINK_EMPTY)
		return;
	event_free(h->from_judge);
	h->from_judge = NULL;
	close(h->judge.fd);
	h->judge.fd = -1; /* warden brings a new one */
}

static int take_conf(struct herald *h, const struct packet *p)
{
	const struct wire_blob *w = p->p;
	auto_blob struct blob b = { 0 };
	int e = blob_map(p->fd, w->size, &b);

	if (e < 0)
		return e;
	conf_free(&h->conf);
	(void)conf_load(&h->conf, "liptako.yaml", blob_str(&b), ignore, NULL);
	h->n = 0; /* their hooks may be gone */
	return 0;
}

static int take_pack(struct herald *h, const struct packet *p)
{
	const struct wire_blob *w = p->p;
	auto_blob struct blob b = { 0 };
	int e = blob_map(p->fd, w->size, &b);

	if (e < 0)
		return e;
	checks_rules(&h->checks, NULL);
	rules_free(&h->jails);
	jails_load(&h->jails, blob_str(&b));
	checks_rules(&h->checks, h->jails);
	h->n = 0;
	return 0;
}

static void take_judge(struct herald *h, struct packet *p)
{
	if (h->from_judge)
		event_free(h->from_judge);
	if (h->judge.fd >= 0)
		close(h->judge.fd);
	h->judge.fd = take_fd(&p->fd);
	checks_forget(&h->checks);
	h->from_judge = event_new(h->base, h->judge.fd, EV_READ | EV_PERSIST,
	    hear_judge, h);
	event_add(h->from_judge, NULL);
}

static int hear(void *arg, struct packet *p)
{
	struct herald *h = arg;
	const struct wire_link *l = p->p;

	switch ((enum msg)p->type) {
	case MSG_CONF:
		return take_conf(h, p);
	case MSG_PACK:
		return take_pack(h, p);
	case MSG_LINK:
		if (l->peer != JUDGE || p->fd < 0)
			return -EBADMSG;
		take_judge(h, p);
		return 0;
	case MSG_GO:
		return jail_up(HERALD, NULL, &h->up);
	default:
		return 0;
	}
}

static void hear_up(evutil_socket_t fd, short what, void *arg)
{
	struct herald *h = arg;
	int e = upward_hear(&h->up, HERALD, hear, h);

	if (e == 0)
		return;
	if (e != -ESHUTDOWN)
		log_err("start-failed error=\"%s\"", strerror(-e));
	event_base_loopbreak(h->base);
}

int main(void)
{
	static struct herald h = { .up.fd = UP, .judge.fd = -1 };
	struct event *child;

	log_open("herald");
	h.base = event_base_new();
	if (!h.base)
		die("no event loop");
	(void)conf_load(&h.conf, "", (struct str){ 0 }, ignore, NULL);
	h.from_up = event_new(h.base, UP, EV_READ | EV_PERSIST, hear_up, &h);
	event_add(h.from_up, NULL);
	child = evsignal_new(h.base, SIGCHLD, reap, &h);
	event_add(child, NULL);
	for (size_t i = 0; i < RUNNING; i++) {
		h.running[i].h = &h;
		h.running[i].late = evtimer_new(h.base, late, &h.running[i]);
	}
	announcer_new(&h.announcer, h.base, &h.conf);
	fetches_new(&h.fetches, h.base, &h.up, &h.judge);
	checks_new(&h.checks, h.base, &h.judge);
	event_base_dispatch(h.base);
	return 0;
}
