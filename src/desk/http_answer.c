#include "desk/http.h"

/* --- what he sent --- */

struct str http_query(const struct http_request *r, const char *name)
{
	const char *v = NULL;
	size_t n = 0;

	if (MHD_lookup_connection_value_n(r->c, MHD_GET_ARGUMENT_KIND, name,
		strlen(name), &v, &n) != MHD_YES)
		return (struct str){ 0 };
	return (struct str){ v ? v : "", n };
}

struct str http_header(const struct http_request *r, const char *name)
{
	const char *v =
	    MHD_lookup_connection_value(r->c, MHD_HEADER_KIND, name);

	/* spaces at its end are none of it (RFC 9110, 5.5) */
	return str_trim(str_of(v));
}

/* "gzip, deflate;q=0.5": the word alone, or with a weight that is not 0. */
bool http_takes_gzip(const struct http_request *r)
{
	struct str left = http_header(r, MHD_HTTP_HEADER_ACCEPT_ENCODING), one;
	bool more = left.n > 0;

	while (more) {
		struct str word;

		more = str_cut(&left, ',', &one);
		if (!more)
			one = left;
		if (!str_cut(&one, ';', &word)) {
			word = one;
			one = (struct str){ 0 };
		}
		if (str_eq_nocase(str_trim(word), STR("gzip")))
			return !str_starts(str_trim(one), STR("q=0")) ||
			       str_find(one, STR("q=0.")) != SIZE_MAX;
	}
	return false;
}

/* --- answers --- */

void http_add(struct http_request *r, const char *name, const char *value)
{
	assert(r->n_headers < HTTP_HEADERS);
	r->headers[r->n_headers].name = name;
	r->headers[r->n_headers++].value = str_dup(str_of(value));
}

void http_answer(struct http_request *r, unsigned status, const char *type,
    struct str body)
{
	void *p = (void *)(uintptr_t)(body.p ? body.p : "");

	http_ready(r, status, type,
	    MHD_create_response_from_buffer(body.n, p, MHD_RESPMEM_MUST_COPY));
}

void http_answer_take(struct http_request *r, unsigned status, const char *type,
    char **body, size_t n)
{
	http_ready(r, status, type,
	    MHD_create_response_from_buffer(n, take(*body),
		MHD_RESPMEM_MUST_FREE));
}

void http_answer_static(struct http_request *r, unsigned status,
    const char *type, struct str body)
{
	http_ready(r, status, type,
	    MHD_create_response_from_buffer(body.n, (void *)(uintptr_t)body.p,
		MHD_RESPMEM_PERSISTENT));
}

void http_answer_shared(struct http_request *r, unsigned status,
    struct MHD_Response *response)
{
	r->is_shared = true;
	http_ready(r, status, NULL, response);
}

#define JSON_TYPE "application/json; charset=utf-8"

void http_json(struct http_request *r, unsigned status, json_t **o)
{
	char *text = json_dumps(*o, JSON_COMPACT);

	json_decref(take(*o));
	if (!text)
		die("out of memory");
	http_answer_take(r, status, JSON_TYPE, &text, strlen(text));
}

void http_message(struct http_request *r, unsigned status, const char *why)
{
	json_t *o = json_pack("{s:s}", "message", why);

	http_json(r, status, &o);
}

void http_fail(struct http_request *r, unsigned status, const char *code,
    const char *text)
{
	json_t *o =
	    json_pack("{s:b,s:s,s:s}", "ok", 0, "code", code, "text", text);

	http_json(r, status, &o);
}

struct stream {
	http_more_fn *more;
	http_done_fn *done;
	void *arg;
	struct MHD_Connection *c;
};

static ssize_t stream_more(void *arg, uint64_t at, char *to, size_t max)
{
	struct stream *s = arg;
	ssize_t n = s->more(s->arg, to, max);

	if (n == HTTP_WAIT) {
		MHD_suspend_connection(s->c);
		return 0;
	}
	return n == 0 ? MHD_CONTENT_READER_END_OF_STREAM : n;
}

static void stream_done(void *arg)
{
	struct stream *s = arg;

	if (s->done)
		s->done(s->arg);
	free(s);
}

void http_stream(struct http_request *r, unsigned status, const char *type,
    http_more_fn *more, http_done_fn *done, void *arg)
{
	struct stream *s = mem_new(1, sizeof(*s));

	*s = (struct stream){ more, done, arg, r->c };
	http_ready(r, status, type,
	    MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, HTTP_PIECE,
		stream_more, s, stream_done));
}
