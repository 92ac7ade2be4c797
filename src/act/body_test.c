#include "act/act_test.h"
#include "act/body_fields.h"

#include "base/tests.h"

static union act_body b, again;
static uint8_t bytes[ACT_BODY_MOST];

static enum act_fault decode(uint8_t type, const char *p, size_t n)
{
	return body_decode(type, (struct str){ p, n }, &again);
}

static void fill(uint8_t *p, size_t n, uint8_t with)
{
	memset(p, with, n);
}

static struct act_id id_of(uint8_t who, uint64_t run, uint64_t seq)
{
	struct act_id id = { .run = run, .seq = seq };

	fill(id.envoy, sizeof(id.envoy), who);
	return id;
}

/* One of each type, as large as it may be. */
/* Those with lists, as long as they may be; false: it has none. */
static bool make_long(uint8_t type)
{
	struct act_answer answer = { .verdict = ANSWER_ASSISTING,
		.reason = 255,
		.measure = ASSIST_DENY,
		.until = UINT32_MAX };

	switch (type) {
	case ACT_RECEIPT:
		for (uint16_t i = 0; i < BODY_ANSWERS; i++) {
			struct act_id id = id_of((uint8_t)(i % BODY_CHAINS),
			    ACT_NUMBER_MOST, ACT_NUMBER_MOST - i);

			assert_true(receipt_add(&b.receipt, &id, &answer));
		}
		b.receipt.over_budget = UINT32_MAX;
		return true;
	case ACT_PARDON:
		b.pardon.why = PARDON_HUMAN;
		b.pardon.n = BODY_PARDONS;
		for (size_t i = 0; i < BODY_PARDONS; i++)
			b.pardon.ids[i] = id_of((uint8_t)i, 1, i + 1);
		return true;
	case ACT_FORGET:
		for (uint16_t i = 0; i < BODY_IDS; i++) {
			struct act_id id = id_of((uint8_t)(i % BODY_CHAINS),
			    ACT_NUMBER_MOST, ACT_NUMBER_MOST - i);

			assert_true(forget_add(&b.forget, &id));
		}
		return true;
	case ACT_HEARTBEAT:
		b.heartbeat.clock = ACT_NUMBER_MOST;
		b.heartbeat.all = 1;
		b.heartbeat.of = 2;
		b.heartbeat.n = BODY_HEADS;
		for (size_t i = 0; i < BODY_HEADS; i++)
			b.heartbeat.heads[i] = (struct act_head){ { 1 },
				ACT_NUMBER_MOST, ACT_NUMBER_MOST, { 2 } };
		return true;
	case ACT_WANT:
		b.want.n = BODY_RANGES;
		for (size_t i = 0; i < BODY_RANGES; i++)
			b.want.ranges[i] = (struct act_range){ { 1 },
				ACT_NUMBER_MOST, 1, ACT_NUMBER_MOST };
		return true;
	case ACT_CARRY:
		b.carry.n = b.carry.n_lacked = BODY_RANGES;
		for (size_t i = 0; i < BODY_RANGES; i++)
			b.carry.ranges[i] = b.carry.lacked[i] =
			    (struct act_range){ { 1 }, ACT_NUMBER_MOST, 1,
				    ACT_NUMBER_MOST };
		return true;
	default:
		return false;
	}
}

static void make(uint8_t type)
{
	memset(&b, 0, sizeof(b));
	switch (type) {
	case ACT_NOTICE:
		b = notice_of(7);
		b.notice.subject.addr = (struct addr){ 6, { 0x20, 1, 0xd } };
		b.notice.subject.bits = 64;
		b.notice.update = 1;
		memcpy(b.notice.service, "1234567890123456789012345678901", 32);
		break;
	case ACT_MURMUR:
		b.murmur = (struct act_murmur){ { 9 }, 3, 1, 1000 };
		break;
	case ACT_CONDUCT:
		b.conduct = (struct act_conduct){ .notice = id_of(1, 2, 3),
			.subject = { { 4, { 192, 0, 2, 1 } }, 32 },
			.basis = BASIS_LOGINS,
			.days = 3,
			.since = 1000,
			.term = 86400 };
		break;
	case ACT_REFERRAL:
		b.referral = (struct act_referral){ .to = { 1 },
			.subject = { { 4, { 192, 0, 2, 1 } }, 32 },
			.count = 5,
			.first = 1,
			.last = 2 };
		break;
	case ACT_SETTLEMENT:
		b.settlement = (struct act_settlement){ id_of(1, 2, 3),
			SETTLED_REFUSED, 4 };
		break;
	case ACT_RUN:
		b.run = (struct act_run){ RUN_LAPSE, 5, 6, { 7 } };
		break;
	default:
		assert_true(make_long(type));
	}
}

static size_t encode(uint8_t type)
{
	size_t n = 0;

	assert_int_equal(body_encode(type, &b, bytes, sizeof(bytes), &n),
	    ACT_OK);
	return n;
}

static void every_body_reads_back_even_at_its_largest(void **state)
{
	for (uint8_t t = 0; t < UINT8_MAX; t++) {
		size_t n;

		if (!act_type_name(t)) {
			assert_int_equal(decode(t, "\xa0", 1), ACT_E_TYPE);
			continue;
		}
		make(t);
		n = encode(t);
		assert_true(n > 0 && n <= ACT_BODY_MOST);
		assert_int_equal(decode(t, (char *)bytes, n), ACT_OK);
		assert_memory_equal(&again, &b, body_kind(t)->size);
		for (size_t k = 0; k < n; k++)
			assert_int_not_equal(decode(t, (char *)bytes, k),
			    ACT_OK);
	}
}

static void a_receipt_that_is_full_says_so(void **state)
{
	struct act_answer a = { .verdict = ANSWER_CLOSED };
	struct act_id id = id_of(BODY_CHAINS, 1, 1);

	make(ACT_RECEIPT);
	assert_false(receipt_add(&b.receipt, &id, &a));
	memset(&b, 0, sizeof(b));
	for (uint8_t i = 0; i < BODY_CHAINS; i++) {
		id = id_of(i, 1, 1);
		assert_true(receipt_add(&b.receipt, &id, &a));
	}
	id = id_of(BODY_CHAINS, 1, 1);
	assert_false(receipt_add(&b.receipt, &id, &a));
	id = id_of(0, 2, 1);
	assert_false(receipt_add(&b.receipt, &id, &a));
	id = id_of(3, 1, 2);
	assert_true(receipt_add(&b.receipt, &id, &a));
	assert_int_equal(b.receipt.answers[BODY_CHAINS].chain, 3);
}

/* A settlement in all its wrong forms: short enough to write them down. */
#define ENVOY32 \
	"\x58\x20" \
	"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
#define ID      "\x83" ENVOY32 "\x02\x03"
#define IS(lit) (lit), sizeof(lit) - 1

static void each_fault_has_its_name(void **state)
{
	static const struct {
		const char *what, *p;
		size_t n;
		enum act_fault fault;
	} t[] = {
		{ "as it is", IS("\xa2\x01" ID "\x02\x01"), ACT_OK },
		{ "unknown keys",
		    IS("\xa4\x01" ID "\x02\x01\x09\xf6\x18\x63"
		       "\x82\x01\xa1\x61"
		       "a\xf5"),
		    ACT_OK },
		{ "more places",
		    IS("\xa2\x01\x84" ENVOY32 "\x02\x03\x60"
		       "\x02\x01"),
		    ACT_OK },
		{ "nothing", IS(""), ACT_E_SHORT },
		{ "no map", IS("\x80"), ACT_E_KIND },
		{ "an empty map", IS("\xa0"), ACT_E_MISSING },
		{ "one key missing", IS("\xa1\x01" ID), ACT_E_MISSING },
		{ "the first key missing", IS("\xa1\x02\x01"), ACT_E_MISSING },
		{ "a place missing", IS("\xa2\x01\x82" ENVOY32 "\x02\x02\x01"),
		    ACT_E_MISSING },
		{ "keys out of order", IS("\xa2\x02\x01\x01" ID),
		    ACT_E_MISSING },
		{ "unknown keys out of order",
		    IS("\xa4\x01" ID "\x02\x01\x09\x00\x08\x00"), ACT_E_ORDER },
		{ "a key twice", IS("\xa3\x01" ID "\x02\x01\x02\x01"),
		    ACT_E_ORDER },
		{ "a longer number", IS("\xa2\x01" ID "\x02\x18\x01"),
		    ACT_E_CBOR },
		{ "a longer length", IS("\xb8\x02\x01" ID "\x02\x01"),
		    ACT_E_CBOR },
		{ "without an end", IS("\xbf\x01" ID "\x02\x01\xff"),
		    ACT_E_CBOR },
		{ "a float", IS("\xa3\x01" ID "\x02\x01\x09\xf9\x3c\x00"),
		    ACT_E_CBOR },
		{ "a reserved head", IS("\xa2\x01" ID "\x02\x1c"), ACT_E_CBOR },
		{ "text for a number", IS("\xa2\x01" ID "\x02\x60"),
		    ACT_E_KIND },
		{ "a text for a key",
		    IS("\xa3\x01" ID "\x02\x01\x61"
		       "a\x01"),
		    ACT_E_KIND },
		{ "too high", IS("\xa2\x01" ID "\x02\x04"), ACT_E_RANGE },
		{ "too low", IS("\xa2\x01" ID "\x02\x00"), ACT_E_RANGE },
		{ "0 that is left out", IS("\xa3\x01" ID "\x02\x01\x03\x00"),
		    ACT_E_RANGE },
		{ "a short envoy",
		    IS("\xa2\x01\x83\x41"
		       "e\x02\x03\x02\x01"),
		    ACT_E_RANGE },
		{ "bytes behind it", IS("\xa2\x01" ID "\x02\x01\x00"),
		    ACT_E_REST },
		{ "five deep",
		    IS("\xa3\x01" ID "\x02\x01\x09\x81\x81\x81\x81"
		       "\x81\x81\x00"),
		    ACT_E_DEPTH },
		{ "a map of 2^63",
		    IS("\xa3\x01" ID "\x02\x01\x09\xbb\x80\0\0"
		       "\0\0\0\0\0"),
		    ACT_E_SHORT },
		{ "a list of 2^32",
		    IS("\xa3\x01" ID "\x02\x01\x09\x9b\0\0\0"
		       "\1\0\0\0\0"),
		    ACT_E_SHORT },
		{ "33 keys", IS("\xb8\x21\x01" ID "\x02\x01"), ACT_E_RANGE },
	};

	for (size_t i = 0; i < countof(t); i++) {
		enum act_fault is = decode(ACT_SETTLEMENT, t[i].p, t[i].n);

		if (is != t[i].fault)
			print_message("# %s: %s\n", t[i].what,
			    act_fault_name(is));
		assert_int_equal(is, t[i].fault);
	}
}

static void a_subject_is_a_prefix(void **state)
{
	size_t n;

	make(ACT_REFERRAL);
	n = encode(ACT_REFERRAL);
	assert_int_equal(decode(ACT_REFERRAL, (char *)bytes, n), ACT_OK);
	b.referral.subject.bits = 24; /* with bits below it */
	assert_int_equal(body_encode(ACT_REFERRAL, &b, bytes, sizeof(bytes),
			     &n),
	    ACT_E_NET);
	b.referral.subject.bits = 33;
	assert_int_equal(body_encode(ACT_REFERRAL, &b, bytes, sizeof(bytes),
			     &n),
	    ACT_E_NET);
}

/* What is between the fields: in the encoder as in the decoder. */
static void fields_that_contradict_are_refused(void **state)
{
	size_t n = 0;

	make(ACT_NOTICE);
	b.notice.first = b.notice.last + 1;
	assert_int_equal(body_encode(ACT_NOTICE, &b, bytes, sizeof(bytes), &n),
	    ACT_E_RANGE);
	make(ACT_NOTICE);
	memset(b.notice.service, 'x', sizeof(b.notice.service));
	assert_int_equal(body_encode(ACT_NOTICE, &b, bytes, sizeof(bytes), &n),
	    ACT_E_RANGE);
	make(ACT_NOTICE);
	b.notice.service[3] = '\n';
	assert_int_equal(body_encode(ACT_NOTICE, &b, bytes, sizeof(bytes), &n),
	    ACT_E_RANGE);
	make(ACT_NOTICE);
	b.notice.evidence = 2; /* forgeable packets: evidence for nobody */
	assert_int_equal(body_encode(ACT_NOTICE, &b, bytes, sizeof(bytes), &n),
	    ACT_E_RANGE);
	make(ACT_RECEIPT);
	b.receipt.n_chains = 3;
	assert_int_equal(body_encode(ACT_RECEIPT, &b, bytes, sizeof(bytes), &n),
	    ACT_E_RANGE);
	memset(&b, 0, sizeof(b));
	assert_int_equal(body_encode(ACT_RECEIPT, &b, bytes, sizeof(bytes), &n),
	    ACT_E_MISSING);
	make(ACT_RUN);
	b.run.seq = 0;
	assert_int_equal(body_encode(ACT_RUN, &b, bytes, sizeof(bytes), &n),
	    ACT_E_MISSING);
	make(ACT_WANT);
	b.want.ranges[5].from = b.want.ranges[5].to + 1;
	assert_int_equal(body_encode(ACT_WANT, &b, bytes, sizeof(bytes), &n),
	    ACT_E_RANGE);
	make(ACT_HEARTBEAT);
	b.heartbeat.part = b.heartbeat.of;
	assert_int_equal(body_encode(ACT_HEARTBEAT, &b, bytes, sizeof(bytes),
			     &n),
	    ACT_E_RANGE);
	make(ACT_HEARTBEAT);
	b.heartbeat.n = BODY_HEADS + 1;
	assert_int_not_equal(body_encode(ACT_HEARTBEAT, &b, bytes,
				 sizeof(bytes), &n),
	    ACT_OK);
	make(ACT_CARRY);
	assert_int_equal(body_encode(ACT_CARRY, &b, bytes, 100, &n),
	    ACT_E_LONG);
	assert_int_equal(n, 0);
}

/* A body that was changed on the way never gets so far, since it is not the
 * one that was signed; a mad author's does. It is refused for a reason, or it
 * is within the bounds and encodes again. */
static void a_hundred_thousand_mutations_stay_in_bounds(void **state)
{
	size_t counted[ACT_FAULT_N] = { 0 }, n = 0;
	uint64_t x = 88172645463325252ULL;
	uint8_t type = 0;

	for (int i = 0; i < 100000; i++) {
		uint8_t copy[ACT_BODY_MOST];
		size_t size, again_n;
		enum act_fault e;

		if (i % 2000 == 0) {
			do
				type = (uint8_t)((type + 1) % 40);
			while (!act_type_name(type));
			make(type);
			n = encode(type);
		}
		memcpy(copy, bytes, n);
		for (size_t k = 0; k < 1 + (x >> 60) % 3; k++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			copy[x % n] ^= (uint8_t)(1 + (x >> 40) % 255);
		}
		size = (x >> 33 & 15) == 0 ? x % n : n;
		e = decode(type, (char *)copy, size);
		counted[e]++;
		if (e != ACT_OK)
			continue;
		b = again;
		assert_int_equal(body_encode(type, &b, copy, sizeof(copy),
				     &again_n),
		    ACT_OK);
		assert_true(again_n <= size);
		make(type);
		encode(type);
	}
	for (size_t i = 0; i < ACT_FAULT_N; i++)
		if (counted[i])
			print_message("# %s: %zu\n",
			    act_fault_name((enum act_fault)i), counted[i]);
	assert_true(counted[ACT_E_RANGE] > 100);
	assert_true(counted[ACT_E_CBOR] > 100);
	assert_true(counted[ACT_E_KIND] > 100);
	assert_true(counted[ACT_E_SHORT] > 100);
	assert_true(counted[ACT_OK] < 90000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_body_reads_back_even_at_its_largest),
		cmocka_unit_test(a_receipt_that_is_full_says_so),
		cmocka_unit_test(each_fault_has_its_name),
		cmocka_unit_test(a_subject_is_a_prefix),
		cmocka_unit_test(fields_that_contradict_are_refused),
		cmocka_unit_test(a_hundred_thousand_mutations_stay_in_bounds),
	};

	act_init();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
