/*
 * joining - what a newcomer hands in: one bundle of at most 16 kB.
 *
 * Its accession to the charter's terms with its own entry, its record and its
 * roll, each sealed by itself. Two people compare a code of six words over
 * all three by voice, so that nobody in between puts other keys in.
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

/* NULL, or what is wrong with it. */
const char *joining_read(struct str bundle, struct joining *ret);

#endif
