/*
 * text - the one form of all sealed texts: prose, and values in it.
 *
 * A text begins with a title ("# ..."). Prose is for people; values stand
 * alone on lines of four blanks, a key, a colon, a blank and the value, and
 * nowhere else: a prose line never begins with a blank. One table of items
 * (text_item) reads and prints them, and what it prints is the only form that
 * is read: so a text has one meaning and a meaning has one text. Characters
 * are printable UTF-8 that stand alone (no combining marks, hence NFC), no
 * control and no bidirectional ones; lines end with LF, none with a blank.
 * Every fault has its line and its cure.
 */
#ifndef LPT_CHARTER_TEXT_H
#define LPT_CHARTER_TEXT_H

#include "base/addr.h"
#include "charter/seal.h"

struct text_fault {
	unsigned line; /* from 1; 0: none in particular */
	char say[240];
};

/* Are all characters allowed? Says where not. */
bool text_allowed(struct str text, struct text_fault *f);
/* [a-z0-9-], 1 to 31, beginning and ending with a letter or digit. */
bool text_name(struct str s);

enum {
	TEXT_NAME_MAX = 31,
	TEXT_WORDS_MAX = 159,
	TEXT_SEALS_MAX = 8,
	TEXT_NETS_MAX = 32,
	TEXT_HASHES_MAX = 2,
	TEXT_HOSTS_MAX = 4,
};

enum text_kind {
	TEXT_NAME,   /* char[32]: text_name */
	TEXT_WORDS,  /* char[160]: one line for people */
	TEXT_LAND,   /* char[3]: ISO 3166, "ML" */
	TEXT_COUNT,  /* uint32_t within min..max */
	TEXT_SPAN,   /* uint32_t seconds within min..max: "24h" */
	TEXT_RATE,   /* two uint32_t: "1h in 24h" */
	TEXT_TIME,   /* uint64_t ms: "2026-11-22T04:00:00Z" */
	TEXT_HASH,   /* uint8_t[32]: 64 hex digits */
	TEXT_SEAL,   /* struct seal */
	TEXT_SEALS,  /* struct text_seals: 1 to 8 lines */
	TEXT_NETS,   /* struct text_nets: 0 to 32 lines */
	TEXT_HASHES, /* struct text_hashes: 0 to 2 lines */
	TEXT_HOSTS,  /* struct text_hosts: "192.0.2.1 2001:db8::1 port 4222" */
	TEXT_CERT,   /* struct text_cert: DER in base64 */
	TEXT_LOGIN,  /* struct text_login: post and key, two times 64 hex */
	TEXT_RIGHTS, /* uint32_t: "all", or words apart by blanks */
};

struct text_seals {
	size_t n;
	struct seal v[TEXT_SEALS_MAX];
};
struct text_nets {
	size_t n;
	struct net v[TEXT_NETS_MAX];
};
struct text_hashes {
	size_t n;
	uint8_t v[TEXT_HASHES_MAX][32];
};
struct text_hosts {
	size_t n;
	struct addr v[TEXT_HOSTS_MAX];
	uint16_t port;
};
struct text_cert {
	size_t n;
	uint8_t der[1024];
	uint8_t sha256[32];
};
struct text_login {
	uint8_t post[32]; /* SHA-256 of the post's certificate */
	uint8_t key[32];  /* Ed25519, public */
};

struct text_item {
	const char *key;
	enum text_kind kind;
	size_t at; /* offset of the value */
	int64_t min, max;
	bool optional;    /* left out if it is zero */
	const char *help; /* one sentence for people */
};
#define TEXT_ITEMS_END \
	{ \
		0 \
	}

/* Reading: a cursor over the lines of a text that is allowed. */
struct text_read {
	struct str rest;
	unsigned line; /* of what rest begins with */
	struct text_fault *fault;
};
void text_begin(struct text_read *r, struct str text, struct text_fault *f);
/* The next line without moving; false at the end. */
bool text_peek(const struct text_read *r, struct str *line);
bool text_line(struct text_read *r, struct str *line);
/* Is the next line a value of this key? */
bool text_at_key(const struct text_read *r, const char *key);
/* Lines up to the next that begins with a blank or a #, or the end; without
 * empty ones around. */
struct str text_prose(struct text_read *r);
/* Skips empty lines. */
void text_blanks(struct text_read *r);
/* All items in their order into *to, which was zeroed. */
bool text_items(struct text_read *r, const struct text_item *items, void *to);
/* Puts the fault; returns false. */
bool text_wrong(struct text_read *r, const char *fmt, ...) PRINTF(2, 3);

/* Printing into a buffer that grows; at most 64 MB. */
struct text_out {
	char *p;
	size_t n, room;
};
void text_put(struct text_out *o, const char *fmt, ...) PRINTF(2, 3);
void text_put_str(struct text_out *o, struct str s);
void text_put_items(struct text_out *o, const struct text_item *items,
    const void *from);
void text_free(struct text_out *o);
static inline struct str text_of(const struct text_out *o)
{
	return (struct str){ o->p, o->n };
}

/* The first line where the two differ: what was read is not what would be
 * printed. True if they are the same. */
bool text_same(struct str read, struct str printed, struct text_fault *f);

/* Hex without and with its NUL. */
bool text_hex(struct str s, uint8_t *to, size_t n);
void text_show_hex(const uint8_t *p, size_t n, char *to);

#endif
