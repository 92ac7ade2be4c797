#include "judge/logs.h"

static void log_free(struct log *g)
{
	free(g->path);
	free(g->remarks);
	free(g);
}

void logs_free(struct logs *l)
{
	for (size_t i = 0; i < l->n; i++)
		log_free(l->v[i]);
	free(l->v);
	free(l->ids);
	*l = (struct logs){ 0 };
}

static uint32_t used(const struct log *g)
{
	uint32_t last = MAX(g->looked, g->hit);

	for (size_t i = 0; i < g->n; i++)
		last = MAX(last, g->at[i].used);
	return last;
}

/* The journal never. False: all of them are read. */
static bool give_way(struct logs *l)
{
	size_t at = l->n;

	for (size_t i = 0; i < l->n; i++)
		if (l->v[i]->n_ids == 0 && !l->v[i]->cursor[0] &&
		    (at == l->n || used(l->v[i]) < used(l->v[at])))
			at = i;
	if (at == l->n)
		return false;
	if (l->forgot)
		l->forgot(l->arg, l->v[at]);
	log_free(l->v[at]);
	l->v[at] = l->v[--l->n];
	return true;
}

struct log *logs_by_key(struct logs *l, uint64_t key)
{
	struct log *g;

	for (size_t i = 0; i < l->n; i++)
		if (l->v[i]->key == key)
			return l->v[i];
	if (l->n >= LOGS_MAX && !give_way(l))
		return NULL;
	g = mem_new(1, sizeof(*g));
	g->key = key;
	l->v = mem_grow(l->v, l->n + 1, sizeof(struct log *));
	l->v[l->n++] = g;
	return g;
}

/* Where that number stands, or would. */
static size_t place_of(const struct logs *l, uint32_t id)
{
	size_t lo = 0, hi = l->n_ids;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (l->ids[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct log_id *find_id(const struct logs *l, uint32_t id)
{
	size_t at = place_of(l, id);

	return at < l->n_ids && l->ids[at].id == id ? &l->ids[at] : NULL;
}

struct log *logs_by_id(const struct logs *l, uint32_t id)
{
	const struct log_id *i = find_id(l, id);

	return i ? i->log : NULL;
}

/* NULL: a number too many, or one of another log. */
static struct log_id *take_id(struct logs *l, uint32_t id, struct log *g)
{
	size_t at = place_of(l, id);

	if (at == l->n_ids || l->ids[at].id != id) {
		if (l->n_ids >= 2 * LOGS_MAX)
			return NULL;
		l->ids = mem_grow(l->ids, l->n_ids + 1, sizeof(*l->ids));
		memmove(&l->ids[at + 1], &l->ids[at],
		    (l->n_ids - at) * sizeof(*l->ids));
		l->ids[at] = (struct log_id){ .id = id, .log = g };
		l->n_ids++;
		g->n_ids++;
	}
	if (l->ids[at].log != g)
		return NULL;
	g->id = id;
	g->live = true;
	return &l->ids[at];
}

/* A log may have come back under another number meanwhile. */
static void forget_id(struct logs *l, struct log_id *i)
{
	size_t at = (size_t)(i - l->ids);

	if (i->named || i->opened)
		return;
	if (i->log->id == i->id)
		i->log->live = i->log->opened = false;
	i->log->n_ids--;
	memmove(i, i + 1, (--l->n_ids - at) * sizeof(*i));
}

void logs_over(struct logs *l, uint32_t id)
{
	struct log_id *i = find_id(l, id);

	if (!i)
		return;
	i->named = false;
	if (i->log->id == id)
		i->log->live = false;
	forget_id(l, i);
}

void logs_closed(struct logs *l, uint32_t id)
{
	struct log_id *i = find_id(l, id);

	if (!i)
		return;
	i->opened = false;
	forget_id(l, i);
}

void logs_reader_gone(struct logs *l, uint32_t reader)
{
	for (size_t i = l->n_ids; i-- > 0;)
		if (l->ids[i].opened && l->ids[i].reader == reader) {
			l->ids[i].opened = false;
			forget_id(l, &l->ids[i]);
		}
}

struct log *logs_name(struct logs *l, const struct wire_source *s,
    struct str path)
{
	struct log *g = logs_by_key(l, s->key);
	struct log_id *i = g ? take_id(l, s->id, g) : NULL;

	if (!i)
		return NULL;
	i->named = true;
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

struct log *logs_opened(struct logs *l, uint32_t id, uint64_t key,
    uint32_t reader)
{
	struct log *g = logs_by_key(l, key);
	struct log_id *i = g ? take_id(l, id, g) : NULL;

	if (!i)
		return NULL;
	i->opened = true;
	i->reader = reader;
	return g;
}

/* Sources are opened in the order of their numbers, mostly. */
static size_t heard_at(const struct heard *v, size_t n, uint32_t id)
{
	size_t lo = 0;

	while (lo < n) {
		size_t mid = lo + (n - lo) / 2;

		if (v[mid].id < id)
			lo = mid + 1;
		else
			n = mid;
	}
	return lo;
}

struct heard *heard_of(struct heard **v, size_t *n, uint32_t id)
{
	size_t at = heard_at(*v, *n, id);

	if (at < *n && (*v)[at].id == id)
		return &(*v)[at];
	*v = mem_grow(*v, *n + 1, sizeof(**v));
	memmove(&(*v)[at + 1], &(*v)[at], (*n - at) * sizeof(**v));
	(*v)[at] = (struct heard){ .id = id };
	++*n;
	return &(*v)[at];
}

void heard_forget(struct heard *v, size_t *n, uint32_t id)
{
	size_t at = heard_at(v, *n, id);

	if (at == *n || v[at].id != id)
		return;
	--*n;
	memmove(&v[at], &v[at + 1], (*n - at) * sizeof(*v));
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
		*h = (struct heard){ .id = h->id, .ino = s->ino };
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
