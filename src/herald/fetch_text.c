#include "herald/fetch.h"

enum {
	WIDEST_4 = 24, /* what an order may shut; wider ones are cut up */
	WIDEST_6 = 48,
	CUT_4 = 16, /* at most 256 pieces */
};

static void add(struct fetch_list *l, const struct net *n)
{
	if (l->n >= l->cap) {
		l->is_over = true;
		return;
	}
	if (l->n == l->room) {
		l->room = l->room ? l->room * 2 : 4096;
		l->v = mem_grow(l->v, l->room, sizeof(*l->v));
	}
	l->v[l->n++] = *n;
}

/* A /20 as sixteen /24. */
static void cut_up(struct fetch_list *l, const struct net *n)
{
	uint32_t pieces = UINT32_C(1) << (WIDEST_4 - n->bits);

	for (uint32_t i = 0; i < pieces; i++) {
		struct net one = { n->addr, WIDEST_4 };

		one.addr.b[1] = (uint8_t)(one.addr.b[1] + (i >> 8));
		one.addr.b[2] = (uint8_t)(one.addr.b[2] + i);
		add(l, &one);
	}
}

static bool add_net(struct fetch_list *l, struct str word)
{
	struct net n;

	if (!net_parse(word, true, &n))
		return false;
	if (n.bits == addr_bits(&n.addr))
		n = addr_unit(addr_fold(n.addr));
	else
		n = net_of(n.addr, n.bits);
	if (addr_is_special(&n.addr))
		return false;
	if (n.addr.family == 6 && n.bits < WIDEST_6)
		return false;
	if (n.addr.family == 6 && n.bits > 64)
		n = net_of(n.addr, 64);
	if (n.addr.family == 4 && n.bits < CUT_4)
		return false;
	if (n.addr.family == 4 && n.bits < WIDEST_4)
		cut_up(l, &n);
	else
		add(l, &n);
	return true;
}

/* {"cidr":"192.0.2.0/24",...} */
static bool json_net(struct fetch_list *l, struct str line)
{
	static const struct str keys[] = { { "\"cidr\":\"", 8 },
		{ "\"ip\":\"", 6 } };

	for (size_t i = 0; i < countof(keys); i++) {
		size_t at = str_find(line, keys[i]);
		struct str rest, word;

		if (at == SIZE_MAX)
			continue;
		rest = str_from(line, at + keys[i].n);
		return str_cut(&rest, '"', &word) && add_net(l, word);
	}
	return false;
}

static bool is_break(char c)
{
	return c == ' ' || c == '\t' || c == ',' || c == ';' || c == '\r';
}

static void take_line(struct fetch_list *l, struct str line)
{
	size_t n = 0;

	line = str_trim(line);
	if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';' ||
	    line.p[0] == '\r')
		return;
	if (line.p[0] == '{') {
		l->skipped += !json_net(l, line);
		return;
	}
	if (str_starts(line, STR("add "))) { /* add SET NET */
		struct str set;

		line = str_trim(str_from(line, 4));
		(void)str_cut(&line, ' ', &set);
	}
	while (n < line.n && !is_break(line.p[n]))
		n++;
	l->skipped += !add_net(l, str_head(line, n));
}

void fetch_text(struct fetch_list *l, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '\n') {
			if (!l->is_long)
				take_line(l,
				    (struct str){ l->line, l->n_line });
			l->skipped += l->is_long;
			l->n_line = 0;
			l->is_long = false;
		} else if (l->n_line == sizeof(l->line)) {
			l->is_long = true;
		} else {
			l->line[l->n_line++] = c;
		}
	}
}

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct net));
}

void fetch_end(struct fetch_list *l)
{
	size_t n = 0;

	fetch_text(l, STR("\n"));
	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), by_bytes);
	for (size_t i = 0; i < l->n; i++)
		if (n == 0 || by_bytes(&l->v[n - 1], &l->v[i]) != 0)
			l->v[n++] = l->v[i];
	l->n = n;
}

void fetch_free(struct fetch_list *l)
{
	free_ptr(&l->v);
	l->n = l->room = 0;
}
