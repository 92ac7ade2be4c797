#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/tests.h"
#include "judge/ledger_priv.h"
#include "judge/test_dir.h"

static const char *const rules[] = { "t/one", "t/two" };

static struct addr ip(const char *text)
{
	struct addr a = { 0 };

	assert_true(addr_parse(str_of(text), &a));
	return a;
}

static struct ledger *must_open(const char *dir, struct ledger_opened *how)
{
	struct ledger *l = NULL;

	assert_int_equal(ledger_open(&l, dir, how), LEDGER_OK);
	assert_non_null(l);
	if (!how->read_only)
		assert_int_equal(ledger_rules(l, rules, 2), LEDGER_OK);
	return l;
}

static struct ledger_event event(const char *who, uint16_t rule, uint32_t at)
{
	return (struct ledger_event){ .who = ip(who),
		.rule = rule,
		.at = at,
		.expires = at + 600,
		.place = { 7, 8, at, 9, 100, at } };
}

static void count_event(void *arg, const struct ledger_event *e)
{
	++*(unsigned *)arg;
}

static void count_place(void *arg, const struct place *p)
{
	++*(unsigned *)arg;
}

static void keep_measure(void *arg, const struct ledger_measure *m)
{
	*(struct ledger_measure *)arg = *m;
}

static void what_was_stored_is_there_again(void **state)
{
	struct ledger_opened how;
	struct ledger_measure m = { .net = addr_unit(ip("192.0.2.7")),
		.act = 1,
		.rung = RUNG_OWN,
		.verdict = VERDICT_DENY,
		.rule = 1,
		.count = 5,
		.until = 5000 },
			      got = { 0 };
	struct ledger *l = must_open(test_dir(), &how);
	unsigned n = 0, lines = 0;

	assert_int_equal(how.from, 0);
	assert_int_equal(ledger_begin(l), LEDGER_OK);
	for (uint32_t i = 0; i < 15; i++) {
		struct ledger_event e = event("192.0.2.7", 1, 1000 + i);

		assert_int_equal(ledger_put_event(l, &e), LEDGER_OK);
	}
	assert_int_equal(ledger_put_measure(l, &m, true), LEDGER_OK);
	assert_int_equal(ledger_commit(l), LEDGER_OK);
	ledger_close(&l);

	l = must_open(test_dir(), &how);
	assert_int_equal(how.from, LEDGER_VERSION);
	assert_int_equal(ledger_events(l, 1100, count_event, &n), LEDGER_OK);
	assert_int_equal(n, 15);
	assert_int_equal(ledger_measure_of(l, &m.net, keep_measure, &got),
	    LEDGER_OK);
	assert_memory_equal(&got, &m, sizeof(m));
	assert_int_equal(ledger_lines_of(l, &m.net, count_place, &lines),
	    LEDGER_OK);
	assert_int_equal(lines, LEDGER_LINES);
	ledger_close(&l);
}

static void events_of_a_net_are_a_range(void **state)
{
	static const struct {
		const char *net;
		unsigned n;
	} t[] = { { "192.0.2.0/24", 2 }, { "192.0.2.7", 1 },
		{ "2001:db8::/64", 1 }, { "2001:db8:0:1::/64", 1 },
		{ "192.0.3.0/24", 0 }, { "2001:db8::/32", 2 } };
	static const char *const who[] = { "192.0.2.7", "192.0.2.255",
		"2001:db8::5", "2001:db8:0:1::9" };
	struct ledger_opened how;
	struct ledger *l = must_open(test_dir(), &how);

	for (size_t i = 0; i < countof(who); i++) {
		struct ledger_event e = event(who[i], 0, 1000);

		assert_int_equal(ledger_put_event(l, &e), LEDGER_OK);
	}
	for (size_t i = 0; i < countof(t); i++) {
		unsigned n = 0;
		struct net net;

		assert_true(net_parse(str_of(t[i].net), false, &net));
		assert_int_equal(ledger_events_of(l, &net, 10, count_event, &n),
		    LEDGER_OK);
		assert_int_equal(n, t[i].n);
	}
	ledger_close(&l);
}

/* As the first version wrote it. */
static void write_version_1(const char *path)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, ledger_steps[0], NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
			     "PRAGMA user_version = 1;"
			     "INSERT INTO name VALUES(1, 't/gone'),"
			     " (2, 't/two');"
			     "INSERT INTO measure VALUES(x'c0000207', 32, 1, 8,"
			     " 3, 0, 2, 5, 5, 600, 1, 2, 3, 4000, 1, 77, 0);",
			     NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_close(db);
}

static void an_older_file_is_brought_forward_and_kept(void **state)
{
	struct net net = addr_unit(ip("192.0.2.7"));
	struct ledger_measure got = { 0 };
	struct ledger_opened how;
	struct ledger *l;
	struct stat st;

	write_version_1(test_path("ledger.db"));
	l = must_open(test_dir(), &how);
	assert_int_equal(how.from, 1);
	assert_int_equal(stat(test_path("ledger.db.v1"), &st), 0);
	assert_int_equal(ledger_measure_of(l, &net, keep_measure, &got),
	    LEDGER_OK);
	assert_int_equal(got.packets, 77);
	assert_int_equal(got.rule, 1); /* by its name */
	ledger_close(&l);
	l = must_open(test_dir(), &how);
	assert_int_equal(how.from, LEDGER_VERSION);
	ledger_close(&l);
}

static void text_of_ports(void *arg, uint8_t number, char to[static PORTS_MAX])
{
	snprintf(to, PORTS_MAX, number == 3 ? "22/tcp" : "");
}

static uint8_t number_of_ports(void *arg, struct str text)
{
	return str_eq(text, STR("22/tcp")) ? *(uint8_t *)arg : 99;
}

static void keep_memory(void *arg, const struct law_memory *m)
{
	*(struct law_memory *)arg = *m;
}

/* Numbers are another judge's: the file has them as text. */
static void ports_are_kept_as_text(void **state)
{
	struct net net = addr_unit(ip("192.0.2.7"));
	struct ledger_measure m = { .net = net, .ports = 3 }, got = { 0 };
	struct law_memory mem = { .net = net, .ports = 3 }, got_mem = { 0 };
	struct ledger_opened how;
	struct ledger *l;
	uint8_t number = 5;

	write_version_1(test_path("ledger.db"));
	l = must_open(test_dir(), &how);
	ledger_ports(l, text_of_ports, number_of_ports, &number);
	assert_int_equal(ledger_measure_of(l, &net, keep_measure, &got),
	    LEDGER_OK);
	assert_int_equal(got.ports, 0); /* what stood before closes all */
	assert_int_equal(ledger_put_measure(l, &m, false), LEDGER_OK);
	assert_int_equal(ledger_put_memory(l, &mem), LEDGER_OK);
	assert_int_equal(ledger_measure_of(l, &net, keep_measure, &got),
	    LEDGER_OK);
	assert_int_equal(got.ports, 5);
	assert_int_equal(ledger_memories(l, keep_memory, &got_mem), LEDGER_OK);
	assert_int_equal(got_mem.ports, 5);
	ledger_close(&l);
}

static void addresses_of_a_64_are_kept(void **state)
{
	struct addr a = ip("2001:db8:1:2::5"), b = ip("2001:db8:1:2::6");
	struct ledger_measure m = { .net = addr_unit(a) }, got = { 0 };
	struct ledger_opened how;
	struct ledger *l;

	hosts_add(&m.hosts, &a);
	hosts_add(&m.hosts, &b);
	l = must_open(test_dir(), &how);
	assert_int_equal(ledger_put_measure(l, &m, false), LEDGER_OK);
	assert_int_equal(ledger_measure_of(l, &m.net, keep_measure, &got),
	    LEDGER_OK);
	assert_memory_equal(&got.hosts, &m.hosts, sizeof(got.hosts));
	ledger_close(&l);
}

static void a_newer_file_is_not_touched(void **state)
{
	struct ledger_opened how;
	struct ledger *l;
	struct stat st;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(test_path("ledger.db"), &db), SQLITE_OK);
	sqlite3_exec(db, "CREATE TABLE t(a); PRAGMA user_version = 99", NULL,
	    NULL, NULL);
	sqlite3_close(db);
	l = must_open(test_dir(), &how);
	assert_true(how.aside);
	assert_int_equal(stat(how.path, &st), 0);
	ledger_close(&l);
}

static void garbage_is_moved_aside(void **state)
{
	struct ledger_opened how;
	struct ledger *l;
	struct stat st;
	int fd = open(test_path("ledger.db"), O_WRONLY | O_CREAT, 0600);

	for (int i = 0; i < 1000; i++)
		assert_int_equal(write(fd, "this is no database", 19), 19);
	close(fd);
	l = must_open(test_dir(), &how);
	assert_true(how.aside);
	assert_int_equal(stat(how.path, &st), 0);
	assert_int_equal(st.st_size, 19000);
	ledger_close(&l);
}

static void without_a_folder_it_says_so(void **state)
{
	struct ledger_opened how;
	struct ledger *l = NULL;

	assert_int_equal(ledger_open(&l, test_path("nowhere"), &how),
	    LEDGER_E_READ_ONLY);
	assert_null(l);
}

static void a_full_disk_is_an_answer_and_passes(void **state)
{
	struct rlimit was, small;
	struct ledger_opened how;
	struct ledger *l = must_open(test_dir(), &how);
	int e = LEDGER_OK;

	(void)sigaction(SIGXFSZ, &(struct sigaction){ .sa_handler = SIG_IGN },
	    NULL);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	small = was;
	small.rlim_cur = 32 << 10;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (uint32_t i = 0; !e && i < 3000; i++) {
		struct ledger_event ev = event("192.0.2.7", 0, i);

		e = ledger_begin(l);
		if (!e)
			e = ledger_put_event(l, &ev);
		if (!e)
			e = ledger_commit(l);
	}
	ledger_back(l);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_int_equal(e, LEDGER_E_FULL);
	assert_int_equal(ledger_begin(l), LEDGER_OK);
	assert_int_equal(ledger_put_counter(l, "after", 1), LEDGER_OK);
	assert_int_equal(ledger_commit(l), LEDGER_OK);
	ledger_close(&l);
}

static void get_counter(void *arg, struct str name, uint64_t value)
{
	*(uint64_t *)arg = value;
}

/* Each transaction adds three events and raises the counter by three. */
static void write_for_ever(const char *dir)
{
	struct ledger_opened how;
	struct ledger *l = NULL;
	uint64_t n = 0;

	if (ledger_open(&l, dir, &how) || ledger_rules(l, rules, 2) ||
	    ledger_counters(l, get_counter, &n))
		_exit(1);
	for (;;) {
		int e = ledger_begin(l);

		for (int i = 0; !e && i < 3; i++, n++) {
			struct ledger_event ev =
			    event("192.0.2.7", 0, (uint32_t)n);

			e = ledger_put_event(l, &ev);
		}
		if (e || ledger_put_counter(l, "n", n) || ledger_commit(l))
			_exit(2);
		if (n % 99 == 0)
			ledger_checkpoint(l, 1);
	}
}

static void killed_at_any_point_it_is_whole(void **state)
{
	uint64_t last = 0;

	for (int round = 0; round < 12; round++) {
		uint64_t counter = 0;
		unsigned events = 0;
		struct ledger_opened how;
		struct ledger *l;
		pid_t child = fork();
		int status;

		if (child == 0)
			write_for_ever(test_dir());
		usleep(15000 + (unsigned)(round * 7919) % 20000);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		l = must_open(test_dir(), &how);
		assert_false(how.aside);
		assert_int_equal(ledger_counters(l, get_counter, &counter),
		    LEDGER_OK);
		assert_int_equal(ledger_events(l, 0, count_event, &events),
		    LEDGER_OK);
		assert_int_equal(events, counter);
		assert_true(counter >= last);
		last = counter;
		ledger_close(&l);
	}
	assert_true(last > 100);
}

static void pruning_is_bounded_and_complete(void **state)
{
	static const struct ledger_limits few = { 100, 1000, 1000 };
	struct ledger_opened how;
	struct ledger *l = must_open(test_dir(), &how);
	unsigned n = 0;

	assert_int_equal(ledger_begin(l), LEDGER_OK);
	for (uint32_t i = 0; i < 6000; i++) {
		struct ledger_event e = event("192.0.2.7", 0, 1000);

		e.expires = i % 2 ? 2000 : 9000;
		assert_int_equal(ledger_put_event(l, &e), LEDGER_OK);
	}
	assert_int_equal(ledger_commit(l), LEDGER_OK);
	for (int i = 0; i < 4; i++)
		assert_int_equal(ledger_prune(l, 3000, &few), LEDGER_OK);
	assert_int_equal(ledger_events(l, 0, count_event, &n), LEDGER_OK);
	assert_true(n <= 3000);
	ledger_close(&l);
}

static void see_position(void *arg, const struct ledger_position *p)
{
	*(uint64_t *)arg += p->key;
}

static void see_log(void *arg, uint64_t key, struct str path, struct str cursor)
{
	*(uint64_t *)arg += key;
}

static void logs_that_are_gone_for_long_are_forgotten(void **state)
{
	static const struct ledger_position p[] = {
		{ .key = 1, .ino = 5, .used = 1000 },
		{ .key = 2, .ino = 5, .used = 9000 }
	};
	struct ledger_opened how;
	struct ledger *l = must_open(test_dir(), &how);
	uint64_t positions = 0, logs = 0;

	for (size_t i = 0; i < countof(p); i++) {
		assert_int_equal(ledger_put_position(l, &p[i]), LEDGER_OK);
		assert_int_equal(ledger_put_log(l, p[i].key, STR("/log"),
				     STR("")),
		    LEDGER_OK);
	}
	assert_int_equal(ledger_prune_logs(l, 5000), LEDGER_OK);
	assert_int_equal(ledger_positions(l, see_position, &positions),
	    LEDGER_OK);
	assert_int_equal(ledger_logs(l, see_log, &logs), LEDGER_OK);
	assert_int_equal(positions, 2);
	assert_int_equal(logs, 2);
	ledger_close(&l);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, test_dir_up, test_dir_down)

TESTS(TEST(what_was_stored_is_there_again), TEST(events_of_a_net_are_a_range),
    TEST(an_older_file_is_brought_forward_and_kept),
    TEST(ports_are_kept_as_text), TEST(addresses_of_a_64_are_kept),
    TEST(a_newer_file_is_not_touched), TEST(garbage_is_moved_aside),
    TEST(without_a_folder_it_says_so),
    TEST(a_full_disk_is_an_answer_and_passes),
    TEST(killed_at_any_point_it_is_whole),
    TEST(pruning_is_bounded_and_complete),
    TEST(logs_that_are_gone_for_long_are_forgotten))
