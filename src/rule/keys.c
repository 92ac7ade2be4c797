#include "rule/keys.h"

#include <stdio.h>

const char *const kind_names[] = { "bruteforce", "enumeration", "spraying",
	"probing", "scanning", "exploit", "abuse", "dos", "privilege", "login",
	NULL };
const char *const evidence_names[] = { "own-act", "inducible", "forgeable",
	"packet", NULL };
const char *const outcome_names[] = { "failure", "success", NULL };
const char *const login_names[] = { "none", "host", "web", NULL };
const char *const measure_names[] = { "alarm", "limit", "deny", NULL };
const char *const answer_names[] = { "configured", "drop", "reject", NULL };
const char *const counting_names[] = { "window", "fail2ban", NULL };
const char *const where_names[] = { "syslog", "plain", "error", NULL };

#define SERVICE(f) offsetof(struct service, f)
#define RULE(f)    offsetof(struct rule, f)
#define REQUEST(f) offsetof(struct request_rule, f)
#define JAIL(f)    offsetof(struct jailed, f)

const struct rule_key service_keys[] = {
	{ "service", KEY_NAME, SERVICE(name), true, NULL,
	    "The service's name; the file is called NAME.yaml." },
	{ "about", KEY_TEXT, SERVICE(about), false, NULL,
	    "One line for people." },
	{ "programs", KEY_LIST, SERVICE(programs), false, NULL,
	    "Syslog identifiers that speak for it, exact; one trailing * "
	    "makes a prefix." },
	{ "units", KEY_LIST, SERVICE(units), false, NULL,
	    "Journal: only these units (globs) may speak for it." },
	{ "exes", KEY_LIST, SERVICE(exes), false, NULL,
	    "Journal, instead of units: paths of executables run by root." },
	{ "files", KEY_LIST, SERVICE(files), false, NULL,
	    "Text logs (globs), read if the journal has not got it." },
	{ "containers", KEY_LIST, SERVICE(containers), false, NULL,
	    "Substrings of the names of images or containers." },
	{ "ports", KEY_LIST, SERVICE(ports), false, NULL,
	    "What it listens on, as 22/tcp; for information." },
	{ "learn", KEY_LIST, SERVICE(learn), false, NULL,
	    "Patterns of lines that tell an address for a later line with the "
	    "same id (or process id) within 10 minutes." },
	{ "jail", KEY_JAIL, 0, false, NULL,
	    "A jail that liptako-import(1) took over: what it matches by, in "
	    "fail2ban's terms; its rule counts." },
	{ "rules", KEY_RULES, 0, true, NULL, "The rules." },
	{ 0 },
};

const struct rule_key rule_keys[] = {
	{ "name", KEY_NAME, RULE(name), true, NULL,
	    "The rule's name; in full it is SERVICE/NAME." },
	{ "about", KEY_TEXT, RULE(about), true, NULL, "One line for people." },
	{ "kind", KEY_ENUM, RULE(kind), true, kind_names,
	    "What it is evidence of." },
	{ "attack", KEY_ATTACK, RULE(attack), false, NULL,
	    "MITRE ATT&CK technique, as T1110.001." },
	{ "evidence", KEY_ENUM, RULE(evidence), true, evidence_names,
	    "Whose act a line proves: own-act, inducible by somebody else, "
	    "forgeable, or a mere packet." },
	{ "outcome", KEY_ENUM, RULE(outcome), false, outcome_names,
	    "What the line tells; failure unless said." },
	{ "login", KEY_ENUM, RULE(login), false, login_names,
	    "With outcome: success: host makes good clients, web never." },
	{ "where", KEY_WHERE, RULE(where), false, where_names,
	    "Forms of line it applies to: syslog if the service has programs, "
	    "else plain." },
	{ "match", KEY_LIST, RULE(match), false, NULL,
	    "Patterns, anchored at both ends; any one makes a hit." },
	{ "not", KEY_LIST, RULE(veto), false, NULL,
	    "Patterns that veto the hit." },
	{ "fields", KEY_FIELDS, 0, false, NULL,
	    "Instead of match: keys of a structured line and the pattern of "
	    "each; all must hold." },
	{ "request", KEY_REQUEST, 0, false, NULL,
	    "Instead of match: what a web request must look like." },
	{ "when", KEY_WHEN, RULE(count), false, NULL,
	    "From when on it is an attack: N in SPAN, or once." },
	{ "slow", KEY_WHEN, RULE(slow_count), false, NULL,
	    "A second, slower threshold." },
	{ "count", KEY_ENUM, RULE(counting), false, counting_names,
	    "How it is counted: in an exact window unless said, or as "
	    "fail2ban counts, by the rate." },
	{ "term", KEY_SPAN, RULE(term), false, NULL,
	    "How long its first measure lasts, at most 10 years; as configured "
	    "unless said." },
	{ "term-max", KEY_SPAN, RULE(term_max), false, NULL,
	    "With term: where the doubling for repeaters ends; term itself "
	    "unless said." },
	{ "terms", KEY_SPANS, RULE(terms), false, NULL,
	    "Instead of both: how long the first measure lasts, the second and "
	    "so on, up to 24; then as long as the last." },
	{ "spread", KEY_SPAN, RULE(spread), false, NULL,
	    "Up to so much is added by chance to all but the first." },
	{ "distinct", KEY_TEXT, RULE(distinct), false, NULL,
	    "Count different values of this field instead of lines." },
	{ "measure", KEY_ENUM, RULE(measure), false, measure_names,
	    "The most that may follow: deny unless said; limit on packet "
	    "evidence." },
	{ "answer", KEY_ENUM, RULE(answer), false, answer_names,
	    "What packets get that its measures close: drop, reject, or as "
	    "the host's measure: has it unless said." },
	{ "ports", KEY_PORTS, RULE(ports), false, NULL,
	    "Its measures close these ports alone, as 22/tcp or 6000-6010/udp, "
	    "at most 15 ranges; every port unless said." },
	{ "examples", KEY_EXAMPLES, 0, false, NULL,
	    "Lines and what must come of them." },
	{ 0 },
};

const struct rule_key request_keys[] = {
	{ "path", KEY_LIST, REQUEST(path), false, NULL,
	    "Substrings of the decoded, case-folded request target." },
	{ "path-starts", KEY_LIST, REQUEST(path_starts), false, NULL,
	    "At its start." },
	{ "path-ends", KEY_LIST, REQUEST(path_ends), false, NULL,
	    "At the end of its path part." },
	{ "query", KEY_LIST, REQUEST(query), false, NULL,
	    "Substrings of what follows the '?'; '+' is a blank." },
	{ "method", KEY_LIST, REQUEST(method), false, NULL, "Exact." },
	{ "status", KEY_STATUS, REQUEST(status), false, NULL,
	    "Of the answer; 4xx is all of them." },
	{ "agent", KEY_LIST, REQUEST(agent), false, NULL,
	    "Substrings of the user agent, case-folded." },
	{ "host", KEY_LIST, REQUEST(host), false, NULL,
	    "Substrings of the host asked for." },
	{ "referer", KEY_LIST, REQUEST(referer), false, NULL,
	    "Substrings of the referer." },
	{ "raw", KEY_LIST, REQUEST(raw), false, NULL,
	    "Substrings of the raw request line as logged, case-folded." },
	{ "any", KEY_LIST, REQUEST(any), false, NULL,
	    "Substrings of target, agent, referer, host or user." },
	{ "malformed", KEY_YESNO, REQUEST(malformed), false, NULL,
	    "Whether the request line is not METHOD TARGET PROTO." },
	{ "named", KEY_YESNO, REQUEST(named), false, NULL,
	    "Whether it names a user, as a password beside it would." },
	{ "confirm", KEY_TEXT, REQUEST(confirm), false, NULL,
	    "PCRE2, unanchored, on the decoded target, if all else holds." },
	{ 0 },
};

const struct rule_key jail_keys[] = {
	{ "name", KEY_TEXT, JAIL(name), true, NULL, "The jail's name." },
	{ "filter", KEY_TEXT, JAIL(filter), false, NULL, "The filter's name." },
	{ "failregex", KEY_LIST, JAIL(failregex), true, NULL,
	    "Expressions; the first that matches counts a failure." },
	{ "ignoreregex", KEY_LIST, JAIL(ignoreregex), false, NULL,
	    "Lines that do not count." },
	{ "prefregex", KEY_TEXT, JAIL(prefregex), false, NULL,
	    "What a line must match first." },
	{ "datepattern", KEY_TEXT, JAIL(datepattern), false, NULL,
	    "Date templates, one a line." },
	{ "maxlines", KEY_LINES, JAIL(maxlines), false, NULL,
	    "Lines that an expression may span." },
	{ "usedns", KEY_TEXT, JAIL(usedns), false, NULL,
	    "What becomes of a host name where an address should stand: yes "
	    "or warn looks its addresses up, a bounded number of names a "
	    "minute; no is the default." },
	{ "encoding", KEY_TEXT, JAIL(encoding), false, NULL,
	    "Of its logs; for information." },
	{ "zone", KEY_TEXT, JAIL(zone), false, NULL,
	    "Of dates without one, as UTC+0200." },
	{ "logtype", KEY_TEXT, JAIL(logtype), false, NULL,
	    "file or journal: which of both the expressions are written for." },
	{ "ignore", KEY_LIST, JAIL(ignore), false, NULL,
	    "Addresses and prefixes whose failures do not count." },
	{ "port", KEY_TEXT, JAIL(port), false, NULL,
	    "The ports of its firewall action, as written there; for "
	    "information: the rule's ports: close." },
	{ "protocol", KEY_TEXT, JAIL(protocol), false, NULL,
	    "And their protocol." },
	{ "ignorecommand", KEY_TEXT, JAIL(ignorecommand), false, NULL,
	    "A command that herald runs before a failure counts, at most 10 s "
	    "long; if it ends with 0, the failure does not count." },
	{ "cache-key", KEY_TEXT, JAIL(cache_key), false, NULL,
	    "By which text with <tags> the command's answers are kept; none is "
	    "unless said." },
	{ "cache-count", KEY_LINES, JAIL(cache_count), false, NULL,
	    "How many of them, 100 unless said." },
	{ "cache-time", KEY_SPAN, JAIL(cache_time), false, NULL,
	    "And how long, 5m unless said." },
	{ "ban", KEY_LIST, JAIL(ban), false, NULL,
	    "Commands that herald runs when somebody is shut out." },
	{ "unban", KEY_LIST, JAIL(unban), false, NULL,
	    "And when he is not any more." },
	{ 0 },
};

const struct rule_key *key_find(const struct rule_key *keys, struct str name)
{
	for (; keys->name; keys++) {
		if (str_eq(name, str_of(keys->name)))
			return keys;
	}
	return NULL;
}

/* Levenshtein's distance, for words of up to 31 bytes. */
static unsigned distance(struct str a, struct str b)
{
	unsigned row[32];

	if (a.n > 31 || b.n > 31)
		return 99;
	for (unsigned j = 0; j <= b.n; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a.n; i++) {
		unsigned corner = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= b.n; j++) {
			unsigned change = corner + (a.p[i - 1] != b.p[j - 1]);

			corner = row[j];
			row[j] = MIN(change, MIN(row[j], row[j - 1]) + 1);
		}
	}
	return row[b.n];
}

static void nearer(struct str word, const char *name, unsigned *least,
    const char **best)
{
	unsigned d = distance(word, str_of(name));

	if (d < *least && d * 2 <= strlen(name)) {
		*least = d;
		*best = name;
	}
}

const char *near_word(struct str word, const char *const *among)
{
	const char *best = NULL;
	unsigned least = 4;

	for (; *among; among++)
		nearer(word, *among, &least, &best);
	return best;
}

void key_hint(const struct rule_key *keys, struct str name, char *to,
    size_t size)
{
	const char *best = NULL;
	unsigned least = 4;

	for (; keys->name; keys++)
		nearer(name, keys->name, &least, &best);
	to[0] = '\0';
	if (best)
		snprintf(to, size, " (did you mean %s?)", best);
}
