/*
 * line_fuzz - one line of any bytes, under every form.
 *
 * The first byte chooses what the parser has seen before and which form it is
 * told. Slices must lie within the line or within scratch, whole.
 */
#include "line/parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void lies_well(const struct line_parser *p, struct str line,
    struct str s)
{
	uintptr_t at = (uintptr_t)s.p, l = (uintptr_t)line.p;
	uintptr_t sc = (uintptr_t)p->scratch;
	bool in_line = at >= l && at - l <= line.n && s.n <= line.n - (at - l);
	bool in_scratch = p->scratch && at >= sc && at - sc <= p->used &&
			  s.n <= p->used - (at - sc);

	assert(s.p ? in_line || in_scratch : s.n == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct line_parser *fresh;
	struct str line = { (const char *)bytes + 1, n - 1 };
	struct record r, again;

	if (n == 0)
		return 0;
	if (!fresh && line_parser_new(&fresh, "+02:00", 1700000000) < 0)
		die("no parser");
	fresh->head.n = 0;
	fresh->order_seen = bytes[0] >> 6;
	line_parse(fresh, (bytes[0] & 63) % (LINE_PLAIN + 1), line, &r);
	const struct str always[] = { r.host, r.program, r.msg, r.container };
	for (size_t i = 0; i < countof(always); i++)
		lies_well(fresh, line, always[i]);
	if (r.is_request) {
		struct addr peer, want = { 0 };
		bool is_addr = addr_parse(r.client, &want);

		assert(record_client(&r, &peer) == is_addr);
		want = addr_fold(want);
		assert(!is_addr || addr_eq(&peer, &want));
		const struct str request[] = { r.client, r.forwarded, r.user,
			r.request, r.method, r.target, r.proto, r.vhost,
			r.referer, r.agent };

		for (size_t i = 0; i < countof(request); i++)
			lies_well(fresh, line, request[i]);
	}
	assert(r.n_pairs <= RECORD_PAIRS);
	for (size_t i = 0; i < r.n_pairs; i++) {
		lies_well(fresh, line, r.pairs[i].key);
		lies_well(fresh, line, r.pairs[i].value);
	}
	/* what is remembered of a line does not change the next */
	line_parse(fresh, (bytes[0] & 63) % (LINE_PLAIN + 1), line, &again);
	assert(again.kind == r.kind && again.has_time == r.has_time &&
	       again.at == r.at && again.ms == r.ms && again.pid == r.pid);
	return 0;
}
