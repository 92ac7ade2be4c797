/*
 * ini - one configuration file: sections of options, in the order written.
 *
 * The grammar is the one that fail2ban's files are written in: "key = value"
 * or "key: value", keys in any case, "#" and ";" for comment lines, " ;" for
 * a comment behind a value, deeper indented lines continue a value and blank
 * lines do not end it. What is broken is told with its line and left out; the
 * rest of the file counts.
 */
#ifndef LPT_F2B_INI_H
#define LPT_F2B_INI_H

#include "f2b/pool.h"

enum {
	INI_FILE_MAX = 1 << 20, /* bytes of one file */
	INI_OPTS_MAX = 4096,    /* options of one section */
	INI_SECS_MAX = 1024,    /* sections of one file, and of all together */
};

struct opt {
	const char *key;
	const char *val;  /* NULL: there, but without a usable value */
	const char *file; /* where it was written; NULL: nowhere, we made it */
	unsigned line;
};

struct opts {
	struct opt *v;
	size_t n, size;
};

struct section {
	const char *name;
	struct opts opts;
};

struct ini {
	struct opts defaults; /* of [DEFAULT] */
	struct section *v;
	size_t n, size;
};

typedef void ini_fault(void *arg, const char *file, unsigned line,
    const char *what);

const struct opt *opts_get(const struct opts *o, const char *key);
/* The last whose key is this but for the case. */
const struct opt *opts_any(const struct opts *o, const char *key);
/* Sets or appends; an option that is there keeps its place. False: full. */
bool opts_put(struct pool *p, struct opts *o, struct opt with);
void opts_update(struct pool *p, struct opts *o, const struct opts *with);

struct section *ini_section(const struct ini *i, const char *name);
/* Made if it is not there; NULL: full. */
struct section *ini_make(struct pool *p, struct ini *i, const char *name);

/* file is kept by reference. Everything else is copied into the pool. */
void ini_parse(struct pool *p, const char *file, struct str bytes,
    ini_fault *fault, void *arg, struct ini *ret);

#endif
