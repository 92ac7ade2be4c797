/* f2b_dates_fuzz - a datepattern and a line: the date that is cut out lies in
 * the line, and the short ways find what the templates find. The first line
 * is the pattern; empty: the default ones. */
#include "f2b/dates.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum {
	PATTERN_MAX = 1024,
};

static void look(struct dates *d, struct str line, struct date_found *found,
    bool *any)
{
	static struct dates_clock clock = { .now = 1124013600 };
	static struct expr_room *room;
	char shown[DATES_SHOW];

	if (!room) {
		expr_room_new(&room);
		zone_new(&clock.zone, "Europe/Paris");
	}
	*found = (struct date_found){ 0 };
	*any = dates_find(d, room, line, true, &clock, found);
	if (!*any)
		return;
	assert(found->at <= line.n && found->n <= line.n - found->at);
	if (found->dated)
		dates_show(&clock, found->utc, shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct dates *usual, *slow;
	struct str in = { (const char *)bytes, n }, pattern;
	char why[PYTHON_WHY] = "", *z;
	struct date_found a, b;
	struct dates *d = NULL;
	bool any_a, any_b;

	if (!str_cut(&in, '\n', &pattern) || pattern.n > PATTERN_MAX)
		return 0;
	for (size_t i = 0; i < in.n; i++)
		if (in.p[i] < 0)
			return 0;
	if (!usual) {
		dates_new(&usual, NULL, 2029, why);
		/* the same list, but one that matches nothing before it */
		dates_new(&slow, "\\b\\B\n{DEFAULT}", 2029, why);
	}
	if (pattern.n == 0) {
		look(usual, in, &a, &any_a);
		look(slow, in, &b, &any_b);
		assert(any_a == any_b && a.at == b.at && a.n == b.n &&
		       a.dated == b.dated && a.utc == b.utc);
		return 0;
	}
	z = str_dup(pattern);
	if (dates_new(&d, z, 2029, why) < 0)
		assert(why[0]);
	else
		look(d, in, &a, &any_a);
	dates_free(&d);
	free(z);
	return 0;
}
