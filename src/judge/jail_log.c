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

/* As monitors grep it: "DATE,ms fail2ban.actions        [PID]: NOTICE  [sshd]
 * Ban 192.0.2.1". What the disk does not take is lost: it is a copy. */
void judge_jail_log(struct judge *j, const char *what,
    const struct ledger_measure *m)
{
	const char *jail =
	    m->rule < j->book->n ? j->book->rules[m->rule].jail : NULL;
	char line[400], name[100], date[40], net[NET_MAX];
	time_t now = j->now;
	struct tm tm;
	int n;

	if (!jail || j->jail_log < 0 || j->watch_only)
		return;
	(void)net_print(&m->net, net);
	snprintf(name, sizeof(name), "%s", jail);
	one_line(name);
	(void)strftime(date, sizeof(date), "%F %T", localtime_r(&now, &tm));
	n = snprintf(line, sizeof(line), "%s,000 %-23s [%d]: %-7s [%s] %s %s\n",
	    date, "fail2ban.actions", (int)getpid(), "NOTICE", name, what, net);
	if (write(j->jail_log, line, (size_t)n) < 0 && errno != EAGAIN) {
		log_warn("jail-log-unusable error=\"%s\"", strerror(errno));
		close_fd(&j->jail_log);
		j->jail_log = -1; /* a reload opens it again */
	}
}
