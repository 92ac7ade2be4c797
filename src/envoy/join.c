#include "envoy/envoy.h"

#include "base/log.h"
#include "charter/login.h"
#include "envoy/fetch.h"

#include <pthread.h>
#include <sodium.h>

enum {
	ANSWER_MS = 12000,
	/* a post that was told of the invitation a moment ago hears of it in
	 * some seconds */
	TRIES = 6,
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

static void ask(struct joining *j, natsConnection *nc)
{
	char there[NATS_NAME], here[NATS_NAME];
	natsSubscription *sub = NULL;
	natsMsg *m = NULL;
	natsStatus s;
	int n;

	nats_join(j->is.alliance, j->is.join, false, there);
	nats_join(j->is.alliance, j->is.join, true, here);
	s = natsConnection_SubscribeSync(&sub, nc, here);
	s = s ? s
	      : natsConnection_Publish(nc, there, j->said.p, (int)j->said.n);
	s = s ? s : natsConnection_Flush(nc);
	s = s ? s : natsSubscription_NextMsg(&m, sub, ANSWER_MS);
	n = m ? natsMsg_GetDataLength(m) : 0;
	j->why = LINE_E_LATE;
	if (s == NATS_OK && n > 0 && n <= WIRE_ANSWER) {
		j->answer = mem_dup(natsMsg_GetData(m), (size_t)n);
		j->n = (size_t)n;
		j->why = LINE_FINE;
	}
	natsMsg_Destroy(m);
	natsSubscription_Destroy(sub);
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
	j->why = fetch(j, &o->cert);
	for (int i = 0; i < TRIES && j->why == LINE_FINE && !o->nc; i++) {
		if (i > 0)
			nats_Sleep(AGAIN_MS);
		open_connect(o);
		if (o->why != LINE_E_LOGIN)
			break;
	}
	if (j->why == LINE_FINE)
		j->why = o->why;
	if (o->nc)
		ask(j, o->nc);
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
