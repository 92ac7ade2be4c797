/*
 * compiled - rules with their patterns ready to run.
 *
 * As a rule all are made at once, so that every fault is told. Of rules that
 * are known to be sound, whoever reads one log may have them made when their
 * first line comes: most logs ask for few.
 */
#ifndef LPT_COMPILED_H
#define LPT_COMPILED_H

#include "rule/engine.h"
#include "rule/match.h"

/* A pattern, and where among its fields stands what a hit carries. */
struct reader {
	const struct engine *engine;
	int user, port, id, distinct;
};

struct field_reader {
	struct reader reader;
	const char *keys; /* "a|b|c": the first present */
};

/* What a request rule counts the different values of. */
enum request_distinct {
	DISTINCT_NOTHING,
	DISTINCT_PATH,
	DISTINCT_FOLDER,
	DISTINCT_USER,
	DISTINCT_AGENT,
	DISTINCT_HOST,
};

struct compiled {
	const struct rule *rule;
	enum request_distinct distinct;
	bool off; /* a fault disabled it, or its service is left out */
	bool made;
	size_t n_match, n_veto, n_fields;
	struct reader *match, *veto;
	struct field_reader *fields;
};

struct compiled_service {
	const struct service *service;
	size_t n_learn;
	struct reader *learn;
	bool is_generic; /* its rules apply whatever the service */
	bool behind_any; /* has no logs of its own: any web server's */
	bool left_out;   /* nothing of it was compiled */
	bool made;       /* what it learns by */
};

struct named_engine {
	const char *text; /* the rules' own */
	uint64_t hash;
	struct engine *engine; /* NULL: not yet made, or a fault */
};

struct compiled_rules {
	const struct rules *rules;
	struct compiled *compiled;         /* as rules->rules */
	struct compiled_service *services; /* as rules->services */
	size_t n_engines;
	struct named_engine *engines; /* all; one a pattern's text */
	rule_fault_fn *fault;
	void *arg;
};

/* active: by service; NULL: all. Generic rules always are. late: all but the
 * patterns' texts is left for compiled_ready. */
void compiled_new(struct compiled_rules **ret, const struct rules *r,
    const bool *active, bool late, rule_fault_fn *fault, void *arg);
/* The rule's patterns are made; false if it is off. */
bool compiled_ready(struct compiled_rules *c, size_t rule);
/* The patterns that the service learns by are. */
void compiled_ready_learn(struct compiled_rules *c, size_t service);
/* By number; NULL if its text is no pattern. */
struct engine *compiled_engine(struct compiled_rules *c, size_t i);
void compiled_free(struct compiled_rules **cp);
/* Tells the fault; the caller marks the rule as off. */
void compiled_say(const struct rules *r, const struct rule *rule, unsigned at,
    const char *why, rule_fault_fn *fault, void *arg);

/* Whether a service speaks under this syslog identifier. */
bool service_claims(const struct service *s, struct str program);

#endif
