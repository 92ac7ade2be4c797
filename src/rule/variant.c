#include "rule/variant.h"

/* What still comes after a group, and after the group around it. */
struct frame {
	const struct sequence *s;
	size_t i;
	const struct frame *up;
};

struct multiplier {
	struct template *t;
	const struct pattern *p;
	const struct part *line[STEPS_MAX * 2];
	size_t n;
	bool over;
};

/* The steps of a variant while it is put together. */
struct draft {
	struct step steps[STEPS_MAX];
	uint32_t n;
};

static void add_step(struct draft *d, const struct multiplier *m,
    const struct part *part)
{
	struct step *s = &d->steps[d->n++];

	*s = (struct step){ .kind = part->kind == PART_RUN  ? STEP_RUN
				    : part->kind == PART_IP ? STEP_IP
							    : STEP_OTHER,
		.field = part->field,
		.min = part->min,
		.max = part->max,
		.colon = part->colon,
		.set = &part->set };
	s->is_ip =
	    s->field != NO_FIELD && strcmp(m->p->fields[s->field], "ip") == 0;
	s->any = memcmp(s->set, &byteset_all, sizeof(byteset_all)) == 0;
}

/* Neighbouring literals become one. */
static void add_literal(struct draft *d, const struct part *part)
{
	struct step *s = d->n ? &d->steps[d->n - 1] : NULL;
	char *bytes;

	if (!s || s->kind != STEP_LITERAL) {
		s = &d->steps[d->n++];
		*s = (struct step){ .kind = STEP_LITERAL, .field = NO_FIELD };
	}
	bytes = mem_new(1, s->n + part->n + 1);
	if (s->n)
		memcpy(bytes, s->bytes, s->n);
	memcpy(bytes + s->n, part->bytes, part->n);
	free_ptr(&s->bytes);
	s->bytes = bytes;
	s->n += (uint32_t)part->n;
}

static bool is_same(const struct step *a, const struct step *b)
{
	if (a->kind != STEP_LITERAL || b->kind != STEP_LITERAL)
		return a->kind == b->kind && a->set == b->set;
	return a->n == b->n && memcmp(a->bytes, b->bytes, a->n) == 0;
}

/* Variants have most steps in common: each is kept once. */
static const struct step *keep_step(struct template *t, struct step *s)
{
	for (size_t i = 0; i < t->n_steps; i++) {
		if (!is_same(t->steps[i], s))
			continue;
		free_ptr(&s->bytes);
		return t->steps[i];
	}
	t->steps = mem_grow(t->steps, t->n_steps + 1, sizeof(*t->steps));
	t->steps[t->n_steps] = mem_dup(s, sizeof(*s));
	return t->steps[t->n_steps++];
}

static void emit(struct multiplier *m)
{
	struct template *t = m->t;
	struct draft d; /* large, and only n of it are read */
	struct variant *v;

	if (t->n == VARIANTS_MAX || m->n > STEPS_MAX) {
		m->over = true;
		return;
	}
	d.n = 0;
	for (size_t i = 0; i < m->n; i++) {
		if (m->line[i]->kind == PART_LITERAL)
			add_literal(&d, m->line[i]);
		else
			add_step(&d, m, m->line[i]);
	}
	t->variants = mem_grow(t->variants, t->n + 1, sizeof(*t->variants));
	v = &t->variants[t->n++];
	*v = (struct variant){ .n = d.n };
	v->steps = mem_new(d.n, sizeof(*v->steps));
	for (uint32_t i = 0; i < d.n; i++)
		v->steps[i] = keep_step(t, &d.steps[i]);
	if (d.n && v->steps[d.n - 1]->kind == STEP_LITERAL)
		v->tail = v->steps[d.n - 1];
}

/* In the order in which PCRE2 would try them. */
static void expand(struct multiplier *m, struct frame f)
{
	const struct part *t;
	struct frame next;

	while (f.i == f.s->n && f.up)
		f = *f.up;
	if (m->over || f.i == f.s->n) {
		if (!m->over)
			emit(m);
		return;
	}
	t = &f.s->parts[f.i];
	next = (struct frame){ f.s, f.i + 1, f.up };
	if (t->kind == PART_GROUP) {
		for (size_t i = 0; i < t->n_alternatives; i++)
			expand(m,
			    (struct frame){ &t->alternatives[i], 0, &next });
		if (t->optional)
			expand(m, next);
		return;
	}
	if (m->n == countof(m->line)) {
		m->over = true;
		return;
	}
	m->line[m->n++] = t;
	expand(m, next);
	m->n--;
}

bool variants_new(struct template *t, const struct pattern *p)
{
	struct multiplier m = { .t = t, .p = p };

	for (size_t i = 0; i < p->n_alternatives; i++)
		expand(&m, (struct frame){ &p->alternatives[i], 0, NULL });
	return !m.over;
}

/* ---- what is pinned --------------------------------------------------- */

static bool in_ip_word(char c)
{
	return ip_border_byte(c) || c == ':' || c == '.' || c == '%';
}

static void add_ip_bytes(struct byteset *to)
{
	static const char bytes[] = "0123456789abcdefABCDEF:";

	for (size_t i = 0; bytes[i]; i++)
		byteset_add(to, (uint8_t)bytes[i]);
}

/* The bytes that may stand first in what begins at step i, going in direction
 * d; false if we do not know. */
static bool edge(const struct variant *v, int64_t i, int d, struct byteset *ret)
{
	for (; i >= 0 && i < v->n; i += d) {
		const struct step *s = v->steps[i];

		switch (s->kind) {
		case STEP_LITERAL:
			byteset_add(ret,
			    (uint8_t)s->bytes[d > 0 ? 0 : s->n - 1]);
			return true;
		case STEP_IP:
			add_ip_bytes(ret);
			return d > 0; /* a zone may end it in any letter */
		case STEP_RUN:
			for (size_t w = 0; w < 4; w++)
				ret->w[w] |= s->set->w[w];
			if (s->min > 0)
				return true;
			break;
		case STEP_OTHER:
			return false;
		}
	}
	return true;
}

/* The run ends where its set does, as nothing that follows is in it. */
static bool run_pins(const struct variant *v, int64_t i, int d)
{
	const struct step *s = v->steps[i];
	struct byteset next = { 0 };

	if (s->min == s->max)
		return true;
	if (!edge(v, i + d, d, &next))
		return false;
	for (size_t w = 0; w < 4; w++) {
		if (next.w[w] & s->set->w[w])
			return false;
	}
	return true;
}

/* A literal that may follow an address without being taken for its part. */
static bool ends_ip(const struct step *lit, bool is_last)
{
	char c = lit->bytes[0], second = lit->n > 1 ? lit->bytes[1] : '\0';

	if (ip_border_byte(c) || c == '%')
		return false;
	if (c == '.')
		return lit->n > 1 ? !in_ip_word(second) : is_last;
	return true;
}

/* After a lone ':' only a run without ':' tells where the address ends, and
 * only if what comes after it could not be the address's. */
static bool colon_pins(const struct variant *v, uint32_t i)
{
	const struct step *lit = v->steps[i + 1];
	struct byteset next = { 0 }, address = { 0 };

	if (lit->n > 1)
		return !in_ip_word(lit->bytes[1]);
	if (i + 2 == v->n)
		return true;
	if (v->steps[i + 2]->kind != STEP_RUN ||
	    byteset_has(v->steps[i + 2]->set, ':') || !edge(v, i + 3, 1, &next))
		return false;
	add_ip_bytes(&address);
	byteset_add(&address, '.');
	for (size_t w = 0; w < 4; w++) {
		if (next.w[w] & address.w[w])
			return false;
	}
	return true;
}

static bool ip_pins_forward(const struct variant *v, uint32_t i)
{
	const struct step *next = i + 1 < v->n ? v->steps[i + 1] : NULL;

	if (!next)
		return true;
	if (next->kind == STEP_RUN)
		return true; /* its border is looked at when running */
	if (next->kind != STEP_LITERAL || !ends_ip(next, i + 2 == v->n))
		return false;
	return !v->steps[i]->colon || colon_pins(v, i);
}

static bool ip_pins_backward(const struct variant *v, uint32_t i)
{
	const struct step *next = i + 1 < v->n ? v->steps[i + 1] : NULL;
	const struct step *before = i ? v->steps[i - 1] : NULL;

	if (next &&
	    (next->kind != STEP_LITERAL || !ends_ip(next, i + 2 == v->n)))
		return false;
	return !before || (before->kind == STEP_LITERAL &&
			      !in_ip_word(before->bytes[before->n - 1]));
}

/* After a run, or a literal that an address could continue, there is a border
 * that only PCRE2 looks at. */
static bool ip_begins_clean(const struct variant *v, uint32_t i)
{
	const struct step *before = i ? v->steps[i - 1] : NULL;
	char c;

	if (!before)
		return true;
	if (before->kind != STEP_LITERAL)
		return false;
	c = before->bytes[before->n - 1];
	return c != '.' && c != ':' && (unsigned)(c - '0') > 9;
}

static bool pins_forward(const struct variant *v, uint32_t i)
{
	switch (v->steps[i]->kind) {
	case STEP_LITERAL:
		return true;
	case STEP_RUN:
		return run_pins(v, i, 1);
	case STEP_IP:
		return ip_begins_clean(v, i) && ip_pins_forward(v, i);
	case STEP_OTHER:
		return false;
	}
	return false;
}

static bool pins_backward(const struct variant *v, uint32_t i)
{
	switch (v->steps[i]->kind) {
	case STEP_LITERAL:
		return true;
	case STEP_RUN:
		return run_pins(v, i, -1);
	case STEP_IP:
		return ip_pins_backward(v, i);
	case STEP_OTHER:
		return false;
	}
	return false;
}

void variant_solve(struct variant *v)
{
	while (v->left < v->n && pins_forward(v, v->left))
		v->left++;
	v->right = v->n;
	while (v->right > v->left && pins_backward(v, v->right - 1))
		v->right--;
	v->solved =
	    v->left == v->right ||
	    (v->left + 1 == v->right && v->steps[v->left]->kind == STEP_RUN);
}

static bool same_step(const struct step *a, const struct step *b)
{
	if (a->kind != b->kind || a->is_ip != b->is_ip || a->n != b->n ||
	    a->min != b->min || a->max != b->max)
		return false;
	if (a->kind == STEP_LITERAL)
		return memcmp(a->bytes, b->bytes, a->n) == 0;
	return a->kind != STEP_RUN ||
	       memcmp(a->set, b->set, sizeof(*a->set)) == 0;
}

void variant_share(struct variant *v, const struct variant *before)
{
	uint32_t most = MIN(v->left, before->left);

	while (v->shared < most &&
	       v->steps[v->shared]->field == before->steps[v->shared]->field &&
	       v->steps[v->shared]->colon == before->steps[v->shared]->colon &&
	       same_step(v->steps[v->shared], before->steps[v->shared]))
		v->shared++;
}

static uint32_t ip_step(const struct variant *v)
{
	uint32_t i = 0;

	while (i < v->n && !v->steps[i]->is_ip)
		i++;
	return i;
}

bool variants_agree(const struct variant *a, const struct variant *b)
{
	uint32_t i = ip_step(a), j = ip_step(b), k;

	if (i == a->n || j == b->n)
		return false;
	if (i < a->left && j < b->left && i == j) {
		for (k = 0; k <= i && same_step(a->steps[k], b->steps[k]);)
			k++;
		if (k > i)
			return true;
	}
	if (i < a->right || j < b->right || a->n - i != b->n - j)
		return false;
	for (k = 0; i + k < a->n; k++) {
		if (!same_step(a->steps[i + k], b->steps[j + k]))
			return false;
	}
	return true;
}
