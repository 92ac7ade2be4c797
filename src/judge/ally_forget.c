#include "judge/ally_priv.h"

#include "base/log.h"

/* Bodies and salts go, headers stay: the chains still verify, and a body that
 * was erased is refused for ever, since its number is known. */

/*
 * Outboxes hold what was signed, body and all, so they are emptied: soon after
 * our own word, which must have left, and by an ally's not too often. Who was
 * away then asks for what it lacks.
 */
enum {
	PURGE_SOON = 2, /* s */
	PURGE_AGAIN = 600,
	PURGE_LATE = 60, /* no answer */
};

static bool keeps_outbox(const struct judge *j, const struct ally_charter *c)
{
	const struct alliance_party *p = c->a && c->self != ALLIANCE_NOBODY
					     ? alliance_party(c->a, c->self)
					     : NULL;

	return p && p->record && p->record->n_posts > 0 &&
	       ally_is_chancery(j->ally, c);
}

static void purge_soon(const struct judge *j, struct ally_charter *c, bool own)
{
	uint32_t at = j->now + PURGE_SOON;

	if (!own && c->purged_at)
		at = MAX(at, c->purged_at + PURGE_AGAIN);
	if (keeps_outbox(j, c) && (!c->purge_at || at < c->purge_at))
		c->purge_at = at;
}

void ally_purge_again(struct judge *j, uint64_t due)
{
	j->ally->purge_due = due != 0;
}

/* No outbox is left to be emptied: so it is not after a restart, either. */
static void purge_over(struct judge *j)
{
	struct ally *y = j->ally;

	for (size_t i = 0; i < y->n_charters; i++)
		if (y->charters[i]->purge_at)
			return;
	y->purge_due = false;
	if (!j->ledger || ledger_begin(j->ledger) != LEDGER_OK)
		return;
	if (ledger_put_counter(j->ledger, ALLY_PURGE, 0) != LEDGER_OK ||
	    ledger_commit(j->ledger) != LEDGER_OK)
		ledger_back(j->ledger);
}

void ally_forget_tick(struct judge *j, struct ally_charter *c)
{
	struct wire_purge w;

	if (j->ally->purge_due && !c->purged_at)
		purge_soon(j, c, true);
	if (!c->purge_at || c->purge_at > j->now || !j->ally->envoy_up)
		return;
	c->purge_at = j->now + PURGE_LATE;
	memcpy(w.alliance, c->id, sizeof(w.alliance));
	judge_send(j, ENVOY, 0, MSG_PURGE, &w, sizeof(w));
}

void ally_purged(struct judge *j, const struct wire_purge *w)
{
	struct ally_charter *c = ally_charter_of(j->ally, w->alliance);

	if (!c || !c->purge_at)
		return; /* another of them said so */
	c->purge_at = 0;
	c->purged_at = j->now;
	ally_offer_anew(c);
	purge_over(j);
	log_note("outbox-emptied alliance=%s",
	    c->a ? alliance_charter(c->a)->name : "");
}

struct eraser {
	struct judge *j;
	const struct net *net; /* erase what names it, or */
	uint64_t from, to;     /* these numbers */
	struct act_forget *out;
	size_t n;
	int e;
};

static bool names(const struct frame_act *a, const struct net *n)
{
	static union act_body b;
	const struct net *s;

	if (!a->salt || body_decode(a->e.type, a->body, &b) != ACT_OK)
		return false;
	switch (a->e.type) {
	case ACT_NOTICE:
		s = &b.notice.subject;
		break;
	case ACT_CONDUCT:
		s = &b.conduct.subject;
		break;
	case ACT_REFERRAL:
		s = &b.referral.subject;
		break;
	default:
		return false;
	}
	return net_has(n, &s->addr) || net_has(s, &n->addr);
}

static bool is_meant(const struct eraser *w, const struct frame_act *a)
{
	if (w->net)
		return names(a, w->net);
	return act_is_chained(a->e.type) && a->e.seq >= w->from &&
	       a->e.seq <= w->to;
}

static bool is_ours(const struct ally *y, const struct envelope *e)
{
	const struct ally_charter *c = ally_charter_of(y, e->alliance);

	return c && c->self_no != ALLY_NOBODY &&
	       !memcmp(e->party, y->parties[c->self_no].id, ACT_KEY);
}

static size_t rewrite(const struct eraser *w, const struct frame *f,
    uint8_t *to, size_t size)
{
	struct frame_item items[FRAME_ACTS];
	struct act_proof p;

	for (size_t i = 0; i < f->n; i++) {
		const struct frame_act *a = &f->acts[i];
		bool gone = is_meant(w, a);

		items[i] =
		    (struct frame_item){ a->header, gone ? NULL : a->salt,
			    gone ? (struct str){ 0 } : a->body };
	}
	if (f->form == FRAME_OWN)
		return frame_write(f->sig, items, f->n, to, size);
	memcpy(p.sig, f->sig, ACT_SIG);
	p.leaves = f->leaves;
	p.index = f->index;
	memcpy(p.path, f->path, sizeof(p.path));
	return frame_forward(&p, &items[0], to, size);
}

static void erase_frame(void *arg, const struct ledger_frame *row)
{
	struct eraser *w = arg;
	static struct frame f;
	static uint8_t bytes[FRAME_MOST];
	size_t n, meant = 0;

	if (w->e || frame_parse(&f, row->bytes.p, row->bytes.n) != ACT_OK)
		return;
	for (size_t i = 0; i < f.n; i++) {
		const struct envelope *e = &f.acts[i].e;
		struct act_id id = { .run = e->run, .seq = e->seq };

		if (!f.acts[i].salt || !is_meant(w, &f.acts[i]))
			continue;
		meant++;
		memcpy(id.envoy, e->envoy, ACT_KEY);
		if (w->out && is_ours(w->j->ally, e))
			(void)forget_add(w->out, &id);
	}
	if (meant == 0)
		return;
	n = rewrite(w, &f, bytes, sizeof(bytes));
	w->e = ledger_set_frame(w->j->ledger, row->id,
	    (struct str){ (const char *)bytes, n });
	w->n += meant;
}

/* What we hold of it beside the acts: words, our own notice, its answers;
 * what the caps need lies under a hash from now on. */
static void forget_words(struct judge *j, const struct net *n)
{
	struct ally *y = j->ally;
	struct ally_fact *f;

	allied_forget(y->law, n, j->now);
	allied_forget(y->fleet, n, j->now);
	ally_measure(j, n, ALLY_NOBODY, 0);
	ally_told_drop(y, n);
	for (size_t i = 0; i < y->n_referrals;) {
		struct ledger_referral *r = &y->referrals[i];

		if (!net_has(n, &r->net.addr)) {
			i++;
			continue;
		}
		f = ally_fact(y, AFACT_REFERRAL_GONE);
		if (f)
			f->referral = *r;
		memmove(r, r + 1,
		    (--y->n_referrals - i) * sizeof(y->referrals[0]));
	}
	f = ally_fact(y, AFACT_FORGET);
	if (f)
		f->net = *n;
}

/* The bytes by which an act's body names it, as they stand in CBOR. */
static struct str mark_of(const struct net *n)
{
	return (
	    struct str){ (const char *)n->addr.b, n->addr.family == 4 ? 4 : 8 };
}

size_t ally_forget(struct judge *j, const struct net *n, bool lift)
{
	static union act_body b;
	struct ally *y = j->ally;
	struct eraser w = { .j = j, .net = n, .out = &b.forget };

	if (lift)
		(void)judge_pardon(j, n, 0, NULL);
	if (y->law)
		forget_words(j, n);
	judge_commit(j);
	if (!j->ledger || j->ledger_fault)
		return 0;
	memset(&b, 0, sizeof(b));
	w.e = ledger_begin(j->ledger);
	if (!w.e && y->law)
		w.e =
		    ledger_frames_with(j->ledger, mark_of(n), erase_frame, &w);
	if (!w.e)
		w.e = ledger_forget(j->ledger, n, lift);
	if (!w.e && w.n)
		w.e = ledger_put_counter(j->ledger, ALLY_PURGE, 1);
	if (!w.e)
		w.e = ledger_commit(j->ledger);
	if (w.e)
		ledger_back(j->ledger);
	for (size_t i = 0; w.n && i < y->n_charters; i++)
		purge_soon(j, y->charters[i], true);
	for (size_t i = 0; b.forget.n && i < y->n_charters; i++)
		if (y->charters[i]->self != ALLIANCE_NOBODY)
			(void)ally_say(j, y->charters[i], ACT_FORGET, &b,
			    30 * NOTICE_LIVES);
	if (y->law)
		ally_send_drafts(j);
	judge_commit(j);
	(void)ledger_truncate(j->ledger);
	log_note("forgotten acts=%zu", w.n);
	return w.n;
}

/* Others may have named it too: their words stay, and what stands on them. */
static bool others_say(const struct judge *j, const struct net *n,
    uint16_t party)
{
	struct allied_word w;

	for (size_t i = 0; allied_word(j->ally->law, n, i, &w); i++)
		if (w.party != party && !w.pardoned && w.expires > j->now)
			return true;
	return false;
}

static void forget_word(struct judge *j, const struct net *n, uint16_t party)
{
	struct allied_verdict v;
	struct ally_fact *f;

	allied_pardon(j->ally->law, party, n, UINT32_MAX, j->now, &v);
	if (!others_say(j, n, party)) {
		forget_words(j, n);
		return;
	}
	ally_measure(j, n, party, 0);
	f = ally_fact(j->ally, AFACT_UNSAID);
	if (!f)
		return;
	f->said.net = *n;
	f->said.party = party;
}

/* How many bodies that took away. */
static size_t forget_one(struct judge *j, const struct ally_chain *h,
    uint64_t seq, uint16_t party)
{
	static struct frame f;
	static union act_body b;
	struct eraser w = { .j = j, .from = seq, .to = seq };
	struct net net = { 0 };
	size_t at;

	(void)ally_unbare(j->ally, h->no, seq);
	/* only its author may have it erased */
	if (h->party != party || !ally_recorded(j, h, seq, &f, &at))
		return 0;
	if (f.acts[at].salt && f.acts[at].e.type == ACT_NOTICE &&
	    body_decode(ACT_NOTICE, f.acts[at].body, &b) == ACT_OK)
		net = b.notice.subject;
	(void)ledger_frame_of(j->ledger, h->no, seq, erase_frame, &w);
	if (net.addr.family)
		forget_word(j, &net, party);
	return w.n;
}

void ally_forget_heard(struct judge *j, struct ally_charter *c,
    const struct ally_chain *by, const struct act_forget *f,
    const struct envelope *e)
{
	bool had = j->ledger && !j->ledger_fault;
	size_t erased = 0;

	judge_commit(j);
	if (!had || ledger_begin(j->ledger) != LEDGER_OK)
		return;
	for (size_t i = 0; i < f->n; i++) {
		const struct act_chain *of = &f->chains[f->ids[i].chain];
		const struct ally_chain *h =
		    ally_chain_find(j->ally, c->id, of->envoy, of->run);

		struct act_id id = { .run = of->run, .seq = f->ids[i].seq };

		memcpy(id.envoy, of->envoy, ACT_KEY);
		if (h && chain_has(&h->c, id.seq))
			erased += forget_one(j, h, id.seq, by->party);
		else
			ally_wait_for(j, &id, by, e);
	}
	if (erased) {
		(void)ledger_put_counter(j->ledger, ALLY_PURGE, 1);
		purge_soon(j, c, false);
	}
	if (ledger_commit(j->ledger) != LEDGER_OK)
		ledger_back(j->ledger);
	judge_commit(j);
	(void)ledger_truncate(j->ledger);
	ally_answer(j->ally, c, e, ANSWER_FORGOTTEN, 0, 0, 0);
}
