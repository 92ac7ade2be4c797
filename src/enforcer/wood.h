/*
 * wood - an enforcer over a fence of wood, for tests.
 *
 * The fence is a short list that refuses what a kernel would refuse, so that
 * every sentence of a test is about what is really kept.
 */
#ifndef LPT_WOOD_H
#define LPT_WOOD_H

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
static struct ports wood_groups[NFT_GROUPS];
static size_t n_applied;

static inline struct plank *plank_of(const struct net_set *s,
    const struct addr *a)
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
static inline int wood_apply(void *f, const struct fence_change *c, size_t n)
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

static inline int wood_look(void *f, struct nft_elem *e, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct plank *p = plank_of(&e[i].set, &e[i].net.addr);

		e[i].held = p->there;
		e[i].left_ms = p->ttl * 1000ULL;
		e[i].packets = p->there ? 7 : 0;
	}
	return 0;
}

static inline int wood_claim(void *f, struct fence_state *ret)
{
	*ret = (struct fence_state){ .owner = true };
	return 0;
}

static inline bool wood_has_set(const void *f, const struct net_set *s)
{
	return true;
}

static inline int wood_walk(void *f,
    bool (*want)(const struct net_set *s, void *),
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

static inline const struct ports *wood_group(const void *f, uint8_t group)
{
	return wood_groups[group].n ? &wood_groups[group] : NULL;
}

static inline int wood_set_group(void *f, uint8_t group, const struct ports *p)
{
	wood_groups[group] = p ? *p : (struct ports){ 0 };
	return 0;
}

static inline int wood_remake(void *f, fence_next next, void *arg)
{
	struct fence_change c;

	memset(planks, 0, sizeof(planks));
	while (next(&c, arg))
		wood_apply(f, &c, 1);
	return 0;
}

static int torn;
static inline int wood_check(void *f)
{
	return torn;
}

static const struct fence_kind wood = { .name = "wood",
	.claim = wood_claim,
	.apply = wood_apply,
	.look = wood_look,
	.has_set = wood_has_set,
	.walk = wood_walk,
	.group = wood_group,
	.set_group = wood_set_group,
	.remake = wood_remake,
	.check = wood_check };

static struct enforcer e;
static struct wire_done last;
static struct wire_element last_element;
static uint64_t summed; /* of the last element of ASK_SUMS */
static size_t dones, elements, protections, groups_told;

static inline void say(void *arg, uint32_t type, const void *body, size_t n)
{
	assert_int_equal(n, msgs[type].size);
	if (type == MSG_DONE) {
		memcpy(&last, body, n);
		dones++;
	}
	if (type == MSG_ELEMENT) {
		const struct wire_element *x = body;

		elements += !x->last;
		summed = x->packets;
		if (!x->last)
			last_element = *x;
	}
	groups_told += type == MSG_GROUP;
	protections += type == MSG_PROTECTED;
}

static inline int set_up(void **state)
{
	memset(planks, 0, sizeof(planks));
	memset(wood_groups, 0, sizeof(wood_groups));
	n_applied = dones = elements = protections = groups_told = 0;
	torn = FENCE_OK;
	enforcer_new(&e, &wood, NULL);
	e.say = say;
	e.now = 1000;
	return enforcer_claim(&e);
}

static inline int tear_down(void **state)
{
	enforcer_free(&e);
	return 0;
}

static inline struct net net(const char *text)
{
	struct net n;

	assert_true(net_parse(str_of(text), false, &n));
	return n;
}

static inline bool hear(enum role from, uint32_t type, const void *body,
    size_t n)
{
	struct packet p = { type, n, body, -1 };

	return enforcer_hear(&e, from, &p);
}

static inline void order(uint8_t act, const char *text, uint32_t ttl)
{
	static uint64_t id;
	struct wire_order o = { .id = ++id,
		.net = net(text),
		.act = act,
		.ttl = ttl,
		.cause = NEVER_OPERATOR };

	assert_true(hear(JUDGE, MSG_ORDER, &o, sizeof(o)));
}

static inline enum done ordered(uint8_t act, const char *text, uint32_t ttl)
{
	size_t before = dones;

	order(act, text, ttl);
	enforcer_flush(&e);
	assert_int_equal(dones, before + 1);
	return last.status;
}

static inline bool never(const char *text, uint8_t cause, uint8_t gone)
{
	struct wire_never n = { .net = net(text),
		.cause = cause,
		.gone = gone };

	return hear(WARDEN, MSG_NEVER, &n, sizeof(n));
}

static inline bool is_shut(const char *text, uint8_t act)
{
	struct net n = net(text);
	struct net_set s = net_set_of(&n, act, 0, 0);

	return plank_of(&s, &n.addr)->there;
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
