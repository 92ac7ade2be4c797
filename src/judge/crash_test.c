#include "judge/test_bench.h"

#include <sqlite3.h>

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

static void what_was_done_today_outlives_the_process(void **state)
{
	struct bench b;

	up(&b, NOW / 86400 * 86400 + 3600);
	see(&b, 1, SIGNATURE, 100, b.j.now);
	see(&b, 2, SIGNATURE, 200, b.j.now);
	judge_commit(&b.j);
	crash(&b);
	up(&b, NOW / 86400 * 86400 + 7200);
	assert_int_equal(b.j.stats.denied_today, 2);
	see(&b, 3, SIGNATURE, 300, b.j.now);
	judge_commit(&b.j);
	crash(&b);
	up(&b, NOW / 86400 * 86400 + 7300);
	assert_int_equal(b.j.stats.denied_today, 3);
	crash(&b);
	up(&b, NOW / 86400 * 86400 + 86400);
	assert_int_equal(b.j.stats.denied_today, 0);
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

static struct bench *breathing;

/* The enforcer comes up while the ledger is read. */
static void breathe(void *arg)
{
	struct wire_ready ready = { 0 };

	if (!breathing->sent[MSG_SYNC])
		assert_true(judge_hear(&breathing->j, ENFORCER, 0, MSG_READY,
		    &ready, sizeof(ready)));
	while (judge_sync_more(&breathing->j, 1000))
		;
	assert_int_equal(breathing->sent[MSG_SYNC], 1); /* begun, no end */
}

static void up_breathing(struct bench *b)
{
	static const struct judge_ops ops = { .send = hear,
		.breathe = breathe };

	memset(b, 0, sizeof(*b));
	breathing = b;
	judge_new(&b->j, &ops, b);
	b->j.now = NOW;
	give_rules(&b->j, 1);
	judge_linked(&b->j, ENFORCER, 0);
	judge_restore(&b->j, test_dir());
}

static void shut_out(struct bench *b, uint32_t n)
{
	up(b, NOW);
	for (uint32_t i = 1; i <= n; i++)
		see(b, i, SIGNATURE, i * 100, NOW);
	judge_commit(&b->j);
	ledger_checkpoint(b->j.ledger, 1);
	crash(b);
}

static void the_kernel_hears_while_the_ledger_is_read(void **state)
{
	struct bench b;

	shut_out(&b, 2000);
	up_breathing(&b);
	assert_true(b.closed >= 1000);
	while (judge_sync_more(&b.j, 1000))
		;
	assert_int_equal(b.closed, 2000);
	assert_int_equal(b.sent[MSG_SYNC], 2);
	crash(&b);
}

/* What it had said so far was not all. */
static void a_ledger_that_breaks_while_it_is_told_opens_nothing(void **state)
{
	struct bench b;
	sqlite3 *db;

	shut_out(&b, 2000);
	assert_int_equal(sqlite3_open(test_path("ledger.db"), &db), SQLITE_OK);
	/* what is read after the measures has a tree of another kind */
	assert_int_equal(
	    sqlite3_exec(db,
		"PRAGMA writable_schema = ON;"
		"UPDATE sqlite_schema SET rootpage = (SELECT"
		" rootpage FROM sqlite_schema WHERE name = 'event')"
		" WHERE name = 'memory'",
		NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_close(db);
	up_breathing(&b);
	assert_true(moved_aside());
	assert_true(b.j.adopts);
	assert_int_equal(b.sync.end, SYNC_PART);
	assert_int_equal(b.sent[MSG_ASK], 1);
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

TESTS(TEST(a_measure_is_back_after_a_crash_and_ends_in_time),
    TEST(what_was_done_today_outlives_the_process),
    TEST(repeats_outlive_the_process),
    TEST(killed_anywhere_every_line_counts_exactly_once),
    TEST(windows_go_on_over_a_crash),
    TEST(a_new_enforcer_hears_all_and_its_list_replaces_the_old),
    TEST(without_a_ledger_defence_goes_on_and_is_stored_later),
    TEST(a_damaged_ledger_is_replaced_from_memory),
    TEST(what_the_kernel_holds_survives_a_lost_ledger),
    TEST(the_kernel_hears_while_the_ledger_is_read),
    TEST(a_ledger_that_breaks_while_it_is_told_opens_nothing),
    TEST(a_new_generation_of_rules_keeps_the_windows))
