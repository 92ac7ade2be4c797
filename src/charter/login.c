#include "charter/login.h"

#include <sodium.h>

static void key_pair(const uint8_t seed[static 32],
    uint8_t ret_public[static 32])
{
	uint8_t secret[crypto_sign_SECRETKEYBYTES];

	(void)crypto_sign_seed_keypair(ret_public, secret, seed);
	sodium_memzero(secret, sizeof(secret));
}

static void derive(const char *domain, size_t n_domain, const uint8_t *key,
    size_t n_key, const uint8_t *alliance, const uint8_t *post,
    uint8_t *ret_seed)
{
	crypto_generichash_state h;

	(void)crypto_generichash_init(&h, key, n_key, 32);
	(void)crypto_generichash_update(&h, (const uint8_t *)domain, n_domain);
	(void)crypto_generichash_update(&h, alliance, 32);
	if (post)
		(void)crypto_generichash_update(&h, post, 32);
	(void)crypto_generichash_final(&h, ret_seed, 32);
	sodium_memzero(&h, sizeof(h));
}

void login_derive(const uint8_t seed[static 32],
    const uint8_t alliance[static 32], const uint8_t post[static 32],
    uint8_t ret_seed[static 32], uint8_t ret_public[static 32])
{
	static const char domain[] = "liptako login v1";

	derive(domain, sizeof(domain), seed, 32, alliance, post, ret_seed);
	key_pair(ret_seed, ret_public);
}

void login_joiner(const uint8_t secret[static 16],
    const uint8_t alliance[static 32], uint8_t ret_seed[static 32],
    uint8_t ret_public[static 32])
{
	static const char domain[] = "liptako joiner v1";

	derive(domain, sizeof(domain), secret, 16, alliance, NULL, ret_seed);
	key_pair(ret_seed, ret_public);
}
