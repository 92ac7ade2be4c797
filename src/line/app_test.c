#include "line/line_tests.h"

#define DATE  "2025-11-22T10:00:00.123Z "
#define CLF   " - - [22/Nov/2025:10:00:00 +0000] "
#define RAILS "I, [2025-11-22T10:00:00.123456 #77]  INFO -- : "

static const struct request_told requests[] = {
	{ "werkzeug behind a logger",
	    "INFO:werkzeug:192.0.2.1 - - [22/Nov/2025 10:00:00] \"GET /a "
	    "HTTP/1.1\" 404 -",
	    "192.0.2.1", "GET", "/a", NULL, 404 },
	{ "aiohttp behind a date",
	    "2025-11-22 10:00:00,123 INFO aiohttp.access 192.0.2.1 "
	    "[22/Nov/2025:10:00:00 +0000] \"GET /a HTTP/1.1\" 404 1 \"-\" \"x\"",
	    "192.0.2.1", "GET", "/a", NULL, 404 },
	{ "hypercorn",
	    "[2025-11-22 10:00:00 +0000] [77] [INFO] 192.0.2.1:40022" CLF
	    "\"GET /a 1.1\" 404 22 \"-\" \"x\"",
	    "192.0.2.1", "GET", "/a 1.1", NULL, 404 },
	{ "actix",
	    "[2025-11-22T10:00:00Z INFO  actix_web::middleware::logger] "
	    "192.0.2.1 \"GET /a HTTP/1.1\" 404 47 \"-\" \"x\" 0.003",
	    "192.0.2.1", "GET", "/a", NULL, 404 },
	{ "Tornado",
	    "[W 251122 10:00:00 web:2239] 404 GET /a?b=(203.0.113.5) "
	    "(192.0.2.1) 0.52ms",
	    "192.0.2.1", "GET", "/a?b=(203.0.113.5)", NULL, 404 },
	{ "Jupyter's Tornado, a user",
	    "[W 2025-11-22 10:00:00.123 ServerApp] 403 POST /a "
	    "(203.0.113.5@192.0.2.1) 0.52ms",
	    "192.0.2.1", "POST", "/a", NULL, 403 },
	{ "chi",
	    "2025/11/22 10:00:00 [h/ab-1] \"GET http://x/\" from 203.0.113.5:1 "
	    "- 404 1B in 1ms HTTP/1.1\" from 192.0.2.1:40022 - 404 47B in 3ms",
	    "192.0.2.1", "GET", "/\" from 203.0.113.5:1 - 404 1B in 1ms", NULL,
	    404 },
	{ "fiber",
	    "10:00:00 | 404 |   12.3ms |     192.0.2.1 | GET     | /a | -",
	    "192.0.2.1", "GET", "/a", NULL, 404 },
	{ "fiber with a date",
	    "2025/11/22 10:00:00 | 404 | 12ms | 192.0.2.1 | GET | /a | -",
	    "192.0.2.1", "GET", "/a", NULL, 404 },
	{ "morgan, short",
	    "::ffff:192.0.2.1 - GET /a HTTP/1.1 404 149 - 1.234 ms",
	    "::ffff:192.0.2.1", "GET", "/a", NULL, 404 },
	{ "PHP's own server",
	    "[Sat Nov 22 10:00:00 2025] 192.0.2.1:40022 [404]: GET /a - No "
	    "such file or directory",
	    "192.0.2.1", "GET", "/a", NULL, 404 },
	{ "PHP's own server, older",
	    "[Sat Nov 22 10:00:00 2025] [2001:db8::1]:40022 [404]: /a - No",
	    "2001:db8::1", "GET", "/a", NULL, 404 },
	{ "Gitea",
	    "2025/11/22 10:00:00 ...eb/routing/logger.go:102:func1() [I] router: "
	    "completed GET /a?b=for for 192.0.2.1:0, 404 Not Found in 3.4ms @ "
	    "web/goget.go:20(web.goGet)",
	    "192.0.2.1", "GET", "/a?b=for", NULL, 404 },
	{ "Gitea's under systemd, newer",
	    "Nov 22 10:00:00 h gitea[77]: 2025/11/22 10:00:00 HTTPRequest [W] "
	    "[65e2ab-3] router: completed POST /user/login for "
	    "[2001:db8::1]:40022, 200 OK in 63.4ms @ auth/auth.go:179",
	    "2001:db8::1", "POST", "/user/login", NULL, 200 },
	{ "Vikunja",
	    "2025-11-22T10:00:00.123456789Z: WEB \t\xe2\x96\xb6 192.0.2.1  POST "
	    "403 /a 3.2ms - x",
	    "192.0.2.1", "POST", "/a", NULL, 403 },
	{ "Hiawatha",
	    "192.0.2.1|Sat 22 Nov 2025 10:00:00 +0000|404|196||GET /a "
	    "HTTP/1.1|Host: x|User-Agent: y",
	    "192.0.2.1", "GET", "/a", NULL, 404 },
	{ "Rails",
	    RAILS "[0b1c2d3e] Started GET \"/a\" for 203.0.113.5 at x\" for "
		  "192.0.2.1 at 2025-11-22 10:00:00 +0000",
	    "192.0.2.1", "GET", "/a\" for 203.0.113.5 at x", NULL, 0 },
	{ "Tornado's under systemd",
	    "Nov 22 10:00:00 h jupyter[77]: [W 251122 10:00:00 web:2239] 404 "
	    "GET /a (192.0.2.1) 0.52ms",
	    "192.0.2.1", "GET", "/a", NULL, 404 },
	{ "chi's under systemd",
	    "Nov 22 10:00:00 h app[77]: 2025/11/22 10:00:00 [h/ab-1] \"GET "
	    "http://x/a HTTP/1.1\" from 192.0.2.1:40022 - 404 47B in 3ms",
	    "192.0.2.1", "GET", "/a", NULL, 404 },
	{ "nginx-proxy-manager's under systemd",
	    "Nov 22 10:00:00 h npm[77]: [22/Nov/2025:10:00:00 +0000] - 404 404 - "
	    "GET https x \"/a\" [Client 192.0.2.1] [Length 1] [Gzip -] [Sent-to "
	    "10.0.0.7] \"x\" \"-\"",
	    "192.0.2.1", "GET", "/a", NULL, 404 },
	{ "Rails without a head",
	    "Started POST \"/session\" for 2001:db8::1 at 2025-11-22 10:00:00",
	    "2001:db8::1", "POST", "/session", NULL, 0 },
};

static void frameworks_requests_are_read(void **state)
{
	struct line_parser *p = parser_made("UTC");

	for (size_t i = 0; i < countof(requests); i++) {
		struct record r;

		free(request_read(p, &requests[i], &r));
	}
	line_parser_free(&p);
}

/* What a stranger may have written in front of an address. */
static void strangers_words_are_no_logger(void **state)
{
	static const char *const t[] = {
		DATE "WARN joe 203.0.113.5 \"GET /a HTTP/1.1\" 404 1",
		DATE "[INFO] user=x 203.0.113.5" CLF "\"GET / HTTP/1.1\" 404 1",
		DATE "Login failed for 203.0.113.5 \"GET / HTTP/1.1\" 404",
		DATE
		"I saw: Started GET \"/a\" for 203.0.113.5 at noon, he said",
		"joe | 404 | 12ms | 203.0.113.5 | | /a | -",
		"[W 251122 10:00:00 web:2239] 404 GET /a joe (203.0.113.5)",
		"[W 251122 10:00:00 web:2239] joe said 404 GET / (203.0.113.5)",
		"[Sat Nov 22 10:00:00 2025] joe 203.0.113.5:1 [404]: GET /a",
	};
	struct line_parser *p = parser_made("UTC");

	for (size_t i = 0; i < countof(t); i++) {
		struct record r;
		char *copy = parsed(p, LINE_AUTO, str_of(t[i]), &r);

		if (r.is_request && str_eq(r.client, STR("203.0.113.5")))
			fail_msg("%s: a request", t[i]);
		slices_lie_well(p, &r);
		free(copy);
	}
	line_parser_free(&p);
}

/* What it says begins behind the date; a queue's number is none. */
static void a_programs_own_date_is_not_said(void **state)
{
	static const struct {
		const char *said, *msg;
	} t[] = {
		{ "2025-11-22 10:00:00,123 WARN x", "WARN x" },
		{ "[2025-11-22 10:00:00 UTC] [192.0.2.1:1] x",
		    "[192.0.2.1:1] x" },
		{ "1732269600.123      0 192.0.2.1 x", "0 192.0.2.1 x" },
		{ "1732269600: to=<a@b.test>", "1732269600: to=<a@b.test>" },
		{ "[ 1234.567890] x", "[ 1234.567890] x" },
		{ "\x1b[33m2025-11-22 10:00:00 WARN x\x1b[0m", "WARN x" },
	};
	struct line_parser *p = parser_made("UTC");

	for (size_t i = 0; i < countof(t); i++) {
		struct record r;
		char line[200], *copy;

		snprintf(line, sizeof(line), "Nov 22 10:00:00 h appd[77]: %s",
		    t[i].said);
		copy = parsed(p, LINE_AUTO, str_of(line), &r);
		assert_int_equal(r.kind, RECORD_SYSLOG);
		is_text(t[i].said, "message", r.msg, t[i].msg);
		slices_lie_well(p, &r);
		free(copy);
	}
	line_parser_free(&p);
}

TESTS(cmocka_unit_test(frameworks_requests_are_read),
    cmocka_unit_test(a_programs_own_date_is_not_said),
    cmocka_unit_test(strangers_words_are_no_logger))
