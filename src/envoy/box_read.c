#include "envoy/envoy.h"

#include "base/log.h"

enum {
	AGAIN_MS = 250,
	DOUBLINGS = 4, /* then each 4 s */
	TURN = 64,     /* frames of one box before the next has its turn */
};

static void begin(struct box *b)
{
	const struct outbox o = { b->line->is.alliance, b->is.owner,
		b->is.fleet };
	uint32_t ms = (uint32_t)AGAIN_MS << MIN(b->waits, DOUBLINGS);
	struct timeval wait = { ms / 1000, ms % 1000 * 1000 };
	char subject[NATS_NAME];

	evtimer_add(b->again, &wait);
	nats_deliver(o, b->is.reader, subject);
	if (natsConnection_SubscribeSync(&b->sub, b->line->tap->nc, subject) !=
	    NATS_OK) {
		b->sub = NULL;
		return;
	}
	natsSubscription_SetPendingLimits(b->sub, READ_PENDING, READ_BYTES);
}

/* A post may let us in later than we were told of it: what stays silent is
 * asked for anew. */
static void again(evutil_socket_t fd, short what, void *arg)
{
	struct box *b = arg;

	if (b->heard || !b->line->tap)
		return;
	natsSubscription_Destroy(b->sub);
	b->sub = NULL;
	if (b->waits < UINT8_MAX)
		b->waits++;
	begin(b);
	tap_flush(b->line->tap);
}

void read_begin(struct box *b)
{
	if (b->is.use != BOX_READ || b->sub)
		return;
	b->heard = false;
	if (!b->again)
		b->again = evtimer_new(b->line->e->base, again, b);
	begin(b);
}

void read_end(struct box *b)
{
	if (b->again)
		evtimer_del(b->again);
	natsSubscription_Destroy(b->sub); /* a no-op on NULL */
	b->sub = NULL;
	b->waits = 0;
	/* what judge takes from now on cannot be acknowledged: it comes again
	 */
	for (size_t i = 0; b->handed && i < IN_WINDOW; i++)
		b->handed[i].used = false;
	b->n_handed = 0;
}

static struct handed *find(struct box *b, uint64_t seq)
{
	for (size_t i = 0, n = b->n_handed; n && i < IN_WINDOW; i++) {
		if (!b->handed[i].used)
			continue;
		if (b->handed[i].place.seq == seq)
			return &b->handed[i];
		n--;
	}
	return NULL;
}

static void acknowledge(struct box *b, const struct nats_place *p,
    const char *how)
{
	char subject[NATS_NAME];

	nats_place_print(p, b->ack, subject);
	(void)natsConnection_PublishString(b->line->tap->nc, subject, how);
}

/* Remembers where to acknowledge; false: judge has it already. */
static bool hand(struct box *b, const struct nats_place *p)
{
	struct handed *h = find(b, p->seq);
	bool again = h != NULL;

	for (size_t i = 0; !h && i < IN_WINDOW; i++)
		if (!b->handed[i].used)
			h = &b->handed[i];
	assert(h); /* read_drain stops before the window is full */
	b->n_handed += !again;
	*h = (struct handed){ true, *p };
	return !again;
}

static void forget(struct box *b, uint64_t seq)
{
	struct handed *h = find(b, seq);

	assert(h);
	h->used = false;
	b->n_handed--;
}

/* False: judge's link is full, and the frame was not handed over. */
static bool hand_on(struct box *b, natsMsg *m)
{
	struct wire_frame w = { .post = b->line->is.post, .box = b->is.box };
	struct str frame = { natsMsg_GetData(m),
		(size_t)natsMsg_GetDataLength(m) };
	struct nats_place p;

	if (!natsMsg_GetReply(m) ||
	    !nats_place(str_of(natsMsg_GetReply(m)), str_of(b->ack), &p))
		return true; /* no message of the stream: nobody waits */
	if (frame.n == 0 || frame.n > WIRE_FRAME) {
		acknowledge(b, &p, "+TERM");
		return true;
	}
	b->heard = true;
	if (!hand(b, &p))
		return true;
	w.seq = p.seq;
	w.pending = p.pending;
	if (judge_tell(b->line->e, MSG_FRAME, &w, sizeof(w), frame))
		return true;
	forget(b, p.seq);
	acknowledge(b, &p, "-NAK"); /* it comes again */
	return false;
}

bool read_drain(struct box *b)
{
	for (int i = 0; i < TURN && b->sub && b->n_handed < IN_WINDOW; i++) {
		natsMsg *m = NULL;
		bool ok;

		if (natsSubscription_NextMsg(&m, b->sub, 0) != NATS_OK)
			break;
		ok = hand_on(b, m);
		natsMsg_Destroy(m);
		if (!ok)
			return false;
	}
	return true;
}

void read_taken(struct box *b, uint64_t seq)
{
	struct handed *h =
	    b->is.use == BOX_READ && b->sub ? find(b, seq) : NULL;

	if (!h)
		return; /* of a connection before this one */
	acknowledge(b, &h->place, "+ACK");
	h->used = false;
	b->n_handed--;
	(void)read_drain(b);
}

void read_again(struct box *b)
{
	for (size_t i = 0; b->sub && b->handed && i < IN_WINDOW; i++) {
		if (!b->handed[i].used)
			continue;
		acknowledge(b, &b->handed[i].place, "-NAK");
		b->handed[i].used = false;
	}
	b->n_handed = 0;
}
