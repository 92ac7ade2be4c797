/*
 * reader_fuzz - what scribe, judge and warden say to the reader: packets of
 * any type and any bytes. Input: one byte who says it, one its type, one its
 * length / 4, then the bytes; again and again. What the reader then says to
 * judge must fit the table and be a sighting that can be.
 */
#include "reader/reader.h"

#include <sys/epoll.h>
#include <sys/mman.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const char rules[] =
    "service: openssh\nabout: x\nprograms: [sshd]\nunits: [ssh.service]\n"
    "rules:\n- name: a\n  about: x\n  kind: bruteforce\n  attack: T1110\n"
    "  evidence: own-act\n  match: ['Failed <user> from <ip>']\n"
    "  when: 5 in 10m\n";

static struct reader r = { .judge.fd = -1,
	.scribe.fd = -1,
	.up.fd = -1,
	.inotify = -1,
	.is_full = true };
static struct link judge = { .fd = -1 }, scribe = { .fd = -1 };

static void ignore(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
}

static void start(void)
{
	r.epoll = epoll_create1(0);
	r.now = 1800000000;
	r.buf = mem_new(1, GEN_BUFFER);
	see_reader = &r;
	conf_load(&r.conf, "", (struct str){ 0 }, ignore, NULL);
	rules_new(&r.rules);
	(void)rules_load(r.rules, "r", STR(rules), ignore, NULL);
	(void)matcher_new(&r.matcher, r.rules, ignore, NULL);
	r.twins = mem_new(r.rules->n_services, sizeof(*r.twins));
	r.zones = mem_new(1, sizeof(*r.zones));
	r.n_zones = 1;
	(void)line_parser_new(&r.zones[0].parser, "UTC", r.now);
}

/* A new peer, as after its restart. */
static void link_peer(enum role role, struct link *peer)
{
	struct wire_link w = { .peer = (uint8_t)role };
	struct packet p = { MSG_LINK, sizeof(w), &w, -1 };
	int ends[2];

	if (peer->fd >= 0)
		close(peer->fd);
	assert(link_pair(ends) == 0);
	peer->fd = ends[0];
	p.fd = ends[1];
	assert(reader_hear(&r, &p) == 0);
}

static void add_journal(void)
{
	struct wire_source s = { .kind = SOURCE_JOURNAL, .trust = 1 };
	struct packet p = { MSG_SOURCE, sizeof(s), &s, -1 };

	assert(reader_hear(&r, &p) == 0);
}

static void drain(void)
{
	struct packet p = { .fd = -1 };

	while (link_recv(&judge, &p) == LINK_OK) {
		assert(msg_fits(p.type, READER, JUDGE, p.n));
		if (p.type == MSG_SIGHTING)
			assert(sighting_ok(p.p));
	}
	while (link_recv(&scribe, &p) == LINK_OK)
		assert(msg_fits(p.type, READER, SCRIBE, p.n));
	judge_has_room(&r, true);
}

static void source(const uint8_t *bytes, size_t n)
{
	struct wire_source s;
	struct packet p = { MSG_SOURCE, sizeof(s), &s, -1 };

	if (n < sizeof(s))
		return;
	memcpy(&s, bytes, sizeof(s));
	s.id &= 7; /* few, for they stay from run to run */
	s.watch = -1;
	if (s.kind == SOURCE_STREAM || s.kind == SOURCE_DATAGRAM)
		s.kind = SOURCE_FILE;
	p.fd = memfd_create("log", MFD_CLOEXEC);
	assert(write(p.fd, bytes, n) == (ssize_t)n);
	(void)reader_hear(&r, &p);
	close_fd(&p.fd);
	s.ino = 0;
	p = (struct packet){ MSG_SOURCE_END, sizeof(s), &s, -1 };
	(void)reader_hear(&r, &p);
}

static void one(uint8_t who, struct packet *p)
{
	switch (who & 3) {
	case 0:
		(void)judge_hear(&r, p);
		return;
	case 1:
		if (p->type == MSG_ENTRY && p->n >= sizeof(struct wire_entry))
			((struct wire_entry *)(uintptr_t)p->p)->epoch =
			    r.journal.epoch;
		(void)scribe_hear(&r, p);
		return;
	case 2:
		if (p->type != MSG_LEAVE && p->type != MSG_SOURCE)
			(void)reader_hear(&r, p);
		return;
	case 3:
		source(p->p, p->n);
		return;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	_Alignas(8) uint8_t body[4 * 255];

	if (!r.matcher)
		start();
	link_peer(JUDGE, &judge);
	link_peer(SCRIBE, &scribe);
	add_journal();
	while (n > 3) {
		size_t len = MIN((size_t)bytes[2] * 4, n - 3);
		struct packet p = { bytes[1] % (MSG_N + 1), len, body, -1 };

		memcpy(body, bytes + 3, len);
		one(bytes[0], &p);
		bytes += 3 + len;
		n -= 3 + len;
		for (int i = 0; i < 4; i++) {
			sources_turn(&r);
			sources_tell(&r);
			drain();
		}
	}
	return 0;
}
