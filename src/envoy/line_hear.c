#include "envoy/envoy.h"

#include <stdio.h>

enum {
	TURN = 256,
};

/* Behind the prefix: the box, a dot, the frame's place (0: a request). */
void hear_subject(const struct box *b, uint64_t no, char to[static NATS_NAME])
{
	size_t n;

	nats_answers(b->line->is.alliance, b->line->is.envoy, to);
	n = strlen(to);
	snprintf(to + n, NATS_NAME - n, "%u.%llu", b->is.box,
	    (unsigned long long)no);
}

static bool subscribe(struct line *l, const char *subject,
    natsSubscription **ret)
{
	natsSubscription *s = NULL;

	if (natsConnection_SubscribeSync(&s, l->tap->nc, subject) != NATS_OK)
		return false;
	natsSubscription_SetPendingLimits(s, READ_PENDING, READ_BYTES);
	*ret = s;
	return true;
}

/* Is anything written or kept there, so that answers come? */
static bool has_answers(const struct line *l)
{
	for (size_t i = 0; i < l->e->n_boxes; i++)
		if (l->e->boxes[i]->line == l &&
		    l->e->boxes[i]->is.use != BOX_READ)
			return true;
	return l->is.own;
}

void hear_begin(struct line *l)
{
	char subject[NATS_NAME];

	if (!l->answers && has_answers(l)) {
		size_t n;

		nats_answers(l->is.alliance, l->is.envoy, subject);
		n = strlen(subject);
		snprintf(subject + n, sizeof(subject) - n, ">");
		(void)subscribe(l, subject, &l->answers);
	}
	if (!l->joiners && l->is.own) {
		nats_join(l->is.alliance, NULL, false, subject);
		(void)subscribe(l, subject, &l->joiners);
	}
}

void hear_end(struct line *l)
{
	natsSubscription_Destroy(l->answers);
	natsSubscription_Destroy(l->joiners);
	l->answers = l->joiners = NULL;
}

static void hear_answer(struct line *l, natsMsg *m)
{
	struct str s = str_of(natsMsg_GetSubject(m)), head;
	char prefix[NATS_NAME];
	uint32_t box;
	uint64_t no;
	struct box *b;

	nats_answers(l->is.alliance, l->is.envoy, prefix);
	if (!str_starts(s, str_of(prefix)))
		return;
	s = str_from(s, strlen(prefix));
	if (!str_cut(&s, '.', &head) || !str_u32(head, UINT32_MAX, &box) ||
	    !str_u64(s, UINT64_MAX, &no))
		return;
	b = list_find(l->e, box);
	if (!b || b->line != l)
		return;
	if (no)
		write_answer(b, no, m);
	else
		keep_answer(b, m);
}

void hear_answers(struct line *l)
{
	for (int i = 0; i < TURN && l->answers; i++) {
		natsMsg *m = NULL;

		if (natsSubscription_NextMsg(&m, l->answers, 0) != NATS_OK)
			return;
		hear_answer(l, m);
		natsMsg_Destroy(m);
	}
}

static void hear_joiner(struct line *l, natsMsg *m)
{
	struct wire_joiner w = { 0 };
	struct str said = { natsMsg_GetData(m),
		(size_t)natsMsg_GetDataLength(m) };

	if (said.n == 0 || said.n > WIRE_JOIN ||
	    !nats_join_read(l->is.alliance, str_of(natsMsg_GetSubject(m)),
		w.join))
		return;
	memcpy(w.alliance, l->is.alliance, sizeof(w.alliance));
	(void)judge_tell(l->e, MSG_JOINER, &w, sizeof(w), said);
}

void hear_joiners(struct line *l)
{
	for (int i = 0; i < TURN && l->joiners; i++) {
		natsMsg *m = NULL;

		if (natsSubscription_NextMsg(&m, l->joiners, 0) != NATS_OK)
			return;
		hear_joiner(l, m);
		natsMsg_Destroy(m);
	}
}

void hear_welcome(struct envoy *e, const struct wire_joiner *w, struct str s)
{
	char subject[NATS_NAME];

	nats_join(w->alliance, w->join, true, subject);
	for (size_t i = 0; i < e->n_lines; i++) {
		struct line *l = e->lines[i];

		if (!l->is.own || !l->tap ||
		    memcmp(l->is.alliance, w->alliance, sizeof(w->alliance)) !=
			0)
			continue;
		(void)natsConnection_Publish(l->tap->nc, subject, s.p,
		    (int)s.n);
		tap_flush(l->tap);
		return;
	}
}
