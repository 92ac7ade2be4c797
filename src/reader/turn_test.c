#include "base/tests.h"

#include "reader/reader.h"

#include <sys/epoll.h>
#include <sys/mman.h>

enum {
	NOV_22 = 1795341600, /* 2026, 10:00 UTC */
	JAN_1 = 1798797600,  /* 2027, 10:00 UTC */
	INO = 7
};

static const char rules[] =
    "service: openssh\nabout: x\nprograms: [sshd]\n"
    "rules:\n- name: a\n  about: x\n  kind: bruteforce\n  attack: T1110\n"
    "  evidence: own-act\n  match: ['Failed <user> from <ip>']\n"
    "  when: 5 in 10m\n";

static struct reader r = { .judge.fd = -1,
	.scribe.fd = -1,
	.up.fd = -1,
	.inotify = -1 };
static struct link judge;

static void no_fault(void *arg, const char *file, unsigned line,
    unsigned column, const char *what)
{
	fail_msg("%s", what);
}

static void begin(void)
{
	struct wire_link w = { .peer = JUDGE };
	struct packet p = { MSG_LINK, sizeof(w), &w, -1 };
	int ends[2];

	r.epoll = epoll_create1(EPOLL_CLOEXEC);
	r.now = NOV_22;
	r.buf = mem_new(1, GEN_BUFFER);
	see_reader = &r;
	conf_load(&r.conf, "", (struct str){ 0 }, no_fault, NULL);
	rules_new(&r.rules);
	(void)rules_load(r.rules, "r", STR(rules), no_fault, NULL);
	assert_int_equal(matcher_new(&r.matcher, r.rules, no_fault, NULL), 0);
	r.twins = mem_new(r.rules->n_services, sizeof(*r.twins));
	r.zones = mem_new(1, sizeof(*r.zones));
	r.n_zones = 1;
	assert_int_equal(line_parser_new(&r.zones[0].parser, "UTC", r.now), 0);
	assert_int_equal(link_pair(ends), 0);
	judge.fd = ends[0];
	p.fd = ends[1];
	assert_int_equal(reader_hear(&r, &p), 0);
}

/* A log that was made since we look, and judge says to read it from 0. */
static int log_begin(void)
{
	struct wire_source s = { .id = 1,
		.watch = -1,
		.ino = INO,
		.fresh = 1,
		.trust = 1 };
	struct wire_resume m = { .source = 1, .ino = INO };
	struct packet p = { MSG_SOURCE, sizeof(s), &s, -1 };
	int log = memfd_create("log", MFD_CLOEXEC);

	p.fd = dup(log);
	assert_int_equal(reader_hear(&r, &p), 0);
	p = (struct packet){ MSG_RESUME, sizeof(m), &m, -1 };
	assert_int_equal(judge_hear(&r, &p), 0);
	return log;
}

/* Reads what there is; the last sighting that judge was told. */
static struct wire_sighting seen(void)
{
	struct wire_sighting s = { 0 };
	struct packet p;

	r.sources->first->dirty = true; /* as inotify would */
	sources_turn(&r);
	while (link_recv(&judge, &p) == LINK_OK)
		if (p.type == MSG_SIGHTING)
			memcpy(&s, p.p, sizeof(s));
	return s;
}

static void write_line(int log, const char *stamp)
{
	assert_true(
	    dprintf(log, "%s h sshd[1]: Failed root from 203.0.113.%d\n", stamp,
		7) > 0);
}

/* Dates of syslog have no year: which one it is moves on with the clock. */
static void a_reader_that_runs_for_long_knows_the_year(void **state)
{
	struct wire_sighting s;
	int log;

	begin();
	log = log_begin();
	write_line(log, "Nov 22 09:59:58");
	s = seen();
	assert_int_equal(s.at, NOV_22 - 2);
	r.now = NOV_22 + 4 * 86400;
	write_line(log, "Nov 26 09:59:57");
	s = seen();
	assert_int_equal(s.at, r.now - 3);
	assert_int_equal(s.flags & SIGHT_ARRIVAL, 0);
	r.now = JAN_1;
	write_line(log, "Jan  1 09:59:55");
	s = seen();
	assert_int_equal(s.at, JAN_1 - 5);
	assert_int_equal(s.flags & SIGHT_ARRIVAL, 0);
	close(log);
}

/* What judge is told next, of the kinds that matter here; 0: nothing. */
static uint32_t told(uint32_t *source)
{
	struct packet p;

	while (link_recv(&judge, &p) == LINK_OK)
		if (p.type == MSG_SIGHTING || p.type == MSG_CLOSED) {
			memcpy(source,
			    (const char *)p.p +
				(p.type == MSG_SIGHTING
					? offsetof(struct wire_sighting, source)
					: 0),
			    sizeof(*source));
			return p.type;
		}
	return 0;
}

static void a_source_that_is_over_is_read_first_and_then_forgotten(void **state)
{
	struct wire_source s = { .id = 900001,
		.watch = 3000000,
		.ino = INO + 1,
		.fresh = 1 };
	struct wire_resume m = { .source = s.id, .ino = s.ino };
	struct packet p = { MSG_SOURCE, sizeof(s), &s, -1 };
	size_t before = r.n_sources;
	uint32_t source = 0;
	int log = memfd_create("other", MFD_CLOEXEC);

	p.fd = dup(log);
	assert_int_equal(reader_hear(&r, &p), 0);
	assert_int_equal(r.n_sources, before + 1);
	assert_ptr_equal(log_of_watch(&r, s.watch), r.sources->first);
	assert_null(log_of_watch(&r, s.watch + WATCHES));
	write_line(log, "Jan  1 09:59:59");
	s.ino = 0;
	p = (struct packet){ MSG_SOURCE_END, sizeof(s), &s, -1 };
	assert_int_equal(reader_hear(&r, &p), 0);
	sources_turn(&r);
	assert_int_equal(told(&source), 0); /* judge was not asked yet */
	p = (struct packet){ MSG_RESUME, sizeof(m), &m, -1 };
	assert_int_equal(judge_hear(&r, &p), 0);
	for (int i = 0; i < 4 && source_of(&r, s.id); i++)
		sources_turn(&r);
	assert_null(source_of(&r, s.id));
	assert_null(log_of_watch(&r, s.watch));
	assert_int_equal(r.n_sources, before);
	assert_int_equal(told(&source), MSG_SIGHTING);
	assert_int_equal(source, s.id);
	assert_int_equal(told(&source), MSG_CLOSED);
	assert_int_equal(source, s.id);
	assert_int_equal(told(&source), 0);
	close(log);
}

TESTS(cmocka_unit_test(a_reader_that_runs_for_long_knows_the_year),
    cmocka_unit_test(a_source_that_is_over_is_read_first_and_then_forgotten))
