#include "judge/ally_world.h"

#include "signing/desk.h"

static void world_order(struct node *d, const struct wire_order *o)
{
	d->order = *o;
	assert_int_equal(order_check(o), DONE_OK);
	d->closed += o->act == ACT_DENY;
	d->limited += o->act == ACT_LIMIT;
	d->opened += o->act == ACT_OPEN;
}

static void world_standing(struct node *d, const struct wire_standing *w,
    struct str tail)
{
	for (uint32_t i = 0; i < w->n; i++) {
		struct wire_order o = standing_order(w, tail.p, i);

		world_order(d, &o);
	}
}

static void world_keep(struct node *d, uint32_t type, const void *body,
    size_t n, struct str tail)
{
	struct sent_msg *m;

	assert_true(d->n_waiting < WAITING);
	m = &d->waiting[d->n_waiting++];
	m->type = type;
	m->frame = NULL;
	m->n = n;
	m->tail = tail.n;
	memcpy(m->bytes, body, n);
	if (type == MSG_OFFER)
		m->frame = mem_dup(tail.p, tail.n);
	else if (tail.n)
		memcpy(m->bytes + n, tail.p, tail.n);
}

static void world_taken(struct node *d, const struct wire_taken *t)
{
	/* the box's number is the owner's place; see world_deliver */
	assert_true(t->box < NODES);
	if (t->seq == d->acked[t->box] + 1)
		d->acked[t->box]++;
}

static void world_send(void *arg, enum role to, uint32_t instance,
    uint32_t type, const void *body, size_t n, struct str tail)
{
	struct node *d = arg;

	assert_true(msg_fits(type, JUDGE, to, n + tail.n));
	d->sent[type]++;
	if (type == MSG_ORDER)
		world_order(d, body);
	if (type == MSG_STANDING)
		world_standing(d, body, tail);
	if (type == MSG_TAKEN)
		world_taken(d, body);
	if (type == MSG_DRAFT || type == MSG_OFFER)
		world_keep(d, type, body, n, tail);
	if (type == MSG_POST || type == MSG_BOX)
		world_keep(d, type, body, n, (struct str){ 0 });
}

static void world_fault(void *arg, const char *file, unsigned line,
    unsigned column, const char *what)
{
	fail_msg("%s:%u:%u: %s", file, line, column, what);
}

#define WORLD_RULE(name, attack, evidence, more, when) \
	"- name: " name "\n" \
	"  about: it\n" \
	"  kind: exploit\n" \
	"  attack: " attack "\n" \
	"  evidence: " evidence "\n" more "  match: ['" name " from <ip>']\n" \
	"  when: " when "\n"

static void world_rules(struct judge *j)
{
	static const char file[] =
	    "service: test\nabout: a service\nprograms: [testd]\nrules:\n" //
	    WORLD_RULE("fail", "T1110", "own-act", "", "5 in 10m")         //
	    WORLD_RULE("evil", "T1190", "own-act", "", "once")             //
	    WORLD_RULE("web", "T1190", "inducible", "", "once")            //
	    WORLD_RULE("login", "T1078", "own-act",
		"  outcome: success\n  login: host\n  measure: alarm\n",
		"once");
	char files[4096];
	struct conf *c;
	struct book *b;
	int n = snprintf(files, sizeof(files), "%%%%%% %zu test.yaml\n%s",
	    sizeof(file) - 1, file);

	(void)conf_load(&c, "liptako.yaml", (struct str){ 0 }, world_fault,
	    NULL);
	book_load(&b, 1, (struct str){ files, (size_t)n }, c, world_fault,
	    NULL);
	assert_int_equal(b->n, 4);
	judge_rules(j, &c, &b);
}

static void world_give_sealed(struct node *d)
{
	for (size_t i = 0; i < d->w->n_sealed; i++) {
		struct alliance_how how;

		(void)sealed_put(&d->j, NULL, d->w->sealed[i], true, &how);
		if (how.answer == ALLIANCE_REFUSED)
			fail_msg("sealed %zu: %s", i, how.why);
	}
}

void node_begin(struct node *d)
{
	static const struct judge_ops ops = { .send = world_send };
	struct wire_ready ready = { 0 };
	struct wire_opened o = { .source = SOURCE,
		.key = 77,
		.ino = 5,
		.size = 1 << 30 };

	judge_new(&d->j, &ops, d);
	d->j.line_key[0] = 5;
	d->j.now = d->w->now + d->ahead;
	world_rules(&d->j);
	judge_restore(&d->j, d->dir);
	d->up = true;
	judge_linked(&d->j, ENFORCER, 0);
	judge_linked(&d->j, READER, 1);
	judge_linked(&d->j, NOTARY, 0);
	judge_linked(&d->j, ENVOY, 0);
	assert_true(
	    judge_hear(&d->j, ENFORCER, 0, MSG_READY, &ready, sizeof(ready)));
	while (judge_sync_more(&d->j, 1000))
		;
	assert_true(judge_hear(&d->j, READER, 1, MSG_OPENED, &o, sizeof(o)));
	world_give_sealed(d);
	for (size_t i = 0; i < NODES; i++)
		d->cursor[i] = d->acked[i];
}

void node_key(struct node *d)
{
	struct wire_envoy_key k;

	memcpy(k.key, d->desk->key, sizeof(k.key));
	assert_true(judge_hear(&d->j, NOTARY, 0, MSG_ENVOY_KEY, &k, sizeof(k)));
}

void node_start(struct node *d)
{
	node_begin(d);
	node_key(d);
}

void node_crash(struct node *d)
{
	judge_free(&d->j);
	for (size_t i = 0; i < d->n_waiting; i++)
		free(d->waiting[i].frame);
	d->n_waiting = 0;
	d->up = false;
}

static void node_store(struct node *d, const void *p, size_t n)
{
	assert_true(d->n_box < STORED);
	d->box[d->n_box++] = (struct stored){ mem_dup(p, n), n };
}

static void node_posted(struct node *d, const struct wire_span *acts)
{
	const struct ally *y = d->j.ally;
	struct wire_posted p = { .status = POSTED_OK, .acts = *acts };

	for (size_t i = 0; !d->w->unconfirmed && i < y->n_boxes; i++) {
		if (!y->boxes[i].write || y->boxes[i].fleet)
			continue;
		p.box = y->boxes[i].box;
		assert_true(
		    judge_hear(&d->j, ENVOY, 0, MSG_POSTED, &p, sizeof(p)));
	}
}

static void node_offered(struct node *d, const struct sent_msg *m)
{
	struct wire_offer o;

	memcpy(&o, m->bytes, sizeof(o));
	node_store(d, m->frame, m->tail);
	node_posted(d, &o.acts);
}

static void node_signs(struct node *d)
{
	static uint8_t all[sizeof(struct wire_signed) + FRAME_MOST];
	struct wire_signed s;
	struct wire_out out;
	size_t n;

	if (d->desk->n == 0)
		return;
	n = desk_sign(d->desk, all + sizeof(s), &s, &out);
	memcpy(all, &s, sizeof(s));
	node_store(d, all + sizeof(s), n);
	assert_true(
	    judge_hear(&d->j, NOTARY, 0, MSG_SIGNED, all, sizeof(s) + n));
	node_posted(d, &out.acts);
}

static void node_draft(struct node *d, const struct sent_msg *m)
{
	struct wire_draft w;
	struct str body = { (const char *)m->bytes + m->n, m->tail };
	struct wire_unsigned no;
	enum act_fault e;

	memcpy(&w, m->bytes, sizeof(w));
	no = (struct wire_unsigned){ .id = w.id };
	if (!desk_fits(d->desk, &w, body.n))
		node_signs(d);
	e = desk_add(d->desk, &w, body);
	no.fault = e;
	if (e == ACT_E_SPOKEN || e == ACT_E_FOLLOWS)
		assert_true(judge_hear(&d->j, NOTARY, 0, MSG_UNSIGNED, &no,
		    sizeof(no)));
	else if (e != ACT_OK)
		fail_msg("draft of type %u: %s", w.type, act_fault_name(e));
}

/* A post is up as soon as it is named. */
static void node_post(struct node *d, const struct wire_post *p)
{
	struct wire_line l = { .post = p->post, .state = LINE_UP };

	l.login[0] = (uint8_t)(d->no + 1);
	assert_true(judge_hear(&d->j, ENVOY, 0, MSG_LINE, &l, sizeof(l)));
}

bool node_answer(struct node *d)
{
	size_t n = d->n_waiting;
	struct sent_msg *all;

	if (n == 0 || !d->up || d->mute)
		return false;
	all = mem_dup(d->waiting, n * sizeof(*all));
	d->n_waiting = 0;
	for (size_t i = 0; i < n; i++) {
		if (all[i].type == MSG_DRAFT)
			node_draft(d, &all[i]);
		if (all[i].type == MSG_OFFER)
			node_offered(d, &all[i]);
		if (all[i].type == MSG_POST)
			node_post(d, (const struct wire_post *)all[i].bytes);
		free(all[i].frame);
	}
	free(all);
	node_signs(d);
	return true;
}

void node_hear(struct node *d, uint32_t box, uint64_t seq, const void *p,
    size_t n)
{
	static _Alignas(8) uint8_t all[sizeof(struct wire_frame) + FRAME_MOST];
	struct wire_frame w = { .box = box, .seq = seq };

	memcpy(all, &w, sizeof(w));
	memcpy(all + sizeof(w), p, n);
	assert_true(judge_hear(&d->j, ENVOY, 0, MSG_FRAME, all, sizeof(w) + n));
}

bool node_reads(struct node *d)
{
	bool any = false;

	for (uint32_t i = 0; d->up && !d->w->unheard && i < d->w->n; i++) {
		struct node *from = &d->w->node[i];

		while (from != d && !d->cut[i] && d->cursor[i] < from->n_box) {
			const struct stored *s = &from->box[d->cursor[i]++];

			node_hear(d, i, d->cursor[i], s->p, s->n);
			any = true;
		}
	}
	return any;
}

void world_talk(struct world *w)
{
	bool any = true;

	for (int turn = 0; any && turn < 200; turn++) {
		any = false;
		for (size_t i = 0; i < w->n; i++) {
			any |= node_answer(&w->node[i]);
			any |= node_reads(&w->node[i]);
		}
	}
	assert_false(any);
}

void world_commit(struct world *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->node[i].up)
			judge_commit(&w->node[i].j);
}

void world_pass(struct world *w, uint32_t seconds)
{
	w->now += seconds;
	for (size_t i = 0; i < w->n; i++) {
		struct node *d = &w->node[i];

		if (!d->up)
			continue;
		d->j.now = w->now + d->ahead;
		judge_tick(&d->j);
	}
	world_talk(w);
	world_commit(w);
}

struct addr host(uint32_t i)
{
	return (struct addr){ .family = 4,
		.b = { 45, 7, (uint8_t)(i >> 8), (uint8_t)i } };
}

struct net unit(uint32_t i)
{
	return addr_unit(host(i));
}

void sees_addr(struct node *d, struct addr who, uint16_t rule, uint64_t user)
{
	struct wire_sighting s = { .generation = 1,
		.source = SOURCE,
		.ino = 5,
		.offset = d->offset += 100,
		.length = 80,
		.at = d->j.now,
		.user = user,
		.who = who,
		.rule = rule };

	assert_true(judge_hear(&d->j, READER, 1, MSG_SIGHTING, &s, sizeof(s)));
}

void sees(struct node *d, uint32_t who, uint16_t rule)
{
	sees_addr(d, host(who), rule, 0);
}

const struct ledger_measure *measure(struct node *d, uint32_t who)
{
	struct net n = unit(who);

	return measures_get(&d->j.measures, &n);
}

bool is_shut(struct node *d, uint32_t who)
{
	const struct ledger_measure *m = measure(d, who);

	return m && m->act == ACT_DENY;
}

size_t node_thief(const struct node *d, const struct sent_msg *draft,
    uint8_t frame[FRAME_MOST])
{
	struct desk *thief = mem_new(1, sizeof(*thief));
	struct str body = { (const char *)draft->bytes + draft->n,
		draft->tail };
	struct wire_draft w;
	struct wire_signed s;
	struct wire_out out;
	size_t n;

	memcpy(thief->secret, d->desk->secret, sizeof(thief->secret));
	memcpy(thief->key, d->desk->key, sizeof(thief->key));
	memcpy(&w, draft->bytes, sizeof(w));
	assert_int_equal(desk_add(thief, &w, body), ACT_OK);
	n = desk_sign(thief, frame, &s, &out);
	free(thief);
	return n;
}
