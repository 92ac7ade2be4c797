#include "warden/warden.h"

#include "base/log.h"

/*
 * A new generation: it is checked first, and the old one stays if it has
 * faults: who mistypes a key must not lose his allow list by it. (At a start
 * there is no old one: then a fault disables its own item only.) The next
 * reader compiles beside the one at work; when it is up the old one leaves (it
 * tells judge how far it came), and the next one takes its seat, with the same
 * descriptors and judge's offsets.
 */

static void answer(struct warden *w, const struct generation_of *g,
    int32_t status, const char *text)
{
	struct wire_reloaded m = { .generation = g->number,
		.rules = g->rules ? (uint32_t)g->rules->n : 0,
		.faults = g->faults,
		.status = status };

	for (const struct source *s = w->sources; s; s = s->next)
		m.sources += s->is_socket || s->follow.n > 0;
	tell(child_of(w, JUDGE), MSG_RELOADED, &m, sizeof(m),
	    str_head(str_of(text), WIRE_TAIL - 1), -1);
	log_note("reloaded generation=%u rules=%u sources=%u faults=%u "
		 "status=%d",
	    m.generation, m.rules, m.sources, m.faults, status);
}

/* Judge hears of the new generation before a reader counts by it. */
static void tell_generation(struct warden *w, struct child *c)
{
	struct wire_blob conf = { w->now.number, w->now.conf_size };
	struct wire_blob pack = { w->now.number, w->now.pack_size };

	tell(c, MSG_CONF, &conf, sizeof(conf), (struct str){ 0 },
	    w->now.conf_fd);
	if (c->role != DESK)
		tell(c, MSG_PACK, &pack, sizeof(pack), (struct str){ 0 },
		    w->now.pack_fd);
}

/* Rule files that were at fault before, too, are no reason to stay behind. */
static bool is_worse(const struct generation_of *is,
    const struct generation_of *was)
{
	return is->faults > is->rule_faults ||
	       is->rule_faults > was->rule_faults ||
	       (is->rules->n == 0 && was->rules->n > 0);
}

void reload(struct warden *w)
{
	struct child *next = &w->child[NEXT_READER];
	struct wire_none none = { 0 };
	struct generation_of g;
	int e;

	if (next->pid || w->stopping) {
		answer(w, &w->now, -EBUSY, "a reload is under way\n");
		return;
	}
	say_to_manager("RELOADING=1");
	w->journal_is_live = journal_live();
	e = load_generation(w, &g);
	if (e == 0 && is_worse(&g, &w->now)) {
		drop_generation(&g);
		e = -EINVAL;
	}
	if (e < 0) {
		answer(w, &w->now, e, w->faults);
		say_to_manager("READY=1");
		return;
	}
	changes_begin(&w->now, &g, str_of(w->faults));
	drop_generation(&w->was);
	active_carry(&w->now, &g);
	w->was = w->now;
	w->now = g;
	if (!child_begin(next, &w->now)) {
		reload_reader_gone(w, next);
		return;
	}
	tell(next, MSG_GO, &none, sizeof(none), (struct str){ 0 }, -1);
}

/* Which child sits where: the next reader gets the seat of the one at work. */
static void change_seats(struct warden *w)
{
	struct child *next = &w->child[NEXT_READER],
		     *at_work = &w->child[READER];
	struct child tmp = *next;

	event_free(next->heard);
	tmp.is_next = false;
	tmp.wanted = true;
	tmp.restarts = at_work->restarts;
	tmp.again = at_work->again;
	*at_work = tmp;
	*next = (struct child){ .w = w,
		.role = READER,
		.is_next = true,
		.up.fd = -1 };
	child_listen(at_work);
}

/* The table's name and whether we may touch it are said only at the start. */
static void enforcer_renew(struct warden *w)
{
	struct child *c = child_of(w, ENFORCER);
	bool watch =
	    w->opt.watch || !w->root || w->now.conf->mode == CONF_MODE_WATCH;

	if (watch == w->watch_only &&
	    strcmp(w->now.conf->table, w->was.conf->table) == 0)
		return;
	w->watch_only = watch;
	if (c->pid)
		child_leave(c);
}

static void finish(struct warden *w)
{
	struct child *herald = child_of(w, HERALD),
		     *scribe = child_of(w, SCRIBE), *desk = child_of(w, DESK);

	tell_generation(w, child_of(w, JUDGE));
	active_tell(child_of(w, JUDGE), &w->now);
	jail_log_tell(w, child_of(w, JUDGE));
	if (herald->pid)
		tell_generation(w, herald);
	doors_open(w);
	if (desk->pid) /* who listens where is said only at the start */
		child_leave(desk);
	changes_logs_before(w);
	sources_update(w);
	changes_logs_after(w);
	protect_end(w, w->was.conf);
	protect_tell(w, child_of(w, ENFORCER));
	enforcer_renew(w);
	if (scribe->pid)
		child_leave(scribe); /* it comes again with the new units */
	children_choose(w);
	link_peers(child_of(w, READER));
	sources_to_reader(w, child_of(w, READER));
	answer(w, &w->now, 0, changes_text());
	drop_generation(&w->was);
	say_to_manager("READY=1");
}

void reload_reader_up(struct warden *w)
{
	struct child *at_work = child_of(w, READER);

	if (at_work->pid)
		child_leave(at_work);
	else
		reload_reader_gone(w, at_work);
}

/*
 * Either the one at work has left: the next one takes over. Or the next one
 * could not start: the generation before stays.
 */
void reload_reader_gone(struct warden *w, struct child *gone)
{
	struct child *next = &w->child[NEXT_READER];
	struct generation_of bad = w->now;

	if (gone == next) {
		w->now = w->was;
		w->was = (struct generation_of){ .conf_fd = -1, .pack_fd = -1 };
		answer(w, &w->now, -EINVAL,
		    "the new rules do not run: the old ones stay\n");
		drop_generation(&bad);
		say_to_manager("READY=1");
		if (!child_of(w, READER)->pid)
			child_spawn(child_of(w, READER));
		return;
	}
	change_seats(w);
	finish(w);
}
