#include <curl/curl.h>
#include <fcntl.h>
#include <sodium.h>

#include "base/file.h"
#include "herald/announce.h"

enum {
	HEADER = 400
};

struct upload {
	const char *p;
	size_t n, at;
};

static size_t give(char *to, size_t size, size_t n, void *arg)
{
	struct upload *u = arg;
	size_t k = MIN(size * n, u->n - u->at);

	memcpy(to, u->p + u->at, k);
	u->at += k;
	return k;
}

/* What they answer is of no interest. */
static size_t forget(char *p, size_t size, size_t n, void *arg)
{
	size_t *left = arg;

	if (size * n > *left)
		return 0;
	*left -= size * n;
	return size * n;
}

static void host_of(char to[80])
{
	char name[256] = "";

	(void)gethostname(name, sizeof(name) - 1);
	(void)str_show(str_of(name), to, 80);
	for (char *p = to; *p; p++)
		if (*p == '"' || *p == '\\' || *p == ' ')
			*p = '-';
}

/* One line; -1: there is none to be had. */
static ssize_t secret_of(const struct conf_announce *c,
    char to[ANNOUNCE_SECRET])
{
	auto_close int fd =
	    c->secret ? open(c->secret, O_RDONLY | O_CLOEXEC) : -1;
	ssize_t n = fd >= 0 ? read(fd, to, ANNOUNCE_SECRET - 1) : -1;

	while (n > 0 && (to[n - 1] == '\n' || to[n - 1] == '\r'))
		n--;
	if (n >= 0)
		to[n] = '\0';
	return n;
}

static struct curl_slist *sign(struct curl_slist *s, const char *body,
    const char *secret, size_t n_secret)
{
	crypto_auth_hmacsha256_state st;
	uint8_t sum[crypto_auth_hmacsha256_BYTES];
	char hex[sizeof(sum) * 2 + 1], line[HEADER];

	crypto_auth_hmacsha256_init(&st, (const uint8_t *)secret, n_secret);
	crypto_auth_hmacsha256_update(&st, (const uint8_t *)body, strlen(body));
	crypto_auth_hmacsha256_final(&st, sum);
	sodium_bin2hex(hex, sizeof(hex), sum, sizeof(sum));
	snprintf(line, sizeof(line), "X-Liptako-Signature: sha256=%s", hex);
	return curl_slist_append(s, line);
}

static struct curl_slist *headers_of(const struct conf_announce *c,
    const char *body, const char *title)
{
	char line[HEADER], secret[ANNOUNCE_SECRET];
	ssize_t n = secret_of(c, secret);
	struct curl_slist *s;

	snprintf(line, sizeof(line), "Content-Type: %s", announce_type(c->as));
	s = curl_slist_append(NULL, line);
	if (c->as == CONF_AS_NTFY) {
		snprintf(line, sizeof(line), "Title: %.300s", title);
		s = curl_slist_append(s, line);
	}
	if (n > 0 && c->as == CONF_AS_MATRIX) {
		snprintf(line, sizeof(line), "Authorization: Bearer %s",
		    secret);
		s = curl_slist_append(s, line);
	} else if (n > 0) {
		s = sign(s, body, secret, (size_t)n);
	}
	sodium_memzero(secret, sizeof(secret));
	return s;
}

static void url_of(const struct conf_announce *c, char *to, size_t size)
{
	if (c->as == CONF_AS_MATRIX) /* a number that it knows again by */
		snprintf(to, size, "%s/lpt%lld-%d", c->to,
		    (long long)wall_now().ns, (int)getpid());
	else
		snprintf(to, size, "%s", c->to);
}

static int perform(CURL *c, bool http)
{
	size_t left = 1 << 16;
	long code = 0;
	CURLcode e;

	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)ANNOUNCE_S - 5);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, forget);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, &left);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "Liptako/" LPT_VERSION);
	e = curl_easy_perform(c);
	(void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &code);
	curl_easy_cleanup(c);
	if (e != CURLE_OK)
		return 1;
	return !http || (code >= 200 && code < 300) ? 0 : 2;
}

static int send_http(CURL *c, const struct conf_announce *to, const char *body,
    const char *title)
{
	struct curl_slist *headers = headers_of(to, body, title);
	char url[600];
	int e;

	url_of(to, url, sizeof(url));
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
	if (to->as == CONF_AS_MATRIX)
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, "PUT");
	e = perform(c, true);
	curl_slist_free_all(headers);
	return e;
}

static int send_mail(CURL *c, const struct conf_announce *to, const char *body,
    const char *title, const char *host)
{
	struct curl_slist *rcpt = curl_slist_append(NULL, to->to);
	char from[120], head[1024];
	auto_free char *mail = NULL;
	struct upload u;
	size_t n = 0;
	FILE *f = file_in_memory(&mail, &n);
	int e;

	snprintf(from, sizeof(from), "liptako@%s", host);
	snprintf(head, sizeof(head),
	    "From: Liptako <%s>\r\nTo: <%s>\r\nSubject: %.200s\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n\r\n",
	    from, to->to, title);
	fputs(head, f);
	for (; *body; body++) {
		if (*body == '\n')
			fputc('\r', f);
		fputc(*body, f);
	}
	fclose(f);
	u = (struct upload){ mail, n, 0 };
	curl_easy_setopt(c, CURLOPT_URL, to->smtp);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(c, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(c, CURLOPT_MAIL_RCPT, rcpt);
	curl_easy_setopt(c, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(c, CURLOPT_READDATA, &u);
	curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
	e = perform(c, false);
	curl_slist_free_all(rcpt);
	return e;
}

int announce_send(const struct conf_announce *to, const struct gathered *g)
{
	char host[80];
	char *body, *title;
	CURL *c;

	if (sodium_init() < 0 ||
	    curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
	    !(c = curl_easy_init()))
		return 1;
	host_of(host);
	body = announce_body(to, g, host, wall_s(wall_now()));
	title = announce_title(g, host);
	return to->as == CONF_AS_MAIL ? send_mail(c, to, body, title, host)
				      : send_http(c, to, body, title);
}
