#include "judge/control_priv.h"

#include <event2/buffer.h>
#include <stdio.h>

/* Rows are written by hand: all in them is ours and needs no escape, and a
 * hundred thousand of them should cost little. */
static const char *act_name(uint8_t act)
{
	static const char *const names[] = { "?", "deny", "reject", "limit",
		"open", "spare", "unspare" };

	return names[act < countof(names) ? act : 0];
}

/* What we ordered and what the kernel has; one of the two may be none. */
struct row {
	const struct ledger_measure *m;
	const struct seen_element *e;
	struct net net;
};

static const char *yes(bool is)
{
	return is ? "true" : "false";
}

/* Where jails share a measure, each of them, with its own end. */
static void say_held(struct client *c, const struct net *n)
{
	const struct ledger_held *x = NULL;
	struct evbuffer *to = bufferevent_get_output(c->be);
	const struct judge *j = c->all->j;
	bool any = false;

	while ((x = holders_next(&j->holders, n, x))) {
		if (x->until && x->until <= j->now)
			continue;
		(void)evbuffer_add_printf(to,
		    "%s{\"rule\":\"%s\",\"since\":%u,\"until\":%u}",
		    any ? "," : ",\"held\":[", book_name(j->book, x->rule),
		    x->at, x->until);
		any = true;
	}
	if (any)
		(void)evbuffer_add_printf(to, "]");
}

static void say_row(struct client *c, const struct row *r)
{
	static const struct ledger_measure no_measure = { .rule = UINT16_MAX,
		.rung = RUNG_NOTHING };
	static const struct seen_element no_element = { 0 };
	const struct ledger_measure *m = r->m ? r->m : &no_measure;
	const struct seen_element *e = r->e ? r->e : &no_element;
	uint32_t until = r->m ? m->until : c->all->j->now + e->left;
	char net[NET_MAX], ports[PORTS_MAX];

	(void)net_print(&r->net, net);
	judge_ports_text(c->all->j, r->e ? e->ports : m->ports, ports);
	(void)evbuffer_add_printf(bufferevent_get_output(c->be),
	    "{\"row\":{\"net\":\"%s\",\"act\":\"%s\",\"ports\":\"%s\","
	    "\"kernel\":%s,"
	    "\"left\":%u,\"packets\":%llu,\"bytes\":%llu,"
	    "\"since\":%u,\"until\":%u,\"rule\":\"%s\",\"rung\":\"%s\","
	    "\"count\":%u,\"repeats\":%u,\"list\":%s,\"word\":%s,"
	    "\"refused\":%s,\"proxied\":%s",
	    net, act_name(r->e ? e->act : m->act), ports, yes(r->e != NULL),
	    e->left, (unsigned long long)(e->packets + m->packets),
	    (unsigned long long)(e->bytes + m->bytes), m->at, until,
	    judge_rule_of(c->all->j, m), rung_name((enum rung)m->rung),
	    m->count, m->repeats, yes(e->list), yes(m->flags & MEASURE_WORD),
	    yes(m->flags & MEASURE_REFUSED), yes(m->flags & MEASURE_PROXIED));
	say_held(c, &r->net);
	(void)evbuffer_add_printf(bufferevent_get_output(c->be), "}}\n");
}

/* First what the kernel holds, then what it does not hold though we want
 * it: refused, or for a bouncer only. */
void answer_list_begin(struct client *c, bool kernel)
{
	c->row = 0;
	c->second = !kernel;
	c->waits = WAITS_DRAIN;
	(void)bufferevent_disable(c->be, EV_READ);
	(void)answer_list_more(c);
}

static void list_end(struct client *c)
{
	bool kernel = c->reads != NULL;
	json_t *o = json_pack("{s:b,s:I,s:I,s:I,s:i,s:b,s:b}", "kernel", kernel,
	    "elements", (json_int_t)(kernel ? c->all->view.n : 0), "over",
	    (json_int_t)(kernel ? c->all->view.over : 0), "standing",
	    (json_int_t)c->all->j->measures.n, "now", (int)c->all->j->now,
	    "watch_only", c->all->j->watch_only, "disarmed",
	    is_disarmed(c->all->j));

	client_end(c, &o);
}

static size_t held_rows(struct client *c)
{
	const struct kernel_view *k = &c->all->view;
	size_t said = 0;

	for (; c->row < k->n && said < ROWS; c->row++, said++) {
		struct row r = { .e = &k->v[c->row], .net = k->v[c->row].net };

		r.m = measures_get(&c->all->j->measures, &r.net);
		say_row(c, &r);
	}
	return said;
}

static size_t other_rows(struct client *c)
{
	const struct measures *s = &c->all->j->measures;
	size_t said = 0;

	for (; c->row < s->n && said < ROWS; c->row++) {
		const struct ledger_measure *m = &s->v[c->row];

		if (c->reads &&
		    !(m->flags & (MEASURE_PROXIED | MEASURE_REFUSED)))
			continue;
		say_row(c, &(struct row){ m, NULL, m->net });
		said++;
	}
	return said;
}

bool answer_list_more(struct client *c)
{
	if (!c->second && held_rows(c) > 0)
		return true;
	if (!c->second)
		c->row = 0;
	c->second = true;
	if (other_rows(c) > 0)
		return true;
	list_end(c);
	return false;
}
