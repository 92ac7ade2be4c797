/*
 * namer - resolves the allow list's names and tells the enforcer.
 *
 * getaddrinfo(3) tells no time to live, so every name is asked again every
 * five minutes and its addresses are announced for fifteen. The resolver may
 * block: nothing else waits for this process.
 */
#include <netdb.h>
#include <netinet/in.h>

#include "base/jail.h"
#include "base/link.h"
#include "base/log.h"
#include "base/upward.h"
#include "namer/names.h"

enum {
	UP = 3
};

struct namer {
	struct link up, enforcer;
	struct name names[NAMES_MAX];
	size_t n;
	bool go, leave;
};

static size_t resolve(const char *text, struct addr *to, size_t max)
{
	const struct addrinfo want = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *all = NULL;
	size_t n = 0;

	if (getaddrinfo(text, NULL, &want, &all) != 0)
		return 0;
	for (const struct addrinfo *i = all; i && n < max; i = i->ai_next) {
		struct addr a = { 0 };

		if (i->ai_family == AF_INET) {
			struct sockaddr_in s;

			memcpy(&s, i->ai_addr, sizeof(s));
			a.family = 4;
			memcpy(a.b, &s.sin_addr, 4);
		} else if (i->ai_family == AF_INET6) {
			struct sockaddr_in6 s;

			memcpy(&s, i->ai_addr, sizeof(s));
			a.family = 6;
			memcpy(a.b, &s.sin6_addr, 16);
		}
		if (a.family)
			to[n++] = a;
	}
	freeaddrinfo(all);
	return n;
}

static void announce(struct namer *r, const struct name *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct wire_never m = { .cause = NEVER_NAME,
			.ttl = NAMES_TTL,
			.ref = t->ref };

		m.net = net_of(t->addrs[i], addr_bits(&t->addrs[i]));
		if (r->enforcer.fd < 0)
			return;
		if (link_send(&r->enforcer, MSG_NAMED, &m, sizeof(m),
			(struct str){ 0 }, -1) == LINK_GONE) {
			close(r->enforcer.fd);
			r->enforcer.fd = -1;
		}
	}
}

static void ask(struct namer *r, struct name *t)
{
	struct addr got[NAME_ADDRS * 2];
	size_t n = resolve(t->text, got, countof(got));

	if (n == 0 && !t->failing)
		log_warn("name-unresolved name=%s: its last addresses stand "
			 "for up to 7 days",
		    t->text);
	t->failing = n == 0;
	name_answer(t, got, n, mono_now());
	announce(r, t);
}

static int take_name(struct namer *r, const struct wire_name *m)
{
	struct name *t = &r->names[r->n];

	if (!name_ok(m->name, sizeof(m->name)))
		return -EBADMSG;
	if (r->n == NAMES_MAX) {
		log_warn("names-too-many name=%s: only the first %d allowed "
			 "names are resolved",
		    m->name, NAMES_MAX);
		return 0;
	}
	*t = (struct name){ .ref = m->ref };
	memcpy(t->text, m->name, sizeof(t->text));
	r->n++;
	return 0;
}

static int hear(void *arg, struct packet *p)
{
	struct namer *r = arg;
	const struct wire_link *l = p->p;

	switch ((enum msg)p->type) {
	case MSG_LINK:
		if (l->peer != ENFORCER || p->fd < 0)
			return -EBADMSG;
		if (r->enforcer.fd >= 0)
			close(r->enforcer.fd);
		r->enforcer.fd = take_fd(&p->fd);
		for (size_t i = 0; i < r->n; i++)
			announce(r, &r->names[i]);
		return 0;
	case MSG_NAMES:
		return take_name(r, p->p);
	case MSG_GO:
		r->go = true;
		return jail_up(NAMER, NULL, &r->up);
	default:
		return 0;
	}
}

/* Hears warden until nothing is left or ms are over; 0, or -errno. */
static int listen_for(struct namer *r, int64_t ms)
{
	int e = link_wait(&r->up, false, (int)ms);

	if (e < 0)
		return e == -ETIMEDOUT ? 0 : e;
	e = upward_hear(&r->up, NAMER, hear, r);
	r->leave = e == -ESHUTDOWN;
	return r->leave ? 0 : e;
}

static int live(struct namer *r)
{
	struct mono next = { 0 };
	int e = 0;

	while (e == 0 && !r->leave) {
		int64_t left = (next.ns - mono_now().ns) / 1000000;

		e = listen_for(r, r->go ? CLAMP(left, 0, 60000) : 60000);
		if (e < 0 || !r->go || mono_now().ns < next.ns)
			continue;
		for (size_t i = 0; i < r->n; i++)
			ask(r, &r->names[i]);
		next.ns = mono_now().ns + SECONDS(NAMES_EVERY).ns;
	}
	return e;
}

int main(void)
{
	static struct namer r = { .up.fd = UP, .enforcer.fd = -1 };
	int e;

	log_open("namer");
	e = live(&r);
	if (e < 0)
		log_err("start-failed error=\"%s\"", strerror(-e));
	return e < 0;
}
