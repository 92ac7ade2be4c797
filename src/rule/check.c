#include "rule/check.h"

#include <stdarg.h>
#include <stdio.h>

#include "rule/lint.h"

struct checker {
	const struct rules *rules;
	struct matcher *m;
	struct line_parser *parser;
	rule_fault_fn *fault;
	void *arg;
	struct check_counts *counts;
};

struct finding {
	bool hit;
	struct hit h;
	struct record rec; /* as it was for the hit, or last */
	struct pair fields[32];
	size_t n_fields;
};

static void say(const struct checker *k, const struct rule *r, unsigned line,
    const char *fmt, ...) PRINTF(4, 5);

static void say(const struct checker *k, const struct rule *r, unsigned line,
    const char *fmt, ...)
{
	char what[1024];
	size_t n = (size_t)snprintf(what, sizeof(what), "%s: ", r->name);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what + n, sizeof(what) - n, fmt, ap);
	va_end(ap);
	k->fault(k->arg, k->rules->services[r->service].file, line, 0, what);
}

/* Runs the example's lines; what the rule found in the last. */
static void find(const struct checker *k, const struct rule *r,
    const struct example *e, int service, struct finding *ret)
{
	struct str rest = str_of(e->line), line;
	struct hit hits[MATCH_HITS];
	size_t n = 0;

	*ret = (struct finding){ 0 };
	while (rest.n) {
		if (!str_cut(&rest, '\n', &line)) {
			line = rest;
			rest.n = 0;
		}
		line_parse(k->parser, LINE_AUTO, line, &ret->rec);
		n = match_record(k->m, &ret->rec, service, hits);
	}
	for (size_t i = 0; i < n; i++) {
		if (&k->rules->rules[hits[i].rule] != r)
			continue;
		ret->hit = true;
		ret->h = hits[i];
		ret->n_fields = match_fields(k->m, &ret->rec, &hits[i],
		    ret->fields, countof(ret->fields));
	}
}

static struct str found(const struct finding *f, const char *key, char *buf)
{
	if (strcmp(key, "ip") == 0) {
		addr_print(&f->h.who, buf);
		return str_of(buf);
	}
	for (size_t i = 0; i < f->n_fields; i++) {
		if (str_eq(f->fields[i].key, str_of(key)))
			return f->fields[i].value;
	}
	return (struct str){ 0 };
}

static bool is_as_expected(const char *key, const char *want, struct str got)
{
	struct addr a, b;

	if (strcmp(key, "ip") != 0)
		return got.p && str_eq(got, str_of(want));
	if (!addr_parse(str_of(want), &a) || !addr_parse(got, &b))
		return false;
	a = addr_fold(a);
	return addr_eq(&a, &b);
}

static const char *form_name(const struct record *rec)
{
	static const char *const names[] = { [RECORD_PLAIN] = "plain",
		[RECORD_SYSLOG] = "syslog",
		[RECORD_ACCESS] = "access",
		[RECORD_ERROR] = "error",
		[RECORD_FIELDS] = "structured" };

	return names[rec->kind];
}

static void say_unhit(const struct checker *k, const struct rule *r,
    const struct example *e, const struct finding *f)
{
	char program[64], msg[400];

	str_show(f->rec.program, program, sizeof(program));
	str_show(f->rec.msg, msg, sizeof(msg));
	say(k, r, e->at,
	    "the example does not hit; it was read as a %s line%s"
	    "%s, message \"%s\"",
	    form_name(&f->rec), f->rec.program.n ? " of " : "",
	    f->rec.program.n ? program : "", msg);
}

/* The first key that is not as expected, or SIZE_MAX. */
static size_t first_wrong(const struct example *e, const struct finding *f)
{
	char buf[ADDR_MAX];

	for (size_t i = 0; i < e->keys.n; i++) {
		if (!is_as_expected(e->keys.v[i], e->values.v[i],
			found(f, e->keys.v[i], buf)))
			return i;
	}
	return SIZE_MAX;
}

static void say_wrong(const struct checker *k, const struct rule *r,
    const struct example *e, const struct finding *f, size_t i)
{
	char buf[ADDR_MAX], shown[200];
	struct str got = found(f, e->keys.v[i], buf);

	str_show(got, shown, sizeof(shown));
	say(k, r, e->at, "%s should be \"%s\" but is %s%s%s", e->keys.v[i],
	    e->values.v[i], got.p ? "\"" : "not captured", shown,
	    got.p ? "\"" : "");
}

static bool check_none(const struct checker *k, const struct rule *r,
    const struct example *e)
{
	char shown[ADDR_MAX];
	struct finding f;

	for (int service = -1;; service = r->service) {
		find(k, r, e, service, &f);
		if (f.hit || service == r->service)
			break;
	}
	if (!f.hit)
		return true;
	addr_print(&f.h.who, shown);
	say(k, r, e->at, "hits by pattern %u with ip %s, but must not: %s",
	    f.h.pattern + 1u, shown, e->none);
	return false;
}

static bool check_hit(const struct checker *k, const struct rule *r,
    const struct example *e, bool *seen)
{
	struct finding f, own;
	size_t wrong;

	find(k, r, e, -1, &f);
	if (!f.hit || first_wrong(e, &f) != SIZE_MAX) {
		find(k, r, e, r->service, &own);
		if (own.hit || !f.hit)
			f = own;
	}
	if (!f.hit) {
		say_unhit(k, r, e, &f);
		return false;
	}
	if (f.h.pattern < r->match.n)
		seen[f.h.pattern] = true;
	wrong = first_wrong(e, &f);
	if (wrong != SIZE_MAX)
		say_wrong(k, r, e, &f, wrong);
	return wrong == SIZE_MAX;
}

/* One note a rule, however many patterns no example reaches. */
static void say_unseen(const struct checker *k, const struct rule *r,
    const bool *seen)
{
	char lines[160] = "";
	size_t w = 0, n = 0;

	for (size_t i = 0; r->n_examples && i < r->match.n; i++) {
		if (seen[i] || ++n > 20)
			continue;
		w += (size_t)snprintf(lines + w, sizeof(lines) - w, "%s%u",
		    n > 1 ? ", " : "", r->match.at[i]);
	}
	if (!n)
		return;
	k->counts->notes++;
	say(k, r, r->at, "note: no example hits the patterns in lines %s%s",
	    lines, n > 20 ? " and others" : "");
}

static void check_rule(const struct checker *k, const struct rule *r)
{
	auto_free bool *seen = mem_new(r->match.n + 1, sizeof(*seen));

	k->counts->rules++;
	for (size_t i = 0; i < r->n_examples; i++) {
		const struct example *e = &r->examples[i];

		k->counts->examples++;
		if (!(e->none ? check_none(k, r, e) : check_hit(k, r, e, seen)))
			k->counts->failed++;
	}
	say_unseen(k, r, seen);
}

static void take_note(void *arg, const struct rule *r, unsigned line,
    const char *what)
{
	const struct checker *k = arg;

	k->counts->notes++;
	say(k, r, line, "note: %s", what);
}

int rules_check(const struct rules *r, struct matcher *m, struct line_parser *p,
    rule_fault_fn *fault, void *arg, struct check_counts *ret)
{
	struct checker k = { r, m, p, fault, arg, ret };

	*ret = (struct check_counts){ 0 };
	for (size_t i = 0; i < r->n; i++) {
		if (matcher_is_off(m, i))
			continue;
		check_rule(&k, &r->rules[i]);
		rule_lint(r, &r->rules[i], take_note, &k);
	}
	return ret->failed ? RULES_E_FAULTS : RULES_OK;
}
