#include "reader/reader.h"

#include "base/blob.h"
#include "base/log.h"
#include "conf/pack.h"

#include <malloc.h>

static void fault(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
	log_warn("config-fault place=%s:%u:%u what=\"%s\"", file, line, column,
	    what);
}

/* Configuration faults are warden's to tell: it reads the same bytes. */
static void told_already(void *arg, const char *file, unsigned line,
    unsigned column, const char *what)
{
}

static int make_zones(struct reader *r)
{
	int e;

	r->zones = mem_new(r->conf->n_sources + 1, sizeof(*r->zones));
	r->n_zones = 1;
	e = line_parser_new(&r->zones[0].parser, NULL, r->now);
	for (size_t i = 0; i < r->conf->n_sources && e >= 0; i++) {
		struct zoned *z = &r->zones[r->n_zones];

		z->zone = r->conf->sources[i].zone;
		if (z->zone &&
		    line_parser_new(&z->parser, z->zone, r->now) == 0)
			r->n_zones++;
	}
	return e;
}

static int take_conf(struct reader *r, const struct packet *p)
{
	auto_blob struct blob b = { 0 };
	const struct wire_blob *w = p->p;
	int e = blob_map(p->fd, w->size, &b);

	if (e < 0)
		return e;
	if (r->conf) /* sent once: zones live in it */
		return -EBADMSG;
	conf_load(&r->conf, "liptako.yaml", blob_str(&b), told_already, NULL);
	free(r->trusted.nets);
	r->trusted.nets = mem_new(r->conf->n_trusted, sizeof(struct net));
	r->trusted.n = r->conf->n_trusted;
	for (size_t i = 0; i < r->trusted.n; i++)
		r->trusted.nets[i] = r->conf->trusted[i].net;
	return make_zones(r);
}

/* By name, since numbers are given by loading. */
static int take_active(struct reader *r, const struct packet *p)
{
	const struct wire_active *w = p->p;

	free_ptr(&r->active_names);
	if (!w->all)
		r->active_names = str_dup((struct str){
		    (const char *)p->p + sizeof(*w), p->n - sizeof(*w) });
	return 0;
}

static bool is_active(const struct reader *r, const char *service)
{
	struct str left = str_of(r->active_names ? r->active_names : ""), name;

	while (str_cut(&left, '\n', &name))
		if (str_eq(str_of(service), name))
			return true;
	return !r->active_names;
}

/* What nobody needs goes before the next file comes, which takes its place:
 * the heap stays small. */
static void load_file(struct reader *r, const char *name, struct str text)
{
	size_t from = r->rules->n_services;

	(void)rules_load(r->rules, name, text, told_already, NULL);
	r->active = mem_grow(r->active, r->rules->n_services + 1, sizeof(bool));
	for (size_t i = from; i < r->rules->n_services; i++)
		r->active[i] = is_active(r, r->rules->services[i].name);
	rules_slim(r->rules, r->active);
}

static int take_pack(struct reader *r, const struct packet *p)
{
	auto_blob struct blob b = { 0 };
	const struct wire_blob *w = p->p;
	struct str left, path, text;
	int e = blob_map(p->fd, w->size, &b);

	if (e < 0)
		return e;
	r->generation = w->generation;
	left = blob_str(&b);
	rules_free(&r->rules);
	rules_new(&r->rules);
	while (pack_next(&left, &path, &text)) {
		auto_free char *name = str_dup(path);

		load_file(r, name, text);
	}
	return left.n ? -EBADMSG : 0;
}

static int take_setup(struct reader *r, struct packet *p)
{
	const struct wire_setup *s = p->p;

	memcpy(&r->key, s->line_key, sizeof(r->key));
	if (s->has_fd && p->fd >= 0)
		log_to_socket(take_fd(&p->fd));
	return 0;
}

/* Before the first source its parser needs rules, after GO the jail. */
static int compile(struct reader *r)
{
	if (!r->conf || !r->rules)
		return -EBADMSG;
	(void)conf_apply(r->conf, "liptako.yaml", r->rules, told_already, NULL);
	r->twins = mem_new(r->rules->n_services, sizeof(*r->twins));
	jails_new(&r->jails, r->rules, r->active, r->now);
	(void)matcher_new_of(&r->matcher, r->rules, r->active, fault, NULL);
	(void)malloc_trim(0);
	return 0;
}

static int take_early(struct reader *r, struct packet *p, bool *go)
{
	if (!msg_fits(p->type, WARDEN, READER, p->n))
		return -EBADMSG;
	switch ((enum msg)p->type) {
	case MSG_SETUP:
		return take_setup(r, p);
	case MSG_CONF:
		return take_conf(r, p);
	case MSG_PACK:
		return take_pack(r, p);
	case MSG_ACTIVE:
		return take_active(r, p);
	case MSG_GO:
		*go = true;
		return 0;
	default: /* links, watches and sources: as at any later time */
		return r->conf && r->rules ? reader_hear(r, p) : -EBADMSG;
	}
}

int reader_start(struct reader *r)
{
	bool go = false;
	int e = 0;

	while (!go && e >= 0) {
		struct packet p = { .fd = -1 };

		e = link_wait(&r->up, false, 60000);
		if (e == 0)
			e = link_recv(&r->up, &p);
		if (e == LINK_GONE)
			return -ECONNRESET;
		if (e != LINK_OK)
			continue;
		e = take_early(r, &p, &go);
		close_fd(&p.fd);
	}
	return e < 0 ? e : compile(r);
}
