#include "desk/table.h"

#include <stdio.h>

enum {
	SEATS = TABLE_MAX * 2,
	DAY = 86400,
	GRACE = 3 /* s: judge says it first */
};

void table_new(struct table *t, table_changed_fn *changed, void *arg)
{
	*t = (struct table){ .key = hash_key_new(),
		.v = mem_new(TABLE_MAX, sizeof(struct held)),
		.index = mem_new(SEATS, sizeof(uint32_t)),
		.free_places = mem_new(TABLE_MAX, sizeof(uint32_t)),
		.changes = mem_new(TABLE_CHANGES, sizeof(struct held)),
		.rules.v = mem_new(TABLE_RULES, 64),
		.ports.v = mem_new(TABLE_PORTS, 64),
		.first = 1,
		.soonest = UINT32_MAX,
		.changed = changed,
		.arg = arg };
}

void table_free(struct table *t)
{
	free(t->v);
	free(t->index);
	free(t->free_places);
	free(t->changes);
	free(t->rules.v);
	free(t->ports.v);
}

/* Few hundred names, each said once in a long while: a walk will do. */
static uint16_t place_of(struct table_names *t, size_t most, const char *name)
{
	size_t i = 0;

	while (i < t->n && strcmp(t->v[i], name) != 0)
		i++;
	if (i == most)
		return (uint16_t)(most - 1);
	if (i == t->n)
		snprintf(t->v[t->n++], sizeof(t->v[i]), "%s", name);
	return (uint16_t)i;
}

const char *table_rule(const struct table *t, const struct held *s)
{
	return t->rules.v[s->rule];
}

const char *table_ports(const struct table *t, const struct held *s)
{
	return t->ports.v[s->ports];
}

const char *table_by(const struct table *t, const struct held *s)
{
	return s->by < t->rules.n ? t->rules.v[s->by] : "";
}

const char *table_origin(const struct table *t, const struct held *s,
    char to[ORIGIN_MAX])
{
	const char *by = table_by(t, s);

	if (s->origin != ORIGIN_ALLIES || !by[0])
		return origin_name((enum origin)s->origin);
	snprintf(to, ORIGIN_MAX, "%s-%.31s", origin_name(ORIGIN_OWN), by);
	return to;
}

bool table_is_of(const struct table *t, const struct held *s, struct str list)
{
	const char *class = origin_name((enum origin)s->origin), *own;
	char text[ORIGIN_MAX];
	struct str one;
	bool more = list.n > 0;

	own = table_origin(t, s, text);
	while (more) {
		more = str_cut(&list, ',', &one);
		one = str_trim(more ? one : list);
		if (str_eq_nocase(one, str_of(class)) ||
		    str_eq_nocase(one, str_of(own)))
			return true;
	}
	return list.n == 0;
}

static size_t seat_of(const struct table *t, const struct net *n)
{
	size_t at = hash_bytes(&t->key, n, sizeof(*n)) % SEATS;

	while (t->index[at] &&
	       memcmp(&t->v[t->index[at] - 1].net, n, sizeof(*n)) != 0)
		at = (at + 1) % SEATS;
	return at;
}

const struct held *table_get(const struct table *t, const struct net *n)
{
	size_t at = seat_of(t, n);

	return t->index[at] ? &t->v[t->index[at] - 1] : NULL;
}

/* Closes the gap, so that no search ends early (Knuth 6.4, algorithm R). */
static void unseat(struct table *t, size_t gap)
{
	size_t at = gap;

	t->index[gap] = 0;
	for (;;) {
		size_t home;

		at = (at + 1) % SEATS;
		if (!t->index[at])
			return;
		home = hash_bytes(&t->key, &t->v[t->index[at] - 1].net,
			   sizeof(struct net)) %
		       SEATS;
		if (((at - home) % SEATS) < ((at - gap) % SEATS))
			continue;
		t->index[gap] = t->index[at];
		t->index[at] = 0;
		gap = at;
	}
}

static void note(struct table *t, const struct held *s, bool is_new)
{
	t->changes[s->seq % TABLE_CHANGES] = *s;
	if (s->until && s->what == STOOD_SHUT)
		t->soonest = MIN(t->soonest, s->until);
	if (t->seq >= TABLE_CHANGES)
		t->first = t->seq - TABLE_CHANGES + 1;
	t->changed_at = t->now;
	if (t->changed)
		t->changed(t->arg, s, is_new);
}

static struct held stood_of(struct table *t, const struct wire_stood *w)
{
	return (struct held){ .net = w->net,
		.act = w->act,
		.rung = w->rung,
		.origin = w->origin,
		.flags = w->flags,
		.what = w->what,
		.how = w->how,
		.rule = place_of(&t->rules, TABLE_RULES, w->rule),
		.by =
		    w->by[0] ? place_of(&t->rules, TABLE_RULES, w->by) : NOBODY,
		.ports = place_of(&t->ports, TABLE_PORTS, w->ports),
		.at = w->at,
		.until = w->until,
		.count = w->count,
		.repeats = w->repeats,
		.witnesses = w->witnesses,
		.hosts = w->hosts };
}

/* On the same terms as before, for those who obey it. */
static bool is_same(const struct held *a, const struct held *b)
{
	return a->act == b->act && a->origin == b->origin &&
	       a->flags == b->flags && a->rule == b->rule && a->by == b->by &&
	       a->ports == b->ports && a->until == b->until &&
	       a->witnesses == b->witnesses && a->hosts.n == b->hosts.n;
}

static void shut_again(struct table *t, struct held *is, struct held *new)
{
	uint64_t id = is->id, born = is->born;
	struct hosts known = is->hosts;
	bool same;

	hosts_join(&known, &new->hosts);
	new->hosts = known;
	same = is_same(is, new);
	is->mark = t->mark;
	if (same)
		return;
	*is = *new;
	is->id = id;
	is->born = born;
	is->mark = t->mark;
	is->told = t->now;
	is->seq = ++t->seq;
	note(t, is, false);
}

static void shut(struct table *t, const struct wire_stood *w)
{
	struct held new = stood_of(t, w), *is;
	size_t at = seat_of(t, &w->net), place;

	if (t->index[at]) {
		shut_again(t, &t->v[t->index[at] - 1], &new);
		return;
	}
	if (t->n == TABLE_MAX) {
		t->over++;
		return;
	}
	place = t->n_free ? t->free_places[--t->n_free] : t->used++;
	is = &t->v[place];
	*is = new;
	is->id = ++t->ids;
	is->mark = t->mark;
	is->told = t->now;
	is->born = is->seq = ++t->seq;
	t->index[at] = (uint32_t)place + 1;
	t->n++;
	t->shut++;
	note(t, is, true);
}

static void open_place(struct table *t, size_t at, uint8_t how)
{
	size_t place = t->index[at] - 1;
	struct held was = t->v[place];

	unseat(t, at);
	t->v[place] = (struct held){ 0 };
	t->free_places[t->n_free++] = (uint32_t)place;
	t->n--;
	t->opened++;
	was.what = STOOD_OPENED;
	was.how = how;
	was.seq = ++t->seq;
	note(t, &was, false);
}

/* What we never saw shut may have been told by the one before us. */
static void opened_before(struct table *t, const struct wire_stood *w)
{
	struct held was = stood_of(t, w);

	if (t->whole)
		return;
	was.id = ++t->ids;
	was.seq = ++t->seq;
	was.born = 0;
	note(t, &was, false);
}

static void opened(struct table *t, const struct wire_stood *w)
{
	size_t at = seat_of(t, &w->net);

	if (t->index[at])
		open_place(t, at, w->how);
	else
		opened_before(t, w);
}

void table_begin(struct table *t)
{
	t->mark++;
	t->telling = true;
}

void table_hear(struct table *t, const struct wire_stood *s)
{
	struct held alarm;

	switch ((enum stood)s->what) {
	case STOOD_SHUT:
		shut(t, s);
		return;
	case STOOD_OPENED:
		opened(t, s);
		return;
	case STOOD_ALARM:
		t->alarms++;
		alarm = stood_of(t, s);
		if (t->changed)
			t->changed(t->arg, &alarm, true);
		return;
	case STOOD_NOTICE:
	case STOOD_RECEIPT: /* news, which nobody keeps here */
		return;
	}
}

void table_end(struct table *t)
{
	if (!t->telling)
		return;
	t->telling = false;
	for (size_t i = 0; i < t->used; i++)
		if (t->v[i].what && t->v[i].mark != t->mark)
			open_place(t, seat_of(t, &t->v[i].net), 0);
	t->whole = true;
}

void table_expire(struct table *t)
{
	if (t->soonest == UINT32_MAX || t->soonest + GRACE >= t->now)
		return;
	t->soonest = UINT32_MAX;
	for (size_t i = 0; i < t->used; i++) {
		const struct held *s = &t->v[i];

		if (!s->what || !s->until)
			continue;
		if (s->until + GRACE < t->now)
			open_place(t, seat_of(t, &s->net), 0);
		else
			t->soonest = MIN(t->soonest, s->until);
	}
}

void table_renew(struct table *t)
{
	for (size_t i = 0; i < t->used; i++) {
		struct held *s = &t->v[i];

		if (!s->what || s->until || t->now - s->told < DAY)
			continue;
		s->told = t->now;
		s->seq = ++t->seq;
		note(t, s, false);
	}
}
