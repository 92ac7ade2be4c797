/*
 * pack - rule files one after another, as warden hands them on.
 *
 * Each file is headed by a line "%%% SIZE PATH\n" and followed by SIZE bytes.
 * Warden only strings them together; who needs the rules takes them apart
 * with pack_next and parses each with rules_load, so every program numbers
 * the rules alike.
 */
#ifndef LPT_PACK_H
#define LPT_PACK_H

#include "base/str.h"

enum {
	PACK_MAX = 8 << 20, /* bytes, all files together */
	PACK_HEAD = 4200,   /* longest head line */
};

/* The head line for a file; returns its length, 0 if the path cannot be
 * written in one. */
size_t pack_head(const char *path, size_t size, char to[static PACK_HEAD]);

/* Takes the next file off *left; false at the end, or at the first byte that
 * is no pack (then *left is not empty). */
bool pack_next(struct str *left, struct str *path, struct str *text);

#endif
