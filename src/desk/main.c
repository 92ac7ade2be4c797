/*
 * liptako's desk: descriptor 3 is the link to the warden.
 *
 * It enters its jail before the first visitor is let in. Visitors wait in the
 * queue of the socket until judge has told what stands, or for WARM_S: a
 * bouncer that is refused at its first call gives up for good.
 */
#include <event2/event.h>
#include <sodium.h>
#include <stdio.h>
#include <time.h>

#include "base/blob.h"
#include "base/jail.h"
#include "base/log.h"
#include "base/upward.h"
#include "desk/ask.h"
#include "desk/bouncers.h"
#include "desk/events.h"
#include "desk/watchers.h"

enum {
	UP = 3,
	WARM_S = 3,
	SILENCE_S = 5, /* without a pulse judge is asked anew */
	TURN = 256
};

static void ignore(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
	(void)arg, (void)file, (void)line, (void)column, (void)what;
	/* warden told the administrator already */
}

static void set_now(struct desk *d)
{
	d->now = wall_s(wall_now());
	d->table.now = d->now;
}

bool desk_say(struct desk *d, enum msg type, const void *body, size_t n,
    struct str tail)
{
	return d->judge.fd >= 0 &&
	       link_send(&d->judge, type, body, n, tail, -1) == LINK_OK;
}

static void want_feed(struct desk *d)
{
	struct wire_none none = { 0 };

	d->asked =
	    desk_say(d, MSG_FEED, &none, sizeof(none), (struct str){ 0 });
}

static void open_doors(struct desk *d)
{
	if (d->is_open)
		return;
	d->is_open = true;
	(void)event_del(d->warm);
	for (size_t i = 0; i < d->n_doors; i++)
		if (http_open(d->http, take_fd(&d->doors[i].fd),
			d->doors[i].what, d->conf->desk_per_address) < 0)
			log_err("door-closed where=%zu error=\"no room\"", i);
	log_note("desk-open doors=%zu measures=%zu", d->n_doors, d->table.n);
}

static void on_warm(evutil_socket_t fd, short what, void *arg)
{
	open_doors(arg);
}

static bool stood_ok(const struct wire_stood *s)
{
	return net_ok(&s->net) && s->what >= STOOD_SHUT &&
	       s->what <= STOOD_RECEIPT && s->origin < ORIGINS &&
	       s->rule[sizeof(s->rule) - 1] == '\0' &&
	       s->by[sizeof(s->by) - 1] == '\0' &&
	       s->ports[sizeof(s->ports) - 1] == '\0' && s->hosts.n <= HOSTS;
}

static bool hear_all(struct desk *d, const struct wire_fed *f, struct str tail)
{
	struct wire_stood s;

	if (f->n > STOOD_MOST || tail.n != f->n * sizeof(s))
		return false;
	for (uint32_t i = 0; i < f->n; i++) {
		memcpy(&s, tail.p + i * sizeof(s), sizeof(s));
		if (!stood_ok(&s))
			return false;
		if (s.what == STOOD_NOTICE || s.what == STOOD_RECEIPT)
			events_ally(d->events, &s);
		else
			table_hear(&d->table, &s);
	}
	return true;
}

static bool hear_feed(struct desk *d, const struct wire_fed *f, struct str tail)
{
	bool missed = f->seq != d->fed + 1;

	d->fed = f->seq;
	if (missed && f->what != FED_BEGIN && d->table.whole) {
		log_note("feed-missed at=%llu", (unsigned long long)f->seq);
		want_feed(d);
	}
	switch ((enum fed)f->what) {
	case FED_BEGIN:
		table_begin(&d->table);
		keys_begin(&d->keys);
		return true;
	case FED_ALL:
	case FED_CHANGE:
		return hear_all(d, f, tail);
	case FED_END:
		table_end(&d->table);
		keys_end(&d->keys);
		open_doors(d);
		return true;
	case FED_PULSE:
		if (!d->asked)
			want_feed(d);
		return true;
	}
	return false;
}

static bool hear_judge(struct desk *d, const struct packet *p)
{
	struct str tail;

	if (!msg_fits(p->type, JUDGE, DESK, p->n))
		return false;
	tail = (struct str){ (const char *)p->p + msgs[p->type].size,
		p->n - msgs[p->type].size };
	switch ((enum msg)p->type) {
	case MSG_FED:
		return hear_feed(d, p->p, tail);
	case MSG_PASS:
		if (!key_ok(p->p))
			return false;
		keys_hear(&d->keys, p->p);
		return true;
	case MSG_ANSWER:
		asks_hear(d->asks, p->p, tail);
		return true;
	default:
		return false;
	}
}

static void lose_judge(struct desk *d)
{
	event_free(d->from_judge);
	d->from_judge = NULL;
	close(d->judge.fd);
	d->judge.fd = -1; /* warden brings a new one */
	d->asked = false;
	asks_gone(d->asks);
}

static void on_judge(evutil_socket_t fd, short what, void *arg)
{
	struct desk *d = arg;
	struct packet p;
	int e = LINK_EMPTY;

	set_now(d);
	for (int turn = 0; turn < TURN; turn++) {
		e = link_recv(&d->judge, &p);
		if (e != LINK_OK)
			break;
		close_fd(&p.fd);
		if (!hear_judge(d, &p)) {
			log_err("link-cut peer=judge type=%u "
				"why=\"it broke the rules\"",
			    p.type);
			e = -EBADMSG;
			break;
		}
	}
	if (e != LINK_OK && e != LINK_EMPTY)
		lose_judge(d);
}

static void listen_to_judge(struct desk *d)
{
	if (d->judge.fd < 0 || !d->started)
		return;
	d->from_judge =
	    event_new(d->base, d->judge.fd, EV_READ | EV_PERSIST, on_judge, d);
	event_add(d->from_judge, NULL);
	want_feed(d);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct desk *d = arg;

	set_now(d);
	asks_tick(d->asks);
	events_tick(d->events);
	if (d->now % 5 == 0)
		table_expire(&d->table);
	if (d->now % 60 == 0)
		table_renew(&d->table);
	if (d->is_open)
		http_tick(d->http);
}

static void take_conf(struct desk *d, const struct packet *p)
{
	const struct wire_blob *w = p->p;
	auto_blob struct blob b = { 0 };

	if (w->size)
		(void)blob_map(p->fd, w->size, &b);
	conf_free(&d->conf);
	(void)conf_load(&d->conf, "liptako.yaml", blob_str(&b), ignore, NULL);
}

static void take_door(struct desk *d, struct packet *p)
{
	const struct wire_door *w = p->p;

	if (d->n_doors == DESK_DOORS || p->fd < 0 || w->what > DOOR_BOUNCERS)
		return;
	d->doors[d->n_doors].what = w->what;
	d->doors[d->n_doors++].fd = take_fd(&p->fd);
}

static int go(struct desk *d)
{
	static const struct timeval second = { 1, 0 }, warm = { WARM_S, 0 };
	struct wire_up up = { 0 };
	int e;

	/* gmtime(3) would look for the zone's file later */
	(void)setenv("TZ", "UTC0", 1);
	tzset();
	json_object_seed(0); /* and this for random numbers */
	e = jail_enter(DESK, NULL, &up.missing);

	if (e < 0)
		return e;
	set_now(d);
	d->started = d->now;
	event_add(d->tick, &second);
	event_add(d->warm, &warm);
	listen_to_judge(d);
	e = link_send(&d->up, MSG_UP, &up, sizeof(up), (struct str){ 0 }, -1);
	return e == LINK_OK ? 0 : -ECONNRESET;
}

static int hear_warden(void *arg, struct packet *p)
{
	struct desk *d = arg;
	const struct wire_link *l = p->p;

	switch ((enum msg)p->type) {
	case MSG_CONF:
		take_conf(d, p);
		return 0;
	case MSG_DOOR:
		take_door(d, p);
		return 0;
	case MSG_LINK:
		if (l->peer != JUDGE || p->fd < 0)
			return -EBADMSG;
		if (d->from_judge)
			lose_judge(d);
		else if (d->judge.fd >= 0)
			close(d->judge.fd);
		d->judge.fd = take_fd(&p->fd);
		listen_to_judge(d);
		return 0;
	case MSG_GO:
		return go(d);
	default:
		return 0;
	}
}

static void on_warden(evutil_socket_t fd, short what, void *arg)
{
	struct desk *d = arg;
	int e = upward_hear(&d->up, DESK, hear_warden, d);

	if (e == 0)
		return;
	if (e != -ESHUTDOWN)
		log_err("start-failed error=\"%s\"", strerror(-e));
	event_base_loopbreak(d->base);
}

static void on_changed(void *arg, const struct held *s, bool is_new)
{
	struct desk *d = arg;

	if (d->table.whole)
		events_stood(d->events, &d->table, s, is_new);
}

int main(void)
{
	static struct desk d = { .up.fd = UP, .judge.fd = -1 };

	log_open("desk");
	d.base = event_base_new();
	if (!d.base || sodium_init() < 0)
		die("no event loop, or no random numbers");
	(void)conf_load(&d.conf, "", (struct str){ 0 }, ignore, NULL);
	table_new(&d.table, on_changed, &d);
	asks_new(&d.asks, &d);
	events_new(&d.events);
	bouncers_new(&d.bouncers);
	watchers_new(&d.watchers);
	(void)http_new(&d.http, &d, d.base, desk_routes);
	d.from_up = event_new(d.base, UP, EV_READ | EV_PERSIST, on_warden, &d);
	d.tick = event_new(d.base, -1, EV_PERSIST, on_tick, &d);
	d.warm = evtimer_new(d.base, on_warm, &d);
	event_add(d.from_up, NULL);
	event_base_dispatch(d.base);
	return 0;
}
