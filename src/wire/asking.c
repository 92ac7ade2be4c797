#include "wire/msgs.h"

static bool tags_ok(struct str tags)
{
	return tags.n <= WIRE_TAGS && (tags.n == 0 || tags.p[tags.n - 1] == 0);
}

bool aside_ok(const struct wire_aside *a, struct str tail)
{
	struct wire_sighting s = a->sight;

	if ((size_t)a->n_name + a->n_tags != tail.n ||
	    a->n_name > ASIDE_NAME_MAX || !tags_ok(str_from(tail, a->n_name)) ||
	    a->asks & ~(ASIDE_COMMAND | ASIDE_NAME | ASIDE_WARN))
		return false;
	if (!(a->asks & ASIDE_NAME))
		return a->asks & ASIDE_COMMAND && a->n_name == 0 &&
		       sighting_ok(&s);
	if (a->n_name == 0 || memchr(tail.p, 0, a->n_name) || s.who.family != 0)
		return false;
	s.who.family = 4; /* the rest of it */
	return sighting_ok(&s);
}

bool check_ok(const struct wire_check *c, struct str tail)
{
	struct net n = { c->who, 0 };

	n.bits = c->who.family == 6 ? 128 : 32;
	return net_ok(&n) && memchr(c->rule, 0, sizeof(c->rule)) &&
	       tags_ok(tail);
}

bool found_ok(const struct wire_found *f)
{
	if (f->n > LOOKUP_MOST || f->how >= FOUND_KINDS ||
	    (f->how != FOUND_SOME && f->n))
		return false;
	for (uint32_t i = 0; i < f->n; i++)
		if (f->addr[i].family != 4 && f->addr[i].family != 6)
			return false;
	return true;
}
