#include "warden/warden.h"

#include <stdio.h>

/*
 * changes - what a reload changed, a line each: of rules, of the configuration
 * as `liptako conf` prints it, of the logs that are read.
 */
static struct {
	char text[WIRE_TAIL];
	size_t n;
} c;

/* The logs before, the newest first, as w->sources has them. */
static struct {
	size_t n;
	uint32_t next_id;
	struct before {
		uint32_t id;
		char *path;
	} * v;
} logs_were;

static void add(const char *sign, struct str what)
{
	int n = snprintf(c.text + c.n, sizeof(c.text) - c.n, "%s " STR_F "\n",
	    sign, STR_A(what));

	if (n > 0 && c.n + (size_t)n < sizeof(c.text) - 80)
		c.n += (size_t)n;
	c.text[c.n] = '\0';
}

static bool rule_same(const struct rule *a, const struct rule *b)
{
	return a->count == b->count && a->span == b->span &&
	       a->slow_count == b->slow_count && a->slow_span == b->slow_span &&
	       a->measure == b->measure && a->off == b->off;
}

static const struct rule *rule_named(const struct rules *r, const char *name)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->rules[i].name, name) == 0)
			return &r->rules[i];
	return NULL;
}

static void of_rules(const struct generation_of *was,
    const struct generation_of *is)
{
	for (size_t i = 0; i < is->rules->n; i++) {
		const struct rule *r = &is->rules->rules[i],
				  *before = rule_named(was->rules, r->name);

		if (!before)
			add("+ rule", str_of(r->name));
		else if (!rule_same(before, r))
			add("~ rule", str_of(r->name));
	}
	for (size_t i = 0; i < was->rules->n; i++)
		if (!rule_named(is->rules, was->rules->rules[i].name))
			add("- rule", str_of(was->rules->rules[i].name));
}

static bool has_line(struct str text, struct str wanted)
{
	struct str line;

	while (str_cut(&text, '\n', &line))
		if (str_eq(line, wanted))
			return true;
	return false;
}

static void lines_of(const char *sign, struct str text, struct str other)
{
	struct str line;

	while (str_cut(&text, '\n', &line))
		if (!has_line(other, line))
			add(sign, line);
}

static bool differs(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") != 0;
}

static void of_conf(const struct conf *was, const struct conf *is)
{
	auto_free char *old = NULL, *new = NULL;

	conf_print(was, false, &old);
	conf_print(is, false, &new);
	lines_of("-", str_of(old), str_of(new));
	lines_of("+", str_of(new), str_of(old));
	if (was->mode != is->mode && is->mode == CONF_MODE_WATCH)
		add("!", STR("what the kernel holds already runs out by "
			     "itself; liptako disarm opens it at once"));
	if (differs(was->state, is->state) || differs(was->run, is->run) ||
	    differs(was->group, is->group))
		add("!", STR("state, run and group hold from the next start "
			     "on: systemctl restart liptako"));
}

void changes_begin(const struct generation_of *was,
    const struct generation_of *is, struct str faults)
{
	struct str fault;

	c.n = 0;
	c.text[0] = '\0';
	of_conf(was->conf, is->conf);
	of_rules(was, is);
	while (str_cut(&faults, '\n', &fault))
		add("!", fault);
}

void changes_logs_before(const struct warden *w)
{
	logs_were.n = 0;
	logs_were.next_id = w->next_id;
	logs_were.v = mem_new(w->n_sources + 1, sizeof(*logs_were.v));
	for (const struct source *s = w->sources; s; s = s->next)
		logs_were.v[logs_were.n++] =
		    (struct before){ s->is.id, str_dup(str_of(s->path)) };
}

void changes_logs_after(const struct warden *w)
{
	const struct source *s = w->sources;

	for (; s && s->is.id >= logs_were.next_id; s = s->next)
		add("+ log", str_of(s->path));
	for (size_t i = 0; i < logs_were.n; i++) {
		if (s && s->is.id == logs_were.v[i].id)
			s = s->next;
		else
			add("- log", str_of(logs_were.v[i].path));
		free(logs_were.v[i].path);
	}
	free_ptr(&logs_were.v);
}

const char *changes_text(void)
{
	return c.text;
}
