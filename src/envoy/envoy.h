/*
 * envoy - the pipe between judge and the posts: NATS over TLS.
 *
 * It believes nobody, and nobody believes it: frames it carries are checked
 * by judge, and it holds no key but logins. Everything of ours runs on one
 * thread in one event loop, sockets of libnats included; only what blocks
 * (connecting: TCP, TLS and login) is done by a short-lived thread that owns
 * all it touches and hands over the result through a pipe. So a TLS session
 * is never used by two threads.
 *
 * Bounded are: what waits to be stored by a post (OUT_WINDOW frames a box),
 * what judge was handed and has not taken (IN_WINDOW a box), what libnats
 * holds for us (READ_PENDING). A link that is full stops reading.
 */
#ifndef LPT_ENVOY_H
#define LPT_ENVOY_H

#include "base/link.h"
#include "base/when.h"
#include "nats/names.h"
#include "wire/msgs.h"

#include <event2/event.h>
#include <nats/nats.h>

enum {
	POSTS_MAX = 1024,
	BOXES_MAX = 4096,
	OUT_WINDOW = 512, /* frames */
	OUT_BYTES = 8 << 20,
	IN_WINDOW = 256,
	READ_PENDING = 1024,
	READ_BYTES = 24 << 20,
	OPENINGS = 8, /* threads that connect at once */
	ACK_WAIT_S = 5,
	RETENTION_S = 30 * 86400,
};

/* A frame handed to judge that is not acknowledged yet. */
struct handed {
	bool used;
	struct nats_place place;
};

/* A frame that the post has not confirmed yet. */
struct sent {
	uint64_t no; /* 0: free; else its place in the box's order */
	bool is_out; /* went to the post over the present connection */
	uint8_t tries;
	struct mono at;
	struct wire_posted answer;
	uint32_t size;
	uint8_t *bytes;
};

enum keep_step {
	KEEP_STREAM, /* to be made, */
	KEEP_UPDATE, /* or changed */
	KEEP_READER,
	KEEP_PURGE,
	KEEP_DONE,
};

struct box {
	struct wire_box is;
	struct line *line;
	bool named; /* in the list that is being said */
	/* BOX_READ */
	natsSubscription *sub;
	bool heard; /* over this subscription */
	struct event *again;
	uint8_t waits; /* how often it was begun anew */
	char ack[NATS_NAME];
	struct handed *handed; /* IN_WINDOW */
	size_t n_handed;
	/* BOX_WRITE */
	char subject[NATS_NAME];
	struct sent *sent; /* OUT_WINDOW, by no */
	uint64_t first, next;
	size_t bytes;
	/* BOX_KEEP */
	enum keep_step step;
	bool purge; /* once it stands */
	uint8_t tries;
	struct mono asked;
};

/* What libnats calls back with: a connection's socket in our loop. */
struct tap {
	struct envoy *e;
	struct line *line; /* NULL once the line let go of it */
	natsConnection *nc;
	int fd; /* a duplicate: ours to close, whatever libnats does */
	struct event *read, *write;
};

/* A connection to a post in the name of an alliance. */
struct line {
	struct envoy *e;
	struct wire_post is;
	struct str cert; /* DER, ours */
	bool named;
	uint8_t state, why;
	uint8_t login[32];
	unsigned failures;
	uint32_t dropped;
	struct opening *opening; /* under way */
	struct tap *tap;         /* up */
	natsSubscription *answers, *joiners;
	struct event *again;
	struct mono told;
};

struct envoy {
	struct event_base *base;
	struct link up, judge, notary;
	struct event *from_up, *from_judge, *from_notary, *judge_room;
	struct event *threads, *tick;
	int pipe[2]; /* from threads: struct news */
	bool has_seed, judge_is_full, go;
	uint8_t seed[32];
	size_t n_lines, n_boxes, openings;
	struct line *lines[POSTS_MAX];
	struct box *boxes[BOXES_MAX];
	uint64_t unboxed; /* OUTs of alliances without a box */
};

/* From another thread to the loop, in one write. */
enum news_kind {
	NEWS_OPENED, /* p: struct opening */
	NEWS_CLOSED, /* p: struct tap */
	NEWS_JOINED, /* p: struct joining */
};
struct news {
	enum news_kind kind;
	void *p;
};
void news_tell(struct envoy *e, enum news_kind kind, void *p);

/* Full: false, and later all that waits is handed on again. */
bool judge_tell(struct envoy *e, uint32_t type, const void *body, size_t n,
    struct str tail);

/* list.c: what judge wants. */
int list_post(struct envoy *e, const struct wire_post *p, struct str cert);
int list_box(struct envoy *e, const struct wire_box *b);
void list_end(struct envoy *e);
struct box *list_find(struct envoy *e, uint32_t box);

/* line.c */
void line_begin(struct line *l); /* at once, or when a thread is free */
void line_opened(struct opening *o);
void line_closed(struct tap *t);
void line_end(struct line *l); /* frees it */
void line_tell(struct line *l);
void line_tick(struct line *l);

/* tap.c: libnats's socket in our loop. */
natsStatus tap_attach(void **user, void *loop, natsConnection *nc, natsSock fd);
natsStatus tap_read(void *user, bool add);
natsStatus tap_write(void *user, bool add);
natsStatus tap_detach(void *user);
void tap_begin(struct tap *t); /* from now on it is served */
void tap_free(struct tap *t);
/* What was published leaves now, not in the loop's next turn. */
void tap_flush(struct tap *t);

/* open.c: the thread that connects. */
struct opening {
	struct envoy *e;
	struct line *line; /* NULL: nobody wants it any more */
	struct wire_post is;
	struct str cert;
	uint8_t secret[64], public[32];
	bool in_loop; /* else libnats's own threads serve it */
	natsConnection *nc;
	struct tap *tap;
	enum line_why why;
};
/* The thread's work: fills nc or why. */
void open_connect(struct opening *o);
/* False: no thread to be had. */
bool open_start(struct opening *o);
void open_free(struct opening *o);
/* The name that the certificate is for, as our posts have it. */
bool open_host(struct str cert, char *to, size_t size);

/* box_read.c */
void read_begin(struct box *b);
void read_end(struct box *b);
/* Hands on what lies there; false if judge's link is full. */
bool read_drain(struct box *b);
void read_taken(struct box *b, uint64_t seq);
/* Judge forgot what it was handed: it comes again. */
void read_again(struct box *b);

/* box_write.c */
void write_frame(struct box *b, const struct wire_posted *as, struct str frame);
void write_begin(struct box *b);
void write_end(struct box *b);
void write_answer(struct box *b, uint64_t no, natsMsg *m);
void write_tick(struct box *b);

/* box_keep.c */
void keep_begin(struct box *b);
void keep_answer(struct box *b, natsMsg *m);
void keep_tick(struct box *b);
/* What lies in it goes: now, or as soon as the post is there. */
void keep_purge(struct box *b);

/* line_hear.c: what comes on a line beside frames. */
void hear_begin(struct line *l);
void hear_end(struct line *l);
void hear_answers(struct line *l);
void hear_joiners(struct line *l);
void hear_welcome(struct envoy *e, const struct wire_joiner *w, struct str s);
/* The subject for answers about this box. */
void hear_subject(const struct box *b, uint64_t no, char to[static NATS_NAME]);

/* join.c */
int join_begin(struct envoy *e, const struct wire_join *j, struct str said);
void join_done(void *joining);

#endif
