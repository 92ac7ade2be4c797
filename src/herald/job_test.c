#include "herald/job.h"

#include "base/tests.h"

#include <sys/wait.h>

static struct wire_happened happened(void)
{
	struct wire_happened h = { .what = 3,
		.rung = 6,
		.at = 1700000000,
		.until = 1700003600,
		.count = 5 };

	assert_true(net_parse(STR("203.0.113.7"), false, &h.net));
	memcpy(h.rule, "openssh/auth-failure", 21);
	return h;
}

static const char *get(const struct job_env *e, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; e->v[i]; i++) {
		if (strncmp(e->v[i], name, n) == 0 && e->v[i][n] == '=')
			return e->v[i] + n + 1;
	}
	return NULL;
}

static void facts_become_variables(void **state)
{
	struct wire_happened h = happened();
	struct job_env e;

	assert_true(job_env(&h, &e));
	assert_string_equal(get(&e, "LIPTAKO_EVENT"), "deny");
	assert_string_equal(get(&e, "LIPTAKO_ADDRESS"), "203.0.113.7");
	assert_string_equal(get(&e, "LIPTAKO_RULE"), "openssh/auth-failure");
	assert_string_equal(get(&e, "LIPTAKO_UNTIL"), "2023-11-14T23:13:20Z");
	assert_string_equal(get(&e, "LIPTAKO_SECONDS"), "3600");
	assert_null(get(&e, "LD_PRELOAD"));
}

static void what_cannot_be_is_refused(void **state)
{
	struct wire_happened h = happened();
	struct job_env e;

	h.what = 9;
	assert_false(job_env(&h, &e));
	h = happened();
	h.net.addr.family = 5;
	assert_false(job_env(&h, &e));
	h = happened();
	memset(h.rule, 'x', sizeof(h.rule));
	assert_false(job_env(&h, &e));
}

static void a_command_runs_with_its_arguments_only(void **state)
{
	char *const argv[] = { (char[]){ "/bin/sh" }, (char[]){ "-c" },
		(char[]){ "test \"$1\" = '$(x) ;' && test \"$A\" = b && "
			  "test -z \"$HOME\"" },
		(char[]){ "hook" }, (char[]){ "$(x) ;" }, NULL };
	char *const env[] = { (char[]){ "A=b" }, NULL };
	int status;
	pid_t pid = job_start(argv, env);

	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_missing_command_says_127(void **state)
{
	char *const argv[] = { (char[]){ "/nonexistent/x" }, NULL };
	char *const env[] = { NULL };
	int status;
	pid_t pid = job_start(argv, env);

	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 127);
}

TESTS(cmocka_unit_test(facts_become_variables),
    cmocka_unit_test(what_cannot_be_is_refused),
    cmocka_unit_test(a_command_runs_with_its_arguments_only),
    cmocka_unit_test(a_missing_command_says_127))
