/*
 * pages - the files of web/, compiled in.
 *
 * tools/embed makes pages_made.c of them at build time: each as it is and
 * packed, with a tag that changes when the bytes do. web/index.html is "/".
 * A new file is named in web/meson.build, and that is all.
 */
#ifndef LPT_DESK_PAGES_H
#define LPT_DESK_PAGES_H

#include "desk/http.h"

struct page {
	const char *path; /* "/style.css" */
	const char *type, *tag;
	const uint8_t *plain, *packed; /* packed NULL: it gains nothing */
	size_t n_plain, n_packed;
};
extern const struct page pages[]; /* ends with a NULL path */

extern const struct http_route page_routes[];

#endif
