#include <sodium.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "desk/ask.h"
#include "desk/bouncers.h"
#include "desk/desk.h"
#include "desk/events.h"
#include "desk/watchers.h"

/*
 * All that a visitor of the desk can send, at both of its doors: the first
 * byte says which. Keys are "key" of every kind, the agents' tokens are signed
 * with zeros, the clock stands still. Whatever comes, the desk goes on and
 * the visitor is not left waiting.
 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerInitialize(int *argc, char ***argv);

enum {
	NOW = 1800000000,
	TURNS = 400,
	INPUT = 1 << 16
};

static struct desk d;
static struct sockaddr_un doors[2];
static socklen_t doors_n[2];

/* Judge is away; what would be said to it is right all the same. */
bool desk_say(struct desk *desk, enum msg type, const void *body, size_t n,
    struct str tail)
{
	assert(msg_fits(type, DESK, JUDGE, n + tail.n));
	if (type == MSG_SENSED)
		assert(sensed_ok(body));
	if (type == MSG_ENROL)
		assert(key_ok(body));
	return false;
}

static void fault(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
}

static void add_keys(void)
{
	keys_begin(&d.keys);
	for (uint8_t kind = KEY_BOUNCER; kind < KEY_KINDS; kind++) {
		struct wire_key k = { .kind = kind };

		snprintf(k.name, sizeof(k.name), "%s",
		    key_kind_name((enum key_kind)kind));
		crypto_hash_sha256(k.hash, (const uint8_t *)"key", 3);
		keys_hear(&d.keys, &k);
	}
	keys_end(&d.keys);
}

static void add_measures(void)
{
	struct wire_stood s = { .what = STOOD_SHUT,
		.origin = ORIGIN_OWN,
		.at = NOW - 60,
		.until = NOW + 3600,
		.rule = "openssh/auth-failure" };

	table_begin(&d.table);
	for (uint8_t i = 0; i < 40; i++) {
		s.act = i % 5 ? ACT_DENY : ACT_LIMIT;
		s.net = (struct net){ { 4, { 192, 0, 2, i } }, 32 };
		if (i % 7 == 0)
			s.net = net_of(s.net.addr, 28);
		if (i % 11 == 0)
			s.net = (struct net){ { 6, { 0x20, 1, 0xd, 0xb8, i } },
				64 };
		s.hosts.n = s.net.addr.family == 6 ? i % (HOSTS + 1) : 0;
		table_hear(&d.table, &s);
	}
	table_end(&d.table);
}

static void open_door(enum door what)
{
	struct sockaddr_un *a = &doors[what];
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	a->sun_family = AF_UNIX;
	doors_n[what] =
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			(size_t)snprintf(a->sun_path + 1, 60, "lpt-fuzz-%d-%d",
			    (int)getpid(), (int)what));
	if (fd < 0 || bind(fd, (struct sockaddr *)a, doors_n[what]) < 0 ||
	    listen(fd, 8) < 0 || http_open(d.http, fd, what, 4096) < 0)
		die("no door");
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	if (sodium_init() < 0)
		die("no random numbers");
	d.judge.fd = -1;
	d.base = event_base_new();
	d.now = d.started = d.table.now = NOW;
	(void)conf_load(&d.conf, "", (struct str){ 0 }, fault, NULL);
	table_new(&d.table, NULL, NULL);
	d.table.now = NOW;
	asks_new(&d.asks, &d);
	events_new(&d.events);
	bouncers_new(&d.bouncers);
	watchers_new(&d.watchers);
	memset(d.watchers->token_key, 0, sizeof(d.watchers->token_key));
	add_keys();
	add_measures();
	(void)http_new(&d.http, &d, d.base, desk_routes);
	open_door(DOOR_PEOPLE);
	open_door(DOOR_BOUNCERS);
	return 0;
}

/* false: the desk has hung up. */
static bool drain(int fd)
{
	static char buf[INPUT];
	ssize_t got;

	do
		got = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
	while (got > 0);
	return got < 0 && errno == EAGAIN;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	int what, fd, turns = 0;
	bool there = true;

	if (n < 2 || n > INPUT)
		return 0;
	what = bytes[0] & 1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (fd < 0 ||
	    connect(fd, (struct sockaddr *)&doors[what], doors_n[what]) < 0)
		die("no way in: %s", strerror(errno));
	(void)send(fd, bytes + 1, n - 1, MSG_NOSIGNAL);
	(void)shutdown(fd, SHUT_WR);
	d.watchers->tries = 0;
	for (; there && turns < TURNS; turns++) {
		(void)event_base_loop(d.base, EVLOOP_NONBLOCK);
		there = drain(fd);
	}
	close(fd);
	for (int i = 0; i < 16; i++) /* who only listens is told something */
		events_tick(d.events);
	for (int i = 0; i < 4; i++) {
		http_tick(d.http);
		(void)event_base_loop(d.base, EVLOOP_NONBLOCK);
	}
	return 0;
}
