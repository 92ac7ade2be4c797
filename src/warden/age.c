#include "warden/warden.h"

#include <sys/stat.h>

/*
 * What ends: generations that nobody writes to any more, and logs of a pattern
 * that are gone. So as many may come and go as will, if not all at a time.
 */
enum {
	SOURCES_MANY = SOURCES_MAX / 2,
	FORGET_S = 3600, /* a log that is gone is spoken of for so long */
};

/* A container's log, say: as long as we had it open the disk had it, too. */
void source_end_deleted(struct warden *w, struct source *s)
{
	const struct follow *f = &s->follow;
	struct generation out;

	if (f->n > 0 && f->missing && log_is_over(f->gen[f->n - 1].fd) &&
	    follow_over(&s->follow, &out))
		generation_end(w, s, &out);
}

/* One of a pattern that is gone for good and was read; others that come may
 * have its place. A container's log does not come back. */
static bool is_past(const struct warden *w, const struct source *s)
{
	int32_t service;
	const struct want *want;

	if (!s->is_gone || s->is_socket || s->follow.n > 0)
		return false;
	want = plan_want(w->now.plan, s->path, &service);
	return want && strpbrk(want->pattern, "*?[") &&
	       (want->container || w->n_sources > SOURCES_MANY ||
		   mono_now().ns - s->gone > FORGET_S * NS_PER_S);
}

void sources_pass(struct warden *w)
{
	for (struct source *s = w->sources, *next; s; s = next) {
		next = s->next;
		if (is_past(w, s))
			source_drop(w, s);
	}
}

void sources_age(struct warden *w)
{
	sources_pass(w);
	for (struct source *s = w->sources; s; s = s->next) {
		source_end_deleted(w, s);
		for (size_t i = 0; i + 1 < s->follow.n; i++) {
			struct generation out;
			struct stat st;

			if (fstat(s->follow.gen[i].fd, &st) == 0 &&
			    follow_aged(&s->follow, i, (uint64_t)st.st_size,
				&out)) {
				generation_end(w, s, &out);
				break;
			}
		}
	}
}
