/*
 * fields - what the keys of structured lines usually mean.
 */
#include "line/parser.h"

#include "line/scan.h"

struct known {
	const char *key;
	uint8_t role, rank; /* of several keys the smallest rank counts */
};

/* By length, so that a key is compared with few. */
static const struct known known[] = {
	{ "t", ROLE_TIME, 3 },
	{ "@t", ROLE_TIME, 2 },
	{ "ip", ROLE_CLIENT, 7 },
	{ "ts", ROLE_TIME, 1 },
	{ "ua", ROLE_AGENT, 3 },
	{ "uri", ROLE_TARGET, 2 },
	{ "url", ROLE_URL, 4 },
	{ "_PID", ROLE_PID, 2 },
	{ "host", ROLE_VHOST, 3 },
	{ "path", ROLE_TARGET, 5 },
	{ "UA", ROLE_AGENT, 3 },
	{ "time", ROLE_TIME, 1 },
	{ "args", ROLE_QUERY, 2 },
	{ "user", ROLE_USER, 2 },
	{ "verb", ROLE_METHOD, 3 },
	{ "date", ROLE_TIME, 2 },
	{ "msec", ROLE_TIME, 2 },
	{ "c-ip", ROLE_CLIENT, 3 },
	{ "_COMM", ROLE_IDENT, 2 },
	{ "agent", ROLE_AGENT, 2 },
	{ "proto", ROLE_PROTO, 2 },
	{ "query", ROLE_QUERY, 3 },
	{ "vhost", ROLE_VHOST, 2 },
	{ "cliIP", ROLE_CLIENT, 4 },
	{ "client", ROLE_CLIENT, 6 },
	{ "domain", ROLE_VHOST, 4 },
	{ "method", ROLE_METHOD, 2 },
	{ "src_ip", ROLE_CLIENT, 5 },
	{ "status", ROLE_STATUS, 1 },
	{ "MESSAGE", ROLE_MESSAGE, 1 },
	{ "asctime", ROLE_TIME, 2 },
	{ "referer", ROLE_REFERER, 2 },
	{ "request", ROLE_REQUEST, 1 },
	{ "t.$date", ROLE_TIME, 1 },
	{ "user_id", ROLE_USER, 3 },
	{ "url.path", ROLE_TARGET, 4 },
	{ "req.url", ROLE_URL, 3 },
	{ "reqHost", ROLE_VHOST, 5 },
	{ "reqPath", ROLE_TARGET, 6 },
	{ "ClientIp", ROLE_CLIENT, 4 },
	{ "StartUTC", ROLE_TIME, 1 },
	{ "ClientIP", ROLE_CLIENT, 2 },
	{ "clientip", ROLE_CLIENT, 2 },
	{ "datetime", ROLE_TIME, 1 },
	{ "protocol", ROLE_PROTO, 3 },
	{ "referrer", ROLE_REFERER, 2 },
	{ "remoteIP", ROLE_CLIENT, 3 },
	{ "remoteIp", ROLE_CLIENT, 3 },
	{ "eventTime", ROLE_TIME, 2 },
	{ "reqMethod", ROLE_METHOD, 3 },
	{ "Timestamp", ROLE_TIME, 2 },
	{ "authority", ROLE_VHOST, 3 },
	{ "_HOSTNAME", ROLE_HOST, 1 },
	{ "requestURI", ROLE_TARGET, 6 },
	{ "StatusCode", ROLE_STATUS, 3 },
	{ "req.method", ROLE_METHOD, 3 },
	{ "fields.uri", ROLE_TARGET, 3 },
	{ "remoteAddr", ROLE_CLIENT, 4 },
	{ "client.ip", ROLE_CLIENT, 2 },
	{ "client_ip", ROLE_CLIENT, 1 },
	{ "http_host", ROLE_VHOST, 1 },
	{ "remote_ip", ROLE_CLIENT, 2 },
	{ "source.ip", ROLE_CLIENT, 3 },
	{ "source_ip", ROLE_CLIENT, 4 },
	{ "timestamp", ROLE_TIME, 1 },
	{ "userAgent", ROLE_AGENT, 1 },
	{ "event_time", ROLE_TIME, 2 },
	{ "local_time", ROLE_TIME, 2 },
	{ "time_stamp", ROLE_TIME, 2 },
	{ "@timestamp", ROLE_TIME, 1 },
	{ "SYSLOG_PID", ROLE_PID, 1 },
	{ "ClientAddr", ROLE_CLIENT, 2 },
	{ "ClientHost", ROLE_CLIENT, 1 },
	{ "start_time", ROLE_TIME, 2 },
	{ "statusCode", ROLE_STATUS, 2 },
	{ "time_local", ROLE_TIME, 2 },
	{ "user_agent", ROLE_AGENT, 1 },
	{ "TimeCreated", ROLE_TIME, 2 },
	{ "RequestHost", ROLE_VHOST, 1 },
	{ "RequestPath", ROLE_TARGET, 1 },
	{ "http_status", ROLE_STATUS, 2 },
	{ "remote_addr", ROLE_CLIENT, 2 },
	{ "remote_host", ROLE_CLIENT, 5 },
	{ "remote_user", ROLE_USER, 1 },
	{ "responseCode", ROLE_STATUS, 3 },
	{ "request_uri", ROLE_TARGET, 1 },
	{ "request.uri", ROLE_TARGET, 1 },
	{ "server_name", ROLE_VHOST, 4 },
	{ "status_code", ROLE_STATUS, 2 },
	{ "CreationTime", ROLE_TIME, 2 },
	{ "http_referer", ROLE_REFERER, 1 },
	{ "request.host", ROLE_VHOST, 1 },
	{ "query_string", ROLE_QUERY, 1 },
	{ "cs-uri-query", ROLE_QUERY, 2 },
	{ "request_query", ROLE_QUERY, 1 },
	{ "fields.method", ROLE_METHOD, 3 },
	{ "fields.status", ROLE_STATUS, 3 },
	{ "request_line", ROLE_REQUEST, 1 },
	{ "request_path", ROLE_TARGET, 3 },
	{ "time_iso8601", ROLE_TIME, 1 },
	{ "url.original", ROLE_URL, 1 },
	{ "TimeGenerated", ROLE_TIME, 2 },
	{ "RequestMethod", ROLE_METHOD, 1 },
	{ "remoteAddress", ROLE_CLIENT, 3 },
	{ "request.proto", ROLE_PROTO, 1 },
	{ "response_code", ROLE_STATUS, 2 },
	{ "res.statusCode", ROLE_STATUS, 3 },
	{ "stageTimestamp", ROLE_TIME, 2 },
	{ "ClientUsername", ROLE_USER, 1 },
	{ "request.method", ROLE_METHOD, 1 },
	{ "request_method", ROLE_METHOD, 1 },
	{ "source.address", ROLE_CLIENT, 4 },
	{ "RequestProtocol", ROLE_PROTO, 1 },
	{ "http_user_agent", ROLE_AGENT, 1 },
	{ "request_Referer", ROLE_REFERER, 1 },
	{ "response.status", ROLE_STATUS, 2 },
	{ "response_status", ROLE_STATUS, 2 },
	{ "request_referer", ROLE_REFERER, 2 },
	{ "server_protocol", ROLE_PROTO, 1 },
	{ "x_forwarded_for", ROLE_FORWARDED, 1 },
	{ "ClientRequestURI", ROLE_TARGET, 1 },
	{ "request_protocol", ROLE_PROTO, 2 },
	{ "DownstreamStatus", ROLE_STATUS, 1 },
	{ "ClientRequestHost", ROLE_VHOST, 1 },
	{ "ClientRequestPath", ROLE_TARGET, 2 },
	{ "request.remote_ip", ROLE_CLIENT, 2 },
	{ "SYSLOG_IDENTIFIER", ROLE_IDENT, 1 },
	{ "request.client_ip", ROLE_CLIENT, 1 },
	{ "req.remoteAddress", ROLE_CLIENT, 4 },
	{ "fields.remote_addr", ROLE_CLIENT, 4 },
	{ "EdgeStartTimestamp", ROLE_TIME, 2 },
	{ "EdgeResponseStatus", ROLE_STATUS, 1 },
	{ "request_User-Agent", ROLE_AGENT, 1 },
	{ "request_user_agent", ROLE_AGENT, 2 },
	{ "ClientRequestMethod", ROLE_METHOD, 1 },
	{ "properties.clientIP", ROLE_CLIENT, 2 },
	{ "properties.clientIp", ROLE_CLIENT, 2 },
	{ "request.remote_addr", ROLE_CLIENT, 3 },
	{ "httpRequest.status", ROLE_STATUS, 1 },
	{ "user_agent.original", ROLE_AGENT, 1 },
	{ "http.request.method", ROLE_METHOD, 1 },
	{ "ClientRequestReferer", ROLE_REFERER, 1 },
	{ "__REALTIME_TIMESTAMP", ROLE_TIME, 2 },
	{ "httpRequest.remoteIp", ROLE_CLIENT, 1 },
	{ "httpRequest.referer", ROLE_REFERER, 1 },
	{ "properties.httpMethod", ROLE_METHOD, 2 },
	{ "properties.requestUri", ROLE_URL, 2 },
	{ "properties.httpStatus", ROLE_STATUS, 2 },
	{ "properties.userAgent", ROLE_AGENT, 2 },
	{ "httpRequest.requestUrl", ROLE_URL, 1 },
	{ "httpRequest.userAgent", ROLE_AGENT, 1 },
	{ "httpRequest.requestMethod", ROLE_METHOD, 1 },
	{ "http_x_forwarded_for", ROLE_FORWARDED, 1 },
	{ "ClientRequestProtocol", ROLE_PROTO, 1 },
	{ "properties.httpStatusCode", ROLE_STATUS, 2 },
	{ "http.request.referrer", ROLE_REFERER, 1 },
	{ "x-envoy-original-path", ROLE_TARGET, 1 },
	{ "ClientRequestUserAgent", ROLE_AGENT, 1 },
	{ "request_X-Forwarded-For", ROLE_FORWARDED, 1 },
	{ "requestReceivedTimestamp", ROLE_TIME, 3 },
	{ "request.headers.Referer.0", ROLE_REFERER, 1 },
	{ "req.headers.user-agent", ROLE_AGENT, 3 },
	{ "req.headers.x-forwarded-for", ROLE_FORWARDED, 3 },
	{ "downstream_remote_address", ROLE_CLIENT, 3 },
	{ "http.response.status_code", ROLE_STATUS, 1 },
	{ "_SOURCE_REALTIME_TIMESTAMP", ROLE_TIME, 1 },
	{ "request.headers.User-Agent.0", ROLE_AGENT, 1 },
	{ "request.headers.X-Forwarded-For.0", ROLE_FORWARDED, 1 },
};

#define LONGEST 40

/* first[n]: where the keys of n bytes begin in order[]. */
static uint8_t first[LONGEST + 2], order[countof(known)];

static void sort_known(void)
{
	size_t w = 0;

	if (first[LONGEST + 1])
		return;
	for (size_t n = 0; n <= LONGEST; n++) {
		first[n] = (uint8_t)w;
		for (size_t i = 0; i < countof(known); i++) {
			if (strlen(known[i].key) == n)
				order[w++] = (uint8_t)i;
		}
	}
	assert(w == countof(known));
	first[LONGEST + 1] = (uint8_t)w;
}

static const struct known *known_of(struct str key)
{
	if (key.n == 0 || key.n > LONGEST)
		return NULL;
	for (size_t i = first[key.n]; i < first[key.n + 1]; i++) {
		const struct known *k = &known[order[i]];

		if (k->key[key.n - 1] == key.p[key.n - 1] &&
		    memcmp(k->key, key.p, key.n) == 0)
			return k;
	}
	return NULL;
}

void fields_begin(struct fields *f, struct line_parser *p)
{
	sort_known();
	f->p = p;
	f->n = 0;
	f->has_time = false;
	f->client_doubtful = false;
	memset(f->as, 0, sizeof(f->as));
	memset(f->rank, 0xff, sizeof(f->rank));
}

static void add_url(struct fields *f, const struct known *k, struct str v)
{
	struct str host = { 0 };

	if (k->rank >= f->rank[ROLE_TARGET])
		return;
	f->as[ROLE_TARGET] = without_origin(v, &host);
	f->rank[ROLE_TARGET] = k->rank;
	if (host.p && f->rank[ROLE_VHOST] == UINT8_MAX)
		f->as[ROLE_VHOST] = host;
}

static void add_known(struct fields *f, const struct known *k, struct str v)
{
	if (k->role == ROLE_TIME) {
		if (k->rank >= f->rank[ROLE_TIME])
			return;
		if (v.n && *v.p == '[')
			v = str_from(v, 1);
		if (!stamp_at(f->p, v, &f->time) || !f->time.has_time)
			return;
		f->has_time = true;
		f->rank[ROLE_TIME] = k->rank;
		return;
	}
	if (v.n == 0 || (v.n == 1 && *v.p == '-'))
		return;
	if (k->role == ROLE_URL) {
		add_url(f, k, v);
		return;
	}
	if (k->role == ROLE_CLIENT && k->rank == f->rank[ROLE_CLIENT] &&
	    !str_eq(without_port(v), without_port(f->as[ROLE_CLIENT])))
		f->client_doubtful = true;
	if (k->rank >= f->rank[k->role])
		return;
	if (k->role == ROLE_CLIENT)
		f->client_doubtful = false;
	f->as[k->role] = v;
	f->rank[k->role] = k->rank;
}

void fields_add(struct fields *f, struct str key, struct str value,
    unsigned depth)
{
	const struct known *k = known_of(key);
	/* what lies deep is often a list that strangers fill: headers */
	size_t room = depth < 2 ? RECORD_PAIRS : RECORD_PAIRS / 2;

	if (k)
		add_known(f, k, value);
	if (f->n < room)
		f->p->pairs[f->n++] = (struct pair){ key, value };
}

/* {"method":"GET","request":"/x","query":"?a=1"}, as Apache's manual has it */
static bool is_path(const struct fields *f)
{
	const struct str *as = f->as;

	return as[ROLE_REQUEST].p && *as[ROLE_REQUEST].p == '/' &&
	       as[ROLE_METHOD].p && !as[ROLE_TARGET].p;
}

static struct str query_of(const struct fields *f)
{
	struct str q = f->as[ROLE_QUERY];

	return str_from(q, *q.p == '?');
}

static void request_of(const struct fields *f, bool whole, struct record *r)
{
	const struct str *as = f->as;
	uint32_t status = 0;
	bool split = as[ROLE_REQUEST].p != NULL;

	if (!as[ROLE_CLIENT].p)
		return;
	if (!split && (!as[ROLE_METHOD].p || !as[ROLE_TARGET].p))
		return;
	if (as[ROLE_STATUS].p && !str_u32(as[ROLE_STATUS], 999, &status))
		return;
	/* without a status it is a line about a request, not of one */
	if (whole && !as[ROLE_STATUS].p)
		return;
	record_request(r);
	r->status = (uint16_t)status;
	if (is_path(f)) {
		r->target = as[ROLE_REQUEST];
	} else {
		r->request = as[ROLE_REQUEST];
		request_split(r);
	}
	if (!r->method.p)
		r->method = as[ROLE_METHOD];
	if (!r->target.p)
		r->target = as[ROLE_TARGET];
	if (as[ROLE_QUERY].p && r->target.p &&
	    !memchr(r->target.p, '?', r->target.n))
		r->target = target_joined(f->p, r->target, query_of(f));
	if (!r->proto.p)
		r->proto = as[ROLE_PROTO];
	if (!f->client_doubtful)
		r->client = without_port(as[ROLE_CLIENT]);
	r->forwarded = as[ROLE_FORWARDED];
	r->user = as[ROLE_USER];
	r->vhost = as[ROLE_VHOST];
	r->agent = as[ROLE_AGENT];
	r->referer = as[ROLE_REFERER];
}

/* What journalctl -o json prints is an entry, not pairs. */
static bool journal_of(const struct fields *f, struct record *r)
{
	const struct str *as = f->as;

	if (!as[ROLE_MESSAGE].p || !as[ROLE_IDENT].p || !f->has_time)
		return false;
	r->kind = RECORD_SYSLOG;
	r->host = as[ROLE_HOST];
	r->program = as[ROLE_IDENT];
	r->pid = 0;
	str_u32(as[ROLE_PID], UINT32_MAX, &r->pid);
	r->msg = as[ROLE_MESSAGE];
	stamp_set(&f->time, r);
	return true;
}

void fields_end(struct fields *f, bool whole, struct str text, struct record *r)
{
	if (journal_of(f, r))
		return;
	r->kind = RECORD_FIELDS;
	r->msg = text;
	r->n_pairs = f->n;
	r->pairs = f->p->pairs;
	if (f->has_time)
		stamp_set(&f->time, r);
	else if (!r->has_time)
		stamp_find(f->p, text, r);
	request_of(f, whole, r);
}
