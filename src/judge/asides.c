#include "judge/judge.h"

#include "base/log.h"

#include <stdio.h>

enum {
	SAY_AGAIN = 60, /* s */
	NAME_SLOT = 31  /* of an id: the look-up; else a check's place */
};

enum phase {
	ASKS_NAMER,
	ASKS_HERALD,
	HAS_ANSWER,
};

struct held {
	TAILQ_ENTRY(held) next;
	uint64_t id;
	uint32_t instance, type, source, since;
	uint8_t phase;         /* enum phase */
	bool was_sent;         /* the question of this phase */
	uint32_t n_who, waits; /* waits: a bit for each of who */
	uint32_t ignored;      /* and one that it does not count */
	struct addr who[LOOKUP_MOST];
	size_t n;
	_Alignas(8) uint8_t body[];
};

void asides_new(struct asides *a)
{
	*a = (struct asides){ 0 };
	TAILQ_INIT(&a->all);
}

static const struct wire_aside *aside_of(const struct held *h)
{
	return (const struct wire_aside *)h->body;
}

/* It waits no more. */
static void take_out(struct judge *j, struct held *h)
{
	struct log *g = logs_by_id(&j->logs, h->source);

	if (g && g->held)
		g->held--;
	TAILQ_REMOVE(&j->asides.all, h, next);
	j->asides.n--;
}

static void forget(struct judge *j, struct held *h)
{
	take_out(j, h);
	free(h);
}

void asides_free(struct judge *j)
{
	struct held *h;

	while ((h = TAILQ_FIRST(&j->asides.all)))
		forget(j, h);
}

/* Each of a reader's messages that may wait begins with its source, but for
 * sightings. False: it waits for nobody. */
static bool source_of(uint32_t type, const void *body, uint32_t *ret)
{
	switch (type) {
	case MSG_ASIDE:
		*ret = ((const struct wire_aside *)body)->sight.source;
		return true;
	case MSG_SIGHTING:
		*ret = ((const struct wire_sighting *)body)->source;
		return true;
	case MSG_OPENED:
		*ret = ((const struct wire_opened *)body)->source;
		return true;
	case MSG_PROGRESS:
		*ret = ((const struct wire_progress *)body)->source;
		return true;
	case MSG_CLOSED:
		*ret = ((const struct wire_over *)body)->id;
		return true;
	}
	return false;
}

bool asides_holds(const struct judge *j, uint32_t type, const void *body)
{
	const struct log *g;
	uint32_t id;

	if (j->asides.n == 0 || !source_of(type, body, &id))
		return false;
	g = logs_by_id(&j->logs, id);
	return g && g->held > 0;
}

static uint16_t rule_of(const struct judge *j, const struct held *h)
{
	const struct wire_sighting *s = &aside_of(h)->sight;

	return judge_rule_now(j, s->generation, s->rule);
}

static void count(struct judge *j, const struct held *h, bool is_name,
    unsigned how)
{
	uint16_t rule = rule_of(j, h);
	struct book_rule *r;

	if (rule == UINT16_MAX)
		return;
	r = &j->book->rules[rule];
	if (is_name)
		r->found[how]++;
	else
		r->checked[how]++;
}

/* What nobody answered in time; once a minute, for all of it. */
static void say_late(struct judge *j, const struct held *h)
{
	bool is_name = h->phase == ASKS_NAMER;
	uint16_t rule = rule_of(j, h);

	count(j, h, is_name,
	    is_name ? (unsigned)FOUND_E_LATE : (unsigned)CHECKED_E_LATE);
	if (j->asides.said && j->now - j->asides.said < SAY_AGAIN)
		return;
	j->asides.said = j->now;
	log_warn("question-unanswered rule=%s by=%s what=\"%s\"",
	    book_name(j->book, rule), is_name ? "namer" : "herald",
	    is_name ? "the name has no address, so nobody is blamed"
		    : "ignorecommand: not ignored, the failure counts");
}

static bool jail_ignores(const struct book_rule *r, const struct addr *who)
{
	for (size_t i = 0; i < r->n_ignore; i++)
		if (net_has(&r->ignore[i], who))
			return true;
	return false;
}

static void answered(struct held *h)
{
	bool asks = aside_of(h)->asks & ASIDE_COMMAND && h->n_who;

	h->was_sent = false;
	h->phase = asks && h->phase == ASKS_NAMER ? ASKS_HERALD : HAS_ANSWER;
	h->waits = h->phase == ASKS_HERALD ? (1U << h->n_who) - 1 : 0;
}

static struct str name_of(const struct held *h)
{
	return (struct str){ (const char *)h->body + sizeof(struct wire_aside),
		aside_of(h)->n_name };
}

static void ask_namer(struct judge *j, struct held *h)
{
	struct wire_lookup w = { .id = h->id << 5 | NAME_SLOT };

	memcpy(w.name, name_of(h).p, name_of(h).n);
	judge_send(j, NAMER, 0, MSG_LOOKUP, &w, sizeof(w));
}

static void ask_herald(struct judge *j, struct held *h)
{
	const struct wire_aside *a = aside_of(h);
	struct str tags = { name_of(h).p + a->n_name, a->n_tags };

	for (uint32_t i = 0; i < h->n_who; i++) {
		struct wire_check w = { .id = h->id << 5 | i,
			.who = h->who[i],
			.at = a->sight.at };

		if (!(h->waits & 1U << i))
			continue;
		snprintf(w.rule, sizeof(w.rule), "%s",
		    book_name(j->book, rule_of(j, h)));
		j->ops.send(j->arg, HERALD, 0, MSG_CHECK, &w, sizeof(w), tags);
	}
}

static void ask(struct judge *j, struct held *h)
{
	if (h->was_sent || h->phase == HAS_ANSWER ||
	    !(h->phase == ASKS_NAMER ? j->asides.namer : j->asides.herald))
		return;
	h->was_sent = true;
	if (h->phase == ASKS_NAMER)
		ask_namer(j, h);
	else
		ask_herald(j, h);
}

/* A sighting for each address that is left. */
static void count_aside(struct judge *j, const struct held *h)
{
	const struct wire_aside *a = aside_of(h);

	for (uint32_t i = 0; i < h->n_who; i++) {
		struct wire_sighting s = a->sight;

		if (h->ignored & 1U << i)
			continue;
		s.who = h->who[i];
		if (a->asks & ASIDE_NAME)
			s.flags |= SIGHT_NAMED;
		(void)judge_read(j, h->instance, MSG_SIGHTING, &s, sizeof(s));
	}
}

static void release(struct judge *j, struct held *h)
{
	take_out(j, h); /* or judge_read would find it waiting */
	if (h->type == MSG_ASIDE)
		count_aside(j, h);
	else
		(void)judge_read(j, h->instance, h->type, h->body, h->n);
	free(h);
}

/* Does one before h, of the same log, wait still? */
static bool is_behind(const struct judge *j, const struct held *h)
{
	const struct held *k;

	TAILQ_FOREACH(k, &j->asides.all, next)
	{
		if (k == h)
			return false;
		if (k->source == h->source)
			return true;
	}
	return false;
}

/* All that have their answer and nobody of their log before them. */
static void settle(struct judge *j)
{
	struct held *h, *after;

	for (h = TAILQ_FIRST(&j->asides.all); h; h = after) {
		after = TAILQ_NEXT(h, next);
		if (h->phase == HAS_ANSWER && !is_behind(j, h))
			release(j, h);
	}
}

static void give_up(struct judge *j, struct held *h)
{
	say_late(j, h);
	if (h->phase == ASKS_NAMER)
		h->n_who = 0;
	h->phase = HAS_ANSWER;
}

static struct held *hold(struct judge *j, uint32_t instance, uint32_t type,
    const void *body, size_t n)
{
	struct held *h = mem_new(1, sizeof(*h) + n), *first;
	struct log *g;

	while (j->asides.n >= ASIDES_MOST &&
	       (first = TAILQ_FIRST(&j->asides.all))) {
		if (first->phase != HAS_ANSWER)
			give_up(j, first);
		settle(j);
	}
	h->id = ++j->asides.id;
	h->instance = instance;
	h->type = type;
	h->since = j->now;
	h->phase = HAS_ANSWER;
	h->n = n;
	memcpy(h->body, body, n);
	(void)source_of(type, body, &h->source);
	TAILQ_INSERT_TAIL(&j->asides.all, h, next);
	j->asides.n++;
	if ((g = logs_by_id(&j->logs, h->source)))
		g->held++;
	return h;
}

/* The last of that log, if it says the same of the same file. */
static struct held *former_progress(const struct judge *j, uint32_t instance,
    const struct wire_progress *p)
{
	struct held *h;

	TAILQ_FOREACH_REVERSE(h, &j->asides.all, held_list, next)
	{
		if (h->source != p->source)
			continue;
		return h->type == MSG_PROGRESS && h->instance == instance &&
			       ((struct wire_progress *)h->body)->ino == p->ino
			   ? h
			   : NULL;
	}
	return NULL;
}

void asides_hold(struct judge *j, uint32_t instance, uint32_t type,
    const void *body, size_t n)
{
	struct held *former =
	    type == MSG_PROGRESS ? former_progress(j, instance, body) : NULL;
	struct wire_progress was = { 0 }, *p;
	struct held *h;

	/* holding one more may release all others, so it goes before */
	if (former) {
		memcpy(&was, former->body, sizeof(was));
		forget(j, former);
	}
	h = hold(j, instance, type, body, n);
	if (type != MSG_PROGRESS)
		return;
	p = (struct wire_progress *)h->body;
	p->lines += was.lines;
	p->bytes += was.bytes;
	p->hits += was.hits;
}

bool asides_take(struct judge *j, uint32_t instance, const struct wire_aside *a,
    size_t n)
{
	struct str tail = { (const char *)a + sizeof(*a), n - sizeof(*a) };
	struct held *h;

	if (!aside_ok(a, tail))
		return false;
	h = hold(j, instance, MSG_ASIDE, a, n);
	h->phase = ASKS_NAMER;
	if (!(a->asks & ASIDE_NAME)) {
		h->who[h->n_who++] = a->sight.who;
		answered(h);
	}
	ask(j, h);
	settle(j);
	return true;
}

void asides_drop(struct judge *j, uint32_t instance)
{
	struct held *h, *after;

	for (h = TAILQ_FIRST(&j->asides.all); h; h = after) {
		after = TAILQ_NEXT(h, next);
		if (h->instance == instance)
			forget(j, h);
	}
	settle(j);
}

/* Whoever comes is asked all that is open. */
void asides_linked(struct judge *j, enum role peer, bool up)
{
	struct held *h;

	if (peer != HERALD && peer != NAMER)
		return;
	if (peer == HERALD)
		j->asides.herald = up;
	else
		j->asides.namer = up;
	TAILQ_FOREACH(h, &j->asides.all, next)
	{
		if (h->phase == (peer == HERALD ? ASKS_HERALD : ASKS_NAMER))
			h->was_sent = false;
		if (up)
			ask(j, h);
	}
}

static struct held *by_id(const struct judge *j, uint64_t id)
{
	struct held *h;

	TAILQ_FOREACH(h, &j->asides.all, next)
	if (h->id == id)
		return h;
	return NULL;
}

static void say_ignored(struct judge *j, const struct held *h, uint32_t i)
{
	char who[ADDR_MAX], what[ADDR_MAX + 40];

	(void)addr_print(&h->who[i], who);
	snprintf(what, sizeof(what), "Ignore %s by command", who);
	judge_filter_log(j, rule_of(j, h), what);
}

bool asides_checked(struct judge *j, const struct wire_checked *w)
{
	struct held *h = by_id(j, w->id >> 5);
	uint32_t i = w->id & NAME_SLOT;

	if (w->how >= CHECKED_KINDS)
		return false;
	if (!h || h->phase != ASKS_HERALD || i >= h->n_who ||
	    !(h->waits & 1U << i))
		return true; /* it was too late */
	h->waits &= ~(1U << i);
	count(j, h, false, w->how);
	if (w->how == CHECKED_IGNORED) {
		h->ignored |= 1U << i;
		say_ignored(j, h, i);
	}
	if (h->waits == 0) {
		answered(h);
		settle(j);
	}
	return true;
}

/* In fail2ban's words: "name = {'192.0.2.1'}". */
static void say_found(struct judge *j, const struct held *h)
{
	char what[700], who[ADDR_MAX], name[260];
	size_t n;

	(void)str_show(name_of(h), name, sizeof(name));
	n = (size_t)snprintf(what, sizeof(what),
	    "Determined IP using DNS Lookup: %s = {", name);
	for (uint32_t i = 0; i < h->n_who && n < sizeof(what) - 60; i++) {
		(void)addr_print(&h->who[i], who);
		n += (size_t)snprintf(what + n, sizeof(what) - n, "%s'%s'",
		    i ? ", " : "", who);
	}
	snprintf(what + n, sizeof(what) - n, "}");
	log_warn("name-looked-up rule=%s what=\"%s\"",
	    book_name(j->book, rule_of(j, h)), what);
	judge_names_log(j, what);
}

bool asides_found(struct judge *j, const struct wire_found *w)
{
	struct held *h = by_id(j, w->id >> 5);
	uint16_t rule;

	if (!found_ok(w))
		return false;
	if (!h || h->phase != ASKS_NAMER || !h->was_sent)
		return true;
	rule = rule_of(j, h);
	count(j, h, true, w->how);
	for (uint32_t i = 0; i < w->n && rule != UINT16_MAX; i++) {
		struct addr a = addr_fold(w->addr[i]);

		if (!jail_ignores(&j->book->rules[rule], &a))
			h->who[h->n_who++] = a;
	}
	if (h->n_who && aside_of(h)->asks & ASIDE_WARN)
		say_found(j, h);
	answered(h);
	ask(j, h);
	settle(j);
	return true;
}

void asides_tick(struct judge *j)
{
	struct held *h;

	TAILQ_FOREACH(h, &j->asides.all, next)
	if (h->phase != HAS_ANSWER && j->now - h->since > ASIDES_PATIENCE)
		give_up(j, h);
	settle(j);
}
