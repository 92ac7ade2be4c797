#include "envoy/envoy.h"

#include "base/log.h"
#include "envoy/reply.h"

enum {
	LATE_S = 5, /* a post that did not confirm for so long is asked again */
	TRIES = 8,
};

static struct sent *slot(struct box *b, uint64_t no)
{
	struct sent *s = &b->sent[no % OUT_WINDOW];

	return s->no == no && no ? s : NULL;
}

static void tell(struct box *b, struct wire_posted *answer, enum posted how)
{
	answer->box = b->is.box;
	answer->status = (uint8_t)how;
	/* a full link loses it: judge offers what it has not heard of again */
	(void)judge_tell(b->line->e, MSG_POSTED, answer, sizeof(*answer),
	    (struct str){ 0 });
}

static void done(struct box *b, struct sent *s, enum posted how)
{
	tell(b, &s->answer, how);
	b->bytes -= s->size;
	free(s->bytes);
	*s = (struct sent){ 0 };
	while (b->first < b->next && !slot(b, b->first))
		b->first++;
}

static void publish(struct box *b, struct sent *s)
{
	char answers[NATS_NAME];

	hear_subject(b, s->no, answers);
	s->at = mono_now();
	s->tries++;
	s->is_out = natsConnection_PublishRequest(b->line->tap->nc, b->subject,
			answers, s->bytes, (int)s->size) == NATS_OK;
}

void write_frame(struct box *b, const struct wire_posted *as, struct str frame)
{
	struct wire_posted answer = *as;
	struct sent *s;

	if (b->next - b->first >= OUT_WINDOW ||
	    b->bytes + frame.n > OUT_BYTES) {
		b->line->dropped++;
		tell(b, &answer, POSTED_DROPPED);
		return;
	}
	s = &b->sent[b->next % OUT_WINDOW];
	*s = (struct sent){ .no = b->next++,
		.answer = *as,
		.size = (uint32_t)frame.n,
		.bytes = mem_dup(frame.p, frame.n) };
	b->bytes += frame.n;
	if (b->line->tap)
		publish(b, s);
}

void write_begin(struct box *b)
{
	if (b->is.use != BOX_WRITE)
		return;
	for (uint64_t no = b->first; no < b->next; no++) {
		struct sent *s = slot(b, no);

		if (s)
			publish(b, s);
	}
}

void write_end(struct box *b)
{
	for (uint64_t no = b->first; b->sent && no < b->next; no++) {
		struct sent *s = slot(b, no);

		if (s) {
			s->is_out = false;
			s->tries = 0;
		}
	}
}

void write_answer(struct box *b, uint64_t no, natsMsg *m)
{
	struct sent *s = b->sent ? slot(b, no) : NULL;
	struct str text = { natsMsg_GetData(m),
		(size_t)natsMsg_GetDataLength(m) };
	struct reply r;

	if (!s)
		return; /* confirmed before: it was published twice */
	if (natsMsg_IsNoResponders(m) || !reply_read(text, &r) ||
	    (r.ok && !r.seq)) {
		s->is_out = false; /* no outbox there yet: later */
		return;
	}
	if (!r.ok && s->tries < TRIES) {
		s->is_out = false;
		return;
	}
	if (!r.ok)
		log_warn("frame-refused post=%u why=\"%s\"", b->is.post,
		    r.error);
	s->answer.at = r.seq;
	done(b, s, r.ok ? POSTED_OK : POSTED_REFUSED);
}

/* A refused publish looks like silence: after some tries it is refused. */
void write_tick(struct box *b)
{
	struct mono now = mono_now();

	if (b->is.use != BOX_WRITE || !b->line->tap)
		return;
	for (uint64_t no = b->first; no < b->next; no++) {
		struct sent *s = slot(b, no);

		if (!s || (s->is_out && now.ns - s->at.ns < SECONDS(LATE_S).ns))
			continue;
		if (s->tries >= TRIES)
			done(b, s, POSTED_REFUSED);
		else
			publish(b, s);
	}
	tap_flush(b->line->tap);
}
