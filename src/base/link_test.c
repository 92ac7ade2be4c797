#include "base/link.h"

#include "base/tests.h"

#include <fcntl.h>
#include <sys/socket.h>

static void pair(struct link *a, struct link *b)
{
	int ends[2];

	assert_int_equal(link_pair(ends), 0);
	a->fd = ends[0];
	b->fd = ends[1];
}

static void a_message_arrives_whole(void **state)
{
	static struct link a, b;
	struct packet p;
	uint64_t body = 42;

	pair(&a, &b);
	assert_int_equal(link_recv(&b, &p), LINK_EMPTY);
	assert_int_equal(link_send(&a, 7, &body, sizeof(body), STR("tail"), -1),
	    LINK_OK);
	assert_int_equal(link_recv(&b, &p), LINK_OK);
	assert_int_equal(p.type, 7);
	assert_int_equal(p.n, sizeof(body) + 4);
	assert_memory_equal(p.p, &body, sizeof(body));
	assert_memory_equal((const char *)p.p + 8, "tail", 4);
	assert_int_equal(p.fd, -1);
	close(a.fd);
	assert_int_equal(link_recv(&b, &p), LINK_GONE);
	assert_int_equal(link_send(&b, 7, &body, 8, STR(""), -1), LINK_GONE);
	close(b.fd);
}

/* Who hangs up leaves nothing open here, whatever the last packet carried. */
static void a_packet_of_nothing_leaves_no_descriptor(void **state)
{
	static struct link a, b;
	struct packet p;
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} c = { .align = { .cmsg_level = SOL_SOCKET,
		    .cmsg_type = SCM_RIGHTS,
		    .cmsg_len = CMSG_LEN(sizeof(int)) } };
	struct msghdr m = { .msg_control = c.buf,
		.msg_controllen = sizeof(c.buf) };
	int next;

	pair(&a, &b);
	memcpy(CMSG_DATA(&c.align), &a.fd, sizeof(int));
	assert_int_equal(sendmsg(a.fd, &m, 0), 0);
	next = dup(a.fd);
	close(next);
	assert_int_equal(link_recv(&b, &p), LINK_GONE);
	assert_int_equal(dup(a.fd), next);
	close(next);
	close(a.fd);
	close(b.fd);
}

static void a_descriptor_travels(void **state)
{
	static struct link a, b;
	struct packet p;
	uint32_t body = 0;
	int fds[2];
	char c = 0;

	pair(&a, &b);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(link_send(&a, 1, &body, 4, STR(""), fds[1]), LINK_OK);
	assert_int_equal(link_recv(&b, &p), LINK_OK);
	assert_true(p.fd >= 0 && p.fd != fds[1]);
	assert_true(fcntl(p.fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(write(p.fd, "x", 1), 1);
	assert_int_equal(read(fds[0], &c, 1), 1);
	assert_int_equal(c, 'x');
	close(p.fd);
	close(fds[0]);
	close(fds[1]);
	close(a.fd);
	close(b.fd);
}

static void full_is_said_and_nothing_is_lost(void **state)
{
	static struct link a, b;
	static uint64_t body[64];
	struct packet p;
	uint64_t sent = 0, got = 0;
	int e;

	pair(&a, &b);
	while (
	    (e = link_send(&a, 1, body, sizeof(body), STR(""), -1)) == LINK_OK)
		body[0] = ++sent;
	assert_int_equal(e, LINK_FULL);
	while (link_recv(&b, &p) == LINK_OK) {
		assert_int_equal(*(const uint64_t *)p.p, got);
		got++;
	}
	assert_int_equal(got, sent);
	assert_int_equal(link_wait(&a, true, 1000), 0);
	close(a.fd);
	close(b.fd);
}

static void a_short_packet_is_refused(void **state)
{
	static struct link a, b;
	struct packet p;

	pair(&a, &b);
	assert_int_equal(write(a.fd, "abc", 3), 3);
	assert_int_equal(link_recv(&b, &p), -EBADMSG);
	close(a.fd);
	close(b.fd);
}

TESTS(cmocka_unit_test(a_message_arrives_whole),
    cmocka_unit_test(a_descriptor_travels),
    cmocka_unit_test(a_packet_of_nothing_leaves_no_descriptor),
    cmocka_unit_test(full_is_said_and_nothing_is_lost),
    cmocka_unit_test(a_short_packet_is_refused))
