#include "line/line_tests.h"

#define DATE " [29/Sep/2021:14:11:34 +0200] "
#define WHEN "2021-09-29T12:11:34Z"

struct want {
	const char *client, *user, *vhost;
	const char *request, *method, *target, *proto;
	uint16_t status;
	const char *referer, *agent, *forwarded;
	bool malformed;
};

#define GET_OF(t)     "GET " t " HTTP/1.1", "GET", t, "HTTP/1.1"
#define GET           GET_OF("/a?b=c")
#define GET_LINE      "\"GET /a?b=c HTTP/1.1\""
#define MALFORMED(rq) rq, NULL, NULL, NULL

static const struct {
	const char *what, *line;
	struct want want;
} requests[] = {
	{ "common", "192.0.2.1 - -" DATE GET_LINE " 404 196",
	    { "192.0.2.1", NULL, NULL, GET, 404, NULL, NULL, NULL, false } },
	{ "Proxmox and its month",
	    "192.0.2.1 - - [29/09/2021:14:11:34 +0200] " GET_LINE " 404 196",
	    { "192.0.2.1", NULL, NULL, GET, 404, NULL, NULL, NULL, false } },
	{ "LiteSpeed's first quote", "\"192.0.2.1 - -" DATE GET_LINE " 404 196",
	    { "192.0.2.1", NULL, NULL, GET, 404, NULL, NULL, NULL, false } },
	{ "combined",
	    "192.0.2.1 - bob" DATE GET_LINE " 200 5 \"http://r/\" \"curl/7\"",
	    { "192.0.2.1", "bob", NULL, GET, 200, "http://r/", "curl/7", NULL,
		false } },
	{ "IPv6", "2001:db8::1 - -" DATE GET_LINE " 200 5 \"-\" \"-\"",
	    { "2001:db8::1", NULL, NULL, GET, 200, NULL, NULL, NULL, false } },
	{ "with ports",
	    "[2001:db8::1]:5678 - -" DATE GET_LINE " 200 5 \"-\" \"x\"",
	    { "2001:db8::1", NULL, NULL, GET, 200, NULL, "x", NULL, false } },
	{ "a port behind IPv4", "192.0.2.1:81 - -" DATE GET_LINE " 200 5",
	    { "192.0.2.1", NULL, NULL, GET, 200, NULL, NULL, NULL, false } },
	{ "a host name as client", "c.example.com - -" DATE GET_LINE " 200 5",
	    { "c.example.com", NULL, NULL, GET, 200, NULL, NULL, NULL,
		false } },
	{ "Apache's vhost_combined",
	    "www.example.com:443 192.0.2.1 - bob" DATE GET_LINE
	    " 200 5 \"-\" \"x\"",
	    { "192.0.2.1", "bob", "www.example.com:443", GET, 200, NULL, "x",
		NULL, false } },
	{ "nginx with the host first",
	    "example.com 192.0.2.1 - -" DATE GET_LINE " 200 5 \"-\" \"x\"",
	    { "192.0.2.1", NULL, "example.com", GET, 200, NULL, "x", NULL,
		false } },
	{ "and an id of its own",
	    "example.com 192.0.2.1 - req101 -" DATE GET_LINE
	    " 404 162 \"-\" \"x\"",
	    { "192.0.2.1", NULL, "example.com", GET, 404, NULL, "x", NULL,
		false } },
	{ "a host without ident",
	    "example.com 192.0.2.1 bob" DATE GET_LINE " 404 162",
	    { "192.0.2.1", "bob", "example.com", GET, 404, NULL, NULL, NULL,
		false } },
	{ "lighttpd: the vhost where ident was",
	    "192.0.2.1 www.example.com bob" DATE GET_LINE " 200 5 \"-\" \"x\"",
	    { "192.0.2.1", "bob", "www.example.com", GET, 200, NULL, "x", NULL,
		false } },
	{ "only the client", "192.0.2.1" DATE GET_LINE " 200 5",
	    { "192.0.2.1", NULL, NULL, GET, 200, NULL, NULL, NULL, false } },
	{ "a user with blanks",
	    "192.0.2.1 - bob 6.6.6.6 x" DATE GET_LINE " 401 5 \"-\" \"x\"",
	    { "192.0.2.1", "bob 6.6.6.6 x", NULL, GET, 401, NULL, "x", NULL,
		false } },
	{ "a user with a bracket",
	    "192.0.2.1 - bo[b" DATE GET_LINE " 401 5 \"-\" \"x\"",
	    { "192.0.2.1", "bo[b", NULL, GET, 401, NULL, "x", NULL, false } },
	{ "a user that is a date",
	    "192.0.2.1 - [01/Jan/1999:00:00:00 +0000] x" DATE GET_LINE
	    " 401 5 \"-\" \"x\"",
	    { "192.0.2.1", "[01/Jan/1999:00:00:00 +0000] x", NULL, GET, 401,
		NULL, "x", NULL, false } },
	{ "the hops behind the agent",
	    "192.0.2.1 - -" DATE GET_LINE
	    " 200 5 \"-\" \"x\" \"203.0.113.7, 10.0.0.1\"",
	    { "192.0.2.1", NULL, NULL, GET, 200, NULL, "x",
		"203.0.113.7, 10.0.0.1", false } },
	{ "no hops", "192.0.2.1 - -" DATE GET_LINE " 200 5 \"-\" \"x\" \"-\"",
	    { "192.0.2.1", NULL, NULL, GET, 200, NULL, "x", NULL, false } },
	{ "traefik",
	    "192.0.2.1 - -" DATE GET_LINE " 404 19 \"-\" \"x\" 1 "
	    "\"router@docker\" \"http://172.17.0.2:80\" 2ms",
	    { "192.0.2.1", NULL, NULL, GET, 404, NULL, "x", NULL, false } },
	{ "words between status and referer",
	    "192.0.2.1 - -" DATE GET_LINE " 404 0.005 19 \"-\" \"x\"",
	    { "192.0.2.1", NULL, NULL, GET, 404, NULL, "x", NULL, false } },
	{ "an agent alone", "192.0.2.1 - -" DATE GET_LINE " 404 19 \"curl/7\"",
	    { "192.0.2.1", NULL, NULL, GET, 404, NULL, "curl/7", NULL,
		false } },
	{ "a referer alone",
	    "192.0.2.1 - -" DATE GET_LINE " 404 19 \"https://a/\"",
	    { "192.0.2.1", NULL, NULL, GET, 404, "https://a/", NULL, NULL,
		false } },
	{ "a quoted status", "192.0.2.1 - -" DATE GET_LINE " \"403\" 5",
	    { "192.0.2.1", NULL, NULL, GET, 403, NULL, NULL, NULL, false } },
	{ "a vhost before the request",
	    "192.0.2.1 - -" DATE "example.com " GET_LINE " 403 5",
	    { "192.0.2.1", NULL, NULL, GET, 403, NULL, NULL, NULL, false } },
	{ "haproxy",
	    "192.0.2.1:33317 [29/Sep/2021:12:11:34.655] http-in "
	    "static/srv1 10/0/30/69/109 404 2750 - - ---- 1/1/1/1/0 0/0 "
	    "{1wt.eu} {} " GET_LINE,
	    { "192.0.2.1", NULL, NULL, GET, 404, NULL, "1wt.eu", NULL,
		false } },
	{ "haproxy, a long address and its port",
	    "2001:db8::7:33317 [29/Sep/2021:12:11:34.655] http-in "
	    "static/srv1 10/0/30/69/109 404 2750 - - ---- 1/1/1/1/0 0/0 " GET_LINE,
	    { "2001:db8::7", NULL, NULL, GET, 404, NULL, NULL, NULL, false } },
	{ "haproxy's bad request",
	    "192.0.2.1:33317 [29/Sep/2021:12:11:34.655] http-in "
	    "http-in/<NOSRV> -1/-1/-1/-1/0 400 0 - - PR-- 1/1/0/0/0 0/0 "
	    "\"<BADREQ>\"",
	    { "192.0.2.1", NULL, NULL, MALFORMED("<BADREQ>"), 400, NULL, NULL,
		NULL, true } },
	{ "haproxy's client who only knocked",
	    "192.0.2.1:33317 [29/Sep/2021:12:11:34.655] http-in "
	    "http-in/<NOSRV> -1/-1/-1/-1/0 400 0 - - CR-- 1/1/0/0/0 0/0 "
	    "\"<BADREQ>\"",
	    { "192.0.2.1", NULL, NULL, MALFORMED("<BADREQ>"), 499, NULL, NULL,
		NULL, true } },

	{ "nginx with an ISO date",
	    "192.0.2.1 - - [2021-09-29T14:11:34+02:00] " GET_LINE " 404 19",
	    { "192.0.2.1", NULL, NULL, GET, 404, NULL, NULL, NULL, false } },

	/* ---- request lines ---- */
	{ "an escaped quote is no end",
	    "192.0.2.1 - -" DATE "\"GET /\\\"\\\\ HTTP/1.1\" 200 5",
	    { "192.0.2.1", NULL, NULL, GET_OF("/\\\"\\\\"), 200, NULL, NULL,
		NULL, false } },
	{ "a quote nobody escaped",
	    "192.0.2.1 - -" DATE "\"GET /\"x HTTP/1.1\" 200 5",
	    { "192.0.2.1", NULL, NULL, GET_OF("/\"x"), 200, NULL, NULL, NULL,
		false } },
	{ "an absolute form",
	    "192.0.2.1 - -" DATE "\"GET http://e/x HTTP/1.0\" 200 5",
	    { "192.0.2.1", NULL, NULL, "GET http://e/x HTTP/1.0", "GET",
		"http://e/x", "HTTP/1.0", 200, NULL, NULL, NULL, false } },
	{ "CONNECT", "192.0.2.1 - -" DATE "\"CONNECT e:25 HTTP/1.1\" 400 5",
	    { "192.0.2.1", NULL, NULL, "CONNECT e:25 HTTP/1.1", "CONNECT",
		"e:25", "HTTP/1.1", 400, NULL, NULL, NULL, false } },
	{ "HTTP/2", "192.0.2.1 - -" DATE "\"GET / HTTP/2\" 200 5",
	    { "192.0.2.1", NULL, NULL, "GET / HTTP/2", "GET", "/", "HTTP/2",
		200, NULL, NULL, NULL, false } },
	{ "blanks in the target",
	    "192.0.2.1 - -" DATE "\"GET /a b HTTP/1.1\" 400 5",
	    { "192.0.2.1", NULL, NULL, GET_OF("/a b"), 400, NULL, NULL, NULL,
		true } },
	{ "no protocol", "192.0.2.1 - -" DATE "\"GET /a\" 400 5",
	    { "192.0.2.1", NULL, NULL, "GET /a", "GET", "/a", NULL, 400, NULL,
		NULL, NULL, true } },
	{ "TLS to the wrong port",
	    "192.0.2.1 - -" DATE "\"\\x16\\x03\\x01 \\x00\" 400 5",
	    { "192.0.2.1", NULL, NULL, MALFORMED("\\x16\\x03\\x01 \\x00"), 400,
		NULL, NULL, NULL, true } },
	{ "one word", "192.0.2.1 - -" DATE "\"HELP\" 400 5",
	    { "192.0.2.1", NULL, NULL, MALFORMED("HELP"), 400, NULL, NULL, NULL,
		true } },
	{ "an empty request is none", "192.0.2.1 - -" DATE "\"\" 400 0",
	    { "192.0.2.1", NULL, NULL, MALFORMED(""), 400, NULL, NULL, NULL,
		false } },
	{ "nor is a dash", "192.0.2.1 - -" DATE "\"-\" 408 -",
	    { "192.0.2.1", NULL, NULL, MALFORMED("-"), 408, NULL, NULL, NULL,
		false } },
	{ "a status that is none",
	    "192.0.2.1 - -" DATE GET_LINE " - - \"-\" \"x\"",
	    { "192.0.2.1", NULL, NULL, GET, 0, NULL, "x", NULL, false } },
	{ "an agent cut off",
	    "192.0.2.1 - -" DATE GET_LINE " 200 5 \"-\" \"Mozilla",
	    { "192.0.2.1", NULL, NULL, GET, 200, NULL, "Mozilla", NULL,
		false } },
};

static void is_request(const char *what, const struct record *r,
    const struct want *w)
{
	assert_true(r->is_request);
	is_text(what, "client", r->client, w->client);
	is_text(what, "user", r->user, w->user);
	is_text(what, "vhost", r->vhost, w->vhost);
	is_text(what, "request", r->request, w->request);
	is_text(what, "method", r->method, w->method);
	is_text(what, "target", r->target, w->target);
	is_text(what, "proto", r->proto, w->proto);
	is_text(what, "referer", r->referer, w->referer);
	is_text(what, "agent", r->agent, w->agent);
	is_text(what, "forwarded", r->forwarded, w->forwarded);
	if (r->status != w->status || r->malformed != w->malformed)
		fail_msg("%s: status %u, malformed %d", what, r->status,
		    r->malformed);
}

static void requests_are_taken_apart(void **state)
{
	for (size_t i = 0; i < countof(requests); i++) {
		struct line_parser *p = parser_made("UTC");
		struct record r;
		char *copy = parsed(p, LINE_AUTO, str_of(requests[i].line), &r);

		if (r.kind != RECORD_ACCESS)
			fail_msg("%s: kind %d", requests[i].what, r.kind);
		is_time(requests[i].what, &r, WHEN);
		is_request(requests[i].what, &r, &requests[i].want);
		is_text(requests[i].what, "msg", r.msg, requests[i].line);
		free(copy);
		line_parser_free(&p);
	}
}

static void these_are_no_requests(void **state)
{
	static const char *const t[] = {
		"192.0.2.1 - - [29/Sep/2021:14:11:34 +0200]",
		"192.0.2.1 - -" DATE,
		"192.0.2.1 - -" DATE "\"GET / HTTP/1.1",
		"192.0.2.1 - -" DATE "\"GET / HTTP/1.1\"",
		"192.0.2.1 - -" DATE "\"GET / HTTP/1.1\" x",
		"192.0.2.1 - - [29/Xxx/2021:14:11:34 +0200] " GET_LINE " 200 5",
		"192.0.2.1:1 [29/Sep/2021:12:11:34.655] fe/1: SSL handshake "
		"failure",
		"[29/Sep/2021:12:11:34 +0000] 404 - GET http e \"/x\" [C",
		"[29/Sep/2021:12:11:34 +0000] 404 - GET http e",
		"[29/Sep/2021:12:11:34 +0000] - - - - - - - - -",
		"169.1 [27/Jul/2023 16:06:44] admin - 192.0.2.1 global x "
		"\"failed\" \"-\" \"pw\"",
	};
	struct line_parser *p = parser_made("UTC");

	for (size_t i = 0; i < countof(t); i++) {
		struct record r;
		char *copy = parsed(p, LINE_AUTO, str_of(t[i]), &r);

		if (r.kind != RECORD_PLAIN || r.is_request)
			fail_msg("%s: kind %d", t[i], r.kind);
		free(copy);
	}
	line_parser_free(&p);
}

/* One of two addresses in front is a virtual host that a stranger chose. */
static void a_chosen_vhost_is_never_the_client(void **state)
{
	static const char both[] =
	    "203.0.113.5 192.0.2.1 - x" DATE GET_LINE " 200 5";
	static const char vhost_first[] =
	    "example.com 192.0.2.9 - -" DATE GET_LINE " 200 5";
	static const char client_first[] =
	    "192.0.2.9 example.com -" DATE GET_LINE " 200 5";
	static const struct {
		const char *what, *before[2];
		const char *client; /* NULL: nobody */
	} t[] = {
		{ "nothing is known yet", { NULL, NULL }, NULL },
		{ "the vhost comes first here", { vhost_first, NULL },
		    "192.0.2.1" },
		{ "the client comes first here", { client_first, NULL },
		    "203.0.113.5" },
		{ "this source has both", { vhost_first, client_first }, NULL },
	};

	for (size_t i = 0; i < countof(t); i++) {
		struct line_parser *p = parser_made("UTC");
		struct record r;

		for (size_t k = 0; k < 2 && t[i].before[k]; k++) {
			line_parse(p, LINE_AUTO, str_of(t[i].before[k]), &r);
			is_text(t[i].what, "client", r.client, "192.0.2.9");
		}
		line_parse(p, LINE_AUTO, STR(both), &r);
		assert_int_equal(r.kind, RECORD_ACCESS);
		is_text(t[i].what, "client", r.client, t[i].client);
		line_parser_free(&p);
	}
}

/* Varnish logs URLs; elsewhere they are a stranger's who seeks a proxy. */
static void a_host_once_answered_is_ours(void **state)
{
	struct line_parser *p = parser_made("UTC");
	struct record r;

#define URL_LINE(u, st) \
	"192.0.2.1 - -" DATE "\"GET http://" u " HTTP/1.1\" " st " 5"
	line_parse(p, LINE_AUTO, STR(URL_LINE("e.com/a", "404")), &r);
	is_text("not yet", "target", r.target, "http://e.com/a");
	line_parse(p, LINE_AUTO, STR(URL_LINE("e.com/", "200")), &r);
	line_parse(p, LINE_AUTO, STR(URL_LINE("e.com/a", "404")), &r);
	is_text("ours", "target", r.target, "/a");
	is_text("ours", "host", r.vhost, "e.com");
	line_parse(p, LINE_AUTO, STR(URL_LINE("f.com/a", "404")), &r);
	is_text("another", "target", r.target, "http://f.com/a");
	line_parser_free(&p);
}

TESTS(cmocka_unit_test(a_host_once_answered_is_ours),
    cmocka_unit_test(requests_are_taken_apart),
    cmocka_unit_test(these_are_no_requests),
    cmocka_unit_test(a_chosen_vhost_is_never_the_client))
