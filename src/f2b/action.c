#include "f2b/jail.h"
#include "f2b/params.h"

#include <stdio.h>

static const char *const keep_action[] = { "matches", "ipmatches",
	"ipjailmatches", "timeout", "bantime", NULL };
static const char *const truths[] = { "actionstart_on_demand",
	"actionrepair_on_unban", "norestored", NULL };

static void text_hex(struct text *to, char c)
{
	char hex[16];
	int n = snprintf(hex, sizeof(hex), "\\u%04x", c);

	text_add(to, (struct str){ hex, (size_t)n });
}

static void json_text(const char *z, struct text *to)
{
	text_char(to, '"');
	for (; *z; z++) {
		if (*z == '"' || *z == '\\')
			text_char(to, '\\');
		if (*z == '\n')
			text_add(to, STR("\\n"));
		else if (*z == '\t')
			text_add(to, STR("\\t"));
		else if (*z > 0 && *z < 0x20)
			text_hex(to, *z);
		else
			text_char(to, *z);
	}
	text_char(to, '"');
}

/* Actions written in Python get their parameters as one JSON text. */
static int python_action(struct jail *j, const char *name,
    const struct opts *given)
{
	auto_text struct text t = TEXT(F2B_TEXT_MAX);
	const struct opt *act = opts_get(given, "actname");
	struct pool *p = &j->f->pool;
	struct f2b_val *c = jail_command(j, &j->actions, j->actions.n, "set");
	bool first = true;

	text_char(&t, '{');
	for (size_t i = 0; i < given->n; i++) {
		if (&given->v[i] == act)
			continue;
		if (!first)
			text_add(&t, STR(", "));
		first = false;
		json_text(given->v[i].key, &t);
		text_add(&t, STR(": "));
		json_text(given->v[i].val, &t);
	}
	text_char(&t, '}');
	val_add(p, c, val_text("addaction"));
	val_add(p, c,
	    val_text(act ? act->val
			 : pool_print(p, "%.*s", (int)strlen(name) - 3, name)));
	val_add(p, c,
	    val_text(pool_print(p, "%s/action.d/%s", j->f->folder, name)));
	val_add(p, c, val_text(pool_str(p, text_str(&t))));
	return 0;
}

static void pair(struct jail *j, struct f2b_val *many, const struct opt *o)
{
	struct pool *p = &j->f->pool;
	struct f2b_val *kid =
	    val_add(p, many, (struct f2b_val){ .kind = F2B_LIST });

	val_add(p, kid, val_text(o->key));
	if (key_in(truths, o->key))
		val_add(p, kid, val_word(truth_of(o->val) ? "True" : "False"));
	else
		val_add(p, kid, val_text(o->val));
}

static void action_write(struct jail *j, struct recipe *r,
    const struct opts *all)
{
	struct pool *p = &j->f->pool;
	const char *name = opts_get(&r->given, "actname")->val;
	struct f2b_val many = { .kind = F2B_LIST }, *c;

	c = jail_command(j, &j->actions, j->actions.n, "set");
	val_add(p, c, val_text("addaction"));
	val_add(p, c, val_text(name));
	for (size_t i = 0; i < all->n; i++)
		if (key_in(action_keys, all->v[i].key))
			pair(j, &many, &all->v[i]);
	for (size_t i = 0; i < r->given.n; i++)
		if (!key_in(action_keys, r->given.v[i].key) &&
		    strncmp(r->given.v[i].key, "known/", 6) != 0)
			pair(j, &many, &r->given.v[i]);
	c = jail_command(j, &j->actions, j->actions.n,
	    many.n > 1 ? "multi-set" : "set");
	val_add(p, c, val_text("action"));
	val_add(p, c, val_text(name));
	if (many.n > 1)
		val_add(p, c, many);
	else
		for (size_t i = 0; many.n && i < many.v[0].n; i++)
			val_add(p, c, many.v[0].v[i]);
}

/* Without an own name, the file and what the parameter `name` adds to the
 * jail's: two actions of one jail must not be called the same. */
static void action_name(struct jail *j, struct recipe *r, const char *file)
{
	struct pool *p = &j->f->pool;
	const struct opt *n = opts_get(&r->given, "name");
	size_t same = strlen(j->name);
	const char *act = file;

	if (!n)
		opts_put(p, &r->given,
		    (struct opt){ .key = "name", .val = j->name });
	else if (strncmp(n->val, j->name, same) == 0)
		act = pool_print(p, "%s%s", file, n->val + same);
	else
		act = pool_print(p, "%s-%s", file, n->val);
	if (!opts_get(&r->given, "actname"))
		opts_put(p, &r->given,
		    (struct opt){ .key = "actname", .val = act });
}

static void note_file(struct jail *j, const char *name)
{
	struct f2b_about *a = &j->about;

	if (a->n_actions == a->size) {
		const char **more =
		    pool_new(&j->f->pool, a->size * 2 + 4, sizeof(*more));

		if (a->n_actions)
			memcpy(more, a->actions, a->n_actions * sizeof(*more));
		a->actions = more;
		a->size = a->size * 2 + 4;
	}
	a->actions[a->n_actions++] = name;
}

int jail_action(struct jail *j, struct str one)
{
	struct recipe r = { .f = j->f };
	struct pool *p = &j->f->pool;
	const char *name, *why;
	struct opts all;
	int e;

	if (!params_read(p, one, &name, &r.given, &why))
		return f2b_fail(j->f, jail_where(j, "action"),
		    "action = " STR_F ": %s", STR_A(str_head(one, 200)), why);
	note_file(j, name);
	if (str_ends(str_of(name), STR(".py")))
		return python_action(j, name, &r.given);
	action_name(j, &r, name);
	if (!files_merge(j->f, pool_print(p, "action.d/%s", name), &r.ini))
		return f2b_fail(j->f, jail_where(j, "action"),
		    "there is no "
		    "action.d/%s.conf: mend the name or add the file",
		    name);
	e = recipe_read(&r, action_keys, &j->opts, false);
	if (!e)
		e = recipe_combine(&r, keep_action, &all);
	if (!e)
		action_write(j, &r, &all);
	return e;
}
