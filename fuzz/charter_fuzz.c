#include "charter/charter.h"

/* A charter, an accession or a party's entry: what is read is printed byte by
 * byte as it was. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str s = { (const char *)bytes, n };
	struct charter *c = NULL, *copy;
	struct text_out o = { 0 };
	struct charter_party p;
	struct accession a;
	struct text_fault f = { 0 };

	if (charter_parse(s, &c, &f)) {
		copy = charter_copy(c);
		charter_print(copy, &o);
		assert(str_eq(text_of(&o), s));
		assert(charter_is_renewal(c, copy));
		charter_diff(NULL, c, &o);
		charter_free(&copy);
		charter_free(&c);
	} else {
		assert(*f.say);
	}
	o.n = 0;
	if (accession_parse(s, &a, &f)) {
		accession_print(&a, &o);
		assert(str_eq(text_of(&o), s));
	}
	o.n = 0;
	if (charter_party_parse(s, &p, &f)) {
		charter_party_print(&p, &o);
		assert(str_eq(text_of(&o), s));
	}
	text_free(&o);
	return 0;
}
