/*
 * keys - which keys a rule file may have, as tables that also write the
 * manual.
 *
 * The loader walks these tables; nothing else knows a key's name. A key's
 * value lands at an offset in struct service, struct rule or struct
 * request_rule.
 */
#ifndef LPT_KEYS_H
#define LPT_KEYS_H

#include "rule/rule.h"

enum key_kind {
	KEY_NAME,     /* [a-z0-9-]{1,31} */
	KEY_TEXT,     /* one line for people, or one pattern */
	KEY_LIST,     /* texts; one alone may stand without brackets */
	KEY_STATUS,   /* list of 404 or 4xx */
	KEY_ENUM,     /* one of names, stored as its number in an enum */
	KEY_ATTACK,   /* T1110 or T1110.001 */
	KEY_WHERE,    /* list of names, stored as bits */
	KEY_WHEN,     /* "5 in 10m" or "once": two u32, count and seconds */
	KEY_SPAN,     /* "10m": u32 seconds */
	KEY_SPANS,    /* list of them, as struct spans */
	KEY_LINES,    /* 1 to 1000, as unsigned */
	KEY_PORTS,    /* list of 22/tcp and 6000-6010/udp: struct ports */
	KEY_YESNO,    /* int 1 or 0 */
	KEY_FIELDS,   /* key -> pattern, in field_keys and field_patterns */
	KEY_REQUEST,  /* a map of request_keys */
	KEY_JAIL,     /* a map of jail_keys */
	KEY_EXAMPLES, /* list of maps */
	KEY_RULES,    /* list of maps of rule_keys */
};

struct rule_key {
	const char *name;
	enum key_kind kind;
	size_t at; /* offset of the value */
	bool must;
	const char *const *names; /* KEY_ENUM, KEY_WHERE: NULL-ended */
	const char *man;
};

/* NULL-named entries end them. */
extern const struct rule_key service_keys[], rule_keys[], request_keys[],
    jail_keys[];

/* The key that was perhaps meant, or NULL. */
const char *near_word(struct str word, const char *const *among);
const struct rule_key *key_find(const struct rule_key *keys, struct str name);
/* Writes " (did you mean ...?)" or nothing. */
void key_hint(const struct rule_key *keys, struct str name, char *to,
    size_t size);

/* What evidence, measure and so on are called, in the enum's order. */
extern const char *const kind_names[];
extern const char *const evidence_names[];
extern const char *const outcome_names[];
extern const char *const login_names[];
extern const char *const measure_names[];
extern const char *const where_names[];
extern const char *const counting_names[];
extern const char *const answer_names[];

#endif
