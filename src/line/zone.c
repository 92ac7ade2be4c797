#include "line/zone.h"

#include <time.h>

#define FIRST INT64_C(0)
#define LAST  INT64_C(2208988800) /* 2040 */
#define STEP  INT64_C(604800)     /* no zone changes twice in a week */

struct step {
	int64_t utc; /* from here on */
	int64_t east;
};

struct zone {
	size_t n;
	struct step *step;
	/* local times from lo up to hi are east of UTC: the last answer */
	int64_t lo, hi, east;
};

static int64_t east_at(int64_t utc)
{
	time_t t = (time_t)utc;
	struct tm tm;

	localtime_r(&t, &tm);
	return tm.tm_gmtoff;
}

/* The first second of the offset that holds at `to`. */
static int64_t change_between(int64_t from, int64_t to)
{
	int64_t east = east_at(to);

	while (to - from > 1) {
		int64_t mid = from + (to - from) / 2;

		if (east_at(mid) == east)
			to = mid;
		else
			from = mid;
	}
	return to;
}

static void add(struct zone *z, int64_t utc, int64_t east)
{
	z->step = mem_grow(z->step, z->n + 1, sizeof(*z->step));
	z->step[z->n++] = (struct step){ utc, east };
}

static void read_all(struct zone *z)
{
	int64_t was = east_at(FIRST);

	add(z, INT64_MIN, was);
	for (int64_t t = FIRST; t < LAST; t += STEP) {
		int64_t east = east_at(t + STEP);

		if (east == was)
			continue;
		add(z, change_between(t, t + STEP), east);
		was = east;
	}
}

/* The C library knows one zone at a time: borrow it and give it back. */
static void read_named(struct zone *z, const char *name)
{
	char *kept = getenv("TZ");

	kept = kept ? mem_dup(kept, strlen(kept) + 1) : NULL;
	setenv("TZ", name, 1);
	tzset();
	read_all(z);
	if (kept)
		setenv("TZ", kept, 1);
	else
		unsetenv("TZ");
	free(kept);
	tzset();
}

int zone_new(struct zone **ret, const char *name)
{
	struct zone *z;
	int32_t east = 0;
	bool fixed = name && zone_east(name, strlen(name), &east);

	if (name && !zone_known(name))
		return -EINVAL;
	z = mem_new(1, sizeof(*z));
	if (fixed) {
		add(z, INT64_MIN, east);
	} else if (name) {
		read_named(z, name);
	} else {
		tzset();
		read_all(z);
	}
	*ret = z;
	return 0;
}

struct zone *zone_dup(const struct zone *z)
{
	struct zone *to = mem_dup(z, sizeof(*z));

	to->step = mem_dup(z->step, z->n * sizeof(*z->step));
	return to;
}

void zone_free(struct zone **zp)
{
	if (!*zp)
		return;
	free((*zp)->step);
	free_ptr(zp);
}

/* Where, on the wall, the offset before step i ends and its own begins. */
static int64_t wall_end(const struct zone *z, size_t i)
{
	return z->step[i].utc + z->step[i - 1].east;
}

int64_t zone_utc(struct zone *z, int64_t local)
{
	size_t lo = 0, hi = z->n;

	if (likely(local >= z->lo && local < z->hi))
		return local - z->east;
	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (local >= wall_end(z, mid))
			lo = mid;
		else
			hi = mid;
	}
	z->lo = lo ? wall_end(z, lo) : INT64_MIN;
	z->hi = lo + 1 < z->n ? wall_end(z, lo + 1) : INT64_MAX;
	z->east = z->step[lo].east;
	return local - z->east;
}

int64_t zone_offset(const struct zone *z, int64_t utc)
{
	size_t lo = 0, hi = z->n;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (utc >= z->step[mid].utc)
			lo = mid;
		else
			hi = mid;
	}
	return z->step[lo].east;
}
