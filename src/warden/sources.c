#include "warden/warden.h"

#include "base/log.h"

#include <glob.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>

static const struct hash_key path_key = { { 0x6c697074616b6f, 0x6c6f6773 } };

static struct source *source_at(const struct warden *w, const char *path)
{
	struct source *s = w->sources;

	while (s && strcmp(s->path, path) != 0)
		s = s->next;
	return s;
}

static struct child *reader_at_work(struct warden *w)
{
	struct child *c = child_of(w, READER);

	return c->pid && c->is_at_work && !c->is_leaving ? c : NULL;
}

static struct wire_source generation_wire(const struct source *s,
    const struct generation *g)
{
	struct wire_source m = s->is;

	m.dev = g->dev;
	m.ino = g->id;
	m.fresh = g->fresh;
	m.old = g->old;
	m.watch = g->watch;
	return m;
}

/* By descriptor, so that it is this inode and no other. */
static int watch_add(struct warden *w, int fd)
{
	char path[40];

	if (w->watches < 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return inotify_add_watch(w->watches, path, IN_MODIFY);
}

static void generation_tell(struct warden *w, struct source *s,
    struct generation *g)
{
	struct child *c = reader_at_work(w);
	int32_t services[WIRE_JAILS / sizeof(int32_t)];
	struct str jails = { (const char *)services, 0 };
	struct wire_source m;

	if (!c)
		return;
	if (!active_has(w, s->is.service)) {
		active_more(w);
		return; /* the next reader hears of it */
	}
	if (s->is.kind == SOURCE_FILE) {
		g->watch = watch_add(w, g->fd);
		if (g->watch < 0)
			log_warn("watch-failed path=%s error=\"%s\"", s->path,
			    strerror(errno));
	}
	m = generation_wire(s, g);
	jails.n = sizeof(*services) *
		  plan_jails(w->now.plan, s->path, services, countof(services));
	tell(c, MSG_SOURCE, &m, sizeof(m), jails, g->fd);
}

static void socket_tell(struct warden *w, const struct source *s)
{
	struct child *c = reader_at_work(w);

	if (c && active_has(w, s->is.service))
		tell(c, MSG_SOURCE, &s->is, sizeof(s->is), (struct str){ 0 },
		    s->fd);
	else if (c)
		active_more(w);
}

void generation_end(struct warden *w, struct source *s, struct generation *g)
{
	struct child *c = reader_at_work(w);
	struct wire_source m = generation_wire(s, g);

	if (c)
		tell(c, MSG_SOURCE_END, &m, sizeof(m), (struct str){ 0 }, -1);
	close(g->fd);
}

static void name_tell(struct warden *w, const struct source *s)
{
	struct child *c = child_of(w, JUDGE);

	if (c->pid)
		tell(c, MSG_SOURCE_NAME, &s->is, sizeof(s->is), str_of(s->path),
		    -1);
}

static void gone_tell(struct warden *w, struct source *s, bool back)
{
	struct wire_gone m = { .id = s->is.id, .back = back };
	struct child *c = child_of(w, JUDGE);

	s->is_gone = !back;
	s->gone = mono_now().ns;
	if (back)
		log_note("log-back path=%s", s->path);
	else
		log_note("log-gone path=%s", s->path);
	if (c->pid)
		tell(c, MSG_SOURCE_GONE, &m, sizeof(m), (struct str){ 0 }, -1);
}

static int32_t service_of(struct warden *w, const struct want *want,
    int32_t service, const char *path)
{
	char image[256];

	if (!want->container || service >= 0)
		return service;
	container_name(path, image, sizeof(image));
	return plan_container(w->now.rules, str_of(image));
}

static struct source *source_new(struct warden *w, const char *path,
    const struct want *want, int32_t service, bool fresh)
{
	struct source *s;

	if (w->n_sources >= SOURCES_MAX) {
		log_warn("too-many-sources path=%s", path);
		return NULL;
	}
	w->n_sources++;
	s = mem_new(1, sizeof(*s));
	s->path = str_dup(str_of(path));
	s->follow.looked = fresh;
	s->fd = -1;
	s->is = (struct wire_source){ .id = w->next_id++,
		.watch = -1,
		.key = hash_str(&path_key, str_of(path)),
		.form = want->form,
		.proxied = want->proxied,
		.shares = want->shares,
		.service = service_of(w, want, service, path) };
	memcpy(s->is.zone, want->zone, sizeof(s->is.zone));
	s->next = w->sources;
	w->sources = s;
	return s;
}

/* Another source reads this inode already: a link, or a name that two
 * patterns fit. */
static bool is_read(const struct warden *w, const struct source *but,
    uint64_t dev, uint64_t ino)
{
	for (const struct source *s = w->sources; s; s = s->next)
		if (s != but && follow_has(&s->follow, dev, ino))
			return true;
	return false;
}

/* Takes o->fd. */
static void adopt(struct warden *w, struct source *s, const struct opened *o,
    bool old)
{
	struct generation out, g = { .dev = o->dev,
		.ino = o->ino,
		.id = o->id,
		.size = o->size,
		.old = old,
		.fd = o->fd,
		.watch = -1,
		.opened = wall_now().ns };

	s->is.kind = o->is_fifo ? SOURCE_STREAM : SOURCE_FILE;
	s->is.trust = o->trust && !plan_is_shared(s->path);
	if (follow_opened(&s->follow, &g, &out))
		generation_end(w, s, &out);
	generation_tell(w, s, &s->follow.gen[s->follow.n - 1]);
}

/* Its rotated brother: at the start, since its end may be unread; later, if it
 * came and went before we looked. */
static void adopt_rotated(struct warden *w, struct source *s, const char *path)
{
	struct follow *f = &s->follow;
	int64_t since = f->n ? f->gen[f->n - 1].opened : 0;
	struct opened o;
	struct seen now = log_seen(path);

	if (!now.is || is_read(w, NULL, now.dev, now.ino) ||
	    log_open_at(path, &o) != OPEN_OK)
		return;
	if (o.is_fifo || (since && (!o.made || o.made < since))) {
		close(o.fd);
		return;
	}
	adopt(w, s, &o, !since);
}

static void adopt_rotations(struct warden *w, struct source *s)
{
	char path[WIRE_PATH];
	time_t days[] = { (time_t)(wall_now().ns / NS_PER_S) - 86400,
		(time_t)(wall_now().ns / NS_PER_S) };
	struct tm tm;

	for (size_t i = 0; i < countof(days); i++) {
		localtime_r(&days[i], &tm);
		snprintf(path, sizeof(path), "%.4000s-%04d%02d%02d", s->path,
		    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
		adopt_rotated(w, s, path);
	}
	snprintf(path, sizeof(path), "%.4000s.1", s->path);
	adopt_rotated(w, s, path);
}

/* Says once why a log is not read. */
static void refuse(struct source *s, int e)
{
	bool was = s->is_refused;

	s->is_refused = e == OPEN_E_NOT_LOG || e < 0;
	if (was || !s->is_refused)
		return;
	if (e < 0)
		log_warn("log-unreadable path=%s error=\"%s\"", s->path,
		    strerror(-e));
	else
		log_warn("not-a-log path=%s", s->path);
}

static void source_open(struct warden *w, struct source *s)
{
	struct opened o;
	int e = log_open_at(s->path, &o);

	refuse(s, e);
	if (e != OPEN_OK)
		return;
	if (follow_has(&s->follow, o.dev, o.ino) ||
	    is_read(w, s, o.dev, o.ino)) {
		close(o.fd);
		return;
	}
	if (s->follow.n == 0)
		name_tell(w, s);
	if (!s->follow.looked || s->follow.n > 0)
		adopt_rotations(w, s);
	adopt(w, s, &o, false);
}

void source_look(struct warden *w, const char *path, bool fresh)
{
	struct source *s = source_at(w, path);
	struct seen now = log_seen(path);
	const struct want *want;
	int32_t service;
	bool missing;

	if (s && s->is_socket)
		return;
	if (!s) {
		want = plan_want(w->now.plan, path, &service);
		if (!want || !now.is || is_read(w, NULL, now.dev, now.ino) ||
		    (strpbrk(want->pattern, "*?[") && plan_is_rotated(path)))
			return;
		s = source_new(w, path, want, service, fresh);
		if (!s)
			return;
	}
	s->is_wanted = true;
	switch (follow_look(&s->follow, &now)) {
	case FOLLOW_OPEN:
		missing = s->is_gone;
		source_open(w, s);
		if (missing && !s->follow.missing)
			gone_tell(w, s, true);
		return;
	case FOLLOW_GONE:
		gone_tell(w, s, false);
		source_end_deleted(w, s);
		return;
	case FOLLOW_BACK:
		gone_tell(w, s, true);
		return;
	case FOLLOW_NOTHING:
		return;
	}
}

/* The operator names it and it is not there: judge can say so. */
static void source_await(struct warden *w, const struct want *want)
{
	struct source *s = source_at(w, want->pattern);

	if (!s && !log_seen(want->pattern).is &&
	    (s = source_new(w, want->pattern, want, want->service, true)))
		name_tell(w, s);
	if (s)
		s->is_wanted = true;
}

static void socket_look(struct warden *w, const struct want *want)
{
	struct source *s = source_at(w, want->pattern);
	int fd;

	if (s) {
		s->is_wanted = true;
		return;
	}
	fd = want->kind == WANT_STDIN ? dup(STDIN_FILENO)
				      : socket_bind(want->pattern);
	if (fd < 0) {
		log_err("source-unusable source=%s error=\"%s\"", want->pattern,
		    strerror(errno));
		return;
	}
	s = source_new(w, want->pattern, want, want->service, true);
	if (!s) {
		close(fd);
		return;
	}
	s->is_socket = s->is_wanted = true;
	s->fd = fd;
	s->is.kind = want->kind == WANT_STDIN ? SOURCE_STREAM : SOURCE_DATAGRAM;
	name_tell(w, s);
	socket_tell(w, s);
}

static void want_look(struct warden *w, const struct want *want, bool fresh)
{
	glob_t g = { 0 };

	if (want->kind != WANT_FILE) {
		socket_look(w, want);
		return;
	}
	folders_watch(w, want->pattern);
	if (!strpbrk(want->pattern, "*?[")) {
		source_look(w, want->pattern, fresh);
		if (want->named)
			source_await(w, want);
		return;
	}
	if (glob(want->pattern, GLOB_NOSORT, NULL, &g) == 0)
		for (size_t i = 0; i < g.gl_pathc; i++)
			source_look(w, g.gl_pathv[i], fresh);
	globfree(&g);
}

void source_drop(struct warden *w, struct source *s)
{
	struct source **at = &w->sources;
	struct child *c = reader_at_work(w), *judge = child_of(w, JUDGE);
	struct wire_over over = { s->is.id };

	for (size_t i = 0; i < s->follow.n; i++)
		generation_end(w, s, &s->follow.gen[i]);
	if (c)
		tell(c, MSG_SOURCE_END, &s->is, sizeof(s->is),
		    (struct str){ 0 }, -1);
	if (judge->pid)
		tell(judge, MSG_SOURCE_OVER, &over, sizeof(over),
		    (struct str){ 0 }, -1);
	if (s->is_socket)
		close(s->fd);
	w->n_sources--;
	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	free(s->path);
	free(s);
}

void sources_look(struct warden *w, bool fresh)
{
	for (struct source *s = w->sources; s; s = s->next)
		s->is_wanted = false;
	for (size_t i = 0; i < w->now.plan->n; i++)
		want_look(w, &w->now.plan->wants[i], fresh);
	for (struct source *s = w->sources, *next; s; s = next) {
		int32_t service;

		next = s->next;
		if (!s->is_wanted && !s->is_socket &&
		    plan_want(w->now.plan, s->path, &service))
			source_look(w, s->path, fresh);
		if (!s->is_wanted)
			source_drop(w, s);
	}
}

static struct wire_source journal_wire(void)
{
	return (struct wire_source){ .watch = -1,
		.kind = SOURCE_JOURNAL,
		.trust = 1,
		.service = -1,
		.key = hash_str(&path_key, STR("journal")) };
}

static void journal_tell(struct warden *w, struct child *c)
{
	const struct plan *p = w->now.plan;
	struct wire_source m = journal_wire();

	for (size_t i = 0; i < p->n_services; i++) {
		m.service = (int32_t)i;
		if (p->from_journal[i] && p->journal)
			tell(c, MSG_SOURCE, &m, sizeof(m), (struct str){ 0 },
			    -1);
	}
}

/* A new reader gets its own instance of inotify: what the one before it had
 * not read is gone, but it looks at each log once anyway. */
void sources_to_reader(struct warden *w, struct child *c)
{
	struct wire_none none = { 0 };

	c->is_at_work = true;
	if (w->watches >= 0)
		close(w->watches);
	w->watches = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	tell(c, MSG_WATCHES, &none, sizeof(none), (struct str){ 0 },
	    w->watches);
	journal_tell(w, c);
	for (struct source *s = w->sources; s; s = s->next) {
		for (size_t i = 0; i < s->follow.n; i++)
			generation_tell(w, s, &s->follow.gen[i]);
		if (s->is_socket)
			socket_tell(w, s);
	}
}

static void journal_name(struct warden *w, struct child *c)
{
	struct wire_source m = journal_wire();
	struct wire_over over = { m.id };

	if (w->now.plan->journal)
		tell(c, MSG_SOURCE_NAME, &m, sizeof(m), STR("journal"), -1);
	else
		tell(c, MSG_SOURCE_OVER, &over, sizeof(over), (struct str){ 0 },
		    -1);
}

void sources_to_judge(struct warden *w, struct child *c)
{
	journal_name(w, c);
	for (struct source *s = w->sources; s; s = s->next) {
		struct wire_gone gone = { .id = s->is.id };

		name_tell(w, s);
		if (s->is_gone)
			tell(c, MSG_SOURCE_GONE, &gone, sizeof(gone),
			    (struct str){ 0 }, -1);
	}
}

void sources_update(struct warden *w)
{
	if (child_of(w, JUDGE)->pid)
		journal_name(w, child_of(w, JUDGE));
	for (struct source *s = w->sources; s; s = s->next) {
		int32_t service = -1;
		const struct want *want =
		    plan_want(w->now.plan, s->path, &service);

		for (size_t i = 0; i < w->now.plan->n && !want; i++)
			if (strcmp(w->now.plan->wants[i].pattern, s->path) == 0)
				want = &w->now.plan->wants[i];
		if (!want)
			continue;
		s->is.form = want->form;
		s->is.proxied = want->proxied;
		s->is.shares = want->shares;
		s->is.service = service_of(w, want,
		    s->is_socket ? want->service : service, s->path);
		memcpy(s->is.zone, want->zone, sizeof(s->is.zone));
	}
	sources_look(w, false);
}
