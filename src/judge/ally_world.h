/*
 * ally_world - parties with a judge and a notary's desk each, on fake links.
 *
 * Outboxes are arrays of frames; an envoy is a loop that hands on what was not
 * taken yet. Time is what the test says; a crash is a judge that is freed
 * without a word, and comes back from its ledger.
 */
#ifndef LPT_ALLY_WORLD_H
#define LPT_ALLY_WORLD_H

#include "charter/testing.h"
#include "judge/ally_priv.h"
#include "notary/desk.h"

#include <fcntl.h>
#include <ftw.h>

enum {
	NODES = 4,
	WORLD_NOW = 1795320000 + 86400, /* T0 and a day */
	WAITING = 512,
	STORED = 4096,
	FAIL = 0,
	EVIL = 1,
	WEB = 2,
	LOGIN = 3,
	SOURCE = 3,
};

struct stored {
	uint8_t *p;
	size_t n;
};

struct sent_msg {
	uint32_t type;
	size_t n, tail;
	uint8_t bytes[sizeof(struct wire_draft) + ACT_BODY_MOST];
	uint8_t *frame; /* OFFER's */
};

struct node {
	struct world *w;
	unsigned no;
	char dir[48];
	struct judge j;
	struct desk desk;
	bool up, mute;        /* mute: its notary does not answer */
	bool cut[NODES];      /* hears not of these */
	size_t cursor[NODES]; /* next frame of theirs */
	size_t acked[NODES];  /* taken so far */
	struct stored box[STORED];
	size_t n_box;
	struct sent_msg *waiting;
	size_t n_waiting;
	unsigned sent[MSG_N];
	struct wire_order order; /* the last */
	unsigned closed, limited, opened;
	uint64_t offset; /* of the log */
};

struct world {
	size_t n;
	uint32_t now;
	struct node node[NODES];
	struct test_key keys[NODES];
	struct charter_party party[NODES];
	uint8_t id[32];
	struct str sealed[2 * NODES + 1];
	size_t n_sealed;
	bool unheard;      /* frames are not delivered */
	bool unconfirmed;  /* posts do not say what they have stored */
	const char *quota; /* acts and KiB a day; NULL: as usual */
};

static inline void world_order(struct node *d, const struct wire_order *o)
{
	d->order = *o;
	assert_int_equal(order_check(o), DONE_OK);
	d->closed += o->act == ACT_DENY;
	d->limited += o->act == ACT_LIMIT;
	d->opened += o->act == ACT_OPEN;
}

static inline void world_standing(struct node *d, const struct wire_standing *w,
    struct str tail)
{
	for (uint32_t i = 0; i < w->n; i++) {
		struct wire_order o = { .id = w->first + i };
		struct wire_stand s;

		memcpy(&s, tail.p + i * sizeof(s), sizeof(s));
		o.net = s.net;
		o.act = s.act;
		o.ttl = s.ttl;
		world_order(d, &o);
	}
}

static inline void world_keep(struct node *d, uint32_t type, const void *body,
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

static inline void world_taken(struct node *d, const struct wire_taken *t)
{
	/* the box's number is the owner's place; see world_deliver */
	assert_true(t->box < NODES);
	if (t->seq == d->acked[t->box] + 1)
		d->acked[t->box]++;
}

static inline void world_send(void *arg, enum role to, uint32_t instance,
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

static inline void world_fault(void *arg, const char *file, unsigned line,
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

static inline void world_rules(struct judge *j)
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

static inline void world_give_sealed(struct node *d)
{
	for (size_t i = 0; i < d->w->n_sealed; i++) {
		struct alliance_how how;

		(void)sealed_put(&d->j, NULL, d->w->sealed[i], true, &how);
		if (how.answer == ALLIANCE_REFUSED)
			fail_msg("sealed %zu: %s", i, how.why);
	}
}

static inline void node_start(struct node *d)
{
	static const struct judge_ops ops = { .send = world_send };
	struct wire_ready ready = { 0 };
	struct wire_opened o = { .source = SOURCE,
		.key = 77,
		.ino = 5,
		.size = 1 << 30 };
	struct wire_envoy_key k;

	judge_new(&d->j, &ops, d);
	d->j.line_key[0] = 5;
	d->j.now = d->w->now;
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
	memcpy(k.key, d->desk.key, sizeof(k.key));
	assert_true(judge_hear(&d->j, NOTARY, 0, MSG_ENVOY_KEY, &k, sizeof(k)));
	for (size_t i = 0; i < NODES; i++)
		d->cursor[i] = d->acked[i];
}

/* Nothing is told, nothing is flushed. */
static inline void node_crash(struct node *d)
{
	judge_free(&d->j);
	for (size_t i = 0; i < d->n_waiting; i++)
		free(d->waiting[i].frame);
	d->n_waiting = 0;
	d->up = false;
}

static inline void node_store(struct node *d, const void *p, size_t n)
{
	assert_true(d->n_box < STORED);
	d->box[d->n_box++] = (struct stored){ mem_dup(p, n), n };
}

static inline void node_posted(struct node *d, const struct wire_span *acts)
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

static inline void node_offered(struct node *d, const struct sent_msg *m)
{
	struct wire_offer o;

	memcpy(&o, m->bytes, sizeof(o));
	node_store(d, m->frame, m->tail);
	node_posted(d, &o.acts);
}

static inline void node_signs(struct node *d)
{
	static uint8_t all[sizeof(struct wire_signed) + FRAME_MOST];
	struct wire_signed s;
	struct wire_out out;
	size_t n;

	if (d->desk.n == 0)
		return;
	n = desk_sign(&d->desk, all + sizeof(s), &s, &out);
	memcpy(all, &s, sizeof(s));
	node_store(d, all + sizeof(s), n);
	assert_true(
	    judge_hear(&d->j, NOTARY, 0, MSG_SIGNED, all, sizeof(s) + n));
	node_posted(d, &out.acts);
}

static inline void node_draft(struct node *d, const struct sent_msg *m)
{
	struct wire_draft w;
	struct str body = { (const char *)m->bytes + m->n, m->tail };
	struct wire_unsigned no;
	enum act_fault e;

	memcpy(&w, m->bytes, sizeof(w));
	no = (struct wire_unsigned){ .id = w.id };
	if (!desk_fits(&d->desk, &w, body.n))
		node_signs(d);
	e = desk_add(&d->desk, &w, body);
	no.fault = e;
	if (e == ACT_E_SPOKEN || e == ACT_E_FOLLOWS)
		assert_true(judge_hear(&d->j, NOTARY, 0, MSG_UNSIGNED, &no,
		    sizeof(no)));
	else if (e != ACT_OK)
		fail_msg("draft of type %u: %s", w.type, act_fault_name(e));
}

/* A post is up as soon as it is named. */
static inline void node_post(struct node *d, const struct wire_post *p)
{
	struct wire_line l = { .post = p->post, .state = LINE_UP };

	l.login[0] = (uint8_t)(d->no + 1);
	assert_true(judge_hear(&d->j, ENVOY, 0, MSG_LINE, &l, sizeof(l)));
}

static inline bool node_answer(struct node *d)
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

static inline void node_hear(struct node *d, uint32_t box, uint64_t seq,
    const void *p, size_t n)
{
	static _Alignas(8) uint8_t all[sizeof(struct wire_frame) + FRAME_MOST];
	struct wire_frame w = { .box = box, .seq = seq };

	memcpy(all, &w, sizeof(w));
	memcpy(all + sizeof(w), p, n);
	assert_true(judge_hear(&d->j, ENVOY, 0, MSG_FRAME, all, sizeof(w) + n));
}

static inline bool node_reads(struct node *d)
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

/* Until nobody has anything to say. */
static inline void world_talk(struct world *w)
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

static inline void world_commit(struct world *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->node[i].up)
			judge_commit(&w->node[i].j);
}

static inline void world_pass(struct world *w, uint32_t seconds)
{
	w->now += seconds;
	for (size_t i = 0; i < w->n; i++) {
		struct node *d = &w->node[i];

		if (!d->up)
			continue;
		d->j.now = w->now;
		judge_tick(&d->j);
	}
	world_talk(w);
	world_commit(w);
}

/* Charter, records and rolls. */

static inline void world_seal(struct world *w, enum sealed_type t,
    struct text_out *o, const struct test_key *keys, size_t n)
{
	w->sealed[w->n_sealed++] = test_seal(t, text_of(o), keys, n);
	text_free(o);
}

static inline void world_quota(const struct world *w, struct charter *c)
{
	static const char *const keys[] = { "quota-acts", "quota-kb" };
	struct text_fault f;

	for (size_t i = 0; w->quota && i < countof(keys); i++)
		assert_true(
		    charter_set(c, str_of(keys[i]), str_of(w->quota), &f));
	if (w->quota)
		assert_true(
		    charter_set(c, STR("quota-burst"), STR("1000000"), &f));
}

static inline void world_charter(struct world *w)
{
	struct text_out o = { 0 };
	struct charter *c;

	charter_template(&c, "sahel", T0);
	world_quota(w, c);
	for (size_t i = 0; i < w->n; i++)
		charter_add(c, &w->party[i]);
	charter_print(c, &o);
	sealed_hash(text_of(&o), w->id);
	charter_free(&c);
	world_seal(w, SEALED_CHARTER, &o, w->keys, w->n);
}

static inline void world_roll(struct world *w, size_t i)
{
	struct roll_envoy e = { .rights = RIGHT_ALL,
		.not_after = T0 + 170 * DAY_MS };
	struct roll r = { .number = 1, .issued = T0, .n = 1, .envoys = &e };
	struct text_out o = { 0 };

	memcpy(r.name, w->party[i].name, sizeof(r.name));
	memcpy(r.party, w->party[i].id, 32);
	memcpy(e.key, w->node[i].desk.key, 32);
	snprintf(e.host, sizeof(e.host), "gate");
	roll_print(&r, &o);
	world_seal(w, SEALED_ROLL, &o, &w->keys[i], 1);
}

static inline void world_record(struct world *w, size_t i)
{
	struct party_record *r = mem_new(1, sizeof(*r));
	struct text_out o = { 0 };

	memcpy(r->name, w->party[i].name, sizeof(r->name));
	memcpy(r->party, w->party[i].id, 32);
	snprintf(r->contact, sizeof(r->contact), "noc");
	r->number = 1;
	r->issued = T0;
	r->n_posts = 1;
	r->posts[0].at.n = 1;
	r->posts[0].at.v[0] =
	    (struct addr){ 4, { 91, 0, 0, (uint8_t)(i + 1) } };
	r->posts[0].at.port = 4222;
	r->posts[0].cert.n = 100;
	memset(r->posts[0].cert.der, (int)i + 1, 100);
	r->posts[0].cert.der[0] = 0x30;
	(void)crypto_hash_sha256(r->posts[0].cert.sha256, r->posts[0].cert.der,
	    100);
	record_print(r, &o);
	free(r);
	world_seal(w, SEALED_RECORD, &o, &w->keys[i], 1);
}

static inline void world_up_with(struct world *w, size_t n, const char *quota)
{
	static const char *const names[] = { "mali", "burkina", "niger",
		"tuareg" };

	memset(w, 0, sizeof(*w));
	w->n = n;
	w->quota = quota;
	w->now = WORLD_NOW;
	act_init();
	for (unsigned i = 0; i < n; i++) {
		struct node *d = &w->node[i];
		char land[24];
		uint8_t seed[32] = { (uint8_t)(i + 40) };

		w->keys[i] = test_key(100 + i, false);
		snprintf(land, sizeof(land), "92.0.%u.0/24", i + 1);
		w->party[i] = test_party(names[i], &w->keys[i], land);
		w->party[i].since = T0;
		d->w = w;
		d->no = i;
		d->waiting = mem_new(WAITING, sizeof(*d->waiting));
		desk_open(&d->desk, seed);
		snprintf(d->dir, sizeof(d->dir), "/tmp/liptako-world-XXXXXX");
		assert_non_null(mkdtemp(d->dir));
	}
	world_charter(w);
	for (size_t i = 0; i < n; i++) {
		world_record(w, i);
		world_roll(w, i);
	}
	for (size_t i = 0; i < n; i++)
		node_start(&w->node[i]);
	world_pass(w, 1);
	world_pass(w, 1);
}

static inline void world_up(struct world *w, size_t n)
{
	world_up_with(w, n, NULL);
}

static inline int world_unlink(const char *path, const struct stat *st,
    int what, struct FTW *f)
{
	return remove(path);
}

static inline void world_down(struct world *w)
{
	for (size_t i = 0; i < w->n; i++) {
		struct node *d = &w->node[i];

		if (d->up)
			node_crash(d);
		for (size_t k = 0; k < d->n_box; k++)
			free(d->box[k].p);
		free(d->waiting);
		(void)nftw(d->dir, world_unlink, 8, FTW_DEPTH | FTW_PHYS);
	}
	for (size_t i = 0; i < w->n_sealed; i++)
		free((char *)(uintptr_t)w->sealed[i].p);
}

static inline struct addr host(uint32_t i)
{
	return (struct addr){ .family = 4,
		.b = { 45, 7, (uint8_t)(i >> 8), (uint8_t)i } };
}

static inline struct net unit(uint32_t i)
{
	return addr_unit(host(i));
}

/* A line of that rule in the node's log, by anybody. */
static inline void sees_addr(struct node *d, struct addr who, uint16_t rule,
    uint64_t user)
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

static inline void sees(struct node *d, uint32_t who, uint16_t rule)
{
	sees_addr(d, host(who), rule, 0);
}

static inline const struct ledger_measure *measure(struct node *d, uint32_t who)
{
	struct net n = unit(who);

	return measures_get(&d->j.measures, &n);
}

static inline bool is_shut(struct node *d, uint32_t who)
{
	const struct ledger_measure *m = measure(d, who);

	return m && m->act == ACT_DENY;
}

static inline int world_quiet(void **state)
{
	const char *log = getenv("LIPTAKO_TEST_LOG");
	int fd =
	    open(log ? log : "/dev/null", O_WRONLY | O_APPEND | O_CREAT, 0600);

	(void)dup2(fd, STDERR_FILENO);
	close(fd);
	return sodium_init() < 0 ? -1 : 0;
}

#endif
