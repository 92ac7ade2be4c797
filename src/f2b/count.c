#include "f2b/count.h"

#include <math.h>

#include "base/hash.h"

enum {
	SETS = 4096,
	WAYS = 8,
};

struct record {
	uint64_t id[2]; /* its hashes under two keys; both 0: free */
	int64_t first, last;
	int64_t retry;
	uint32_t at; /* of the ring: the next to write */
};

struct f2b_count {
	enum f2b_counting how;
	unsigned maxretry;
	int64_t findtime, lag;
	struct hash_key key[2];
	struct record v[SETS][WAYS];
	int64_t *ring; /* maxretry times a record, for F2B_WINDOW */
};

void f2b_count_new(struct f2b_count **ret, enum f2b_counting how,
    unsigned maxretry, int64_t findtime)
{
	struct f2b_count *c = mem_new(1, sizeof(*c));

	assert(maxretry >= 1 && maxretry <= F2B_RETRY_MAX && findtime >= 0);
	c->how = how;
	c->maxretry = maxretry;
	c->findtime = findtime;
	c->key[0] = hash_key_new();
	c->key[1] = hash_key_new();
	if (how == F2B_WINDOW)
		c->ring =
		    mem_new((size_t)SETS * WAYS * maxretry, sizeof(*c->ring));
	*ret = c;
}

void f2b_count_free(struct f2b_count **cp)
{
	if (!*cp)
		return;
	free((*cp)->ring);
	free_ptr(cp);
}

void f2b_count_lag(struct f2b_count *c, int64_t seconds)
{
	c->lag = seconds;
}

static struct record *seat(struct f2b_count *c, struct str id, bool *fresh)
{
	uint64_t a = hash_str(&c->key[0], id) | 1;
	uint64_t b = hash_str(&c->key[1], id);
	struct record *set = c->v[a >> 20 & (SETS - 1)], *oldest = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].id[0] == a && set[i].id[1] == b) {
			*fresh = false;
			return &set[i];
		}
		if (!set[i].id[0] ||
		    (oldest->id[0] && set[i].last < oldest->last))
			oldest = &set[i];
	}
	*fresh = true;
	*oldest = (struct record){ .id = { a, b } };
	return oldest;
}

/* What is older than findtime counts by the rate so far. */
static void like_fail2ban(const struct f2b_count *c, struct record *r,
    int64_t at)
{
	if (at > r->last) {
		if (r->first < at - c->findtime) {
			r->retry = (int64_t)nearbyint((double)r->retry /
						      (double)(at - r->first) *
						      (double)c->findtime);
			r->first = at - c->findtime;
		}
		r->last = at;
	}
	r->retry++;
}

/* True: the oldest of the last maxretry is not too old. */
static bool in_window(struct f2b_count *c, struct record *r, int64_t at)
{
	int64_t *ring = c->ring + (size_t)(r - &c->v[0][0]) * c->maxretry;

	r->last = MAX(r->last, at);
	ring[r->at] = at;
	r->at = (r->at + 1) % c->maxretry;
	if (r->retry < c->maxretry)
		r->retry++;
	return r->retry == c->maxretry && ring[r->at] > at - c->findtime;
}

bool f2b_count_add(struct f2b_count *c, struct str id, int64_t at, int64_t now)
{
	bool fresh, enough;
	struct record *r = seat(c, id, &fresh);

	at = MIN(at, now);
	if (!fresh &&
	    r->last <= now - c->findtime - c->lag) { /* it was quiet */
		*r = (struct record){ .id = { r->id[0], r->id[1] } };
		fresh = true;
	}
	if (fresh)
		r->first = r->last = at;
	if (c->how == F2B_WINDOW) {
		enough = in_window(c, r, at);
	} else {
		like_fail2ban(c, r, at);
		enough = r->retry >= (int64_t)c->maxretry;
	}
	if (enough)
		*r = (struct record){ 0 };
	return enough;
}
