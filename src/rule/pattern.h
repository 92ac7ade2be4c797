/*
 * pattern - one pattern of the rule language, taken apart.
 *
 * PCRE2 syntax with fields <name> or <name:class>. Two things come of it: the
 * same pattern in PCRE2's own words, with field k as its group k + 1, and a
 * sequence of the parts that we understand ourselves (literals, runs of a set
 * of bytes, addresses, groups of alternatives); what we do not understand is
 * a part named "raw" that only PCRE2 can match.
 */
#ifndef LPT_PATTERN_H
#define LPT_PATTERN_H

#include "rule/byteset.h"

enum part_kind {
	PART_LITERAL, /* these bytes */
	PART_RUN,     /* min to max bytes of a set */
	PART_IP,
	PART_DATE,
	PART_GROUP, /* one of its alternatives, or nothing if optional */
	PART_RAW,   /* only PCRE2 knows */
};

/* "::1"; a lone "::" is punctuation, and nobody's address. */
#define ADDRESS_MIN 3

#define RUN_ENDLESS UINT32_MAX
#define NO_FIELD    (-1)

struct sequence {
	size_t n;
	struct part *parts;
};

struct part {
	enum part_kind kind;
	int field; /* which field it captures, or NO_FIELD */
	char *bytes;
	size_t n; /* PART_LITERAL: of bytes */
	struct byteset set;
	uint32_t min, max;
	struct sequence *alternatives;
	size_t n_alternatives;
	bool optional;
	bool colon; /* PART_IP: a ':' follows at once, as before a port */
};

#define PATTERN_FIELDS 24
#define FIELD_NAME     24

struct pattern {
	char *regex; /* PCRE2's words; n bytes, any of them */
	size_t n;
	char (*fields)[FIELD_NAME]; /* their names, at most PATTERN_FIELDS */
	size_t n_fields;
	/* Whatever stands for the whole; an opaque one has a single raw. */
	struct sequence *alternatives;
	size_t n_alternatives;
	bool captures_ip;
};

#define WHY_MAX 160

/* On success *ret is the caller's. -EINVAL: why says what and the cure. */
int pattern_parse(struct pattern **ret, struct str text,
    char why[static WHY_MAX]);
void pattern_free(struct pattern **pp);
/* The words for PCRE2 are no longer needed. */
void pattern_forget_regex(struct pattern *p);
/* Index of the first field of that name, or NO_FIELD. */
int pattern_field(const struct pattern *p, struct str name);

#endif
