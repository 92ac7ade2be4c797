#include "warden/follow.h"

bool follow_has(const struct follow *f, uint64_t dev, uint64_t ino)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->gen[i].dev == dev && f->gen[i].ino == ino)
			return true;
	return false;
}

enum follow_do follow_look(struct follow *f, const struct seen *now)
{
	bool was_missing = f->missing;

	if (!now->is) {
		f->looked = f->missing = true;
		return was_missing || f->n == 0 ? FOLLOW_NOTHING : FOLLOW_GONE;
	}
	if (follow_has(f, now->dev, now->ino)) {
		f->missing = false;
		return was_missing ? FOLLOW_BACK : FOLLOW_NOTHING;
	}
	return FOLLOW_OPEN;
}

static void drop(struct follow *f, size_t i, struct generation *out)
{
	*out = f->gen[i];
	f->n--;
	memmove(&f->gen[i], &f->gen[i + 1], (f->n - i) * sizeof(f->gen[0]));
}

bool follow_opened(struct follow *f, const struct generation *g,
    struct generation *out)
{
	bool full = f->n == GENERATIONS;

	if (full)
		drop(f, 0, out);
	f->gen[f->n] = *g;
	f->gen[f->n].fresh = f->looked && !g->old;
	f->n++;
	f->looked |= !g->old;
	f->missing = false;
	return full;
}

bool follow_aged(struct follow *f, size_t i, uint64_t size,
    struct generation *out)
{
	struct generation *g = &f->gen[i];

	if (i + 1 >= f->n)
		return false;
	g->still = size == g->size ? g->still + 1 : 0;
	g->size = size;
	if (g->still < STILL_LOOKS)
		return false;
	drop(f, i, out);
	return true;
}

bool follow_over(struct follow *f, struct generation *out)
{
	if (!f->missing || f->n == 0)
		return false;
	drop(f, f->n - 1, out);
	return true;
}
