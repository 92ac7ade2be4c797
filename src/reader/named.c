#include "reader/reader.h"

/*
 * named - a host name where an address should stand.
 *
 * A line that no rule hits is read once more with an address in place of each
 * word that could be a host name: if a rule then blames just that address,
 * the program was told to look names up, and nobody can be shut out by what
 * it writes. Nothing is resolved: whoever owns an address chooses its name.
 * Only so many lines a second are tried, which no quiet log reaches.
 */

enum {
	TRIES = 512,     /* lines a second */
	NAMES = 4,       /* of a line */
	TEXT_MAX = 1024, /* bytes of a message */
	NAME_MAX_N = 253,
};

/* Of TEST-NET-1; a line that holds it itself does not need this. */
static const char stand_in[] = "192.0.2.253";

static bool in_name(char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
	       c == '-' || c == '.' || c == '_';
}

static bool is_alpha(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* A dot inside and no digit behind the last one, or a word that stands where
 * only hosts do. */
static bool could_be_name(struct str all, struct str s)
{
	struct str before = { all.p, (size_t)(s.p - all.p) };
	const char *dot;

	if (s.n && s.p[s.n - 1] == '.')
		s.n--;
	if (s.n < 2 || s.n > NAME_MAX_N || !is_alpha(s.p[s.n - 1]))
		return false;
	dot = memrchr(s.p, '.', s.n);
	if (dot)
		return dot > s.p && is_alpha(dot[1]);
	return str_ends(before, STR("from ")) || str_ends(before, STR("host="));
}

/* The next word of *rest that could be one; false: there are no more. */
static bool next_name(struct str all, struct str *rest, struct str *ret)
{
	while (rest->n) {
		struct str s = { rest->p, 0 };

		while (s.n < rest->n && in_name(s.p[s.n]))
			s.n++;
		*rest = str_from(*rest, MAX(s.n, (size_t)1));
		if (s.n && could_be_name(all, s)) {
			*ret = s;
			return true;
		}
	}
	return false;
}

/* The first rule that blames the stand-in and knows where it stands. */
static size_t blamed(struct reader *r, struct record *rec, const int *services,
    size_t n)
{
	struct hit hits[MATCH_HITS];
	struct addr who;

	(void)addr_parse(STR(stand_in), &who);
	for (size_t i = 0; i < n; i++) {
		size_t got = match_trial(r->matcher, rec, services[i], hits);

		for (size_t k = 0; k < got; k++) {
			const struct rule *rule =
			    &r->rules->rules[hits[k].rule];

			if (addr_eq(&hits[k].who, &who) && !rule->off &&
			    rule->evidence != EV_FORGEABLE)
				return hits[k].rule;
		}
	}
	return SIZE_MAX;
}

static size_t try_client(struct reader *r, const struct record *rec,
    const int *services, size_t n)
{
	struct record other = *rec;
	struct str rest = rec->client, name;

	if (!next_name(rec->client, &rest, &name) || name.n != rec->client.n)
		return SIZE_MAX;
	other.client = STR(stand_in);
	return blamed(r, &other, services, n);
}

static size_t try_pairs(struct reader *r, const struct record *rec,
    const int *services, size_t n)
{
	size_t rule = SIZE_MAX, tried = 0;
	struct record other = *rec;

	for (size_t i = 0; i < rec->n_pairs && tried < NAMES; i++) {
		struct str was = rec->pairs[i].value, rest = was, name;

		if (!next_name(was, &rest, &name) || name.n != was.n)
			continue;
		tried++;
		rec->pairs[i].value = STR(stand_in);
		rule = blamed(r, &other, services, n);
		rec->pairs[i].value = was;
		if (rule != SIZE_MAX)
			break;
	}
	return rule;
}

static size_t try_text(struct reader *r, const struct record *rec,
    const int *services, size_t n)
{
	char text[TEXT_MAX + sizeof(stand_in)];
	struct record other = *rec;
	struct str rest = rec->msg, name;
	size_t rule = SIZE_MAX;

	if (rec->msg.n > TEXT_MAX ||
	    str_find(rec->msg, STR(stand_in)) != SIZE_MAX)
		return SIZE_MAX;
	for (int i = 0;
	     i < NAMES && rule == SIZE_MAX && next_name(rec->msg, &rest, &name);
	     i++) {
		size_t before = (size_t)(name.p - rec->msg.p);
		size_t after = rec->msg.n - before - name.n;
		char *p = text;

		p = mempcpy(p, rec->msg.p, before);
		p = mempcpy(p, stand_in, sizeof(stand_in) - 1);
		p = mempcpy(p, name.p + name.n, after);
		other.msg = (struct str){ text, (size_t)(p - text) };
		rule = blamed(r, &other, services, n);
	}
	return rule;
}

static bool is_due(struct reader *r)
{
	if (r->named_at != r->now) {
		r->named_at = r->now;
		r->named_left = TRIES;
	}
	if (r->named_left == 0)
		return false;
	r->named_left--;
	return true;
}

void see_named(struct reader *r, struct source *s, const struct record *rec,
    const int *services, size_t n)
{
	size_t rule = SIZE_MAX;

	if (!is_due(r))
		return;
	if (rec->is_request)
		rule = try_client(r, rec, services, n);
	if (rule == SIZE_MAX && rec->n_pairs)
		rule = try_pairs(r, rec, services, n);
	if (rule == SIZE_MAX && !rec->is_request && !rec->n_pairs)
		rule = try_text(r, rec, services, n);
	if (rule != SIZE_MAX)
		remark(r, s, REMARK_HOST_NAME, rule, 0, rec->line);
}
