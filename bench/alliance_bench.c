/*
 * alliance_bench - notices a second through a whole judge: the frame parsed,
 * its signature checked, chained, judged by the allies' rule, ordered and
 * written to the ledger on disk in the judge's own transactions.
 *
 *   alliance_bench [NOTICES [A-FRAME]]
 *
 * One core, one thread; what is not in it is the envoy's TLS and the links.
 */
#include <time.h>

#include "judge/ally_world.h"
#include "signing/desk.h"

static struct world w;

struct made {
	uint8_t *p;
	size_t n;
};

static union act_body notice_of(uint32_t i)
{
	union act_body b = { .notice = { .subject = unit(i),
				 .kind = 1,
				 .count = 5,
				 .first = (uint64_t)w.now * 1000 - 5000,
				 .last = (uint64_t)w.now * 1000,
				 .service = "sshd",
				 .asked = ASSIST_DENY,
				 .term = 3600 } };

	return b;
}

static struct wire_draft draft_of(struct chain_author *a, const uint8_t *envoy,
    uint32_t i, uint8_t body[ACT_BODY_MOST], size_t *n)
{
	struct wire_draft m = { .id = i,
		.type = ACT_NOTICE,
		.label = LABEL_GREEN,
		.charter_version = 1,
		.issued = (uint64_t)w.now * 1000,
		.expires = (uint64_t)w.now * 1000 + 86400000 };
	struct envelope e = { .type = m.type,
		.label = m.label,
		.charter_version = 1,
		.issued = m.issued,
		.expires = m.expires };
	union act_body b = notice_of(i);
	uint8_t header[ENVELOPE_SIZE];
	struct act_hash h;

	if (body_encode(ACT_NOTICE, &b, body, ACT_BODY_MOST, n) != ACT_OK)
		die("no body");
	chain_next(a, &e);
	m.run = e.run;
	m.seq = e.seq;
	memcpy(m.prev, e.prev.b, ACT_HASH);
	memcpy(m.alliance, w.id, 32);
	memcpy(m.party, w.party[0].id, 32);
	memcpy(e.alliance, m.alliance, 32);
	memcpy(e.party, m.party, 32);
	memcpy(e.envoy, envoy, 32);
	e.commit = body_commit(m.salt, (struct str){ (char *)body, *n });
	envelope_write(&e, header);
	h = envelope_hash(header);
	chain_said(a, &h);
	return m;
}

static void make(uint32_t notices, uint32_t each, struct made **to,
    size_t *n_to)
{
	/* a day ahead: after all runs that the judge began */
	struct chain_author author = { .run =
					   (w.now + UINT64_C(86400)) * 1000 };
	struct desk *d = w.node[0].desk;
	for (uint32_t i = 1; i <= notices; i++) {
		uint8_t body[ACT_BODY_MOST];
		static uint8_t frame[FRAME_MOST];
		struct wire_signed s;
		struct wire_out out;
		size_t n;
		struct wire_draft m = draft_of(&author, d->key, i, body, &n);

		if (desk_add(d, &m, (struct str){ (char *)body, n }) != ACT_OK)
			die("not signed");
		if (d->n < each && i < notices)
			continue;
		n = desk_sign(d, frame, &s, &out);
		*to = mem_grow(*to, *n_to + 1, sizeof(**to));
		(*to)[(*n_to)++] = (struct made){ mem_dup(frame, n), n };
	}
}

/* As the judge's loop does it: a transaction for 100 facts, or what it says
 * itself, and at the end of all. */
static void hear_all(struct node *d, const struct made *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		node_hear(d, 0, i + 1, v[i].p, v[i].n);
		if (d->j.facts.n >= 100 || ally_hurries(&d->j))
			judge_commit(&d->j);
	}
	judge_commit(&d->j);
}

int main(int n, char **arg)
{
	uint32_t notices = n > 1 ? (uint32_t)strtoul(arg[1], NULL, 10) : 50000;
	uint32_t each = n > 2 ? (uint32_t)strtoul(arg[2], NULL, 10) : 64;
	struct made *v = NULL;
	size_t n_v = 0;
	struct mono from;
	clock_t work;
	double s;

	(void)world_quiet(NULL);
	world_up_with(&w, 2, "10000000");
	make(notices, MIN(MAX(each, 1), 64), &v, &n_v);
	work = clock();
	from = mono_now();
	hear_all(&w.node[1], v, n_v);
	s = (double)(mono_now().ns - from.ns) / 1e9;
	work = clock() - work;
	printf("%u notices in %zu frames: %.0f/s, %.0f a second of processor "
	       "time\n",
	    notices, n_v, notices / s,
	    notices / ((double)work / CLOCKS_PER_SEC));
	printf("  %llu transactions, %u closed, %llu refused for want of "
	       "budget\n",
	    (unsigned long long)w.node[1].j.stats.commits, w.node[1].closed,
	    (unsigned long long)w.node[1]
		.j.ally->parties[0]
		.rungs[ALLIED_BUDGET]);
	for (size_t i = 0; i < ALLY_COUNTS; i++)
		if (w.node[1].j.ally->counts[i])
			printf("  %s %llu\n", ally_count_names[i],
			    (unsigned long long)w.node[1].j.ally->counts[i]);
	for (size_t i = 0; i < n_v; i++)
		free(v[i].p);
	free(v);
	world_down(&w);
	return 0;
}
