#include "warden/warden.h"

#include "base/blob.h"
#include "base/log.h"
#include "conf/pack.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <malloc.h>
#include <stdio.h>

enum {
	CONF_MAX = 4 << 20
};

#define OWN_RULES "/etc/liptako/rules"

struct loading {
	struct warden *w;
	struct generation_of *g;
};

static void fault(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
	struct loading *l = arg;
	size_t at = strlen(l->w->faults);

	l->g->faults++;
	log_warn("config-fault place=%s:%u:%u what=\"%s\"", file, line, column,
	    what);
	snprintf(l->w->faults + at, sizeof(l->w->faults) - at, "%s:%u:%u: %s\n",
	    file, line, column, what);
}

/* The whole file, or what a pipe or device gives, at most max bytes; the
 * caller frees it. */
static int slurp(const char *path, size_t max, char **ret, size_t *ret_n)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	auto_free char *buf = NULL;
	size_t n = 0, room = 0;
	ssize_t got;

	if (fd < 0)
		return -errno;
	do {
		if (n == room) {
			room = MIN(room ? room * 2 : 16384, max + 1);
			buf = mem_grow(buf, room, 1);
		}
		got = read(fd, buf + n, room - n);
		if (got < 0)
			return -errno;
		n += (size_t)got;
		if (n > max)
			return -EFBIG;
	} while (got > 0);
	*ret = take(buf);
	*ret_n = n;
	return 0;
}

static int load_conf(struct loading *l)
{
	const char *path = l->w->opt.config;
	auto_free char *text = NULL;
	struct generation_of *g = l->g;
	size_t n = 0;
	int e = slurp(path, CONF_MAX, &text, &n);

	if (e < 0 && e != -ENOENT)
		fault(l, path, 1, 1, strerror(-e));
	(void)conf_load(&g->conf, path, (struct str){ text, n }, fault, l);
	g->conf_size = (uint32_t)n;
	return blob_make("liptako.yaml", (struct str){ text, n }, &g->conf_fd);
}

struct pack {
	char *p;
	size_t n;
};

static void pack_add(struct pack *to, const char *path, struct str text)
{
	char head[PACK_HEAD];
	size_t h = pack_head(path, text.n, head);

	if (h == 0 || to->n + h + text.n > PACK_MAX)
		return;
	to->p = mem_grow(to->p, to->n + h + text.n, 1);
	memcpy(to->p + to->n, head, h);
	if (text.n)
		memcpy(to->p + to->n + h, text.p, text.n);
	to->n += h + text.n;
}

static int is_rules(const struct dirent *d)
{
	struct str name = str_of(d->d_name);

	return name.n > 5 && name.p[0] != '.' && str_ends(name, STR(".yaml"));
}

static void load_file(struct loading *l, const char *folder, const char *name,
    struct pack *to)
{
	auto_free char *text = NULL;
	char path[WIRE_PATH];
	size_t n = 0;
	int e;

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >=
	    (int)sizeof(path))
		return;
	e = slurp(path, PACK_MAX, &text, &n);
	if (e < 0) {
		fault(l, path, 1, 1, strerror(-e));
		return;
	}
	(void)rules_load(l->g->rules, path, (struct str){ text, n }, fault, l);
	rules_slim(l->g->rules, NULL); /* at once: the next takes its place */
	pack_add(to, path, (struct str){ text, n });
}

/* In the order of their names, so that numbers are the same every time. */
static void load_folder(struct loading *l, const char *folder, bool must,
    struct pack *to)
{
	struct dirent **d = NULL;
	int n = scandir(folder, &d, is_rules, alphasort);

	if (n < 0 && must)
		fault(l, folder, 1, 1, "no rules here: say where with --rules");
	for (int i = 0; i < n; i++) {
		load_file(l, folder, d[i]->d_name, to);
		free(d[i]);
	}
	free(d);
}

/* What `liptako import fail2ban` wrote, beside the configuration. */
static void load_jails(struct loading *l, struct pack *to)
{
	const char *conf = l->w->opt.config, *slash = strrchr(conf, '/');
	char folder[WIRE_PATH];

	if (snprintf(folder, sizeof(folder), "%.*s/fail2ban",
		slash ? (int)(slash - conf) : 1,
		slash ? conf : ".") < (int)sizeof(folder))
		load_folder(l, folder, false, to);
}

static int load_rules(struct loading *l)
{
	struct pack to = { 0 };
	int e;

	rules_new(&l->g->rules);
	load_folder(l, l->w->opt.rules, true, &to);
	load_folder(l, OWN_RULES, false, &to);
	load_jails(l, &to);
	e = blob_make("rules", (struct str){ to.p, to.n }, &l->g->pack_fd);
	l->g->pack_size = (uint32_t)to.n;
	free(to.p);
	return e;
}

/* The group of the default is made by who installs us. */
static void check_group(struct loading *l)
{
	const char *name = l->g->conf->group;
	char what[160];

	if (getgrnam(name) || strcmp(name, "liptako") == 0)
		return;
	snprintf(what, sizeof(what),
	    "group: no group is called \"%s\": groupadd --system %s", name,
	    name);
	fault(l, l->w->opt.config, 1, 1, what);
}

int load_generation(struct warden *w, struct generation_of *ret)
{
	struct generation_of g = { .number = ++w->next_generation,
		.conf_fd = -1,
		.pack_fd = -1 };
	struct loading l = { w, &g };
	int e;

	w->faults[0] = 0;
	e = load_rules(&l);
	g.rule_faults = g.faults;
	if (e == 0)
		e = load_conf(&l);
	if (e < 0) {
		drop_generation(&g);
		return e;
	}
	(void)conf_apply(g.conf, w->opt.config, g.rules, fault, &l);
	(void)conf_check_zones(g.conf, w->opt.config, fault, &l);
	check_group(&l);
	plan_new(&g.plan, g.conf, w->opt.config, g.rules, w->journal_is_live,
	    fault, &l);
	(void)malloc_trim(0);
	*ret = g;
	return 0;
}

void drop_generation(struct generation_of *g)
{
	plan_free(&g->plan);
	free_ptr(&g->active);
	conf_free(&g->conf);
	if (g->rules)
		rules_free(&g->rules);
	if (g->conf_fd >= 0)
		close(g->conf_fd);
	if (g->pack_fd >= 0)
		close(g->pack_fd);
	*g = (struct generation_of){ .conf_fd = -1, .pack_fd = -1 };
}
