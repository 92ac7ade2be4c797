#include "namer/lookups.h"

#include "namer/names.h"

void lookups_new(struct lookups *l)
{
	l->hash = hash_key_new();
	l->kept = mem_new(LOOKUPS_KEPT, sizeof(*l->kept));
}

void lookups_free(struct lookups *l)
{
	free_ptr(&l->kept);
}

static struct lookup_kept *seat(const struct lookups *l, const char *name)
{
	return &l->kept[hash_str(&l->hash, str_of(name)) & (LOOKUPS_KEPT - 1)];
}

static void answer(struct lookups *l, uint64_t id, const struct wire_found *is)
{
	struct wire_found w = *is;

	w.id = id;
	l->answer(l->arg, &w);
}

static void fail(struct lookups *l, uint64_t id, enum looked_up how)
{
	answer(l, id, &(struct wire_found){ .how = (uint8_t)how });
}

static bool is_asked(const struct lookups *l, const char *name)
{
	for (size_t i = 0; i < LOOKUP_WORKERS; i++)
		if (l->busy[i] && strcmp(l->asked[i].name, name) == 0)
			return true;
	return false;
}

static bool answer_kept(struct lookups *l, const struct wire_lookup *w,
    struct mono now)
{
	const struct lookup_kept *k = seat(l, w->name);

	if (k->until.ns <= now.ns || strcmp(k->name, w->name) != 0)
		return false;
	answer(l, w->id, &k->is);
	return true;
}

static bool budget(struct lookups *l, struct mono now)
{
	if (!l->minute.ns || now.ns - l->minute.ns >= MINUTES(1).ns) {
		l->minute = now;
		l->started = 0;
	}
	return l->started++ < LOOKUPS_A_MINUTE;
}

static void drop(struct lookups *l, size_t i)
{
	memmove(&l->waiting[i], &l->waiting[i + 1],
	    (--l->n - i) * sizeof(*l->waiting));
}

static size_t idle(const struct lookups *l)
{
	size_t i = 0;

	while (i < LOOKUP_WORKERS && l->busy[i])
		i++;
	return i;
}

/* Who waits for a name that is asked already waits on. */
static void give_work(struct lookups *l)
{
	for (size_t i = 0; i < l->n;) {
		struct lookup *w = &l->waiting[i];
		size_t worker = idle(l);

		if (worker == LOOKUP_WORKERS)
			return;
		if (is_asked(l, w->is.name)) {
			i++;
			continue;
		}
		/* it stays in the queue until its worker answers */
		l->busy[worker] = true;
		l->asked[worker] = w->is;
		l->ask(l->arg, worker, &w->is);
		i++;
	}
}

static bool waits(const struct lookups *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->waiting[i].is.name, name) == 0)
			return true;
	return false;
}

static void to_lower(char *z)
{
	for (; *z; z++)
		if (*z >= 'A' && *z <= 'Z')
			*z = (char)(*z | 32);
}

void lookups_want(struct lookups *l, const struct wire_lookup *asked,
    struct mono now)
{
	struct wire_lookup w = *asked;

	if (!name_ok(w.name, sizeof(w.name))) {
		fail(l, w.id, FOUND_NONE);
		return;
	}
	to_lower(w.name);
	if (answer_kept(l, &w, now))
		return;
	if (l->n == LOOKUPS_WAITING || (!waits(l, w.name) && !budget(l, now))) {
		fail(l, w.id, FOUND_E_BUDGET);
		return;
	}
	l->waiting[l->n++] = (struct lookup){ w, now };
	give_work(l);
}

static void keep(struct lookups *l, const char *name,
    const struct wire_found *is, struct mono now)
{
	struct lookup_kept *k = seat(l, name);

	*k =
	    (struct lookup_kept){ .until = { now.ns + SECONDS(LOOKUP_LIFE).ns },
		    .is = *is };
	memcpy(k->name, name, sizeof(k->name));
}

void lookups_found(struct lookups *l, size_t worker, const struct wire_found *w,
    struct mono now)
{
	struct wire_lookup *asked = &l->asked[worker];

	if (!l->busy[worker] || !found_ok(w))
		return;
	l->busy[worker] = false;
	keep(l, asked->name, w, now);
	for (size_t i = 0; i < l->n;) {
		if (strcmp(l->waiting[i].is.name, asked->name) != 0) {
			i++;
			continue;
		}
		answer(l, l->waiting[i].is.id, w);
		drop(l, i);
	}
	give_work(l);
}

int lookups_tick(struct lookups *l, struct mono now)
{
	const int64_t patience = SECONDS(LOOKUP_PATIENCE).ns;

	while (l->n && now.ns - l->waiting[0].since.ns >= patience) {
		fail(l, l->waiting[0].is.id, FOUND_E_LATE);
		drop(l, 0);
	}
	if (l->n == 0)
		return -1;
	return (
	    int)((patience - (now.ns - l->waiting[0].since.ns)) / 1000000 + 1);
}

void lookups_forget(struct lookups *l)
{
	l->n = 0;
}
