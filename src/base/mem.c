#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>

_Noreturn void die(const char *fmt, ...)
{
	va_list ap;

	fputs("liptako: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

void *mem_new(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		die("out of memory (%zu times %zu bytes)", n, size);
	return p;
}

void *mem_grow(void *p, size_t n, size_t size)
{
	void *q = reallocarray(p, n ? n : 1, size ? size : 1);

	if (!q)
		die("out of memory (%zu times %zu bytes)", n, size);
	return q;
}

void *mem_dup(const void *p, size_t n)
{
	void *q = mem_new(1, n);

	memcpy(q, p, n);
	return q;
}
