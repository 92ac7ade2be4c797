#include "stub/stub.h"

#include "base/link.h"
#include "base/log.h"
#include "wire/msgs.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>

enum {
	LINKS = 8,
	KEYS = 512,
	POSITIONS = 4096
};

struct position {
	uint64_t key, ino, offset;
	uint32_t nth;
};

static struct position pos[POSITIONS];
static size_t n_pos;
static uint64_t key_of[KEYS];
static struct link up = { .fd = 3 }, reader[LINKS];
static struct position heard[LINKS][64]; /* of this link: key is the source */
static char cursor[256];
static uint32_t n_cursor;
static int out;

static struct position *position(uint64_t key, uint64_t ino, bool make)
{
	for (size_t i = 0; i < n_pos; i++)
		if (pos[i].key == key && pos[i].ino == ino)
			return &pos[i];
	if (!make)
		return NULL;
	if (n_pos == POSITIONS)
		die("too many positions");
	pos[n_pos] = (struct position){ key, ino, 0, 0 };
	return &pos[n_pos++];
}

static void put(const struct seen_record *r)
{
	if (write(out, r, sizeof(*r)) != (ssize_t)sizeof(*r))
		die("cannot write");
}

static void replay(const struct seen_record *r)
{
	struct position *p = position(r->key, r->ino, true);

	if (r->what == SEEN_AGAIN) {
		p->offset = p->nth = 0;
	} else if (r->what == SEEN_SIGHTING) {
		p->offset = r->offset;
		p->nth = r->nth;
	} else if (r->what == SEEN_PROGRESS) {
		if (r->offset > p->offset) {
			p->offset = r->offset;
			p->nth = 0;
		}
		if (r->n_cursor) {
			memcpy(cursor, r->cursor, r->n_cursor);
			n_cursor = r->n_cursor;
		}
	}
}

static void open_ledger(const char *state)
{
	char path[256];
	struct seen_record r;
	off_t whole = 0;

	snprintf(path, sizeof(path), "%s/seen.bin", state);
	out = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (out < 0)
		die("%s: %s", path, strerror(errno));
	while (read(out, &r, sizeof(r)) == (ssize_t)sizeof(r)) {
		replay(&r);
		whole += (off_t)sizeof(r);
	}
	if (ftruncate(out, whole) < 0)
		die("cannot truncate");
}

static struct position *heard_of(size_t link, uint32_t source)
{
	for (size_t i = 0; i < 64; i++)
		if (heard[link][i].key == source + 1 || !heard[link][i].key) {
			heard[link][i].key = source + 1;
			return &heard[link][i];
		}
	die("too many sources");
}

static void on_sighting(size_t link, const struct wire_sighting *s)
{
	struct seen_record r = { .what = SEEN_SIGHTING,
		.generation = s->generation,
		.key = key_of[s->source % KEYS],
		.ino = s->ino,
		.offset = s->offset,
		.hash = s->hash,
		.rule = s->rule,
		.at = s->at,
		.flags = s->flags };
	struct position *p = position(r.key, r.ino, true),
			*h = heard_of(link, s->source);

	memcpy(r.who, &s->who, sizeof(r.who));
	h->nth = h->ino == s->ino && h->offset == s->offset ? h->nth + 1 : 1;
	h->ino = s->ino;
	h->offset = s->offset;
	r.nth = h->nth;
	if (s->offset < p->offset ||
	    (s->offset == p->offset && r.nth <= p->nth)) {
		r.what = SEEN_TWICE;
		put(&r);
		return;
	}
	p->offset = s->offset;
	p->nth = r.nth;
	put(&r);
}

static void on_progress(size_t link, const struct wire_progress *g,
    const char *tail)
{
	struct seen_record r = { .what = SEEN_PROGRESS,
		.key = key_of[g->source % KEYS],
		.ino = g->ino,
		.offset = g->offset,
		.n_cursor = g->n_cursor };
	struct wire_ack ack = { .source = g->source,
		.ino = g->ino,
		.offset = g->offset };

	memcpy(r.cursor, tail, g->n_cursor);
	replay(&r);
	put(&r);
	(void)link_send(&reader[link], MSG_ACK, &ack, sizeof(ack),
	    (struct str){ 0 }, -1);
}

static void on_opened(size_t link, const struct wire_opened *o)
{
	struct wire_resume m = { .source = o->source, .ino = o->ino };
	struct position *p;

	key_of[o->source % KEYS] = o->key;
	if (o->again) {
		struct seen_record r = { .what = SEEN_AGAIN,
			.key = o->key,
			.ino = o->ino };

		replay(&r);
		put(&r);
		*heard_of(link, o->source) = (struct position){ 0 };
	}
	p = position(o->key, o->ino, false);
	if (o->kind == SOURCE_JOURNAL) {
		m.known = n_cursor > 0;
		m.n_cursor = n_cursor;
	} else if (p) {
		m.known = !o->again;
		m.offset = p->offset;
	}
	for (size_t i = 0; i < n_pos; i++)
		m.rotated |= pos[i].key == o->key && pos[i].ino != o->ino;
	(void)link_send(&reader[link], MSG_RESUME, &m, sizeof(m),
	    (struct str){ cursor, m.n_cursor }, -1);
}

static void on_reader(size_t link, const struct packet *p)
{
	struct seen_record r = { 0 };

	if (!msg_fits(p->type, READER, JUDGE, p->n))
		die("reader said %u of %zu", p->type, p->n);
	switch ((enum msg)p->type) {
	case MSG_SIGHTING:
		if (!sighting_ok(p->p))
			die("a sighting that cannot be");
		on_sighting(link, p->p);
		return;
	case MSG_PROGRESS:
		on_progress(link, p->p,
		    (const char *)p->p + sizeof(struct wire_progress));
		return;
	case MSG_OPENED:
		on_opened(link, p->p);
		return;
	case MSG_REMARK: {
		const struct wire_remark *m = p->p;

		r.what = SEEN_REMARK;
		r.remark = m->what;
		r.value = m->value;
		r.key = key_of[m->source % KEYS];
		put(&r);
		return;
	}
	case MSG_PROXIED: {
		const struct wire_proxy *x = p->p;

		r.what = SEEN_PROXY;
		r.value = x->share;
		memcpy(r.who, &x->who, sizeof(r.who));
		put(&r);
		return;
	}
	default:
		die("unexpected %u", p->type);
	}
}

static bool on_warden(struct packet *p)
{
	const struct wire_link *w = p->p;

	if (!msg_fits(p->type, WARDEN, JUDGE, p->n))
		die("warden said %u of %zu", p->type, p->n);
	if (p->type == MSG_SETUP)
		open_ledger(((const struct wire_setup *)p->p)->state);
	if (p->type == MSG_LINK && w->peer == READER)
		for (size_t i = 0; i < LINKS; i++)
			if (reader[i].fd < 0) {
				reader[i].fd = take_fd(&p->fd);
				memset(heard[i], 0, sizeof(heard[i]));
				break;
			}
	close_fd(&p->fd);
	return p->type != MSG_LEAVE;
}

static void links_turn(void)
{
	for (size_t i = 0; i < LINKS; i++) {
		struct packet p;
		int e = LINK_OK;

		while (reader[i].fd >= 0 &&
		       (e = link_recv(&reader[i], &p)) == LINK_OK) {
			on_reader(i, &p);
			close_fd(&p.fd);
		}
		if (reader[i].fd >= 0 && e != LINK_EMPTY) {
			close(reader[i].fd);
			reader[i].fd = -1;
		}
	}
}

int main(void)
{
	struct wire_up m = { 0 };
	const char *slow = getenv("STUB_SLOW_US");
	uint32_t us = 0;

	log_open("stub-judge");
	if (slow)
		(void)str_u32(str_of(slow), 1000000, &us);
	for (size_t i = 0; i < LINKS; i++)
		reader[i].fd = -1;
	(void)link_send(&up, MSG_UP, &m, sizeof(m), (struct str){ 0 }, -1);
	for (;;) {
		struct pollfd f[LINKS + 1] = { { 3, POLLIN, 0 } };
		struct packet p;
		int e;

		for (size_t i = 0; i < LINKS; i++)
			f[i + 1] = (struct pollfd){ reader[i].fd, POLLIN, 0 };
		poll(f, LINKS + 1, -1);
		links_turn();
		while ((e = link_recv(&up, &p)) == LINK_OK)
			if (!on_warden(&p)) {
				links_turn();
				return 0;
			}
		if (e != LINK_EMPTY)
			return 0;
		if (us)
			usleep(us);
	}
}
