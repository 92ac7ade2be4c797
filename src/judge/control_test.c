#include "judge/control.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/tests.h"
#include "judge/request.h"
#include "judge/test_dir.h"

/*
 * The control socket on a judge whose enforcer is the test: it answers each
 * order and each question at once, from what was ordered so far.
 */
enum {
	NOW = 1800000000,
	HELD = 4096
};

static struct bench {
	struct judge j;
	struct event_base *base;
	struct control *control;
	struct net held[HELD];
	size_t n_held;
	bool silent; /* the enforcer */
	enum done refuses;
} b;

static void answer_order(const struct wire_order *o)
{
	struct wire_done d = { .id = o->id, .status = (uint8_t)b.refuses };

	if (b.refuses == DONE_OK && o->act == ACT_DENY && b.n_held < HELD)
		b.held[b.n_held++] = o->net;
	for (size_t i = 0; o->act == ACT_OPEN && i < b.n_held; i++)
		if (!memcmp(&b.held[i], &o->net, sizeof(o->net)))
			b.held[i--] = b.held[--b.n_held];
	control_done(b.control, o->id, &d);
}

struct later {
	struct wire_order order;
	struct wire_ask ask;
	bool is_order;
};

static void on_later(evutil_socket_t fd, short what, void *arg)
{
	struct later *l = arg;
	struct wire_element end = { .id = l->ask.id, .last = 1 };

	if (l->is_order)
		answer_order(&l->order);
	for (size_t i = 0; !l->is_order && i < b.n_held; i++) {
		struct wire_element e = { .id = l->ask.id,
			.net = b.held[i],
			.act = ACT_DENY,
			.left = 60,
			.packets = 7 };

		if (l->ask.what == ASK_ALL || net_has(&e.net, &l->ask.net.addr))
			control_element(b.control, &e);
	}
	if (!l->is_order)
		control_element(b.control, &end);
	free(l);
}

static void hear(void *arg, enum role to, uint32_t instance, uint32_t type,
    const void *body, size_t n, struct str tail)
{
	static const struct timeval soon = { 0, 0 };
	struct later l = { .is_order = type == MSG_ORDER };

	if (b.silent || (type != MSG_ORDER && type != MSG_ASK))
		return;
	if (l.is_order)
		memcpy(&l.order, body, n);
	else
		memcpy(&l.ask, body, n);
	(void)event_base_once(b.base, -1, EV_TIMEOUT, on_later,
	    mem_dup(&l, sizeof(l)), &soon);
}

static void fault(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
	fail_msg("%s:%u: %s", file, line, what);
}

static int up(void **state)
{
	static const struct judge_ops ops = { .send = hear };
	struct wire_ready ready = { 0 };
	struct conf *c;
	struct book *book;
	int fd = open("/dev/null", O_WRONLY);

	(void)dup2(fd, STDERR_FILENO);
	close(fd);
	if (test_dir_up(state))
		return -1;
	memset(&b, 0, sizeof(b));
	b.base = event_base_new();
	judge_new(&b.j, &ops, NULL);
	b.j.now = NOW;
	(void)conf_load(&c, "liptako.yaml", (struct str){ 0 }, fault, NULL);
	book_load(&book, 1, (struct str){ 0 }, c, fault, NULL);
	judge_rules(&b.j, &c, &book);
	b.control = control_new(&b.j, b.base);
	judge_restore(&b.j, test_dir());
	judge_linked(&b.j, ENFORCER, 0);
	(void)judge_hear(&b.j, ENFORCER, 0, MSG_READY, &ready, sizeof(ready));
	return 0;
}

static int down(void **state)
{
	control_free(&b.control);
	judge_free(&b.j);
	event_base_free(b.base);
	return test_dir_down(state);
}

/* A client that is let in: our own end of it. */
static int client(void)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
			     ends),
	    0);
	control_welcome(b.control, ends[0]);
	return ends[1];
}

struct answer {
	size_t rows;
	json_t *end; /* NULL: the conversation ended without */
};

static void say(int fd, const char *text, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);

		if (sent < 0 && errno == EAGAIN) {
			event_base_loop(b.base, EVLOOP_NONBLOCK);
			continue;
		}
		if (sent <= 0)
			return;
		text += sent;
		n -= (size_t)sent;
	}
}

static struct answer hear_answer(int fd)
{
	static char buf[1 << 22];
	struct answer a = { 0 };
	size_t n = 0;

	for (int turn = 0; turn < 200000 && !a.end; turn++) {
		struct str all, line;
		ssize_t got;

		event_base_loop(b.base, EVLOOP_NONBLOCK);
		got = recv(fd, buf + n, sizeof(buf) - n, 0);
		if (got == 0)
			break;
		n += got > 0 ? (size_t)got : 0;
		all = (struct str){ buf, n };
		while (str_cut(&all, '\n', &line)) {
			json_t *o = json_loadb(line.p, line.n, 0, NULL);

			assert_non_null(o);
			a.rows += json_object_get(o, "row") != NULL;
			if (json_object_get(o, "end"))
				a.end = json_incref(o);
			json_decref(o);
		}
		memmove(buf, all.p, all.n);
		n = all.n;
	}
	return a;
}

static struct answer asked(int fd, const char *line)
{
	say(fd, line, strlen(line));
	say(fd, "\n", 1);
	return hear_answer(fd);
}

static bool is_ok(const struct answer *a)
{
	return json_is_true(json_object_get(a->end, "ok"));
}

static void a_word_is_carried_out_and_told(void **state)
{
	int fd = client();
	struct answer a =
	    asked(fd, "{\"do\":\"deny\",\"net\":\"203.0.113.5\",\"term\":60}");

	assert_true(is_ok(&a));
	assert_int_equal(json_integer_value(json_object_get(a.end, "until")),
	    NOW + 60);
	assert_int_equal(b.n_held, 1);
	json_decref(a.end);
	a = asked(fd, "{\"do\":\"why\",\"net\":\"203.0.113.5\"}");
	assert_int_equal(json_array_size(json_object_get(a.end, "measures")),
	    1);
	assert_int_equal(json_integer_value(json_object_get(
			     json_array_get(json_object_get(a.end, "measures"),
				 0),
			     "packets")),
	    7);
	json_decref(a.end);
	a = asked(fd, "{\"do\":\"pardon\",\"net\":\"203.0.113.5\"}");
	assert_true(is_ok(&a));
	assert_int_equal(b.n_held, 0);
	json_decref(a.end);
	close(fd);
}

static void a_dry_word_changes_nothing(void **state)
{
	int fd = client();
	struct answer a =
	    asked(fd, "{\"do\":\"deny\",\"net\":\"203.0.113.5\",\"dry\":true}");

	assert_true(is_ok(&a));
	assert_int_equal(b.j.measures.n, 0);
	assert_int_equal(b.n_held, 0);
	json_decref(a.end);
	close(fd);
}

static void what_the_kernel_refuses_is_said(void **state)
{
	int fd = client();
	struct answer a;

	b.refuses = DONE_E_FULL;
	a = asked(fd, "{\"do\":\"deny\",\"net\":\"203.0.113.5\"}");
	assert_false(is_ok(&a));
	assert_string_equal(json_string_value(json_object_get(a.end, "code")),
	    "refused");
	json_decref(a.end);
	close(fd);
}

static void wide_and_protected_nets_are_refused(void **state)
{
	static const char *const lines[] = {
		"{\"do\":\"deny\",\"net\":\"10.0.0.0/8\"}",
		"{\"do\":\"deny\",\"net\":\"2001:db8::/32\"}",
		"{\"do\":\"deny\",\"net\":\"192.0.2.1\"}",
		"{\"do\":\"deny\",\"net\":\"192.0.2.0/24\"}",
		"{\"do\":\"allow\",\"net\":\"0.0.0.0/0\"}",
	};
	struct wire_never own = { .net = { { 4, { 192, 0, 2, 1 } }, 32 },
		.cause = NEVER_OWN };
	int fd = client();

	assert_true(
	    judge_hear(&b.j, ENFORCER, 0, MSG_PROTECTED, &own, sizeof(own)));
	for (size_t i = 0; i < countof(lines); i++) {
		struct answer a = asked(fd, lines[i]);

		assert_non_null(a.end);
		assert_false(is_ok(&a));
		json_decref(a.end);
	}
	assert_int_equal(b.j.measures.n, 0);
	close(fd);
}

static void three_thousand_rows_come_in_pieces(void **state)
{
	int fd = client(), other = client();
	struct answer a;

	for (uint32_t i = 0; i < 3000; i++) {
		struct net n = {
			{ 4, { 203, 0, (uint8_t)(i >> 8), (uint8_t)i } }, 32
		};

		(void)judge_deny(&b.j, &n, &n.addr, NOW + 60, 0, NULL);
	}
	say(fd, "{\"do\":\"list\"}\n", 14);
	for (int i = 0; i < 20; i++)
		event_base_loop(b.base, EVLOOP_NONBLOCK);
	/* the one is not done; another is answered meanwhile */
	a = asked(other, "{\"do\":\"status\"}");
	assert_non_null(a.end);
	json_decref(a.end);
	a = hear_answer(fd);
	assert_int_equal(a.rows, 3000);
	json_decref(a.end);
	close(fd);
	close(other);
}

static void who_says_nonsense_is_told_or_cut_off(void **state)
{
	static char flood[REQUEST_MAX + 4096];
	struct answer a;
	int fd = client();

	a = asked(fd, "nonsense");
	assert_false(is_ok(&a));
	json_decref(a.end);
	a = asked(fd, "{\"do\":\"status\"}"); /* and may go on */
	assert_true(is_ok(&a));
	json_decref(a.end);
	memset(flood, 'x', sizeof(flood));
	say(fd, flood, sizeof(flood));
	a = hear_answer(fd);
	assert_null(a.end);
	close(fd);
}

static void too_many_are_turned_away_and_later_let_in(void **state)
{
	int fds[28];
	struct answer a;

	for (size_t i = 0; i < countof(fds); i++)
		fds[i] = client();
	a = hear_answer(fds[27]);
	assert_string_equal(json_string_value(json_object_get(a.end, "code")),
	    "busy");
	json_decref(a.end);
	for (size_t i = 0; i < countof(fds); i++)
		close(fds[i]);
	for (int i = 0; i < 20; i++)
		event_base_loop(b.base, EVLOOP_NONBLOCK);
	fds[0] = client();
	a = asked(fds[0], "{\"do\":\"status\"}");
	assert_true(is_ok(&a));
	json_decref(a.end);
	close(fds[0]);
}

static void a_silent_enforcer_does_not_hang_the_answer(void **state)
{
	int fd = client();
	struct answer a;

	b.silent = true;
	say(fd, "{\"do\":\"status\"}\n", 16);
	for (int i = 0; i < 5; i++)
		event_base_loop(b.base, EVLOOP_NONBLOCK);
	b.j.now += 10;
	control_tick(b.control);
	a = hear_answer(fd);
	assert_true(json_is_null(json_object_get(a.end, "kernel")));
	assert_true(json_is_false(json_object_get(a.end, "defended")));
	json_decref(a.end);
	close(fd);
}

static void who_hangs_up_while_he_waits_is_forgotten(void **state)
{
	int fd = client();

	b.silent = true;
	say(fd, "{\"do\":\"list\"}\n", 14);
	for (int i = 0; i < 5; i++)
		event_base_loop(b.base, EVLOOP_NONBLOCK);
	close(fd);
	for (int i = 0; i < 5; i++)
		event_base_loop(b.base, EVLOOP_NONBLOCK);
	b.j.now += 10;
	control_tick(b.control); /* and nobody is told anything */
	assert_int_equal(b.j.measures.n, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, up, down)

TESTS(TEST(a_word_is_carried_out_and_told), TEST(a_dry_word_changes_nothing),
    TEST(what_the_kernel_refuses_is_said),
    TEST(wide_and_protected_nets_are_refused),
    TEST(three_thousand_rows_come_in_pieces),
    TEST(who_says_nonsense_is_told_or_cut_off),
    TEST(too_many_are_turned_away_and_later_let_in),
    TEST(a_silent_enforcer_does_not_hang_the_answer),
    TEST(who_hangs_up_while_he_waits_is_forgotten))
