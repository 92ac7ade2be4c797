/* What the envoy reads of what a post says: answers, places, subjects. */
#include "envoy/reply.h"
#include "nats/names.h"
#include "nats/nkey.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const uint8_t alliance[32] = { 0xab, 0xcd };
	const struct str ack = STR("$JS.ACK.OUT_x.me.");
	struct str s = { (const char *)bytes, n };
	struct nats_place p;
	struct reply r;
	uint8_t join[8];
	char same[NATS_NAME];

	if (reply_read(s, &r))
		assert(strnlen(r.error, sizeof(r.error)) < sizeof(r.error));
	if (nats_join_read(alliance, s, join)) {
		nats_join(alliance, join, false, same);
		assert(str_eq(s, str_of(same)));
	}
	if (nats_place(s, ack, &p)) { /* what is read is what is printed */
		struct nats_place again;

		nats_place_print(&p, "$JS.ACK.OUT_x.me.", same);
		assert(nats_place(str_of(same), ack, &again));
		assert(memcmp(&p, &again, sizeof(p)) == 0);
	}
	if (nkey_is_nonce(s))
		assert(n <= NKEY_NONCE_MAX && !memchr(bytes, 0, n));
	return 0;
}
