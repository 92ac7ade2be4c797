#include "warden/plan.h"

#include <fnmatch.h>
#include <stdio.h>

static struct want *add(struct plan *p, enum want_kind kind,
    const char *pattern)
{
	struct want *w;

	p->wants = mem_grow(p->wants, p->n + 1, sizeof(*p->wants));
	w = &p->wants[p->n++];
	*w = (struct want){ .kind = kind, .service = -1 };
	w->pattern = str_dup(str_of(pattern));
	return w;
}

bool plan_is_shared(const char *path)
{
	static const char *const names[] = { "auth.log", "authlog", "secure",
		"messages", "syslog", "mail.log", "maillog", "mail.info",
		"mail.warn", "mail.err", "daemon.log", "user.log", "kern.log",
		"cron.log", "debug", "all.log" };
	const char *name = strrchr(path, '/');

	if (!name || strncmp(path, "/var/log/", 9) != 0 || name != path + 8)
		return false;
	for (size_t i = 0; i < countof(names); i++)
		if (strcmp(name + 1, names[i]) == 0)
			return true;
	return false;
}

static bool all_of(struct str s, const char *set)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr(set, s.p[i]) || !s.p[i])
			return false;
	return s.n > 0;
}

bool plan_is_rotated(const char *path)
{
	static const char *const ends[] = { ".gz", ".xz", ".bz2", ".zst", ".Z",
		".old", ".bak", ".tmp", ".swp", ".save", ".orig", "~",
		".dpkg-old", ".dpkg-new", ".rpmsave", ".rpmnew", ".offset" };
	struct str s = str_of(path);
	size_t at;

	for (size_t i = 0; i < countof(ends); i++)
		if (str_ends(s, str_of(ends[i])))
			return true;
	for (at = s.n; at > 0 && s.p[at - 1] != '.' && s.p[at - 1] != '-' &&
		       s.p[at - 1] != '/';)
		at--;
	if (at == 0 || s.p[at - 1] == '/')
		return false;
	/* access.log.1, access.log-20261122 and the like */
	return all_of(str_from(s, at), "0123456789") &&
	       (s.n - at <= 3 || s.n - at == 8 || s.n - at == 10 ||
		   s.n - at == 14);
}

static int32_t service_named(const struct rules *r, const char *name)
{
	for (size_t i = 0; i < r->n_services; i++)
		if (strcmp(r->services[i].name, name) == 0)
			return (int32_t)i;
	return -1;
}

static bool is_off(const struct conf *c, const char *service)
{
	bool off = false;

	for (size_t i = 0; i < c->n_services; i++)
		if (strcmp(c->services[i].name, service) == 0)
			off = !c->services[i].on;
	return off;
}

/* Docker's json-file and podman's k8s-file, one folder a container. */
static struct want *add_containers(struct plan *p, const char *folder,
    const char *below)
{
	char pattern[4200];
	struct want *w;

	snprintf(pattern, sizeof(pattern), "%s/*/%s", folder, below);
	w = add(p, WANT_FILE, pattern);
	w->container = true;
	return w;
}

static void set_named(const struct plan *p, struct want *w,
    const struct conf_source *s, int32_t service)
{
	w->named = true;
	w->service = service;
	w->form = (uint8_t)s->format;
	w->proxied = (uint8_t)s->client;
	w->line = s->line;
	w->shares = service >= 0 && p->from_journal[service] && !w->container
			? SHARES_LINES
			: SHARES_NOTHING;
	if (s->zone)
		snprintf(w->zone, sizeof(w->zone), "%s", s->zone);
}

#define DOCKER_LOG "*-json.log"
#define PODMAN_LOG "userdata/ctr.log"

static void add_named(struct plan *p, const struct conf_source *s,
    int32_t service)
{
	struct want *w;

	if (s->file) {
		w = add(p, WANT_FILE, s->file);
	} else if (s->containers) {
		w = add_containers(p, s->containers, PODMAN_LOG);
		set_named(p, w, s, service);
		w = add_containers(p, s->containers, DOCKER_LOG);
	} else if (s->syslog) {
		w = add(p, WANT_SYSLOG, s->syslog);
	} else if (s->stdin_) {
		w = add(p, WANT_STDIN, "-");
	} else {
		return; /* the journal */
	}
	set_named(p, w, s, service);
}

/* A shared file that is named outright is read, so the services that log to
 * it are not taken from the journal, too. */
static void prefer_file(struct plan *p, const struct rules *r, const char *file)
{
	for (size_t i = 0; i < r->n_services && plan_is_shared(file); i++)
		for (size_t k = 0; k < r->services[i].files.n; k++)
			if (strcmp(r->services[i].files.v[k], file) == 0)
				p->from_journal[i] = false;
}

static void plan_named(struct plan *p, const struct conf *c, const char *file,
    const struct rules *r, conf_fault_fn *fault, void *arg)
{
	for (size_t i = 0; i < c->n_sources; i++) {
		const struct conf_source *s = &c->sources[i];
		int32_t service =
		    s->service ? service_named(r, s->service) : -1;

		if (s->service && service < 0) {
			conf_no_service(r, file, s->line, s->service, fault,
			    arg);
			continue;
		}
		if (s->file && service < 0)
			prefer_file(p, r, s->file);
		add_named(p, s, service);
	}
}

static bool is_named(const struct plan *p, const char *pattern)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->wants[i].kind == WANT_FILE && p->wants[i].named &&
		    strcmp(p->wants[i].pattern, pattern) == 0)
			return true;
	return false;
}

static void plan_service(struct plan *p, const struct service *s, int32_t i)
{
	for (size_t k = 0; k < s->files.n; k++) {
		const char *f = s->files.v[k];
		struct want *w;

		if (f[0] != '/' || (!s->jail && is_named(p, f)))
			continue;
		if (p->from_journal[i] && plan_is_shared(f))
			continue;
		w = add(p, WANT_FILE, f);
		w->service = plan_is_shared(f) && !s->jail ? -1 : i;
		w->shares = w->service < 0       ? SHARES_PROGRAMS
			    : p->from_journal[i] ? SHARES_LINES
						 : SHARES_NOTHING;
		w->jail = s->jail != NULL;
		p->n_jails += w->jail;
	}
}

static void plan_containers(struct plan *p)
{
	add_containers(p, "/var/lib/docker/containers", DOCKER_LOG);
	add_containers(p, "/var/lib/containers/storage/overlay-containers",
	    PODMAN_LOG);
}

void plan_new(struct plan **ret, const struct conf *c, const char *file,
    const struct rules *r, bool journal_live, conf_fault_fn *fault, void *arg)
{
	struct plan *p = mem_new(1, sizeof(*p));
	bool live = journal_live && c->find;

	for (size_t i = 0; i < c->n_sources; i++)
		live |= c->sources[i].journal;
	p->n_services = r->n_services;
	p->from_journal = mem_new(r->n_services, sizeof(bool));
	p->off = mem_new(r->n_services, sizeof(bool));
	for (size_t i = 0; i < r->n_services; i++) {
		const struct service *s = &r->services[i];

		p->off[i] = is_off(c, s->name);
		p->from_journal[i] = (live || (journal_live && s->jail)) &&
				     !p->off[i] && (s->units.n || s->exes.n);
	}
	plan_named(p, c, file, r, fault, arg);
	for (size_t i = 0; i < r->n_services; i++)
		if (!p->off[i] && (c->find || r->services[i].jail))
			plan_service(p, &r->services[i], (int32_t)i);
	if (c->find)
		plan_containers(p);
	for (size_t i = 0; i < r->n_services; i++)
		p->journal |= p->from_journal[i];
	*ret = p;
}

void plan_free(struct plan **pp)
{
	struct plan *p = *pp;

	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++)
		free(p->wants[i].pattern);
	free(p->wants);
	free(p->from_journal);
	free(p->off);
	free_ptr(pp);
}

static bool fits(const struct want *w, const char *path)
{
	return w->kind == WANT_FILE &&
	       fnmatch(w->pattern, path, FNM_PATHNAME | FNM_PERIOD) == 0;
}

const struct want *plan_want(const struct plan *p, const char *path,
    int32_t *service)
{
	const struct want *found = NULL, *jail = NULL;

	for (size_t i = 0; i < p->n; i++) {
		const struct want *w = &p->wants[i];

		if (!fits(w, path))
			continue;
		if (w->jail) {
			jail = jail ? jail : w;
		} else if (!found) {
			found = w;
			*service = w->service;
			if (w->named)
				return w;
		} else if (w->service != *service) {
			*service = -1;
		}
	}
	if (!found && jail)
		*service = jail->service;
	return found ? found : jail;
}

size_t plan_jails(const struct plan *p, const char *path, int32_t *to,
    size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n && p->n_jails && n < max; i++) {
		const struct want *w = &p->wants[i];
		bool again = n && to[n - 1] == w->service;

		if (w->jail && !again && fits(w, path))
			to[n++] = w->service;
	}
	return n;
}

int32_t plan_container(const struct rules *r, struct str name)
{
	int32_t found = -1;
	size_t longest = 0;

	/* "mariadb-backup" names mariadb; the longest word is the best */
	for (size_t i = 0; i < r->n_services; i++)
		for (size_t k = 0; k < r->services[i].containers.n; k++) {
			struct str c = str_of(r->services[i].containers.v[k]);

			if (c.n > longest && str_find(name, c) != SIZE_MAX) {
				longest = c.n;
				found = (int32_t)i;
			}
		}
	return found;
}
