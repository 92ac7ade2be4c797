/*
 * play - logs judged on a virtual clock, inside the reader's jail.
 *
 * The parent opens, compiles the rules, forks and reads fixed-size words from
 * a pipe; the child enters the jail, and only then looks at the first byte of a
 * log. Several logs are read side by side in the order of their times,
 * so that rotated files and those of several services become one story.
 */
#ifndef LPT_PLAY_H
#define LPT_PLAY_H

#include "cli/input.h"
#include "cli/rulebook.h"
#include "cli/tally.h"
#include "cli/timeline.h"
#include "rule/match.h"

struct play {
	struct rulebook *book;
	const struct inputs *in;
	enum line_form form;
	int service;      /* what the logs are mapped to, or -1 */
	const char *zone; /* or NULL */
	uint32_t now;     /* s; dates without a year are near it; 0: each
			     file's own time */
	bool immunity;
	uint32_t since, until; /* events outside are skipped; until 0: none */
	struct matcher *matcher;
	/* If PCRE2 interprets more often than this, the child ends with
	 * PLAY_AGAIN; 0: never. */
	uint64_t slow_most;
};

/* What comes through the pipe: a head, then a body of that kind's size. */
enum play_word {
	PLAY_PROGRESS,
	PLAY_TROUBLE,
	PLAY_NAMED,
	PLAY_AGAIN, /* struct match_used: make code of these, begin again */
	PLAY_END
};

struct play_progress {
	uint64_t taken; /* bytes of the files themselves */
	uint64_t lines;
};

struct play_trouble {
	uint32_t input; /* which of the inputs */
	int32_t error;  /* -errno */
};

struct play_end {
	uint64_t lines, bytes, matched, undated, ambiguous, over_limit;
	uint64_t late, pushed_out;
	uint64_t subjects;
	uint32_t from, to;     /* the logs' times */
	struct timeline times; /* kind 0: hits, 1: rulings */
};

/* The child: writes words to fd and ends the process. */
_Noreturn void play_child(const struct play *p, int fd);

#endif
