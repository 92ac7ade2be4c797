#include "f2b/jail.h"
#include "f2b/params.h"

enum type {
	TEXT_,
	NUMBER,
	TRUTH,
};

/* The options of a jail in the order of fail2ban's stream; `sent` as a plain
 * "set". The seven of filters come last and have their own commands. */
static const struct key {
	const char *name;
	enum type type;
	bool sent;
	const char *unset; /* the value when nothing sets it */
} keys[] = {
	/* clang-format off */
	{ "enabled",             TRUTH,  false, "False" },
	{ "backend",             TEXT_,  false, "auto" },
	{ "maxretry",            NUMBER, true,  NULL },
	{ "maxmatches",          NUMBER, true,  NULL },
	{ "findtime",            TEXT_,  true,  NULL },
	{ "bantime",             TEXT_,  true,  NULL },
	{ "bantime.increment",   TRUTH,  true,  NULL },
	{ "bantime.factor",      TEXT_,  true,  NULL },
	{ "bantime.formula",     TEXT_,  true,  NULL },
	{ "bantime.multipliers", TEXT_,  true,  NULL },
	{ "bantime.maxtime",     TEXT_,  true,  NULL },
	{ "bantime.rndtime",     TEXT_,  true,  NULL },
	{ "bantime.overalljails",TRUTH,  true,  NULL },
	{ "ignorecommand",       TEXT_,  true,  NULL },
	{ "ignoreself",          TRUTH,  true,  NULL },
	{ "ignoreip",            TEXT_,  false, NULL },
	{ "ignorecache",         TEXT_,  true,  NULL },
	{ "filter",              TEXT_,  false, "" },
	{ "logtimezone",         TEXT_,  true,  NULL },
	{ "logencoding",         TEXT_,  true,  NULL },
	{ "logpath",             TEXT_,  false, NULL },
	{ "action",              TEXT_,  false, "" },
	{ "usedns",              TEXT_,  false, NULL },
	{ "prefregex",           TEXT_,  false, NULL },
	{ "ignoreregex",         TEXT_,  false, NULL },
	{ "failregex",           TEXT_,  false, NULL },
	{ "maxlines",            NUMBER, false, NULL },
	{ "datepattern",         TEXT_,  false, NULL },
	{ "journalmatch",        TEXT_,  false, NULL },
	/* clang-format on */
};

const struct opt *jail_where(struct jail *j, const char *key)
{
	struct section *s = ini_section(j->ini, j->name);
	const struct opt *o = s ? opts_get(&s->opts, key) : NULL;

	return o ? o : opts_get(&j->ini->defaults, key);
}

const char *jail_value(struct jail *j, const char *key)
{
	const struct opt *o = opts_get(&j->opts, key);

	return o && o->val ? o->val : "";
}

struct f2b_val *jail_command(struct jail *j, struct f2b_val *list, size_t at,
    const char *verb)
{
	struct pool *p = &j->f->pool;
	struct f2b_val *c =
	    val_insert(p, list, at, (struct f2b_val){ .kind = F2B_LIST });

	val_add(p, c, val_text(verb));
	val_add(p, c, val_text(j->name));
	return c;
}

static int convert(struct jail *j, const struct key *k, const char *got)
{
	struct opt o = { .key = k->name, .val = got };

	if (k->type == TRUTH)
		o.val = truth_of(got) ? "True" : "False";
	if (k->type == NUMBER)
		o.val = number_of(j->f, got);
	if (!o.val)
		f2b_say(j->f, jail_where(j, k->name),
		    "%s is no whole number: "
		    "write digits alone",
		    k->name);
	opts_put(&j->f->pool, &j->opts, o);
	return 0;
}

/* first: only what tells whether the jail is on and which filter it has. */
static int options(struct jail *j, bool first)
{
	static const char *const few[] = { "enabled", "backend", "filter",
		NULL };

	j->opts = (struct opts){ 0 };
	for (size_t i = 0; i < countof(keys); i++) {
		const char *got = NULL;
		int e;

		if (first && !key_in(few, keys[i].name))
			continue;
		e = value_get(j->f, j->ini, j->name, keys[i].name, NULL, &got);
		if (e == F2B_E_CONF)
			return e;
		if (e == F2B_E_NONE && !keys[i].unset)
			continue;
		convert(j, &keys[i], got ? got : keys[i].unset);
	}
	return 0;
}

/* Syslog and the journal put different things before a message. */
static void logtype(struct jail *j)
{
	const struct opt *o = opts_get(&j->filter.given, "logtype");
	struct section *s = ini_section(&j->filter.ini, "Definition");
	bool journal = strncmp(jail_value(j, "backend"), "systemd", 7) == 0;

	if ((o && o->val[0]) || (s && opts_get(&s->opts, "logtype")))
		return;
	opts_put(&j->f->pool, &j->filter.given,
	    (struct opt){ .key = "logtype",
		.val = journal ? "journal" : "file" });
}

static int filter_read(struct jail *j)
{
	struct pool *p = &j->f->pool;
	struct opts all;
	const char *name, *why;
	struct section *s;
	int e;

	if (!jail_value(j, "filter")[0]) {
		f2b_say(j->f, jail_where(j, "enabled"),
		    "no filter: set filter =");
		return 0;
	}
	if (!params_read(p, str_of(jail_value(j, "filter")), &name,
		&j->filter.given, &why))
		return f2b_fail(j->f, jail_where(j, "filter"),
		    "filter = %s: %s", jail_value(j, "filter"), why);
	j->filter.f = j->f;
	j->about.filter = name;
	if (!files_merge(j->f, pool_print(p, "filter.d/%s", name),
		&j->filter.ini))
		return f2b_fail(j->f, jail_where(j, "filter"),
		    "there is no "
		    "filter.d/%s.conf: mend the name or add the file",
		    name);
	logtype(j);
	e = recipe_read(&j->filter, filter_keys, &j->opts, true);
	if (!e)
		e = recipe_combine(&j->filter, NULL, &all);
	if (e)
		return e;
	s = ini_section(j->ini, j->name);
	for (size_t i = 0; i < all.n; i++) {
		struct opt o = all.v[i];

		if (strncmp(o.key, "known/", 6) == 0)
			continue;
		o.key = pool_print(p, "known/%s", o.key);
		opts_put(p, &s->opts, o);
	}
	j->filtered = true;
	return 0;
}

static void placed(struct f2b_val *command, const struct opt *at)
{
	command->file = at->file;
	command->line = at->line;
}

static void regexes(struct jail *j, const struct opt *from)
{
	const char *key = from->key;
	struct str all = str_of(from->val);
	struct pool *p = &j->f->pool;
	struct f2b_val many = { .kind = F2B_LIST }, *c;
	struct str one;

	for (bool more = true; more;) {
		more = str_cut(&all, '\n', &one);
		if (!more)
			one = all;
		if (one.n)
			val_add(p, &many, val_text(pool_str(p, one)));
	}
	if (many.n == 0)
		return;
	c = jail_command(j, &j->out, j->out.n,
	    many.n > 1 ? "multi-set" : "set");
	placed(c, from);
	val_add(p, c, val_text(pool_print(p, "add%s", key)));
	val_add(p, c, many.n > 1 ? many : many.v[0]);
}

static int journal(struct jail *j, struct str all)
{
	struct pool *p = &j->f->pool;
	struct str one;

	for (bool more = true; more;) {
		struct f2b_val *c;
		const char *w;
		int got;

		more = str_cut(&all, '\n', &one);
		if (!more)
			one = all;
		if (one.n == 0)
			continue;
		c = jail_command(j, &j->out, j->out.n, "set");
		val_add(p, c, val_text("addjournalmatch"));
		while ((got = words_next(p, &one, &w)) > 0)
			val_add(p, c, val_text(w));
		if (got < 0)
			return f2b_fail(j->f, jail_where(j, "journalmatch"),
			    "journalmatch: a quote is not closed");
	}
	return 0;
}

/* usedns first, then what the expressions depend on, then the expressions. */
static int filter_write(struct jail *j, const struct opts *set)
{
	struct pool *p = &j->f->pool;
	size_t early = 0;
	int e = 0;

	for (size_t i = 0; i < set->n && !e; i++) {
		const char *key = set->v[i].key, *v = set->v[i].val;
		bool lines = strcmp(key, "maxlines") == 0;
		struct f2b_val *c;

		if (lines && v)
			v = number_of(j->f, v);
		if (!v || !key_in(filter_keys, key))
			continue;
		if (strcmp(key, "failregex") == 0 ||
		    strcmp(key, "ignoreregex") == 0) {
			regexes(j, &set->v[i]);
		} else if (strcmp(key, "journalmatch") == 0) {
			e = journal(j, str_of(v));
		} else {
			size_t at = early;

			if (strcmp(key, "usedns") == 0)
				at = 0;
			if (strcmp(key, "datepattern") == 0)
				at = j->out.n;
			else
				early++;
			c = jail_command(j, &j->out, at, "set");
			placed(c, &set->v[i]);
			val_add(p, c, val_text(key));
			val_add(p, c, lines ? val_word(v) : val_text(v));
		}
	}
	return e;
}

static void on_path(void *to, const char *path)
{
	struct jail *j = ((void **)to)[0];
	const char *tail = ((void **)to)[1];
	struct pool *p = &j->f->pool;
	struct f2b_val *c = jail_command(j, &j->paths, j->paths.n, "set");

	val_add(p, c, val_text("addlogpath"));
	val_add(p, c, val_text(pool_str(p, str_of(path))));
	val_add(p, c, val_text(tail));
}

static void logpaths(struct jail *j, struct str all)
{
	struct pool *p = &j->f->pool;
	struct str one;

	if (strncmp(jail_value(j, "backend"), "systemd", 7) == 0)
		return;
	for (bool more = true; more;) {
		void *to[2] = { j, (void *)(uintptr_t) "head" };
		const char *space;

		more = str_cut(&all, '\n', &one);
		if (!more)
			one = all;
		space = one.n ? memrchr(one.p, ' ', one.n) : NULL;
		if (space) {
			to[1] = pool_str(p, str_from(one, space - one.p + 1));
			one.n = (size_t)(space - one.p);
		}
		j->f->door->glob(j->f->door->arg, pool_str(p, one), on_path,
		    to);
	}
}

static void ignored(struct jail *j, const char *list)
{
	struct pool *p = &j->f->pool;
	struct f2b_val *c = jail_command(j, &j->out, j->out.n, "set");

	val_add(p, c, val_text("addignoreip"));
	for (size_t n; *list; list += n) {
		list += strspn(list, " ,\n\t");
		n = strcspn(list, " ,\n\t");
		if (n)
			val_add(p, c,
			    val_text(pool_str(p, (struct str){ list, n })));
	}
}

static void jail_write(struct jail *j)
{
	for (size_t i = 0; i < countof(keys); i++) {
		const struct opt *o = opts_get(&j->opts, keys[i].name);
		struct f2b_val *c;

		if (!o)
			continue;
		if (strcmp(o->key, "ignoreip") == 0)
			ignored(j, jail_value(j, o->key));
		if (strcmp(o->key, "logpath") == 0)
			logpaths(j, str_of(jail_value(j, o->key)));
		if (!keys[i].sent)
			continue;
		c = jail_command(j, &j->out, j->out.n, "set");
		val_add(&j->f->pool, c, val_text(o->key));
		val_add(&j->f->pool, c,
		    o->val && keys[i].type == TEXT_
			? val_text(o->val)
			: val_word(o->val ? o->val : "None"));
	}
}

static int all_of_it(struct jail *j)
{
	struct str list, one;
	struct opts set;
	int e = filter_read(j);

	if (!e)
		e = options(j, false);
	if (!e && j->filtered)
		e = recipe_read(&j->filter, filter_keys, &j->opts, false);
	list = str_of(jail_value(j, "action"));
	while (!e && params_next(&list, &one))
		e = jail_action(j, one);
	if (!e && j->filtered)
		e = recipe_combine(&j->filter, NULL, &set);
	if (!e && j->filtered)
		e = filter_write(j, &set);
	if (!e)
		e = filter_write(j, &j->opts);
	if (!e)
		jail_write(j);
	return e;
}

/* An option that no command carries; NULL: not set. */
static const char *extra(struct jail *j, const char *key)
{
	const char *got = NULL;

	return value_get(j->f, j->ini, j->name, key, NULL, &got) == 0 ? got
								      : NULL;
}

static void about(struct jail *j)
{
	const struct opt *on = jail_where(j, "enabled");
	struct f2b *f = j->f;

	j->about.name = j->name;
	j->about.logpath = jail_value(j, "logpath");
	j->about.port = extra(j, "port");
	j->about.protocol = extra(j, "protocol");
	j->about.file = on ? on->file : NULL;
	j->about.line = on ? on->line : 0;
	if (f->n_abouts == f->size) {
		struct f2b_about *more =
		    pool_new(&f->pool, f->size * 2 + 16, sizeof(*more));

		if (f->n_abouts)
			memcpy(more, f->abouts, f->n_abouts * sizeof(*more));
		f->abouts = more;
		f->size = f->size * 2 + 16;
	}
	f->abouts[f->n_abouts++] = j->about;
}

static void append(struct jail *j, const struct f2b_val *list)
{
	for (size_t i = 0; i < list->n; i++)
		val_add(&j->f->pool, &j->f->stream, list->v[i]);
}

static void refused(struct jail *j)
{
	struct pool *p = &j->f->pool;
	struct f2b_val *c =
	    val_add(p, &j->f->stream, (struct f2b_val){ .kind = F2B_LIST });

	j->f->why.jail = j->name;
	j->f->tell(j->f->arg, &j->f->why);
	val_add(p, c, val_text("config-error"));
	val_add(p, c,
	    val_text(pool_print(p, "Jail '%s' left out: %s", j->name,
		j->f->why.what)));
}

void jail_read(struct f2b *f, struct ini *ini, const char *name, bool *on)
{
	struct jail j = { f, ini, name };
	struct f2b_val *c;
	int e;

	*on = false;
	f->jail = name;
	e = options(&j, true);
	if (!e && strcmp(jail_value(&j, "enabled"), "True") != 0)
		return;
	if (!e)
		e = all_of_it(&j);
	if (e) {
		refused(&j);
		return;
	}
	c = jail_command(&j, &f->stream, f->stream.n, "add");
	val_add(&f->pool, c, val_text(jail_value(&j, "backend")));
	append(&j, &j.out);
	append(&j, &j.paths);
	append(&j, &j.actions);
	about(&j);
	*on = true;
}
