#include "base/quad.h"
#include "rule/variant.h"

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

/* A dotted quad at p: its length, 0 if there is none. One that is no address
 * (256, leading zeros) is read, but its family stays 0. */
static inline size_t quad_read(const char *p, const char *end, struct addr *ret)
{
	struct quad q = quad_at(p, (size_t)(end - p));

	*ret = (struct addr){ .family = q.n && q.valid ? 4 : 0 };
	memcpy(ret->b, &q.b, sizeof(q.b));
	return q.n;
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

/* The longest that has the shape: hex and ':', perhaps a dotted quad at the
 * end, no last single ':'. With a ':' following that is not of it, what stands
 * before the last one. */
static size_t v6_shape(const char *p, const char *end, bool colon)
{
	const char *q = p, *last;
	struct addr quad;
	size_t n;

	while (q < end && (is_hex(*q) || *q == ':'))
		q++;
	last = memrchr(p, ':', (size_t)(q - p));
	if (!last)
		return 0;
	if (q < end && *q == '.') {
		n = quad_read(last + 1, end, &quad);
		if (n)
			return (size_t)(last + 1 - p) + n +
			       zone_shape(last + 1 + n, end);
	}
	if (colon && (q == end || *q != '%'))
		return (size_t)(last - p);
	/* "1::" is an address, "1:" and "1:::" are one and a colon */
	if (last == q - 1 && q > p + 1 &&
	    (q[-2] != ':' || (q > p + 2 && q[-3] == ':')))
		q--;
	return (size_t)(q - p) + zone_shape(q, end);
}

static const char *ip_forward(const char *p, const char *end, bool colon,
    struct addr *ret)
{
	size_t n = quad_read(p, end, ret);

	if (n && border_after(p + n, end, true)) /* ":443" may follow */
		return ret->family ? p + n : NULL;
	n = v6_shape(p, end, colon);
	if (n < ADDRESS_MIN || !border_after(p + n, end, colon) ||
	    !addr_parse((struct str){ p, n }, ret))
		return NULL;
	return p + n;
}

/* The bytes that an address, or a word that is none, may consist of. */
static const bool in_address[256] = {
	['0' ... '9'] = true,
	['A' ... 'Z'] = true,
	['a' ... 'z'] = true,
	['_'] = true,
	['-'] = true,
	[':'] = true,
	['.'] = true,
	['%'] = true,
};

/* last is where the message ends. */
static const char *ip_backward(const char *from, const char *p,
    const char *last, bool colon, struct addr *ret)
{
	const char *end = p, *zone;

	while (p > from && in_address[(uint8_t)p[-1]])
		p--;
	if (quad_read(p, end, ret) == (size_t)(end - p))
		return ret->family ? p : NULL;
	if (end - p < ADDRESS_MIN)
		return NULL;
	zone = p < end ? memchr(p, '%', (size_t)(end - p)) : NULL;
	if (zone && zone_shape(zone, end) != (size_t)(end - zone))
		return NULL;
	return border_after(end, last, colon) &&
		       addr_parse((struct str){ p, (size_t)(end - p) }, ret)
		   ? p
		   : NULL;
}

static void keep(struct captures *c, const struct step *s, const char *p,
    const char *end)
{
	if (s->field != NO_FIELD)
		c->field[s->field] = (struct str){ p, (size_t)(end - p) };
}

/* Where the step ends that begins at p, or NULL. */
static const char *step_forward(const struct step *s, const char *p,
    const char *end, struct addr *who)
{
	size_t left = (size_t)(end - p), n = 0, most;
	struct addr a;

	switch (s->kind) {
	case STEP_LITERAL:
		return left >= s->n && same_bytes(p, s->bytes, s->n) ? p + s->n
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
		if (p && s->is_ip && !who->family)
			*who = addr_fold(a);
		return p;
	case STEP_OTHER:
		break;
	}
	return NULL;
}

/* Where the step begins that ends at p, or NULL. */
static const char *step_backward(const struct step *s, const char *from,
    const char *p, const char *last, struct addr *who)
{
	size_t left = (size_t)(p - from), n = 0, most;
	struct addr a;

	switch (s->kind) {
	case STEP_LITERAL:
		return left >= s->n && same_bytes(p - s->n, s->bytes, s->n)
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
		p = ip_backward(from, p, last, s->colon, &a);
		if (p && s->is_ip)
			*who = addr_fold(a); /* the first one counts */
		return p;
	case STEP_OTHER:
		break;
	}
	return NULL;
}

static bool fills(const struct step *s, struct str in)
{
	if (in.n < s->min || in.n > s->max)
		return false;
	for (size_t i = 0; !s->any && i < in.n; i++) {
		if (!byteset_has(s->set, (uint8_t)in.p[i]))
			return false;
	}
	return true;
}

/* How far the steps pinned from the left went; the next variant goes on where
 * its steps begin to differ. */
struct walk {
	uint32_t shared; /* steps, with the variant that walked before */
	uint32_t passed; /* steps */
	const char *at[STEPS_MAX + 1]; /* where each begins */
	struct addr who;
	uint32_t who_at; /* the step that found it */
};

static bool walk_on(struct walk *w, const struct variant *v, const char *end)
{
	uint32_t i = w->shared;

	if (w->passed < i)
		return false; /* it would fail where the one before did */
	if (w->who_at >= i)
		w->who.family = 0;
	for (; i < v->left; i++) {
		bool had = w->who.family;

		w->at[i + 1] =
		    step_forward(v->steps[i], w->at[i], end, &w->who);
		if (!w->at[i + 1])
			break;
		if (!had && w->who.family)
			w->who_at = i;
	}
	w->passed = i;
	return i == v->left;
}

/* The pinned steps at both ends; *inside is what they leave. */
static bool run_ends(struct walk *w, const struct variant *v,
    struct str message, struct captures *c, struct addr *who,
    struct str *inside)
{
	const char *p, *q, *end = message.p + message.n, *last = end;

	if (!walk_on(w, v, end))
		return false;
	p = w->at[v->left];
	*who = w->who.family ? w->who : (struct addr){ 0 };
	for (uint32_t i = 0; i < v->left; i++)
		keep(c, v->steps[i], w->at[i], w->at[i + 1]);
	for (uint32_t i = v->n; i > v->right; i--) {
		q = step_backward(v->steps[i - 1], p, end, last, who);
		if (!q)
			return false;
		keep(c, v->steps[i - 1], q, end);
		end = q;
	}
	if (w->who.family)
		*who = w->who;
	*inside = (struct str){ p, (size_t)(end - p) };
	return true;
}

/* Of patterns that begin alike most end otherwise: seen at once. */
static inline bool tail_fits(const struct variant *v, struct str message)
{
	const struct step *s = v->tail;

	return !s ||
	       (message.n >= s->n &&
		   same_bytes(message.p + message.n - s->n, s->bytes, s->n));
}

static bool run(struct walk *w, const struct variant *v, struct str message,
    struct captures *c, struct addr *who)
{
	struct str inside;

	if (!run_ends(w, v, message, c, who, &inside))
		return false;
	if (v->left == v->right)
		return inside.n == 0;
	keep(c, v->steps[v->left], inside.p, inside.p + inside.n);
	return fills(v->steps[v->left], inside);
}

/* Whether the ends of an unsolved variant fit and all literals between them
 * are there, in their order. */
static bool may_match(struct walk *w, const struct variant *v,
    struct str message)
{
	struct captures ignored;
	struct addr who;
	struct str inside;

	if (!run_ends(w, v, message, &ignored, &who, &inside))
		return false;
	for (uint32_t i = v->left; i < v->right; i++) {
		const struct step *s = v->steps[i];
		size_t at;

		if (s->kind != STEP_LITERAL)
			continue;
		at = str_find(inside, (struct str){ s->bytes, s->n });
		if (at == SIZE_MAX)
			return false;
		inside = str_from(inside, at + s->n);
	}
	return true;
}

/* A template of one variant, as most are. */
static bool run_only(const struct variant *v, struct str message,
    struct captures *c, struct addr *who)
{
	const char *p = message.p, *end = p + message.n, *last = end, *q;
	struct addr behind = { 0 };

	for (uint32_t i = 0; i < v->left; i++, p = q) {
		q = step_forward(v->steps[i], p, end, who);
		if (!q)
			return false;
		keep(c, v->steps[i], p, q);
	}
	for (uint32_t i = v->n; i > v->right; i--, end = q) {
		q = step_backward(v->steps[i - 1], p, end, last, &behind);
		if (!q)
			return false;
		keep(c, v->steps[i - 1], q, end);
	}
	if (!who->family)
		*who = behind;
	if (v->left == v->right)
		return p == end;
	keep(c, v->steps[v->left], p, end);
	return fills(v->steps[v->left], (struct str){ p, (size_t)(end - p) });
}

enum templated template_run(const struct template *t, struct str message,
    struct captures *ret, struct addr *who)
{
	struct walk w;
	uint32_t agreed = 0, last = VARIANTS_MAX; /* the one that walked last */
	bool found = false;

	*who = (struct addr){ 0 };
	if (t->n == 0)
		return TEMPLATE_UNSURE;
	if (t->n == 1 && t->n_solved == 1)
		return tail_fits(&t->variants[0], message) &&
			       run_only(&t->variants[0], message, ret, who)
			   ? TEMPLATE_HIT
			   : TEMPLATE_NONE;
	w.passed = 0;
	w.at[0] = message.p;
	w.who = (struct addr){ 0 };
	w.who_at = 0;
	for (uint32_t i = 0; i < t->n; i++) {
		const struct variant *v = &t->variants[i];
		struct captures other, *c = found ? &other : ret;
		struct addr a;

		if (v->solved &&
		    (agreed >> i & 1 || (found && !t->captures_ip)))
			continue;
		if (!tail_fits(v, message))
			continue;
		w.shared = last + 1 == i ? v->shared : 0;
		last = i;
		if (!v->solved && may_match(&w, v, message))
			return TEMPLATE_UNSURE;
		if (!v->solved)
			continue;
		for (size_t k = 0; k < t->n_fields; k++)
			c->field[k] = (struct str){ 0 };
		if (!run(&w, v, message, c, &a))
			continue;
		if (found && !addr_eq(who, &a))
			return TEMPLATE_AMBIGUOUS;
		*who = a;
		agreed |= v->same_ip;
		found = true;
	}
	return found ? TEMPLATE_HIT : TEMPLATE_NONE;
}
