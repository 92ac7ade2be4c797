#include "judge/facts.h"

struct fact *facts_add(struct facts *f, enum fact_kind kind)
{
	if (f->n >= FACTS_MAX ||
	    (kind == FACT_EVENT && f->events >= FACTS_EVENTS)) {
		f->lost++;
		return NULL;
	}
	if (f->n == f->room) {
		f->room = f->room ? f->room * 2 : 128;
		f->v = mem_grow(f->v, f->room, sizeof(*f->v));
	}
	f->events += kind == FACT_EVENT;
	memset(&f->v[f->n], 0, sizeof(*f->v));
	f->v[f->n].kind = kind;
	return &f->v[f->n++];
}

static int pardon(struct ledger *l, const struct net *n)
{
	int e = ledger_drop_events(l, n);

	return e ? e : ledger_drop_memory(l, n);
}

static int write_one(const struct fact *f, struct ledger *l)
{
	switch (f->kind) {
	case FACT_EVENT:
		return ledger_put_event(l, &f->event);
	case FACT_MEASURE:
		return ledger_put_measure(l, &f->measure, f->lines);
	case FACT_MEASURE_GONE:
		return ledger_drop_measure(l, &f->net);
	case FACT_HISTORY:
		return ledger_put_history(l, &f->history);
	case FACT_MEMORY:
		return ledger_put_memory(l, &f->memory);
	case FACT_GOOD:
		return ledger_put_good(l, &f->good);
	case FACT_WORD:
		return ledger_put_word(l, f->word);
	case FACT_WORD_GONE:
		return ledger_drop_word(l, &f->word->net, f->word->what);
	case FACT_HELD:
		return ledger_put_held(l, &f->held);
	case FACT_HELD_GONE:
		return ledger_drop_held(l, &f->held);
	case FACT_PARDON:
		return pardon(l, &f->net);
	case FACT_POSITION_GONE:
		return ledger_drop_position(l, f->position.key,
		    f->position.ino);
	}
	die("no such fact");
}

int facts_write(const struct facts *f, struct ledger *l)
{
	int e = 0;

	for (size_t i = 0; !e && i < f->n; i++)
		e = write_one(&f->v[i], l);
	return e;
}

void facts_clear(struct facts *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].kind == FACT_WORD || f->v[i].kind == FACT_WORD_GONE)
			free(f->v[i].word);
	f->n = 0;
	f->events = 0;
	if (f->room > 4096) { /* after a long wait */
		free(f->v);
		f->v = NULL;
		f->room = 0;
	}
}

void facts_free(struct facts *f)
{
	facts_clear(f);
	free(f->v);
	*f = (struct facts){ 0 };
}
