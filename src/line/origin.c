/*
 * origin - the host before a path, where a request is logged as a URL.
 *
 * Varnish logs each request so; elsewhere it is one who takes us for a proxy.
 * A host for which a request was answered is taken for the source's own, and
 * left out from then on. Whoever makes us answer for another host gains that
 * it is left out for him, and answered requests are nobody's offence.
 */
#include "line/parser.h"

#include "line/scan.h"

struct str without_origin(struct str url, struct str *host)
{
	static const struct str schemes[] = { { "https://", 8 },
		{ "http://", 7 }, { "wss://", 6 }, { "ws://", 5 } };

	for (size_t i = 0; i < countof(schemes); i++) {
		struct str rest = str_from(url, MIN(schemes[i].n, url.n));
		const char *slash;

		if (!str_starts(url, schemes[i]))
			continue;
		slash = rest.n ? memchr(rest.p, '/', rest.n) : NULL;
		if (!slash)
			return url;
		*host = span_of(rest.p, slash);
		return span_of(slash, url.p + url.n);
	}
	return url;
}

static uint32_t hash_of(struct str host)
{
	uint32_t h = 2166136261;

	for (size_t i = 0; i < host.n; i++)
		h = (h ^ (uint8_t)host.p[i]) * 16777619;
	return h | 1;
}

void origin_learn(struct line_parser *p, struct record *r)
{
	struct str host = { 0 }, path = without_origin(r->target, &host);
	uint32_t hash;

	if (!host.n)
		return;
	hash = hash_of(host);
	for (size_t i = 0; i < ORIGINS; i++) {
		if (p->origin[i] == hash) {
			r->target = path;
			r->vhost = host;
			return;
		}
	}
	if (r->status < 200 || r->status > 399)
		return;
	p->origin[p->origin_next++ % ORIGINS] = hash;
}
