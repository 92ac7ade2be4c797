#include "f2b/core.h"

enum {
	TAG_REPEAT_MAX = 25, /* fail2ban's own limit */
};

struct tags {
	struct f2b *f;
	struct opts *set;
	const struct opts *keep;
	tag_other *other;
	void *arg;
	unsigned steps;
};

struct count {
	struct count *next;
	const char *tag;
	unsigned n;
};

/* The next <name> from `at` on; its place, or SIZE_MAX. */
static size_t tag_next(struct str s, size_t at, struct str *name)
{
	while (at < s.n) {
		const char *open = memchr(s.p + at, '<', s.n - at);
		size_t n;

		if (!open)
			return SIZE_MAX;
		at = (size_t)(open - s.p);
		for (n = at + 1; n < s.n && !memchr(" <>", s.p[n], 3);)
			n++;
		if (n < s.n && s.p[n] == '>' && n > at + 1) {
			*name = (struct str){ s.p + at + 1, n - at - 1 };
			return at;
		}
		at = n;
	}
	return SIZE_MAX;
}

static unsigned *count_of(struct tags *t, struct count **all, const char *tag)
{
	struct count *c = *all;

	while (c && strcmp(c->tag, tag) != 0)
		c = c->next;
	if (!c) {
		c = pool_new(&t->f->pool, 1, sizeof(*c));
		*c = (struct count){ *all, tag, 0 };
		*all = c;
	}
	return &c->n;
}

static int replace(struct tags *t, struct text *v, const char *tag,
    const char *with)
{
	auto_text struct text was = *v;
	struct str from = text_str(&was);
	struct str what = str_of(pool_print(&t->f->pool, "<%s>", tag));

	*v = TEXT(F2B_TEXT_MAX);
	for (;;) {
		size_t at = str_find(from, what);

		text_add(v, str_head(from, at));
		if (at == SIZE_MAX)
			return 0;
		text_add(v, str_of(with));
		from = str_from(from, at + what.n);
	}
}

static int tag_value(struct tags *t, const char *tag, const char **ret)
{
	const struct opt *o = opts_get(t->set, tag);

	*ret = o ? o->val : NULL;
	return *ret ? 0 : t->other(t->arg, tag, ret);
}

/* One value, from left to right; a replaced place is looked at again. */
static int one_value(struct tags *t, const struct opt *o, struct count **all,
    struct text *v)
{
	struct str name;
	size_t at = 0;

	while ((at = tag_next(text_str(v), at, &name)) != SIZE_MAX) {
		const char *tag = pool_str(&t->f->pool, name), *with = NULL;
		size_t past = at + name.n + 2;
		unsigned *n;
		int e;

		if (opts_get(t->keep, tag)) {
			at = past;
			continue;
		}
		n = count_of(t, all, tag);
		if (strcmp(tag, o->key) == 0 || *n > TAG_REPEAT_MAX)
			return f2b_fail(t->f, o,
			    "%s holds <%s>, which leads "
			    "back to itself: rename one of them",
			    o->key, tag);
		if (++t->steps > F2B_STEPS_MAX)
			return f2b_fail(t->f, o, "too many replacements");
		e = tag_value(t, tag, &with);
		if (e)
			return e;
		if (!with) {
			at = past;
			continue;
		}
		replace(t, v, tag, with);
		if (v->over)
			return f2b_fail(t->f, o,
			    "%s grows over 256 KiB when resolved", o->key);
		++*n;
	}
	return 0;
}

int tags_expand(struct f2b *f, struct opts *set, const struct opts *keep,
    tag_other *other, void *arg)
{
	struct tags t = { f, set, keep, other, arg, 0 };
	struct count **all = pool_new(&f->pool, set->n + 1, sizeof(*all));
	bool again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < set->n; i++) {
			auto_text struct text v = TEXT(F2B_TEXT_MAX);
			struct opt *o = &set->v[i];
			struct str name;
			int e;

			if (!o->val || opts_get(keep, o->key))
				continue;
			text_add(&v, str_of(o->val));
			e = one_value(&t, o, &all[i], &v);
			if (e)
				return e;
			if (str_eq(text_str(&v), str_of(o->val)))
				continue;
			o->val = pool_str(&f->pool, text_str(&v));
			again |= tag_next(text_str(&v), 0, &name) != SIZE_MAX;
		}
	}
	return 0;
}
