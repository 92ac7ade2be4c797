#include "herald/checks.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/tests.h"

/* The command says in a file what it was asked; 0 for bob alone. */
static const char yaml[] =
    "service: f2b-door\njail:\n  name: door\n  failregex: ['^x <HOST>$']\n"
    "  ignorecommand: 'printf \"%%s|\" <ip> ''<F-USER>'' \"<F-USER>\" "
    "<F-USER> <F-NONE> >>%s; test <F-USER> = bob'\n"
    "%s"
    "rules:\n- name: failure\n  about: a\n  kind: bruteforce\n"
    "  evidence: own-act\n  when: 5 in 10m\n";

struct bench {
	struct checks c;
	struct event_base *base;
	struct event *child;
	struct link ours, theirs;
	struct rules *rules;
	char file[40];
};

static void reap(evutil_socket_t fd, short what, void *arg)
{
	struct bench *b = arg;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		assert_true(checks_reaped(&b->c, pid, status));
}

static void up(struct bench *b, const char *more)
{
	char text[2000], all[2200];
	int ends[2], n, fd;

	*b = (struct bench){ .file = "/tmp/liptako-checks.XXXXXX" };
	fd = mkstemp(b->file);
	assert_true(fd >= 0);
	close(fd);
	snprintf(text, sizeof(text), yaml, b->file, more);
	n = snprintf(all, sizeof(all), "%%%%%% %zu /etc/x/fail2ban/a.yaml\n%s",
	    strlen(text), text);
	jails_load(&b->rules, (struct str){ all, (size_t)n });
	assert_int_equal(b->rules->n, 1);
	assert_int_equal(link_pair(ends), 0);
	b->ours.fd = ends[0];
	b->theirs.fd = ends[1];
	b->base = event_base_new();
	b->child = evsignal_new(b->base, SIGCHLD, reap, b);
	event_add(b->child, NULL);
	checks_new(&b->c, b->base, &b->ours);
	checks_rules(&b->c, b->rules);
}

static void down(struct bench *b)
{
	checks_rules(&b->c, NULL);
	free(b->c.of);
	event_free(b->child);
	event_base_free(b->base);
	close(b->ours.fd);
	close(b->theirs.fd);
	rules_free(&b->rules);
	unlink(b->file);
}

static void ask(struct bench *b, uint64_t id, const char *user)
{
	struct wire_check w = { .id = id, .at = 1000000 };
	char tags[400];
	int n = snprintf(tags, sizeof(tags), "F-USER=%s", user);

	assert_true(addr_parse(STR("192.0.2.7"), &w.who));
	snprintf(w.rule, sizeof(w.rule), "f2b-door/failure");
	checks_want(&b->c, &w, (struct str){ tags, (size_t)n + 1 });
}

/* The next answer, running whatever runs until it is there. */
static struct wire_checked next(struct bench *b)
{
	struct wire_checked w = { 0 };
	struct packet p;
	int e;

	while ((e = link_recv(&b->theirs, &p)) == LINK_EMPTY)
		event_base_loop(b->base, EVLOOP_ONCE);
	assert_int_equal(e, LINK_OK);
	assert_int_equal(p.type, MSG_CHECKED);
	memcpy(&w, p.p, sizeof(w));
	return w;
}

static void said(struct bench *b, char to[static 1000])
{
	int fd = open(b->file, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, to, 999);

	assert_true(n >= 0);
	to[n] = 0;
	close(fd);
}

static void exit_0_ignores(void **state)
{
	struct bench b;
	struct wire_checked w;
	char text[1000];

	up(&b, "");
	ask(&b, 1, "bob");
	w = next(&b);
	assert_int_equal(w.id, 1);
	assert_int_equal(w.how, CHECKED_IGNORED);
	ask(&b, 2, "eve");
	assert_int_equal(next(&b).how, CHECKED_COUNTS);
	said(&b, text);
	assert_string_equal(text,
	    "192.0.2.7|bob|bob|bob||192.0.2.7|eve|eve|eve||");
	down(&b);
}

static void what_a_log_says_is_a_word(void **state)
{
	static const char evil[] = "a b'\"`id`$(id);*\\ ";
	struct bench b;
	char text[1000], want[1000];

	up(&b, "");
	ask(&b, 1, evil);
	assert_int_equal(next(&b).how, CHECKED_COUNTS);
	said(&b, text);
	snprintf(want, sizeof(want), "192.0.2.7|%s|%s|%s||", evil, evil, evil);
	assert_string_equal(text, want);
	down(&b);
}

static void answers_are_kept_by_their_key(void **state)
{
	struct bench b;
	char text[1000];

	up(&b, "  cache-key: '<F-USER>@<ip-host>'\n  cache-count: 2\n"
	       "  cache-time: 1h\n");
	ask(&b, 1, "bob");
	assert_int_equal(next(&b).how, CHECKED_IGNORED);
	ask(&b, 2, "bob");
	assert_int_equal(next(&b).how, CHECKED_IGNORED);
	ask(&b, 3, "eve"); /* another key */
	assert_int_equal(next(&b).how, CHECKED_COUNTS);
	ask(&b, 4, "ann"); /* bob's gives way */
	assert_int_equal(next(&b).how, CHECKED_COUNTS);
	ask(&b, 5, "eve");
	assert_int_equal(next(&b).how, CHECKED_COUNTS);
	assert_int_equal(b.c.started, 3);
	ask(&b, 6, "bob");
	assert_int_equal(next(&b).how, CHECKED_IGNORED);
	assert_int_equal(b.c.started, 4);
	said(&b, text);
	assert_null(strstr(text, "eve|eve|eve||192.0.2.7|eve"));
	down(&b);
}

static void the_same_question_is_asked_once(void **state)
{
	struct bench b;
	unsigned both = 0;

	up(&b, "");
	ask(&b, 1, "bob");
	ask(&b, 2, "bob");
	for (int i = 0; i < 2; i++) {
		struct wire_checked w = next(&b);

		assert_int_equal(w.how, CHECKED_IGNORED);
		both |= 1U << w.id;
	}
	assert_int_equal(both, 6);
	assert_int_equal(b.c.started, 1);
	down(&b);
}

static void more_than_its_budget_is_not_run(void **state)
{
	struct bench b;

	up(&b, "");
	b.c.minute = mono_now();
	b.c.started = CHECKS_A_MINUTE;
	ask(&b, 1, "bob");
	assert_int_equal(next(&b).how, CHECKED_E_BUDGET);
	b.c.minute.ns -= MINUTES(1).ns;
	ask(&b, 2, "bob");
	assert_int_equal(next(&b).how, CHECKED_IGNORED);
	down(&b);
}

static void no_more_wait_than_there_is_room(void **state)
{
	struct bench b;
	unsigned n[CHECKED_KINDS] = { 0 };

	up(&b, "");
	b.c.n = CHECKS_WAITING; /* none of them is looked at */
	for (size_t i = 0; i < CHECKS_WAITING; i++)
		b.c.waiting[i] = NULL;
	ask(&b, 1, "bob");
	n[next(&b).how]++;
	assert_int_equal(n[CHECKED_E_BUDGET], 1);
	b.c.n = 0;
	down(&b);
}

static void a_reload_answers_who_waits(void **state)
{
	struct bench b;
	unsigned late = 0, failed = 0;

	up(&b, "");
	for (uint64_t i = 0; i < CHECKS_RUNNING + 3; i++) {
		char user[20];

		snprintf(user, sizeof(user), "u%d", (int)i);
		ask(&b, i, user);
	}
	checks_rules(&b.c, b.rules);
	for (uint64_t i = 0; i < CHECKS_RUNNING + 3; i++) {
		uint8_t how = next(&b).how;

		failed += how == CHECKED_E_FAILED;
		late += how == CHECKED_COUNTS;
	}
	assert_int_equal(failed, 3);
	assert_int_equal(late, CHECKS_RUNNING);
	down(&b);
}

TESTS(cmocka_unit_test(exit_0_ignores),
    cmocka_unit_test(what_a_log_says_is_a_word),
    cmocka_unit_test(answers_are_kept_by_their_key),
    cmocka_unit_test(the_same_question_is_asked_once),
    cmocka_unit_test(more_than_its_budget_is_not_run),
    cmocka_unit_test(no_more_wait_than_there_is_room),
    cmocka_unit_test(a_reload_answers_who_waits))
