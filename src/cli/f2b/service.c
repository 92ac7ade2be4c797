#include "cli/f2b/import.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

enum {
	SAID_MAX = 16 << 20, /* bytes that a command may say */
	COMMAND_MS = 60000,
	STOP_TRIES = 100, /* times 100 ms */
};

static _Noreturn void become(const char *const *argv, int out)
{
	int null = open("/dev/null", O_RDWR);

	dup2(null, 0);
	dup2(out >= 0 ? out : null, 1);
	dup2(null, 2);
	setenv("PATH", PATH, 1);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static int status_of(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The exit status of a fixed command, its output thrown away; -1: it could
 * not be run. */
static int run(const char *const *argv)
{
	pid_t pid = fork();

	if (pid == 0)
		become(argv, -1);
	return pid < 0 ? -1 : status_of(pid);
}

static void pause_ms(long ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

static bool read_some(int fd, char **text, size_t *n)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t got;

	if (poll(&p, 1, COMMAND_MS) <= 0 || *n >= SAID_MAX)
		return false;
	*text = mem_grow(*text, *n + (64 << 10) + 1, 1);
	got = read(fd, *text + *n, 64 << 10);
	if (got <= 0)
		return false;
	*n += (size_t)got;
	return true;
}

char *service_ask(const struct import *im, const char *const *args)
{
	const char *argv[12] = { im->client };
	char *text = mem_new(1, 1);
	size_t n = 0;
	int ends[2], e;
	pid_t pid;

	for (size_t i = 0; args[i]; i++) {
		assert(i + 2 < countof(argv));
		argv[i + 1] = args[i];
	}
	if (pipe2(ends, O_CLOEXEC) < 0)
		return free(text), NULL;
	pid = fork();
	if (pid == 0)
		become(argv, ends[1]);
	close_fd(&ends[1]);
	while (pid > 0 && read_some(ends[0], &text, &n))
		;
	close_fd(&ends[0]);
	e = pid > 0 ? status_of(pid) : -1;
	text[n] = 0;
	if (e != 0)
		free_ptr(&text);
	return text;
}

static bool has_systemd(void)
{
	return access("/run/systemd/system", F_OK) == 0;
}

/* Under that name there may be ourselves. */
static bool is_us(const char *client)
{
	struct stat a, b;

	return stat(client, &a) == 0 && stat("/proc/self/exe", &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

bool service_is_there(const struct import *im)
{
	return access(im->client, X_OK) == 0 && !is_us(im->client);
}

bool service_runs(const struct import *im)
{
	const char *const ping[] = { im->client, "ping", NULL };

	return service_is_there(im) && run(ping) == 0;
}

void service_hold(const struct import *im, bool hold)
{
	for (size_t i = 0; i < im->n; i++) {
		const char *const idle[] = { im->client, "set",
			im->jails[i].name, "idle", hold ? "on" : "off", NULL };

		(void)run(idle);
	}
}

/* It answers as wanted within ten seconds. */
static bool comes_to(const struct import *im, bool running)
{
	for (int i = 0; i < STOP_TRIES; i++) {
		if (service_runs(im) == running)
			return true;
		pause_ms(100);
	}
	return false;
}

int service_stop(const struct import *im)
{
	static const char *const disable[] = { "systemctl", "disable", "--now",
		"fail2ban.service", NULL };
	const char *const stop[] = { im->client, "stop", NULL };

	if (has_systemd())
		(void)run(disable);
	if (service_runs(im))
		(void)run(stop);
	return comes_to(im, false) ? 0 : -1;
}

int service_start(const struct import *im)
{
	static const char *const enable[] = { "systemctl", "enable", "--now",
		"fail2ban.service", NULL };
	const char *const start[] = { im->client, "start", NULL };

	if (!has_systemd() || run(enable) != 0)
		(void)run(start);
	return comes_to(im, true) ? 0 : -1;
}
