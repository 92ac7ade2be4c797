#include <sys/socket.h>

#include "base/log.h"
#include "judge/judge.h"

/*
 * Whatever a reader that was taken over says to the judge, and whatever else
 * comes over its links: messages of (role, type, length, body), one after
 * another. No ledger: facts stay in memory.
 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const char rules[] = "service: t\nabout: t\nprograms: [t]\nrules:\n"
			    "- name: a\n  about: a\n  kind: bruteforce\n"
			    "  attack: T1110\n  evidence: own-act\n"
			    "  match: ['a <ip>']\n  when: 2 in 10m\n"
			    "- name: b\n  about: b\n  kind: login\n"
			    "  attack: T1078\n  evidence: own-act\n"
			    "  outcome: success\n  login: host\n"
			    "  measure: alarm\n  match: ['b <ip>']\n"
			    "  when: once\n";

static void sent(void *arg, enum role to, uint32_t instance, uint32_t type,
    const void *body, size_t n, struct str tail)
{
	assert(msg_fits(type, JUDGE, to, n + tail.n));
	if (type == MSG_ORDER)
		assert(order_check(body) == DONE_OK);
}

static void fault(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
}

static struct judge *judge_up(void)
{
	static const struct judge_ops ops = { .send = sent };
	struct judge *j = mem_new(1, sizeof(*j));
	char files[1024];
	struct conf *c;
	struct book *b;
	int n = snprintf(files, sizeof(files), "%%%%%% %zu t.yaml\n%s",
	    sizeof(rules) - 1, rules);

	judge_new(j, &ops, NULL);
	j->now = 1800000000;
	(void)conf_load(&c, "c", (struct str){ 0 }, fault, NULL);
	c->slots = 1024;
	book_load(&b, 1, (struct str){ files, (size_t)n }, c, fault, NULL);
	judge_rules(j, &c, &b);
	judge_linked(j, READER, 1);
	judge_linked(j, ENFORCER, 0);
	judge_linked(j, HERALD, 0);
	judge_linked(j, NAMER, 0);
	return j;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const enum role roles[] = { READER, READER, ENFORCER, WARDEN,
		HERALD, WHO, NAMER };
	static int events[2] = { -1, -1 };
	static _Alignas(8) uint8_t body[1 << 17];
	struct judge *j;
	char text[2048];

	if (events[0] < 0 &&
	    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, events) == 0)
		log_to_socket(events[0]);
	j = judge_up();
	while (n >= 4) {
		enum role from = roles[bytes[0] % countof(roles)];
		uint32_t type = bytes[1] % MSG_N;
		size_t want =
		    msgs[type].size +
		    (size_t)(bytes[2] | bytes[3] << 8) % (msgs[type].tail + 1);

		bytes += 4;
		n -= 4;
		memset(body, 0, want);
		memcpy(body, bytes, MIN(n, want));
		bytes += MIN(n, want);
		n -= MIN(n, want);
		(void)judge_hear(j, from, from == READER, type, body, want);
		while (judge_sync_more(j, 16))
			;
		j->now += 7;
		judge_tick(j);
		while (recv(events[1], text, sizeof(text), MSG_DONTWAIT) > 0)
			; /* its own events are not what we look at */
	}
	judge_free(j);
	free(j);
	return 0;
}
