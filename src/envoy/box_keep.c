#include "envoy/envoy.h"

#include "base/log.h"
#include "envoy/reply.h"

#include <stdio.h>

/*
 * Requests of nats-server's JetStream API, as JSON. Names and numbers are
 * ours, so nothing needs quoting.
 */
enum {
	LATE_S = 3,
	TRIES = 10,
	BOX_BYTES = 1 << 30, /* of one outbox; the oldest gives way */
	TEXT = 1024,
};

static void stream_text(const struct box *b, const char *stream, char *to)
{
	const struct outbox o = { b->line->is.alliance, b->is.owner,
		b->is.fleet };
	uint64_t keep = b->is.keep_s ? b->is.keep_s : RETENTION_S;
	char all[NATS_NAME];

	nats_all(o, all);
	snprintf(to, TEXT,
	    "{\"name\":\"%s\",\"subjects\":[\"%s\"],\"retention\":\"limits\","
	    "\"storage\":\"file\",\"num_replicas\":1,\"discard\":\"old\","
	    "\"max_age\":%llu000000000,\"max_bytes\":%d,\"max_msgs\":-1,"
	    "\"max_msg_size\":%d,\"max_consumers\":-1,"
	    "\"duplicate_window\":1000000000}",
	    stream, all, (unsigned long long)keep, BOX_BYTES, WIRE_FRAME);
}

static void reader_text(const struct box *b, const char *stream, char *to)
{
	const struct outbox o = { b->line->is.alliance, b->is.owner,
		b->is.fleet };
	char deliver[NATS_NAME];

	nats_deliver(o, b->is.reader, deliver);
	snprintf(to, TEXT,
	    "{\"stream_name\":\"%s\",\"config\":{\"durable_name\":\"%s\","
	    "\"deliver_subject\":\"%s\",\"deliver_policy\":\"all\","
	    "\"ack_policy\":\"explicit\",\"ack_wait\":%d000000000,"
	    "\"max_deliver\":-1,\"max_ack_pending\":%d,"
	    "\"replay_policy\":\"instant\"}}",
	    stream, b->is.reader, deliver, ACK_WAIT_S, IN_WINDOW);
}

static void ask(struct box *b)
{
	const struct outbox o = { b->line->is.alliance, b->is.owner,
		b->is.fleet };
	char stream[NATS_NAME], subject[2 * NATS_NAME], text[TEXT];
	char answers[NATS_NAME];

	nats_stream(o, stream);
	if (b->step == KEEP_READER) {
		snprintf(subject, sizeof(subject),
		    "$JS.API.CONSUMER.DURABLE.CREATE.%s.%s", stream,
		    b->is.reader);
		reader_text(b, stream, text);
	} else if (b->step == KEEP_PURGE) {
		snprintf(subject, sizeof(subject), "$JS.API.STREAM.PURGE.%s",
		    stream);
		snprintf(text, sizeof(text), "{}");
	} else {
		snprintf(subject, sizeof(subject), "$JS.API.STREAM.%s.%s",
		    b->step == KEEP_STREAM ? "CREATE" : "UPDATE", stream);
		stream_text(b, stream, text);
	}
	b->asked = mono_now();
	b->tries++;
	hear_subject(b, 0, answers);
	(void)natsConnection_PublishRequestString(b->line->tap->nc, subject,
	    answers, text);
}

void keep_begin(struct box *b)
{
	if (b->is.use != BOX_KEEP)
		return;
	/* an outbox has a row of its own, which makes it; a hundred readers'
	 * rows need not all try to */
	b->step = b->is.reader[0] ? KEEP_READER : KEEP_STREAM;
	b->tries = 0;
	ask(b);
}

/* The next that is to be done there. */
static void go_on(struct box *b)
{
	b->tries = 0;
	b->step = b->purge ? KEEP_PURGE : KEEP_DONE;
	if (b->purge)
		ask(b);
}

static void purged(struct box *b)
{
	struct wire_purge w;

	b->purge = false;
	memcpy(w.alliance, b->line->is.alliance, sizeof(w.alliance));
	(void)judge_tell(b->line->e, MSG_PURGED, &w, sizeof(w),
	    (struct str){ 0 });
}

void keep_purge(struct box *b)
{
	if (b->is.use != BOX_KEEP || b->is.reader[0])
		return;
	b->purge = true;
	if (b->line->tap && b->step == KEEP_DONE)
		go_on(b);
}

static void failed(struct box *b, const char *why)
{
	log_err("outbox-not-made owner=%s reader=%s why=\"%s\"", b->is.owner,
	    b->is.reader, why);
	b->step = KEEP_DONE;
	b->line->why = LINE_E_BOX;
	line_tell(b->line);
}

void keep_answer(struct box *b, natsMsg *m)
{
	struct reply r = { 0 };
	struct str text = { natsMsg_GetData(m),
		(size_t)natsMsg_GetDataLength(m) };

	if (b->is.use != BOX_KEEP || b->step == KEEP_DONE ||
	    natsMsg_IsNoResponders(m) || !reply_read(text, &r))
		return; /* the tick asks again */
	if (!r.ok && b->step == KEEP_STREAM && r.code == REPLY_IN_USE) {
		b->step = KEEP_UPDATE;
		ask(b);
		return;
	}
	if (!r.ok && b->step == KEEP_READER && r.code == REPLY_NO_STREAM) {
		b->step = KEEP_STREAM;
		ask(b);
		return;
	}
	if (!r.ok) {
		failed(b, r.error);
		return;
	}
	b->tries = 0;
	if (b->step == KEEP_PURGE)
		purged(b);
	if (b->step >= KEEP_READER || !b->is.reader[0]) {
		go_on(b);
		return;
	}
	b->step = KEEP_READER;
	ask(b);
}

void keep_tick(struct box *b)
{
	if (b->is.use != BOX_KEEP || b->step == KEEP_DONE || !b->line->tap ||
	    mono_now().ns - b->asked.ns < SECONDS(LATE_S).ns)
		return;
	if (b->tries >= TRIES)
		failed(b, "no answer");
	else
		ask(b);
}
