#include <sodium.h>
#include <stdio.h>

#include "desk/watchers.h"

/*
 * The agents' side: they log in and get a token that is signed, so that no
 * table of tokens can be filled; a new desk has a new key and they log in
 * again.
 */

#define JSON_TYPE "application/json; charset=utf-8"

void watchers_new(struct watchers **ret)
{
	*ret = mem_new(1, sizeof(**ret));
	randombytes_buf((*ret)->token_key, sizeof((*ret)->token_key));
}

static void unauthorized(struct http_request *r, const char *why)
{
	json_t *o = json_pack("{s:i,s:s}", "code", 401, "message", why);

	http_add(r, "WWW-Authenticate", "JWT realm=Liptako");
	http_json(r, MHD_HTTP_UNAUTHORIZED, &o);
}

/* --- the token: RFC 7519 with HMAC-SHA256 --- */

enum {
	PART = 256,
	TOKEN = 512
};

static void encode(const void *p, size_t n, char *to, size_t size)
{
	sodium_bin2base64(to, size, p, n,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static void token_make(const struct watchers *w, const char *name,
    uint32_t until, char to[TOKEN])
{
	static const char head[] = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
	char body[PART], head64[64], body64[PART * 2], sum64[64];
	uint8_t sum[crypto_auth_hmacsha256_BYTES];
	int n = snprintf(body, sizeof(body),
	    "{\"exp\":%u,\"id\":\"%s\",\"orig_iat\":%u}", until, name,
	    until - TOKEN_S);

	encode(head, sizeof(head) - 1, head64, sizeof(head64));
	encode(body, (size_t)n, body64, sizeof(body64));
	n = snprintf(to, TOKEN, "%s.%s", head64, body64);
	crypto_auth_hmacsha256(sum, (const uint8_t *)to, (size_t)n,
	    w->token_key);
	encode(sum, sizeof(sum), sum64, sizeof(sum64));
	snprintf(to + n, TOKEN - (size_t)n, ".%s", sum64);
}

static bool signed_by_us(const struct watchers *w, struct str text,
    struct str sum64)
{
	uint8_t sum[crypto_auth_hmacsha256_BYTES];
	size_t n;

	return sodium_base642bin(sum, sizeof(sum), sum64.p, sum64.n, NULL, &n,
		   NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
	       n == sizeof(sum) &&
	       crypto_auth_hmacsha256_verify(sum, (const uint8_t *)text.p,
		   text.n, w->token_key) == 0;
}

/* NULL with the name in r->who, or why not. */
static const char *token_read(struct http_request *r, struct str token)
{
	struct str left = token, head, body, all;
	const struct wire_key *k = NULL;
	json_int_t since, until;
	char plain[PART];
	size_t n = 0;
	json_t *o;

	if (!str_cut(&left, '.', &head) || !str_cut(&left, '.', &body) ||
	    memchr(left.p, '.', left.n))
		return "token contains an invalid number of segments";
	all = str_head(token, head.n + 1 + body.n);
	if (!signed_by_us(r->desk->watchers, all, left) ||
	    sodium_base642bin((uint8_t *)plain, sizeof(plain), body.p, body.n,
		NULL, &n, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
		return "signature is invalid";
	o = json_loadb(plain, n, 0, NULL);
	until = json_integer_value(json_object_get(o, "exp"));
	since = json_integer_value(json_object_get(o, "orig_iat"));
	if (until > r->desk->now)
		k = keys_by_name(&r->desk->keys, KEY_MACHINE,
		    str_of(json_string_value(json_object_get(o, "id"))));
	json_decref(o);
	/* one that was added anew is another */
	if (!k || k->flags & KEY_WAITS || k->at > since)
		return "token is expired";
	r->who.kind = k->kind;
	memcpy(r->who.name, k->name, sizeof(r->who.name));
	return NULL;
}

bool machine_who(struct http_request *r)
{
	struct str h = http_header(r, "Authorization");
	const char *why = "cookie token is empty";

	if (str_starts(h, STR("Bearer ")))
		why = token_read(r, str_trim(str_from(h, 7)));
	if (why)
		unauthorized(r, why);
	return !why;
}

/* --- log in --- */

/* "type/version", and nothing else. */
static bool is_agent(struct str agent)
{
	struct str type;

	return str_cut(&agent, '/', &type) && type.n > 0 && agent.n > 0 &&
	       !memchr(agent.p, '/', agent.n);
}

/* Guessing costs us more than him: there is a bound to it. */
static bool too_many_tries(struct desk *d)
{
	struct watchers *w = d->watchers;

	if (w->second != d->now) {
		w->second = d->now;
		w->tries = 0;
	}
	return ++w->tries > TRIES_A_SECOND;
}

static bool knows_password(struct http_request *r, const json_t *o,
    const struct wire_key **ret)
{
	json_t *id = json_object_get(o, "machine_id"),
	       *pass = json_object_get(o, "password");
	const struct wire_key *k;

	if (!json_is_string(id) || !json_is_string(pass) ||
	    !is_agent(http_header(r, "User-Agent")))
		return false;
	k = keys_by_name(&r->desk->keys, KEY_MACHINE,
	    (struct str){ json_string_value(id), json_string_length(id) });
	*ret = k;
	return k && !(k->flags & KEY_WAITS) &&
	       keys_password(k, (struct str){ json_string_value(pass),
				    json_string_length(pass) });
}

static void welcome(struct http_request *r, const struct wire_key *k)
{
	uint32_t until = r->desk->now + TOKEN_S;
	char token[TOKEN], when[WHEN_MAX];
	json_t *o;

	when_show(until, when);
	token_make(r->desk->watchers, k->name, until, token);
	o = json_pack("{s:i,s:s,s:s}", "code", 200, "expire", when, "token",
	    token);
	r->desk->watchers->logins++;
	http_json(r, MHD_HTTP_OK, &o);
}

static void post_login(struct http_request *r)
{
	json_t *o = json_loadb(r->body ? r->body : "", r->n_body, 0, NULL);
	const struct wire_key *k = NULL;
	bool good;

	if (too_many_tries(r->desk)) {
		json_decref(o);
		http_message(r, MHD_HTTP_TOO_MANY_REQUESTS,
		    "too many log in at once");
		return;
	}
	good = knows_password(r, o, &k);
	json_decref(o);
	if (good) {
		welcome(r, k);
		return;
	}
	r->desk->watchers->failed++;
	unauthorized(r, "incorrect Username or Password");
}

static const struct wire_key *myself(const struct http_request *r)
{
	return keys_by_name(&r->desk->keys, KEY_MACHINE, str_of(r->who.name));
}

static void get_refresh_token(struct http_request *r)
{
	welcome(r, myself(r));
}

/* "liptako machine remove", by himself. */
static void delete_self(struct http_request *r)
{
	struct wire_key k = *myself(r);

	k.gone = 1;
	if (desk_say(r->desk, MSG_ENROL, &k, sizeof(k), (struct str){ 0 }))
		http_answer(r, MHD_HTTP_NO_CONTENT, NULL, (struct str){ 0 });
	else
		http_message(r, MHD_HTTP_SERVICE_UNAVAILABLE,
		    "the judge cannot be told now");
}

/* He waits until the operator says "liptako machine admit". */
static void post_watchers(struct http_request *r)
{
	json_t *o = json_loadb(r->body ? r->body : "", r->n_body, 0, NULL);
	const char *id = json_string_value(json_object_get(o, "machine_id")),
		   *pass = json_string_value(json_object_get(o, "password"));
	struct wire_key k = { .kind = KEY_MACHINE, .at = r->desk->now };

	if (id && strlen(id) < sizeof(k.name))
		snprintf(k.name, sizeof(k.name), "%s", id);
	if (!pass || !key_ok(&k)) {
		json_decref(o);
		http_message(r, MHD_HTTP_UNPROCESSABLE_CONTENT,
		    "machine_id and password are needed");
		return;
	}
	if (too_many_tries(r->desk)) {
		json_decref(o);
		http_message(r, MHD_HTTP_TOO_MANY_REQUESTS, "too many at once");
		return;
	}
	if (keys_by_name(&r->desk->keys, KEY_MACHINE, str_of(k.name))) {
		json_decref(o);
		http_message(r, MHD_HTTP_FORBIDDEN, "user already exists");
		return;
	}
	keys_set_password(&k, str_of(pass));
	k.flags |= KEY_WAITS;
	json_decref(o);
	(void)desk_say(r->desk, MSG_ENROL, &k, sizeof(k), (struct str){ 0 });
	http_answer(r, MHD_HTTP_CREATED, NULL, (struct str){ 0 });
}

static void get_heartbeat(struct http_request *r)
{
	http_answer(r, MHD_HTTP_OK, NULL, (struct str){ 0 });
}

/* Ours are judge's business: who is allowed here is not shut out, so that no
 * agent needs to ask before. */
static void get_allowlists(struct http_request *r)
{
	http_answer_static(r, MHD_HTTP_OK, JSON_TYPE, STR("[]"));
}

static void get_allowlist(struct http_request *r)
{
	http_message(r, MHD_HTTP_NOT_FOUND, "allowlist not found");
}

/* 204 is "no" to who asks by HEAD. */
static void check_allowlist(struct http_request *r)
{
	if (r->is_head)
		http_answer(r, MHD_HTTP_NO_CONTENT, NULL, (struct str){ 0 });
	else
		http_answer_static(r, MHD_HTTP_OK, JSON_TYPE,
		    STR("{\"allowlisted\":false}"));
}

static void check_allowlists(struct http_request *r)
{
	http_answer_static(r, MHD_HTTP_OK, JSON_TYPE, STR("{\"results\":[]}"));
}

/* --- reports --- */

static bool is_whole(struct http_request *r, const json_t *all)
{
	char missing[4096] = "", text[4200];
	const json_t *o;
	size_t i;

	json_array_foreach(all, i, o)
	    alert_missing(o, i, missing, sizeof(missing));
	if (!missing[0])
		return true;
	snprintf(text, sizeof(text), "validation failure list:%s", missing);
	http_message(r, MHD_HTTP_INTERNAL_SERVER_ERROR, text);
	return false;
}

static size_t words_in(const json_t *all)
{
	const json_t *o;
	size_t n = 0, i;

	json_array_foreach(all, i, o) n += alert_words(o);
	return n;
}

static void post_alerts(struct http_request *r)
{
	json_t *all = json_loadb(r->body ? r->body : "", r->n_body, 0, NULL),
	       *ids;

	if (!json_is_array(all) || json_array_size(all) > ALERTS_AT_ONCE) {
		json_decref(all);
		http_message(r, MHD_HTTP_BAD_REQUEST,
		    "an array of at most 1000 alerts is wanted");
		return;
	}
	if (!is_whole(r, all)) {
		json_decref(all);
		return;
	}
	if (!sensed_fits(r->desk, words_in(all))) {
		json_decref(all);
		http_message(r, MHD_HTTP_SERVICE_UNAVAILABLE,
		    "too many decisions wait already");
		return;
	}
	ids = json_array();
	for (size_t i = 0; i < json_array_size(all); i++) {
		json_t *o = json_incref(json_array_get(all, i));
		char id[24];

		snprintf(id, sizeof(id), "%llu",
		    (unsigned long long)alert_take(r, &o));
		json_array_append_new(ids, json_string(id));
	}
	json_decref(all);
	http_json(r, MHD_HTTP_CREATED, &ids);
}

#define B DOOR(DOOR_BOUNCERS)

/* clang-format off */
const struct http_route lapi_watch_routes[] = {
	{ "POST",   "/v1/watchers/login", B, AUTH_NONE,    64 << 10, post_login },
	{ "POST",   "/v1/watchers",       B, AUTH_NONE,    4 << 10,  post_watchers },
	{ "DELETE", "/v1/watchers/self",  B, AUTH_MACHINE, 0,        delete_self },
	{ "GET",    "/v1/refresh_token",  B, AUTH_MACHINE, 0,        get_refresh_token },
	{ "GET",    "/v1/heartbeat",      B, AUTH_MACHINE, 0,        get_heartbeat },
	{ "GET",    "/v1/allowlists",     B, AUTH_REPORTS, 0,        get_allowlists },
	{ "GET",    "/v1/allowlists/*",   B, AUTH_REPORTS, 0,        get_allowlist },
	{ "GET",    "/v1/allowlists/check/*", B, AUTH_REPORTS, 0,    check_allowlist },
	{ "POST",   "/v1/allowlists/check", B, AUTH_REPORTS, 1 << 20, check_allowlists },
	{ "GET",    "/v1/alerts",         B, AUTH_MACHINE, 0,        get_alerts },
	{ "GET",    "/v1/alerts/*",       B, AUTH_MACHINE, 0,        get_alert },
	{ "POST",   "/v1/alerts",         B, AUTH_MACHINE, 8 << 20,  post_alerts },
	{ "DELETE", "/v1/alerts",         B, AUTH_MACHINE, 0,        delete_alerts },
	{ "DELETE", "/v1/alerts/*",       B, AUTH_MACHINE, 0,        delete_alert },
	{ "DELETE", "/v1/decisions",      B, AUTH_MACHINE, 0,        delete_decisions },
	{ "DELETE", "/v1/decisions/*",    B, AUTH_MACHINE, 0,        delete_decision },
	{ 0 },
};
/* clang-format on */
