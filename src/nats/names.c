#include "nats/names.h"

#include <stdio.h>

static void hex8(const uint8_t *from, char to[static 17])
{
	for (size_t i = 0; i < 8; i++)
		snprintf(to + 2 * i, 3, "%02x", from[i]);
}

static const char *head(struct outbox o, const char *usual, const char *fleet)
{
	return o.fleet ? fleet : usual;
}

void nats_stream(struct outbox o, char to[static NATS_NAME])
{
	char a[17];

	hex8(o.alliance, a);
	snprintf(to, NATS_NAME, "%s_%s_%s", head(o, "OUT", "FLEET"), a,
	    o.owner);
}

void nats_all(struct outbox o, char to[static NATS_NAME])
{
	char a[17];

	hex8(o.alliance, a);
	snprintf(to, NATS_NAME, "%s.%s.%s.>", head(o, "lpt", "flt"), a,
	    o.owner);
}

void nats_own(struct outbox o, const uint8_t envoy[static 32],
    char to[static NATS_NAME])
{
	char a[17], e[17];

	hex8(o.alliance, a);
	hex8(envoy, e);
	snprintf(to, NATS_NAME, "%s.%s.%s.%s.act", head(o, "lpt", "flt"), a,
	    o.owner, e);
}

void nats_deliver(struct outbox o, const char *reader,
    char to[static NATS_NAME])
{
	char a[17];

	hex8(o.alliance, a);
	snprintf(to, NATS_NAME, "dlv.%s.%s.%s.%s", head(o, "out", "fleet"), a,
	    o.owner, reader);
}

void nats_ack(struct outbox o, const char *reader, char to[static NATS_NAME])
{
	char stream[NATS_NAME];

	nats_stream(o, stream);
	snprintf(to, NATS_NAME, "$JS.ACK.%.56s.%.31s.", stream, reader);
}

void nats_answers(const uint8_t alliance[static 32],
    const uint8_t envoy[static 32], char to[static NATS_NAME])
{
	char a[17], e[17];

	hex8(alliance, a);
	hex8(envoy, e);
	snprintf(to, NATS_NAME, "ans.%s.%s.", a, e);
}

void nats_join(const uint8_t alliance[static 32], const uint8_t *join,
    bool answer, char to[static NATS_NAME])
{
	char a[17], j[17] = "*";

	hex8(alliance, a);
	if (join)
		hex8(join, j);
	snprintf(to, NATS_NAME, "join.%s.%s.%s", a, j,
	    answer ? "answer" : "ask");
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool nats_join_read(const uint8_t alliance[static 32], struct str subject,
    uint8_t join[static 8])
{
	char same[NATS_NAME];
	uint8_t id[8] = { 0 };
	const size_t at = sizeof("join.") - 1 + 17; /* where the id stands */

	if (subject.n < at + 16)
		return false;
	for (size_t i = 0; i < 8; i++) {
		int hi = digit(subject.p[at + 2 * i]);
		int lo = digit(subject.p[at + 2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		id[i] = (uint8_t)(hi << 4 | lo);
	}
	nats_join(alliance, id, false, same);
	if (!str_eq(subject, str_of(same)))
		return false;
	memcpy(join, id, sizeof(id));
	return true;
}

/* The next number up to a dot or the end. */
static bool number(struct str *s, uint64_t *ret)
{
	uint64_t v = 0;
	size_t n = 0;

	while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9' && n < 20) {
		uint64_t d = (uint64_t)(s->p[n++] - '0');

		if (v > (UINT64_MAX - d) / 10)
			return false;
		v = v * 10 + d;
	}
	if (n == 0 || (n < s->n && s->p[n] != '.'))
		return false;
	n += n < s->n; /* the dot */
	s->p += n;
	s->n -= n;
	*ret = v;
	return true;
}

bool nats_place(struct str reply, struct str prefix, struct nats_place *ret)
{
	struct nats_place p = { 0 };
	struct str s = reply;

	if (!str_starts(s, prefix) || s.p[s.n - 1] == '.')
		return false;
	s.p += prefix.n;
	s.n -= prefix.n;
	if (!number(&s, &p.delivered) || !number(&s, &p.seq) ||
	    !number(&s, &p.consumer_seq) || !number(&s, &p.time) ||
	    !number(&s, &p.pending) || s.n != 0)
		return false;
	*ret = p;
	return true;
}

void nats_place_print(const struct nats_place *p, const char *prefix,
    char to[static NATS_NAME])
{
	snprintf(to, NATS_NAME, "%s%llu.%llu.%llu.%llu.%llu", prefix,
	    (unsigned long long)p->delivered, (unsigned long long)p->seq,
	    (unsigned long long)p->consumer_seq, (unsigned long long)p->time,
	    (unsigned long long)p->pending);
}
