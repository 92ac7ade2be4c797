/*
 * desk - answers browsers, bouncers and those who read lists and metrics.
 *
 * Everything that strangers' HTTP reaches. It holds no file and opens no
 * socket: warden binds, judge tells. What it knows is a copy (table.h), what
 * it changes it must ask judge for (ask.h), and judge decides.
 */
#ifndef LPT_DESK_DESK_H
#define LPT_DESK_DESK_H

#include "base/link.h"
#include "base/when.h"
#include "conf/conf.h"
#include "desk/http.h"
#include "desk/keys.h"
#include "desk/session.h"
#include "desk/table.h"

enum {
	DESK_DOORS = 16
};

struct desk {
	struct link up, judge;
	struct event_base *base;
	struct event *from_up, *from_judge, *tick, *warm;
	struct conf *conf;
	struct http *http;
	struct table table;
	struct keys keys;
	struct sessions sessions;
	struct asks *asks;
	struct events *events;
	/* judge's last ones, for metrics; or NULL */
	json_t *status, *alliance;
	uint32_t status_at;
	struct bouncers *bouncers;
	struct watchers *watchers;
	uint64_t fed; /* the last message of the feed */
	bool asked, is_open;
	uint32_t now, started; /* s */
	size_t n_doors;
	struct {
		int fd;
		uint8_t what;
	} doors[DESK_DOORS];
};

/* routes.c */
extern const struct http_route *const desk_routes[];

/* session.c: does he show the cookie of a login? fills r->who. */
bool session_who(struct http_request *r);
/* lapi_watch.c: the token of an agent's login. */
bool machine_who(struct http_request *r);

/* Says it to judge. false: judge is away. */
bool desk_say(struct desk *d, enum msg type, const void *body, size_t n,
    struct str tail);

#endif
