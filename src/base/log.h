/*
 * log - our own events, one line each, to standard error or syslog(3).
 *
 * The first word of every line is the event's name (lower case, hyphens); the
 * rest is key=value; strangers' bytes go through str_show first. The names
 * and keys are listed in liptako-events(7). Lines go to the inherited syslog
 * socket once log_to_syslog was called, else to standard error. We never
 * read our own lines: the identifier is "liptako" and readers skip it.
 */
#ifndef LPT_LOG_H
#define LPT_LOG_H

#include "base/base.h"

/* Says who speaks, before the first line: "judge". */
void log_open(const char *program);
/* From now on through this connected datagram socket (/dev/log); taken. */
void log_to_socket(int fd);

void log_note(const char *fmt, ...) PRINTF(1, 2);
void log_warn(const char *fmt, ...) PRINTF(1, 2);
void log_err(const char *fmt, ...) PRINTF(1, 2);

#endif
