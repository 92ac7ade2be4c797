#include "charter/alliance_priv.h"

/* Which version of the charter holds, which waits, which are rivals. */

struct version *tip_of(const struct alliance *a)
{
	return a->n_line ? a->line[a->n_line - 1] : NULL;
}

static const struct charter *charter_before_tip(const struct alliance *a)
{
	return a->n_line > 1 ? a->line[a->n_line - 2]->charter : NULL;
}

static bool is_previous(const struct charter *c, const uint8_t *hash)
{
	return c->previous.n == 1 && !memcmp(c->previous.v[0], hash, 32);
}

/* Does it come after the tip (both of them, if there is a rival)? */
static bool after_tip(const struct alliance *a, const struct charter *c)
{
	const struct version *t = tip_of(a);

	if (!t)
		return c->version == 1;
	if (!a->rival)
		return is_previous(c, t->hash);
	for (size_t i = 0; i < c->previous.n; i++)
		if (memcmp(c->previous.v[i], t->hash, 32) != 0 &&
		    memcmp(c->previous.v[i], a->rival->hash, 32) != 0)
			return false;
	return c->previous.n == 2;
}

/* Does it stand beside the tip? */
static bool beside_tip(const struct alliance *a, const struct charter *c)
{
	return a->n_line > 1 && !a->rival &&
	       is_previous(c, a->line[a->n_line - 2]->hash);
}

/* The version whose threshold it needs. */
static const struct charter *base_of(const struct alliance *a,
    const struct charter *c)
{
	const struct version *t = tip_of(a);

	if (!t)
		return NULL;
	return a->rival || beside_tip(a, c) ? charter_before_tip(a)
					    : t->charter;
}

static struct version *find(struct alliance *a, const uint8_t hash[static 32])
{
	for (size_t i = 0; i < a->n_line; i++)
		if (!memcmp(a->line[i]->hash, hash, 32))
			return a->line[i];
	if (a->rival && !memcmp(a->rival->hash, hash, 32))
		return a->rival;
	for (size_t i = 0; i < a->n_waiting; i++)
		if (!memcmp(a->waiting[i]->hash, hash, 32))
			return a->waiting[i];
	return NULL;
}

static void forget_waiting(struct alliance *a, size_t i)
{
	version_free(&a->waiting[i]);
	memmove(&a->waiting[i], &a->waiting[i + 1],
	    (--a->n_waiting - i) * sizeof(a->waiting[0]));
}

static void drop_stale(struct alliance *a)
{
	for (size_t i = a->n_waiting; i-- > 0;)
		if (!after_tip(a, a->waiting[i]->charter) &&
		    !beside_tip(a, a->waiting[i]->charter))
			forget_waiting(a, i);
}

/* Takes *vp. */
static void adopt(struct alliance *a, struct version **vp)
{
	struct version *v = take(*vp);

	if (a->n_line && beside_tip(a, v->charter)) {
		a->rival = v;
	} else {
		a->line =
		    mem_grow(a->line, a->n_line + 1, sizeof(struct version *));
		a->line[a->n_line++] = v;
		version_free(&a->rival);
		if (a->n_line > 2)
			charter_free(&a->line[a->n_line - 3]->charter);
	}
	members_adopt(a);
	drop_stale(a);
}

static const char *allowed(const struct alliance *a, const struct version *v)
{
	const struct charter *c = v->charter;
	const struct version *t = tip_of(a);

	for (size_t i = 0; i < c->n; i++) {
		uint16_t no =
		    alliance_party_named(a, str_of(c->parties[i].name));

		if (no != ALLIANCE_NOBODY &&
		    memcmp(a->members[no]->p.id, c->parties[i].id, 32) != 0)
			return "it gives the name of a former party to "
			       "another; choose another name";
	}
	if (!t)
		return NULL;
	if (beside_tip(a, c))
		return charter_follows(charter_before_tip(a), NULL, c);
	return charter_follows(t->charter, a->rival ? a->rival->charter : NULL,
	    c);
}

void versions_tally(const struct alliance *a, const struct version *v,
    struct tally *t)
{
	const struct charter *base = base_of(a, v->charter);
	bool joins = a->rival && after_tip(a, v->charter);

	version_tally(a, v, base, joins ? tip_of(a)->charter : base,
	    joins ? a->rival->charter : NULL, t);
}

/* The party before it (or in version 1) that sealed it; who sealed nothing
 * here may not make us keep anything. */
static const struct charter_party *first_sealer(const struct alliance *a,
    const struct version *v)
{
	const struct charter *c = base_of(a, v->charter);

	c = c ? c : v->charter;
	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < v->n_seals; k++)
			for (size_t s = 0; s < c->parties[i].seals.n; s++)
				if (seal_eq(&v->seals[k].seal,
					&c->parties[i].seals.v[s]))
					return &c->parties[i];
	return NULL;
}

/* Makes room among what waits: the oldest of the same first sealer. */
static bool room_for(struct alliance *a, const struct version *v)
{
	size_t n = 0, oldest = 0;

	for (size_t i = a->n_waiting; i-- > 0;)
		if (!memcmp(a->waiting[i]->first, v->first, 32)) {
			n++;
			oldest = i;
		}
	if (n >= WAITING_EACH)
		forget_waiting(a, oldest);
	return a->n_waiting < WAITING;
}

/* Adopts what has its seals now, over and over; true if any had. */
static bool adopt_ready(struct alliance *a)
{
	bool any = false;

	for (size_t i = 0; i < a->n_waiting; i++) {
		struct version *v = a->waiting[i];
		struct tally t;

		versions_tally(a, v, &t);
		if (!t.all || allowed(a, v))
			continue;
		memmove(&a->waiting[i], &a->waiting[i + 1],
		    (--a->n_waiting - i) * sizeof(a->waiting[0]));
		adopt(a, &v);
		any = true;
		i = SIZE_MAX; /* from the first again */
	}
	return any;
}

/* Once around: who still has no predecessor is kept again. */
static void take_orphans(struct alliance *a)
{
	struct held_act all[ORPHANS];
	size_t n = a->n_orphans;

	memcpy(all, a->orphans, n * sizeof(all[0]));
	memset(a->orphans, 0, sizeof(a->orphans));
	a->n_orphans = 0;
	for (size_t i = 0; i < n; i++) {
		struct str bytes = { all[i].bytes, all[i].n };
		struct alliance_how how = { 0 };
		struct sealed s;

		if (!sealed_parse(bytes, &s))
			take_charter(a, &s, bytes, &how);
		act_release(&all[i]);
	}
}

void versions_again(struct alliance *a)
{
	if (adopt_ready(a))
		take_orphans(a);
}

static void keep_orphan(struct alliance *a, const struct sealed *s,
    struct str bytes, uint32_t version, struct alliance_how *how)
{
	for (size_t i = 0; i < a->n_orphans; i++)
		if (!memcmp(a->orphans[i].hash, s->hash, 32)) {
			how_say(how, ALLIANCE_KNOWN, ALLIANCE_OK,
			    "version %u waits already for the one before it",
			    version);
			return;
		}
	if (a->n_orphans == ORPHANS) {
		how_say(how, ALLIANCE_REFUSED, ALLIANCE_E_FULL,
		    "too many versions wait for those before them; import "
		    "them in their order");
		return;
	}
	act_hold(&a->orphans[a->n_orphans++], bytes, s->hash);
	how_say(how, ALLIANCE_WAITS, ALLIANCE_OK,
	    "version %u waits: the version before it is not here", version);
}

static void say_state(struct alliance *a, const struct version *v,
    const struct tally *t, struct alliance_how *how)
{
	if (find(a, v->hash) == a->rival && a->rival)
		how_say(how, ALLIANCE_TAKEN, ALLIANCE_OK,
		    "two versions %u are sealed: governance waits for a "
		    "version %u that names both; all parties are heard",
		    v->no, v->no + 1);
	else if (t->all)
		how_say(how, ALLIANCE_TAKEN, ALLIANCE_OK,
		    "version %u of the charter of %s holds now", v->no,
		    v->charter ? v->charter->name : "the alliance");
	else
		how_say(how, ALLIANCE_WAITS, ALLIANCE_OK,
		    "version %u waits for seals: %s", v->no, t->missing);
}

/* New seals for a version that is here. */
static void more_seals(struct alliance *a, struct version *v,
    const struct sealed *s, struct alliance_how *how)
{
	size_t had = v->n_seals;
	struct tally t = { .all = true };

	if (!v->charter || v == tip_of(a) || v == a->rival) {
		how_say(how, ALLIANCE_KNOWN, ALLIANCE_OK, "version %u is known",
		    v->no);
		return;
	}
	for (size_t i = 0; i < a->n_line; i++)
		if (a->line[i] == v) {
			how_say(how, ALLIANCE_KNOWN, ALLIANCE_OK,
			    "version %u is known", v->no);
			return;
		}
	(void)version_gather(a, v, base_of(a, v->charter), s->seals);
	if (v->n_seals == had) {
		versions_tally(a, v, &t);
		how_say(how, ALLIANCE_KNOWN, ALLIANCE_OK,
		    "version %u is known and waits: %s", v->no, t.missing);
		return;
	}
	version_bytes(v);
	versions_tally(a, v, &t);
	say_state(a, v, &t, how);
	if (t.all) {
		versions_again(a);
		if (a->rival && !memcmp(a->rival->hash, s->hash, 32))
			say_state(a, a->rival, &t, how);
	}
}

static void weigh(struct alliance *a, struct version **vp, struct str seals,
    struct alliance_how *how)
{
	struct version *v = *vp;
	const struct charter *base = base_of(a, v->charter);
	size_t wrong = version_gather(a, v, base, seals);
	const char *why = allowed(a, v);
	const struct charter_party *first = first_sealer(a, v);
	struct tally t;

	if (why) {
		how_say(how, ALLIANCE_REFUSED, ALLIANCE_E_RULE, "%s", why);
		return;
	}
	if (!first) {
		how_say(how, ALLIANCE_REFUSED,
		    wrong ? ALLIANCE_E_SEAL : ALLIANCE_E_FEW,
		    wrong ? "no seal under it is right"
			  : "no party of the version before sealed it");
		return;
	}
	memcpy(v->first, first->id, 32);
	if (!room_for(a, v)) {
		how_say(how, ALLIANCE_REFUSED, ALLIANCE_E_FULL,
		    "too many versions wait for seals already");
		return;
	}
	version_bytes(v);
	versions_tally(a, v, &t);
	a->waiting[a->n_waiting++] = v;
	*vp = NULL;
	if (t.all)
		(void)adopt_ready(a);
	v = find(a, how->hash);
	if (v)
		say_state(a, v, &t, how);
	if (t.all)
		take_orphans(a);
}

void take_charter(struct alliance *a, const struct sealed *s, struct str bytes,
    struct alliance_how *how)
{
	struct version *v = find(a, s->hash);
	struct charter *c = NULL;
	struct text_fault f;

	memcpy(how->hash, s->hash, 32);
	if (v) {
		more_seals(a, v, s, how);
		return;
	}
	if (!charter_parse(s->text, &c, &f)) {
		how->line = f.line;
		how_say(how, ALLIANCE_REFUSED, ALLIANCE_E_TEXT, "%s", f.say);
		return;
	}
	if (c->version == 1 && memcmp(s->hash, a->id, 32) != 0)
		how_say(how, ALLIANCE_REFUSED, ALLIANCE_E_OTHER,
		    "it is version 1 of another alliance");
	else if (a->rival && !after_tip(a, c) && c->version == a->n_line + 1)
		how_say(how, ALLIANCE_REFUSED, ALLIANCE_E_RULE,
		    "two versions %zu are sealed, and it does not name both",
		    a->n_line);
	else if (!after_tip(a, c) && !beside_tip(a, c) &&
		 c->version <= a->n_line)
		how_say(how, ALLIANCE_REFUSED, ALLIANCE_E_OLD,
		    "it does not follow the versions that hold; version %zu "
		    "does",
		    a->n_line);
	else if (!after_tip(a, c) && !beside_tip(a, c))
		keep_orphan(a, s, bytes, c->version, how);
	else {
		v = mem_new(1, sizeof(*v));
		v->no = c->version;
		memcpy(v->hash, s->hash, 32);
		v->text = mem_dup(s->text.p, s->text.n);
		v->n_text = s->text.n;
		v->taken = a->now;
		v->charter = take(c);
		weigh(a, &v, s->seals, how);
		version_free(&v);
	}
	charter_free(&c);
}
