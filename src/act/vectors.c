/*
 * vectors - writes the test vectors of docs/protocol.md into a folder.
 *
 *   act_vectors FOLDER
 *
 * acts.txt: records of "key = value" lines, each begun by [what it is] and
 * ended by an empty line; bytes as hex. chain.lptacts: a dump of two envoys'
 * chains. Everything in them follows from fixed seeds, salts and times, so
 * that two runs are equal byte for byte; a test holds them against what is
 * checked in, and tests/verify/liptako_verify.py against its own reading.
 */
#include "act/act_test.h"
#include "act/dump.h"

#define ISSUED UINT64_C(1795310000000) /* 2026-11-22T01:13:20Z */

static FILE *text;
static uint8_t frame[FRAME_MOST];
static struct said acts[FRAME_ACTS];
static struct frame parsed;

static void put_hex(const char *key, const void *p, size_t n)
{
	const uint8_t *b = p;

	fprintf(text, "%s = ", key);
	for (size_t i = 0; i < n; i++)
		fprintf(text, "%02x", b[i]);
	fputc('\n', text);
}

static void put_frame(size_t n)
{
	if (n == 0)
		die("a frame that does not fit");
	put_hex("frame", frame, n);
}

static struct act_id id_of(const struct said *a)
{
	struct act_id id = { .run = a->e.run, .seq = a->e.seq };

	memcpy(id.envoy, a->e.envoy, ACT_KEY);
	return id;
}

static struct net net_from(const char *z)
{
	struct net n;

	if (!net_parse(str_of(z), false, &n))
		die("no prefix: %s", z);
	return n;
}

/* One body of each type and what it says, in words that need no Liptako. */
struct sample {
	uint8_t type;
	const char *says;
	union act_body b;
};

static struct sample samples[] = {
	{ ACT_RUN, "why=1", { .run = { .why = RUN_START } } },
	{ ACT_NOTICE,
	    "subject=203.0.113.7/32 kind=1 evidence=0 count=5 "
	    "first=1795309990000 last=1795309999999 service=sshd asked=2 "
	    "term=3600",
	    { .notice = { .kind = 1,
		  .count = 5,
		  .first = ISSUED - 10000,
		  .last = ISSUED - 1,
		  .service = "sshd",
		  .asked = ASSIST_DENY,
		  .term = 3600 } } },
	{ ACT_NOTICE,
	    "subject=2001:db8:0:7::/64 kind=300 evidence=1 count=70000 "
	    "first=1 last=2 asked=1 term=86400 update=1",
	    { .notice = { .kind = 300,
		  .evidence = 1,
		  .count = 70000,
		  .first = 1,
		  .last = 2,
		  .asked = ASSIST_LIMIT,
		  .term = 86400,
		  .update = 1 } } },
	{ ACT_MURMUR,
	    "mac=aa00000000000000000000000000000000000000000000000000000000"
	    "000000 epoch=19 kind=2 at=1795309999000",
	    { .murmur = { { 0xaa }, 19, 2, ISSUED - 1000 } } },
	{ ACT_RECEIPT,
	    "answers=1:assisting:12:2:1795313600,2:declined:4:0:0 "
	    "over_budget=7",
	    { .receipt = { .over_budget = 7 } } },
	{ ACT_PARDON, "why=1 ids=2", { .pardon = { .why = 1, .n = 1 } } },
	{ ACT_CONDUCT,
	    "notice=2 subject=203.0.113.7/32 basis=2 days=4 "
	    "since=1794000000000 term=86400",
	    { .conduct = { .basis = BASIS_LOGINS,
		  .days = 4,
		  .since = UINT64_C(1794000000000),
		  .term = 86400 } } },
	{ ACT_REFERRAL,
	    "to=4d00000000000000000000000000000000000000000000000000000000"
	    "000000 subject=198.51.100.0/24 kind=1 evidence=0 count=3 "
	    "first=1 last=2",
	    { .referral = { .to = { 0x4d },
		  .kind = 1,
		  .count = 3,
		  .first = 1,
		  .last = 2 } } },
	{ ACT_SETTLEMENT, "referral=2 state=2 reason=9",
	    { .settlement = { .state = SETTLED_SETTLED, .reason = 9 } } },
	{ ACT_FORGET, "ids=1,2", { .forget = { 0 } } },
	{ ACT_HEARTBEAT, "clock=1795310000000 all=1 part=0 of=1 heads=2",
	    { .heartbeat = { .clock = ISSUED, .all = 1, .of = 1 } } },
	{ ACT_WANT,
	    "to=4d00000000000000000000000000000000000000000000000000000000"
	    "000000 ranges=3-900",
	    { .want = { .to = { 0x4d } } } },
	{ ACT_CARRY,
	    "to=4d00000000000000000000000000000000000000000000000000000000"
	    "000000 ranges=3-800 lacked=801-900",
	    { .carry = { .to = { 0x4d } } } },
};

static struct act_range range_of(const struct said *a, uint64_t from,
    uint64_t to)
{
	struct act_range r = { .run = a->e.run, .from = from, .to = to };

	memcpy(r.envoy, a->e.envoy, ACT_KEY);
	return r;
}

/* What names acts names the first two of the chain. */
static void complete(struct sample *s, const struct said *first)
{
	struct act_id one = id_of(&first[0]), two = id_of(&first[1]);
	struct act_answer yes = { .verdict = ANSWER_ASSISTING,
		.reason = 12,
		.measure = ASSIST_DENY,
		.until = 1795313600 };
	struct act_answer no = { .verdict = ANSWER_DECLINED, .reason = 4 };
	struct act_head *h = s->b.heartbeat.heads;

	switch (s->type) {
	case ACT_NOTICE:
		s->b.notice.subject =
		    net_from(s->b.notice.update ? "2001:db8:0:7::/64"
						: "203.0.113.7/32");
		return;
	case ACT_RECEIPT:
		receipt_add(&s->b.receipt, &one, &yes);
		receipt_add(&s->b.receipt, &two, &no);
		return;
	case ACT_PARDON:
		s->b.pardon.ids[0] = two;
		return;
	case ACT_CONDUCT:
		s->b.conduct.notice = two;
		s->b.conduct.subject = net_from("203.0.113.7/32");
		return;
	case ACT_REFERRAL:
		s->b.referral.subject = net_from("198.51.100.0/24");
		return;
	case ACT_SETTLEMENT:
		s->b.settlement.referral = two;
		return;
	case ACT_FORGET:
		forget_add(&s->b.forget, &one);
		forget_add(&s->b.forget, &two);
		return;
	case ACT_HEARTBEAT:
		s->b.heartbeat.n = 1;
		*h = (struct act_head){ .run = two.run, .seq = two.seq };
		memcpy(h->envoy, first[1].e.envoy, ACT_KEY);
		memcpy(h->hash, &first[1].hash, ACT_HASH);
		return;
	case ACT_WANT:
		s->b.want.ranges[s->b.want.n++] = range_of(first, 3, 900);
		return;
	case ACT_CARRY:
		s->b.carry.ranges[s->b.carry.n++] = range_of(first, 3, 800);
		s->b.carry.lacked[s->b.carry.n_lacked++] =
		    range_of(first, 801, 900);
		return;
	default:
		return;
	}
}

static void put_act(const struct said *a, const char *says)
{
	const struct frame_item item = item_of(a);

	fprintf(text, "[act %s]\nsays = %s\n", act_type_name(a->e.type), says);
	fprintf(text, "run = %llu\nseq = %llu\n", (unsigned long long)a->e.run,
	    (unsigned long long)a->e.seq);
	put_hex("salt", a->salt, sizeof(a->salt));
	put_hex("body", a->body, a->n);
	put_hex("commit", &a->e.commit, ACT_HASH);
	put_hex("header", a->header, sizeof(a->header));
	put_hex("hash", &a->hash, ACT_HASH);
	put_frame(frame_write(a->proof.sig, &item, 1, frame, sizeof(frame)));
	fputc('\n', text);
}

static void put_acts(struct speaker *s)
{
	for (size_t i = 0; i < countof(samples); i++) {
		complete(&samples[i], acts);
		speak(s, samples[i].type, &samples[i].b, &acts[i]);
		put_act(&acts[i], samples[i].says);
	}
}

static void notices(struct speaker *s, struct said *to, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		union act_body b = notice_of(i);

		speak(s, ACT_NOTICE, &b, &to[i]);
	}
}

static size_t forward(size_t i, bool bare)
{
	struct frame_item item = item_of(&acts[i]);
	struct act_proof p;

	if (bare)
		item.salt = NULL;
	frame_proof(&parsed, i, &p);
	return frame_forward(&p, &item, frame, sizeof(frame));
}

static void put_batch(struct speaker *s, uint32_t n)
{
	struct act_hash all[FRAME_ACTS], root;
	size_t size;

	notices(s, acts, n);
	for (size_t i = 0; i < n; i++)
		all[i] = acts[i].hash;
	root = merkle_root(all, n);
	size = batch(s, acts, n, frame);
	fprintf(text, "[batch]\nacts = %u\n", n);
	put_hex("root", &root, ACT_HASH);
	put_frame(size);
	fputc('\n', text);
	if (n > 7)
		return;
	static uint8_t kept[FRAME_MOST];

	memcpy(kept, frame, size);
	if (frame_parse(&parsed, kept, size) != ACT_OK)
		die("our own batch");
	for (size_t i = 0; i < n; i++) {
		fprintf(text, "[forwarded]\nof = %u\nindex = %zu\n", n, i);
		put_hex("root", &root, ACT_HASH);
		put_frame(forward(i, false));
		fputc('\n', text);
	}
	fputs("[erased]\n", text);
	put_frame(forward(n / 2, true));
	fputc('\n', text);
}

static void put_sealed(void)
{
	const struct str whole = STR("liptako-sealed v1 charter 5\nhello");
	size_t n = frame_seal(whole, 0, frame, sizeof(frame));

	fputs("[sealed]\n", text);
	put_hex("whole", whole.p, whole.n);
	put_frame(n);
	fputc('\n', text);
}

static void put_perjury(void)
{
	struct speaker s = speaker_new(3, ISSUED), twin = s;
	union act_body a = notice_of(1), b = notice_of(2);
	uint8_t proof[PERJURY_MOST];
	struct said one, other;
	size_t n;

	speak(&s, ACT_NOTICE, &a, &one);
	speak(&twin, ACT_NOTICE, &b, &other);
	n = perjury_write(&one.proof, one.header, &other.proof, other.header,
	    proof, sizeof(proof));
	fputs("[perjury]\n", text);
	put_hex("envoy", s.e.envoy, ACT_KEY);
	put_hex("proof", proof, n);
	fputc('\n', text);
}

/* One thing wrong in each, and its name. */
static void put_bad_frames(void)
{
	static const struct {
		size_t at;
		uint8_t with;
		enum act_fault fault;
	} bad[] = {
		{ 0, 2, ACT_E_VERSION },
		{ 1, 9, ACT_E_FORM },
		{ 2, 0, ACT_E_COUNT },
		{ 2, 65, ACT_E_COUNT },
		{ 2, 3, ACT_E_SHORT },
		{ 2, 1, ACT_E_REST },
		{ 5, 0, ACT_E_SIGNATURE },
		{ 67, 'l', ACT_E_MAGIC },
		{ 71, 2, ACT_E_VERSION },
		{ 72, 2, ACT_E_ALG },
		{ 74, 5, ACT_E_LABEL },
		{ 67 + 108, 0x80, ACT_E_NUMBER },
		{ 67 + 156, 0x7f, ACT_E_TIMES },
		{ 73, ACT_WANT, ACT_E_FOLLOWS },
		{ 67 + 204 + 2, 0xff, ACT_E_COMMIT },
		{ 67 + 204, 0x20, ACT_E_LONG },
	};
	struct speaker s = speaker_new(1, ISSUED);

	for (size_t i = 0; i < countof(bad); i++) {
		size_t n;

		notices(&s, acts, 2);
		n = batch(&s, acts, 2, frame);
		frame[bad[i].at] = bad[i].with;
		fprintf(text, "[bad frame]\nfault = %s\n",
		    act_fault_name(bad[i].fault));
		put_frame(n);
		fputc('\n', text);
	}
}

#define IS(lit) (lit), sizeof(lit) - 1
#define ID \
	"\x83\x58\x20" \
	"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee\x02\x03"

static void put_bodies(void)
{
	static const struct {
		enum act_fault fault;
		const char *p;
		size_t n;
	} t[] = {
		{ ACT_OK, IS("\xa2\x01" ID "\x02\x01") },
		{ ACT_OK, IS("\xa4\x01" ID "\x02\x01\x09\xf6\x18\x63\x80") },
		{ ACT_E_SHORT, IS("\xa2\x01") },
		{ ACT_E_KIND, IS("\x80") },
		{ ACT_E_MISSING, IS("\xa1\x01" ID) },
		{ ACT_E_ORDER, IS("\xa3\x01" ID "\x02\x01\x02\x01") },
		{ ACT_E_CBOR, IS("\xa2\x01" ID "\x02\x18\x01") },
		{ ACT_E_CBOR, IS("\xbf\x01" ID "\x02\x01\xff") },
		{ ACT_E_CBOR, IS("\xa3\x01" ID "\x02\x01\x09\xf9\x3c\x00") },
		{ ACT_E_RANGE, IS("\xa2\x01" ID "\x02\x04") },
		{ ACT_E_RANGE, IS("\xa3\x01" ID "\x02\x01\x03\x00") },
		{ ACT_E_REST, IS("\xa2\x01" ID "\x02\x01\x00") },
		{ ACT_E_DEPTH, IS("\xa3\x01" ID "\x02\x01\x09\x81\x81\x81\x81"
				  "\x81\x81\x00") },
	};

	for (size_t i = 0; i < countof(t); i++) {
		static union act_body b;
		struct str body = { t[i].p, t[i].n };

		if (body_decode(ACT_SETTLEMENT, body, &b) != t[i].fault)
			die("body %zu", i);
		fprintf(text, "[body]\ntype = %d\nfault = %s\n", ACT_SETTLEMENT,
		    act_fault_name(t[i].fault));
		put_hex("body", body.p, body.n);
		fputc('\n', text);
	}
}

static FILE *dump;

static void put_dump(size_t n)
{
	uint8_t length[DUMP_LENGTH];

	dump_length(length, n);
	fwrite(length, 1, sizeof(length), dump);
	fwrite(frame, 1, n, dump);
}

static void put_run(struct speaker *s, uint64_t now, enum act_run_why why)
{
	union act_body b = { 0 };

	chain_begin(&s->author, now, why, &b.run);
	speak(s, ACT_RUN, &b, &acts[0]);
	put_dump(batch(s, acts, 1, frame));
}

/* Two envoys: batches, a restart, acts that another carried, one of them
 * without its body. */
static void put_chain(void)
{
	struct speaker a = speaker_new(1, ISSUED), b = speaker_new(2, ISSUED);
	static uint8_t kept[FRAME_MOST];
	size_t n;

	fwrite(DUMP_MAGIC, 1, DUMP_HEAD, dump);
	a.author = b.author = (struct chain_author){ 0 };
	put_run(&a, ISSUED, RUN_START);
	put_run(&b, ISSUED + 7, RUN_START);
	notices(&a, acts, 5);
	put_dump(batch(&a, acts, 5, frame));
	notices(&b, acts, 1);
	put_dump(batch(&b, acts, 1, frame));
	put_run(&a, ISSUED + 60000, RUN_START);
	notices(&a, acts, 4);
	n = batch(&a, acts, 4, kept);
	if (frame_parse(&parsed, kept, n) != ACT_OK)
		die("our own batch");
	for (size_t i = 4; i-- > 0;)
		put_dump(forward(i, i == 2));
	n = frame_seal(STR("liptako-sealed v1 charter 5\nhello"), 0, frame,
	    sizeof(frame));
	put_dump(n);
}

static FILE *open_in(const char *folder, const char *name)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "we");
	if (!f)
		die("%s: %s", path, strerror(errno));
	return f;
}

int main(int n, char **arg)
{
	struct speaker s;

	if (n != 2) {
		fputs("usage: act_vectors FOLDER\n", stderr);
		return 2;
	}
	act_init();
	text = open_in(arg[1], "acts.txt");
	dump = open_in(arg[1], "chain.lptacts");
	s = speaker_new(1, ISSUED);
	fputs("# Made by act_vectors; docs/protocol.md says what it means.\n\n"
	      "[key]\n",
	    text);
	put_hex("seed", s.secret, 32);
	put_hex("envoy", s.e.envoy, ACT_KEY);
	put_hex("alliance", s.e.alliance, ACT_KEY);
	put_hex("party", s.e.party, ACT_KEY);
	fputc('\n', text);
	put_acts(&s);
	put_batch(&s, 3);
	put_batch(&s, 7);
	put_batch(&s, 64);
	put_sealed();
	put_perjury();
	put_bad_frames();
	put_bodies();
	put_chain();
	return fclose(text) != 0 || fclose(dump) != 0;
}
