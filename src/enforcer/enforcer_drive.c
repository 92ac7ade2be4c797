/*
 * enforcer_drive - stands in for warden and judge, a command a line.
 *
 *   enforcer_drive ENFORCER [dry] [TABLE]
 *
 * For tests and benchmarks: starts the enforcer, says what standard input
 * says, prints what it answers. The commands are the table at the end.
 */
#include "base/link.h"
#include "base/when.h"
#include "wire/msgs.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>

enum {
	PATIENCE_MS = 20000,
	WORDS = 8
};

static struct {
	const char *program, *table;
	bool dry;
	pid_t pid;
	struct link warden, judge, who, namer;
	uint64_t id;
	struct wire_done done;
	struct wire_ready ready;
	uint64_t elements, packets, bytes;
	bool quiet;
} d = { .warden.fd = -1, .judge.fd = -1, .who.fd = -1, .namer.fd = -1 };

static double ms(void)
{
	return (double)mono_now().ns / 1e6;
}

static void say(struct link *l, uint32_t type, const void *body, size_t n,
    int fd)
{
	int e;

	while ((e = link_send(l, type, body, n, (struct str){ 0 }, fd)) ==
	       LINK_FULL)
		link_wait(l, true, PATIENCE_MS);
	if (e != LINK_OK)
		printf("gone\n");
}

/* The enforcer gets the other end of a new link. */
static void link_to(struct link *l, enum role r)
{
	struct wire_link w = { .peer = (uint8_t)r };
	int ends[2];

	close_fd(&l->fd);
	if (link_pair(ends) < 0)
		die("no link");
	l->fd = ends[0];
	say(&d.warden, MSG_LINK, &w, sizeof(w), ends[1]);
	close(ends[1]);
}

static void show_net(const char *what, const struct net *n, const char *rest)
{
	char text[NET_MAX];

	net_print(n, text);
	printf("%s %s %s\n", what, text, rest);
}

static void take_element(const struct wire_element *e)
{
	static const char *const acts[] = { "", "deny", "reject", "limit" };
	char rest[128];

	if (e->last)
		return;
	d.elements++;
	d.packets += e->packets;
	d.bytes += e->bytes;
	snprintf(rest, sizeof(rest),
	    "%s list=%u left=%u packets=%llu bytes=%llu", acts[e->act & 3],
	    e->list, e->left, (unsigned long long)e->packets,
	    (unsigned long long)e->bytes);
	if (!d.quiet)
		show_net("element", &e->net, rest);
}

static void take_protected(const struct wire_never *n)
{
	if (!d.quiet)
		show_net(n->gone ? "unprotected" : "protected", &n->net,
		    never_name(n->cause));
}

/* One message of judge's link; its type, or -1. */
static int hear(int timeout)
{
	struct packet p;

	if (link_wait(&d.judge, false, timeout) < 0 ||
	    link_recv(&d.judge, &p) != LINK_OK)
		return -1;
	if (p.type == MSG_DONE)
		memcpy(&d.done, p.p, sizeof(d.done));
	else if (p.type == MSG_READY)
		memcpy(&d.ready, p.p, sizeof(d.ready));
	else if (p.type == MSG_ELEMENT)
		take_element(p.p);
	else if (p.type == MSG_PROTECTED)
		take_protected(p.p);
	if (p.type == MSG_ELEMENT && ((const struct wire_element *)p.p)->last)
		return MSG_N;
	return (int)p.type;
}

static bool hear_until(int type)
{
	int got;

	do {
		got = hear(PATIENCE_MS);
	} while (got >= 0 && got != type);
	return got == type;
}

static void start(void)
{
	struct wire_setup s = { .generation = 1, .watch_only = d.dry };
	double from = ms();
	int ends[2];

	snprintf(s.table, sizeof(s.table), "%s", d.table);
	if (link_pair(ends) < 0)
		die("no link");
	d.pid = fork();
	if (d.pid == 0) {
		if (dup2(ends[1], 3) < 0)
			_exit(1);
		fcntl(3, F_SETFD, 0);
		execl(d.program, "enforcer", (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	close_fd(&d.warden.fd);
	d.warden.fd = ends[0];
	say(&d.warden, MSG_SETUP, &s, sizeof(s), -1);
	link_to(&d.judge, JUDGE);
	if (link_wait(&d.warden, false, PATIENCE_MS) == 0) {
		struct packet p;

		if (link_recv(&d.warden, &p) == LINK_OK && p.type == MSG_UP)
			printf("up missing=%u ms=%.1f\n",
			    ((const struct wire_up *)p.p)->missing,
			    ms() - from);
		else
			printf("not up\n");
	}
}

static void go(char **w)
{
	struct wire_none none = { 0 };

	say(&d.warden, MSG_GO, &none, sizeof(none), -1);
	if (hear_until(MSG_READY))
		printf("ready owner=%u persist=%u dry=%u rebuilt=%u\n",
		    d.ready.owner, d.ready.persist, d.ready.dry,
		    d.ready.rebuilt);
}

static void end(int sig)
{
	kill(d.pid, sig);
	waitpid(d.pid, NULL, 0);
}

static void again(char **w)
{
	double from = ms();

	end(SIGKILL);
	d.quiet = true;
	start();
	go(w);
	d.quiet = false;
	printf("again ms=%.1f\n", ms() - from);
}

static uint32_t number(const char *s, uint32_t other)
{
	uint32_t v;

	return s && str_u32(str_of(s), UINT32_MAX, &v) ? v : other;
}

static struct net net_word(const char *s)
{
	struct net n = { 0 };

	if (!s || !net_parse(str_of(s), true, &n))
		printf("bad net\n");
	return n;
}

static uint8_t act_of(const char *s)
{
	static const char *const acts[] = { "deny", "reject", "limit", "open",
		"spare", "unspare" };

	for (uint8_t i = 0; i < countof(acts); i++)
		if (strcmp(s, acts[i]) == 0)
			return (uint8_t)(i + 1);
	return 0;
}

/* ACT NET [TTL] [list] */
static void order(char **w)
{
	struct wire_order o = { .id = ++d.id,
		.net = net_word(w[1]),
		.act = act_of(w[0]),
		.ttl = number(w[2], w[2] ? 0 : 600),
		.list = w[2] && w[3],
		.cause = NEVER_OPERATOR };
	double from = ms();

	if (o.act >= ACT_OPEN)
		o.ttl = number(w[2], 0);
	say(&d.judge, MSG_ORDER, &o, sizeof(o), -1);
	if (hear_until(MSG_DONE))
		printf("done %s packets=%llu ms=%.3f\n",
		    done_name(d.done.status),
		    (unsigned long long)d.done.packets, ms() - from);
}

/* The i-th of N spread addresses. */
static struct net nth(uint32_t i, bool v6)
{
	uint32_t x = (i + 1) * 2654435761U;
	struct net n = { { .family = v6 ? 6 : 4 }, v6 ? 64 : 32 };

	if (v6) {
		n.addr.b[0] = 0x2a;
		memcpy(n.addr.b + 3, &i, 4);
		return n;
	}
	memcpy(n.addr.b, &x, 4);
	n.addr.b[0] = (uint8_t)(n.addr.b[0] % 96 + 20);
	return n;
}

struct count {
	uint32_t sent, heard, ok, with_sync;
};

static bool hear_dones(struct count *c, int timeout)
{
	int got = hear(timeout);

	c->heard += got == MSG_DONE;
	c->ok += got == MSG_DONE && d.done.status == DONE_OK;
	return got >= 0;
}

/* many N ACT [TTL] [list] [6]: all at once, as fast as the link takes */
static void many(char **w)
{
	struct count c = { 0 };
	uint32_t n = number(w[1], 1000);
	bool list = w[3] && w[4] && strcmp(w[4], "list") == 0;
	bool v6 = w[3] && w[4] && (w[4][0] == '6' || (w[5] && w[5][0] == '6'));
	double from = ms();

	d.quiet = true;
	while (c.heard < n) {
		struct wire_order o = { .id = ++d.id,
			.net = nth(c.sent, v6),
			.act = act_of(w[2] ? w[2] : "deny"),
			.ttl = number(w[2] ? w[3] : NULL, 3600),
			.list = list };

		if (c.sent < n && link_send(&d.judge, MSG_ORDER, &o, sizeof(o),
				      (struct str){ 0 }, -1) == LINK_OK)
			c.sent++;
		else if (!hear_dones(&c, PATIENCE_MS))
			break;
		while (c.sent % 512 == 0 && hear_dones(&c, 0))
			;
	}
	d.quiet = false;
	printf("many %u ok=%u ms=%.1f\n", c.heard, c.ok, ms() - from);
}

static int cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* latency N: one order, its answer, the next */
static void latency(char **w)
{
	uint32_t n = CLAMP(number(w[1], 2000), 1U, 100000U);
	double *t = mem_new(n, sizeof(*t));

	for (uint32_t i = 0; i < n; i++) {
		struct wire_order o = { .id = ++d.id,
			.net = nth(0x40000000U + i, false),
			.act = ACT_DENY,
			.ttl = 60 };
		int64_t from = mono_now().ns;

		say(&d.judge, MSG_ORDER, &o, sizeof(o), -1);
		if (!hear_until(MSG_DONE))
			break;
		t[i] = (double)(mono_now().ns - from) / 1e3;
	}
	qsort(t, n, sizeof(*t), cmp);
	printf("latency n=%u p50=%.1f us p99=%.1f us max=%.1f us\n", n,
	    t[n / 2], t[n * 99 / 100], t[n - 1]);
	free(t);
}

static void sync_begin(char **w)
{
	struct wire_sync s = { .end = strcmp(w[0], "synced") == 0 };

	say(&d.judge, MSG_SYNC, &s, sizeof(s), -1);
}

/* ask [NET] | count */
static void ask(char **w)
{
	struct wire_ask a = { .id = ++d.id, .what = ASK_ALL };
	double from = ms();

	if (w[1]) {
		a.what = ASK_ONE;
		a.net = net_word(w[1]);
	}
	d.quiet = strcmp(w[0], "count") == 0;
	d.elements = d.packets = d.bytes = 0;
	say(&d.judge, MSG_ASK, &a, sizeof(a), -1);
	hear_until(MSG_N);
	d.quiet = false;
	printf("told elements=%llu packets=%llu ms=%.1f\n",
	    (unsigned long long)d.elements, (unsigned long long)d.packets,
	    ms() - from);
}

/* never NET CAUSE [TTL] */
static void never(char **w)
{
	struct wire_never n = { .net = net_word(w[1]),
		.cause = (uint8_t)number(w[2], NEVER_ALLOW),
		.gone = strcmp(w[0], "unnever") == 0,
		.ttl = number(w[2] ? w[3] : NULL, 0) };

	say(&d.warden, MSG_NEVER, &n, sizeof(n), -1);
}

/* live ADDR | lived: the list is complete */
static void live(char **w)
{
	struct wire_live l = { .cause = NEVER_SESSION };

	if (d.who.fd < 0)
		link_to(&d.who, WHO);
	l.last = strcmp(w[0], "lived") == 0;
	if (!l.last)
		l.who = net_word(w[1]).addr;
	say(&d.who, MSG_LIVE, &l, sizeof(l), -1);
}

static void named(char **w)
{
	struct wire_never n = { .net = net_word(w[1]),
		.cause = NEVER_NAME,
		.ttl = number(w[2], 60) };

	if (d.namer.fd < 0)
		link_to(&d.namer, NAMER);
	say(&d.namer, MSG_NAMED, &n, sizeof(n), -1);
}

static void listen_for(char **w)
{
	double until = ms() + number(w[1], 100);

	while (ms() < until)
		if (hear(10) == MSG_READY)
			printf("ready dry=%u\n", d.ready.dry);
}

static void memory(char **w)
{
	char path[64], line[256];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)d.pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (memcmp(line, "VmRSS", 5) == 0)
			fputs(line, stdout);
	if (f)
		fclose(f);
}

static void pid(char **w)
{
	printf("pid %d\n", (int)d.pid);
}

/* A judge that is broken: bytes that are no order. */
static void garble(char **w)
{
	uint8_t junk[24] = { 0xff };

	say(&d.judge, number(w[1], MSG_ORDER), junk, sizeof(junk), -1);
	printf("garbled\n");
	while (hear(500) >= 0)
		;
	link_to(&d.judge, JUDGE);
	if (hear_until(MSG_READY))
		printf("ready again\n");
}

static const struct command {
	const char *name;
	void (*run)(char **w);
} commands[] = {
	{ "go", go },
	{ "deny", order },
	{ "reject", order },
	{ "limit", order },
	{ "open", order },
	{ "spare", order },
	{ "unspare", order },
	{ "many", many },
	{ "latency", latency },
	{ "sync", sync_begin },
	{ "synced", sync_begin },
	{ "ask", ask },
	{ "count", ask },
	{ "never", never },
	{ "unnever", never },
	{ "live", live },
	{ "lived", live },
	{ "named", named },
	{ "listen", listen_for },
	{ "memory", memory },
	{ "pid", pid },
	{ "again", again },
	{ "garble", garble },
};

static void run(char *line)
{
	char *w[WORDS + 1] = { NULL }, *at = line;

	for (int n = 0; n < WORDS && (w[n] = strsep(&at, " \n"));)
		n += w[n][0] != '\0';
	for (int n = 0; n < WORDS && w[n]; n++)
		if (!w[n][0])
			w[n] = NULL;
	for (size_t i = 0; w[0] && i < countof(commands); i++)
		if (strcmp(w[0], commands[i].name) == 0) {
			commands[i].run(w);
			return;
		}
	printf("unknown\n");
}

int main(int n, char **arg)
{
	char line[256];

	if (n < 2)
		die("usage: enforcer_drive ENFORCER [dry] [TABLE]");
	d.program = arg[1];
	d.dry = n > 2 && strcmp(arg[2], "dry") == 0;
	d.table = n > 2 + d.dry ? arg[2 + d.dry] : "lptest";
	setvbuf(stdout, NULL, _IOLBF, 0);
	start();
	while (fgets(line, sizeof(line), stdin) && strcmp(line, "quit\n") != 0)
		run(line);
	end(SIGTERM);
	return 0;
}
