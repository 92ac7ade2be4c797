#include "judge/logs.h"

void logs_free(struct logs *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i]->path);
		free(l->v[i]->remarks);
		free(l->v[i]);
	}
	free(l->v);
	free(l->by_id);
	*l = (struct logs){ 0 };
}

struct log *logs_by_key(struct logs *l, uint64_t key)
{
	struct log *g;

	for (size_t i = 0; i < l->n; i++)
		if (l->v[i]->key == key)
			return l->v[i];
	if (l->n >= LOGS_MAX)
		return NULL;
	g = mem_new(1, sizeof(*g));
	g->key = key;
	l->v = mem_grow(l->v, l->n + 1, sizeof(struct log *));
	l->v[l->n++] = g;
	return g;
}

struct log *logs_by_id(const struct logs *l, uint32_t id)
{
	return id < l->n_ids ? l->by_id[id] : NULL;
}

static bool name_id(struct logs *l, uint32_t id, struct log *g)
{
	if (id >= LOGS_MAX)
		return false;
	if (id >= l->n_ids) {
		l->by_id = mem_grow(l->by_id, id + 1, sizeof(struct log *));
		for (size_t i = l->n_ids; i <= id; i++)
			l->by_id[i] = NULL;
		l->n_ids = id + 1;
	}
	l->by_id[id] = g;
	return true;
}

struct log *logs_name(struct logs *l, const struct wire_source *s,
    struct str path)
{
	struct log *g;

	g = logs_by_key(l, s->key);
	if (!g || !name_id(l, s->id, g))
		return NULL;
	g->id = s->id;
	g->live = true;
	g->kind = s->kind;
	g->trust = s->trust;
	g->proxied = s->proxied;
	if (!g->path || !str_eq(str_of(g->path), path)) {
		free(g->path);
		g->path = str_dup(path);
		g->dirty = true;
	}
	return g;
}

struct log *logs_opened(struct logs *l, uint32_t id, uint64_t key)
{
	struct log *g = logs_by_key(l, key);

	if (!g || !name_id(l, id, g))
		return NULL;
	g->id = id;
	g->live = true;
	return g;
}

static struct position *find(struct log *l, uint64_t ino)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->at[i].ino == ino)
			return &l->at[i];
	return NULL;
}

struct position *log_position(struct log *l, uint64_t ino, uint32_t now,
    uint64_t *gone)
{
	struct position *p = find(l, ino);
	bool is_new = !p;

	*gone = 0;
	if (!p && l->n < POSITIONS)
		p = &l->at[l->n++];
	else if (!p) {
		p = &l->at[0];
		for (size_t i = 1; i < l->n; i++)
			if (l->at[i].used < p->used)
				p = &l->at[i];
		*gone = p->ino;
	}
	if (is_new)
		/* an empty log is known, too: else what comes while nobody
		 * runs would lie before the end that is found then */
		*p = (struct position){ .ino = ino, .dirty = true };
	p->used = now;
	return p;
}

bool log_take(struct log *l, struct heard *h, const struct wire_sighting *s,
    uint32_t now, uint64_t *gone)
{
	struct position *p = log_position(l, s->ino, now, gone);

	if (h->ino != s->ino)
		*h = (struct heard){ .ino = s->ino };
	if (s->offset > h->offset) {
		h->offset = s->offset;
		h->n = 0;
	}
	h->n++;
	if (s->offset < p->offset ||
	    (s->offset == p->offset && h->n <= p->n_at)) {
		l->duplicates++;
		return false;
	}
	p->n_at = h->n;
	p->offset = s->offset;
	p->before = 0;
	p->dirty = true;
	l->hit = now;
	return true;
}

void log_progress(struct log *l, const struct wire_progress *w,
    struct str cursor, uint32_t now, uint64_t *gone)
{
	struct position *p = log_position(l, w->ino, now, gone);

	if (w->offset > p->offset) {
		p->offset = w->offset;
		p->n_at = 0;
		p->dirty = true;
	}
	if (w->offset == p->offset && p->n_at == 0 && w->before != p->before) {
		p->before = w->before;
		p->dirty = true;
	}
	if (cursor.n > 0 && cursor.n <= WIRE_CURSOR) {
		memcpy(l->cursor, cursor.p, cursor.n);
		l->cursor[cursor.n] = '\0';
		l->dirty = true;
	}
	l->lines += w->lines;
	l->bytes += w->bytes;
	l->hits += w->hits;
	l->looked = now;
	l->reads = true;
}

/* Streams and datagrams have no offsets that outlive their reader. */
static bool begins_anew(const struct log *l, const struct wire_opened *o,
    const struct position *p)
{
	if (o->again || o->kind == SOURCE_STREAM || o->kind == SOURCE_DATAGRAM)
		return true;
	return o->kind == SOURCE_FILE && o->size < p->offset;
}

static struct wire_resume resume_journal(const struct log *l,
    struct wire_resume r)
{
	r.known = l->cursor[0] != '\0';
	r.n_cursor = (uint32_t)strlen(l->cursor);
	for (size_t i = 0; i < l->n; i++)
		if (l->at[i].offset > r.offset)
			r.offset = l->at[i].offset;
	return r;
}

struct wire_resume log_resume(struct log *l, const struct wire_opened *o)
{
	struct wire_resume r = { .source = o->source, .ino = o->ino };
	struct position *p = find(l, o->ino);

	l->opened = true;
	l->reads = o->kind != SOURCE_FILE;
	l->size = o->size;
	if (o->kind == SOURCE_JOURNAL)
		return resume_journal(l, r);
	if (p && begins_anew(l, o, p)) {
		/* all of it came since; whoever asks next goes on from 0 */
		*p = (struct position){ .ino = p->ino,
			.used = p->used,
			.dirty = true };
		r.rotated = 1;
		return r;
	}
	r.known = p != NULL;
	r.rotated = !p && l->n > 0;
	r.offset = p ? p->offset : 0;
	r.before = p ? p->before : 0;
	return r;
}

void log_remark(struct log *l, const struct wire_remark *r, struct str text,
    uint32_t now)
{
	struct remark_seen *s;

	if (r->what == 0 || r->what >= REMARKS)
		return;
	if (!l->remarks)
		l->remarks = mem_new(REMARKS, sizeof(*l->remarks));
	s = &l->remarks[r->what];
	s->count += r->count;
	s->value = r->value;
	s->rule = r->rule;
	s->last = now;
	if (text.n > 0)
		str_show(text, s->sample, sizeof(s->sample));
}
