/* What the operator asks of the alliance: how it stands, all acts as they
 * were recorded, and to erase an address everywhere. */
#include "judge/ally_priv.h"

#include <sodium.h>

#include "judge/control_priv.h"

enum {
	WHOLE = 1,       /* a flag: the charter's text too */
	ACTS_ROWS = 200, /* frames in one answer */
	ACTS_BYTES = 1 << 20,
};

static void say_row(struct client *c, json_t *row)
{
	json_t *o = json_pack("{s:o}", "row", row);

	client_say(c, &o);
}

static json_t *hex_of(const uint8_t *p, size_t n)
{
	char hex[2 * ACT_KEY + 1];

	sodium_bin2hex(hex, sizeof(hex), p, n);
	return json_string(hex);
}

static const char *state_name(enum alliance_state s)
{
	switch (s) {
	case ALLIANCE_EMPTY:
		return "empty";
	case ALLIANCE_ALIVE:
		return "alive";
	case ALLIANCE_RIVALS:
		return "rivals";
	case ALLIANCE_LAPSED:
		return "lapsed";
	}
	die("no such state");
}

/* As it was sealed. */
static json_t *charter_text(const struct charter *c)
{
	struct text_out out = { 0 };
	json_t *text;

	charter_print(c, &out);
	text = json_stringn(out.p, out.n);
	text_free(&out);
	return text ? text : json_string("");
}

static void say_charter(struct client *cl, const struct ally_charter *c)
{
	const struct judge *j = cl->all->j;
	const struct charter *is = alliance_charter(c->a);
	const struct alliance_party *self =
	    c->self == ALLIANCE_NOBODY ? NULL : alliance_party(c->a, c->self);

	json_t *row =
	    json_pack("{s:s,s:s,s:o,s:s,s:i,s:I,s:s,s:b,s:o,s:I,s:I,s:I,s:I}",
		"is", "alliance", "alliance", is ? is->name : "", "id",
		hex_of(c->id, ACT_KEY), "state",
		state_name(alliance_state(c->a, ally_ms(j))), "version",
		(int)alliance_version(c->a), "expires",
		(json_int_t)(alliance_expires(c->a) / 1000), "self",
		self ? self->name : "", "speaks", c->running, "envoy",
		hex_of(j->ally->envoy, ACT_KEY), "run",
		(json_int_t)c->author.run, "said", (json_int_t)c->author.seq,
		"behind", (json_int_t)ally_behind(c), "held_back",
		(json_int_t)ally_held_back(j->ally, c));

	if (is && cl->request.flags & WHOLE)
		json_object_set_new(row, "text", charter_text(is));
	say_row(cl, row);
}

static json_t *answers_of(const uint64_t v[ANSWERS])
{
	json_t *o = json_object();

	for (uint8_t a = ANSWER_ASSISTING; a < ANSWERS; a++)
		if (v[a])
			json_object_set_new(o, act_answered_name(a),
			    json_integer((json_int_t)v[a]));
	return o;
}

/* Numbers that are missing in the chains of that party. */
static uint64_t missing(const struct ally *y, uint16_t no, uint8_t charter)
{
	struct chain_gap gaps[CHAIN_GAPS];
	uint64_t sum = 0;

	for (uint32_t i = 1; i <= y->n_chains; i++) {
		const struct ally_chain *h = &y->chains[i];
		size_t n;

		if (h->party != no || h->charter != charter)
			continue;
		n = chain_missing(&h->c, gaps, CHAIN_GAPS);
		for (size_t k = 0; k < n; k++)
			sum += gaps[k].to - gaps[k].from + 1;
	}
	return sum;
}

/* When the first of its envoys' time is over, s; 0: it has none. */
static uint64_t roll_ends(const struct roll *r)
{
	uint64_t first = r && r->n ? UINT64_MAX : 0;

	for (size_t i = 0; r && i < r->n; i++)
		first = MIN(first, r->envoys[i].not_after);
	return first / 1000;
}

static void say_party(struct client *cl, const struct ally_charter *c,
    const struct alliance_party *p, uint16_t no)
{
	struct judge *j = cl->all->j;
	struct ally *y = j->ally;
	uint16_t mine = ally_number(y, c, no);
	const struct ally_party *a =
	    mine == ALLY_NOBODY ? NULL : &y->parties[mine];
	bool probation = alliance_probation(c->a, no, ally_ms(j));
	json_t *row = json_pack("{s:s,s:s,s:s,s:b,s:b,s:b,s:b,s:b,s:i,s:i,s:I}",
	    "is", "party", "alliance", alliance_charter(c->a)->name, "party",
	    p->name, "self", no == c->self, "present", p->present, "probation",
	    probation, "suspended", p->suspended != 0, "withdrawn",
	    p->withdrawn != 0, "hosts", p->roll ? (int)p->roll->n : 0, "posts",
	    p->record ? (int)p->record->n_posts : 0, "roll_ends",
	    (json_int_t)roll_ends(p->roll));

	if (a && no != c->self) {
		json_object_update_new(row,
		    json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:o,s:o}", "credit",
			(json_int_t)allied_credit(y->law, mine, j->now),
			"slots",
			(json_int_t)allied_slots_used(y->law, mine, j->now),
			"slots_most",
			(json_int_t)(allied_defaults.slots /
				     (probation ? 8 : 1)),
			"heard", (json_int_t)a->heard, "beat",
			(json_int_t)a->beat_at, "offset_ms",
			(json_int_t)a->offset, "missing",
			(json_int_t)missing(y, mine, c->no), "to_them",
			answers_of(a->sent_back), "to_us",
			answers_of(a->got_back)));
		json_object_set_new(row, "waits", json_boolean(a->quota_said));
		json_object_set_new(row, "deferred",
		    json_integer((json_int_t)y->later[mine].n));
	}
	say_row(cl, row);
}

static const char *line_name(uint8_t state)
{
	static const char *const names[] = { [LINE_DOWN] = "down",
		[LINE_UP] = "up",
		[LINE_REFUSED] = "refused" };

	return state < countof(names) ? names[state] : "unknown";
}

/* Whose post it is, and where: several parties may share one. */
static const struct record_post *post_of(const struct ally *y, uint32_t post,
    const char **owner)
{
	for (size_t i = 0; i < y->n_charters; i++) {
		const struct ally_charter *c = y->charters[i];

		for (size_t k = 0; c->a && k < alliance_parties(c->a); k++) {
			const struct alliance_party *p =
			    alliance_party(c->a, (uint16_t)k);

			*owner = p->name;
			for (size_t n = 0; p->record && n < p->record->n_posts;
			     n++)
				if (ally_post_no(c->id,
					p->record->posts[n].cert.sha256) ==
				    post)
					return &p->record->posts[n];
		}
	}
	*owner = "";
	return NULL;
}

static void say_line(struct client *c, const struct ally_line *l)
{
	const char *owner;
	const struct record_post *p = post_of(c->all->j->ally, l->post, &owner);
	char at[ADDR_MAX] = "", where[ADDR_MAX + 16] = "";

	if (p && p->at.n > 0) {
		(void)addr_print(&p->at.v[0], at);
		snprintf(where, sizeof(where), "%s port %u", at, p->at.port);
	}
	say_row(c,
	    json_pack("{s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:I,s:I}", "is", "post",
		"party", owner, "address", where, "state", line_name(l->state),
		"why", line_why_name((enum line_why)l->why), "rtt_us",
		(json_int_t)l->rtt_us, "dropped", (json_int_t)l->dropped,
		"pending", (json_int_t)l->pending, "at", (json_int_t)l->at));
}

static json_t *counts_of(const struct ally *y)
{
	json_t *o = json_object(), *f = json_object();

	for (size_t i = 0; i < ALLY_COUNTS; i++)
		json_object_set_new(o, ally_count_names[i],
		    json_integer((json_int_t)y->counts[i]));
	for (size_t i = 1; i < ACT_FAULT_N; i++)
		if (y->faults[i])
			json_object_set_new(f,
			    act_fault_name((enum act_fault)i),
			    json_integer((json_int_t)y->faults[i]));
	return json_pack("{s:o,s:o}", "counts", o, "faults", f);
}

static void alliance(struct client *cl)
{
	struct judge *j = cl->all->j;
	struct ally *y = j->ally;
	json_t *o;

	for (size_t i = 0; i < y->n_charters; i++) {
		const struct ally_charter *c = y->charters[i];

		if (!c->a || !alliance_charter(c->a))
			continue;
		say_charter(cl, c);
		for (size_t k = 0; k < alliance_parties(c->a); k++)
			say_party(cl, c, alliance_party(c->a, (uint16_t)k),
			    (uint16_t)k);
	}
	for (size_t i = 0; i < y->n_lines; i++)
		say_line(cl, &y->lines[i]);
	o = counts_of(y);
	json_object_update_new(o,
	    json_pack("{s:b,s:b,s:i,s:i,s:I}", "notary", y->notary_up, "envoy",
		y->envoy_up, "drafts", (int)y->n_drafts, "perjurers",
		(int)y->n_perjurers, "now", (json_int_t)j->now));
	client_end(cl, &o);
}

struct acts {
	struct client *c;
	int64_t last;
	size_t n, bytes;
};

static void say_frame(void *arg, const struct ledger_frame *f)
{
	struct acts *a = arg;
	size_t size = sodium_base64_encoded_len(f->bytes.n,
	    sodium_base64_VARIANT_ORIGINAL);
	auto_free char *text = mem_new(1, size);

	if (a->bytes > ACTS_BYTES)
		return;
	sodium_bin2base64(text, size, (const uint8_t *)f->bytes.p, f->bytes.n,
	    sodium_base64_VARIANT_ORIGINAL);
	a->n++;
	a->bytes += f->bytes.n;
	a->last = f->id;
	say_row(a->c, json_pack("{s:I,s:I,s:s}", "id", (json_int_t)f->id, "at",
			  (json_int_t)f->at, "frame", text));
}

/* From after a number on, in the order in which they were recorded; "next" is
 * the number to go on from, until there is none. */
static void acts(struct client *c)
{
	struct judge *j = c->all->j;
	struct acts a = { .c = c };
	json_t *o = json_object();

	judge_commit(j);
	if (j->ledger)
		(void)ledger_frames_after(j->ledger, c->request.from, ACTS_ROWS,
		    say_frame, &a);
	if (a.n > 0)
		json_object_set_new(o, "next", json_integer(a.last));
	client_end(c, &o);
}

static void forget(struct client *c)
{
	size_t n = ally_forget(c->all->j, &c->request.net, c->request.force);
	json_t *o = json_pack("{s:I}", "acts", (json_int_t)n);

	client_end(c, &o);
}

void answer_ally(struct client *c)
{
	if (c->request.what == ASK_ALLIANCE)
		alliance(c);
	else if (c->request.what == ASK_ACTS)
		acts(c);
	else
		forget(c);
}
