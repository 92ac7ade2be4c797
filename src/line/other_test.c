#include "line/line_tests.h"

#define IIS_DATE   "2025-11-22 10:00:00 "
#define NPM_DATE   "[22/Nov/2025:10:00:00 +0000] "
#define ENVOY_DATE "[2025-11-22T10:00:00.123Z] "
#define NPM_REST \
	"[Client 192.0.2.1] [Length 123] [Gzip -] [Sent-to " \
	"203.0.113.9] \"agent x\" \"https://r/\""

static const struct request_told requests[] = {
	{ "nginx-proxy-manager, a proxied host",
	    NPM_DATE "- 404 403 - GET https example.com \"/a?b=c\" " NPM_REST,
	    "192.0.2.1", "GET", "/a?b=c", "agent x", 403 },
	{ "nginx-proxy-manager, its own pages",
	    NPM_DATE "200 - POST http localhost \"/x\" " NPM_REST, "192.0.2.1",
	    "POST", "/x", "agent x", 200 },
	{ "nginx-proxy-manager, a target that looks like more",
	    NPM_DATE
	    "- 404 404 - GET https x \"/ [Client 203.0.113.5] \\x22\" " NPM_REST,
	    "192.0.2.1", "GET", "/ [Client 203.0.113.5] \\x22", "agent x",
	    404 },
	{ "IIS as it comes",
	    IIS_DATE "203.0.113.9 GET /a b=c 80 - 192.0.2.1 Mozilla/5.0+(x) - "
		     "404 0 2 15",
	    "192.0.2.1", "GET", "/a?b=c", "Mozilla/5.0+(x)", 404 },
	{ "IIS with all fields",
	    IIS_DATE "W3SVC1 WEB01 203.0.113.9 POST /a - 443 joe 192.0.2.1 "
		     "HTTP/1.1 curl/8 - - www.example.org 401 1 1326 15",
	    "192.0.2.1", "POST", "/a", "curl/8", 401 },
	{ "IIS 6: a site, no computer",
	    IIS_DATE
	    "W3SVC1 203.0.113.9 GET /a - 80 - 192.0.2.1 curl/8 404 0 2",
	    "192.0.2.1", "GET", "/a", "curl/8", 404 },
	{ "uvicorn",
	    "INFO:     192.0.2.1:40022 - \"GET /a HTTP/1.1\" 404 Not Found",
	    "192.0.2.1", "GET", "/a", NULL, 404 },
	{ "uvicorn, a target that looks like more",
	    "INFO:     192.0.2.1:40022 - \"GET /203.0.113.5:1 - \\\"GET / "
	    "HTTP/1.1\" 401 Unauthorized",
	    "192.0.2.1", "GET", "/203.0.113.5:1 - \\\"GET /", NULL, 401 },
	{ "gin",
	    "[GIN] 2025/11/22 - 10:49:33 | 401 |  505.3us |   192.0.2.1 | POST "
	    "    \"/client?x=|203.0.113.5|\"",
	    "192.0.2.1", "POST", "/client?x=|203.0.113.5|", NULL, 401 },
	{ "an application load balancer",
	    "h2 2025-11-22T10:00:00.955110Z app/web/50dc6c49 192.0.2.1:40022 "
	    "203.0.113.9:80 0.001 0.002 0.000 404 404 34 366 \"GET "
	    "https://203.0.113.5:443/a?b=http://x/ HTTP/2.0\" \"agent x\" "
	    "ECDHE TLSv1.2",
	    "192.0.2.1", "GET", "/a?b=http://x/", "agent x", 404 },
	{ "a classic load balancer, and no target",
	    "2025-11-22T10:00:00.955110Z elb-1 192.0.2.1:40022 - -1 -1 -1 400 "
	    "0 0 0 \"POST http://203.0.113.5:80/a HTTP/1.1\" \"-\" - -",
	    "192.0.2.1", "POST", "/a", NULL, 400 },
	{ "CloudFront",
	    "2025-11-22\t10:00:00\tFRA50-C1\t100\t192.0.2.1\tGET\tx.example\t"
	    "/a\t403\t-\tagent%20x\tb=203.0.113.5\t-\tError\tid",
	    "192.0.2.1", "GET", "/a?b=203.0.113.5", "agent%20x", 403 },
	{ "Istio",
	    ENVOY_DATE
	    "\"POST /a HTTP/1.1\" 401 - via_upstream - \"-\" 0 9 5 4 "
	    "\"192.0.2.1\" \"agent x\" \"id\" \"h\" \"10.0.0.7:80\" outbound|80||h "
	    "10.0.0.5:1 10.0.0.6:2 192.0.2.1:3 h -",
	    "192.0.2.1", "POST", "/a", "agent x", 401 },
	{ "uwsgi",
	    "[pid: 12|app: 0|req: 1/1] 192.0.2.1 () {40 vars in 500 bytes} "
	    "[Sat Nov 22 10:00:00 2025] GET /a => generated 9 bytes in 1 msecs "
	    "(HTTP/1.1 404) 2 headers in 71 bytes",
	    "192.0.2.1", "GET", "/a", NULL, 404 },
};

static void other_servers_requests_are_read(void **state)
{
	struct line_parser *p = parser_made("UTC");

	for (size_t i = 0; i < countof(requests); i++) {
		const struct request_told *t = &requests[i];
		struct record r;
		char *copy = request_read(p, t, &r);

		assert_int_equal(r.kind, RECORD_PLAIN);
		is_text(t->what, "agent", r.agent, t->agent);
		free(copy);
	}
	line_parser_free(&p);
}

static void what_only_looks_so_is_none(void **state)
{
	static const char *const t[] = {
		NPM_DATE "- 404 404 - GET https x /a [Client 192.0.2.1] [x",
		NPM_DATE "error 4 - [Client 192.0.2.1] [Length 123]",
		IIS_DATE "203.0.113.9 GET a - 80 - 192.0.2.1 x - 404 0 2 15",
		IIS_DATE "203.0.113.9 GET /a - x - 192.0.2.1 x - 404 0 2 15",
		IIS_DATE "INFO joined channel /x as joe from 192.0.2.1 404",
		"INFO:     Application startup complete - \"x\"",
		"INFO:     192.0.2.1:40022 - \"GET /a HTTP/1.1",
		"[GIN] 2025/11/22 - 10:49:33 | 401 | 1s | 192.0.2.1 | POST",
		ENVOY_DATE
		"\"GET /a HTTP/2\" 404 NR 0 9 5 4 \"192.0.2.1\" \"agent\" "
		"\"id\" \"h\" \"10.0.0.7:80\"",
		ENVOY_DATE
		"\"GET /a HTTP/2\" 404 NR 0 9 5 4 \"x\" \"a, \" \"id\" \"h\" "
		"\"u\" c 10.0.0.5:1 10.0.0.6:2 203.0.113.9:3 \" \"id\" "
		"\"h\" \"u\" c 10.0.0.5:1 10.0.0.6:2 192.0.2.1:3 h -",
		"2025-11-22T10:00:00Z elb-1 192.0.2.1:1 - -1 -1 -1 400 0 0 0 "
		"\"GET http://x/",
		"2025-11-22T10:00:00Z joined 192.0.2.1 a b c d 404 0 0 0 "
		"\"GET / HTTP/1.1\"",
		"2025-11-22\t10:00:00\tFRA\t1\t192.0.2.1\tGET\tx\t/a\t403",
		"2025-11-22\t10:00:00\tFRA\t1\tuser\tGET\tx\t/a\t403\t-\t-\t-\t",
		"[pid: 12|app: 0|req: 1/1] 192.0.2.1 () {40 vars in 500 b",
	};
	struct line_parser *p = parser_made("UTC");

	for (size_t i = 0; i < countof(t); i++) {
		struct record r;
		char *copy = parsed(p, LINE_AUTO, str_of(t[i]), &r);

		if (r.is_request)
			fail_msg("%s: a request", t[i]);
		slices_lie_well(p, &r);
		free(copy);
	}
	line_parser_free(&p);
}

/* The words in front are fixed: a log-in name says nothing of who asks. */
static void odoos_requests_are_read(void **state)
{
	struct line_parser *p = parser_made("UTC");
	struct record r;

	line_parse(p, LINE_AUTO,
	    STR("2021-09-29 12:11:34,123 7 INFO prod werkzeug: 192.0.2.1 - - "
		"[29/Sep/2021 14:11:34] \"GET /a HTTP/1.1\" 404 - 1 0.1"),
	    &r);
	assert_int_equal(r.kind, RECORD_ACCESS);
	is_text("Odoo", "client", r.client, "192.0.2.1");
	assert_int_equal(r.status, 404);
	line_parse(p, LINE_AUTO,
	    STR("2021-09-29 12:11:34,123 7 INFO prod users: for werkzeug: "
		"192.0.2.1 - - [29/Sep/2021 14:11:34] \"GET /a HTTP/1.1\" 404"),
	    &r);
	is_text("a name", "client", r.client, "7");
	line_parser_free(&p);
}

TESTS(cmocka_unit_test(other_servers_requests_are_read),
    cmocka_unit_test(what_only_looks_so_is_none),
    cmocka_unit_test(odoos_requests_are_read))
