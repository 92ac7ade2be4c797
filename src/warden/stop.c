#include "warden/warden.h"

#include "base/log.h"

/*
 * First who reads, then who judges (it commits what it was told), then the
 * rest. What the kernel holds stays and runs out by itself.
 */
static const enum role stages[][4] = {
	{ READER, SCRIBE, DESK, ANYONE },
	{ JUDGE, NAMER, WHO, ANYONE },
	{ ENFORCER, HERALD, NOTARY, ENVOY },
	{ POST, ANYONE, ANYONE, ANYONE },
};

enum {
	STAGE_MS = 3000 /* then it is ended the hard way */
};

static bool is_of(const struct child *c, unsigned stage)
{
	for (size_t i = 0; i < countof(stages[0]); i++)
		if (stages[stage][i] == c->role)
			return true;
	return false;
}

static unsigned left_of(struct warden *w, unsigned stage)
{
	unsigned n = 0;

	for (size_t i = 0; i < CHILDREN; i++)
		n += w->child[i].pid && is_of(&w->child[i], stage);
	return n;
}

static void leave_all(struct warden *w)
{
	w->stop_since = mono_now();
	for (size_t i = 0; i < CHILDREN; i++)
		if (w->child[i].pid && is_of(&w->child[i], w->stop_stage))
			child_leave(&w->child[i]);
}

static void kill_late(struct warden *w)
{
	if (mono_now().ns - w->stop_since.ns < STAGE_MS * INT64_C(1000000))
		return;
	for (size_t i = 0; i < CHILDREN; i++)
		if (w->child[i].pid && is_of(&w->child[i], w->stop_stage)) {
			log_warn("program-killed program=%s",
			    role_name(w->child[i].role));
			kill(w->child[i].pid, SIGKILL);
		}
}

void stop_go_on(struct warden *w)
{
	while (left_of(w, w->stop_stage) == 0) {
		if (++w->stop_stage == countof(stages)) {
			event_base_loopbreak(w->base);
			return;
		}
		leave_all(w);
	}
	kill_late(w);
}

static void stop_tick(evutil_socket_t fd, short what, void *arg)
{
	stop_go_on(arg);
}

void stop_begin(struct warden *w)
{
	const struct timeval often = { 0, 200000 };

	if (w->stopping)
		return;
	w->stopping = true;
	say_to_manager("STOPPING=1");
	w->stop_tick = event_new(w->base, -1, EV_PERSIST, stop_tick, w);
	event_add(w->stop_tick, &often);
	leave_all(w);
	stop_go_on(w);
}
