/*
 * Logins to the console over HTTP: who is let in, for how long, and what a
 * restart, a log-out and a key that was taken back change.
 */
#include <sodium.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/tests.h"
#include "desk/desk.h"
#include "desk/session.h"

enum {
	NOW = 1800000000,
	ANSWER = 4096,
	COOKIE = 80
};

static struct desk d;
static struct desk former[32];
static size_t n_former;
static struct sockaddr_un door;
static socklen_t door_n;
/* what judge was told: it keeps sessions, and tells them a new desk */
static struct wire_key kept[KEY_SESSIONS * 2];
static size_t n_kept, n_said;

bool desk_say(struct desk *desk, enum msg type, const void *body, size_t n,
    struct str tail)
{
	const struct wire_key *k = body;
	size_t i = 0;

	assert_int_equal(type, MSG_ENROL);
	assert_true(key_ok(k));
	n_said++;
	while (i < n_kept && strcmp(kept[i].name, k->name) != 0)
		i++;
	if (k->gone && i < n_kept)
		kept[i] = kept[--n_kept];
	else if (!k->gone) {
		assert_true(i < countof(kept));
		kept[i] = *k;
		n_kept = MAX(n_kept, i + 1);
	}
	return true;
}

static void get_me(struct http_request *r)
{
	json_t *o = json_pack("{s:s,s:i}", "name", r->who.name, "kind",
	    (int)r->who.kind);

	http_json(r, MHD_HTTP_OK, &o);
}

static void post_word(struct http_request *r)
{
	http_answer(r, MHD_HTTP_CREATED, NULL, (struct str){ 0 });
}

static const struct http_route routes[] = {
	{ "GET", "/me", DOOR(DOOR_PEOPLE), AUTH_LOOK, 0, get_me },
	{ "POST", "/word", DOOR(DOOR_PEOPLE), AUTH_ACT, 64, post_word },
	{ 0 },
};
static const struct http_route *const tables[] = { routes, session_routes,
	NULL };

/* Routes of other rooms are no matter here. */
bool machine_who(struct http_request *r)
{
	return false;
}

static void add_key(const char *name, uint8_t kind, const char *secret,
    uint32_t at)
{
	struct wire_key k = { .kind = kind, .at = at };

	snprintf(k.name, sizeof(k.name), "%s", name);
	crypto_hash_sha256(k.hash, (const uint8_t *)secret, strlen(secret));
	keys_hear(&d.keys, &k);
}

static void clock_is(uint32_t now)
{
	d.now = now;
}

static void begin(void)
{
	static int no;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	assert_true(n_former < countof(former));
	former[n_former++] = d; /* so that nothing of it is lost */
	d = (struct desk){ 0 };
	d.judge.fd = -1;
	d.base = event_base_new();
	clock_is(NOW);
	keys_begin(&d.keys);
	add_key("anna", KEY_OPERATOR, "anna's key", NOW - 100);
	add_key("rita", KEY_READER, "rita's key", NOW - 100);
	add_key("wall", KEY_BOUNCER, "wall's key", NOW - 100);
	for (size_t i = 0; i < n_kept; i++)
		keys_hear(&d.keys, &kept[i]);
	keys_end(&d.keys);
	(void)http_new(&d.http, &d, d.base, tables);
	door = (struct sockaddr_un){ .sun_family = AF_UNIX };
	door_n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			     (size_t)snprintf(door.sun_path + 1, 60,
				 "lpt-session-%d-%d", (int)getpid(), ++no));
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&door, door_n), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(http_open(d.http, fd, DOOR_PEOPLE, 4096), 0);
}

/* This program ends and another one begins; judge has kept what it was told. */
static void restart(void)
{
	begin();
}

static int setup(void **state)
{
	n_kept = n_said = 0;
	begin();
	return sodium_init() < 0;
}

static struct mono asked_at, told_at;

/* The status; the cookie that was set into `cookie`, if one was. */
static int visit(const char *method, const char *path, const char *headers,
    const char *cookie_shown, const char *body, char cookie[COOKIE])
{
	char text[ANSWER], *at;
	size_t n = 0;
	ssize_t got = 1;
	uint32_t status; /* "HTTP/1.1 200" */
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	int len = snprintf(text, sizeof(text),
	    "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s%s%s%s"
	    "Content-Length: %zu\r\n\r\n%s",
	    method, path, headers, cookie_shown ? "Cookie: a=b; liptako=" : "",
	    cookie_shown ? cookie_shown : "", cookie_shown ? "\r\n" : "",
	    strlen(body), body);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&door, door_n), 0);
	assert_int_equal(send(fd, text, (size_t)len, MSG_NOSIGNAL), len);
	asked_at = mono_now();
	while (got != 0 && mono_now().ns - asked_at.ns < SECONDS(60).ns) {
		(void)event_base_loop(d.base, EVLOOP_NONBLOCK);
		got = recv(fd, text + n, sizeof(text) - n - 1, MSG_DONTWAIT);
		n += got > 0 ? (size_t)got : 0;
	}
	told_at = mono_now();
	close(fd);
	text[n] = '\0';
	at = strstr(text, "liptako=");
	if (at && cookie)
		snprintf(cookie, COOKIE, "%.*s", (int)strcspn(at + 8, ";"),
		    at + 8);
	return str_u32((struct str){ text + 9, 3 }, 999, &status) ? (int)status
								  : 0;
}

#define OURS "X-Liptako: 1\r\nSec-Fetch-Site: same-origin\r\n"

static int log_in(const char *key, char cookie[COOKIE])
{
	char body[120];

	snprintf(body, sizeof(body), "{\"key\":\"%s\"}", key);
	return visit("POST", "/api/v1/login", OURS, NULL, body, cookie);
}

static int look(const char *cookie)
{
	return visit("GET", "/me", "", cookie, "", NULL);
}

static int act(const char *cookie)
{
	return visit("POST", "/word", OURS, cookie, "{}", NULL);
}

static void a_key_logs_in(void **state)
{
	char cookie[COOKIE] = "", other[COOKIE] = "";

	assert_int_equal(look(NULL), 401);
	assert_int_equal(log_in("anna's key", cookie), 200);
	assert_int_equal(strlen(cookie), 64);
	assert_int_equal(look(cookie), 200);
	assert_int_equal(act(cookie), 201);
	assert_int_equal(log_in("anna's key", other), 200);
	assert_string_not_equal(cookie, other);
	assert_int_equal(look(cookie), 200); /* two places, one key */
	cookie[0] ^= 1;
	assert_int_equal(look(cookie), 401);
	assert_int_equal(look(""), 401);
}

static void a_reader_changes_nothing(void **state)
{
	char cookie[COOKIE] = "";

	assert_int_equal(log_in("rita's key", cookie), 200);
	assert_int_equal(look(cookie), 200);
	assert_int_equal(act(cookie), 403);
}

static void a_page_elsewhere_cannot_act(void **state)
{
	char cookie[COOKIE] = "";

	assert_int_equal(log_in("anna's key", cookie), 200);
	assert_int_equal(visit("POST", "/word", "", cookie, "{}", NULL), 401);
	assert_int_equal(visit("POST", "/word",
			     "X-Liptako: 1\r\nSec-Fetch-Site: cross-site\r\n",
			     cookie, "{}", NULL),
	    401);
	assert_int_equal(visit("POST", "/api/v1/login", "", NULL,
			     "{\"key\":\"anna's key\"}", NULL),
	    403);
	assert_int_equal(visit("POST", "/api/v1/logout", "", cookie, "", NULL),
	    200);
	assert_int_equal(look(cookie), 200); /* he was not logged out by it */
}

/* A second late, each of them; and a right one is not. */
static void a_wrong_key_waits(void **state)
{
	static const char *const wrong[] = { "", "no key", "wall's key" };
	char cookie[COOKIE] = "";

	for (size_t i = 0; i < countof(wrong); i++) {
		assert_int_equal(log_in(wrong[i], cookie), 403);
		assert_true(told_at.ns - asked_at.ns >=
			    (int64_t)SESSION_LATE_MS * 1000000 - 20000000);
		assert_string_equal(cookie, "");
	}
	assert_int_equal(visit("POST", "/api/v1/login", OURS, NULL, "[", NULL),
	    403);
	assert_int_equal(n_said, 0);
	d.sessions.late = SESSIONS_LATE;
	assert_int_equal(log_in("no key", cookie), 429);
	assert_int_equal(log_in("anna's key", cookie), 200);
}

static void it_ends_when_nobody_comes(void **state)
{
	char cookie[COOKIE] = "";

	assert_int_equal(log_in("anna's key", cookie), 200);
	clock_is(NOW + SESSION_IDLE);
	assert_int_equal(look(cookie), 200); /* that counts anew */
	clock_is(NOW + 2 * SESSION_IDLE);
	assert_int_equal(look(cookie), 200);
	clock_is(NOW + 3 * SESSION_IDLE + 1);
	assert_int_equal(look(cookie), 401);
	clock_is(NOW + 2 * SESSION_IDLE);
	assert_int_equal(look(cookie), 401); /* and is not there again */
}

static void it_ends_after_its_life(void **state)
{
	char cookie[COOKIE] = "";

	assert_int_equal(log_in("anna's key", cookie), 200);
	for (uint32_t at = 0; at <= SESSION_LIFE; at += SESSION_IDLE / 2) {
		clock_is(NOW + at);
		assert_int_equal(look(cookie), 200);
	}
	clock_is(NOW + SESSION_LIFE + 1);
	assert_int_equal(look(cookie), 401);
}

static void it_outlives_a_restart(void **state)
{
	char cookie[COOKIE] = "";

	assert_int_equal(log_in("anna's key", cookie), 200);
	assert_int_equal(n_kept, 1);
	assert_null(memmem(&kept[0], sizeof(kept[0]), cookie, 64));
	restart();
	assert_int_equal(look(cookie), 200);
	assert_int_equal(act(cookie), 201);
	clock_is(NOW + SESSION_TOLD); /* judge hears that it is used */
	assert_int_equal(look(cookie), 200);
	assert_int_equal(n_said, 2);
	restart();
	clock_is(NOW + SESSION_TOLD + SESSION_IDLE);
	assert_int_equal(look(cookie), 200);
	restart(); /* nobody came for long before that */
	clock_is(NOW + 2 * SESSION_TOLD + 2 * SESSION_IDLE);
	assert_int_equal(look(cookie), 401);
}

static void logged_out_is_out(void **state)
{
	char cookie[COOKIE] = "", other[COOKIE] = "";

	assert_int_equal(log_in("anna's key", cookie), 200);
	assert_int_equal(log_in("rita's key", other), 200);
	assert_int_equal(visit("POST", "/api/v1/logout", OURS, cookie, "",
			     NULL),
	    200);
	assert_int_equal(look(cookie), 401);
	assert_int_equal(look(other), 200);
	assert_int_equal(n_kept, 1);
	restart();
	assert_int_equal(look(cookie), 401);
	assert_int_equal(look(other), 200);
}

static void it_ends_with_its_key(void **state)
{
	char cookie[COOKIE] = "";
	struct wire_key gone = { .name = "anna",
		.kind = KEY_OPERATOR,
		.gone = 1 };

	assert_int_equal(log_in("anna's key", cookie), 200);
	keys_hear(&d.keys, &gone);
	assert_int_equal(look(cookie), 401);
	/* one of the same name, made later, is another */
	add_key("anna", KEY_OPERATOR, "another key", NOW + 10);
	assert_int_equal(look(cookie), 401);
	restart();
	gone.gone = 0;
	add_key("anna", KEY_OPERATOR, "another key", NOW + 10);
	assert_int_equal(look(cookie), 401);
}

/* There are so many seats; the one that was quiet longest gives way. */
static void too_many_push_out_the_quietest(void **state)
{
	static char cookie[SESSIONS + 1][COOKIE];

	for (uint32_t i = 0; i < SESSIONS; i++) {
		clock_is(NOW + i);
		assert_int_equal(log_in("anna's key", cookie[i]), 200);
	}
	clock_is(NOW + SESSIONS);
	assert_int_equal(look(cookie[0]), 200);
	/* judge keeps no more, either */
	d.keys.n = 3;
	n_kept = 0;
	assert_int_equal(log_in("rita's key", cookie[SESSIONS]), 200);
	assert_int_equal(look(cookie[1]), 401);
	assert_int_equal(look(cookie[0]), 200);
	assert_int_equal(look(cookie[SESSIONS]), 200);
}

#define T(f) cmocka_unit_test_setup(f, setup)

TESTS(T(a_key_logs_in), T(a_reader_changes_nothing),
    T(a_page_elsewhere_cannot_act), T(a_wrong_key_waits),
    T(it_ends_when_nobody_comes), T(it_ends_after_its_life),
    T(it_outlives_a_restart), T(logged_out_is_out), T(it_ends_with_its_key),
    T(too_many_push_out_the_quietest))
