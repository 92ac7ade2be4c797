/*
 * nft_expr - what rules are made of: matches, verdicts, counters.
 *
 * Each writes expressions into the rule under construction. The one register
 * that is used holds what the last match loaded.
 */
#ifndef LPT_NFT_EXPR_H
#define LPT_NFT_EXPR_H

#include "nft/nft_bits.h"

/* Attributes, in the kernel's byte order. */
void nft_put_u32(struct nft *n, uint16_t type, uint32_t v);
void nft_put_u64(struct nft *n, uint16_t type, uint64_t v);
void nft_put_value(struct nft *n, uint16_t type, const void *p, size_t len);

/* An expression: its name, and its own attributes until its end. */
struct expr {
	struct nlattr *whole, *data;
};

/* meta KEY == value, one byte */
void nft_match_meta(struct nft *n, uint32_t key, uint8_t value);
/* The source, as far as the set's prefix goes, is in the set. */
void nft_match_set(struct nft *n, const struct net_set *s);
void nft_match_ports(struct nft *n, const struct port_range *p);
/* Goes on only with what the source sends over its rate. */
void nft_match_over_rate(struct nft *n, const struct net_set *s);
void nft_rate_name(const struct net_set *s, char to[static NFT_NAME]);
void nft_verdict(struct nft *n, uint32_t code, const char *chain);
void nft_reject(struct nft *n, uint32_t type, uint8_t code);
void nft_counter(struct nft *n, uint16_t as, uint64_t packets, uint64_t bytes);

#endif
