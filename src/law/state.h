/*
 * state - all that the law holds; for this room's own files.
 */
#ifndef LPT_STATE_H
#define LPT_STATE_H

#include "law/good.h"
#include "law/law.h"
#include "law/memory.h"
#include "law/waiting.h"

struct law {
	struct law_conf conf;
	size_t n;
	struct law_rule *rules;
	/* One more than rules: the last counts a prefix's witnesses. */
	struct window_form *forms;
	struct windows windows;
	struct waiting waiting;
	struct seats memories;
	struct goods goods;
	law_shield_fn *shield;
	void *arg;
	law_join_fn *join;
	void *join_arg;
	uint64_t seen, rulings;
	uint8_t repeats_most; /* of any rule */
};

/* Seconds do not wrap. */
static inline uint32_t later(uint32_t at, uint32_t span)
{
	return at > UINT32_MAX - span ? UINT32_MAX : at + span;
}

#endif
