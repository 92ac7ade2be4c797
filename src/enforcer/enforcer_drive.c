/*
 * enforcer_drive - stands in for warden and judge, a command a line.
 *
 *   enforcer_drive ENFORCER [dry] [TABLE]
 *
 * For tests and benchmarks: starts the enforcer, says what standard input
 * says, prints what it answers. The commands are the table at the end.
 */
#include "enforcer/drive.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>

enum {
	WORDS = 8
};

struct drive d = { .warden.fd = -1,
	.judge.fd = -1,
	.who.fd = -1,
	.namer.fd = -1 };

void drive_say(struct link *l, uint32_t type, const void *body, size_t n,
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
	drive_say(&d.warden, MSG_LINK, &w, sizeof(w), ends[1]);
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
int drive_hear(int timeout)
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

bool drive_hear_until(int type)
{
	int got;

	do {
		got = drive_hear(PATIENCE_MS);
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
	drive_say(&d.warden, MSG_SETUP, &s, sizeof(s), -1);
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

	drive_say(&d.warden, MSG_GO, &none, sizeof(none), -1);
	if (drive_hear_until(MSG_READY))
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

uint32_t drive_number(const char *s, uint32_t other)
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

uint8_t drive_act(const char *s)
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
		.act = drive_act(w[0]),
		.ttl = drive_number(w[2], w[2] ? 0 : 600),
		.list = w[2] && w[3],
		.cause = NEVER_OPERATOR };
	double from = ms();

	if (o.act >= ACT_OPEN)
		o.ttl = drive_number(w[2], 0);
	drive_say(&d.judge, MSG_ORDER, &o, sizeof(o), -1);
	if (drive_hear_until(MSG_DONE))
		printf("done %s packets=%llu ms=%.3f\n",
		    done_name(d.done.status),
		    (unsigned long long)d.done.packets, ms() - from);
}

static void sync_begin(char **w)
{
	struct wire_sync s = { .end = strcmp(w[0], "synced") == 0 };

	drive_say(&d.judge, MSG_SYNC, &s, sizeof(s), -1);
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
	drive_say(&d.judge, MSG_ASK, &a, sizeof(a), -1);
	drive_hear_until(MSG_N);
	d.quiet = false;
	printf("told elements=%llu packets=%llu ms=%.1f\n",
	    (unsigned long long)d.elements, (unsigned long long)d.packets,
	    ms() - from);
}

/* never NET CAUSE [TTL] */
static void never(char **w)
{
	struct wire_never n = { .net = net_word(w[1]),
		.cause = (uint8_t)drive_number(w[2], NEVER_ALLOW),
		.gone = strcmp(w[0], "unnever") == 0,
		.ttl = drive_number(w[2] ? w[3] : NULL, 0) };

	drive_say(&d.warden, MSG_NEVER, &n, sizeof(n), -1);
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
	drive_say(&d.who, MSG_LIVE, &l, sizeof(l), -1);
}

static void named(char **w)
{
	struct wire_never n = { .net = net_word(w[1]),
		.cause = NEVER_NAME,
		.ttl = drive_number(w[2], 60) };

	if (d.namer.fd < 0)
		link_to(&d.namer, NAMER);
	drive_say(&d.namer, MSG_NAMED, &n, sizeof(n), -1);
}

static void listen_for(char **w)
{
	double until = ms() + drive_number(w[1], 100);

	while (ms() < until)
		if (drive_hear(10) == MSG_READY)
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

	drive_say(&d.judge, drive_number(w[1], MSG_ORDER), junk, sizeof(junk),
	    -1);
	printf("garbled\n");
	while (drive_hear(500) >= 0)
		;
	link_to(&d.judge, JUDGE);
	if (drive_hear_until(MSG_READY))
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
	{ "many", drive_many },
	{ "crowd", drive_crowd },
	{ "latency", drive_latency },
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
