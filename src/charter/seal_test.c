#include "charter/testing.h"

static enum seal_fault check(struct str armored, const char *namespace_,
    struct str text, struct sshsig *s)
{
	struct seal_text t = { .text = text };
	enum seal_fault f = sshsig_next(&armored, s);

	return f != SEAL_OK ? f : sshsig_check(s, str_of(namespace_), &t);
}

static void keys_read_as_written(void **state)
{
	struct test_key k[] = { test_key(1, false), test_key(2, true) };
	char line[SEAL_LINE_MAX], with[SEAL_LINE_MAX + 20];
	struct seal s;

	for (size_t i = 0; i < countof(k); i++) {
		size_t n = seal_print(&k[i].seal, line);

		assert_int_equal(seal_parse((struct str){ line, n }, false, &s),
		    SEAL_OK);
		assert_true(seal_eq(&s, &k[i].seal));
		snprintf(with, sizeof(with), "%s awa@mali", line);
		assert_int_equal(seal_parse(str_of(with), true, &s), SEAL_OK);
		assert_int_equal(seal_parse(str_of(with), false, &s),
		    SEAL_E_SHAPE);
	}
	assert_int_equal(
	    seal_parse(STR("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ"), true, &s),
	    SEAL_E_KIND);
}

static void signatures_hold(void **state)
{
	struct str text = STR("attack on one\n"), other = STR("on another\n");
	const char *ns = sealed_namespace(SEALED_CHARTER);

	for (unsigned fido = 0; fido < 2; fido++) {
		struct test_key k = test_key(3, fido);
		struct text_out o = { 0 };
		struct sshsig s;

		test_sign(&k, ns, text, 1, &o);
		assert_int_equal(check(text_of(&o), ns, text, &s), SEAL_OK);
		assert_true(seal_eq(&s.seal, &k.seal));
		assert_int_equal(check(text_of(&o), ns, other, &s),
		    SEAL_E_FORGED);
		assert_int_equal(check(text_of(&o),
				     sealed_namespace(SEALED_ROLL), text, &s),
		    SEAL_E_NAMESPACE);
		text_free(&o);
	}
}

static void a_fido_key_must_be_touched(void **state)
{
	struct test_key k = test_key(4, true);
	struct str text = STR("attack on one\n");
	struct text_out o = { 0 };
	struct sshsig s;

	test_sign(&k, "liptako-roll@v1", text, 0, &o);
	assert_int_equal(check(text_of(&o), "liptako-roll@v1", text, &s),
	    SEAL_E_TOUCH);
	text_free(&o);
}

/* No single bit of a signature may be another without being refused. */
static void every_bit_counts(void **state)
{
	struct str text = STR("attack on one\n");

	for (unsigned fido = 0; fido < 2; fido++) {
		struct test_key k = test_key(5, fido);
		struct text_out o = { 0 };
		uint8_t blob[SSHSIG_BLOB_MAX];
		struct seal_text t = { .text = text };
		struct sshsig s;
		size_t n;

		test_sign(&k, "liptako-roll@v1", text, 1, &o);
		assert_int_equal(sodium_base642bin(blob, sizeof(blob), o.p + 30,
				     o.n - 59, "\n", &n, NULL,
				     sodium_base64_VARIANT_ORIGINAL),
		    0);
		for (size_t bit = 0; bit < 8 * n; bit++) {
			blob[bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (sshsig_parse(blob, n, &s) == SEAL_OK)
				assert_int_not_equal(sshsig_check(&s,
							 STR("liptako-roll@v1"),
							 &t),
				    SEAL_OK);
			blob[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		assert_int_equal(sshsig_parse(blob, n, &s), SEAL_OK);
		assert_int_equal(sshsig_check(&s, STR("liptako-roll@v1"), &t),
		    SEAL_OK);
		text_free(&o);
	}
}

static void acts_come_in_a_row(void **state)
{
	struct test_key k = test_key(6, false);
	struct str a = test_seal(SEALED_ROLL, STR("one\n"), &k, 1);
	struct str b = test_seal(SEALED_RECORD, STR("two\n"), &k, 0);
	struct text_out both = { 0 };
	struct sealed s;
	struct str rest;

	text_put_str(&both, a);
	text_put_str(&both, b);
	rest = text_of(&both);
	assert_null(sealed_next(&rest, &s));
	assert_true(str_eq(s.text, STR("one\n")));
	assert_int_equal(s.type, SEALED_ROLL);
	assert_null(sealed_next(&rest, &s));
	assert_true(str_eq(s.text, STR("two\n")));
	assert_int_equal(rest.n, 0);
	assert_non_null(sealed_parse(text_of(&both), &s));
	assert_non_null(sealed_parse(str_head(a, a.n - 1), &s));
	assert_null(sealed_parse(a, &s));
	text_free(&both);
	free((void *)(uintptr_t)a.p);
	free((void *)(uintptr_t)b.p);
}

TESTS(cmocka_unit_test(keys_read_as_written), cmocka_unit_test(signatures_hold),
    cmocka_unit_test(a_fido_key_must_be_touched),
    cmocka_unit_test(every_bit_counts), cmocka_unit_test(acts_come_in_a_row))
