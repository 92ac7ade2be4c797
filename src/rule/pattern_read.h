/*
 * pattern_read - inside the pattern room: what reading a pattern's parts and
 * its groups share.
 *
 * A reader walks over the pattern's text, emits PCRE2's words for it and adds
 * the parts that we understand to the sequence at hand.
 */
#ifndef LPT_PATTERN_READ_H
#define LPT_PATTERN_READ_H

#include "rule/pattern.h"

/* A growing run of bytes. */
struct text {
	char *p;
	size_t n, room;
};

struct pattern_reader {
	struct str in; /* what is still to be read */
	struct pattern *p;
	struct text out;
	bool opaque; /* options or verbs change what the rest means */
	char *why;
	int depth;
	bool after_literal; /* what was emitted last was a literal byte */
};

void reader_text(struct text *t, const void *p, size_t n);
void reader_emit(struct pattern_reader *r, const char *z);
/* Says why and returns -EINVAL. */
int reader_bad(struct pattern_reader *r, const char *fmt, ...) PRINTF(2, 3);

static inline bool reader_more(const struct pattern_reader *r)
{
	return r->in.n > 0;
}

static inline char reader_peek(const struct pattern_reader *r, size_t i)
{
	return i < r->in.n ? r->in.p[i] : '\0';
}

static inline void reader_skip(struct pattern_reader *r, size_t n)
{
	r->in = str_from(r->in, n);
}

struct part *sequence_add(struct sequence *s, enum part_kind kind);
void sequence_drop(struct sequence *s);

struct times {
	bool given, plain; /* plain: neither possessive nor beyond us */
	uint32_t min, max;
};

/* Reads and emits a quantifier if one stands here. */
struct times reader_quantifier(struct pattern_reader *r);

/* At a '<', a '\\', a '['. */
int reader_field(struct pattern_reader *r, struct sequence *s);
int reader_escape(struct pattern_reader *r, struct sequence *s);
int reader_class(struct pattern_reader *r, struct sequence *s);
/* After a set of bytes, or a byte that stands for itself, was emitted: what
 * quantifier it has. */
void reader_set(struct pattern_reader *r, struct sequence *s,
    const struct byteset *set);
void reader_byte(struct pattern_reader *r, struct sequence *s, char c);
/* len bytes go to PCRE2 as they are. */
void reader_raw(struct pattern_reader *r, struct sequence *s, size_t len);

#endif
