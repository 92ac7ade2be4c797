#include "cli/f2b/import.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>

/*
 * ports - what a jail's firewall action was limited to, as our rules say it.
 *
 * Whoever cannot be understood in full closes every port: that is more than
 * was asked for, and it is said.
 */

enum {
	NAME_ROOM = 64,
};

/* For machines without /etc/services: what stock jails name. */
static const struct {
	const char *name;
	uint16_t port;
} usual[] = { { "ftp-data", 20 }, { "ftp", 21 }, { "ssh", 22 },
	{ "telnet", 23 }, { "smtp", 25 }, { "domain", 53 }, { "http", 80 },
	{ "pop3", 110 }, { "imap", 143 }, { "imap2", 143 }, { "https", 443 },
	{ "submissions", 465 }, { "smtps", 465 }, { "urd", 465 },
	{ "submission", 587 }, { "ftps-data", 989 }, { "ftps", 990 },
	{ "imaps", 993 }, { "pop3s", 995 }, { "mysql", 3306 },
	{ "sieve", 4190 }, { "sip", 5060 }, { "sip-tls", 5061 } };

static uint16_t named(const char *name, const char *protocol)
{
	const struct servent *s = getservbyname(name, protocol);

	if (!s)
		s = getservbyname(name, NULL);
	if (s)
		return ntohs((uint16_t)s->s_port);
	for (size_t i = 0; i < countof(usual); i++)
		if (strcmp(usual[i].name, name) == 0)
			return usual[i].port;
	return 0;
}

/* A number or a name; false: neither. */
static bool port_of(struct str s, const char *protocol, uint32_t *ret)
{
	char name[NAME_ROOM];

	if (str_u32(s, UINT16_MAX, ret))
		return true;
	if (s.n == 0 || s.n >= sizeof(name))
		return false;
	memcpy(name, s.p, s.n);
	name[s.n] = '\0';
	*ret = named(name, protocol);
	return *ret != 0;
}

/* "1024:2048" and "1024-2048", whose ends may be names, which have dashes of
 * their own: "ftp-data". */
static bool range_of(struct str s, const char *protocol, uint32_t *from,
    uint32_t *to)
{
	struct str low, high = s;

	if (port_of(s, protocol, from)) {
		*to = *from;
		return true;
	}
	return (str_cut(&high, ':', &low) || str_cut(&high, '-', &low)) &&
	       port_of(str_trim(low), protocol, from) &&
	       port_of(str_trim(high), protocol, to) && *from <= *to;
}

struct reading {
	struct imported *i;
	struct ports ports;
	bool all; /* every port is meant, or what is meant is not known */
};

static void give_up(struct reading *r, struct str what, const char *why)
{
	const struct f2b_jail *j = r->i->jail;

	r->all = true;
	import_remark(r->i, j->file, j->line,
	    "port or protocol \"" STR_F "\": %s, so every port is closed",
	    STR_A(str_head(what, 80)), why);
}

static void add_range(struct reading *r, struct str s, uint8_t protocol)
{
	uint32_t from, to;
	const char *name = protocol == IPPROTO_TCP ? "tcp" : "udp";

	if (!range_of(s, name, &from, &to)) {
		give_up(r, s,
		    "it is neither a number nor a name in /etc/services");
		return;
	}
	if (from <= 1 && to == UINT16_MAX) {
		r->all = true;
		return;
	}
	if (ports_add(&r->ports, (uint16_t)MAX(from, 1U), (uint16_t)to,
		protocol) == PORTS_E_MANY)
		give_up(r, s, "there are more than 15 ranges of ports");
}

static bool next_word(struct str *s, struct str *ret)
{
	size_t n = 0;

	while (s->n && strchr(" \t\n,", s->p[0]))
		*s = str_from(*s, 1);
	while (n < s->n && !strchr(" \t\n,", s->p[n]))
		n++;
	*ret = str_head(*s, n);
	*s = str_from(*s, n);
	return n > 0;
}

static bool is_any(struct str s)
{
	return str_eq(s, STR("all")) || str_eq(s, STR("any")) ||
	       str_eq(s, STR("0-255"));
}

static void add_ports(struct reading *r, struct str list, uint8_t protocol)
{
	struct str one;
	bool any = false;

	while (!r->all && next_word(&list, &one)) {
		any = true;
		if (is_any(one))
			r->all = true;
		else
			add_range(r, one, protocol);
	}
	r->all |= !any;
}

static void add_limits(struct reading *r, const char *port,
    const char *protocol)
{
	struct str list = str_of(protocol && *protocol ? protocol : "tcp"), one;

	while (!r->all && next_word(&list, &one)) {
		bool tcp = str_eq(one, STR("tcp")) || is_any(one);
		bool udp = str_eq(one, STR("udp")) || is_any(one);

		if (tcp)
			add_ports(r, str_of(port), IPPROTO_TCP);
		if (udp && !r->all)
			add_ports(r, str_of(port), IPPROTO_UDP);
		if (!tcp && !udp)
			give_up(r, one, "it has no ports that we know of");
	}
}

/* What the action was given under that name; NULL: nothing. */
static const char *given(const struct f2b_action *a, const char *name)
{
	for (size_t i = 0; a->given && i < a->given->n; i++) {
		const struct f2b_val *pair = &a->given->v[i];

		if (pair->n == 2 && strcmp(pair->v[0].text, name) == 0)
			return pair->v[1].text;
	}
	return NULL;
}

static bool in_word(char c)
{
	return c == '-' || c == '_' || (c >= '0' && c <= '9') ||
	       (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Not as a part of something longer: "f2b-sshd" has no "ssh" in it. */
static bool has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = text; n && (at = strstr(at, word)); at++)
		if ((at == text || !in_word(at[-1])) && !in_word(at[n]))
			return true;
	return false;
}

/* Is the port in any command? A tag that was put in is not there any more,
 * but its value is. */
static bool is_limited(const struct f2b_action *a, const char *port)
{
	if (strstr(a->file, "allports"))
		return false;
	if (strstr(a->file, "multiport"))
		return true;
	for (size_t i = 0; a->given && i < a->given->n; i++) {
		const struct f2b_val *pair = &a->given->v[i];

		if (pair->n == 2 &&
		    strncmp(pair->v[0].text, "action", 6) == 0 &&
		    (strstr(pair->v[1].text, "<port>") ||
			has_word(pair->v[1].text, port)))
			return true;
	}
	return false;
}

void import_ports(struct imported *i)
{
	const struct f2b_jail *j = i->jail;
	struct reading r = { .i = i };
	bool any = false;

	for (size_t k = 0; k < j->n_actions && !r.all; k++) {
		const struct f2b_action *a = &j->actions[k];
		const char *port = given(a, "port"),
			   *protocol = given(a, "protocol");

		if (a->does != F2B_FIREWALL)
			continue;
		port = port ? port : j->port;
		any = true;
		if (port && *port && is_limited(a, port))
			add_limits(&r, port, protocol ? protocol : j->protocol);
		else
			r.all = true;
	}
	if (any && !r.all)
		i->ports = r.ports;
}
