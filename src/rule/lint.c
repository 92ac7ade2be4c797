#include "rule/lint.h"

#include "base/addr.h"
#include "rule/pattern.h"

/* What the patterns of a rule have in common. */
struct shape {
	bool all_capture_ip, some_capture_ip;
	bool text_before_ip; /* attacker's text stands before the address */
};

static bool is_wide(const struct part *t)
{
	return t->kind == PART_RAW ||
	       (t->kind == PART_RUN && t->max == RUN_ENDLESS &&
		   byteset_has(&t->set, 'a') && byteset_has(&t->set, '.'));
}

static bool has_text_before_ip(const struct pattern *p)
{
	for (size_t a = 0; a < p->n_alternatives; a++) {
		const struct sequence *s = &p->alternatives[a];
		bool wide = false;

		for (size_t i = 0; i < s->n; i++) {
			if (s->parts[i].kind == PART_IP && wide)
				return true;
			wide |= is_wide(&s->parts[i]);
		}
	}
	return false;
}

static struct shape shape_of(const struct strings *patterns)
{
	struct shape s = { .all_capture_ip = true };
	char why[WHY_MAX];

	for (size_t i = 0; i < patterns->n; i++) {
		struct pattern *p = NULL;

		if (pattern_parse(&p, str_of(patterns->v[i]), why) < 0)
			continue; /* the matcher has said so */
		s.all_capture_ip &= p->captures_ip;
		s.some_capture_ip |= p->captures_ip;
		s.text_before_ip |= has_text_before_ip(p);
		pattern_free(&p);
	}
	return s;
}

/* Letters also, so that words are taken whole. */
static bool is_addr_byte(char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
	       c == ':' || c == '.' || c == '%';
}

/* "192.0.2.1:22" and "192.0.2.1." too. */
static bool is_addr(struct str word, struct addr *ret)
{
	const char *colon;

	if (addr_parse(word, ret))
		return true;
	colon = word.n ? memrchr(word.p, ':', word.n) : NULL;
	if (colon)
		return addr_parse(str_head(word, (size_t)(colon - word.p)),
		    ret);
	return word.n && word.p[word.n - 1] == '.' &&
	       addr_parse(str_head(word, word.n - 1), ret);
}

/* Whether the line holds two different addresses. */
static bool names_two(struct str line)
{
	struct addr first = { 0 }, a;

	for (size_t i = 0, n; i < line.n; i += n + 1) {
		for (n = 0; i + n < line.n && is_addr_byte(line.p[i + n]); n++)
			continue;
		if (!is_addr(str_head(str_from(line, i), n), &a))
			continue;
		if (!first.family)
			first = a;
		else if (!addr_eq(&first, &a))
			return true;
	}
	return false;
}

/* One in the whole service is enough: its rules share the text's origin. */
static bool has_hostile_example(const struct rules *all, unsigned service)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct rule *r = &all->rules[i];

		for (size_t k = 0; r->service == service && k < r->n_examples;
		     k++) {
			if (names_two(str_of(r->examples[k].line)))
				return true;
		}
	}
	return false;
}

void rule_lint(const struct rules *all, const struct rule *r,
    rule_note_fn *note, void *arg)
{
	struct shape match = shape_of(&r->match),
		     fields = shape_of(&r->field_patterns);
	bool learns = all->services[r->service].learn.n > 0,
	     failure =
		 r->outcome == OUTCOME_FAILURE && r->measure != MEASURE_ALARM;

	if (!r->n_examples)
		note(arg, r, r->at, "no examples");
	if (failure && r->match.n && !match.all_capture_ip && !learns)
		note(arg, r, r->at,
		    "a pattern captures no <ip>, and the "
		    "service has no learn:");
	if (failure && r->field_keys.n && !fields.some_capture_ip)
		note(arg, r, r->at, "none of the fields captures <ip>");
	if (match.text_before_ip && !has_hostile_example(all, r->service))
		note(arg, r, r->at,
		    "text may stand before <ip>, but no "
		    "example of the service names a second "
		    "address in it");
	if (!r->attack[0])
		note(arg, r, r->at, "no attack: technique");
}
