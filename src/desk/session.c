#include "desk/session.h"

#include <sodium.h>
#include <stdio.h>

#include "desk/desk.h"

enum {
	COOKIE_BYTES = 32,
	COOKIE_HEX = COOKIE_BYTES * 2
};
#define COOKIE "liptako="

static void hash_of(struct str cookie, uint8_t hash[32])
{
	crypto_hash_sha256(hash, (const uint8_t *)cookie.p, cookie.n);
}

/* The value of our cookie, or absent. */
static struct str cookie_of(const struct http_request *r)
{
	struct str all = http_header(r, "Cookie"), one;

	for (bool more = all.n > 0; more;) {
		more = str_cut(&all, ';', &one);
		if (!more)
			one = all;
		one = str_trim(one);
		if (str_starts(one, STR(COOKIE)))
			return str_from(one, sizeof(COOKIE) - 1);
	}
	return (struct str){ 0 };
}

static bool is_over(const struct desk *d, const struct session *s)
{
	const struct wire_key *k =
	    keys_by_name(&d->keys, (enum key_kind)s->kind, str_of(s->name));

	/* a key that was made anew is another */
	return !k || k->at > s->since || d->now > s->used + SESSION_IDLE ||
	       d->now > s->since + SESSION_LIFE;
}

/* A free seat, or that of whom nobody heard for longest. */
static struct session *seat(struct desk *d)
{
	struct session *oldest = &d->sessions.v[0];

	for (size_t i = 0; i < SESSIONS; i++) {
		struct session *s = &d->sessions.v[i];

		if (!s->kind || is_over(d, s))
			return s;
		if (s->used < oldest->used)
			oldest = s;
	}
	return oldest;
}

/* Judge keeps it over restarts. A key with so long a name that this would not
 * fit has logins that do not last so long. */
static void tell(struct desk *d, struct session *s, bool gone)
{
	struct wire_key k = { .kind = KEY_SESSION,
		.gone = gone,
		.at = s->since };
	char begin[13];
	int n;

	sodium_bin2hex(begin, sizeof(begin), s->hash, 6);
	n = snprintf(k.name, sizeof(k.name), "%s/%s", begin, s->name);
	memcpy(k.hash, s->hash, sizeof(k.hash));
	session_set(&k, s->kind, s->used);
	s->told = d->now;
	if (n > 0 && (size_t)n < sizeof(k.name))
		(void)desk_say(d, MSG_ENROL, &k, sizeof(k), (struct str){ 0 });
}

/* One from before this program began. */
static struct session *session_again(struct desk *d, const uint8_t hash[32])
{
	const struct wire_key *k = keys_by_hash(&d->keys, KEY_SESSION, hash);
	const char *name = k ? session_of_key(k) : NULL;
	struct session is = { .told = d->now }, *s;

	if (!name)
		return NULL;
	is.kind = session_kind(k);
	is.since = k->at;
	is.used = session_used(k);
	memcpy(is.hash, hash, sizeof(is.hash));
	snprintf(is.name, sizeof(is.name), "%s", name);
	if (is_over(d, &is))
		return NULL;
	s = seat(d);
	*s = is;
	return s;
}

static struct session *session_of(const struct http_request *r)
{
	struct str cookie = cookie_of(r);
	uint8_t hash[32];

	if (cookie.n != COOKIE_HEX)
		return NULL;
	hash_of(cookie, hash);
	for (size_t i = 0; i < SESSIONS; i++) {
		struct session *s = &r->desk->sessions.v[i];

		if (!s->kind || sodium_memcmp(s->hash, hash, sizeof(hash)) != 0)
			continue;
		if (!is_over(r->desk, s))
			return s;
		*s = (struct session){ 0 };
		return NULL;
	}
	return session_again(r->desk, hash);
}

/* Only our own page can have sent it. */
static bool is_own(const struct http_request *r)
{
	struct str site = http_header(r, "Sec-Fetch-Site");

	return http_header(r, "X-Liptako").n > 0 &&
	       (!site.p || str_eq(site, STR("same-origin")));
}

bool session_who(struct http_request *r)
{
	struct session *s = session_of(r);

	if (!s || (strcmp(r->method, "GET") != 0 && !is_own(r)))
		return false;
	s->used = r->desk->now;
	if (s->used - s->told >= SESSION_TOLD)
		tell(r->desk, s, false);
	r->who.kind = s->kind;
	memcpy(r->who.name, s->name, sizeof(r->who.name));
	return true;
}

static void set_cookie(struct http_request *r, const char *value, unsigned age)
{
	char header[200];

	snprintf(header, sizeof(header),
	    COOKIE "%s; Path=/; Max-Age=%u; HttpOnly; SameSite=Strict", value,
	    age);
	http_add(r, "Set-Cookie", header);
	http_add(r, "Cache-Control", "no-store");
}

static void begin(struct http_request *r, const struct wire_key *k)
{
	uint8_t bytes[COOKIE_BYTES];
	char cookie[COOKIE_HEX + 1];
	struct session *s = seat(r->desk);
	json_t *o;

	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2hex(cookie, sizeof(cookie), bytes, sizeof(bytes));
	*s = (struct session){ .kind = k->kind,
		.since = r->desk->now,
		.used = r->desk->now };
	memcpy(s->name, k->name, sizeof(s->name));
	hash_of((struct str){ cookie, COOKIE_HEX }, s->hash);
	tell(r->desk, s, false);
	set_cookie(r, cookie, SESSION_LIFE);
	o = json_pack("{s:b,s:s,s:s}", "ok", 1, "name", k->name, "role",
	    key_kind_name((enum key_kind)k->kind));
	http_json(r, MHD_HTTP_OK, &o);
}

static void refuse(evutil_socket_t fd, short what, void *arg)
{
	struct http_request *r = arg;

	r->desk->sessions.late--;
	http_fail(r, MHD_HTTP_FORBIDDEN, "login",
	    "this key opens nothing here; `liptako token add NAME "
	    "--role operator` makes one");
}

/* Whoever guesses waits, and nobody else does. */
static void refuse_late(struct http_request *r)
{
	static const struct timeval late = { SESSION_LATE_MS / 1000,
		SESSION_LATE_MS % 1000 * 1000 };

	if (r->desk->sessions.late == SESSIONS_LATE) {
		http_fail(r, MHD_HTTP_TOO_MANY_REQUESTS, "busy",
		    "too many log in at once");
		return;
	}
	r->desk->sessions.late++;
	if (event_base_once(r->desk->base, -1, EV_TIMEOUT, refuse, r, &late) <
	    0)
		die("out of memory");
}

static void post_login(struct http_request *r)
{
	json_t *o = r->body ? json_loadb(r->body, r->n_body,
				  JSON_REJECT_DUPLICATES, NULL)
			    : NULL;
	const json_t *v = json_object_get(o, "key");
	const struct wire_key *k = NULL;

	if (is_own(r) && json_is_string(v))
		k = keys_by_secret(&r->desk->keys,
		    1 << KEY_READER | 1 << KEY_OPERATOR,
		    (struct str){ json_string_value(v),
			json_string_length(v) });
	json_decref(o);
	if (k)
		begin(r, k);
	else
		refuse_late(r);
}

static void post_logout(struct http_request *r)
{
	struct session *s = is_own(r) ? session_of(r) : NULL;
	json_t *o = json_pack("{s:b}", "ok", 1);

	if (s) {
		tell(r->desk, s, true);
		*s = (struct session){ 0 };
	}
	set_cookie(r, "", 0);
	http_json(r, MHD_HTTP_OK, &o);
}

#define P DOOR(DOOR_PEOPLE)

/* clang-format off */
const struct http_route session_routes[] = {
	{ "POST", "/api/v1/login",  P, AUTH_NONE, 1024, post_login },
	{ "POST", "/api/v1/logout", P, AUTH_NONE, 1024, post_logout },
	{ 0 },
};
/* clang-format on */
