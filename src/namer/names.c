#include "namer/names.h"

bool name_ok(const char *text, size_t size)
{
	const char *end = memchr(text, '\0', size);

	if (!end || end == text)
		return false;
	for (const char *p = text; p < end; p++) {
		bool letter = (*p | 32) >= 'a' && (*p | 32) <= 'z';
		bool digit = *p >= '0' && *p <= '9';

		if (!letter && !digit && !strchr("._-", *p))
			return false;
	}
	return text[0] != '-' && text[0] != '.';
}

bool name_is_nobody(const struct addr *a)
{
	if (a->family == 4)
		return a->b[0] == 0 || a->b[0] == 127 || a->b[0] >= 224;
	return a->b[0] == 0xff || (a->b[0] == 0 && a->b[1] == 0);
}

void name_answer(struct name *t, const struct addr *got, size_t n,
    struct mono now)
{
	struct addr fresh[NAME_ADDRS];
	size_t kept = 0;

	for (size_t i = 0; i < n && kept < NAME_ADDRS; i++) {
		struct addr a = addr_fold(got[i]);

		if (!name_is_nobody(&a))
			fresh[kept++] = a;
	}
	if (kept) {
		memcpy(t->addrs, fresh, kept * sizeof(*fresh));
		t->n = kept;
		t->good = now;
	} else if (t->n && now.ns - t->good.ns > SECONDS(NAMES_KEEP).ns) {
		t->n = 0;
	}
}
