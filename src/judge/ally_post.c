#include "judge/ally_priv.h"

#include <sodium.h>
#include <stdio.h>

#include "base/log.h"

/* Which posts the envoy talks to and which outboxes lie there follows from
 * the charter and the parties' records. Numbers of posts and boxes are hashes
 * of what they are: what did not change keeps its number. */

struct list {
	struct judge *j;
	struct ally_charter *c;
	const struct alliance_party *self;
	uint32_t post; /* of the rows that follow */
};

static uint32_t number_of(const void *p, size_t n)
{
	uint8_t h[16];

	crypto_generichash(h, sizeof(h), p, n, NULL, 0);
	return (uint32_t)h[0] << 24 | (uint32_t)h[1] << 16 |
	       (uint32_t)h[2] << 8 | h[3];
}

uint32_t ally_post_no(const uint8_t alliance[static 32],
    const uint8_t cert[static 32])
{
	uint8_t id[64];

	memcpy(id, alliance, 32);
	memcpy(id + 32, cert, 32);
	return number_of(id, sizeof(id));
}

static void post_row(struct list *l, const struct record_post *p, bool own)
{
	struct wire_post w = { .port = p->at.port,
		.n_addrs = (uint8_t)MIN(p->at.n, (size_t)POST_ADDRS),
		.own = own };

	memcpy(w.alliance, l->c->id, 32);
	memcpy(w.id, p->cert.sha256, 32);
	memcpy(w.envoy, l->j->ally->envoy, 32);
	for (size_t i = 0; i < w.n_addrs; i++)
		w.addrs[i] = p->at.v[i];
	w.post = l->post = ally_post_no(w.alliance, w.id);
	l->j->ops.send(l->j->arg, ENVOY, 0, MSG_POST, &w, sizeof(w),
	    (struct str){ (const char *)p->cert.der, p->cert.n });
}

static void box_row(struct list *l, uint8_t use, const char *owner,
    const char *reader, bool fleet)
{
	struct ally *y = l->j->ally;
	struct wire_box w = { .post = l->post, .use = use, .fleet = fleet };

	snprintf(w.owner, sizeof(w.owner), "%s", owner);
	snprintf(w.reader, sizeof(w.reader), "%s", reader);
	w.box = 0;
	w.box = number_of(&w, sizeof(w));
	if (use != BOX_KEEP && y->n_boxes < ALLY_BOXES)
		y->boxes[y->n_boxes++] = (struct ally_box){ w.box, w.post,
			l->c->no, fleet, use == BOX_WRITE };
	judge_send(l->j, ENVOY, 0, MSG_BOX, &w, sizeof(w));
}

static bool is_guest_of(const struct alliance_party *guest, const char *host)
{
	for (size_t i = 0; guest->record && i < guest->record->n_guest; i++)
		if (strcmp(guest->record->guest[i], host) == 0)
			return true;
	return false;
}

static const struct alliance_party *party_at(const struct list *l, size_t i)
{
	const struct alliance_party *p = alliance_party(l->c->a, (uint16_t)i);

	return p->present ? p : NULL;
}

/* Everybody's place in an outbox that lies at our post. */
static void keep_rows(struct list *l, const struct alliance_party *owner)
{
	box_row(l, BOX_KEEP, owner->name, "", false);
	for (size_t i = 0; i < alliance_parties(l->c->a); i++) {
		const struct alliance_party *p = party_at(l, i);

		if (p && p != owner)
			box_row(l, BOX_KEEP, owner->name, p->name, false);
	}
}

static bool has_fleet(const struct list *l)
{
	return l->self->roll && l->self->roll->n > 1;
}

static void host_name(const uint8_t login[32], char to[PARTY_NAME])
{
	snprintf(to, PARTY_NAME, "h-%02x%02x%02x%02x", login[0], login[1],
	    login[2], login[3]);
}

/* Is this host's key on our roll, and not revoked? */
static bool is_ours(const struct list *l, const struct record_host *h)
{
	struct alliance_envoy e;

	return alliance_envoy(l->c->a, l->self->id, h->envoy, ally_ms(l->j),
		   &e) == ENVOY_OK;
}

/* The places of our own hosts in what the chancery hands on. */
static void keep_hosts(struct list *l)
{
	const struct party_record *r = l->self->record;

	for (size_t i = 0; i < r->n_hosts; i++) {
		char name[PARTY_NAME];

		host_name(r->hosts[i].login, name);
		if (is_ours(l, &r->hosts[i]))
			box_row(l, BOX_KEEP, l->self->name, name, true);
	}
}

static void own_post(struct list *l, const struct record_post *post)
{
	bool chancery = ally_is_chancery(l->j->ally, l->c);

	post_row(l, post, chancery);
	box_row(l, BOX_WRITE, l->self->name, "", false);
	if (!chancery)
		return;
	keep_rows(l, l->self);
	for (size_t i = 0; i < alliance_parties(l->c->a); i++) {
		const struct alliance_party *p = party_at(l, i);

		if (!p || p == l->self || !is_guest_of(p, l->self->name))
			continue;
		keep_rows(l, p);
		box_row(l, BOX_READ, p->name, l->self->name, false);
	}
	if (!has_fleet(l))
		return;
	box_row(l, BOX_KEEP, l->self->name, l->self->name, false);
	box_row(l, BOX_READ, l->self->name, l->self->name, false);
	box_row(l, BOX_KEEP, l->self->name, "", true);
	box_row(l, BOX_WRITE, l->self->name, "", true);
	keep_hosts(l);
}

/* At an ally's post: its outbox, those of its guests, and ours if we are
 * one. */
static void ally_post(struct list *l, const struct alliance_party *p,
    const struct record_post *post)
{
	post_row(l, post, false);
	box_row(l, BOX_READ, p->name, l->self->name, false);
	for (size_t i = 0; i < alliance_parties(l->c->a); i++) {
		const struct alliance_party *g = party_at(l, i);

		if (g && g != l->self && g != p && is_guest_of(g, p->name))
			box_row(l, BOX_READ, g->name, l->self->name, false);
	}
	if (is_guest_of(l->self, p->name))
		box_row(l, BOX_WRITE, l->self->name, "", false);
}

static const struct ally_line *line_of(const struct ally *y, uint32_t post)
{
	for (size_t i = 0; i < y->n_lines; i++)
		if (y->lines[i].post == post)
			return &y->lines[i];
	return NULL;
}

/* A host that is not the chancery hears what the chancery hands on. */
static void fleet_post(struct list *l, const struct record_post *post)
{
	const struct ally_line *line;
	char name[PARTY_NAME];

	post_row(l, post, false);
	box_row(l, BOX_WRITE, l->self->name, "", false);
	line = line_of(l->j->ally, l->post);
	if (!line)
		return; /* once the envoy told its login, we are called again */
	host_name(line->login, name);
	box_row(l, BOX_READ, l->self->name, name, true);
}

static void charter_rows(struct list *l)
{
	bool chancery = ally_is_chancery(l->j->ally, l->c);
	const struct party_record *own = l->self->record;

	for (size_t i = 0; own && i < own->n_posts; i++) {
		if (chancery)
			own_post(l, &own->posts[i]);
		else
			fleet_post(l, &own->posts[i]);
	}
	for (size_t i = 0; chancery && i < alliance_parties(l->c->a); i++) {
		const struct alliance_party *p = party_at(l, i);

		if (!p || p == l->self || !p->record)
			continue;
		for (size_t k = 0; k < p->record->n_posts; k++)
			ally_post(l, p, &p->record->posts[k]);
	}
}

/* Who may log in at our own post, for warden. */

static void serve_row(struct list *l, uint8_t kind, const uint8_t *login,
    const uint8_t *envoy, const char *owner, const char *reader, bool fleet)
{
	struct wire_serve w = { .kind = kind, .fleet = fleet };

	memcpy(w.alliance, l->c->id, 32);
	memcpy(w.login, login, 32);
	if (envoy)
		memcpy(w.envoy, envoy, 32);
	snprintf(w.owner, sizeof(w.owner), "%s", owner);
	snprintf(w.reader, sizeof(w.reader), "%s", reader);
	judge_send(l->j, WARDEN, 0, MSG_SERVE, &w, sizeof(w));
}

static void serve_readers(struct list *l, const struct alliance_party *p,
    const uint8_t *login)
{
	serve_row(l, SERVE_READER, login, NULL, l->self->name, p->name, false);
	for (size_t i = 0; i < alliance_parties(l->c->a); i++) {
		const struct alliance_party *g = party_at(l, i);

		if (g && g != p && g != l->self &&
		    is_guest_of(g, l->self->name))
			serve_row(l, SERVE_READER, login, NULL, g->name,
			    p->name, false);
	}
}

static void serve_writers(struct list *l, const struct alliance_party *p,
    const uint8_t *login)
{
	for (size_t i = 0; p->roll && i < p->roll->n; i++)
		serve_row(l, SERVE_WRITER, login, p->roll->envoys[i].key,
		    p->name, "", false);
}

static void serve_party(struct list *l, const struct alliance_party *p,
    const struct record_post *post)
{
	for (size_t i = 0; p->record && i < p->record->n_logins; i++) {
		const struct text_login *t = &p->record->logins[i];

		if (memcmp(t->post, post->cert.sha256, 32) != 0)
			continue;
		serve_readers(l, p, t->key);
		if (is_guest_of(p, l->self->name))
			serve_writers(l, p, t->key);
	}
}

/* Each host publishes as its own envoy alone; who was revoked is let in no
 * more. */
static void serve_hosts(struct list *l)
{
	const struct party_record *r = l->self->record;

	for (size_t i = 0; i < r->n_hosts; i++) {
		const struct record_host *h = &r->hosts[i];
		char name[PARTY_NAME];

		if (!is_ours(l, h))
			continue;
		host_name(h->login, name);
		serve_row(l, SERVE_WRITER, h->login, h->envoy, l->self->name,
		    "", false);
		serve_row(l, SERVE_READER, h->login, NULL, l->self->name, name,
		    true);
	}
}

/* We make all outboxes, and read those of guests and of our other hosts. */
static void serve_owner(struct list *l, const uint8_t *login)
{
	const char *own = l->self->name;

	serve_row(l, SERVE_OWNER, login, l->j->ally->envoy, own, "", false);
	if (has_fleet(l))
		serve_row(l, SERVE_READER, login, NULL, own, own, false);
	for (size_t i = 0; i < alliance_parties(l->c->a); i++) {
		const struct alliance_party *p = party_at(l, i);

		if (p && p != l->self && is_guest_of(p, own))
			serve_row(l, SERVE_READER, login, NULL, p->name, own,
			    false);
	}
}

static void serve_charter(struct list *l)
{
	const struct party_record *own = l->self->record;

	if (!own || !ally_is_chancery(l->j->ally, l->c))
		return;
	for (size_t i = 0; i < own->n_posts; i++) {
		const struct record_post *post = &own->posts[i];
		uint8_t id[64];
		const struct ally_line *line;

		memcpy(id, l->c->id, 32);
		memcpy(id + 32, post->cert.sha256, 32);
		line = line_of(l->j->ally, number_of(id, sizeof(id)));
		if (line)
			serve_owner(l, line->login);
		for (size_t k = 0; k < alliance_parties(l->c->a); k++) {
			const struct alliance_party *p = party_at(l, k);

			if (p && p != l->self)
				serve_party(l, p, post);
		}
		serve_hosts(l);
	}
}

static void each_charter(struct judge *j, void (*fn)(struct list *l))
{
	struct ally *y = j->ally;

	for (size_t i = 0; i < y->n_charters; i++) {
		struct list l = { .j = j, .c = y->charters[i] };

		if (!l.c->a || l.c->self == ALLIANCE_NOBODY)
			continue;
		l.self = alliance_party(l.c->a, l.c->self);
		fn(&l);
	}
}

/* Who was invited may log in once, and say one thing. */
static void serve_joiners(struct judge *j)
{
	for (size_t i = 0; i < j->charters.n_invites; i++) {
		const struct invite *v = &j->charters.invites[i];
		struct wire_serve w = { .kind = SERVE_JOINER };

		memcpy(w.alliance, v->alliance, 32);
		memcpy(w.login, v->login, 32);
		memcpy(w.join, v->join, sizeof(w.join));
		judge_send(j, WARDEN, 0, MSG_SERVE, &w, sizeof(w));
	}
}

void ally_posts(struct judge *j)
{
	struct wire_none none = { 0 };
	struct ally *y = j->ally;

	each_charter(j, serve_charter);
	serve_joiners(j);
	judge_send(j, WARDEN, 0, MSG_SERVE_END, &none, sizeof(none));
	y->n_boxes = 0;
	if (!y->envoy_up || !y->has_key)
		return;
	each_charter(j, charter_rows);
	judge_send(j, ENVOY, 0, MSG_POST_END, &none, sizeof(none));
}
