/*
 * The two engines against each other, on patterns and messages made at
 * random: what a template says, PCRE2 must say too.
 */
#include "rule/template.h"

#include <stdio.h>

#include "base/tests.h"

static uint64_t state_of_dice = 1;

static uint32_t dice(uint32_t sides)
{
	state_of_dice = state_of_dice * UINT64_C(6364136223846793005) +
			UINT64_C(1442695040888963407);
	return (uint32_t)(state_of_dice >> 33) % sides;
}

struct text {
	size_t n;
	char p[700];
};

static void add(struct text *t, const char *z)
{
	size_t n = strlen(z);

	if (t->n + n < sizeof(t->p)) {
		memcpy(t->p + t->n, z, n);
		t->n += n;
	}
}

/* What a part may be, and messages for it. */
static const struct {
	const char *pattern;
	const char *messages[6];
} parts[] = {
	{ "<ip>", { "192.0.2.1", "2001:db8::1", "::ffff:8.8.8.8", "fe80::1%e0",
		      "1.2.3.999", "host" } },
	{ "<user>",
	    { "root", "", "x from 8.8.8.8", "a b", " port 5", "8.8.8.8" } },
	{ "<user:word>", { "root", "8.8.8.8", "x:", "-", "a,b", "[x]" } },
	{ "<_:notcomma>", { "a", "", "a b", "8.8.8.8", "x]", ":" } },
	{ "<_:quoted>", { "a", "", "a b", "8.8.8.8", " from ", "," } },
	{ "<port>", { "22", "0", "65535", "x", "", "1" } },
	{ "\\d+", { "7", "12", "", "a", "1.2", "99" } },
	{ "\\S*", { "a", "", "a:b", "8.8.8.8", ",", "=" } },
	{ "[a-z]+", { "abc", "x", "", "A", "a1", "port" } },
	{ ".*", { "", "x", " from 8.8.8.8", ", ", "a b c", ":1" } },
};

static const char *const glue[] = { " ", " from ", " port ", ": ", ":", ", ",
	" [", "]", "\\.", "=", " \"", "\"", "(?: ssh2)?", "(?: port <port>)?",
	"(?:a|b|)", "(?:from |to )?", "(?: \\[preauth\\])?" };
static const char *const glued[] = { " ", " from ", " port ", ": ", ":", ", ",
	" [", "]", ".", "=", " \"", "\"", " ssh2", " port 22", "a", "from ",
	" [preauth]" };

/* A pattern, and a message that it may or may not match. */
static void make(struct text *pattern, struct text *message)
{
	*pattern = (struct text){ 0 };
	*message = (struct text){ 0 };
	for (uint32_t k = 1 + dice(6); k > 0; k--) {
		uint32_t g = dice(countof(glue)), i = dice(countof(parts));

		if (dice(4)) {
			add(pattern, glue[g]);
			if (g < 12 || dice(2))
				add(message,
				    glued[dice(30) ? g : dice(countof(glue))]);
		}
		if (!dice(5))
			continue;
		add(pattern, parts[i].pattern);
		add(message, parts[i].messages[dice(6)]);
	}
}

struct counts {
	unsigned hits, nones, unsure, ambiguous;
};

static int reading(const struct pattern *p, struct regex *x, bool lazy,
    struct regex_room *room, struct str message, struct addr *ret)
{
	struct captures c;
	int rc = regex_run(x, lazy, room, message, &c, p->n_fields);

	*ret = (struct addr){ 0 };
	for (size_t i = 0; rc == REGEX_HIT && i < p->n_fields; i++) {
		if (strcmp(p->fields[i], "ip") != 0 || !c.field[i].p)
			continue;
		if (!addr_parse(c.field[i], ret))
			return REGEX_LIMIT; /* a shape, but no address */
		*ret = addr_fold(*ret);
		break;
	}
	return rc;
}

static void compare(const struct pattern *p, struct regex_room *room,
    const struct template *t, struct regex *x, struct str message,
    struct counts *n)
{
	struct captures c;
	struct addr mine, greedy, lazy;
	enum templated got = template_run(t, message, &c, &mine);
	int a = reading(p, x, false, room, message, &greedy),
	    b = reading(p, x, true, room, message, &lazy);
	bool settled =
	    a != REGEX_LIMIT && b != REGEX_LIMIT && addr_eq(&greedy, &lazy);

	n->hits += got == TEMPLATE_HIT;
	n->nones += got == TEMPLATE_NONE;
	n->unsure += got == TEMPLATE_UNSURE;
	n->ambiguous += got == TEMPLATE_AMBIGUOUS;
	if (got == TEMPLATE_NONE && settled && a == REGEX_HIT)
		fail_msg("%s: the template finds nothing in \"" STR_F "\"",
		    p->regex, STR_A(message));
	if (got == TEMPLATE_HIT && settled &&
	    (a != REGEX_HIT || !addr_eq(&mine, &greedy)))
		fail_msg("%s: another address in \"" STR_F "\"", p->regex,
		    STR_A(message));
}

/* Of those only the first is looked at by PCRE2's side here. */
static bool has_two_addresses(const struct pattern *p)
{
	unsigned n = 0;

	for (size_t i = 0; i < p->n_fields; i++)
		n += strcmp(p->fields[i], "ip") == 0;
	return n > 1;
}

static void both_say_the_same(void **state)
{
	struct regex_room *room = NULL;
	struct counts n = { 0 };

	regex_room_new(&room);
	for (int round = 0; round < 6000; round++) {
		struct text pattern, message;
		struct template *t = NULL;
		struct pattern *p = NULL;
		struct regex *x = NULL;
		char why[WHY_MAX];

		make(&pattern, &message);
		if (pattern_parse(&p, (struct str){ pattern.p, pattern.n },
			why) < 0)
			continue;
		if (has_two_addresses(p)) {
			pattern_free(&p);
			continue;
		}
		template_new(&t, p);
		if (regex_new(&x, (struct str){ p->regex, p->n }, REGEX_WHOLE,
			true, why) == 0) {
			if (round % 2)
				regex_quicken(x);
			compare(p, room, t, x,
			    (struct str){ message.p, message.n }, &n);
		}
		regex_free(&x);
		template_free(&t);
		pattern_free(&p);
	}
	/* the dice reached every answer often enough to mean something */
	assert_true(n.hits > 500 && n.nones > 500 && n.unsure > 50);
	regex_room_free(&room);
}

TESTS(cmocka_unit_test(both_say_the_same))
