#include "judge/judge.h"

#include <fcntl.h>
#include <stdio.h>

#include "base/log.h"
#include "base/tests.h"
#include "judge/test_dir.h"

/*
 * A judge on fake links. What it sends is only counted and the last of its
 * kind kept; time is what the test says.
 */
enum {
	NOW = 1800000000,
	KEY = 77,
	INO = 5,
	SOURCE = 3,
	FAIL = 0,
	SIGNATURE = 1,
	LOGIN = 2
};

struct bench {
	struct judge j;
	unsigned sent[MSG_N], opened, closed;
	struct wire_order order; /* the last */
	struct wire_resume resume;
	struct wire_ack ack;
	bool before_disk; /* the first order came before any commit */
};

static void hear(void *arg, enum role to, uint32_t instance, uint32_t type,
    const void *body, size_t n, struct str tail)
{
	struct bench *b = arg;

	assert_true(msg_fits(type, JUDGE, to, n + tail.n));
	b->sent[type]++;
	if (type == MSG_ORDER) {
		memcpy(&b->order, body, n);
		assert_int_equal(order_check(&b->order), DONE_OK);
		b->opened += b->order.act == ACT_OPEN;
		b->closed += b->order.act == ACT_DENY;
		b->before_disk |= b->j.stats.commits == 0;
	}
	if (type == MSG_RESUME)
		memcpy(&b->resume, body, n);
	if (type == MSG_ACK)
		memcpy(&b->ack, body, n);
}

static void fault(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
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
				"  when: once\n";

static void give_rules(struct judge *j, uint32_t generation)
{
	char files[4096];
	struct conf *c;
	struct book *b;
	int n = snprintf(files, sizeof(files), "%%%%%% %zu test.yaml\n%s",
	    sizeof(rule_file) - 1, rule_file);

	(void)conf_load(&c, "liptako.yaml", (struct str){ 0 }, fault, NULL);
	book_load(&b, generation, (struct str){ files, (size_t)n }, c, fault,
	    NULL);
	assert_int_equal(b->n, 3);
	judge_rules(j, &c, &b);
}

static void open_log(struct bench *b)
{
	struct wire_opened o = { .source = SOURCE,
		.key = KEY,
		.ino = INO,
		.size = 1 << 30 };

	assert_true(judge_hear(&b->j, READER, 1, MSG_OPENED, &o, sizeof(o)));
}

static void up(struct bench *b, uint32_t now)
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
static void crash(struct bench *b)
{
	judge_free(&b->j);
}

static struct addr host(uint32_t i)
{
	return (struct addr){ .family = 4,
		.b = { 203, 0, (uint8_t)(113 + (i >> 8)), (uint8_t)i } };
}

static void see(struct bench *b, uint32_t who, uint16_t rule, uint64_t offset,
    uint32_t at)
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

static void protect(struct bench *b, uint32_t who, uint8_t cause)
{
	struct wire_never w = { .net = addr_unit(host(who)), .cause = cause };

	assert_true(
	    judge_hear(&b->j, ENFORCER, 0, MSG_PROTECTED, &w, sizeof(w)));
}

static bool stands(struct bench *b, uint32_t who)
{
	struct net n = addr_unit(host(who));

	return measures_get(&b->j.measures, &n) != NULL;
}

static void the_fifth_failure_closes_before_the_disk_is_touched(void **state)
{
	struct bench b;
	struct net net = addr_unit(host(1));

	up(&b, NOW);
	for (uint32_t i = 1; i <= 4; i++)
		see(&b, 1, FAIL, i * 100, NOW + i);
	assert_int_equal(b.closed, 0);
	b.j.now = NOW + 5;
	see(&b, 1, FAIL, 500, NOW + 5);
	assert_int_equal(b.closed, 1);
	assert_true(b.before_disk);
	assert_memory_equal(&b.order.net, &net, sizeof(net));
	assert_int_equal(b.order.ttl, b.j.law_conf.term);
	assert_int_equal(b.sent[MSG_ACK], 0);
	judge_commit(&b.j);
	assert_int_equal(b.sent[MSG_ACK], 1);
	assert_int_equal(b.ack.offset, 500);
	crash(&b);
}

static void a_measure_is_back_after_a_crash_and_ends_in_time(void **state)
{
	struct bench b;

	up(&b, NOW);
	see(&b, 1, SIGNATURE, 100, NOW);
	judge_commit(&b.j);
	crash(&b);
	up(&b, NOW + 60);
	assert_true(stands(&b, 1));
	assert_int_equal(b.closed, 1); /* within the SYNC */
	assert_int_equal(b.order.ttl, b.j.law_conf.term - 60);
	assert_int_equal(b.sent[MSG_SYNC], 2);
	b.j.now = NOW + b.j.law_conf.term;
	judge_tick(&b.j);
	assert_false(stands(&b, 1));
	assert_int_equal(b.opened, 0); /* the kernel's own time-out does it */
	judge_commit(&b.j);
	crash(&b);
	up(&b, NOW + 86400);
	assert_false(stands(&b, 1));
	assert_int_equal(b.j.measures.n, 0);
	crash(&b);
}

static void repeats_outlive_the_process(void **state)
{
	struct bench b;
	uint32_t first;

	up(&b, NOW);
	see(&b, 1, SIGNATURE, 100, NOW);
	first = b.order.ttl;
	judge_commit(&b.j);
	crash(&b);
	up(&b, NOW + first + 10);
	see(&b, 1, SIGNATURE, 200, NOW + first + 10);
	assert_int_equal(b.order.ttl, 2 * first);
	crash(&b);
}

/* The log has `lines` lines of 100 bytes; each names one of nine hosts, and
 * each third hits two rules. Reads on from where judge says. */
static void read_log(struct bench *b, unsigned lines, unsigned *commits)
{
	uint64_t at = b->resume.known ? b->resume.offset / 100 : 0;

	for (; at < lines; at++) {
		uint32_t now = NOW + (uint32_t)at;
		bool last = *commits == 0;

		b->j.now = now;
		see(b, (uint32_t)at % 9, FAIL, at * 100, now);
		if (*commits % 7 == 3 || last)
			judge_commit(&b->j); /* between two hits of a line */
		if (at % 3 == 0)
			see(b, (uint32_t)at % 9, LOGIN, at * 100, now);
		if (at % 5 == 0) {
			struct wire_progress p = { .source = SOURCE,
				.ino = INO,
				.offset = at * 100 + 100,
				.lines = 5 };

			assert_true(judge_hear(&b->j, READER, 1, MSG_PROGRESS,
			    &p, sizeof(p)));
		}
		if (last)
			return;
		--*commits;
	}
}

static void killed_anywhere_every_line_counts_exactly_once(void **state)
{
	enum {
		LINES = 600
	};
	struct bench b;
	uint64_t fail_total, login_total;
	unsigned rounds = 0;

	for (unsigned n = 3;; n = n * 5 % 61 + 1, rounds++) {
		unsigned commits = n;

		up(&b, NOW + 1);
		read_log(&b, LINES, &commits);
		if (commits > 0)
			break;
		/* what came since the commit is lost with the process */
		crash(&b);
	}
	judge_commit(&b.j);
	fail_total = b.j.book->rules[FAIL].total;
	login_total = b.j.book->rules[LOGIN].total;
	crash(&b);
	assert_int_equal(fail_total, LINES);
	assert_int_equal(login_total, LINES / 3);
	assert_true(rounds > 5);
	up(&b, NOW + LINES);
	assert_int_equal(b.j.book->rules[FAIL].total, LINES);
	crash(&b);
}

static void windows_go_on_over_a_crash(void **state)
{
	struct bench b;

	up(&b, NOW);
	for (uint32_t i = 1; i <= 4; i++)
		see(&b, 1, FAIL, i * 100, NOW + i);
	judge_commit(&b.j);
	crash(&b);
	up(&b, NOW + 10);
	assert_int_equal(b.closed, 0);
	see(&b, 1, FAIL, 400, NOW + 4); /* counted before */
	assert_int_equal(b.closed, 0);
	see(&b, 1, FAIL, 500, NOW + 10);
	assert_int_equal(b.closed, 1);
	crash(&b);
}

static void who_is_protected_gets_an_alarm(void **state)
{
	struct bench b;

	up(&b, NOW);
	protect(&b, 1, NEVER_GATEWAY);
	see(&b, 1, SIGNATURE, 100, NOW);
	assert_int_equal(b.closed, 0);
	assert_int_equal(b.j.stats.alarms_today, 1);
	see(&b, 1, SIGNATURE, 200, NOW); /* the same is not said twice */
	assert_int_equal(b.j.stats.alarms_today, 1);
	crash(&b);
}

static void a_new_enforcer_hears_all_and_its_list_replaces_the_old(void **state)
{
	struct wire_ready ready = { 0 };
	struct bench b;

	up(&b, NOW);
	protect(&b, 9, NEVER_SESSION);
	for (uint32_t i = 10; i < 30; i++)
		see(&b, i, SIGNATURE, i * 100, NOW);
	assert_int_equal(b.closed, 20);
	judge_unlinked(&b.j, ENFORCER, 0);
	judge_linked(&b.j, ENFORCER, 0);
	assert_int_equal(b.j.protect.n, 0);
	b.closed = 0;
	assert_true(
	    judge_hear(&b.j, ENFORCER, 0, MSG_READY, &ready, sizeof(ready)));
	assert_true(judge_sync_more(&b.j, 5));
	/* one that was sent already ends while the SYNC is under way */
	judge_open(&b.j, &b.j.measures.v[0].net, HISTORY_PARDONED);
	while (judge_sync_more(&b.j, 5))
		;
	assert_true(b.closed >= 20);
	assert_true(
	    judge_hear(&b.j, ENFORCER, 0, MSG_READY, &ready, sizeof(ready)));
	assert_false(b.j.syncing); /* the same table needs no second SYNC */
	crash(&b);
}

static void an_order_the_enforcer_refuses_does_not_stand(void **state)
{
	struct wire_done d = { .status = DONE_E_PROTECTED };
	struct bench b;

	up(&b, NOW);
	see(&b, 1, SIGNATURE, 100, NOW);
	assert_true(stands(&b, 1));
	d.id = b.order.id;
	assert_true(judge_hear(&b.j, ENFORCER, 0, MSG_DONE, &d, sizeof(d)));
	assert_false(stands(&b, 1));
	crash(&b);
}

static void the_operators_words_hold_over_a_crash(void **state)
{
	struct net one = addr_unit(host(1)), two = addr_unit(host(2));
	struct bench b;

	up(&b, NOW);
	assert_int_not_equal(judge_deny(&b.j, &one, 0, 0, "a test"), 0);
	assert_int_not_equal(judge_allow(&b.j, &two, NOW + 3600, 0, NULL), 0);
	judge_commit(&b.j);
	crash(&b);
	up(&b, NOW + 60);
	assert_true(stands(&b, 1));
	assert_int_equal(b.sent[MSG_ORDER], 2);
	see(&b, 2, SIGNATURE, 100, NOW + 60);
	assert_false(stands(&b, 2));
	assert_true(judge_disallow(&b.j, &two));
	see(&b, 2, SIGNATURE, 200, NOW + 60);
	assert_true(stands(&b, 2));
	crash(&b);
	up(&b, NOW + 4000); /* not committed: the allow is back, and over */
	see(&b, 2, SIGNATURE, 100, NOW + 4000);
	assert_true(stands(&b, 2));
	crash(&b);
}

static void a_pardon_forgets_what_was_counted(void **state)
{
	struct net net = addr_unit(host(1));
	struct bench b;

	up(&b, NOW);
	for (uint32_t i = 1; i <= 9; i++)
		see(&b, 1, FAIL, i * 100, NOW);
	assert_true(stands(&b, 1));
	assert_int_equal(judge_pardon(&b.j, &net, 0, NULL), 1);
	assert_false(stands(&b, 1));
	assert_int_equal(b.opened, 1);
	for (uint32_t i = 10; i <= 13; i++)
		see(&b, 1, FAIL, i * 100, NOW);
	assert_false(stands(&b, 1));
	judge_commit(&b.j);
	crash(&b);
	up(&b, NOW);
	see(&b, 1, FAIL, 1300, NOW); /* told again, counted before */
	assert_false(stands(&b, 1));
	see(&b, 1, FAIL, 1400, NOW);
	assert_true(stands(&b, 1));
	crash(&b);
}

static void without_a_ledger_defence_goes_on_and_is_stored_later(void **state)
{
	struct bench b;
	char away[128];

	snprintf(away, sizeof(away), "%s-away", test_dir());
	assert_int_equal(rename(test_dir(), away), 0);
	up(&b, NOW);
	assert_int_equal(b.j.ledger_fault, LEDGER_E_READ_ONLY);
	see(&b, 1, SIGNATURE, 100, NOW);
	judge_commit(&b.j);
	assert_int_equal(b.closed, 1);
	assert_int_equal(b.sent[MSG_ACK], 0);
	assert_int_equal(rename(away, test_dir()), 0);
	b.j.now += 60;
	judge_commit(&b.j);
	assert_int_equal(b.j.ledger_fault, 0);
	assert_int_equal(b.sent[MSG_ACK], 1);
	crash(&b);
	up(&b, NOW + 61);
	assert_true(stands(&b, 1));
	crash(&b);
}

static bool moved_aside(void)
{
	DIR *d = opendir(test_dir());
	bool found = false;
	struct dirent *e;

	while ((e = readdir(d)))
		found |= !strncmp(e->d_name, "ledger.db.corrupt-", 18);
	closedir(d);
	return found;
}

static void a_damaged_ledger_is_replaced_from_memory(void **state)
{
	struct bench b;
	int fd;

	up(&b, NOW);
	for (uint32_t i = 1; i <= 200; i++)
		see(&b, i, SIGNATURE, i * 100, NOW);
	judge_commit(&b.j);
	ledger_checkpoint(b.j.ledger, 1);
	crash(&b);
	fd = open(test_path("ledger.db"), O_WRONLY);
	assert_true(fd >= 0);
	for (off_t at = 8192; at < 65536; at += 4096)
		assert_int_equal(pwrite(fd, "damage damage damage", 20, at),
		    20);
	close(fd);
	up(&b, NOW + 1);
	assert_false(b.j.ledger_fault);
	assert_true(moved_aside());
	see(&b, 250, SIGNATURE, 90000, NOW + 1);
	assert_true(stands(&b, 250));
	judge_commit(&b.j);
	crash(&b);
	up(&b, NOW + 2);
	assert_true(stands(&b, 250));
	crash(&b);
}

static void what_the_kernel_holds_survives_a_lost_ledger(void **state)
{
	struct wire_ready ready = { 0 };
	struct wire_element e = { .net = addr_unit(host(9)),
		.act = ACT_DENY,
		.left = 600 };
	struct bench b;
	int fd = open(test_path("ledger.db"), O_WRONLY | O_CREAT, 0600);

	assert_int_equal(write(fd, rule_file, sizeof(rule_file)),
	    sizeof(rule_file));
	close(fd);
	up(&b, NOW);
	assert_true(b.j.adopts);
	assert_int_equal(b.sent[MSG_SYNC], 0); /* nothing is opened yet */
	assert_int_equal(b.sent[MSG_ASK], 1);
	e.id = b.j.adopt_id;
	assert_true(judge_hear(&b.j, ENFORCER, 0, MSG_ELEMENT, &e, sizeof(e)));
	e = (struct wire_element){ .id = b.j.adopt_id, .last = 1 };
	assert_true(judge_hear(&b.j, ENFORCER, 0, MSG_ELEMENT, &e, sizeof(e)));
	assert_true(stands(&b, 9));
	while (judge_sync_more(&b.j, 7))
		;
	assert_int_equal(b.sent[MSG_SYNC], 0); /* never "this is all" */
	assert_int_equal(b.closed, 1);
	assert_true(
	    judge_hear(&b.j, ENFORCER, 0, MSG_READY, &ready, sizeof(ready)));
	assert_int_equal(b.sent[MSG_ASK], 1);
	judge_commit(&b.j);
	crash(&b);
	up(&b, NOW + 1);
	assert_true(stands(&b, 9));
	assert_int_equal(b.sent[MSG_SYNC], 2);
	crash(&b);
}

static void a_new_generation_of_rules_keeps_the_windows(void **state)
{
	struct wire_sighting s = { .generation = 2,
		.source = SOURCE,
		.ino = INO,
		.offset = 500,
		.at = NOW,
		.who = host(1) };
	struct bench b;

	up(&b, NOW);
	for (uint32_t i = 1; i <= 3; i++)
		see(&b, 1, FAIL, i * 100, NOW);
	give_rules(&b.j, 2);
	assert_int_equal(b.j.book->rules[FAIL].total, 3);
	see(&b, 1, FAIL, 400, NOW); /* of the old reader's last line */
	assert_false(stands(&b, 1));
	assert_true(judge_hear(&b.j, READER, 1, MSG_SIGHTING, &s, sizeof(s)));
	assert_true(stands(&b, 1));
	crash(&b);
}

static void through_a_proxy_the_kernel_is_not_asked(void **state)
{
	struct wire_sighting s = { .generation = 1,
		.source = SOURCE,
		.ino = INO,
		.offset = 500,
		.at = NOW,
		.who = host(1),
		.rule = SIGNATURE,
		.flags = SIGHT_PROXIED };
	struct wire_proxy p = { SOURCE, 400, 1000, host(7) };
	struct bench b;

	up(&b, NOW);
	assert_true(judge_hear(&b.j, READER, 1, MSG_SIGHTING, &s, sizeof(s)));
	assert_true(stands(&b, 1));
	assert_int_equal(b.sent[MSG_ORDER], 0);
	assert_int_equal(b.sent[MSG_HAPPENED], 1);
	assert_true(judge_hear(&b.j, READER, 1, MSG_PROXIED, &p, sizeof(p)));
	see(&b, 7, SIGNATURE, 600, NOW);
	assert_false(stands(&b, 7));
	crash(&b);
}

static void who_breaks_the_rules_is_cut_off(void **state)
{
	struct wire_sighting s = { .source = SOURCE };
	struct wire_order o = { 0 };
	struct wire_never never = { .cause = 200 };
	struct bench b;

	up(&b, NOW);
	assert_false(judge_hear(&b.j, READER, 1, MSG_ORDER, &o, sizeof(o)));
	assert_false(
	    judge_hear(&b.j, READER, 1, MSG_SIGHTING, &s, sizeof(s) - 1));
	assert_false(judge_hear(&b.j, READER, 2, MSG_SIGHTING, &s, sizeof(s)));
	assert_false(judge_hear(&b.j, ENFORCER, 0, MSG_PROTECTED, &never,
	    sizeof(never)));
	/* nonsense within the form is counted and forgotten */
	s.who.family = 9;
	assert_true(judge_hear(&b.j, READER, 1, MSG_SIGHTING, &s, sizeof(s)));
	s.who = host(1);
	s.rule = 60000;
	s.generation = 1;
	assert_true(judge_hear(&b.j, READER, 1, MSG_SIGHTING, &s, sizeof(s)));
	assert_int_equal(b.j.stats.dropped, 2);
	crash(&b);
}

static int quiet_up(void **state)
{
	int fd = open("/dev/null", O_WRONLY);

	/* own events would mix with TAP on a terminal */
	(void)dup2(fd, STDERR_FILENO);
	close(fd);
	return test_dir_up(state);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, quiet_up, test_dir_down)

TESTS(TEST(the_fifth_failure_closes_before_the_disk_is_touched),
    TEST(a_measure_is_back_after_a_crash_and_ends_in_time),
    TEST(repeats_outlive_the_process),
    TEST(killed_anywhere_every_line_counts_exactly_once),
    TEST(windows_go_on_over_a_crash), TEST(who_is_protected_gets_an_alarm),
    TEST(a_new_enforcer_hears_all_and_its_list_replaces_the_old),
    TEST(an_order_the_enforcer_refuses_does_not_stand),
    TEST(the_operators_words_hold_over_a_crash),
    TEST(a_pardon_forgets_what_was_counted),
    TEST(without_a_ledger_defence_goes_on_and_is_stored_later),
    TEST(a_damaged_ledger_is_replaced_from_memory),
    TEST(what_the_kernel_holds_survives_a_lost_ledger),
    TEST(a_new_generation_of_rules_keeps_the_windows),
    TEST(through_a_proxy_the_kernel_is_not_asked),
    TEST(who_breaks_the_rules_is_cut_off))
