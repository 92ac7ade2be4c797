/*
 * What may be asked, who answers it, and who of desk's visitors may ask so.
 */
#include "judge/control_priv.h"

static void reload(struct client *c)
{
	struct wire_none none = { 0 };

	judge_send(c->all->j, WARDEN, 0, MSG_RELOAD, &none, sizeof(none));
	client_wait(c, WAITS_RELOAD, RELOAD_S);
}

/* Keys are made by those alone who may use the socket itself. */
enum visitors {
	NONE,
	OPERATORS,
	ALL,
};

static const struct {
	void (*answer)(struct client *c);
	enum visitors may;
} asks[ASKS] = {
	[ASK_STATUS] = { ask_kernel, ALL },
	[ASK_LIST] = { ask_kernel, ALL },
	[ASK_WHY] = { ask_why, ALL },
	[ASK_WHY_NOT] = { answer_why_not, ALL },
	[ASK_DENY] = { answer_word, OPERATORS },
	[ASK_PARDON] = { answer_word, OPERATORS },
	[ASK_ALLOW] = { answer_word, OPERATORS },
	[ASK_DOCTOR] = { ask_kernel, ALL },
	[ASK_RELOAD] = { reload, OPERATORS },
	[ASK_HISTORY] = { answer_history, ALL },
	[ASK_KEY_ADD] = { answer_keys, NONE },
	[ASK_KEY_LIST] = { answer_keys, NONE },
	[ASK_KEY_REMOVE] = { answer_keys, NONE },
	[ASK_SOURCE_ADD] = { answer_sources, NONE },
	[ASK_SOURCE_LIST] = { answer_sources, ALL },
	[ASK_SOURCE_REMOVE] = { answer_sources, NONE },
	[ASK_JAILS] = { answer_jails, NONE },
	[ASK_ADOPT] = { answer_adopt, NONE },
	[ASK_SEALED_PUT] = { answer_sealed, NONE },
	[ASK_SEALED_LIST] = { answer_sealed, NONE },
	[ASK_INVITE] = { answer_sealed, NONE },
	[ASK_JOIN_LOOK] = { answer_sealed, NONE },
	[ASK_JOIN] = { answer_sealed, NONE },
	[ASK_SUSPEND] = { answer_sealed, NONE },
	[ASK_REQUEST_DROP] = { answer_sealed, NONE },
	[ASK_ALLIANCE] = { answer_ally, ALL },
	[ASK_ACTS] = { answer_ally, NONE },
	[ASK_FORGET] = { answer_ally, NONE },
	[ASK_SETTLE] = { answer_ally_word, NONE },
	[ASK_VOUCH] = { answer_ally_word, NONE },
};

void asks_check(void)
{
	for (size_t i = 0; i < ASKS; i++)
		assert(asks[i].answer);
}

static const char *refused_at_desk(const struct client *c)
{
	switch (asks[c->request.what].may) {
	case ALL:
		return NULL;
	case OPERATORS:
		return c->looks_only ? "you may look, and change nothing"
				     : NULL;
	case NONE:
		break;
	}
	return "that is asked on the control socket only";
}

void client_ask(struct client *c)
{
	const char *refused = c->by_desk ? refused_at_desk(c) : NULL;

	if (refused)
		client_fail(c, "denied", refused);
	else
		asks[c->request.what].answer(c);
}
