#include "f2b/core.h"

const char *const filter_keys[] = { "usedns", "prefregex", "ignoreregex",
	"failregex", "maxlines", "datepattern", "journalmatch", NULL };

const char *const action_keys[] = { "actionstart", "actionstart_on_demand",
	"actionstop", "actionflush", "actionreload", "actioncheck",
	"actionrepair", "actionrepair_on_unban", "actionban", "actionprolong",
	"actionreban", "actionunban", "norestored", NULL };

bool key_in(const char *const *keys, const char *key)
{
	while (*keys && strcmp(*keys, key) != 0)
		keys++;
	return *keys;
}

static int own_put(struct recipe *r, const char *key, const struct opts *vars)
{
	struct section *s = ini_section(&r->ini, "Definition");
	const struct opt *at = s ? opts_get(&s->opts, key) : NULL;
	struct opt o = { .key = key };
	int e = value_get(r->f, &r->ini, "Definition", key, vars, &o.val);

	if (e == F2B_E_NONE)
		return 0;
	if (e)
		return e;
	if (at) {
		o.file = at->file;
		o.line = at->line;
	}
	opts_put(&r->f->pool, &r->own, o);
	return 0;
}

/* What [Init] holds and no parameter gave; each also as known/KEY. */
static int init_read(struct recipe *r)
{
	struct section *s = ini_section(&r->ini, "Init");
	struct pool *p = &r->f->pool;

	for (size_t i = 0; s && i < s->opts.n; i++) {
		struct opt o = s->opts.v[i];
		int e = value_get(r->f, &r->ini, "Init", o.key, NULL, &o.val);

		if (e)
			return e;
		if (!opts_get(&r->given, o.key))
			opts_put(p, &r->given, o);
		o.key = pool_print(p, "known/%s", o.key);
		if (strncmp(s->opts.v[i].key, "known/", 6) != 0)
			opts_put(p, &r->given, o);
	}
	return 0;
}

int recipe_read(struct recipe *r, const char *const *keys,
    const struct opts *jail, bool all)
{
	struct section *s = ini_section(&r->ini, "Definition");
	int e = 0;

	r->from = r->own = (struct opts){ 0 };
	opts_update(&r->f->pool, &r->from, jail);
	opts_update(&r->f->pool, &r->from, &r->given);
	for (; *keys && !e; keys++)
		if (!opts_get(&r->from, *keys))
			e = own_put(r, *keys, &r->from);
	if (!e)
		e = init_read(r);
	for (size_t i = 0; all && s && !e && i < s->opts.n; i++)
		if (!opts_get(&r->own, s->opts.v[i].key))
			e = own_put(r, s->opts.v[i].key, NULL);
	return e;
}

/* A tag's name in [Definition], with what jail and parameters give. The
 * first answer stands for both passes over a filter, as in fail2ban. */
static int other(void *arg, const char *name, const char **ret)
{
	struct recipe *r = arg;
	const struct opt *had = opts_get(&r->memo, name);
	struct opt o = { .key = name };
	int e;

	if (had) {
		*ret = had->val;
		return 0;
	}
	e = value_find(r->f, &r->ini, "Definition", name, &r->from, &o.val);
	if (e == F2B_E_CONF)
		return e;
	opts_put(&r->f->pool, &r->memo, o);
	*ret = o.val;
	return 0;
}

/* Bytes of "name" in "name?family=inet6"; 0: it is none. A name with a dash
 * or a stroke in it is none either. */
static size_t family_name(const char *key)
{
	size_t n = 0;

	while (key[n] == '_' || (key[n] >= '0' && key[n] <= '9') ||
	       ((key[n] | 32) >= 'a' && (key[n] | 32) <= 'z') ||
	       (unsigned char)key[n] >= 0x80)
		n++;
	return key[n] == '?' && key[n + 1] ? n : 0;
}

/* iptables?family=inet6 says that <iptables> waits for the address. */
static void keep_families(struct recipe *r, const struct opts *set,
    struct opts *keep)
{
	for (size_t i = 0; i < set->n; i++) {
		const char *key = set->v[i].key;
		size_t n = family_name(key);

		if (n)
			opts_put(&r->f->pool, keep,
			    (struct opt){ .key = pool_str(&r->f->pool,
					      (struct str){ key, n }) });
	}
}

int recipe_combine(struct recipe *r, const char *const *keep, struct opts *ret)
{
	struct opts stay = { 0 };

	*ret = (struct opts){ 0 };
	opts_update(&r->f->pool, ret, &r->own);
	opts_update(&r->f->pool, ret, &r->given);
	for (; keep && *keep; keep++)
		opts_put(&r->f->pool, &stay, (struct opt){ .key = *keep });
	keep_families(r, ret, &stay);
	return tags_expand(r->f, ret, &stay, other, r);
}
