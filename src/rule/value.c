#include "rule/load.h"

#include <limits.h>
#include <stdio.h>

enum {
	TEXT_MAX = 16000, /* bytes of one text or pattern */
	SPAN_MAX = 90 * 86400,
	TERM_MAX = 3650 * 86400,
	LINES_MAX = 1000,
	COUNT_MAX = 1000000,
};

void strings_add(struct strings *s, char *z, unsigned at)
{
	if ((s->n & (s->n - 1)) == 0) {
		s->v = mem_grow(s->v, MAX(s->n * 2, 1), sizeof(*s->v));
		s->at = mem_grow(s->at, MAX(s->n * 2, 1), sizeof(*s->at));
	}
	s->v[s->n] = z;
	s->at[s->n++] = at;
}

char *value_text(struct load *l, const struct node *n)
{
	if (n->kind != NODE_SCALAR) {
		load_bad(l, n,
		    "one text is needed here; put it in quotes if "
		    "it begins with [ or {");
		return NULL;
	}
	if (n->text.n > TEXT_MAX) {
		load_bad(l, n, "text too long; at most %d bytes", TEXT_MAX);
		return NULL;
	}
	if (memchr(n->text.p, '\0', n->text.n)) {
		load_bad(l, n, "a NUL byte; a pattern writes it \\x00");
		return NULL;
	}
	return str_dup(n->text);
}

static bool is_name(struct str s)
{
	if (s.n == 0 || s.n > 31)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '-')
			return false;
	}
	return true;
}

static bool set_text(struct load *l, const struct node *n,
    const struct rule_key *k, void *at)
{
	char **to = at, *z = value_text(l, n);

	if (!z)
		return false;
	if (k->kind == KEY_NAME && !is_name(n->text)) {
		load_bad(l, n,
		    "%s: \"%s\" is no name; use 1 to 31 of a-z, 0-9 "
		    "and -",
		    k->name, z);
		free(z);
		return false;
	}
	*to = z;
	return true;
}

static bool set_list(struct load *l, const struct node *n,
    const struct rule_key *k, void *at)
{
	struct strings *s = at;
	char *z;

	if (n->kind == NODE_MAP) {
		load_bad(l, n,
		    "%s: a list of texts is needed; quote texts "
		    "that contain ': '",
		    k->name);
		return false;
	}
	if (n->kind == NODE_SCALAR) {
		z = value_text(l, n);
		if (z)
			strings_add(s, z, n->line);
		return z;
	}
	node_each(c, n)
	{
		z = value_text(l, c);
		if (!z)
			return false;
		strings_add(s, z, c->line);
		if (c->text.n == 0) {
			load_bad(l, c, "%s: an empty text; take it out",
			    k->name);
			return false;
		}
	}
	return true;
}

static bool is_status(const char *z)
{
	if (strlen(z) != 3 || z[0] < '1' || z[0] > '5')
		return false;
	if (z[1] == 'x' && z[2] == 'x')
		return true;
	return z[1] >= '0' && z[1] <= '9' && z[2] >= '0' && z[2] <= '9';
}

static bool set_status(struct load *l, const struct node *n,
    const struct rule_key *k, void *at)
{
	struct strings *s = at;

	if (!set_list(l, n, k, at))
		return false;
	for (size_t i = 0; i < s->n; i++) {
		if (is_status(s->v[i]))
			continue;
		load_bad(l, n, "status: \"%s\" is none; write 404 or 4xx",
		    s->v[i]);
		return false;
	}
	return true;
}

static unsigned name_number(const char *const *names, struct str name)
{
	for (unsigned i = 0; names[i]; i++) {
		if (str_eq(name, str_of(names[i])))
			return i;
	}
	return UINT_MAX;
}

static void bad_choice(struct load *l, const struct node *n,
    const struct rule_key *k)
{
	char all[160] = "";
	size_t w = 0;

	for (size_t i = 0; k->names[i] && w < sizeof(all); i++)
		w += (size_t)snprintf(all + w, sizeof(all) - w, "%s%s",
		    i ? ", " : "", k->names[i]);
	load_bad(l, n, "%s: \"%.40s\" is none of: %s", k->name, n->text.p, all);
}

static bool set_enum(struct load *l, const struct node *n,
    const struct rule_key *k, void *at)
{
	unsigned v = UINT_MAX;

	if (n->kind == NODE_SCALAR)
		v = name_number(k->names, n->text);
	if (v == UINT_MAX && n->kind == NODE_SCALAR)
		bad_choice(l, n, k);
	else if (v == UINT_MAX)
		load_bad(l, n, "%s: one word is needed", k->name);
	else
		memcpy(at, &v, sizeof(v));
	return v != UINT_MAX;
}

static bool set_where(struct load *l, const struct node *n,
    const struct rule_key *k, void *at)
{
	unsigned *bits = at, v;

	if (n->kind == NODE_SCALAR) {
		if (!set_enum(l, n, k, &v))
			return false;
		*bits |= 1u << v;
		return true;
	}
	node_each(c, n)
	{
		if (!set_enum(l, c, k, &v))
			return false;
		*bits |= 1u << v;
	}
	return true;
}

static bool set_attack(struct load *l, const struct node *n,
    const struct rule_key *k, void *at)
{
	struct str s = n->text;
	bool ok =
	    n->kind == NODE_SCALAR && (s.n == 5 || s.n == 9) && s.p[0] == 'T';

	for (size_t i = 1; ok && i < s.n; i++)
		ok = i == 5 ? s.p[i] == '.' : s.p[i] >= '0' && s.p[i] <= '9';
	if (!ok) {
		load_bad(l, n, "%s: a technique id is T1110 or T1110.001",
		    k->name);
		return false;
	}
	memcpy(at, s.p, s.n);
	return true;
}

/* "5 in 10m" */
static bool parse_when(struct str s, uint32_t to[2])
{
	size_t in = str_find(s, STR(" in "));

	if (str_eq(s, STR("once"))) {
		to[0] = to[1] = 1;
		return true;
	}
	return in != SIZE_MAX &&
	       str_u32(str_trim(str_head(s, in)), COUNT_MAX, &to[0]) &&
	       str_span(str_trim(str_from(s, in + 4)), SPAN_MAX, &to[1]) &&
	       to[0] > 0 && to[1] > 0;
}

static bool set_when(struct load *l, const struct node *n,
    const struct rule_key *k, void *at)
{
	uint32_t v[2];

	if (n->kind != NODE_SCALAR || !parse_when(n->text, v)) {
		load_bad(l, n,
		    "%s: write it as 5 in 10m (1 to %d; s m h d w, "
		    "at most 90d), or once",
		    k->name, COUNT_MAX);
		return false;
	}
	memcpy(at, v, sizeof(v));
	return true;
}

static bool set_span(struct load *l, const struct node *n,
    const struct rule_key *k, void *at)
{
	uint32_t v;

	if (n->kind != NODE_SCALAR || !str_span(n->text, TERM_MAX, &v) ||
	    v == 0) {
		load_bad(l, n,
		    "%s: write it as 10m, 4h or 7d; at most 10 years", k->name);
		return false;
	}
	memcpy(at, &v, sizeof(v));
	return true;
}

static bool set_spans(struct load *l, const struct node *n,
    const struct rule_key *k, void *at)
{
	struct spans *s = at;

	if (n->kind != NODE_LIST || n->n == 0 || n->n > countof(s->v)) {
		load_bad(l, n, "%s: a list of 1 to %zu times is needed",
		    k->name, countof(s->v));
		return false;
	}
	node_each(c, n)
	{
		if (!set_span(l, c, k, &s->v[s->n]))
			return false;
		s->n++;
	}
	return true;
}

static bool set_lines(struct load *l, const struct node *n,
    const struct rule_key *k, void *at)
{
	uint32_t v;

	if (n->kind != NODE_SCALAR || !str_u32(n->text, LINES_MAX, &v) ||
	    v == 0) {
		load_bad(l, n, "%s: a number from 1 to %d is needed", k->name,
		    LINES_MAX);
		return false;
	}
	memcpy(at, &v, sizeof(v));
	return true;
}

static bool add_ports(struct load *l, const struct node *n, struct ports *to)
{
	switch (
	    n->kind == NODE_SCALAR ? ports_parse(n->text, to) : PORTS_E_SHAPE) {
	case PORTS_OK:
		return true;
	case PORTS_E_MANY:
		load_bad(l, n,
		    "ports: more than %d ranges; leave the key out "
		    "to close every port",
		    PORTS_RANGES);
		return false;
	default:
		load_bad(l, n, "ports: write 22/tcp or 6000-6010/udp");
		return false;
	}
}

static bool set_ports(struct load *l, const struct node *n, void *at)
{
	struct ports *to = at;

	if (n->kind != NODE_LIST)
		return add_ports(l, n, to);
	node_each(c, n)
	{
		if (!add_ports(l, c, to))
			return false;
	}
	return true;
}

static bool set_yesno(struct load *l, const struct node *n,
    const struct rule_key *k, void *at)
{
	static const char *const yes[] = { "yes", "true" }, *const no[] = {
		"no", "false"
	};
	int *to = at;

	for (size_t i = 0; n->kind == NODE_SCALAR && i < 2; i++) {
		bool y = str_eq(n->text, str_of(yes[i]));

		if (!y && !str_eq(n->text, str_of(no[i])))
			continue;
		*to = y;
		return true;
	}
	load_bad(l, n, "%s: yes or no", k->name);
	return false;
}

static bool set_fields(struct load *l, const struct node *n, void *rule)
{
	struct rule *r = rule;

	if (n->kind != NODE_MAP || n->n == 0) {
		load_bad(l, n, "fields: keys and their patterns are needed");
		return false;
	}
	node_each(c, n)
	{
		char *z = value_text(l, c);

		if (!z)
			return false;
		strings_add(&r->field_keys, str_dup(c->key), c->line);
		strings_add(&r->field_patterns, z, c->line);
	}
	return true;
}

bool value_set(struct load *l, const struct node *n, const struct rule_key *k,
    void *to)
{
	void *at = (char *)to + k->at;

	switch (k->kind) {
	case KEY_NAME:
	case KEY_TEXT:
		return set_text(l, n, k, at);
	case KEY_LIST:
		return set_list(l, n, k, at);
	case KEY_STATUS:
		return set_status(l, n, k, at);
	case KEY_ENUM:
		return set_enum(l, n, k, at);
	case KEY_ATTACK:
		return set_attack(l, n, k, at);
	case KEY_WHERE:
		return set_where(l, n, k, at);
	case KEY_WHEN:
		return set_when(l, n, k, at);
	case KEY_SPAN:
		return set_span(l, n, k, at);
	case KEY_SPANS:
		return set_spans(l, n, k, at);
	case KEY_LINES:
		return set_lines(l, n, k, at);
	case KEY_PORTS:
		return set_ports(l, n, at);
	case KEY_YESNO:
		return set_yesno(l, n, k, at);
	case KEY_FIELDS:
		return set_fields(l, n, to);
	case KEY_REQUEST:
	case KEY_JAIL:
	case KEY_EXAMPLES:
	case KEY_RULES:
		break;
	}
	die("key %s is not the value's", k->name);
}
