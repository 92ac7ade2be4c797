/*
 * pattern_fuzz - the door of every pattern, and the two engines against each
 * other: what the template says, PCRE2 must say too.
 *
 * The first line is the pattern, the rest the message.
 */
#include "rule/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static struct regex_room *room;

enum answer {
	NOTHING,
	ADDRESS, /* both readings agree */
	UNSETTLED
};

static bool reading(const struct pattern *p, struct regex *x, bool lazy,
    struct str message, int *rc, struct addr *ret)
{
	struct captures c;

	*ret = (struct addr){ 0 };
	*rc = regex_run(x, lazy, room, message, &c, p->n_fields);
	for (size_t i = 0; *rc == REGEX_HIT && i < p->n_fields; i++) {
		if (strcmp(p->fields[i], "ip") != 0 || !c.field[i].p)
			continue;
		if (!addr_parse(c.field[i], ret))
			return false;
		*ret = addr_fold(*ret);
		break;
	}
	return *rc != REGEX_LIMIT;
}

static enum answer pcre2_says(const struct pattern *p, struct regex *x,
    struct str message, struct addr *ret)
{
	struct addr lazy;
	int a, b;

	if (!reading(p, x, false, message, &a, ret) ||
	    !reading(p, x, true, message, &b, &lazy))
		return UNSETTLED;
	assert(a == b); /* turning quantifiers round adds no match */
	if (a == REGEX_NONE)
		return NOTHING;
	return addr_eq(ret, &lazy) ? ADDRESS : UNSETTLED;
}

static void compare(const struct pattern *p, const struct template *t,
    struct regex *x, struct str message)
{
	struct captures c;
	struct addr mine, theirs;
	enum templated got = template_run(t, message, &c, &mine);
	enum answer want;

	if (got == TEMPLATE_UNSURE || got == TEMPLATE_AMBIGUOUS)
		return;
	want = pcre2_says(p, x, message, &theirs);
	if (got == TEMPLATE_NONE)
		assert(want != ADDRESS);
	if (got == TEMPLATE_HIT && want != UNSETTLED)
		assert(want == ADDRESS && addr_eq(&mine, &theirs));
	for (size_t i = 0; got == TEMPLATE_HIT && i < p->n_fields; i++) {
		struct str f = c.field[i];

		assert(!f.p || (f.p >= message.p &&
				   f.p + f.n <= message.p + message.n));
	}
}

/* With two addresses PCRE2's side here looks only at the first. */
static bool has_two_addresses(struct str text)
{
	size_t at = str_find(text, STR("ip>"));

	return at != SIZE_MAX &&
	       str_find(str_from(text, at + 3), STR("ip>")) != SIZE_MAX;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str message = { (const char *)bytes, n }, text;
	struct template *t = NULL;
	struct pattern *p = NULL;
	struct regex *x = NULL;
	char why[WHY_MAX] = "";

	if (!room)
		regex_room_new(&room);
	if (!str_cut(&message, '\n', &text) || text.n > 500)
		return 0;
	if (pattern_parse(&p, text, why) < 0) {
		assert(why[0]);
		return 0;
	}
	template_new(&t, p);
	if (!has_two_addresses(text) &&
	    regex_new(&x, (struct str){ p->regex, p->n }, REGEX_WHOLE, true,
		why) == 0) {
		if (text.n % 2) /* by code, or interpreted */
			regex_quicken(x);
		compare(p, t, x, message);
	}
	regex_free(&x);
	template_free(&t);
	pattern_free(&p);
	return 0;
}
