#include "warden/warden.h"

#include "base/log.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>

enum {
	RESOLVERS_MAX = 16
};

static void never(struct child *c, struct net net, enum never_cause cause,
    uint32_t ttl, uint32_t ref)
{
	struct wire_never m = { .net = net,
		.cause = (uint8_t)cause,
		.ttl = ttl,
		.ref = ref };

	if (net_ok(&net))
		tell(c, MSG_NEVER, &m, sizeof(m), (struct str){ 0 }, -1);
}

static void tell_allowed(struct warden *w, struct child *c)
{
	const struct conf *conf = w->now.conf;
	uint32_t now = wall_s(wall_now());

	for (size_t i = 0; i < conf->n_allow; i++) {
		const struct conf_allow *a = &conf->allow[i];

		if (a->name || (a->until && a->until <= now))
			continue;
		never(c, a->net, NEVER_ALLOW, a->until ? a->until - now : 0,
		    a->line);
	}
	for (size_t i = 0; i < conf->n_trusted; i++)
		never(c, conf->trusted[i].net, NEVER_PROXY, 0,
		    conf->trusted[i].line);
}

static void tell_resolvers(struct child *c)
{
	FILE *f = fopen("/etc/resolv.conf", "re");
	char line[512];
	int n = 0;

	while (f && n < RESOLVERS_MAX && fgets(line, sizeof(line), f)) {
		struct str s = str_trim(str_of(line)), word;
		struct addr a;

		for (size_t i = 0; i < s.n; i++)
			if (line[i] == '\t' || line[i] == '\n')
				line[i] = ' ';
		s = str_trim(str_of(line));
		if (!str_cut(&s, ' ', &word) ||
		    !str_eq(word, STR("nameserver")))
			continue;
		if (!addr_parse(str_trim(s), &a))
			continue;
		never(c, net_of(a, addr_bits(&a)), NEVER_RESOLVER, 0, 0);
		n++;
	}
	if (f)
		fclose(f);
}

static uint8_t mask_bits(const uint8_t *p, size_t n)
{
	uint8_t bits = 0;

	for (size_t i = 0; i < n; i++)
		bits = (uint8_t)(bits + __builtin_popcount(p[i]));
	return bits;
}

static bool is_bridge(const char *name)
{
	static const char *const starts[] = { "docker", "br-", "podman", "cni",
		"lxcbr", "lxdbr", "incusbr", "virbr" };

	for (size_t i = 0; i < countof(starts); i++)
		if (strncmp(name, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

/* Whoever comes through a container bridge is a proxy for others: to shut it
 * out would shut out all of them. */
static void tell_bridges(struct child *c)
{
	struct ifaddrs *all = NULL;

	if (getifaddrs(&all) < 0)
		return;
	for (struct ifaddrs *i = all; i; i = i->ifa_next) {
		struct addr a = { 0 };
		uint8_t bits;

		if (!i->ifa_addr || !i->ifa_netmask || !is_bridge(i->ifa_name))
			continue;
		if (i->ifa_addr->sa_family == AF_INET) {
			const struct sockaddr_in *v4 = (void *)i->ifa_addr,
						 *m = (void *)i->ifa_netmask;

			a.family = 4;
			memcpy(a.b, &v4->sin_addr, 4);
			bits = mask_bits((const void *)&m->sin_addr, 4);
		} else if (i->ifa_addr->sa_family == AF_INET6) {
			const struct sockaddr_in6 *v6 = (void *)i->ifa_addr,
						  *m = (void *)i->ifa_netmask;

			a.family = 6;
			memcpy(a.b, &v6->sin6_addr, 16);
			bits = mask_bits((const void *)&m->sin6_addr, 16);
		} else {
			continue;
		}
		never(c, net_of(a, bits), NEVER_PROXY, 0, 0);
	}
	freeifaddrs(all);
}

void protect_tell(struct warden *w, struct child *enforcer)
{
	tell_allowed(w, enforcer);
	tell_resolvers(enforcer);
	tell_bridges(enforcer);
}

static bool is_allowed(const struct conf *c, const struct net *n)
{
	for (size_t i = 0; i < c->n_allow; i++)
		if (memcmp(&c->allow[i].net, n, sizeof(*n)) == 0)
			return true;
	return false;
}

void protect_end(struct warden *w, const struct conf *was)
{
	for (size_t i = 0; i < was->n_allow; i++) {
		struct wire_never m = { .net = was->allow[i].net,
			.cause = NEVER_ALLOW,
			.gone = 1,
			.ref = was->allow[i].line };

		if (!was->allow[i].name &&
		    !is_allowed(w->now.conf, &was->allow[i].net))
			tell(child_of(w, ENFORCER), MSG_NEVER, &m, sizeof(m),
			    (struct str){ 0 }, -1);
	}
}

void names_tell(struct warden *w, struct child *namer)
{
	const struct conf *conf = w->now.conf;

	for (size_t i = 0; i < conf->n_allow; i++) {
		struct wire_name n = { .ref = conf->allow[i].line };

		if (!conf->allow[i].name)
			continue;
		snprintf(n.name, sizeof(n.name), "%s", conf->allow[i].name);
		tell(namer, MSG_NAMES, &n, sizeof(n), (struct str){ 0 }, -1);
	}
}
