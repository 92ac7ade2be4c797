#include "f2b/deed.h"

#include <stdlib.h>

#include "base/tests.h"

static void what_its_log_says_is_read(void **state)
{
	static const struct {
		const char *line;
		int what; /* -1: none */
		const char *jail, *who;
	} t[] = {
		{ "2026-11-22 07:00:01,123 fail2ban.actions        [7]: NOTICE "
		  " [sshd] Ban 203.0.113.1",
		    DID_BAN, "sshd", "203.0.113.1" },
		{ "2026-11-22 07:00:01,123 fail2ban.filter         [7]: INFO   "
		  " [web-x] Found 2001:db8::5 - 2026-11-22 07:00:00",
		    DID_FIND, "web-x", "2001:db8::5" },
		{ "2026-11-22 07:00:01,123 fail2ban.actions        [7]: NOTICE "
		  " [sshd] Restore Ban 203.0.113.1",
		    DID_RESTORE, "sshd", "203.0.113.1" },
		{ "Nov 22 07:00:01 h fail2ban-server[7]: fail2ban.actions: "
		  "NOTICE [sshd] Unban 203.0.113.1",
		    DID_UNBAN, "sshd", "203.0.113.1" },
		{ "2026-11-22 07:00:01,123 fail2ban.actions        [7]: WARNING"
		  " [sshd] 203.0.113.1 already banned",
		    -1, NULL, NULL },
		{ "2026-11-22 07:00:01,123 fail2ban.actions        [7]: NOTICE "
		  " [sshd] Ban bob",
		    -1, NULL, NULL },
		{ "fail2ban. [", -1, NULL, NULL },
		{ "", -1, NULL, NULL },
	};

	for (size_t i = 0; i < countof(t); i++) {
		struct deed d = { 0 };
		char who[ADDR_MAX];

		assert_int_equal(deed_read(str_of(t[i].line), &d),
		    t[i].what >= 0);
		if (t[i].what < 0)
			continue;
		(void)addr_print(&d.who, who);
		assert_int_equal(d.what, t[i].what);
		assert_string_equal(d.jail, t[i].jail);
		assert_string_equal(who, t[i].who);
	}
}

static void its_stamp_is_of_our_zone(void **state)
{
	struct deed d;

	setenv("TZ", "UTC", 1);
	assert_true(deed_read(STR("2026-11-22 07:00:01,523 fail2ban.actions "
				  "[7]: NOTICE [sshd] Ban 203.0.113.1"),
	    &d));
	assert_int_equal(d.at, 1795330801500);
	assert_true(deed_read(STR("fail2ban.actions: NOTICE [sshd] Ban "
				  "203.0.113.1"),
	    &d));
	assert_int_equal(d.at, 0);
}

TESTS(cmocka_unit_test(what_its_log_says_is_read),
    cmocka_unit_test(its_stamp_is_of_our_zone))
