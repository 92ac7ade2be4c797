#include "desk/http.h"

#include <netinet/in.h>
#include <stdio.h>
#include <strings.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/when.h"
#include "desk/gzip.h"

enum {
	DOORS = 16
};

struct door_open {
	struct http *h;
	struct MHD_Daemon *daemon;
	struct event *readable, *timer;
	uint8_t what;
};

struct visitor {
	LIST_ENTRY(visitor) next;
	struct MHD_Connection *c;
	struct door_open *door;
	int fd;
	bool busy; /* a whole request is there */
	struct mono since;
};

struct http {
	struct desk *desk;
	struct event_base *base;
	const struct http_route *const *routes;
	struct door_open doors[DOORS];
	size_t n;
	LIST_HEAD(visitors, visitor) visitors;
	struct http_stats stats;
};

static void turn(struct door_open *d);

/* Who waited goes on in the next turn of the loop, not in this call. */
static void wake(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *i =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct visitor *v = i ? i->socket_context : NULL;

	MHD_resume_connection(c);
	if (v)
		event_active(v->door->timer, EV_TIMEOUT, 0);
}

void http_ready(struct http_request *r, unsigned status, const char *type,
    struct MHD_Response *response)
{
	assert(!r->response);
	if (!response)
		die("out of memory");
	if (type)
		(void)MHD_add_response_header(response,
		    MHD_HTTP_HEADER_CONTENT_TYPE, type);
	for (size_t i = 0; i < r->n_headers; i++)
		(void)MHD_add_response_header(response, r->headers[i].name,
		    r->headers[i].value);
	r->response = response;
	r->status = status;
	if (r->waits) {
		r->waits = false;
		wake(r->c);
	}
}

void http_wake(struct MHD_Connection *c)
{
	wake(c);
}

/* --- which route --- */

static bool path_fits(const char *pattern, struct str path)
{
	struct str p = str_of(pattern);

	if (p.n > 0 && p.p[p.n - 1] == '*')
		return str_starts(path, str_head(p, p.n - 1));
	return str_eq(p, path);
}

static bool method_fits(const char *want, const char *is)
{
	return strcmp(want, is) == 0 ||
	       (strcmp(want, "GET") == 0 && strcmp(is, "HEAD") == 0);
}

/* NULL: 404, or 405 if the path is there for other methods. */
static const struct http_route *route_of(const struct http *h, uint8_t door,
    const char *method, const char *path, bool *path_known)
{
	const struct http_route *best = NULL;
	struct str p = str_of(path);

	*path_known = false;
	for (size_t t = 0; h->routes[t]; t++)
		for (const struct http_route *r = h->routes[t]; r->path; r++) {
			if (!(r->doors & DOOR(door)) || !path_fits(r->path, p))
				continue;
			*path_known |= r->path[strlen(r->path) - 1] != '*';
			if (method_fits(r->method, method) &&
			    (!best || strlen(r->path) > strlen(best->path)))
				best = r;
		}
	return best;
}

/* --- a request's life --- */

static struct addr peer_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *i =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct addr a = { 0 };

	if (!i || !i->client_addr)
		return a;
	if (i->client_addr->sa_family == AF_INET) {
		struct sockaddr_in v4;

		memcpy(&v4, i->client_addr, sizeof(v4));
		a.family = 4;
		memcpy(a.b, &v4.sin_addr, 4);
	} else if (i->client_addr->sa_family == AF_INET6) {
		struct sockaddr_in6 v6;

		memcpy(&v6, i->client_addr, sizeof(v6));
		a.family = 6;
		memcpy(a.b, &v6.sin6_addr, 16);
	}
	return addr_fold(a);
}

/* "//v1/decisions/" is "/v1/decisions": an address in a configuration ends
 * with a slash or does not. NULL: it is tidy. */
static char *tidied(const char *path)
{
	size_t n = 0;
	char *to;

	if (!strstr(path, "//") &&
	    (!path[0] || !str_ends(str_of(path + 1), STR("/"))))
		return NULL;
	to = str_dup(str_of(path));
	for (const char *p = path; *p; p++)
		if (*p != '/' || n == 0 || to[n - 1] != '/')
			to[n++] = *p;
	if (n > 1 && to[n - 1] == '/')
		n--;
	to[n] = '\0';
	return to;
}

static struct visitor *visitor_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *i =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return i ? i->socket_context : NULL;
}

static struct http_request *request_new(struct door_open *d,
    struct MHD_Connection *c, const char *path, const char *method)
{
	struct http_request *r = mem_new(1, sizeof(*r));
	struct visitor *v = visitor_of(c);
	bool known;

	r->desk = d->h->desk;
	r->http = d->h;
	r->c = c;
	r->tidy = tidied(path);
	if (r->tidy)
		path = r->tidy;
	r->path = path;
	r->method = method;
	r->is_head = strcmp(method, "HEAD") == 0;
	r->peer = peer_of(c);
	r->since = mono_now();
	r->route = route_of(d->h, d->what, method, path, &known);
	if (!r->route)
		r->status =
		    known ? MHD_HTTP_METHOD_NOT_ALLOWED : MHD_HTTP_NOT_FOUND;
	r->is_gzip =
	    str_eq_nocase(http_header(r, MHD_HTTP_HEADER_CONTENT_ENCODING),
		STR("gzip"));
	if (v)
		v->busy = true;
	d->h->stats.requests++;
	return r;
}

static void request_free(struct http_request *r)
{
	if (r->left)
		r->left(r);
	if (r->response && !r->is_shared)
		MHD_destroy_response(r->response);
	for (size_t i = 0; i < r->n_headers; i++)
		free(r->headers[i].value);
	r->http->stats.bodies -= r->counted;
	free(r->body);
	free(r->own);
	free(r->tidy);
	free(r);
}

/* Takes what fits the route's bound and everybody's. */
static void take_body(struct http_request *r, const char *p, size_t n)
{
	size_t max = r->route ? r->route->body_max : 0;

	if (r->too_long || n > max || r->n_body > max - n ||
	    r->http->stats.bodies + n > HTTP_BODIES) {
		r->too_long = true;
		return;
	}
	r->body = mem_grow(r->body, r->n_body + n + 1, 1);
	memcpy(r->body + r->n_body, p, n);
	r->n_body += n;
	r->body[r->n_body] = '\0';
	r->counted += n;
	r->http->stats.bodies += n;
}

static void unpack_body(struct http_request *r)
{
	char *plain = NULL;
	size_t n;

	if (!r->is_gzip || r->n_body == 0)
		return;
	if (gunzip((struct str){ r->body, r->n_body }, r->route->body_max,
		&plain, &n)) {
		r->too_long = true;
		return;
	}
	free(r->body);
	r->body = plain;
	r->n_body = n;
}

/* false: he was answered that he may not. */
static bool is_let_in(struct http_request *r)
{
	if (r->admitted || http_may(r, r->route->auth)) {
		r->admitted = true;
		return true;
	}
	r->http->stats.refused++;
	if (!r->response)
		http_message(r, MHD_HTTP_FORBIDDEN, "access forbidden");
	return false;
}

/* Before a body is read: is it one that will be wanted? */
static bool refuse_early(struct http_request *r)
{
	struct str length = http_header(r, MHD_HTTP_HEADER_CONTENT_LENGTH);
	size_t max = r->route ? r->route->body_max : 0;
	uint64_t n = 0;

	if (length.n && (!str_u64(length, UINT64_MAX, &n) || n > max)) {
		r->started = true;
		http_message(r, MHD_HTTP_CONTENT_TOO_LARGE, "too long");
		return true;
	}
	if (n == 0 && !http_header(r, MHD_HTTP_HEADER_TRANSFER_ENCODING).p)
		return false;
	if (!r->route || is_let_in(r))
		return false;
	r->started = true;
	return true;
}

static void start(struct http_request *r)
{
	r->started = true;
	if (!r->route) {
		http_answer(r, r->status, NULL, (struct str){ 0 });
		return;
	}
	unpack_body(r);
	if (r->too_long) {
		http_message(r, MHD_HTTP_CONTENT_TOO_LARGE, "too long");
		return;
	}
	if (is_let_in(r))
		r->route->fn(r);
}

static enum MHD_Result say(struct http_request *r)
{
	r->http->stats.answers[MIN(r->status / 100, 5)]++;
	return MHD_queue_response(r->c, r->status, r->response);
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *c,
    const char *path, const char *method, const char *version,
    const char *upload, size_t *n_upload, void **own)
{
	struct http_request *r = *own;

	if (!r) {
		*own = r = request_new(arg, c, path, method);
		return refuse_early(r) ? say(r) : MHD_YES;
	}
	if (*n_upload > 0) {
		take_body(r, upload, *n_upload);
		*n_upload = 0;
		/* a body without a length that has no end */
		return r->too_long ? MHD_NO : MHD_YES;
	}
	if (!r->started)
		start(r);
	if (r->response)
		return say(r);
	r->waits = true;
	MHD_suspend_connection(c);
	return MHD_YES;
}

static void on_completed(void *arg, struct MHD_Connection *c, void **own,
    enum MHD_RequestTerminationCode why)
{
	struct visitor *v = visitor_of(c);

	if (*own) {
		((struct http_request *)*own)->sent =
		    why == MHD_REQUEST_TERMINATED_COMPLETED_OK;
		request_free(*own);
	}
	*own = NULL;
	if (v) {
		v->busy = false;
		v->since = mono_now();
	}
}

static void on_connection(void *arg, struct MHD_Connection *c, void **socket,
    enum MHD_ConnectionNotificationCode what)
{
	struct http *h = ((struct door_open *)arg)->h;
	const union MHD_ConnectionInfo *i;
	struct visitor *v = *socket;

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (v)
			LIST_REMOVE(v, next);
		h->stats.visitors -= v != NULL;
		free(v);
		*socket = NULL;
		return;
	}
	i = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
	v = mem_new(1, sizeof(*v));
	v->c = c;
	v->door = arg;
	v->fd = i ? i->connect_fd : -1;
	v->since = mono_now();
	LIST_INSERT_HEAD(&h->visitors, v, next);
	h->stats.visitors++;
	*socket = v;
}

/* --- the doors --- */

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	turn(arg);
}

static void turn(struct door_open *d)
{
	MHD_UNSIGNED_LONG_LONG ms;
	struct timeval tv;

	(void)MHD_run(d->daemon);
	if (MHD_get_timeout(d->daemon, &ms) != MHD_YES) {
		(void)event_del(d->timer);
		return;
	}
	ms = MIN(ms, 60000);
	tv = (struct timeval){ (time_t)(ms / 1000),
		(suseconds_t)(ms % 1000) * 1000 };
	(void)event_add(d->timer, &tv);
}

static void quiet(void *arg, const char *fmt, va_list ap)
{
	(void)arg, (void)fmt, (void)ap;
}

int http_open(struct http *h, int fd, enum door what, unsigned per_address)
{
	struct door_open *d;
	const union MHD_DaemonInfo *i;

	if (h->n == DOORS) {
		close(fd);
		return -ENFILE;
	}
	d = &h->doors[h->n];
	*d = (struct door_open){ .h = h, .what = (uint8_t)what };
	d->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME |
					 MHD_USE_ERROR_LOG,
	    0, NULL, NULL, on_request, d, MHD_OPTION_EXTERNAL_LOGGER, quiet,
	    NULL, MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_MEMORY,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)HTTP_VISITORS,
	    MHD_OPTION_PER_IP_CONNECTION_LIMIT, per_address,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)HTTP_IDLE,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, d,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, d, MHD_OPTION_END);
	if (!d->daemon) {
		close(fd);
		return -ENOMEM;
	}
	i = MHD_get_daemon_info(d->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	d->readable = event_new(h->base, i->epoll_fd, EV_READ | EV_PERSIST,
	    on_readable, d);
	d->timer = evtimer_new(h->base, on_readable, d);
	if (!d->readable || !d->timer || event_add(d->readable, NULL) < 0)
		die("out of memory");
	h->n++;
	turn(d);
	return 0;
}

int http_new(struct http **ret, struct desk *d, struct event_base *base,
    const struct http_route *const *routes)
{
	struct http *h = mem_new(1, sizeof(*h));

	h->desk = d;
	h->base = base;
	h->routes = routes;
	LIST_INIT(&h->visitors);
	*ret = h;
	return 0;
}

/* Who takes longer than HTTP_IDLE for a request holds a place that others
 * want; a byte now and then does not help him. */
void http_tick(struct http *h)
{
	int64_t now = mono_now().ns;
	struct visitor *v;

	LIST_FOREACH(v, &h->visitors, next)
	if (!v->busy && v->fd >= 0 && now - v->since.ns > SECONDS(HTTP_IDLE).ns)
		(void)shutdown(v->fd, SHUT_RDWR);
	for (size_t i = 0; i < h->n; i++)
		turn(&h->doors[i]);
}

const struct http_stats *http_stats(const struct http *h)
{
	return &h->stats;
}
