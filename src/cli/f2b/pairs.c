/*
 * What both did, put together: a turn reads what fail2ban says, asks the
 * daemon what our jails would have done, and tells what is paired, or has
 * waited for the other for too long.
 */
#include "cli/f2b/watch.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "base/when.h"

enum {
	TURN_MS = 250,
	ASKED_A_TURN = 20, /* questions about single addresses */
	ROWS = 5000,
};

static volatile sig_atomic_t is_over;

static void on_signal(int s)
{
	is_over = 1;
}

static int64_t now_ms(void)
{
	return wall_now().ns / 1000000;
}

static const struct imported *jail_named(const struct watch *w,
    const char *name)
{
	for (size_t i = 0; i < w->im->n; i++)
		if (strcmp(w->im->jails[i].name, name) == 0)
			return &w->im->jails[i];
	return NULL;
}

static const struct imported *jail_of_rule(const struct watch *w,
    const char *rule)
{
	for (size_t i = 0; i < w->im->n; i++) {
		size_t n = strlen(w->im->jails[i].service);

		if (n && strncmp(w->im->jails[i].service, rule, n) == 0 &&
		    rule[n] == '/')
			return &w->im->jails[i];
	}
	return NULL;
}

static int64_t heat(const struct pair *p)
{
	return MAX(MAX(p->their_last, p->our_last), MAX(p->theirs, p->ours));
}

struct pair *pair_of(struct watch *w, const struct imported *jail,
    const struct addr *who)
{
	struct net unit = addr_unit(*who);
	struct pair *coldest = &w->pair[0];

	for (size_t i = 0; i < w->n; i++) {
		struct pair *p = &w->pair[i];
		struct net other = addr_unit(p->who);

		if (p->jail == jail && addr_eq(&other.addr, &unit.addr))
			return p;
		if (heat(p) < heat(coldest))
			coldest = p;
	}
	if (w->n < PAIRS)
		coldest = &w->pair[w->n++];
	*coldest = (struct pair){ .jail = jail, .who = *who };
	return coldest;
}

/* Both have: whoever was first, they did the same. */
static void both(struct watch *w, struct pair *p, int64_t now)
{
	w->tally.both++;
	w->tally.sooner += p->ours <= p->theirs;
	w->tally.lead += p->theirs - p->ours;
	say_ban(w, p, now, NULL);
	p->their_last = p->theirs;
	p->our_last = p->ours;
	p->theirs = p->ours = 0;
	p->found = 0;
	p->found_new = false;
}

static void on_deed(void *arg, const struct deed *d)
{
	struct watch *w = arg;
	const struct imported *jail = jail_named(w, d->jail);
	struct pair *p;

	if (!jail)
		return; /* of a jail that its configuration no longer has */
	p = pair_of(w, jail, &d->who);
	switch (d->what) {
	case DID_FIND:
		w->tally.finds++;
		p->found++;
		p->found_new = true;
		break;
	case DID_RESTORE:
		p->their_last = d->at;
		break;
	case DID_BAN:
		p->theirs = d->at;
		if (p->ours)
			both(w, p, now_ms());
		break;
	case DID_UNBAN:
		w->tally.unbans++;
		say_unban(w, p);
		break;
	}
}

/* One row of the daemon's history. */
static void on_ours(struct watch *w, const json_t *row, int64_t now)
{
	const struct imported *jail = jail_of_rule(w, get_text(row, "rule"));
	const char *what = get_text(row, "what"), *rung = get_text(row, "rung");
	struct net net;
	struct pair *p;

	if (!jail || !net_parse(str_of(get_text(row, "net")), true, &net))
		return;
	if (strcmp(what, "alarm") != 0 && strcmp(what, "denied") != 0)
		return;
	p = pair_of(w, jail, &net.addr);
	p->count = (unsigned)get_num(row, "count");
	if (!strcmp(rung, "never") || !strcmp(rung, "proxy") ||
	    !strcmp(rung, "allowed")) {
		snprintf(p->spared, sizeof(p->spared), "%s", rung);
		return;
	}
	p->spared[0] = 0;
	p->ours = MAX(now, 1);
	if (p->theirs)
		both(w, p, now);
}

struct history {
	struct watch *w;
	json_t *rows;
	int64_t latest;
};

static void on_row(void *arg, const json_t *row)
{
	struct history *h = arg;

	h->latest = MAX(h->latest, get_num(row, "at"));
	if (get_num(row, "at") >= h->w->asked)
		json_array_append(h->rows, (json_t *)(uintptr_t)row);
}

static bool is_known(const struct watch *w, const json_t *row)
{
	const json_t *had;
	size_t i;

	json_array_foreach(w->known, i,
	    had) if (json_equal(had, row)) return true;
	return false;
}

/* What happened here since the last time, each thing once. */
static int ask_ours(struct watch *w, bool tell)
{
	int64_t now = now_ms();
	struct history h = { w, json_array(), w->asked };
	json_t *end = NULL, *row;
	json_t *q = json_pack("{s:s,s:I,s:i}", "do", "history", "term",
	    (json_int_t)MAX(now / 1000 - w->asked + 2, 60), "limit", ROWS);
	int e = ask("import", &w->im->ask, &q, on_row, &h, &end);
	size_t i;

	if (e == CLI_OK && ask_refused("import", end) >= 0)
		e = CLI_FAULT;
	json_decref(end);
	/* the latest comes first */
	for (i = json_array_size(h.rows); i > 0 && e == CLI_OK; i--) {
		row = json_array_get(h.rows, i - 1);
		if (tell && !is_known(w, row))
			on_ours(w, row, now);
	}
	json_decref(w->known);
	w->known = h.rows;
	w->asked = h.latest;
	return e;
}

/* Our side of one address: the answer to why-not, the caller's; or NULL. */
static json_t *story_of(const struct watch *w, const struct pair *p)
{
	char net[NET_MAX];
	struct net unit = addr_unit(p->who);
	json_t *q, *end = NULL;

	(void)net_print(&unit, net);
	q = json_pack("{s:s,s:s}", "do", "why-not", "net", net);
	if (ask("import", &w->im->ask, &q, NULL, NULL, &end) != CLI_OK)
		return NULL;
	return end;
}

static int64_t counted(const json_t *story, const struct imported *jail,
    int64_t *need)
{
	const json_t *v;
	size_t i, n = strlen(jail->service);

	json_array_foreach(json_object_get(story, "windows"), i, v)
	{
		const char *rule = get_text(v, "rule");

		if (strncmp(rule, jail->service, n) != 0 || rule[n] != '/')
			continue;
		*need = get_num(v, "need");
		return get_num(v, "have");
	}
	return 0;
}

static void show_find(struct watch *w, struct pair *p)
{
	json_t *story = story_of(w, p);
	int64_t need = 0, have = counted(story, p->jail, &need);
	char state[100] = "not counted here";

	if (p->jail->works == LEFT_OUT)
		snprintf(state, sizeof(state), "the jail is skipped here");
	else if (p->ours || p->our_last)
		snprintf(state, sizeof(state), "we would have shut it out");
	else if (have)
		snprintf(state, sizeof(state), "we count %lld of %lld",
		    (long long)have, (long long)need);
	p->found_new = false;
	say_find(w, p, have, state);
	json_decref(story);
}

static void show_finds(struct watch *w)
{
	int left = ASKED_A_TURN;

	for (size_t i = 0; i < w->n && left > 0; i++) {
		if (!w->pair[i].found_new)
			continue;
		show_find(w, &w->pair[i]);
		left--;
	}
}

/* fail2ban did, we would not: what may be behind it. */
static void why_theirs(struct watch *w, const struct pair *p, char *to,
    size_t size)
{
	const struct imported *j = p->jail;
	json_t *story, *guard;
	int64_t need = 0, have;

	if (j->works == LEFT_OUT) {
		snprintf(to, size, "the jail is skipped here: %.300s",
		    j->n_remarks ? j->remarks[0].what : "see the report");
		return;
	}
	if (*p->spared) {
		snprintf(to, size, "we spare it (%s)", p->spared);
		return;
	}
	story = story_of(w, p);
	guard = json_object_get(story, "protected");
	have = counted(story, j, &need);
	if (json_is_object(guard))
		snprintf(to, size, "it is protected here: %s",
		    get_text(guard, "why"));
	else if (p->found == 0)
		snprintf(to, size,
		    "fail2ban found nothing of it since we look: banned by "
		    "hand, or for what it counted before");
	else if (p->found < j->jail->maxretry && j->jail->increment)
		snprintf(to, size,
		    "fail2ban found %u: where terms grow it needs fewer "
		    "failures of who was banned before",
		    p->found);
	else if (have && p->found < j->jail->maxretry)
		snprintf(to, size,
		    "we count %lld of %lld: fail2ban had counted before we "
		    "looked",
		    (long long)have, (long long)need);
	else if (have)
		snprintf(to, size,
		    "we count %lld of %lld within the findtime: fail2ban "
		    "counts by the rate, which is no window",
		    (long long)have, (long long)need);
	else
		snprintf(to, size,
		    "we have seen no failure of it: is its log read? liptako "
		    "doctor");
	json_decref(story);
}

static void why_ours(const struct pair *p, char *to, size_t size)
{
	if (p->found == 0)
		snprintf(to, size,
		    "fail2ban has found nothing of it: does it read this log, "
		    "or is its date off for it?");
	else if (p->found < p->jail->jail->maxretry)
		snprintf(to, size, "fail2ban found %u of %lld", p->found,
		    (long long)p->jail->jail->maxretry);
	else
		snprintf(to, size,
		    "fail2ban found %u, but counts by the rate, which is no "
		    "window",
		    p->found);
}

static bool lasts(const struct pair *p, int64_t since, int64_t now)
{
	int64_t term = p->jail->jail ? p->jail->jail->bantime : 600;

	return since && (term < 0 || now < since + term * 1000);
}

/* What only one has done for longer than a moment. */
static void settle(struct watch *w, struct pair *p, int64_t now, bool all)
{
	char why[500];

	if (p->theirs && (all || now - p->theirs > GRACE_MS)) {
		if (lasts(p, p->our_last, now)) {
			p->ours = p->our_last;
			both(w, p, now);
			return;
		}
		why_theirs(w, p, why, sizeof(why));
		w->tally.theirs++;
		say_ban(w, p, now, why);
		p->their_last = p->theirs;
		p->theirs = 0;
		p->found = 0;
		p->found_new = false;
	}
	if (p->ours && (all || now - p->ours > GRACE_MS)) {
		if (lasts(p, p->their_last, now)) {
			p->our_last = p->ours;
			p->ours = 0;
			return; /* it is banned there already */
		}
		why_ours(p, why, sizeof(why));
		w->tally.ours++;
		say_ban(w, p, now, why);
		p->our_last = p->ours;
		p->ours = 0;
	}
}

static void on_failed(void *arg, const json_t *row)
{
	struct watch *w = arg;

	if (jail_of_rule(w, get_text(row, "rule")))
		w->tally.our_finds += get_num(row, "failed");
}

/* All failures that our jails have counted until now. */
static int64_t all_failed(struct watch *w)
{
	json_t *q = json_pack("{s:s}", "do", "jails"), *end = NULL;
	int64_t was = w->tally.our_finds, all;

	w->tally.our_finds = 0;
	if (ask("import", &w->im->ask, &q, on_failed, w, &end) == CLI_OK)
		json_decref(end);
	all = w->tally.our_finds;
	w->tally.our_finds = was;
	return all;
}

static void settle_all(struct watch *w, bool all)
{
	int64_t now = now_ms();

	for (size_t i = 0; i < w->n; i++)
		settle(w, &w->pair[i], now, all);
}

static int follow(struct watch *w, int64_t seconds)
{
	const struct timespec pause = { 0, TURN_MS * 1000000 };
	int e = CLI_OK;

	while (e == CLI_OK && !is_over &&
	       (!seconds || now_ms() - w->began < seconds * 1000)) {
		deeds_turn(&w->deeds, on_deed, w);
		e = ask_ours(w, true);
		show_finds(w);
		settle_all(w, false);
		nanosleep(&pause, NULL);
	}
	return e;
}

static const char *log_of(const struct import *im)
{
	const char *z = im->log ? im->log : f2b_option(im->f2b, "logtarget");

	return z && z[0] == '/' ? z : NULL;
}

int import_watch(struct import *im, int64_t seconds)
{
	const struct sigaction stop = { .sa_handler = on_signal };
	const char *db = im->database;
	struct watch *w = mem_new(1, sizeof(*w));
	int e;

	if (!db)
		db = f2b_option(im->f2b, "dbfile");
	w->im = im;
	w->began = now_ms();
	w->asked = w->began / 1000;
	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	fflush(stdout);
	if (!deeds_open(&w->deeds, log_of(im), db && db[0] == '/' ? db : NULL,
		on_deed, w)) {
		free(w);
		return cli_fault("import",
		    "fail2ban keeps neither a log in a file nor a database: "
		    "name its log with --log");
	}
	w->failed_at_start = all_failed(w);
	e = ask_ours(w, false);
	if (e == CLI_OK)
		e = follow(w, seconds);
	settle_all(w, true);
	w->tally.our_finds = all_failed(w) - w->failed_at_start;
	say_summary(w, now_ms());
	deeds_close(&w->deeds);
	json_decref(w->known);
	free(w);
	return e;
}
