#include "base/hosts.h"

static bool has(const struct hosts *h, const uint8_t b[static 8])
{
	for (size_t i = 0; i < h->n; i++)
		if (memcmp(h->v[i], b, 8) == 0)
			return true;
	return false;
}

static bool add(struct hosts *h, const uint8_t b[static 8])
{
	if (h->n == HOSTS || has(h, b))
		return false;
	memcpy(h->v[h->n++], b, 8);
	return true;
}

bool hosts_has(const struct hosts *h, const struct addr *a)
{
	return a->family == 6 && has(h, a->b + 8);
}

bool hosts_add(struct hosts *h, const struct addr *a)
{
	return a->family == 6 && add(h, a->b + 8);
}

void hosts_join(struct hosts *to, const struct hosts *from)
{
	for (size_t i = 0; i < from->n; i++)
		(void)add(to, from->v[i]);
}

struct addr hosts_at(const struct hosts *h, const struct net *n, size_t i)
{
	struct addr a = n->addr;

	memcpy(a.b + 8, h->v[i], 8);
	return a;
}
