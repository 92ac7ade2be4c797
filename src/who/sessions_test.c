#include "who/sessions.h"

#include "base/tests.h"

#include <arpa/inet.h>
#include <utmp.h>

static struct sessions s;

static bool has(const char *text, uint8_t cause)
{
	struct addr a;

	assert_true(addr_parse(str_of(text), &a));
	for (size_t i = 0; i < s.n; i++)
		if (addr_eq(&s.v[i].who, &a) && s.v[i].cause == cause)
			return true;
	return false;
}

static int set_up(void **state)
{
	s.n = 0;
	return 0;
}

static void the_shells_environment_names_the_client(void **state)
{
	sessions_of_environ(&s,
	    STR("HOME=/root\0SSH_CONNECTION=192.0.2.7 4711 10.0.0.1 22\0"
		"SSH_CLIENT=2001:db8::7 1 22\0PATH=/bin"));
	assert_int_equal(s.n, 2);
	assert_true(has("192.0.2.7", NEVER_INSTALLER));
	assert_true(has("2001:db8::7", NEVER_INSTALLER));
}

static void what_only_looks_like_it_protects_nobody(void **state)
{
	sessions_of_environ(&s,
	    STR("XSSH_CLIENT=192.0.2.7 1 2\0SSH_CLIENT=\0"
		"SSH_CLIENT=evil.example 1 2\0SSH_CONNECTION=192.0.2.7/8\0"
		"A=SSH_CLIENT=192.0.2.9 1 2"));
	assert_int_equal(s.n, 0);
	sessions_of_environ(&s, STR(""));
	assert_int_equal(s.n, 0);
}

static void an_address_in_ipv6_clothes_is_itself(void **state)
{
	sessions_of_environ(&s, STR("SSH_CLIENT=::ffff:192.0.2.7 1 22"));
	assert_int_equal(s.n, 1);
	assert_true(has("192.0.2.7", NEVER_INSTALLER));
}

static bool odd_lives(int pid)
{
	return pid % 2;
}

static struct utmp record(short type, int pid, const char *addr,
    const char *host)
{
	struct utmp u = { .ut_type = type, .ut_pid = pid };
	struct addr a;

	if (addr) {
		assert_true(addr_parse(str_of(addr), &a));
		memcpy(u.ut_addr_v6, a.b, a.family == 4 ? 4 : 16);
	}
	memcpy(u.ut_host, host, strlen(host));
	return u;
}

static void login_records_of_the_living_count(void **state)
{
	struct utmp u[] = {
		record(USER_PROCESS, 1, "192.0.2.1", "name.example"),
		record(USER_PROCESS, 2, "192.0.2.2", ""),
		record(DEAD_PROCESS, 3, "192.0.2.3", ""),
		record(USER_PROCESS, 5, "2001:db8::5", ""),
		record(USER_PROCESS, 7, NULL, "192.0.2.7"),
		record(USER_PROCESS, 9, NULL, "tty1"),
		record(USER_PROCESS, 11, "192.0.2.1", ""),
	};

	/* the last record is cut short */
	sessions_of_utmp(&s, u, sizeof(u) - 1, odd_lives);
	assert_int_equal(s.n, 3);
	assert_true(has("192.0.2.1", NEVER_SESSION));
	assert_true(has("2001:db8::5", NEVER_SESSION));
	assert_true(has("192.0.2.7", NEVER_SESSION));
}

static void the_installers_session_is_the_stronger_word(void **state)
{
	struct addr a = { .family = 4, .b = { 192, 0, 2, 1 } };

	sessions_add(&s, &a, NEVER_INSTALLER);
	sessions_add(&s, &a, NEVER_SESSION);
	assert_int_equal(s.n, 1);
	assert_true(has("192.0.2.1", NEVER_INSTALLER));
}

static void parents_are_found_behind_any_name(void **state)
{
	assert_int_equal(parent_in_stat(STR("7 (sh) S 42 7 7 0")), 42);
	assert_int_equal(parent_in_stat(STR("7 (a) S 1 (b) R 43 7 7")), 43);
	assert_int_equal(parent_in_stat(STR("7 (sh) S")), 0);
	assert_int_equal(parent_in_stat(STR("7 sh S 1 1")), 0);
	assert_int_equal(parent_in_stat(STR("")), 0);
	assert_int_equal(parent_in_stat(STR("7 (sh) S x 1")), 0);
}

#define T(f) cmocka_unit_test_setup(f, set_up)
TESTS(T(the_shells_environment_names_the_client),
    T(what_only_looks_like_it_protects_nobody),
    T(an_address_in_ipv6_clothes_is_itself),
    T(login_records_of_the_living_count),
    T(the_installers_session_is_the_stronger_word),
    T(parents_are_found_behind_any_name))
