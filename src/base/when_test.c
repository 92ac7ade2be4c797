#include "base/when.h"

#include <time.h>

#include "base/tests.h"

static void shows_as_libc_does(uint32_t at)
{
	time_t t = (time_t)at;
	char shown[WHEN_MAX], theirs[WHEN_MAX];
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(theirs, sizeof(theirs), "%Y-%m-%dT%H:%M:%SZ", &tm);
	when_show(at, shown);
	assert_string_equal(shown, theirs);
}

static void each_day_of_the_clock_is_shown(void **state)
{
	for (uint32_t day = 0; day <= UINT32_MAX / 86400; day++) {
		shows_as_libc_does(day * 86400);
		shows_as_libc_does(day * 86400 + day % 86400);
	}
	for (uint32_t s = 0; s < 86400; s++)
		shows_as_libc_does(20000 * UINT32_C(86400) + s);
	shows_as_libc_does(UINT32_MAX);
}

TESTS(cmocka_unit_test(each_day_of_the_clock_is_shown))
