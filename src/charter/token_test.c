#include "charter/login.h"
#include "charter/testing.h"
#include "charter/token.h"

static struct token sample(bool v6)
{
	struct token t = { .port = 4222, .expires = T0 + DAY_MS };

	assert_true(
	    addr_parse(v6 ? STR("2001:db8::7") : STR("192.0.2.7"), &t.addr));
	memset(t.post, 0xa5, 32);
	memset(t.alliance, 0x3c, 32);
	for (size_t i = 0; i < 16; i++)
		t.secret[i] = (uint8_t)(17 * i + 3);
	return t;
}

static void reads_as_written(void **state)
{
	for (unsigned v6 = 0; v6 < 2; v6++) {
		struct token t = sample(v6), r = { 0 };
		char text[TOKEN_TEXT_MAX], loose[2 * TOKEN_TEXT_MAX];
		size_t n = token_print(&t, text);

		assert_int_equal(token_parse((struct str){ text, n }, &r),
		    TOKEN_OK);
		assert_true(addr_eq(&t.addr, &r.addr));
		assert_int_equal(r.port, t.port);
		assert_int_equal(r.expires, t.expires);
		assert_memory_equal(r.post, t.post, 32);
		assert_memory_equal(r.alliance, t.alliance, 32);
		assert_memory_equal(r.secret, t.secret, 16);
		/* as a mailer breaks it */
		n = (size_t)snprintf(loose, sizeof(loose), "  %.50s\n %s\n",
		    text, text + 50);
		assert_int_equal(token_parse((struct str){ loose, n }, &r),
		    TOKEN_OK);
	}
}

static void one_wrong_letter_is_seen(void **state)
{
	struct token t = sample(false), r;
	char text[TOKEN_TEXT_MAX];
	size_t n = token_print(&t, text);

	for (size_t i = 5; i < n; i++) {
		char was = text[i];

		if (was == '-')
			continue;
		text[i] = was == 'q' ? 'r' : 'q';
		assert_int_not_equal(token_parse((struct str){ text, n }, &r),
		    TOKEN_OK);
		text[i] = was;
	}
}

static void words_tell_hashes_apart(void **state)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };
	char x[CODE_MAX], y[CODE_MAX];

	code_words(a, x);
	assert_string_equal(x, "baba baba baba baba baba baba");
	for (unsigned bit = 0; bit < 66; bit++) {
		memset(b, 0, sizeof(b));
		b[bit / 8] = (uint8_t)(128 >> bit % 8);
		code_words(b, y);
		assert_string_not_equal(x, y);
	}
}

static void each_post_has_its_login(void **state)
{
	uint8_t seed[32] = { 1 }, alliance[32] = { 2 }, post[32] = { 3 };
	uint8_t s1[32], p1[32], s2[32], p2[32];

	login_derive(seed, alliance, post, s1, p1);
	login_derive(seed, alliance, post, s2, p2);
	assert_memory_equal(p1, p2, 32);
	post[0]++;
	login_derive(seed, alliance, post, s2, p2);
	assert_memory_not_equal(p1, p2, 32);
	assert_memory_not_equal(s1, s2, 32);
	post[0]--;
	alliance[0]++;
	login_derive(seed, alliance, post, s2, p2);
	assert_memory_not_equal(p1, p2, 32);
}

TESTS(cmocka_unit_test(reads_as_written),
    cmocka_unit_test(one_wrong_letter_is_seen),
    cmocka_unit_test(words_tell_hashes_apart),
    cmocka_unit_test(each_post_has_its_login))
