/*
 * Whoever waits is ruled on as if he had not: the same random events through
 * windows alone and through windows with a waiting room before them must give
 * the same answers, event by event. The seed is printed; LPT_SEED=n runs that
 * one again.
 */
#include "law/waiting.h"

#include <time.h>

#include "base/tests.h"

static const struct hash_key key = { { 5, 6 } };

static const struct window_rule rules[] = {
	{ .count = 6, .span = 10 },
	{ .count = 12, .span = 5, .distinct = true },
	{ .count = 30, .span = 5, .distinct = true },
	{ .count = 40, .span = 10, .distinct = true },
	{ .count = 40, .span = 60 },
	{ .count = 20, .span = 60, .distinct = true },
	{ .count = 8, .span = 30 },
	{ .count = 50, .span = 5 },
	{ .count = 3, .span = 10 },
	{ .count = 10, .span = 30, .slow_count = 20, .slow_span = 600 },
};

enum {
	RULES = countof(rules)
};

struct pair {
	struct window_form forms[RULES];
	struct windows alone, behind;
	struct waiting room;
	uint64_t reached, events;
};

static uint64_t seed;

static uint32_t draw(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 33) % below;
}

static void pair_init(struct pair *p)
{
	*p = (struct pair){ .events = 0 };
	for (size_t i = 0; i < RULES; i++) {
		window_form_of(&rules[i], &p->forms[i]);
		p->forms[i].waits = waiting_form(&p->forms[i]);
	}
	windows_init(&p->alone, 100000, &key, p->forms, RULES);
	windows_init(&p->behind, 100000, &key, p->forms, RULES);
	waiting_init(&p->room, &p->behind, &key);
}

static void pair_fini(struct pair *p)
{
	waiting_fini(&p->room);
	windows_fini(&p->alone);
	windows_fini(&p->behind);
}

static void see(struct pair *p, const struct seat_key *k, uint32_t at,
    uint32_t value)
{
	struct window_count a = { 0 }, b = { 0 };
	bool slow_a, slow_b,
	    hit_a = windows_add(&p->alone, k, at, value, &a, &slow_a) ==
		    WINDOW_REACHED,
	    hit_b = waiting_add(&p->room, k, at, value, &b, &slow_b) ==
		    WINDOW_REACHED;

	assert_int_equal(hit_a, hit_b);
	p->events++;
	p->reached += hit_a;
	if (!hit_a)
		return;
	assert_int_equal(a.have, b.have);
	assert_int_equal(a.first, b.first);
	assert_int_equal(a.last, b.last);
	assert_int_equal(slow_a, slow_b);
}

/* Events of some subjects in steps of at most `step` seconds; each back-th
 * comes late. */
static uint64_t play(uint32_t subjects, uint32_t step, uint32_t back)
{
	struct pair p;
	uint32_t now = 1000000;

	pair_init(&p);
	for (int i = 0; i < 200000; i++) {
		struct seat_key k = { draw(subjects), (uint16_t)draw(RULES),
			4 };
		uint32_t at;

		if (draw(back) == 0)
			now += draw(200); /* a pause */
		now += draw(8) ? 0 : draw(step + 1);
		at = draw(back) ? now : now - draw(draw(4) ? 8 : 90);
		see(&p, &k, at, draw(60));
	}
	print_message("# %u subjects: %llu of %llu reached\n", subjects,
	    (unsigned long long)p.reached, (unsigned long long)p.events);
	pair_fini(&p);
	return p.reached;
}

static void waiting_changes_nothing(void **state)
{
	const char *given = getenv("LPT_SEED");
	uint64_t reached;

	seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) | 1;
	print_message("# LPT_SEED=%llu\n", (unsigned long long)seed);
	reached = play(3, 1, 100000);   /* few, in order */
	reached += play(3, 2, 10);      /* few, and disorder */
	reached += play(40, 1, 50);     /* cells shared by a few */
	reached += play(900, 1, 1000);  /* many: cells and ring are full */
	reached += play(3000, 0, 2000); /* a flood in hardly any time */
	assert_in_range(reached, 10000, 1000000);
}

/* Somebody looks, or sets the clock back: nothing that waited is lost. */
static void settled_events_count(void **state)
{
	struct seat_key k = { 7, 0, 4 };
	struct window_count found;
	struct seat *s;
	struct pair p;

	pair_init(&p);
	for (uint32_t i = 0; i < 4; i++)
		see(&p, &k, 1000 + i, 0);
	assert_null(seats_find(&p.behind.seats, &k));
	waiting_settle(&p.room);
	s = seats_find(&p.behind.seats, &k);
	assert_non_null(s);
	windows_count(&p.behind, s, false, 1003, &found);
	assert_int_equal(found.have, 4);
	see(&p, &k, 1004, 0);
	waiting_set_back(&p.room, 1002);
	windows_set_back(&p.behind, 1002);
	windows_set_back(&p.alone, 1002);
	for (uint32_t i = 0; i < 3; i++)
		see(&p, &k, 1002, 0);
	assert_int_equal(p.reached, 1);
	pair_fini(&p);
}

static void what_is_rare_or_slow_does_not_wait(void **state)
{
	struct window_form f;

	window_form_of(&(struct window_rule){ .count = 5, .span = 10 }, &f);
	assert_int_equal(waiting_form(&f), 0);
	window_form_of(&(struct window_rule){ .count = 6, .span = 61 }, &f);
	assert_int_equal(waiting_form(&f), 0);
	/* buckets of 9 s reach beyond two stretches of 10 */
	window_form_of(&(struct window_rule){ .count = 40, .span = 9 }, &f);
	assert_int_equal(waiting_form(&f), 0);
	window_form_of(&(struct window_rule){ .count = 40, .span = 5 }, &f);
	assert_int_not_equal(waiting_form(&f), 0);
}

TESTS(cmocka_unit_test(waiting_changes_nothing),
    cmocka_unit_test(settled_events_count),
    cmocka_unit_test(what_is_rare_or_slow_does_not_wait))
