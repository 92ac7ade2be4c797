#include "desk/bouncers.h"

#include <stdio.h>

#include "desk/desk.h"

enum {
	AGENT_PART = 64 /* bytes of it that tell two apart */
};

void bouncers_new(struct bouncers **ret)
{
	*ret = mem_new(1, sizeof(**ret));
	(*ret)->key = hash_key_new();
}

static uint64_t who_of(const struct bouncers *b, const struct http_request *r)
{
	struct str agent = str_head(http_header(r, "User-Agent"), AGENT_PART);
	struct {
		char name[64], agent[AGENT_PART];
		struct addr peer;
	} id = { .peer = r->peer };
	uint64_t h;

	snprintf(id.name, sizeof(id.name), "%s", r->who.name);
	if (agent.n)
		memcpy(id.agent, agent.p, agent.n);
	h = hash_bytes(&b->key, &id, sizeof(id));
	return h ? h : 1;
}

/* A free place, or the quietest one's. */
static struct bouncer *room(struct bouncers *b)
{
	struct bouncer *quiet = &b->v[0];

	if (b->n < BOUNCERS)
		return &b->v[b->n++];
	for (size_t i = 1; i < BOUNCERS; i++)
		if (b->v[i].last < quiet->last)
			quiet = &b->v[i];
	return quiet;
}

struct bouncer *bouncer_of(struct http_request *r)
{
	struct bouncers *b = r->desk->bouncers;
	uint64_t who = who_of(b, r);
	struct bouncer *is = NULL;

	for (size_t i = 0; i < b->n && !is; i++)
		if (b->v[i].who == who)
			is = &b->v[i];
	if (!is) {
		is = room(b);
		*is = (struct bouncer){ .who = who, .peer = r->peer };
		memcpy(is->name, r->who.name, sizeof(is->name));
	}
	is->last = r->desk->now;
	(void)str_show(http_header(r, "User-Agent"), is->agent,
	    sizeof(is->agent));
	return is;
}
