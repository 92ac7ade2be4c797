#include "line/date.h"

#include <stdio.h>

#include "base/tests.h"
#include "base/when.h"

#define NOW 1700000000u /* 2023-11-14T22:13:20Z */

static struct zone *zone_made(const char *name)
{
	struct zone *z;

	assert_int_equal(zone_new(&z, name), 0);
	return z;
}

/* The zone of those that carry none is two hours east. */
static const struct {
	const char *text;
	size_t n;         /* so much of it is the date; 0: it is none */
	const char *when; /* UTC */
	uint16_t ms;
} dates[] = {
	/* ISO 8601 and RFC 3339 */
	{ "2024-10-31T12:38:21.817327+00:00 x", 32, "2024-10-31T12:38:21Z",
	    817 },
	{ "2024-10-31T12:38:21Z", 20, "2024-10-31T12:38:21Z", 0 },
	{ "2024-10-31T12:38:21.5Z x", 22, "2024-10-31T12:38:21Z", 500 },
	{ "2024-10-31T12:38:21+0200 x", 24, "2024-10-31T10:38:21Z", 0 },
	{ "2024-10-31T12:38:21-05 x", 22, "2024-10-31T17:38:21Z", 0 },
	{ "2024-10-31T12:38:21.123456789-05:30", 35, "2024-10-31T18:08:21Z",
	    123 },
	{ "2024-10-31 12:38:21 x", 19, "2024-10-31T10:38:21Z", 0 },
	{ "2024-10-31 12:38:21,124 x", 23, "2024-10-31T10:38:21Z", 124 },
	{ "2024-10-31 12:38:21.12345 UTC [7]", 29, "2024-10-31T12:38:21Z",
	    123 },
	{ "2024-10-31 12:38:21 +1000]", 25, "2024-10-31T02:38:21Z", 0 },
	{ "2024-10-31 12:38:21 CEST [7]", 24, "2024-10-31T10:38:21Z", 0 },
	{ "2024-10-31 12:38:21 ERROR x", 19, "2024-10-31T10:38:21Z", 0 },
	{ "2024-10-31 12:38:21 +10 x", 19, "2024-10-31T10:38:21Z", 0 },
	{ "2024-10-31 12:38:21 - x", 19, "2024-10-31T10:38:21Z", 0 },
	{ "2024-10-31T12:38:21: x", 19, "2024-10-31T10:38:21Z", 0 },
	{ "2024-10-31 12:38:21, x", 19, "2024-10-31T10:38:21Z", 0 },
	{ "2024-10-31_12:38:21.00001 x", 25, "2024-10-31T10:38:21Z", 0 },
	{ "20241031T123821Z x", 16, "2024-10-31T12:38:21Z", 0 },
	{ "20241031 12:38:21 x", 17, "2024-10-31T10:38:21Z", 0 },
	{ "20241031-12:38:21.5 x", 19, "2024-10-31T10:38:21Z", 500 },
	{ "2016-12-31T23:59:60Z", 20, "2016-12-31T23:59:59Z", 0 },
	{ "2022-02-07 10:49:83 edited", 19, "2022-02-07T08:50:23Z", 0 },
	{ "2022-02-07 23:59:61 edited", 19, "2022-02-07T22:00:01Z", 0 },
	/* slashes and dots */
	{ "2021/09/30 09:23:53 [error]", 19, "2021-09-30T07:23:53Z", 0 },
	{ "2023/02/21 08:05:56.233208 x", 26, "2023-02-21T06:05:56Z", 233 },
	{ "2022/02/07 - 10:49:33 | 401", 21, "2022-02-07T08:49:33Z", 0 },
	{ "2022.02.07 10:49:33", 19, "2022-02-07T08:49:33Z", 0 },
	{ "07.02.2022 10:49:33", 19, "2022-02-07T08:49:33Z", 0 },
	{ "29-09-2023 10:11:12", 19, "2023-09-29T08:11:12Z", 0 },
	{ "2023:09:29-10:11:12 utm", 19, "2023-09-29T08:11:12Z", 0 },
	{ "06/29/2022 10:10:10 x", 19, "2022-06-29T08:10:10Z", 0 },
	{ "06/11/2022:10:10:10 +0200]", 25, "2022-11-06T08:10:10Z", 0 },
	{ "06/29/2022:10:10:10 +0200]", 25, "2022-06-29T08:10:10Z", 0 },
	{ "29/06/2022 10:10:10 x", 19, "2022-06-29T08:10:10Z", 0 },
	{ "6/29/22 10:10:10 PM x", 19, "2022-06-29T20:10:10Z", 0 },
	{ "06/29/2022, 12:10:10 AM", 23, "2022-06-28T22:10:10Z", 0 },
	/* month names */
	{ "29/Sep/2021:14:11:34 +0200]", 26, "2021-09-29T12:11:34Z", 0 },
	{ "29/Sep/2021:14:11:34.250 -0700]", 30, "2021-09-29T21:11:34Z", 250 },
	{ "1/Aug/2023 16:06:44]", 19, "2023-08-01T14:06:44Z", 0 },
	{ "19-Oct-2022 05:34:02.425 client", 24, "2022-10-19T03:34:02Z", 425 },
	{ "08 Jun 2020 12:08:53.123 * x", 24, "2020-06-08T10:08:53Z", 123 },
	{ "2024 Jan 15 08:00:00 x", 20, "2024-01-15T06:00:00Z", 0 },
	{ "Jan  4 17:34:01 web", 15, "2023-01-04T15:34:01Z", 0 },
	{ "Jan 4 17:34:01 web", 14, "2023-01-04T15:34:01Z", 0 },
	{ "jan 14 17:34:01.5 web", 17, "2023-01-14T15:34:01Z", 500 },
	{ "Jan  4 2020 17:34:01 web", 20, "2020-01-04T15:34:01Z", 0 },
	{ "Jan  4 17:34:01 2020 x", 20, "2020-01-04T15:34:01Z", 0 },
	{ "Jan  4 17:34:01 2020x x", 15, "2023-01-04T15:34:01Z", 0 },
	{ "Jan  4 17:34:01 2020.lan x", 15, "2023-01-04T15:34:01Z", 0 },
	{ "Jan 15, 2024 8:00:00 AM x", 23, "2024-01-15T06:00:00Z", 0 },
	{ "Mon Jun  8 12:08:53 2020 [pid", 24, "2020-06-08T10:08:53Z", 0 },
	{ "Mon Jun 8 12:08:53 2020 [pid", 23, "2020-06-08T10:08:53Z", 0 },
	{ "Mon Oct 11 09:01:35 CEST 2021|", 29, "2021-10-11T07:01:35Z", 0 },
	{ "Fri Sep 09 10:42:29.902022 2011] x", 31, "2011-09-09T08:42:29Z",
	    902 },
	{ "Fri, 24 Sep 2021 10:04:52.030937 UTC]", 36, "2021-09-24T10:04:52Z",
	    30 },
	{ "Fri, 24 Sep 2021 10:04:52 +0200", 31, "2021-09-24T08:04:52Z", 0 },
	/* packed and counted */
	{ "230718 10:22:17 x", 15, "2023-07-18T08:22:17Z", 0 },
	{ "230718  1:22:17 x", 15, "2023-07-17T23:22:17Z", 0 },
	{ "1690466804 x", 10, "2023-07-27T14:06:44Z", 0 },
	{ "1690466804.216   123 1.2.3.4", 14, "2023-07-27T14:06:44Z", 216 },
	{ "1690466804216", 13, "2023-07-27T14:06:44Z", 216 },
	{ "1690466804216161000,", 19, "2023-07-27T14:06:44Z", 216 },
	{ "@4000000064c279fe0cdfe600 x", 25, "2023-07-27T14:06:44Z", 216 },
	/* none */
	{ "", 0, "", 0 },
	{ "2024-10-31", 0, "", 0 },
	{ "2024-10-31 12:38", 0, "", 0 },
	{ "2024-13-31 12:38:21", 0, "", 0 },
	{ "2024-10-32 12:38:21", 0, "", 0 },
	{ "2024-10-31 24:38:21", 0, "", 0 },
	{ "2024-10-31 12:38:211", 0, "", 0 },
	{ "Foo  4 17:34:01 web", 0, "", 0 },
	{ "January is cold", 0, "", 0 },
	{ "1690466804.2161960.0 [", 0, "", 0 },
	{ "16904668045 x", 0, "", 0 },
	{ "0690466804 x", 0, "", 0 },
	{ "192.168.1.1 12:38:21", 0, "", 0 },
	{ "1234567890abc", 0, "", 0 },
	{ "@4000000064c279fe0cdfe60 x", 0, "", 0 },
	{ "12:38:21 only a clock", 0, "", 0 },
};

static void dates_are_read(void **state)
{
	struct zone *z = zone_made("+02:00");

	for (size_t i = 0; i < countof(dates); i++) {
		struct date d;
		char shown[WHEN_MAX] = "";
		uint32_t at;
		size_t n = date_scan(str_of(dates[i].text), &d);

		if (n != dates[i].n)
			fail_msg("%s: %zu bytes", dates[i].text, n);
		if (!n)
			continue;
		assert_true(date_utc(&d, z, NOW, &at));
		when_show(at, shown);
		if (strcmp(shown, dates[i].when) != 0 || d.ms != dates[i].ms)
			fail_msg("%s: %s %u", dates[i].text, shown, d.ms);
	}
	zone_free(&z);
}

/* A date that the text goes on behind is the same as one that ends. */
static void every_beginning_is_safe_to_read(void **state)
{
	struct zone *z = zone_made("UTC");

	for (size_t i = 0; i < countof(dates); i++) {
		for (size_t n = 0; n <= strlen(dates[i].text); n++) {
			char *copy = mem_dup(dates[i].text, n);
			struct date d;

			assert_true(
			    date_scan((struct str){ copy, n }, &d) <= n);
			free(copy);
		}
	}
	zone_free(&z);
}

static const struct {
	const char *what, *date, *now, *when; /* when NULL: no such time */
} years[] = {
	{ "this year", "Nov 14 22:00:00", "Nov 14 2023 22:13:20",
	    "2023-11-14T22:00:00Z" },
	{ "up to a day ahead is clock skew", "Nov 15 22:13:20",
	    "Nov 14 2023 22:13:20", "2023-11-15T22:13:20Z" },
	{ "more is last year", "Nov 15 22:13:21", "Nov 14 2023 22:13:20",
	    "2022-11-15T22:13:21Z" },
	{ "last year's end, seen in January", "Dec 31 23:59:59",
	    "Jan 1 2024 00:00:05", "2023-12-31T23:59:59Z" },
	{ "next year's begin, seen in December", "Jan  1 00:00:01",
	    "Dec 31 2023 23:59:58", "2024-01-01T00:00:01Z" },
	{ "a leap day is in a leap year", "Feb 29 10:00:00",
	    "Nov 14 2023 22:13:20", "2020-02-29T10:00:00Z" },
	{ "also across 2100's missing one", "Feb 29 10:00:00",
	    "Jan 14 2104 22:13:20", "2096-02-29T10:00:00Z" },
	{ "no year has it", "Feb 30 10:00:00", "Nov 14 2023 22:13:20", NULL },
	{ "nor that one", "2023-02-29 10:00:00", "Nov 14 2023 22:13:20", NULL },
};

static void years_are_guessed(void **state)
{
	struct zone *z = zone_made("UTC");

	for (size_t i = 0; i < countof(years); i++) {
		struct date d;
		uint32_t now, at;
		char shown[WHEN_MAX];
		size_t n;

		assert_true(date_scan(str_of(years[i].now), &d));
		assert_true(date_utc(&d, z, 0, &now));
		n = date_scan(str_of(years[i].date), &d);
		if (!n || !date_utc(&d, z, now, &at)) {
			if (years[i].when)
				fail_msg("%s", years[i].what);
			continue;
		}
		when_show(at, shown);
		if (!years[i].when || strcmp(shown, years[i].when) != 0)
			fail_msg("%s: %s", years[i].what, shown);
	}
	zone_free(&z);
}

static const struct {
	const char *text;
	size_t at, n; /* n 0: none is found in the first 64 bytes */
} within[] = {
	{ "[notice] 2024-01-20T13:54:06.579985Z nonode@nohost", 9, 27 },
	{ "[GIN] 2022/02/07 - 10:49:33 | 401", 6, 21 },
	{ "1690466804.2161960.0 [27/Jul/2023 16:06:44] admin", 22, 20 },
	{ "time=\"2022-02-14T13:47:54+02:00\" level=error", 6, 25 },
	{ "type=LOGIN msg=audit(1364816144.123:456): pid=1", 21, 14 },
	{ "I1122 10:00:00.123456       1 client.go:58] ACCEPT", 0, 21 },
	{ "I20251122-10:00:00.123(0) server.js:1 Failed", 0, 22 },
	{ "   77:20241122:100000.123 failed to accept", 6, 19 },
	{ "2025:11:22-10:00:00: '203.0.113.5' 3 failed", 0, 19 },
	{ "November 22, 2025 10:00: Failed Login", 0, 23 },
	{ "<W>2024-11-22 10:00:00.123 1 => <12:(-1)>", 3, 23 },
	{ "(000123)11/22/2024 10:00:00 AM - (not", 8, 22 },
	{ "on 2025-11-22 10:00 from", 3, 16 },
	{ "I1322 10:00:00 client.go", 0, 0 },
	{ "I1122 10:00:61 client.go", 0, 0 },
	{ "2025-11-22 10:00:1 x", 0, 16 },
	{ "id 1364816144 is a number here", 0, 0 },
	{ "x2024-01-20 13:54:06", 0, 0 },
	{ "from /log/2024-01-20 13:54:06", 0, 0 },
	{ "ends with a month: Jan", 0, 0 },
	{ "0123456789012345678901234567890123456789012345678901234567890123 "
	  "2024-01-20 13:54:06",
	    0, 0 },
};

static void dates_are_found_inside(void **state)
{
	for (size_t i = 0; i < countof(within); i++) {
		struct date d;
		size_t at = 0, n = 0;
		bool found = date_find(str_of(within[i].text), 64, &at, &n, &d);

		if (found != (within[i].n > 0) || at != within[i].at ||
		    n != within[i].n)
			fail_msg("%s: %zu, %zu", within[i].text, at, n);
	}
}

static void zones_by_offset(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		int32_t east;
	} t[] = { { "Z", true, 0 }, { "+02:00", true, 7200 },
		{ "-0930", true, -34200 }, { "+05", true, 18000 },
		{ "+5", false, 0 }, { "+02:60", false, 0 },
		{ "+16:00", false, 0 }, { "+020", false, 0 },
		{ "02:00", false, 0 }, { "+02:000", false, 0 },
		{ "", false, 0 } };

	for (size_t i = 0; i < countof(t); i++) {
		int32_t east = 0;

		assert_int_equal(zone_east(t[i].text, strlen(t[i].text), &east),
		    t[i].ok);
		assert_int_equal(east, t[i].east);
	}
}

static void unknown_zones_are_refused(void **state)
{
	static const char *const names[] = { "", "Mars/Olympus",
		"../../etc/passwd", "/etc/localtime", "+99:00" };

	for (size_t i = 0; i < countof(names); i++) {
		struct zone *z = NULL;

		assert_int_equal(zone_new(&z, names[i]), -EINVAL);
		assert_null(z);
	}
}

/* Local times in Berlin, by seconds since 1970 as if it were UTC. */
static void named_zones_know_summer(void **state)
{
	static const struct {
		const char *local, *utc;
	} t[] = { { "2024-01-15 12:00:00", "2024-01-15T11:00:00Z" },
		{ "2024-07-15 12:00:00", "2024-07-15T10:00:00Z" },
		{ "2024-03-31 01:59:59", "2024-03-31T00:59:59Z" },
		{ "2024-03-31 03:00:00", "2024-03-31T01:00:00Z" },
		{ "2024-10-27 01:59:59", "2024-10-26T23:59:59Z" },
		{ "2024-10-27 02:30:00", "2024-10-27T00:30:00Z" },
		{ "2024-10-27 03:00:00", "2024-10-27T02:00:00Z" },
		{ "1975-07-01 12:00:00", "1975-07-01T11:00:00Z" } };
	struct zone *z;
	const char *kept = getenv("TZ");

	if (access("/usr/share/zoneinfo/Europe/Berlin", R_OK) != 0)
		skip();
	z = zone_made("Europe/Berlin");
	assert_true(getenv("TZ") == kept);
	/* there and back, so that the remembered step is wrong each time */
	for (size_t i = 0; i < 2 * countof(t); i++) {
		size_t k = i < countof(t) ? i : 2 * countof(t) - 1 - i;
		struct date d;
		uint32_t at;
		char shown[WHEN_MAX];

		assert_true(date_scan(str_of(t[k].local), &d));
		assert_true(date_utc(&d, z, NOW, &at));
		when_show(at, shown);
		assert_string_equal(shown, t[k].utc);
	}
	zone_free(&z);
}

/* What access_usual relies on. */
static void addresses_are_no_dates(void **state)
{
	static const unsigned some[] = { 0, 1, 2, 7, 9, 10, 11, 12, 13, 19, 20,
		21, 23, 25, 26, 30, 31, 32, 59, 60, 70, 99, 100, 126, 199, 202,
		255 };
	char z[80];

	for (size_t i = 0; i < 27 * 27 * 27 * 27; i++) {
		struct date d;
		int n = snprintf(z, sizeof(z), "%u.%u.%u.%u - - [21/Nov/2026",
		    some[i % 27], some[i / 27 % 27], some[i / 729 % 27],
		    some[i / 19683]);

		assert_int_equal(date_head((struct str){ z, (size_t)n }, &d),
		    0);
	}
}

TESTS(cmocka_unit_test(addresses_are_no_dates),
    cmocka_unit_test(dates_are_read),
    cmocka_unit_test(every_beginning_is_safe_to_read),
    cmocka_unit_test(years_are_guessed),
    cmocka_unit_test(dates_are_found_inside), cmocka_unit_test(zones_by_offset),
    cmocka_unit_test(unknown_zones_are_refused),
    cmocka_unit_test(named_zones_know_summer))
