/*
 * variant - inside the templates: a pattern's straight sequences.
 */
#ifndef LPT_VARIANT_H
#define LPT_VARIANT_H

#include "rule/template.h"

#define VARIANTS_MAX 32
#define STEPS_MAX    40

enum step_kind {
	STEP_LITERAL,
	STEP_RUN,
	STEP_IP,
	STEP_OTHER, /* beyond us */
};

struct step {
	enum step_kind kind;
	int field;
	bool is_ip;        /* captures <ip> */
	bool colon;        /* STEP_IP: a ':' follows that is not of it */
	const char *bytes; /* STEP_LITERAL, n of them */
	uint32_t n;
	uint32_t min, max;
	const struct byteset *set;
	bool any; /* STEP_RUN: all bytes are in the set */
};

/* Steps before left are pinned from the left, those from right on from the
 * right; the one between, if any, is a run. */
struct variant {
	uint32_t n, left, right;
	bool solved;
	uint32_t shared;  /* pinned steps it begins with as the one before */
	uint32_t same_ip; /* bits: variants that would find the same <ip> */
	const struct step *tail; /* a literal at the end, or NULL */
	const struct step **steps;
};

struct template
{
	size_t n, n_solved;
	bool captures_ip, pins_ip;
	size_t n_fields;
	struct variant *variants;
	size_t n_steps;
	struct step **steps; /* of all variants, each once */
};

/* Multiplies out; false if there are too many. */
bool variants_new(struct template *t, const struct pattern *p);
/* Finds out which steps are pinned. */
void variant_solve(struct variant *v);
/* Finds out what it has in common with the one before, both solved. */
void variant_share(struct variant *v, const struct variant *before);
/* Whether two variants that both match find the same <ip>. */
bool variants_agree(const struct variant *a, const struct variant *b);

/* Letters, digits, '_' and '-': never just before or after an address. */
static inline bool ip_border_byte(char c)
{
	return (unsigned)(c - '0') <= 9 || (unsigned)((c | 32) - 'a') <= 25 ||
	       c == '_' || c == '-';
}

#endif
