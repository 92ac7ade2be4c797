/* f2b_filter_fuzz - any lines through a filter with sessions and one with
 * several lines at once; both ways of looking give the same failures. */
#include "f2b/filter.h"
#include "line/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static struct f2b_text pre = {
	"^<F-MLFID>(?:\\S+ )?d\\[\\d+\\]: </F-MLFID>(?:error: )?"
	"<F-CONTENT>.+</F-CONTENT>$"
};
static struct f2b_text joined[] = {
	{ "^Failed \\S+ for <F-USER>.*?</F-USER> from <HOST>(?: port \\d+)?$" },
	{ "^bad user <F-USER>\\S*</F-USER>$" },
	{ "^<F-NOFAIL>user=<F-ALT_USER>\\S*</F-ALT_USER></F-NOFAIL>" },
	{ "^<F-NOFAIL><F-MLFFORGET>bye</F-MLFFORGET></F-NOFAIL> <ADDR>" },
	{ "^<F-MLFGAINED>welcome</F-MLFGAINED> <F-USER>\\S+</F-USER>" },
	{ "^<SUBNET> is <F-ID>\\S+</F-ID>$" },
};
static struct f2b_text spread[] = {
	{ "^ (?P<id>\\d+) bad$<SKIPLINES>^ (?P=id) end <HOST>$" },
	{ "^ alone <HOST>$" },
};
static struct f2b_text ignore[] = { { "from 192\\.0\\.2\\.66" } };

static void tell(void *arg, const struct f2b_fault *fault)
{
	assert(fault->what[0]);
}

static struct f2b_filter *filter(bool sessions, bool explain)
{
	struct f2b_plan plan = { .jail = "j",
		.names = true,
		.maxlines = sessions ? 1 : 4,
		.prefregex = sessions ? pre : (struct f2b_text){ 0 },
		.failregex = sessions ? joined : spread,
		.n_fail = sessions ? countof(joined) : countof(spread),
		.ignoreregex = ignore,
		.n_ignore = 1 };
	static struct zone *zone;
	struct f2b_options o = { .clock.now = 1124013600, .explain = explain };
	struct f2b_filter *f = NULL;

	if (!zone)
		zone_new(&zone, "UTC");
	o.clock.zone = zone;
	f2b_filter_new(&f, &plan, &o, tell, NULL);
	assert(f);
	return f;
}

static void same(const struct f2b_failure *a, const struct f2b_failure *b)
{
	assert(!a == !b);
	if (!a)
		return;
	assert(a->id.n > 0 && str_eq(a->id, b->id));
	assert(a->attempts == b->attempts && a->regex == b->regex &&
	       a->n_fields == b->n_fields && a->n_users == b->n_users);
	for (size_t i = 0; i < a->n_fields; i++)
		assert(str_eq(a->fields[i].value, b->fields[i].value));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	/* kept, since they take long to make: what was said before counts */
	static struct f2b_filter *quick[2], *slow[2];
	struct str all = { (const char *)bytes, n }, rest;

	for (int i = 0; i < 2; i++) {
		struct f2b_line line = { 0 };

		if (!quick[i]) {
			quick[i] = filter(i, false);
			slow[i] = filter(i, true);
		}
		for (rest = all; frame_cut(&rest, &line.text);)
			same(f2b_filter_feed(quick[i], &line),
			    f2b_filter_feed(slow[i], &line));
	}
	return 0;
}
