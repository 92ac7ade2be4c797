#include "herald/job.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>

#include "law/law.h"

const char *job_event(uint8_t what)
{
	switch (what) {
	case VERDICT_NONE:
		return "open";
	case VERDICT_ALARM:
		return "alarm";
	case VERDICT_LIMIT:
		return "limit";
	case VERDICT_DENY:
		return "deny";
	default:
		return NULL;
	}
}

struct env_writer {
	struct job_env *e;
	size_t used, n;
};

static void put(struct env_writer *w, const char *fmt, ...) PRINTF(2, 3);

static void put(struct env_writer *w, const char *fmt, ...)
{
	char *at = w->e->text + w->used;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(at, JOB_TEXT - w->used, fmt, ap);
	va_end(ap);
	assert(n > 0 && (size_t)n < JOB_TEXT - w->used && w->n < JOB_ENV);
	w->e->v[w->n++] = at;
	w->used += (size_t)n + 1;
}

bool job_env(const struct wire_happened *h, struct job_env *ret)
{
	struct env_writer w = { .e = ret };
	char net[NET_MAX], at[WHEN_MAX], until[WHEN_MAX];

	if (!job_event(h->what) || !net_ok(&h->net) ||
	    !memchr(h->rule, '\0', sizeof(h->rule)))
		return false;
	memset(ret, 0, sizeof(*ret));
	net_print(&h->net, net);
	when_show(h->at, at);
	when_show(h->until, until);
	put(&w, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
		"/sbin:/bin");
	put(&w, "LC_ALL=C.UTF-8");
	put(&w, "LIPTAKO_EVENT=%s", job_event(h->what));
	put(&w, "LIPTAKO_ADDRESS=%s", net);
	put(&w, "LIPTAKO_FAMILY=%u", h->net.addr.family);
	put(&w, "LIPTAKO_RULE=%s", h->rule);
	put(&w, "LIPTAKO_RUNG=%u", h->rung);
	put(&w, "LIPTAKO_AT=%s", at);
	put(&w, "LIPTAKO_UNTIL=%s", h->until ? until : "");
	put(&w, "LIPTAKO_SECONDS=%u", h->until > h->at ? h->until - h->at : 0);
	put(&w, "LIPTAKO_COUNT=%u", h->count);
	put(&w, "LIPTAKO_REPEATS=%u", h->repeats);
	return true;
}

/* In the child: nothing here may allocate or return. */
static _Noreturn void become(char *const *argv, char *const *env)
{
	const struct sigaction plain = { .sa_handler = SIG_DFL };
	int null = open("/dev/null", O_RDONLY);
	sigset_t none;

	setpgid(0, 0);
	sigaction(SIGINT, &plain, NULL);
	sigaction(SIGQUIT, &plain, NULL);
	sigaction(SIGHUP, &plain, NULL);
	sigaction(SIGPIPE, &plain, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	execve(argv[0], argv, env);
	_exit(errno == ENOENT ? 127 : 126);
}

pid_t job_start(char *const *argv, char *const *env)
{
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0)
		become(argv, env);
	setpgid(pid, pid); /* whoever is first */
	return pid;
}
