#include "cli/stream.h"

int stream_init(struct stream *s, const struct input *in, enum line_form form,
    const char *zone, uint32_t now)
{
	*s = (struct stream){ .input = in, .form = form, .at = now };
	return line_parser_new(&s->parser, zone, now);
}

enum {
	/* Summer time ends: a log without a zone goes back by an hour, less
	 * what passed between two of its lines. */
	FOLD = 3600,
	FOLD_SLACK = 60,
	LOOK_AHEAD = 64 << 10, /* bytes for a first date */
};

/* The hour that comes twice is counted on, until the dates leave it. */
static uint32_t unfolded(struct stream *s, uint32_t at)
{
	int64_t step = (int64_t)at - s->last;

	s->last = at;
	if (step >= -FOLD && step <= FOLD_SLACK - FOLD)
		s->fold = FOLD;
	else if (step >= FOLD || step < -FOLD_SLACK)
		s->fold = 0;
	return at + s->fold;
}

static void take_line(struct stream *s, const struct frame_line *line)
{
	s->lines++;
	s->bytes += line->next - line->at;
	line_parse(s->parser, s->form, line->text, &s->rec);
	if (s->rec.has_time)
		s->at = unfolded(s, s->rec.at);
}

/* False at the end of the file. */
static kept_aside bool refill(struct stream *s)
{
	size_t room;
	char *to;
	ssize_t n;

	if (s->whole)
		return false;
	to = frame_room(&s->frame, &room);
	n = unpack_read(s->unpack, to, room);
	s->refills++;
	if (n < 0)
		s->error = (int)n;
	if (n > 0)
		frame_add(&s->frame, (size_t)n);
	s->whole = n <= 0;
	return !s->whole;
}

void stream_next(struct stream *s)
{
	struct frame_line line;

	while (!frame_next(&s->frame, &line)) {
		if (refill(s))
			continue;
		s->ended = !frame_last(&s->frame, &line);
		if (!s->ended)
			break;
		unpack_free(&s->unpack);
		free_ptr(&s->buffer);
		return;
	}
	take_line(s, &line);
}

/* Lines before the first date are of its time: the file's own lies later. */
static void look_ahead(struct stream *s)
{
	struct str line, rest;

	if (!s->input->size)
		return; /* somebody may be typing it */
	while (s->frame.to - s->frame.from < LOOK_AHEAD && refill(s))
		;
	rest = (struct str){ s->frame.buf + s->frame.from,
		s->frame.to - s->frame.from };
	while (frame_cut(&rest, &line)) {
		if (!rest.n && !s->whole)
			return; /* its end may be missing */
		line_parse(s->parser, s->form, line, &s->rec);
		if (s->rec.has_time) {
			s->at = s->last = s->rec.at;
			return;
		}
	}
}

void stream_start(struct stream *s, size_t size)
{
	unpack_new(&s->unpack, s->input->fd);
	s->buffer = mem_new(1, size);
	frame_init(&s->frame, s->buffer, size, 0);
	look_ahead(s);
	stream_next(s);
}

void stream_fini(struct stream *s)
{
	unpack_free(&s->unpack);
	free_ptr(&s->buffer);
	free_ptr(&s->heavy);
	line_parser_free(&s->parser);
}
