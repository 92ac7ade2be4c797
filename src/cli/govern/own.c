#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>

#include "cli/govern/govern.h"

static void path_of(const struct gov *g, const char *name, char *to)
{
	(void)snprintf(to, GOV_PATH, "%s/%s", g->state, name);
}

int own_keep(const struct gov *g, const char *name, struct str s)
{
	char path[GOV_PATH];

	path_of(g, name, path);
	return write_whole(g->command, path, s, 0600);
}

static int folder(const struct gov *g, const char *name, unsigned mode)
{
	char path[GOV_PATH];

	path_of(g, name, path);
	if (mkdir(path, mode) == 0 || errno == EEXIST)
		return CLI_OK;
	if (errno == EACCES || errno == EPERM)
		return cli_fault(g->command,
		    "%s: %s; be root, for keys are root's alone", path,
		    strerror(errno));
	return cli_fault(g->command,
	    "%s: %s; start liptakod once, or name its folder by --state", path,
	    strerror(errno));
}

int own_folders(const struct gov *g)
{
	int e = folder(g, "keys", 0700);

	return e ? e : folder(g, "post", 0755);
}

int own_is_first(const struct gov *g, const struct own *o)
{
	if (!o->fleet)
		return CLI_OK;
	return cli_fault(g->command,
	    "this host is one of the fleet of %s; do it on the host that "
	    "speaks for it (liptako roll names it)",
	    o->party.name);
}

bool own_is_there(const struct gov *g)
{
	char path[GOV_PATH];

	path_of(g, "keys/party", path);
	return access(path, R_OK) == 0;
}

static int read_party(const struct gov *g, struct own *o)
{
	char path[GOV_PATH];
	auto_free char *text = NULL, *at = NULL;
	struct text_fault f;
	size_t n;

	path_of(g, "keys/party", path);
	if (read_whole(g->command, path, &text, &n))
		return CLI_FAULT;
	if (!charter_party_parse((struct str){ text, n }, &o->party, &f))
		return cli_fault(g->command, "%s:%u: %s", path, f.line, f.say);
	path_of(g, "keys/seal-at", path);
	if (read_whole(g->command, path, &at, &n))
		return CLI_FAULT;
	snprintf(o->seal, sizeof(o->seal), "%s", at);
	return CLI_OK;
}

static int bad_key(const struct gov *g, const char *path, int error)
{
	return cli_fault(g->command, "%s: %s; %s", path, strerror(-error),
	    error == -EACCES ? "be root, for keys are root's alone"
			     : "`liptako party init` makes it");
}

static int open_keys(const struct gov *g, bool make, struct own *o)
{
	char path[GOV_PATH];
	uint8_t seed[32], secret[64];
	int e;

	path_of(g, "keys/envoy.key", path);
	e = key_seed(path, make, seed);
	if (e)
		return bad_key(g, path, e);
	(void)crypto_sign_seed_keypair(o->envoy, secret, seed);
	sodium_memzero(seed, sizeof(seed));
	sodium_memzero(secret, sizeof(secret));
	path_of(g, "keys/login.seed", path);
	e = key_seed(path, make, o->login_seed);
	if (e)
		return bad_key(g, path, e);
	if (o->fleet)
		return CLI_OK; /* the post is at the first host */
	path_of(g, "post", path);
	e = key_post(path, o->party.name, make, &o->post.cert);
	return e ? bad_key(g, path, e) : CLI_OK;
}

bool own_is_revoked(const struct own *o, const struct held *h)
{
	struct alliance_envoy e;

	for (size_t i = 0; i < h->n; i++)
		if (alliance_envoy(h->a[i], o->party.id, o->envoy, gov_now(),
			&e) == ENVOY_REVOKED)
			return true;
	return false;
}

int own_new_key(const struct gov *g, struct own *o)
{
	char path[GOV_PATH], aside[GOV_PATH];

	path_of(g, "keys/envoy.key", path);
	path_of(g, "keys/envoy.key.revoked", aside);
	(void)umask(077);
	if (rename(path, aside) < 0)
		return cli_fault(g->command, "%s: %s", aside, strerror(errno));
	return open_keys(g, true, o);
}

int own_open(struct gov *g, bool make, struct own *ret)
{
	struct own o = { 0 };
	char host[80] = "host";
	int e = CLI_OK;

	(void)umask(077);
	if (sodium_init() < 0)
		return cli_fault(g->command, "no randomness");
	(void)gethostname(host, sizeof(host) - 1);
	own_tame(g->host ? g->host : host, o.host);
	if (make)
		e = own_folders(g);
	if (e)
		return e;
	if (!own_is_there(g) && !make)
		return cli_fault(g->command,
		    "this host has no party yet (or you are not root); "
		    "`liptako party init` makes one");
	e = own_is_there(g) ? read_party(g, &o) : own_make(g, &o);
	if (!e)
		e = own_post(g, &o, make);
	if (!e)
		e = open_keys(g, make, &o);
	if (!e)
		*ret = o;
	return e;
}

static void add_login(struct party_record *r, const struct own *o,
    const uint8_t *alliance, const uint8_t *post)
{
	uint8_t seed[32];
	struct text_login l;

	if (r->n_logins == RECORD_LOGINS ||
	    !memcmp(post, o->post.cert.sha256, 32))
		return;
	memcpy(l.post, post, 32);
	login_derive(o->login_seed, alliance, post, seed, l.key);
	sodium_memzero(seed, sizeof(seed));
	for (size_t i = 0; i < r->n_logins; i++)
		if (!memcmp(&r->logins[i], &l, sizeof(l)))
			return;
	r->logins = mem_grow(r->logins, r->n_logins + 1, sizeof(*r->logins));
	r->logins[r->n_logins++] = l;
}

static void add_logins(struct party_record *r, const struct own *o,
    const struct alliance *a)
{
	for (size_t i = 0; i < alliance_parties(a); i++) {
		const struct alliance_party *p = alliance_party(a, (uint16_t)i);

		if (!p->present || !p->record ||
		    !memcmp(p->id, o->party.id, 32))
			continue;
		for (size_t k = 0; k < p->record->n_posts; k++)
			add_login(r, o, alliance_id(a),
			    p->record->posts[k].cert.sha256);
	}
}

/* The fleet's logins, but those of envoys that were revoked. */
static void keep_hosts(struct party_record *r, const struct party_record *was,
    const struct own *o, const struct alliance *a)
{
	struct alliance_envoy e;

	r->n_hosts = 0;
	for (size_t i = 0; i < was->n_hosts; i++)
		if (alliance_envoy(a, o->party.id, was->hosts[i].envoy,
			gov_now(), &e) != ENVOY_REVOKED)
			(void)record_host_add(r, &was->hosts[i]);
}

static void start_record(const struct own *o, const struct held *h,
    struct party_record *r)
{
	memcpy(r->name, o->party.name, sizeof(r->name));
	memcpy(r->party, o->party.id, 32);
	memcpy(r->contact, o->party.contact, sizeof(r->contact));
	memcpy(r->chancery, o->host, sizeof(r->chancery));
	r->issued = gov_now();
	for (size_t i = 0; i < h->n; i++) {
		uint16_t no = alliance_party_of_id(h->a[i], o->party.id);
		const struct party_record *was =
		    no == ALLIANCE_NOBODY ? NULL
					  : alliance_party(h->a[i], no)->record;

		if (was && was->number > r->number) {
			r->number = was->number;
			r->given_up = was->given_up;
			memcpy(r->chancery, was->chancery, sizeof(r->chancery));
			r->n_guest = was->n_guest;
			memcpy(r->guest, was->guest, sizeof(r->guest));
			keep_hosts(r, was, o, h->a[i]);
		}
	}
	r->number++;
}

void own_record(const struct gov *g, const struct own *o, const struct held *h,
    const struct own_news *news, struct text_out *text)
{
	struct party_record *r = mem_new(1, sizeof(*r));

	start_record(o, h, r);
	if (news->host)
		(void)record_host_add(r, news->host);
	if (o->post.at.n > 0)
		r->posts[r->n_posts++] = o->post;
	if (g->guest && text_name(str_of(g->guest))) {
		r->n_guest = 1;
		snprintf(r->guest[0], sizeof(r->guest[0]), "%s", g->guest);
	}
	for (size_t i = 0; i < h->n; i++)
		add_logins(r, o, h->a[i]);
	if (news->joined)
		add_logins(r, o, news->joined);
	for (size_t i = 0; i < news->n_posts; i++)
		add_login(r, o, news->posts[i].alliance, news->posts[i].post);
	record_print(r, text);
	record_free(&r);
}

bool own_logs_in(const struct own *o, const struct alliance *a,
    const uint8_t post[static 32])
{
	uint16_t no = alliance_party_of_id(a, o->party.id);
	const struct party_record *r =
	    no == ALLIANCE_NOBODY ? NULL : alliance_party(a, no)->record;
	uint8_t seed[32], key[32];
	bool found = false;

	login_derive(o->login_seed, alliance_id(a), post, seed, key);
	sodium_memzero(seed, sizeof(seed));
	for (size_t i = 0; r && i < r->n_logins; i++)
		found |= !memcmp(r->logins[i].post, post, 32) &&
			 !memcmp(r->logins[i].key, key, 32);
	return found;
}

bool own_record_lacks(const struct own *o, const struct alliance *a)
{
	uint16_t no = alliance_party_of_id(a, o->party.id);
	const struct party_record *is =
	    no == ALLIANCE_NOBODY ? NULL : alliance_party(a, no)->record;
	struct party_record *want = mem_new(1, sizeof(*want));
	size_t found = 0;
	bool lacks;

	add_logins(want, o, a);
	for (size_t i = 0; is && i < want->n_logins; i++)
		for (size_t k = 0; k < is->n_logins; k++)
			found += !memcmp(&want->logins[i], &is->logins[k],
			    sizeof(want->logins[i]));
	lacks = is && found < want->n_logins;
	record_free(&want);
	return lacks;
}

const struct roll *own_roll_is(const struct own *o, const struct held *h,
    size_t *n)
{
	const struct roll *is = NULL;

	for (size_t i = 0; i < h->n; i++) {
		uint16_t no = alliance_party_of_id(h->a[i], o->party.id);
		const struct roll *l = no == ALLIANCE_NOBODY
					   ? NULL
					   : alliance_party(h->a[i], no)->roll;

		if (!l || (is && l->number <= is->number))
			continue;
		is = l;
		*n = i;
	}
	return is;
}

/* All envoys for another while, but the revoked; this host among them. */
void own_roll(const struct own *o, const struct held *h,
    const struct roll_envoy *more, struct text_out *text)
{
	struct roll r = { .issued = gov_now() };
	size_t at = 0;
	const struct roll *was = own_roll_is(o, h, &at);
	uint64_t until = r.issued + ROLL_DAYS * UINT64_C(86400000);
	struct alliance_envoy e;
	bool here = false;

	memcpy(r.name, o->party.name, sizeof(r.name));
	memcpy(r.party, o->party.id, 32);
	r.number = was ? was->number + 1 : 1;
	r.envoys = mem_new((was ? was->n : 0) + 2, sizeof(*r.envoys));
	for (size_t i = 0; was && i < was->n; i++) {
		if (alliance_envoy(h->a[at], o->party.id, was->envoys[i].key,
			r.issued, &e) == ENVOY_REVOKED)
			continue;
		r.envoys[r.n] = was->envoys[i];
		r.envoys[r.n].not_after = until;
		here |= !memcmp(r.envoys[r.n++].key, o->envoy, 32);
	}
	if (!here && r.n < ROLL_ENVOYS) {
		struct roll_envoy *n = &r.envoys[r.n++];

		*n = (struct roll_envoy){ .rights = RIGHT_ALL,
			.not_after = until };
		memcpy(n->key, o->envoy, 32);
		memcpy(n->host, o->host, sizeof(n->host));
	}
	if (more && r.n < ROLL_ENVOYS) {
		r.envoys[r.n] = *more;
		r.envoys[r.n++].not_after = until;
	}
	roll_print(&r, text);
	free(r.envoys);
}
