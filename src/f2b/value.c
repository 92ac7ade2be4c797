#include "f2b/core.h"

enum {
	VALUE_DEPTH_MAX = 10, /* fail2ban's own limit */
};

struct look {
	struct f2b *f;
	const struct ini *ini;
	const char *section;
	const struct opts *own; /* of the section */
	const struct opts *vars;
	const struct opt *at;
	struct text out;
	unsigned steps;
};

static size_t section_part(const char *key)
{
	size_t n = 0;

	while (
	    key[n] && key[n] != '/' &&
	    (key[n] == '_' || key[n] == '-' || (unsigned char)key[n] >= 0x80 ||
		(key[n] >= '0' && key[n] <= '9') ||
		((key[n] | 32) >= 'a' && (key[n] | 32) <= 'z')))
		n++;
	return key[n] == '/' && n > 0 && key[n + 1] ? n : 0;
}

/* sec/opt as %( )s has it: that section, else the defaults. */
static const struct opt *of_section(struct look *l, const char *key, size_t n)
{
	struct pool *p = &l->f->pool;
	struct str name = { key, n };
	const struct section *s;
	const struct opt *o = NULL;
	bool known = str_eq_nocase(name, STR("known"));

	if (!str_eq_nocase(name, STR("default"))) {
		s = ini_section(l->ini,
		    known ? pool_print(p, "KNOWN/%s", l->section)
			  : pool_str(p, name));
		if (!s && !known)
			return NULL;
		o = s ? opts_get(&s->opts, key + n + 1) : NULL;
	}
	return o ? o : opts_get(&l->ini->defaults, key + n + 1);
}

static const struct opt *look_up(struct look *l, const char *key)
{
	const struct opt *o = opts_any(l->vars, key);
	size_t n = section_part(key);

	if (!o)
		o = opts_any(l->own, key);
	if (!o)
		o = opts_any(&l->ini->defaults, key);
	if (!o && n)
		o = of_section(l, key, n);
	return o && o->val ? o : NULL;
}

static int expand(struct look *l, const char *rest, unsigned depth);

static int one_name(struct look *l, const char **rest, unsigned depth)
{
	const char *from = *rest + 2, *end = strchr(from, ')');
	const struct opt *o;
	const char *key;

	if (!end || end == from || end[1] != 's')
		return f2b_fail(l->f, l->at,
		    "%%( is not closed by )s: write "
		    "%%(name)s, or %%%% for a percent sign");
	key = pool_str(&l->f->pool, (struct str){ from, end - from });
	*rest = end + 2;
	if (++l->steps > F2B_STEPS_MAX)
		return f2b_fail(l->f, l->at, "too many replacements");
	if (strcasecmp(key, "__name__") == 0) {
		text_add(&l->out, str_of(l->section));
		return 0;
	}
	o = look_up(l, key);
	if (!o)
		return f2b_fail(l->f, l->at,
		    "%%(%s)s is defined nowhere: set "
		    "%s in this section or in [DEFAULT]",
		    key, key);
	return expand(l, o->val, depth + 1);
}

static int expand(struct look *l, const char *rest, unsigned depth)
{
	if (!strchr(rest, '%')) {
		text_add(&l->out, str_of(rest));
		return 0;
	}
	if (depth > VALUE_DEPTH_MAX)
		return f2b_fail(l->f, l->at,
		    "%%( )s within %%( )s more than "
		    "10 deep: a value names itself");
	while (*rest) {
		size_t n = strcspn(rest, "%");
		int e = 0;

		text_add(&l->out, (struct str){ rest, n });
		rest += n;
		if (!*rest)
			break;
		if (rest[1] == '%') {
			text_char(&l->out, '%');
			rest += 2;
		} else if (rest[1] == '(') {
			e = one_name(l, &rest, depth);
		} else {
			e = f2b_fail(l->f, l->at,
			    "a single %% in the value: "
			    "write %%%% for a percent sign");
		}
		if (e)
			return e;
	}
	return 0;
}

int value_get(struct f2b *f, const struct ini *ini, const char *section,
    const char *key, const struct opts *vars, const char **ret)
{
	const struct section *s = ini_section(ini, section);
	struct look l = { f, ini, section, s ? &s->opts : NULL, vars,
		.out = TEXT(F2B_TEXT_MAX) };
	int e;

	if (!s && strcmp(section, "DEFAULT") != 0)
		return F2B_E_NONE;
	l.at = opts_any(vars, key);
	if (!l.at)
		l.at = opts_any(l.own, key);
	if (!l.at)
		l.at = opts_any(&ini->defaults, key);
	if (!l.at)
		return F2B_E_NONE;
	*ret = NULL;
	if (!l.at->val)
		return 0;
	e = expand(&l, l.at->val, 1);
	if (!e && l.out.over)
		e = f2b_fail(f, l.at, "grows over 256 KiB when resolved");
	if (!e)
		*ret = pool_str(&f->pool, text_str(&l.out));
	text_drop(&l.out);
	return e;
}

int value_find(struct f2b *f, const struct ini *ini, const char *section,
    const char *key, const struct opts *vars, const char **ret)
{
	size_t n = section_part(key);
	struct str name = { key, n };
	int e = F2B_E_NONE;

	if (n && !strpbrk(key + n + 1, " \t\n\v\f\r>")) {
		const char *opt = key + n + 1;

		if (str_eq_nocase(name, STR("known"))) {
			e = value_get(f, ini,
			    pool_print(&f->pool, "KNOWN/%s", section), opt,
			    NULL, ret);
			if (e == F2B_E_NONE)
				e = value_get(f, ini, section, opt, NULL, ret);
		} else if (str_eq_nocase(name, STR("default"))) {
			e = value_get(f, ini, "DEFAULT", opt, NULL, ret);
		} else {
			e = value_get(f, ini, pool_str(&f->pool, name), opt,
			    NULL, ret);
		}
	}
	if (e == F2B_E_NONE)
		e = value_get(f, ini, section, key, vars, ret);
	return e;
}
