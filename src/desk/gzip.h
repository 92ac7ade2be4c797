/*
 * gzip - packing of answers, and unpacking of what agents send, bounded.
 */
#ifndef LPT_DESK_GZIP_H
#define LPT_DESK_GZIP_H

#include "base/str.h"

enum {
	GZIP_OK,
	GZIP_E_LONG,  /* more than max bytes come of it */
	GZIP_E_WRONG, /* no gzip, or cut off */
};

/* *ret is NUL-ended and the caller's. */
int gunzip(struct str packed, size_t max, char **ret, size_t *ret_n);
/* The caller's. */
void gzip(struct str plain, char **ret, size_t *ret_n);

#endif
