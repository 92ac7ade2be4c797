#include "conf/item.h"

#include <stdarg.h>
#include <stdio.h>

/* Sentences with the item's bounds in them; one loader, one thread. */
static char said[320];

static const char *fault(const char *fmt, ...) PRINTF(1, 2);

static const char *fault(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(said, sizeof(said), fmt, ap);
	va_end(ap);
	return said;
}

int item_word(const char *words, struct str text)
{
	struct str left = str_of(words), word;
	int i = 0;

	for (; str_cut(&left, '|', &word); i++)
		if (str_eq(word, text))
			return i;
	return str_eq(left, text) ? i : -1;
}

static const char *set_flag(struct str s, uint8_t *to)
{
	int w = item_word("no|yes|off|on|false|true", s);

	if (w < 0)
		return "neither yes nor no: write yes or no";
	*to = (uint8_t)(w & 1);
	return NULL;
}

static const char *set_count(const struct conf_item *it, struct str s,
    uint32_t *to)
{
	uint32_t v;

	if (!str_u32(s, UINT32_MAX, &v) || v < it->min || v > it->max)
		return fault("not a number from %lld to %lld",
		    (long long)it->min, (long long)it->max);
	*to = v;
	return NULL;
}

static const char *set_span(const struct conf_item *it, struct str s,
    uint32_t *to)
{
	char least[40], most[40];
	uint32_t v;

	if (str_span(s, (uint32_t)it->max, &v) && v >= it->min) {
		*to = v;
		return NULL;
	}
	span_show((uint64_t)it->min, least, sizeof(least));
	span_show((uint64_t)it->max, most, sizeof(most));
	return fault("not a time from %s to %s: write 90s, 10m, 24h or 7d",
	    least, most);
}

static const char *set_rate(struct str s, uint32_t *to)
{
	static const char *const cure =
	    "not a rate: write COUNT in TIME, such as 5 in 10m, or once";
	struct str count;
	uint32_t n, span;

	if (str_eq(s, STR("once"))) {
		to[0] = to[1] = 1;
		return NULL;
	}
	if (!str_cut(&s, ' ', &count) || !str_u32(count, 100000, &n) || n == 0)
		return cure;
	s = str_trim(s);
	if (!str_starts(s, STR("in ")) ||
	    !str_span(str_trim(str_from(s, 3)), 30 * 86400, &span) || span == 0)
		return cure;
	to[0] = n;
	to[1] = span;
	return NULL;
}

static const char *set_word(const struct conf_item *it, struct str s,
    uint32_t *to)
{
	int w = item_word(it->words, s);

	if (w < 0)
		return fault("unknown word: write one of %s", it->words);
	*to = (uint32_t)(w + it->min);
	return NULL;
}

static bool is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i], low = (char)(c | 0x20);

		if (!(low >= 'a' && low <= 'z') && !(c >= '0' && c <= '9') &&
		    !strchr("._/-+:", c))
			return false;
		if (c == 0)
			return false;
	}
	return s.n > 0;
}

static const char *set_text(const struct conf_item *it, struct str s, char **to)
{
	if (s.n == 0 || memchr(s.p, 0, s.n))
		return "empty: give it a value or remove the key";
	if (s.n > (uint64_t)it->max)
		return fault("too long: at most %lld bytes",
		    (long long)it->max);
	if (it->kind == CONF_NAME && !is_name(s))
		return "not a name: use letters, digits and . _ / - + : only";
	if (it->kind == CONF_PATH && s.p[0] != '/')
		return "not an absolute path: begin it with /";
	free(*to);
	*to = str_dup(s);
	return NULL;
}

static const char *set_socket(const struct conf_item *it, struct str s,
    char **to)
{
	struct str host, port;
	struct addr a;
	uint32_t n;
	size_t colon = s.n;

	if (s.n > 0 && s.p[0] == '/')
		return set_text(it, s, to);
	while (colon > 0 && s.p[colon - 1] != ':')
		colon--;
	if (colon > 1) {
		port = str_from(s, colon);
		host = str_head(s, colon - 1);
		if (host.n > 2 && host.p[0] == '[')
			host = (struct str){ host.p + 1, host.n - 2 };
		if (addr_parse(host, &a) && str_u32(port, 65535, &n) && n > 0)
			return set_text(it, s, to);
	}
	return "no socket: write ADDRESS:PORT such as 127.0.0.1:5514, or an "
	       "absolute path";
}

static void drop_strings(struct strings *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->v[i]);
	free_ptr(&v->v);
	v->n = 0;
}

enum {
	SOCKETS_MOST = 8
};

/* As a default: one after another, blanks between. */
static const char *set_sockets(const struct conf_item *it, struct str s,
    struct strings *to)
{
	struct strings got = { 0 };
	struct str one;

	while (s.n > 0) {
		char *text = NULL;
		const char *bad;

		if (!str_cut(&s, ' ', &one)) {
			one = s;
			s.n = 0;
		}
		bad = got.n == SOCKETS_MOST ? "too many sockets"
					    : set_socket(it, one, &text);
		if (bad) {
			drop_strings(&got);
			return bad;
		}
		got.v = mem_grow(got.v, got.n + 1, sizeof(*got.v));
		got.v[got.n++] = text;
	}
	drop_strings(to);
	*to = got;
	return NULL;
}

static bool is_host(struct str s)
{
	bool letter = false;

	if (s.n == 0 || s.n > 253 || s.p[0] == '-' || s.p[0] == '.')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i], low = (char)(c | 0x20);

		if (low >= 'a' && low <= 'z')
			letter = true;
		else if (!(c >= '0' && c <= '9') && c != '-' && c != '.' &&
			 c != '_')
			return false;
	}
	return letter;
}

static const char *set_net(struct str s, struct net *to, bool name_too)
{
	struct net lax;
	char shown[NET_MAX];

	if (net_parse(s, false, to))
		return NULL;
	if (net_parse(s, true, &lax)) {
		net_print(&lax, shown);
		return fault("bits beyond the prefix: did you mean %s?", shown);
	}
	return name_too ? "neither an address, a prefix nor a host name"
			: "neither an address nor a prefix";
}

/* struct net, and behind it the pointer to a name: as in conf_allow. */
static const char *set_host(struct str s, struct conf_allow *to)
{
	const char *bad;

	if (is_host(s)) {
		free(to->name);
		to->name = str_dup(s);
		return NULL;
	}
	bad = set_net(s, &to->net, true);
	if (!bad && to->net.bits < (to->net.addr.family == 4 ? 8 : 16)) {
		memset(&to->net, 0, sizeof(to->net));
		return "wider than /8 (IPv6: /16): nothing would be left to "
		       "defend against";
	}
	return bad;
}

static bool two(struct str *s, char after, uint32_t max, uint32_t *ret)
{
	if (s->n < 2 || !str_u32(str_head(*s, 2), max, ret))
		return false;
	*s = str_from(*s, 2);
	if (!after)
		return true;
	if (s->n == 0 || s->p[0] != after)
		return false;
	*s = str_from(*s, 1);
	return true;
}

/* Days since 1970 (Gregorian, proleptic); the year begins in March. */
static int64_t days_of(uint32_t y, uint32_t m, uint32_t d)
{
	uint32_t yy = m > 2 ? y : y - 1, mm = m > 2 ? m - 3 : m + 9;

	return (int64_t)yy * 365 + yy / 4 - yy / 100 + yy / 400 +
	       (153 * mm + 2) / 5 + d - 1 - 719468;
}

/* "2026-12-01", "2026-12-01 18:00", "2026-12-01T18:00:00Z" */
static const char *set_time(struct str s, uint32_t *to)
{
	static const char *const cure =
	    "not a date: write 2026-12-31 or 2026-12-31 18:00 (UTC)";
	uint32_t y, mo, d, h = 0, mi = 0, sec = 0;
	int64_t at;

	if (s.n < 10 || !str_u32(str_head(s, 4), 2100, &y) || y < 1970 ||
	    s.p[4] != '-')
		return cure;
	s = str_from(s, 5);
	if (!two(&s, '-', 12, &mo) || !two(&s, 0, 31, &d) || !mo || !d)
		return cure;
	if (s.n > 0 && (s.p[0] == ' ' || s.p[0] == 'T')) {
		s = str_from(s, 1);
		if (!two(&s, ':', 23, &h) || !two(&s, 0, 59, &mi))
			return cure;
		if (s.n > 0 && s.p[0] == ':') {
			s = str_from(s, 1);
			if (!two(&s, 0, 59, &sec))
				return cure;
		}
	}
	if (s.n > 0 && !str_eq(s, STR("Z")))
		return cure;
	at = days_of(y, mo, d) * 86400 + h * 3600 + mi * 60 + sec;
	*to = (uint32_t)CLAMP(at, 1, UINT32_MAX);
	return NULL;
}

static const char *set_form(struct str s, uint32_t *to)
{
	static const char *const names[] = { "auto", "syslog", "access",
		"error", "json", "logfmt", "plain" };

	for (uint32_t i = 0; i < countof(names); i++)
		if (str_eq(s, str_of(names[i]))) {
			*to = i;
			return NULL;
		}
	return "unknown format: write auto, syslog, access, error, json, "
	       "logfmt or plain";
}

const char *item_set(const struct conf_item *it, struct str s, void *to)
{
	switch (it->kind) {
	case CONF_FLAG:
		return set_flag(s, to);
	case CONF_COUNT:
		return set_count(it, s, to);
	case CONF_SPAN:
		return set_span(it, s, to);
	case CONF_RATE:
		return set_rate(s, to);
	case CONF_WORD:
		return set_word(it, s, to);
	case CONF_TEXT:
	case CONF_NAME:
	case CONF_PATH:
		return set_text(it, s, to);
	case CONF_SOCKET:
		return set_socket(it, s, to);
	case CONF_SOCKETS:
		return set_sockets(it, s, to);
	case CONF_FORM:
		return set_form(s, to);
	case CONF_NET:
		return set_net(s, to, false);
	case CONF_HOST:
		return set_host(s, to);
	case CONF_TIME:
		return set_time(s, to);
	case CONF_SET:
	case CONF_ARGV:
	case CONF_GROUP:
	case CONF_LIST:
	case CONF_ONOFF:
	case CONF_END:
		break;
	}
	die("%s is no single value", it->name);
}

void item_clear(const struct conf_item *it, void *to)
{
	switch (it->kind) {
	case CONF_TEXT:
	case CONF_NAME:
	case CONF_PATH:
	case CONF_SOCKET:
		free_ptr(to);
		return;
	case CONF_HOST:
		free_ptr(&((struct conf_allow *)to)->name);
		return;
	case CONF_ARGV:
	case CONF_SOCKETS:
		drop_strings(to);
		return;
	case CONF_END:
	case CONF_FLAG:
	case CONF_COUNT:
	case CONF_SPAN:
	case CONF_RATE:
	case CONF_WORD:
	case CONF_SET:
	case CONF_FORM:
	case CONF_NET:
	case CONF_TIME:
	case CONF_GROUP:
	case CONF_LIST:
	case CONF_ONOFF:
		return;
	}
}
