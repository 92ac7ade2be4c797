#include "cli/play_jails.h"

#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>

#include "f2b/jailed.h"

/* A filter joins lines to sessions, so each log has its own. */
struct play_jail {
	struct f2b_jailed is;
	size_t input;
	uint16_t rule;
};

static void untold(void *arg, const struct f2b_fault *f)
{
}

static bool reads(const struct service *s, const char *name)
{
	char path[PATH_MAX];

	if (!realpath(name, path))
		return false;
	for (size_t i = 0; i < s->files.n; i++)
		if (fnmatch(s->files.v[i], path, FNM_PATHNAME) == 0)
			return true;
	return false;
}

static void add(struct play_jails *j, const struct play *p, size_t rule,
    size_t input)
{
	const struct rules *r = p->book->rules;
	const struct input *in = &p->in->v[input];
	const struct f2b_options options = { .clock = { .zone = j->zone,
						 .now = p->now ? p->now
							       : in->mtime },
		.age = F2B_ANY_AGE };
	struct play_jail *new;

	j->v = mem_grow(j->v, j->n + 1, sizeof(*j->v));
	new = &j->v[j->n++];
	*new = (struct play_jail){ .input = input, .rule = (uint16_t)rule };
	f2b_jailed_new(&new->is, r->services[r->rules[rule].service].jail,
	    &options, untold, NULL);
}

static size_t count(const struct rules *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += r->rules[i].is_jails && !r->rules[i].off;
	return n;
}

void play_jails_new(struct play_jails *j, const struct play *p)
{
	const struct rules *r = p->book->rules;
	size_t n = count(r);

	if (n == 0 || zone_new(&j->zone, p->zone) < 0)
		return;
	for (size_t i = 0; i < r->n; i++) {
		size_t s = r->rules[i].service;

		if (!r->rules[i].is_jails || r->rules[i].off)
			continue;
		for (size_t k = 0; k < p->in->n; k++)
			if (n == 1 || (size_t)p->service == s ||
			    reads(&r->services[s], p->in->v[k].name))
				add(j, p, i, k);
	}
}

void play_jails_see(struct play_jails *j, size_t input, const struct stream *s,
    play_failure_fn *fn, void *arg)
{
	for (size_t i = 0; i < j->n; i++) {
		struct play_jail *o = &j->v[i];
		const struct f2b_line line = { .text = s->rec.line };
		const struct f2b_failure *f;
		struct addr who;
		int64_t now;

		if (o->input != input || !o->is.filter)
			continue;
		f = f2b_filter_feed(o->is.filter, &line);
		/* the next one comes no earlier */
		if (f2b_filter_date(o->is.filter, &now))
			f2b_filter_time(o->is.filter, now, F2B_ANY_AGE);
		if (!f || !f->addr.family)
			continue;
		who = addr_fold(f->addr);
		if (!f2b_jailed_ignores(&o->is, &who))
			fn(arg, o->rule, &who,
			    f->dated && f->utc > 0 && f->utc <= UINT32_MAX
				? (uint32_t)f->utc
				: s->at);
	}
}
