/*
 * secret - a word that shall not stand on a command line.
 *
 * Arguments are seen by everybody who runs ps. Where one is a secret, "-"
 * stands for a line of standard input; on a terminal it is asked for, and not
 * shown while it is typed.
 */
#ifndef LPT_CLI_SECRET_H
#define LPT_CLI_SECRET_H

#include "cli/cli.h"

/* given, or the line that "-" stands for, without blanks around it. CLI_OK,
 * or says what is wrong. what: "the token". */
int secret_take(const char *command, const char *given, const char *what,
    char *to, size_t size);

#endif
