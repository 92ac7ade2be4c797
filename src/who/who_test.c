/*
 * The program itself, as warden starts it: below a shell whose environment
 * holds the session.
 */
#include "base/link.h"
#include "base/tests.h"
#include "wire/msgs.h"

#include <fcntl.h>
#include <sys/wait.h>

static const char *program;
static struct link warden, enforcer;

static void start(int warden_end)
{
	if (dup2(warden_end, 3) < 0 || fcntl(3, F_SETFD, 0) < 0)
		_exit(126);
	/* who's parent is this shell; who itself has a clean environment */
	execl("/usr/bin/env", "env", "SSH_CONNECTION=192.0.2.55 1 10.0.0.1 22",
	    "/bin/sh", "-c", "env -i \"$0\"; exit $?", program, (char *)NULL);
	_exit(127);
}

static void the_ancestors_session_is_told(void **state)
{
	struct wire_setup setup = { .generation = 1 };
	struct wire_link to = { .peer = ENFORCER };
	struct wire_none go = { 0 };
	int up[2], over[2], status;
	bool told = false, last = false;
	struct packet p;
	pid_t pid;

	assert_int_equal(link_pair(up) + link_pair(over), 0);
	pid = fork();
	if (pid == 0)
		start(up[1]);
	warden.fd = up[0];
	enforcer.fd = over[0];
	close(up[1]);
	link_send(&warden, MSG_SETUP, &setup, sizeof(setup), STR(""), -1);
	link_send(&warden, MSG_LINK, &to, sizeof(to), STR(""), over[1]);
	link_send(&warden, MSG_GO, &go, sizeof(go), STR(""), -1);
	close(over[1]);
	while (!last && link_wait(&enforcer, false, 10000) == 0 &&
	       link_recv(&enforcer, &p) == LINK_OK) {
		const struct wire_live *l = p.p;

		assert_true(msg_fits(p.type, WHO, ENFORCER, p.n));
		last = l->last;
		told |= !l->last && l->cause == NEVER_INSTALLER &&
			memcmp(l->who.b, "\xc0\x00\x02\x37", 4) == 0;
	}
	assert_true(last);
	assert_true(told);
	while (waitpid(pid, &status, 0) < 0)
		;
	assert_int_equal(status, 0);
	assert_int_equal(link_recv(&warden, &p), LINK_OK);
	assert_int_equal(p.type, MSG_UP);
}

int main(int n, char **arg)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_ancestors_session_is_told),
	};

	program = n > 1 ? arg[1] : "who";
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
