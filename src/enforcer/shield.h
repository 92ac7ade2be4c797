/*
 * shield - the nets that are never shut, and who says so.
 *
 * Each word is (net, cause, who said it); a net is protected while anyone
 * says so, and nobody can take back what another said. Every speaker has a
 * budget, so a broken judge or namer cannot protect the world. A sorted
 * array: there are few, and every order is checked against all of them.
 */
#ifndef LPT_SHIELD_H
#define LPT_SHIELD_H

#include "wire/msgs.h"

enum {
	SHIELD_JUDGE = 1024, /* words each may say */
	SHIELD_OPERATOR = 1024,
	SHIELD_NAMER = 256,
	SHIELD_WHO = 1024,
	SHIELD_SELF = 4096,
	SHIELD_WARDEN = 8192,
};

struct shield_word {
	struct net net;
	uint8_t cause; /* enum never_cause */
	uint8_t said;  /* enum role */
	uint8_t marked;
	uint32_t until; /* s on the clock of struct mono; 0: as long as said */
	uint32_t ref;
};

struct shield {
	size_t n, room;
	struct shield_word *v; /* by family, address, length */
	uint32_t lengths[2][129];
};

void shield_free(struct shield *s);

enum {
	SHIELD_OK,
	SHIELD_E_NEW,  /* exactly this net was not there before */
	SHIELD_E_FULL, /* the speaker's budget is used up */
};
/* Says a word, or renews the one that is there. */
int shield_add(struct shield *s, const struct shield_word *w);
/* Takes a speaker's own word back; false: he never said it. */
bool shield_drop(struct shield *s, const struct net *n, uint8_t cause,
    enum role said);
/* The first word that protects some of this net, or NULL. */
const struct shield_word *shield_over(const struct shield *s,
    const struct net *n);
/* Is exactly this net there? */
bool shield_has(const struct shield *s, const struct net *n);

/* For lists that are told as a whole: unmark a speaker's words, mark those
 * that he repeats (shield_add does), then take the first unmarked out. */
void shield_unmark(struct shield *s, enum role said);
bool shield_take_unmarked(struct shield *s, enum role said,
    struct shield_word *ret);
/* The first that is over is taken out. */
bool shield_take_over(struct shield *s, uint32_t now, struct shield_word *ret);

#endif
