#include "scribe/owner.h"

#include <fnmatch.h>

enum {
	UNIT_MAX = 256 /* systemd's own limit */
};

static bool unit_fits(const struct strings *units, const char *unit)
{
	for (size_t i = 0; i < units->n; i++) {
		if (fnmatch(units->v[i], unit, FNM_NOESCAPE) == 0)
			return true;
	}
	return false;
}

static bool exe_fits(const struct strings *exes, struct str exe)
{
	for (size_t i = 0; i < exes->n; i++) {
		if (str_eq(str_of(exes->v[i]), exe))
			return true;
	}
	return false;
}

static bool speaks_as(const struct service *v, struct str ident)
{
	for (size_t i = 0; i < v->programs.n; i++) {
		struct str p = str_of(v->programs.v[i]);
		bool open = p.n && p.p[p.n - 1] == '*';

		if (open ? str_starts(ident, str_head(p, p.n - 1))
			 : str_eq(ident, p))
			return true;
	}
	return false;
}

int32_t owner_of(const struct rules *r, const struct sender *s)
{
	bool root = str_eq(s->uid, STR("0"));
	char unit[UNIT_MAX] = "";
	int32_t first = -1;
	bool of_unit;

	if (s->unit.n < sizeof(unit) && s->unit.n &&
	    !memchr(s->unit.p, '\0', s->unit.n)) {
		memcpy(unit, s->unit.p, s->unit.n);
		unit[s->unit.n] = '\0';
	}
	of_unit = unit[0] && (root || !s->logged_in);
	for (size_t i = 0; i < r->n_services; i++) {
		const struct service *v = &r->services[i];

		if (!(of_unit && unit_fits(&v->units, unit)) &&
		    !(root && s->exe.n && exe_fits(&v->exes, s->exe)))
			continue;
		if (speaks_as(v, s->ident))
			return (int32_t)i;
		if (first < 0)
			first = (int32_t)i;
	}
	return first;
}
