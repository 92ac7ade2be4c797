#include "line/line_tests.h"

#define PAIRS 12

static const struct {
	const char *what, *line, *when;
	const char *pairs[2 * PAIRS]; /* key, value, ... */
} lines[] = {
	/* ---- JSON ---- */
	{ "a flat object", "{\"a\":\"b\",\"n\":-1.5e3,\"t\":true,\"z\":null}",
	    NULL, { "a", "b", "n", "-1.5e3", "t", "true", "z", "null" } },
	{ "blanks anywhere", "{ \"a\" : \"b\" , \"c\" : [ 1 , 2 ] } ", NULL,
	    { "a", "b", "c.0", "1", "c.1", "2" } },
	{ "nested",
	    "{\"r\":{\"h\":{\"UA\":[\"x\",{\"y\":1}]},\"e\":{}},\"l\":"
	    "[],\"k\":2}",
	    NULL, { "r.h.UA.0", "x", "r.h.UA.1.y", "1", "k", "2" } },
	{ "escapes",
	    "{\"a\":\"q\\\"b\\\\s\\/n\\n\",\"u\":\"\\u00e9\\u20ac\\ud83d\\ude00"
	    "\",\"k\\u0065y\":\"v\"}",
	    NULL,
	    { "a", "q\"b\\s/n\n", "u", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
		"key", "v" } },
	{ "escapes nobody knows stay",
	    "{\"a\":\"\\x16\\u12\",\"b\":\"\\ud83dx\"}", NULL,
	    { "a", "\\x16\\u12", "b", "\xed\xa0\xbdx" } },
	{ "seconds with a fraction", "{\"ts\":1711741827.9626286,\"a\":1}",
	    "2024-03-29T19:50:27Z", { "ts", "1711741827.9626286", "a", "1" } },
	{ "milliseconds", "{\"timestamp\":1711741827962}",
	    "2024-03-29T19:50:27Z", { "timestamp", "1711741827962" } },
	{ "an ISO time",
	    "{\"a\":1,\"@timestamp\":\"2024-03-29T20:50:27.1+01:00"
	    "\"}",
	    "2024-03-29T19:50:27Z",
	    { "a", "1", "@timestamp", "2024-03-29T20:50:27.1+01:00" } },
	{ "MongoDB's time",
	    "{\"t\":{\"$date\":\"2024-03-29T20:50:27.123+01:00"
	    "\"},\"s\":\"I\"}",
	    "2024-03-29T19:50:27Z",
	    { "t.$date", "2024-03-29T20:50:27.123+01:00", "s", "I" } },
	{ "the surer of two times",
	    "{\"date\":\"2020-01-01T00:00:00Z\",\"time\":\"2024-03-29T19:50:27Z"
	    "\"}",
	    "2024-03-29T19:50:27Z",
	    { "date", "2020-01-01T00:00:00Z", "time",
		"2024-03-29T19:50:27Z" } },
	{ "a t that is no time", "{\"t\":\"x\",\"b\":1}", NULL,
	    { "t", "x", "b", "1" } },
	{ "eight deep is seen, nine is not",
	    "{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":{\"h\":1,\"i\":{"
	    "\"j\":[2,\"]\"]}}}}}}}},\"z\":1}",
	    NULL, { "a.b.c.d.e.f.g.h", "1", "z", "1" } },
	{ "cut off in a value",
	    "{\"a\":1,\"b\":2,\"c\":{\"d\":3,\"e\":\"unfini", NULL,
	    { "a", "1", "b", "2", "c.d", "3" } },
	{ "docker's own keys in another order are not its wrapper",
	    "{\"stream\":\"stdout\",\"log\":\"x\"}", NULL,
	    { "stream", "stdout", "log", "x" } },

	/* ---- logfmt ---- */
	{ "logfmt",
	    "time=\"2022-02-14T13:47:54+02:00\" level=error msg=\"by 'x': \\\"y"
	    "\\\"\" ip=192.0.2.1",
	    "2022-02-14T11:47:54Z",
	    { "time", "2022-02-14T13:47:54+02:00", "level", "error", "msg",
		"by 'x': \"y\"", "ip", "192.0.2.1" } },
	{ "empty values", "a= b=\"\" c=3", NULL,
	    { "a", "", "b", "", "c", "3" } },
	{ "commas part the pairs", "a=1, b=\"2\", c=3,", NULL,
	    { "a", "1", "b", "2", "c", "3" } },
	{ "auditd's time",
	    "type=LOGIN msg=audit(1364816144.123:456): pid=1 res=failed'",
	    "2013-04-01T11:35:44Z",
	    { "type", "LOGIN", "msg", "audit(1364816144.123:456):", "pid", "1",
		"res", "failed'" } },
	{ "a few words are borne", "a=1 b=2 word c=3 d=4", NULL,
	    { "a", "1", "b", "2", "c", "3", "d", "4" } },
};

static void pairs_are_found(void **state)
{
	struct line_parser *p = parser_made("UTC");

	for (size_t i = 0; i < countof(lines); i++) {
		const char *what = lines[i].what;
		struct record r;
		char *copy = parsed(p, LINE_AUTO, str_of(lines[i].line), &r);
		size_t n = 0;

		if (r.kind != RECORD_FIELDS)
			fail_msg("%s: kind %d", what, r.kind);
		is_time(what, &r, lines[i].when);
		while (n < PAIRS && lines[i].pairs[2 * n])
			n++;
		if (r.n_pairs != n)
			fail_msg("%s: %zu pairs", what, r.n_pairs);
		for (size_t k = 0; k < n; k++) {
			is_text(what, "key", r.pairs[k].key,
			    lines[i].pairs[2 * k]);
			is_text(what, "value", r.pairs[k].value,
			    lines[i].pairs[2 * k + 1]);
		}
		is_text(what, "msg", r.msg, lines[i].line);
		free(copy);
	}
	line_parser_free(&p);
}

static void these_are_no_pairs(void **state)
{
	static const char *const t[] = { "{\"a\":1} x", "{\"a\" 1}", "{a:1}",
		"{\"a\":1,}", "{\"a\":1", "[1,2]", "{", "{\"a\":tru e}",
		"a=1 b=2", "a=1 b=2 c=\"3", "a=1 b=2 c=\"3\"x", "1=a 2=b 3=c",
		"word a=1 b=2 c=3", "a=1 b c d=2 e f=3", "=1 =2 =3" };
	struct line_parser *p = parser_made("UTC");

	for (size_t i = 0; i < countof(t); i++) {
		struct record r;
		char *copy = parsed(p, LINE_AUTO, str_of(t[i]), &r);

		if (r.kind != RECORD_PLAIN || r.n_pairs)
			fail_msg("%s: kind %d", t[i], r.kind);
		is_text(t[i], "msg", r.msg, t[i]);
		free(copy);
	}
	line_parser_free(&p);
}

static const struct {
	const char *what, *line;
	bool is_request;
	const char *client, *method, *target, *vhost, *user, *agent, *forwarded;
	uint16_t status;
	bool malformed;
} views[] = {
	{ "caddy",
	    "{\"ts\":1711741827.9,\"logger\":\"http.log.access\",\"request\":{"
	    "\"remote_ip\":\"10.0.0.1\",\"client_ip\":\"192.0.2.1\",\"proto\":"
	    "\"HTTP/2.0\",\"method\":\"GET\",\"host\":\"e.com\",\"uri\":\"/x?y"
	    "\",\"headers\":{\"User-Agent\":[\"curl\"],\"X-Forwarded-For\":["
	    "\"203.0.113.9\"]}},\"user_id\":\"bob\",\"status\":401}",
	    true, "192.0.2.1", "GET", "/x?y", "e.com", "bob", "curl",
	    "203.0.113.9", 401, false },
	{ "traefik",
	    "{\"ClientAddr\":\"192.0.2.1:4711\",\"ClientHost\":\"192.0.2.1\","
	    "\"ClientUsername\":\"-\",\"DownstreamStatus\":404,"
	    "\"RequestHost\":\"e.com\",\"RequestMethod\":\"POST\","
	    "\"RequestPath\":\"/x\",\"RequestProtocol\":\"HTTP/1.1\","
	    "\"request_User-Agent\":\"curl\"}",
	    true, "192.0.2.1", "POST", "/x", "e.com", NULL, "curl", NULL, 404,
	    false },
	{ "nginx",
	    "{\"remote_addr\":\"192.0.2.1\",\"request\":\"GET /x "
	    "HTTP/1.1\",\"status\":\"404\",\"http_user_agent\":\"curl\","
	    "\"http_host\":\"e.com\",\"remote_user\":\"\"}",
	    true, "192.0.2.1", "GET", "/x", "e.com", NULL, "curl", NULL, 404,
	    false },
	{ "Google's load balancer",
	    "{\"httpRequest\":{\"remoteIp\":\"192.0.2.1\",\"requestMethod\":"
	    "\"GET\",\"requestUrl\":\"https://e.com/x?u=http://y/\","
	    "\"status\":404,\"userAgent\":\"curl\"}}",
	    true, "192.0.2.1", "GET", "/x?u=http://y/", "e.com", NULL, "curl",
	    NULL, 404, false },
	{ "a query of its own",
	    "{\"remote_addr\":\"192.0.2.1\",\"method\":\"GET\",\"uri\":\"/x\","
	    "\"query\":\"a=1&b=%27\",\"status\":200}",
	    true, "192.0.2.1", "GET", "/x?a=1&b=%27", NULL, NULL, NULL, NULL,
	    200, false },
	{ "a query twice",
	    "{\"remote_addr\":\"192.0.2.1\",\"method\":\"GET\",\"uri\":"
	    "\"/x?a=1\",\"args\":\"a=1\",\"status\":200}",
	    true, "192.0.2.1", "GET", "/x?a=1", NULL, NULL, NULL, NULL, 200,
	    false },
	{ "Apache's manual",
	    "{\"remoteIP\":\"192.0.2.1\",\"host\":\"e.com\",\"request\":\"/x\","
	    "\"query\":\"?a=1\",\"method\":\"GET\",\"status\":\"404\","
	    "\"userAgent\":\"curl\"}",
	    true, "192.0.2.1", "GET", "/x?a=1", "e.com", NULL, "curl", NULL,
	    404, false },
	{ "a malformed one",
	    "{\"remote_addr\":\"192.0.2.1\",\"request\":\"\\u0016\\u0003\","
	    "\"status\":400}",
	    true, "192.0.2.1", NULL, NULL, NULL, NULL, NULL, NULL, 400, true },
	{ "envoy",
	    "{\"downstream_remote_address\":\"192.0.2.1:55\",\"method\":\"GET\""
	    ",\"path\":\"/x\",\"response_code\":200,\"authority\":\"e.com\"}",
	    true, "192.0.2.1", "GET", "/x", "e.com", NULL, NULL, NULL, 200,
	    false },
	{ "ECS",
	    "{\"client\":{\"ip\":\"192.0.2.1\"},\"http\":{\"request\":{"
	    "\"method\":\"GET\"},\"response\":{\"status_code\":200}},\"url\":{"
	    "\"original\":\"/x\"},\"user_agent\":{\"original\":\"curl\"}}",
	    true, "192.0.2.1", "GET", "/x", NULL, NULL, "curl", NULL, 200,
	    false },
	{ "logfmt",
	    "at=info method=GET path=\"/x\" host=e.com client_ip=192.0.2.1 "
	    "status=200",
	    true, "192.0.2.1", "GET", "/x", "e.com", NULL, NULL, NULL, 200,
	    false },
	{ "two different clients are none",
	    "{\"remote_addr\":\"192.0.2.1\",\"request\":\"GET / HTTP/1.1\","
	    "\"agent\":\"x\",\"remote_addr\":\"203.0.113.5\",\"status\":200}",
	    true, NULL, "GET", "/", NULL, NULL, "x", NULL, 200, false },
	{ "cut off before its status",
	    "{\"request\":{\"client_ip\":\"192.0.2.1\",\"method\":\"GET\","
	    "\"uri\":\"/x\",\"headers\":{\"A\":[\"bbbb",
	    true, "192.0.2.1", "GET", "/x", NULL, NULL, NULL, NULL, 0, false },
	{ "about a request, not one",
	    "{\"msg\":\"bad\",\"method\":\"POST\",\"path\":\"/api\","
	    "\"remote_ip\":\"192.0.2.1\"}",
	    false },
	{ "no client", "{\"method\":\"GET\",\"path\":\"/\",\"status\":200}",
	    false },
	{ "a status that is a word",
	    "{\"remote_ip\":\"192.0.2.1\",\"method\":\"GET\",\"path\":\"/\","
	    "\"status\":\"denied\"}",
	    false },
};

static void requests_are_seen_in_pairs(void **state)
{
	struct line_parser *p = parser_made("UTC");

	for (size_t i = 0; i < countof(views); i++) {
		const char *what = views[i].what;
		struct record r;
		char *copy = parsed(p, LINE_AUTO, str_of(views[i].line), &r);

		assert_int_equal(r.kind, RECORD_FIELDS);
		if (r.is_request != views[i].is_request)
			fail_msg("%s: is_request %d", what, r.is_request);
		if (r.is_request) {
			is_text(what, "client", r.client, views[i].client);
			is_text(what, "method", r.method, views[i].method);
			is_text(what, "target", r.target, views[i].target);
			is_text(what, "vhost", r.vhost, views[i].vhost);
			is_text(what, "user", r.user, views[i].user);
			is_text(what, "agent", r.agent, views[i].agent);
			is_text(what, "forwarded", r.forwarded,
			    views[i].forwarded);
			assert_int_equal(r.status, views[i].status);
			assert_int_equal(r.malformed, views[i].malformed);
		}
		free(copy);
	}
	line_parser_free(&p);
}

TESTS(cmocka_unit_test(pairs_are_found), cmocka_unit_test(these_are_no_pairs),
    cmocka_unit_test(requests_are_seen_in_pairs))
