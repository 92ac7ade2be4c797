#include "reader/reader.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	SKEW_MAX = 60 /* s between a live line's stamp and its arrival */
};

struct reader *see_reader;

/* When it happened. A live line whose stamp is off counts when it came; one
 * that is read later is put right by what the live ones were off. */
uint32_t event_time(struct reader *r, struct log *l, const struct record *rec,
    uint8_t *flags)
{
	struct source *s = l->of;
	int64_t off = (int64_t)rec->at - r->now;

	if (!rec->has_time) {
		*flags |= SIGHT_ARRIVAL;
		return r->now;
	}
	if (!l->live)
		return (uint32_t)CLAMP((int64_t)rec->at - s->skew, 1,
		    (int64_t)r->now);
	if (llabs(off) <= SKEW_MAX) {
		s->skew = 0;
		return MIN(rec->at, r->now);
	}
	s->skew = off;
	remark(r, s, REMARK_SKEW, SIZE_MAX, off, (struct str){ 0 });
	*flags |= SIGHT_ARRIVAL;
	return r->now;
}

/* Behind a trusted proxy the client is whom it forwards. */
static void find_client(struct reader *r, struct source *s, struct record *rec,
    uint8_t *flags)
{
	struct addr peer;
	struct str client;

	if (s->is.proxied == CLIENT_PEER || !record_client(rec, &peer))
		return;
	if (s->is.proxied == CLIENT_REAL_IP) {
		*flags |= SIGHT_PROXIED;
		return;
	}
	if (!proxy_trusts(&r->trusted, &peer))
		return;
	client = proxy_client(&r->trusted, rec->forwarded);
	if (client.n == 0)
		return;
	rec->client = client;
	*flags |= SIGHT_PROXIED;
}

/* Before the hits, so that a line that comes again is not counted twice. */
static void count_success(struct reader *r, struct source *s,
    struct record *rec)
{
	struct wire_proxy p = { .source = s->is.id };
	struct addr a;

	if (rec->status < 200 || rec->status >= 400 || !record_client(rec, &a))
		return;
	if (!s->heavy)
		s->heavy = mem_new(1, sizeof(*s->heavy));
	if (heavy_see(s->heavy, &a, &p.who, &p.share, &p.of))
		tell_judge(r, MSG_PROXIED, &p, sizeof(p), (struct str){ 0 });
}

static uint64_t keyed(const struct reader *r, struct str s)
{
	uint64_t h;

	if (s.n == 0)
		return 0;
	h = hash_str(&r->key, s);
	return h ? h : 1;
}

static void note_doubts(struct reader *r, struct source *s,
    const struct match_stats *was, const struct record *rec)
{
	const struct match_stats *now = matcher_stats(r->matcher);

	if (now->ambiguous != was->ambiguous)
		remark(r, s, REMARK_AMBIGUOUS, now->ambiguous_rule, 0,
		    rec->line);
	if (now->over_limit != was->over_limit)
		remark(r, s, REMARK_OVER_LIMIT, now->over_limit_rule, 0,
		    rec->line);
}

static bool is_ours(const struct record *rec)
{
	return str_eq(rec->program, STR("liptako"));
}

static bool send_hit(struct reader *r, struct log *l, const struct hit *h,
    struct wire_sighting *w)
{
	const struct rule *rule = &r->rules->rules[h->rule];

	if (rule->off)
		return true;
	if (!h->who.family)
		return true;
	w->who = h->who;
	w->rule = h->rule;
	w->pattern = h->pattern;
	w->port = h->port;
	w->user = keyed(r, h->user);
	w->distinct = keyed(r, h->distinct);
	if (!tell_judge(r, MSG_SIGHTING, w, sizeof(*w), (struct str){ 0 }))
		return false;
	l->hits++;
	return true;
}

bool is_counted(struct reader *r, const struct source *s, int service)
{
	uint8_t kind = s->is.kind == SOURCE_JOURNAL ? TWIN_JOURNAL : TWIN_FILE;
	struct twin *t;

	if (service < 0)
		return true;
	if (kind == TWIN_FILE && s->is.shares != SHARES_LINES)
		return s->is.shares == SHARES_NOTHING ||
		       !journal_has(r, service);
	t = &r->twins[service];
	if (t->kind != kind && t->until > r->now)
		return false;
	t->kind = kind;
	t->until = r->now + TWIN_S;
	return true;
}

/* A line of a file that is nobody's is of the service whose rule it hits. */
static bool is_elsewhere(struct reader *r, const struct source *s, int service,
    const struct hit *h)
{
	return service < 0 &&
	       !is_counted(r, s, r->rules->rules[h->rule].service);
}

/* The generic rules are for words that nobody's own rules know. */
static size_t without_generic(const struct reader *r, struct hit *hits,
    size_t n)
{
	const struct rules *rules = r->rules;
	size_t kept = 0;

	for (size_t i = 0; n > 1 && i < n; i++)
		if (!service_is_generic(
			&rules->services[rules->rules[hits[i].rule].service]))
			hits[kept++] = hits[i];
	return kept ? kept : n;
}

/* The hits for each of the services, no rule twice. */
static size_t match_all(struct reader *r, const struct log *l,
    struct record *rec, const int *services, size_t n_services,
    struct hit hits[static MATCH_HITS])
{
	struct hit more[MATCH_HITS];
	size_t n = 0;

	for (size_t i = 0; i < n_services; i++) {
		size_t got = match_record(r->matcher, rec, services[i], more);

		if (got && !is_counted(r, l->of, services[i]))
			continue;
		for (size_t k = 0; k < got && n < MATCH_HITS; k++) {
			size_t j = 0;

			while (j < n && hits[j].rule != more[k].rule)
				j++;
			if (j == n &&
			    !is_elsewhere(r, l->of, services[i], &more[k]))
				hits[n++] = more[k];
		}
	}
	return without_generic(r, hits, n);
}

static bool send_hits(struct reader *r, struct log *l, const struct hit *hits,
    size_t n, struct wire_sighting *w)
{
	for (size_t i = l->n_sent; i < n; i++) {
		if (!send_hit(r, l, &hits[i], w)) {
			l->n_sent = (uint8_t)i;
			return false;
		}
	}
	l->n_sent = 0;
	return true;
}

/* For rules that were not compiled: warden hears of it, nothing more is read,
 * and the next reader begins with this line. */
static bool lacks_rules(struct reader *r, const struct record *rec,
    const int *services, size_t n)
{
	char names[WIRE_TAIL / 8];
	struct wire_none none = { 0 };
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		int lacking = matcher_lacks(r->matcher, rec, services[i]), k;

		if (lacking < 0)
			continue;
		k = snprintf(names + used, sizeof(names) - used, "%s\n",
		    r->rules->services[lacking].name);
		used += MIN((size_t)k, sizeof(names) - 1 - used);
	}
	if (used == 0)
		return false;
	if (!r->is_waiting)
		r->is_waiting =
		    link_send(&r->up, MSG_NEEDS, &none, sizeof(none),
			(struct str){ names, used }, -1) == LINK_OK;
	if (r->is_waiting)
		judge_has_room(r, false);
	return true;
}

bool see_record(struct reader *r, struct log *l, struct record *rec,
    const int *services, size_t n_services, const struct place *place)
{
	struct match_stats was = *matcher_stats(r->matcher);
	struct wire_sighting w = { .generation = r->generation,
		.source = l->of->is.id,
		.ino = place->ino,
		.offset = place->at,
		.length = place->length };
	struct hit hits[MATCH_HITS];
	size_t n;

	if (is_ours(rec))
		return true;
	if (lacks_rules(r, rec, services, n_services))
		return false;
	if (rec->is_request) {
		find_client(r, l->of, rec, &w.flags);
		if (l->n_sent == 0)
			count_success(r, l->of, rec);
	}
	n = match_all(r, l, rec, services, n_services, hits);
	if (l->n_sent == 0)
		note_doubts(r, l->of, &was, rec);
	if (n == 0) {
		see_named(r, l->of, rec, services, n_services);
		return true;
	}
	if (!l->of->is.trust)
		w.flags |= SIGHT_FORGEABLE;
	w.at = event_time(r, l, rec, &w.flags);
	w.hash = keyed(r, rec->line);
	return send_hits(r, l, hits, n, &w);
}

bool see_line(void *arg, const struct gen_line *line)
{
	struct reader *r = see_reader;
	struct log *l = arg;
	struct place place = { l->gen.ino, line->at, (uint32_t)line->text.n };
	struct record rec;

	line_parse(l->of->parser, (enum line_form)l->of->is.form, line->text,
	    &rec);
	if (line->cut && l->n_sent == 0)
		remark(r, l->of, REMARK_LONG_LINE, SIZE_MAX, 0,
		    str_head(line->text, 200));
	if (!jails_see(r, l, &rec, line->text, l->of->jails, l->of->n_jails,
		&place) ||
	    !see_record(r, l, &rec, &l->of->is.service, 1, &place))
		return false;
	l->lines++;
	l->bytes += line->next - line->at;
	return true;
}
