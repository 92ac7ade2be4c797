#include "cli/play.h"

#include <stdio.h>

#include "base/jail.h"
#include "base/when.h"
#include "cli/cli.h"
#include "cli/play_jails.h"
#include "cli/stream.h"
#include "law/of_rule.h"

enum {
	BUFFER = 128 << 10, /* more would push out of the cache what is asked */
	PROGRESS_REFILLS = 32,
	/* A log that goes back by more than half an hour for that many lines
	 * was put together from parts; so often we follow it. */
	BACK_BY = 1800,
	BACK_LINES = 3,
	BACKS_MOST = 100,
	PROXIES_MOST = 64,
	WATCH_LINES = 64,
	SAID_MOST = 16 << 10, /* bytes: the parent wakes once for all of them */
};

struct player {
	const struct play *p;
	int fd;
	struct hash_key key;
	struct matcher *matcher;
	struct law *law;
	struct tally *tally;
	struct stream *streams;
	size_t n;
	struct play_end end;
	struct trusted trusted;            /* the configuration's proxies */
	struct addr proxies[PROXIES_MOST]; /* those that look like one */
	size_t n_proxies;
	uint64_t refills_told;
	uint32_t newest;
	unsigned back_lines, backs;
	struct play_jails jails;
	size_t n_said;
	char said[SAID_MOST]; /* not yet written */
};

static void say_all(struct player *pl)
{
	const char *p = pl->said;

	while (pl->n_said > 0) {
		ssize_t w = write(pl->fd, p, pl->n_said);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			_exit(CLI_FAULT); /* nobody listens any more */
		p += w;
		pl->n_said -= (size_t)w;
	}
}

static void say(struct player *pl, enum play_word word, const void *body,
    size_t n)
{
	uint32_t head[2] = { word, (uint32_t)n };

	if (pl->n_said + sizeof(head) + n > SAID_MOST)
		say_all(pl);
	memcpy(pl->said + pl->n_said, head, sizeof(head));
	memcpy(pl->said + pl->n_said + sizeof(head), body, n);
	pl->n_said += sizeof(head) + n;
	if (word != PLAY_NAMED)
		say_all(pl);
}

static uint64_t refills(const struct player *pl)
{
	uint64_t n = 0;

	for (size_t i = 0; i < pl->n; i++)
		n += pl->streams[i].refills;
	return n;
}

/* Called when a file was read from; every few times the parent hears. */
static void tell_progress(struct player *pl)
{
	struct play_progress pr = { 0 };
	uint64_t n = refills(pl);

	if (n - pl->refills_told < PROGRESS_REFILLS)
		return;
	pl->refills_told = n;
	for (size_t i = 0; i < pl->n; i++) {
		const struct stream *s = &pl->streams[i];

		pr.taken += s->unpack  ? unpack_taken(s->unpack)
			    : s->ended ? s->input->size
				       : 0;
		pr.lines += s->lines;
	}
	say(pl, PLAY_PROGRESS, &pr, sizeof(pr));
}

/* Allowed, proxies and ourselves; only asked with immunity. */
static enum shield shield_of(void *arg, const struct addr *who)
{
	static const struct net loop = { { 4, { 127 } }, 8 };
	static const struct net loop6 = { { 6, { [15] = 1 } }, 128 };
	const struct player *pl = arg;
	const struct conf *c = pl->p->book->conf;

	if (net_has(&loop, who) || net_has(&loop6, who))
		return SHIELD_ABSOLUTE;
	for (size_t i = 0; i < c->n_allow; i++) {
		const struct conf_allow *w = &c->allow[i];

		if ((!w->until || w->until > pl->newest) &&
		    net_has(&w->net, who))
			return SHIELD_ABSOLUTE;
	}
	if (proxy_trusts(&pl->trusted, who))
		return SHIELD_PROXY;
	for (size_t i = 0; i < pl->n_proxies; i++) {
		if (addr_eq(&pl->proxies[i], who))
			return SHIELD_PROXY;
	}
	return SHIELD_NONE;
}

static void make_trusted(struct player *pl)
{
	const struct conf *c = pl->p->book->conf;

	pl->trusted.n = c->n_trusted;
	pl->trusted.nets = mem_new(c->n_trusted, sizeof(struct net));
	for (size_t i = 0; i < c->n_trusted; i++)
		pl->trusted.nets[i] = c->trusted[i].net;
}

static void make_law(struct player *pl)
{
	const struct rules *rules = pl->p->book->rules;
	const struct conf *c = pl->p->book->conf;
	struct law_conf lc = law_defaults;
	struct law_rule *lr = mem_new(rules->n, sizeof(*lr));

	for (size_t i = 0; i < rules->n; i++)
		lr[i] = law_rule_of(&rules->rules[i]);
	lc.slots = MAX(lc.slots, c->slots); /* old logs hold many */
	lc.term = c->term;
	lc.term_max = c->term_max;
	lc.decay = c->decay;
	lc.good_days = c->good_days;
	lc.alarm_failures = c->alarm_failures;
	lc.alarm_span = c->alarm_span;
	lc.immunity = pl->p->immunity;
	lc.widen_v4 = (uint8_t)c->widen_v4;
	lc.widen_v6 = (uint8_t)c->widen_v6;
	lc.widen_witnesses = c->widen_witnesses;
	law_new(&pl->law, &lc, lr, rules->n, &pl->key, shield_of, pl);
	free(lr);
}

/* The clock of a log went back: what was counted later is forgotten. */
static void watch_clock(struct player *pl, uint32_t at)
{
	if (at >= pl->newest || pl->newest - at <= BACK_BY) {
		pl->newest = MAX(pl->newest, at);
		pl->back_lines = 0;
		return;
	}
	if (++pl->back_lines < BACK_LINES || pl->backs >= BACKS_MOST)
		return;
	pl->back_lines = 0;
	pl->backs++;
	pl->newest = at;
	law_set_back(pl->law, at);
}

static bool is_wanted(const struct play *p, uint32_t at)
{
	return at >= p->since && (!p->until || at <= p->until);
}

static void take_hit(struct player *pl, const struct hit *h, uint32_t at)
{
	const struct rule *r = &pl->p->book->rules->rules[h->rule];
	struct law_event e = { .who = h->who, .rule = h->rule, .at = at };
	struct ruling ruling;

	if (h->who.family == 0 || r->off)
		return;
	if (r->distinct && h->distinct.p)
		e.distinct = hash_text(&pl->key, h->distinct);
	law_see(pl->law, &e, &ruling);
	tally_event(pl->tally, &e, r->outcome == OUTCOME_SUCCESS, &ruling);
	timeline_add(&pl->end.times, 0, at);
	if (ruling.verdict != VERDICT_NONE)
		timeline_add(&pl->end.times, 1, at);
}

static void take_failure(void *arg, uint16_t rule, const struct addr *who,
    uint32_t at)
{
	struct player *pl = arg;
	const struct hit h = { .who = *who, .rule = rule };

	pl->end.matched++;
	take_hit(pl, &h, at);
}

/* Behind a trusted proxy the client is whom it forwards. */
static void find_client(const struct player *pl, struct record *rec)
{
	struct str client;
	struct addr peer;

	if (!record_client(rec, &peer))
		return;
	if (!proxy_trusts(&pl->trusted, &peer))
		return;
	client = proxy_client(&pl->trusted, rec->forwarded);
	if (client.n)
		rec->client = client;
}

/* Who makes a third of a log's successful requests is taken for a proxy. */
static void count_success(struct player *pl, struct stream *s)
{
	uint32_t share, of;
	struct addr a;

	if (s->rec.status < 200 || s->rec.status >= 400 ||
	    !record_client(&s->rec, &a))
		return;
	if (!s->heavy)
		s->heavy = mem_new(1, sizeof(*s->heavy));
	if (!heavy_see(s->heavy, &a, &a, &share, &of) ||
	    pl->n_proxies == PROXIES_MOST)
		return;
	pl->proxies[pl->n_proxies++] = a;
}

static void take_record(struct player *pl, struct stream *s)
{
	struct hit hits[MATCH_HITS];
	size_t n;

	if (s->rec.has_time)
		watch_clock(pl, s->at);
	else
		pl->end.undated++;
	if (!is_wanted(pl->p, s->at))
		return;
	if (!pl->end.from || s->at < pl->end.from)
		pl->end.from = s->at;
	pl->end.to = MAX(pl->end.to, s->at);
	if (s->rec.is_request && pl->p->immunity) {
		if (pl->trusted.n)
			find_client(pl, &s->rec);
		count_success(pl, s);
	}
	n = match_record(pl->matcher, &s->rec, pl->p->service, hits);
	pl->end.matched += n > 0;
	play_jails_see(&pl->jails, (size_t)(s - pl->streams), s, take_failure,
	    pl);
	for (size_t i = 0; i < n; i++)
		take_hit(pl, &hits[i], s->at);
}

/* The stream that stands earliest, and the time up to which it stays so. */
static struct stream *earliest(const struct player *pl, uint32_t *until)
{
	struct stream *first = NULL;

	*until = UINT32_MAX;
	for (size_t i = 0; i < pl->n; i++) {
		struct stream *s = &pl->streams[i];

		if (s->ended)
			continue;
		if (!first) {
			first = s;
		} else if (s->at < first->at) {
			*until = first->at;
			first = s;
		} else {
			*until = MIN(*until, s->at);
		}
	}
	return first;
}

/* Too much is interpreted: the parent makes code, and another begins again. */
static void watch_matcher(struct player *pl)
{
	struct match_used used;

	if (!pl->p->slow_most || matcher_slow(pl->matcher) <= pl->p->slow_most)
		return;
	matcher_used(pl->matcher, &used);
	say(pl, PLAY_AGAIN, &used, sizeof(used));
	_exit(CLI_OK);
}

static void play_all(struct player *pl)
{
	struct stream *s;
	uint32_t until;

	while ((s = earliest(pl, &until))) {
		do {
			uint64_t before = s->refills;

			take_record(pl, s);
			stream_next(s);
			if (s->lines % WATCH_LINES == 0)
				watch_matcher(pl);
			if (s->refills != before)
				tell_progress(pl);
		} while (!s->ended && s->at <= until);
	}
}

static void finish(struct player *pl)
{
	const struct match_stats *m = matcher_stats(pl->matcher);
	struct play_end *end = &pl->end;
	struct law_stats st;

	for (size_t i = 0; i < pl->n; i++) {
		const struct stream *s = &pl->streams[i];
		struct play_trouble t = { (uint32_t)i, s->error };

		if (s->error)
			say(pl, PLAY_TROUBLE, &t, sizeof(t));
		end->lines += s->lines;
		end->bytes += s->bytes;
	}
	for (size_t i = 0; i < tally_named(pl->tally); i++) {
		struct named v = tally_at(pl->tally, i);

		say(pl, PLAY_NAMED, &v, sizeof(v));
	}
	law_stats(pl->law, &st);
	end->late = st.late;
	end->pushed_out = st.pushed_out;
	end->subjects = tally_subjects(pl->tally);
	end->ambiguous = m->ambiguous;
	end->over_limit = m->over_limit;
	say(pl, PLAY_END, end, sizeof(*end));
}

_Noreturn void play_child(const struct play *p, int fd)
{
	struct player pl = { .p = p, .fd = fd, .n = p->in->n };
	uint32_t missing;
	int e;

	pl.key = hash_key_new();
	pl.matcher = p->matcher;
	make_trusted(&pl);
	make_law(&pl);
	tally_new(&pl.tally, &pl.key);
	pl.streams = mem_new(pl.n, sizeof(*pl.streams));
	for (size_t i = 0; i < pl.n; i++) {
		const struct input *in = &p->in->v[i];

		if (stream_init(&pl.streams[i], in, p->form, p->zone,
			p->now ? p->now : in->mtime) < 0)
			_exit(cli_usage("replay",
			    "no time zone is called "
			    "\"%s\"",
			    p->zone));
	}
	play_jails_new(&pl.jails, p);
	e = jail_enter(READER, NULL, &missing);
	if (e < 0)
		die("the reader's jail: %s", strerror(-e));
	for (size_t i = 0; i < pl.n; i++)
		stream_start(&pl.streams[i], BUFFER);
	play_all(&pl);
	finish(&pl);
	_exit(CLI_OK);
}
