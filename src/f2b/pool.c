#include "f2b/pool.h"

#include <stdarg.h>
#include <stdio.h>

enum {
	POOL_BLOCK = 64 * 1024,
};

struct pool_block {
	struct pool_block *next;
	_Alignas(max_align_t) char bytes[];
};

void *pool_new(struct pool *p, size_t n, size_t size)
{
	size_t want;

	if (__builtin_mul_overflow(n, size, &want) || want > SIZE_MAX / 2)
		die("f2b: no room for %zu times %zu bytes", n, size);
	want = (want + 15) & ~(size_t)15;
	if (!p->blocks || p->size - p->used < want) {
		size_t fresh = MAX(want, (size_t)POOL_BLOCK);
		struct pool_block *b = mem_new(1, sizeof(*b) + fresh);

		b->next = p->blocks;
		p->blocks = b;
		p->size = fresh;
		p->used = 0;
	}
	p->used += want;
	return p->blocks->bytes + p->used - want;
}

char *pool_str(struct pool *p, struct str s)
{
	char *z = pool_new(p, 1, s.n + 1);

	if (s.n)
		memcpy(z, s.p, s.n);
	return z;
}

char *pool_print(struct pool *p, const char *fmt, ...)
{
	auto_free char *z = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&z, fmt, ap);
	va_end(ap);
	if (n < 0)
		die("out of memory");
	return pool_str(p, (struct str){ z, (size_t)n });
}

void pool_drop(struct pool *p)
{
	while (p->blocks) {
		struct pool_block *b = p->blocks;

		p->blocks = b->next;
		free(b);
	}
	*p = (struct pool){ 0 };
}

void text_add(struct text *t, struct str s)
{
	if (t->over || s.n > t->max - t->n) {
		t->over = true;
		return;
	}
	if (t->n + s.n >= t->size) {
		t->size = MAX((t->n + s.n + 1) * 2, (size_t)128);
		t->p = mem_grow(t->p, t->size, 1);
	}
	if (s.n)
		memcpy(t->p + t->n, s.p, s.n);
	t->n += s.n;
	t->p[t->n] = '\0';
}

void text_char(struct text *t, char c)
{
	text_add(t, (struct str){ &c, 1 });
}

void text_drop(struct text *t)
{
	free(t->p);
	*t = (struct text){ .max = t->max };
}
