#include "desk/lists.h"

#include <zlib.h>

/* Which entries; words of the query, copied. */
struct wanted {
	char origin[256], rule[80];
	uint8_t family;
	uint32_t witnesses;
	bool bans_only; /* without those that are only slowed down */
};

struct listing {
	const struct list_format *format;
	struct list_of of;
	struct wanted wanted;
	uint64_t seq; /* the last change when it began */
	size_t at;
	int stage; /* 0: the edge before, 1: entries, 2: behind, 3: all said */
	bool first, packs;
	z_stream z;
	char line[LIST_LINE * 2]; /* waits to be packed */
	bool any;
};

enum {
	PACKING_MOST = 8, /* at once: each costs 260 KiB */
	LEVEL = 4,
	WITH_HEADER = 15 + 16
};
static unsigned packing;

/* "openssh" is all of that service, "openssh/auth-failure" the one. */
static bool is_of_rule(const char *want, const char *rule)
{
	size_t n = strlen(want);

	return strncmp(want, rule, n) == 0 &&
	       (rule[n] == '\0' || rule[n] == '/');
}

/* Sets of intervals refuse what overlaps. */
static bool is_covered(const struct table *t, const struct held *h)
{
	uint8_t widest = h->net.addr.family == 4 ? 16 : 32;

	for (int bits = h->net.bits - 1; bits >= widest; bits--) {
		struct net n = net_of(h->net.addr, (uint8_t)bits);

		if (table_get(t, &n))
			return true;
	}
	return false;
}

static bool passes(const struct listing *l, const struct held *h)
{
	const struct wanted *w = &l->wanted;

	if (l->of.family && h->net.addr.family != l->of.family)
		return false;
	if (w->family && h->net.addr.family != w->family)
		return false;
	if (w->bans_only && h->act == ACT_LIMIT)
		return false;
	if (!table_is_of(l->of.table, h, str_of(w->origin)))
		return false;
	if ((h->origin != ORIGIN_ALLIES) + h->witnesses < w->witnesses)
		return false;
	if (l->format->disjoint && is_covered(l->of.table, h))
		return false;
	return !w->rule[0] || is_of_rule(w->rule, table_rule(l->of.table, h));
}

static bool any_left(const struct listing *l)
{
	for (size_t i = l->at; i < l->of.table->used; i++) {
		const struct held *h = table_at(l->of.table, i);

		if (h && passes(l, h))
			return true;
	}
	return false;
}

/* A part is over: the other family's, or the end. */
static void next_part(struct listing *l)
{
	l->at = 0;
	l->first = true;
	l->stage = 0;
	if (l->format->by_part && l->of.family == 4)
		l->of.family = 6;
	else
		l->stage = 3;
}

static size_t step(struct listing *l, char *to)
{
	const struct list_format *f = l->format;
	const struct held *h;
	size_t n = 0;

	if (l->stage == 0) {
		l->any = any_left(l);
		n = f->begin ? f->begin(to, &l->of, l->any) : 0;
		l->stage = 1;
		return n;
	}
	if (l->stage == 2) {
		n = f->end ? f->end(to, &l->of, l->any) : 0;
		next_part(l);
		return n;
	}
	if (l->at >= l->of.table->used) {
		l->stage = 2;
		return 0;
	}
	h = table_at(l->of.table, l->at++);
	if (!h || !passes(l, h))
		return 0;
	n = f->line(to, &l->of, h, l->first);
	l->first = false;
	return n;
}

static ssize_t more_plain(struct listing *l, char *to, size_t max)
{
	size_t n = 0;

	while (l->stage != 3 && max - n >= 2 * LIST_LINE)
		n += step(l, to + n);
	return (ssize_t)n;
}

static ssize_t more_packed(struct listing *l, char *to, size_t max)
{
	int e = Z_OK;

	l->z.next_out = (uint8_t *)to;
	l->z.avail_out = (unsigned)max;
	while (l->z.avail_out > 0 && e == Z_OK) {
		if (l->z.avail_in == 0 && l->stage != 3) {
			l->z.next_in = (uint8_t *)l->line;
			l->z.avail_in = (unsigned)step(l, l->line);
			if (l->z.avail_in == 0)
				continue;
		}
		e = deflate(&l->z, l->stage == 3 ? Z_FINISH : Z_NO_FLUSH);
	}
	return (ssize_t)(max - l->z.avail_out);
}

static ssize_t more(void *arg, char *to, size_t max)
{
	struct listing *l = arg;

	return l->packs ? more_packed(l, to, max) : more_plain(l, to, max);
}

static void listing_free(void *arg)
{
	struct listing *l = arg;

	if (l->packs) {
		(void)deflateEnd(&l->z);
		packing--;
	}
	free(l);
}

static void word(const struct http_request *r, const char *name, char *to,
    size_t size)
{
	struct str s = http_query(r, name);
	size_t n = MIN(s.n, size - 1);

	if (n)
		memcpy(to, s.p, n);
	to[n] = '\0';
}

static uint32_t count(const struct http_request *r, const char *name)
{
	uint32_t n;

	return str_u32(http_query(r, name), 1000, &n) ? n : 0;
}

static struct wanted wanted_of(const struct http_request *r)
{
	struct wanted w = { .witnesses = MAX(count(r, "witnesses"),
				count(r, "min_witnesses")) };

	word(r, "origin", w.origin, sizeof(w.origin));
	word(r, http_query(r, "kind").n ? "kind" : "rule", w.rule,
	    sizeof(w.rule));
	w.family = (uint8_t)count(r, "family");
	if (http_query(r, "ipv4only").p)
		w.family = 4;
	if (http_query(r, "ipv6only").p)
		w.family = 6;
	w.bans_only =
	    str_eq(http_query(r, "supported_decisions_types"), STR("ban"));
	return w;
}

/* Letters, digits and dashes; nothing that ends a string elsewhere. */
static void list_name(const struct http_request *r, char to[LIST_NAME])
{
	struct str s = http_query(r, "listname");
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < LIST_NAME - 1; i++) {
		char c = s.p[i], low = (char)(c | 0x20);

		if ((low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') ||
		    c == '-' || c == '_')
			to[n++] = c;
	}
	to[n] = '\0';
	if (n == 0)
		snprintf(to, LIST_NAME, "Liptako");
}

static const struct list_format *format_of(const struct http_request *r)
{
	struct str want = http_query(r, "format");

	for (const struct list_format *f = list_formats; f->name; f++)
		if (want.n ? str_eq(want, str_of(f->name))
			   : strcmp(r->path, f->path) == 0)
			return f;
	/* where cs-blocklist-mirror stood before */
	return want.n || strcmp(r->path, "/security/blocklist") != 0
		   ? NULL
		   : &list_formats[1];
}

/* The same tag means the same bytes; where times are left in it, only that
 * it holds the same entries. */
static void tag_of(const struct http_request *r, const struct listing *l,
    char *to, size_t size)
{
	struct {
		struct wanted w;
		char name[LIST_NAME];
		uint64_t seq;
		uint32_t started;
	} id;
	uint64_t h;

	memset(&id, 0, sizeof(id));
	id.w = l->wanted;
	memcpy(id.name, l->of.name, sizeof(id.name));
	id.seq = l->seq;
	id.started = r->desk->started;
	h = hash_bytes(&l->of.table->key, &id, sizeof(id));
	snprintf(to, size, "%s\"%016llx-%s\"", l->format->terms ? "W/" : "",
	    (unsigned long long)h, l->format->name);
}

/* Weak comparison: RFC 9110, 13.1.2. */
static bool has_tag(struct str list, const char *tag)
{
	struct str own = str_of(tag);

	if (str_starts(own, STR("W/")))
		own = str_from(own, 2);
	return str_eq(str_trim(list), STR("*")) ||
	       str_find(list, own) != SIZE_MAX;
}

static bool pack(struct http_request *r, struct listing *l)
{
	if (!http_takes_gzip(r) || packing >= PACKING_MOST ||
	    deflateInit2(&l->z, LEVEL, Z_DEFLATED, WITH_HEADER, 8,
		Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	packing++;
	http_add(r, "Content-Encoding", "gzip");
	return true;
}

static void get_list(struct http_request *r)
{
	const struct list_format *f = format_of(r);
	struct listing *l;
	char tag[80];

	if (!f) {
		http_message(r, MHD_HTTP_NOT_FOUND, "there is no such format");
		return;
	}
	l = mem_new(1, sizeof(*l));
	l->format = f;
	l->of.table = &r->desk->table;
	l->of.changed = MAX(l->of.table->changed_at, r->desk->started);
	l->of.family = f->by_part ? 4 : 0;
	l->wanted = wanted_of(r);
	list_name(r, l->of.name);
	l->seq = l->of.table->seq;
	l->first = true;
	tag_of(r, l, tag, sizeof(tag));
	http_add(r, "ETag", tag);
	http_add(r, "Cache-Control", "no-cache");
	http_add(r, "Vary", "Accept-Encoding");
	if (has_tag(http_header(r, "If-None-Match"), tag)) {
		free(l);
		http_answer(r, MHD_HTTP_NOT_MODIFIED, NULL, (struct str){ 0 });
		return;
	}
	l->packs = pack(r, l);
	http_stream(r, MHD_HTTP_OK, f->type, more, listing_free, l);
}

const struct http_route list_routes[] = {
	{ "GET", "/v1/blocklist.*", DOOR_BOTH, AUTH_LIST, 0, get_list },
	{ "GET", "/security/blocklist", DOOR_BOTH, AUTH_LIST, 0, get_list },
	{ 0 },
};
