#include "judge/judge.h"

#include "base/log.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* A jail's name is the administrator's, but a line is one line. */
static void one_line(char *z)
{
	for (; *z; z++)
		if ((unsigned char)*z < ' ' || *z == 127)
			*z = '?';
}

/* What the disk does not take is lost: it is a copy. */
static void put_line(struct judge *j, const char *logger, const char *level,
    const char *text)
{
	char line[800], date[40];
	time_t now = j->now;
	struct tm tm;
	int n;

	if (j->jail_log < 0 || j->watch_only)
		return;
	(void)strftime(date, sizeof(date), "%F %T", localtime_r(&now, &tm));
	n = snprintf(line, sizeof(line), "%s,000 %-23s [%d]: %-7s %s\n", date,
	    logger, (int)getpid(), level, text);
	n = MIN(n, (int)sizeof(line) - 1);
	if (write(j->jail_log, line, (size_t)n) < 0 && errno != EAGAIN) {
		log_warn("jail-log-unusable error=\"%s\"", strerror(errno));
		close_fd(&j->jail_log);
		j->jail_log = -1; /* a reload opens it again */
	}
}

static bool name_of(const struct judge *j, uint16_t rule, char name[100])
{
	if (rule >= j->book->n || !j->book->rules[rule].jail)
		return false;
	snprintf(name, 100, "%s", j->book->rules[rule].jail);
	one_line(name);
	return true;
}

/* As monitors grep it: "DATE,ms fail2ban.actions        [PID]: NOTICE  [sshd]
 * Ban 192.0.2.1". */
void judge_jail_log(struct judge *j, const char *what,
    const struct ledger_measure *m)
{
	char text[300], name[100], net[NET_MAX];

	if (!name_of(j, m->rule, name))
		return;
	(void)net_print(&m->net, net);
	snprintf(text, sizeof(text), "[%s] %s %s", name, what, net);
	put_line(j, "fail2ban.actions", "NOTICE", text);
}

void judge_filter_log(struct judge *j, uint16_t rule, const char *what)
{
	char text[300], name[100];

	if (!name_of(j, rule, name))
		return;
	snprintf(text, sizeof(text), "[%s] %s", name, what);
	put_line(j, "fail2ban.filter", "INFO", text);
}

void judge_names_log(struct judge *j, const char *what)
{
	put_line(j, "fail2ban.ipdns", "WARNING", what);
}
