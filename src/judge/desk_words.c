#include "judge/desk_words.h"

#include <event2/buffer.h>
#include <stdio.h>

#include "judge/control_priv.h"

struct asked {
	struct desk_words *all;
	struct bufferevent *be; /* NULL: free */
	struct client *client;  /* while be has a partner */
	uint64_t id;
};

struct desk_words {
	struct control *control;
	struct event_base *base;
	desk_say_fn *say;
	void *arg;
	bool full;
	struct asked asked[DESK_ASKS];
};

struct desk_words *desk_words_new(struct control *c, struct event_base *base,
    desk_say_fn *say, void *arg)
{
	struct desk_words *w = mem_new(1, sizeof(*w));

	w->control = c;
	w->base = base;
	w->say = say;
	w->arg = arg;
	return w;
}

static void drop(struct asked *a)
{
	if (bufferevent_pair_get_partner(a->be))
		client_drop(a->client);
	bufferevent_free(a->be);
	a->be = NULL;
}

/* Its one answer is complete, and all of it was taken from here. */
static bool is_last(const struct asked *a)
{
	struct bufferevent *far = bufferevent_pair_get_partner(a->be);

	return far && a->client->ended &&
	       evbuffer_get_length(bufferevent_get_input(a->be)) == 0 &&
	       evbuffer_get_length(bufferevent_get_output(far)) == 0;
}

static void pump(struct asked *a)
{
	struct evbuffer *in = bufferevent_get_input(a->be);
	struct wire_answer m = { .id = a->id };
	char part[WIRE_TAIL];

	while (!a->all->full && evbuffer_get_length(in) > 0) {
		int n = evbuffer_remove(in, part, sizeof(part));

		if (n <= 0)
			return;
		m.last = is_last(a);
		a->all->full = !a->all->say(a->all->arg, &m,
		    (struct str){ part, (size_t)n });
		if (m.last) {
			drop(a);
			return;
		}
	}
}

static void on_read(struct bufferevent *be, void *arg)
{
	pump(arg);
}

static void on_event(struct bufferevent *be, short what, void *arg)
{
	struct asked *a = arg;
	struct wire_answer m = { .id = a->id, .last = 1 };

	(void)a->all->say(a->all->arg, &m, (struct str){ 0 });
	bufferevent_free(a->be);
	a->be = NULL;
}

static void busy(struct desk_words *w, uint64_t id)
{
	struct wire_answer m = { .id = id, .last = 1 };

	(void)w->say(w->arg, &m,
	    STR("{\"end\":true,\"ok\":false,\"code\":\"busy\","
		"\"text\":\"too many ask at once\"}\n"));
}

static struct asked *free_seat(struct desk_words *w)
{
	for (size_t i = 0; i < DESK_ASKS; i++)
		if (!w->asked[i].be)
			return &w->asked[i];
	return NULL;
}

/* Both ends of the pair, the far one a client of control. */
static struct client *seat(struct desk_words *w, struct asked *a)
{
	struct bufferevent *pair[2];
	struct client *c;

	if (bufferevent_pair_new(w->base, BEV_OPT_DEFER_CALLBACKS, pair) < 0)
		die("out of memory");
	c = client_new(w->control, pair[1]);
	if (!c) {
		bufferevent_free(pair[0]);
		bufferevent_free(pair[1]);
		return NULL;
	}
	*a = (struct asked){ .all = w, .be = pair[0], .client = c };
	bufferevent_setcb(pair[0], on_read, NULL, on_event, a);
	bufferevent_setwatermark(pair[0], EV_READ, 0, 4 * WIRE_TAIL);
	return c;
}

bool desk_words_ask(struct desk_words *w, const struct wire_question *q,
    struct str text)
{
	struct asked *a = free_seat(w);
	struct client *c;

	if (memchr(text.p, '\n', text.n) || q->acts > 1 ||
	    strnlen(q->who, sizeof(q->who)) == sizeof(q->who))
		return false;
	c = a ? seat(w, a) : NULL;
	if (!c) {
		busy(w, q->id);
		return true;
	}
	a->id = q->id;
	c->uid = UINT32_MAX;
	c->by_desk = true;
	c->looks_only =
	    !q->acts || !w->control->j->conf || !w->control->j->conf->desk_acts;
	(void)str_show(str_of(q->who), c->who, sizeof(c->who));
	(void)bufferevent_enable(a->be, EV_READ | EV_WRITE);
	(void)bufferevent_enable(c->be, EV_READ | EV_WRITE);
	(void)bufferevent_write(a->be, text.p, text.n);
	(void)bufferevent_write(a->be, "\n", 1);
	return true;
}

void desk_words_room(struct desk_words *w)
{
	w->full = false;
	for (size_t i = 0; i < DESK_ASKS && !w->full; i++)
		if (w->asked[i].be)
			pump(&w->asked[i]);
}

void desk_words_gone(struct desk_words *w)
{
	for (size_t i = 0; i < DESK_ASKS; i++)
		if (w->asked[i].be)
			drop(&w->asked[i]);
	w->full = false;
}
