/*
 * Against this machine's nf_tables, in a network namespace of its own. Needs
 * the right to make one; without it every test here is skipped.
 */
#include "enforcer/fence.h"

#include "base/tests.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static bool may;

static int set_up(void **state)
{
	may = unshare(CLONE_NEWNET) == 0;
	return 0;
}

#define NEEDS_RIGHT \
	if (!may) \
	skip()

static struct net net(const char *text)
{
	struct net n;

	assert_true(net_parse(str_of(text), false, &n));
	return n;
}

static struct fence_change change(const char *text, uint8_t act,
    enum fence_how how, uint32_t ttl)
{
	struct net n = net(text);

	return (struct fence_change){ net_set_of(&n, act, 0, 0), n.addr,
		(uint8_t)how, ttl };
}

static struct nft_elem look(void *f, const char *text, uint8_t act)
{
	struct nft_elem e = { .net = net(text) };

	e.set = net_set_of(&e.net, act, 0, 0);
	assert_int_equal(fence_nft.look(f, &e, 1), 0);
	return e;
}

static void *claimed(struct fence_state *s)
{
	void *f;

	assert_int_equal(fence_nft.open(&f, "lptest"), 0);
	assert_int_equal(fence_nft.claim(f, s), 0);
	return f;
}

static void raze(void *f)
{
	assert_int_equal(fence_nft.raze(f), 0);
	fence_nft.close(&f);
}

static void names_say_what_sets_hold(void **state)
{
	const struct net_set sets[] = { { 4, ACT_DENY, 0, 32 },
		{ 6, ACT_LIMIT, 1, 64 }, { 4, ACT_NEVER, 0, 8 },
		{ 6, ACT_REJECT, 0, 128 }, { 4, ACT_DENY, 0, 32, 63 },
		{ 6, ACT_LIMIT, 0, 64, 1 } };
	const char *const bad[] = { "", "deny", "deny4_33", "deny5_32", "list_",
		"rate4_32", "deny4_", "deny4_3x", "never6_129", "ports1_4",
		"ports0_deny4_32", "ports64_deny4_32", "ports_deny4_32",
		"ports1_never4_32", "ports1_list_deny4_32" };
	struct net_set got;
	char name[NFT_NAME];

	for (size_t i = 0; i < countof(sets); i++) {
		net_set_name(&sets[i], name);
		assert_true(net_set_parse(str_of(name), &got));
		assert_memory_equal(&got, &sets[i], sizeof(got));
	}
	for (size_t i = 0; i < countof(bad); i++)
		assert_false(net_set_parse(str_of(bad[i]), &got));
}

static void a_batch_happens_whole_or_not_at_all(void **state)
{
	struct fence_state s;
	struct fence_change c[3];
	void *f;

	NEEDS_RIGHT;
	f = claimed(&s);
	assert_true(s.made && !s.torn);
	c[0] = change("192.0.2.1", ACT_DENY, FENCE_ADD, 60);
	c[1] = change("2001:db8::/64", ACT_REJECT, FENCE_RENEW, 600);
	c[2] = change("192.0.2.0/24", ACT_LIMIT, FENCE_ADD, 60);
	assert_int_equal(fence_nft.apply(f, c, 3), 0);
	assert_true(look(f, "192.0.2.1", ACT_DENY).held);
	assert_true(look(f, "2001:db8::/64", ACT_REJECT).held);
	assert_true(look(f, "192.0.2.0/24", ACT_LIMIT).held);
	assert_false(look(f, "192.0.2.2", ACT_DENY).held);
	assert_int_equal(fence_nft.check(f), FENCE_OK);
	/* a set nobody can have: v4 with 33 bits */
	c[0] = change("192.0.2.7", ACT_DENY, FENCE_ADD, 60);
	c[1] = c[0];
	c[1].set.family = 6;
	c[1].set.bits = 64;
	c[1].addr.family = 4; /* a key of the wrong length */
	assert_true(fence_nft.apply(f, c, 2) < 0);
	assert_false(look(f, "192.0.2.7", ACT_DENY).held);
	assert_int_equal(fence_nft.check(f), FENCE_OK);
	raze(f);
}

static void terms_are_renewed_and_run_out(void **state)
{
	struct fence_state s;
	struct fence_change c = change("192.0.2.1", ACT_DENY, FENCE_ADD, 10);
	void *f;

	NEEDS_RIGHT;
	f = claimed(&s);
	assert_int_equal(fence_nft.apply(f, &c, 1), 0);
	assert_in_range(look(f, "192.0.2.1", ACT_DENY).left_ms, 8000, 10000);
	c = change("192.0.2.1", ACT_DENY, FENCE_RENEW, 500);
	assert_int_equal(fence_nft.apply(f, &c, 1), 0);
	assert_in_range(look(f, "192.0.2.1", ACT_DENY).left_ms, 490000, 500000);
	c.how = FENCE_DROP;
	assert_int_equal(fence_nft.apply(f, &c, 1), 0);
	assert_false(look(f, "192.0.2.1", ACT_DENY).held);
	/* what is not there may be dropped too */
	assert_int_equal(fence_nft.apply(f, &c, 1), 0);
	c = change("192.0.2.1", ACT_DENY, FENCE_ADD, 1);
	assert_int_equal(fence_nft.apply(f, &c, 1), 0);
	usleep(1200000);
	assert_false(look(f, "192.0.2.1", ACT_DENY).held);
	raze(f);
}

static void the_table_outlives_its_owner(void **state)
{
	struct fence_change c = change("192.0.2.1", ACT_DENY, FENCE_ADD, 60);
	struct fence_state s;
	void *f, *other;

	NEEDS_RIGHT;
	f = claimed(&s);
	assert_int_equal(fence_nft.apply(f, &c, 1), 0);
	assert_int_equal(fence_nft.open(&other, "lptest"), 0);
	if (s.owner) { /* nobody else may touch it while we live */
		assert_int_equal(fence_nft.raze(other), -EPERM);
		assert_int_equal(fence_nft.claim(other, &s), -EBUSY);
	}
	fence_nft.close(&f);
	assert_int_equal(fence_nft.claim(other, &s), 0);
	assert_false(s.made || s.torn);
	assert_true(look(other, "192.0.2.1", ACT_DENY).held);
	raze(other);
}

static bool two(struct fence_change *ret, void *arg)
{
	int *i = arg;

	if (*i == 2)
		return false;
	*ret = (*i)++ ? change("192.0.2.1", ACT_DENY, FENCE_ADD, 60)
		      : change("198.51.100.7", ACT_NEVER, FENCE_ADD, 0);
	return true;
}

/* As on kernels before 6.9: made by hand, without an owner. */
static void without_an_owner_it_hears_who_touches_it(void **state)
{
	struct fence_state s;
	struct nft hand;
	int n = 0;
	void *f;

	NEEDS_RIGHT;
	assert_int_equal(nft_open(&hand, "lptest"), 0);
	nft_begin(&hand);
	nft_add_table(&hand, 0);
	nft_add_chains(&hand);
	assert_int_equal(nft_commit(&hand), 0);
	f = claimed(&s);
	assert_false(s.owner || s.made || s.torn);
	assert_true(fence_nft.watch_fd(f) >= 0);
	/* our own changes are no news */
	assert_int_equal(fence_nft.remake(f, two, &n), 0);
	assert_int_equal(fence_nft.heard(f), FENCE_OK);
	assert_true(look(f, "192.0.2.1", ACT_DENY).held);
	nft_begin(&hand);
	nft_drop_table(&hand);
	assert_int_equal(nft_commit(&hand), 0);
	assert_int_equal(fence_nft.heard(f), FENCE_E_TORN);
	assert_int_equal(fence_nft.check(f), FENCE_E_TORN);
	n = 0;
	assert_int_equal(fence_nft.remake(f, two, &n), 0);
	assert_int_equal(fence_nft.check(f), FENCE_OK);
	assert_true(look(f, "192.0.2.1", ACT_DENY).held);
	assert_true(look(f, "198.51.100.7", ACT_NEVER).held);
	nft_close(&hand);
	raze(f);
}

static struct ports ports(const char *text)
{
	struct ports p;

	assert_int_equal(ports_parse_all(str_of(text), &p), PORTS_OK);
	return p;
}

static void groups_of_ports_outlive_their_owner(void **state)
{
	struct ports p[] = { ports("22/tcp"),
		ports("80/tcp,443/tcp,6000-6010/udp") };
	struct fence_change c = change("192.0.2.1", ACT_REJECT, FENCE_ADD, 60),
			    d = change("192.0.2.1", ACT_DENY, FENCE_ADD, 60);
	struct fence_state s;
	int n = 0;
	void *f;

	NEEDS_RIGHT;
	f = claimed(&s);
	assert_null(fence_nft.group(f, 1));
	assert_int_equal(fence_nft.set_group(f, 1, &p[0]), 0);
	assert_int_equal(fence_nft.set_group(f, 63, &p[1]), 0);
	c.set.ports = 63;
	d.set.ports = 1;
	assert_int_equal(fence_nft.apply(f, &c, 1), 0);
	assert_int_equal(fence_nft.apply(f, &d, 1), 0);
	assert_int_equal(fence_nft.check(f), FENCE_OK);
	fence_nft.close(&f);
	f = claimed(&s);
	assert_false(s.made || s.torn);
	assert_true(ports_eq(fence_nft.group(f, 1), &p[0]));
	assert_true(ports_eq(fence_nft.group(f, 63), &p[1]));
	assert_null(fence_nft.group(f, 2));
	assert_true(fence_nft.has_set(f, &c.set));
	assert_false(look(f, "192.0.2.1", ACT_DENY).held);
	/* with what is let go of, the next making is without it */
	assert_int_equal(fence_nft.set_group(f, 63, NULL), 0);
	assert_int_equal(fence_nft.remake(f, two, &n), 0);
	assert_int_equal(fence_nft.check(f), FENCE_OK);
	assert_true(ports_eq(fence_nft.group(f, 1), &p[0]));
	assert_null(fence_nft.group(f, 63));
	assert_false(fence_nft.has_set(f, &c.set));
	raze(f);
}

static int heard_on(uint16_t port, const char *from)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) },
			   me = { .sin_family = AF_INET };
	int in = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0),
	    out = socket(AF_INET, SOCK_DGRAM, 0), got;
	char byte = 1;

	assert_true(inet_pton(AF_INET, from, &me.sin_addr) == 1);
	assert_int_equal(bind(in, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(bind(out, (struct sockaddr *)&me, sizeof(me)), 0);
	(void)sendto(out, &byte, 1, 0, (struct sockaddr *)&to, sizeof(to));
	got = recv(in, &byte, 1, 0) == 1;
	close(in);
	close(out);
	return got;
}

/* Loopback is up in a namespace only if somebody says so. */
static void loopback_up(void)
{
	struct ifreq i = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &i), 0);
	close(fd);
}

static void only_its_ports_are_shut(void **state)
{
	struct ports p[] = { ports("5000/udp,5000/tcp"),
		ports("6000-6010/udp") };
	struct fence_change c[] = { change("127.0.0.2", ACT_DENY, FENCE_ADD,
					60),
		change("127.0.0.3", ACT_DENY, FENCE_ADD, 60),
		change("127.0.0.4", ACT_DENY, FENCE_ADD, 60) };
	struct fence_state s;
	struct nft_elem e = { .net = net("127.0.0.2") };
	void *f;

	NEEDS_RIGHT;
	loopback_up();
	f = claimed(&s);
	assert_true(heard_on(5000, "127.0.0.2"));
	assert_int_equal(fence_nft.set_group(f, 1, &p[0]), 0);
	assert_int_equal(fence_nft.set_group(f, 2, &p[1]), 0);
	c[0].set.ports = 1;
	c[1].set.ports = 2;
	assert_int_equal(fence_nft.apply(f, c, 3), 0);
	assert_false(heard_on(5000, "127.0.0.2"));
	assert_true(heard_on(5001, "127.0.0.2"));
	assert_true(heard_on(6005, "127.0.0.2"));
	assert_true(heard_on(5000, "127.0.0.3"));
	assert_true(heard_on(5999, "127.0.0.3"));
	assert_false(heard_on(6000, "127.0.0.3"));
	assert_false(heard_on(6010, "127.0.0.3"));
	assert_true(heard_on(6011, "127.0.0.3"));
	assert_false(heard_on(7000, "127.0.0.4"));
	/* what was let through is not counted as dropped */
	e.set = c[0].set;
	assert_int_equal(fence_nft.look(f, &e, 1), 0);
	assert_int_equal(e.packets, 1);
	raze(f);
}

static bool want_shut(const struct net_set *s, void *arg)
{
	return s->act != ACT_NEVER;
}

static void count(const struct nft_elem *e, void *arg)
{
	*(size_t *)arg += e->held;
}

static void a_walk_sees_every_element_once(void **state)
{
	enum {
		N = 3000
	};
	static struct fence_change c[N];
	struct fence_state s;
	size_t n = 0;
	void *f;

	NEEDS_RIGHT;
	f = claimed(&s);
	for (size_t i = 0; i < N; i++) {
		c[i] = change("10.0.0.0", i % 2 ? ACT_DENY : ACT_LIMIT,
		    FENCE_ADD, 60);
		c[i].addr.b[2] = (uint8_t)(i >> 8);
		c[i].addr.b[3] = (uint8_t)i;
	}
	assert_int_equal(fence_nft.apply(f, c, N), 0);
	while (fence_nft.walk(f, want_shut, count, &n) == NFT_WALK_MORE)
		;
	assert_int_equal(n, N);
	raze(f);
}

/* Of a question for many, the kernel forgets what stands behind the first
 * that it does not hold. */
static void many_are_looked_at_whatever_is_missing(void **state)
{
	enum {
		N = 1000
	};
	static struct fence_change c[N];
	static struct nft_elem e[N];
	struct fence_state s;
	size_t n = 0;
	void *f;

	NEEDS_RIGHT;
	f = claimed(&s);
	for (size_t i = 0; i < N; i++) {
		struct fence_change x = change("10.0.0.0",
		    i / 100 % 2 ? ACT_DENY : ACT_LIMIT, FENCE_ADD, 60);

		x.addr.b[2] = (uint8_t)(i >> 8);
		x.addr.b[3] = (uint8_t)i;
		e[i] = (struct nft_elem){ .net = { x.addr, 32 }, .set = x.set };
		if (i % 37 != 0 && i / 100 != 5)
			c[n++] = x;
	}
	e[N - 1].set.list = 1; /* a set that there is not */
	assert_int_equal(fence_nft.apply(f, c, n), 0);
	assert_int_equal(fence_nft.look(f, e, N), 0);
	for (size_t i = 0; i < N; i++) {
		bool held = i % 37 != 0 && i / 100 != 5 && i != N - 1;

		assert_int_equal(e[i].held, held);
		assert_int_equal(e[i].net.addr.b[3], (uint8_t)i);
		if (held)
			assert_in_range(e[i].left_ms, 50000, 60000);
		else
			assert_int_equal(e[i].left_ms, 0);
	}
	raze(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_say_what_sets_hold),
		cmocka_unit_test(a_batch_happens_whole_or_not_at_all),
		cmocka_unit_test(terms_are_renewed_and_run_out),
		cmocka_unit_test(the_table_outlives_its_owner),
		cmocka_unit_test(without_an_owner_it_hears_who_touches_it),
		cmocka_unit_test(groups_of_ports_outlive_their_owner),
		cmocka_unit_test(only_its_ports_are_shut),
		cmocka_unit_test(a_walk_sees_every_element_once),
		cmocka_unit_test(many_are_looked_at_whatever_is_missing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, NULL);
}
