#include "cli/secret.h"

#include <sodium.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

static bool read_line(char *to, size_t size)
{
	return fgets(to, (int)MIN(size, (size_t)1 << 16), stdin) != NULL;
}

static bool read_unseen(const char *what, char *to, size_t size)
{
	struct termios was, now;
	bool ok;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &was) != 0)
		return read_line(to, size);
	now = was;
	now.c_lflag &= ~(tcflag_t)ECHO;
	fprintf(stderr, "%s (it is not shown): ", what);
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &now);
	ok = read_line(to, size);
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
	fputc('\n', stderr);
	return ok;
}

int secret_take(const char *command, const char *given, const char *what,
    char *to, size_t size)
{
	char line[512] = "";
	struct str s = str_of(given), all;
	int e = CLI_OK;

	if (!strcmp(given, "-")) {
		if (!read_unseen(what, line, sizeof(line)))
			return cli_usage(command,
			    "%s is missing on standard input", what);
		all = str_of(line);
		if (!str_cut(&all, '\n', &s))
			s = all;
		s = str_trim(s);
	}
	if (s.n == 0)
		e = cli_usage(command, "%s is empty", what);
	else if (s.n >= size)
		e = cli_usage(command, "%s is longer than %zu signs", what,
		    size - 1);
	else
		snprintf(to, size, STR_F, STR_A(s));
	sodium_memzero(line, sizeof(line));
	return e;
}
