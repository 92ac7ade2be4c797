/*
 * nft - nf_tables batches of our own over netlink.
 *
 * A batch is one transaction: every message in it happens, or none does. The
 * words here are the few that Liptako's table is made of: a table, three
 * kinds of chains, hash sets with time-outs, and the rules that look an
 * address up in them. A set is named by what is in it (struct net_set); its
 * name in the kernel says the same: "deny4_32", "list_deny4_24", "never6_64".
 *
 * Measures on some ports alone have sets of their own, "ports3_deny4_32", and
 * chains that look into them, "ports3_4": packets to ports of group 3 come
 * there. What a group's ports are stands in the comment of its chains, so that
 * `nft list` shows it and a new owner of the table reads it. A fragment that
 * has no ports comes by no such chain; the first one, which has them, is
 * dropped, and so nothing is put together of the rest.
 *
 * One nft is one netlink socket, opened before the jail closes: the table is
 * owned by that socket's port. Everything returns 0 or -errno.
 */
#ifndef LPT_NFT_H
#define LPT_NFT_H

#include "base/ports.h"
#include "wire/msgs.h"

#include <linux/netlink.h>

/* Newer than the headers of Debian 12; the kernel says EOPNOTSUPP. */
#define NFT_OWNER   0x2U /* Linux 5.12 */
#define NFT_PERSIST 0x4U /* Linux 6.9 */

/* A set that comes and goes with a table's end: whoever listens knows that
 * it was the operator (see disarm.h). */
#define NFT_DISARMED "disarmed"

enum {
	ACT_NEVER = 0, /* beside enum act: what is never closed */
	NFT_NAME = 32,
	NFT_PRIORITY = -310,  /* before raw, before conntrack */
	NFT_LIMIT_PER_S = 20, /* packets of a limited source */
	NFT_LIMIT_BURST = 40,
	NFT_LIMIT_SOURCES = 65536,
	NFT_LIMIT_MEMORY_S = 60,
	NFT_GC_MS = 10000,
	NFT_GROUPS = 64, /* of ports; number 0 is every port */
	NFT_LAYOUT = 2,  /* of chains, rules, sets: in the table's user data */
};

/* What a set holds: prefixes of one family and length under one measure. */
struct net_set {
	uint8_t family; /* 4, 6 */
	uint8_t act;    /* ACT_NEVER, ACT_DENY, ACT_REJECT, ACT_LIMIT */
	uint8_t list;   /* 1: imported: no counter per element */
	uint8_t bits;
	uint8_t ports; /* group; 0: every port */
};

void net_set_name(const struct net_set *s, char to[static NFT_NAME]);
/* False if it is no name of ours. */
bool net_set_parse(struct str name, struct net_set *ret);
static inline struct net_set net_set_of(const struct net *n, uint8_t act,
    uint8_t list, uint8_t ports)
{
	return (struct net_set){ n->addr.family, act, list, n->bits, ports };
}

struct nft {
	int fd;
	uint32_t port, seq;
	char table[NFT_NAME];
	uint8_t *buf; /* the batch being written */
	size_t n, room;
	struct nlmsghdr *msg; /* the message being written */
	struct nlattr *elems; /* its open list of elements */
	struct net_set into;  /* the set that list is for */
	bool deleting;        /* and what it does */
	uint8_t *in;          /* what the kernel answered */
	uint32_t failed;      /* seq of the first refused message */
};

int nft_open(struct nft *ret, const char *table);
void nft_close(struct nft *n);

/* Writing a batch. Nothing fails before nft_commit. */
void nft_begin(struct nft *n);
void nft_add_table(struct nft *n, uint32_t flags);
void nft_drop_table(struct nft *n);
void nft_add_disarmed(struct nft *n);
/* The base chain and those of both families, with the rules that jump. */
void nft_add_chains(struct nft *n);
/* The chains of a group of ports, 1 to NFT_GROUPS - 1, and what jumps there. */
void nft_add_group(struct nft *n, uint8_t group, const struct ports *p);
/* The set and the rules that look into it. */
void nft_add_set(struct nft *n, const struct net_set *s);
/* An element; ttl in ms, 0: for ever. Neighbours in a batch that go to the
 * same set share a message. */
void nft_add(struct nft *n, const struct net_set *s, const struct addr *a,
    uint64_t ttl_ms);
void nft_drop(struct nft *n, const struct net_set *s, const struct addr *a);
/* 0: all of it happened. Else none, and -errno of the first refused. */
int nft_commit(struct nft *n);

/* Reading. */
struct nft_table {
	uint32_t flags, layout, chains, rules;
	uint32_t owner; /* netlink port, 0: nobody's */
	bool base;      /* the hooked chain is there and in its place */
};
/* -ENOENT: there is none. */
int nft_read_table(struct nft *n, struct nft_table *ret);
/* Every set of ours in the table. */
int nft_read_sets(struct nft *n, void (*each)(const struct net_set *s, void *),
    void *arg);

/* The group of ports of each such chain of ours; ports NULL: not readable. */
int nft_read_groups(struct nft *n,
    void (*each)(uint8_t group, const struct ports *p, void *), void *arg);

struct nft_elem {
	struct net net;
	struct net_set set;
	uint64_t left_ms; /* 0: for ever */
	uint64_t packets, bytes;
	bool held; /* nft_read_some: the kernel has it */
};
/* Begins to read a set; then nft_walk gives some at a time. */
int nft_walk_begin(struct nft *n, const struct net_set *s);
enum {
	NFT_WALK_END,
	NFT_WALK_MORE, /* what changes meanwhile may be missed or seen twice */
};
int nft_walk(struct nft *n, const struct net_set *s,
    void (*each)(const struct nft_elem *e, void *), void *arg);
/* Fills in left, packets, bytes and held of these; net and set are given. */
int nft_read_some(struct nft *n, struct nft_elem *e, size_t n_elems);

#endif
