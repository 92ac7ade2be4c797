#include "herald/checks.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "base/log.h"
#include "herald/job.h"

enum {
	IDS = 64, /* that wait for one answer; more ask on their own */
	VALUES = 32,
	KEEP_MOST = 1000,
	KEEP_COUNT = 100, /* fail2ban's own */
	KEEP_TIME = 300   /* s */
};

struct check {
	struct checks *all;
	pid_t pid; /* 0: it waits */
	uint64_t key, id[IDS];
	size_t n_ids, service;
	char jail[64];
	bool is_late, is_void; /* void: the rules it was asked by are gone */
	struct event *late;
	struct str tags;
	char *script;
};

void checks_new(struct checks *c, struct event_base *base, struct link *judge)
{
	*c = (struct checks){ .base = base,
		.judge = judge,
		.hash = hash_key_new() };
}

static void answer(struct checks *c, uint64_t id, enum checked how)
{
	struct wire_checked w = { .id = id, .how = (uint8_t)how };

	if (c->judge->fd >= 0) /* what is lost is late, and judge goes on */
		(void)link_send(c->judge, MSG_CHECKED, &w, sizeof(w),
		    (struct str){ 0 }, -1);
}

static void answer_all(struct check *k, enum checked how)
{
	for (size_t i = 0; i < k->n_ids; i++)
		answer(k->all, k->id[i], how);
	k->n_ids = 0;
}

static void check_free(struct check *k)
{
	if (k->late)
		event_free(k->late);
	free((void *)(uintptr_t)k->tags.p);
	free(k->script);
	free(k);
}

/* Each kind once a minute. */
static void complain(struct checks *c, enum checked how, const char *jail,
    const char *what)
{
	struct mono now = mono_now();

	if (c->said[how].ns && now.ns - c->said[how].ns < MINUTES(1).ns)
		return;
	c->said[how] = now;
	log_warn(
	    "ignorecommand-failed jail=%s what=\"%s: not ignored, the failure "
	    "counts\"",
	    jail, what);
}

static void drop_waiting(struct checks *c, enum checked how)
{
	for (size_t i = 0; i < c->n; i++) {
		answer_all(c->waiting[i], how);
		check_free(c->waiting[i]);
	}
	c->n = 0;
}

void checks_rules(struct checks *c, const struct rules *r)
{
	drop_waiting(c, CHECKED_E_FAILED);
	for (size_t i = 0; i < CHECKS_RUNNING; i++)
		if (c->running[i])
			c->running[i]->is_void = true;
	for (size_t i = 0; i < c->n_of; i++)
		free(c->of[i].v);
	free(c->of);
	c->rules = r;
	c->n_of = r ? r->n_services : 0;
	c->of = mem_new(c->n_of + 1, sizeof(*c->of));
	for (size_t i = 0; i < c->n_of; i++) {
		const struct jailed *j = r->services[i].jail;
		struct answers *a = &c->of[i];

		if (!j || !j->ignorecommand || !j->cache_key)
			continue;
		a->most = MIN(j->cache_count ? j->cache_count : KEEP_COUNT,
		    (uint32_t)KEEP_MOST);
		a->life = SECONDS(j->cache_time ? j->cache_time : KEEP_TIME);
		a->v = mem_new(a->most, sizeof(*a->v));
	}
}

void checks_forget(struct checks *c)
{
	for (size_t i = 0; i < CHECKS_RUNNING; i++)
		if (c->running[i])
			c->running[i]->n_ids = 0;
	for (size_t i = 0; i < c->n; i++)
		c->waiting[i]->n_ids = 0;
	drop_waiting(c, CHECKED_E_FAILED);
}

static void keep(struct check *k, enum checked how)
{
	struct answers *a;

	if (k->is_void || k->service >= k->all->n_of)
		return;
	a = &k->all->of[k->service];
	if (a->most == 0)
		return;
	a->v[a->next] = (struct kept){ k->key, { mono_now().ns + a->life.ns },
		(uint8_t)how };
	a->next = (a->next + 1) % a->most;
}

static const struct kept *kept(const struct answers *a, uint64_t key)
{
	struct mono now = mono_now();

	for (size_t i = 0; i < a->most; i++)
		if (a->v[i].key == key && a->v[i].until.ns > now.ns)
			return &a->v[i];
	return NULL;
}

/* The value of a tag, with its NUL; NULL: the line has none. */
static struct str next_tag(struct str *tags, struct str *name)
{
	struct str pair, value = { 0 };

	if (!str_cut(tags, '\0', &pair))
		return (struct str){ 0 };
	value = pair;
	if (!str_cut(&value, '=', name))
		return (struct str){ 0 };
	return value;
}

/* What makes two questions one: the text with its facts, and what the log
 * said for the tags in it. */
static uint64_t key_of(const struct checks *c, const char *of,
    const char *filled, struct str tags)
{
	uint64_t key = hash_text(&c->hash, str_of(filled));
	struct str name, value;

	while ((value = next_tag(&tags, &name)).p) {
		char tag[40];

		snprintf(tag, sizeof(tag), "<" STR_F ">", STR_A(name));
		if (strstr(of, tag))
			key = hash_u64x2(&c->hash, key,
			    hash_pair(&c->hash, hash_str(&c->hash, name),
				hash_str(&c->hash, value)));
	}
	return key;
}

struct values {
	char text[WIRE_TAGS + VALUES * 8 + 256];
	char *v[VALUES + 4];
	size_t n, used;
};

static void put(struct values *e, const char *head, struct str name,
    struct str value)
{
	char *to = e->text + e->used;
	size_t room = sizeof(e->text) - e->used;
	int n = snprintf(to, room, "%s" STR_F "%s" STR_F, head, STR_A(name),
	    name.n ? "=" : "", STR_A(value));

	if (n < 0 || (size_t)n >= room || e->n >= VALUES + 3)
		return;
	for (char *p = to + strlen(head); name.n && *p != '='; p++)
		if (*p == '-')
			*p = '_';
	for (char *p = to; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 127)
			*p = '?';
	e->v[e->n++] = to;
	e->used += (size_t)n + 1;
}

static void environment(struct values *e, struct str tags)
{
	struct str name, value, none = { 0 };

	*e = (struct values){ 0 };
	put(e,
	    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:"
	    "/bin",
	    none, none);
	put(e, "LC_ALL=C.UTF-8", none, none);
	while ((value = next_tag(&tags, &name)).p && e->n < VALUES)
		put(e, "f2bV_", name, value);
}

static bool budget(struct checks *c)
{
	struct mono now = mono_now();

	if (!c->minute.ns || now.ns - c->minute.ns >= MINUTES(1).ns) {
		c->minute = now;
		c->started = 0;
	}
	return c->started++ < CHECKS_A_MINUTE;
}

static void on_late(evutil_socket_t fd, short what, void *arg)
{
	struct check *k = arg;

	k->is_late = true;
	kill(-k->pid, SIGKILL);
}

static bool start(struct check *k)
{
	const struct timeval patience = { CHECK_PATIENCE, 0 };
	char sh[] = "/bin/sh", c[] = "-c";
	char *const argv[] = { sh, c, k->script, NULL };
	struct values env;

	environment(&env, k->tags);
	k->pid = job_start(argv, env.v);
	if (k->pid < 0) {
		complain(k->all, CHECKED_E_FAILED, k->jail,
		    strerror((int)-k->pid));
		return false;
	}
	k->late = evtimer_new(k->all->base, on_late, k);
	evtimer_add(k->late, &patience);
	return true;
}

static void start_next(struct checks *c)
{
	for (size_t i = 0; i < CHECKS_RUNNING && c->n;) {
		struct check *k = c->waiting[0];

		if (c->running[i]) {
			i++;
			continue;
		}
		memmove(c->waiting, c->waiting + 1,
		    --c->n * sizeof(struct check *));
		if (start(k)) {
			c->running[i++] = k;
			continue;
		}
		answer_all(k, CHECKED_E_FAILED);
		check_free(k);
	}
}

/* As fail2ban has it: 0 ignores, 1 does not, all else is an error. */
static enum checked verdict(struct check *k, int status)
{
	char what[80];

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return CHECKED_IGNORED;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 1)
		return CHECKED_COUNTS;
	if (k->is_late)
		snprintf(what, sizeof(what), "killed after %d s",
		    CHECK_PATIENCE);
	else if (WIFEXITED(status))
		snprintf(what, sizeof(what), "it ended with %d, not 0 or 1",
		    WEXITSTATUS(status));
	else
		snprintf(what, sizeof(what), "signal %d ended it",
		    WTERMSIG(status));
	complain(k->all, k->is_late ? CHECKED_E_LATE : CHECKED_E_FAILED,
	    k->jail, what);
	return k->is_late ? CHECKED_E_LATE : CHECKED_E_FAILED;
}

bool checks_reaped(struct checks *c, pid_t pid, int status)
{
	for (size_t i = 0; i < CHECKS_RUNNING; i++) {
		struct check *k = c->running[i];
		enum checked how;

		if (!k || k->pid != pid)
			continue;
		kill(-pid, SIGKILL); /* what it left behind */
		how = verdict(k, status);
		keep(k, how);
		answer_all(k, how);
		check_free(k);
		c->running[i] = NULL;
		start_next(c);
		return true;
	}
	return false;
}

/* The same question, asked and not answered yet. */
static struct check *twin(struct checks *c, size_t service, uint64_t key)
{
	for (size_t i = 0; i < CHECKS_RUNNING + c->n; i++) {
		struct check *k = i < CHECKS_RUNNING
				      ? c->running[i]
				      : c->waiting[i - CHECKS_RUNNING];

		if (k && !k->is_void && k->service == service &&
		    k->key == key && k->n_ids < IDS)
			return k;
	}
	return NULL;
}

static size_t service_of(const struct checks *c, const char *rule)
{
	for (size_t i = 0; c->rules && i < c->rules->n; i++)
		if (strcmp(c->rules->rules[i].name, rule) == 0)
			return c->rules->rules[i].service;
	return SIZE_MAX;
}

static void enqueue(struct checks *c, const struct check *of)
{
	struct check *k = mem_new(1, sizeof(*k));
	char *tags;

	*k = *of;
	tags = mem_new(of->tags.n + 1, 1);
	if (of->tags.n)
		memcpy(tags, of->tags.p, of->tags.n);
	k->tags.p = tags;
	k->script = str_dup(str_of(of->script));
	c->waiting[c->n++] = k;
	start_next(c);
}

void checks_want(struct checks *c, const struct wire_check *w, struct str tags)
{
	static char script[JAIL_SCRIPT], by[JAIL_SCRIPT];
	struct wire_happened h = { .net = { w->who, addr_bits(&w->who) },
		.at = w->at,
		.count = 1 };
	size_t service = service_of(c, w->rule);
	const struct jailed *j =
	    service < c->n_of ? c->rules->services[service].jail : NULL;
	struct check k = { .all = c, .service = service, .tags = tags };
	const struct kept *had;
	struct check *same;

	if (!j || !j->ignorecommand) {
		answer(c, w->id, CHECKED_COUNTS);
		return;
	}
	snprintf(k.jail, sizeof(k.jail), "%s", j->name);
	k.script = script;
	if (!jails_question(j->ignorecommand, j, &h, script) ||
	    (j->cache_key && !jails_question(j->cache_key, j, &h, by))) {
		complain(c, CHECKED_E_FAILED, k.jail,
		    "a tag in it is not known, or it is too long");
		answer(c, w->id, CHECKED_E_FAILED);
		return;
	}
	k.key = j->cache_key ? key_of(c, j->cache_key, by, tags)
			     : key_of(c, j->ignorecommand, script, tags);
	k.id[k.n_ids++] = w->id;
	had = kept(&c->of[service], k.key);
	same = twin(c, service, k.key);
	if (had) {
		answer(c, w->id, had->how);
	} else if (same) {
		same->id[same->n_ids++] = w->id;
	} else if (c->n == CHECKS_WAITING || !budget(c)) {
		complain(c, CHECKED_E_BUDGET, k.jail,
		    "more questions this minute than are run");
		answer(c, w->id, CHECKED_E_BUDGET);
	} else {
		enqueue(c, &k);
	}
}
