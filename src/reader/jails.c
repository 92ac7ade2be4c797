#include "reader/reader.h"

#include "base/log.h"

#include <unistd.h>

static void told(void *arg, const struct f2b_fault *f)
{
	char what[600];

	(void)str_show(str_of(f->what), what, sizeof(what));
	log_warn("jail-fault jail=%s what=\"%s\"", f->jail ? f->jail : "-",
	    what);
}

static struct jail_of *jail_new(const struct jails *all, const struct jailed *j,
    uint16_t rule, uint32_t now)
{
	const struct f2b_options options = { .clock = { .zone = all->zone,
						 .now = now },
		.age = F2B_ANY_AGE };
	struct jail_of *o = mem_new(1, sizeof(*o));

	o->rule = rule;
	f2b_jailed_new(&o->is, j, &options, told, NULL);
	return o;
}

void jails_new(struct jails *j, const struct rules *r, const bool *active,
    uint32_t now)
{
	j->n = r->n_services;
	j->of = mem_new(j->n + 1, sizeof(*j->of));
	(void)gethostname(j->host, sizeof(j->host) - 1);
	for (size_t i = 0; i < r->n; i++) {
		size_t s = r->rules[i].service;

		if (!r->rules[i].is_jails || !active[s] || r->rules[i].off)
			continue;
		if (!j->zone && zone_new(&j->zone, NULL) < 0)
			return;
		j->of[s] = jail_new(j, r->services[s].jail, (uint16_t)i, now);
	}
}

static uint64_t user_of(const struct reader *r, const struct f2b_failure *f)
{
	for (size_t i = 0; i < f->n_fields; i++)
		if (strcmp(f->fields[i].name, "user") == 0 &&
		    f->fields[i].value.n)
			return hash_str(&r->key, f->fields[i].value) | 1;
	return 0;
}

static void note_limits(struct reader *r, struct log *l, struct jail_of *o,
    struct str text)
{
	uint64_t now = f2b_filter_limits(o->is.filter);

	if (now == o->limits)
		return;
	o->limits = now;
	remark(r, l->of, REMARK_OVER_LIMIT, o->rule, 0, str_head(text, 200));
}

static void feed(struct reader *r, struct log *l, const struct record *rec,
    int service, struct str text, struct jail_line *to)
{
	struct jail_of *o = r->jails.of[service];
	const struct f2b_line line = { .text = text,
		.dated = l->of->is.kind == SOURCE_JOURNAL && rec->has_time,
		.utc = rec->at };
	const struct f2b_failure *f;
	struct addr who;
	int64_t utc;

	f2b_filter_time(o->is.filter, r->now, F2B_ANY_AGE);
	f = f2b_filter_feed(o->is.filter, &line);
	note_limits(r, l, o, text);
	if (!f || to->n == JAIL_HITS)
		return;
	if (!f->addr.family) {
		if (f->named)
			remark(r, l->of, REMARK_HOST_NAME, o->rule, 0,
			    str_head(text, 200));
		return;
	}
	who = addr_fold(f->addr);
	if (f2b_jailed_ignores(&o->is, &who))
		return;
	if (!is_counted(r, l->of, service))
		return;
	utc = f->dated ? f->utc : 0;
	to->hit[to->n++] = (struct jail_hit){ .who = who,
		.rule = o->rule,
		.pattern = (uint16_t)MIN(f->regex, UINT16_MAX),
		.at = utc > 0 && utc <= UINT32_MAX ? (uint32_t)utc : 0,
		.user = user_of(r, f) };
}

static bool send_held(struct reader *r, struct log *l, const struct record *rec,
    const struct place *place)
{
	struct jail_line *h = l->jail_line;

	for (; h->n_sent < h->n; h->n_sent++) {
		const struct jail_hit *hit = &h->hit[h->n_sent];
		struct record when = { .has_time = hit->at != 0,
			.at = hit->at };
		struct wire_sighting w = { .generation = r->generation,
			.source = l->of->is.id,
			.ino = place->ino,
			.offset = place->at,
			.length = place->length,
			.hash = hash_str(&r->key, rec->line),
			.user = hit->user,
			.who = hit->who,
			.rule = hit->rule,
			.pattern = hit->pattern };

		w.at = event_time(r, l, &when, &w.flags);
		if (!l->of->is.trust)
			w.flags |= SIGHT_FORGEABLE;
		if (!tell_judge(r, MSG_SIGHTING, &w, sizeof(w),
			(struct str){ 0 }))
			return false;
		l->hits++;
	}
	return true;
}

/* The jail of that service, or NULL. */
static struct jail_of *jail_of(const struct reader *r, int service)
{
	return service >= 0 && (size_t)service < r->jails.n
		   ? r->jails.of[service]
		   : NULL;
}

void jails_anew(struct log *l)
{
	if (l->jail_line)
		l->jail_line->is_fed = false;
}

bool jails_see(struct reader *r, struct log *l, const struct record *rec,
    struct str text, const int *services, size_t n, const struct place *place)
{
	struct jail_line *h = l->jail_line;
	bool any = false;

	for (size_t i = 0; i < n; i++)
		any |= jail_of(r, services[i]) != NULL;
	if (!any)
		return true;
	if (!h)
		h = l->jail_line = mem_new(1, sizeof(*h));
	if (!h->is_fed || h->ino != place->ino || h->at != place->at) {
		*h = (struct jail_line){ .ino = place->ino,
			.at = place->at,
			.is_fed = true };
		for (size_t i = 0; i < n; i++) {
			const struct jail_of *o = jail_of(r, services[i]);

			if (o && o->is.filter)
				feed(r, l, rec, services[i], text, h);
		}
	}
	return send_held(r, l, rec, place);
}
