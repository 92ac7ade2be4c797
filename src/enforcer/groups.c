#include "enforcer/enforcer.h"

#include "base/log.h"

/*
 * groups - the ports that measures may be restricted to.
 *
 * Judge has numbers for them, and so have we and the kernel, which both may
 * have outlived judge: ours are kept, his are translated. What finds no room
 * closes every port.
 */

enum {
	UNSAID = 0xff, /* judge has not said what this number means */
};

static void set(struct enforcer *e, uint8_t group, struct ports p)
{
	e->n_groups -= e->groups[group].n > 0;
	e->n_groups += p.n > 0;
	e->groups[group] = p;
}

void enforcer_groups_read(struct enforcer *e)
{
	memset(e->numbers, UNSAID, sizeof(e->numbers));
	for (uint8_t i = 1; i < NFT_GROUPS; i++) {
		const struct ports *p = e->kind->group(e->fence, i);

		set(e, i, p ? *p : (struct ports){ 0 });
	}
}

void enforcer_groups_greet(struct enforcer *e)
{
	memset(e->numbers, UNSAID, sizeof(e->numbers));
	for (size_t i = 1; i < NFT_GROUPS; i++) {
		struct wire_ports w = { .ports = e->groups[i] };

		if (w.ports.n)
			enforcer_say(e, MSG_GROUP, &w, sizeof(w));
	}
}

bool enforcer_group(const struct enforcer *e, uint8_t number, uint8_t *ret)
{
	if (number == 0) {
		*ret = 0;
		return true;
	}
	*ret = e->numbers[number];
	return *ret != UNSAID;
}

uint8_t enforcer_number(const struct enforcer *e, uint8_t group)
{
	for (uint8_t i = 1; group && i <= WIRE_PORTS; i++)
		if (e->numbers[i] == group)
			return i;
	return 0;
}

/* The group with these ports, or the first that is free; 0: neither. */
static uint8_t find(const struct enforcer *e, const struct ports *p)
{
	uint8_t room = 0;

	for (uint8_t i = NFT_GROUPS - 1; i > 0; i--) {
		if (ports_eq(&e->groups[i], p))
			return i;
		if (e->groups[i].n == 0)
			room = i;
	}
	return room;
}

/* Lets go of those that nothing stands in and no number means. */
static bool let_go(struct enforcer *e)
{
	bool used[NFT_GROUPS] = { false }, any = false;

	if (!e->synced) /* the kernel may hold more than memory knows */
		return false;
	for (size_t i = 0; i <= e->standing.mask; i++)
		if (e->standing.v[i].family)
			used[e->standing.v[i].ports] = true;
	for (uint8_t i = 1; i < NFT_GROUPS; i++) {
		if (used[i] || enforcer_number(e, i))
			continue;
		set(e, i, (struct ports){ 0 });
		(void)e->kind->set_group(e->fence, i, NULL);
		any = true;
	}
	return any && enforcer_remake(e) == 0;
}

static int make(struct enforcer *e, uint8_t group, const struct ports *p)
{
	int err = e->kind->set_group(e->fence, group, p);

	if (err == -ENOENT) { /* the table is gone */
		enforcer_torn(e);
		err = e->kind->set_group(e->fence, group, p);
	}
	if (err == 0)
		set(e, group, *p);
	return err;
}

bool enforcer_ports(struct enforcer *e, const struct wire_ports *w)
{
	char text[PORTS_MAX];
	uint8_t group;
	int err = 0;

	if (!wire_ports_ok(w) || w->no == 0)
		return false;
	enforcer_flush(e);
	group = find(e, &w->ports);
	if (group == 0) {
		e->numbers[w->no] = 0;
		if (let_go(e))
			group = find(e, &w->ports);
	}
	if (group && e->groups[group].n == 0)
		err = make(e, group, &w->ports);
	e->numbers[w->no] = err < 0 ? 0 : group;
	if (e->numbers[w->no] == 0) {
		(void)ports_print(&w->ports, text);
		log_warn("ports-all-closed ports=%s error=\"%s\" text=\"there "
			 "is no room for another group of ports\"",
		    text, strerror(-err));
	}
	return true;
}
