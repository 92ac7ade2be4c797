#include "herald/jails.h"

#include <stdio.h>

#include "base/tests.h"
#include "law/law.h"

static const char pack_text[] =
    "service: f2b-sshd\njail:\n  name: sshd\n  failregex: ['^x <HOST>$']\n"
    "  ban: ['mail <ip> <failures>', 'log <name>']\n  unban: ['gone <ip>']\n"
    "rules:\n- name: failure\n  about: a\n  kind: bruteforce\n"
    "  evidence: own-act\n  when: 5 in 10m\n";

static struct wire_happened happened(const char *net, uint8_t what)
{
	struct wire_happened h = { .what = what,
		.at = 1000000,
		.until = 1000600,
		.count = 5,
		.repeats = 1 };

	assert_true(net_parse(str_of(net), true, &h.net));
	snprintf(h.rule, sizeof(h.rule), "f2b-sshd/failure");
	return h;
}

static struct rules *load(void)
{
	char all[1000];
	struct rules *r = NULL;
	int n = snprintf(all, sizeof(all),
	    "%%%%%% %zu /etc/liptako/fail2ban/f2b-sshd.yaml\n%s",
	    sizeof(pack_text) - 1, pack_text);

	jails_load(&r, (struct str){ all, (size_t)n });
	return r;
}

static void a_jail_runs_its_own_commands(void **state)
{
	struct wire_happened h = happened("203.0.113.7/32", VERDICT_DENY);
	struct rules *r = load();
	const struct jailed *jail = NULL;
	const struct strings *c = jails_commands(r, &h, &jail);
	char script[JAIL_SCRIPT];

	assert_non_null(c);
	assert_int_equal(c->n, 2);
	assert_true(jails_script(c->v[0], jail, &h, script));
	assert_string_equal(script, "mail 203.0.113.7 5");
	h.what = VERDICT_NONE;
	c = jails_commands(r, &h, &jail);
	assert_int_equal(c->n, 1);
	assert_true(jails_script(c->v[0], jail, &h, script));
	assert_string_equal(script, "gone 203.0.113.7");
	snprintf(h.rule, sizeof(h.rule), "openssh/auth-failure");
	assert_null(jails_commands(r, &h, &jail));
	rules_free(&r);
}

static void tags_become_facts(void **state)
{
	static char name[] = "a;rm -rf /";
	const struct jailed jail = { .name = name };
	static const struct {
		const char *command, *script;
	} t[] = {
		{ "<ip-rev>x", "7.113.0.203.x" },
		{ "<time> <bantime> <bancount>", "1000000 600 2" },
		{ "echo '<matches>' '<F-USER>'", "echo '' ''" },
		{ "echo <name>", "echo a_rm_-rf_/" },
		{ "a <b && c > d", "a <b && c > d" },
		{ "<br><sp>", "\n " },
		{ "cat <<EOF", "cat <<EOF" },
		{ "<family>", "inet4" },
	};
	struct wire_happened h = happened("203.0.113.7/32", VERDICT_DENY);
	char script[JAIL_SCRIPT];

	for (size_t i = 0; i < countof(t); i++) {
		assert_true(jails_script(t[i].command, &jail, &h, script));
		assert_string_equal(script, t[i].script);
	}
	h = happened("2001:db8::/64", VERDICT_DENY);
	assert_true(jails_script("<ip> <family>", &jail, &h, script));
	assert_string_equal(script, "2001:db8::/64 inet6");
}

static void what_nobody_knows_stops_the_command(void **state)
{
	static char name[] = "a", long_one[JAIL_SCRIPT + 8];
	const struct jailed jail = { .name = name };
	struct wire_happened h = happened("203.0.113.7/32", VERDICT_DENY);
	char script[JAIL_SCRIPT];

	assert_false(jails_script("do <nosuch> <ip>", &jail, &h, script));
	assert_string_equal(script, "nosuch");
	memset(long_one, 'x', sizeof(long_one) - 1);
	assert_false(jails_script(long_one, &jail, &h, script));
	assert_string_equal(script, "");
}

TESTS(cmocka_unit_test(a_jail_runs_its_own_commands),
    cmocka_unit_test(tags_become_facts),
    cmocka_unit_test(what_nobody_knows_stops_the_command))
