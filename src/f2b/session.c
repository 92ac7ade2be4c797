#include "f2b/session.h"

#define NONE UINT16_MAX

enum {
	BUCKETS = SESSIONS * 2,
};

struct place {
	uint16_t at, n; /* at is NONE: not said */
};

struct session {
	uint16_t next;          /* in its bucket */
	uint16_t before, after; /* in the order of age */
	uint16_t n_key;         /* bytes of the key, the first of the text */
	bool live, pending, nofail, gained;
	uint8_t n_users;
	uint16_t n; /* of the text */
	uint16_t size;
	uint32_t lines, nofail_lines;
	int64_t since;
	uint64_t hash;
	struct place users[SESSION_USERS];
	struct place *fact;
	char *text;
};

struct sessions {
	struct hash_key key;
	size_t n_facts;
	uint16_t oldest, newest; /* the forgotten ones are the oldest */
	uint16_t bucket[BUCKETS];
	struct session v[SESSIONS];
	struct place *places;
	struct str users[SESSION_USERS];
	char *spare; /* where a session's text is put together */
};

void sessions_new(struct sessions **ret, size_t n_facts)
{
	struct sessions *s = mem_new(1, sizeof(*s));

	s->key = hash_key_new();
	s->n_facts = n_facts;
	s->places = mem_new(SESSIONS * n_facts, sizeof(*s->places));
	s->spare = mem_new(1, SESSION_TEXT);
	memset(s->bucket, 0xff, sizeof(s->bucket));
	for (size_t i = 0; i < SESSIONS; i++) {
		s->v[i].fact = s->places + i * n_facts;
		s->v[i].before = i ? (uint16_t)(i - 1) : NONE;
		s->v[i].after = i + 1 < SESSIONS ? (uint16_t)(i + 1) : NONE;
	}
	s->newest = SESSIONS - 1;
	*ret = s;
}

void sessions_free(struct sessions **sp)
{
	struct sessions *s = *sp;

	if (!s)
		return;
	for (size_t i = 0; i < SESSIONS; i++)
		free(s->v[i].text);
	free(s->places);
	free(s->spare);
	free_ptr(sp);
}

static struct str said(const struct session *e, struct place p)
{
	return p.at == NONE ? (struct str){ 0 }
			    : (struct str){ e->text + p.at, p.n };
}

/* Out of the order of age, and in again as the oldest or the newest. */
static void move_to_end(struct sessions *s, struct session *e, bool oldest)
{
	uint16_t me = (uint16_t)(e - s->v);

	*(e->before == NONE ? &s->oldest : &s->v[e->before].after) = e->after;
	*(e->after == NONE ? &s->newest : &s->v[e->after].before) = e->before;
	e->before = oldest ? NONE : s->newest;
	e->after = oldest ? s->oldest : NONE;
	*(e->before == NONE ? &s->oldest : &s->v[e->before].after) = me;
	*(e->after == NONE ? &s->newest : &s->v[e->after].before) = me;
}

static void forget(struct sessions *s, struct session *e)
{
	uint16_t *at = &s->bucket[e->hash % BUCKETS];

	if (!e->live)
		return;
	while (&s->v[*at] != e)
		at = &s->v[*at].next;
	*at = e->next;
	e->live = false;
	move_to_end(s, e, true);
}

static struct session *find(struct sessions *s, struct str key, uint64_t hash,
    int64_t now)
{
	uint16_t i = s->bucket[hash % BUCKETS];

	for (; i != NONE; i = s->v[i].next) {
		struct session *e = &s->v[i];

		if (e->hash != hash || e->n_key != key.n ||
		    memcmp(e->text, key.p, key.n) != 0)
			continue;
		if (now - e->since <= SESSION_S)
			return e;
		forget(s, e);
		return NULL;
	}
	return NULL;
}

/* Text into the session that is being put together; cut if it is too much. */
static struct place keep(struct sessions *s, size_t *n, struct str what)
{
	struct place p = { (uint16_t)*n, 0 };

	if (!what.p)
		return (struct place){ NONE, 0 };
	p.n = (uint16_t)MIN(what.n, SESSION_TEXT - *n);
	if (p.n)
		memcpy(s->spare + *n, what.p, p.n);
	*n += p.n;
	return p;
}

static void store_text(struct sessions *s, struct session *e, size_t n)
{
	if (n > e->size || !e->text) {
		e->size = (uint16_t)MIN((n + 256) & ~(size_t)255,
		    (size_t)SESSION_TEXT);
		e->text = mem_grow(e->text, e->size, 1);
	}
	if (n)
		memcpy(e->text, s->spare, n);
	e->n = (uint16_t)n;
}

/* The facts as they are in the view, after the key and the users. */
static void store(struct sessions *s, struct session *e, struct session_view *v)
{
	size_t n = keep(s, &(size_t){ 0 }, v->fact[FACT_MLFID]).n;

	e->n_key = (uint16_t)n;
	for (size_t i = 0; i < e->n_users; i++)
		e->users[i] = keep(s, &n, said(e, e->users[i]));
	for (size_t i = 0; i < s->n_facts; i++)
		e->fact[i] = keep(s, &n, v->fact[i]);
	e->fact[FACT_MLFID] = (struct place){ 0, e->n_key };
	store_text(s, e, n);
	for (size_t i = 0; i < s->n_facts; i++)
		v->fact[i] = said(e, e->fact[i]);
}

static struct session *fresh(struct sessions *s, uint64_t hash, int64_t now)
{
	struct session *e = &s->v[s->oldest];

	forget(s, e);
	move_to_end(s, e, false);
	e->live = true;
	e->pending = e->nofail = e->gained = false;
	e->lines = e->nofail_lines = 0;
	e->n_users = 0;
	e->n = 0;
	e->since = now;
	e->hash = hash;
	e->next = s->bucket[hash % BUCKETS];
	s->bucket[hash % BUCKETS] = (uint16_t)(e - s->v);
	return e;
}

static void add_user(struct session *e, struct sessions *s, struct str user)
{
	size_t n = e->n;

	if (user.n == 0)
		return;
	for (size_t i = 0; i < e->n_users; i++)
		if (str_eq(said(e, e->users[i]), user))
			return;
	if (e->n_users == SESSION_USERS || n + user.n > SESSION_TEXT)
		return;
	if (n)
		memcpy(s->spare, e->text, n);
	e->users[e->n_users++] = keep(s, &n, user);
	store_text(s, e, n);
}

static void overlay(const struct sessions *s, const struct session *e,
    struct session_view *v)
{
	for (size_t i = 0; i < s->n_facts; i++)
		if (!v->fact[i].p)
			v->fact[i] = said(e, e->fact[i]);
}

static void show_users(struct sessions *s, const struct session *e,
    struct session_view *v)
{
	for (size_t i = 0; i < e->n_users; i++)
		s->users[i] = said(e, e->users[i]);
	v->users = s->users;
	v->n_users = e->n_users;
}

/* What this line is to its session. */
struct says {
	bool nofail, gained, forget;
};

/* A session that is known: its facts get the line's over them. */
static void renew(struct sessions *s, struct session *e, struct session_view *v,
    const struct says *says)
{
	add_user(e, s, v->fact[FACT_USER]);
	if (says->gained)
		e->pending = false;
	/* its last failure was told, and nothing waits */
	if (!e->nofail && !e->gained && !e->pending)
		e->lines = 0;
	e->fact[FACT_NOFAIL].at = e->fact[FACT_GAINED].at = NONE;
	overlay(s, e, v);
	store(s, e, v);
}

void sessions_merge(struct sessions *s, struct session_view *v, uint32_t lines,
    int64_t now)
{
	struct says says = { v->fact[FACT_NOFAIL].n || v->fact[FACT_GAINED].n,
		v->fact[FACT_GAINED].n, v->fact[FACT_FORGET].n };
	struct str key = v->fact[FACT_MLFID];
	uint64_t hash = hash_text(&s->key, key);
	struct session *e;

	v->fact[FACT_MLFID] = key = str_head(key, SESSION_TEXT / 2);
	v->fact[FACT_FORGET] = (struct str){ 0 };
	e = find(s, key, hash, now);
	if (e) {
		renew(s, e, v, &says);
	} else {
		if (says.forget) {
			v->nofail = says.nofail;
			v->lines = says.nofail ? 0 : lines;
			return;
		}
		e = fresh(s, hash, now);
		add_user(e, s, v->fact[FACT_USER]);
		store(s, e, v);
	}
	if (e->pending || e->n_users > 1)
		says.nofail = says.gained = false;
	e->pending = false;
	if (!says.nofail) {
		e->lines += e->nofail_lines + (says.gained ? 0 : lines);
		e->nofail_lines = 0;
	} else if (!says.forget) {
		e->nofail_lines += lines;
	}
	e->nofail = says.nofail;
	e->gained = says.gained;
	v->nofail = says.nofail;
	v->lines = e->lines;
	show_users(s, e, v);
	v->session = says.forget ? NULL : e;
	if (says.forget)
		forget(s, e);
}

void session_pending(struct session_view *v)
{
	if (v->session)
		v->session->pending = true;
}
