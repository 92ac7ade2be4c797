#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "cli/govern/govern.h"

/*
 * sign - `ssh-keygen -Y sign -f KEY -n NAMESPACE`, without a shell.
 *
 * The text goes in and the signature comes out over one socket pair; what it
 * asks (a passphrase, a touch) it asks on the operator's terminal.
 */
static const char keygen[] = "/usr/bin/ssh-keygen";

static void run_keygen(int fd, const char *seal, const char *namespace_)
{
	char *const argv[] = { (char *)(uintptr_t)keygen,
		(char *)(uintptr_t) "-q", (char *)(uintptr_t) "-Y",
		(char *)(uintptr_t) "sign", (char *)(uintptr_t) "-f",
		(char *)(uintptr_t)seal, (char *)(uintptr_t) "-n",
		(char *)(uintptr_t)namespace_, NULL };

	if (dup2(fd, STDIN_FILENO) >= 0 && dup2(fd, STDOUT_FILENO) >= 0)
		(void)execve(keygen, argv, environ);
	_exit(127);
}

static bool send_all(int fd, struct str s)
{
	while (s.n > 0) {
		ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		s = str_from(s, (size_t)n);
	}
	return shutdown(fd, SHUT_WR) == 0;
}

static size_t receive(int fd, char *to, size_t size)
{
	size_t n = 0;
	ssize_t got;

	while (n < size) {
		got = recv(fd, to + n, size - n, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	return n;
}

static int said(const struct gov *g, const char *seal, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return cli_fault(g->command,
		    "%s is missing; install the package openssh-client",
		    keygen);
	return cli_fault(g->command,
	    "ssh-keygen did not sign with %s; if the passphrase was wrong, "
	    "once more; if the key is elsewhere, --seal FILE names the private "
	    "one, or the public one if an agent holds it (through sudo: "
	    "--preserve-env=SSH_AUTH_SOCK)",
	    seal);
}

int sign_text(const struct gov *g, const char *seal, enum sealed_type t,
    struct str text, struct text_out *armor)
{
	const char *namespace_ = sealed_namespace(t);
	struct seal_text st = { .text = text };
	char out[SSHSIG_ARMOR_MAX + 64];
	struct str made, rest;
	struct sshsig s;
	int fd[2], status = 0;
	enum seal_fault f;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) < 0)
		return cli_fault(g->command, "%s", strerror(errno));
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0)
		run_keygen(fd[1], seal, namespace_);
	close(fd[1]);
	(void)send_all(fd[0], text);
	made = (struct str){ out, receive(fd[0], out, sizeof(out)) };
	close(fd[0]);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0)
		return said(g, seal, status);
	rest = made;
	f = sshsig_next(&rest, &s);
	if (f == SEAL_OK)
		f = sshsig_check(&s, str_of(namespace_), &st);
	if (f != SEAL_OK)
		return cli_fault(g->command, "what %s signed is %s", seal,
		    seal_fault_name(f));
	text_put_str(armor, str_head(made, made.n - rest.n));
	return CLI_OK;
}

/* The party's threshold: each --seal, or the one that is kept. */
int sign_act(const struct gov *g, const struct own *o, enum sealed_type t,
    struct str text, struct text_out *to)
{
	struct text_out armor = { 0 };
	char head[64];
	int e = CLI_OK;

	if (g->n_seals == 0 && !*o->seal)
		return cli_fault(g->command,
		    "this host has no seal; do it where the seal is, or name "
		    "it by --seal FILE");
	if (g->n_seals == 0)
		e = sign_text(g, o->seal, t, text, &armor);
	for (size_t i = 0; !e && i < g->n_seals; i++)
		e = sign_text(g, g->seals[i], t, text, &armor);
	if (!e) {
		(void)sealed_head(t, text.n, head);
		text_put_str(to, str_of(head));
		text_put_str(to, text);
		text_put_str(to, text_of(&armor));
	}
	text_free(&armor);
	return e;
}

int sign_own(const struct gov *g, const struct own *o, const struct held *h,
    const struct own_news *news, struct text_out *to)
{
	struct text_out record = { 0 }, roll = { 0 };
	int e;

	own_record(g, o, h, news, &record);
	own_roll(o, h, news->envoy, &roll);
	e = sign_act(g, o, SEALED_RECORD, text_of(&record), to);
	if (!e)
		e = sign_act(g, o, SEALED_ROLL, text_of(&roll), to);
	text_free(&record);
	text_free(&roll);
	return e;
}
