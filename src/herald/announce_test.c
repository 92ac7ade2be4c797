#include <jansson.h>

#include "base/tests.h"
#include "herald/announce.h"

static struct gathered three(void)
{
	struct gathered g = { .of = { 0, 1, 0, 31 }, .n = 2 };

	g.first[0] = (struct wire_happened){ .what = 3,
		.net = { { 4, { 192, 0, 2, 1 } }, 32 },
		.at = 1800000000,
		.until = 1800003600,
		.count = 5,
		.rule = "openssh/auth-failure" };
	g.first[1] = (struct wire_happened){ .what = 1,
		.net = { { 4, { 192, 0, 2, 2 } }, 32 },
		.at = 1800000001,
		.rule = "openssh/login" };
	return g;
}

static void a_storm_is_one_message(void **state)
{
	struct gathered g = three();
	auto_free char *title = announce_title(&g, "gate"),
		       *text = announce_lines(&g, "gate");

	assert_string_equal(title, "Liptako on gate: 31 shut out, 1 alarm");
	assert_string_equal(text,
	    "Liptako on gate: 31 shut out, 1 alarm\n"
	    "192.0.2.1 shut out by openssh/auth-failure, 5 times, until "
	    "2027-01-15T09:00:00Z\n"
	    "192.0.2.2 alarm by openssh/login\n"
	    "and 30 more\n");
}

static const char *text_at(json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static json_t *said_as(uint32_t as, const char *chat)
{
	struct conf_announce c = { .as = as,
		.chat = chat ? str_dup(str_of(chat)) : NULL };
	struct gathered g = three();
	auto_free char *body = announce_body(&c, &g, "gate", 1800000002);
	json_t *o = json_loads(body, 0, NULL);

	free(c.chat);
	assert_non_null(o);
	return o;
}

static void each_form_has_what_it_needs(void **state)
{
	static const struct {
		uint32_t as;
		const char *key, *starts;
	} forms[] = { { CONF_AS_JSON, "text", "Liptako on gate" },
		{ CONF_AS_SLACK, "text", "Liptako on gate" },
		{ CONF_AS_DISCORD, "content", "Liptako on gate" },
		{ CONF_AS_TEAMS, "type", "message" },
		{ CONF_AS_MATRIX, "msgtype", "m.text" },
		{ CONF_AS_TELEGRAM, "chat_id", "-77" } };

	for (size_t i = 0; i < countof(forms); i++) {
		json_t *o = said_as(forms[i].as, "-77");

		assert_int_equal(strncmp(text_at(o, forms[i].key),
				     forms[i].starts, strlen(forms[i].starts)),
		    0);
		json_decref(o);
	}
}

static void json_has_the_facts(void **state)
{
	json_t *o = said_as(CONF_AS_JSON, NULL),
	       *e = json_array_get(json_object_get(o, "events"), 0);

	assert_int_equal(json_integer_value(json_object_get(o, "count")), 32);
	assert_string_equal(text_at(e, "net"), "192.0.2.1");
	assert_string_equal(text_at(e, "what"), "shut out");
	assert_string_equal(text_at(e, "rule"), "openssh/auth-failure");
	json_decref(o);
}

TESTS(cmocka_unit_test(a_storm_is_one_message),
    cmocka_unit_test(each_form_has_what_it_needs),
    cmocka_unit_test(json_has_the_facts))
