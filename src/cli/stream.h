/*
 * stream - one log as records with times, one after the other.
 *
 * A line without a date has the date of the line before it; before the first
 * dated line, that one's, and in a log without any the file's own.
 */
#ifndef LPT_STREAM_H
#define LPT_STREAM_H

#include "cli/input.h"
#include "cli/unpack.h"
#include "line/frame.h"
#include "line/proxy.h"
#include "line/record.h"

struct stream {
	const struct input *input;
	struct line_parser *parser;
	enum line_form form;
	struct unpack *unpack;
	struct frame frame;
	char *buffer;
	struct record rec; /* the current line, until stream_next */
	uint32_t at;       /* its time, s */
	uint32_t last;     /* that of the line before, as written */
	uint32_t fold;     /* what the clock was set back since, s */
	bool whole;        /* all of it was read, */
	bool ended;        /* and given */
	int error;         /* -errno that cut it short, or 0 */
	uint64_t lines, bytes;
	uint64_t refills;    /* times the file was read from */
	struct heavy *heavy; /* who makes most of its requests; or NULL */
};

/* Before the jail: zone tables are files. -EINVAL for an unknown zone. */
int stream_init(struct stream *s, const struct input *in, enum line_form form,
    const char *zone, uint32_t now);
/* Inside the jail: the first record, unless *ended. size: of the buffer. */
void stream_start(struct stream *s, size_t size);
void stream_next(struct stream *s);
void stream_fini(struct stream *s);

#endif
