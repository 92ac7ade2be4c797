#include "namer/lookups.h"

#include "base/tests.h"

#include <stdio.h>

struct bench {
	struct lookups l;
	struct wire_lookup asked[1000];
	size_t worker[1000], n_asked;
	struct wire_found got[1000];
	size_t n_got;
};

static void on_ask(void *arg, size_t worker, const struct wire_lookup *w)
{
	struct bench *b = arg;

	b->worker[b->n_asked] = worker;
	b->asked[b->n_asked++] = *w;
}

static void on_answer(void *arg, const struct wire_found *w)
{
	struct bench *b = arg;

	assert_true(found_ok(w));
	b->got[b->n_got++] = *w;
}

static struct bench *up(void)
{
	struct bench *b = mem_new(1, sizeof(*b));

	b->l = (struct lookups){ .ask = on_ask, .answer = on_answer, .arg = b };
	lookups_new(&b->l);
	return b;
}

static void down(struct bench *b)
{
	lookups_free(&b->l);
	free(b);
}

static struct mono at(int s)
{
	return (struct mono){ SECONDS(100000 + s).ns };
}

static void want(struct bench *b, uint64_t id, const char *name, int s)
{
	struct wire_lookup w = { .id = id };

	snprintf(w.name, sizeof(w.name), "%s", name);
	lookups_want(&b->l, &w, at(s));
}

static void found(struct bench *b, size_t worker, const char *a, int s)
{
	struct wire_found w = { .how = a ? FOUND_SOME : FOUND_NONE };

	if (a)
		assert_true(addr_parse(str_of(a), &w.addr[w.n++]));
	lookups_found(&b->l, worker, &w, at(s));
}

static void an_answer_is_kept(void **state)
{
	struct bench *b = up();

	want(b, 1, "A.Example", 0);
	want(b, 2, "a.example", 0);
	assert_int_equal(b->n_asked, 1);
	found(b, b->worker[0], "192.0.2.1", 1);
	assert_int_equal(b->n_got, 2);
	assert_int_equal(b->got[0].id + b->got[1].id, 3);
	want(b, 3, "a.example", 200);
	assert_int_equal(b->n_got, 3);
	assert_int_equal(b->got[2].id, 3);
	assert_int_equal(b->got[2].n, 1);
	want(b, 4, "a.example", 1 + LOOKUP_LIFE);
	assert_int_equal(b->n_asked, 2);
	found(b, b->worker[1], NULL, 400);
	assert_int_equal(b->got[3].how, FOUND_NONE);
	want(b, 5, "a.example", 401); /* that there is none is kept, too */
	assert_int_equal(b->n_asked, 2);
	assert_int_equal(b->got[4].how, FOUND_NONE);
	down(b);
}

static void a_slow_name_keeps_nobody_else(void **state)
{
	struct bench *b = up();

	want(b, 1, "slow.example", 0);
	want(b, 2, "quick.example", 0);
	assert_int_equal(b->n_asked, 2);
	assert_int_not_equal(b->worker[0], b->worker[1]);
	found(b, b->worker[1], "192.0.2.1", 1);
	assert_int_equal(b->n_got, 1);
	assert_int_equal(b->got[0].id, 2);
	assert_true(
	    lookups_tick(&b->l, at(1)) <= (LOOKUP_PATIENCE - 1) * 1000 + 1);
	assert_int_equal(b->n_got, 1);
	assert_int_equal(lookups_tick(&b->l, at(LOOKUP_PATIENCE)), -1);
	assert_int_equal(b->n_got, 2);
	assert_int_equal(b->got[1].how, FOUND_E_LATE);
	found(b, b->worker[0], "192.0.2.2", 20); /* for who asks again */
	want(b, 3, "slow.example", 21);
	assert_int_equal(b->n_got, 3);
	assert_int_equal(b->got[2].n, 1);
	down(b);
}

static void workers_take_the_next(void **state)
{
	struct bench *b = up();
	char name[40];

	for (int i = 0; i < LOOKUP_WORKERS + 2; i++) {
		snprintf(name, sizeof(name), "n%d.example", i);
		want(b, (uint64_t)i, name, 0);
	}
	assert_int_equal(b->n_asked, LOOKUP_WORKERS);
	found(b, 2, "192.0.2.1", 1);
	assert_int_equal(b->n_asked, LOOKUP_WORKERS + 1);
	assert_int_equal(b->worker[LOOKUP_WORKERS], 2);
	down(b);
}

static void no_more_than_there_is_room(void **state)
{
	struct bench *b = up();
	char name[40];

	for (int i = 0; i < LOOKUPS_WAITING + 1; i++) {
		snprintf(name, sizeof(name), "n%d.example", i);
		want(b, (uint64_t)i, name, 0);
	}
	assert_int_equal(b->n_got, 1);
	assert_int_equal(b->got[0].how, FOUND_E_BUDGET);
	lookups_forget(&b->l);
	assert_int_equal(lookups_tick(&b->l, at(100)), -1);
	assert_int_equal(b->n_got, 1);
	down(b);
}

static void so_many_a_minute(void **state)
{
	struct bench *b = up();
	char name[40];

	for (int i = 0; i < LOOKUPS_A_MINUTE + 1; i++) {
		snprintf(name, sizeof(name), "n%d.example", i);
		want(b, (uint64_t)i, name, 0);
		if (b->n_asked > (size_t)i)
			found(b, b->worker[i], "192.0.2.1", 0);
	}
	assert_int_equal(b->n_asked, LOOKUPS_A_MINUTE);
	assert_int_equal(b->got[b->n_got - 1].how, FOUND_E_BUDGET);
	want(b, 999, "n1000.example", 60);
	assert_int_equal(b->n_asked, LOOKUPS_A_MINUTE + 1);
	down(b);
}

static void what_is_no_name_is_not_asked(void **state)
{
	static const char *const bad[] = { "", "-f", "a b", "a/b", ".a",
		"a\"b" };
	struct bench *b = up();

	for (size_t i = 0; i < countof(bad); i++) {
		want(b, i, bad[i], 0);
		assert_int_equal(b->got[i].how, FOUND_NONE);
	}
	assert_int_equal(b->n_asked, 0);
	down(b);
}

TESTS(cmocka_unit_test(an_answer_is_kept),
    cmocka_unit_test(a_slow_name_keeps_nobody_else),
    cmocka_unit_test(workers_take_the_next),
    cmocka_unit_test(no_more_than_there_is_room),
    cmocka_unit_test(so_many_a_minute),
    cmocka_unit_test(what_is_no_name_is_not_asked))
