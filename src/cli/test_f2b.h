/*
 * test_f2b - a log through one of fail2ban's filters, line by line.
 */
#ifndef LPT_TEST_F2B_H
#define LPT_TEST_F2B_H

#include "cli/cli.h"

struct test_f2b {
	const char *folder;  /* a fail2ban configuration */
	const char *filter;  /* "sshd[mode=aggressive]" */
	const char *logtype; /* NULL: file */
	const char *year;    /* of dates without one; NULL: by the clock */
	const char *zone;    /* NULL: the system's */
	const char *now;     /* what the clock says; NULL: what it says */
	const char *log;     /* "-": standard input */
	bool json;
};

/* The command's exit code. */
int test_f2b(const struct test_f2b *t);

#endif
