#include "desk/pages.h"

/* Nothing from elsewhere, nothing inline, in nobody's frame. */
static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "manifest-src 'self'";

static const struct page *page_of(const char *path)
{
	struct str p = str_of(strcmp(path, "/") == 0 ? "/index.html" : path);

	for (const struct page *g = pages; g->path; g++)
		if (str_eq(str_of(g->path), p))
			return g;
	return NULL;
}

static void add_guards(struct http_request *r)
{
	http_add(r, "Content-Security-Policy", policy);
	http_add(r, "X-Content-Type-Options", "nosniff");
	http_add(r, "Referrer-Policy", "no-referrer");
	http_add(r, "Cross-Origin-Opener-Policy", "same-origin");
}

static void get_page(struct http_request *r)
{
	const struct page *g = page_of(r->path);

	if (!g) {
		http_answer(r, MHD_HTTP_NOT_FOUND, NULL, (struct str){ 0 });
		return;
	}
	http_add(r, "ETag", g->tag);
	http_add(r, "Cache-Control", "no-cache");
	if (str_eq(http_header(r, "If-None-Match"), str_of(g->tag))) {
		http_answer(r, MHD_HTTP_NOT_MODIFIED, NULL, (struct str){ 0 });
		return;
	}
	add_guards(r);
	http_add(r, "Vary", "Accept-Encoding");
	if (g->packed && http_takes_gzip(r)) {
		http_add(r, "Content-Encoding", "gzip");
		http_answer_static(r, MHD_HTTP_OK, g->type,
		    (struct str){ (const char *)g->packed, g->n_packed });
		return;
	}
	http_answer_static(r, MHD_HTTP_OK, g->type,
	    (struct str){ (const char *)g->plain, g->n_plain });
}

const struct http_route page_routes[] = {
	{ "GET", "/*", DOOR(DOOR_PEOPLE), AUTH_NONE, 0, get_page },
	{ 0 },
};
