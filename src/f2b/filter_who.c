#include "f2b/filter_parts.h"

#include <stdio.h>

/* "[v6]" and "::ffff:a.b.c.d" are the address alone. */
static bool address(struct str s, struct addr *ret)
{
	if (s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']')
		s = (struct str){ s.p + 1, s.n - 2 };
	if (!addr_parse(s, ret))
		return false;
	if (ret->family == 6) {
		static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

		if (memcmp(ret->b, mapped, 12) == 0) {
			struct addr v4 = { .family = 4 };

			memcpy(v4.b, ret->b + 12, 4);
			*ret = v4;
		}
	}
	return true;
}

static void name_id(struct f2b_filter *f, struct f2b_failure *x,
    struct str from)
{
	uint32_t bits;
	size_t n;

	x->bits = 0;
	if (!address(from, &x->addr)) {
		x->addr = (struct addr){ 0 };
		x->id = from;
		return;
	}
	x->bits = addr_bits(&x->addr);
	if (x->addr.family == 4 && from.n < ADDR_MAX && from.p[0] != '[' &&
	    f->view.fact[FACT_CIDR].n == 0 &&
	    !memchr(from.p, ':', from.n)) { /* as it would be printed */
		x->id = from;
		return;
	}
	n = addr_print(&x->addr, f->id);
	if (f->view.fact[FACT_CIDR].n &&
	    str_u32(f->view.fact[FACT_CIDR], x->bits, &bits) &&
	    bits < x->bits) {
		x->bits = (uint8_t)bits;
		x->addr = net_of(x->addr, x->bits).addr;
		n = addr_print(&x->addr, f->id);
		n += (size_t)snprintf(f->id + n, ID_MAX - n, "/%u", bits);
	}
	x->id = (struct str){ f->id, n };
}

bool filter_identify(struct f2b_filter *f, struct f2b_failure *x)
{
	const struct str *fact = f->view.fact;
	struct str ip = fact[FACT_IP4].n ? fact[FACT_IP4] : fact[FACT_IP6];

	x->named = ip.n == 0 && fact[FACT_DNS].n > 0;
	if (x->named)
		ip = fact[FACT_DNS];
	if (ip.n == 0 && fact[FACT_FID].n == 0)
		return false;
	name_id(f, x, ip.n ? ip : fact[FACT_FID]);
	if (ip.n && fact[FACT_FID].n && !str_eq(fact[FACT_FID], x->id)) {
		x->id = fact[FACT_FID];
		x->named = false;
	}
	return true;
}

size_t f2b_filter_count(const struct f2b_filter *f)
{
	return f->n_fail;
}

const struct f2b_text *f2b_filter_regex(const struct f2b_filter *f, size_t i)
{
	return &f->fail[i].text;
}

int f2b_filter_hit(const struct f2b_filter *f)
{
	return f->hit;
}

int f2b_filter_near(const struct f2b_filter *f)
{
	size_t best = 0;
	int near = -1;

	for (size_t i = 0; i < f->n_fail; i++) {
		const struct python_literal *any;
		size_t n = expr_any(f->fail[i].expr, &any);

		for (size_t k = 0; k < n; k++)
			if (any[k].n > best &&
			    memmem(f->seen.p, f->seen.n, any[k].p, any[k].n)) {
				best = any[k].n;
				near = (int)i;
			}
	}
	return near;
}
