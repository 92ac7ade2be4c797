#include "base/ports.h"

#include <netinet/in.h>
#include <stdio.h>

static bool is_range(uint32_t from, uint32_t to, uint8_t protocol)
{
	return from > 0 && from <= to &&
	       (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP);
}

static bool is_before(const struct port_range *a, const struct port_range *b)
{
	return a->protocol < b->protocol ||
	       (a->protocol == b->protocol && a->from < b->from);
}

static bool meet(const struct port_range *a, const struct port_range *b)
{
	return a->protocol == b->protocol && a->from <= b->to + 1U &&
	       b->from <= a->to + 1U;
}

int ports_add(struct ports *p, uint16_t from, uint16_t to, uint8_t protocol)
{
	struct port_range r = { from, to, protocol, 0 };
	struct ports q = { 0 };
	size_t at = 0;

	if (!is_range(from, to, protocol))
		return PORTS_E_SHAPE;
	for (size_t i = 0; i < p->n; i++) {
		if (!meet(&p->v[i], &r)) {
			q.v[q.n++] = p->v[i];
			continue;
		}
		r.from = MIN(r.from, p->v[i].from);
		r.to = MAX(r.to, p->v[i].to);
	}
	if (q.n == PORTS_RANGES)
		return PORTS_E_MANY;
	while (at < q.n && is_before(&q.v[at], &r))
		at++;
	memmove(&q.v[at + 1], &q.v[at], (q.n - at) * sizeof(r));
	q.v[at] = r;
	q.n++;
	*p = q;
	return PORTS_OK;
}

int ports_parse(struct str s, struct ports *p)
{
	struct str range, low;
	uint32_t from, to;
	uint8_t protocol;

	if (!str_cut(&s, '/', &range))
		return PORTS_E_SHAPE;
	if (str_eq(s, STR("tcp")))
		protocol = IPPROTO_TCP;
	else if (str_eq(s, STR("udp")))
		protocol = IPPROTO_UDP;
	else
		return PORTS_E_SHAPE;
	if (!str_cut(&range, '-', &low))
		low = range;
	if (!str_u32(low, UINT16_MAX, &from) ||
	    !str_u32(range, UINT16_MAX, &to))
		return PORTS_E_SHAPE;
	return ports_add(p, (uint16_t)from, (uint16_t)to, protocol);
}

int ports_parse_all(struct str s, struct ports *ret)
{
	struct ports p = { 0 };
	struct str one;
	bool more = s.n > 0;

	while (more) {
		int e;

		more = str_cut(&s, ',', &one);
		e = ports_parse(more ? one : s, &p);
		if (e)
			return e;
	}
	*ret = p;
	return PORTS_OK;
}

size_t ports_print(const struct ports *p, char to[static PORTS_MAX])
{
	size_t n = 0;

	to[0] = '\0';
	for (size_t i = 0; i < p->n; i++) {
		const struct port_range *r = &p->v[i];
		const char *name = r->protocol == IPPROTO_TCP ? "tcp" : "udp";

		n += (size_t)snprintf(to + n, PORTS_MAX - n, "%s%u",
		    i ? "," : "", r->from);
		if (r->to != r->from)
			n += (size_t)snprintf(to + n, PORTS_MAX - n, "-%u",
			    r->to);
		n += (size_t)snprintf(to + n, PORTS_MAX - n, "/%s", name);
	}
	return n;
}

int ports_join(const struct ports *a, const struct ports *b, struct ports *ret)
{
	struct ports p = *a;

	if (a->n == 0 || b->n == 0) {
		*ret = (struct ports){ 0 };
		return PORTS_OK;
	}
	for (size_t i = 0; i < b->n; i++) {
		const struct port_range *r = &b->v[i];
		int e = ports_add(&p, r->from, r->to, r->protocol);

		if (e)
			return e;
	}
	*ret = p;
	return PORTS_OK;
}

bool ports_ok(const struct ports *p)
{
	struct ports q = { 0 };

	if (p->n > PORTS_RANGES || p->unused)
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (ports_add(&q, p->v[i].from, p->v[i].to, p->v[i].protocol) !=
		    PORTS_OK)
			return false;
	return ports_eq(p, &q);
}
