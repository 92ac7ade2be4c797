#include "namer/workers.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/jail.h"
#include "base/log.h"
#include "namer/names.h"

static void add(struct wire_found *w, const struct sockaddr *from)
{
	struct addr a = { 0 };

	if (from->sa_family == AF_INET) {
		struct sockaddr_in s;

		memcpy(&s, from, sizeof(s));
		a.family = 4;
		memcpy(a.b, &s.sin_addr, 4);
	} else if (from->sa_family == AF_INET6) {
		struct sockaddr_in6 s;

		memcpy(&s, from, sizeof(s));
		a.family = 6;
		memcpy(a.b, &s.sin6_addr, 16);
	}
	a = addr_fold(a);
	if (a.family && !name_is_nobody(&a) && w->n < LOOKUP_MOST)
		w->addr[w->n++] = a;
}

static struct wire_found resolve(const char *name)
{
	const struct addrinfo want = { .ai_socktype = SOCK_STREAM };
	struct wire_found w = { .how = FOUND_SOME };
	struct addrinfo *all = NULL;
	int e = getaddrinfo(name, NULL, &want, &all);

	if (e != 0) {
		w.how = e == EAI_AGAIN || e == EAI_SYSTEM ? FOUND_E_LATE
							  : FOUND_NONE;
		return w;
	}
	for (const struct addrinfo *i = all; i; i = i->ai_next)
		add(&w, i->ai_addr);
	freeaddrinfo(all);
	if (w.n == 0)
		w.how = FOUND_NONE;
	return w;
}

static _Noreturn void work(struct link *l)
{
	uint32_t missing;
	struct packet p;
	int e = jail_enter(NAMER, NULL, &missing);

	while (e == 0 && (e = link_recv(l, &p)) != LINK_GONE) {
		const struct wire_lookup *w = p.p;
		struct wire_found found;

		if (e == LINK_EMPTY) {
			e = link_wait(l, false, -1);
			continue;
		}
		if (e != LINK_OK || p.type != MSG_LOOKUP || p.n != sizeof(*w) ||
		    !name_ok(w->name, sizeof(w->name)))
			break;
		found = resolve(w->name);
		e = link_send(l, MSG_FOUND, &found, sizeof(found),
		    (struct str){ 0 }, -1);
	}
	_exit(0);
}

static int start(struct link *ret, const struct link *others, size_t n,
    const int *keep_not, size_t n_not)
{
	int ends[2], e = link_pair(ends);
	struct link own;
	pid_t pid;

	if (e < 0)
		return e;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		close(ends[0]);
		for (size_t i = 0; i < n; i++)
			close(others[i].fd);
		for (size_t i = 0; i < n_not; i++)
			if (keep_not[i] >= 0)
				close(keep_not[i]);
		own = (struct link){ .fd = ends[1] };
		work(&own);
	}
	close(ends[1]);
	*ret = (struct link){ .fd = ends[0] };
	return 0;
}

int workers_start(struct link links[WORKERS], const int *keep_not, size_t n)
{
	int e = 0;

	/* resolv.conf may say less, never that one name takes minutes */
	(void)setenv("RES_OPTIONS", "timeout:3 attempts:2", 1);
	for (size_t i = 0; i < WORKERS && e == 0; i++)
		e = start(&links[i], links, i, keep_not, n);
	return e;
}
