/* From CBOR: bounded by the tables, without a copy or an allocation. */
#include "act/body.h"

#include "act/body_fields.h"

#include <cbor.h>

enum item_kind {
	ITEM_NONE,
	ITEM_UINT,
	ITEM_BYTES,
	ITEM_TEXT,
	ITEM_LIST,
	ITEM_MAP,
	ITEM_TAG,
	ITEM_OTHER,
};

struct item {
	enum item_kind kind;
	uint64_t v; /* value, length or number of items */
	const uint8_t *p;
};

/* The first fault stays; all that is read after it is nothing. */
struct walk {
	const uint8_t *p;
	size_t left;
	enum act_fault fault;
};

static void spoil(struct walk *w, enum act_fault f)
{
	if (w->fault == ACT_OK)
		w->fault = f;
}

static void set(void *arg, enum item_kind kind, uint64_t v, const void *p)
{
	*(struct item *)arg = (struct item){ kind, v, p };
}

static void on_u8(void *arg, uint8_t v)
{
	set(arg, ITEM_UINT, v, NULL);
}
static void on_u16(void *arg, uint16_t v)
{
	set(arg, ITEM_UINT, v, NULL);
}
static void on_u32(void *arg, uint32_t v)
{
	set(arg, ITEM_UINT, v, NULL);
}
static void on_u64(void *arg, uint64_t v)
{
	set(arg, ITEM_UINT, v, NULL);
}
static void on_n8(void *arg, uint8_t v)
{
	set(arg, ITEM_OTHER, v, NULL);
}
static void on_n16(void *arg, uint16_t v)
{
	set(arg, ITEM_OTHER, v, NULL);
}
static void on_n32(void *arg, uint32_t v)
{
	set(arg, ITEM_OTHER, v, NULL);
}
static void on_n64(void *arg, uint64_t v)
{
	set(arg, ITEM_OTHER, v, NULL);
}
static void on_bytes(void *arg, cbor_data p, size_t n)
{
	set(arg, ITEM_BYTES, n, p);
}
static void on_text(void *arg, cbor_data p, size_t n)
{
	set(arg, ITEM_TEXT, n, p);
}
static void on_list(void *arg, size_t n)
{
	set(arg, ITEM_LIST, n, NULL);
}
static void on_map(void *arg, size_t n)
{
	set(arg, ITEM_MAP, n, NULL);
}
static void on_tag(void *arg, uint64_t v)
{
	set(arg, ITEM_TAG, v, NULL);
}
static void on_bool(void *arg, bool v)
{
	set(arg, ITEM_OTHER, 0, NULL);
}
static void on_none(void *arg)
{
	set(arg, ITEM_OTHER, 0, NULL);
}

/* What begins without an end, a lone break, and floats, of which there are
 * several forms of one value, are not said: the item stays ITEM_NONE. */
static void no_mark(void *arg)
{
}
static void no_float(void *arg, float v)
{
}
static void no_double(void *arg, double v)
{
}

static const struct cbor_callbacks callbacks = {
	.uint8 = on_u8,
	.uint16 = on_u16,
	.uint32 = on_u32,
	.uint64 = on_u64,
	.negint8 = on_n8,
	.negint16 = on_n16,
	.negint32 = on_n32,
	.negint64 = on_n64,
	.byte_string_start = no_mark,
	.byte_string = on_bytes,
	.string = on_text,
	.string_start = no_mark,
	.indef_array_start = no_mark,
	.array_start = on_list,
	.indef_map_start = no_mark,
	.map_start = on_map,
	.tag = on_tag,
	.float2 = no_float,
	.float4 = no_float,
	.float8 = no_double,
	.undefined = on_none,
	.null = on_none,
	.boolean = on_bool,
	.indef_break = no_mark,
};

/* Bytes of the shortest head that holds v. */
static size_t head_size(uint64_t v)
{
	return v < 24            ? 1
	       : v <= UINT8_MAX  ? 2
	       : v <= UINT16_MAX ? 3
	       : v <= UINT32_MAX ? 5
				 : 9;
}

static struct item next(struct walk *w)
{
	struct item i = { ITEM_NONE, 0, NULL };
	struct cbor_decoder_result got;
	size_t payload;

	if (w->fault != ACT_OK)
		return i;
	got = cbor_stream_decode(w->p, w->left, &callbacks, &i);
	if (got.status != CBOR_DECODER_FINISHED || i.kind == ITEM_NONE) {
		spoil(w, got.status == CBOR_DECODER_NEDATA ? ACT_E_SHORT
							   : ACT_E_CBOR);
		return (struct item){ ITEM_NONE, 0, NULL };
	}
	payload = i.kind == ITEM_BYTES || i.kind == ITEM_TEXT ? i.v : 0;
	if (got.read - payload != head_size(i.v))
		spoil(w, ACT_E_CBOR);
	w->p += got.read;
	w->left -= got.read;
	return i;
}

/* An item that we do not know, with all that is in it. Each of them takes a
 * byte at least, so the bytes that are left bound the work. */
static void skip(struct walk *w, unsigned depth)
{
	struct item i = next(w);
	uint64_t n = i.kind == ITEM_MAP    ? 2 * i.v
		     : i.kind == ITEM_LIST ? i.v
		     : i.kind == ITEM_TAG  ? 1
					   : 0;

	if (i.kind == ITEM_MAP && i.v > w->left)
		spoil(w, ACT_E_SHORT);
	if (n > 0 && depth == 0)
		spoil(w, ACT_E_DEPTH);
	for (; n > 0 && w->fault == ACT_OK; n--)
		skip(w, depth - 1);
}

static struct item expect(struct walk *w, enum item_kind kind)
{
	struct item i = next(w);

	if (w->fault == ACT_OK && i.kind != kind)
		spoil(w, ACT_E_KIND);
	return i;
}

static void store(void *to, uint64_t v, size_t size)
{
	uint8_t v8 = (uint8_t)v;
	uint16_t v16 = (uint16_t)v;
	uint32_t v32 = (uint32_t)v;

	memcpy(to,
	    size == 1   ? (void *)&v8
	    : size == 2 ? (void *)&v16
	    : size == 4 ? (void *)&v32
			: (void *)&v,
	    size);
}

static void read_uint(struct walk *w, const struct field *f, void *to)
{
	struct item i = expect(w, ITEM_UINT);

	if (w->fault == ACT_OK && (i.v < f->min || i.v > f->max))
		spoil(w, ACT_E_RANGE);
	if (w->fault == ACT_OK)
		store(to, i.v, f->size);
}

static void read_bytes(struct walk *w, const struct field *f, void *to)
{
	struct item i = expect(w, ITEM_BYTES);
	bool some = f->need;

	if (w->fault != ACT_OK)
		return;
	if (i.v != f->size) {
		spoil(w, ACT_E_RANGE);
		return;
	}
	memcpy(to, i.p, f->size);
	for (size_t k = 0; k < f->size && !some; k++)
		some = i.p[k] != 0;
	if (!some) /* it would have been left out */
		spoil(w, ACT_E_RANGE);
}

static void read_text(struct walk *w, const struct field *f, void *to)
{
	struct item i = expect(w, ITEM_TEXT);

	if (w->fault != ACT_OK)
		return;
	if (i.v == 0 || i.v >= f->size)
		spoil(w, ACT_E_RANGE);
	for (size_t k = 0; k < i.v && w->fault == ACT_OK; k++)
		if (i.p[k] < ' ' || i.p[k] > '~')
			spoil(w, ACT_E_RANGE);
	if (w->fault == ACT_OK)
		memcpy(to, i.p, i.v);
}

static void read_net(struct walk *w, struct net *to)
{
	struct item i = expect(w, ITEM_BYTES);
	struct net n = { 0 }, same;

	if (w->fault != ACT_OK)
		return;
	if (i.v != 5 && i.v != 17) {
		spoil(w, ACT_E_NET);
		return;
	}
	n.addr.family = i.v == 5 ? 4 : 6;
	n.bits = i.p[0];
	memcpy(n.addr.b, i.p + 1, i.v - 1);
	if (n.bits > addr_bits(&n.addr)) {
		spoil(w, ACT_E_NET);
		return;
	}
	same = net_of(n.addr, n.bits);
	if (!addr_eq(&same.addr, &n.addr))
		spoil(w, ACT_E_NET);
	*to = n;
}

static void read_value(struct walk *w, const struct field *f, uint8_t *base);

/* Places in their order; what a later version adds behind them is skipped. */
static void read_places(struct walk *w, const struct field *fields,
    uint8_t *base)
{
	struct item i = expect(w, ITEM_LIST);

	for (; fields->key && w->fault == ACT_OK; fields++, i.v--) {
		if (i.v == 0)
			spoil(w, ACT_E_MISSING);
		else
			read_value(w, fields, base);
	}
	for (; i.v > 0 && w->fault == ACT_OK; i.v--)
		skip(w, BODY_DEPTH);
}

static void read_list(struct walk *w, const struct field *f, uint8_t *base)
{
	struct item i = expect(w, ITEM_LIST);

	if (w->fault == ACT_OK && (i.v < MAX(f->min, 1) || i.v > f->max))
		spoil(w, ACT_E_RANGE);
	for (size_t k = 0; k < i.v && w->fault == ACT_OK; k++)
		read_places(w, f->item, base + f->at + k * f->size);
	if (w->fault == ACT_OK)
		store(base + f->n_at, i.v, sizeof(uint16_t));
}

static void read_value(struct walk *w, const struct field *f, uint8_t *base)
{
	struct net n = { 0 };

	switch ((enum field_kind)f->kind) {
	case FIELD_UINT:
		read_uint(w, f, base + f->at);
		return;
	case FIELD_BYTES:
		read_bytes(w, f, base + f->at);
		return;
	case FIELD_TEXT:
		read_text(w, f, base + f->at);
		return;
	case FIELD_NET:
		read_net(w, &n);
		memcpy(base + f->at, &n, sizeof(n));
		return;
	case FIELD_ID:
		read_places(w, f->item, base + f->at);
		return;
	case FIELD_LIST:
		read_list(w, f, base);
		return;
	}
}

/* The fields before this key are not there. */
static const struct field *pass(struct walk *w, const struct field *f,
    uint64_t key)
{
	for (; f->key && f->key < key; f++)
		if (f->need)
			spoil(w, ACT_E_MISSING);
	return f;
}

static void read_map(struct walk *w, const struct field *f, uint8_t *base)
{
	struct item map = expect(w, ITEM_MAP);
	uint64_t before = 0;

	if (map.v > BODY_KEYS_MOST)
		spoil(w, ACT_E_RANGE);
	for (size_t k = 0; k < map.v && w->fault == ACT_OK; k++) {
		struct item key = expect(w, ITEM_UINT);

		if (k > 0 && key.v <= before)
			spoil(w, ACT_E_ORDER);
		before = key.v;
		f = pass(w, f, key.v);
		if (f->key && f->key == key.v)
			read_value(w, f++, base);
		else
			skip(w, BODY_DEPTH);
	}
	pass(w, f, UINT64_MAX);
}

enum act_fault body_decode(uint8_t type, struct str bytes, union act_body *ret)
{
	const struct body_kind *kind = body_kind(type);
	struct walk w = { (const uint8_t *)bytes.p, bytes.n, ACT_OK };

	if (!kind)
		return ACT_E_TYPE;
	if (bytes.n > ACT_BODY_MOST)
		return ACT_E_LONG;
	memset(ret, 0, kind->size);
	read_map(&w, kind->fields, (uint8_t *)ret);
	if (w.fault == ACT_OK && w.left > 0)
		spoil(&w, ACT_E_REST);
	if (w.fault == ACT_OK && kind->check)
		spoil(&w, kind->check(ret));
	return w.fault;
}
