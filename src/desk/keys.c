#include "desk/keys.h"

#include <sodium.h>
#include <stdio.h>

#include "desk/desk.h"

enum {
	PASS_OPS = 2,
	PASS_MEMORY = 1 << 20 /* bytes; many may try at once */
};

void keys_begin(struct keys *k)
{
	k->mark++;
}

static struct key *find(struct keys *k, const struct wire_key *w)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->v[i].is.kind == w->kind &&
		    strcmp(k->v[i].is.name, w->name) == 0)
			return &k->v[i];
	return NULL;
}

void keys_hear(struct keys *k, const struct wire_key *w)
{
	struct key *is = find(k, w);

	if (w->gone) {
		if (is)
			*is = k->v[--k->n];
		return;
	}
	if (!is && k->n == KEYS_MAX)
		return;
	if (!is) {
		k->v = mem_grow(k->v, k->n + 1, sizeof(*k->v));
		is = &k->v[k->n++];
	}
	*is = (struct key){ *w, k->mark };
}

void keys_end(struct keys *k)
{
	for (size_t i = 0; i < k->n;)
		if (k->v[i].mark == k->mark)
			i++;
		else
			k->v[i] = k->v[--k->n];
	k->whole = true;
}

const struct wire_key *keys_by_secret(const struct keys *k, uint32_t kinds,
    struct str secret)
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	const struct wire_key *found = NULL;

	if (secret.n == 0)
		return NULL;
	crypto_hash_sha256(hash, (const uint8_t *)secret.p, secret.n);
	for (size_t i = 0; i < k->n; i++) {
		const struct wire_key *w = &k->v[i].is;

		if (kinds >> w->kind & 1 &&
		    !(w->flags & (KEY_WAITS | KEY_PASSWORD)) &&
		    sodium_memcmp(w->hash, hash, sizeof(hash)) == 0)
			found = w;
	}
	return found;
}

const struct wire_key *keys_by_name(const struct keys *k, enum key_kind kind,
    struct str name)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->v[i].is.kind == kind &&
		    str_eq(str_of(k->v[i].is.name), name))
			return &k->v[i].is;
	return NULL;
}

const struct wire_key *keys_by_hash(const struct keys *k, enum key_kind kind,
    const uint8_t hash[32])
{
	const struct wire_key *found = NULL;

	for (size_t i = 0; i < k->n; i++)
		if (k->v[i].is.kind == kind &&
		    sodium_memcmp(k->v[i].is.hash, hash, 32) == 0)
			found = &k->v[i].is;
	return found;
}

static bool derive(const uint8_t salt[16], struct str password,
    uint8_t hash[32])
{
	return crypto_pwhash(hash, 32, password.p, password.n, salt, PASS_OPS,
		   PASS_MEMORY, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

bool keys_password(const struct wire_key *k, struct str password)
{
	uint8_t hash[32];

	return k->flags & KEY_PASSWORD && password.n <= 256 &&
	       derive(k->salt, password, hash) &&
	       sodium_memcmp(hash, k->hash, sizeof(hash)) == 0;
}

void keys_set_password(struct wire_key *k, struct str password)
{
	randombytes_buf(k->salt, sizeof(k->salt));
	if (!derive(k->salt, password, k->hash))
		die("out of memory");
	k->flags |= KEY_PASSWORD;
}

/* --- a visitor --- */

#define KIND(k) (UINT32_C(1) << (k))
enum {
	LOOKERS = 1 << KEY_READER | 1 << KEY_OPERATOR,
	LISTERS = LOOKERS | 1 << KEY_LIST | 1 << KEY_BOUNCER
};

static void is_who(struct http_request *r, const struct wire_key *k)
{
	r->who.kind = k->kind;
	r->who.flags = k->flags;
	memcpy(r->who.name, k->name, sizeof(r->who.name));
}

static bool is_local(const struct addr *a)
{
	static const uint8_t one[16] = { [15] = 1 };

	return a->family == 0 || (a->family == 4 && a->b[0] == 127) ||
	       (a->family == 6 && memcmp(a->b, one, 16) == 0);
}

static bool by_bearer(struct http_request *r, uint32_t kinds)
{
	struct str h = http_header(r, "Authorization");
	const struct wire_key *k = NULL;

	if (str_starts(h, STR("Bearer ")))
		k = keys_by_secret(&r->desk->keys, kinds,
		    str_trim(str_from(h, 7)));
	if (k)
		is_who(r, k);
	return k;
}

/* The name is for people; the password is a key. */
static bool by_basic(struct http_request *r, uint32_t kinds)
{
	char *pass = NULL,
	     *user = MHD_basic_auth_get_username_password(r->c, &pass);
	const struct wire_key *k =
	    pass ? keys_by_secret(&r->desk->keys, kinds, str_of(pass)) : NULL;

	if (k)
		is_who(r, k);
	MHD_free(user);
	MHD_free(pass);
	return k;
}

static bool by_token(struct http_request *r, uint32_t kinds)
{
	const struct wire_key *k =
	    keys_by_secret(&r->desk->keys, kinds, http_query(r, "token"));

	if (k)
		is_who(r, k);
	return k;
}

static bool may_look(struct http_request *r)
{
	return by_bearer(r, LOOKERS) || session_who(r);
}

static bool may_list(struct http_request *r)
{
	return by_bearer(r, LISTERS) || by_basic(r, LISTERS) ||
	       by_token(r, LISTERS) || session_who(r);
}

static bool log_in_first(struct http_request *r)
{
	http_fail(r, MHD_HTTP_UNAUTHORIZED, "login",
	    "log in first, or bring a key: Authorization: Bearer KEY");
	return false;
}

static bool show_key_first(struct http_request *r)
{
	if (http_header(r, "Authorization").p || http_query(r, "token").p) {
		http_answer(r, MHD_HTTP_FORBIDDEN, "text/plain",
		    STR("this key opens nothing here\n"));
		return false;
	}
	http_add(r, "WWW-Authenticate", "Basic realm=\"Liptako\"");
	http_answer(r, MHD_HTTP_UNAUTHORIZED, "text/plain",
	    STR("a key is wanted: as password, as Bearer, or as ?token=\n"));
	return false;
}

static bool is_bouncer(struct http_request *r)
{
	const struct wire_key *k = keys_by_secret(&r->desk->keys,
	    KIND(KEY_BOUNCER), http_header(r, "X-Api-Key"));

	if (k)
		is_who(r, k);
	/* judge has not told yet who may: he is answered with nothing, for
	 * who is refused at his first call gives up for good */
	return k || (!r->desk->keys.whole && http_header(r, "X-Api-Key").n);
}

bool http_may(struct http_request *r, enum http_auth auth)
{
	switch (auth) {
	case AUTH_NONE:
		return true;
	case AUTH_LOCAL:
		if (is_local(&r->peer))
			return true;
		return may_list(r) || show_key_first(r);
	case AUTH_LIST:
		return may_list(r) || show_key_first(r);
	case AUTH_LOOK:
		return may_look(r) || log_in_first(r);
	case AUTH_ACT:
		if (!may_look(r))
			return log_in_first(r);
		if (r->who.kind == KEY_OPERATOR)
			return true;
		http_fail(r, MHD_HTTP_FORBIDDEN, "denied",
		    "you may look, and change nothing");
		return false;
	case AUTH_BOUNCER:
		return is_bouncer(r);
	case AUTH_MACHINE:
		return machine_who(r);
	case AUTH_REPORTS:
		return (http_header(r, "X-Api-Key").p && is_bouncer(r)) ||
		       (!http_header(r, "X-Api-Key").p && machine_who(r));
	}
	die("no such way in");
}
