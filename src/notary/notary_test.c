/*
 * The program itself, as warden starts it, between a judge and an envoy.
 */
#include "base/link.h"
#include "base/tests.h"
#include "signing/draft_test.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>

static const char *program;
static struct link warden, judge, envoy;
static struct drafter author;
static uint8_t body[ACT_BODY_MOST];
static struct packet p;
static struct frame f;
static pid_t pid;

static int key_fd(const void *seed, size_t n)
{
	int fd = memfd_create("key", MFD_CLOEXEC);

	assert_int_equal(write(fd, seed, n), n);
	return fd;
}

static void tell(uint32_t type, const void *m, size_t n, int fd)
{
	assert_int_equal(link_send(&warden, type, m, n, STR(""), fd), LINK_OK);
}

/* The next message of that type; all before it are passed over. */
static void await(struct link *l, uint32_t type)
{
	do {
		assert_int_equal(link_wait(l, false, 10000), 0);
		assert_int_equal(link_recv(l, &p), LINK_OK);
	} while (p.type != type);
}

static int begin(void **state)
{
	struct wire_setup setup = { .generation = 1 };
	struct wire_link to_judge = { .peer = JUDGE };
	struct wire_link to_envoy = { .peer = ENVOY };
	struct wire_none none = { 0 };
	struct act_run run;
	int up[2], j[2], e[2],
	    key = key_fd("01234567890123456789012345678901", 32);

	if (link_pair(up) + link_pair(j) + link_pair(e) != 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		if (dup2(up[1], 3) < 0 || fcntl(3, F_SETFD, 0) < 0)
			_exit(126);
		execl(program, program, (char *)NULL);
		_exit(127);
	}
	warden.fd = up[0];
	judge.fd = j[0];
	envoy.fd = e[0];
	close(up[1]);
	tell(MSG_SETUP, &setup, sizeof(setup), -1);
	tell(MSG_KEY, &none, sizeof(none), key);
	tell(MSG_LINK, &to_judge, sizeof(to_judge), j[1]);
	tell(MSG_LINK, &to_envoy, sizeof(to_envoy), e[1]);
	tell(MSG_GO, &none, sizeof(none), -1);
	close(key);
	close(j[1]);
	close(e[1]);
	await(&warden, MSG_UP);
	await(&judge, MSG_ENVOY_KEY);
	author = (struct drafter){ .alliance = 9 };
	memcpy(author.key, p.p, ACT_KEY);
	chain_begin(&author.author, 1000, RUN_START, &run);
	return 0;
}

static int end(void **state)
{
	int status;

	close(warden.fd);
	close(judge.fd);
	close(envoy.fd);
	while (waitpid(pid, &status, 0) < 0)
		;
	return status;
}

static void draft(uint32_t i)
{
	union act_body b = draft_notice(i);
	size_t n;
	struct wire_draft m = draft_next(&author, ACT_NOTICE, &b, body, &n);

	assert_int_equal(link_send(&judge, MSG_DRAFT, &m, sizeof(m),
			     (struct str){ (char *)body, n }, -1),
	    LINK_OK);
}

static void a_draft_goes_out_signed_to_both(void **state)
{
	uint8_t key[ACT_KEY], secret[64];
	const struct wire_signed *s;
	size_t at;

	crypto_sign_seed_keypair(key, secret,
	    (const uint8_t *)"01234567890123456789012345678901");
	assert_memory_equal(author.key, key, ACT_KEY);
	draft(1);
	await(&envoy, MSG_OUT);
	assert_true(msg_fits(p.type, NOTARY, ENVOY, p.n));
	at = sizeof(struct wire_out);
	assert_int_equal(frame_parse(&f, (const char *)p.p + at, p.n - at),
	    ACT_OK);
	assert_int_equal(frame_verify(&f), ACT_OK);
	assert_memory_equal(f.acts[0].e.envoy, key, ACT_KEY);
	await(&judge, MSG_SIGNED);
	assert_true(msg_fits(p.type, NOTARY, JUDGE, p.n));
	s = p.p;
	assert_int_equal(s->n, 1);
	assert_int_equal(s->ids[0], 1);
	at = sizeof(*s);
	assert_int_equal(frame_parse(&f, (const char *)p.p + at, p.n - at),
	    ACT_OK);
	assert_true(act_hash_eq(&f.acts[0].hash, &author.author.head));
}

/* While it is stopped drafts gather: then they share their signatures. */
static void what_waits_is_signed_together(void **state)
{
	uint32_t acts = 0, frames = 0;

	kill(pid, SIGSTOP);
	for (uint32_t i = 0; i < 200; i++)
		draft(i);
	kill(pid, SIGCONT);
	while (acts < 200) {
		await(&judge, MSG_SIGNED);
		acts += ((const struct wire_signed *)p.p)->n;
		frames++;
	}
	assert_int_equal(acts, 200);
	assert_true(frames <= 8);
}

static void an_ill_typed_draft_is_answered_and_not_signed(void **state)
{
	union act_body b = draft_notice(1);
	const struct wire_unsigned *no;
	size_t n;
	struct chain_author was = author.author;
	struct wire_draft m = draft_next(&author, ACT_NOTICE, &b, body, &n);

	author.author = was;
	m.id = 77;
	m.type = ACT_RECEIPT;
	link_send(&judge, MSG_DRAFT, &m, sizeof(m),
	    (struct str){ (char *)body, n }, -1);
	draft(2);
	await(&judge, MSG_UNSIGNED);
	no = p.p;
	assert_int_equal(no->id, 77);
	assert_int_not_equal(no->fault, ACT_OK);
	await(&judge, MSG_SIGNED);
	assert_int_equal(((const struct wire_signed *)p.p)->n, 1);
	/* the envoy has seen one frame with one notice, nothing else */
	await(&envoy, MSG_OUT);
	assert_int_equal(((const struct wire_out *)p.p)->n, 1);
	assert_int_equal(link_recv(&envoy, &p), LINK_EMPTY);
}

static void an_envoy_may_come_and_go(void **state)
{
	struct wire_link to = { .peer = ENVOY };
	int e[2];

	close(envoy.fd);
	draft(1);
	await(&judge, MSG_SIGNED);
	assert_int_equal(link_pair(e), 0);
	envoy.fd = e[0];
	tell(MSG_LINK, &to, sizeof(to), e[1]);
	close(e[1]);
	/* warden and judge are heard in no order of theirs */
	for (uint32_t i = 2; i < 200; i++) {
		draft(i);
		await(&judge, MSG_SIGNED);
		if (link_recv(&envoy, &p) == LINK_OK)
			return;
	}
	fail();
}

/* A judge that somebody else commands. */
static void who_breaks_the_table_is_cut_off(void **state)
{
	struct wire_none none = { 0 };

	link_send(&judge, MSG_KEY, &none, sizeof(none), STR(""), -1);
	assert_int_equal(link_wait(&judge, false, 10000), 0);
	assert_int_equal(link_recv(&judge, &p), LINK_GONE);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
}

static void there_is_no_second_key(void **state)
{
	struct wire_none none = { 0 };
	int key = key_fd("another-key-another-key-another-", 32), status;

	tell(MSG_KEY, &none, sizeof(none), key);
	close(key);
	while (waitpid(pid, &status, 0) < 0)
		;
	assert_int_not_equal(status, 0);
	close(warden.fd);
	close(judge.fd);
	close(envoy.fd);
}

/* What the kernel says of it: nothing of the table in the row is missing. */
static void it_is_in_its_jail(void **state)
{
	char path[64], line[256];
	bool calls = false, nnp = false;
	int fds = 0;
	FILE *s;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	s = fopen(path, "re");
	assert_non_null(s);
	while (fgets(line, sizeof(line), s)) {
		calls |= strncmp(line, "Seccomp:\t2", 10) == 0;
		nnp |= strncmp(line, "NoNewPrivs:\t1", 13) == 0;
	}
	fclose(s);
	assert_true(calls);
	assert_true(nnp);
	/* std*, warden, judge, envoy: and the key's file is closed */
	for (int fd = 0; fd < 64; fd++) {
		char to[128];
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, fd);
		n = readlink(path, to, sizeof(to) - 1);
		if (n < 0)
			continue;
		to[n] = '\0';
		assert_null(strstr(to, "key"));
		fds += strncmp(to, "socket:", 7) == 0;
	}
	assert_true(geteuid() != 0 || fds >= 3);
}

int main(int n, char **arg)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_draft_goes_out_signed_to_both,
		    begin, end),
		cmocka_unit_test_setup_teardown(what_waits_is_signed_together,
		    begin, end),
		cmocka_unit_test_setup_teardown(
		    an_ill_typed_draft_is_answered_and_not_signed, begin, end),
		cmocka_unit_test_setup_teardown(an_envoy_may_come_and_go, begin,
		    end),
		cmocka_unit_test_setup_teardown(who_breaks_the_table_is_cut_off,
		    begin, end),
		cmocka_unit_test_setup_teardown(it_is_in_its_jail, begin, end),
		cmocka_unit_test_setup(there_is_no_second_key, begin),
	};

	act_init();
	program = n > 1 ? arg[1] : "notary";
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
