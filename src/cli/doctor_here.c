#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>

#include "cli/doctor.h"
#include "cli/rulebook.h"

#define CONFIGURATION "/etc/liptako/liptako.yaml"

static void fault(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
	doctor_find(arg, GRADE_BAD,
	    "mend it, then liptako reload; at a start only this item is left "
	    "out",
	    "%s:%u:%u: %s", file, line, column, what);
}

static void check_configuration(struct findings *f)
{
	auto_free char *text = NULL;
	struct conf *c = NULL;
	size_t n = 0;
	int e = rulebook_text(CONFIGURATION, &text, &n);

	if (e == -ENOENT || e == -EACCES)
		return;
	if (e < 0) {
		fault(f, CONFIGURATION, 1, 1, strerror(-e));
		return;
	}
	(void)conf_load(&c, CONFIGURATION, (struct str){ text, n }, fault, f);
	rulebook_check(c, CONFIGURATION, fault, f);
	conf_free(&c);
}

static const struct other {
	const char *comm, *cure;
} others[] = {
	{ "fail2ban-server",
	    "liptako import fail2ban --take-over brings its jails and bans "
	    "here" },
	{ "crowdsec",
	    "its agent may report here (liptako machine), its bouncers obey "
	    "(liptako bouncer)" },
	{ "sshguard",
	    "once liptako is trusted: systemctl disable --now sshguard" },
	{ "denyhosts",
	    "once liptako is trusted: systemctl disable --now denyhosts" },
};

static void note_comm(const char *pid, bool seen[static countof(others)])
{
	char path[300], comm[20] = "";
	auto_close int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, comm, sizeof(comm) - 1);
	for (size_t i = 0; i < countof(others) && n > 1; i++)
		seen[i] |= strlen(others[i].comm) == (size_t)n - 1 &&
			   !strncmp(comm, others[i].comm, (size_t)n - 1);
}

/* Two who count the same lines shut out twice, and open at different times. */
static void check_others(struct findings *f)
{
	bool seen[countof(others)] = { false };
	DIR *d = opendir("/proc");
	const struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9')
			note_comm(e->d_name, seen);
	if (d)
		closedir(d);
	for (size_t i = 0; i < countof(others); i++)
		if (seen[i])
			doctor_find(f, GRADE_NOTE, others[i].cure,
			    "%s runs, too: whom it shuts out liptako does not "
			    "know",
			    others[i].comm);
}

void doctor_here(struct findings *f)
{
	check_configuration(f);
	check_others(f);
}
