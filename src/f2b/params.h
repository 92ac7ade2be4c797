/*
 * params - names with parameters: sshd[mode=aggressive, port="22,2222"].
 */
#ifndef LPT_F2B_PARAMS_H
#define LPT_F2B_PARAMS_H

#include "f2b/ini.h"

/* Splits "name[key=value, ...][...]". False: *why says what is wrong. */
bool params_read(struct pool *p, struct str s, const char **name,
    struct opts *ret, const char **why);

/* Cuts the next "name[...]" from a list of them that blanks or lines part;
 * brackets may hold blanks. False: there is no further one. */
bool params_next(struct str *list, struct str *ret);

/* Cuts the next word of a line as a shell would, with quotes and
 * backslashes. 1: *ret is the word; 0: no more; -EINVAL: an open quote. */
int words_next(struct pool *p, struct str *line, const char **ret);

#endif
