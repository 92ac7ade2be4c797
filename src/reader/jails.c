#include "reader/reader.h"

#include "base/log.h"

#include <ctype.h>
#include <stdio.h>
#include <unistd.h>

enum {
	TAG_MAX = 1000 /* bytes of a tag's value */
};

static void told(void *arg, const struct f2b_fault *f)
{
	char what[600];

	(void)str_show(str_of(f->what), what, sizeof(what));
	log_warn("jail-fault jail=%s what=\"%s\"", f->jail ? f->jail : "-",
	    what);
}

static uint8_t asks_of(const struct jailed *j)
{
	const char *dns = j->usedns ? j->usedns : "no";
	uint8_t asks = j->ignorecommand ? ASIDE_COMMAND : 0;

	if (strcasecmp(dns, "warn") == 0)
		return asks | ASIDE_NAME | ASIDE_WARN;
	return strcasecmp(dns, "yes") == 0 ? asks | ASIDE_NAME : asks;
}

static struct jail_of *jail_new(const struct jails *all, const struct jailed *j,
    uint16_t rule, uint32_t now)
{
	const struct f2b_options options = { .clock = { .zone = all->zone,
						 .now = now },
		.age = F2B_ANY_AGE };
	struct jail_of *o = mem_new(1, sizeof(*o));

	o->rule = rule;
	o->asks = asks_of(j);
	o->command = j->ignorecommand;
	o->key = j->cache_key;
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

/* Is it one that command or key want to know? */
static bool is_wanted(const struct jail_of *o, const char *tag)
{
	char text[80];

	snprintf(text, sizeof(text), "<%s>", tag);
	return (o->command && strstr(o->command, text)) ||
	       (o->key && strstr(o->key, text));
}

/* "TAG=value" and a NUL, if it is wanted and there is room. */
static void put_tag(const struct jail_of *o, const char *tag, struct str value,
    char *to, uint16_t *n)
{
	size_t n_tag = strlen(tag);

	value.n = MIN(value.n, (size_t)TAG_MAX);
	if (!is_wanted(o, tag) || *n + n_tag + value.n + 2 > WIRE_TAGS)
		return;
	memcpy(to + *n, tag, n_tag);
	to[*n + n_tag] = '=';
	if (value.n)
		memcpy(to + *n + n_tag + 1, value.p, value.n);
	for (size_t i = 0; i < value.n; i++)
		if (!to[*n + n_tag + 1 + i])
			to[*n + n_tag + 1 + i] = '?';
	to[*n + n_tag + 1 + value.n] = 0;
	*n = (uint16_t)(*n + n_tag + value.n + 2);
}

/* What the command's tags are about. */
static void put_tags(const struct jail_of *o, const struct f2b_failure *f,
    struct str text, char *to, uint16_t *n)
{
	put_tag(o, "fid", f->id, to, n);
	put_tag(o, "matches", text, to, n);
	for (size_t i = 0; i < f->n_fields; i++) {
		char tag[60] = "F-";
		size_t k = 2;

		for (const char *z = f->fields[i].name;
		     *z && k < sizeof(tag) - 1; z++)
			tag[k++] = (char)toupper(*z);
		put_tag(o, tag, f->fields[i].value, to, n);
	}
}

/* NULL: nobody is asked. */
static struct wire_aside *aside_new(const struct jail_of *o,
    const struct f2b_failure *f, struct str text)
{
	bool named = f->named && !f->addr.family;
	uint8_t asks = named ? o->asks : o->asks & ASIDE_COMMAND;
	struct wire_aside *a;
	char *tail;

	if (!asks || (named && f->id.n > ASIDE_NAME_MAX))
		return NULL;
	a = mem_new(1, sizeof(*a) + WIRE_ASIDE);
	tail = (char *)(a + 1);
	a->asks = asks;
	if (named) {
		a->n_name = (uint16_t)f->id.n;
		memcpy(tail, f->id.p, f->id.n);
	}
	if (asks & ASIDE_COMMAND)
		put_tags(o, f, text, tail + a->n_name, &a->n_tags);
	return a;
}

static void put_hit(struct reader *r, const struct jail_of *o,
    const struct f2b_failure *f, struct str text, struct jail_line *to)
{
	int64_t utc = f->dated ? f->utc : 0;

	to->hit[to->n++] = (struct jail_hit){ .who = addr_fold(f->addr),
		.rule = o->rule,
		.pattern = (uint16_t)MIN(f->regex, UINT16_MAX),
		.at = utc > 0 && utc <= UINT32_MAX ? (uint32_t)utc : 0,
		.user = user_of(r, f),
		.aside = aside_new(o, f, text) };
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

	f2b_filter_time(o->is.filter, r->now, F2B_ANY_AGE);
	f = f2b_filter_feed(o->is.filter, &line);
	note_limits(r, l, o, text);
	if (!f || to->n == JAIL_HITS)
		return;
	if (!f->addr.family && !(f->named && o->asks & ASIDE_NAME)) {
		if (f->named)
			remark(r, l->of, REMARK_HOST_NAME, o->rule, 0,
			    str_head(text, 200));
		return;
	}
	who = addr_fold(f->addr);
	if (who.family && f2b_jailed_ignores(&o->is, &who))
		return;
	if (is_counted(r, l->of, service))
		put_hit(r, o, f, text, to);
}

static bool send_one(struct reader *r, const struct wire_sighting *w,
    struct wire_aside *a)
{
	if (!a)
		return tell_judge(r, MSG_SIGHTING, w, sizeof(*w),
		    (struct str){ 0 });
	a->sight = *w;
	return tell_judge(r, MSG_ASIDE, a, sizeof(*a),
	    (struct str){ (const char *)(a + 1),
		(size_t)a->n_name + a->n_tags });
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
		if (!send_one(r, &w, hit->aside))
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

static void drop_hits(struct jail_line *h)
{
	for (size_t i = 0; i < h->n; i++)
		free_ptr(&h->hit[i].aside);
	*h = (struct jail_line){ 0 };
}

void jail_line_free(struct jail_line **h)
{
	if (*h)
		drop_hits(*h);
	free_ptr(h);
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
		drop_hits(h);
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
