/*
 * liptako's judge: descriptor 3 is the link to the warden.
 *
 * First it is told everything (SETUP, CONF, PACK, names, links), then GO: it
 * enters its jail, opens the ledger and only then hears the first reader.
 */
#include <event2/event.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>

#include "base/blob.h"
#include "base/jail.h"
#include "base/log.h"
#include "conf/pack.h"
#include "judge/conns.h"
#include "judge/control.h"
#include "judge/desk_words.h"
#include "judge/judge.h"

enum {
	WARDEN_FD = 3,
	COMMIT_MS = 250,
	SYNC_TURN = 4 * STANDING_MOST, /* measures told before others' turn */
	CONF_MAX = 4 << 20,
	SETUP_S = 60 /* the warden says GO within */
};

struct daemon {
	struct judge judge;
	struct conns conns;
	struct control *control;
	struct desk_words *words;
	struct event_base *base;
	struct event *commit, *tick;
	struct wire_setup setup;
	struct conf *conf; /* of the generation that is coming */
	bool gone;         /* GO was heard */
};

static void set_now(struct daemon *d)
{
	uint32_t now = wall_s(wall_now());

	if (d->judge.law && now + 60 < d->judge.now) {
		log_warn("clock-set-back seconds=%u", d->judge.now - now);
		law_set_back(d->judge.law, now);
		ally_set_back(&d->judge, now);
	}
	d->judge.now = now;
}

static void send_to(void *arg, enum role to, uint32_t instance, uint32_t type,
    const void *body, size_t n, struct str tail)
{
	struct daemon *d = arg;

	conns_send(&d->conns, to, instance, type, body, n, tail);
}

static void order_done(void *arg, uint64_t id, const struct wire_done *w)
{
	control_done(((struct daemon *)arg)->control, id, w);
}

static void element_heard(void *arg, const struct wire_element *e)
{
	control_element(((struct daemon *)arg)->control, e);
}

static void reload_heard(void *arg, const struct wire_reloaded *r,
    struct str text)
{
	control_reloaded(((struct daemon *)arg)->control, r, text);
}

static void looked(struct judge *j, uint64_t id, uint8_t why, struct str tail)
{
	control_looked(((struct daemon *)j->arg)->control, id, why, tail);
}

/* The warden has said it all already; here each fault is one line. */
static void fault(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
}

static void take_conf(struct daemon *d, const struct wire_blob *b, int fd)
{
	auto_blob struct blob yaml = { 0 };

	if (b->size > 0 && b->size <= CONF_MAX)
		(void)blob_map(fd, b->size, &yaml);
	conf_free(&d->conf);
	(void)conf_load(&d->conf, "liptako.yaml", blob_str(&yaml), fault, NULL);
}

static void take_pack(struct daemon *d, const struct wire_blob *b, int fd)
{
	auto_blob struct blob files = { 0 };
	struct book *book;

	if (b->size > 0 && b->size <= PACK_MAX)
		(void)blob_map(fd, b->size, &files);

	if (!d->conf)
		(void)conf_load(&d->conf, "liptako.yaml", (struct str){ 0 },
		    fault, NULL);
	book_load(&book, b->generation, blob_str(&files), d->conf, fault, NULL);
	judge_rules(&d->judge, &d->conf, &book);
	d->judge.watch_only =
	    !d->setup.may_defend || d->judge.conf->mode == CONF_MODE_WATCH;
	(void)malloc_trim(0); /* patterns and examples are not needed */
}

static void take_setup(struct daemon *d, const struct wire_setup *s, int *fd)
{
	d->setup = *s;
	d->setup.state[sizeof(s->state) - 1] = '\0';
	d->judge.watch_only = s->watch_only;
	memcpy(d->judge.line_key, s->line_key, sizeof(s->line_key));
	if (s->has_fd && *fd >= 0)
		log_to_socket(take_fd(fd));
}

static void take_link(struct daemon *d, const struct wire_link *l, int *fd)
{
	struct conn *c, *was;

	if (*fd < 0 || l->peer >= ROLES)
		return;
	was = conns_find(&d->conns, l->peer, l->instance);
	if (was)
		conns_drop(was);
	c = conns_add(&d->conns, l->peer, l->instance, take_fd(fd));
	if (!c) {
		log_err("link-refused peer=%s why=\"too many links\"",
		    role_name(l->peer));
		return;
	}
	judge_linked(&d->judge, l->peer, l->instance);
	if (d->gone)
		conn_listen(c, true);
}

static bool hear_warden(struct daemon *d, struct packet *p)
{
	switch (p->type) {
	case MSG_SETUP:
		take_setup(d, p->p, &p->fd);
		return true;
	case MSG_CONF:
		take_conf(d, p->p, p->fd);
		return true;
	case MSG_PACK:
		take_pack(d, p->p, p->fd);
		return true;
	case MSG_LINK:
		take_link(d, p->p, &p->fd);
		return true;
	case MSG_LISTEN:
		control_listen(d->control, take_fd(&p->fd));
		return true;
	case MSG_JAIL_LOG:
		close_fd(&d->judge.jail_log);
		d->judge.jail_log = take_fd(&p->fd);
		return true;
	case MSG_GO:
		d->gone = true;
		return true;
	case MSG_LEAVE:
		(void)event_base_loopbreak(d->base);
		return true;
	}
	return judge_hear(&d->judge, WARDEN, 0, p->type, p->p, p->n);
}

static bool hear(void *arg, struct conn *c, struct packet *p)
{
	struct daemon *d = arg;

	set_now(d);
	if (!msg_fits(p->type, c->role, JUDGE, p->n))
		return false;
	if (c->role == WARDEN)
		return hear_warden(d, p);
	if (p->type == MSG_QUESTION)
		return desk_words_ask(d->words, p->p,
		    (struct str){ (const char *)p->p +
				      sizeof(struct wire_question),
			p->n - sizeof(struct wire_question) });
	return judge_hear(&d->judge, c->role, c->instance, p->type, p->p, p->n);
}

static void commit_soon(struct daemon *d)
{
	static const struct timeval delay = { 0, COMMIT_MS * 1000 };

	if (!event_pending(d->commit, EV_TIMEOUT, NULL))
		(void)event_add(d->commit, &delay);
}

static void sync_while_room(struct daemon *d)
{
	struct conn *c = conns_find(&d->conns, ENFORCER, 0);

	while (c && c->queued == 0 &&
	       (judge_sync_more(&d->judge, SYNC_TURN) ||
		   desk_lists_more(&d->judge)))
		;
}

/* Called while the ledger is read: of the links only the enforcer's. */
static void breathe(void *arg)
{
	struct daemon *d = arg;
	struct conn *c = conns_find(&d->conns, ENFORCER, 0);

	if (c && conn_turn(c))
		sync_while_room(d);
}

static void desk_while_room(struct daemon *d)
{
	struct conn *c = conns_find(&d->conns, DESK, 0);

	while (c && c->queued == 0 && desk_more(&d->judge))
		;
	if (c && c->queued == 0)
		desk_words_room(d->words);
}

/* An answer's part; false: no more for now. */
static bool answer_to_desk(void *arg, const struct wire_answer *a,
    struct str text)
{
	struct daemon *d = arg;
	struct conn *c = conns_find(&d->conns, DESK, 0);

	conns_send(&d->conns, DESK, 0, MSG_ANSWER, a, sizeof(*a), text);
	return c && c->queued == 0;
}

static void turned(void *arg, struct conn *c)
{
	struct daemon *d = arg;

	if ((d->judge.facts.n >= FACTS_BATCH || ally_hurries(&d->judge)) &&
	    !d->judge.ledger_fault)
		judge_commit(&d->judge);
	else
		commit_soon(d);
	if (c->role == ENFORCER)
		sync_while_room(d);
	if (c->role == DESK)
		desk_while_room(d);
}

static void room(void *arg, struct conn *c)
{
	if (c->role == ENFORCER)
		sync_while_room(arg);
	if (c->role == DESK)
		desk_while_room(arg);
}

static void gone(void *arg, struct conn *c)
{
	struct daemon *d = arg;

	judge_unlinked(&d->judge, c->role, c->instance);
	if (c->role == DESK)
		desk_words_gone(d->words);
	if (c->role == WARDEN)
		(void)event_base_loopbreak(d->base);
}

static void on_commit(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;

	set_now(d);
	judge_commit(&d->judge);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;

	set_now(d);
	judge_tick(&d->judge);
	control_tick(d->control);
	commit_soon(d);
}

/* Everything up to GO. */
static int be_told(struct daemon *d, struct conn *w)
{
	while (!d->gone) {
		struct packet p;
		int e = link_recv(&w->link, &p);

		if (e == LINK_EMPTY)
			e = link_wait(&w->link, false, SETUP_S * 1000);
		else if (e == LINK_OK) {
			bool good = hear(d, w, &p);

			close_fd(&p.fd);
			e = good ? 0 : -EBADMSG;
		} else if (e == LINK_GONE)
			e = -EPIPE;
		if (e)
			return e;
	}
	return 0;
}

static int enter(struct daemon *d)
{
	struct wire_up up = { 0 };
	int e = jail_enter(JUDGE, d->setup.state, &up.missing);

	if (e < 0)
		return e;
	conns_send(&d->conns, WARDEN, 0, MSG_UP, &up, sizeof(up),
	    (struct str){ 0 });
	return 0;
}

static void begin(struct daemon *d)
{
	static const struct timeval second = { 1, 0 };

	set_now(d);
	d->judge.started = d->judge.now;
	if (conns_find(&d->conns, ENFORCER, 0)) /* see breathe */
		conn_listen(conns_find(&d->conns, ENFORCER, 0), true);
	judge_restore(&d->judge, d->setup.state);
	sync_while_room(d);
	(void)event_add(d->tick, &second);
	for (size_t i = 0; i < CONNS; i++)
		if (d->conns.v[i])
			conn_listen(d->conns.v[i], true);
}

/* select(2) and friends want memory we do not; epoll is all we need. */
static struct event_base *new_base(void)
{
	struct event_config *c = event_config_new();
	struct event_base *b;

	(void)event_config_set_flag(c, EVENT_BASE_FLAG_NOLOCK);
	b = event_base_new_with_config(c);
	event_config_free(c);
	if (!b)
		die("no event loop");
	return b;
}

int main(void)
{
	static const struct judge_ops ops = { send_to, order_done,
		element_heard, reload_heard, breathe };
	struct daemon *d = mem_new(1, sizeof(*d));
	struct conn *w;
	int e;

	log_open("judge");
	d->base = new_base();
	d->conns = (struct conns){ .base = d->base,
		.hear = hear,
		.gone = gone,
		.room = room,
		.turned = turned,
		.arg = d };
	judge_new(&d->judge, &ops, d);
	d->judge.charters.answered = looked;
	set_now(d);
	d->control = control_new(&d->judge, d->base);
	d->words = desk_words_new(d->control, d->base, answer_to_desk, d);
	d->commit = evtimer_new(d->base, on_commit, d);
	d->tick = event_new(d->base, -1, EV_PERSIST, on_tick, d);
	(void)fcntl(WARDEN_FD, F_SETFD, FD_CLOEXEC);
	w = conns_add(&d->conns, WARDEN, 0, WARDEN_FD);
	e = be_told(d, w);
	if (!e && !d->judge.book)
		e = -EPROTO; /* no PACK before GO */
	if (!e)
		e = enter(d);
	if (e) {
		log_err("start-failed error=\"%s\"", strerror(-e));
		return 1;
	}
	begin(d);
	(void)event_base_dispatch(d->base);
	judge_commit(&d->judge);
	return 0;
}
