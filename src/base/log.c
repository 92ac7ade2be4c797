#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>

/* RFC 5424 severities; facility 3 is "system daemons". */
enum {
	SEV_ERR = 3,
	SEV_WARN = 4,
	SEV_NOTE = 5,
	FACILITY = 3
};

static const char *program = "liptako";
static int sock = -1;

void log_open(const char *name)
{
	program = name;
}

void log_to_socket(int fd)
{
	sock = fd;
}

static void say(int severity, const char *fmt, va_list ap) PRINTF(2, 0);

static void say(int severity, const char *fmt, va_list ap)
{
	char text[1024], line[1200];
	int n;

	vsnprintf(text, sizeof(text), fmt, ap);
	if (sock >= 0) {
		n = snprintf(line, sizeof(line), "<%d>liptako[%d]: %s: %s",
		    FACILITY * 8 + severity, (int)getpid(), program, text);
		if (send(sock, line, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) >
		    0)
			return;
	}
	n = snprintf(line, sizeof(line), "liptako: %s: %s\n", program, text);
	if (write(STDERR_FILENO, line, (size_t)n) < 0)
		return; /* nobody listens; defence goes on */
}

#define LOG_FN(name, severity) \
	void name(const char *fmt, ...) \
	{ \
		va_list ap; \
\
		va_start(ap, fmt); \
		say(severity, fmt, ap); \
		va_end(ap); \
	}

LOG_FN(log_note, SEV_NOTE)
LOG_FN(log_warn, SEV_WARN)
LOG_FN(log_err, SEV_ERR)
