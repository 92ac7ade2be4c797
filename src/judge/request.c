#include "judge/request.h"

#include <jansson.h>

/* clang-format off */
static const struct {
	const char *name;
	bool needs_net, needs_text;
} asks[ASKS] = {
	[ASK_STATUS]  = { "status",  false },
	[ASK_LIST]    = { "list",    false },
	[ASK_WHY]     = { "why",     true },
	[ASK_WHY_NOT] = { "why-not", true },
	[ASK_DENY]    = { "deny",    true },
	[ASK_PARDON]  = { "pardon",  true },
	[ASK_ALLOW]   = { "allow",   true },
	[ASK_DOCTOR]  = { "doctor",  false },
	[ASK_RELOAD]  = { "reload",  false },
	[ASK_HISTORY] = { "history", false },
	[ASK_KEY_ADD] = { "key-add", false },
	[ASK_KEY_LIST] = { "key-list", false },
	[ASK_KEY_REMOVE] = { "key-remove", false },
	[ASK_SOURCE_ADD] = { "source-add", false },
	[ASK_SOURCE_LIST] = { "source-list", false },
	[ASK_SOURCE_REMOVE] = { "source-remove", false },
	[ASK_JAILS]   = { "jails",   false },
	[ASK_ADOPT]   = { "adopt",   false, true },
	[ASK_SEALED_PUT] = { "sealed-put", false, true },
	[ASK_SEALED_LIST] = { "sealed-list", false },
	[ASK_INVITE] = { "invite", false },
	[ASK_JOIN_LOOK] = { "join-look", false },
	[ASK_JOIN] = { "join", false, true },
	[ASK_SUSPEND] = { "suspend", false },
	[ASK_REQUEST_DROP] = { "request-drop", false },
	[ASK_ALLIANCE] = { "alliance", false },
	[ASK_ACTS]    = { "acts",    false },
	[ASK_FORGET]  = { "forget",  true },
	[ASK_SETTLE]  = { "settle",  true },
	[ASK_VOUCH]   = { "safe-conduct", true },
};
/* clang-format on */

static const char *read_what(const json_t *v, struct request *r)
{
	const char *s = json_string_value(v);

	for (size_t i = 0; s && i < ASKS; i++) {
		if (strcmp(asks[i].name, s) != 0)
			continue;
		r->what = (enum ask)i;
		return NULL;
	}
	return "\"do\" is no request we know";
}

static const char *read_net(const json_t *v, struct request *r)
{
	struct net n;
	uint8_t bits;

	if (!json_is_string(v) || !net_parse((struct str){ json_string_value(v),
						 json_string_length(v) },
				      true, &n))
		return "\"net\" is no address or prefix";
	if (n.bits == addr_bits(&n.addr)) {
		/* aliases of IPv4, and the /64 that we count IPv6 by */
		r->who = addr_fold(n.addr);
		r->net = addr_unit(r->who);
		return NULL;
	}
	bits = n.bits;
	r->net = net_of(n.addr, bits);
	return NULL;
}

static const char *read_term(const json_t *v, struct request *r)
{
	json_int_t n = json_integer_value(v);

	if (!json_is_integer(v) || n < 1 || n > 10 * 365 * 86400)
		return "\"term\" is no number of seconds up to ten years";
	r->term = (uint32_t)n;
	return NULL;
}

static const char *read_note(const json_t *v, struct request *r)
{
	if (!json_is_string(v) || json_string_length(v) > NOTE_MAX)
		return "\"note\" is no text of up to 199 bytes";
	memcpy(r->note, json_string_value(v), json_string_length(v));
	return NULL;
}

static const char *read_text(const json_t *v, struct request *r)
{
	if (!json_is_string(v))
		return "\"text\" is no text";
	r->n_text = json_string_length(v);
	r->text = str_dup((struct str){ json_string_value(v), r->n_text });
	return NULL;
}

static const char *read_flag(const json_t *v, bool *to)
{
	if (!json_is_boolean(v))
		return "a flag is neither true nor false";
	*to = json_is_true(v);
	return NULL;
}

static const char *read_count(const json_t *v, uint32_t max, uint32_t *to)
{
	json_int_t n = json_integer_value(v);

	if (!json_is_integer(v) || n < 1 || n > max)
		return "a number is out of its bounds";
	*to = (uint32_t)n;
	return NULL;
}

/* Nothing in it that would need an escape anywhere. */
static const char *read_plain(const json_t *v, char *to, size_t size)
{
	const char *s = json_string_value(v);
	size_t n = s ? json_string_length(v) : 0;

	for (size_t i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] > '~' || s[i] == '"' || s[i] == '\\')
			n = size;
	if (n == 0 || n >= size)
		return "a name or address is empty, too long or has blanks "
		       "or signs in it";
	memcpy(to, s, n + 1);
	return NULL;
}

static const char *read_kind(const json_t *v, struct request *r)
{
	const char *s = json_string_value(v);

	for (uint8_t k = KEY_BOUNCER; s && k < KEY_SESSION; k++)
		if (strcmp(s, key_kind_name((enum key_kind)k)) == 0) {
			r->kind = k;
			return NULL;
		}
	return "\"kind\" is no kind of key";
}

static int digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
				      : -1;
}

static const char *read_hex(const json_t *v, uint8_t *to, size_t size)
{
	const char *s = json_string_value(v);

	if (!s || json_string_length(v) != 2 * size)
		return "a hash has the wrong length";
	for (size_t i = 0; i < size; i++) {
		int high = digit(s[2 * i]), low = digit(s[2 * i + 1]);

		if (high < 0 || low < 0)
			return "a hash is no lower case hexadecimal";
		to[i] = (uint8_t)(high << 4 | low);
	}
	return NULL;
}

static const char *read_sealed(const char *key, const json_t *v,
    struct request *r)
{
	if (!strcmp(key, "token"))
		return read_plain(v, r->token, sizeof(r->token));
	if (!strcmp(key, "alliance"))
		return read_hex(v, r->alliance, sizeof(r->alliance));
	if (!strcmp(key, "join"))
		return read_hex(v, r->join, sizeof(r->join));
	if (!strcmp(key, "login"))
		return read_hex(v, r->login, sizeof(r->login));
	return "a key that no request has";
}

static const char *read_more(const char *key, const json_t *v,
    struct request *r)
{
	uint32_t flags;
	const char *why;

	if (!strcmp(key, "name"))
		return read_plain(v, r->name, sizeof(r->name));
	if (!strcmp(key, "url"))
		return read_plain(v, r->url, sizeof(r->url));
	if (!strcmp(key, "kind"))
		return read_kind(v, r);
	if (!strcmp(key, "hash"))
		return read_hex(v, r->hash, sizeof(r->hash));
	if (!strcmp(key, "salt"))
		return read_hex(v, r->salt, sizeof(r->salt));
	if (!strcmp(key, "limit"))
		return read_count(v, 100000, &r->limit);
	if (!strcmp(key, "from"))
		return read_count(v, UINT32_MAX, &r->from);
	if (!strcmp(key, "every"))
		return read_count(v, 30 * 86400, &r->every);
	if (!strcmp(key, "cap"))
		return read_count(v, 2000000, &r->cap);
	if (!strcmp(key, "flags")) {
		why = read_count(v, 7, &flags);
		r->flags = why ? 0 : (uint8_t)flags;
		return why;
	}
	return read_sealed(key, v, r);
}

static const char *read_key(const char *key, const json_t *v, struct request *r)
{
	if (!strcmp(key, "do"))
		return read_what(v, r);
	if (!strcmp(key, "net"))
		return read_net(v, r);
	if (!strcmp(key, "term"))
		return read_term(v, r);
	if (!strcmp(key, "note"))
		return read_note(v, r);
	if (!strcmp(key, "text"))
		return read_text(v, r);
	if (!strcmp(key, "forever"))
		return read_flag(v, &r->for_ever);
	if (!strcmp(key, "dry"))
		return read_flag(v, &r->dry);
	if (!strcmp(key, "remove"))
		return read_flag(v, &r->remove);
	if (!strcmp(key, "force"))
		return read_flag(v, &r->force);
	return read_more(key, v, r);
}

static const char *read_all(json_t *o, struct request *r)
{
	const char *key, *why = NULL;
	json_t *v;

	if (!json_is_object(o))
		return "not an object";
	if (!json_object_get(o, "do"))
		return "\"do\" is missing";
	json_object_foreach(o, key, v)
	{
		why = read_key(key, v, r);
		if (why)
			return why;
	}
	if (asks[r->what].needs_net && r->net.addr.family == 0)
		return "\"net\" is missing";
	if (r->what != ASK_JOIN_LOOK &&
	    asks[r->what].needs_text != (r->text != NULL))
		return "\"text\" is missing, or not wanted";
	return NULL;
}

const char *request_read(struct str line, struct request *ret)
{
	struct request r = { 0 };
	json_error_t e;
	const char *why;
	json_t *o;

	if (line.n > REQUEST_MAX)
		return "longer than 1 MiB";
	o = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, &e);
	why = o ? read_all(o, &r) : "not JSON";
	json_decref(o);
	if (why)
		request_drop(&r);
	else
		*ret = r;
	return why;
}

void request_drop(struct request *r)
{
	free_ptr(&r->text);
}
