/*
 * api - what the console asks, under /api/v1: see docs/openapi.yaml.
 */
#ifndef LPT_DESK_API_H
#define LPT_DESK_API_H

#include "desk/http.h"

extern const struct http_route api_routes[];

#endif
