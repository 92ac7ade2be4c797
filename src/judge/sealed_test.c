#include "judge/test_bench.h"

#include "charter/joining.h"
#include "charter/login.h"
#include "charter/testing.h"
#include "wire/posts.h"

/*
 * Two judges: one has an alliance and a ledger, the other joins it through
 * what the envoys would carry.
 */
#define NOW_MS ((uint64_t)NOW * 1000)

struct side {
	struct judge j;
	unsigned joins, allied;
	struct wire_join join; /* the last question, */
	char said[SEALED_JOIN_MAX];
	size_t n_said;
};

static void catch (void *arg, enum role to, uint32_t instance, uint32_t type,
    const void *body, size_t n, struct str tail)
{
	struct side *s = arg;

	assert_true(msg_fits(type, JUDGE, to, n + tail.n));
	if (type == MSG_ALLIED)
		s->allied += ((const struct wire_allied *)body)->on;
	if (type != MSG_JOIN)
		return;
	assert_int_equal(n, sizeof(s->join));
	memcpy(&s->join, body, n);
	assert_true(join_ok(&s->join));
	s->joins++;
	s->n_said = tail.n;
	memcpy(s->said, tail.p, tail.n);
}

static void side_up(struct side *s)
{
	static const struct judge_ops ops = { .send = catch };

	memset(s, 0, sizeof(*s));
	judge_new(&s->j, &ops, s);
	s->j.now = NOW;
}

static struct test_key mali, burkina;
static struct charter_party p_mali, p_burkina;

struct world {
	struct bench a;
	struct side b;
	struct charter *c;
	uint8_t id[32], last[32];
	struct token token;
	struct text_out bundle;
};

static struct str text_str(struct text_out *o)
{
	return text_of(o);
}

static void put(struct judge *j, enum sealed_type t, struct text_out *text,
    const struct test_key *k, bool found)
{
	struct str act = test_seal(t, text_str(text), k, 1);
	struct alliance_how how;

	assert_non_null(sealed_put(j, NULL, act, found, &how));
	assert_int_equal(how.answer, ALLIANCE_TAKEN);
	free((void *)(uintptr_t)act.p);
	text_free(text);
}

static struct text_out record_of(const struct charter_party *p,
    const char *addr)
{
	struct party_record *r = mem_new(1, sizeof(*r));
	struct text_out o = { 0 };

	memcpy(r->name, p->name, sizeof(r->name));
	memcpy(r->party, p->id, 32);
	r->number = 1;
	r->issued = NOW_MS;
	r->n_posts = 1;
	r->posts[0].at.n = 1;
	r->posts[0].at.port = 4222;
	assert_true(addr_parse(str_of(addr), &r->posts[0].at.v[0]));
	r->posts[0].cert.n = 100;
	r->posts[0].cert.der[0] = 0x30;
	record_print(r, &o);
	record_free(&r);
	return o;
}

static struct text_out roll_of(const struct charter_party *p, uint64_t until)
{
	struct roll_envoy e = { .rights = RIGHT_ALL, .not_after = until };
	struct roll r = { .number = 1, .issued = NOW_MS, .n = 1, .envoys = &e };
	struct text_out o = { 0 };

	memcpy(r.name, p->name, sizeof(r.name));
	memcpy(r.party, p->id, 32);
	memcpy(e.host, "gate", 5);
	roll_print(&r, &o);
	return o;
}

static void found_it(struct world *w)
{
	struct text_out o = { 0 };

	charter_template(&w->c, "sahel", NOW_MS);
	p_mali.since = NOW_MS;
	charter_add(w->c, &p_mali);
	charter_print(w->c, &o);
	sealed_hash(text_of(&o), w->id);
	memcpy(w->last, w->id, 32);
	put(&w->a.j, SEALED_CHARTER, &o, &mali, true);
	o = record_of(&p_mali, "192.0.2.1");
	put(&w->a.j, SEALED_RECORD, &o, &mali, false);
	o = roll_of(&p_mali, NOW_MS + 20 * DAY_MS);
	put(&w->a.j, SEALED_ROLL, &o, &mali, false);
}

static void next(struct world *w)
{
	w->c->version++;
	w->c->previous.n = 1;
	memcpy(w->c->previous.v[0], w->last, 32);
	w->c->issued += 1000;
}

static void renew(struct world *w)
{
	struct text_out o = { 0 };

	next(w);
	charter_print(w->c, &o);
	sealed_hash(text_of(&o), w->last);
	put(&w->a.j, SEALED_CHARTER, &o, &mali, false);
}

static void invite(struct world *w)
{
	struct invite i = { .expires = NOW_MS + DAY_MS };
	struct token t = { .port = 4222, .expires = NOW_MS + DAY_MS };
	uint8_t seed[32];
	char id[17];

	assert_true(addr_parse(STR("192.0.2.1"), &t.addr));
	memcpy(t.alliance, w->id, 32);
	memset(t.secret, 7, sizeof(t.secret));
	token_id(&t, id);
	memcpy(i.alliance, w->id, 32);
	assert_true(text_hex(str_of(id), i.join, 8));
	login_joiner(t.secret, t.alliance, seed, i.login);
	assert_null(sealed_invite(&w->a.j, &i));
	w->token = t;
}

static void ask_to_join(struct world *w)
{
	struct text_out o[3] = { { 0 } };
	static const enum sealed_type types[] = { SEALED_JOIN, SEALED_RECORD,
		SEALED_ROLL };
	struct accession acc;

	charter_accession(w->c, w->id, &p_burkina, &acc);
	accession_print(&acc, &o[0]);
	o[1] = record_of(&p_burkina, "192.0.2.2");
	o[2] = roll_of(&p_burkina, NOW_MS + 90 * DAY_MS);
	for (size_t i = 0; i < 3; i++) {
		struct str act =
		    test_seal(types[i], text_of(&o[i]), &burkina, 1);

		text_put_str(&w->bundle, act);
		free((void *)(uintptr_t)act.p);
		text_free(&o[i]);
	}
	assert_null(sealed_join(&w->b.j, &w->token, text_of(&w->bundle)));
}

/* One question of b's over the envoys, and its answer. */
static void carry(struct world *w)
{
	struct text_out answer = { 0 };

	assert_true(sealed_joiner(&w->a.j, w->b.join.alliance, w->b.join.join,
	    (struct str){ w->b.said, w->b.n_said }, &answer));
	assert_true(answer.n > 0 && answer.n <= WIRE_ANSWER);
	sealed_joined(&w->b.j, w->b.join.id, LINE_FINE, text_of(&answer));
	text_free(&answer);
}

static void admit(struct world *w)
{
	struct text_out o = { 0 }, seals = { 0 };
	struct charter_party p = p_burkina;
	struct alliance_how how;
	struct joining n;
	char code[CODE_MAX];
	struct str act;

	assert_int_equal(w->a.j.charters.n_requests, 1);
	assert_null(
	    joining_read((struct str){ w->a.j.charters.requests[0].bundle,
			     w->a.j.charters.requests[0].n },
		&n));
	next(w);
	p.since = w->c->issued;
	p.probation = p.since + 14 * DAY_MS;
	memcpy(p.sponsor, "mali", 5);
	charter_add(w->c, &p);
	charter_print(w->c, &o);
	sealed_hash(text_of(&o), w->last);
	joining_code(w->c, w->id, &w->c->parties[1], code);
	assert_string_equal(code, n.code);
	test_sign(&mali, sealed_namespace(SEALED_CHARTER), text_of(&o), 1,
	    &seals);
	text_put_str(&seals, n.join.seals);
	act.p =
	    sealed_make(SEALED_CHARTER, text_of(&o), text_of(&seals), &act.n);
	assert_non_null(sealed_put(&w->a.j, NULL, act, false, &how));
	assert_int_equal(how.answer, ALLIANCE_TAKEN);
	free((void *)(uintptr_t)act.p);
	text_free(&o);
	text_free(&seals);
}

static void begin(struct world *w)
{
	memset(w, 0, sizeof(*w));
	mali = test_key(1, false);
	burkina = test_key(2, true);
	p_mali = test_party("mali", &mali, NULL);
	p_burkina = test_party("burkina", &burkina, "192.0.2.64/28");
	up(&w->a, NOW);
	side_up(&w->b);
	found_it(w);
}

static void end(struct world *w)
{
	charter_free(&w->c);
	text_free(&w->bundle);
	judge_free(&w->b.j);
	crash(&w->a);
}

static void a_newcomer_is_admitted_over_the_post(void **state)
{
	struct world w;
	struct alliance *a;
	unsigned asked;

	begin(&w);
	for (int i = 0; i < 14; i++)
		renew(&w); /* more than one answer holds */
	invite(&w);
	ask_to_join(&w);
	sealed_tick(&w.b.j);
	assert_true(w.b.allied); /* the warden starts an envoy for it */
	assert_int_equal(w.b.joins, 0);
	sealed_linked(&w.b.j, ENVOY, true);
	assert_int_equal(w.b.joins, 1);
	carry(&w);
	assert_true(w.b.j.charters.joinings[0].noted);
	/* nobody has sealed yet: it looks, and is not in */
	for (int i = 0; i < 20 && w.b.j.charters.joinings[0].pages.n == 0;
	     i++) {
		w.b.j.now += 5;
		asked = w.b.joins;
		sealed_tick(&w.b.j);
		if (w.b.joins > asked)
			carry(&w);
	}
	assert_int_equal(w.b.j.charters.n, 0);
	assert_true(w.b.j.charters.joinings[0].pages.n > 0);
	admit(&w);
	assert_int_equal(w.a.j.charters.n_requests, 0);
	for (int i = 0; i < 40 && w.b.j.charters.n == 0; i++) {
		w.b.j.now += 5;
		asked = w.b.joins;
		sealed_tick(&w.b.j);
		if (w.b.joins > asked)
			carry(&w);
	}
	assert_int_equal(w.b.j.charters.n, 1);
	assert_int_equal(w.b.j.charters.n_joinings, 0);
	a = w.b.j.charters.v[0];
	assert_int_equal(alliance_version(a), 16);
	assert_non_null(alliance_party(a, 0)->record);
	assert_non_null(alliance_party(a, 1)->record);
	a = w.a.j.charters.v[0];
	assert_non_null(alliance_party(a, 1)->record);
	assert_int_equal(alliance_party(a, 1)->roll->number, 1);
	end(&w);
}

static void it_is_back_after_a_crash(void **state)
{
	struct world w;
	struct alliance *a;

	begin(&w);
	renew(&w);
	invite(&w);
	ask_to_join(&w);
	sealed_tick(&w.b.j);
	sealed_linked(&w.b.j, ENVOY, true);
	carry(&w);
	sealed_suspend(&w.a.j, w.a.j.charters.v[0], 0, true);
	sealed_tick(&w.a.j);
	assert_false(w.a.j.charters.dirty);
	crash(&w.a);
	up(&w.a, NOW + 100);
	assert_int_equal(w.a.j.charters.n, 1);
	a = w.a.j.charters.v[0];
	assert_int_equal(alliance_version(a), 2);
	assert_non_null(alliance_party(a, 0)->roll);
	assert_int_equal(alliance_party(a, 0)->suspended, NOW_MS);
	assert_int_equal(w.a.j.charters.n_requests, 1);
	assert_non_null(
	    sealed_invite_find(&w.a.j, w.id, w.a.j.charters.invites[0].join));
	admit(&w);
	end(&w);
}

static void only_the_invited_are_heard(void **state)
{
	struct text_out answer = { 0 };
	struct alliance_how how;
	uint8_t other[8] = { 1 };
	struct world w;
	struct str act;

	begin(&w);
	invite(&w);
	assert_false(sealed_joiner(&w.a.j, w.id, other,
	    STR("liptako-look v1 0\n"), &answer));
	assert_true(sealed_joiner(&w.a.j, w.id, w.a.j.charters.invites[0].join,
	    STR("liptako-look v1 0\n"), &answer));
	answer.n = 0;
	assert_true(sealed_joiner(&w.a.j, w.id, w.a.j.charters.invites[0].join,
	    STR("let me in"), &answer));
	assert_true(str_starts(text_of(&answer), STR("liptako-refused v1 ")));
	assert_int_equal(w.a.j.charters.n_requests, 0);
	/* it is for one newcomer, who may ask again */
	ask_to_join(&w);
	for (int i = 0; i < 2; i++) {
		answer.n = 0;
		assert_true(
		    sealed_joiner(&w.a.j, w.id, w.a.j.charters.invites[0].join,
			text_of(&w.bundle), &answer));
		assert_true(
		    str_eq(text_of(&answer), STR("liptako-noted v1\n")));
	}
	assert_int_equal(w.a.j.charters.n_requests, 1);
	w.a.j.charters.invites[0].used[0] ^= 1;
	answer.n = 0;
	assert_true(sealed_joiner(&w.a.j, w.id, w.a.j.charters.invites[0].join,
	    text_of(&w.bundle), &answer));
	assert_true(str_starts(text_of(&answer), STR("liptako-refused v1 ")));
	/* an invitation ends */
	w.a.j.now += 86400;
	assert_false(sealed_joiner(&w.a.j, w.id, w.a.j.charters.invites[0].join,
	    STR("liptako-look v1 0\n"), &answer));
	sealed_tick(&w.a.j);
	assert_int_equal(w.a.j.charters.n_invites, 0);
	/* a foreign charter begins nothing by itself */
	text_free(&answer);
	charter_drop(w.c, STR("mali"));
	charter_add(w.c, &p_burkina);
	memcpy(w.c->name, "other", 6);
	w.c->version = 1;
	w.c->previous.n = 0;
	charter_print(w.c, &answer);
	act = test_seal(SEALED_CHARTER, text_of(&answer), &burkina, 1);
	assert_null(sealed_put(&w.a.j, NULL, act, false, &how));
	assert_int_equal(how.fault, ALLIANCE_E_OTHER);
	assert_int_equal(w.a.j.charters.refused[ALLIANCE_E_OTHER], 1);
	assert_int_equal(w.a.j.charters.n, 1);
	free((void *)(uintptr_t)act.p);
	text_free(&answer);
	end(&w);
}

TESTS(TEST(a_newcomer_is_admitted_over_the_post),
    TEST(it_is_back_after_a_crash), TEST(only_the_invited_are_heard))
