#include "scribe/owner.h"

#include "base/tests.h"

static void fault(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
	fail_msg("%s:%u:%u: %s", file, line, column, what);
}

static void load(struct rules *r, const char *yaml)
{
	assert_int_equal(rules_load(r, "t.yaml", str_of(yaml), fault, NULL),
	    RULES_OK);
}

static void units_decide_and_text_does_not(void **state)
{
	static const struct {
		struct sender s;
		int32_t owner;
	} t[] = {
		{ { STR("ssh.service"), STR("/usr/sbin/sshd"), STR("0") }, 0 },
		{ { STR("ssh@3-192.0.2.1:22-203.0.113.9:4711.service"),
		      STR("/usr/sbin/sshd"), STR("0") },
		    0 },
		/* a user's logger, whatever it calls itself */
		{ { STR("session-3.scope"), STR("/usr/bin/logger"),
		      STR("1000") },
		    -1 },
		{ { STR("session-3.scope"), STR("/usr/bin/sudo"), STR("0") },
		    1 },
		/* a copy of sudo that a user runs as himself */
		{ { STR("session-3.scope"), STR("/usr/bin/sudo"), STR("1000") },
		    -1 },
		{ { STR("session-3.scope"), STR("/home/u/sudo"), STR("0") },
		    -1 },
		/* without logind all of a session stays in sshd's unit */
		{ { STR("ssh.service"), STR("/usr/bin/logger"), STR("-"),
		      STR("sshd"), true },
		    -1 },
		{ { STR("ssh.service"), STR("/usr/sbin/sshd"), STR("0"),
		      STR("sshd"), true },
		    0 },
		{ { STR("ssh.service"), STR("/usr/sbin/sshd"), STR("-"),
		      STR("sshd"), false },
		    0 },
		{ { STR("ssh.service.evil"), STR(""), STR("0") }, -1 },
		{ { STR(""), STR(""), STR("") }, -1 },
		{ { STR("ssh.service\0x"), STR(""), STR("0") }, -1 },
	};
	struct rules *r = NULL;

	rules_new(&r);
	load(r, "service: openssh\nabout: x\nunits: [ssh.service, "
		"'ssh@*.service']\nrules: []\n");
	load(r, "service: sudo\nabout: x\nexes: [/usr/bin/sudo]\nrules: []\n");
	assert_int_equal(r->n_services, 2);
	for (size_t i = 0; i < countof(t); i++)
		assert_int_equal(owner_of(r, &t[i].s), t[i].owner);
	rules_free(&r);
}

static void of_a_shared_unit_the_identifier_chooses(void **state)
{
	static const struct {
		struct sender s;
		int32_t owner;
	} t[] = {
		{ { STR("ipsec.service"), STR(""), STR("0"), STR("pluto") },
		    1 },
		{ { STR("ipsec.service"), STR(""), STR("0"), STR("charon-7") },
		    0 },
		{ { STR("ipsec.service"), STR(""), STR("0"), STR("ntpd") }, 0 },
		/* it cannot choose a unit that is not its own */
		{ { STR("cron.service"), STR(""), STR("0"), STR("pluto") },
		    -1 },
	};
	struct rules *r = NULL;

	rules_new(&r);
	load(r, "service: strongswan\nabout: x\nunits: [ipsec.service]\n"
		"programs: ['charon*']\nrules: []\n");
	load(r, "service: libreswan\nabout: x\nunits: [ipsec.service]\n"
		"programs: [pluto]\nrules: []\n");
	for (size_t i = 0; i < countof(t); i++)
		assert_int_equal(owner_of(r, &t[i].s), t[i].owner);
	rules_free(&r);
}

TESTS(cmocka_unit_test(units_decide_and_text_does_not),
    cmocka_unit_test(of_a_shared_unit_the_identifier_chooses))
