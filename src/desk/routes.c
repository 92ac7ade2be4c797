#include "desk/api.h"
#include "desk/desk.h"
#include "desk/lapi.h"
#include "desk/lists.h"
#include "desk/metrics.h"
#include "desk/pages.h"

/* All that can be asked for; a file's own table each. */
const struct http_route *const desk_routes[] = { api_routes, lapi_routes,
	lapi_watch_routes, list_routes, metrics_routes, session_routes,
	page_routes, NULL };
