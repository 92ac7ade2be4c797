#include "cli/apart.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>

#include "base/jail.h"
#include "cli/cli.h"

_Noreturn static void child(int (*work)(void *arg), void *arg, int to)
{
	uint32_t missing;
	int code;

	if (dup2(to, STDOUT_FILENO) < 0 ||
	    jail_enter(READER, NULL, &missing) < 0)
		die("the reader's jail: %s", strerror(errno));
	code = work(arg);
	fflush(stdout);
	_exit(code);
}

/* From the jail to the terminal: printable ASCII and line ends, whatever
 * becomes of the child. */
static void pass_on(int fd)
{
	char buf[16 << 10];
	ssize_t n;

	while (
	    (n = read(fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR)) {
		for (ssize_t i = 0; i < n; i++) {
			if ((buf[i] < ' ' || buf[i] > '~') && buf[i] != '\n')
				buf[i] = '?';
		}
		if (n > 0 && fwrite(buf, 1, (size_t)n, stdout) != (size_t)n)
			return;
	}
}

int apart(const char *command, int (*work)(void *arg), void *arg)
{
	int ends[2], status = 0;
	pid_t pid;

	fflush(stdout);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return cli_fault(command, "pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		return cli_fault(command, "fork: %s", strerror(errno));
	if (pid == 0)
		child(work, arg, ends[1]);
	close(ends[1]);
	pass_on(ends[0]);
	close(ends[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		return cli_fault(command, "the jailed reader ended: %s",
		    strsignal(WTERMSIG(status)));
	if (fflush(stdout) != 0)
		return cli_fault(command, "output: %s", strerror(errno));
	return WEXITSTATUS(status);
}
