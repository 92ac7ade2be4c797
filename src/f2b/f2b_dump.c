/*
 * f2b_dump - prints the stream that a fail2ban folder gives, for the tests
 * that hold it against fail2ban's own.
 */
#include "f2b/f2b.h"

#include <stdio.h>

enum {
	DUMP_LINE_MAX = 64 << 20,
};

static void tell(void *arg, const struct f2b_fault *f)
{
	fprintf(stderr, "%s:%u: %s%s%s\n", f->file ? f->file : "-", f->line,
	    f->jail ? f->jail : "", f->jail ? ": " : "", f->what);
}

int main(int argc, char **argv)
{
	struct f2b *f = NULL;
	int e;

	if (argc != 3) {
		fputs("usage: f2b_dump FOLDER VERSION\n", stderr);
		return 2;
	}
	e = f2b_read(&f, &f2b_disk, argv[1], argv[2], tell, NULL);
	for (size_t i = 0; i < f2b_stream(f)->n; i++) {
		auto_text struct text t = TEXT(DUMP_LINE_MAX);

		f2b_show(&f2b_stream(f)->v[i], &t);
		printf(STR_F "\n", STR_A(text_str(&t)));
	}
	f2b_free(&f);
	return e ? 1 : 0;
}
