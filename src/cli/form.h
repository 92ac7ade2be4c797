/*
 * form - the names people give to log formats, and times on a command line.
 */
#ifndef LPT_FORM_H
#define LPT_FORM_H

#include "cli/rulebook.h"
#include "line/record.h"

/* A form of record.h ("syslog", "json"), a service with rules here, or a
 * common name for one of them ("apache2"). An unknown name is told on
 * standard error with those that are known, and each line decides. NULL:
 * each line decides. */
void form_find(const char *name, const struct rulebook *b, enum line_form *form,
    int *service);

/* "2026-11-22", "2026-11-22T10:00", "2026-11-22T10:00:00", with or without
 * "Z", a blank instead of the T: UTC seconds. */
bool form_time(const char *text, uint32_t *ret);

#endif
