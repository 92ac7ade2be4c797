#include "nats/nkey.h"

#include <sodium.h>

enum {
	USER = 20 << 3 /* NATS's letter for a user: the key begins with U */
};

/* CRC-16/XMODEM, as nkeys have it. */
static uint16_t crc16(const uint8_t *p, size_t n)
{
	uint32_t crc = 0;

	for (size_t i = 0; i < n; i++) {
		crc ^= (uint32_t)p[i] << 8;
		for (int b = 0; b < 8; b++)
			crc = crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1;
	}
	return (uint16_t)crc;
}

/* RFC 4648 without padding; 35 bytes are 56 letters. */
static void base32(const uint8_t *p, size_t n, char *to)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint32_t have = 0;
	unsigned bits = 0;

	for (size_t i = 0; i < n; i++) {
		have = have << 8 | p[i];
		for (bits += 8; bits >= 5; bits -= 5)
			*to++ = letters[have >> (bits - 5) & 31];
	}
	*to = '\0';
}

void nkey_print(const uint8_t public[static 32], char to[static NKEY_MAX])
{
	uint8_t raw[35] = { USER };
	uint16_t crc;

	memcpy(raw + 1, public, 32);
	crc = crc16(raw, 33);
	raw[33] = (uint8_t)(crc & 255);
	raw[34] = (uint8_t)(crc >> 8);
	base32(raw, sizeof(raw), to);
}

bool nkey_is_nonce(struct str nonce)
{
	if (nonce.n < 8 || nonce.n > NKEY_NONCE_MAX)
		return false;
	for (size_t i = 0; i < nonce.n; i++) {
		char c = nonce.p[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			(c >= '0' && c <= '9') || c == '-' || c == '_'))
			return false;
	}
	return true;
}

bool nkey_sign(const uint8_t secret[static 64], struct str nonce,
    uint8_t sig[static 64])
{
	return nkey_is_nonce(nonce) &&
	       crypto_sign_detached(sig, NULL, (const uint8_t *)nonce.p,
		   nonce.n, secret) == 0;
}
