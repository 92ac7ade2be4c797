#include "charter/roll.h"

#define R(field) offsetof(struct roll, field)
#define E(field) offsetof(struct roll_envoy, field)
#define DAY_MS   UINT64_C(86400000)

static const struct text_item head_items[] = { { "party", TEXT_NAME, R(name),
						   .help = "the party's name" },
	{ "id", TEXT_HASH, R(party), .help = "of its founding seal" },
	{ "number", TEXT_COUNT, R(number), 1, UINT32_MAX,
	    .help = "it only grows" },
	{ "issued", TEXT_TIME, R(issued), .help = "when it was written" },
	TEXT_ITEMS_END };

static const struct text_item envoy_items[] = { { "envoy", TEXT_HASH, E(key),
						    .help = "its Ed25519 key" },
	{ "host", TEXT_NAME, E(host), .help = "which host holds it" },
	{ "rights", TEXT_RIGHTS, E(rights), .help = "what it may say" },
	{ "until", TEXT_TIME, E(not_after), .help = "when it ends" },
	TEXT_ITEMS_END };

void roll_free(struct roll **rp)
{
	if (!*rp)
		return;
	free((*rp)->envoys);
	free(*rp);
	*rp = NULL;
}

static bool once(struct text_read *t, const struct roll *r,
    const struct roll_envoy *e)
{
	if (e->not_after > r->issued + ROLL_DAYS_MOST * DAY_MS)
		return text_wrong(t, "an envoy's time is over 13 months; "
				     "shorten it");
	for (size_t i = 0; i < r->n; i++)
		if (memcmp(r->envoys[i].key, e->key, 32) == 0)
			return text_wrong(t, "this envoy is there twice");
	return true;
}

static bool read_envoys(struct text_read *t, struct roll *r)
{
	size_t room = 0;

	for (text_blanks(t); text_at_key(t, "envoy"); text_blanks(t)) {
		struct roll_envoy e = { 0 };

		if (r->n == ROLL_ENVOYS)
			return text_wrong(t, "more than %d envoys",
			    ROLL_ENVOYS);
		if (!text_items(t, envoy_items, &e) || !once(t, r, &e))
			return false;
		if (r->n == room) {
			room = room ? room * 2 : 8;
			r->envoys =
			    mem_grow(r->envoys, room, sizeof(*r->envoys));
		}
		r->envoys[r->n++] = e;
	}
	return true;
}

/* The title, prose that is skipped, and what follows is for the caller. */
static bool begin(struct text_read *t, struct str text, const char *title,
    struct text_fault *f)
{
	struct str line;

	text_begin(t, text, f);
	if (!text_allowed(text, f))
		return false;
	if (!text_peek(t, &line) || !str_starts(line, str_of(title)))
		return text_wrong(t, "it begins with \"%sNAME\"", title);
	(void)text_line(t, &line);
	(void)text_prose(t);
	return true;
}

static bool same(struct str text, struct text_out *again, struct text_fault *f)
{
	bool ok = text_same(text, text_of(again), f);

	text_free(again);
	return ok;
}

bool roll_parse(struct str text, struct roll **ret, struct text_fault *f)
{
	struct roll *r = mem_new(1, sizeof(*r));
	struct text_out again = { 0 };
	struct text_read t;
	bool ok = begin(&t, text, "# Roll of ", f) &&
		  text_items(&t, head_items, r) && read_envoys(&t, r);

	if (ok) {
		roll_print(r, &again);
		ok = same(text, &again, f);
	}
	if (ok)
		*ret = take(r);
	roll_free(&r);
	return ok;
}

void roll_print(const struct roll *r, struct text_out *o)
{
	text_put(o,
	    "# Roll of %s\n\n"
	    "The envoys that may speak for this party, one a host. Sealed by "
	    "the party\n"
	    "alone; a higher number replaces it, and who is not on it is "
	    "heard no more.\n\n",
	    r->name);
	text_put_items(o, head_items, r);
	for (size_t i = 0; i < r->n; i++) {
		text_put(o, "\n");
		text_put_items(o, envoy_items, &r->envoys[i]);
	}
}

static const struct text_item revocation_items[] = {
	{ "party", TEXT_NAME, offsetof(struct revocation, name) },
	{ "id", TEXT_HASH, offsetof(struct revocation, party) },
	{ "envoy", TEXT_HASH, offsetof(struct revocation, envoy) },
	{ "issued", TEXT_TIME, offsetof(struct revocation, issued) },
	{ "why", TEXT_WORDS, offsetof(struct revocation, why),
	    .optional = true },
	TEXT_ITEMS_END
};

bool revocation_parse(struct str text, struct revocation *ret,
    struct text_fault *f)
{
	struct revocation v = { 0 };
	struct text_out again = { 0 };
	struct text_read t;

	if (!begin(&t, text, "# Revocation by ", f) ||
	    !text_items(&t, revocation_items, &v))
		return false;
	revocation_print(&v, &again);
	if (!same(text, &again, f))
		return false;
	*ret = v;
	return true;
}

void revocation_print(const struct revocation *r, struct text_out *o)
{
	text_put(o,
	    "# Revocation by %s\n\n"
	    "This envoy's key no longer speaks for this party, for ever.\n\n",
	    r->name);
	text_put_items(o, revocation_items, r);
}

static const struct text_item withdrawal_items[] = {
	{ "alliance", TEXT_HASH, offsetof(struct withdrawal, alliance) },
	{ "party", TEXT_NAME, offsetof(struct withdrawal, name) },
	{ "id", TEXT_HASH, offsetof(struct withdrawal, party) },
	{ "issued", TEXT_TIME, offsetof(struct withdrawal, issued) },
	{ "why", TEXT_WORDS, offsetof(struct withdrawal, why),
	    .optional = true },
	TEXT_ITEMS_END
};

bool withdrawal_parse(struct str text, struct withdrawal *ret,
    struct text_fault *f)
{
	struct withdrawal v = { 0 };
	struct text_out again = { 0 };
	struct text_read t;

	if (!begin(&t, text, "# Withdrawal of ", f) ||
	    !text_items(&t, withdrawal_items, &v))
		return false;
	withdrawal_print(&v, &again);
	if (!same(text, &again, f))
		return false;
	*ret = v;
	return true;
}

void withdrawal_print(const struct withdrawal *w, struct text_out *o)
{
	text_put(o,
	    "# Withdrawal of %s\n\n"
	    "This party leaves the alliance, at once and by its own will. Its "
	    "measures\n"
	    "run out at its allies, and its immunity ends a day later.\n\n",
	    w->name);
	text_put_items(o, withdrawal_items, w);
}
