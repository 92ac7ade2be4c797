/*
 * latency_probe - from the append of the deciding line to the kernel.
 *
 *   latency_probe LOG [TRIALS [LINES [CPU [REST [NAME=NETNS...]]]]]
 *
 * Appends sshd failures of a fresh address to LOG, pauses at random, takes
 * the time, writes the LINESth (deciding) line and waits for the nf_tables
 * notification that carries the address: the kernel sends it while it commits
 * the batch, just before the acknowledgement. Run it in the network namespace
 * of the enforcer, or name the namespaces of several: there is one clock.
 * Prints a line for each: trials, lost, min, median, p90, p99, max in
 * microseconds. With CPU it pins itself there, "any" does not. REST is
 * BURST/MS: after each BURST trials, which are 2 to 10 ms apart, at least so
 * long a rest.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <time.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>

#include "base/str.h"
#include "base/when.h"

enum {
	PLACES = 16,
	PATIENCE_S = 2
};

/* A kernel's sets, as a network namespace has them. */
struct place {
	const char *name;
	struct mnl_socket *nl;
	bool seen; /* in this trial */
	size_t n;
	int64_t *us;
};

struct probe {
	int log;
	uint32_t burst, pause; /* trials, then ms; 0: none */
	uint64_t seed;
	size_t n;
	struct place places[PLACES];
};

static uint32_t draw(struct probe *p, uint32_t below)
{
	p->seed ^= p->seed << 13;
	p->seed ^= p->seed >> 7;
	p->seed ^= p->seed << 17;
	return (uint32_t)(p->seed >> 32) % below;
}

static void rest(uint32_t us)
{
	struct timespec t = { us / 1000000, (long)(us % 1000000) * 1000 };

	nanosleep(&t, NULL);
}

static void append(struct probe *p, const char *who, unsigned i)
{
	char line[200], date[20];
	time_t now = time(NULL);
	struct tm tm;
	int n;

	localtime_r(&now, &tm);
	strftime(date, sizeof(date), "%b %e %H:%M:%S", &tm);
	n = snprintf(line, sizeof(line),
	    "%s probe sshd[%u]: Failed password for root from %s port %u "
	    "ssh2\n",
	    date, 1000 + i, who, 30000 + i);
	if (write(p->log, line, (size_t)n) != n)
		die("cannot append: %s", strerror(errno));
}

/* Is the address in what came? Reads all of it. */
static bool told(const struct place *p, uint32_t addr)
{
	static uint8_t buf[1 << 17];
	bool yes = false;
	ssize_t n;

	while ((n = recv(mnl_socket_get_fd(p->nl), buf, sizeof(buf),
		    MSG_DONTWAIT)) > 0)
		yes |= memmem(buf, (size_t)n, &addr, sizeof(addr)) != NULL;
	return yes;
}

static void look(struct probe *p, size_t i, uint32_t addr, int64_t start)
{
	struct place *at = &p->places[i];

	if (at->seen || !told(at, addr))
		return;
	at->seen = true;
	at->us[at->n++] = (mono_now().ns - start) / 1000;
}

/* Until every place told of the address, or it takes too long. */
static void wait_all(struct probe *p, uint32_t addr, int64_t start)
{
	struct pollfd fds[PLACES];
	size_t left;
	int64_t ms;

	for (;;) {
		left = 0;
		for (size_t i = 0; i < p->n; i++) {
			const struct place *at = &p->places[i];
			int fd = at->seen ? -1 : mnl_socket_get_fd(at->nl);

			fds[i] = (struct pollfd){ fd, POLLIN, 0 };
			left += !at->seen;
		}
		ms = (start + PATIENCE_S * NS_PER_S - mono_now().ns) / 1000000;
		if (!left || ms <= 0 || poll(fds, p->n, (int)ms) < 0)
			return;
		for (size_t i = 0; i < p->n; i++)
			look(p, i, addr, start);
	}
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void trial(struct probe *p, unsigned lines)
{
	uint32_t addr;
	int64_t start;
	char who[32];

	snprintf(who, sizeof(who), "45.%u.%u.%u", draw(p, 250) + 1,
	    draw(p, 250) + 1, draw(p, 250) + 1);
	inet_pton(AF_INET, who, &addr);
	for (unsigned i = 1; i < lines; i++)
		append(p, who, i);
	rest(2000 + draw(p, 8000));
	for (size_t i = 0; i < p->n; i++) {
		(void)told(&p->places[i], addr);
		p->places[i].seen = false;
	}
	start = mono_now().ns;
	append(p, who, lines);
	wait_all(p, addr, start);
}

static struct mnl_socket *monitor(void)
{
	struct mnl_socket *nl = mnl_socket_open(NETLINK_NETFILTER);
	int group = NFNLGRP_NFTABLES;

	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_setsockopt(nl, NETLINK_ADD_MEMBERSHIP, &group,
		sizeof(group)) < 0)
		die("netlink: %s", strerror(errno));
	return nl;
}

/* NAME=NETNS: a socket stays in the namespace where it was made. */
static void place_add(struct probe *p, const char *what, unsigned trials)
{
	const char *path = what ? strchr(what, '=') : NULL;
	struct place *at = &p->places[p->n++];
	int ns;

	if (p->n == PLACES || (what && !path))
		die("NAME=NETNS, at most %d", PLACES - 1);
	if (path) {
		ns = open(path + 1, O_RDONLY | O_CLOEXEC);
		if (ns < 0 || setns(ns, CLONE_NEWNET) < 0)
			die("%s: %s", path + 1, strerror(errno));
		close(ns);
	}
	at->name = what;
	at->nl = monitor();
	at->us = mem_new(trials, sizeof(*at->us));
}

static void pin(uint32_t cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		die("cannot pin: %s", strerror(errno));
}

static uint32_t number(const char *text, uint32_t min, uint32_t max)
{
	uint32_t v;

	if (!str_u32(str_of(text), max, &v) || v < min)
		die("not a number from %u to %u: %s", min, max, text);
	return v;
}

static void set_rest(struct probe *p, const char *text)
{
	char burst[16];
	size_t n = strcspn(text, "/");

	if (!text[n] || n >= sizeof(burst))
		die("BURST/MS: %s", text);
	snprintf(burst, sizeof(burst), "%.*s", (int)n, text);
	p->burst = number(burst, 1, 1000000);
	p->pause = number(text + n + 1, 0, 600000);
}

static void report(struct place *at, unsigned trials)
{
	int64_t *us = at->us;
	size_t n = at->n;

	if (at->name)
		printf("%.*s: ", (int)strcspn(at->name, "="), at->name);
	if (n == 0)
		die("no measure was seen in %u trials", trials);
	qsort(us, n, sizeof(*us), by_value);
	printf("trials %u lost %zu: min %lld median %lld p90 %lld p99 %lld "
	       "max %lld us\n",
	    trials, trials - n, (long long)us[0], (long long)us[n / 2],
	    (long long)us[n * 9 / 10], (long long)us[n * 99 / 100],
	    (long long)us[n - 1]);
	free(us);
}

int main(int argc, char **argv)
{
	struct probe p = { .seed = 88172645463325252 };
	unsigned trials = argc > 2 ? number(argv[2], 1, 1000000) : 2000;
	unsigned lines = argc > 3 ? number(argv[3], 1, 1000) : 5;

	if (argc < 2)
		die("usage: latency_probe LOG [TRIALS [LINES [CPU [REST "
		    "[NAME=NETNS...]]]]]");
	if (argc > 4 && strcmp(argv[4], "any") != 0)
		pin(number(argv[4], 0, 1023));
	if (argc > 5)
		set_rest(&p, argv[5]);
	p.seed ^= (uint64_t)wall_now().ns;
	p.log = open(argv[1], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (p.log < 0)
		die("%s: %s", argv[1], strerror(errno));
	for (int i = 6; i < argc; i++)
		place_add(&p, argv[i], trials);
	if (p.n == 0)
		place_add(&p, NULL, trials);
	for (unsigned i = 0; i < trials; i++) {
		if (p.burst && i > 0 && i % p.burst == 0)
			rest(p.pause * 1000 + draw(&p, p.pause * 100));
		trial(&p, lines);
	}
	for (size_t i = 0; i < p.n; i++)
		report(&p.places[i], trials);
	return 0;
}
