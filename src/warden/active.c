#include "warden/warden.h"

#include "base/log.h"

#include <glob.h>
#include <stdio.h>

/*
 * A service is active if it has a source, or is installed and would be taken
 * from the journal. Of all others the reader has no rules: it asks for them
 * when an entry or a line is theirs. Then it leaves, and the next one, with
 * the larger set, goes on where judge says. The set never shrinks, so a
 * machine settles soon.
 */

static bool exists(const char *folder, const char *name)
{
	char pattern[512];
	glob_t g = { 0 };
	bool is;

	snprintf(pattern, sizeof(pattern), "%s/%s", folder, name);
	is = glob(pattern, GLOB_NOSORT, NULL, &g) == 0;
	globfree(&g);
	return is;
}

/* Its unit or its program is installed. */
bool service_is_installed(const struct service *s)
{
	static const char *const folders[] = { "/etc/systemd/system",
		"/lib/systemd/system", "/usr/lib/systemd/system",
		"/run/systemd/system", "/run/systemd/generator" };

	for (size_t i = 0; i < s->units.n; i++)
		for (size_t k = 0; k < countof(folders); k++)
			if (exists(folders[k], s->units.v[i]))
				return true;
	for (size_t i = 0; i < s->exes.n; i++)
		if (access(s->exes.v[i], F_OK) == 0)
			return true;
	return false;
}

static bool is_web(const struct service *s)
{
	for (size_t i = 0; i < s->ports.n; i++)
		if (strcmp(s->ports.v[i], "80/tcp") == 0 ||
		    strcmp(s->ports.v[i], "443/tcp") == 0)
			return true;
	return service_is_behind(s) && !service_is_generic(s);
}

/* What may run behind any web server comes with the first of them. */
static void add_behind(struct generation_of *g)
{
	const struct rules *r = g->rules;
	bool web = false;

	for (size_t i = 0; i < r->n_services; i++)
		web |= g->active[i] && is_web(&r->services[i]);
	for (size_t i = 0; i < r->n_services && web; i++)
		g->active[i] |= service_is_behind(&r->services[i]);
}

void active_find(struct warden *w, struct generation_of *g)
{
	const struct rules *r = g->rules;

	if (!g->active)
		g->active = mem_new(r->n_services, sizeof(bool));
	for (size_t i = 0; i < r->n_services; i++)
		g->active[i] |= service_is_generic(&r->services[i]) ||
				r->services[i].jail ||
				(g->plan->from_journal[i] &&
				    service_is_installed(&r->services[i]));
	for (const struct source *s = w->sources; s; s = s->next)
		if (!s->is_socket && s->follow.n == 0)
			continue; /* waited for */
		else if (s->is.service < 0)
			memset(g->active, true, r->n_services);
		else if ((size_t)s->is.service < r->n_services)
			g->active[s->is.service] = true;
	add_behind(g);
}

static void add_name(struct generation_of *g, struct str name)
{
	for (size_t i = 0; i < g->rules->n_services; i++)
		if (str_eq(str_of(g->rules->services[i].name), name))
			g->active[i] = true;
}

void active_carry(const struct generation_of *from, struct generation_of *to)
{
	to->active = mem_new(to->rules->n_services, sizeof(bool));
	for (size_t i = 0; i < from->rules->n_services; i++)
		if (from->active[i])
			add_name(to, str_of(from->rules->services[i].name));
	for (size_t i = 0; i < to->rules->n_services; i++)
		to->active[i] |= service_is_generic(&to->rules->services[i]) ||
				 to->rules->services[i].jail;
	add_behind(to);
}

void active_tell(struct child *c, const struct generation_of *g)
{
	struct wire_active m = { .of = (uint32_t)g->rules->n_services };
	char names[WIRE_TAIL] = "";
	size_t used = 0;
	bool fits = true;

	for (size_t i = 0; i < m.of; i++) {
		struct str name = str_of(g->rules->services[i].name);

		if (!g->active[i])
			continue;
		m.n++;
		if (used + name.n + 1 > sizeof(names)) {
			fits = false;
			continue;
		}
		memcpy(names + used, name.p, name.n);
		used += name.n;
		names[used++] = '\n';
	}
	m.all = m.n == m.of || !fits;
	tell(c, MSG_ACTIVE, &m, sizeof(m), (struct str){ names, used }, -1);
}

bool active_has(const struct warden *w, int32_t service)
{
	if (service >= 0)
		return (size_t)service < w->now.rules->n_services &&
		       w->now.active[service];
	for (size_t i = 0; i < w->now.rules->n_services; i++)
		if (!w->now.active[i])
			return false;
	return true;
}

/* The reader at work leaves; who comes next is told the set as it is then. */
static void change_reader(struct warden *w)
{
	struct child *c = child_of(w, READER);

	if (w->stopping || w->child[NEXT_READER].pid || !c->pid ||
	    c->is_leaving)
		return;
	active_tell(child_of(w, JUDGE), &w->now);
	child_leave(c);
}

void active_add(struct warden *w, struct str names)
{
	struct str name;

	while (str_cut(&names, '\n', &name)) {
		auto_free char *z = str_dup(name);

		log_note("service-found service=%s", z);
		add_name(&w->now, name);
	}
	add_behind(&w->now);
	change_reader(w);
}

static void on_more(evutil_socket_t fd, short what, void *arg)
{
	struct warden *w = arg;

	active_find(w, &w->now);
	change_reader(w);
}

void active_more(struct warden *w)
{
	const struct timeval at_once = { 0, 0 };

	if (!w->more)
		w->more = evtimer_new(w->base, on_more, w);
	if (w->more)
		(void)evtimer_add(w->more, &at_once);
}
