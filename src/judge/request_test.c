#include "judge/request.h"

#include <stdio.h>

#include "base/tests.h"

static void a_request_is_right_or_refused(void **state)
{
	static const struct {
		const char *line;
		bool right;
		const char *net; /* as it was understood */
	} t[] = {
		{ "{\"do\":\"status\"}", true, NULL },
		{ "{\"do\":\"why\",\"net\":\"192.0.2.7\"}", true, "192.0.2.7" },
		{ "{\"do\":\"why\",\"net\":\"::ffff:192.0.2.7\"}", true,
		    "192.0.2.7" },
		{ "{\"do\":\"deny\",\"net\":\"2001:db8::5\"}", true,
		    "2001:db8::/64" },
		{ "{\"do\":\"deny\",\"net\":\"192.0.2.7/24\"}", true,
		    "192.0.2.0/24" },
		{ "{\"do\":\"deny\"}", false, NULL },
		{ "{\"do\":\"deny\",\"net\":\"example.org\"}", false, NULL },
		{ "{\"do\":\"deny\",\"net\":7}", false, NULL },
		{ "{\"do\":\"deny\",\"net\":\"192.0.2.7\",\"drj\":true}", false,
		    NULL },
		{ "{\"do\":\"deny\",\"net\":\"192.0.2.7\",\"term\":0}", false,
		    NULL },
		{ "{\"do\":\"deny\",\"net\":\"192.0.2.7\",\"term\":-5}", false,
		    NULL },
		{ "{\"do\":\"deny\",\"net\":\"192.0.2.7\",\"term\":1e99}",
		    false, NULL },
		{ "{\"do\":\"adopt\"}", false, NULL },
		{ "{\"do\":\"adopt\",\"text\":7}", false, NULL },
		{ "{\"do\":\"adopt\",\"text\":\"a\"}", true, NULL },
		{ "{\"do\":\"status\",\"text\":\"a\"}", false, NULL },
		{ "{\"do\":\"flush\"}", false, NULL },
		{ "{\"net\":\"192.0.2.7\"}", false, NULL },
		{ "{\"do\":\"status\",\"do\":\"list\"}", false, NULL },
		{ "[]", false, NULL },
		{ "", false, NULL },
		{ "{\"do\":\"status\"} x", false, NULL },
	};

	for (size_t i = 0; i < countof(t); i++) {
		struct request r = { 0 };
		const char *why = request_read(str_of(t[i].line), &r);
		char net[NET_MAX];

		if ((why == NULL) != t[i].right)
			fail_msg("%s: %s", t[i].line, why ? why : "taken");
		request_drop(&r);
		if (!t[i].net)
			continue;
		net_print(&r.net, net);
		assert_string_equal(net, t[i].net);
	}
}

static void a_note_has_its_bound(void **state)
{
	char line[400], note[260];
	struct request r = { 0 };

	for (size_t n = 198; n <= 201; n++) {
		memset(note, 'x', n);
		note[n] = '\0';
		snprintf(line, sizeof(line),
		    "{\"do\":\"deny\",\"net\":\"192.0.2.7\",\"note\":\"%s\"}",
		    note);
		assert_int_equal(request_read(str_of(line), &r) == NULL,
		    n <= NOTE_MAX);
	}
	assert_int_equal(strlen(r.note), NOTE_MAX);
}

TESTS(cmocka_unit_test(a_request_is_right_or_refused),
    cmocka_unit_test(a_note_has_its_bound))
