#include "act/envelope.h"

#include "base/bytes.h"

#include <sodium.h>

static const uint8_t magic[4] = { 'L', 'P', 'T', 'A' };
static const struct act_hash none;

const char *act_fault_name(enum act_fault f)
{
	static const char *const names[] = {
#define X(name, words) [ACT_E_##name] = words,
		ACT_FAULTS(X)
#undef X
	};

	return (size_t)f < countof(names) ? names[f] : "unknown";
}

const char *act_type_name(uint8_t type)
{
	static const char *const names[] = {
		[ACT_NOTICE] = "notice",
		[ACT_MURMUR] = "murmur",
		[ACT_RECEIPT] = "receipt",
		[ACT_PARDON] = "pardon",
		[ACT_CONDUCT] = "safe-conduct",
		[ACT_REFERRAL] = "referral",
		[ACT_SETTLEMENT] = "settlement",
		[ACT_FORGET] = "forget",
		[ACT_RUN] = "run",
		[ACT_HEARTBEAT] = "heartbeat",
		[ACT_WANT] = "want",
		[ACT_CARRY] = "carry",
	};

	return type < countof(names) ? names[type] : NULL;
}

void act_init(void)
{
	if (sodium_init() < 0)
		die("libsodium does not start");
}

static uint8_t *put_be(uint8_t *to, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)(v >> 8 * (n - 1 - i));
	return to + n;
}

static uint8_t *put_bytes(uint8_t *to, const void *p, size_t n)
{
	memcpy(to, p, n);
	return to + n;
}

void envelope_write(const struct envelope *e, uint8_t to[ENVELOPE_SIZE])
{
	const uint8_t head[4] = { ENVELOPE_VERSION, ENVELOPE_ED25519, e->type,
		e->label };
	uint8_t *p = put_bytes(to, magic, sizeof(magic));

	p = put_bytes(p, head, sizeof(head));
	p = put_bytes(p, e->alliance, ACT_KEY);
	p = put_be(p, e->charter_version, 4);
	p = put_bytes(p, e->party, ACT_KEY);
	p = put_bytes(p, e->envoy, ACT_KEY);
	p = put_be(p, e->run, 8);
	p = put_be(p, e->seq, 8);
	p = put_bytes(p, &e->prev, ACT_HASH);
	p = put_be(p, e->issued, 8);
	p = put_be(p, e->expires, 8);
	p = put_bytes(p, &e->commit, ACT_HASH);
	assert(p == to + ENVELOPE_SIZE);
}

static void read_fields(struct rd *r, struct envelope *e)
{
	e->type = rd_u8(r);
	e->label = rd_u8(r);
	rd_bytes(r, e->alliance, ACT_KEY);
	e->charter_version = rd_u32(r);
	rd_bytes(r, e->party, ACT_KEY);
	rd_bytes(r, e->envoy, ACT_KEY);
	e->run = rd_u64(r);
	e->seq = rd_u64(r);
	rd_bytes(r, &e->prev, ACT_HASH);
	e->issued = rd_u64(r);
	e->expires = rd_u64(r);
	rd_bytes(r, &e->commit, ACT_HASH);
}

enum act_fault envelope_read(const uint8_t *bytes, struct envelope *ret)
{
	struct rd r = rd_of(bytes, ENVELOPE_SIZE);
	struct envelope e;

	if (memcmp(rd_skip(&r, sizeof(magic)), magic, sizeof(magic)) != 0)
		return ACT_E_MAGIC;
	if (rd_u8(&r) != ENVELOPE_VERSION)
		return ACT_E_VERSION;
	if (rd_u8(&r) != ENVELOPE_ED25519)
		return ACT_E_ALG;
	read_fields(&r, &e);
	assert(rd_done(&r));
	if (e.label >= LABELS)
		return ACT_E_LABEL;
	if (e.run == 0 || e.seq == 0 || e.run > ACT_NUMBER_MOST ||
	    e.seq > ACT_NUMBER_MOST || e.issued > ACT_NUMBER_MOST ||
	    e.expires > ACT_NUMBER_MOST)
		return ACT_E_NUMBER;
	if (e.expires < e.issued)
		return ACT_E_TIMES;
	if (!act_is_chained(e.type) && !act_hash_eq(&e.prev, &none))
		return ACT_E_FOLLOWS;
	*ret = e;
	return ACT_OK;
}

struct act_hash envelope_hash(const uint8_t bytes[ENVELOPE_SIZE])
{
	struct act_hash h;

	crypto_generichash(h.b, sizeof(h.b), bytes, ENVELOPE_SIZE, NULL, 0);
	return h;
}

struct act_hash body_commit(const uint8_t salt[ACT_SALT], struct str body)
{
	crypto_generichash_state s;
	struct act_hash h;

	crypto_generichash_init(&s, NULL, 0, sizeof(h.b));
	crypto_generichash_update(&s, salt, ACT_SALT);
	crypto_generichash_update(&s, (const uint8_t *)body.p, body.n);
	crypto_generichash_final(&s, h.b, sizeof(h.b));
	return h;
}
