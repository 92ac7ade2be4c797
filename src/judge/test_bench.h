/*
 * test_bench - a judge on fake links.
 *
 * What it sends is only counted and the last of its kind kept; time is what
 * the test says; a crash is a judge that is freed without a word.
 */
#ifndef LPT_TEST_BENCH_H
#define LPT_TEST_BENCH_H

#include "judge/judge.h"

#include <fcntl.h>
#include <stdio.h>

#include "base/tests.h"
#include "judge/test_dir.h"

enum {
	NOW = 1800000000,
	KEY = 77,
	INO = 5,
	SOURCE = 3,
	FAIL = 0,
	SIGNATURE = 1,
	LOGIN = 2,
	ON_22 = 3,
	ON_80 = 4,
	REFUSED_25 = 5,
	RULES
};

struct bench {
	struct judge j;
	unsigned sent[MSG_N], opened, closed;
	struct wire_order order; /* the last */
	struct wire_resume resume;
	struct wire_ack ack;
	struct wire_sync sync;
	struct ports ports[WIRE_PORTS + 1]; /* as they were told */
	bool before_disk; /* the first order came before any commit */
};

static inline void hear_order(struct bench *b, const struct wire_order *o)
{
	b->order = *o;
	assert_true(o->ports == 0 || b->ports[o->ports].n > 0);
	assert_int_equal(order_check(o), DONE_OK);
	b->opened += o->act == ACT_OPEN;
	b->closed += o->act == ACT_DENY;
	b->before_disk |= b->j.stats.commits == 0;
}

/* Each of many as if it had come alone. */
static inline void hear_standing(struct bench *b, const struct wire_standing *w,
    struct str tail)
{
	assert_int_equal(tail.n, w->n * sizeof(struct wire_stand));
	for (uint32_t i = 0; i < w->n; i++) {
		struct wire_order o = standing_order(w, tail.p, i);

		hear_order(b, &o);
	}
}

static inline void hear(void *arg, enum role to, uint32_t instance,
    uint32_t type, const void *body, size_t n, struct str tail)
{
	struct bench *b = arg;

	assert_true(msg_fits(type, JUDGE, to, n + tail.n));
	b->sent[type]++;
	if (type == MSG_ORDER)
		hear_order(b, body);
	if (type == MSG_PORTS) {
		const struct wire_ports *w = body;

		assert_true(wire_ports_ok(w) && w->no > 0);
		b->ports[w->no] = w->ports;
	}
	if (type == MSG_STANDING)
		hear_standing(b, body, tail);
	if (type == MSG_RESUME)
		memcpy(&b->resume, body, n);
	if (type == MSG_SYNC)
		memcpy(&b->sync, body, n);
	if (type == MSG_ACK)
		memcpy(&b->ack, body, n);
}

static inline void fault(void *arg, const char *file, unsigned line,
    unsigned column, const char *what)
{
	fail_msg("%s:%u:%u: %s", file, line, column, what);
}

static const char rule_file[] = "service: test\n"
				"about: a service\n"
				"programs: [testd]\n"
				"rules:\n"
				"- name: fail\n"
				"  about: a failure\n"
				"  kind: bruteforce\n"
				"  attack: T1110\n"
				"  evidence: own-act\n"
				"  match: ['fail from <ip>']\n"
				"  when: 5 in 10m\n"
				"- name: signature\n"
				"  about: an exploit\n"
				"  kind: exploit\n"
				"  attack: T1190\n"
				"  evidence: own-act\n"
				"  match: ['evil from <ip>']\n"
				"  when: once\n"
				"- name: login\n"
				"  about: a login\n"
				"  kind: login\n"
				"  attack: T1078\n"
				"  evidence: own-act\n"
				"  outcome: success\n"
				"  login: host\n"
				"  measure: alarm\n"
				"  match: ['login from <ip>']\n"
				"  when: once\n"
				"- name: on-22\n"
				"  about: closes a port\n"
				"  kind: exploit\n"
				"  evidence: own-act\n"
				"  match: ['22 from <ip>']\n"
				"  when: once\n"
				"  ports: 22/tcp\n"
				"- name: on-80\n"
				"  about: closes others\n"
				"  kind: exploit\n"
				"  evidence: own-act\n"
				"  match: ['80 from <ip>']\n"
				"  when: once\n"
				"  ports: [80/tcp, 443/tcp]\n"
				"- name: refused-25\n"
				"  about: refuses\n"
				"  kind: exploit\n"
				"  evidence: own-act\n"
				"  match: ['25 from <ip>']\n"
				"  when: once\n"
				"  term: 10h\n"
				"  answer: reject\n"
				"  ports: 25/tcp\n";

static inline void give_rules(struct judge *j, uint32_t generation)
{
	char files[4096];
	struct conf *c;
	struct book *b;
	int n = snprintf(files, sizeof(files), "%%%%%% %zu test.yaml\n%s",
	    sizeof(rule_file) - 1, rule_file);

	(void)conf_load(&c, "liptako.yaml", (struct str){ 0 }, fault, NULL);
	book_load(&b, generation, (struct str){ files, (size_t)n }, c, fault,
	    NULL);
	assert_int_equal(b->n, RULES);
	judge_rules(j, &c, &b);
}

static inline void open_log(struct bench *b)
{
	struct wire_opened o = { .source = SOURCE,
		.key = KEY,
		.ino = INO,
		.size = 1 << 30 };

	assert_true(judge_hear(&b->j, READER, 1, MSG_OPENED, &o, sizeof(o)));
}

static inline void up(struct bench *b, uint32_t now)
{
	static const struct judge_ops ops = { .send = hear };
	struct wire_ready ready = { 0 };

	memset(b, 0, sizeof(*b));
	judge_new(&b->j, &ops, b);
	b->j.now = now;
	give_rules(&b->j, 1);
	judge_restore(&b->j, test_dir());
	judge_linked(&b->j, ENFORCER, 0);
	judge_linked(&b->j, READER, 1);
	assert_true(
	    judge_hear(&b->j, ENFORCER, 0, MSG_READY, &ready, sizeof(ready)));
	while (judge_sync_more(&b->j, 7))
		;
	open_log(b);
}

/* Nothing is told, nothing is flushed. */
static inline void crash(struct bench *b)
{
	judge_free(&b->j);
}

static inline struct addr host(uint32_t i)
{
	return (struct addr){ .family = 4,
		.b = { 203, 0, (uint8_t)(113 + (i >> 8)), (uint8_t)i } };
}

static inline void see(struct bench *b, uint32_t who, uint16_t rule,
    uint64_t offset, uint32_t at)
{
	struct wire_sighting s = { .generation = 1,
		.source = SOURCE,
		.ino = INO,
		.offset = offset,
		.length = 80,
		.at = at,
		.who = host(who),
		.rule = rule };

	assert_true(judge_hear(&b->j, READER, 1, MSG_SIGHTING, &s, sizeof(s)));
}

static inline void protect(struct bench *b, uint32_t who, uint8_t cause)
{
	struct wire_never w = { .net = addr_unit(host(who)), .cause = cause };

	assert_true(
	    judge_hear(&b->j, ENFORCER, 0, MSG_PROTECTED, &w, sizeof(w)));
}

static inline bool stands(struct bench *b, uint32_t who)
{
	struct net n = addr_unit(host(who));

	return measures_get(&b->j.measures, &n) != NULL;
}

static inline int quiet_up(void **state)
{
	int fd = open("/dev/null", O_WRONLY);

	/* own events would mix with TAP on a terminal */
	(void)dup2(fd, STDERR_FILENO);
	close(fd);
	return test_dir_up(state);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, quiet_up, test_dir_down)

#endif
