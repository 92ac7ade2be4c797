#include "act/frame.h"

#include "base/bytes.h"

#include <sodium.h>

/* What stands before each thing that is signed, with its NUL. */
#define SINGLE "liptako act v1"
#define BATCH  "liptako batch v1"

enum {
	SIGNED_MOST = sizeof(BATCH) + 2 + ACT_HASH
};

/* The signed bytes: domain, NUL, u16 length, hash or root. */
static size_t signed_bytes(const struct act_hash *root, size_t leaves,
    uint8_t to[SIGNED_MOST])
{
	const char *domain = leaves == 1 ? SINGLE : BATCH;
	size_t n = leaves == 1 ? sizeof(SINGLE) : sizeof(BATCH);

	memcpy(to, domain, n);
	to[n] = 0;
	to[n + 1] = ACT_HASH;
	memcpy(to + n + 2, root, ACT_HASH);
	return n + 2 + ACT_HASH;
}

static enum act_fault read_body(struct rd *r, struct frame_act *a)
{
	uint16_t n = rd_u16(r);

	a->salt = NULL;
	a->body = (struct str){ NULL, 0 };
	if (n > ACT_BODY_MOST)
		return ACT_E_LONG;
	if (n > 0) {
		a->salt = rd_skip(r, ACT_SALT);
		a->body = (struct str){ (const char *)rd_skip(r, n), n };
	}
	return r->bad ? ACT_E_SHORT : ACT_OK;
}

static enum act_fault read_act(struct rd *r, struct frame_act *a)
{
	enum act_fault e;

	a->header = rd_skip(r, ENVELOPE_SIZE);
	if (!a->header)
		return ACT_E_SHORT;
	e = envelope_read(a->header, &a->e);
	if (e != ACT_OK)
		return e;
	a->hash = envelope_hash(a->header);
	return read_body(r, a);
}

static bool same_speaker(const struct envelope *a, const struct envelope *b)
{
	return memcmp(a->alliance, b->alliance, ACT_KEY) == 0 &&
	       memcmp(a->party, b->party, ACT_KEY) == 0 &&
	       memcmp(a->envoy, b->envoy, ACT_KEY) == 0;
}

static enum act_fault read_own(struct rd *r, struct frame *f)
{
	f->leaves = rd_u8(r);
	f->sig = rd_skip(r, ACT_SIG);
	if (r->bad)
		return ACT_E_SHORT;
	if (f->leaves == 0 || f->leaves > FRAME_ACTS)
		return ACT_E_COUNT;
	for (f->n = 0; f->n < f->leaves; f->n++) {
		enum act_fault e = read_act(r, &f->acts[f->n]);

		if (e != ACT_OK)
			return e;
		if (!same_speaker(&f->acts[0].e, &f->acts[f->n].e))
			return ACT_E_MIXED;
	}
	return ACT_OK;
}

static enum act_fault read_forwarded(struct rd *r, struct frame *f)
{
	size_t steps;

	f->leaves = rd_u8(r);
	f->index = rd_u8(r);
	f->sig = rd_skip(r, ACT_SIG);
	if (r->bad)
		return ACT_E_SHORT;
	if (f->leaves > FRAME_ACTS || f->index >= f->leaves)
		return ACT_E_COUNT;
	steps = merkle_steps(f->leaves, f->index);
	rd_bytes(r, f->path, steps * ACT_HASH);
	f->n = 1;
	return r->bad ? ACT_E_SHORT : read_act(r, &f->acts[0]);
}

static enum act_fault read_part(struct rd *r, struct frame *f)
{
	struct frame_part *p = &f->part;
	uint16_t n;

	rd_bytes(r, &p->whole, ACT_HASH);
	p->part = rd_u16(r);
	p->of = rd_u16(r);
	n = rd_u16(r);
	p->bytes = (struct str){ (const char *)rd_skip(r, n), n };
	f->n = 0;
	if (r->bad)
		return ACT_E_SHORT;
	if (p->of > FRAME_PARTS || p->part >= p->of)
		return ACT_E_COUNT;
	/* all parts are full but the last */
	if (n == 0 || n > FRAME_PART || (p->part + 1 < p->of && n < FRAME_PART))
		return ACT_E_RANGE;
	return ACT_OK;
}

enum act_fault frame_parse(struct frame *ret, const void *bytes, size_t n)
{
	struct rd r = rd_of(bytes, n);
	uint8_t version = rd_u8(&r);
	enum act_fault e = ACT_E_FORM;

	ret->form = rd_u8(&r);
	ret->index = 0;
	if (n > FRAME_MOST)
		return ACT_E_LONG;
	if (r.bad)
		return ACT_E_SHORT;
	if (version != FRAME_VERSION)
		return ACT_E_VERSION;
	if (ret->form == FRAME_OWN)
		e = read_own(&r, ret);
	else if (ret->form == FRAME_FORWARDED)
		e = read_forwarded(&r, ret);
	else if (ret->form == FRAME_SEALED)
		e = read_part(&r, ret);
	if (e == ACT_OK && r.left > 0)
		return ACT_E_REST;
	return e;
}

static size_t hashes_of(const struct frame *f, struct act_hash *to)
{
	for (size_t i = 0; i < f->n; i++)
		to[i] = f->acts[i].hash;
	return f->n;
}

static struct act_hash root_of(const struct frame *f)
{
	struct act_hash all[FRAME_ACTS];

	if (f->leaves == 1)
		return f->acts[0].hash;
	if (f->form == FRAME_FORWARDED)
		return merkle_climb(&f->acts[0].hash, f->leaves, f->index,
		    f->path);
	return merkle_root(all, hashes_of(f, all));
}

enum act_fault frame_verify(const struct frame *f)
{
	uint8_t bytes[SIGNED_MOST];
	struct act_hash root = root_of(f);
	size_t n = signed_bytes(&root, f->leaves, bytes);

	assert(f->form != FRAME_SEALED);
	return crypto_sign_verify_detached(f->sig, bytes, n,
		   f->acts[0].e.envoy) == 0
		   ? ACT_OK
		   : ACT_E_SIGNATURE;
}

enum act_fault frame_body_ok(const struct frame_act *a)
{
	struct act_hash is;

	if (!a->salt)
		return ACT_E_ERASED;
	is = body_commit(a->salt, a->body);
	return act_hash_eq(&is, &a->e.commit) ? ACT_OK : ACT_E_COMMIT;
}

void frame_proof(const struct frame *f, size_t i, struct act_proof *ret)
{
	struct act_hash all[FRAME_ACTS];

	assert(i < f->n);
	memset(ret, 0, sizeof(*ret));
	memcpy(ret->sig, f->sig, ACT_SIG);
	ret->leaves = f->leaves;
	ret->index = f->form == FRAME_FORWARDED ? f->index : (uint8_t)i;
	if (f->form == FRAME_FORWARDED)
		memcpy(ret->path, f->path,
		    merkle_steps(f->leaves, f->index) * ACT_HASH);
	else
		merkle_path(all, hashes_of(f, all), i, ret->path);
}

void frame_sign(const uint8_t secret[64], const struct act_hash *acts, size_t n,
    uint8_t sig[ACT_SIG])
{
	uint8_t bytes[SIGNED_MOST];
	struct act_hash root = n == 1 ? acts[0] : merkle_root(acts, n);
	size_t size = signed_bytes(&root, n, bytes);

	crypto_sign_detached(sig, NULL, bytes, size, secret);
}
