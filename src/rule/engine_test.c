#include "rule/engine.h"

#include <stdio.h>

#include "base/tests.h"

struct sentence {
	const char *says, *pattern, *message;
	enum reading want;
	const char *ip, *user; /* NULL: none */
};

static const struct sentence sentences[] = {
	{ "a plain failure", "Failed <_:word> for <user> from <ip> port <port>",
	    "Failed password for root from 192.0.2.1 port 22", READ_HIT,
	    "192.0.2.1", "root" },
	{ "a user name that looks like the rest is a user name",
	    "Failed <_:word> for <user> from <ip> port <port>",
	    "Failed password for x from 8.8.8.8 port 1 from 192.0.2.1 port 22",
	    READ_HIT, "192.0.2.1", "x from 8.8.8.8 port 1" },
	{ "the ends are anchored", "Failed for <user> from <ip>",
	    "Failed for x from 192.0.2.1 y", READ_NONE, NULL, NULL },
	{ "and the beginning is", "Failed for <user> from <ip>",
	    " Failed for x from 192.0.2.1", READ_NONE, NULL, NULL },
	{ "two free texts: an honest line is read",
	    "Failed for <user> from <ip>: <_:text>",
	    "Failed for x from 192.0.2.1: no", READ_HIT, "192.0.2.1", "x" },
	{ "two free texts that let two addresses stand blame nobody",
	    "Failed for <user> from <ip>: <_:text>",
	    "Failed for x from 8.8.8.8: a from 192.0.2.1: no", READ_AMBIGUOUS,
	    NULL, NULL },
	{ "an optional group", "Bye <user> <ip>(?: port <port>)?(?: ssh2)?",
	    "Bye x 192.0.2.1 ssh2", READ_HIT, "192.0.2.1", "x" },
	{ "an optional group that is there",
	    "Bye <user> <ip>(?: port <port>)?(?: ssh2)?",
	    "Bye x 192.0.2.1 port 5", READ_HIT, "192.0.2.1", "x" },
	{ "alternatives", "Bye (?:invalid |illegal |)user <user> <ip>",
	    "Bye user a b 2001:db8::1", READ_HIT, "2001:db8::1", "a b" },
	{ "a host name is no address", "from <ip>", "from a.example", READ_NONE,
	    NULL, NULL },
	{ "nor is one that begins like one", "from <ip>.*",
	    "from 8.8.8.8.evil.example", READ_NONE, NULL, NULL },
	{ "nor one joined by a hyphen", "from <ip>.*", "from 8.8.8.8-evil.com",
	    READ_NONE, NULL, NULL },
	{ "nor the tail of a number", ".*<ip>", "x 12.0.0.1234", READ_NONE,
	    NULL, NULL },
	{ "an address is read whole", ".*<ip>.*", "x 112.0.0.122 y", READ_HIT,
	    "112.0.0.122", NULL },
	{ "a port after a colon", "client <ip>:<port>", "client 192.0.2.1:443",
	    READ_HIT, "192.0.2.1", NULL },
	{ "a port after a long address", "client <ip>:<port>",
	    "client 2001:db8::1:443", READ_HIT, "2001:db8::1", NULL },
	{ "a colon and a text", "<ip>: .*", "2001:db8::1: hello", READ_HIT,
	    "2001:db8::1", NULL },
	{ "a full stop after it", "from <ip>\\.", "from 192.0.2.1.", READ_HIT,
	    "192.0.2.1", NULL },
	{ "a comma after it", "rip=<ip>, .*", "rip=2001:db8::7, lip=1.2.3.4",
	    READ_HIT, "2001:db8::7", NULL },
	{ "brackets", "unknown\\[<ip>\\]: .*",
	    "unknown[192.0.2.1]: a [1.2.3.4]", READ_HIT, "192.0.2.1", NULL },
	{ "mapped addresses fold", "from <ip>", "from ::ffff:192.0.2.1",
	    READ_HIT, "192.0.2.1", NULL },
	{ "and keep both colons behind an optional one",
	    "from(?: ?[:=] ?| )<ip>", "from ::ffff:192.0.2.1", READ_HIT,
	    "192.0.2.1", NULL },
	{ "a zone is dropped", "from <ip>", "from fe80::1%eth0", READ_HIT,
	    "fe80::1", NULL },
	{ "an impossible address", "from <ip>", "from 192.0.2.999", READ_NONE,
	    NULL, NULL },
	{ "literal angle brackets", "user=\\<<user:notgt>>, rip=<ip>",
	    "user=<a@b>, rip=192.0.2.1", READ_HIT, "192.0.2.1", "a@b" },
	{ "quotes border a text", "user \"<user:quoted>\" at <ip>.*",
	    "user \"a b\" at 192.0.2.1 \" at 8.8.8.8", READ_HIT, "192.0.2.1",
	    "a b" },
	{ "a date in the middle", "<_:date> <ip> failed",
	    "2026-11-22 10:00:00.123 192.0.2.1 failed", READ_HIT, "192.0.2.1",
	    NULL },
	{ "bytes of any kind are text", "user <user> from <ip>",
	    "user \xff\n\x01 from 192.0.2.1", READ_HIT, "192.0.2.1",
	    "\xff\n\x01" },
	{ "case counts", "Failed from <ip>", "failed from 192.0.2.1", READ_NONE,
	    NULL, NULL },
	{ "unless the pattern says otherwise", "(?i)Failed from <ip>",
	    "failed from 192.0.2.1", READ_HIT, "192.0.2.1", NULL },
	{ "an address that is not there", "user <user>(?: from <ip>)?",
	    "user x", READ_HIT, NULL, "x" },
};

static void check(const struct sentence *t)
{
	struct regex_room *room = NULL;
	struct engine *g = NULL;
	struct captures c;
	char why[WHY_MAX], shown[ADDR_MAX];
	struct addr who;
	enum reading got;
	int user;

	regex_room_new(&room);
	if (engine_new(&g, str_of(t->pattern), why) < 0)
		fail_msg("%s: %s", t->says, why);
	got = engine_read(g, room, str_of(t->message), &c, &who);
	if (got != t->want)
		fail_msg("%s: reading %d instead of %d", t->says, (int)got,
		    (int)t->want);
	if (got == READ_HIT) {
		addr_print(&who, shown);
		if (strcmp(shown, t->ip ? t->ip : "-") != 0)
			fail_msg("%s: ip %s", t->says, shown);
		user = pattern_field(engine_pattern(g), STR("user"));
		if (t->user && !str_eq(c.field[user], str_of(t->user)))
			fail_msg("%s: user " STR_F, t->says,
			    STR_A(c.field[user]));
	}
	engine_free(&g);
	regex_room_free(&room);
}

static void readings(void **state)
{
	for (size_t i = 0; i < countof(sentences); i++)
		check(&sentences[i]);
}

static void the_limit_is_told(void **state)
{
	struct regex_room *room = NULL;
	struct engine *g = NULL;
	struct captures c;
	char why[WHY_MAX], line[200];
	struct addr who;

	memset(line, 'a', sizeof(line));
	regex_room_new(&room);
	assert_int_equal(engine_new(&g, STR("(?:a+)+(?!a)(?:b|c)+"), why), 0);
	assert_int_equal(engine_read(g, room, (struct str){ line, 200 }, &c,
			     &who),
	    READ_LIMIT);
	engine_free(&g);
	regex_room_free(&room);
}

static void faults_name_their_cure(void **state)
{
	static const struct {
		const char *pattern, *part;
	} t[] = { { "from <ip", "literal <" }, { "<ip:addr>", "unknown class" },
		{ "<Ip>", "a field is" }, { "a(b", "without its )" },
		{ "a)b", "without its (" }, { "[ab", "without its ]" },
		{ "*a", "repeats nothing" }, { "(?<a>b)", "a field is <name>" },
		{ "(a)\\1", "back references" }, { "<user>*", "takes no *" },
		{ "<user>{2}", "takes no {" },
		{ "<ip:word>", "always an address" },
		{ "<user:wrd>", "perhaps word" }, { "a{3,1}", "PCRE2 says" },
		{ "\\", "lone" } };

	for (size_t i = 0; i < countof(t); i++) {
		struct engine *g = NULL;
		char why[WHY_MAX] = "";

		assert_int_equal(engine_new(&g, str_of(t[i].pattern), why),
		    -EINVAL);
		if (!strstr(why, t[i].part))
			fail_msg("%s: %s", t[i].pattern, why);
	}
}

TESTS(cmocka_unit_test(readings), cmocka_unit_test(the_limit_is_told),
    cmocka_unit_test(faults_name_their_cure))
