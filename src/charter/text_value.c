#include "charter/text_value.h"

#include <sodium.h>
#include <stdio.h>

#include "base/when.h"
#include "charter/roll.h"

static const struct {
	const char *form;
	bool list;
} kinds[] = {
	[TEXT_NAME] = { "NAME", false },
	[TEXT_WORDS] = { "some words", false },
	[TEXT_LAND] = { "XX", false },
	[TEXT_COUNT] = { "NUMBER", false },
	[TEXT_SPAN] = { "10m", false },
	[TEXT_RATE] = { "1h in 24h", false },
	[TEXT_TIME] = { "2026-11-22T04:00:00Z", false },
	[TEXT_HASH] = { "64 hex digits", false },
	[TEXT_SEAL] = { "ssh-ed25519 AAAA...", false },
	[TEXT_SEALS] = { "ssh-ed25519 AAAA...", true },
	[TEXT_NETS] = { "192.0.2.0/24", true },
	[TEXT_HASHES] = { "64 hex digits", true },
	[TEXT_HOSTS] = { "192.0.2.1 port 4222", false },
	[TEXT_CERT] = { "base64", false },
	[TEXT_LOGIN] = { "64 hex digits 64 hex digits", false },
	[TEXT_RIGHTS] = { "all", false },
};

const char *text_value_form(enum text_kind k)
{
	return kinds[k].form;
}

bool text_is_list(enum text_kind k)
{
	return kinds[k].list;
}

static const struct {
	const char *name;
	uint32_t bit;
} rights[] = {
	{ "notice", RIGHT_NOTICE },
	{ "answer", RIGHT_ANSWER },
	{ "pardon", RIGHT_PARDON },
	{ "refer", RIGHT_REFER },
	{ "forget", RIGHT_FORGET },
};

static bool read_rights(struct str v, uint32_t *to)
{
	struct str word;
	size_t i;

	if (str_eq(v, STR("all"))) {
		*to = RIGHT_ALL;
		return true;
	}
	while (v.n > 0) {
		if (!str_cut(&v, ' ', &word)) {
			word = v;
			v.n = 0;
		}
		for (i = 0; i < countof(rights); i++)
			if (str_eq(word, str_of(rights[i].name)))
				break;
		if (i == countof(rights))
			return false;
		*to |= rights[i].bit;
	}
	return *to != 0;
}

/* Days since 1970 of a date (proleptic Gregorian). */
static int64_t days_of(int64_t y, int64_t m, int64_t d)
{
	int64_t era, in_era, day;

	y -= m <= 2;
	era = y / 400;
	in_era = y - era * 400;
	day = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	day += in_era * 365 + in_era / 4 - in_era / 100;
	return era * 146097 + day - 719468;
}

static bool digits(struct str s, size_t at, size_t n, uint32_t max,
    uint32_t *ret)
{
	return str_u32(str_head(str_from(s, at), n), max, ret);
}

/* Printing it again shows 31 February; 1970 to 2105. */
static bool read_time(struct str v, uint64_t *to)
{
	uint32_t y, mo, d, h, mi, s;
	char again[WHEN_MAX];
	int64_t t;

	if (v.n != WHEN_MAX - 1 || !digits(v, 0, 4, 2105, &y) ||
	    !digits(v, 5, 2, 12, &mo) || !digits(v, 8, 2, 31, &d) ||
	    !digits(v, 11, 2, 23, &h) || !digits(v, 14, 2, 59, &mi) ||
	    !digits(v, 17, 2, 59, &s) || y < 1970 || !mo || !d)
		return false;
	t = days_of(y, mo, d) * 86400 + h * 3600 + mi * 60 + s;
	when_show((uint32_t)t, again);
	*to = (uint64_t)t * 1000;
	return str_eq(v, str_of(again));
}

static void put_time(uint64_t ms, char *to)
{
	when_show((uint32_t)MIN(ms / 1000, UINT32_MAX), to);
}

static bool read_rate(struct str v, uint32_t *to)
{
	size_t at = str_find(v, STR(" in "));

	return at != SIZE_MAX && str_span(str_head(v, at), UINT32_MAX, to) &&
	       str_span(str_from(v, at + 4), UINT32_MAX, to + 1) && to[0] > 0 &&
	       to[0] <= to[1];
}

static void show_span(uint32_t s, char *to, size_t size)
{
	if (s % 86400 == 0 && s >= 2 * 86400)
		snprintf(to, size, "%ud", s / 86400);
	else if (s % 3600 == 0 && s > 0)
		snprintf(to, size, "%uh", s / 3600);
	else if (s % 60 == 0 && s > 60)
		snprintf(to, size, "%um", s / 60);
	else
		snprintf(to, size, "%us", s);
}

static bool read_hosts(struct str v, struct text_hosts *to)
{
	size_t at = str_find(v, STR(" port "));
	struct str hosts = str_head(v, at), one;
	uint32_t port;

	if (at == SIZE_MAX ||
	    !str_u32(str_from(v, at + 6), UINT16_MAX, &port) || port == 0)
		return false;
	to->port = (uint16_t)port;
	while (hosts.n > 0) {
		if (!str_cut(&hosts, ' ', &one)) {
			one = hosts;
			hosts.n = 0;
		}
		if (to->n == TEXT_HOSTS_MAX || !addr_parse(one, &to->v[to->n]))
			return false;
		to->n++;
	}
	return to->n > 0;
}

static bool read_cert(struct str v, struct text_cert *to)
{
	if (sodium_base642bin(to->der, sizeof(to->der), v.p, v.n, NULL, &to->n,
		NULL, sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    to->n < 64 || to->der[0] != 0x30)
		return false;
	(void)crypto_hash_sha256(to->sha256, to->der, to->n);
	return true;
}

static bool bound(struct text_read *r, const struct text_item *it, int64_t v)
{
	if (v >= it->min && v <= it->max)
		return true;
	return text_wrong(r, "%s must lie between %lld and %lld%s", it->key,
	    (long long)it->min, (long long)it->max,
	    it->kind == TEXT_COUNT ? "" : " s");
}

static bool read_words(struct str v, char *to)
{
	if (v.n == 0 || v.n > TEXT_WORDS_MAX || v.p[0] == ' ' ||
	    v.p[v.n - 1] == ' ')
		return false;
	memcpy(to, v.p, v.n);
	return true;
}

static bool read_land(struct str v, char *to)
{
	if (v.n != 2 || v.p[0] < 'A' || v.p[0] > 'Z' || v.p[1] < 'A' ||
	    v.p[1] > 'Z')
		return false;
	memcpy(to, v.p, 2);
	return true;
}

static bool read_name(struct str v, char *to)
{
	if (!text_name(v))
		return false;
	memcpy(to, v.p, v.n);
	return true;
}

static bool read_login(struct str v, struct text_login *to)
{
	struct str post;

	return str_cut(&v, ' ', &post) &&
	       text_hex(post, to->post, sizeof(to->post)) &&
	       text_hex(v, to->key, sizeof(to->key));
}

static bool read_seals(struct str v, struct text_seals *to)
{
	return to->n < TEXT_SEALS_MAX &&
	       seal_parse(v, false, &to->v[to->n++]) == SEAL_OK;
}

static bool read_nets(struct str v, struct text_nets *to)
{
	return to->n < TEXT_NETS_MAX && net_parse(v, false, &to->v[to->n++]);
}

static bool read_hashes(struct str v, struct text_hashes *to)
{
	return to->n < TEXT_HASHES_MAX && text_hex(v, to->v[to->n++], 32);
}

static bool read_kind(enum text_kind k, struct str v, void *to)
{
	switch (k) {
	case TEXT_NAME:
		return read_name(v, to);
	case TEXT_WORDS:
		return read_words(v, to);
	case TEXT_LAND:
		return read_land(v, to);
	case TEXT_COUNT:
		return str_u32(v, UINT32_MAX, to);
	case TEXT_SPAN:
		return str_span(v, UINT32_MAX, to);
	case TEXT_RATE:
		return read_rate(v, to);
	case TEXT_TIME:
		return read_time(v, to);
	case TEXT_HASH:
		return text_hex(v, to, 32);
	case TEXT_SEAL:
		return seal_parse(v, false, to) == SEAL_OK;
	case TEXT_SEALS:
		return read_seals(v, to);
	case TEXT_NETS:
		return read_nets(v, to);
	case TEXT_HASHES:
		return read_hashes(v, to);
	case TEXT_HOSTS:
		return read_hosts(v, to);
	case TEXT_CERT:
		return read_cert(v, to);
	case TEXT_LOGIN:
		return read_login(v, to);
	case TEXT_RIGHTS:
		return read_rights(v, to);
	}
	die("no such kind");
}

bool text_value_read(struct text_read *r, const struct text_item *it,
    struct str v, void *to)
{
	char shown[64];

	if (!read_kind(it->kind, v, to)) {
		str_show(v, shown, sizeof(shown));
		return text_wrong(r, "\"%s\" is no %s; write \"    %s: %s\"%s",
		    shown, it->key, it->key, kinds[it->kind].form,
		    kinds[it->kind].list ? " (each once, not too many)" : "");
	}
	if (it->kind == TEXT_COUNT || it->kind == TEXT_SPAN)
		return bound(r, it, *(const uint32_t *)to);
	if (it->kind == TEXT_RATE)
		return bound(r, it, ((const uint32_t *)to)[1]);
	return true;
}

static void put_line(struct text_out *o, const struct text_item *it,
    const char *value)
{
	text_put(o, "    %s: %s\n", it->key, value);
}

static void put_hex(struct text_out *o, const struct text_item *it,
    const uint8_t *p)
{
	char hex[65];

	text_show_hex(p, 32, hex);
	put_line(o, it, hex);
}

static void put_seal(struct text_out *o, const struct text_item *it,
    const struct seal *s)
{
	char line[SEAL_LINE_MAX];

	if (s->kind == SEAL_NONE)
		return;
	(void)seal_print(s, line);
	put_line(o, it, line);
}

static void put_nets(struct text_out *o, const struct text_item *it,
    const struct text_nets *v)
{
	char net[NET_MAX];

	for (size_t i = 0; i < v->n; i++) {
		(void)net_print(&v->v[i], net);
		put_line(o, it, net);
	}
}

static void put_hosts(struct text_out *o, const struct text_item *it,
    const struct text_hosts *v)
{
	char addr[ADDR_MAX];

	text_put(o, "    %s:", it->key);
	for (size_t i = 0; i < v->n; i++) {
		(void)addr_print(&v->v[i], addr);
		text_put(o, " %s", addr);
	}
	text_put(o, " port %u\n", v->port);
}

static void put_cert(struct text_out *o, const struct text_item *it,
    const struct text_cert *v)
{
	char base64[1400];

	sodium_bin2base64(base64, sizeof(base64), v->der, v->n,
	    sodium_base64_VARIANT_ORIGINAL);
	put_line(o, it, base64);
}

static void put_login(struct text_out *o, const struct text_item *it,
    const struct text_login *v)
{
	char post[65], key[65];

	text_show_hex(v->post, 32, post);
	text_show_hex(v->key, 32, key);
	text_put(o, "    %s: %s %s\n", it->key, post, key);
}

static void put_rights(struct text_out *o, const struct text_item *it,
    uint32_t v)
{
	const char *gap = "";

	if (v == RIGHT_ALL) {
		put_line(o, it, "all");
		return;
	}
	text_put(o, "    %s: ", it->key);
	for (size_t i = 0; i < countof(rights); i++)
		if (v & rights[i].bit) {
			text_put(o, "%s%s", gap, rights[i].name);
			gap = " ";
		}
	text_put(o, "\n");
}

static bool is_zero(enum text_kind k, const void *p)
{
	switch (k) {
	case TEXT_NAME:
	case TEXT_WORDS:
	case TEXT_LAND:
		return *(const char *)p == '\0';
	case TEXT_COUNT:
	case TEXT_SPAN:
		return *(const uint32_t *)p == 0;
	case TEXT_TIME:
		return *(const uint64_t *)p == 0;
	case TEXT_RATE:
	case TEXT_HASH:
	case TEXT_SEAL:
	case TEXT_SEALS:
	case TEXT_NETS:
	case TEXT_HASHES:
	case TEXT_HOSTS:
	case TEXT_CERT:
	case TEXT_LOGIN:
	case TEXT_RIGHTS:
		return false;
	}
	die("no such kind");
}

static void put_short(struct text_out *o, const struct text_item *it,
    const void *from)
{
	const uint32_t *u = from;
	char a[32], b[32];

	if (it->kind == TEXT_COUNT) {
		snprintf(a, sizeof(a), "%u", *u);
		put_line(o, it, a);
	} else if (it->kind == TEXT_SPAN) {
		show_span(*u, a, sizeof(a));
		put_line(o, it, a);
	} else if (it->kind == TEXT_RATE) {
		show_span(u[0], a, sizeof(a));
		show_span(u[1], b, sizeof(b));
		text_put(o, "    %s: %s in %s\n", it->key, a, b);
	} else {
		put_time(*(const uint64_t *)from, a);
		put_line(o, it, a);
	}
}

void text_value_put(struct text_out *o, const struct text_item *it,
    const void *from)
{
	if (it->optional && is_zero(it->kind, from))
		return;
	switch (it->kind) {
	case TEXT_NAME:
	case TEXT_WORDS:
	case TEXT_LAND:
		put_line(o, it, from);
		return;
	case TEXT_COUNT:
	case TEXT_SPAN:
	case TEXT_RATE:
	case TEXT_TIME:
		put_short(o, it, from);
		return;
	case TEXT_HASH:
		put_hex(o, it, from);
		return;
	case TEXT_SEAL:
		put_seal(o, it, from);
		return;
	case TEXT_SEALS:
		for (size_t i = 0; i < ((const struct text_seals *)from)->n;
		     i++)
			put_seal(o, it,
			    &((const struct text_seals *)from)->v[i]);
		return;
	case TEXT_NETS:
		put_nets(o, it, from);
		return;
	case TEXT_HASHES:
		for (size_t i = 0; i < ((const struct text_hashes *)from)->n;
		     i++)
			put_hex(o, it,
			    ((const struct text_hashes *)from)->v[i]);
		return;
	case TEXT_HOSTS:
		put_hosts(o, it, from);
		return;
	case TEXT_CERT:
		put_cert(o, it, from);
		return;
	case TEXT_LOGIN:
		put_login(o, it, from);
		return;
	case TEXT_RIGHTS:
		put_rights(o, it, *(const uint32_t *)from);
		return;
	}
	die("no such kind");
}
