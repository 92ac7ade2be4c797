#include "rule/text.h"

#include <stdio.h>

enum reading text_read(struct reading_room *r, const struct reader *reader,
    struct str text, struct captures *c, struct addr *who, size_t rule)
{
	enum reading got = engine_read(reader->engine, r->regex, text, c, who);

	if (got == READ_AMBIGUOUS) {
		r->stats->ambiguous++;
		r->stats->ambiguous_rule = rule;
	} else if (got == READ_LIMIT) {
		r->stats->over_limit++;
		r->stats->over_limit_rule = rule;
	}
	return got;
}

static struct str field(const struct captures *c, int i)
{
	return i == NO_FIELD ? (struct str){ 0 } : c->field[i];
}

void text_gather(struct hit *h, const struct reader *r,
    const struct captures *c, const struct addr *who)
{
	struct str user = field(c, r->user), port = field(c, r->port),
		   distinct = field(c, r->distinct);
	uint32_t v;

	if (who->family)
		h->who = *who;
	if (user.p)
		h->user = user;
	if (distinct.p)
		h->distinct = distinct;
	if (port.p && str_u32(port, 65535, &v))
		h->port = (uint16_t)v;
}

/* The id that ties lines together: captured, or the process id. */
static struct str id_of(const struct reader *r, const struct captures *c,
    const struct record *rec, char buf[static 12])
{
	struct str id = field(c, r->id);

	if (id.p || !rec->pid)
		return id;
	return (struct str){ buf, (size_t)snprintf(buf, 12, "%u", rec->pid) };
}

static void learn_from(struct reading_room *r, const struct candidate *x,
    const struct record *rec)
{
	struct captures c;
	struct addr who;
	char buf[12];
	struct str id;

	if (text_read(r, x->reader, rec->msg, &c, &who, SIZE_MAX) != READ_HIT ||
	    !who.family)
		return;
	id = id_of(x->reader, &c, rec, buf);
	if (id.p && !r->trial)
		learn_put(r->learn, x->service, id, r->now, &who);
}

static void recall(struct reading_room *r, const struct candidate *x,
    const struct record *rec, const struct captures *c, struct hit *h)
{
	char buf[12];
	struct str id;

	if (!r->c->services[x->service].n_learn)
		return;
	id = id_of(x->reader, c, rec, buf);
	if (id.p)
		learn_get(r->learn, x->service, id, r->now, &h->who);
}

static bool is_vetoed(struct reading_room *r, size_t rule, struct str text)
{
	const struct compiled *c = &r->c->compiled[rule];
	struct captures ignored;
	struct addr who;

	for (size_t i = 0; i < c->n_veto; i++) {
		if (text_read(r, &c->veto[i], text, &ignored, &who, rule) !=
		    READ_NONE)
			return true;
	}
	return false;
}

enum outcome_of_try {
	TRY_ON, /* the rule's next pattern may still hit */
	TRY_HIT,
	TRY_VETOED
};

static enum outcome_of_try try_one(struct reading_room *r,
    const struct candidate *x, const struct record *rec, struct hit *h)
{
	struct captures c;
	struct addr who;

	if (text_read(r, x->reader, rec->msg, &c, &who, x->rule) != READ_HIT)
		return TRY_ON;
	if (is_vetoed(r, x->rule, rec->msg))
		return TRY_VETOED;
	*h = (struct hit){ .rule = x->rule, .pattern = x->pattern };
	text_gather(h, x->reader, &c, &who);
	if (!who.family)
		recall(r, x, rec, &c, h);
	return TRY_HIT;
}

size_t text_match(struct reading_room *r, struct group *g,
    const struct record *rec, struct hit *hits, size_t n)
{
	size_t n_found, done = SIZE_MAX;
	const uint16_t *found = group_find(g, rec->msg, &n_found);

	for (size_t i = 0; i < n_found && n < MATCH_HITS; i++) {
		const struct candidate *x = group_at(g, found[i]);

		if (x->learns) {
			learn_from(r, x, rec);
			continue;
		}
		if (x->rule == done)
			continue;
		switch (try_one(r, x, rec, &hits[n])) {
		case TRY_HIT:
			n++;
			done = x->rule;
			break;
		case TRY_VETOED:
			done = x->rule;
			break;
		case TRY_ON:
			break;
		}
	}
	return n;
}
