#include "judge/ledger_priv.h"

/* Which jails share a measure; see holders.h. */

int ledger_put_held(struct ledger *l, const struct ledger_held *h)
{
	sqlite3_stmt *s = ledger_st(l, ST_HELD_PUT);

	if (!s)
		return LEDGER_E_OTHER;
	ledger_bind_net(s, 1, &h->net);
	BIND(s, 3, ledger_rule_id(l, h->rule), h->at, h->until);
	return ledger_run(s);
}

int ledger_drop_held(struct ledger *l, const struct ledger_held *h)
{
	sqlite3_stmt *s = ledger_st(l, ST_HELD_DROP);

	if (!s)
		return LEDGER_E_OTHER;
	ledger_bind_net(s, 1, &h->net);
	BIND(s, 3, ledger_rule_id(l, h->rule));
	return ledger_run(s);
}

int ledger_held(struct ledger *l, ledger_held_fn *fn, void *arg)
{
	sqlite3_stmt *s = ledger_st(l, ST_HELD_ALL);
	int rc;

	if (!s)
		return LEDGER_E_OTHER;
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		struct ledger_held h = { .net = column_net(s, 0),
			.rule = ledger_rule_at(l, s, 2),
			.at = column_u32(s, 3),
			.until = column_u32(s, 4) };

		if (h.net.addr.family && h.rule != UINT16_MAX)
			fn(arg, &h);
	}
	sqlite3_reset(s);
	return ledger_answer(rc);
}
