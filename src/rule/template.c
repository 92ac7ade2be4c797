#include "rule/template.h"

#include "rule/variant.h"

/* The longest literal that each variant has. */
static struct str common_literal(const struct template *t)
{
	struct str best = { "", 0 };

	for (uint32_t i = 0; t->n && i < t->variants[0].n; i++) {
		const struct step *s = &t->variants[0].steps[i];
		size_t v;

		if (s->kind != STEP_LITERAL || s->n <= best.n)
			continue;
		for (v = 1; v < t->n; v++) {
			const struct variant *w = &t->variants[v];
			uint32_t k = 0;

			while (
			    k < w->n && (w->steps[k].kind != STEP_LITERAL ||
					    !memmem(w->steps[k].bytes,
						w->steps[k].n, s->bytes, s->n)))
				k++;
			if (k == w->n)
				break;
		}
		if (v == t->n)
			best = (struct str){ s->bytes, s->n };
	}
	return best;
}

static bool pins_ip(const struct template *t)
{
	const struct variant *first = &t->variants[0];

	for (size_t i = 0; i < t->n; i++) {
		if (!variants_agree(first, &t->variants[i]))
			return false;
	}
	return t->n > 0;
}

static void variant_drop(struct variant *v)
{
	for (uint32_t i = 0; i < v->n; i++)
		free_ptr(&v->steps[i].bytes);
	free(v->steps);
	*v = (struct variant){ 0 };
}

void template_new(struct template **ret, const struct pattern *p)
{
	struct template *t = mem_new(1, sizeof(*t));

	t->captures_ip = p->captures_ip;
	t->n_fields = p->n_fields;
	*ret = t;
	if (!variants_new(t, p)) {
		while (t->n)
			variant_drop(&t->variants[--t->n]);
		return;
	}
	for (size_t i = 0; i < t->n; i++) {
		variant_solve(&t->variants[i]);
		t->n_solved += t->variants[i].solved;
	}
	for (size_t i = 0; i < t->n; i++) {
		for (size_t k = 0; k < t->n; k++) {
			if (variants_agree(&t->variants[i], &t->variants[k]))
				t->variants[i].same_ip |= 1u << k;
		}
	}
	t->need = common_literal(t);
	t->pins_ip = pins_ip(t);
}

void template_free(struct template **tp)
{
	struct template *t = *tp;

	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++)
		variant_drop(&t->variants[i]);
	free(t->variants);
	free(t);
	*tp = NULL;
}

bool template_is_whole(const struct template *t)
{
	return t->n > 0 && t->n_solved == t->n;
}

bool template_pins_ip(const struct template *t)
{
	return t->pins_ip;
}

size_t template_leads(const struct template *t, struct str to[LEADS_MAX])
{
	for (size_t i = 0; i < t->n; i++) {
		const struct variant *v = &t->variants[i];

		if (v->n == 0 || v->steps[0].kind != STEP_LITERAL)
			return 0;
		to[i] = (struct str){ v->steps[0].bytes, v->steps[0].n };
	}
	return t->n;
}

struct str template_need(const struct template *t)
{
	return t->need;
}

/* ---- running ---------------------------------------------------------- */

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* What may stand after an address (see pattern.c). */
static bool border_after(const char *p, const char *end, bool colon)
{
	if (p == end)
		return true;
	if (ip_border_byte(*p))
		return false;
	if (*p == '.' && p + 1 < end && ip_border_byte(p[1]))
		return false;
	return colon || *p != ':' || p + 1 == end ||
	       !(is_hex(p[1]) || p[1] == ':');
}

/* Length of a dotted quad's shape, 0 if there is none. */
static size_t quad_shape(const char *p, const char *end)
{
	const char *from = p;

	for (int i = 0; i < 4; i++) {
		const char *digits = p;

		while (p < end && p - digits < 3 && (unsigned)(*p - '0') <= 9)
			p++;
		if (p == digits)
			return 0;
		if (i < 3 && (p == end || *p++ != '.'))
			return 0;
	}
	return (size_t)(p - from);
}

static size_t zone_shape(const char *p, const char *end)
{
	size_t n = 1;

	if (p == end || *p != '%')
		return 0;
	while (p + n < end && n <= 16 && ip_border_byte(p[n]) && p[n] != '-')
		n++;
	return n > 1 ? n : 0;
}

/* The longest run of hex, ':' and '.' without a last single ':' or '.'. */
static size_t v6_shape(const char *p, const char *end, bool colon)
{
	const char *q = p;

	while (q < end && (is_hex(*q) || *q == ':' || *q == '.'))
		q++;
	if (colon) {
		const char *last = memrchr(p, ':', (size_t)(q - p));

		return last ? (size_t)(last - p) : 0;
	}
	while (q > p && q[-1] == '.')
		q--;
	if (q > p + 1 && q[-1] == ':' && q[-2] != ':')
		q--;
	return (size_t)(q - p) + zone_shape(q, end);
}

static const char *ip_forward(const char *p, const char *end, bool colon,
    struct addr *ret)
{
	size_t n = quad_shape(p, end);

	if (!n || !border_after(p + n, end, colon))
		n = v6_shape(p, end, colon);
	if (!n || !border_after(p + n, end, colon) ||
	    !addr_parse((struct str){ p, n }, ret))
		return NULL;
	return p + n;
}

static const char *ip_backward(const char *from, const char *p,
    struct addr *ret)
{
	const char *end = p;

	while (p > from && (ip_border_byte(p[-1]) || p[-1] == ':' ||
			       p[-1] == '.' || p[-1] == '%'))
		p--;
	return addr_parse((struct str){ p, (size_t)(end - p) }, ret) ? p : NULL;
}

static void keep(struct captures *c, const struct step *s, const char *p,
    const char *end)
{
	if (s->field != NO_FIELD)
		c->field[s->field] = (struct str){ p, (size_t)(end - p) };
}

static void keep_ip(const struct step *s, const struct addr *a,
    struct addr *who)
{
	if (s->is_ip && !who->family)
		*who = addr_fold(*a);
}

/* Where the step ends that begins at p, or NULL. */
static const char *step_forward(const struct step *s, const char *p,
    const char *end, struct addr *who)
{
	size_t left = (size_t)(end - p), n = 0, most;
	struct addr a;

	switch (s->kind) {
	case STEP_LITERAL:
		return left >= s->n && memcmp(p, s->bytes, s->n) == 0 ? p + s->n
								      : NULL;
	case STEP_RUN:
		most = MIN(left, s->max);
		if (s->any)
			n = most;
		while (n < most && byteset_has(s->set, (uint8_t)p[n]))
			n++;
		return n >= s->min ? p + n : NULL;
	case STEP_IP:
		p = ip_forward(p, end, s->colon, &a);
		if (p)
			keep_ip(s, &a, who);
		return p;
	case STEP_OTHER:
		break;
	}
	return NULL;
}

/* Where the step begins that ends at p, or NULL. */
static const char *step_backward(const struct step *s, const char *from,
    const char *p, struct addr *who)
{
	size_t left = (size_t)(p - from), n = 0, most;
	struct addr a;

	switch (s->kind) {
	case STEP_LITERAL:
		return left >= s->n && memcmp(p - s->n, s->bytes, s->n) == 0
			   ? p - s->n
			   : NULL;
	case STEP_RUN:
		most = MIN(left, s->max);
		if (s->any)
			n = most;
		while (n < most &&
		       byteset_has(s->set, (uint8_t)p[-1 - (ptrdiff_t)n]))
			n++;
		return n >= s->min ? p - n : NULL;
	case STEP_IP:
		p = ip_backward(from, p, &a);
		if (p)
			keep_ip(s, &a, who);
		return p;
	case STEP_OTHER:
		break;
	}
	return NULL;
}

static bool fills(const struct step *s, const char *p, const char *end)
{
	size_t n = (size_t)(end - p);

	if (n < s->min || n > s->max)
		return false;
	for (size_t i = 0; !s->any && i < n; i++) {
		if (!byteset_has(s->set, (uint8_t)p[i]))
			return false;
	}
	return true;
}

static bool run(const struct variant *v, struct str message, struct captures *c,
    struct addr *who)
{
	const char *p = message.p, *end = message.p + message.n, *q;

	for (uint32_t i = 0; i < v->left; i++) {
		q = step_forward(&v->steps[i], p, end, who);
		if (!q)
			return false;
		keep(c, &v->steps[i], p, q);
		p = q;
	}
	for (uint32_t i = v->n; i > v->right; i--) {
		q = step_backward(&v->steps[i - 1], p, end, who);
		if (!q)
			return false;
		keep(c, &v->steps[i - 1], q, end);
		end = q;
	}
	if (v->left == v->right)
		return p == end;
	keep(c, &v->steps[v->left], p, end);
	return fills(&v->steps[v->left], p, end);
}

/* Whether all literals of a variant are there, in their order. */
static bool may_match(const struct variant *v, struct str message)
{
	const struct step *last = v->n ? &v->steps[v->n - 1] : NULL;

	for (uint32_t i = 0; i < v->n; i++) {
		const struct step *s = &v->steps[i];
		struct str lit = { s->bytes, s->n };
		size_t at;

		if (s->kind != STEP_LITERAL)
			continue;
		at = i == 0 ? str_starts(message, lit) ? 0 : SIZE_MAX
			    : str_find(message, lit);
		if (at == SIZE_MAX || (s == last && !str_ends(message, lit)))
			return false;
		message = str_from(message, at + lit.n);
		if (s == last)
			break;
	}
	return true;
}

static bool run_fresh(const struct template *t, const struct variant *v,
    struct str message, struct captures *c, struct addr *who)
{
	*who = (struct addr){ 0 };
	for (size_t i = 0; i < t->n_fields; i++)
		c->field[i] = (struct str){ 0 };
	return run(v, message, c, who);
}

enum templated template_run(const struct template *t, struct str message,
    struct captures *ret, struct addr *who)
{
	bool found = false;
	uint32_t agreed = 0;

	*who = (struct addr){ 0 };
	if (t->n == 0)
		return TEMPLATE_UNSURE;
	for (size_t i = 0; i < t->n; i++) {
		const struct variant *v = &t->variants[i];
		struct captures other;
		struct addr a;

		if (!v->solved && may_match(v, message))
			return TEMPLATE_UNSURE;
		if (!v->solved || agreed >> i & 1 || (found && !t->captures_ip))
			continue;
		if (!run_fresh(t, v, message, found ? &other : ret,
			found ? &a : who)) {
			if (!found)
				*who = (struct addr){ 0 };
			continue;
		}
		if (found && !addr_eq(who, &a))
			return TEMPLATE_AMBIGUOUS;
		agreed |= v->same_ip;
		found = true;
	}
	return found ? TEMPLATE_HIT : TEMPLATE_NONE;
}
