/*
 * wire_fuzz - the checks between programs: what passes them is in range.
 *
 * The first byte chooses the message; the rest is its packet.
 */
#include "wire/msgs.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void order(const struct wire_order *o)
{
	if (order_check(o) != DONE_OK)
		return;
	assert(net_ok(&o->net) && o->act >= ACT_DENY && o->act <= ACT_UNSPARE);
	if (o->act <= ACT_LIMIT) {
		assert(o->net.bits >= (o->net.addr.family == 4 ? 24 : 48));
		assert(o->ttl >= 1 && o->ttl <= 30 * 86400);
	}
}

static void entry(const struct wire_entry *e, size_t tail)
{
	if (entry_ok(e, tail))
		assert(e->n_cursor <= tail && e->n_msg <= tail);
}

/* What a name or a command is asked about. */
static void asking(uint32_t type, const uint8_t *buf, size_t n)
{
	struct str tail = { (const char *)buf + msgs[type].size,
		n - msgs[type].size };
	const struct wire_aside *a = (const void *)buf;
	const struct wire_found *f = (const void *)buf;

	if (type == MSG_ASIDE && aside_ok(a, tail)) {
		assert((size_t)a->n_name + a->n_tags == tail.n);
		assert(a->asks & ASIDE_NAME ? a->n_name > 0
					    : a->sight.who.family != 0);
	}
	if (type == MSG_CHECK && check_ok((const void *)buf, tail))
		assert(tail.n == 0 || tail.p[tail.n - 1] == 0);
	if (type == MSG_FOUND && found_ok(f))
		assert(f->n <= LOOKUP_MOST);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	_Alignas(8) uint8_t buf[9000];
	uint32_t type;

	if (n < 1 || n - 1 > sizeof(buf))
		return 0;
	type = bytes[0];
	memcpy(buf, bytes + 1, n - 1);
	for (enum role from = WARDEN; from < ROLES; from++) {
		for (enum role to = WARDEN; to < ROLES; to++) {
			if (!msg_fits(type, from, to, n - 1))
				continue;
			assert(n - 1 >= msgs[type].size);
			asking(type, buf, n - 1);
			if (type == MSG_ORDER)
				order((const void *)buf);
			else if (type == MSG_ENTRY)
				entry((const void *)buf,
				    n - 1 - sizeof(struct wire_entry));
			else if (type == MSG_SIGHTING &&
				 sighting_ok((const void *)buf))
				assert(((const struct wire_sighting
						*)(const void *)buf)
					   ->who.family != 0);
		}
	}
	return 0;
}
