/*
 * The windows beside a naive model that keeps every event: they must agree
 * exactly up to 32, and within the stated error beyond. The seed is printed;
 * LPT_SEED=n runs that one again.
 */
#include "law/window.h"

#include <stdio.h>
#include <time.h>

#include "base/tests.h"

static const struct hash_key key = { { 5, 6 } };

static uint64_t seed;

static uint32_t draw(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 33) % below;
}

static void seed_it(void)
{
	const char *given = getenv("LPT_SEED");

	seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) | 1;
	print_message("# LPT_SEED=%llu\n", (unsigned long long)seed);
}

enum {
	EVENTS = 4000,
	SUBJECTS = 6
};

struct event {
	uint32_t at, value;
};

/* All events of one subject since its window was last empty. */
struct naive {
	struct event v[EVENTS];
	size_t n;
	uint32_t newest;
};

static uint32_t naive_have(const struct naive *m, bool distinct, uint32_t span)
{
	uint32_t have = 0;

	for (size_t i = 0; i < m->n; i++) {
		bool again = false;

		if (m->newest - m->v[i].at > span)
			continue;
		for (size_t j = 0; distinct && j < i; j++)
			again |= m->v[j].value == m->v[i].value &&
				 m->newest - m->v[j].at <= span;
		have += !again;
	}
	return have;
}

static enum window_answer naive_add(struct naive *m,
    const struct window_rule *r, struct event e, uint32_t *have)
{
	uint32_t horizon = MAX(r->span, r->slow_count ? r->slow_span : 0);

	if (m->n && m->newest > e.at && m->newest - e.at > horizon)
		return WINDOW_LATE;
	m->newest = m->n ? MAX(m->newest, e.at) : e.at;
	m->v[m->n++] = e;
	*have = naive_have(m, r->distinct, r->span);
	if (*have >= r->count)
		goto reached;
	if (r->slow_count) {
		*have = naive_have(m, r->distinct, r->slow_span);
		if (*have >= r->slow_count)
			goto reached;
	}
	return WINDOW_COUNTED;
reached:
	m->n = 0;
	return WINDOW_REACHED;
}

/* Random events, mostly forward, some late, some after a long pause. */
static uint32_t step(uint32_t now, const struct window_rule *r, uint32_t *at)
{
	uint32_t kind = draw(100), span = r->span;

	if (kind < 1)
		now += span * 2;
	else if (kind < 85)
		now += draw(2 * span / (r->count * SUBJECTS) + 1);
	*at = kind >= 90 ? now - draw(span * 2) : now;
	return now;
}

/* How often it ruled; a long rule may not, with an unlucky seed. */
static unsigned agree(const struct window_rule *r)
{
	static struct naive naive[SUBJECTS];
	struct window_form form;
	struct windows w;
	uint32_t now = 1000000;
	unsigned rulings = 0;

	memset(naive, 0, sizeof(naive));
	window_form_of(r, &form);
	windows_init(&w, 1024, &key, &form, 1);
	for (size_t i = 0; i < EVENTS; i++) {
		uint32_t who = draw(SUBJECTS), want_have = 0;
		struct seat_key k = { who, 0, 4 };
		struct event e = { .value = draw(2 * r->count) };
		struct window_count found;
		enum window_answer got, want;
		bool slow;

		now = step(now, r, &e.at);
		want = naive_add(&naive[who], r, e, &want_have);
		got = windows_add(&w, &k, e.at, e.value, &found, &slow);
		assert_int_equal(got, want);
		if (got != WINDOW_REACHED)
			continue;
		rulings++;
		assert_int_equal(found.have, want_have);
	}
	assert_int_equal(w.seats.pushed_out, 0);
	windows_fini(&w);
	return rulings;
}

static void exact_as_the_naive_model(void **state)
{
	static const struct window_rule rules[] = {
		{ 5, 600, 0, 0, false },
		{ 5, 600, 10, 86400, false },
		{ 2, 10, 0, 0, false },
		{ 3, 60, 0, 0, false },
		{ 6, 600, 0, 0, false },
		{ 32, 600, 0, 0, false },
		{ 17, 3600, 32, 7200, false },
		{ 20, 600, 8, 3600, false },
		{ 1, 600, 0, 0, false },
		{ 3, 600, 0, 0, true },
		{ 5, 600, 12, 3600, true },
		{ 10, 3600, 0, 0, true },
		{ 32, 60000, 0, 0, true },
	};

	unsigned rulings = 0;

	seed_it();
	for (size_t i = 0; i < countof(rules); i++)
		rulings += agree(&rules[i]);
	assert_true(rulings > 1000);
}

/* Beyond 32 the estimate is off by less than the count: a window of fewer
 * than half the count is never taken for it, one of twice the count always
 * is, and all events within one bucket count fully. */
static void two_buckets_within_their_error(void **state)
{
	static const struct window_rule r = { 100, 600, 0, 0, false };
	static struct naive naive;
	struct seat_key k = { 1, 0, 4 };
	struct window_form form;
	struct window_count found;
	struct windows w;
	unsigned rulings = 0;
	uint32_t now = 600000;
	bool slow;

	seed_it();
	memset(&naive, 0, sizeof(naive));
	window_form_of(&r, &form);
	windows_init(&w, 64, &key, &form, 1);
	for (size_t i = 0; i < EVENTS; i++) {
		enum window_answer got;
		uint32_t have;

		now += draw(12);
		naive.newest = now;
		naive.v[naive.n++] = (struct event){ now, 0 };
		have = naive_have(&naive, false, r.span);
		got = windows_add(&w, &k, now, 0, &found, &slow);
		if (got == WINDOW_REACHED) {
			assert_true(have >= r.count / 2);
			assert_int_equal(found.have, r.count);
			naive.n = 0;
			rulings++;
		} else {
			assert_true(have < 2 * r.count);
		}
	}
	assert_true(rulings > 10);

	now = 1200000;
	for (uint32_t i = 1; i < r.count; i++)
		assert_int_equal(windows_add(&w, &k, now + i * 5, 0, &found,
				     &slow),
		    WINDOW_COUNTED);
	assert_int_equal(windows_add(&w, &k, now + 599, 0, &found, &slow),
	    WINDOW_REACHED);
	windows_fini(&w);
}

static void distinct_beyond_32_counts_new_values_only(void **state)
{
	static const struct window_rule r = { 50, 600, 0, 0, true };
	struct seat_key k = { 1, 0, 4 };
	struct window_form form;
	struct window_count found;
	struct windows w;
	bool slow;

	window_form_of(&r, &form);
	windows_init(&w, 64, &key, &form, 1);
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(windows_add(&w, &k, 600000 + i / 2, i % 20,
				     &found, &slow),
		    WINDOW_COUNTED);
	for (uint32_t i = 0; i < 29; i++)
		assert_int_equal(windows_add(&w, &k, 600501, 100 + i, &found,
				     &slow),
		    WINDOW_COUNTED);
	assert_int_equal(windows_add(&w, &k, 600501, 200, &found, &slow),
	    WINDOW_REACHED);
	windows_fini(&w);
}

/* "5 in 10m": ten minutes to the second are within it, one more is not. */
static void both_ends_belong_to_the_window(void **state)
{
	static const struct window_rule r = { 2, 600, 0, 0, false };
	struct seat_key k = { 1, 0, 4 };
	struct window_form form;
	struct window_count found;
	struct windows w;
	bool slow;

	window_form_of(&r, &form);
	windows_init(&w, 64, &key, &form, 1);
	assert_int_equal(windows_add(&w, &k, 1000, 0, &found, &slow),
	    WINDOW_COUNTED);
	assert_int_equal(windows_add(&w, &k, 1601, 0, &found, &slow),
	    WINDOW_COUNTED);
	assert_int_equal(windows_add(&w, &k, 2201, 0, &found, &slow),
	    WINDOW_REACHED);
	assert_int_equal(found.first, 1601);
	assert_int_equal(found.last, 2201);
	windows_fini(&w);
}

/* All chunks in use: the coldest of a few gives its own up, and is counted;
 * whatever is left still counts right. */
static void chunks_run_out(void **state)
{
	static const struct window_rule r = { 32, 1000000, 0, 0, false };
	struct window_form form;
	struct window_count found;
	struct windows w;
	bool slow;

	window_form_of(&r, &form);
	windows_init(&w, 400, &key, &form, 1);
	for (uint64_t who = 0; who < 400; who++) {
		struct seat_key k = { who, 0, 4 };

		for (uint32_t i = 0; i < 31; i++)
			assert_int_equal(windows_add(&w, &k,
					     1000 + (uint32_t)who, 0, &found,
					     &slow),
			    WINDOW_COUNTED);
	}
	assert_true(w.seats.pushed_out > 0);
	assert_int_equal(w.short_of_chunks, 0);
	assert_int_equal(windows_add(&w, &(struct seat_key){ 399, 0, 4 }, 1400,
			     0, &found, &slow),
	    WINDOW_REACHED);
	windows_fini(&w);
}

static void a_clock_set_back_forgets_the_future(void **state)
{
	static const struct window_rule r = { 3, 600, 0, 0, false };
	struct seat_key k = { 1, 0, 4 }, far = { 2, 0, 4 };
	struct window_form form;
	struct window_count found;
	struct windows w;
	bool slow;

	window_form_of(&r, &form);
	windows_init(&w, 64, &key, &form, 1);
	windows_add(&w, &k, 1000, 0, &found, &slow);
	windows_add(&w, &k, 1500, 0, &found, &slow);
	windows_add(&w, &far, 90000, 0, &found, &slow);
	assert_int_equal(windows_add(&w, &far, 1100, 0, &found, &slow),
	    WINDOW_LATE);
	windows_set_back(&w, 1200);
	assert_int_equal(w.seats.used, 1);
	windows_count(&w, seats_find(&w.seats, &k), false, 1200, &found);
	assert_int_equal(found.have, 1);
	assert_int_equal(windows_add(&w, &far, 1100, 0, &found, &slow),
	    WINDOW_COUNTED);
	windows_fini(&w);
}

TESTS(cmocka_unit_test(exact_as_the_naive_model),
    cmocka_unit_test(two_buckets_within_their_error),
    cmocka_unit_test(distinct_beyond_32_counts_new_values_only),
    cmocka_unit_test(both_ends_belong_to_the_window),
    cmocka_unit_test(chunks_run_out),
    cmocka_unit_test(a_clock_set_back_forgets_the_future))
