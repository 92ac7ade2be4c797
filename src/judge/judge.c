#include "judge/judge.h"

#include "base/log.h"

/* The generation that gave way is forgotten in the ledger too. */
static void position_gone(struct judge *j, uint64_t key, uint64_t ino)
{
	struct fact *f = ino ? facts_add(&j->facts, FACT_POSITION_GONE) : NULL;

	if (f)
		f->position =
		    (struct ledger_position){ .key = key, .ino = ino };
}

/* So that the ledger has no more of them than we. */
static void log_forgot(void *arg, const struct log *g)
{
	for (size_t i = 0; i < g->n; i++)
		position_gone(arg, g->key, g->at[i].ino);
}

void judge_new(struct judge *j, const struct judge_ops *ops, void *arg)
{
	*j = (struct judge){ .ops = *ops, .arg = arg, .jail_log = -1 };
	j->logs.forgot = log_forgot;
	j->logs.arg = j;
	measures_new(&j->measures);
	holders_new(&j->holders);
	asides_new(&j->asides);
	j->law_key = hash_key_new();
	j->orders = mem_new(ORDERS, sizeof(*j->orders));
	ally_new(j);
}

void judge_free(struct judge *j)
{
	for (size_t i = 0; i < READERS; i++)
		free(j->readers[i].heard);
	asides_free(j);
	free_ptr(&j->active_names);
	ledger_close(&j->ledger);
	law_free(&j->law);
	book_free(&j->book);
	book_free(&j->former);
	conf_free(&j->conf);
	logs_free(&j->logs);
	measures_free(&j->measures);
	holders_free(&j->holders);
	protect_free(&j->protect);
	facts_free(&j->facts);
	free(j->orders);
	free(j->keys.v);
	free(j->sensed.names);
	ally_free(j);
	desk_lists_free(j);
	sealed_free(j);
}

void judge_send(struct judge *j, enum role to, uint32_t instance, uint32_t type,
    const void *body, size_t n)
{
	j->ops.send(j->arg, to, instance, type, body, n, (struct str){ 0 });
}

static struct reader_link *reader_of(struct judge *j, uint32_t instance)
{
	for (size_t i = 0; i < READERS; i++)
		if (j->readers[i].used && j->readers[i].instance == instance)
			return &j->readers[i];
	return NULL;
}

static void reader_up(struct judge *j, uint32_t instance)
{
	for (size_t i = 0; i < READERS; i++) {
		struct reader_link *r = &j->readers[i];

		if (r->used && r->instance != instance)
			continue;
		free(r->heard);
		*r = (struct reader_link){ .used = true, .instance = instance };
		return;
	}
	log_warn("reader-refused instance=%u why=\"too many readers\"",
	    instance);
}

void judge_linked(struct judge *j, enum role peer, uint32_t instance)
{
	if (peer == READER)
		reader_up(j, instance);
	if (peer == DESK)
		desk_linked(j);
	if (peer == HERALD)
		desk_lists_herald(j);
	asides_linked(j, peer, true);
	sealed_linked(j, peer, true);
	ally_linked(j, peer);
	if (peer != ENFORCER)
		return;
	protect_forget_theirs(&j->protect);
	j->enforcer_up = true;
	j->ready_at = 0;
	j->syncing = false;
}

void judge_unlinked(struct judge *j, enum role peer, uint32_t instance)
{
	struct reader_link *r = peer == READER ? reader_of(j, instance) : NULL;

	if (r) {
		free(r->heard);
		*r = (struct reader_link){ 0 };
		asides_drop(j, instance);
		logs_reader_gone(&j->logs, instance);
	}
	asides_linked(j, peer, false);
	if (peer == DESK)
		desk_unlinked(j);
	sealed_linked(j, peer, false);
	ally_unlinked(j, peer);
	if (peer == ENFORCER) {
		j->enforcer_up = false;
		j->syncing = false;
	}
}

/* A rule's number in the generation that counts now. */
uint16_t judge_rule_now(const struct judge *j, uint32_t generation,
    uint16_t rule)
{
	if (j->book && generation == j->book->generation)
		return rule < j->book->n ? rule : UINT16_MAX;
	if (!j->former || !j->book || generation != j->former->generation ||
	    rule >= j->former->n)
		return UINT16_MAX;
	return book_find(j->book, str_of(j->former->rules[rule].name));
}

static void count_rule(struct judge *j, uint16_t rule)
{
	struct book_rule *r = &j->book->rules[rule];
	uint32_t day = j->now / 86400;

	if (r->day != day) {
		r->day = day;
		r->today = 0;
		r->measures = 0;
	}
	r->total++;
	r->today++;
	r->dirty = true;
	j->stats.sightings++;
}

/* A login may have made somebody protected: let the live sessions be read
 * again, at most every other second. */
static void login_seen(struct judge *j)
{
	struct wire_none none = { 0 };

	j->good_dirty = true;
	if (j->now < j->look_who_at)
		return;
	j->look_who_at = j->now + 2;
	judge_send(j, WARDEN, 0, MSG_LOOK_WHO, &none, sizeof(none));
}

static void remember_event(struct judge *j, const struct wire_sighting *s,
    uint64_t key, uint16_t rule, uint32_t at)
{
	const struct law_rule *r = &j->book->law[rule];
	uint32_t keep = MAX(MAX(r->span, r->slow_span), 60);
	struct fact *f;

	keep = MAX(keep, j->law_conf.alarm_span);
	if (at + keep <= j->now)
		return;
	f = facts_add(&j->facts, FACT_EVENT);
	if (!f)
		return;
	f->event = (struct ledger_event){
		.who = s->who,
		.rule = rule,
		.flags = s->flags,
		.at = at,
		.expires = at + keep,
		.distinct = s->distinct,
		.user = s->user,
		.place = { key, s->ino, s->offset, s->hash, s->length, at },
	};
}

/* As long as it may be counted. */
static void named(struct judge *j, const struct wire_sighting *s, uint16_t rule)
{
	const struct law_rule *r = &j->book->law[rule];
	struct net unit = addr_unit(s->who);

	hearsay_add(&j->hearsay, &unit,
	    j->now + MAX(MAX(r->span, r->slow_span), 60), j->now);
}

static void hear_sighting(struct judge *j, struct reader_link *r,
    const struct wire_sighting *s)
{
	struct log *g = logs_by_id(&j->logs, s->source);
	uint16_t rule = judge_rule_now(j, s->generation, s->rule);
	struct ruling ruling;
	struct law_event e;
	uint64_t gone;
	bool is_new;

	if (!g || !sighting_ok(s)) {
		j->stats.dropped++;
		return;
	}
	is_new = log_take(g, heard_of(&r->heard, &r->n, s->source), s, j->now,
	    &gone);
	position_gone(j, g->key, gone);
	if (!is_new)
		return;
	if (rule == UINT16_MAX || s->who.family == 0) {
		j->stats.dropped++;
		return;
	}
	count_rule(j, rule);
	e = (struct law_event){ s->who, rule, MIN(s->at, j->now + 60),
		s->distinct };
	law_see(j->law, &e, &ruling);
	remember_event(j, s, g->key, rule, e.at);
	if (s->flags & SIGHT_NAMED)
		named(j, s, rule);
	if (ruling.share)
		ruling.share = !hearsay_has(&j->hearsay, &ruling.net, j->now);
	if (ruling.verdict != VERDICT_NONE || ruling.alarm || ruling.revoked) {
		judge_ruled(j, &ruling, s);
	} else if (ruling.rung == RUNG_HELD) {
		judge_held(j, s);
		holding_ruled(j, &ruling);
	}
	if (j->book->law[rule].outcome == OUTCOME_SUCCESS &&
	    j->book->law[rule].login == LOGIN_HOST)
		login_seen(j);
	if (j->book->law[rule].outcome == OUTCOME_SUCCESS && s->user)
		ally_login(j, &s->who, s->user);
}

static void hear_opened(struct judge *j, struct reader_link *r,
    const struct wire_opened *o)
{
	struct log *g = logs_opened(&j->logs, o->source, o->key, r->instance);
	struct wire_resume resume;

	if (!g) {
		j->stats.dropped++;
		return;
	}
	g->reader = r->instance;
	g->kind = o->kind;
	resume = log_resume(g, o);
	*heard_of(&r->heard, &r->n, o->source) =
	    (struct heard){ .id = o->source };
	j->ops.send(j->arg, READER, r->instance, MSG_RESUME, &resume,
	    sizeof(resume), str_of(resume.n_cursor ? g->cursor : ""));
}

static void hear_progress(struct judge *j, const struct wire_progress *p,
    struct str cursor)
{
	struct log *g = logs_by_id(&j->logs, p->source);
	uint64_t gone;

	if (!g) {
		j->stats.dropped++;
		return;
	}
	log_progress(g, p, cursor, j->now, &gone);
	position_gone(j, g->key, gone);
	j->stats.lines += p->lines;
	j->stats.bytes += p->bytes;
}

enum {
	PROXY_TERM = 86400 /* s that a noticed proxy stays one */
};

/* Most of a log's good requests come from him: he stands for many. */
static void hear_proxy(struct judge *j, const struct wire_proxy *p)
{
	struct log *g = logs_by_id(&j->logs, p->source);
	struct net unit = addr_unit(p->who);
	struct ledger_word *w;
	struct guarded guard = { unit, NEVER_PROXY, true, j->now + PROXY_TERM,
		0 };
	char net[NET_MAX], path[200];
	struct fact *f;
	bool known;

	if (!g || p->who.family == 0 || p->share > 1000)
		return;
	known = g->proxy.of && addr_eq(&g->proxy.who, &p->who) &&
		j->now - g->proxy_at < PROXY_TERM / 2;
	g->proxy = *p;
	if (known)
		return;
	g->proxy_at = j->now;
	protect_add(&j->protect, &guard);
	net_print(&unit, net);
	(void)str_show(str_of(g->path ? g->path : "-"), path, sizeof(path));
	log_warn("proxy net=%s share=%u%% of=%u log=%s", net, p->share / 10,
	    p->of, path);
	judge_open(j, &unit, HISTORY_ALLOWED);
	f = facts_add(&j->facts, FACT_WORD);
	if (!f)
		return;
	w = mem_new(1, sizeof(*w));
	*w = (struct ledger_word){ unit, WORD_PROXY, j->now, guard.until,
		UINT32_MAX, "" };
	memcpy(w->note, path, sizeof(w->note));
	f->word = w;
}

bool judge_read(struct judge *j, uint32_t instance, uint32_t type,
    const void *body, size_t n)
{
	struct reader_link *r = reader_of(j, instance);
	const struct wire_progress *p = body;
	const struct wire_remark *k = body;
	const struct wire_over *over = body;
	struct str tail = { (const char *)body + msgs[type].size,
		n - msgs[type].size };
	struct log *g;

	if (!r || !j->law)
		return false;
	switch (type) {
	case MSG_SIGHTING:
		hear_sighting(j, r, body);
		return true;
	case MSG_OPENED:
		hear_opened(j, r, body);
		return true;
	case MSG_PROGRESS:
		if (tail.n != p->n_cursor)
			return false;
		hear_progress(j, p, tail);
		return true;
	case MSG_PROXIED:
		hear_proxy(j, body);
		return true;
	case MSG_CLOSED:
		heard_forget(r->heard, &r->n, over->id);
		logs_closed(&j->logs, over->id);
		return true;
	case MSG_REMARK:
		if ((g = logs_by_id(&j->logs, k->source)))
			log_remark(g, k, tail, j->now);
		return true;
	}
	return false;
}

/* What comes behind a failure that waits for an answer waits, too. */
static bool hear_reader(struct judge *j, uint32_t instance, uint32_t type,
    const void *body, size_t n)
{
	if (type == MSG_ASIDE)
		return reader_of(j, instance) && j->law &&
		       asides_take(j, instance, body, n);
	if (asides_holds(j, type, body)) {
		asides_hold(j, instance, type, body, n);
		return true;
	}
	return judge_read(j, instance, type, body, n);
}

bool judge_hear(struct judge *j, enum role from, uint32_t instance,
    uint32_t type, const void *body, size_t n)
{
	if (!msg_fits(type, from, JUDGE, n))
		return false;
	switch (from) {
	case READER:
		return hear_reader(j, instance, type, body, n);
	case ENFORCER:
		return judge_hear_enforcer(j, type, body, n);
	case WARDEN:
		return judge_hear_warden(j, type, body, n);
	case HERALD:
		if (type == MSG_CHECKED)
			return asides_checked(j, body);
		if (type == MSG_FETCHED)
			return desk_lists_fetched(j, body,
			    (struct str){ (const char *)body + msgs[type].size,
				n - msgs[type].size });
		j->stats.hooked++;
		j->stats.hooks_failed +=
		    ((const struct wire_hooked *)body)->status != 0;
		return true;
	case NAMER:
		return type == MSG_FOUND && asides_found(j, body);
	case DESK:
		return judge_hear_desk(j, type, body, n);
	case SCRIBE:
	case JUDGE:
	case WHO:
	case ENVOY:
		if (type == MSG_JOINER || type == MSG_JOINED)
			return sealed_hear(j, type, body, n);
		return ally_hear(j, from, type, body, n);
	case NOTARY:
		return ally_hear(j, from, type, body, n);
	case POST:
	case ANYONE:
		break;
	}
	return false;
}
