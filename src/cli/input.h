/*
 * input - the files that a command was given, opened and not yet read.
 *
 * Opening happens with the operator's own rights, before the jail; what is
 * in them is parsed only inside. A folder stands for the regular files in it
 * and below.
 */
#ifndef LPT_INPUT_H
#define LPT_INPUT_H

#include "base/base.h"

struct input {
	int fd;
	char *name;
	uint64_t size;  /* 0 if not known */
	uint32_t mtime; /* s; now for what is no file */
};

struct inputs {
	size_t n;
	struct input *v;
};

enum {
	INPUTS_MOST = 4096
};

/* Adds a file, a folder, or "-" for standard input. 0 or -errno. */
int inputs_add(struct inputs *in, const char *path);
void inputs_close(struct inputs *in);

#endif
