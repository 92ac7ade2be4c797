/*
 * ally - the judge's part of the alliance, as its other parts see it.
 *
 * What allies say comes in as frames, is verified, put into its chain, judged
 * by law/allied and ordered before any disk work; what we ruled by our own
 * evidence goes out as notices. The measures of both meet here: an own one
 * goes by our own policy alone, an allied one never shortens or loosens it,
 * and stays when the own one ends. Nothing of this exists before a charter
 * does: every call is then a short one.
 */
#ifndef LPT_ALLY_H
#define LPT_ALLY_H

#include "judge/ledger.h"
#include "wire/msgs.h"

struct judge;
struct ally;
struct alliance;

void ally_new(struct judge *j);
void ally_free(struct judge *j);

/* A charter is there, or something in it changed. It stays the caller's, and
 * as long as the judge. */
void ally_alliance(struct judge *j, struct alliance *a);

void ally_linked(struct judge *j, enum role peer);
void ally_unlinked(struct judge *j, enum role peer);
/* False: the peer breaks the rules. */
bool ally_hear(struct judge *j, enum role from, uint32_t type, const void *body,
    size_t n);
void ally_tick(struct judge *j);
void ally_set_back(struct judge *j, uint32_t now);

/* Before the measures are read back. */
int ally_restore(struct judge *j, struct ledger *l);
/* A measure on others' word was read back: until when it may stand, 0: no
 * more. */
uint32_t ally_restored(const struct judge *j, const struct ledger_measure *m);
/* Bodies that are older than they are kept go; how far that is, is a counter
 * of this name. */
#define ALLY_AGED "acts/aged"
/* Something was erased that may lie in our outboxes still. */
#define ALLY_PURGE "acts/purge"
void ally_age(struct judge *j);
void ally_aged(struct judge *j, uint64_t upto);
void ally_purge_again(struct judge *j, uint64_t due);
/* In the judge's transaction; written: it is safe. */
bool ally_waits(const struct judge *j);
bool ally_hurries(const struct judge *j);
int ally_write(struct judge *j, struct ledger *l);
void ally_written(struct judge *j);
/* All that memory holds, for a new ledger. */
void ally_refill(struct judge *j);

/* We ruled by our own evidence: who named it gains credit, and allies are
 * told. */
void ally_ruled(struct judge *j, const struct ruling *r,
    const struct ledger_measure *m);
/* Somebody logged in from there. */
void ally_login(struct judge *j, const struct addr *who, uint64_t user);
/* What is ordered for this net is at least what stands on others' word. */
void ally_harden(const struct judge *j, const struct net *n, uint8_t *act,
    uint32_t *ttl, uint8_t *ports);
/* An own measure ends: does another stand on others' word? */
bool ally_stays(const struct judge *j, const struct ledger_measure *was);
void ally_goes_on(struct judge *j, const struct net *n);
/* A human takes it back, here: others' words count no more, and our own
 * notices are pardoned. dry: only counted. */
void ally_pardoned(struct judge *j, const struct net *n);
/* How many allies' words stand against it, and who said so first: his name
 * (31 characters at most), or none. */
uint32_t ally_witnesses(const struct judge *j, const struct net *n,
    char first[static 32]);
/* The enforcer would not. */
void ally_refused(struct judge *j, const struct net *n);

#endif
