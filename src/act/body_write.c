/* To CBOR, in the one form that the decoder takes. */
#include "act/body.h"

#include "act/body_fields.h"

#include <cbor.h>

struct out {
	uint8_t *p;
	size_t n, size;
	bool full;
};

typedef size_t head_fn(size_t v, unsigned char *to, size_t size);

static void put_head(struct out *o, head_fn *head, uint64_t v)
{
	size_t n = o->full ? 0 : head(v, o->p + o->n, o->size - o->n);

	o->full |= n == 0;
	o->n += n;
}

static void put_uint(struct out *o, uint64_t v)
{
	size_t n =
	    o->full ? 0 : cbor_encode_uint(v, o->p + o->n, o->size - o->n);

	o->full |= n == 0;
	o->n += n;
}

static void put_raw(struct out *o, const void *p, size_t n)
{
	if (o->full || o->size - o->n < n) {
		o->full = true;
		return;
	}
	memcpy(o->p + o->n, p, n);
	o->n += n;
}

static uint64_t load(const uint8_t *p, size_t size)
{
	uint64_t v64;
	uint32_t v32;
	uint16_t v16;

	if (size == 1)
		return *p;
	if (size == 2) {
		memcpy(&v16, p, size);
		return v16;
	}
	if (size == 4) {
		memcpy(&v32, p, size);
		return v32;
	}
	memcpy(&v64, p, size);
	return v64;
}

/* 0, "", no item: to be left out where the field allows it. */
static bool is_empty(const struct field *f, const uint8_t *base)
{
	const uint8_t *p = base + f->at;
	size_t n = f->size;

	if (f->kind == FIELD_LIST) {
		p = base + f->n_at;
		n = sizeof(uint16_t);
	} else if (f->kind == FIELD_TEXT) {
		n = 1;
	}
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

static void put_net(struct out *o, const uint8_t *at)
{
	struct net n;
	size_t size;

	memcpy(&n, at, sizeof(n));
	size = n.addr.family == 4 ? 4 : 16;
	put_head(o, cbor_encode_bytestring_start, 1 + size);
	put_raw(o, &n.bits, 1);
	put_raw(o, n.addr.b, size);
}

static void put_value(struct out *o, const struct field *f,
    const uint8_t *base);

static void put_places(struct out *o, const struct field *fields,
    const uint8_t *base)
{
	size_t n = 0;

	while (fields[n].key)
		n++;
	put_head(o, cbor_encode_array_start, n);
	for (size_t i = 0; i < n; i++)
		put_value(o, &fields[i], base);
}

/* More than there is room for is a mistake that the decoder finds. */
static void put_list(struct out *o, const struct field *f, const uint8_t *base)
{
	size_t n = load(base + f->n_at, sizeof(uint16_t));

	put_head(o, cbor_encode_array_start, n);
	for (size_t i = 0; i < MIN(n, f->max); i++)
		put_places(o, f->item, base + f->at + i * f->size);
}

static void put_value(struct out *o, const struct field *f, const uint8_t *base)
{
	const uint8_t *p = base + f->at;
	size_t n;

	switch ((enum field_kind)f->kind) {
	case FIELD_UINT:
		put_uint(o, load(p, f->size));
		return;
	case FIELD_BYTES:
		put_head(o, cbor_encode_bytestring_start, f->size);
		put_raw(o, p, f->size);
		return;
	case FIELD_TEXT:
		n = strnlen((const char *)p, f->size);
		put_head(o, cbor_encode_string_start, n);
		put_raw(o, p, n);
		return;
	case FIELD_NET:
		put_net(o, p);
		return;
	case FIELD_ID:
		put_places(o, f->item, p);
		return;
	case FIELD_LIST:
		put_list(o, f, base);
		return;
	}
}

static void put_map(struct out *o, const struct field *fields,
    const uint8_t *base)
{
	size_t n = 0;

	for (const struct field *f = fields; f->key; f++)
		n += f->need || !is_empty(f, base);
	put_head(o, cbor_encode_map_start, n);
	for (const struct field *f = fields; f->key; f++) {
		if (!f->need && is_empty(f, base))
			continue;
		put_uint(o, f->key);
		put_value(o, f, base);
	}
}

enum act_fault body_encode(uint8_t type, const union act_body *b, uint8_t *to,
    size_t size, size_t *ret_n)
{
	const struct body_kind *kind = body_kind(type);
	struct out o = { to, 0, MIN(size, ACT_BODY_MOST), false };
	union act_body again;
	enum act_fault e;

	if (!kind)
		return ACT_E_TYPE;
	put_map(&o, kind->fields, (const uint8_t *)b);
	if (o.full)
		return ACT_E_LONG;
	e = body_decode(type, (struct str){ (const char *)to, o.n }, &again);
	if (e == ACT_OK)
		*ret_n = o.n;
	return e;
}

const char *act_answered_name(uint8_t a)
{
	static const char *const names[] = {
		[ANSWER_ASSISTING] = "assisting",
		[ANSWER_CLOSED] = "already closed",
		[ANSWER_DEFERRED] = "deferred",
		[ANSWER_DECLINED] = "declined",
		[ANSWER_DISPUTED] = "disputed",
		[ANSWER_SUSPENDED] = "suspended",
		[ANSWER_FORGOTTEN] = "forgotten",
	};

	return a < countof(names) && names[a] ? names[a] : "unknown";
}

/* Its place in the list, which it gets if there is one left. */
static bool chain_place(struct act_chain *all, uint16_t *n,
    const struct act_id *id, uint16_t *ret)
{
	for (uint16_t i = 0; i < *n; i++)
		if (all[i].run == id->run &&
		    memcmp(all[i].envoy, id->envoy, ACT_KEY) == 0) {
			*ret = i;
			return true;
		}
	if (*n == BODY_CHAINS)
		return false;
	memcpy(all[*n].envoy, id->envoy, ACT_KEY);
	all[*n].run = id->run;
	*ret = (*n)++;
	return true;
}

bool receipt_add(struct act_receipt *r, const struct act_id *id,
    const struct act_answer *a)
{
	uint16_t chain;

	if (r->n == BODY_ANSWERS ||
	    !chain_place(r->chains, &r->n_chains, id, &chain))
		return false;
	r->answers[r->n] = *a;
	r->answers[r->n].chain = chain;
	r->answers[r->n++].seq = id->seq;
	return true;
}

bool forget_add(struct act_forget *f, const struct act_id *id)
{
	uint16_t chain;

	if (f->n == BODY_IDS ||
	    !chain_place(f->chains, &f->n_chains, id, &chain))
		return false;
	f->ids[f->n].chain = chain;
	f->ids[f->n++].seq = id->seq;
	return true;
}
