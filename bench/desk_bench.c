/*
 * desk_bench - many bouncers poll one desk.
 *
 *   desk_bench DESK [BOUNCERS [MEASURES [SECONDS]]]
 *   desk_bench at PORT KEY BOUNCERS SECONDS
 *
 * This program is warden and judge to a real desk in its jail: it binds, says
 * what stands, changes a hundred of it a second; and it is all the bouncers:
 * each pulls everything once, then asks each second what changed; then the
 * lists are fetched. It prints how long answers took and what the desk weighs;
 * exit status 1 if an answer was no answer.
 * With `at` it is the bouncers alone, of a desk on the loopback address:
 * bench/desk_latency.sh measures the defence meanwhile.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/blob.h"
#include "base/link.h"
#include "base/when.h"
#include "wire/msgs.h"

enum {
	CHANGES_A_SECOND = 100,
	ANSWER = 1 << 16,
	SAMPLES = 1 << 20
};

static const char *key = "a-key-of-the-benchmark-0123456789-abcdefghij";

struct client {
	int fd;
	struct mono asked;
	int64_t next; /* when it asks again, ns */
	bool waits;
	size_t want, got, body; /* bytes; of this answer */
	char tail[8];
	size_t n_tail;
};

static struct link up, judge = { .fd = -1 };
static uint64_t seq;
static uint32_t now;
static float samples[SAMPLES];
static size_t n_samples;
static struct sockaddr_in where;

static void say(struct link *l, uint32_t type, const void *body, size_t n,
    struct str tail, int fd)
{
	int e = link_send(l, type, body, n, tail, fd);

	while (e == LINK_FULL && link_wait(l, true, 10000) == 0)
		e = link_send(l, type, body, n, tail, fd);
	if (e != LINK_OK)
		die("desk does not hear: %d", e);
}

static int listen_here(void)
{
	socklen_t n = sizeof(where);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	where = (struct sockaddr_in){ .sin_family = AF_INET };
	where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&where, n) < 0 ||
	    listen(fd, 1024) < 0 ||
	    getsockname(fd, (struct sockaddr *)&where, &n) < 0)
		die("no socket: %s", strerror(errno));
	return fd;
}

static pid_t desk_start(const char *path)
{
	char *argv[] = { (char *)(uintptr_t)path, NULL };
	int ends[2];
	pid_t pid;

	if (link_pair(ends) < 0 || (pid = fork()) < 0)
		die("no process");
	if (pid == 0) {
		dup2(ends[1], 3);
		execv(path, argv);
		_exit(127);
	}
	close(ends[1]);
	up.fd = ends[0];
	return pid;
}

static void desk_go(void)
{
	static const struct str yaml = { "desk: {on: yes, per-address: 4096}\n",
		35 };
	struct wire_setup s = { .generation = 1 };
	struct wire_blob b = { 1, (uint32_t)yaml.n };
	struct wire_door d = { .what = DOOR_BOUNCERS };
	struct wire_link l = { .peer = JUDGE };
	struct wire_none none = { 0 };
	int conf, door = listen_here(), ends[2];

	if (blob_make("conf", yaml, &conf) < 0 || link_pair(ends) < 0)
		die("no memfd");
	say(&up, MSG_SETUP, &s, sizeof(s), (struct str){ 0 }, -1);
	say(&up, MSG_CONF, &b, sizeof(b), (struct str){ 0 }, conf);
	say(&up, MSG_LINK, &l, sizeof(l), (struct str){ 0 }, ends[1]);
	say(&up, MSG_DOOR, &d, sizeof(d), (struct str){ 0 }, door);
	say(&up, MSG_GO, &none, sizeof(none), (struct str){ 0 }, -1);
	close(ends[1]);
	close(door);
	judge.fd = ends[0];
}

static struct wire_stood stood(uint32_t i, bool shut)
{
	struct wire_stood s = { .what = shut ? STOOD_SHUT : STOOD_OPENED,
		.act = ACT_DENY,
		.rung = 7,
		.origin = ORIGIN_OWN,
		.at = now,
		.until = now + 14400,
		.count = 5 };

	s.net.addr.family = 4;
	s.net.addr.b[0] = 45;
	s.net.addr.b[1] = (uint8_t)(i >> 16);
	s.net.addr.b[2] = (uint8_t)(i >> 8);
	s.net.addr.b[3] = (uint8_t)i;
	s.net.bits = 32;
	snprintf(s.rule, sizeof(s.rule), "%s", "openssh/auth-failure");
	return s;
}

static void feed(enum fed what, const struct wire_stood *v, uint32_t n)
{
	struct wire_fed f = { .seq = ++seq, .n = n, .what = (uint8_t)what };

	say(&judge, MSG_FED, &f, sizeof(f),
	    (struct str){ (const char *)v, n * sizeof(*v) }, -1);
}

static void feed_all(uint32_t measures)
{
	struct wire_stood v[STOOD_MOST];
	struct wire_key k = { .kind = KEY_BOUNCER };
	uint32_t n = 0;

	snprintf(k.name, sizeof(k.name), "bench");
	crypto_hash_sha256(k.hash, (const uint8_t *)key, strlen(key));
	feed(FED_BEGIN, NULL, 0);
	say(&judge, MSG_PASS, &k, sizeof(k), (struct str){ 0 }, -1);
	for (uint32_t i = 0; i < measures; i++) {
		v[n++] = stood(i, true);
		if (n == STOOD_MOST || i + 1 == measures) {
			feed(FED_ALL, v, n);
			n = 0;
		}
	}
	feed(FED_END, NULL, 0);
}

/* Half of them open what stands, half shut another. */
static void churn(uint32_t measures, uint32_t *at)
{
	struct wire_stood s = stood(*at / 2 % measures, *at % 2);

	if (*at % 2)
		s.until += *at;
	feed(FED_CHANGE, &s, 1);
	++*at;
}

static void client_connect(struct client *c, size_t i, int epoll)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };

	from.sin_addr.s_addr = htonl(0x7f010001u + (uint32_t)i);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 ||
	    bind(c->fd, (struct sockaddr *)&from, sizeof(from)) < 0 ||
	    connect(c->fd, (struct sockaddr *)&where, sizeof(where)) < 0 ||
	    fcntl(c->fd, F_SETFL, O_NONBLOCK) < 0 ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &e) < 0)
		die("bouncer %zu: %s", i, strerror(errno));
}

static void client_get(struct client *c, const char *path)
{
	char text[400];
	int n = snprintf(text, sizeof(text),
	    "GET %s HTTP/1.1\r\nHost: x\r\nX-Api-Key: %s\r\n"
	    "Authorization: Bearer %s\r\nUser-Agent: bench/v1\r\n\r\n",
	    path, key, key);

	c->asked = mono_now();
	c->waits = true;
	c->got = c->want = 0;
	c->n_tail = 0;
	if (send(c->fd, text, (size_t)n, MSG_NOSIGNAL) != n)
		die("a bouncer cannot ask");
}

static void client_ask(struct client *c, bool whole)
{
	client_get(c, whole ? "/v1/decisions/stream?startup=true"
			    : "/v1/decisions/stream");
}

/* A chunked answer ends with its last chunk. */
static bool is_whole(const struct client *c)
{
	if (c->want)
		return c->got >= c->want;
	return c->n_tail == 8 && memcmp(c->tail + 1, "\r\n0\r\n\r\n", 7) == 0;
}

/* Bytes of head and body together; 0: it is chunked. */
static size_t want_of(const char *p, size_t n)
{
	struct str head = { p, n }, line;
	uint32_t length;
	size_t end = str_find(head, STR("\r\n\r\n")),
	       at = str_find(head, STR("Content-Length: "));

	if (end == SIZE_MAX)
		die("a head in pieces");
	if (at == SIZE_MAX || at > end)
		return 0;
	head = str_from(head, at + 16);
	if (!str_cut(&head, '\r', &line) || !str_u32(line, 1u << 30, &length))
		die("no length");
	return end + 4 + length;
}

static bool client_read(struct client *c)
{
	static char buf[ANSWER];
	ssize_t n = recv(c->fd, buf, sizeof(buf), 0);

	if (n <= 0)
		die("the desk hung up on a bouncer");
	if (c->got == 0 && (n < 15 || memcmp(buf, "HTTP/1.1 200", 12) != 0))
		die("no answer: %.60s", buf);
	if (c->got == 0)
		c->want = want_of(buf, (size_t)n);
	c->got += (size_t)n;
	for (ssize_t i = MAX(n - 8, 0); i < n; i++) {
		if (c->n_tail == 8) {
			memmove(c->tail, c->tail + 1, 7);
			c->n_tail = 7;
		}
		c->tail[c->n_tail++] = buf[i];
	}
	if (!is_whole(c))
		return false;
	c->waits = false;
	if (n_samples < SAMPLES)
		samples[n_samples++] =
		    (float)(mono_now().ns - c->asked.ns) / 1e6f;
	return true;
}

static int by_size(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return x < y ? -1 : x > y;
}

static void report(const char *what)
{
	qsort(samples, n_samples, sizeof(samples[0]), by_size);
	printf("%-24s %7zu answers  median %7.2f ms  p99 %7.2f ms  "
	       "longest %7.2f ms\n",
	    what, n_samples, (double)samples[n_samples / 2],
	    (double)samples[n_samples * 99 / 100],
	    (double)samples[n_samples - 1]);
	n_samples = 0;
}

static void weight(pid_t pid, const char *when)
{
	char path[64], line[200];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "Pss:", 4) == 0)
			printf("%-24s %s", when, line);
	if (f)
		fclose(f);
}

static void run(struct client *v, size_t n, int epoll, uint32_t measures,
    int64_t until)
{
	struct epoll_event e[64];
	int64_t next = mono_now().ns;
	uint32_t at = 0;

	while (mono_now().ns < until) {
		int got = epoll_wait(epoll, e, 64, 1);
		int64_t t = mono_now().ns;

		for (int i = 0; i < got; i++)
			(void)client_read(e[i].data.ptr);
		for (; judge.fd >= 0 && next < t;
		     next += NS_PER_S / CHANGES_A_SECOND)
			churn(measures, &at);
		for (size_t i = 0; i < n; i++)
			if (!v[i].waits && v[i].next <= t) {
				v[i].next += NS_PER_S;
				client_ask(&v[i], false);
			}
	}
}

/* How many pull everything at once, until all have it. */
static void pull(struct client *v, size_t n, int epoll)
{
	struct epoll_event e[64];
	size_t left = n;

	for (size_t i = 0; i < n; i++)
		client_ask(&v[i], true);
	while (left > 0) {
		int got = epoll_wait(epoll, e, 64, 60000);

		if (got <= 0)
			die("no answer within a minute");
		for (int i = 0; i < got; i++)
			left -= client_read(e[i].data.ptr);
	}
}

/* Until he has it all; others may still be answered. */
static void wait_for(const struct client *c, int epoll)
{
	struct epoll_event e;

	while (c->waits) {
		if (epoll_wait(epoll, &e, 1, 60000) <= 0)
			die("no answer within a minute");
		(void)client_read(e.data.ptr);
	}
}

static void lists(struct client *c, int epoll, pid_t pid)
{
	static const char *const paths[] = { "/v1/blocklist.txt",
		"/v1/blocklist.nft", "/v1/blocklist.ndjson" };

	wait_for(c, epoll);
	for (size_t i = 0; i < countof(paths); i++) {
		n_samples = 0;
		client_get(c, paths[i]);
		wait_for(c, epoll);
		report(paths[i]);
		printf("%-24s %zu bytes\n", "", c->got);
	}
	weight(pid, "desk after the lists");
}

static size_t number(int argc, char **argv, int i, size_t fallback)
{
	uint32_t n;

	return argc > i && str_u32(str_of(argv[i]), 10000000, &n) ? n
								  : fallback;
}

/* Each begins anew and then asks every second. */
static int visit(int argc, char **argv)
{
	size_t n = number(argc, argv, 4, 500);
	size_t seconds = number(argc, argv, 5, 10);
	struct client *v = mem_new(n, sizeof(*v));
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	int64_t t;

	key = argv[3];
	where = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons((uint16_t)number(argc, argv, 2, 8080)) };
	where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (size_t i = 0; i < n; i++)
		client_connect(&v[i], i, epoll);
	pull(v, n, epoll);
	report("all of them at once");
	puts("polling");
	(void)fflush(stdout);
	t = mono_now().ns;
	for (size_t i = 0; i < n; i++)
		v[i].next = t + (int64_t)i * NS_PER_S / (int64_t)n;
	run(v, n, epoll, 1, t + (int64_t)seconds * NS_PER_S);
	report("what changed, each second");
	return 0;
}

int main(int argc, char **argv)
{
	size_t n = number(argc, argv, 2, 500);
	uint32_t measures = (uint32_t)number(argc, argv, 3, 50000);
	size_t seconds = number(argc, argv, 4, 10);
	struct client *v = mem_new(n, sizeof(*v));
	struct rusage spent;
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	struct packet p;
	int64_t t;
	pid_t pid;

	if (argc > 3 && strcmp(argv[1], "at") == 0)
		return visit(argc, argv);
	if (argc < 2 || sodium_init() < 0)
		die("usage: desk_bench DESK [BOUNCERS [MEASURES [SECONDS]]]");
	now = wall_s(wall_now());
	pid = desk_start(argv[1]);
	desk_go();
	if (link_wait(&judge, false, 10000) < 0 ||
	    link_recv(&judge, &p) != LINK_OK || p.type != MSG_FEED)
		die("desk does not ask what stands");
	feed_all(measures);
	for (size_t i = 0; i < n; i++)
		client_connect(&v[i], i, epoll);
	pull(v, 1, epoll);
	report("the first full pull");
	pull(v, n, epoll);
	report("all of them at once");
	weight(pid, "desk after that");
	t = mono_now().ns;
	for (size_t i = 0; i < n; i++)
		v[i].next = t + (int64_t)i * NS_PER_S / (int64_t)n;
	run(v, n, epoll, measures, t + (int64_t)seconds * NS_PER_S);
	report("what changed, each second");
	weight(pid, "desk at the end");
	lists(&v[0], epoll, pid);
	close(up.fd);
	close(judge.fd);
	(void)wait4(pid, NULL, 0, &spent);
	printf("%-24s %ld ms user, %ld ms system\n", "desk's processor time",
	    spent.ru_utime.tv_sec * 1000 + spent.ru_utime.tv_usec / 1000,
	    spent.ru_stime.tv_sec * 1000 + spent.ru_stime.tv_usec / 1000);
	return 0;
}
