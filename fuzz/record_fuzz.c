#include "charter/record.h"

/* A party's record: what is read is printed byte by byte as it was. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str s = { (const char *)bytes, n };
	struct party_record *r = NULL;
	struct text_out o = { 0 };
	struct text_fault f = { 0 };
	size_t addresses = 0;

	if (!record_parse(s, &r, &f)) {
		assert(*f.say);
		return 0;
	}
	for (size_t i = 0; i < r->n_posts; i++)
		addresses += r->posts[i].at.n;
	assert(addresses <= TEXT_HOSTS_MAX);
	record_print(r, &o);
	assert(str_eq(text_of(&o), s));
	text_free(&o);
	record_free(&r);
	return 0;
}
