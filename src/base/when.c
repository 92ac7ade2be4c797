#include "base/when.h"

#include <stdio.h>
#include <time.h>

struct mono mono_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (struct mono){ t.tv_sec * NS_PER_S + t.tv_nsec };
}

struct wall wall_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (struct wall){ t.tv_sec * NS_PER_S + t.tv_nsec };
}

void when_show(uint32_t utc_seconds, char *to)
{
	time_t t = (time_t)utc_seconds;
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(to, WHEN_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm);
}
