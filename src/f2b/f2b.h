/*
 * f2b - reads a fail2ban configuration folder as fail2ban does.
 *
 * Its files, their includes and overrides, %(name)s, <tag>, known/ and the
 * parameters in brackets give, for every enabled jail, the stream of commands
 * that fail2ban's client would send to its server. Only the configuration is
 * needed. A jail that is broken becomes one "config-error" command and the
 * others go on; every fault is told with file, line and what to do.
 */
#ifndef LPT_F2B_H
#define LPT_F2B_H

#include "f2b/pool.h"

enum {
	F2B_TEXT_MAX = 256 * 1024, /* bytes of one value when it is expanded */
	F2B_STEPS_MAX = 20000,     /* replacements in one filter or action */
	F2B_FILES_MAX = 256, /* files of one filter, action or jail list */
	F2B_CHAIN_MAX = 16,  /* includes within includes */
	F2B_JAILS_MAX = 1024,
};

/* The way to the files; a test or a fuzz target brings its own. */
struct f2b_door {
	/* The file's bytes, the caller frees: 0 or -errno; -EFBIG over max. */
	int (*read)(void *arg, const char *path, size_t max, char **ret,
	    size_t *n);
	/* Each name that the pattern finds, in the order of their bytes. */
	void (*glob)(void *arg, const char *pattern,
	    void (*found)(void *to, const char *path), void *to);
	void *arg;
};

extern const struct f2b_door f2b_disk;

struct f2b_fault {
	const char *jail; /* NULL: of none alone */
	const char *file; /* NULL: not known */
	unsigned line;    /* 0: not known */
	const char *what;
};

typedef void f2b_tell(void *arg, const struct f2b_fault *fault);

enum f2b_kind {
	F2B_TEXT,  /* text */
	F2B_WORD,  /* a number, True, False or None, as Python writes it */
	F2B_LIST,  /* v, n */
	F2B_TABLE, /* v, n: name, value, name, value */
};

struct f2b_val {
	enum f2b_kind kind;
	const char *text;
	struct f2b_val *v;
	size_t n, size;
	const char *file; /* of a command: where it was written, or NULL */
	unsigned line;
};

struct f2b;

/* version is what %(fail2ban_version)s gives. 0, or -ENOENT without any jail
 * file; faults of single jails are told and are no error here. */
int f2b_read(struct f2b **ret, const struct f2b_door *door, const char *folder,
    const char *version, f2b_tell *tell, void *arg);
/* A list of lists, the reading's own. */
const struct f2b_val *f2b_stream(const struct f2b *f);
void f2b_free(struct f2b **f);

/* As fail2ban-client -d prints it. */
void f2b_show(const struct f2b_val *v, struct text *to);

#endif
