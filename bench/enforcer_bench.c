/*
 * enforcer_bench [N]: how fast the enforcer's own code puts N orders into the
 * kernel: checked, remembered, in transactions, acknowledged. Without links,
 * in a network namespace of its own; bench/enforcer.sh adds the whole program
 * and the peers.
 */
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>

#include "base/when.h"
#include "enforcer/enforcer.h"

static size_t n_done, n_ok;

static void say(void *arg, uint32_t type, const void *body, size_t n)
{
	if (type != MSG_DONE)
		return;
	n_done++;
	n_ok += ((const struct wire_done *)body)->status == DONE_OK;
}

static double ms(void)
{
	return (double)mono_now().ns / 1e6;
}

/* Of this process and of the kernel for it: what others on the machine do
 * lengthens the wall clock's time, not this. */
static double cpu_ms(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

static struct net nth(uint32_t i, bool v6)
{
	uint32_t x = (i + 1) * 2654435761U;
	struct net n = { { .family = v6 ? 6 : 4 }, v6 ? 64 : 32 };

	if (v6) {
		n.addr.b[0] = 0x2a;
		memcpy(n.addr.b + 3, &x, 4);
	} else {
		memcpy(n.addr.b, &x, 4);
	}
	return n;
}

static void order(struct enforcer *e, uint32_t i, bool list, bool v6)
{
	struct wire_order o = { .id = i,
		.net = nth(i, v6),
		.act = ACT_DENY,
		.list = list,
		.ttl = 3600 };
	struct packet p = { MSG_ORDER, sizeof(o), &o, -1 };

	if (!enforcer_hear(e, JUDGE, &p))
		die("order refused");
}

static void run(const char *what, uint32_t n, bool list, bool v6)
{
	struct enforcer e;
	void *fence;
	double from, cpu;

	if (fence_nft.open(&fence, "lpbench") < 0)
		die("no netlink");
	enforcer_new(&e, &fence_nft, fence);
	e.say = say;
	e.now = 1000;
	if (enforcer_claim(&e) < 0 || e.dry)
		die("no table");
	n_done = n_ok = 0;
	from = ms();
	cpu = cpu_ms();
	for (uint32_t i = 0; i < n; i++)
		order(&e, i, list, v6);
	enforcer_flush(&e);
	from = ms() - from;
	cpu = cpu_ms() - cpu;
	printf("%-40s %6.0f ms, processor %6.0f ms, %zu of %u done\n", what,
	    from, cpu, n_ok, n);
	if (fence_nft.raze(fence) < 0)
		die("no raze");
	enforcer_free(&e);
	fence_nft.close(&fence);
}

int main(int argc, char **argv)
{
	uint32_t n = 1000000;

	if (argc > 1 && !str_u32(str_of(argv[1]), STANDING_MAX, &n))
		die("usage: enforcer_bench [N]");
	if (unshare(CLONE_NEWNET) < 0)
		die("needs the right to make a network namespace");
	run("imported list, IPv4, no counters", n, true, false);
	run("imported list, IPv6 /64, no counters", n, true, true);
	run("own measures, IPv4, counters", n, false, false);
	run("own measures, IPv6 /64, counters", n, false, true);
	return 0;
}
