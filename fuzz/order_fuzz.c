/*
 * The enforcer's door: whatever its peers say, nothing protected is shut,
 * nothing too wide, and nothing for longer than 30 days.
 */
#include "base/bytes.h"
#include "enforcer/enforcer.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const enum role speakers[] = { JUDGE, WARDEN, WHO, NAMER, READER };

/* One message: who, which, how much is missing at its end, its body. */
static void say_one(struct enforcer *e, struct rd *r)
{
	_Alignas(8) uint8_t body[8192] = { 0 };
	enum role who = speakers[rd_u8(r) % countof(speakers)];
	uint32_t type = rd_u8(r) % (MSG_N + 1);
	size_t size = type < MSG_N ? msgs[type].size : 16;
	uint8_t odd = rd_u8(r);
	struct packet p = { type, size, body, -1 };

	if (odd > 250)
		p.n -= MIN(p.n, (size_t)odd - 250);
	rd_bytes(r, body, MIN(size, r->left));
	(void)enforcer_hear(e, who, &p);
	e->now += odd % 8;
	if (odd & 1)
		enforcer_flush(e);
	if (odd & 8)
		enforcer_tick(e);
}

static void check(const struct enforcer *e)
{
	for (size_t i = 0; i <= e->standing.mask; i++) {
		const struct stand *s = &e->standing.v[i];
		struct net net = stand_net(s);

		if (!s->family)
			continue;
		assert(net_ok(&net));
		assert(net.bits >= (s->family == 4 ? 24 : 48));
		assert(!shield_over(&e->shield, &net));
		assert(s->until <= e->now + 30 * 86400);
		assert(s->act >= ACT_DENY && s->act <= ACT_LIMIT);
		assert(s->ports == 0 || e->groups[s->ports].n > 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct enforcer e;
	struct rd r = rd_of(bytes, n);

	enforcer_new(&e, &fence_dry, NULL);
	e.now = 1000;
	(void)enforcer_claim(&e);
	while (r.left > 3 && !r.bad)
		say_one(&e, &r);
	enforcer_flush(&e);
	check(&e);
	for (int i = 0; i < 64 && enforcer_work(&e); i++)
		;
	enforcer_free(&e);
	return 0;
}
