#include "base/tests.h"
#include "f2b/f2b.h"
#include "f2b/params.h"

#include <fnmatch.h>
#include <stdio.h>

/* A folder in memory: path, text, path, text, NULL. */
static int test_read(void *arg, const char *path, size_t max, char **ret,
    size_t *n)
{
	for (const char *const *v = arg; *v; v += 2)
		if (strcmp(v[0], path) == 0) {
			*n = strlen(v[1]);
			*ret = mem_dup(v[1], *n);
			return *n > max ? -EFBIG : 0;
		}
	return -ENOENT;
}

static void test_glob(void *arg, const char *pattern,
    void (*found)(void *to, const char *path), void *to)
{
	for (const char *const *v = arg; *v; v += 2)
		if (fnmatch(pattern, v[0], FNM_PATHNAME) == 0)
			found(to, v[0]);
}

static char told[8192];

static void tell(void *arg, const struct f2b_fault *f)
{
	size_t n = strlen(told);

	snprintf(told + n, sizeof(told) - n, "%s:%u: %s: %s\n",
	    f->file ? f->file : "-", f->line, f->jail ? f->jail : "-", f->what);
}

static char *stream_of(const char *const *files)
{
	struct f2b_door door = { test_read, test_glob,
		(void *)(uintptr_t)files };
	struct text t = TEXT(1 << 24);
	struct f2b *f = NULL;

	told[0] = '\0';
	assert_int_equal(f2b_read(&f, &door, "d", "9", tell, NULL), 0);
	f2b_show(f2b_stream(f), &t);
	f2b_free(&f);
	return t.p;
}

#define SIMPLE "d/filter.d/x.conf", "[Definition]\nfailregex = ^bad <HOST>$\n"

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no %s in %s", part, text);
}

static void one_bad_jail_stops_no_other(void **state)
{
	const char *const files[] = { SIMPLE, "d/jail.conf",
		"[DEFAULT]\nenabled = true\nfilter = x\n"
		"[a]\n[b]\nfilter = nosuch\n[c]\nmaxretry = 3\n"
		"findtime = %(lost)s\n[d]\nlogpath = 50%\n[e]\n",
		NULL };
	auto_free char *s = stream_of(files);

	has(s, "['start', 'a'], ['start', 'e']]");
	has(s, "['config-error', \"Jail 'b' left out");
	has(told, "d/jail.conf:6: b: there is no filter.d/nosuch.conf");
	has(told, "d/jail.conf:9: c: %(lost)s is defined nowhere");
	has(told, "d/jail.conf:11: d: a single % in the value");
}

static void broken_lines_are_left_out(void **state)
{
	const char *const files[] = { SIMPLE, "d/jail.conf",
		"lost\n[a]\nenabled = yes\nfilter = x\nnonsense\n"
		"maxretry = 3\nmaxretry = 4\n[a]\nbantime = 9\n",
		NULL };
	auto_free char *s = stream_of(files);

	has(s, "['set', 'a', 'maxretry', 4]");
	has(s, "['set', 'a', 'bantime', '9']");
	has(told, "d/jail.conf:1: -: text before the first [section]");
	has(told, "d/jail.conf:5: -: neither \"key = value\"");
	has(told, "d/jail.conf:7: -: this option is in the section already");
	has(told, "d/jail.conf:8: -: this section is in the file already");
}

static void loops_end(void **state)
{
	const char *const files[] = { "d/filter.d/x.conf",
		"[INCLUDES]\nbefore = x.conf\n[Definition]\n"
		"a = <b>\nb = <a>\nfailregex = <a>\n",
		"d/filter.d/y.conf", "[Definition]\na = <b><b>\nb = <a><a>\n",
		"d/jail.conf",
		"[DEFAULT]\nenabled = 1\n[a]\nfilter = x\n[b]\n"
		"filter = %(x)s\nx = %(y)s\ny = %(x)s\n[c]\nfilter = y\n",
		NULL };
	auto_free char *s = stream_of(files);

	has(s, "Jail 'a' left out");
	has(s, "Jail 'b' left out");
	has(s, "Jail 'c' left out");
	has(told, "d/filter.d/x.conf:6: a: failregex holds <a>, which leads");
	has(told, "d/jail.conf:6: b: %( )s within %( )s more than 10 deep");
	has(told, "d/filter.d/y.conf:2: c: a holds <a>, which leads back");
}

static void bytes_that_are_no_text(void **state)
{
	const char *const files[] = { SIMPLE, "d/jail.conf",
		"[a]\nenabled = 1\nfilter = x\n", "d/jail.local",
		"[a]\nenabled = 0\n# \xff\n", NULL };
	auto_free char *s = stream_of(files);

	has(s, "['start', 'a']");
	has(told, "d/jail.local:3: -: not UTF-8");
}

static void parameters(void **state)
{
	struct pool p = { 0 };
	struct opts o;
	const char *name, *why;

	assert_true(params_read(&p, STR("a[x=\"1,2\", y=b c][z='q]']"), &name,
	    &o, &why));
	assert_string_equal(name, "a");
	assert_int_equal(o.n, 3);
	assert_string_equal(opts_get(&o, "x")->val, "1,2");
	assert_string_equal(opts_get(&o, "y")->val, "b c");
	assert_string_equal(opts_get(&o, "z")->val, "q]");
	assert_false(params_read(&p, STR("a[x"), &name, &o, &why));
	assert_false(params_read(&p, STR("a[x=\"1\"2]"), &name, &o, &why));
	assert_false(params_read(&p, STR("a[x=1,,y=2]"), &name, &o, &why));
	pool_drop(&p);
}

TESTS(cmocka_unit_test(one_bad_jail_stops_no_other),
    cmocka_unit_test(broken_lines_are_left_out), cmocka_unit_test(loops_end),
    cmocka_unit_test(bytes_that_are_no_text), cmocka_unit_test(parameters))
