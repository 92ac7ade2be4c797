/*
 * http - who visits, what he asks, and what he is answered.
 *
 * libmicrohttpd reads and writes; this is the little around it that every
 * answer needs. To add something that can be asked for:
 *
 *   1. write `static void get_it(struct http_request *r)` in a file of yours;
 *   2. name it in a table of `struct http_route`, ended by a row of zeros:
 *      { "GET", "/api/v1/it", DOOR_PEOPLE, AUTH_LOOK, 0, get_it }
 *      (GET stands for HEAD too; a path that ends with an asterisk is a
 *      beginning, and longer paths are asked first; body_max is how many
 *      bytes a POST may bring, 0 is none);
 *   3. name that table in routes.c;
 *   4. describe it in docs/openapi.yaml.
 *
 * A handler answers at once by one of http_answer, http_json, http_stream; or
 * it asks judge (ask.h), or waits otherwise: then it just returns, the visitor
 * waits, and the same calls answer him later. r lives until it is answered
 * and sent; `left` tells when that is. Pages of web/ are
 * compiled in and need no row: see pages.h. What a visitor sent is a slice of
 * bytes and never trusted; budgets: HTTP_BODIES for all bodies together,
 * HTTP_VISITORS connections, the configured number an address.
 */
#ifndef LPT_DESK_HTTP_H
#define LPT_DESK_HTTP_H

#include <event2/event.h>
#include <jansson.h>
#include <microhttpd.h>

#include "base/addr.h"
#include "base/when.h"
#include "wire/msgs.h"

enum {
	HTTP_VISITORS = 4096,   /* connections of one door */
	HTTP_MEMORY = 8 << 10,  /* bytes a connection */
	HTTP_BODIES = 16 << 20, /* bytes of all bodies together */
	HTTP_IDLE = 75,         /* s until a request must be complete */
	HTTP_HEADERS = 8,       /* that a handler may add */
	HTTP_PIECE = 16 << 10,  /* bytes of a stream's turn */
	HTTP_BLOCK_MIN = 4096,
};

enum http_auth {
	AUTH_NONE,
	AUTH_LOCAL,   /* from this host, or as AUTH_LIST */
	AUTH_LIST,    /* a list's key, or as AUTH_LOOK */
	AUTH_LOOK,    /* somebody who logged in */
	AUTH_ACT,     /* an operator who logged in */
	AUTH_BOUNCER, /* X-Api-Key */
	AUTH_MACHINE, /* the token of an agent's login */
	AUTH_REPORTS, /* one of these two */
};

struct http;
struct http_request;
typedef void http_handler(struct http_request *r);

struct http_route {
	const char *method; /* "GET", "POST", "DELETE"... */
	const char *path;
	uint8_t doors; /* 1 << enum door, several */
	uint8_t auth;  /* enum http_auth */
	size_t body_max;
	http_handler *fn;
};
#define DOOR(d)   (1 << (d))
#define DOOR_BOTH (DOOR(DOOR_PEOPLE) | DOOR(DOOR_BOUNCERS))

/* Who asks, as far as it is known. */
struct http_who {
	uint8_t kind; /* enum key_kind; 0: nobody we know */
	uint8_t flags;
	char name[64];
};

struct http_request {
	struct desk *desk;
	struct http *http;
	struct MHD_Connection *c;
	const struct http_route *route;
	const char *path; /* NUL-ended, decoded, without empty parts */
	const char *method;
	bool is_head;
	struct addr peer; /* family 0: by a unix socket */
	struct http_who who;
	char *body; /* NUL-ended */
	size_t n_body;
	/* a waiting handler's own: freed with free(3) when all is over */
	void *own;
	/* called when all is over; sent: the whole answer has left */
	void (*left)(struct http_request *r);
	bool sent;
	/* of this room */
	struct MHD_Response *response;
	unsigned status;
	char *tidy;     /* what path points into, or NULL */
	bool is_shared; /* response is another's */
	bool started, admitted, waits, too_long, is_gzip;
	size_t n_headers, counted;
	struct {
		const char *name;
		char *value;
	} headers[HTTP_HEADERS];
	struct mono since;
};

/* What he sent. NULL (absent) if he did not. */
struct str http_query(const struct http_request *r, const char *name);
struct str http_header(const struct http_request *r, const char *name);
/* true: he takes gzip. */
bool http_takes_gzip(const struct http_request *r);

/* For this room: takes the response, and the visitor is answered. */
void http_ready(struct http_request *r, unsigned status, const char *type,
    struct MHD_Response *response);

/* Before the answer; both copied. */
void http_add(struct http_request *r, const char *name, const char *value);
/* The body is copied. type NULL: none is said. */
void http_answer(struct http_request *r, unsigned status, const char *type,
    struct str body);
/* Takes *body, from malloc. */
void http_answer_take(struct http_request *r, unsigned status, const char *type,
    char **body, size_t n);
/* Bytes that live as long as the program. */
void http_answer_static(struct http_request *r, unsigned status,
    const char *type, struct str body);
/* One answer for many: it stays the caller's, who made it by
 * MHD_create_response_from_buffer and may destroy it at any time. */
void http_answer_shared(struct http_request *r, unsigned status,
    struct MHD_Response *response);
/* Takes *o. */
void http_json(struct http_request *r, unsigned status, json_t **o);
/* {"message": why} as CrowdSec says it. */
void http_message(struct http_request *r, unsigned status, const char *why);
/* {"ok":false,"code":code,"text":text}: our own interface. */
void http_fail(struct http_request *r, unsigned status, const char *code,
    const char *text);

/*
 * A long answer, in pieces. more writes at most max bytes to `to` and answers
 * how many; 0 is the end, HTTP_WAIT: nothing for now, wait for http_wake.
 * done frees arg.
 */
#define HTTP_WAIT (-1)
typedef ssize_t http_more_fn(void *arg, char *to, size_t max);
typedef void http_done_fn(void *arg);
void http_stream(struct http_request *r, unsigned status, const char *type,
    http_more_fn *more, http_done_fn *done, void *arg);
/* What said HTTP_WAIT goes on; c as http_request has it. */
void http_wake(struct MHD_Connection *c);

/* The doors. routes: tables, the last one NULL. */
int http_new(struct http **ret, struct desk *d, struct event_base *base,
    const struct http_route *const *routes);
/* Takes the listening socket. per_address: connections. 0 or -errno. */
int http_open(struct http *h, int fd, enum door what, unsigned per_address);
/* Each second. */
void http_tick(struct http *h);

struct http_stats {
	uint64_t requests, refused, answers[6]; /* by the status' hundreds */
	uint64_t visitors, bodies;              /* now */
};
const struct http_stats *http_stats(const struct http *h);

/* keys.c: may he? What auth asks, by key, token or session; fills who. */
bool http_may(struct http_request *r, enum http_auth auth);

#endif
