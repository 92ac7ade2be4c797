#include "rule/load.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

enum {
	RULES_MAX = 60000, /* a rule's number fits 16 bits */
	SERVICES_MAX = 4000,
	EXAMPLES_MAX = 200,
};

void load_bad(struct load *l, const struct node *n, const char *fmt, ...)
{
	char what[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	l->faults++;
	l->fault(l->arg, l->file, n->line, n->column, what);
}

static void unknown(struct load *l, const struct node *n,
    const struct rule_key *keys)
{
	char hint[64], shown[48];

	key_hint(keys, n->key, hint, sizeof(hint));
	str_show(n->key, shown, sizeof(shown));
	load_bad(l, n, "unknown key \"%s\"%s", shown, hint);
}

/* Sets the member of a key, or complains: false. */
typedef bool set_fn(struct load *l, const struct node *n,
    const struct rule_key *k, void *to);

/* Each key of the map to its member; then what must be there and is not. */
static bool walk(struct load *l, const struct node *map,
    const struct rule_key *keys, set_fn *set, void *to)
{
	size_t before = l->faults;

	node_each(n, map)
	{
		const struct rule_key *k = key_find(keys, n->key);

		if (!k)
			unknown(l, n, keys);
		else
			set(l, n, k, to);
	}
	for (; keys->name; keys++) {
		if (keys->must && !node_get(map, keys->name))
			load_bad(l, map, "%s: is missing", keys->name);
	}
	return l->faults == before;
}

static void example_key(struct load *l, const struct node *n, struct example *e)
{
	char *z = value_text(l, n);

	if (!z)
		return;
	if (str_eq(n->key, STR("line"))) {
		e->line = z;
	} else if (str_eq(n->key, STR("none"))) {
		e->none = z;
	} else {
		strings_add(&e->keys, str_dup(n->key), n->line);
		strings_add(&e->values, z, n->line);
	}
}

static void set_examples(struct load *l, const struct node *n, struct rule *r)
{
	if (n->kind != NODE_LIST || n->n > EXAMPLES_MAX) {
		load_bad(l, n, "examples: a list of at most %d is needed",
		    EXAMPLES_MAX);
		return;
	}
	r->examples = mem_new(n->n, sizeof(*r->examples));
	node_each(c, n)
	{
		struct example *e = &r->examples[r->n_examples];

		if (c->kind != NODE_MAP) {
			load_bad(l, c,
			    "an example is: line: ..., and ip: "
			    "or none: ...");
			continue;
		}
		r->n_examples++;
		e->at = c->line;
		node_each(k, c) example_key(l, k, e);
		if (!e->line)
			load_bad(l, c, "an example without line:");
		else if (e->none && e->keys.n)
			load_bad(l, c,
			    "an example cannot say none: and also "
			    "what is found; make it two");
	}
}

static bool set_of_rule(struct load *l, const struct node *n,
    const struct rule_key *k, void *to)
{
	struct rule *r = to;

	switch (k->kind) {
	case KEY_EXAMPLES:
		set_examples(l, n, r);
		return true;
	case KEY_REQUEST:
		if (n->kind != NODE_MAP || n->n == 0) {
			load_bad(l, n,
			    "request: is a map of lists; see "
			    "liptako-rules(5)");
			return false;
		}
		r->has_request = true;
		return walk(l, n, request_keys, value_set, &r->request);
	default:
		return value_set(l, n, k, r);
	}
}

static bool set_of_service(struct load *l, const struct node *n,
    const struct rule_key *k, void *to)
{
	struct service *s = to;

	switch (k->kind) {
	case KEY_RULES:
		return true; /* after the head is known to be good */
	case KEY_JAIL:
		if (n->kind != NODE_MAP || n->n == 0) {
			load_bad(l, n, "jail: is a map; see liptako-rules(5)");
			return false;
		}
		s->jail = mem_new(1, sizeof(*s->jail));
		s->jail->maxlines = 1;
		return walk(l, n, jail_keys, value_set, s->jail);
	default:
		return value_set(l, n, k, s);
	}
}

static void check_kind_of_rule(struct load *l, const struct node *n,
    const struct rule *r)
{
	int ways = (r->match.n > 0) + (r->field_keys.n > 0) + r->has_request;

	if (r->is_jails && ways > 0)
		load_bad(l, n,
		    "the rule of a jail matches by the jail alone: no "
		    "match:, fields: or request:");
	if (ways == 0 && !r->is_jails)
		load_bad(l, n, "the rule needs match:, fields: or request:");
	if (ways > 1)
		load_bad(l, n,
		    "match:, fields: and request: exclude each "
		    "other; make it two rules");
	if (r->veto.n && !r->match.n)
		load_bad(l, n, "not: goes with match: only");
	if (r->where && !r->match.n)
		load_bad(l, n, "where: goes with match: only");
}

/* What the members say together. */
static void check_rule(struct load *l, const struct node *n, struct rule *r)
{
	bool success = r->outcome == OUTCOME_SUCCESS;

	check_kind_of_rule(l, n, r);
	if (success && r->login == LOGIN_NONE && r->kind == KIND_LOGIN)
		load_bad(l, n,
		    "outcome: success needs login: host or "
		    "login: web");
	if (!success && r->login != LOGIN_NONE)
		load_bad(l, n, "login: goes with outcome: success only");
	if (!success && !r->count)
		load_bad(l, n, "when: is missing (5 in 10m, or once)");
	if (r->slow_count && r->slow_span <= r->span)
		load_bad(l, n, "slow: must span more time than when:");
	if (r->term_max && r->term_max < r->term)
		load_bad(l, n, "term-max: must be at least term:");
	if (r->terms.n && (r->term || r->term_max))
		load_bad(l, n, "terms: stands instead of term: and term-max:");
	if (r->terms.n)
		r->term = r->terms.v[0];
	if (r->counting == COUNTING_FAIL2BAN && (r->slow_count || r->distinct))
		load_bad(l, n,
		    "count: fail2ban goes with neither slow: nor distinct:");
	if (!r->count)
		r->count = r->span = 1;
	if (r->evidence == EV_PACKET && !node_get(n, "measure"))
		r->measure = MEASURE_LIMIT;
	if (r->evidence == EV_PACKET && r->measure == MEASURE_DENY)
		load_bad(l, n,
		    "measure: packet evidence never earns more "
		    "than limit");
}

/* Among those of the service that is being read, the last ones: others' names
 * begin with another's name. */
static const struct rule *rule_named(const struct rules *to, const char *name)
{
	for (size_t i = to->n; i-- > 0;) {
		if (to->rules[i].service != to->n_services)
			break;
		if (strcmp(to->rules[i].name, name) == 0)
			return &to->rules[i];
	}
	return NULL;
}

/* "auth-failure" becomes "openssh/auth-failure", once. */
static void full_name(struct load *l, const struct node *n,
    const struct rules *to, const struct service *s, struct rule *r)
{
	char full[80];
	const struct rule *other;

	if (!r->name)
		return;
	snprintf(full, sizeof(full), "%s/%s", s->name, r->name);
	free(r->name);
	r->name = str_dup(str_of(full));
	other = rule_named(to, full);
	if (other)
		load_bad(l, n, "%s is already in line %u; name it otherwise",
		    full, other->at);
}

static void load_rule(struct load *l, const struct node *n, struct rules *to,
    const struct service *s, bool has_programs)
{
	struct rule r = { .measure = MEASURE_DENY,
		.at = n->line,
		.service = (uint16_t)to->n_services,
		.is_jails = s->jail != NULL };
	size_t before = l->faults;

	r.request.malformed = -1;
	r.request.named = -1;
	if (n->kind != NODE_MAP) {
		load_bad(l, n, "a rule is a map: - name: ...");
		return;
	}
	walk(l, n, rule_keys, set_of_rule, &r);
	full_name(l, n, to, s, &r);
	check_rule(l, n, &r);
	if (!r.where)
		r.where = has_programs ? WHERE_SYSLOG : WHERE_PLAIN;
	if (to->n == RULES_MAX)
		load_bad(l, n, "more than %d rules", RULES_MAX);
	if (l->faults != before) {
		rule_drop(&r);
		return;
	}
	if ((to->n & (to->n - 1)) == 0)
		to->rules = mem_grow(to->rules, MAX(to->n * 2, 1), sizeof(r));
	to->rules[to->n++] = r;
}

static void check_head(struct load *l, const struct node *root,
    const struct rules *to, const struct service *s)
{
	const struct node *list = node_get(root, "rules");

	for (size_t i = 0; s->name && i < to->n_services; i++) {
		if (strcmp(to->services[i].name, s->name) == 0)
			load_bad(l, root,
			    "service %s was already loaded from "
			    "%s; name it otherwise",
			    s->name, to->services[i].file);
	}
	if (to->n_services == SERVICES_MAX)
		load_bad(l, root, "more than %d services", SERVICES_MAX);
	if (list && list->kind != NODE_LIST)
		load_bad(l, list, "rules: a list is needed: - name: ...");
	if (list && s->jail && list->n != 1)
		load_bad(l, list, "a jail has one rule, which counts");
}

static void load_service(struct load *l, const struct node *root,
    struct rules *to)
{
	struct service s = { .file = str_dup(str_of(l->file)) };
	bool good = walk(l, root, service_keys, set_of_service, &s);

	check_head(l, root, to, &s);
	if (!good || l->faults) {
		service_drop(&s);
		return;
	}
	node_each(n, node_get(root, "rules"))
	    load_rule(l, n, to, &s, s.programs.n > 0);
	if ((to->n_services & (to->n_services - 1)) == 0)
		to->services = mem_grow(to->services,
		    MAX(to->n_services * 2, 1), sizeof(s));
	to->services[to->n_services++] = s;
}

static int load_tree(struct rules *r, const char *name, const struct tree *t,
    rule_fault_fn *fault, void *arg)
{
	struct load l = { .file = name, .fault = fault, .arg = arg };
	const struct node empty = { .line = 1, .column = 1 };
	const struct node *root = tree_root(t);

	if (!root || root->kind != NODE_MAP)
		load_bad(&l, root ? root : &empty,
		    "a rule file is a map that begins with service: NAME");
	else
		load_service(&l, root, r);
	return l.faults ? RULES_E_FAULTS : RULES_OK;
}

int rules_load(struct rules *r, const char *name, struct str yaml,
    rule_fault_fn *fault, void *arg)
{
	struct tree *t = NULL;
	int e;

	if (tree_parse(&t, name, yaml, fault, arg) != TREE_OK)
		return RULES_E_FAULTS;
	e = load_tree(r, name, t, fault, arg);
	tree_free(&t);
	return e;
}

int rules_load_own(struct rules *r, const char *name, struct str yaml,
    rule_fault_fn *fault, void *arg)
{
	struct tree *t = NULL;
	int e;

	if (!tree_plain(&t, yaml))
		return rules_load(r, name, yaml, fault, arg);
	e = load_tree(r, name, t, fault, arg);
	tree_free(&t);
	return e;
}
