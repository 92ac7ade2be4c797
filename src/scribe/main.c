/*
 * scribe - follows the journal and hands entries to the reader.
 *
 * It decides whose entry each is (owner.h) and looks at nothing else. What
 * belongs to nobody is skipped; at most once a second a bare cursor tells the
 * reader how far we are. When the reader's link is full we wait: the journal
 * keeps what we did not take yet.
 */
#include <malloc.h>
#include <poll.h>

#include "base/blob.h"
#include "base/jail.h"
#include "base/link.h"
#include "base/log.h"
#include "base/when.h"
#include "conf/pack.h"
#include "scribe/tape.h"
#include "wire/msgs.h"

enum {
	UP = 3,
	TURN = 64 /* entries before we listen again */
};

struct scribe {
	struct link up, reader;
	struct rules *rules;
	struct tape *tape;
	struct hash_key key;
	struct tape_entry at; /* read, and perhaps not sent yet */
	bool pending;         /* at waits for room in the link */
	bool bare;            /* at was nobody's: only its cursor counts */
	bool seeking, leave;
	uint32_t epoch;
	struct mono told; /* the last bare cursor */
};

static void ignore(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
	(void)arg, (void)file, (void)line, (void)column, (void)what;
	/* warden told the administrator already */
}

static int take_pack(struct scribe *s, const struct packet *p)
{
	const struct wire_blob *w = p->p;
	auto_blob struct blob b = { 0 };
	struct str left, path, text;
	int e = blob_map(p->fd, w->size, &b);

	if (e < 0)
		return e;
	rules_free(&s->rules);
	rules_new(&s->rules);
	left = blob_str(&b);
	while (pack_next(&left, &path, &text)) {
		auto_free char *name = str_dup(path);

		(void)rules_load(s->rules, name, text, ignore, NULL);
		rules_slim(s->rules, NULL); /* units and programs do */
	}
	(void)malloc_trim(0);
	return left.n ? -EBADMSG : 0;
}

static void take_reader(struct scribe *s, struct packet *p)
{
	if (s->reader.fd >= 0)
		close(s->reader.fd);
	s->reader.fd = take_fd(&p->fd);
	s->seeking = false; /* it says where from */
	s->pending = false;
}

static int enter(struct scribe *s)
{
	struct wire_up up = { 0 };
	int e = jail_enter(SCRIBE, NULL, &up.missing);

	if (e == 0)
		e = tape_open(&s->tape, &s->key);
	if (e < 0)
		return e;
	if (tape_is_blind(s->tape))
		log_err("journal-unreadable: no journal file can be opened; "
			"are they readable for the group systemd-journal?");
	e = link_send(&s->up, MSG_UP, &up, sizeof(up), (struct str){ 0 }, -1);
	return e == LINK_OK ? 0 : -ECONNRESET;
}

static int hear_up(struct scribe *s, struct packet *p)
{
	const struct wire_setup *setup = p->p;
	const struct wire_link *l = p->p;

	if (!msg_fits(p->type, WARDEN, SCRIBE, p->n))
		return -EBADMSG;
	switch ((enum msg)p->type) {
	case MSG_SETUP:
		memcpy(&s->key, setup->line_key, sizeof(s->key));
		if (setup->has_fd && p->fd >= 0)
			log_to_socket(take_fd(&p->fd));
		return 0;
	case MSG_PACK:
		return take_pack(s, p);
	case MSG_LINK:
		if (l->peer != READER || p->fd < 0)
			return -EBADMSG;
		take_reader(s, p);
		return 0;
	case MSG_GO:
		return s->tape ? 0 : enter(s);
	case MSG_LEAVE:
		s->leave = true;
		return 0;
	default:
		return 0;
	}
}

static int hear_reader(struct scribe *s, const struct packet *p)
{
	const struct wire_seek *m = p->p;
	struct str cursor;
	int e;

	if (!msg_fits(p->type, READER, SCRIBE, p->n) || !s->tape)
		return -EBADMSG;
	cursor =
	    (struct str){ (const char *)p->p + sizeof(*m), p->n - sizeof(*m) };
	if (m->n_cursor != cursor.n || m->from_end > 1)
		return -EBADMSG;
	if (m->from_end)
		cursor.n = 0;
	e = tape_seek(s->tape, cursor);
	if (e < 0)
		return e;
	s->epoch = m->epoch;
	s->seeking = true;
	s->pending = s->bare =
	    m->from_end && tape_here(s->tape, &s->at) == TAPE_OK;
	return 0;
}

static void drop_reader(struct scribe *s)
{
	if (s->reader.fd >= 0)
		close(s->reader.fd);
	s->reader.fd = -1;
	s->seeking = s->pending = false;
}

/* At most what fits a message, the message itself cut if it must be. */
static int send_entry(struct scribe *s, int32_t owner)
{
	static char tail[WIRE_TAIL];
	struct tape_entry *t = &s->at;
	struct str parts[] = { { t->cursor, t->n_cursor },
		str_head(t->from.unit, 256), str_head(t->ident, 256), t->msg };
	struct wire_entry e = { .seq = t->seq,
		.stream = t->stream,
		.usec = t->usec,
		.pid = t->pid,
		.service = owner,
		.epoch = s->epoch };
	uint16_t *lengths[] = { &e.n_cursor, &e.n_unit, &e.n_ident, &e.n_msg };
	size_t used = 0;

	for (size_t i = 0; i < countof(parts); i++) {
		size_t n = MIN(parts[i].n, sizeof(tail) - used);

		if (owner < 0 && i > 0)
			n = 0;
		if (n)
			memcpy(tail + used, parts[i].p, n);
		*lengths[i] = (uint16_t)n;
		used += n;
	}
	return link_send(&s->reader, MSG_ENTRY, &e, sizeof(e),
	    (struct str){ tail, used }, -1);
}

/* Sends what is read; true if it is gone and there may be more. */
static bool pass_on(struct scribe *s)
{
	int32_t owner = s->bare ? -1 : owner_of(s->rules, &s->at.from);
	struct mono now = mono_now();
	int e;

	if (owner < 0 && !s->bare && now.ns - s->told.ns < NS_PER_S) {
		s->pending = false;
		return true;
	}
	e = send_entry(s, owner);
	if (e == LINK_FULL)
		return false;
	s->pending = s->bare = false;
	if (owner < 0)
		s->told = now;
	if (e == LINK_OK)
		return true;
	drop_reader(s); /* warden brings a new one */
	return false;
}

/* A turn's worth; true if there is more. */
static int turn(struct scribe *s, bool *more)
{
	*more = false;
	for (int i = 0; i < TURN; i++) {
		int e;

		if (s->pending && !pass_on(s))
			return 0;
		e = tape_next(s->tape, &s->at);
		if (e != TAPE_OK)
			return e < 0 ? e : 0;
		s->pending = true;
	}
	*more = true;
	return 0;
}

static int drain_up(struct scribe *s)
{
	struct packet p = { .fd = -1 };
	int e;

	while (!s->leave && (e = link_recv(&s->up, &p)) != LINK_EMPTY) {
		if (e != LINK_OK)
			return e == LINK_GONE ? -ESHUTDOWN : e;
		e = hear_up(s, &p);
		close_fd(&p.fd);
		if (e < 0)
			return e;
	}
	return 0;
}

static void drain_reader(struct scribe *s)
{
	struct packet p = { .fd = -1 };
	int e = LINK_OK;

	while (s->reader.fd >= 0 &&
	       (e = link_recv(&s->reader, &p)) != LINK_EMPTY) {
		if (e == LINK_OK)
			e = hear_reader(s, &p);
		close_fd(&p.fd);
		if (e == 0)
			continue;
		if (e < 0)
			log_warn("link-broken peer=reader error=\"%s\"",
			    strerror(-e));
		drop_reader(s);
	}
}

static int wait_for(struct scribe *s, bool more)
{
	struct pollfd p[3] = { { s->up.fd, POLLIN, 0 },
		{ s->reader.fd, (short)(POLLIN | (s->pending ? POLLOUT : 0)),
		    0 },
		{ -1, 0, 0 } };
	int ms = more ? 0 : -1;

	if (s->tape && s->seeking) {
		p[2].fd = tape_fd(s->tape);
		p[2].events = tape_events(s->tape);
		if (!more)
			ms = tape_patience(s->tape);
	}
	if (poll(p, countof(p), ms) < 0 && errno != EINTR)
		return -errno;
	return p[2].fd >= 0 && !s->pending ? tape_woken(s->tape) : 0;
}

static int live(struct scribe *s)
{
	bool more = false;
	int e = 0;

	while (e == 0 && !s->leave) {
		e = wait_for(s, more);
		if (e == 0)
			e = drain_up(s);
		if (e == 0)
			drain_reader(s);
		more = false;
		if (e == 0 && s->seeking)
			e = turn(s, &more);
	}
	return e == -ESHUTDOWN ? 0 : e;
}

int main(void)
{
	static struct scribe s = { .up.fd = UP, .reader.fd = -1 };
	int e;

	log_open("scribe");
	rules_new(&s.rules);
	e = live(&s);
	if (e < 0)
		log_err("failed error=\"%s\"", strerror(-e));
	return e < 0;
}
