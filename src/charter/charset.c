#include "charter/text.h"

#include <stdio.h>

/*
 * What may stand in a sealed text: characters that stand alone. Each has only
 * one spelling and none composes with its neighbour, so that a text of them
 * is in NFC as it is; none is a control, and none turns the reading order, so
 * that nobody seals what he sees in another order than it is. Scripts that
 * need combining marks or run from right to left are not in yet.
 */
static const struct {
	uint32_t first, last;
} allowed[] = {
	{ 0x20, 0x7e }, { 0xa1, 0xac }, { 0xae, 0x2ff }, /* Latin, phonetic */
	{ 0x370, 0x373 }, { 0x375, 0x377 }, { 0x37a, 0x37d }, { 0x37f, 0x37f },
	{ 0x384, 0x386 }, { 0x388, 0x38a }, { 0x38c, 0x38c }, { 0x38e, 0x3a1 },
	{ 0x3a3, 0x482 },                       /* Greek, Cyrillic */
	{ 0x48a, 0x52f }, { 0x531, 0x556 },     /* Armenian */
	{ 0x559, 0x58a }, { 0x10d0, 0x10ff },   /* Georgian */
	{ 0x1200, 0x1248 },                     /* Ethiopic */
	{ 0x13a0, 0x13f5 },                     /* Cherokee */
	{ 0x1e00, 0x1eff },                     /* Latin, more */
	{ 0x2010, 0x2027 },                     /* dashes, quotes */
	{ 0x2030, 0x205e }, { 0x20a0, 0x20bf }, /* money */
	{ 0x2d30, 0x2d67 },                     /* Tifinagh */
	{ 0x3001, 0x3029 }, { 0x3041, 0x3096 }, /* Hiragana */
	{ 0x309b, 0x309f }, { 0x30a0, 0x30ff }, /* Katakana */
	{ 0x4e00, 0x9fff },                     /* Han */
	{ 0xa500, 0xa62b },                     /* Vai */
	{ 0xac00, 0xd7a3 },                     /* Hangul */
};

static bool is_allowed(uint32_t c)
{
	size_t low = 0, high = countof(allowed);

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (c > allowed[mid].last)
			low = mid + 1;
		else if (c < allowed[mid].first)
			high = mid;
		else
			return true;
	}
	return false;
}

/* The character at the front and its length; 0: no UTF-8 (RFC 3629). */
static size_t next_char(struct str s, uint32_t *ret)
{
	const uint8_t *p = (const uint8_t *)s.p;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = p[0] < 0x80       ? 1
		   : p[0] >> 5 == 6  ? 2
		   : p[0] >> 4 == 14 ? 3
		   : p[0] >> 3 == 30 ? 4
				     : 0;
	uint32_t c = n == 1 ? p[0] : n ? p[0] & (0x7fu >> n) : 0;

	if (n == 0 || n > s.n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (p[i] >> 6 != 2)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret = c;
	return n;
}

static bool wrong(struct text_fault *f, unsigned line, uint32_t c)
{
	f->line = line;
	if (c == '\r')
		snprintf(f->say, sizeof(f->say),
		    "a carriage return; write lines that end with LF alone");
	else if (c == '\t')
		snprintf(f->say, sizeof(f->say), "a tab; write blanks");
	else
		snprintf(f->say, sizeof(f->say),
		    "the character U+%04X is not allowed (controls, "
		    "right-to-left and combining characters are not); leave "
		    "it out, or write it as one composed letter",
		    (unsigned)c);
	return false;
}

bool text_allowed(struct str text, struct text_fault *f)
{
	unsigned line = 1;
	uint32_t before = 0;

	while (text.n > 0) {
		uint32_t c = 0;
		size_t n = next_char(text, &c);

		if (n == 0) {
			f->line = line;
			snprintf(f->say, sizeof(f->say),
			    "no UTF-8; save the text as UTF-8");
			return false;
		}
		if (c != '\n' && !is_allowed(c))
			return wrong(f, line, c);
		if (c == '\n' && before == ' ') {
			f->line = line;
			snprintf(f->say, sizeof(f->say),
			    "a blank at the end of the line; take it away");
			return false;
		}
		before = c;
		line += c == '\n';
		text = str_from(text, n);
	}
	return true;
}
