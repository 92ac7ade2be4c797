/*
 * msgs - who may say what to whom: the whole conversation in one table.
 *
 * A message is a head, a body of exactly the size of its row, and at most
 * `tail` further bytes where the row allows some. One packet of a
 * SOCK_SEQPACKET link is one message. All programs are of one build on one
 * machine, so bodies travel as they lie in memory; but every receiver checks
 * the row (msg_fits) and the body (each body's check below) before it looks
 * at a field, and cuts the link to a peer that breaks the table. The bodies
 * stand by conversation in the headers below; whoever speaks includes this.
 */
#ifndef LPT_MSGS_H
#define LPT_MSGS_H

#include "wire/asking.h"
#include "wire/closing.h"
#include "wire/posts.h"
#include "wire/reading.h"
#include "wire/signing.h"
#include "wire/start.h"
#include "wire/telling.h"

enum role {
	WARDEN,
	READER,
	SCRIBE,
	JUDGE,
	ENFORCER,
	WHO,
	HERALD,
	NAMER,
	NOTARY,
	ENVOY,
	POST, /* the supervised nats-server */
	DESK,
	ANYONE, /* in the table only */
	ROLES = ANYONE,
};

const char *role_name(enum role r);

/* clang-format off */
/*        name        from      to        body                 tail        fds */
#define MSGS(X) \
	X(SETUP,      WARDEN,   ANYONE,   struct wire_setup,   0,           1) \
	X(LINK,       WARDEN,   ANYONE,   struct wire_link,    0,           1) \
	X(CONF,       WARDEN,   ANYONE,   struct wire_blob,    0,           1) \
	X(PACK,       WARDEN,   ANYONE,   struct wire_blob,    0,           1) \
	X(ACTIVE,     WARDEN,   ANYONE,   struct wire_active,  WIRE_TAIL,   0) \
	X(NEEDS,      READER,   WARDEN,   struct wire_none,    WIRE_TAIL,   0) \
	X(GO,         WARDEN,   ANYONE,   struct wire_none,    0,           0) \
	X(LEAVE,      WARDEN,   ANYONE,   struct wire_none,    0,           0) \
	X(UP,         ANYONE,   WARDEN,   struct wire_up,      0,           0) \
	X(WATCHES,    WARDEN,   READER,   struct wire_none,    0,           1) \
	X(SOURCE,     WARDEN,   READER,   struct wire_source,  WIRE_JAILS,  1) \
	X(SOURCE_END, WARDEN,   READER,   struct wire_source,  0,           0) \
	X(SOURCE_NAME,WARDEN,   JUDGE,    struct wire_source,  WIRE_PATH,   0) \
	X(LISTEN,     WARDEN,   JUDGE,    struct wire_none,    0,           1) \
	X(NEVER,      WARDEN,   ENFORCER, struct wire_never,   0,           0) \
	X(JAIL_LOG,   WARDEN,   JUDGE,    struct wire_none,    0,           1) \
	X(PROGRAM,    WARDEN,   JUDGE,    struct wire_program, 0,           0) \
	X(RELOADED,   WARDEN,   JUDGE,    struct wire_reloaded,WIRE_TAIL,   0) \
	X(RELOAD,     JUDGE,    WARDEN,   struct wire_none,    0,           0) \
	X(LOOK_WHO,   JUDGE,    WARDEN,   struct wire_none,    0,           0) \
	X(ENTRY,      SCRIBE,   READER,   struct wire_entry,   WIRE_TAIL,   0) \
	X(SEEK,       READER,   SCRIBE,   struct wire_seek,    WIRE_CURSOR, 0) \
	X(OPENED,     READER,   JUDGE,    struct wire_opened,  0,           0) \
	X(RESUME,     JUDGE,    READER,   struct wire_resume,  WIRE_CURSOR, 0) \
	X(SIGHTING,   READER,   JUDGE,    struct wire_sighting,0,           0) \
	X(PROGRESS,   READER,   JUDGE,    struct wire_progress,WIRE_CURSOR, 0) \
	X(ACK,        JUDGE,    READER,   struct wire_ack,     0,           0) \
	X(PROXIED,    READER,   JUDGE,    struct wire_proxy,   0,           0) \
	X(REMARK,     READER,   JUDGE,    struct wire_remark,  WIRE_TAIL,   0) \
	X(ORDER,      JUDGE,    ENFORCER, struct wire_order,   0,           0) \
	X(STANDING,   JUDGE,    ENFORCER, struct wire_standing,WIRE_TAIL,   0) \
	X(PORTS,      JUDGE,    ENFORCER, struct wire_ports,   0,           0) \
	X(SYNC,       JUDGE,    ENFORCER, struct wire_sync,    0,           0) \
	X(ASK,        JUDGE,    ENFORCER, struct wire_ask,     0,           0) \
	X(READY,      ENFORCER, JUDGE,    struct wire_ready,   0,           0) \
	X(GROUP,      ENFORCER, JUDGE,    struct wire_ports,   0,           0) \
	X(DONE,       ENFORCER, JUDGE,    struct wire_done,    0,           0) \
	X(ELEMENT,    ENFORCER, JUDGE,    struct wire_element, 0,           0) \
	X(PROTECTED,  ENFORCER, JUDGE,    struct wire_never,   0,           0) \
	X(LIVE,       WHO,      ENFORCER, struct wire_live,    0,           0) \
	X(NAMED,      NAMER,    ENFORCER, struct wire_never,   0,           0) \
	X(NAMES,      WARDEN,   NAMER,    struct wire_name,    0,           0) \
	X(HAPPENED,   JUDGE,    HERALD,   struct wire_happened,0,           0) \
	X(HOOKED,     HERALD,   JUDGE,    struct wire_hooked,  0,           0) \
	X(ALLIED,     JUDGE,    WARDEN,   struct wire_allied,  0,           0) \
	X(KEY,        WARDEN,   NOTARY,   struct wire_none,    0,           1) \
	X(ENVOY_KEY,  NOTARY,   JUDGE,    struct wire_envoy_key,0,          0) \
	X(DRAFT,      JUDGE,    NOTARY,   struct wire_draft,   WIRE_TAIL,   0) \
	X(SIGNED,     NOTARY,   JUDGE,    struct wire_signed,  WIRE_FRAME,  0) \
	X(UNSIGNED,   NOTARY,   JUDGE,    struct wire_unsigned,0,           0) \
	X(OUT,        NOTARY,   ENVOY,    struct wire_out,     WIRE_FRAME,  0) \
	X(SEED,       WARDEN,   ENVOY,    struct wire_none,    0,           1) \
	X(POST,       JUDGE,    ENVOY,    struct wire_post,    WIRE_CERT,   0) \
	X(BOX,        JUDGE,    ENVOY,    struct wire_box,     0,           0) \
	X(POST_END,   JUDGE,    ENVOY,    struct wire_none,    0,           0) \
	X(LINE,       ENVOY,    JUDGE,    struct wire_line,    0,           0) \
	X(FRAME,      ENVOY,    JUDGE,    struct wire_frame,   WIRE_FRAME,  0) \
	X(TAKEN,      JUDGE,    ENVOY,    struct wire_taken,   0,           0) \
	X(OFFER,      JUDGE,    ENVOY,    struct wire_offer,   WIRE_FRAME,  0) \
	X(POSTED,     ENVOY,    JUDGE,    struct wire_posted,  0,           0) \
	X(JOIN,       JUDGE,    ENVOY,    struct wire_join,    WIRE_JOIN,   0) \
	X(JOINED,     ENVOY,    JUDGE,    struct wire_joined,  WIRE_ANSWER, 0) \
	X(JOINER,     ENVOY,    JUDGE,    struct wire_joiner,  WIRE_JOIN,   0) \
	X(WELCOME,    JUDGE,    ENVOY,    struct wire_joiner,  WIRE_ANSWER, 0) \
	X(SERVE,      JUDGE,    WARDEN,   struct wire_serve,   0,           0) \
	X(SERVE_END,  JUDGE,    WARDEN,   struct wire_none,    0,           0) \
	X(DOOR,       WARDEN,   DESK,     struct wire_door,    0,           1) \
	X(FED,        JUDGE,    DESK,     struct wire_fed,     WIRE_TAIL,   0) \
	X(PASS,       JUDGE,    DESK,     struct wire_key,     0,           0) \
	X(FEED,       DESK,     JUDGE,    struct wire_none,    0,           0) \
	X(QUESTION,   DESK,     JUDGE,    struct wire_question,WIRE_TAIL,   0) \
	X(ANSWER,     JUDGE,    DESK,     struct wire_answer,  WIRE_TAIL,   0) \
	X(ENROL,      DESK,     JUDGE,    struct wire_key,     0,           0) \
	X(SENSED,     DESK,     JUDGE,    struct wire_sensed,  0,           0) \
	X(WANT,       JUDGE,    WARDEN,   struct wire_want,    0,           0) \
	X(FETCH,      JUDGE,    HERALD,   struct wire_fetch,   0,           0) \
	X(FETCHED,    HERALD,   JUDGE,    struct wire_fetched, WIRE_TAIL,   0) \
	X(SOURCE_GONE,WARDEN,   JUDGE,    struct wire_gone,    0,           0) \
	X(ASIDE,      READER,   JUDGE,    struct wire_aside,   WIRE_ASIDE,  0) \
	X(CHECK,      JUDGE,    HERALD,   struct wire_check,   WIRE_TAGS,   0) \
	X(CHECKED,    HERALD,   JUDGE,    struct wire_checked, 0,           0) \
	X(LOOKUP,     JUDGE,    NAMER,    struct wire_lookup,  0,           0) \
	X(FOUND,      NAMER,    JUDGE,    struct wire_found,   0,           0) \
	X(SOURCE_OVER,WARDEN,   JUDGE,    struct wire_over,    0,           0) \
	X(CLOSED,     READER,   JUDGE,    struct wire_over,    0,           0) \
	X(PURGE,      JUDGE,    ENVOY,    struct wire_purge,   0,           0) \
	X(PURGED,     ENVOY,    JUDGE,    struct wire_purge,   0,           0)
/* clang-format on */

enum msg {
#define X(name, from, to, body, tail, fds) MSG_##name,
	MSGS(X)
#undef X
	MSG_N,
};

struct msg_row {
	const char *name;
	enum role from, to;
	size_t size, tail;
	unsigned fds; /* at most */
};
extern const struct msg_row msgs[MSG_N];

/* May this role say so much of this type to that role? */
bool msg_fits(uint32_t type, enum role from, enum role to, size_t n);

/* The enforcer believes no one: DONE_OK, or what is wrong with the order. */
enum done order_check(const struct wire_order *o);
/* Order i of the n that a STANDING and its tail hold. */
struct wire_order standing_order(const struct wire_standing *w,
    const char *tail, uint32_t i);
/* Enum ranges, lengths, NUL ends: false if a field cannot be. */
bool sighting_ok(const struct wire_sighting *s);
bool entry_ok(const struct wire_entry *e, size_t tail);
bool net_ok(const struct net *n);

#endif
