#include "f2b/jails.h"

#include "f2b/core.h"
#include "f2b/params.h"

#include <math.h>
#include <stdlib.h>

static void word_add(struct f2b *f, struct f2b_words *w, const char *z)
{
	if (w->n == w->size) {
		const char **more =
		    pool_new(&f->pool, w->size * 2 + 8, sizeof(*more));

		if (w->n)
			memcpy(more, w->v, w->n * sizeof(*more));
		w->v = more;
		w->size = w->size * 2 + 8;
	}
	w->v[w->n++] = z;
}

bool f2b_is_firewall(const char *file)
{
	static const char *const begins[] = { "iptables", "nftables", "ufw",
		"firewallcmd", "shorewall", "route", "hostsdeny", "ipfw",
		"ipfilter", "pf", "bsd-ipfw", "osx-", "npf", "netscaler" };

	if (strstr(file, "ipset"))
		return true;
	for (size_t i = 0; i < countof(begins); i++) {
		size_t n = strlen(begins[i]);

		if (strncmp(file, begins[i], n) == 0 &&
		    (strcmp(begins[i], "pf") != 0 || file[n] == 0))
			return true;
	}
	return false;
}

static struct f2b_jail *jail_of(struct f2b_jail *v, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].name, name) == 0)
			return &v[i];
	return NULL;
}

static void bad(struct f2b *f, const struct f2b_jail *j, const char *key,
    const char *got, const char *cure)
{
	const struct opt at = { .file = j->file, .line = j->line };

	f->jail = j->name;
	f2b_say(f, &at, "%s = %s: %s", key, got, cure);
}

static void seconds(struct f2b *f, const struct f2b_jail *j, const char *key,
    const char *got, int64_t *to)
{
	if (!f2b_seconds(str_of(got), to))
		bad(f, j, key, got,
		    "is no time: write seconds, or 10m, 1h, 1d12h, -1");
}

static void number(struct f2b *f, const struct f2b_jail *j, const char *key,
    const char *got, int64_t *to)
{
	char *end;
	long long v = strtoll(got, &end, 10);

	if (*got && !*end)
		*to = v;
	else
		bad(f, j, key, got, "is no number: the default stands");
}

/* "2.0 / 2.885385": numbers, multiplied and divided. */
static double factor_of(const char *z)
{
	double v = 1;
	char op = '*';

	for (;;) {
		char *end;
		double x = strtod(z, &end);

		if (end == z || (op == '/' && x == 0))
			return NAN;
		v = op == '*' ? v * x : v / x;
		z = end + strspn(end, " \t");
		if (!*z)
			return v;
		if (*z != '*' && *z != '/')
			return NAN;
		op = *z++;
	}
}

static void split(struct f2b *f, struct f2b_words *to, const char *z)
{
	for (size_t n; *z; z += n) {
		z += strspn(z, " \t\n,");
		n = strcspn(z, " \t\n,");
		if (n)
			word_add(f, to,
			    pool_str(&f->pool, (struct str){ z, n }));
	}
}

/* key="<ip>", max-count=100, max-time=5m */
static void cache(struct f2b *f, struct f2b_jail *j, const char *got)
{
	const char *name, *why, *all = pool_print(&f->pool, "cache[%s]", got);
	struct opts given = { 0 };
	const struct opt *key, *count, *life;

	if (!params_read(&f->pool, str_of(all), &name, &given, &why)) {
		bad(f, j, "ignorecache", got, why);
		return;
	}
	key = opts_get(&given, "key");
	count = opts_get(&given, "max-count");
	life = opts_get(&given, "max-time");
	if (!key)
		bad(f, j, "ignorecache", got,
		    "has no key, so nothing is kept: write key=\"<ip>\"");
	else
		j->cache_key = key->val;
	if (count)
		number(f, j, "ignorecache", count->val, &j->cache_count);
	if (life)
		seconds(f, j, "ignorecache", life->val, &j->cache_time);
}

static void simple(struct f2b *f, struct f2b_jail *j, const char *key,
    const char *got)
{
	const struct {
		const char *key, **to;
	} texts[] = {
		{ "usedns", &j->usedns },
		{ "prefregex", &j->prefregex },
		{ "datepattern", &j->datepattern },
		{ "logencoding", &j->encoding },
		{ "logtimezone", &j->zone },
		{ "ignorecommand", &j->ignorecommand },
		{ "bantime.formula", &j->formula },
	};
	const struct {
		const char *key;
		int64_t *to;
	} times[] = {
		{ "findtime", &j->findtime },
		{ "bantime", &j->bantime },
		{ "bantime.maxtime", &j->maxtime },
		{ "bantime.rndtime", &j->rndtime },
	};
	int64_t lines = j->maxlines;

	for (size_t i = 0; i < countof(texts); i++)
		if (strcmp(key, texts[i].key) == 0 && *got)
			*texts[i].to = got;
	for (size_t i = 0; i < countof(times); i++)
		if (strcmp(key, times[i].key) == 0 && *got)
			seconds(f, j, key, got, times[i].to);
	if (strcmp(key, "maxretry") == 0)
		number(f, j, key, got, &j->maxretry);
	if (strcmp(key, "maxmatches") == 0)
		number(f, j, key, got, &j->maxmatches);
	if (strcmp(key, "maxlines") == 0) {
		number(f, j, key, got, &lines);
		j->maxlines = (uint32_t)CLAMP(lines, 1, 1000);
	}
	if (strcmp(key, "bantime.increment") == 0)
		j->increment = strcmp(got, "True") == 0;
	if (strcmp(key, "ignoreself") == 0)
		j->ignoreself = strcmp(got, "True") == 0;
	if (strcmp(key, "bantime.factor") == 0)
		j->factor = factor_of(got);
	if (strcmp(key, "ignorecache") == 0 && *got)
		cache(f, j, got);
	if (strcmp(key, "bantime.multipliers") == 0)
		split(f, &j->multipliers, got);
}

static void all_of(struct f2b *f, struct f2b_words *to, const struct f2b_val *v)
{
	if (v->kind != F2B_LIST)
		word_add(f, to, v->text);
	for (size_t i = 0; v->kind == F2B_LIST && i < v->n; i++)
		word_add(f, to, v->v[i].text);
}

static void journal(struct f2b *f, struct f2b_jail *j, const struct f2b_val *c)
{
	auto_text struct text t = TEXT(F2B_TEXT_MAX);

	for (size_t i = 3; i < c->n; i++) {
		if (i > 3)
			text_char(&t, ' ');
		text_add(&t, str_of(c->v[i].text));
	}
	word_add(f, &j->journal, pool_str(&f->pool, text_str(&t)));
}

static void action_new(struct f2b *f, struct f2b_jail *j,
    const struct f2b_val *c, const struct f2b_about *about)
{
	struct f2b_action *a;

	if (j->n_actions == about->n_actions)
		return;
	if (!j->actions)
		j->actions =
		    pool_new(&f->pool, about->n_actions, sizeof(*j->actions));
	a = &j->actions[j->n_actions];
	a->file = about->actions[j->n_actions++];
	a->name = c->v[3].text;
	a->ban = a->unban = a->block = "";
	a->does = str_ends(str_of(a->file), STR(".py")) ? F2B_PYTHON
		  : f2b_is_firewall(a->file)            ? F2B_FIREWALL
							: F2B_COMMAND;
}

static void action_set(struct f2b_action *a, const char *key, const char *value)
{
	if (strcmp(key, "actionban") == 0)
		a->ban = value;
	if (strcmp(key, "actionunban") == 0)
		a->unban = value;
	if (strcmp(key, "blocktype") == 0)
		a->block = value;
}

static void action_fill(struct f2b_jail *j, const struct f2b_val *c)
{
	struct f2b_action *a;

	if (j->n_actions == 0 || c->n < 5)
		return;
	a = &j->actions[j->n_actions - 1];
	if (c->v[4].kind != F2B_LIST) {
		if (c->n > 5)
			action_set(a, c->v[4].text, c->v[5].text);
		return;
	}
	a->given = &c->v[4];
	for (size_t i = 0; i < c->v[4].n; i++)
		if (c->v[4].v[i].n == 2)
			action_set(a, c->v[4].v[i].v[0].text,
			    c->v[4].v[i].v[1].text);
}

static void command(struct f2b *f, struct f2b_jail *j, const struct f2b_val *c,
    const struct f2b_about *about)
{
	const char *key = c->v[2].text;

	if (strcmp(key, "addfailregex") == 0)
		all_of(f, &j->failregex, &c->v[3]);
	else if (strcmp(key, "addignoreregex") == 0)
		all_of(f, &j->ignoreregex, &c->v[3]);
	else if (strcmp(key, "addjournalmatch") == 0)
		journal(f, j, c);
	else if (strcmp(key, "addaction") == 0)
		action_new(f, j, c, about);
	else if (strcmp(key, "action") == 0)
		action_fill(j, c);
	else if (strcmp(key, "addignoreip") == 0)
		for (size_t i = 3; i < c->n; i++)
			word_add(f, &j->ignoreip, c->v[i].text);
	else if (c->v[3].kind == F2B_TEXT || c->v[3].kind == F2B_WORD)
		simple(f, j, key, c->v[3].text);
}

static void logs(struct f2b *f, struct f2b_jail *j, struct str all)
{
	struct str one;

	for (bool more = true; more;) {
		const char *space;

		more = str_cut(&all, '\n', &one);
		if (!more)
			one = all;
		one = str_trim(one);
		space = one.n ? memrchr(one.p, ' ', one.n) : NULL;
		if (space)
			one.n = (size_t)(space - one.p);
		if (one.n)
			word_add(f, &j->logs, pool_str(&f->pool, one));
	}
}

struct f2b_jail *f2b_jails(struct f2b *f, size_t *n)
{
	struct f2b_jail *v = pool_new(&f->pool, f->n_abouts + 1, sizeof(*v));

	*n = f->n_abouts;
	for (size_t i = 0; i < *n; i++) {
		const struct f2b_about *a = &f->abouts[i];

		v[i] = (struct f2b_jail){ .name = a->name,
			.filter = a->filter ? a->filter : "",
			.file = a->file,
			.line = a->line,
			.port = a->port,
			.protocol = a->protocol,
			.maxlines = 1,
			.ignoreself = true,
			.maxretry = 5,
			.maxmatches = 5,
			.findtime = 600,
			.bantime = 600,
			.cache_count = 100,
			.cache_time = 300,
			.factor = 1 };
		logs(f, &v[i], str_of(a->logpath));
	}
	for (size_t i = 0; i < f->stream.n; i++) {
		const struct f2b_val *c = &f->stream.v[i];
		struct f2b_jail *j;

		if (c->n < 3 || strcmp(c->v[0].text, "start") == 0)
			continue;
		j = jail_of(v, *n, c->v[1].text);
		if (j && strcmp(c->v[0].text, "add") == 0)
			j->backend = c->v[2].text;
		else if (j && c->n > 3)
			command(f, j, c, &f->abouts[j - v]);
	}
	return v;
}

const char *f2b_option(const struct f2b *f, const char *name)
{
	for (size_t i = 0; i < f->stream.n; i++) {
		const struct f2b_val *c = &f->stream.v[i];

		if (c->n == 3 && strcmp(c->v[0].text, "set") == 0 &&
		    strcmp(c->v[1].text, name) == 0)
			return c->v[2].text;
	}
	return NULL;
}
