#include "desk/sensed.h"

#include <event2/event.h>

#include "desk/watchers.h"

enum {
	PER_TURN = 80, /* a second of them is below judge's bound */
	TURN_MS = 100
};

static void turn(evutil_socket_t fd, short what, void *arg);

static void begin_turn(struct desk *d)
{
	static const struct timeval soon = { 0, TURN_MS * 1000 };
	struct sensed *s = &d->watchers->sensed;

	s->left = PER_TURN;
	if (!s->turn)
		s->turn = evtimer_new(d->base, turn, d);
	if (!s->turn || event_add(s->turn, &soon) < 0)
		die("out of memory");
}

/* What the link does not take now leaves in the next turn. */
static void drain(struct desk *d)
{
	struct sensed *s = &d->watchers->sensed;

	for (; s->left > 0 && s->at < s->n; s->at++, s->left--)
		if (!desk_say(d, MSG_SENSED, &s->v[s->at], sizeof(*s->v),
			(struct str){ 0 }))
			return;
	if (s->at < s->n)
		return;
	free_ptr(&s->v);
	s->at = s->n = s->room = 0;
}

static void turn(evutil_socket_t fd, short what, void *arg)
{
	struct desk *d = arg;

	if (d->watchers->sensed.n == 0)
		return;
	begin_turn(d);
	drain(d);
}

bool sensed_fits(const struct desk *d, size_t n)
{
	const struct sensed *s = &d->watchers->sensed;

	return n <= SENSED_WAITING && s->n - s->at <= SENSED_WAITING - n;
}

static void append(struct sensed *s, const struct wire_sensed *w)
{
	if (s->n == s->room && s->at > s->room / 2) {
		memmove(s->v, s->v + s->at, (s->n - s->at) * sizeof(*s->v));
		s->n -= s->at;
		s->at = 0;
	}
	if (s->n == s->room) {
		s->room = s->room ? s->room * 2 : 64;
		s->v = mem_grow(s->v, s->room, sizeof(*s->v));
	}
	s->v[s->n++] = *w;
}

bool sensed_say(struct desk *d, const struct wire_sensed *w)
{
	struct sensed *s = &d->watchers->sensed;

	if (!sensed_ok(w) || !sensed_fits(d, 1))
		return false;
	append(s, w);
	if (!s->turn || !evtimer_pending(s->turn, NULL))
		begin_turn(d);
	drain(d);
	return true;
}
