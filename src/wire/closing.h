/*
 * closing - what the enforcer is told, and what it answers.
 *
 * The protected set, orders, and what the kernel really holds. Included by
 * msgs.h.
 */
#ifndef LPT_CLOSING_H
#define LPT_CLOSING_H

#include "base/addr.h"
#include "base/ports.h"
#include "wire/sizes.h"

/* A prefix that is never closed. */
enum never_cause {
	NEVER_ALLOW = 1, /* allow list of the configuration */
	NEVER_OWN,       /* an address of this host */
	NEVER_GATEWAY,
	NEVER_RESOLVER,
	NEVER_SESSION,   /* a live login */
	NEVER_INSTALLER, /* the session that started us */
	NEVER_NAME,      /* an allowed name's address */
	NEVER_OPERATOR,  /* liptako allow */
	NEVER_PROXY,     /* trusted-proxies, container bridges */
};
const char *never_name(enum never_cause c);

struct wire_never {
	struct net net;
	uint8_t cause; /* enum never_cause */
	uint8_t gone;  /* 1: no longer so; WARDEN, ENFORCER only */
	uint32_t ttl;  /* s; 0: as long as said */
	uint32_t ref;  /* line in the configuration, name's number */
};

struct wire_live {
	struct addr who;
	uint8_t cause; /* NEVER_SESSION or NEVER_INSTALLER */
	uint8_t last;  /* 1: the list is complete; who means nothing */
};

struct wire_name {
	uint32_t ref;
	char name[256];
};

enum act {
	ACT_DENY = 1,
	ACT_REJECT,
	ACT_LIMIT,
	ACT_OPEN,    /* take a measure back */
	ACT_SPARE,   /* operator's allow, good client: never close */
	ACT_UNSPARE, /* only what ACT_SPARE said */
};

struct wire_order {
	uint64_t id;
	struct net net;
	uint8_t act;    /* enum act */
	uint8_t list;   /* 1: from an imported list, in sets w/o counters */
	uint8_t ports;  /* to deny, reject or limit: the number of PORTS; 0:
			   every port. Not with list */
	uint32_t ttl;   /* s, 1 to 30 days; ACT_SPARE: 0 is for ever */
	uint32_t cause; /* enum never_cause for ACT_SPARE */
};

/* Orders that stand already, many at once: their ids are first and on. Only
 * the last one is answered, and what was refused or had packets. tail: n
 * struct wire_stand. */
struct wire_standing {
	uint64_t first;
	uint32_t n, unused;
};
struct wire_stand {
	struct net net;
	uint8_t act, list, ports;
	uint32_t ttl;
};
enum {
	STANDING_MOST = WIRE_TAIL / sizeof(struct wire_stand)
};

/*
 * PORTS: what judge means by this number, 1 to WIRE_PORTS, from now on; said
 * again after each READY. If the kernel has no room for another group of
 * ports, orders for it close every port. GROUP: ports that the kernel's
 * measures are restricted to, before READY and under no number (0): elements
 * of ports that judge gave no number are told as if they closed every port.
 */
struct wire_ports {
	uint8_t no, unused;
	struct ports ports;
};
bool wire_ports_ok(const struct wire_ports *w);

/* SYNC begin, all standing orders, SYNC end: what the kernel holds beyond
 * them is opened. If it turns out that they were not all (PART), nothing is. */
enum {
	SYNC_BEGIN,
	SYNC_END,
	SYNC_PART
};
struct wire_sync {
	uint8_t end, unused[7];
};

enum {
	ASK_ALL,
	ASK_ONE,
	ASK_SUMS /* of imported lists one in SUMS_EACH, the others counted */
};

enum {
	SUMS_EACH = 64
};

struct wire_ask {
	uint64_t id;
	struct net net;
	uint8_t what; /* ASK_* */
};

struct wire_ready {
	uint8_t owner;   /* the table has an owner flag */
	uint8_t persist; /* and outlives us */
	uint8_t dry;     /* watch only */
	uint8_t rebuilt; /* the table had to be made (again) */
	uint32_t elements;
	uint32_t rebuilds; /* since start */
};

enum done {
	DONE_OK,
	DONE_E_SHAPE,
	DONE_E_TOO_WIDE,
	DONE_E_TOO_LONG,
	DONE_E_PROTECTED,
	DONE_E_FULL,
	DONE_E_KERNEL, /* value holds errno */
};
const char *done_name(enum done d);

struct wire_done {
	uint64_t id;
	uint8_t status; /* enum done */
	uint8_t unused[3];
	int32_t value;
	uint64_t packets, bytes; /* dropped so far, before a refresh */
};

/* What the kernel really holds; answers to ASK end with last = 1. */
struct wire_element {
	uint64_t id; /* of the ASK */
	struct net net;
	uint8_t act, list, last, ports;
	uint32_t left;           /* s */
	uint64_t packets, bytes; /* the last one of SUMS: packets: counted */
};

#endif
