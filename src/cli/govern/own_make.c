#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/wait.h>

#include "cli/govern/govern.h"

/* A party that is not there yet: asked for, or said by options. */

static void path_of(const struct gov *g, const char *name, char *to)
{
	(void)snprintf(to, GOV_PATH, "%s/%s", g->state, name);
}

/* The public half of a key file: itself, or what lies beside it. */
int own_seal_read(const struct gov *g, const char *path, struct seal *ret)
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
		e = own_seal_read(g, o->seal, &s->v[s->n++]);
	for (size_t i = 1; !e && i < g->n_seals; i++)
		e = own_seal_read(g, g->seals[i], &s->v[s->n++]);
	if (e)
		return e;
	snprintf(typed, sizeof(typed), "%s", g->spare ? g->spare : "");
	if (!g->spare && s->n == 1)
		gov_typed(g,
		    "A spare seal: its public key file, kept elsewhere, for a "
		    "lost seal cannot be\nreplaced by others (empty: none):",
		    typed, sizeof(typed));
	if (*typed && s->n < TEXT_SEALS_MAX)
		e = own_seal_read(g, typed, &s->v[s->n++]);
	if (!e && s->n == 1)
		fputs("There is no spare seal: if this one is lost, the party "
		      "must join anew.\n",
		    stderr);
	return e;
}

/* Of a host's name what may be a party's. */
void own_tame(const char *from, char to[static TEXT_NAME_MAX + 1])
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

	own_tame(o->host, usual);
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
	p->threshold = g->threshold ? g->threshold : MAX(p->threshold, 1);
	if (!e && p->threshold > p->seals.n)
		e = cli_usage(g->command,
		    "--threshold %u, but there are %zu seals", p->threshold,
		    p->seals.n);
	return e;
}

int own_keep_party(const struct gov *g, const struct own *o)
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
		e = own_keep(g, "keys/seal-at", str_of(real ? real : o->seal));
	if (!e)
		e = own_keep(g, "keys/party", text_of(&t));
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

int own_post(const struct gov *g, struct own *o, bool make)
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
	o->fleet = text && !strcmp(text, "fleet");
	if (o->fleet)
		return CLI_OK;
	if (g->guest || (text && !strcmp(text, "guest"))) {
		return make ? own_keep(g, "keys/post-at", STR("guest"))
			    : CLI_OK;
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
	return make ? own_keep(g, "keys/post-at", str_of(text)) : CLI_OK;
}

int own_make(struct gov *g, struct own *o)
{
	int e = choose_name(g, o);

	if (!e)
		e = choose_seals(g, o);
	if (!e)
		e = describe(g, o);
	if (e)
		return e;
	seal_party_id(&o->party.seals.v[0], o->party.id);
	return own_keep_party(g, o);
}

static bool same_party(const struct charter_party *a,
    const struct charter_party *b)
{
	struct text_out x = { 0 }, y = { 0 };
	bool same;

	charter_party_print(a, &x);
	charter_party_print(b, &y);
	same = str_eq(text_of(&x), text_of(&y));
	text_free(&x);
	text_free(&y);
	return same;
}

int own_again(const struct gov *g, struct own *o, const struct held *h)
{
	struct charter_party was = o->party;
	int e = CLI_OK;

	if (g->n_nets > 0)
		o->party.territory.n = 0;
	if (g->party)
		e = choose_name(g, o);
	if (!e)
		e = describe(g, o);
	if (e || same_party(&was, &o->party))
		return e;
	if (h->n > 0)
		return cli_fault(g->command,
		    "the party of this host, %s, is in an alliance as it was "
		    "sealed there; `liptako charter amend` changes that",
		    was.name);
	return own_keep_party(g, o);
}
