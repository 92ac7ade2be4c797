#include "warden/warden.h"

#include "base/log.h"

#include <fcntl.h>
#include <stdio.h>

enum {
	WHO_EVERY_MS = 500
};

/* Who talks to whom: each pair of running programs shares a link. */
static const struct {
	enum role a, b;
} pairs[] = { { READER, JUDGE }, { SCRIBE, READER }, { JUDGE, ENFORCER },
	{ JUDGE, HERALD }, { WHO, ENFORCER }, { NAMER, ENFORCER },
	{ JUDGE, DESK }, { JUDGE, NOTARY }, { NOTARY, ENVOY }, { JUDGE, ENVOY },
	{ JUDGE, NAMER } };

void program_path(const struct warden *w, enum role r, char *to, size_t size)
{
	const char *name = role_name(r);

	/* a build folder has each program in its room's folder */
	if (str_ends(str_of(w->libexec), STR("/src")))
		snprintf(to, size, "%s/%s/%s", w->libexec, name, name);
	else
		snprintf(to, size, "%s/%s", w->libexec, name);
}

static bool has_jails(const struct rules *r)
{
	for (size_t i = 0; i < r->n_services; i++)
		if (r->services[i].jail)
			return true;
	return false;
}

static void children_link(struct child *a, struct child *b)
{
	int ends[2], e = link_pair(ends);
	struct wire_link to_a = { .peer = (uint8_t)b->role,
		.instance = b->instance };
	struct wire_link to_b = { .peer = (uint8_t)a->role,
		.instance = a->instance };

	if (e < 0) {
		log_err("no-link error=\"%s\"", strerror(-e));
		return;
	}
	tell(a, MSG_LINK, &to_a, sizeof(to_a), (struct str){ 0 }, ends[0]);
	tell(b, MSG_LINK, &to_b, sizeof(to_b), (struct str){ 0 }, ends[1]);
	close(ends[0]);
	close(ends[1]);
}

/* With all peers that run already. */
void link_peers(struct child *c)
{
	for (size_t i = 0; i < countof(pairs); i++) {
		enum role other = pairs[i].a == c->role   ? pairs[i].b
				  : pairs[i].b == c->role ? pairs[i].a
							  : ANYONE;
		struct child *peer;

		if (other == ANYONE)
			continue;
		peer = child_of(c->w, other);
		if (peer->pid && !peer->is_leaving)
			children_link(c, peer);
	}
}

/* Opened anew each time, so that a reload ends a rotated one. */
void jail_log_tell(struct warden *w, struct child *judge)
{
	const char *path = w->now.conf->jail_log;
	struct wire_none none = { 0 };
	int fd;

	if (!path || !has_jails(w->now.rules))
		return;
	fd = open(path,
	    O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC |
		O_NONBLOCK | O_NOCTTY,
	    0640);
	if (fd < 0) {
		log_warn("jail-log-unusable path=%s error=\"%s\"", path,
		    strerror(errno));
		return;
	}
	tell(judge, MSG_JAIL_LOG, &none, sizeof(none), (struct str){ 0 }, fd);
	close(fd);
}

/* What this role needs beside links, and off it goes. */
void child_go(struct child *c)
{
	struct warden *w = c->w;
	struct wire_none none = { 0 };

	if (c->role == READER)
		sources_to_reader(w, c);
	if (c->role == JUDGE) {
		tell(c, MSG_LISTEN, &none, sizeof(none), (struct str){ 0 },
		    w->listen);
		sources_to_judge(w, c);
		jail_log_tell(w, c);
	}
	if (c->role == ENFORCER)
		protect_tell(w, c);
	if (c->role == NAMER)
		names_tell(w, c);
	if (c->role == DESK)
		doors_tell(w, c);
	if (c->role == NOTARY || c->role == ENVOY)
		seed_tell(c);
	tell(c, MSG_GO, &none, sizeof(none), (struct str){ 0 }, -1);
	if (c->role == JUDGE)
		tell_programs(w);
	if (c->role == ENFORCER) { /* a new one knows of no live session */
		w->who_at = (struct mono){ 0 };
		who_look(w);
	}
}

void child_spawn(struct child *c)
{
	if (c->pid || !child_begin(c, &c->w->now))
		return;
	link_peers(c);
	child_go(c);
}

void who_look(struct warden *w)
{
	struct child *c = child_of(w, WHO);
	struct mono now = mono_now();

	if (!c->wanted || c->pid ||
	    now.ns - w->who_at.ns < WHO_EVERY_MS * INT64_C(1000000))
		return;
	w->who_at = now;
	child_spawn(c);
}

/* Without its program a role is left out: a build may lack optional ones. */
static void find_program(struct child *c)
{
	char path[512];

	program_path(c->w, c->role, path, sizeof(path));
	if (!c->wanted || access(path, X_OK) == 0)
		return;
	c->wanted = false;
	if (c->role != HERALD && c->role != NAMER && c->role != DESK)
		log_err("program-missing program=%s path=%s",
		    role_name(c->role), path);
}

/* May a jail look names up? */
static bool jails_name(const struct rules *r)
{
	for (size_t i = 0; i < r->n_services; i++) {
		const struct jailed *j = r->services[i].jail;

		if (j && j->usedns &&
		    (strcasecmp(j->usedns, "yes") == 0 ||
			strcasecmp(j->usedns, "warn") == 0))
			return true;
	}
	return false;
}

/* Has a jail commands of its own? */
static bool jails_command(const struct rules *r)
{
	for (size_t i = 0; i < r->n_services; i++) {
		const struct jailed *j = r->services[i].jail;

		if (j && (j->ban.n + j->unban.n > 0 || j->ignorecommand))
			return true;
	}
	return false;
}

static void choose(struct warden *w)
{
	const struct conf *conf = w->now.conf;
	bool names = jails_name(w->now.rules);

	for (size_t i = 0; i < conf->n_allow; i++)
		names |= conf->allow[i].name != NULL;
	child_of(w, SCRIBE)->wanted = w->now.plan->journal;
	child_of(w, HERALD)->wanted = conf->n_announce > 0 || w->wants_herald ||
				      conf->n_hooks > 0 ||
				      jails_command(w->now.rules);
	child_of(w, NAMER)->wanted = names;
	child_of(w, DESK)->wanted = conf->desk_on;
	for (enum role r = READER; r < ROLES; r++)
		if (r == READER || r == JUDGE || r == ENFORCER || r == WHO)
			child_of(w, r)->wanted = true;
	allied_choose(w);
	serve_choose(w);
	for (size_t i = 0; i < CHILDREN; i++)
		find_program(&w->child[i]);
}

/* Who is wanted now runs, who is not any more leaves. */
void children_choose(struct warden *w)
{
	choose(w);
	for (size_t i = 0; i < CHILDREN; i++) {
		struct child *c = &w->child[i];

		if (c->is_next || c->role == WHO)
			continue;
		if (c->wanted && !c->pid)
			child_spawn(c);
		else if (!c->wanted && c->pid)
			child_leave(c);
	}
}

void want_program(struct warden *w, const struct wire_want *m)
{
	if (m->role != HERALD || w->wants_herald == (m->on != 0))
		return;
	w->wants_herald = m->on != 0;
	children_choose(w);
}

void children_seat(struct warden *w)
{
	for (size_t i = 0; i < ROLES; i++)
		w->child[i] =
		    (struct child){ .w = w, .role = (enum role)i, .up.fd = -1 };
	w->child[NEXT_READER].role = READER;
	w->child[NEXT_READER].is_next = true;
}

void children_start(struct warden *w)
{
	static const enum role order[] = { ENFORCER, JUDGE, READER, SCRIBE,
		HERALD, NAMER, DESK };

	choose(w);
	for (size_t i = 0; i < countof(order); i++) {
		struct child *c = child_of(w, order[i]);

		if (c->wanted && child_begin(c, &w->now))
			link_peers(c);
	}
	for (size_t i = 0; i < countof(order); i++)
		if (child_of(w, order[i])->pid)
			child_go(child_of(w, order[i]));
	who_look(w);
}
