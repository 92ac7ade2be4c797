#include "herald/fetch.h"

#include <curl/curl.h>
#include <stdio.h>

enum {
	REDIRECTIONS = 3,
	TAKES_MS = 30000 /* herald takes a part within */
};

struct fetching {
	const struct wire_fetch *w;
	struct fetch_list list;
	struct wire_fetched end;
	size_t bytes;
};

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
	struct fetching *f = arg;

	f->bytes += size * n;
	if (f->bytes > FETCH_BYTES || f->list.is_over)
		return 0;
	fetch_text(&f->list, (struct str){ p, size * n });
	return size * n;
}

static void keep(struct str value, char *to, size_t size)
{
	value = str_trim(value);
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] < ' ' || value.p[i] > '~')
			value.n = i;
	if (value.n < size) {
		memcpy(to, value.p, value.n);
		to[value.n] = '\0';
	}
}

/* A redirection's headers come first: what the last answer says stays. */
static size_t on_header(char *p, size_t size, size_t n, void *arg)
{
	struct fetching *f = arg;
	struct str value = { p, size * n }, name;

	if (!str_cut(&value, ':', &name)) {
		f->end.etag[0] = f->end.modified[0] =
		    str_starts(value, STR("HTTP/")) ? '\0' : f->end.etag[0];
		return size * n;
	}
	if (str_eq_nocase(name, STR("ETag")))
		keep(value, f->end.etag, sizeof(f->end.etag));
	else if (str_eq_nocase(name, STR("Last-Modified")))
		keep(value, f->end.modified, sizeof(f->end.modified));
	return size * n;
}

static struct curl_slist *conditions(const struct wire_fetch *w)
{
	struct curl_slist *s = NULL;
	char line[200];

	if (w->etag[0]) {
		snprintf(line, sizeof(line), "If-None-Match: %s", w->etag);
		s = curl_slist_append(s, line);
	}
	if (w->modified[0]) {
		snprintf(line, sizeof(line), "If-Modified-Since: %s",
		    w->modified);
		s = curl_slist_append(s, line);
	}
	return s;
}

static void set_up(CURL *c, struct fetching *f, struct curl_slist *headers)
{
	curl_easy_setopt(c, CURLOPT_URL, f->w->url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)REDIRECTIONS);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 20L);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)FETCH_S);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 64L);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, 20L);
	curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)FETCH_BYTES);
	curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
	curl_easy_setopt(c, CURLOPT_USERAGENT, "Liptako/" LPT_VERSION);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, f);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, f);
}

static uint8_t status_of(const struct fetching *f, CURLcode e, long code)
{
	if (f->bytes > FETCH_BYTES || f->list.is_over ||
	    e == CURLE_FILESIZE_EXCEEDED)
		return FETCHED_E_LONG;
	if (e == CURLE_OPERATION_TIMEDOUT)
		return FETCHED_E_SLOW;
	if (e != CURLE_OK)
		return FETCHED_E_NET;
	if (code == 304)
		return FETCHED_SAME;
	return code == 200 ? FETCHED_OK : FETCHED_E_HTTP;
}

static void get(struct fetching *f)
{
	struct curl_slist *headers = conditions(f->w);
	CURL *c;
	CURLcode e;
	long code = 0;

	f->end.status = FETCHED_E_NET;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
	    !(c = curl_easy_init()))
		return;
	set_up(c, f, headers);
	e = curl_easy_perform(c);
	(void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &code);
	f->end.code = (uint16_t)CLAMP(code, 0, 999);
	f->end.status = status_of(f, e, code);
	curl_easy_cleanup(c);
	curl_slist_free_all(headers);
	if (f->end.status != FETCHED_OK)
		return;
	fetch_end(&f->list);
	f->end.skipped = f->list.skipped;
	if (f->list.is_over)
		f->end.status = FETCHED_E_LONG;
	else if (f->list.n == 0 && f->list.skipped > 0)
		f->end.status = FETCHED_E_EMPTY;
}

static void say(struct link *to, const struct wire_fetched *w, struct str nets)
{
	int e = link_send(to, MSG_FETCHED, w, sizeof(*w), nets, -1);

	while (e == LINK_FULL && link_wait(to, true, TAKES_MS) == 0)
		e = link_send(to, MSG_FETCHED, w, sizeof(*w), nets, -1);
	if (e != LINK_OK)
		_exit(1);
}

_Noreturn void fetch_run(const struct wire_fetch *w, int fd)
{
	static struct link to;
	struct fetching f = { .w = w, .list.cap = w->cap };
	size_t at = 0;

	to.fd = fd;
	f.end.id = w->id;
	get(&f);
	while (f.end.status == FETCHED_OK && at < f.list.n) {
		struct wire_fetched part = { .id = w->id };

		part.n = (uint32_t)MIN(f.list.n - at, FETCHED_MOST);
		say(&to, &part,
		    (struct str){ (const char *)(f.list.v + at),
			part.n * sizeof(struct net) });
		at += part.n;
	}
	f.end.last = 1;
	say(&to, &f.end, (struct str){ 0 });
	_exit(0);
}
