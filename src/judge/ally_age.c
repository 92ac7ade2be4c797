#include "act/keep.h"
#include "judge/ally_priv.h"

/*
 * What allies said grows old: after 30 days the bodies go, which may name an
 * address, and the headers stay for two years, so that chains verify. Frames
 * are walked in the order in which they were recorded; how far we are is kept
 * as a counter, and a turn does a few.
 */

enum {
	TURN = 64 /* frames */
};

struct ager {
	struct judge *j;
	int64_t last;
	bool young; /* the rest is */
	int e;
};

static void age(void *arg, const struct ledger_frame *row)
{
	static struct frame f;
	static uint8_t bytes[FRAME_MOST];
	struct ager *w = arg;
	uint32_t old = w->j->now - MIN(w->j->now, row->at);
	size_t n = 0;

	w->young |= old < KEEP_BODY;
	if (w->young || w->e)
		return;
	if (frame_parse(&f, row->bytes.p, row->bytes.n) == ACT_OK)
		n = keep_strip(&f, old, bytes, sizeof(bytes));
	if (n)
		w->e = ledger_set_frame(w->j->ledger, row->id,
		    (struct str){ (const char *)bytes, n });
	w->last = row->id;
}

void ally_age(struct judge *j)
{
	struct ally *y = j->ally;
	struct ager w = { .j = j, .last = y->aged };

	if (!y->law || ledger_begin(j->ledger) != LEDGER_OK)
		return;
	w.e = ledger_frames_after(j->ledger, y->aged, TURN, age, &w);
	if (!w.e && w.last != y->aged)
		w.e =
		    ledger_put_counter(j->ledger, ALLY_AGED, (uint64_t)w.last);
	if (!w.e)
		w.e = ledger_commit(j->ledger);
	if (w.e)
		ledger_back(j->ledger);
	else
		y->aged = w.last;
}

void ally_aged(struct judge *j, uint64_t upto)
{
	j->ally->aged = (int64_t)upto;
}
