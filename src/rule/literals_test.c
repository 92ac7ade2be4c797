#include "rule/literals.h"

#include "base/tests.h"

/* The same answer as looking for each literal by hand, on texts made of pieces
 * of the literals. */
static bool by_hand(struct str lit, enum literal_where where, bool folded,
    struct str in, size_t split)
{
	for (size_t at = 0; at + lit.n <= in.n; at++) {
		struct str here = str_head(str_from(in, at), lit.n);

		if (!(folded ? str_eq_nocase(here, lit) : str_eq(here, lit)))
			continue;
		if (where == LITERAL_ANYWHERE ||
		    (where == LITERAL_FIRST && at == 0) ||
		    (where == LITERAL_TO && at + lit.n == split) ||
		    (where == LITERAL_BEYOND && at > split))
			return true;
	}
	return false;
}

static const char *const texts[] = { "/.env", "/.git/config", "../", "..\\",
	"wp-login.php", "<p", "'or", "union select", "etc/passwd", "a", "ab",
	"abc", "abcd", "abcde", "abcdef", "abcdefg", "abcdefgh", "/admin/",
	"{jndi:", "http://", "zzzz", "eval(", "%00", "X-Y", "@@@" };

static uint32_t dice(uint64_t *state, uint32_t sides)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (uint32_t)(*state >> 33) % sides;
}

static size_t make_text(uint64_t *state, char *to, size_t max)
{
	size_t n = 0;

	for (uint32_t k = dice(state, 6); k > 0; k--) {
		const char *z = texts[dice(state, countof(texts))];
		size_t from = dice(state, 3) ? 0 : dice(state, 2),
		       len = strlen(z), keep = dice(state, 4) ? len : len - 1;

		for (size_t i = from; i < keep && n < max; i++)
			to[n++] = dice(state, 8) ? z[i] : (char)(z[i] ^ 32);
	}
	return n;
}

static void compare(bool folded)
{
	struct literals *l = NULL;
	uint64_t state = folded;
	char text[128];

	literals_new(&l, folded);
	for (size_t i = 0; i < countof(texts) * 4; i++)
		literals_add(l, str_of(texts[i / 4]),
		    (enum literal_where)(i % 4), (uint16_t)i);
	literals_ready(l);
	assert_int_equal(literals_count(l), countof(texts) * 4);
	for (int round = 0; round < 20000; round++) {
		struct str in = { text, make_text(&state, text, 100) };
		size_t split = dice(&state, (uint32_t)in.n + 1), n, sum = 0;
		const uint16_t *found = literals_find(l, in, split, &n);

		for (size_t i = 0; i < n; i++)
			assert_true(by_hand(str_of(texts[found[i] / 4]),
			    (enum literal_where)(found[i] % 4), folded, in,
			    split));
		for (size_t i = 0; i < countof(texts) * 4; i++)
			sum += by_hand(str_of(texts[i / 4]),
			    (enum literal_where)(i % 4), folded, in, split);
		assert_int_equal(n, sum);
	}
	literals_free(&l);
}

static void as_by_hand(void **state)
{
	compare(false);
}

static void as_by_hand_folded(void **state)
{
	compare(true);
}

static void nothing_in_nothing(void **state)
{
	struct literals *l = NULL;
	size_t n;

	literals_new(&l, true);
	literals_ready(l);
	literals_find(l, STR("anything"), 0, &n);
	assert_int_equal(n, 0);
	literals_find(l, (struct str){ 0 }, 0, &n);
	assert_int_equal(n, 0);
	literals_free(&l);
}

TESTS(cmocka_unit_test(as_by_hand), cmocka_unit_test(as_by_hand_folded),
    cmocka_unit_test(nothing_in_nothing))
