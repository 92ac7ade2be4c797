#include "f2b/core.h"

#include <stdarg.h>
#include <stdio.h>

PRINTF(3, 0)
static void fault_of(struct f2b *f, const struct opt *at, const char *fmt,
    va_list ap, struct f2b_fault *ret)
{
	char what[512];

	vsnprintf(what, sizeof(what), fmt, ap);
	*ret = (struct f2b_fault){ f->jail, at ? at->file : NULL,
		at ? at->line : 0, pool_str(&f->pool, str_of(what)) };
}

int f2b_fail(struct f2b *f, const struct opt *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fault_of(f, at, fmt, ap, &f->why);
	va_end(ap);
	return F2B_E_CONF;
}

void f2b_say(struct f2b *f, const struct opt *at, const char *fmt, ...)
{
	struct f2b_fault fault;
	va_list ap;

	va_start(ap, fmt);
	fault_of(f, at, fmt, ap, &fault);
	va_end(ap);
	f->tell(f->arg, &fault);
}

bool truth_of(const char *text)
{
	static const char *const yes[] = { "1", "on", "true", "yes" };

	for (size_t i = 0; text && i < countof(yes); i++)
		if (strcasecmp(text, yes[i]) == 0)
			return true;
	return false;
}

const char *number_of(struct f2b *f, const char *text)
{
	struct str s = str_trim(str_of(text));
	bool minus = s.n && s.p[0] == '-';
	size_t zeros = 0;

	if (s.n && (minus || s.p[0] == '+'))
		s = str_from(s, 1);
	if (s.n == 0 || strspn(s.p, "0123456789") < s.n)
		return NULL;
	while (zeros + 1 < s.n && s.p[zeros] == '0')
		zeros++;
	s = str_from(s, zeros);
	minus &= !str_eq(s, STR("0"));
	return pool_print(&f->pool, "%s" STR_F, minus ? "-" : "", STR_A(s));
}

/* The server's own options, in the order in which it wants them. */
static void general(struct f2b *f)
{
	static const struct {
		const char *key, *unset;
	} opts[] = {
		{ "syslogsocket", "auto" },
		{ "loglevel", "INFO" },
		{ "logtarget", "/var/log/fail2ban.log" },
		{ "allowipv6", "auto" },
		{ "dbfile", "/var/lib/fail2ban/fail2ban.sqlite3" },
		{ "dbmaxmatches", NULL },
		{ "dbpurgeage", "1d" },
	};
	struct ini ini;

	files_merge(f, "fail2ban", &ini);
	for (size_t i = 0; i < countof(opts); i++) {
		const char *got = NULL, *key = opts[i].key;
		struct f2b_val *c;
		int e = value_get(f, &ini, "Definition", key, NULL, &got);

		if (e == F2B_E_CONF)
			f->tell(f->arg, &f->why);
		if (e || !got)
			got = opts[i].unset;
		if (!got)
			continue;
		c = val_add(&f->pool, &f->stream,
		    (struct f2b_val){ .kind = F2B_LIST });
		val_add(&f->pool, c, val_text("set"));
		val_add(&f->pool, c, val_text(key));
		if (strcmp(key, "dbmaxmatches") != 0)
			val_add(&f->pool, c, val_text(got));
		else
			val_add(&f->pool, c,
			    val_word(number_of(f, got) ? number_of(f, got)
						       : "None"));
	}
}

static void start(struct f2b *f, const char *jail)
{
	struct f2b_val *c =
	    val_add(&f->pool, &f->stream, (struct f2b_val){ .kind = F2B_LIST });

	val_add(&f->pool, c, val_text("start"));
	val_add(&f->pool, c, val_text(jail));
}

static void jails(struct f2b *f, struct ini *ini)
{
	const char *on[F2B_JAILS_MAX];
	size_t n = 0;

	opts_put(&f->pool, &ini->defaults,
	    (struct opt){ .key = "fail2ban_version", .val = f->version });
	opts_put(&f->pool, &ini->defaults,
	    (struct opt){ .key = "fail2ban_confpath", .val = f->folder });
	for (size_t i = 0; i < ini->n && n < F2B_JAILS_MAX; i++) {
		const char *name = ini->v[i].name;
		bool started;

		if (strcmp(name, "INCLUDES") == 0 ||
		    strncmp(name, "KNOWN/", 6) == 0)
			continue;
		jail_read(f, ini, name, &started);
		if (started)
			on[n++] = name;
	}
	for (size_t i = 0; i < n; i++)
		start(f, on[i]);
}

int f2b_read(struct f2b **ret, const struct f2b_door *door, const char *folder,
    const char *version, f2b_tell *tell, void *arg)
{
	struct f2b *f = mem_new(1, sizeof(*f));
	struct str at = str_of(folder);
	struct ini ini;
	int e = 0;

	while (at.n > 1 && at.p[at.n - 1] == '/')
		at.n--;
	f->folder = pool_str(&f->pool, at);
	f->version = pool_str(&f->pool, str_of(version));
	f->door = door;
	f->tell = tell;
	f->arg = arg;
	f->stream.kind = F2B_LIST;
	general(f);
	if (files_merge(f, "jail", &ini))
		jails(f, &ini);
	else
		e = -ENOENT;
	*ret = f;
	return e;
}

const struct f2b_val *f2b_stream(const struct f2b *f)
{
	return &f->stream;
}

void f2b_free(struct f2b **f)
{
	if (*f)
		pool_drop(&(*f)->pool);
	free_ptr(f);
}
