#include "charter/seal.h"
#include "charter/sealed.h"

/* A sealed act by whomever: taken apart within its bounds, and nobody signs
 * what he has not signed. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str s = { (const char *)bytes, n };
	struct seal_text other = { .text = STR("nobody signed this\n") };
	struct sealed act;
	struct sshsig sig;
	struct seal key;

	if (seal_parse(s, true, &key) == SEAL_OK) {
		char line[SEAL_LINE_MAX];
		struct seal again;
		struct str printed = { line, seal_print(&key, line) };

		assert(seal_parse(printed, false, &again) == SEAL_OK);
		assert(seal_eq(&key, &again));
	}
	(void)sshsig_parse(bytes, n, &sig);
	while (sealed_next(&s, &act) == NULL) {
		assert(act.text.n > 0 && act.text.n <= SEALED_TEXT_MAX);
		while (sshsig_next(&act.seals, &sig) == SEAL_OK)
			assert(sshsig_check(&sig, STR("liptako-roll@v1"),
				   &other) != SEAL_OK);
	}
	return 0;
}
