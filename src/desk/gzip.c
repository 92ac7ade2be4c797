#include "desk/gzip.h"

#include <zlib.h>

enum {
	WITH_HEADER = 15 + 16, /* zlib.h: 16 more is gzip's own form */
	LEVEL = 4,
	MEMORY = 8
};

static int unpack(z_stream *z, size_t max, char **ret, size_t *ret_n)
{
	size_t room = 4096, n = 0;
	auto_free char *p = mem_new(room + 1, 1);
	int e = Z_OK;

	while (e == Z_OK) {
		z->next_out = (uint8_t *)p + n;
		z->avail_out = (unsigned)(room - n);
		e = inflate(z, Z_NO_FLUSH);
		n = room - z->avail_out;
		if (n > max)
			return GZIP_E_LONG;
		if (e != Z_OK)
			break;
		if (z->avail_out > 0)
			return GZIP_E_WRONG; /* it ends too early */
		room = MIN(room * 2, max + 1);
		p = mem_grow(p, room + 1, 1);
	}
	if (e != Z_STREAM_END)
		return GZIP_E_WRONG;
	p[n] = '\0';
	*ret = take(p);
	*ret_n = n;
	return GZIP_OK;
}

int gunzip(struct str packed, size_t max, char **ret, size_t *ret_n)
{
	z_stream z = { .next_in = (uint8_t *)(uintptr_t)packed.p,
		.avail_in = (unsigned)packed.n };
	int e;

	if (packed.n > UINT32_MAX || inflateInit2(&z, WITH_HEADER) != Z_OK)
		return GZIP_E_WRONG;
	e = unpack(&z, max, ret, ret_n);
	(void)inflateEnd(&z);
	return e;
}

void gzip(struct str plain, char **ret, size_t *ret_n)
{
	z_stream z = { .next_in = (uint8_t *)(uintptr_t)plain.p,
		.avail_in = (unsigned)plain.n };
	size_t room;

	if (deflateInit2(&z, LEVEL, Z_DEFLATED, WITH_HEADER, MEMORY,
		Z_DEFAULT_STRATEGY) != Z_OK)
		die("out of memory");
	room = deflateBound(&z, plain.n);
	*ret = mem_new(room, 1);
	z.next_out = (uint8_t *)*ret;
	z.avail_out = (unsigned)room;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		die("gzip does not fit its own bound");
	*ret_n = z.total_out;
	(void)deflateEnd(&z);
}
