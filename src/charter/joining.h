/*
 * joining - what a newcomer hands in: one bundle of at most 40 kB.
 *
 * Its accession to the charter's terms with its own entry, its record and its
 * roll, each sealed by itself. Two people compare a code of six words over
 * the accession by voice, so that nobody in between puts other seals in; the
 * record and the roll need those seals. The accession is made anew from any
 * version that has the newcomer, so all who seal it see the same code.
 */
#ifndef LPT_JOINING_H
#define LPT_JOINING_H

#include "charter/charter.h"
#include "charter/sealed.h"
#include "charter/token.h"

struct joining {
	struct accession accession;
	struct sealed join, record, roll; /* slices of the bundle */
	char code[CODE_MAX];
};

/* The code of a version's newcomer. */
void joining_code(const struct charter *c, const uint8_t alliance[static 32],
    const struct charter_party *p, char to[static CODE_MAX]);
/* NULL, or what is wrong with it. */
const char *joining_read(struct str bundle, struct joining *ret);

#endif
