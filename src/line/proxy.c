#include "line/proxy.h"

bool proxy_trusts(const struct trusted *t, const struct addr *a)
{
	for (size_t i = 0; i < t->n; i++)
		if (net_has(&t->nets[i], a))
			return true;
	return false;
}

/* "[2001:db8::1]:443" and "192.0.2.1:443" lose their brackets and port. */
static struct str bare(struct str s)
{
	size_t end;

	s = str_trim(s);
	if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
		s = (struct str){ s.p + 1, s.n - 2 };
	if (s.n > 0 && s.p[0] == '[') {
		end = str_find(s, STR("]"));
		return end == SIZE_MAX ? s : (struct str){ s.p + 1, end - 1 };
	}
	end = str_find(s, STR(":"));
	if (end != SIZE_MAX &&
	    str_find(str_from(s, end + 1), STR(":")) == SIZE_MAX)
		s.n = end;
	return s;
}

struct str proxy_client(const struct trusted *t, struct str forwarded)
{
	struct str left = forwarded;

	while (left.n > 0) {
		size_t from = left.n;
		struct str one;
		struct addr a;

		while (from > 0 && left.p[from - 1] != ',')
			from--;
		one = bare(str_from(left, from));
		/* what stands left of a text that is no address was written by
		 * a stranger, and so was that text */
		if (!addr_parse(one, &a))
			return (struct str){ 0 };
		a = addr_fold(a);
		if (!proxy_trusts(t, &a))
			return one;
		left.n = from > 0 ? from - 1 : 0;
	}
	return (struct str){ 0 };
}

static void halve(struct heavy *h)
{
	h->of /= 2;
	h->next = h->of;
	for (int i = 0; i < HEAVY_SEATS; i++) {
		h->n[i] /= 2;
		h->error[i] /= 2;
	}
	h->least /= 2;
}

/* IPv6 is one by its /64, as everywhere. */
static uint64_t key_of(const struct addr *a)
{
	return addr_half(a) ^ (uint64_t)a->family << 56;
}

/* Who sits where is no secret: a stranger who aims costs us a few compares. */
static inline uint32_t *group_of(struct heavy *h, uint64_t key)
{
	return &h->seats[key * UINT64_C(0x9e3779b97f4a7c15) >> 56];
}

/* A seat of those least seen. Counts only grow, so the hand goes round once
 * for each step of the least, not for each newcomer. */
static unsigned least_seat(struct heavy *h)
{
	for (;;) {
		for (; h->hand < HEAVY_SEATS; h->hand++) {
			if (h->n[h->hand] <= h->least)
				return h->hand;
		}
		h->hand = 0;
		h->least = UINT32_MAX;
		for (unsigned i = 0; i < HEAVY_SEATS; i++)
			h->least = MIN(h->least, h->n[i]);
	}
}

static unsigned seat_of(struct heavy *h, const struct addr *a)
{
	uint64_t key = key_of(a);
	uint32_t *group = group_of(h, key);
	unsigned at;

	for (uint32_t m = *group; m; m &= m - 1) {
		at = (unsigned)__builtin_ctz(m);
		if (h->key[at] == key)
			return at;
	}
	at = least_seat(h);
	*group_of(h, h->key[at]) &= ~(UINT32_C(1) << at);
	*group |= UINT32_C(1) << at;
	h->key[at] = key;
	h->who[at] = *a;
	h->error[at] = h->n[at];
	return at;
}

bool heavy_see(struct heavy *h, const struct addr *a, struct addr *who,
    uint32_t *share, uint32_t *of)
{
	unsigned most = 0;

	if (h->of >= HEAVY_SPAN)
		halve(h);
	h->of++;
	h->n[seat_of(h, a)]++;
	if (h->of < MAX(h->next, HEAVY_LEAST))
		return false;
	h->next = h->of + HEAVY_LEAST;
	for (unsigned i = 1; i < HEAVY_SEATS; i++)
		if (h->n[i] - h->error[i] > h->n[most] - h->error[most])
			most = i;
	*share =
	    (uint32_t)((uint64_t)(h->n[most] - h->error[most]) * 1000 / h->of);
	*who = h->who[most];
	*of = h->of;
	return *share > HEAVY_PERMILLE;
}
