/*
 * reading - logs on their way from warden and scribe through readers to judge.
 *
 * Which logs there are, where reading goes on after a restart, what hit a rule
 * and what is committed. Included by msgs.h.
 */
#ifndef LPT_READING_H
#define LPT_READING_H

#include "base/addr.h"

enum source_kind {
	SOURCE_FILE,
	SOURCE_STREAM,
	SOURCE_DATAGRAM,
	SOURCE_JOURNAL
};

/*
 * A source is what one configured log is; a generation of it is one inode,
 * and `ino` here and below is its id (base/file.h), not the bare number.
 * fd: the open log (FILE, STREAM: also stdin; DATAGRAM: the bound socket);
 * tail of SOURCE: the services, as int32_t, whose jails read it, too.
 * JOURNAL has none, its entries come from the scribe; it is said once for
 * each service that is taken from the journal. A second SOURCE with the same
 * id is the next generation: the one before is read to its end first. A
 * SOURCE_END ends the generation with that inode; with ino 0 all of it, and
 * the source with them. Ids are never used again, so that nothing on its way
 * can be taken for another's: what is kept by id is found by search and is
 * forgotten with the source.
 */
struct wire_source {
	uint32_t id;   /* this run's number */
	int32_t watch; /* inotify watch descriptor, -1: none */
	uint64_t key;  /* of the path, the same over restarts */
	uint64_t dev, ino;
	uint8_t kind;    /* enum source_kind */
	uint8_t form;    /* enum line_form */
	uint8_t trust;   /* 1: local users cannot write it */
	uint8_t fresh;   /* 1: made after we started: read from 0 */
	uint8_t proxied; /* enum client_field */
	uint8_t old;     /* 1: a rotated generation: only what judge knows of it
			    is read on */
	uint8_t shares;  /* enum shares */
	uint8_t unused;
	int32_t service; /* index in the pack, -1: by each line */
	char zone[40];   /* IANA name, NUL-ended; empty: the system's */
};

/* Nothing stands at the path of this log any more, or something again. */
struct wire_gone {
	uint32_t id;
	uint8_t back, unused[3];
};

/*
 * The source is no more: warden follows it no longer, and judge is told at
 * once; the reader reads what is left of it and then says CLOSED. Judge
 * forgets the number when neither has it.
 */
struct wire_over {
	uint32_t id;
};

/* What a file has in common with the journal. */
enum shares {
	SHARES_NOTHING,
	SHARES_LINES,   /* may hold the same: the one that hits first counts */
	SHARES_PROGRAMS /* many write it: whose lines are taken from the journal
			   has none here, for anybody may have forged them */
};

enum client_field {
	CLIENT_PEER,
	CLIENT_FORWARDED,
	CLIENT_REAL_IP
};

/* One journal entry. tail: cursor, unit, identifier, message, in this order,
 * with the lengths here. */
struct wire_entry {
	uint64_t seq;    /* sequence number of the journal */
	uint64_t stream; /* hash of the sequence's id: the generation */
	uint64_t usec;   /* realtime, us since 1970 */
	uint32_t pid;
	int32_t service; /* whose unit or executable it is; -1: nobody's, only
			    the cursor counts */
	uint32_t epoch;  /* of the SEEK that it answers */
	uint16_t n_cursor, n_unit, n_ident, n_msg;
};

struct wire_seek {
	uint8_t from_end; /* 1: only what comes from now on */
	uint8_t unused[3];
	uint32_t epoch; /* entries of an earlier one are to be forgotten */
	uint32_t n_cursor;
};

/*
 * "I have it open: where do I go on?" Sent for each generation (inode) of a
 * source; judge keeps an offset for each (key, ino) and answers each. With
 * again = 1 the same inode began anew (truncated): judge first forgets the
 * offset that it has for this inode, so that low offsets count as new.
 */
struct wire_opened {
	uint32_t source, unused;
	uint64_t key, dev, ino, size; /* journal: ino 0 */
	uint8_t kind, fresh, again, unused2[5];
};

/*
 * source and ino as asked. known: offset (or the cursor behind it) is where
 * committed lines end. Not known but rotated: judge knows other inodes of
 * this key, so the file was made since we last looked and is read from 0.
 * Neither: never seen; it is read from its end, or from 0 if fresh.
 */
struct wire_resume {
	uint32_t source;
	uint32_t n_cursor;
	uint64_t ino;
	uint64_t offset, before;
	uint8_t known, rotated;
	uint8_t unused[6];
};

enum {
	SIGHT_ARRIVAL = 1,
	SIGHT_PROXIED = 2,
	SIGHT_FORGEABLE = 4,
	SIGHT_NAMED = 8 /* the line has a name, which was looked up */
};

/* A rule hit a line. */
struct wire_sighting {
	uint32_t generation; /* of the rules */
	uint32_t source;
	uint64_t ino;
	uint64_t offset; /* of the line's first byte; journal: seq */
	uint32_t length;
	uint32_t at;   /* event time, s */
	uint64_t hash; /* of the line, keyed for the ledger's life */
	uint64_t distinct, user;
	struct addr who;
	uint8_t flags; /* SIGHT_* */
	uint16_t rule, pattern, port;
};

/* All lines before offset were looked at. before: a keyed hash of the last
 * bytes before it, 0 if unknown; another text there is another log in the same
 * inode. tail: the journal's cursor. */
struct wire_progress {
	uint32_t source, n_cursor;
	uint64_t ino, offset, before;
	uint64_t lines, bytes, hits; /* since the last progress */
};

struct wire_ack {
	uint32_t source, unused;
	uint64_t ino, offset;
};

/* An address makes so many of a source's successful requests. */
struct wire_proxy {
	uint32_t source;
	uint32_t share; /* permille of the last `of` */
	uint32_t of;
	struct addr who;
};

enum remark {
	REMARK_LONG_LINE = 1, /* cut at 64 KiB */
	REMARK_SKEW,          /* value: seconds off arrival */
	REMARK_HOST_NAME,     /* a name where an address should stand */
	REMARK_AMBIGUOUS,     /* two readings, two addresses: nobody blamed */
	REMARK_OVER_LIMIT,    /* a pattern ran into its match limit */
	REMARK_LOST,          /* datagrams the kernel dropped: value */
	REMARKS,
};

/* tail: a part of the line, as it stands there. */
struct wire_remark {
	uint32_t source;
	uint16_t what, rule;
	int64_t value;
	uint64_t count; /* since the last of its kind */
};

#endif
