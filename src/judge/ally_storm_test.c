/*
 * A hostile post between parties: it drops, keeps back, repeats, reorders,
 * changes bits, takes bodies away, puts others in, cuts acts out of their
 * batches and brings what belongs to another alliance. What comes of it is
 * never a measure that nobody meant, and once an honest word comes through
 * everything is there.
 */
#include "judge/ally_world.h"

#include "act/keep.h"

enum {
	PARTIES = 3,
	HELD = 24,
	WAVE = 50 /* turns between attacks */
};

static struct world w;
static uint64_t x = 88172645463325252ULL;
static size_t carried;

static struct held {
	uint8_t *p;
	size_t n;
	uint32_t box;
} held[PARTIES][HELD];

static uint32_t any(uint32_t below)
{
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (uint32_t)((x >> 20) % below);
}

static void hand_over(struct node *to, uint32_t box, const void *p, size_t n)
{
	carried++;
	node_hear(to, box, 1, p, n);
	if (to->j.ally->n_taken > 2000)
		judge_commit(&to->j);
}

static bool some_of_them(void *arg, const struct frame_act *a)
{
	return any(2) == 0;
}

/* One act out of the frame, with another one's body if there is one. */
static size_t cut_out(const struct frame *f, uint8_t *to)
{
	size_t i = any(f->n), k = any(f->n);
	const struct frame_act *a = &f->acts[i], *b = &f->acts[k];
	struct frame_item item = { a->header, b->salt, b->body };
	struct act_proof p;

	frame_proof(f, i, &p);
	return frame_forward(&p, &item, to, FRAME_MOST);
}

static void spoil(struct node *to, uint32_t box, const uint8_t *p, size_t n)
{
	static uint8_t bytes[FRAME_MOST];
	static struct frame f;
	bool acts = frame_parse(&f, p, n) == ACT_OK && f.form != FRAME_SEALED;
	size_t size = 0;

	memcpy(bytes, p, n);
	switch (any(6)) {
	case 0:
		size = acts ? keep_strip_if(&f, some_of_them, NULL, bytes,
				  sizeof(bytes))
			    : 0;
		break;
	case 1:
		size = acts && f.form == FRAME_OWN ? cut_out(&f, bytes) : 0;
		break;
	case 2: /* another alliance */
		size = n;
		if (n > 200)
			bytes[67 + 8 + any(32)] ^= 1;
		break;
	case 3:
		size = any((uint32_t)n);
		break;
	default:
		size = n;
		bytes[any((uint32_t)n)] ^= (uint8_t)(1 + any(255));
		break;
	}
	if (size)
		hand_over(to, box, bytes, size);
}

/* Instead of what it keeps back it brings what it kept back before. */
static void exchange(struct node *to, uint32_t box, const uint8_t *p, size_t n)
{
	struct held *h = &held[to->no][any(HELD)];

	if (h->p)
		hand_over(to, h->box, h->p, h->n);
	free(h->p);
	*h = (struct held){ mem_dup(p, n), n, box };
}

static void carry(struct node *to, uint32_t box, const struct stored *s)
{
	switch (any(8)) {
	case 0:
		return; /* dropped */
	case 1:
	case 2:
		exchange(to, box, s->p, s->n);
		return;
	case 3:
		hand_over(to, box, s->p, s->n);
		hand_over(to, box, s->p, s->n);
		return;
	case 4:
		hand_over(to, box, s->p, s->n);
		return;
	default:
		spoil(to, box, s->p, s->n);
		return;
	}
}

/* Each has a look at all that lies in the others' outboxes, or a part. */
static void storm(void)
{
	for (size_t i = 0; i < w.n; i++) {
		struct node *to = &w.node[i];

		(void)node_answer(to);
		for (uint32_t k = 0; k < w.n; k++) {
			const struct node *from = &w.node[k];

			for (int n = 0; k != i && n < 4; n++)
				carry(to, k,
				    &from->box[any((uint32_t)from->n_box)]);
			if (k != i)
				carry(to, k, &from->box[from->n_box - 1]);
		}
	}
}

/* What was really seen, by whom. */
static bool truth[PARTIES][4096];

static void attack(uint32_t i)
{
	uint32_t by = any(PARTIES);

	truth[by][i] = true;
	sees(&w.node[by], i, EVIL);
}

static uint32_t seen_by_others(size_t who, uint32_t i)
{
	uint32_t n = 0;

	for (size_t k = 0; k < PARTIES; k++)
		n += k != who && truth[k][i];
	return n;
}

/* No measure on others' word but for what another has seen, nor for longer
 * than its witnesses allow. */
static void check_measures(void)
{
	for (size_t k = 0; k < PARTIES; k++) {
		const struct measures *m = &w.node[k].j.measures;

		for (size_t i = 0; i < m->n; i++) {
			const struct ledger_measure *is = &m->v[i];
			uint32_t no = (uint32_t)is->net.addr.b[2] << 8 |
				      is->net.addr.b[3];

			if (!(is->flags & MEASURE_ALLIED))
				continue;
			assert_int_equal(is->net.addr.b[0], 45);
			assert_int_equal(is->net.addr.b[1], 7);
			assert_true(seen_by_others(k, no) > 0);
			assert_true(is->until <= w.now + 4 * 3600);
		}
	}
}

static uint64_t lacked(const struct node *d)
{
	struct chain_gap gaps[CHAIN_GAPS];
	uint64_t sum = 0;

	for (uint32_t i = 1; i <= d->j.ally->n_chains; i++) {
		size_t n =
		    chain_missing(&d->j.ally->chains[i].c, gaps, CHAIN_GAPS);

		for (size_t k = 0; k < n; k++)
			sum += gaps[k].to - gaps[k].from + 1;
	}
	return sum;
}

static const struct ally_chain *chain_of(const struct node *d,
    const struct node *author)
{
	const struct ally_charter *c = author->j.ally->charters[0];

	return ally_chain_find(d->j.ally, c->id, author->j.ally->envoy,
	    c->author.run);
}

/* Everybody has all of it, with bodies, and the same story. */
static void check_healed(void)
{
	for (size_t i = 0; i < PARTIES; i++) {
		struct node *d = &w.node[i];

		assert_int_equal(d->j.ally->counts[COUNT_PERJURY], 0);
		assert_int_equal(d->j.ally->n_perjurers, 0);
		assert_int_equal(d->j.ally->counts[COUNT_QUOTA], 0);
		assert_int_equal(lacked(d), 0);
		for (size_t k = 0; k < PARTIES; k++) {
			const struct ally_chain *h = chain_of(d, &w.node[k]);
			const struct ally_chain *own =
			    chain_of(&w.node[k], &w.node[k]);

			assert_non_null(h);
			assert_int_equal(h->c.head, own->c.head);
			assert_true(act_hash_eq(&h->c.hash, &own->c.hash));
		}
	}
}

static void check_closed(uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
		for (size_t k = 0; k < PARTIES; k++)
			if (seen_by_others(k, i) && !truth[k][i])
				assert_true(is_shut(&w.node[k], i));
}

static void it_does_no_harm_and_all_is_healed(void **state)
{
	size_t messages = getenv("LIPTAKO_LONG") ? 1000000 : 100000;
	uint32_t attacks = 0, before;

	world_up(&w, PARTIES);
	for (int i = 0; i < 20; i++)
		attack(attacks++);
	world_talk(&w);
	for (int turn = 0; carried < messages; turn++) {
		storm();
		if (turn % WAVE == 0 && attacks < 200)
			attack(attacks++);
		if (turn % 20 == 0) {
			w.unheard = true;
			world_pass(&w, 1);
			w.unheard = false;
			check_measures();
		}
	}
	before = attacks;
	while (attacks < before + 20)
		attack(attacks++);
	/* the last acts come honestly, what was lost comes by asking */
	for (size_t i = 0; i < PARTIES; i++)
		for (size_t k = 0; k < PARTIES; k++)
			w.node[i].cursor[k] = w.node[k].n_box - 1;
	for (int i = 0; i < 40; i++)
		world_pass(&w, 31);
	print_message("# %zu messages, %u attacks\n", carried, attacks);
	check_measures();
	check_closed(before, attacks);
	check_healed();
	for (size_t i = 0; i < PARTIES; i++)
		for (size_t k = 0; k < HELD; k++)
			free(held[i][k].p);
	world_down(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_does_no_harm_and_all_is_healed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, world_quiet, NULL);
}
