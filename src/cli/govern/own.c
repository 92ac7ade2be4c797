#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "cli/govern/govern.h"

static void path_of(const struct gov *g, const char *name, char *to)
{
	(void)snprintf(to, GOV_PATH, "%s/%s", g->state, name);
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

bool own_is_there(const struct gov *g)
{
	char path[GOV_PATH];

	path_of(g, "keys/party", path);
	return access(path, R_OK) == 0;
}

/* The public half of a key file: itself, or what lies beside it. */
static int read_seal(const struct gov *g, const char *path, struct seal *ret)
{
	char pub[GOV_PATH];
	auto_free char *text = NULL;
	struct str line, rest;
	enum seal_fault f;
	size_t n;

	snprintf(pub, sizeof(pub), "%s%s", path,
	    str_ends(str_of(path), STR(".pub")) ? "" : ".pub");
	if (read_whole(g->command, pub, &text, &n))
		return CLI_FAULT;
	rest = (struct str){ text, n };
	if (!str_cut(&rest, '\n', &line))
		line = rest;
	f = seal_parse(line, true, ret);
	if (f != SEAL_OK)
		return cli_fault(g->command, "%s is %s", pub,
		    seal_fault_name(f));
	return CLI_OK;
}

/* A new key in the state folder; ssh-keygen asks for its passphrase itself,
 * but with --yes, which wants none. */
static int make_seal(const struct gov *g, const char *path)
{
	const char *const argv[] = { "ssh-keygen", "-q", "-t", "ed25519", "-C",
		"liptako seal", "-f", path, g->yes ? "-N" : NULL, "", NULL };
	int status = 0;
	pid_t pid;

	fprintf(stderr, "A new seal is made: %s\n", path);
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		(void)execve("/usr/bin/ssh-keygen",
		    (char *const *)(uintptr_t)argv, environ);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0)
		return cli_fault(g->command,
		    "ssh-keygen made no key (the package is openssh-client)");
	return CLI_OK;
}

static bool offered(const struct gov *g, char *to)
{
	static const char *const names[] = { "id_ed25519_sk", "id_ed25519" };
	const char *home = getenv("HOME"), *sudo = getenv("SUDO_USER");
	char pub[GOV_PATH + 8], question[GOV_PATH + 60];

	for (size_t i = 0; i < 2 * countof(names); i++) {
		const char *name = names[i / 2];

		if (i % 2 && sudo)
			snprintf(to, GOV_PATH, "/home/%s/.ssh/%s", sudo, name);
		else if (!(i % 2) && home)
			snprintf(to, GOV_PATH, "%s/.ssh/%s", home, name);
		else
			continue;
		snprintf(pub, sizeof(pub), "%s.pub", to);
		if (access(pub, R_OK) != 0)
			continue;
		snprintf(question, sizeof(question), "Seal with %s?", to);
		if (gov_agreed(g, question))
			return true;
	}
	return false;
}

/* Which key files seal; the first is the one that is kept for later. */
static int choose_seals(const struct gov *g, struct own *o)
{
	char typed[GOV_PATH];
	struct text_seals *s = &o->party.seals;
	int e = CLI_OK;

	if (g->n_seals > 0) {
		snprintf(o->seal, sizeof(o->seal), "%s", g->seals[0]);
	} else if (g->yes || !isatty(STDIN_FILENO) || !offered(g, o->seal)) {
		path_of(g, "keys/seal", o->seal);
		if (access(o->seal, F_OK) != 0)
			e = make_seal(g, o->seal);
	}
	if (!e)
		e = read_seal(g, o->seal, &s->v[s->n++]);
	for (size_t i = 1; !e && i < g->n_seals; i++)
		e = read_seal(g, g->seals[i], &s->v[s->n++]);
	if (e)
		return e;
	snprintf(typed, sizeof(typed), "%s", g->spare ? g->spare : "");
	if (!g->spare && s->n == 1)
		gov_typed(g,
		    "A spare seal: its public key file, kept elsewhere, for a "
		    "lost seal cannot be\nreplaced by others (empty: none):",
		    typed, sizeof(typed));
	if (*typed && s->n < TEXT_SEALS_MAX)
		e = read_seal(g, typed, &s->v[s->n++]);
	if (!e && s->n == 1)
		fputs("There is no spare seal: if this one is lost, the party "
		      "must join anew.\n",
		    stderr);
	return e;
}

/* Of a host's name what may be a party's. */
static void tame(const char *from, char to[static TEXT_NAME_MAX + 1])
{
	size_t n = 0;

	for (; *from && *from != '.' && n < TEXT_NAME_MAX; from++) {
		char c = *from;

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		    (c == '-' && n > 0))
			to[n++] = c;
	}
	while (n > 0 && to[n - 1] == '-')
		n--;
	to[n] = '\0';
}

static int choose_name(const struct gov *g, struct own *o)
{
	char typed[80], question[120], usual[TEXT_NAME_MAX + 1] = "";
	const char *name = g->party;

	tame(o->host, usual);
	if (!name) {
		snprintf(question, sizeof(question),
		    "The name of your party (a-z, 0-9, -) [%s]:", usual);
		gov_typed(g, question, typed, sizeof(typed));
		name = *typed ? typed : usual;
	}
	if (!text_name(str_of(name)))
		return cli_usage(g->command,
		    "\"%s\" is no name of a party: a-z, 0-9 and -, at most 31; "
		    "--party NAME",
		    name);
	snprintf(o->party.name, sizeof(o->party.name), "%s", name);
	return CLI_OK;
}

static int words(const struct gov *g, const char *from, char *to,
    const char *what)
{
	if (!from)
		return CLI_OK;
	if (strlen(from) > TEXT_WORDS_MAX)
		return cli_usage(g->command, "%s is longer than %d bytes", what,
		    TEXT_WORDS_MAX);
	snprintf(to, TEXT_WORDS_MAX + 1, "%s", from);
	return CLI_OK;
}

static int describe(const struct gov *g, struct own *o)
{
	struct charter_party *p = &o->party;
	int e = words(g, g->contact, p->contact, "--contact");

	if (!e)
		e = words(g, g->controller, p->controller, "--controller");
	if (!e && g->country && strlen(g->country) != 2)
		e = cli_usage(g->command, "--country takes two letters: ML");
	if (!e && g->country)
		memcpy(p->country, g->country, 3);
	for (size_t i = 0; !e && i < g->n_nets; i++)
		if (!net_parse(str_of(g->nets[i]), false,
			&p->territory.v[p->territory.n++]))
			e = cli_usage(g->command,
			    "\"%s\" is no address range; write 192.0.2.0/24",
			    g->nets[i]);
	p->threshold = g->threshold ? g->threshold : 1;
	if (!e && p->threshold > p->seals.n)
		e = cli_usage(g->command,
		    "--threshold %u, but there are %zu seals", p->threshold,
		    p->seals.n);
	return e;
}

static int keep(const struct gov *g, const char *name, struct str s)
{
	char path[GOV_PATH];

	path_of(g, name, path);
	return write_whole(g->command, path, s, 0600);
}

static int keep_party(const struct gov *g, const struct own *o)
{
	struct text_out t = { 0 };
	struct charter_party again;
	struct text_fault f;
	char *real = realpath(o->seal, NULL);
	int e = CLI_OK;

	charter_party_print(&o->party, &t);
	if (!charter_party_parse(text_of(&t), &again, &f))
		e = cli_fault(g->command, "this party cannot be: %s", f.say);
	if (!e)
		e = keep(g, "keys/seal-at", str_of(real ? real : o->seal));
	if (!e)
		e = keep(g, "keys/party", text_of(&t));
	text_free(&t);
	free(real);
	return e;
}

/* The first address of this host that others could reach. */
static bool usual_address(struct addr *ret)
{
	struct ifaddrs *all = NULL;
	bool found = false;

	if (getifaddrs(&all) < 0)
		return false;
	for (int pass = 0; pass < 2 && !found; pass++)
		for (struct ifaddrs *i = all; i && !found; i = i->ifa_next) {
			char text[ADDR_MAX];
			const void *at;

			if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET)
				continue;
			at = &((struct sockaddr_in *)(void *)i->ifa_addr)
				  ->sin_addr;
			inet_ntop(AF_INET, at, text, sizeof(text));
			found = addr_parse(str_of(text), ret) &&
				(pass || !addr_is_special(ret)) &&
				!str_starts(str_of(text), STR("127."));
		}
	freeifaddrs(all);
	return found;
}

/* "192.0.2.1", "192.0.2.1:4222", "[2001:db8::1]:4222" */
static bool parse_post(const char *text, struct text_hosts *to)
{
	struct str s = str_of(text), port = STR("");
	uint32_t n = GOV_PORT;

	if (str_starts(s, STR("["))) {
		size_t end = str_find(s, STR("]"));

		if (end == SIZE_MAX)
			return false;
		port = str_from(s, end + 1);
		s = str_head(str_from(s, 1), end - 1);
		if (port.n > 0 && port.p[0] != ':')
			return false;
		port = str_from(port, 1);
	} else if (str_find(s, STR(".")) != SIZE_MAX) {
		size_t at = str_find(s, STR(":"));

		port = at == SIZE_MAX ? STR("") : str_from(s, at + 1);
		s = str_head(s, at);
	}
	if (port.n > 0 && (!str_u32(port, UINT16_MAX, &n) || n == 0))
		return false;
	to->n = 1;
	to->port = (uint16_t)n;
	return addr_parse(s, &to->v[0]);
}

static int choose_post(const struct gov *g, struct own *o, bool make)
{
	char path[GOV_PATH], typed[80], question[160], usual[ADDR_MAX] = "";
	auto_free char *kept = NULL;
	const char *text = g->post;
	struct addr a;
	size_t n;

	path_of(g, "keys/post-at", path);
	if (!text && !g->guest && access(path, R_OK) == 0) {
		if (read_whole(g->command, path, &kept, &n))
			return CLI_FAULT;
		text = kept;
	}
	if (g->guest || (text && !strcmp(text, "guest"))) {
		return make ? keep(g, "keys/post-at", STR("guest")) : CLI_OK;
	}
	if (!text) {
		if (usual_address(&a))
			(void)addr_print(&a, usual);
		snprintf(question, sizeof(question),
		    "Where allies reach this host's post, ADDRESS[:PORT] "
		    "[%s:%d]:",
		    usual, GOV_PORT);
		gov_typed(g, question, typed, sizeof(typed));
		text = *typed ? typed : usual;
	}
	if (!parse_post(text, &o->post.at))
		return cli_usage(g->command,
		    "\"%s\" is no address; --post ADDRESS[:PORT], or --guest "
		    "PARTY behind NAT",
		    text);
	return make ? keep(g, "keys/post-at", str_of(text)) : CLI_OK;
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

static int make_party(struct gov *g, struct own *o)
{
	int e = choose_name(g, o);

	if (!e)
		e = choose_seals(g, o);
	if (!e)
		e = describe(g, o);
	if (e)
		return e;
	seal_party_id(&o->party.seals.v[0], o->party.id);
	return keep_party(g, o);
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
	path_of(g, "post", path);
	e = key_post(path, o->party.name, make, &o->post.cert);
	return e ? bad_key(g, path, e) : CLI_OK;
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
	tame(g->host ? g->host : host, o.host);
	if (make)
		e = folder(g, "keys", 0700);
	if (!e && make)
		e = folder(g, "post", 0755);
	if (e)
		return e;
	if (!own_is_there(g) && !make)
		return cli_fault(g->command,
		    "this host has no party yet (or you are not root); "
		    "`liptako party init` makes one");
	e = own_is_there(g) ? read_party(g, &o) : make_party(g, &o);
	if (!e)
		e = choose_post(g, &o, make);
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
		}
	}
	r->number++;
}

void own_record(const struct gov *g, const struct own *o, const struct held *h,
    const struct alliance *more, const struct post_of *extra, size_t n,
    struct text_out *text)
{
	struct party_record *r = mem_new(1, sizeof(*r));

	start_record(o, h, r);
	if (o->post.at.n > 0)
		r->posts[r->n_posts++] = o->post;
	if (g->guest && text_name(str_of(g->guest))) {
		r->n_guest = 1;
		snprintf(r->guest[0], sizeof(r->guest[0]), "%s", g->guest);
	}
	for (size_t i = 0; i < h->n; i++)
		add_logins(r, o, h->a[i]);
	if (more)
		add_logins(r, o, more);
	for (size_t i = 0; i < n; i++)
		add_login(r, o, extra[i].alliance, extra[i].post);
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

/* All envoys for another while, but the revoked; this host among them. */
void own_roll(const struct own *o, const struct held *h, struct text_out *text)
{
	struct roll r = { .issued = gov_now() };
	const struct roll *was = NULL;
	uint64_t until = r.issued + ROLL_DAYS * UINT64_C(86400000);
	struct alliance_envoy e;
	bool here = false;

	memcpy(r.name, o->party.name, sizeof(r.name));
	memcpy(r.party, o->party.id, 32);
	for (size_t i = 0; i < h->n; i++) {
		uint16_t no = alliance_party_of_id(h->a[i], o->party.id);
		const struct roll *l = no == ALLIANCE_NOBODY
					   ? NULL
					   : alliance_party(h->a[i], no)->roll;

		if (l && (!was || l->number > was->number))
			was = l;
	}
	r.number = was ? was->number + 1 : 1;
	r.envoys = mem_new((was ? was->n : 0) + 1, sizeof(*r.envoys));
	for (size_t i = 0; was && i < was->n; i++) {
		if (alliance_envoy(h->a[0], o->party.id, was->envoys[i].key,
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
	roll_print(&r, text);
	free(r.envoys);
}
