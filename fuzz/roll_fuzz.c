#include "charter/roll.h"

/* A roll, a revocation or a withdrawal: what is read is printed byte by byte
 * as it was. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str s = { (const char *)bytes, n };
	struct text_out o = { 0 };
	struct text_fault f = { 0 };
	struct revocation v;
	struct withdrawal w;
	struct roll *r = NULL;

	if (roll_parse(s, &r, &f)) {
		roll_print(r, &o);
		assert(str_eq(text_of(&o), s));
		roll_free(&r);
	} else {
		assert(*f.say);
	}
	o.n = 0;
	if (revocation_parse(s, &v, &f)) {
		revocation_print(&v, &o);
		assert(str_eq(text_of(&o), s));
	}
	o.n = 0;
	if (withdrawal_parse(s, &w, &f)) {
		withdrawal_print(&w, &o);
		assert(str_eq(text_of(&o), s));
	}
	text_free(&o);
	return 0;
}
