#include "charter/record.h"

#define R(field) offsetof(struct party_record, field)

static const struct text_item head_items[] = { { "party", TEXT_NAME, R(name),
						   .help = "the party's name" },
	{ "id", TEXT_HASH, R(party), .help = "of its founding seal" },
	{ "number", TEXT_COUNT, R(number), 1, UINT32_MAX,
	    .help = "it only grows" },
	{ "issued", TEXT_TIME, R(issued), .help = "when it was written" },
	{ "contact", TEXT_WORDS, R(contact), .optional = true,
	    .help = "whom to call" },
	{ "chancery", TEXT_NAME, R(chancery), .optional = true,
	    .help = "the host that speaks to the allies" },
	{ "given-up", TEXT_NETS, R(given_up), .optional = true,
	    .help = "territory that is no longer claimed" },
	TEXT_ITEMS_END };

static const struct text_item post_items[] = {
	{ "post", TEXT_HOSTS, offsetof(struct record_post, at),
	    .help = "literal addresses and a port" },
	{ "certificate", TEXT_CERT, offsetof(struct record_post, cert),
	    .help = "of that post, DER in base64" },
	TEXT_ITEMS_END
};

static const struct text_item guest_items[] = {
	{ "guest", TEXT_NAME, 0, .help = "the ally on whose post we lie" },
	TEXT_ITEMS_END
};

static const struct text_item login_items[] = {
	{ "login", TEXT_LOGIN, 0, .help = "our key at that post" },
	TEXT_ITEMS_END
};

/* Two keys side by side, as a login has them. */
static_assert(sizeof(struct record_host) == sizeof(struct text_login), "");
static const struct text_item host_items[] = {
	{ "host", TEXT_LOGIN, 0,
	    .help = "a host of the fleet: its envoy, its key at our post" },
	TEXT_ITEMS_END
};

void record_free(struct party_record **rp)
{
	if (!*rp)
		return;
	free((*rp)->logins);
	free((*rp)->hosts);
	free(*rp);
	*rp = NULL;
}

static bool read_posts(struct text_read *t, struct party_record *r)
{
	size_t addresses = 0;

	text_blanks(t);
	while (text_at_key(t, "post")) {
		if (r->n_posts == RECORD_POSTS)
			return text_wrong(t, "a fifth post; four at most");
		if (!text_items(t, post_items, &r->posts[r->n_posts]))
			return false;
		addresses += r->posts[r->n_posts++].at.n;
		text_blanks(t);
	}
	if (addresses > TEXT_HOSTS_MAX)
		return text_wrong(t, "more than four post addresses in all; "
				     "leave some out");
	while (text_at_key(t, "guest")) {
		if (r->n_guest == RECORD_GUEST)
			return text_wrong(t, "guest of a fifth; four at most");
		if (!text_items(t, guest_items, r->guest[r->n_guest++]))
			return false;
		text_blanks(t);
	}
	return true;
}

static bool read_logins(struct text_read *t, struct party_record *r)
{
	size_t room = 0;

	while (text_at_key(t, "login")) {
		if (r->n_logins == RECORD_LOGINS)
			return text_wrong(t, "more than %d logins",
			    RECORD_LOGINS);
		if (r->n_logins == room) {
			room = room ? room * 2 : 8;
			r->logins =
			    mem_grow(r->logins, room, sizeof(*r->logins));
		}
		memset(&r->logins[r->n_logins], 0, sizeof(*r->logins));
		if (!text_items(t, login_items, &r->logins[r->n_logins++]))
			return false;
		text_blanks(t);
	}
	return true;
}

bool record_host_add(struct party_record *r, const struct record_host *h)
{
	for (size_t i = 0; i < r->n_hosts; i++)
		if (!memcmp(&r->hosts[i], h, sizeof(*h)))
			return true;
	if (r->n_hosts == RECORD_HOSTS)
		return false;
	r->hosts = mem_grow(r->hosts, r->n_hosts + 1, sizeof(*r->hosts));
	r->hosts[r->n_hosts++] = *h;
	return true;
}

static bool read_hosts(struct text_read *t, struct party_record *r)
{
	while (text_at_key(t, "host")) {
		struct record_host h = { 0 };
		size_t had = r->n_hosts;

		if (!text_items(t, host_items, &h))
			return false;
		if (!record_host_add(r, &h) || r->n_hosts == had)
			return text_wrong(t, "a host twice, or more than %d",
			    RECORD_HOSTS);
		text_blanks(t);
	}
	return true;
}

static bool read_all(struct str text, struct party_record *r,
    struct text_fault *f)
{
	struct text_read t;
	struct str line;

	text_begin(&t, text, f);
	if (!text_allowed(text, f))
		return false;
	if (!text_peek(&t, &line) || !str_starts(line, STR("# Record of ")))
		return text_wrong(&t, "a record begins with \"# Record of "
				      "NAME\"");
	(void)text_line(&t, &line);
	(void)text_prose(&t);
	return text_items(&t, head_items, r) && read_posts(&t, r) &&
	       read_logins(&t, r) && read_hosts(&t, r);
}

bool record_parse(struct str text, struct party_record **ret,
    struct text_fault *f)
{
	struct party_record *r = mem_new(1, sizeof(*r));
	struct text_out again = { 0 };
	bool ok = read_all(text, r, f);

	if (ok) {
		record_print(r, &again);
		ok = text_same(text, text_of(&again), f);
		text_free(&again);
	}
	if (ok)
		*ret = take(r);
	record_free(&r);
	return ok;
}

void record_print(const struct party_record *r, struct text_out *o)
{
	text_put(o,
	    "# Record of %s\n\n"
	    "Where this party's posts are, with which certificates, how to "
	    "reach it, and\n"
	    "with which keys it logs in at the posts of its allies. Sealed "
	    "by the party\n"
	    "alone; a higher number replaces it.\n\n",
	    r->name);
	text_put_items(o, head_items, r);
	for (size_t i = 0; i < r->n_posts; i++) {
		text_put(o, "\n");
		text_put_items(o, post_items, &r->posts[i]);
	}
	if (r->n_guest > 0)
		text_put(o, "\n");
	for (size_t i = 0; i < r->n_guest; i++)
		text_put_items(o, guest_items, r->guest[i]);
	if (r->n_logins > 0)
		text_put(o, "\n");
	for (size_t i = 0; i < r->n_logins; i++)
		text_put_items(o, login_items, &r->logins[i]);
	if (r->n_hosts > 0)
		text_put(o, "\n");
	for (size_t i = 0; i < r->n_hosts; i++)
		text_put_items(o, host_items, &r->hosts[i]);
}
