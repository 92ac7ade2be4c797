#include <getopt.h>
#include <stdio.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/rulebook.h"
#include "rule/check.h"

/* Examples' dates without a year mean the same every day they are run. */
enum {
	CHECK_DAY = 1795000000
};

static const char *rate(uint32_t count, uint32_t span, char *to, size_t size)
{
	char shown[32];

	if (count <= 1) {
		snprintf(to, size, "once");
		return to;
	}
	span_show(span, shown, sizeof(shown));
	snprintf(to, size, "%u in %s", count, shown);
	return to;
}

static void list_text(const struct rule *r)
{
	char when[48], slow[48] = "";

	rate(r->count, r->span, when, sizeof(when));
	if (r->slow_count)
		rate(r->slow_count, r->slow_span, slow, sizeof(slow));
	if (r->outcome == OUTCOME_SUCCESS)
		snprintf(when, sizeof(when), "a login");
	printf("%-38s  %-11s  %-13s  %-13s  %-5s  %s%s\n", r->name,
	    kind_name(r->kind), when, slow,
	    r->outcome == OUTCOME_SUCCESS ? "-" : measure_name(r->measure),
	    r->about ? r->about : "", r->off ? " (off)" : "");
}

static void text_json(const char *key, const char *text)
{
	printf(",\"%s\":", key);
	if (text)
		json_str(str_of(text), stdout);
	else
		fputs("null", stdout);
}

static void rule_json(const struct rule *r)
{
	fputs("{\"rule\":", stdout);
	json_str(str_of(r->name), stdout);
	text_json("about", r->about);
	text_json("kind", kind_name(r->kind));
	text_json("attack", r->attack);
	text_json("evidence", evidence_name(r->evidence));
	text_json("measure", measure_name(r->measure));
	printf(",\"outcome\":\"%s\",\"count\":%u,\"span\":%u",
	    r->outcome == OUTCOME_SUCCESS ? "success" : "failure", r->count,
	    r->span);
	if (r->slow_count)
		printf(",\"slow_count\":%u,\"slow_span\":%u", r->slow_count,
		    r->slow_span);
	text_json("distinct", r->distinct);
	printf(",\"examples\":%zu,\"off\":%s}\n", r->n_examples,
	    r->off ? "true" : "false");
}

static int list(const struct rulebook *b, bool json)
{
	for (size_t i = 0; i < b->rules->n; i++) {
		if (json)
			rule_json(&b->rules->rules[i]);
		else
			list_text(&b->rules->rules[i]);
	}
	if (!json)
		printf("%zu rules of %zu services\n", b->rules->n,
		    b->rules->n_services);
	return CLI_OK;
}

static void strings_text(const char *what, const struct strings *s)
{
	for (size_t i = 0; i < s->n; i++)
		printf("  %-10s %s\n", i ? "" : what, s->v[i]);
}

static void show_text(const struct rulebook *b, const struct rule *r)
{
	const struct service *s = &b->rules->services[r->service];
	char when[48];

	printf("%s: %s\n  from       %s:%u\n", r->name,
	    r->about ? r->about : "", s->file, r->at);
	printf("  kind       %s, %s; evidence %s; measure %s%s\n",
	    kind_name(r->kind), r->attack[0] ? r->attack : "no technique",
	    evidence_name(r->evidence), measure_name(r->measure),
	    r->off ? "; switched off" : "");
	printf("  when       %s%s%s\n",
	    r->outcome == OUTCOME_SUCCESS
		? "a login succeeds"
		: rate(r->count, r->span, when, sizeof(when)),
	    r->distinct ? ", distinct " : "", r->distinct ? r->distinct : "");
	if (r->slow_count)
		printf("  slow       %s\n",
		    rate(r->slow_count, r->slow_span, when, sizeof(when)));
	strings_text("programs", &s->programs);
	strings_text("units", &s->units);
	strings_text("files", &s->files);
	strings_text("match", &r->match);
	strings_text("not", &r->veto);
	for (size_t i = 0; i < r->field_keys.n; i++)
		printf("  field      %s: %s\n", r->field_keys.v[i],
		    r->field_patterns.v[i]);
	strings_text("path", &r->request.path);
	strings_text("agent", &r->request.agent);
	strings_text("status", &r->request.status);
	for (size_t i = 0; i < r->n_examples; i++) {
		char shown[400];

		str_show(str_of(r->examples[i].line), shown, sizeof(shown));
		printf("  example    %s\n             -> %s\n", shown,
		    r->examples[i].none       ? "nobody"
		    : r->examples[i].values.n ? r->examples[i].values.v[0]
					      : "");
	}
}

static bool is_called(const struct rulebook *b, const struct rule *r,
    const char *name)
{
	return !strcmp(r->name, name) ||
	       !strcmp(b->rules->services[r->service].name, name);
}

static const struct rules *all_rules; /* for the suggestion */

static const char *rule_at(size_t i)
{
	return i < all_rules->n ? all_rules->rules[i].name : NULL;
}

static int show(const struct rulebook *b, const char *name, bool json)
{
	size_t found = 0;
	const char *near;

	for (size_t i = 0; i < b->rules->n; i++) {
		const struct rule *r = &b->rules->rules[i];

		if (!is_called(b, r, name))
			continue;
		found++;
		if (json)
			rule_json(r);
		else
			show_text(b, r);
	}
	if (found)
		return CLI_OK;
	all_rules = b->rules;
	near = cli_nearest(name, rule_at);
	fprintf(stderr, "liptako rules: no rule or service is called \"%s\"",
	    name);
	if (near)
		fprintf(stderr, "; did you mean \"%s\"?", near);
	fputc('\n', stderr);
	return CLI_NO;
}

static int check(struct rulebook *b)
{
	struct line_parser *parser = NULL;
	struct matcher *m = NULL;
	struct check_counts n;
	size_t faults;

	matcher_new(&m, b->rules, rulebook_fault, b);
	line_parser_new(&parser, "UTC", CHECK_DAY);
	rules_check(b->rules, m, parser, rulebook_fault, b, &n);
	line_parser_free(&parser);
	matcher_free(&m);
	faults = b->faults - n.notes;
	printf("%zu files, %zu rules, %zu examples: %zu failed, %zu other "
	       "faults, %zu notes\n",
	    b->files, n.rules, n.examples, n.failed, faults - n.failed,
	    n.notes);
	return faults ? CLI_NO : CLI_OK;
}

int cmd_rules(int argc, char **argv)
{
	static const char *const words[] = { "list", "check", "show", NULL };
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "rules", required_argument, NULL, 'r' },
		{ 0 },
	};
	const char *path = NULL, *what, *arg;
	struct rulebook b = { 0 };
	bool json = false;
	int c, code;

	while ((c = cli_option(argc, argv, options)) != -1) {
		if (c == 'j')
			json = true;
		else if (c == 'r')
			path = optarg;
		else
			return cli_bad_option(argv, c);
	}
	what = optind < argc ? argv[optind] : "list";
	arg = optind + 1 < argc ? argv[optind + 1] : NULL;
	if (!strcmp(what, "check") && arg)
		path = arg;
	if (strcmp(what, "list") != 0 && strcmp(what, "check") != 0 &&
	    strcmp(what, "show") != 0)
		return cli_not_among(argv[0], what, words);
	if (!strcmp(what, "show") && !arg)
		return cli_usage(argv[0],
		    "say show NAME; a service, or a rule");
	if (rulebook_open(&b, path, NULL) < 0)
		code = CLI_FAULT;
	else if (!strcmp(what, "check"))
		code = check(&b);
	else if (!strcmp(what, "show") && arg)
		code = show(&b, arg, json);
	else
		code = list(&b, json);
	rulebook_close(&b);
	return code;
}
