#include "line/frame.h"

void frame_init(struct frame *f, void *buf, size_t size, uint64_t at)
{
	assert(size >= FRAME_MIN && size <= UINT32_MAX);
	*f = (struct frame){ .buf = buf, .size = size, .at = at };
}

/* A line without an end fills the buffer: keep its head, drop the rest. */
static void drop_tail(struct frame *f)
{
	size_t n = f->to - f->from;

	if (n <= FRAME_LINE + 1) /* perhaps a CR of its end */
		return;
	f->dropped += n - FRAME_LINE;
	f->to = f->from + FRAME_LINE;
}

char *frame_room(struct frame *f, size_t *size)
{
	/* all lines were taken, or the buffer is not full: see frame_next */
	if (f->size - f->to < f->size / 4) {
		drop_tail(f);
		if (f->from)
			memmove(f->buf, f->buf + f->from, f->to - f->from);
		f->to -= f->from;
		f->seen =
		    f->n_ends > f->next_end ? 0 : MIN(f->seen - f->from, f->to);
		f->from = f->n_ends = f->next_end = 0;
	}
	*size = f->size - f->to;
	assert(*size > 0);
	return f->buf + f->to;
}

void frame_add(struct frame *f, size_t n)
{
	assert(n <= f->size - f->to);
	f->to += n;
}

/* The line from f->from up to end; its end takes so many bytes. */
static void give(struct frame *f, const char *end, size_t end_len,
    struct frame_line *ret)
{
	const char *p = f->buf + f->from;
	size_t n = (size_t)(end - p);

	ret->at = f->at;
	ret->next = f->at + f->dropped + n + end_len;
	ret->cut = f->dropped > 0 || n > FRAME_LINE + 1 ||
		   (n == FRAME_LINE + 1 && p[FRAME_LINE] != '\r');
	if (ret->cut) {
		n = FRAME_LINE;
		f->cut++;
	} else if (end_len && n && p[n - 1] == '\r') {
		n--;
	}
	ret->text = (struct str){ p, n };
	f->from = (size_t)(end - f->buf) + end_len;
	f->at = ret->next;
	f->dropped = 0;
}

/* The next ends, if there are any. */
static bool find_ends(struct frame *f)
{
	size_t i = f->seen;
	unsigned n = 0;

	for (; f->to - i >= ENDS_BLOCK && n < FRAME_ENDS; i += ENDS_BLOCK)
		n = ends_add(f->ends, n, (uint32_t)i,
		    ends_of_block(f->buf + i));
	for (; f->to - i < ENDS_BLOCK && i < f->to && n < FRAME_ENDS; i++) {
		const char *lf = memchr(f->buf + i, '\n', f->to - i);

		i = lf ? (size_t)(lf - f->buf) : f->to - 1;
		if (lf)
			f->ends[n++] = (uint32_t)i;
	}
	f->seen = i;
	f->n_ends = n;
	f->next_end = 0;
	return n;
}

bool frame_next(struct frame *f, struct frame_line *ret)
{
	if (f->next_end == f->n_ends && !find_ends(f))
		return false;
	give(f, f->buf + f->ends[f->next_end++], 1, ret);
	return true;
}

bool frame_last(struct frame *f, struct frame_line *ret)
{
	if (f->to == f->from && !f->dropped)
		return false;
	give(f, f->buf + f->to, 0, ret);
	return true;
}

bool frame_cut(struct str *rest, struct str *line)
{
	const char *lf;
	size_t n;

	if (rest->n == 0)
		return false;
	lf = memchr(rest->p, '\n', rest->n);
	n = lf ? (size_t)(lf - rest->p) : rest->n;
	*line = (struct str){ rest->p, n };
	*rest = str_from(*rest, n + (lf != NULL));
	if (lf && n && line->p[n - 1] == '\r')
		line->n--;
	*line = str_head(*line, FRAME_LINE);
	return true;
}
