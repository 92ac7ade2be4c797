#include "f2b/core.h"

#include <errno.h>

struct names {
	struct f2b *f;
	const char *v[F2B_FILES_MAX];
	size_t n;
};

static void on_fault(void *arg, const char *file, unsigned line,
    const char *what)
{
	struct f2b *f = arg;
	struct f2b_fault fault = { NULL, file, line, what };

	f->tell(f->arg, &fault);
}

/* Line of the first byte that is no UTF-8; 0: all is. */
static unsigned bad_utf8(struct str s)
{
	unsigned line = 1;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		size_t more = c < 0x80   ? 0
			      : c < 0xc2 ? 9
			      : c < 0xe0 ? 1
			      : c < 0xf0 ? 2
			      : c < 0xf5 ? 3
					 : 9;

		line += c == '\n';
		if (more > 3 || s.n - i <= more)
			return line;
		for (; more; more--)
			if (((unsigned char)s.p[++i] & 0xc0) != 0x80)
				return line;
	}
	return 0;
}

static void file_load(struct f2b *f, struct f2b_file *to)
{
	auto_free char *bytes = NULL;
	size_t n = 0;
	unsigned line;
	int e = f->door->read(f->door->arg, to->path, INI_FILE_MAX, &bytes, &n);
	struct str s = { bytes, n };

	if (e == -ENOENT || e == -EISDIR)
		return;
	if (e < 0) {
		on_fault(f, to->path, 0,
		    e == -EFBIG ? "longer than 1 MiB: left out; split it"
				: "cannot be read: check its owner and mode");
		return;
	}
	line = bad_utf8(s);
	if (line) {
		on_fault(f, to->path, line,
		    "not UTF-8: the file is left out; save it as UTF-8");
		return;
	}
	if (memchr(s.p, 0, s.n)) {
		on_fault(f, to->path, 0, "holds a NUL byte: left out");
		return;
	}
	to->there = true;
	ini_parse(&f->pool, to->path, s, on_fault, f, &to->ini);
}

static struct f2b_file *file_at(struct f2b *f, const char *path)
{
	struct f2b_file *file = f->files;

	while (file && strcmp(file->path, path) != 0)
		file = file->next;
	if (!file) {
		file = pool_new(&f->pool, 1, sizeof(*file));
		file->path = pool_str(&f->pool, str_of(path));
		file->next = f->files;
		f->files = file;
		file_load(f, file);
	}
	return file;
}

static bool names_has(const struct names *l, const char *path)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i], path) == 0)
			return true;
	return false;
}

static void names_add(struct names *l, const char *path)
{
	if (l->n < F2B_FILES_MAX)
		l->v[l->n++] = pool_str(&l->f->pool, str_of(path));
	else if (l->n == F2B_FILES_MAX)
		on_fault(l->f, path, 0,
		    "more than 256 files for one name: left out");
}

static void on_found(void *to, const char *path)
{
	names_add(to, path);
}

/* x.conf gives x.local; a name without an ending only gains one. */
static const char *local_of(struct f2b *f, const char *path)
{
	const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
	size_t n = strlen(path);

	if (dot && dot > (slash ? slash + 1 : path))
		n = (size_t)(dot - path);
	return pool_print(&f->pool, "%.*s.local", (int)n, path);
}

static void with_includes(struct names *to, const char **chain, size_t deep,
    const char *path);

static void includes(struct names *to, const char **chain, size_t deep,
    struct f2b_file *file, const char *key)
{
	struct f2b *f = to->f;
	const char *slash = strrchr(file->path, '/'), *list, *path, *local;
	struct str all, one;

	if (!ini_section(&file->ini, "INCLUDES") ||
	    value_get(f, &file->ini, "INCLUDES", key, NULL, &list) != 0)
		return;
	for (all = str_of(list); all.n;) {
		bool seen = false;

		if (!str_cut(&all, '\n', &one)) {
			one = all;
			all.n = 0;
		}
		if (one.n == 0)
			continue;
		path = one.p[0] == '/' || !slash
			   ? pool_str(&f->pool, one)
			   : pool_print(&f->pool, "%.*s/" STR_F,
				 (int)(slash - file->path), file->path,
				 STR_A(one));
		for (size_t i = 0; i < deep; i++)
			seen |= strcmp(chain[i], path) == 0;
		if (seen)
			continue;
		with_includes(to, chain, deep, path);
		local = local_of(f, path);
		if (strcmp(local, path) != 0)
			with_includes(to, chain, deep, local);
	}
}

static void with_includes(struct names *to, const char **chain, size_t deep,
    const char *path)
{
	struct f2b_file *file = file_at(to->f, path);

	if (!file->there || to->n == F2B_FILES_MAX)
		return;
	if (deep == F2B_CHAIN_MAX) {
		on_fault(to->f, path, 0, "includes go too deep: left out");
		return;
	}
	chain[deep] = file->path;
	includes(to, chain, deep + 1, file, "before");
	names_add(to, path);
	includes(to, chain, deep + 1, file, "after");
}

/* [Init?family=inet6] is [Init] with ?family=inet6 behind every key. */
static const char *condition(struct f2b *f, const char **name)
{
	const char *q = strchr(*name, '?'), *was = *name;

	if (!q || q == was || !q[1])
		return NULL;
	for (const char *c = was; c < q; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
			    "XYZ0123456789_",
			*c))
			return NULL;
	*name = pool_str(&f->pool, (struct str){ was, (size_t)(q - was) });
	return q;
}

static void merge_section(struct f2b *f, struct ini *to,
    const struct section *s)
{
	const char *name = s->name, *cond = condition(f, &name);
	struct section *had = ini_section(to, name), *known = NULL;
	struct opts was = had ? had->opts : (struct opts){ 0 };

	if (had)
		known = ini_make(&f->pool, to,
		    pool_print(&f->pool, "KNOWN/%s", name));
	else
		(void)ini_make(&f->pool, to, name);
	had = ini_section(to, name);
	for (size_t i = 0; had && i < s->opts.n; i++) {
		struct opt o = s->opts.v[i];
		const struct opt *old;

		if (cond)
			o.key = pool_print(&f->pool, "%s%s", o.key, cond);
		old = opts_get(&was, o.key);
		if (known && old)
			opts_put(&f->pool, &known->opts, *old);
		opts_put(&f->pool, &had->opts, o);
	}
}

bool files_merge(struct f2b *f, const char *name, struct ini *ret)
{
	auto_free struct names *top = mem_new(1, sizeof(*top));
	auto_free struct names *all = mem_new(1, sizeof(*all));
	const char *chain[F2B_CHAIN_MAX];
	const char *base = pool_print(&f->pool, "%s/%s", f->folder, name);

	top->f = all->f = f;
	names_add(top, pool_print(&f->pool, "%s.conf", base));
	f->door->glob(f->door->arg, pool_print(&f->pool, "%s.d/*.conf", base),
	    on_found, top);
	names_add(top, pool_print(&f->pool, "%s.local", base));
	f->door->glob(f->door->arg, pool_print(&f->pool, "%s.d/*.local", base),
	    on_found, top);
	for (size_t i = 0; i < top->n; i++) {
		const char *local = local_of(f, top->v[i]);

		with_includes(all, chain, 0, top->v[i]);
		if (!names_has(top, local))
			with_includes(all, chain, 0, local);
	}
	*ret = (struct ini){ 0 };
	for (size_t i = 0; i < all->n; i++) {
		struct ini *one = &file_at(f, all->v[i])->ini;

		opts_update(&f->pool, &ret->defaults, &one->defaults);
		for (size_t k = 0; k < one->n; k++)
			merge_section(f, ret, &one->v[k]);
	}
	return all->n > 0;
}
