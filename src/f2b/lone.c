#include "f2b/plan.h"

#include "f2b/core.h"

/*
 * A filter by itself is read as the only jail of a folder whose jail.conf is
 * ours; everything else in the folder is the user's.
 */
struct lone {
	const struct f2b_door *door;
	struct str folder;
	const char *jail_conf;
};

static bool of_jails(const struct lone *l, const char *path)
{
	struct str p = str_of(path);

	return str_starts(p, l->folder) &&
	       str_starts(str_from(p, l->folder.n), STR("/jail."));
}

static int lone_read(void *arg, const char *path, size_t max, char **ret,
    size_t *n)
{
	struct lone *l = arg;

	if (!of_jails(l, path))
		return l->door->read(l->door->arg, path, max, ret, n);
	if (!str_ends(str_of(path), STR("/jail.conf")))
		return -ENOENT;
	*n = strlen(l->jail_conf);
	*ret = mem_dup(l->jail_conf, *n);
	return 0;
}

static void lone_glob(void *arg, const char *pattern,
    void (*found)(void *to, const char *path), void *to)
{
	struct lone *l = arg;

	if (!of_jails(l, pattern))
		l->door->glob(l->door->arg, pattern, found, to);
}

/* % is doubled, as a value has it. */
static void value_add(struct text *t, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%')
			text_char(t, '%');
		text_char(t, s.p[i] == '\n' ? ' ' : s.p[i]);
	}
}

int f2b_read_filter(struct f2b **ret, const struct f2b_door *door,
    const char *folder, const char *version, const char *filter,
    const char *logtype, f2b_tell *tell, void *arg)
{
	auto_text struct text conf = TEXT(F2B_TEXT_MAX);
	struct lone l = { door, str_of(folder) };
	struct f2b_door mine = { lone_read, lone_glob, &l };
	const struct f2b_val *stream;

	while (l.folder.n > 1 && l.folder.p[l.folder.n - 1] == '/')
		l.folder.n--;
	text_add(&conf, STR("["));
	text_add(&conf, STR(F2B_LONE "]\nenabled = true\nfilter = "));
	value_add(&conf, str_of(filter));
	if (logtype && !strstr(filter, "logtype=")) {
		text_add(&conf, STR("[logtype="));
		value_add(&conf, str_of(logtype));
		text_add(&conf, STR("]"));
	}
	text_add(&conf, STR("\n"));
	l.jail_conf = conf.p;
	f2b_read(ret, &mine, folder, version, tell, arg);
	(*ret)->door = door;
	stream = f2b_stream(*ret);
	for (size_t i = 0; i < stream->n; i++)
		if (strcmp(stream->v[i].v[0].text, "config-error") == 0)
			return F2B_E_CONF;
	return 0;
}
