/*
 * merkle - one signature for up to 64 acts.
 *
 * A binary tree over act hashes: a leaf is H(0x00 || act hash), a node
 * H(0x01 || left || right), and the last of an odd level goes up as it is. An
 * act that travels alone carries the neighbours on its way to the root, at
 * most six; how many and on which side follows from its place and the number
 * of leaves.
 */
#ifndef LPT_MERKLE_H
#define LPT_MERKLE_H

#include "act/envelope.h"

enum {
	MERKLE_LEAVES = 64,
	MERKLE_PATH = 6
};

/* n is 1 to MERKLE_LEAVES. */
struct act_hash merkle_root(const struct act_hash *acts, size_t n);

/* The neighbours on the way from leaf `at` of n to the root; how many. */
size_t merkle_path(const struct act_hash *acts, size_t n, size_t at,
    struct act_hash path[MERKLE_PATH]);
size_t merkle_steps(size_t n, size_t at);

/* The root that this act belongs to, by its path of merkle_steps(n, at). */
struct act_hash merkle_climb(const struct act_hash *act, size_t n, size_t at,
    const struct act_hash *path);

#endif
