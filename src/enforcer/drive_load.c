#include "enforcer/drive.h"

#include <stdio.h>

/* The i-th of N spread addresses. */
static struct net nth(uint32_t i, bool v6)
{
	uint32_t x = (i + 1) * 2654435761U;
	struct net n = { { .family = v6 ? 6 : 4 }, v6 ? 64 : 32 };

	if (v6) {
		n.addr.b[0] = 0x2a;
		memcpy(n.addr.b + 3, &i, 4);
		return n;
	}
	memcpy(n.addr.b, &x, 4);
	n.addr.b[0] = (uint8_t)(n.addr.b[0] % 96 + 20);
	return n;
}

struct count {
	uint32_t sent, heard, ok, with_sync;
};

static bool hear_dones(struct count *c, int timeout)
{
	int got = drive_hear(timeout);

	c->heard += got == MSG_DONE;
	c->ok += got == MSG_DONE && d.done.status == DONE_OK;
	return got >= 0;
}

/* many N ACT [TTL] [list] [6]: all at once, as fast as the link takes */
void drive_many(char **w)
{
	struct count c = { 0 };
	uint32_t n = drive_number(w[1], 1000);
	bool list = w[3] && w[4] && strcmp(w[4], "list") == 0;
	bool v6 = w[3] && w[4] && (w[4][0] == '6' || (w[5] && w[5][0] == '6'));
	double from = ms();

	d.quiet = true;
	while (c.heard < n) {
		struct wire_order o = { .id = ++d.id,
			.net = nth(c.sent, v6),
			.act = drive_act(w[2] ? w[2] : "deny"),
			.ttl = drive_number(w[2] ? w[3] : NULL, 3600),
			.list = list };

		if (c.sent < n && link_send(&d.judge, MSG_ORDER, &o, sizeof(o),
				      (struct str){ 0 }, -1) == LINK_OK)
			c.sent++;
		else if (!hear_dones(&c, PATIENCE_MS))
			break;
		while (c.sent % 512 == 0 && hear_dones(&c, 0))
			;
	}
	d.quiet = false;
	printf("many %u ok=%u ms=%.1f\n", c.heard, c.ok, ms() - from);
}

/* crowd N ACT [TTL] [list]: the same, as many in a message as it takes */
void drive_crowd(char **w)
{
	struct count c = { 0 };
	uint32_t n = drive_number(w[1], 1000);
	uint64_t last = d.id + n;
	double from = ms();

	d.quiet = true;
	while (d.id < last || d.done.id != last) {
		struct wire_stand v[STANDING_MOST];
		struct wire_standing h = { .first = d.id + 1 };

		for (; h.n < STANDING_MOST && d.id + h.n < last; h.n++)
			v[h.n] = (struct wire_stand){
				.net = nth(c.sent + h.n, false),
				.act = drive_act(w[2] ? w[2] : "deny"),
				.list = w[3] && w[4],
				.ttl = drive_number(w[2] ? w[3] : NULL, 3600),
			};
		if (h.n &&
		    link_send(&d.judge, MSG_STANDING, &h, sizeof(h),
			(struct str){ (const char *)v, h.n * sizeof(v[0]) },
			-1) == LINK_OK) {
			c.sent += h.n;
			d.id += h.n;
		} else if (!hear_dones(&c, PATIENCE_MS)) {
			break;
		}
	}
	d.quiet = false;
	printf("crowd %u refused=%u ms=%.1f\n", c.sent, c.heard - c.ok,
	    ms() - from);
}

static int cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* latency N: one order, its answer, the next */
void drive_latency(char **w)
{
	uint32_t n = CLAMP(drive_number(w[1], 2000), 1U, 100000U);
	double *t = mem_new(n, sizeof(*t));

	for (uint32_t i = 0; i < n; i++) {
		struct wire_order o = { .id = ++d.id,
			.net = nth(0x40000000U + i, false),
			.act = ACT_DENY,
			.ttl = 60 };
		int64_t from = mono_now().ns;

		drive_say(&d.judge, MSG_ORDER, &o, sizeof(o), -1);
		if (!drive_hear_until(MSG_DONE))
			break;
		t[i] = (double)(mono_now().ns - from) / 1e3;
	}
	qsort(t, n, sizeof(*t), cmp);
	printf("latency n=%u p50=%.1f us p99=%.1f us max=%.1f us\n", n,
	    t[n / 2], t[n * 99 / 100], t[n - 1]);
	free(t);
}
