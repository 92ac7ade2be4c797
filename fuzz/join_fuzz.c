#include "charter/enrol.h"
#include "charter/page.h"

/* What strangers say at our post's door, and what a post answers there. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str s = { (const char *)bytes, n };
	struct pages p = { 0 };
	struct enrolment e;
	struct text_fault f;
	struct token t;
	size_t from;

	(void)page_asked(s, &from);
	(void)enrol_parse(s, &e, &f);
	(void)enrol_token_parse(s, &t);
	for (int i = 0; i < 3; i++)
		(void)pages_take(&p, s);
	assert(p.n <= p.all);
	pages_free(&p);
	return 0;
}
