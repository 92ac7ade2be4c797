#include "charter/page.h"

#include <sodium.h>
#include <stdio.h>

#define LOOK "liptako-look v1 "
#define PAGE "liptako-page v1 "

void page_ask(size_t from, char to[static PAGE_ASK])
{
	snprintf(to, PAGE_ASK, LOOK "%zu\n", from);
}

bool page_asked(struct str said, size_t *from)
{
	uint32_t n;

	if (!str_starts(said, STR(LOOK)) || !str_ends(said, STR("\n")))
		return false;
	said = str_from(said, sizeof(LOOK) - 1);
	if (!str_u32(str_head(said, said.n - 1), PAGES_MOST, &n))
		return false;
	*from = n;
	return true;
}

static void hash_of(struct str whole, uint8_t to[static 8])
{
	uint8_t h[32];

	(void)crypto_generichash(h, sizeof(h), (const uint8_t *)whole.p,
	    whole.n, NULL, 0);
	memcpy(to, h, 8);
}

/* No sign is cut in two: each piece is a text. */
static size_t end_of(struct str whole, size_t from)
{
	size_t to = MIN(whole.n, from + PAGE_MOST);

	while (to < whole.n && to > from && (whole.p[to] & 0xc0) == 0x80)
		to--;
	return to;
}

void page_cut(struct str whole, size_t from, struct text_out *answer)
{
	size_t to;
	uint8_t hash[8];
	char hex[17];

	from = MIN(from, whole.n);
	to = end_of(whole, from);
	hash_of(whole, hash);
	text_show_hex(hash, sizeof(hash), hex);
	text_put(answer, PAGE "%zu %zu %s\n", to, whole.n, hex);
	text_put_str(answer, str_head(str_from(whole, from), to - from));
}

struct head {
	uint32_t next, all;
	uint8_t hash[8];
};

static bool read_head(struct str *s, struct head *h)
{
	struct str line, next, all;

	if (!str_starts(*s, STR(PAGE)) || !str_cut(s, '\n', &line))
		return false;
	line = str_from(line, sizeof(PAGE) - 1);
	return str_cut(&line, ' ', &next) && str_cut(&line, ' ', &all) &&
	       str_u32(next, PAGES_MOST, &h->next) &&
	       str_u32(all, PAGES_MOST, &h->all) && h->next <= h->all &&
	       text_hex(line, h->hash, sizeof(h->hash));
}

/* Another whole than the one that was begun: from its first byte on. */
static void begin(struct pages *p, const struct head *h)
{
	p->n = 0;
	p->all = h->all;
	memcpy(p->hash, h->hash, sizeof(p->hash));
	p->again++;
}

bool pages_take(struct pages *p, struct str answer)
{
	struct head h;

	if (!read_head(&answer, &h) || answer.n > PAGE_MOST ||
	    answer.n > h.next)
		return false;
	if (p->all != h.all || memcmp(p->hash, h.hash, sizeof(h.hash)) != 0) {
		if (p->again == PAGE_AGAIN)
			return false;
		begin(p, &h);
	}
	/* in the midst of one that is new to us; or one that we have, as who
	 * asked twice is answered twice */
	if (h.next - answer.n != p->n)
		return p->n == 0 || h.next <= p->n;
	if (answer.n == 0 && p->n < p->all)
		return false; /* it would never end */
	p->p = mem_grow(p->p, h.next + 1, 1);
	memcpy(p->p + p->n, answer.p, answer.n);
	p->n = h.next;
	p->p[p->n] = '\0';
	return true;
}

bool pages_done(const struct pages *p)
{
	return p->all > 0 && p->n == p->all;
}

void pages_free(struct pages *p)
{
	free(p->p);
	*p = (struct pages){ 0 };
}
