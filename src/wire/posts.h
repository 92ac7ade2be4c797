/*
 * posts - the words between judge, envoy and warden about posts.
 *
 * A post is one NATS server that the envoy is connected to in the name of one
 * alliance. A box is one outbox there: a stream of one party's frames, which
 * the envoy reads, writes or, at our own post, keeps. Judge numbers both as
 * it likes and says the whole list again whenever it changes: POST and BOX
 * rows, then POST_END, which ends what was not named. What stayed the same
 * goes on undisturbed.
 *
 * Reading is at least once: a FRAME that is not answered by TAKEN comes
 * again, after a while or over the next connection, and only TAKEN is
 * acknowledged to the post. Writing likewise: OUT and OFFER are published at
 * once and POSTED tells what became of them; what was DROPPED judge offers
 * again when it likes.
 */
#ifndef LPT_POSTS_H
#define LPT_POSTS_H

#include "base/addr.h"

enum {
	WIRE_CERT = 4096,     /* a post's certificate, DER */
	WIRE_JOIN = 40 << 10, /* what a newcomer may say */
	WIRE_ANSWER = 60000,  /* what it is answered */
	POST_ADDRS = 4,
	PARTY_NAME = 32, /* [a-z0-9-], NUL-ended */
};

/* SEED, from warden: fd is the login seed's file, 32 bytes, from which only the
 * envoy makes its logins. POST: tail is the post's certificate, DER, the only
 * one that is believed there. */
struct wire_post {
	uint32_t post;
	uint16_t port;
	uint8_t n_addrs;
	uint8_t own; /* 1: we are its owner: boxes are kept there */
	uint8_t alliance[32];
	uint8_t id[32];    /* SHA-256 of the certificate; the login is made for
			      it, so that a login at one post is none at others */
	uint8_t envoy[32]; /* our public envoy key, part of our subjects */
	struct addr addrs[POST_ADDRS];
};

enum box_use {
	BOX_READ = 1, /* owner's frames come to us, reader */
	BOX_WRITE,    /* our frames go there; owner is we */
	BOX_KEEP,     /* at our own post: owner's outbox stands, and reader
			 (unless empty) has its place in it */
};

struct wire_box {
	uint32_t box, post;
	uint32_t keep_s; /* BOX_KEEP: retention; 0: 30 days */
	uint8_t use;     /* enum box_use */
	uint8_t fleet;   /* 1: what a chancery hands to its own hosts */
	uint8_t unused[2];
	char owner[PARTY_NAME], reader[PARTY_NAME];
};

enum line_state {
	LINE_DOWN,
	LINE_UP,
	LINE_REFUSED, /* the post is there and will not have us */
};

enum line_why {
	LINE_FINE,
	LINE_E_UNREACHABLE, /* nobody answers at its addresses */
	LINE_E_TLS,         /* another certificate than the record's */
	LINE_E_LOGIN,       /* our login is not known there */
	LINE_E_CLOSED,      /* it was up, and ended */
	LINE_E_LATE,        /* it answers no more */
	LINE_E_BOX,         /* an outbox could not be made */
	LINE_E_CERT,        /* what judge gave is no certificate */
};
const char *line_why_name(enum line_why w);

/* Said at each change, and every 30 s while up. */
struct wire_line {
	uint32_t post;
	uint8_t state; /* enum line_state */
	uint8_t why;   /* enum line_why */
	uint8_t unused[2];
	uint32_t rtt_us;   /* 0: not known */
	uint32_t dropped;  /* frames not published since the last up */
	uint8_t login[32]; /* our public login key there */
};

/* tail: the frame as it came. */
struct wire_frame {
	uint32_t post, box;
	uint64_t seq;     /* in the box's stream */
	uint64_t pending; /* what lies there still */
};

struct wire_taken {
	uint32_t box, unused;
	uint64_t seq;
};

/* The chained acts of our own in a frame; run 0: there are none. */
struct wire_span {
	uint64_t run, first, last;
};

/* A frame for one box (BOX_WRITE). tail: it. */
struct wire_offer {
	uint32_t box, unused;
	uint64_t id; /* judge's, for the answer */
	struct wire_span acts;
};

enum posted {
	POSTED_OK,
	POSTED_DROPPED, /* too much waits, or no such box */
	POSTED_REFUSED, /* the post answered with an error */
};

/* An OUT or OFFER was stored by the post, or was not. */
struct wire_posted {
	uint32_t box;
	uint8_t status; /* enum posted */
	uint8_t offer;  /* 1: an OFFER, with its id; 0: an OUT */
	uint8_t unused[2];
	uint64_t id;
	struct wire_span acts; /* as the OUT or OFFER had it */
	uint64_t at;           /* sequence in the stream */
};

/* PURGE: what lies in all outboxes that we keep in that alliance goes; PURGED:
 * from one of them it has gone. What others still lack they ask for. */
struct wire_purge {
	uint8_t alliance[32];
};

/*
 * What our own post lets in, as rows for warden, who writes nats-server's
 * configuration of them; SERVE_END ends the list. One login may have several
 * rows of its alliance.
 */
enum serve_kind {
	SERVE_OWNER = 1, /* our own envoy: all of the alliance's boxes */
	SERVE_READER,    /* reads owner's outbox as reader */
	SERVE_WRITER,    /* a guest, or another of our hosts: publishes as
			    envoy into owner's outbox */
	SERVE_JOINER,    /* once: says one thing, hears one answer */
};

struct wire_serve {
	uint8_t kind;  /* enum serve_kind */
	uint8_t fleet; /* READER: of what the chancery hands on */
	uint8_t unused[6];
	uint8_t alliance[32];
	uint8_t login[32]; /* public */
	uint8_t envoy[32]; /* OWNER, WRITER */
	uint8_t join[8];   /* JOINER */
	char owner[PARTY_NAME], reader[PARTY_NAME];
};

/*
 * Joining. Newcomer's side: JOIN asks the post in the token, which knows its
 * certificate by its hash alone, once; JOINED is the answer. Sponsor's side:
 * JOINER is what a newcomer said at our own post, WELCOME what it is answered.
 */
struct wire_join {
	uint64_t id; /* judge's, for the answer */
	uint16_t port;
	uint8_t n_addrs, unused[5];
	uint8_t alliance[32], cert[32];
	uint8_t join[8];    /* the token's id: names the subject */
	uint8_t secret[16]; /* of the token: the login comes of it */
	struct addr addrs[POST_ADDRS];
};

/* tail: the answer, or nothing with a reason. */
struct wire_joined {
	uint64_t id;
	uint8_t why; /* enum line_why; LINE_E_LATE: nobody answered */
	uint8_t unused[7];
};

/* JOINER (tail: what was said) and WELCOME (tail: the answer). */
struct wire_joiner {
	uint8_t alliance[32];
	uint8_t join[8];
};

/* Fields in their ranges, names as party names are. */
bool post_ok(const struct wire_post *p, size_t tail);
bool box_ok(const struct wire_box *b);
bool serve_ok(const struct wire_serve *s);
bool join_ok(const struct wire_join *j);
/* [a-z0-9-], 1 to 31 bytes, ended and filled up with NUL. */
bool party_name_ok(const char *name);

#endif
