#include "judge/kernel_view.h"

bool view_want(struct kernel_view *k, struct judge *j)
{
	struct wire_ask a = { .what = k->what };

	if (k->complete &&
	    (k->readers > 0 ||
		(j->now - k->at <= VIEW_FRESH && k->orders == j->stats.orders)))
		return true;
	if (k->id)
		return false;
	k->complete = false;
	k->n = 0;
	k->over = k->listed = 0;
	k->asked = j->now;
	k->orders = j->stats.orders;
	k->id = a.id = ++j->order_id;
	judge_send(j, ENFORCER, 0, MSG_ASK, &a, sizeof(a));
	return false;
}

bool view_element(struct kernel_view *k, const struct wire_element *e,
    uint32_t now)
{
	if (k->id == 0 || e->id != k->id)
		return false;
	if (e->net.addr.family && k->n >= VIEW_MAX) {
		k->over++;
	} else if (e->net.addr.family && net_ok(&e->net)) {
		if (k->n == k->room) {
			k->room = k->room ? k->room * 2 : 256;
			k->v = mem_grow(k->v, k->room, sizeof(*k->v));
		}
		k->v[k->n++] = element_seen(e);
	}
	if (!e->last)
		return false;
	k->listed = e->packets;
	k->id = 0;
	k->complete = true;
	k->at = now;
	return true;
}

void view_late(struct kernel_view *k, uint32_t now)
{
	if (now - k->asked > VIEW_LATE)
		k->id = 0;
}

void view_tidy(struct kernel_view *k, uint32_t now)
{
	if (!k->complete || k->readers > 0 || now - k->at <= VIEW_FRESH)
		return;
	free(k->v);
	*k = (struct kernel_view){ .what = k->what };
}
