#include "charter/token.h"

#include <sodium.h>
#include <stdio.h>

#include "base/bytes.h"

/*
 * version 1, family 1, address 4 or 16, port 2, post 32, alliance 32,
 * secret 16, expiry in seconds 4, checksum 4; base32 without letters that
 * look like digits, in groups of eight after "lpt1".
 */
enum {
	BYTES_MAX = 1 + 1 + 16 + 2 + 32 + 32 + 16 + 4 + 4,
	CHECK = 4,
	GROUP = 8
};
static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";

const char *token_fault_name(enum token_fault f)
{
	static const char *const names[TOKEN_FAULTS] = {
		[TOKEN_OK] = "right",
		[TOKEN_E_SHAPE] = "it is not written as a token (lpt1-...)",
		[TOKEN_E_CHECK] =
		    "a letter of it is wrong or missing: copy it again",
		[TOKEN_E_VERSION] = "it is of a newer Liptako",
		[TOKEN_E_VALUE] = "it names no address or port",
	};

	assert(f < TOKEN_FAULTS);
	return names[f];
}

static void checksum(const uint8_t *p, size_t n, uint8_t to[static CHECK])
{
	uint8_t sum[crypto_generichash_BYTES];

	(void)crypto_generichash(sum, sizeof(sum), p, n,
	    (const uint8_t *)"liptako token v1", 16);
	memcpy(to, sum, CHECK);
}

static void put(uint8_t *to, size_t *n, const void *p, size_t len)
{
	memcpy(to + *n, p, len);
	*n += len;
}

static void put_be(uint8_t *to, size_t *n, uint64_t v, size_t len)
{
	for (size_t i = len; i-- > 0;)
		to[(*n)++] = (uint8_t)(v >> (8 * i));
}

static size_t encode(const struct token *t, uint8_t to[static BYTES_MAX])
{
	size_t n = 0;

	put_be(to, &n, 1, 1);
	put_be(to, &n, t->addr.family, 1);
	put(to, &n, t->addr.b, t->addr.family == 4 ? 4 : 16);
	put_be(to, &n, t->port, 2);
	put(to, &n, t->post, sizeof(t->post));
	put(to, &n, t->alliance, sizeof(t->alliance));
	put(to, &n, t->secret, sizeof(t->secret));
	put_be(to, &n, t->expires / 1000, 4);
	checksum(to, n, to + n);
	return n + CHECK;
}

size_t token_print(const struct token *t, char to[static TOKEN_TEXT_MAX])
{
	uint8_t b[BYTES_MAX];
	size_t n = encode(t, b), at = 4, put_n = 0;
	uint32_t acc = 0;
	unsigned bits = 0;

	memcpy(to, "lpt1", 4);
	for (size_t i = 0; i < n || bits > 0;) {
		if (bits < 5) {
			acc = acc << 8 | (i < n ? b[i] : 0);
			bits += 8;
			i++;
		}
		if (put_n++ % GROUP == 0)
			to[at++] = '-';
		to[at++] = letters[acc >> (bits - 5) & 31];
		bits -= 5;
		if (i >= n && bits < 5) {
			/* the last bits, filled up with zeros */
			if (bits > 0) {
				if (put_n % GROUP == 0)
					to[at++] = '-';
				to[at++] = letters[acc << (5 - bits) & 31];
			}
			break;
		}
	}
	to[at] = '\0';
	assert(at < TOKEN_TEXT_MAX);
	return at;
}

static int value_of(char c)
{
	const char *at;

	if (c >= 'A' && c <= 'Z')
		c = (char)(c - 'A' + 'a');
	if (c == 'o')
		c = '0';
	if (c == 'i' || c == 'l')
		c = '1';
	at = c ? strchr(letters, c) : NULL;
	return at ? (int)(at - letters) : -1;
}

/* Blanks and hyphens are for people. */
static bool decode(struct str s, uint8_t *to, size_t room, size_t *n)
{
	uint32_t acc = 0;
	unsigned bits = 0;
	size_t k = 0;

	for (size_t i = 0; i < s.n; i++) {
		int v = value_of(s.p[i]);

		if (s.p[i] == '-' || s.p[i] == ' ' || s.p[i] == '\n')
			continue;
		if (v < 0 || k == room)
			return false;
		acc = acc << 5 | (uint32_t)v;
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			to[k++] = (uint8_t)(acc >> bits);
		}
	}
	*n = k;
	return bits < 5 && (acc & ((1u << bits) - 1)) == 0;
}

static enum token_fault read_values(struct rd *r, struct token *t)
{
	t->addr.family = rd_u8(r);
	if (t->addr.family != 4 && t->addr.family != 6)
		return TOKEN_E_VALUE;
	rd_bytes(r, t->addr.b, t->addr.family == 4 ? 4 : 16);
	t->port = rd_u16(r);
	rd_bytes(r, t->post, sizeof(t->post));
	rd_bytes(r, t->alliance, sizeof(t->alliance));
	rd_bytes(r, t->secret, sizeof(t->secret));
	t->expires = (uint64_t)rd_u32(r) * 1000;
	if (!rd_done(r))
		return TOKEN_E_SHAPE;
	return t->port ? TOKEN_OK : TOKEN_E_VALUE;
}

enum token_fault token_parse(struct str text, struct token *ret)
{
	struct str s = str_trim(text);
	uint8_t b[BYTES_MAX], sum[CHECK];
	struct token t = { 0 };
	enum token_fault f;
	struct rd r;
	size_t n;

	if (text.n >= 2 * TOKEN_TEXT_MAX ||
	    !str_eq_nocase(str_head(s, 5), STR("lpt1-")) ||
	    !decode(str_from(s, 5), b, sizeof(b), &n) || n <= CHECK)
		return TOKEN_E_SHAPE;
	checksum(b, n - CHECK, sum);
	if (memcmp(sum, b + n - CHECK, CHECK) != 0)
		return TOKEN_E_CHECK;
	r = rd_of(b, n - CHECK);
	if (rd_u8(&r) != 1)
		return TOKEN_E_VERSION;
	f = read_values(&r, &t);
	if (f == TOKEN_OK)
		*ret = t;
	return f;
}

void token_id(const struct token *t, char to[static 17])
{
	uint8_t sum[crypto_generichash_BYTES];

	(void)crypto_generichash(sum, sizeof(sum), t->secret, sizeof(t->secret),
	    (const uint8_t *)"liptako join v1", 15);
	(void)sodium_bin2hex(to, 17, sum, 8);
}

/* 2,048 words that most tongues can say: 16 x 4 x 16 x 2. */
static void code_word(unsigned v, char to[static 4])
{
	static const char consonants[] = "bdfghjklmnprstvz";
	static const char first[] = "aiou", second[] = "ao";

	to[0] = consonants[v >> 7 & 15];
	to[1] = first[v >> 5 & 3];
	to[2] = consonants[v >> 1 & 15];
	to[3] = second[v & 1];
}

void code_words(const uint8_t hash[static 32], char to[static CODE_MAX])
{
	uint32_t acc = 0;
	unsigned bits = 0, next = 0;

	for (size_t i = 0; i < 6; i++) {
		while (bits < 11) {
			acc = acc << 8 | hash[next++];
			bits += 8;
		}
		bits -= 11;
		code_word(acc >> bits & 2047, to + 5 * i);
		to[5 * i + 4] = i < 5 ? ' ' : '\0';
	}
}
