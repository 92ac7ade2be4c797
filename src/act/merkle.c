#include "act/merkle.h"

#include <sodium.h>

static struct act_hash leaf(const struct act_hash *act)
{
	uint8_t bytes[1 + ACT_HASH] = { 0 };
	struct act_hash h;

	memcpy(bytes + 1, act, ACT_HASH);
	crypto_generichash(h.b, sizeof(h.b), bytes, sizeof(bytes), NULL, 0);
	return h;
}

static struct act_hash node(const struct act_hash *left,
    const struct act_hash *right)
{
	uint8_t bytes[1 + 2 * ACT_HASH] = { 1 };
	struct act_hash h;

	memcpy(bytes + 1, left, ACT_HASH);
	memcpy(bytes + 1 + ACT_HASH, right, ACT_HASH);
	crypto_generichash(h.b, sizeof(h.b), bytes, sizeof(bytes), NULL, 0);
	return h;
}

static void leaves(const struct act_hash *acts, size_t n, struct act_hash *to)
{
	assert(n >= 1 && n <= MERKLE_LEAVES);
	for (size_t i = 0; i < n; i++)
		to[i] = leaf(&acts[i]);
}

/* The level above, in place; its size. */
static size_t climb_all(struct act_hash *level, size_t n)
{
	for (size_t i = 0; i < n; i += 2)
		level[i / 2] =
		    i + 1 < n ? node(&level[i], &level[i + 1]) : level[i];
	return (n + 1) / 2;
}

struct act_hash merkle_root(const struct act_hash *acts, size_t n)
{
	struct act_hash level[MERKLE_LEAVES];

	leaves(acts, n, level);
	while (n > 1)
		n = climb_all(level, n);
	return level[0];
}

size_t merkle_path(const struct act_hash *acts, size_t n, size_t at,
    struct act_hash path[MERKLE_PATH])
{
	struct act_hash level[MERKLE_LEAVES];
	size_t steps = 0;

	assert(at < n);
	leaves(acts, n, level);
	for (; n > 1; n = climb_all(level, n), at /= 2)
		if ((at ^ 1) < n)
			path[steps++] = level[at ^ 1];
	return steps;
}

size_t merkle_steps(size_t n, size_t at)
{
	size_t steps = 0;

	assert(n <= MERKLE_LEAVES && at < n);
	for (; n > 1; n = (n + 1) / 2, at /= 2)
		steps += (at ^ 1) < n;
	return steps;
}

struct act_hash merkle_climb(const struct act_hash *act, size_t n, size_t at,
    const struct act_hash *path)
{
	struct act_hash h = leaf(act);

	assert(n <= MERKLE_LEAVES && at < n);
	for (; n > 1; n = (n + 1) / 2, at /= 2) {
		if ((at ^ 1) >= n)
			continue;
		h = at & 1 ? node(path, &h) : node(&h, path);
		path++;
	}
	return h;
}
