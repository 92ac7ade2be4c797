#include "wire/msgs.h"

const struct msg_row msgs[MSG_N] = {
#define X(name, from, to, body, tail, fds) \
	[MSG_##name] = { #name, from, to, sizeof(body), tail, fds },
	MSGS(X)
#undef X
};

const char *role_name(enum role r)
{
	switch (r) {
	case WARDEN:
		return "warden";
	case READER:
		return "reader";
	case SCRIBE:
		return "scribe";
	case JUDGE:
		return "judge";
	case ENFORCER:
		return "enforcer";
	case WHO:
		return "who";
	case HERALD:
		return "herald";
	case NAMER:
		return "namer";
	case NOTARY:
		return "notary";
	case ENVOY:
		return "envoy";
	case POST:
		return "post";
	case DESK:
		return "desk";
	case ANYONE:
		break;
	}
	die("no such role");
}

const char *never_name(enum never_cause c)
{
	switch (c) {
	case NEVER_ALLOW:
		return "allow list";
	case NEVER_OWN:
		return "own address";
	case NEVER_GATEWAY:
		return "default gateway";
	case NEVER_RESOLVER:
		return "name server";
	case NEVER_SESSION:
		return "live login session";
	case NEVER_INSTALLER:
		return "session that started Liptako";
	case NEVER_NAME:
		return "allowed name";
	case NEVER_OPERATOR:
		return "allowed by the operator";
	case NEVER_PROXY:
		return "proxy";
	}
	return "unknown";
}

const char *done_name(enum done d)
{
	switch (d) {
	case DONE_OK:
		return "done";
	case DONE_E_SHAPE:
		return "not a measure";
	case DONE_E_TOO_WIDE:
		return "prefix too wide";
	case DONE_E_TOO_LONG:
		return "term too long";
	case DONE_E_PROTECTED:
		return "protected";
	case DONE_E_FULL:
		return "set is full";
	case DONE_E_KERNEL:
		return "refused by the kernel";
	}
	return "unknown";
}

const char *origin_name(enum origin o)
{
	switch (o) {
	case ORIGIN_OWN:
		return "liptako";
	case ORIGIN_OPERATOR:
		return "operator";
	case ORIGIN_ALLIES:
		return "allies";
	case ORIGIN_SENSOR:
		return "sensor";
	case ORIGINS:
		break;
	}
	return "unknown";
}

const char *key_kind_name(enum key_kind k)
{
	switch (k) {
	case KEY_BOUNCER:
		return "bouncer";
	case KEY_MACHINE:
		return "machine";
	case KEY_LIST:
		return "list";
	case KEY_READER:
		return "reader";
	case KEY_OPERATOR:
		return "operator";
	case KEY_SESSION:
		return "session";
	case KEY_KINDS:
		break;
	}
	return "unknown";
}

/* Ends within its field, and has nothing in it that needs an escape. */
static bool plain(const char *z, size_t size)
{
	size_t n = strnlen(z, size);

	for (size_t i = 0; i < n; i++)
		if (z[i] <= ' ' || z[i] > '~' || z[i] == '"' || z[i] == '\\')
			return false;
	return n > 0 && n < size;
}

bool key_ok(const struct wire_key *k)
{
	return plain(k->name, sizeof(k->name)) && k->kind > 0 &&
	       k->kind < KEY_KINDS && k->gone <= 1 &&
	       !(k->flags & ~(KEY_EXPANDS | KEY_WAITS | KEY_PASSWORD));
}

const char *session_of_key(const struct wire_key *k)
{
	const char *stroke = k->kind == KEY_SESSION
				 ? memchr(k->name, '/', sizeof(k->name))
				 : NULL;

	return stroke &&
		       (k->salt[0] == KEY_READER || k->salt[0] == KEY_OPERATOR)
		   ? stroke + 1
		   : NULL;
}

uint32_t session_used(const struct wire_key *k)
{
	uint32_t used;

	memcpy(&used, k->salt + 4, sizeof(used));
	return used;
}

void session_set(struct wire_key *k, uint8_t kind, uint32_t used)
{
	k->salt[0] = kind;
	memcpy(k->salt + 4, &used, sizeof(used));
}

bool sensed_ok(const struct wire_sensed *s)
{
	return net_ok(&s->net) && s->how < SENSED_HOWS &&
	       plain(s->sensor, sizeof(s->sensor)) &&
	       plain(s->scenario, sizeof(s->scenario));
}

const char *fetched_name(enum fetched f)
{
	switch (f) {
	case FETCHED_OK:
		return "fetched";
	case FETCHED_SAME:
		return "unchanged";
	case FETCHED_E_NET:
		return "its server is not reached";
	case FETCHED_E_HTTP:
		return "its server refuses it";
	case FETCHED_E_LONG:
		return "too long";
	case FETCHED_E_SLOW:
		return "too slow";
	case FETCHED_E_EMPTY:
		return "nothing in it is an address";
	case FETCHED_KINDS:
		break;
	}
	return "unknown";
}

bool fetched_ok(const struct wire_fetched *f, size_t tail)
{
	return f->n <= FETCHED_MOST && tail == f->n * sizeof(struct net) &&
	       f->status < FETCHED_KINDS && f->last <= 1 &&
	       strnlen(f->etag, sizeof(f->etag)) < sizeof(f->etag) &&
	       strnlen(f->modified, sizeof(f->modified)) < sizeof(f->modified);
}

static bool is_party(enum role who, enum role said)
{
	return said == ANYONE || said == who;
}

bool msg_fits(uint32_t type, enum role from, enum role to, size_t n)
{
	const struct msg_row *m = &msgs[type < MSG_N ? type : 0];

	return type < MSG_N && is_party(from, m->from) && is_party(to, m->to) &&
	       n >= m->size && n <= m->size + m->tail;
}

bool net_ok(const struct net *n)
{
	struct net same;

	if (n->addr.family != 4 && n->addr.family != 6)
		return false;
	if (n->bits > addr_bits(&n->addr))
		return false;
	same = net_of(n->addr, n->bits);
	return addr_eq(&same.addr, &n->addr);
}

struct wire_order standing_order(const struct wire_standing *w,
    const char *tail, uint32_t i)
{
	struct wire_stand s;

	memcpy(&s, tail + i * sizeof(s), sizeof(s));
	return (struct wire_order){ .id = w->first + i,
		.net = s.net,
		.act = s.act,
		.list = s.list,
		.ports = s.ports,
		.ttl = s.ttl };
}

enum done order_check(const struct wire_order *o)
{
	bool closes =
	    o->act == ACT_DENY || o->act == ACT_REJECT || o->act == ACT_LIMIT;
	bool opens =
	    o->act == ACT_OPEN || o->act == ACT_SPARE || o->act == ACT_UNSPARE;

	if ((!closes && !opens) || !net_ok(&o->net) || o->list > 1)
		return DONE_E_SHAPE;
	if (o->ports > WIRE_PORTS || (o->ports && (!closes || o->list)))
		return DONE_E_SHAPE;
	if (o->net.bits < (o->net.addr.family == 4 ? 16 : 32))
		return DONE_E_TOO_WIDE;
	if (closes && o->net.bits < (o->net.addr.family == 4 ? 24 : 48))
		return DONE_E_TOO_WIDE;
	if (closes && (o->ttl == 0 || o->ttl > 30 * 86400))
		return DONE_E_TOO_LONG;
	return DONE_OK;
}

bool wire_ports_ok(const struct wire_ports *w)
{
	return w->no <= WIRE_PORTS && w->unused == 0 && w->ports.n > 0 &&
	       ports_ok(&w->ports);
}

bool sighting_ok(const struct wire_sighting *s)
{
	struct net n = { s->who, 0 };

	n.bits = s->who.family == 6 ? 128 : 32;
	return net_ok(&n) && s->length <= 1 << 17 &&
	       !(s->flags & ~(SIGHT_ARRIVAL | SIGHT_PROXIED | SIGHT_FORGEABLE |
				SIGHT_NAMED));
}

bool entry_ok(const struct wire_entry *e, size_t tail)
{
	return e->service >= -1 && e->n_cursor <= WIRE_CURSOR &&
	       (size_t)e->n_cursor + e->n_unit + e->n_ident + e->n_msg == tail;
}
