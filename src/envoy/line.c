#include "envoy/envoy.h"

#include "base/log.h"
#include "charter/login.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sodium.h>
#include <sys/socket.h>

enum {
	AGAIN_MS = 250,
	AGAIN_MAX_MS = 10000,
	TELL_S = 30,
};

/* Later and later, and never all at once: half of it by chance. */
static void again(struct line *l)
{
	uint32_t ms = (uint32_t)MIN((int64_t)AGAIN_MS << MIN(l->failures, 10U),
	    AGAIN_MAX_MS);
	struct timeval tv;

	ms = ms / 2 + randombytes_uniform(ms / 2 + 1);
	tv = (struct timeval){ ms / 1000, ms % 1000 * 1000 };
	evtimer_add(l->again, &tv);
}

static uint32_t rtt_us(const struct line *l)
{
	struct tcp_info info = { 0 };
	socklen_t n = sizeof(info);

	if (!l->tap ||
	    getsockopt(l->tap->fd, IPPROTO_TCP, TCP_INFO, &info, &n) < 0)
		return 0;
	return info.tcpi_rtt;
}

void line_tell(struct line *l)
{
	struct wire_line m = { .post = l->is.post,
		.state = l->state,
		.why = l->why,
		.rtt_us = rtt_us(l),
		.dropped = l->dropped };

	memcpy(m.login, l->login, sizeof(m.login));
	l->told = judge_tell(l->e, MSG_LINE, &m, sizeof(m), (struct str){ 0 })
		      ? mono_now()
		      : (struct mono){ 0 };
}

static void state_is(struct line *l, enum line_state state, enum line_why why)
{
	bool news = l->state != state || l->why != why;

	l->state = (uint8_t)state;
	l->why = (uint8_t)why;
	if (news)
		line_tell(l);
}

/* Each post of each alliance has a login of its own. */
static void login(struct line *l, struct opening *o)
{
	uint8_t seed[32];

	login_derive(l->e->seed, l->is.alliance, l->is.id, seed, l->login);
	crypto_sign_seed_keypair(o->public, o->secret, seed);
	sodium_memzero(seed, sizeof(seed));
}

void line_begin(struct line *l)
{
	struct envoy *e = l->e;
	struct opening *o;

	if (l->tap || l->opening || !e->go || !e->has_seed)
		return;
	if (e->openings >= OPENINGS) {
		again(l);
		return;
	}
	o = mem_new(1, sizeof(*o));
	o->e = e;
	o->line = l;
	o->is = l->is;
	o->cert = (struct str){ mem_dup(l->cert.p, l->cert.n), l->cert.n };
	o->in_loop = true;
	login(l, o);
	if (!open_start(o)) {
		open_free(o);
		again(l);
		return;
	}
	e->openings++;
	l->opening = o;
}

static void up(struct line *l, struct tap *t)
{
	struct envoy *e = l->e;

	l->tap = t;
	t->line = l;
	l->failures = 0;
	state_is(l, LINE_UP, LINE_FINE);
	l->dropped = 0;
	hear_begin(l);
	for (size_t i = 0; i < e->n_boxes; i++) {
		struct box *b = e->boxes[i];

		if (b->line != l)
			continue;
		keep_begin(b);
		read_begin(b);
		write_begin(b);
	}
	tap_begin(t);
	tap_flush(t);
}

void line_opened(struct opening *o)
{
	struct line *l = o->line;
	struct tap *t = take(o->tap);

	o->e->openings--;
	if (l)
		l->opening = NULL;
	if (l && o->nc) {
		up(l, t);
	} else if (o->nc) {
		tap_begin(t); /* nobody wants it: closed() ends it */
		natsConnection_Close(o->nc);
	} else {
		tap_free(t);
		if (l) {
			l->failures++;
			state_is(l,
			    o->why == LINE_E_LOGIN ? LINE_REFUSED : LINE_DOWN,
			    o->why);
			again(l);
		}
	}
	open_free(o);
}

static void down(struct line *l)
{
	struct envoy *e = l->e;

	for (size_t i = 0; i < e->n_boxes; i++) {
		if (e->boxes[i]->line != l)
			continue;
		read_end(e->boxes[i]);
		write_end(e->boxes[i]);
	}
	hear_end(l);
	l->tap->line = NULL;
	l->tap = NULL;
}

void line_closed(struct tap *t)
{
	struct line *l = t->line;

	if (l) {
		down(l);
		l->failures = 1;
		state_is(l, LINE_DOWN, LINE_E_CLOSED);
		again(l);
	}
	tap_free(t);
}

void line_end(struct line *l)
{
	struct tap *t = l->tap;

	if (t) {
		down(l);
		natsConnection_Close(t->nc); /* closed() frees it */
	}
	if (l->opening)
		l->opening->line = NULL;
	event_free(l->again);
	free((char *)(uintptr_t)l->cert.p);
	free(l);
}

void line_tick(struct line *l)
{
	if (mono_now().ns - l->told.ns >= SECONDS(TELL_S).ns)
		line_tell(l);
}
