#include "rule/match.h"

#include <stdio.h>

#include "base/tests.h"

#define TEST_DAY 1795000000

static const char demo[] = "service: demo\n"
			   "programs: [demod, 'demo/*']\n"
			   "learn:\n"
			   "- 'conn <id> from <ip>'\n"
			   "- 'connection from <ip>'\n"
			   "rules:\n"
			   "- name: fail\n"
			   "  about: x\n"
			   "  kind: bruteforce\n"
			   "  evidence: own-act\n"
			   "  match:\n"
			   "  - 'fail for <user> from <ip> port <port>'\n"
			   "  - 'fail for <user> from <ip>'\n"
			   "  not: ['fail for monitor from .*']\n"
			   "  when: 5 in 10m\n"
			   "- name: learned\n"
			   "  about: x\n"
			   "  kind: bruteforce\n"
			   "  evidence: own-act\n"
			   "  match: ['conn <id> refused', 'login refused']\n"
			   "  when: once\n"
			   "- name: slow\n"
			   "  about: x\n"
			   "  kind: bruteforce\n"
			   "  evidence: own-act\n"
			   "  match: ['(?:a+)+(?!a)(?:b|c)+ <ip>']\n"
			   "  when: once\n"
			   "- name: two-texts\n"
			   "  about: x\n"
			   "  kind: bruteforce\n"
			   "  evidence: own-act\n"
			   "  match: ['bad <user> from <ip>: .*']\n"
			   "  when: once\n"
			   "- name: json\n"
			   "  about: x\n"
			   "  kind: bruteforce\n"
			   "  evidence: own-act\n"
			   "  fields:\n"
			   "    msg: 'login failed for <user>'\n"
			   "    'remote.ip|client': '<ip>'\n"
			   "  when: 5 in 10m\n"
			   "  distinct: user\n";

static const char app[] =
    "service: app\n"
    "rules:\n"
    "- name: text\n"
    "  about: x\n"
    "  kind: bruteforce\n"
    "  evidence: own-act\n"
    "  match: ['.* Login failed .*Remote IP: <ip>.*']\n"
    "  when: 5 in 10m\n"
    "- name: probe\n"
    "  about: x\n"
    "  kind: probing\n"
    "  evidence: own-act\n"
    "  request:\n"
    "    path: ['/.env']\n"
    "    status: [4xx]\n"
    "  when: once\n"
    "  distinct: path\n"
    "- name: product\n"
    "  about: x\n"
    "  kind: probing\n"
    "  evidence: own-act\n"
    "  request:\n"
    "    path-starts: ['/grafana']\n"
    "  when: 2 in 10m\n"
    "  distinct: folder\n"
    "- name: agent\n"
    "  about: x\n"
    "  kind: scanning\n"
    "  evidence: own-act\n"
    "  request: { agent: ['nikto'] }\n"
    "  when: once\n"
    "- name: jndi\n"
    "  about: x\n"
    "  kind: exploit\n"
    "  evidence: own-act\n"
    "  request: { any: ['${jndi:'] }\n"
    "  when: once\n"
    "- name: sql\n"
    "  about: x\n"
    "  kind: exploit\n"
    "  evidence: own-act\n"
    "  request:\n"
    "    query: ['union select']\n"
    "    confirm: 'union select \\w+'\n"
    "  when: once\n"
    "- name: dump\n"
    "  about: x\n"
    "  kind: probing\n"
    "  evidence: own-act\n"
    "  request: { path-ends: ['.sql'], path-starts: ['/b'], method: [GET] }\n"
    "  when: once\n"
    "- name: denied\n"
    "  about: x\n"
    "  kind: bruteforce\n"
    "  evidence: own-act\n"
    "  request: { status: [401] }\n"
    "  when: 5 in 10m\n"
    "- name: error-log\n"
    "  about: x\n"
    "  kind: bruteforce\n"
    "  evidence: own-act\n"
    "  where: [error]\n"
    "  match: ['user \"<user:quoted>\" was not found in .*, client: <ip>, .*']\n"
    "  when: 5 in 10m\n";

static struct {
	struct rules *rules;
	struct matcher *m;
	struct line_parser *parser;
} all;

static void no_fault(void *arg, const char *file, unsigned line,
    unsigned column, const char *what)
{
	fail_msg("%s:%u: %s", file, line, what);
}

static int set_up(void **state)
{
	rules_new(&all.rules);
	rules_load(all.rules, "demo.yaml", STR(demo), no_fault, NULL);
	rules_load(all.rules, "app.yaml", STR(app), no_fault, NULL);
	matcher_new(&all.m, all.rules, no_fault, NULL);
	return line_parser_new(&all.parser, "UTC", TEST_DAY);
}

static int tear_down(void **state)
{
	line_parser_free(&all.parser);
	matcher_free(&all.m);
	rules_free(&all.rules);
	return 0;
}

/* "fail 192.0.2.1 root; ..." of all hits of a line. */
static void seen(const char *line, int service, char *to, size_t size)
{
	struct hit hits[MATCH_HITS];
	struct record rec;
	char ip[ADDR_MAX];
	size_t n, w = 0;

	line_parse(all.parser, LINE_AUTO, str_of(line), &rec);
	n = match_record(all.m, &rec, service, hits);
	to[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		const char *name = all.rules->rules[hits[i].rule].name;
		struct str who =
		    hits[i].distinct.p ? hits[i].distinct : hits[i].user;

		addr_print(&hits[i].who, ip);
		w += (size_t)snprintf(to + w, size - w, "%s%s %s",
		    w ? "; " : "", strchr(name, '/') + 1, ip);
		if (who.n && !str_eq(who, STR("-")))
			w += (size_t)snprintf(to + w, size - w, " " STR_F,
			    STR_A(who));
	}
}

#define SYSLOG(program) "Nov 18 10:00:00 host " program "[77]: "
#define ACCESS(request, status, agent) \
	"192.0.2.1 - - [18/Nov/2026:10:00:00 +0000] \"" request "\" " status \
	" 5 \"-\" \"" agent "\""

struct sentence {
	const char *says, *line;
	int service; /* -1, or 0 demo, 1 app */
	const char *want;
};

static void run(const struct sentence *t, size_t n)
{
	char got[600];

	for (size_t i = 0; i < n; i++) {
		seen(t[i].line, t[i].service, got, sizeof(got));
		if (strcmp(got, t[i].want) != 0)
			fail_msg("%s: got \"%s\"", t[i].says, got);
	}
}

static void origins(void **state)
{
	static const struct sentence t[] = {
		{ "a program speaks for its service",
		    SYSLOG("demod") "fail for root from 192.0.2.1 port 5", -1,
		    "fail 192.0.2.1 root" },
		{ "the first pattern that fits is taken, once",
		    SYSLOG("demod") "fail for root from 192.0.2.1", -1,
		    "fail 192.0.2.1 root" },
		{ "also by the beginning of its name",
		    SYSLOG("demo/x") "fail for root from 192.0.2.1", -1,
		    "fail 192.0.2.1 root" },
		{ "another program does not",
		    SYSLOG("other") "fail for root from 192.0.2.1", -1, "" },
		{ "nor does it in a source that is mapped to the service",
		    SYSLOG("other") "fail for root from 192.0.2.1", 0, "" },
		{ "a plain line of a known source is the service's",
		    "fail for root from 192.0.2.1", 0, "fail 192.0.2.1 root" },
		{ "of an unknown one it is not", "fail for root from 192.0.2.1",
		    -1, "" },
		{ "an application without programs may be behind any",
		    SYSLOG("docker") "x Login failed (Remote IP: 192.0.2.1)",
		    -1, "text 192.0.2.1" },
		{ "and in plain lines",
		    "2026-11-18 10:00:00 x Login failed Remote IP: 2001:db8::1",
		    -1, "text 2001:db8::1" },
		{ "a claimed program's lines are not others'",
		    SYSLOG("demod") "x Login failed (Remote IP: 192.0.2.1)", -1,
		    "" },
		{ "a veto", SYSLOG("demod") "fail for monitor from 192.0.2.1",
		    -1, "" },
		{ "an nginx error log",
		    "2026/11/18 10:00:00 [error] 1#1: *5 user \"bob\" was not "
		    "found in \"/etc/x\", client: 192.0.2.1, server: _",
		    -1, "error-log 192.0.2.1 bob" },
	};

	run(t, countof(t));
}

static void requests(void **state)
{
	static const struct sentence t[] = {
		{ "a path", ACCESS("GET /.env HTTP/1.1", "404", "x"), -1,
		    "probe 192.0.2.1 /.env" },
		{ "folded and decoded twice",
		    ACCESS("GET /a/%252eENV?x HTTP/1.1", "404", "x"), -1,
		    "probe 192.0.2.1 /a/%252eENV" },
		{ "the folder of a page",
		    ACCESS("GET /grafana/d/x?a=/b HTTP/1.1", "404", "x"), -1,
		    "product 192.0.2.1 /grafana" },
		{ "the folder alone",
		    ACCESS("GET /grafana?a=/b HTTP/1.1", "404", "x"), -1,
		    "product 192.0.2.1 /grafana" },
		{ "status must fit", ACCESS("GET /.env HTTP/1.1", "200", "x"),
		    -1, "" },
		{ "an agent", ACCESS("GET / HTTP/1.1", "200", "x Nikto/2"), -1,
		    "agent 192.0.2.1" },
		{ "the same agent again",
		    ACCESS("GET /a HTTP/1.1", "200", "x Nikto/2"), -1,
		    "agent 192.0.2.1" },
		{ "a clean one", ACCESS("GET / HTTP/1.1", "200", "Mozilla"), -1,
		    "" },
		{ "anywhere: in the agent",
		    ACCESS("GET / HTTP/1.1", "200", "${jndi:ldap://x}"), -1,
		    "jndi 192.0.2.1" },
		{ "anywhere: encoded in the target",
		    ACCESS("GET /?x=$%7bjndi:ldap} HTTP/1.1", "200", "x"), -1,
		    "jndi 192.0.2.1" },
		{ "a query, its blanks and what confirms it",
		    ACCESS("GET /?id=1+UNION+SELECT+pw HTTP/1.1", "200", "x"),
		    -1, "sql 192.0.2.1" },
		{ "what does not confirm it",
		    ACCESS("GET /?id=1+UNION+SELECT+* HTTP/1.1", "200", "x"),
		    -1, "" },
		{ "a query is not the path",
		    ACCESS("GET /union%20select%20x HTTP/1.1", "200", "x"), -1,
		    "" },
		{ "both ends of the path",
		    ACCESS("GET /backup.sql?x HTTP/1.1", "200", "x"), -1,
		    "dump 192.0.2.1" },
		{ "and the method",
		    ACCESS("POST /backup.sql?x HTTP/1.1", "200", "x"), -1, "" },
		{ "only the status", ACCESS("GET / HTTP/1.1", "401", "x"), -1,
		    "denied 192.0.2.1" },
		{ "two rules", ACCESS("GET /.env HTTP/1.1", "401", "x"), -1,
		    "probe 192.0.2.1 /.env; denied 192.0.2.1" },
	};

	run(t, countof(t));
	run(t, countof(t)); /* all seen before */
}

static void structured(void **state)
{
	static const struct sentence t[] = {
		{ "nested keys",
		    "{\"msg\":\"login failed for bob\",\"remote\":{\"ip\":"
		    "\"192.0.2.1\"}}",
		    -1, "json 192.0.2.1 bob" },
		{ "another key for the same",
		    "{\"client\":\"192.0.2.1\",\"msg\":\"login failed for "
		    "bob\"}",
		    0, "json 192.0.2.1 bob" },
		{ "a key is missing", "{\"msg\":\"login failed for bob\"}", -1,
		    "" },
		{ "a value is no address",
		    "{\"msg\":\"login failed for bob\",\"client\":\"x\"}", -1,
		    "" },
		{ "another service's source",
		    "{\"msg\":\"login failed for bob\",\"client\":"
		    "\"192.0.2.1\"}",
		    1, "" },
	};

	run(t, countof(t));
}

static void learned_addresses(void **state)
{
	static const struct sentence t[] = {
		{ "nothing is known yet", SYSLOG("demod") "conn ab refused", -1,
		    "learned -" },
		{ "a line tells", SYSLOG("demod") "conn ab from 192.0.2.9", -1,
		    "" },
		{ "the next one knows", SYSLOG("demod") "conn ab refused", -1,
		    "learned 192.0.2.9" },
		{ "another id does not", SYSLOG("demod") "conn ac refused", -1,
		    "learned -" },
		{ "by the process id",
		    SYSLOG("demod") "connection from "
				    "192.0.2.8",
		    -1, "" },
		{ "which the line has", SYSLOG("demod") "login refused", -1,
		    "learned 192.0.2.8" },
		{ "another process has not",
		    "Nov 18 10:00:00 host demod[78]: login refused", -1,
		    "learned -" },
		{ "nine minutes later",
		    "Nov 18 10:09:00 host demod[77]: login refused", -1,
		    "learned 192.0.2.8" },
		{ "eleven minutes later",
		    "Nov 18 10:11:00 host demod[77]: login refused", -1,
		    "learned -" },
	};

	run(t, countof(t));
}

static void a_trial_leaves_no_trace(void **state)
{
	struct match_stats was = *matcher_stats(all.m);
	struct hit hits[MATCH_HITS];
	struct record rec;
	char got[100];

	line_parse(all.parser, LINE_AUTO,
	    STR(SYSLOG("demod") "conn ad from 192.0.2.9"), &rec);
	assert_int_equal(match_trial(all.m, &rec, -1, hits), 0);
	line_parse(all.parser, LINE_AUTO,
	    STR(SYSLOG("demod") "conn ad refused"), &rec);
	assert_int_equal(match_trial(all.m, &rec, -1, hits), 1);
	assert_int_equal(matcher_stats(all.m)->records, was.records);
	assert_int_equal(matcher_stats(all.m)->hits, was.hits);
	seen(SYSLOG("demod") "conn ad refused", -1, got, sizeof(got));
	assert_string_equal(got, "learned -");
	seen(SYSLOG("demod") "conn ad from 192.0.2.9", -1, got, sizeof(got));
	seen(SYSLOG("demod") "conn ad refused", -1, got, sizeof(got));
	assert_string_equal(got, "learned 192.0.2.9");
}

static void doubt_and_work_are_counted(void **state)
{
	const struct match_stats *s = matcher_stats(all.m);
	uint64_t ambiguous = s->ambiguous, over_limit = s->over_limit;
	char line[400] = SYSLOG("demod"), got[100];
	size_t n = strlen(line);

	seen(SYSLOG("demod") "bad x from 8.8.8.8: y from 192.0.2.1: z", -1, got,
	    sizeof(got));
	assert_string_equal(got, "");
	s = matcher_stats(all.m);
	assert_int_equal(s->ambiguous, ambiguous + 1);
	assert_string_equal(all.rules->rules[s->ambiguous_rule].name,
	    "demo/two-texts");

	memset(line + n, 'a', 300);
	memcpy(line + n + 300, " 192.0.2.1", 11);
	seen(line, -1, got, sizeof(got));
	assert_string_equal(got, "");
	s = matcher_stats(all.m);
	assert_int_equal(s->over_limit, over_limit + 1);
	assert_string_equal(all.rules->rules[s->over_limit_rule].name,
	    "demo/slow");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(origins),
		cmocka_unit_test(requests), cmocka_unit_test(structured),
		cmocka_unit_test(learned_addresses),
		cmocka_unit_test(a_trial_leaves_no_trace),
		cmocka_unit_test(doubt_and_work_are_counted) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
