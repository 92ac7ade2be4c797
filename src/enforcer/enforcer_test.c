/*
 * The enforcer over a fence of wood: a short list that refuses what a kernel
 * would refuse, so that every sentence below is about what is really kept.
 */
#include "enforcer/enforcer.h"

#include "base/tests.h"

enum {
	PLANKS = 8192,
	POISON = 66
};

static struct plank {
	struct net_set set;
	struct addr addr;
	uint32_t ttl;
	bool there;
} planks[PLANKS];
static size_t n_applied;

static struct plank *plank_of(const struct net_set *s, const struct addr *a)
{
	struct plank *free_one = NULL;

	for (size_t i = 0; i < PLANKS; i++) {
		if (planks[i].there &&
		    memcmp(&planks[i].set, s, sizeof(*s)) == 0 &&
		    addr_eq(&planks[i].addr, a))
			return &planks[i];
		if (!planks[i].there && !free_one)
			free_one = &planks[i];
	}
	assert_non_null(free_one);
	*free_one = (struct plank){ *s, *a, 0, false };
	return free_one;
}

/* An address that ends in POISON is one the kernel will not have. */
static int wood_apply(void *f, const struct fence_change *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c[i].set.act != ACT_NEVER && c[i].addr.b[3] == POISON)
			return -ENOSPC;
	n_applied++;
	for (size_t i = 0; i < n; i++) {
		struct plank *p = plank_of(&c[i].set, &c[i].addr);

		p->there = c[i].how != FENCE_DROP;
		p->ttl = c[i].ttl;
	}
	return 0;
}

static int wood_look(void *f, struct nft_elem *e, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct plank *p = plank_of(&e[i].set, &e[i].net.addr);

		e[i].held = p->there;
		e[i].left_ms = p->ttl * 1000ULL;
		e[i].packets = p->there ? 7 : 0;
	}
	return 0;
}

static int wood_claim(void *f, struct fence_state *ret)
{
	*ret = (struct fence_state){ .owner = true };
	return 0;
}

static bool wood_has_set(const void *f, const struct net_set *s)
{
	return true;
}

static int wood_walk(void *f, bool (*want)(const struct net_set *s, void *),
    void (*each)(const struct nft_elem *e, void *), void *arg)
{
	for (size_t i = 0; i < PLANKS; i++) {
		struct nft_elem e = { .set = planks[i].set,
			.net = { planks[i].addr, planks[i].set.bits } };

		if (planks[i].there && want(&e.set, arg))
			each(&e, arg);
	}
	return NFT_WALK_END;
}

static int wood_remake(void *f, fence_next next, void *arg)
{
	struct fence_change c;

	memset(planks, 0, sizeof(planks));
	while (next(&c, arg))
		wood_apply(f, &c, 1);
	return 0;
}

static int torn;
static int wood_check(void *f)
{
	return torn;
}

static const struct fence_kind wood = { .name = "wood",
	.claim = wood_claim,
	.apply = wood_apply,
	.look = wood_look,
	.has_set = wood_has_set,
	.walk = wood_walk,
	.remake = wood_remake,
	.check = wood_check };

static struct enforcer e;
static struct wire_done last;
static size_t dones, elements, protections;

static void say(void *arg, uint32_t type, const void *body, size_t n)
{
	assert_int_equal(n, msgs[type].size);
	if (type == MSG_DONE) {
		memcpy(&last, body, n);
		dones++;
	}
	if (type == MSG_ELEMENT)
		elements += !((const struct wire_element *)body)->last;
	protections += type == MSG_PROTECTED;
}

static int set_up(void **state)
{
	memset(planks, 0, sizeof(planks));
	n_applied = dones = elements = protections = 0;
	torn = FENCE_OK;
	enforcer_new(&e, &wood, NULL);
	e.say = say;
	e.now = 1000;
	return enforcer_claim(&e);
}

static int tear_down(void **state)
{
	enforcer_free(&e);
	return 0;
}

static struct net net(const char *text)
{
	struct net n;

	assert_true(net_parse(str_of(text), false, &n));
	return n;
}

static bool hear(enum role from, uint32_t type, const void *body, size_t n)
{
	struct packet p = { type, n, body, -1 };

	return enforcer_hear(&e, from, &p);
}

static void order(uint8_t act, const char *text, uint32_t ttl)
{
	static uint64_t id;
	struct wire_order o = { .id = ++id,
		.net = net(text),
		.act = act,
		.ttl = ttl,
		.cause = NEVER_OPERATOR };

	assert_true(hear(JUDGE, MSG_ORDER, &o, sizeof(o)));
}

static enum done ordered(uint8_t act, const char *text, uint32_t ttl)
{
	size_t before = dones;

	order(act, text, ttl);
	enforcer_flush(&e);
	assert_int_equal(dones, before + 1);
	return last.status;
}

static bool never(const char *text, uint8_t cause, uint8_t gone)
{
	struct wire_never n = { .net = net(text),
		.cause = cause,
		.gone = gone };

	return hear(WARDEN, MSG_NEVER, &n, sizeof(n));
}

static bool is_shut(const char *text, uint8_t act)
{
	struct net n = net(text);
	struct net_set s = net_set_of(&n, act, 0);

	return plank_of(&s, &n.addr)->there;
}

static void it_believes_no_one(void **state)
{
	static const struct {
		const char *net;
		uint32_t ttl;
		enum done want;
	} t[] = {
		{ "192.0.2.1", 600, DONE_OK },
		{ "192.0.2.0/24", 600, DONE_OK },
		{ "2001:db8::/48", 600, DONE_OK },
		{ "10.0.0.0/8", 600, DONE_E_TOO_WIDE },
		{ "192.0.2.0/23", 600, DONE_E_TOO_WIDE },
		{ "2001:db8::/47", 600, DONE_E_TOO_WIDE },
		{ "192.0.2.2", 0, DONE_E_TOO_LONG },
		{ "192.0.2.2", 365 * 86400, DONE_E_TOO_LONG },
	};

	for (size_t i = 0; i < countof(t); i++) {
		assert_int_equal(ordered(ACT_DENY, t[i].net, t[i].ttl),
		    t[i].want);
		assert_int_equal(is_shut(t[i].net, ACT_DENY),
		    t[i].want == DONE_OK);
	}
	assert_int_equal(ordered(77, "192.0.2.1", 600), DONE_E_SHAPE);
}

static void what_is_protected_stays_open(void **state)
{
	assert_true(never("198.51.100.7", NEVER_OWN, 0));
	assert_int_equal(ordered(ACT_DENY, "198.51.100.7", 60),
	    DONE_E_PROTECTED);
	/* and so does all that would shut it in */
	assert_int_equal(ordered(ACT_REJECT, "198.51.100.0/24", 60),
	    DONE_E_PROTECTED);
	assert_int_equal(ordered(ACT_DENY, "198.51.100.8", 60), DONE_OK);
	assert_true(never("203.0.113.0/24", NEVER_ALLOW, 0));
	assert_int_equal(ordered(ACT_LIMIT, "203.0.113.9", 60),
	    DONE_E_PROTECTED);
	assert_true(never("203.0.113.0/24", NEVER_ALLOW, 1));
	assert_int_equal(ordered(ACT_LIMIT, "203.0.113.9", 60), DONE_OK);
}

static void who_becomes_protected_is_opened_at_once(void **state)
{
	assert_int_equal(ordered(ACT_DENY, "192.0.2.1", 60), DONE_OK);
	assert_int_equal(ordered(ACT_REJECT, "192.0.2.0/24", 60), DONE_OK);
	assert_int_equal(ordered(ACT_DENY, "192.0.3.1", 60), DONE_OK);
	assert_true(never("192.0.2.1", NEVER_SESSION, 0));
	assert_false(is_shut("192.0.2.1", ACT_DENY));
	assert_false(is_shut("192.0.2.0/24", ACT_REJECT));
	assert_true(is_shut("192.0.3.1", ACT_DENY));
	assert_true(is_shut("192.0.2.1", ACT_NEVER)); /* the never-element */
}

static void judge_takes_back_only_its_own_word(void **state)
{
	assert_true(never("192.0.2.1", NEVER_ALLOW, 0));
	assert_int_equal(ordered(ACT_SPARE, "192.0.2.1", 0), DONE_OK);
	assert_int_equal(ordered(ACT_UNSPARE, "192.0.2.1", 0), DONE_OK);
	assert_int_equal(ordered(ACT_DENY, "192.0.2.1", 60), DONE_E_PROTECTED);
	assert_true(is_shut("192.0.2.1", ACT_NEVER));
	assert_true(never("192.0.2.1", NEVER_ALLOW, 1));
	assert_false(is_shut("192.0.2.1", ACT_NEVER));
	assert_int_equal(ordered(ACT_DENY, "192.0.2.1", 60), DONE_OK);
}

static void a_broken_judge_cannot_spare_the_world(void **state)
{
	size_t spared = 0;

	for (uint32_t i = 0; i < 2000; i++) {
		struct wire_order o = { .id = i,
			.act = ACT_SPARE,
			.net = { { 4,
				     { 10, 1, (uint8_t)(i >> 8), (uint8_t)i } },
			    32 },
			.cause = NEVER_SESSION };

		assert_true(hear(JUDGE, MSG_ORDER, &o, sizeof(o)));
		spared += last.status == DONE_OK;
	}
	assert_int_equal(spared, SHIELD_JUDGE);
	assert_int_equal(last.status, DONE_E_FULL);
	/* the operator's words have room of their own */
	assert_int_equal(ordered(ACT_SPARE, "192.0.2.9", 0), DONE_OK);
	assert_int_equal(ordered(ACT_SPARE, "0.0.0.0/8", 0), DONE_E_TOO_WIDE);
}

static void a_word_ends_with_its_term(void **state)
{
	assert_int_equal(ordered(ACT_SPARE, "192.0.2.9", 100), DONE_OK);
	e.now += 99;
	enforcer_tick(&e);
	assert_int_equal(ordered(ACT_DENY, "192.0.2.9", 60), DONE_E_PROTECTED);
	e.now += 1;
	enforcer_tick(&e);
	assert_false(is_shut("192.0.2.9", ACT_NEVER));
	assert_int_equal(ordered(ACT_DENY, "192.0.2.9", 60), DONE_OK);
}

static void many_orders_are_one_transaction_in_order(void **state)
{
	size_t before = n_applied;

	for (int i = 1; i < 60; i++) {
		char text[32];

		snprintf(text, sizeof(text), "192.0.2.%d", i);
		order(ACT_DENY, text, 60);
	}
	enforcer_flush(&e);
	assert_int_equal(dones, 59);
	assert_int_equal(n_applied, before + 1);
	/* the same net twice: the last word counts */
	order(ACT_DENY, "203.0.113.1", 60);
	order(ACT_OPEN, "203.0.113.1", 0);
	order(ACT_REJECT, "203.0.113.1", 60);
	enforcer_flush(&e);
	assert_false(is_shut("203.0.113.1", ACT_DENY));
	assert_true(is_shut("203.0.113.1", ACT_REJECT));
	assert_int_equal(last.packets, 0); /* it was opened in between */
}

static void one_that_the_kernel_refuses_does_not_stop_the_others(void **state)
{
	size_t refused = 0;

	for (int i = 60; i < 70; i++) {
		char text[32];

		snprintf(text, sizeof(text), "192.0.2.%d", i);
		order(ACT_DENY, text, 60);
	}
	enforcer_flush(&e);
	assert_int_equal(dones, 10);
	for (int i = 60; i < 70; i++) {
		char text[32];

		snprintf(text, sizeof(text), "192.0.2.%d", i);
		refused += !is_shut(text, ACT_DENY);
	}
	assert_int_equal(refused, 1);
	assert_int_equal(ordered(ACT_DENY, "192.0.2.66", 60), DONE_E_KERNEL);
	assert_int_equal(last.value, ENOSPC);
}

static void a_refresh_tells_the_old_count(void **state)
{
	assert_int_equal(ordered(ACT_DENY, "192.0.2.1", 60), DONE_OK);
	assert_int_equal(last.packets, 0);
	assert_int_equal(ordered(ACT_DENY, "192.0.2.1", 120), DONE_OK);
	assert_int_equal(last.packets, 7);
	assert_int_equal(ordered(ACT_OPEN, "192.0.2.1", 0), DONE_OK);
	assert_int_equal(last.packets, 7);
	assert_false(is_shut("192.0.2.1", ACT_DENY));
}

static void after_a_sync_only_what_was_told_is_shut(void **state)
{
	struct wire_sync s = { .end = 0 };
	struct net_set old = { 4, ACT_LIMIT, 0, 32 };
	struct net left = net("203.0.113.3");

	/* of a run before this one: in the kernel, not in memory */
	*plank_of(&old, &left.addr) =
	    (struct plank){ old, left.addr, 60, true };
	assert_int_equal(ordered(ACT_DENY, "192.0.2.1", 60), DONE_OK);
	assert_int_equal(ordered(ACT_DENY, "192.0.2.2", 60), DONE_OK);
	assert_true(hear(JUDGE, MSG_SYNC, &s, sizeof(s)));
	assert_int_equal(ordered(ACT_DENY, "192.0.2.2", 60), DONE_OK);
	s.end = 1;
	assert_true(hear(JUDGE, MSG_SYNC, &s, sizeof(s)));
	while (enforcer_work(&e))
		;
	assert_false(is_shut("192.0.2.1", ACT_DENY));
	assert_true(is_shut("192.0.2.2", ACT_DENY));
	assert_false(is_shut("203.0.113.3", ACT_LIMIT));
}

/* Many at once: the last is answered, and what was refused; a message that
 * says another number than it holds is refused whole. */
static void what_stands_comes_many_at_once(void **state)
{
	struct {
		struct wire_standing head;
		struct wire_stand v[3];
	} m = { .head = { .first = 100, .n = 3 },
		.v = { { net("192.0.2.1"), ACT_DENY, 0, 60 },
		    { net("198.51.100.7"), ACT_DENY, 0, 60 },
		    { net("192.0.2.3"), ACT_LIMIT, 0, 60 } } };
	size_t before;

	assert_int_equal(sizeof(m), sizeof(m.head) + 3 * sizeof(m.v[0]));
	assert_true(never("198.51.100.7", NEVER_OWN, 0));
	before = dones;
	assert_true(hear(JUDGE, MSG_STANDING, &m, sizeof(m)));
	enforcer_flush(&e);
	assert_int_equal(dones - before, 2);
	assert_true(is_shut("192.0.2.1", ACT_DENY));
	assert_false(is_shut("198.51.100.7", ACT_DENY));
	assert_true(is_shut("192.0.2.3", ACT_LIMIT));
	m.head.n = 2;
	assert_false(hear(JUDGE, MSG_STANDING, &m, sizeof(m)));
	m.head.n = 0;
	assert_false(hear(JUDGE, MSG_STANDING, &m, sizeof(m.head)));
	assert_false(hear(WHO, MSG_STANDING, &m, sizeof(m)));
}

static void what_was_torn_is_made_again(void **state)
{
	assert_true(never("198.51.100.7", NEVER_OWN, 0));
	assert_int_equal(ordered(ACT_DENY, "192.0.2.1", 60), DONE_OK);
	memset(planks, 0, sizeof(planks));
	torn = FENCE_E_TORN;
	enforcer_torn(&e);
	assert_true(is_shut("192.0.2.1", ACT_DENY));
	assert_true(is_shut("198.51.100.7", ACT_NEVER));
	/* the frame stands, one element is gone */
	torn = FENCE_OK;
	memset(planks, 0, sizeof(planks));
	enforcer_torn(&e);
	while (enforcer_work(&e))
		;
	assert_true(is_shut("192.0.2.1", ACT_DENY));
}

static void answers_are_what_the_kernel_holds(void **state)
{
	struct wire_ask a = { .id = 9, .what = ASK_ALL };
	struct net gone = net("192.0.2.1");
	struct net_set s = net_set_of(&gone, ACT_DENY, 0);

	ordered(ACT_DENY, "192.0.2.1", 60);
	ordered(ACT_DENY, "192.0.2.2", 60);
	ordered(ACT_DENY, "192.0.3.0/24", 60);
	plank_of(&s, &gone.addr)->there = false;
	assert_true(hear(JUDGE, MSG_ASK, &a, sizeof(a)));
	while (enforcer_work(&e))
		;
	assert_int_equal(elements, 2);
	elements = 0;
	a.what = ASK_ONE;
	a.net = net("192.0.3.77");
	assert_true(hear(JUDGE, MSG_ASK, &a, sizeof(a)));
	while (enforcer_work(&e))
		;
	assert_int_equal(elements, 1);
}

static void sessions_end_when_the_next_list_lacks_them(void **state)
{
	struct wire_live one = { .who = net("192.0.2.1").addr,
		.cause = NEVER_SESSION };
	struct wire_live two = { .who = net("192.0.2.2").addr,
		.cause = NEVER_INSTALLER };
	struct wire_live end = { .last = 1 };

	assert_true(hear(WHO, MSG_LIVE, &one, sizeof(one)));
	assert_true(hear(WHO, MSG_LIVE, &two, sizeof(two)));
	assert_true(hear(WHO, MSG_LIVE, &end, sizeof(end)));
	assert_int_equal(ordered(ACT_DENY, "192.0.2.1", 60), DONE_E_PROTECTED);
	assert_int_equal(ordered(ACT_DENY, "192.0.2.2", 60), DONE_E_PROTECTED);
	assert_true(hear(WHO, MSG_LIVE, &two, sizeof(two)));
	assert_true(hear(WHO, MSG_LIVE, &end, sizeof(end)));
	assert_int_equal(ordered(ACT_DENY, "192.0.2.1", 60), DONE_OK);
	assert_int_equal(ordered(ACT_DENY, "192.0.2.2", 60), DONE_E_PROTECTED);
	one.cause = NEVER_ALLOW;
	assert_false(hear(WHO, MSG_LIVE, &one, sizeof(one)));
}

static void nobody_says_what_is_not_his_to_say(void **state)
{
	struct wire_order o = { .net = net("192.0.2.1"),
		.act = ACT_DENY,
		.ttl = 60 };
	struct wire_never n = { .net = net("192.0.2.0/24"),
		.cause = NEVER_NAME };

	assert_false(hear(WHO, MSG_ORDER, &o, sizeof(o)));
	assert_false(hear(JUDGE, MSG_ORDER, &o, sizeof(o) - 1));
	assert_false(hear(JUDGE, MSG_NEVER, &n, sizeof(n)));
	assert_false(hear(NAMER, MSG_NAMED, &n, sizeof(n))); /* too wide */
	n.net = net("192.0.2.1");
	assert_true(hear(NAMER, MSG_NAMED, &n, sizeof(n)));
	n.gone = 1;
	assert_false(hear(NAMER, MSG_NAMED, &n, sizeof(n)));
	assert_false(hear(JUDGE, MSG_N, &o, sizeof(o)));
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
TESTS(T(it_believes_no_one), T(what_is_protected_stays_open),
    T(who_becomes_protected_is_opened_at_once),
    T(judge_takes_back_only_its_own_word),
    T(a_broken_judge_cannot_spare_the_world), T(a_word_ends_with_its_term),
    T(many_orders_are_one_transaction_in_order),
    T(one_that_the_kernel_refuses_does_not_stop_the_others),
    T(a_refresh_tells_the_old_count),
    T(after_a_sync_only_what_was_told_is_shut),
    T(what_stands_comes_many_at_once), T(what_was_torn_is_made_again),
    T(answers_are_what_the_kernel_holds),
    T(sessions_end_when_the_next_list_lacks_them),
    T(nobody_says_what_is_not_his_to_say))
