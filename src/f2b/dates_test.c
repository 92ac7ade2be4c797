/*
 * The dates that are found without an expression are those that the
 * expressions would find: in lines of web servers and in lines like them, each
 * list of templates against one that says the same in words that the short
 * way does not know.
 */
#include "base/tests.h"
#include "f2b/dates.h"

enum {
	TRIES = 1500, /* a line and list */
};

#define YEAR "{^LN-BEG}%ExY(?P<_sep>[-/.])%m(?P=_sep)%d[T ]%H:%M:%S(?:\\s*%z)?"

static const struct {
	const char *list, *same;
} lists[] = {
	{ NULL, "{DEFAULT}\n{DEFAULT}" },
	{ "^[^\\[]*\\[({DATE})\n{^LN-BEG}", "^[^[]*\\[({DATE})\n{^LN-BEG}" },
	{ YEAR "\n^[^\\[]*\\[({DATE})", YEAR "\n^[^[]*\\[({DATE})" },
	{ "^[^\\[]*(\\[{DATE}\\s*\\])", "^[^[]*(\\[{DATE}\\s*\\])" },
};

static const char *const lines[] = {
	"192.0.2.1 - - [22/Nov/2026:01:11:13 +0000] \"GET / HTTP/1.1\" 200",
	"203.0.113.20 - bob [2/Nov/2026:01:11:13 -0530] \"GET / HTTP/1.1\"",
	"20.26.1.255 - - [31/Feb/2026:23:59:59 +0100] \"-\" 400 0",
	"2001:db8::12:34:56 - - [01/Jan/2027:00:00:00 +1400] \"GET /\" 200",
	"2026-11-22 10:11:12 x [22/Nov/2026:01:11:13 +0000] y",
	"192.0.2.1 - 20261122 [22/nov/2026:01:11:13 +0000] x",
	"1.2.3.4 - - [30/Apr/2029:23:59:60 +0000] x",
};

static uint32_t next(uint32_t *state)
{
	*state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
	return *state >> 8;
}

/* One to three bytes are others, of those that dates are made of. */
static void spoil(char *line, size_t n, uint32_t *state)
{
	static const char bytes[] = "0123456789 -/.:[]+NovJuaZT\"x";

	for (uint32_t i = next(state) % 3 + 1; i > 0; i--)
		line[next(state) % n] =
		    bytes[next(state) % (sizeof(bytes) - 1)];
}

static bool agree(struct dates *a, struct dates *b, struct expr_room *room,
    const struct dates_clock *clock, const char *line)
{
	struct date_found x = { 0 }, y = { 0 };
	bool is_x = dates_find(a, room, str_of(line), true, clock, &x);

	return is_x == dates_find(b, room, str_of(line), true, clock, &y) &&
	       x.at == y.at && x.n == y.n && x.dated == y.dated &&
	       (!x.dated || x.utc == y.utc);
}

static void short_ways(void **state)
{
	struct dates_clock clock = { .now = 1795310000 };
	struct expr_room *room;
	uint32_t seed = 1;

	assert_int_equal(zone_new(&clock.zone, "CET-01CEST-02,M3.5.0,M10.5.0"),
	    0);
	expr_room_new(&room);
	for (size_t i = 0; i < countof(lists); i++) {
		struct dates *a = NULL, *b = NULL;
		char why[PYTHON_WHY], line[128];

		assert_int_equal(dates_new(&a, lists[i].list, 2029, why), 0);
		assert_int_equal(dates_new(&b, lists[i].same, 2029, why), 0);
		for (size_t k = 0; k < countof(lines) * TRIES; k++) {
			const char *from = lines[k % countof(lines)];
			size_t n = strlen(from);

			memcpy(line, from, n + 1);
			if (k >= countof(lines))
				spoil(line, n, &seed);
			if (!agree(a, b, room, &clock, line))
				fail_msg("list %zu: %s", i, line);
		}
		dates_free(&a);
		dates_free(&b);
	}
	expr_room_free(&room);
	zone_free(&clock.zone);
}

TESTS(cmocka_unit_test(short_ways))
