#include "envoy/envoy.h"

#include "base/log.h"
#include "charter/login.h"
#include "envoy/fetch.h"

#include <pthread.h>
#include <sodium.h>

/*
 * A post that was told of the invitation a moment ago hears of it in some
 * seconds; it may be starting, or hang up as its accounts change; and the
 * sponsor's envoy may not listen there yet: what is said to nobody is lost. So
 * it is tried, and said, again; who hears it twice answers the same twice.
 */
enum {
	CONNECTED_MS = 8000, /* how long a way in is looked for */
	ANSWER_MS = 16000,   /* and then an answer */
	SAY_AGAIN_MS = 3000,
	AGAIN_MS = 1000,
};

struct joining {
	struct envoy *e;
	struct wire_join is;
	struct str said; /* ours */
	enum line_why why;
	uint8_t *answer;
	size_t n;
};

static struct mono in_ms(int64_t ms)
{
	return (struct mono){ mono_now().ns + ms * 1000000 };
}

static int64_t left_ms(struct mono end)
{
	return (end.ns - mono_now().ns) / 1000000;
}

static natsStatus say(const struct joining *j, natsConnection *nc,
    const char *there, natsSubscription *sub, int64_t patience, natsMsg **ret)
{
	natsStatus s =
	    natsConnection_Publish(nc, there, j->said.p, (int)j->said.n);

	s = s ? s : natsConnection_Flush(nc);
	return s ? s : natsSubscription_NextMsg(ret, sub, patience);
}

/* false: the line broke meanwhile. */
static bool ask(struct joining *j, natsConnection *nc, struct mono end)
{
	char there[NATS_NAME], here[NATS_NAME];
	natsSubscription *sub = NULL;
	natsMsg *m = NULL;
	natsStatus s;
	int n;

	j->why = LINE_E_LATE;
	nats_join(j->is.alliance, j->is.join, false, there);
	nats_join(j->is.alliance, j->is.join, true, here);
	s = natsConnection_SubscribeSync(&sub, nc, here);
	if (s == NATS_OK)
		do
			s = say(j, nc, there, sub,
			    CLAMP(left_ms(end), 1, SAY_AGAIN_MS), &m);
		while (s == NATS_TIMEOUT && left_ms(end) > 0);
	n = m ? natsMsg_GetDataLength(m) : 0;
	if (s == NATS_OK && n > 0 && n <= WIRE_ANSWER) {
		j->answer = mem_dup(natsMsg_GetData(m), (size_t)n);
		j->n = (size_t)n;
		j->why = LINE_FINE;
	}
	natsMsg_Destroy(m);
	natsSubscription_Destroy(sub);
	return s == NATS_OK || s == NATS_TIMEOUT;
}

static enum line_why fetch(const struct joining *j, struct str *cert)
{
	int e = FETCH_E_UNREACHABLE;
	uint8_t *der = NULL;
	size_t n = 0;

	for (size_t i = 0; i < j->is.n_addrs && e == FETCH_E_UNREACHABLE; i++)
		e = fetch_cert(&j->is.addrs[i], j->is.port, j->is.cert, &der,
		    &n);
	*cert = (struct str){ (char *)der, n };
	return e == FETCH_OK        ? LINE_FINE
	       : e == FETCH_E_OTHER ? LINE_E_TLS
				    : LINE_E_UNREACHABLE;
}

static bool may_pass(enum line_why why)
{
	return why == LINE_E_UNREACHABLE || why == LINE_E_LOGIN ||
	       why == LINE_E_LATE;
}

/* Its certificate if it is not here yet, and in. */
static enum line_why come_in(const struct joining *j, struct opening *o)
{
	enum line_why why = o->cert.n ? LINE_FINE : fetch(j, &o->cert);

	if (why != LINE_FINE)
		return why;
	open_connect(o);
	return o->why;
}

static bool connect_by(struct joining *j, struct opening *o, struct mono end)
{
	while ((j->why = come_in(j, o)) != LINE_FINE) {
		if (!may_pass(j->why) || left_ms(end) <= 0)
			return false;
		nats_Sleep(AGAIN_MS);
	}
	return true;
}

static void converse(struct joining *j, struct opening *o)
{
	struct mono end = in_ms(CONNECTED_MS);

	if (!connect_by(j, o, end))
		return;
	end = in_ms(ANSWER_MS);
	while (!ask(j, o->nc, end) && left_ms(end) > 0) {
		natsConnection_Destroy(take(o->nc));
		nats_Sleep(AGAIN_MS);
		if (!connect_by(j, o, end))
			return;
	}
}

static void *thread(void *arg)
{
	struct joining *j = arg;
	struct opening *o = mem_new(1, sizeof(*o));
	uint8_t seed[32];

	o->e = j->e;
	o->is.n_addrs = j->is.n_addrs;
	o->is.port = j->is.port;
	memcpy(o->is.addrs, j->is.addrs, sizeof(o->is.addrs));
	login_joiner(j->is.secret, j->is.alliance, seed, o->public);
	crypto_sign_seed_keypair(o->public, o->secret, seed);
	converse(j, o);
	natsConnection_Destroy(o->nc);
	open_free(o);
	sodium_memzero(seed, sizeof(seed));
	nats_ReleaseThreadMemory();
	news_tell(j->e, NEWS_JOINED, j);
	return NULL;
}

int join_begin(struct envoy *e, const struct wire_join *is, struct str said)
{
	struct joining *j;
	pthread_attr_t attr;
	pthread_t id;
	int error;

	if (!join_ok(is) || said.n == 0)
		return -EBADMSG;
	j = mem_new(1, sizeof(*j));
	j->e = e;
	j->is = *is;
	j->said = (struct str){ mem_dup(said.p, said.n), said.n };
	j->why = LINE_E_UNREACHABLE;
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	error = e->openings >= OPENINGS ? EAGAIN
					: pthread_create(&id, &attr, thread, j);
	pthread_attr_destroy(&attr);
	e->openings++;
	if (error)
		join_done(j);
	return 0;
}

void join_done(void *joining)
{
	struct joining *j = joining;
	struct wire_joined w = { .id = j->is.id, .why = (uint8_t)j->why };

	j->e->openings--;
	if (!judge_tell(j->e, MSG_JOINED, &w, sizeof(w),
		(struct str){ (const char *)j->answer, j->n }))
		log_warn("join-answer-lost why=\"judge takes nothing\"");
	free((char *)(uintptr_t)j->said.p);
	free(j->answer);
	sodium_memzero(j, sizeof(*j));
	free(j);
}
