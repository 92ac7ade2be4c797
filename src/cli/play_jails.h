/*
 * play_jails - the jails of an import in a replay: a log that a jail's files
 * name, or that is mapped to it, is fed to its filter line by line. If there is
 * one jail alone, every log is.
 */
#ifndef LPT_PLAY_JAILS_H
#define LPT_PLAY_JAILS_H

#include "cli/play.h"
#include "cli/stream.h"
#include "line/zone.h"

struct play_jails {
	size_t n;
	struct play_jail *v;
	struct zone *zone;
};

/* Before the jail; not a thing if no rule is of a jail. */
void play_jails_new(struct play_jails *j, const struct play *p);

/* The failures in the stream's current line. */
typedef void play_failure_fn(void *arg, uint16_t rule, const struct addr *who,
    uint32_t at);
void play_jails_see(struct play_jails *j, size_t input, const struct stream *s,
    play_failure_fn *fn, void *arg);

#endif
