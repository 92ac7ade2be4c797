#include "envoy/envoy.h"

static void again(evutil_socket_t fd, short what, void *arg)
{
	line_begin(arg);
}

static struct line *line_find(struct envoy *e, uint32_t post)
{
	for (size_t i = 0; i < e->n_lines; i++)
		if (e->lines[i]->is.post == post)
			return e->lines[i];
	return NULL;
}

struct box *list_find(struct envoy *e, uint32_t box)
{
	for (size_t i = 0; i < e->n_boxes; i++)
		if (e->boxes[i]->is.box == box)
			return e->boxes[i];
	return NULL;
}

static void box_drop(struct envoy *e, size_t i)
{
	struct box *b = e->boxes[i];

	read_end(b);
	write_end(b);
	for (size_t k = 0; b->sent && k < OUT_WINDOW; k++)
		free(b->sent[k].bytes);
	free(b->sent);
	if (b->again)
		event_free(b->again);
	free(b->handed);
	free(b);
	e->boxes[i] = e->boxes[--e->n_boxes];
}

static void line_drop(struct envoy *e, size_t i)
{
	for (size_t k = e->n_boxes; k-- > 0;)
		if (e->boxes[k]->line == e->lines[i])
			box_drop(e, k);
	line_end(e->lines[i]);
	e->lines[i] = e->lines[--e->n_lines];
}

static bool same_post(const struct line *l, const struct wire_post *p,
    struct str cert)
{
	return memcmp(&l->is, p, sizeof(*p)) == 0 && str_eq(l->cert, cert);
}

int list_post(struct envoy *e, const struct wire_post *p, struct str cert)
{
	struct line *l = line_find(e, p->post);

	if (!post_ok(p, cert.n))
		return -EBADMSG;
	if (l && same_post(l, p, cert)) {
		l->named = true;
		line_tell(l); /* a new judge does not know yet */
		return 0;
	}
	for (size_t i = 0; l && i < e->n_lines; i++)
		if (e->lines[i] == l) {
			line_drop(e, i);
			break;
		}
	if (e->n_lines == POSTS_MAX)
		return 0; /* judge sees that no LINE comes */
	l = mem_new(1, sizeof(*l));
	l->e = e;
	l->is = *p;
	l->cert = (struct str){ mem_dup(cert.p, cert.n), cert.n };
	l->named = true;
	l->again = evtimer_new(e->base, again, l);
	e->lines[e->n_lines++] = l;
	line_begin(l);
	return 0;
}

static void box_begin(struct box *b)
{
	if (!b->line->tap)
		return;
	keep_begin(b);
	read_begin(b);
	write_begin(b);
}

static struct box *box_new(struct line *l, const struct wire_box *is)
{
	struct box *b = mem_new(1, sizeof(*b));
	const struct outbox o = { l->is.alliance, is->owner, is->fleet };

	b->is = *is;
	b->line = l;
	b->first = b->next = 1;
	if (is->use == BOX_READ) {
		nats_ack(o, is->reader, b->ack);
		b->handed = mem_new(IN_WINDOW, sizeof(*b->handed));
	}
	if (is->use == BOX_WRITE) {
		nats_own(o, l->is.envoy, b->subject);
		b->sent = mem_new(OUT_WINDOW, sizeof(*b->sent));
	}
	return b;
}

int list_box(struct envoy *e, const struct wire_box *is)
{
	struct box *b = list_find(e, is->box);
	struct line *l = line_find(e, is->post);

	if (!box_ok(is))
		return -EBADMSG;
	if (!l)
		return 0; /* of a post that we had no room for */
	if (b && b->line == l && memcmp(&b->is, is, sizeof(*is)) == 0) {
		b->named = true;
		return 0;
	}
	for (size_t i = 0; b && i < e->n_boxes; i++)
		if (e->boxes[i] == b) {
			box_drop(e, i);
			break;
		}
	if (e->n_boxes == BOXES_MAX)
		return 0;
	b = box_new(l, is);
	b->named = true;
	e->boxes[e->n_boxes++] = b;
	box_begin(b);
	return 0;
}

void list_end(struct envoy *e)
{
	for (size_t i = e->n_boxes; i-- > 0;)
		if (!e->boxes[i]->named)
			box_drop(e, i);
	for (size_t i = e->n_lines; i-- > 0;)
		if (!e->lines[i]->named)
			line_drop(e, i);
	for (size_t i = 0; i < e->n_boxes; i++)
		e->boxes[i]->named = false;
	for (size_t i = 0; i < e->n_lines; i++) {
		e->lines[i]->named = false;
		if (e->lines[i]->tap)
			tap_flush(e->lines[i]->tap);
	}
}
