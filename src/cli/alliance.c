#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include "act/dump.h"
#include "act/frame.h"
#include "cli/doctor.h"
#include "cli/term.h"

/*
 * alliance: how the allies stand, as judge sees them; and all that was ever
 * said, in a file that anybody can check. forget: an address is erased, here
 * and at the allies.
 */

struct seen {
	struct ask_options ask;
	json_t *alliances, *parties, *posts;
	int64_t now;
};

static void sort_row(void *arg, const json_t *row)
{
	struct seen *s = arg;
	const char *is = get_text(row, "is");
	json_t *to = !strcmp(is, "alliance") ? s->alliances
		     : !strcmp(is, "party")  ? s->parties
					     : s->posts;

	json_array_append(to, (json_t *)(uintptr_t)row);
}

static const char *standing(const json_t *p)
{
	if (get_flag(p, "self"))
		return "we";
	if (get_flag(p, "suspended"))
		return "suspended";
	if (get_flag(p, "withdrawn"))
		return "withdrawn";
	if (!get_flag(p, "present"))
		return "left";
	if (get_flag(p, "waits"))
		return "over quota";
	return get_flag(p, "probation") ? "probation" : "ally";
}

static int64_t answered(const json_t *p, const char *whom)
{
	const json_t *o = json_object_get(p, whom), *v;
	const char *key;
	int64_t sum = 0;

	json_object_foreach((json_t *)(uintptr_t)o, key, v) sum +=
	    json_integer_value(v);
	return sum;
}

static void slots(const json_t *p, char *to, size_t size)
{
	snprintf(to, size, "%lld of %lld", (long long)get_num(p, "slots"),
	    (long long)get_num(p, "slots_most"));
}

static const char *heard(const struct seen *s, const json_t *p)
{
	int64_t at = get_num(p, "beat");

	return get_flag(p, "self") ? "" : at ? show_ago(s->now, at) : "never";
}

static void party_row(const struct seen *s, struct table *t, const json_t *p)
{
	bool self = get_flag(p, "self");
	char used[48] = "", clock[32] = "";

	if (!self)
		slots(p, used, sizeof(used));
	if (!self && (get_num(p, "beat") || get_num(p, "offset_ms")))
		snprintf(clock, sizeof(clock), "%+.1f s",
		    (double)get_num(p, "offset_ms") / 1000);
	table_row(t,
	    (const char *[]){ get_text(p, "party"), standing(p),
		show_count((uint64_t)get_num(p, "hosts")), heard(s, p), clock,
		self ? "" : show_count((uint64_t)get_num(p, "heard")),
		self ? "" : show_count((uint64_t)get_num(p, "missing")), used,
		self ? "" : show_count((uint64_t)get_num(p, "credit")),
		self ? "" : show_count((uint64_t)answered(p, "to_us")) });
}

static void parties(const struct seen *s, const char *alliance)
{
	static const char *const heads[] = { "PARTY", "STANDING", ">HOSTS",
		"HEARD", ">CLOCK", ">ACTS", ">LACKED", ">SLOTS", ">CREDIT",
		">RECEIPTS" };
	struct table t;
	json_t *p;
	size_t i;

	table_new(&t, countof(heads), heads);
	json_array_foreach(s->parties, i,
	    p) if (!strcmp(get_text(p, "alliance"), alliance))
	    party_row(s, &t, p);
	table_print(&t, "  ");
	table_free(&t);
}

enum {
	SOON = 30 * 86400 /* s: what ends by then is said */
};

static void ends(const struct seen *s, const char *alliance)
{
	json_t *p;
	size_t i;

	json_array_foreach(s->parties, i, p)
	{
		int64_t at = get_num(p, "roll_ends");

		if (at && at < s->now + SOON && get_flag(p, "present") &&
		    !strcmp(get_text(p, "alliance"), alliance))
			term_say(TONE_WARN,
			    "  an envoy of %s is heard until %s; then `liptako "
			    "roll renew` there\n",
			    get_text(p, "party"), show_time(at));
	}
}

static void one(const struct seen *s, const json_t *a)
{
	const char *name = get_text(a, "alliance"), *self = get_text(a, "self");
	int64_t expires = get_num(a, "expires");
	bool well = !strcmp(get_text(a, "state"), "alive");

	term_say(TONE_BOLD, "%s", name);
	printf(": version %lld, ", (long long)get_num(a, "version"));
	term_say(well && expires > s->now + SOON ? TONE_PLAIN : TONE_WARN,
	    "%s%sholds until %s\n", well ? "" : get_text(a, "state"),
	    well ? "" : ", ", show_time(expires));
	if (!strcmp(get_text(a, "state"), "lapsed"))
		term_say(TONE_WARN,
		    "  nobody is heard until it is renewed: liptako charter "
		    "renew, and the others' charter seal\n");
	if (*self)
		printf("  we are %s; %s acts said in this run, %s not yet at "
		       "the post\n",
		    self, show_count((uint64_t)get_num(a, "said")),
		    show_count((uint64_t)get_num(a, "behind")));
	else
		term_say(TONE_WARN,
		    "  this host speaks for no party there: its key is on no "
		    "roll (where the seal is: liptako roll renew)\n");
	if (get_num(a, "held_back"))
		term_say(TONE_WARN,
		    "  %s notices of ours wait: as many were given as the "
		    "charter allows\n",
		    show_count((uint64_t)get_num(a, "held_back")));
	parties(s, name);
	ends(s, name);
}

static void posts(const struct seen *s)
{
	static const char *const heads[] = { "POST OF", "LINE", "WHY", ">TIME",
		">DROPPED", "SINCE" };
	struct table t;
	json_t *p;
	size_t i;

	if (json_array_size(s->posts) == 0)
		return;
	table_new(&t, countof(heads), heads);
	json_array_foreach(s->posts, i, p)
	{
		char rtt[32] = "";

		if (get_num(p, "rtt_us"))
			snprintf(rtt, sizeof(rtt), "%.1f ms",
			    (double)get_num(p, "rtt_us") / 1000);
		table_row(&t, (const char *[]){ get_text(p, "party"),
				  get_text(p, "state"), get_text(p, "why"), rtt,
				  show_count((uint64_t)get_num(p, "dropped")),
				  show_ago(s->now, get_num(p, "at")) });
	}
	puts("");
	table_print(&t, "");
	table_free(&t);
}

static void troubles(const struct seen *s)
{
	struct findings f = { json_array(), 0 };
	json_t *r;
	size_t i;

	doctor_allies(&f, s->parties, s->posts);
	json_array_foreach(f.rows, i, r)
	{
		term_say(TONE_WARN, "%s%s\n", i ? "" : "\n",
		    get_text(r, "what"));
		term_say(TONE_DIM, "  cure: %s\n", get_text(r, "cure"));
	}
	json_decref(f.rows);
}

static void tell_all(struct seen *s, const json_t *end)
{
	json_t *a;
	size_t i;

	s->now = get_num(end, "now");
	json_array_foreach(s->alliances, i, a) one(s, a);
	posts(s);
	troubles(s);
	if (!get_flag(end, "notary"))
		term_say(TONE_WARN, "\nThe notary does not run: nothing of "
				    "ours is signed.\n");
	if (!get_flag(end, "envoy"))
		term_say(TONE_WARN, "\nThe envoy does not run: allies hear "
				    "nothing of us.\n");
}

static void tell_json(struct seen *s, json_t *end)
{
	json_object_set(end, "alliances", s->alliances);
	json_object_set(end, "parties", s->parties);
	json_object_set(end, "posts", s->posts);
	ask_print(end);
}

static int show(const struct ask_options *o)
{
	struct seen s = { *o, json_array(), json_array(), json_array(), 0 };
	json_t *q = json_pack("{s:s}", "do", "alliance"), *end = NULL;
	int e = ask("alliance", o, &q, sort_row, &s, &end);

	if (!e && (e = ask_refused("alliance", end)) < 0)
		e = json_array_size(s.alliances) ? CLI_OK : CLI_NO;
	if (e == CLI_OK && o->json)
		tell_json(&s, end);
	else if (e == CLI_OK)
		tell_all(&s, end);
	else if (e == CLI_NO)
		fputs("This host is in no alliance; see "
		      "liptako-charter(1).\n",
		    stderr);
	json_decref(s.alliances);
	json_decref(s.parties);
	json_decref(s.posts);
	json_decref(end);
	return e;
}

/* The dump: sealed acts first, so that whoever reads it knows the keys. */
struct dump {
	FILE *to;
	size_t acts, sealed;
	bool bad;
};

static void put(struct dump *d, const void *frame, size_t n)
{
	uint8_t length[DUMP_LENGTH];

	dump_length(length, n);
	d->bad |= n == 0 || fwrite(length, 1, sizeof(length), d->to) == 0 ||
		  fwrite(frame, 1, n, d->to) != n;
}

static void put_sealed(void *arg, const json_t *row)
{
	struct dump *d = arg;
	const json_t *v = json_object_get(row, "text");
	struct str whole = { json_string_value(v), json_string_length(v) };
	static uint8_t frame[FRAME_MOST];

	if (!whole.p || !str_starts(whole, STR("liptako-sealed ")) ||
	    !strcmp(get_text(row, "type"), "request") ||
	    !strcmp(get_text(row, "type"), "joining"))
		return;
	for (size_t i = 0; i < frame_parts(whole.n); i++)
		put(d, frame,
		    frame_seal(whole, (uint16_t)i, frame, sizeof(frame)));
	d->sealed++;
}

static void put_act(void *arg, const json_t *row)
{
	struct dump *d = arg;
	const json_t *v = json_object_get(row, "frame");
	static uint8_t frame[FRAME_MOST];
	size_t n = 0;

	if (sodium_base642bin(frame, sizeof(frame), json_string_value(v),
		json_string_length(v), NULL, &n, NULL,
		sodium_base64_VARIANT_ORIGINAL) != 0)
		n = 0;
	put(d, frame, n);
	d->acts++;
}

static int ask_sealed(const struct ask_options *o, struct dump *d)
{
	json_t *q = json_pack("{s:s}", "do", "sealed-list"), *end = NULL;
	int e = ask("alliance", o, &q, put_sealed, d, &end);

	if (!e && (e = ask_refused("alliance", end)) < 0)
		e = CLI_OK;
	json_decref(end);
	return e;
}

/* One page of acts; *from becomes 0 after the last. */
static int ask_acts(const struct ask_options *o, struct dump *d, int64_t *from)
{
	json_t *q = json_pack("{s:s}", "do", "acts"), *end = NULL;
	int e;

	if (*from)
		json_object_set_new(q, "from", json_integer(*from));
	e = ask("alliance", o, &q, put_act, d, &end);
	if (!e && (e = ask_refused("alliance", end)) < 0)
		e = CLI_OK;
	*from = e ? 0 : get_num(end, "next");
	json_decref(end);
	return e;
}

static int export(const struct ask_options *o, const char *path)
{
	struct dump d = { .to =
			      strcmp(path, "-") ? fopen(path, "wxe") : stdout };
	int64_t from = 0;
	int e;

	if (!d.to)
		return cli_fault("alliance", "%s: %s", path, strerror(errno));
	d.bad = fwrite(DUMP_MAGIC, 1, DUMP_HEAD, d.to) != DUMP_HEAD;
	e = ask_sealed(o, &d);
	if (!e)
		do
			e = ask_acts(o, &d, &from);
		while (!e && from > 0 && !d.bad);
	if (fclose(d.to) != 0 || d.bad)
		return cli_fault("alliance", "%s cannot be written", path);
	if (!e)
		fprintf(stderr, "%zu frames of acts, %zu sealed acts\n", d.acts,
		    d.sealed);
	return e;
}

int cmd_alliance(int argc, char **argv)
{
	static const struct option longs[] = { ASK_LONG, { 0 } };
	struct ask_options o = ask_defaults();
	int c;

	while ((c = cli_option(argc, argv, longs)) != -1)
		if (!ask_option(&o, c))
			return cli_bad_option(argv, c);
	if (optind == argc ||
	    (optind + 1 == argc && !strcmp(argv[optind], "show")))
		return show(&o);
	if (optind + 2 == argc && !strcmp(argv[optind], "export")) {
		act_init();
		return export(&o, argv[optind + 1]);
	}
	return cli_usage("alliance", "say show, or export and a file");
}

static int forget_one(const struct ask_options *o, const char *net, bool lift)
{
	json_t *q = json_pack("{s:s,s:s,s:b}", "do", "forget", "net", net,
	    "force", lift);
	json_t *end = NULL;
	int e = ask("forget", o, &q, NULL, NULL, &end);

	if (!e && (e = ask_refused("forget", end)) < 0)
		e = CLI_OK;
	if (!e && o->json)
		ask_print(end);
	else if (!e)
		printf("%s is forgotten here, and in %s acts; allies are "
		       "asked to forget ours.\n",
		    net, show_count((uint64_t)get_num(end, "acts")));
	json_decref(end);
	return e;
}

int cmd_forget(int argc, char **argv)
{
	static const struct option longs[] = { ASK_LONG,
		{ "lift", no_argument, NULL, 'l' }, { 0 } };
	struct ask_options o = ask_defaults();
	bool lift = false;
	int c;

	while ((c = cli_option(argc, argv, longs)) != -1) {
		if (c == 'l')
			lift = true;
		else if (!ask_option(&o, c))
			return cli_bad_option(argv, c);
	}
	if (optind + 1 != argc)
		return cli_usage("forget", "which address, or prefix?");
	return forget_one(&o, argv[optind], lift);
}
