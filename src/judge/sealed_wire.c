#include "base/log.h"
#include "judge/judge.h"
#include "wire/posts.h"

/* Joining over the envoy, and telling warden that one is needed. */

enum {
	WANTED_S = 300 /* the envoy stays for a while after a question */
};

static void tell_warden(struct judge *j)
{
	struct charters *c = &j->charters;
	bool on = c->n > 0 || c->n_joinings > 0 || j->now < c->envoy_until;
	struct wire_allied w = { .on = on };

	if (on == c->told_on)
		return;
	c->told_on = on;
	judge_send(j, WARDEN, 0, MSG_ALLIED, &w, sizeof(w));
}

static void send_question(struct judge *j, const struct question *q)
{
	const struct token *t = &q->token;
	struct wire_join w = { .id = q->id, .port = t->port, .n_addrs = 1 };
	char id[17];

	w.addrs[0] = t->addr;
	memcpy(w.alliance, t->alliance, 32);
	memcpy(w.cert, t->post, 32);
	memcpy(w.secret, t->secret, 16);
	token_id(t, id);
	(void)text_hex(str_of(id), w.join, sizeof(w.join));
	j->ops.send(j->arg, ENVOY, 0, MSG_JOIN, &w, sizeof(w),
	    (struct str){ q->said, q->n });
}

static void question_free(struct question *q)
{
	free(q->said);
	memset(q, 0, sizeof(*q));
}

/* Questions wait for the envoy, who may have to be started first. */
bool sealed_ask(struct judge *j, const struct token *t, uint64_t id,
    struct str said)
{
	struct charters *c = &j->charters;
	struct question *q;

	c->envoy_until = j->now + WANTED_S;
	tell_warden(j);
	if (c->n_questions == QUESTIONS)
		question_free(&c->questions[--c->n_questions]);
	q = &c->questions[c->n_questions++];
	*q = (struct question){ id, *t, mem_dup(said.p, said.n), said.n };
	sealed_questions(j);
	return true;
}

void sealed_questions(struct judge *j)
{
	struct charters *c = &j->charters;

	if (!c->envoy_up)
		return;
	for (size_t i = 0; i < c->n_questions; i++) {
		send_question(j, &c->questions[i]);
		question_free(&c->questions[i]);
	}
	c->n_questions = 0;
}

void sealed_linked(struct judge *j, enum role peer, bool up)
{
	if (peer == WARDEN)
		j->charters.told_on = false;
	if (peer != ENVOY)
		return;
	j->charters.envoy_up = up;
	sealed_questions(j);
}

void sealed_wanted(struct judge *j)
{
	tell_warden(j);
}

void sealed_questions_free(struct judge *j)
{
	struct charters *c = &j->charters;

	for (size_t i = 0; i < c->n_questions; i++)
		question_free(&c->questions[i]);
	c->n_questions = 0;
}

static void hear_joiner(struct judge *j, const struct wire_joiner *w,
    struct str said)
{
	struct text_out o = { 0 };

	if (sealed_joiner(j, w->alliance, w->join, said, &o))
		j->ops.send(j->arg, ENVOY, 0, MSG_WELCOME, w, sizeof(*w),
		    text_of(&o));
	else
		log_warn("joiner-refused why=\"no such invitation\"");
	text_free(&o);
}

bool sealed_hear(struct judge *j, uint32_t type, const void *body, size_t n)
{
	const char *p = body;

	if (type == MSG_JOINER && n >= sizeof(struct wire_joiner)) {
		hear_joiner(j, body,
		    (struct str){ p + sizeof(struct wire_joiner),
			n - sizeof(struct wire_joiner) });
		return true;
	}
	if (type == MSG_JOINED && n >= sizeof(struct wire_joined)) {
		const struct wire_joined *w = body;

		sealed_joined(j, w->id, w->why,
		    (struct str){ p + sizeof(*w), n - sizeof(*w) });
		return true;
	}
	return false;
}
