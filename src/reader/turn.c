#include "reader/reader.h"

#include "base/log.h"

#include <sys/inotify.h>

enum {
	TELL_AFTER_MS = 20,   /* progress waits so long for more */
	TELL_BYTES = 1 << 20, /* or for so much */
};

bool log_tell(struct reader *r, struct log *l)
{
	struct wire_progress p = { .source = l->of->is.id,
		.ino = l->gen.ino,
		.offset = l->gen.offset,
		.before = gen_before(&l->gen, &r->key),
		.lines = l->lines,
		.bytes = l->bytes,
		.hits = l->hits };

	if (l->of->is.kind == SOURCE_JOURNAL)
		return journal_tell(r);
	if (l->is_told || l->state != LOG_READ)
		return true;
	if (!tell_judge(r, MSG_PROGRESS, &p, sizeof(p), (struct str){ 0 }))
		return false;
	l->is_told = true;
	l->lines = l->bytes = l->hits = 0;
	return true;
}

void sources_tell(struct reader *r)
{
	bool all = true;

	for (struct source *s = r->sources; s; s = s->next)
		for (struct log *l = s->first; l; l = l->next)
			all &= log_tell(r, l);
	r->tell_at.ns = all ? 0 : mono_now().ns + TELL_AFTER_MS * 1000000;
}

void tell_soon(struct reader *r)
{
	if (!r->tell_at.ns)
		r->tell_at.ns = mono_now().ns + TELL_AFTER_MS * 1000000;
}

/* The generation has ended and is read: its last line, its progress, gone. */
static void finish(struct reader *r, struct log *l)
{
	if (l->of->is.kind == SOURCE_FILE && !l->old &&
	    !gen_last(&l->gen, r->buf, see_line, l))
		return;
	if (log_tell(r, l))
		log_free(r, l);
}

static void log_turn(struct reader *r, struct log *l)
{
	uint64_t before = l->gen.offset;
	int e = gen_turn(&l->gen, r->buf, see_line, l);

	if (l->gen.offset != before && e != GEN_AGAIN) {
		l->is_told = false;
		tell_soon(r);
	}
	if (l->bytes >= TELL_BYTES)
		log_tell(r, l);
	l->dirty = e == GEN_MORE || e == GEN_STUCK;
	l->live = e == GEN_IDLE;
	if (e == GEN_AGAIN)
		log_began_anew(r, l);
	else if (e < 0)
		log_warn("log-unreadable source=%u error=\"%s\"", l->of->is.id,
		    strerror(-e));
	if (l->ending && (e == GEN_IDLE || e == GEN_AGAIN || e < 0))
		finish(r, l);
}

/* The older generation is read to its end before the newer one begins. */
static void source_turn(struct reader *r, struct source *s)
{
	for (struct log *l = s->first, *next; l; l = next) {
		next = l->next;
		if (l->state == LOG_NEW)
			log_ask(r, l);
		if (l->state != LOG_READ)
			return;
		if (!l->dirty && !l->ending)
			continue;
		if (s->is.kind == SOURCE_FILE)
			log_turn(r, l);
		else if (s->is.kind == SOURCE_JOURNAL)
			return;
		else
			socket_turn(r, l);
		if (r->is_full || (next && s->first == l && l->dirty))
			return;
	}
}

void sources_turn(struct reader *r)
{
	for (struct source *s = r->sources, *next; s && !r->is_full; s = next) {
		next = s->next;
		line_parser_now(s->parser, r->now);
		source_turn(r, s);
		if (source_is_read(s))
			(void)source_close(r, s);
	}
}

bool sources_are_busy(const struct reader *r)
{
	if (r->is_full)
		return false;
	for (const struct source *s = r->sources; s; s = s->next) {
		if (source_is_read(s))
			return true;
		for (const struct log *l = s->first; l; l = l->next) {
			if (l->state == LOG_ASKED)
				break; /* the newer ones wait, too */
			if (l->dirty || l->ending || l->state == LOG_NEW)
				return true;
		}
	}
	return false;
}

static void all_dirty(struct reader *r)
{
	for (struct source *s = r->sources; s; s = s->next)
		for (struct log *l = s->first; l; l = l->next)
			l->dirty |= s->is.kind == SOURCE_FILE;
}

void watches_read(struct reader *r)
{
	_Alignas(struct inotify_event) char buf[4096];
	ssize_t n = read(r->inotify, buf, sizeof(buf));

	for (ssize_t at = 0; at < n;) {
		const struct inotify_event *e = (void *)(buf + at);
		struct log *l = log_of_watch(r, e->wd);

		if (e->mask & IN_Q_OVERFLOW)
			all_dirty(r);
		else if (l)
			l->dirty = true;
		at += (ssize_t)(sizeof(*e) + e->len);
	}
}
