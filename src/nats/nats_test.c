#include "nats/names.h"
#include "nats/nkey.h"
#include "nats/recipe.h"

#include "base/tests.h"

#include <sodium.h>

static const uint8_t alliance[32] = { 0xab, 0xcd, 0xef, 1, 2, 3, 4, 5, 6 };
static const uint8_t envoy[32] = { 0x10, 0x20, 0x30 };
static const struct outbox box = { alliance, "mali", false };

static void names_are_what_the_protocol_says(void **state)
{
	const uint8_t join[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	char s[NATS_NAME];
	uint8_t got[8];

	nats_stream(box, s);
	assert_string_equal(s, "OUT_abcdef0102030405_mali");
	nats_own(box, envoy, s);
	assert_string_equal(s,
	    "lpt.abcdef0102030405.mali.1020300000000000.act");
	nats_ack(box, "niger", s);
	assert_string_equal(s, "$JS.ACK.OUT_abcdef0102030405_mali.niger.");
	nats_join(alliance, join, false, s);
	assert_string_equal(s, "join.abcdef0102030405.0102030405060708.ask");
	assert_true(nats_join_read(alliance, str_of(s), got));
	assert_memory_equal(got, join, 8);
	assert_false(nats_join_read(envoy, str_of(s), got));
	assert_false(nats_join_read(alliance, str_head(str_of(s), 41), got));
	nats_join(alliance, NULL, false, s);
	assert_string_equal(s, "join.abcdef0102030405.*.ask");
	assert_false(nats_join_read(alliance, str_of(s), got));
}

static void longest_names_fit(void **state)
{
	char owner[PARTY_NAME] = "", s[NATS_NAME];
	struct outbox o = { alliance, owner, true };
	const struct nats_place most = { UINT64_MAX, UINT64_MAX, UINT64_MAX,
		UINT64_MAX, UINT64_MAX };
	struct nats_place got;
	char all[NATS_NAME];

	memset(owner, 'm', PARTY_NAME - 1);
	nats_ack(o, owner, s);
	assert_string_equal(s + strlen(s) - 33,
	    ".mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm.");
	nats_place_print(&most, s, all);
	assert_true(nats_place(str_of(all), str_of(s), &got));
	assert_memory_equal(&got, &most, sizeof(got));
}

static void a_place_has_numbers_alone(void **state)
{
	static const struct {
		const char *reply;
		bool ok;
	} t[] = { { "$JS.ACK.S.c.1.42.7.1795320081316876953.3", true },
		{ "$JS.ACK.S.c.1.42.7.1795320081316876953", false },
		{ "$JS.ACK.S.c.1.42.7.1795320081316876953.3.9", false },
		{ "$JS.ACK.S.c.1.42.7.1795320081316876953.3.", false },
		{ "$JS.ACK.S.c.1.-2.7.1.3", false },
		{ "$JS.ACK.S.c.1..7.1.3", false },
		{ "$JS.ACK.S.c.1.99999999999999999999.7.1.3", false },
		{ "$JS.ACK.S.d.1.42.7.1.3", false },
		{ "$JS.API.STREAM.DELETE.S", false }, { "", false } };
	struct nats_place p;

	for (size_t i = 0; i < countof(t); i++)
		assert_int_equal(nats_place(str_of(t[i].reply),
				     STR("$JS.ACK.S.c."), &p),
		    t[i].ok);
	assert_true(nats_place(str_of(t[0].reply), STR("$JS.ACK.S.c."), &p));
	assert_int_equal(p.seq, 42);
	assert_int_equal(p.pending, 3);
}

/* The vector is of Python's base64 and binascii. */
static void keys_are_written_as_nats_does(void **state)
{
	uint8_t key[32];
	char s[NKEY_MAX];

	for (uint8_t i = 0; i < sizeof(key); i++)
		key[i] = i;
	nkey_print(key, s);
	assert_string_equal(s,
	    "UAAACAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4DUPB63NN");
}

static void only_nonces_are_signed(void **state)
{
	uint8_t public[32], secret[64], sig[64];
	const char *const no[] = { "", "short", "liptako act v1",
		"abcdefgh\nabcdefgh", "abcdefghijk=",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };

	assert_true(sodium_init() >= 0);
	crypto_sign_keypair(public, secret);
	assert_true(nkey_sign(secret, STR("aBcDeFgHiJkL-_0"), sig));
	assert_int_equal(crypto_sign_verify_detached(sig,
			     (const uint8_t *)"aBcDeFgHiJkL-_0", 15, public),
	    0);
	for (size_t i = 0; i < countof(no); i++)
		assert_false(nkey_sign(secret, str_of(no[i]), sig));
	/* a domain string ends with a NUL: no nonce has one */
	assert_false(nkey_is_nonce((struct str){ "liptako\0aaaaaaa", 15 }));
}

static struct wire_serve row(uint8_t kind, uint8_t login, const char *reader)
{
	struct wire_serve s = { .kind = kind, .owner = "mali" };

	memcpy(s.alliance, alliance, 32);
	memcpy(s.envoy, envoy, 32);
	memset(s.login, login, 32);
	snprintf(s.reader, sizeof(s.reader), "%s", reader);
	return s;
}

static struct recipe recipe_of(const struct wire_serve *rows, size_t n)
{
	return (struct recipe){ .listen = "0.0.0.0:4222",
		.cert = "/s/post.crt",
		.key = "/s/post.key",
		.store = "/s/store",
		.log = "/s/log",
		.rows = rows,
		.n = n };
}

static void a_recipe_has_one_door(void **state)
{
	struct wire_serve rows[] = { row(SERVE_OWNER, 1, ""),
		row(SERVE_READER, 2, "niger"), row(SERVE_READER, 2, "niger") };
	struct recipe r = recipe_of(rows, countof(rows));
	auto_free char *text = NULL;

	memcpy(rows[2].owner, "guest", 6);
	assert_int_equal(recipe_write(&r, &text), 0);
	assert_null(strstr(text, "authorization"));
	assert_null(strstr(text, "no_auth_user"));
	assert_null(strstr(text, "http"));
	assert_non_null(strstr(text, "system_account: SYS"));
	assert_non_null(strstr(text, "max_connections: 8"));
	assert_non_null(strstr(text,
	    "publish: [\"$JS.ACK.OUT_abcdef0102030405_mali.niger.>\", "
	    "\"$JS.ACK.OUT_abcdef0102030405_guest.niger.>\"]"));
	assert_non_null(
	    strstr(text, "subscribe: [\"dlv.out.abcdef0102030405.mali.niger\", "
			 "\"dlv.out.abcdef0102030405.guest.niger\"]"));
}

static void a_recipe_that_cannot_be_is_none(void **state)
{
	struct wire_serve rows[] = { row(SERVE_READER, 2, "niger") };
	struct recipe r = recipe_of(rows, 1);
	auto_free char *text = NULL;

	assert_int_equal(recipe_write(&r, &text), -EINVAL); /* no owner */
	rows[0] = row(SERVE_OWNER, 1, "");
	assert_int_equal(recipe_write(&r, &text), 0);
	r.store = "/s\" include \"/etc";
	free_ptr(&text);
	assert_int_equal(recipe_write(&r, &text), -EINVAL);
	r.store = "/s";
	memcpy(rows[0].owner, "M\"", 3);
	assert_int_equal(recipe_write(&r, &text), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_what_the_protocol_says),
		cmocka_unit_test(longest_names_fit),
		cmocka_unit_test(a_place_has_numbers_alone),
		cmocka_unit_test(keys_are_written_as_nats_does),
		cmocka_unit_test(only_nonces_are_signed),
		cmocka_unit_test(a_recipe_has_one_door),
		cmocka_unit_test(a_recipe_that_cannot_be_is_none),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
