#include "warden/follow.h"

#include "base/tests.h"

/* A folder with one log in it: what each step does to the name. */
enum step {
	MAKE,   /* create it, a new inode */
	RENAME, /* to log.1 */
	DELETE,
	TRUNCATE, /* copytruncate: the same inode */
	REPLACE,  /* another file renamed over it */
	BACK,     /* log.1 renamed back */
	LOOK,
};

struct dir {
	uint64_t next, log, log1;
};

static void play(struct dir *d, enum step s)
{
	switch (s) {
	case MAKE:
	case REPLACE:
		d->log = ++d->next;
		return;
	case RENAME:
		d->log1 = d->log;
		d->log = 0;
		return;
	case BACK:
		d->log = d->log1;
		d->log1 = 0;
		return;
	case DELETE:
		d->log = 0;
		return;
	case TRUNCATE:
	case LOOK:
		return;
	}
}

/* Looks once and writes a letter: . nothing, O open fresh, o open, G gone,
 * B back; E if an old generation gave way. */
static void look(struct follow *f, const struct dir *d, char *to)
{
	struct seen now = { d->log != 0, 1, d->log, 0 };
	struct generation g = { .dev = 1, .ino = d->log }, out;
	size_t at = strlen(to);

	switch (follow_look(f, &now)) {
	case FOLLOW_NOTHING:
		to[at] = '.';
		return;
	case FOLLOW_GONE:
		to[at] = 'G';
		return;
	case FOLLOW_BACK:
		to[at] = 'B';
		return;
	case FOLLOW_OPEN:
		if (follow_opened(f, &g, &out))
			to[at++] = 'E';
		to[at] = f->gen[f->n - 1].fresh ? 'O' : 'o';
		return;
	}
}

#define STEPS(...) \
	{ \
		__VA_ARGS__ \
	}

static void rotations_of_every_kind(void **state)
{
	static const struct {
		const char *what;
		enum step steps[24];
		size_t n;
		const char *want;
		size_t left;
	} t[] = {
		{ "there at the start", STEPS(MAKE, LOOK, LOOK), 3, "o.", 1 },
		{ "missing at the start, then made",
		    STEPS(LOOK, LOOK, MAKE, LOOK), 4, "..O", 1 },
		{ "renamed and made",
		    STEPS(MAKE, LOOK, RENAME, LOOK, MAKE, LOOK), 6, "oGO", 2 },
		{ "renamed and made before we look",
		    STEPS(MAKE, LOOK, RENAME, MAKE, LOOK, LOOK), 6, "oO.", 2 },
		{ "copied and truncated", STEPS(MAKE, LOOK, TRUNCATE, LOOK), 4,
		    "o.", 1 },
		{ "deleted and made again",
		    STEPS(MAKE, LOOK, DELETE, LOOK, LOOK, MAKE, LOOK), 7,
		    "oG.O", 2 },
		{ "another file put over it", STEPS(MAKE, LOOK, REPLACE, LOOK),
		    4, "oO", 2 },
		{ "renamed away and back",
		    STEPS(MAKE, LOOK, RENAME, LOOK, BACK, LOOK), 6, "oGB", 1 },
		{ "more rotations than places",
		    STEPS(MAKE, LOOK, REPLACE, LOOK, REPLACE, LOOK, REPLACE,
			LOOK, REPLACE, LOOK),
		    10, "oOOOEO", 4 },
	};

	for (size_t i = 0; i < countof(t); i++) {
		struct follow f = { 0 };
		struct dir d = { 0 };
		char got[40] = "";

		for (size_t k = 0; k < t[i].n; k++) {
			play(&d, t[i].steps[k]);
			if (t[i].steps[k] == LOOK)
				look(&f, &d, got);
		}
		if (strcmp(got, t[i].want) != 0 || f.n != t[i].left)
			fail_msg("%s: %s, %zu left", t[i].what, got, f.n);
	}
}

static void an_old_generation_that_stands_still_is_ended(void **state)
{
	struct follow f = { 0 };
	struct generation a = { .dev = 1, .ino = 1 },
			  b = { .dev = 1, .ino = 2 }, out;

	follow_opened(&f, &a, &out);
	follow_opened(&f, &b, &out);
	for (unsigned i = 0; i < STILL_LOOKS - 1; i++)
		assert_false(follow_aged(&f, 0, 0, &out));
	assert_false(follow_aged(&f, 0, 10, &out)); /* it grew */
	for (unsigned i = 0; i < STILL_LOOKS - 1; i++)
		assert_false(follow_aged(&f, 0, 10, &out));
	assert_true(follow_aged(&f, 0, 10, &out));
	assert_int_equal(out.ino, 1);
	assert_int_equal(f.n, 1);
	for (unsigned i = 0; i < 2 * STILL_LOOKS; i++)
		assert_false(
		    follow_aged(&f, 0, 0, &out)); /* never the newest */
}

static void the_newest_is_over_once_its_name_is_gone(void **state)
{
	struct follow f = { 0 };
	struct seen gone = { 0 };
	struct generation a = { .dev = 1, .ino = 1 },
			  b = { .dev = 1, .ino = 2 }, out;

	follow_opened(&f, &a, &out);
	assert_false(follow_over(&f, &out)); /* it stands there */
	follow_opened(&f, &b, &out);
	assert_int_equal(follow_look(&f, &gone), FOLLOW_GONE);
	assert_true(follow_over(&f, &out));
	assert_int_equal(out.ino, 2);
	assert_true(follow_over(&f, &out));
	assert_int_equal(out.ino, 1);
	assert_false(follow_over(&f, &out)); /* there is none */
	assert_int_equal(follow_look(&f, &gone), FOLLOW_NOTHING);
}

TESTS(cmocka_unit_test(rotations_of_every_kind),
    cmocka_unit_test(the_newest_is_over_once_its_name_is_gone),
    cmocka_unit_test(an_old_generation_that_stands_still_is_ended))
