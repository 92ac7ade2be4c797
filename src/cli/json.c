#include "cli/json.h"

void json_str(struct str s, FILE *to)
{
	fputc('"', to);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '"' || c == '\\')
			fprintf(to, "\\%c", c);
		else if (c >= ' ' && c < 127)
			fputc(c, to);
		else
			fprintf(to, "\\u%04x", c);
	}
	fputc('"', to);
}

/* The character that s begins with; its length, or 0 if it is none. */
static size_t character(struct str s, uint32_t *c)
{
	uint8_t first = (uint8_t)s.p[0];
	size_t n = first < 0x80   ? 1
		   : first < 0xc2 ? 0
		   : first < 0xe0 ? 2
		   : first < 0xf0 ? 3
		   : first < 0xf5 ? 4
				  : 0;

	if (n == 0 || n > s.n)
		return 0;
	*c = n == 1 ? first : first & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if (((uint8_t)s.p[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | ((uint8_t)s.p[i] & 63);
	}
	return n;
}

void json_text(struct str s, FILE *to)
{
	fputc('"', to);
	while (s.n) {
		uint32_t c = 0xfffd;
		size_t n = character(s, &c);

		if (c == '"' || c == '\\')
			fprintf(to, "\\%c", (int)c);
		else if (c >= ' ' && c < 127)
			fputc((int)c, to);
		else if (c < 0x10000)
			fprintf(to, "\\u%04x", n ? c : 0xfffd);
		else
			fprintf(to, "\\u%04x\\u%04x",
			    0xd800 + ((c - 0x10000) >> 10 & 0x3ff),
			    0xdc00 + (c & 0x3ff));
		s = str_from(s, n ? n : 1);
	}
	fputc('"', to);
}
