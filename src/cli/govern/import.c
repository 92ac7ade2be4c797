#include <stdio.h>

#include "cli/govern/govern.h"

/* Would it make us a party of an alliance that this host is not in yet? Then,
 * and only then, a new one may begin. */
static bool has_us(const struct own *o, struct str rest)
{
	struct alliance *a = NULL;
	struct alliance_how how;
	bool is = false;
	uint16_t no;

	while (rest.n > 0) {
		struct str before = rest;
		struct sealed s;

		if (sealed_next(&rest, &s))
			break;
		if (!a)
			alliance_new(&a, s.hash);
		alliance_take(a, before.p, before.n - rest.n, gov_now(), &how);
	}
	if (a) {
		no = alliance_party_of_id(a, o->party.id);
		is = no != ALLIANCE_NOBODY && alliance_party(a, no)->present;
	}
	alliance_free(&a);
	return is;
}

int cmd_import_sealed(int argc, char **argv)
{
	auto_free char *text = NULL;
	struct own o = { 0 };
	struct gov g;
	size_t n = 0;
	bool found = false;
	int e = gov_options(&g, argc, argv, "");

	if (e)
		return e;
	if (g.argc != 1)
		return cli_usage(argv[0],
		    "name one file of sealed acts, or fail2ban");
	e = read_whole(argv[0], g.argv[0], &text, &n);
	if (e)
		return e;
	if (!str_starts((struct str){ text, n }, STR("liptako-sealed ")))
		return cli_fault(argv[0],
		    "%s holds no sealed acts (they begin with "
		    "\"liptako-sealed\")",
		    g.argv[0]);
	if (own_is_there(&g) && !own_open(&g, false, &o))
		found = has_us(&o, (struct str){ text, n });
	return held_put(&g, (struct str){ text, n }, found, false);
}
