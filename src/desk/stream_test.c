/*
 * Bouncers that do as they are told hold what stands: random histories, with
 * three kinds of bouncers that ask now and then, and a desk that begins anew.
 */
#include <jansson.h>
#include <stdio.h>

#include "base/tests.h"
#include "desk/desk.h"
#include "desk/lapi.h"

enum {
	NETS = 40,
	STEPS = 6000,
	NOW = 1800000000,
	SEATS = 2048
};

/* What one bouncer holds: values with the end of their term. */
struct kernel {
	char value[SEATS][NET_MAX];
	uint32_t until[SEATS];
	size_t n;
	uint64_t since;
	struct lapi_filter filter;
	bool renews, prolongs;
	bool new_first; /* reads "new" before "deleted" */
};

static struct desk d;
static uint64_t dice = 88172645463325252;

static uint32_t roll(uint32_t n)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return (uint32_t)(dice >> 33) % n;
}

bool desk_say(struct desk *desk, enum msg type, const void *body, size_t n,
    struct str tail)
{
	return false;
}

static size_t seat(const struct kernel *k, const char *value)
{
	size_t i = 0;

	while (i < k->n && strcmp(k->value[i], value) != 0)
		i++;
	return i;
}

static void hold(struct kernel *k, const char *value, uint32_t until)
{
	size_t i = seat(k, value);

	if (i < k->n && !k->prolongs)
		return; /* "not adding since it's already in the set" */
	assert_true(i < SEATS);
	snprintf(k->value[i], NET_MAX, "%s", value);
	k->until[i] = until;
	k->n += i == k->n;
}

static void let_go(struct kernel *k, const char *value)
{
	size_t i = seat(k, value);

	if (i == k->n)
		return;
	k->n--;
	memcpy(k->value[i], k->value[k->n], NET_MAX);
	k->until[i] = k->until[k->n];
}

static uint32_t seconds(const char *z)
{
	uint32_t sum = 0, n = 0;

	for (; *z; z++) {
		if (*z >= '0' && *z <= '9')
			n = n * 10 + (uint32_t)(*z - '0');
		else
			sum += *z == 'h' ? n * 3600 : *z == 'm' ? n * 60 : n;
		if (*z < '0' || *z > '9')
			n = 0;
	}
	return sum;
}

static const char *text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	assert_non_null(s); /* every field is there, always */
	return s;
}

static void apply(struct kernel *k, const json_t *list, bool gone)
{
	const json_t *o;
	size_t i;

	json_array_foreach(list, i, o)
	{
		assert_true(json_is_integer(json_object_get(o, "id")));
		(void)text(o, "origin");
		(void)text(o, "scenario");
		(void)text(o, "scope");
		(void)text(o, "type");
		if (gone)
			let_go(k, text(o, "value"));
		else
			hold(k, text(o, "value"),
			    d.table.now + seconds(text(o, "duration")));
		assert_true(gone || seconds(text(o, "duration")) > 0);
	}
}

/* No value in both lists, but for the one who is told so on purpose. */
static void check_disjoint(const struct kernel *k, const json_t *all)
{
	const json_t *a, *b;
	size_t i, j;

	if (k->renews)
		return;
	json_array_foreach(json_object_get(all, "new"), i, a)
	{
		json_array_foreach(json_object_get(all, "deleted"), j, b)
		    assert_string_not_equal(text(a, "value"), text(b, "value"));
	}
}

/* nftables forgets by itself; others wait to be told. */
static void run_out(struct kernel *k)
{
	for (size_t i = 0; i < k->n && !k->prolongs;)
		if (k->until[i] <= d.table.now)
			let_go(k, k->value[i]);
		else
			i++;
}

static void poll(struct kernel *k, bool startup)
{
	size_t n;
	auto_free char *answer =
	    lapi_stream_text(&d, &k->since, &k->filter, k->renews, startup, &n);
	json_t *all = json_loadb(answer, n, 0, NULL);

	assert_non_null(all);
	check_disjoint(k, all);
	if (startup)
		k->n = 0;
	run_out(k);
	if (k->new_first)
		apply(k, json_object_get(all, "new"), false);
	apply(k, json_object_get(all, "deleted"), true);
	if (!k->new_first)
		apply(k, json_object_get(all, "new"), false);
	json_decref(all);
}

static uint32_t longest_over(const struct kernel *k, struct net n)
{
	uint8_t least = k->filter.expands ? 24 : n.bits;
	uint32_t most = 0;

	for (int bits = n.bits; bits >= least; bits--) {
		struct net around = net_of(n.addr, (uint8_t)bits);
		const struct held *h = table_get(&d.table, &around);

		if (h && lapi_left(&d.table, h))
			most = MAX(most, h->until ? h->until : UINT32_MAX);
	}
	return most;
}

/* The end of the longest term over that value; 0: it is open, UINT32_MAX: for
 * ever, told as a long term. */
static uint32_t should(const struct kernel *k, struct net n)
{
	struct net unit = n.addr.family == 6 ? addr_unit(n.addr) : n;
	const struct held *over = table_get(&d.table, &unit);

	if (n.bits == 128) {
		bool is = over && lapi_left(&d.table, over) &&
			  hosts_has(&over->hosts, &n.addr);

		return !is ? 0 : over->until ? over->until : UINT32_MAX;
	}
	return longest_over(k, n);
}

static void must_hold(const struct kernel *k, const struct net *n,
    const char *who)
{
	char value[NET_MAX];

	(void)net_print(n, value);
	if (n->bits == 128)
		(void)addr_print(&n->addr, value);
	if (seat(k, value) == k->n)
		fail_msg("%s does not hold %s", who, value);
}

static void check_held(const struct kernel *k, const struct held *h,
    const char *who)
{
	bool is_4 = h->net.addr.family == 4, ips = k->filter.expands;

	if (k->filter.scopes & (h->net.bits == 32 ? SCOPE_IP : SCOPE_RANGE) &&
	    !(is_4 && ips))
		must_hold(k, &h->net, who);
	for (uint32_t p = 0; is_4 && ips && p < 1u << (32 - h->net.bits); p++) {
		struct net one = { h->net.addr, 32 };

		one.addr.b[3] = (uint8_t)(one.addr.b[3] + p);
		must_hold(k, &one, who);
	}
	ips |= !(k->filter.scopes & SCOPE_RANGE);
	for (size_t i = 0; ips && i < h->hosts.n; i++) {
		struct net one = { hosts_at(&h->hosts, &h->net, i), 128 };

		must_hold(k, &one, who);
	}
}

static void check(const struct kernel *k, const char *who)
{
	for (size_t i = 0; i < k->n; i++) {
		struct net n;
		uint32_t until;

		assert_true(net_parse(str_of(k->value[i]), true, &n));
		until = should(k, n);
		if (until == UINT32_MAX ? k->until[i] < d.table.now + 86400
					: until && until != k->until[i])
			fail_msg("%s holds %s until %u, not %u", who,
			    k->value[i], k->until[i], until);
		if (!until && k->until[i] > d.table.now)
			fail_msg("%s still holds %s", who, k->value[i]);
	}
	for (size_t i = 0; i < d.table.used; i++) {
		const struct held *h = table_at(&d.table, i);

		if (h && lapi_left(&d.table, h))
			check_held(k, h, who);
	}
}

/* A /64 of which some attacked. */
static void random_64(struct wire_stood *s)
{
	struct addr a = { 6, { 0x20, 1, 0xd, 0xb8, [7] = (uint8_t)roll(5) } };

	s->net = addr_unit(a);
	for (uint32_t n = roll(4); n > 0; n--) {
		a.b[15] = (uint8_t)roll(6);
		(void)hosts_add(&s->hosts, &a);
	}
}

/* A few addresses and ranges that overlap, shut, prolonged, opened. */
static struct wire_stood random_change(void)
{
	struct wire_stood s = { .what = roll(3) ? STOOD_SHUT : STOOD_OPENED,
		.act = ACT_DENY,
		.origin = ORIGIN_OWN,
		.at = d.table.now };
	uint8_t bits = roll(4) ? 32 : (uint8_t)(28 + roll(4));
	struct addr a = { .family = 4 };

	a.b[0] = 45;
	a.b[3] = (uint8_t)roll(NETS);
	s.net = net_of(a, bits);
	if (roll(3) == 0)
		random_64(&s);
	s.until = roll(30) ? d.table.now + 1 + roll(600) : 0;
	snprintf(s.rule, sizeof(s.rule), "test/rule");
	return s;
}

static void everybody_holds_what_stands(void **state)
{
	struct kernel plain = { .prolongs = true, .new_first = true },
		      wall = { .renews = true }, expanding = { .renews = true },
		      sleepy = { .prolongs = true },
		      narrow = { .prolongs = true, .new_first = true },
		      drowsy = { .prolongs = true };
	static const char *const names[] = { "the plain one", "the wall",
		"the expanding one", "the sleepy one", "who takes no ranges",
		"who takes none and sleeps" };
	struct kernel *all[] = { &plain, &wall, &expanding, &sleepy, &narrow,
		&drowsy };

	table_new(&d.table, NULL, NULL);
	d.table.now = NOW;
	table_begin(&d.table);
	table_end(&d.table);
	for (size_t i = 0; i < countof(all); i++)
		all[i]->filter.scopes = SCOPE_IP | SCOPE_RANGE;
	expanding.filter.expands = true;
	narrow.filter.scopes = drowsy.filter.scopes = SCOPE_IP;
	for (int i = 0; i < STEPS; i++) {
		struct wire_stood s = random_change();

		table_hear(&d.table, &s);
		if (roll(3) == 0)
			d.table.now += roll(8);
		if (roll(5) == 0)
			table_expire(&d.table);
		for (size_t b = 0; b < countof(all); b++) {
			if (roll(b == 3 || b == 5 ? 200 : 4))
				continue;
			poll(all[b], roll(50) == 0 || all[b]->since == 0);
			check(all[b], names[b]);
		}
	}
	table_free(&d.table);
}

/* Judge comes back and tells all: only what differs is a change. */
static void told_again_nothing_changes(void **state)
{
	struct wire_stood s = { .what = STOOD_SHUT,
		.act = ACT_DENY,
		.origin = ORIGIN_OWN,
		.until = NOW + 60,
		.rule = "a/b" };
	uint64_t seq = 0;

	table_new(&d.table, NULL, NULL);
	d.table.now = NOW;
	for (int round = 0; round < 2; round++) {
		table_begin(&d.table);
		for (uint8_t i = 0; i < 100; i++) {
			s.net = (struct net){ { 4, { 45, 0, 0, i } }, 32 };
			if (round == 0 || i < 98)
				table_hear(&d.table, &s);
		}
		table_end(&d.table);
		if (round == 0)
			seq = d.table.seq;
	}
	assert_int_equal(d.table.seq, seq + 2);
	assert_int_equal(d.table.n, 98);
	assert_int_equal(table_change(&d.table, d.table.seq)->what,
	    STOOD_OPENED);
	table_free(&d.table);
}

static void who_was_away_too_long_hears_all(void **state)
{
	struct wire_stood s = { .what = STOOD_SHUT,
		.act = ACT_DENY,
		.origin = ORIGIN_OWN,
		.rule = "a/b" };
	uint64_t early;

	table_new(&d.table, NULL, NULL);
	d.table.now = NOW;
	early = d.table.seq;
	for (uint32_t i = 0; i < TABLE_CHANGES + 10; i++) {
		s.net = (struct net){
			{ 4, { 45, 0, (uint8_t)(i >> 8), (uint8_t)i } }, 32
		};
		s.until = NOW + 100 + i;
		table_hear(&d.table, &s);
	}
	assert_false(table_knows(&d.table, early));
	assert_true(table_knows(&d.table, d.table.seq));
	assert_true(table_knows(&d.table, d.table.seq - TABLE_CHANGES));
	assert_false(table_knows(&d.table, d.table.seq + 1));
	table_free(&d.table);
}

/* Each ally has an origin of its own, and all have one together. */
static void an_ally_is_an_origin(void **state)
{
	struct wire_stood s = { .what = STOOD_SHUT,
		.net = { { 4, { 45, 0, 0, 1 } }, 32 },
		.act = ACT_DENY,
		.origin = ORIGIN_ALLIES,
		.until = NOW + 60,
		.witnesses = 1,
		.rule = "allies",
		.by = "mali" };
	struct lapi_filter f = { .scopes = SCOPE_IP };
	char text[DECISION_TEXT], origin[ORIGIN_MAX];
	const struct held *h;

	table_new(&d.table, NULL, NULL);
	d.table.now = NOW;
	table_hear(&d.table, &s);
	h = table_get(&d.table, &s.net);
	assert_string_equal(table_origin(&d.table, h, origin), "liptako-mali");
	(void)lapi_decision(text, &d.table, h, &s.net, false);
	assert_non_null(strstr(text, "\"origin\":\"liptako-mali\""));
	for (size_t i = 0; i < 6; i++) {
		static const char *const lists[] = { "", "allies", "CAPI",
			"niger,Liptako-Mali", "liptako", "liptako-niger" };

		f.origins = str_of(lists[i]);
		assert_int_equal(lapi_passes(&f, &d.table, h), i < 4);
	}
	s.by[0] = '\0'; /* who said it was forgotten */
	table_hear(&d.table, &s);
	h = table_get(&d.table, &s.net);
	assert_string_equal(table_origin(&d.table, h, origin), "allies");
	table_free(&d.table);
}

TESTS(cmocka_unit_test(everybody_holds_what_stands),
    cmocka_unit_test(told_again_nothing_changes),
    cmocka_unit_test(an_ally_is_an_origin),
    cmocka_unit_test(who_was_away_too_long_hears_all))
