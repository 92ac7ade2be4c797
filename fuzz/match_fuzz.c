/*
 * match_fuzz - the door of every log line: taken apart and run through a few
 * rules of each sort. All that a hit carries lies in the line or in the
 * parser's scratch, and the same line twice gives the same hits.
 */
#include "rule/match.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const char yaml[] =
    "service: demo\nprograms: [sshd, 'postfix/*']\n"
    "learn: ['conn <id> from <ip>']\n"
    "rules:\n"
    "- { name: a, about: x, kind: bruteforce, evidence: own-act, when: once,\n"
    "    where: [syslog, plain, error], distinct: user, match: [\n"
    "    'Failed <_:word> for (?:invalid user )?<user> from <ip> port <port>"
    "(?: ssh2)?(?:: .*)?', '.*client: <ip>, .*', 'conn <id> refused',\n"
    "    '(?:a+)+(?!a)(?:b|c)+ <ip>', '<user:word>@<ip>:<port>'],\n"
    "    not: ['.*monitor.*'] }\n"
    "- { name: b, about: x, kind: probing, evidence: own-act, when: once,\n"
    "    distinct: path, request: { path: ['/.env', '../', '<a'],\n"
    "    query: ['union select', 'x'], status: [4xx, 200] } }\n"
    "- { name: c, about: x, kind: probing, evidence: own-act, when: once,\n"
    "    request: { any: ['${jndi:', 'nikto'], confirm: 'jndi:\\w+|/' } }\n"
    "- { name: d, about: x, kind: probing, evidence: own-act, when: once,\n"
    "    request: { malformed: yes, raw: ['\\x16'] } }\n"
    "- { name: e, about: x, kind: probing, evidence: own-act, when: once,\n"
    "    request: { path-starts: ['/a'], path-ends: ['.sql'] } }\n"
    "- { name: f, about: x, kind: bruteforce, evidence: own-act, when: once,\n"
    "    fields: { 'msg|message': '.*fail.*', 'ip|remote.ip': '<ip>' } }\n";

static struct rules *rules;
static struct matcher *matcher;
static struct line_parser *parser;

static void no_fault(void *arg, const char *file, unsigned line,
    unsigned column, const char *what)
{
	die("%s:%u: %s", file, line, what);
}

static void set_up(void)
{
	rules_new(&rules);
	rules_load(rules, "fuzz", STR(yaml), no_fault, NULL);
	matcher_new(&matcher, rules, no_fault, NULL);
	if (line_parser_new(&parser, "UTC", 1795000000) < 0)
		die("no parser");
}

static void look(struct str line, int service)
{
	struct hit hits[MATCH_HITS], again[MATCH_HITS];
	struct pair fields[8];
	struct record rec;
	size_t n;

	line_parse(parser, LINE_AUTO, line, &rec);
	n = match_record(matcher, &rec, service, hits);
	assert(n <= MATCH_HITS);
	for (size_t i = 0; i < n; i++) {
		assert(hits[i].rule < rules->n);
		assert(hits[i].user.n <= 1 << 20);
		assert(match_fields(matcher, &rec, &hits[i], fields, 8) <= 8);
	}
	assert(match_record(matcher, &rec, service, again) == n);
	for (size_t i = 0; i < n; i++)
		assert(hits[i].rule == again[i].rule);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str all = { (const char *)bytes, n }, line;

	if (!rules)
		set_up();
	if (n > 20000)
		return 0;
	while (str_cut(&all, '\n', &line)) {
		look(line, -1);
		look(line, 0);
	}
	look(all, -1);
	return 0;
}
