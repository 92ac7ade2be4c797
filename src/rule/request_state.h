/*
 * request_state - inside the request rules: what making them and matching
 * share.
 */
#ifndef LPT_REQUEST_STATE_H
#define LPT_REQUEST_STATE_H

#include "rule/decode.h"
#include "rule/literals.h"
#include "rule/memo.h"
#include "rule/request.h"
#include "rule/verdicts.h"

enum {
	AGENT_SETS = 32768, /* of two: 64 Ki agents in 512 KiB */
	REFERER_SETS = 4096,
	HOST_SETS = 1024,
	STATUS_END = 600,
	METHODS_MAX = 63, /* of all rules together */
	TERMS_HASHED = 4096,
};

/* The texts of a request that literals are looked for in. */
enum where_text {
	IN_TARGET,
	IN_AGENT,
	IN_HOST,
	IN_REFERER,
	IN_RAW,
	IN_USER,
	TEXTS
};

/* A condition of a rule that one literal of several fulfils. */
enum condition {
	COND_PATH,
	COND_STARTS,
	COND_ENDS,
	COND_QUERY,
	COND_AGENT,
	COND_HOST,
	COND_REFERER,
	COND_RAW,
	COND_ANY,
};

struct one {
	const struct request_rule *q;
	struct regex *confirm;
	uint16_t number; /* the caller's */
	uint16_t need, got;
	uint32_t turn;    /* of the request that got belongs to */
	uint64_t methods; /* bits of requests.methods; all if any will do */
	uint64_t status[(STATUS_END + 63) / 64];
};

struct member {
	uint16_t rule, condition;
};

/* One literal, and the conditions it fulfils. */
struct term {
	char *text;
	size_t text_n;
	unsigned texts; /* bits of where_text */
	enum literal_where where;
	size_t n;
	struct member *members;
	size_t next; /* of those with the same hash: index + 1 */
};

/* Rules without literals that such a status leaves possible. */
struct bare {
	size_t n;
	uint16_t *rules;
};

struct requests {
	struct regex_room *room;
	bool is_ready;
	size_t n, n_terms, n_methods;
	struct one *rules;
	struct term *terms;
	size_t *terms_by; /* while made: by hash, index + 1 */
	struct str methods[METHODS_MAX];
	struct literals *texts[TEXTS];
	struct bare bare[STATUS_END];
	struct memo *agents, *referers, *hosts;
	struct verdicts *seen;
	uint32_t turn;
	uint16_t *ready; /* rules whose literals are all there */
	size_t n_ready;
	uint64_t cut;
	char decoded[DECODED_MAX];
};

/* Which of the rules' methods it is; n_methods if none. */
static inline size_t method_of(const struct requests *q, struct str method)
{
	size_t i = 0;

	while (i < q->n_methods && !str_eq(q->methods[i], method))
		i++;
	return i;
}

static inline bool has_status(const struct one *one, unsigned status)
{
	return one->status[status / 64] >> (status % 64) & 1;
}

#endif
