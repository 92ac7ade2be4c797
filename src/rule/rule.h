/*
 * rule - what a rule file says, parsed and checked, not yet compiled.
 *
 * rules_load reads one YAML file at a time (see liptako-rules(5)). A fault
 * disables its own rule, or its file if the head is broken, and is reported
 * with file, line and cure; everything else is kept. Rules are numbered in
 * the order they were loaded: that number is a rule's id between programs of
 * one generation; its name ("openssh/auth-failure") is its id for ever.
 */
#ifndef LPT_RULE_H
#define LPT_RULE_H

#include "base/ports.h"

enum evidence {
	EV_OWN_ACT,
	EV_INDUCIBLE,
	EV_FORGEABLE,
	EV_PACKET
};
enum outcome {
	OUTCOME_FAILURE,
	OUTCOME_SUCCESS
};
enum login {
	LOGIN_NONE,
	LOGIN_HOST,
	LOGIN_WEB
};
enum measure {
	MEASURE_ALARM,
	MEASURE_LIMIT,
	MEASURE_DENY
};
/* What packets of those whom it shuts out get. */
enum rule_answer {
	ANSWER_CONFIGURED,
	ANSWER_DROP,
	ANSWER_REJECT
};
enum counting {
	COUNTING_WINDOW,
	COUNTING_FAIL2BAN
};
enum kind {
	KIND_BRUTEFORCE,
	KIND_ENUMERATION,
	KIND_SPRAYING,
	KIND_PROBING,
	KIND_SCANNING,
	KIND_EXPLOIT,
	KIND_ABUSE,
	KIND_DOS,
	KIND_PRIVILEGE,
	KIND_LOGIN,
};
const char *kind_name(enum kind k);
const char *evidence_name(enum evidence e);
const char *measure_name(enum measure m);

enum {
	WHERE_SYSLOG = 1,
	WHERE_PLAIN = 2,
	WHERE_ERROR = 4
};

/* A list of NUL strings; n of them, and the line in the file of each. */
struct strings {
	size_t n;
	char **v;
	unsigned *at;
};

enum {
	RULE_TERMS = 24
};

struct spans {
	size_t n;
	uint32_t v[RULE_TERMS]; /* s */
};

struct example {
	char *line;
	struct strings keys, values; /* expected fields: ip, user, ... */
	char *none;                  /* must not hit, and why; else NULL */
	unsigned at;                 /* line in the file */
};

/* request: lists; all given must hold. */
struct request_rule {
	struct strings path, path_starts, path_ends, query, method, status,
	    agent, host, referer, raw, any;
	int malformed, named; /* 1 yes, 0 no, -1 not asked */
	char *confirm;
};

struct rule {
	char *name; /* service/name */
	char *about;
	char attack[12]; /* MITRE ATT&CK id */
	enum kind kind;
	enum evidence evidence;
	enum outcome outcome;
	enum login login;
	enum measure measure;
	enum rule_answer answer;
	unsigned where; /* WHERE_* */
	struct strings match, veto;
	struct strings field_keys, field_patterns;
	bool has_request;
	struct request_rule request;
	uint32_t count, span;           /* when: count in span seconds */
	uint32_t slow_count, slow_span; /* 0: none */
	enum counting counting;
	uint32_t term, term_max; /* of its measures, s; 0: as configured */
	uint32_t spread;         /* up to so much more for repeaters, s */
	struct spans terms;      /* one by one, instead of doubling */
	struct ports ports;      /* its measures close these alone; n 0: all */
	char *distinct;          /* field name, or NULL */
	struct example *examples;
	size_t n_examples;
	uint16_t service; /* index into rules.services */
	bool is_jails;    /* its hits come of the service's jail */
	unsigned at;      /* line in the file */
	bool off;         /* by configuration: its hits count for nothing */
};

/* What a service that was taken over from fail2ban matches by, instead of
 * patterns of its rule: see f2b/filter.h. Its only rule counts the failures.
 * NULL: not set. */
struct jailed {
	char *name;   /* the jail's, as its own administrator knows it */
	char *filter; /* and the filter's */
	char *usedns, *prefregex, *datepattern, *encoding, *zone, *logtype;
	char *port, *protocol; /* what its firewall was limited to */
	char *ignorecommand;   /* shell text with <tags>; exit 0: ignored */
	char *cache_key;       /* what its answers are kept by; NULL: not */
	uint32_t cache_count, cache_time; /* s; 0: as fail2ban has them */
	unsigned maxlines;
	struct strings failregex, ignoreregex;
	struct strings ignore; /* addresses and prefixes that do not count */
	struct strings ban, unban; /* commands, as shell text with <tags> */
};

struct service {
	char *name, *about, *file;
	struct strings programs, units, exes, files, containers, ports, learn;
	struct jailed *jail; /* or NULL */
};

struct rules {
	size_t n_services, n;
	struct service *services;
	struct rule *rules;
};

/* Called for each fault, with its place and its cure. */
typedef void rule_fault_fn(void *arg, const char *file, unsigned line,
    unsigned column, const char *what);

void rules_new(struct rules **ret);
void rules_free(struct rules **rp);
/* A service without logs of its own: what its rules are about may run behind
 * any web server, whose logs then tell of it. */
bool service_is_behind(const struct service *s);
/* The one whose rules apply whatever the service. */
bool service_is_generic(const struct service *s);
/* Lets go of what only a compiler, a checker or a reader of rules needs; names,
 * numbers and what a source is known by stay. keep: by service, whose patterns
 * stay, too, as do the generic ones; NULL: nobody's. */
void rules_slim(struct rules *r, const bool *keep);
/*
 * Takes the examples out of a file's text, in place, and returns what is left:
 * only a check reads them, and they are half of what there is to read. Lines
 * keep their numbers. For texts that are known to be sound; of blocks, which
 * might hold such a line as text, our rules have none.
 */
size_t rules_without_examples(char *text, size_t n);
/* Adds one file's rules. name is for faults. 0, or RULES_E_FAULTS if
 * anything of it was left out (and said so). */
enum {
	RULES_OK,
	RULES_E_FAULTS
};
int rules_load(struct rules *r, const char *name, struct str yaml,
    rule_fault_fn *fault, void *arg);
/* The same for a file of ours, which is plain YAML and read faster. */
int rules_load_own(struct rules *r, const char *name, struct str yaml,
    rule_fault_fn *fault, void *arg);

#endif
