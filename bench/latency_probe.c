/*
 * latency_probe - from the append of the deciding line to the kernel.
 *
 *   latency_probe LOG [TRIALS [LINES [CPU]]]
 *
 * Appends sshd failures of a fresh address to LOG, pauses at random, takes
 * the time, writes the LINESth (deciding) line and waits for the nf_tables
 * notification that carries the address: the kernel sends it while it commits
 * the batch, just before the acknowledgement. Run it in the network namespace
 * of the enforcer. Prints one line: trials, lost, min, median, p90, p99, max
 * in microseconds. With CPU it pins itself there.
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

struct probe {
	int log;
	struct mnl_socket *nl;
	uint64_t seed;
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

/* Reads notifications until one holds the address, or it takes too long. */
static bool seen(struct probe *p, uint32_t addr, int64_t until_ns)
{
	static uint8_t buf[1 << 17];

	for (;;) {
		int64_t left = until_ns - mono_now().ns;
		struct pollfd f = { mnl_socket_get_fd(p->nl), POLLIN, 0 };
		ssize_t n;

		if (left <= 0 || poll(&f, 1, (int)(left / 1000000) + 1) < 0)
			return false;
		n = recv(f.fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (n > 0 && memmem(buf, (size_t)n, &addr, sizeof(addr)))
			return true;
	}
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void drain(struct probe *p)
{
	static uint8_t buf[1 << 17];

	while (
	    recv(mnl_socket_get_fd(p->nl), buf, sizeof(buf), MSG_DONTWAIT) > 0)
		;
}

static int64_t trial(struct probe *p, unsigned lines)
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
	drain(p);
	start = mono_now().ns;
	append(p, who, lines);
	if (!seen(p, addr, start + 2 * NS_PER_S))
		return -1;
	return mono_now().ns - start;
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

static void pin(uint32_t cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		die("cannot pin: %s", strerror(errno));
}

static uint32_t number(const char *text, uint32_t max)
{
	uint32_t v;

	if (!str_u32(str_of(text), max, &v) || v == 0)
		die("not a number from 1 to %u: %s", max, text);
	return v;
}

int main(int argc, char **argv)
{
	struct probe p = { .seed = 88172645463325252 };
	unsigned trials = argc > 2 ? number(argv[2], 1000000) : 2000;
	unsigned lines = argc > 3 ? number(argv[3], 1000) : 5;
	auto_free int64_t *us = mem_new(trials, sizeof(*us));
	unsigned n = 0;

	if (argc < 2)
		die("usage: latency_probe LOG [TRIALS [LINES [CPU]]]");
	if (argc > 4)
		pin(str_eq(str_of(argv[4]), STR("0")) ? 0
						      : number(argv[4], 1023));
	p.seed ^= (uint64_t)wall_now().ns;
	p.nl = monitor();
	p.log = open(argv[1], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (p.log < 0)
		die("%s: %s", argv[1], strerror(errno));
	for (unsigned i = 0; i < trials; i++) {
		int64_t ns = trial(&p, lines);

		if (ns >= 0)
			us[n++] = ns / 1000;
	}
	if (n == 0)
		die("no measure was seen in %u trials", trials);
	qsort(us, n, sizeof(*us), by_value);
	printf("trials %u lost %u: min %lld median %lld p90 %lld p99 %lld "
	       "max %lld us\n",
	    trials, trials - n, (long long)us[0], (long long)us[n / 2],
	    (long long)us[n * 9 / 10], (long long)us[n * 99 / 100],
	    (long long)us[n - 1]);
	return 0;
}
