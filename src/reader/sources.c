#include "reader/reader.h"

#include "base/log.h"

#include <sys/stat.h>

struct source *source_of(struct reader *r, uint32_t id)
{
	struct source *s = r->sources;

	while (s && s->is.id != id)
		s = s->next;
	return s;
}

static const struct line_parser *zoned(const struct reader *r, const char *zone)
{
	for (size_t i = 1; i < r->n_zones; i++)
		if (strcmp(r->zones[i].zone, zone) == 0)
			return r->zones[i].parser;
	if (zone[0])
		log_warn("zone-unknown zone=%s", zone);
	return r->zones[0].parser;
}

struct source *source_make(struct reader *r, const struct wire_source *w)
{
	struct source *s = mem_new(1, sizeof(*s));

	s->is = *w;
	line_parser_like(&s->parser, zoned(r, w->zone));
	s->next = r->sources;
	r->sources = s;
	r->n_sources++;
	return s;
}

/* The kernel counts watches up and up, whatever became of earlier ones. */
static struct log **watch_slot(const struct reader *r, int watch)
{
	return &r->by_watch[(unsigned)watch % WATCHES];
}

static void watch_map(struct reader *r, struct log *l)
{
	if (!r->by_watch)
		r->by_watch = mem_new(WATCHES, sizeof(*r->by_watch));
	if (l->watch >= 0)
		*watch_slot(r, l->watch) = l;
}

struct log *log_of_watch(const struct reader *r, int watch)
{
	struct log *l =
	    r->by_watch && watch >= 0 ? *watch_slot(r, watch) : NULL;

	if (l && l->watch == watch)
		return l;
	for (const struct source *s = r->sources; s; s = s->next)
		for (l = s->first; l; l = l->next)
			if (l->watch == watch)
				return l;
	return NULL;
}

void log_ask(struct reader *r, struct log *l)
{
	struct source *s = l->of;
	struct wire_opened o = { .source = s->is.id,
		.key = s->is.key,
		.dev = l->gen.dev,
		.ino = l->gen.ino,
		.kind = s->is.kind,
		.fresh = l->fresh,
		.again = l->again };
	struct stat st;

	if (s->is.kind == SOURCE_FILE && fstat(l->gen.fd, &st) == 0)
		o.size = (uint64_t)st.st_size;
	if (tell_judge(r, MSG_OPENED, &o, sizeof(o), (struct str){ 0 }))
		l->state =
		    s->is.kind == SOURCE_STREAM || s->is.kind == SOURCE_DATAGRAM
			? LOG_READ
			: LOG_ASKED;
}

static struct log *log_make(struct source *s, const struct wire_source *w,
    int *fd)
{
	struct log *l = mem_new(1, sizeof(*l)), **at = &s->first;

	l->of = s;
	l->gen.fd = take_fd(fd);
	l->gen.dev = w->dev;
	l->gen.ino = w->ino;
	l->watch = w->watch;
	l->fresh = w->fresh;
	l->old = w->old;
	l->is_told = true;
	while (*at)
		at = &(*at)->next;
	*at = l;
	return l;
}

static void jails_of(struct source *s, struct str jails)
{
	s->n_jails = jails.n / sizeof(int32_t);
	free(s->jails);
	s->jails = mem_new(s->n_jails + 1, sizeof(*s->jails));
	if (jails.n)
		memcpy(s->jails, jails.p, jails.n);
}

void source_add(struct reader *r, const struct wire_source *w, struct str jails,
    int *fd)
{
	struct source *s = source_of(r, w->id);
	struct log *l;

	if (*fd < 0 || w->kind > SOURCE_DATAGRAM ||
	    (!s && r->n_sources >= SOURCES))
		return;
	if (!s)
		s = source_make(r, w);
	jails_of(s, jails);
	for (l = s->first; l; l = l->next)
		if (l->gen.ino == w->ino && l->gen.dev == w->dev &&
		    !l->ending && w->kind == SOURCE_FILE)
			return;
	l = log_make(s, w, fd);
	if (w->kind != SOURCE_FILE) {
		/* no offset outlives us: each start is a generation */
		l->gen.ino = (uint64_t)wall_now().ns;
		socket_begin(r, l);
	}
	watch_map(r, l);
	log_ask(r, l);
}

void log_free(struct reader *r, struct log *l)
{
	struct log **at = &l->of->first;

	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	if (r->by_watch && l->watch >= 0 && *watch_slot(r, l->watch) == l)
		*watch_slot(r, l->watch) = NULL;
	socket_free(r, l);
	close(l->gen.fd);
	jail_line_free(&l->jail_line);
	free(l);
}

/* Read to the end first: turn.c closes it then. */
void source_end(struct reader *r, const struct wire_source *w)
{
	struct source *s = source_of(r, w->id);

	if (s && w->ino == 0)
		s->is_over = true;
	for (struct log *l = s ? s->first : NULL; l; l = l->next)
		if (w->ino == 0 || l->gen.ino == w->ino) {
			l->ending = true;
			l->dirty = true;
		}
}

bool source_is_read(const struct source *s)
{
	return s->is_over && !s->first;
}

bool source_close(struct reader *r, struct source *s)
{
	struct wire_over over = { s->is.id };
	struct source **at = &r->sources;

	if (!tell_judge(r, MSG_CLOSED, &over, sizeof(over), (struct str){ 0 }))
		return false;
	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	r->n_sources--;
	line_parser_free(&s->parser);
	free(s->jails);
	free(s->heavy);
	free(s);
	return true;
}

void sources_ask_again(struct reader *r)
{
	for (struct source *s = r->sources; s; s = s->next)
		for (struct log *l = s->first; l; l = l->next) {
			l->state = LOG_NEW;
			l->n_sent = 0;
			log_ask(r, l);
		}
}

/* The inode began anew: judge must forget its offset before the first line
 * from the start is told. */
void log_began_anew(struct reader *r, struct log *l)
{
	log_note("log-truncated source=%u", l->of->is.id);
	l->again = true;
	l->n_sent = 0;
	l->begin = 0;
	gen_seek(&l->gen, 0);
	jails_anew(l);
	l->state = LOG_NEW;
	l->is_told = true;
	log_ask(r, l);
}

/* Not what judge knows to stand before the offset: it was truncated while
 * nobody looked, and has grown beyond it. */
static bool is_another(const struct reader *r, const struct log *l,
    const struct wire_resume *m)
{
	struct gen g = l->gen;

	gen_seek(&g, m->offset);
	return m->before && m->before != gen_before(&g, &r->key);
}

static void resume_log(struct reader *r, struct log *l,
    const struct wire_resume *m)
{
	struct stat st = { 0 };
	uint64_t size = fstat(l->gen.fd, &st) == 0 ? (uint64_t)st.st_size : 0;
	uint64_t from = size;

	/* shorter than what was read of it, or another text */
	if (m->known && !l->again &&
	    (m->offset > size || is_another(r, l, m))) {
		log_began_anew(r, l);
		return;
	}
	if (l->old && !m->known) {
		l->ending = true;
		from = size;
	} else if (m->known && !l->again) {
		from = m->offset;
	} else if (l->has_begun) {
		/* judge died before it kept anything: all of ours again */
		from = l->begin;
	} else if (m->rotated || l->fresh || l->again) {
		from = 0;
	}
	gen_seek(&l->gen, from);
	if (!l->has_begun || l->again)
		l->begin = l->gen.offset;
	l->has_begun = true;
	l->state = LOG_READ;
	l->dirty = true;
	l->live = false;
	l->n_sent = 0;
	/* where it begins is told at once, or a crash before the first line
	 * would begin at the end that the log has then */
	l->is_told = false;
	if (!log_tell(r, l))
		tell_soon(r);
	tell_soon(r);
}

void source_resume(struct reader *r, const struct wire_resume *m,
    struct str cursor)
{
	struct source *s = source_of(r, m->source);

	if (s && s == r->journal.source) {
		journal_resume(r, m, cursor);
		return;
	}
	for (struct log *l = s ? s->first : NULL; l; l = l->next)
		if (l->gen.ino == m->ino && l->state == LOG_ASKED)
			resume_log(r, l, m);
}

void source_ack(struct reader *r, const struct wire_ack *m)
{
	struct source *s = source_of(r, m->source);

	for (struct log *l = s ? s->first : NULL; l; l = l->next)
		if (l->gen.ino == m->ino && l->state == LOG_READ) {
			l->again = false;
			l->fresh = false;
		}
}
