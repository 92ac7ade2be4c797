/*
 * nft_bits - what the files of nft share: messages under construction.
 */
#ifndef LPT_NFT_BITS_H
#define LPT_NFT_BITS_H

#include "nft/nft.h"

#include <libmnl/libmnl.h>

enum {
	NFT_IN = 64 << 10,      /* the kernel's dumps come in 32 KiB at most */
	NFT_MSG_ROOM = 2048,    /* any message without its elements */
	NFT_ELEM_ROOM = 160,    /* one element */
	NFT_COMMENT = 0,        /* type of a comment in a chain's user data */
	NFT_ELEMS_FULL = 60000, /* bytes of elements in a message: u16 */
};

/* Room for that many more bytes behind what is written. */
void nft_room(struct nft *n, size_t more);
/* Ends the message before, begins one; family in the kernel's words. */
struct nlmsghdr *nft_msg(struct nft *n, uint16_t type, uint16_t flags,
    uint8_t family, uint16_t res);
void nft_end_msg(struct nft *n);
/* Sends what is written as one packet. */
int nft_send(struct nft *n);

/* "ports3_4" */
void nft_group_name(uint8_t group, uint8_t family, char to[static NFT_NAME]);

/* The attributes of a message or a nest, by type. */
enum {
	NFT_ATTRS = 16 /* those we read are below */
};
struct nft_attrs {
	const struct nlattr *a[NFT_ATTRS];
};
struct nft_attrs nft_attrs_of(const struct nlmsghdr *m);
/* None if nest is NULL. */
struct nft_attrs nft_attrs_in(const struct nlattr *nest);
/* False if it is no element of this set. */
bool nft_take_elem(const struct nlattr *nest, const struct net_set *s,
    struct nft_elem *ret);

#define NFT_TYPE(t) ((uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | (t)))

#endif
