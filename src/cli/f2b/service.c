#include "cli/f2b/import.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* The exit status of a fixed command, its output thrown away; -1: it could
 * not be run. */
static int run(const char *const *argv)
{
	int status, null;
	pid_t pid = fork();

	if (pid < 0)
		return -1;
	if (pid == 0) {
		null = open("/dev/null", O_RDWR);
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		setenv("PATH", PATH, 1);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool has_systemd(void)
{
	return access("/run/systemd/system", F_OK) == 0;
}

bool service_runs(void)
{
	static const char *const ping[] = { "/usr/bin/fail2ban-client", "ping",
		NULL };

	return run(ping) == 0;
}

int service_stop(void)
{
	static const char *const disable[] = { "systemctl", "disable", "--now",
		"fail2ban.service", NULL };
	static const char *const stop[] = { "/usr/bin/fail2ban-client", "stop",
		NULL };

	if (has_systemd() && run(disable) == 0)
		return 0;
	return run(stop) == 0 ? 0 : -1;
}

int service_start(void)
{
	static const char *const enable[] = { "systemctl", "enable", "--now",
		"fail2ban.service", NULL };
	static const char *const start[] = { "/usr/bin/fail2ban-client",
		"start", NULL };

	if (has_systemd() && run(enable) == 0)
		return 0;
	return run(start) == 0 ? 0 : -1;
}
