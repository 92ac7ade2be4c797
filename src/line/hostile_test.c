#include "line/frame.h"
#include "line/line_tests.h"

#define BIG (1 << 20)

static const enum line_form forms[] = { LINE_AUTO, LINE_SYSLOG, LINE_ACCESS,
	LINE_ERROR, LINE_JSON, LINE_LOGFMT, LINE_PLAIN };

/* `head`, then `unit` again and again up to n bytes. */
static struct str grown(const char *head, const char *unit, size_t n)
{
	char *p = mem_new(1, n);
	size_t w = 0, h = strlen(head), u = strlen(unit);

	for (; w < h && w < n; w++)
		p[w] = head[w];
	for (; u && w < n; w++)
		p[w] = unit[(w - h) % u];
	return (struct str){ p, n };
}

#define REQUEST "192.0.2.1 - - [29/Sep/2021:14:11:34 +0200] "

/* What makes a careless parser slow, or read on. */
static const struct {
	const char *head, *unit;
} growths[] = {
	{ "", "" }, /* NULs only */
	{ "", "x" },
	{ "", " " },
	{ "", "[" },
	{ "", "{" },
	{ "", "\"" },
	{ "", "\\" },
	{ "", "1" },
	{ "", "a | " },
	{ "", "\xff" },
	{ "Nov 10 03:04:05 ", "a" },
	{ "Nov 10 03:04:05 h ", "a" },
	{ "Nov 10 03:04:05 h p[", "1" },
	{ "Nov 10 03:04:05 h p[7]: ", "a=b " },
	{ "Nov 10 03:04:05 h p[7]: {\"a\":", "[" },
	{ "<34>1 2003-10-11T22:14:15Z h su - - [a ", "b=\"\\\"\" " },
	{ "<34>1 2003-10-11T22:14:15Z h su - - ", "[a]" },
	{ REQUEST "\"", "\\\"" },
	{ REQUEST "\"", "\" " },
	{ REQUEST "\"GET ", "/" },
	{ REQUEST "\"GET / HTTP/1.1\" 200 5 ", "\"a\" " },
	{ "", "192.0.2.1 [29/Sep" },
	{ "", "[29/Sep/2021:14:11:34 +0200] " },
	{ "2021/09/30 09:23:53 [", "e" },
	{ "2021/09/30 09:23:53 [error] ", "1" },
	{ "[Wed Oct 11 14:32:52 2000] ", "[" },
	{ "{\"a\":", "{\"a\":" },
	{ "{\"a\":", "[" },
	{ "{", "\"k\":1," },
	{ "{\"a\":{\"b\":{\"c\":{\"d\":{", "\"k\":1," },
	{ "{\"a\":\"", "\\u0041" },
	{ "{\"a\":\"", "\\\\" },
	{ "{\"log\":\"", "\\n" },
	{ "{\"log\":\"", "{\\\"log\\\":\\\"" },
	{ "a=\"", "\\\"" },
	{ "", "a=\"b\" " },
	{ "", "a=\\ " },
	{ "2023-07-27T14:06:44Z stdout F ", "2023-07-27T14:06:44Z stdout F " },
};

static void growing_lines_are_borne(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 7, 8, 15, 16, 17, 40, 64, 100,
		FRAME_LINE, BIG };
	struct line_parser *p = parser_made("UTC");

	for (size_t i = 0; i < countof(growths); i++) {
		for (size_t k = 0; k < countof(sizes); k++) {
			struct str s =
			    grown(growths[i].head, growths[i].unit, sizes[k]);

			for (size_t f = 0; f < countof(forms); f++) {
				struct record r;
				char *copy = parsed(p, forms[f], s, &r);

				assert_true(p->used <= SCRATCH);
				free(copy);
			}
			free((void *)(uintptr_t)s.p);
		}
	}
	line_parser_free(&p);
}

static const char *const whole[] = {
	"<38>Nov 10 03:04:05 web01 sshd[77]: Failed password for x",
	"2024-10-31T12:38:21.817327+00:00 m postfix/smtpd[26]: x y",
	"<34>1 2003-10-11T22:14:15.003Z h su 87 ID [a b=\"c\"] text",
	"h.example:80 192.0.2.1 - bob [29/Sep/2021:14:11:34 +0200] \"GET /a "
	"HTTP/1.1\" 200 5 \"http://r/\" \"curl/7\" \"203.0.113.5\"",
	"2021/09/30 09:23:53 [error] 19#25: *17 user \"foo\" x",
	"[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 3:tid 4] [client "
	"192.0.2.1:5] x",
	"{\"log\":\"{\\\"a\\\":1,\\\"ts\\\":1711741827.9}\\n\",\"stream\":"
	"\"stdout\",\"time\":\"2023-07-27T14:06:44.216161Z\"}",
	"app-1  | time=\"2022-02-14T13:47:54+02:00\" level=error a=\"b \\\"c\" "
	"d=",
};

/* Every beginning, every byte overwritten by one that means something. */
static void damaged_lines_are_borne(void **state)
{
	static const char bytes[] = "\0 \"\\[]{}:=|<>-19aT\xff";
	struct line_parser *p = parser_made("+01:00");

	for (size_t i = 0; i < countof(whole); i++) {
		struct str s = str_of(whole[i]);
		struct record r;

		for (size_t n = 0; n <= s.n; n++) {
			free(parsed(p, LINE_AUTO, str_head(s, n), &r));
			free(parsed(p, LINE_AUTO, str_from(s, n), &r));
		}
		for (size_t n = 0; n < s.n; n++) {
			for (size_t b = 0; b < sizeof(bytes) - 1; b++) {
				char *copy = mem_dup(s.p, s.n);

				copy[n] = bytes[b];
				free(parsed(p, LINE_AUTO,
				    (struct str){ copy, s.n }, &r));
				free(copy);
			}
		}
	}
	line_parser_free(&p);
}

static void nul_bytes_are_bytes(void **state)
{
	struct line_parser *p = parser_made("UTC");
	struct record r;
	char *copy = parsed(p, LINE_AUTO,
	    STR("Nov 10 03:04:05 h sshd[7]: user a\0b from\0"), &r);

	assert_int_equal(r.kind, RECORD_SYSLOG);
	assert_true(str_eq(r.msg, STR("user a\0b from\0")));
	free(copy);
	line_parser_free(&p);
}

/* 100,000 keys: the first ones are seen, the line still is JSON. */
static void keys_are_bounded(void **state)
{
	struct line_parser *p = parser_made("UTC");
	struct str s = grown("{\"k\":1", ",\"k\":1", 600000);
	char *end = (char *)(uintptr_t)s.p + s.n;
	struct record r;

	memcpy(end - 6, "     }", 6);
	line_parse(p, LINE_AUTO, s, &r);
	assert_int_equal(r.kind, RECORD_FIELDS);
	assert_int_equal(r.n_pairs, RECORD_PAIRS);
	free((void *)(uintptr_t)s.p);
	line_parser_free(&p);
}

/* Headers are a stranger's: they cannot push the line's own keys out. */
static void deep_keys_leave_room(void **state)
{
	static char line[16384];
	struct line_parser *p = parser_made("UTC");
	struct record r;
	size_t n;

	n = (size_t)snprintf(line, sizeof(line), "{\"request\":{\"headers\":{");
	for (int i = 0; i < 200; i++)
		n += (size_t)snprintf(line + n, sizeof(line) - n,
		    "%s\"H%d\":[\"x\"]", i ? "," : "", i);
	n += (size_t)snprintf(line + n, sizeof(line) - n,
	    ",\"User-Agent\":[\"curl\"]},\"client_ip\":\"192.0.2.1\","
	    "\"method\":\"GET\",\"uri\":\"/\"},\"status\":401}");
	line_parse(p, LINE_AUTO, (struct str){ line, n }, &r);
	assert_int_equal(r.kind, RECORD_FIELDS);
	assert_true(str_eq(r.pairs[r.n_pairs - 1].key, STR("status")));
	assert_true(r.is_request);
	is_text("headers", "agent", r.agent, "curl");
	is_text("headers", "client", r.client, "192.0.2.1");
	line_parser_free(&p);
}

TESTS(cmocka_unit_test(growing_lines_are_borne),
    cmocka_unit_test(damaged_lines_are_borne),
    cmocka_unit_test(nul_bytes_are_bytes), cmocka_unit_test(keys_are_bounded),
    cmocka_unit_test(deep_keys_leave_room))
