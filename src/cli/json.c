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
