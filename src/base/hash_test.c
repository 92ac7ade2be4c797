#include "base/hash.h"

#include "base/tests.h"

static void two_words_hash_apart(void **state)
{
	struct hash_key k = { { 1, 2 } }, other = { { 1, 3 } };

	assert_true(hash_u64x2(&k, 1, 2) == hash_u64x2(&k, 1, 2));
	assert_true(hash_u64x2(&k, 1, 2) != hash_u64x2(&k, 2, 1));
	assert_true(hash_u64x2(&k, 1, 2) != hash_u64x2(&other, 1, 2));
}

/* Neighbours fill a table as evenly as anything does. */
static void pairs_spread(void **state)
{
	struct hash_key k = hash_key_new();
	unsigned low[256] = { 0 }, high[256] = { 0 };

	for (uint64_t i = 0; i < 65536; i++) {
		uint64_t h = hash_pair(&k, i >> 4, 4 << 16 | (i & 15));

		low[h & 255]++;
		high[h >> 56]++;
	}
	for (size_t i = 0; i < 256; i++) {
		assert_in_range(low[i], 128, 384);
		assert_in_range(high[i], 128, 384);
	}
	assert_true(hash_pair(&k, 1, 2) != hash_pair(&k, 2, 1));
}

static void lengths_matter(void **state)
{
	struct hash_key k = hash_key_new();
	uint8_t zeros[32] = { 0 };

	for (size_t n = 0; n < sizeof(zeros); n++)
		assert_true(hash_bytes(&k, zeros, n) !=
			    hash_bytes(&k, zeros, n + 1 < 32 ? n + 1 : 0));
}

/* Alignment of the input changes nothing. */
static void unaligned_reads(void **state)
{
	struct hash_key k = { { 7, 9 } };
	char buf[64];

	for (size_t at = 0; at < 8; at++) {
		memcpy(buf + at, "the quick brown fox jumps", 25);
		assert_true(hash_bytes(&k, buf + at, 25) ==
			    hash_bytes(&k, "the quick brown fox jumps", 25));
	}
}

/* Every length, and every byte of it. */
static void texts_hash_apart(void **state)
{
	struct hash_key k = hash_key_new();
	char text[71] = { 0 };

	for (size_t n = 0; n + 1 < sizeof(text); n++) {
		struct str s = { text, n };
		uint64_t h = hash_text(&k, s);

		assert_true(h == hash_text(&k, s));
		assert_true(h != hash_text(&k, (struct str){ text, n + 1 }));
		for (size_t i = 0; i < n; i++) {
			text[i] = 'x';
			assert_true(h != hash_text(&k, s));
			text[i] = 0;
		}
	}
}

TESTS(cmocka_unit_test(texts_hash_apart),
    cmocka_unit_test(two_words_hash_apart), cmocka_unit_test(pairs_spread),
    cmocka_unit_test(lengths_matter), cmocka_unit_test(unaligned_reads))
