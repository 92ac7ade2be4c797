/*
 * drive - what the files of enforcer_drive share: the links to an enforcer
 * that stands under test, and what it said last.
 */
#ifndef LPT_DRIVE_H
#define LPT_DRIVE_H

#include "base/link.h"
#include "base/when.h"
#include "wire/msgs.h"

enum {
	PATIENCE_MS = 20000,
};

struct drive {
	const char *program, *table;
	bool dry;
	pid_t pid;
	struct link warden, judge, who, namer;
	uint64_t id;
	struct wire_done done;
	struct wire_ready ready;
	uint64_t elements, packets, bytes;
	bool quiet;
};
extern struct drive d;

static inline double ms(void)
{
	return (double)mono_now().ns / 1e6;
}

/* Waits for room. */
void drive_say(struct link *l, uint32_t type, const void *body, size_t n,
    int fd);
/* One message of judge's link; its type, MSG_N for the last element, or -1. */
int drive_hear(int timeout);
bool drive_hear_until(int type);
/* A word of a command; other if there is none or it is no number. */
uint32_t drive_number(const char *s, uint32_t other);
uint8_t drive_act(const char *s);

/* Commands: many orders, and how long they take. */
void drive_many(char **w);
void drive_crowd(char **w);
void drive_latency(char **w);

#endif
