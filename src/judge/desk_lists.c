#include "judge/judge.h"

#include <stdio.h>

#include "base/log.h"
#include "judge/desk_list_store.h"

enum {
	LOOKS = 4096,       /* nets looked at in one turn */
	FETCH_LATE_S = 900, /* herald says nothing: ask again */
	AGAIN_S = 300       /* after a failure */
};

/* --- what they have --- */

static bool has(const struct list_nets *l, const struct net *n)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = memcmp(&l->v[mid], n, sizeof(*n));

		if (c == 0)
			return true;
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

const struct taken_list *desk_list_with(const struct judge *j,
    const struct net *n, size_t *from)
{
	for (; *from < j->lists.n; ++*from)
		if (has(&j->lists.v[*from]->now, n))
			return j->lists.v[(*from)++];
	return NULL;
}

static bool in_another(const struct judge *j, const struct taken_list *but,
    const struct net *n)
{
	for (size_t i = 0; i < j->lists.n; i++)
		if (j->lists.v[i] != but && has(&j->lists.v[i]->now, n))
			return true;
	return false;
}

size_t desk_lists_elements(const struct judge *j)
{
	size_t n = 0;

	for (size_t i = 0; i < j->lists.n; i++)
		n += j->lists.v[i]->now.n;
	return n;
}

static void forget(struct list_nets *l)
{
	free_ptr(&l->v);
	l->n = 0;
}

/* --- orders --- */

static bool has_window(const struct judge *j)
{
	return j->enforcer_up && j->ready_at && !j->syncing &&
	       j->order_id < j->sync_acked + ORDERS / 2;
}

/* May it be shut by a list? Our own measures stand above it. */
static bool is_free(struct judge *j, struct taken_list *l, const struct net *n)
{
	if (measures_get(&j->measures, n))
		return false;
	if (!protect_within(&j->protect, n, j->now))
		return true;
	l->spared++;
	return false;
}

struct batch {
	struct wire_stand v[STANDING_MOST];
	uint32_t n;
};

static void batch_say(struct judge *j, struct batch *b)
{
	struct wire_standing w = { .first = j->order_id + 1, .n = b->n };

	for (uint32_t i = 0; i < b->n; i++) {
		j->order_id++;
		j->orders[j->order_id % ORDERS] =
		    (struct sent_order){ j->order_id, b->v[i].net,
			    b->v[i].act };
	}
	if (b->n)
		j->ops.send(j->arg, ENFORCER, 0, MSG_STANDING, &w, sizeof(w),
		    (struct str){ (const char *)b->v, b->n * sizeof(b->v[0]) });
	j->stats.orders += b->n;
	b->n = 0;
}

static void batch_add(struct judge *j, struct batch *b,
    const struct taken_list *l, const struct net *n)
{
	b->v[b->n++] = (struct wire_stand){ .net = *n,
		.act = l->act,
		.list = 1,
		.ttl = LIST_STALE_S };
	if (b->n == STANDING_MOST)
		batch_say(j, b);
}

static void open_one(struct judge *j, const struct taken_list *l,
    const struct net *n)
{
	if (!in_another(j, l, n) && !measures_get(&j->measures, n))
		(void)judge_order(j, n, ACT_OPEN, 0, 0);
}

/* The next net of both lists, in their order. */
static void change_one(struct judge *j, struct taken_list *l, struct batch *b,
    bool renews)
{
	const struct net *was =
			     l->at_was < l->was.n ? &l->was.v[l->at_was] : NULL,
			 *is =
			     l->at_now < l->now.n ? &l->now.v[l->at_now] : NULL;
	int c = !was ? 1 : !is ? -1 : memcmp(was, is, sizeof(*was));

	if (c < 0) {
		open_one(j, l, was);
		l->at_was++;
		return;
	}
	if ((c > 0 || renews) && is_free(j, l, is))
		batch_add(j, b, l, is);
	l->at_was += c == 0;
	l->at_now++;
}

static void drop_list(struct judge *j, struct taken_list *l);

static void changed(struct judge *j, struct taken_list *l)
{
	l->changing = false;
	forget(&l->was);
	log_note("list-in-force name=%s nets=%zu spared=%u skipped=%u", l->name,
	    l->now.n, l->spared, l->skipped);
	if (l->leaves)
		drop_list(j, l);
}

static void change(struct judge *j, struct taken_list *l)
{
	bool renews = j->now - l->renewed_at >= LIST_RENEW_S;
	struct batch *b = mem_new(1, sizeof(*b));

	for (int i = 0; i < LOOKS && has_window(j); i++) {
		if (l->at_was >= l->was.n && l->at_now >= l->now.n)
			break;
		change_one(j, l, b, renews);
	}
	batch_say(j, b);
	free(b);
	if (l->at_was < l->was.n || l->at_now < l->now.n)
		return;
	if (renews)
		l->renewed_at = j->now;
	changed(j, l);
}

bool desk_lists_more(struct judge *j)
{
	for (size_t i = 0; i < j->lists.n && has_window(j); i++)
		if (j->lists.v[i]->changing) {
			change(j, j->lists.v[i]);
			return true;
		}
	return false;
}

/* From what it has to these; takes *to. */
static void begin_change(struct judge *j, struct taken_list *l,
    struct list_nets *to)
{
	struct list_nets none = { 0 };

	if (l->changing) { /* the one before was not done: all anew */
		forget(&l->was);
		l->renewed_at = 0;
	}
	l->was = l->now;
	l->now = *to;
	*to = none;
	l->at_was = l->at_now = 0;
	l->spared = 0;
	l->changing = true;
	if (l->renewed_at == 0)
		l->renewed_at = j->now - LIST_RENEW_S;
}

/* --- to an enforcer that knows nothing --- */

void desk_lists_sync(struct judge *j)
{
	j->lists.in_sync = true;
	j->lists.sync_list = j->lists.sync_at = 0;
}

bool desk_lists_sync_more(struct judge *j)
{
	struct desk_lists *d = &j->lists;
	struct batch *b = mem_new(1, sizeof(*b));
	int looks = 0;

	while (d->in_sync && looks < STANDING_MOST) {
		struct taken_list *l = d->v[d->sync_list];

		if (d->sync_list >= d->n) {
			d->in_sync = false;
		} else if (d->sync_at >= l->now.n) {
			d->sync_list++;
			d->sync_at = 0;
		} else {
			const struct net *n = &l->now.v[d->sync_at++];

			looks++;
			if (is_free(j, l, n))
				batch_add(j, b, l, n);
		}
	}
	batch_say(j, b);
	free(b);
	return d->in_sync;
}

void desk_lists_again(struct judge *j, const struct net *n)
{
	size_t from = 0;
	struct batch *b;
	const struct taken_list *l = desk_list_with(j, n, &from);

	if (!l || !j->enforcer_up || !j->ready_at ||
	    protect_within(&j->protect, n, j->now))
		return;
	b = mem_new(1, sizeof(*b));
	batch_add(j, b, l, n);
	batch_say(j, b);
	free(b);
}

/* --- fetching --- */

static void fetch(struct judge *j, struct taken_list *l)
{
	struct wire_fetch w = { .id = ++j->lists.ids, .cap = l->cap };

	memcpy(w.url, l->url, sizeof(w.url));
	if (l->now.n) { /* what is unchanged must be here */
		memcpy(w.etag, l->etag, sizeof(w.etag));
		memcpy(w.modified, l->modified, sizeof(w.modified));
	}
	forget(&l->coming);
	l->fetching = w.id;
	l->asked_at = j->now;
	judge_send(j, HERALD, 0, MSG_FETCH, &w, sizeof(w));
}

static struct taken_list *by_fetch(struct judge *j, uint64_t id)
{
	for (size_t i = 0; i < j->lists.n; i++)
		if (j->lists.v[i]->fetching == id)
			return j->lists.v[i];
	return NULL;
}

static bool take_part(struct judge *j, struct taken_list *l, struct str tail)
{
	size_t n = tail.n / sizeof(struct net);
	struct list_nets *c = &l->coming;

	if (c->n + n > l->cap ||
	    desk_lists_elements(j) - l->now.n + c->n + n > LISTS_MOST)
		return false;
	if (n == 0)
		return true;
	c->v = mem_grow(c->v, c->n + n, sizeof(*c->v));
	memcpy(c->v + c->n, tail.p, tail.n);
	for (size_t i = 0; i < n; i++, c->n++) {
		const struct net *x = &c->v[c->n];

		/* checked again, and in their order: searches rely on it */
		if (!net_ok(x) || addr_is_special(&x->addr) ||
		    x->bits < (x->addr.family == 4 ? 24 : 48) ||
		    (c->n && memcmp(x - 1, x, sizeof(*x)) >= 0))
			return false;
	}
	return true;
}

static void failed(struct judge *j, struct taken_list *l, uint8_t status)
{
	if (l->status != status || l->bad_at == 0)
		log_warn("list-not-fetched name=%s why=\"%s\" code=%u nets=%zu",
		    l->name, fetched_name((enum fetched)status), l->code,
		    l->now.n);
	l->status = status;
	l->bad_at = j->now;
	l->next_at = j->now + MIN(l->every, AGAIN_S);
	forget(&l->coming);
}

static void succeeded(struct judge *j, struct taken_list *l,
    const struct wire_fetched *f)
{
	l->status = f->status;
	l->good_at = j->now;
	l->bad_at = 0;
	l->next_at = j->now + l->every;
	if (f->status == FETCHED_SAME)
		return;
	l->skipped = f->skipped;
	memcpy(l->etag, f->etag, sizeof(l->etag));
	memcpy(l->modified, f->modified, sizeof(l->modified));
	begin_change(j, l, &l->coming);
	desk_list_write(j, l);
}

bool desk_lists_fetched(struct judge *j, const struct wire_fetched *f,
    struct str tail)
{
	struct taken_list *l = f->id ? by_fetch(j, f->id) : NULL;

	if (!fetched_ok(f, tail.n))
		return false;
	if (!l || l->leaves)
		return true; /* it was removed meanwhile */
	if (!take_part(j, l, tail)) {
		l->fetching = 0;
		failed(j, l, FETCHED_E_LONG);
		return true;
	}
	if (!f->last)
		return true;
	l->fetching = 0;
	l->code = f->code;
	if (f->status == FETCHED_OK || f->status == FETCHED_SAME)
		succeeded(j, l, f);
	else
		failed(j, l, f->status);
	return true;
}

void desk_lists_herald(struct judge *j)
{
	for (size_t i = 0; i < j->lists.n; i++) {
		j->lists.v[i]->fetching = 0;
		j->lists.v[i]->next_at =
		    MIN(j->lists.v[i]->next_at, j->now + 1);
	}
}

/* Nobody answers for it any more. */
static void go_stale(struct judge *j, struct taken_list *l)
{
	struct list_nets none = { 0 };

	log_warn("list-stale name=%s nets=%zu", l->name, l->now.n);
	l->etag[0] = l->modified[0] = '\0';
	begin_change(j, l, &none);
}

void desk_lists_tick(struct judge *j)
{
	struct wire_want w = { .role = HERALD, .on = j->lists.n > 0 };

	if (j->lists.wanted != (j->lists.n > 0)) {
		j->lists.wanted = j->lists.n > 0;
		judge_send(j, WARDEN, 0, MSG_WANT, &w, sizeof(w));
	}
	for (size_t i = 0; i < j->lists.n; i++) {
		struct taken_list *l = j->lists.v[i];

		if (l->fetching && j->now - l->asked_at > FETCH_LATE_S) {
			l->fetching = 0;
			failed(j, l, FETCHED_E_SLOW);
		}
		if (l->now.n && !l->changing && l->good_at &&
		    j->now - l->good_at > LIST_STALE_S)
			go_stale(j, l);
		if (l->now.n && !l->changing &&
		    j->now - l->renewed_at >= LIST_RENEW_S) {
			l->at_was = l->at_now = 0;
			l->changing = true;
		}
		if (!l->fetching && !l->leaves && !l->changing &&
		    j->now >= l->next_at)
			fetch(j, l);
	}
	while (desk_lists_more(j))
		;
}

/* --- the operator's words --- */

static void list_free(struct taken_list **lp)
{
	forget(&(*lp)->now);
	forget(&(*lp)->was);
	forget(&(*lp)->coming);
	free_ptr(lp);
}

static void drop_list(struct judge *j, struct taken_list *l)
{
	for (size_t i = 0; i < j->lists.n; i++)
		if (j->lists.v[i] == l) {
			list_free(&j->lists.v[i]);
			j->lists.v[i] = j->lists.v[--j->lists.n];
			return;
		}
}

void desk_lists_free(struct judge *j)
{
	while (j->lists.n)
		list_free(&j->lists.v[--j->lists.n]);
}

static struct taken_list *by_name(struct judge *j, const char *name)
{
	for (size_t i = 0; i < j->lists.n; i++)
		if (strcmp(j->lists.v[i]->name, name) == 0)
			return j->lists.v[i];
	return NULL;
}

const char *desk_list_add(struct judge *j, const char *name, const char *url,
    uint32_t every, uint32_t cap)
{
	struct str u = str_of(url);
	const char *why;
	struct taken_list *l;

	if (!str_starts(u, STR("http://")) && !str_starts(u, STR("https://")))
		return "a list is fetched by http:// or https:// alone";
	for (const char *p = name; *p; p++)
		if (*p == '/' || *p == '.')
			return "a name has no dots and no slashes";
	if (by_name(j, name))
		return "there is a list of that name: remove it first";
	if (j->lists.n == LISTS)
		return "there are too many lists";
	l = mem_new(1, sizeof(*l));
	snprintf(l->name, sizeof(l->name), "%s", name);
	snprintf(l->url, sizeof(l->url), "%s", url);
	l->every = MAX(every ? every : LIST_EVERY, 60);
	l->cap = cap ? MIN(cap, LISTS_MOST) : LIST_CAP;
	l->act = ACT_DENY;
	l->added = j->now;
	why = desk_list_keep(j, l);
	if (why) {
		free(l);
		return why;
	}
	j->lists.v[j->lists.n++] = l;
	log_note("list-added name=%s url=%s every=%u cap=%u", name, url,
	    l->every, l->cap);
	desk_lists_tick(j);
	return NULL;
}

const char *desk_list_remove(struct judge *j, const char *name)
{
	struct taken_list *l = by_name(j, name);
	struct list_nets none = { 0 };
	const char *why;

	if (!l || l->leaves)
		return "there is no list of that name";
	why = desk_list_forget(j, l);
	if (why)
		return why;
	log_note("list-removed name=%s nets=%zu", name, l->now.n);
	l->leaves = true;
	l->fetching = 0;
	begin_change(j, l, &none);
	if (!j->enforcer_up)
		drop_list(j, l);
	else
		desk_lists_tick(j);
	return NULL;
}
