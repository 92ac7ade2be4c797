#include "reader/reader.h"

#include <fnmatch.h>
#include <stdio.h>

/*
 * An entry's offset is its sequence number and its generation the hash of the
 * sequence's id, so that judge can drop what it has whatever was sent twice.
 */

bool journal_has(const struct reader *r, int32_t service)
{
	const struct journal *j = &r->journal;

	return service >= 0 && (size_t)service < j->n_services &&
	       j->services[service];
}

static bool unit_fits(const struct service *s, const char *unit)
{
	for (size_t i = 0; i < s->units.n; i++)
		if (fnmatch(s->units.v[i], unit, FNM_NOESCAPE) == 0)
			return true;
	return false;
}

static void unit_add(struct unit *u, int service)
{
	for (size_t i = 0; i < u->n; i++)
		if (u->services[i] == service)
			return;
	if (u->n < UNIT_SERVICES)
		u->services[u->n++] = service;
}

/* The scribe names one service; rules such as those of PAM share units with
 * others. */
static const struct unit *unit_of(struct reader *r, struct str name)
{
	static const struct hash_key key = { { 1, 2 } };
	struct journal *j = &r->journal;
	struct unit *u = &j->units[hash_str(&key, name) % UNITS];

	name = str_head(name, UNIT_NAME - 1);
	if (u->n_name == name.n && memcmp(u->name, name.p, name.n) == 0)
		return u;
	*u = (struct unit){ .n_name = name.n };
	memcpy(u->name, name.p, name.n);
	for (size_t i = 0; i < r->rules->n_services; i++)
		if (journal_has(r, (int32_t)i) &&
		    unit_fits(&r->rules->services[i], u->name))
			unit_add(u, (int)i);
	return u;
}

void journal_add(struct reader *r, const struct wire_source *w)
{
	struct journal *j = &r->journal;
	size_t n = (size_t)w->service + 1;

	if (!j->source) {
		j->source = source_make(r, w);
		j->source->first = mem_new(1, sizeof(*j->source->first));
		j->source->first->of = j->source;
		j->source->first->gen.fd = -1;
		j->source->first->watch = -1;
		j->source->first->is_told = true;
		log_ask(r, j->source->first);
	}
	if (w->service < 0 || (size_t)w->service >= r->rules->n_services)
		return;
	if (!j->units)
		j->units = mem_new(UNITS, sizeof(*j->units));
	memset(j->units, 0, UNITS * sizeof(*j->units));
	if (n > j->n_services) {
		j->services = mem_grow(j->services, n, sizeof(bool));
		memset(j->services + j->n_services, 0, n - j->n_services);
		j->n_services = n;
	}
	j->services[w->service] = true;
}

void journal_seek(struct reader *r)
{
	struct journal *j = &r->journal;
	struct wire_seek s = { .from_end = !j->is_known,
		.epoch = j->epoch + 1,
		.n_cursor = j->is_known ? j->n_cursor : 0 };

	j->is_seeking = true;
	if (!j->source || j->source->first->state != LOG_READ ||
	    r->scribe.fd < 0)
		return;
	if (link_send(&r->scribe, MSG_SEEK, &s, sizeof(s),
		(struct str){ j->cursor, s.n_cursor }, -1) != LINK_OK)
		return;
	j->epoch = s.epoch;
	j->is_seeking = false;
	j->is_held = false;
	j->source->first->n_sent = 0;
}

void journal_resume(struct reader *r, const struct wire_resume *m,
    struct str cursor)
{
	struct journal *j = &r->journal;

	if (j->source->first->state != LOG_ASKED || cursor.n > WIRE_CURSOR)
		return;
	j->source->first->state = LOG_READ;
	if (!m->known && j->n_begin)
		cursor = (struct str){ j->begin, j->n_begin };
	j->is_known = (m->known || j->n_begin) && cursor.n > 0;
	j->n_cursor = (uint16_t)cursor.n;
	if (cursor.n)
		memcpy(j->cursor, cursor.p, cursor.n);
	/* what was read since is read again, and judge drops what it has */
	j->stream = j->seq = 0;
	j->source->first->is_told = true;
	journal_seek(r);
}

static bool speaks(const struct service *s, struct str program)
{
	for (size_t i = 0; i < s->programs.n; i++) {
		struct str p = str_of(s->programs.v[i]);

		if (str_eq(p, program) ||
		    (p.n && p.p[p.n - 1] == '*' &&
			str_starts(program, str_head(p, p.n - 1))))
			return true;
	}
	return false;
}

/* The unit has decided whose entry it is; the text only says what happened.
 * Programs that log to their standard output have forms of their own. */
static void record_of(struct reader *r, const struct wire_entry *e,
    const struct unit *u, struct str ident, struct str msg, struct record *rec)
{
	bool spoke = false;

	for (size_t i = 0; i < u->n; i++)
		spoke |= speaks(&r->rules->services[u->services[i]], ident);
	if (spoke) {
		*rec = (struct record){ .kind = RECORD_SYSLOG,
			.line = msg,
			.msg = msg };
	} else {
		line_parse(r->journal.source->parser, LINE_AUTO, msg, rec);
		if (rec->kind == RECORD_SYSLOG)
			rec->kind = RECORD_PLAIN;
	}
	rec->program = ident;
	rec->pid = e->pid;
	rec->has_time = true;
	rec->at = (uint32_t)MIN(e->usec / 1000000, UINT32_MAX);
	rec->ms = (uint16_t)(e->usec / 1000 % 1000);
}

/* A jail knows an entry as syslog would have written it, without a date. */
static bool see_jails(struct reader *r, const struct wire_entry *e,
    const struct unit *u, struct str ident, struct str msg,
    const struct record *rec, const struct place *place)
{
	struct log *l = r->journal.source->first;
	char head[WIRE_TAIL + 600];
	size_t n;

	for (n = 0; n < u->n; n++)
		if (r->rules->services[u->services[n]].jail)
			break;
	if (n == u->n)
		return true;
	n = (size_t)snprintf(head, sizeof(head),
	    "%s " STR_F "[%u]: ", r->jails.host, STR_A(str_head(ident, 200)),
	    e->pid);
	memcpy(head + n, msg.p, msg.n);
	return jails_see(r, l, rec, (struct str){ head, n + msg.n },
	    u->services, u->n, place);
}

static bool see(struct reader *r, const struct wire_entry *e, struct str tail)
{
	struct log *l = r->journal.source->first;
	struct str unit = str_head(str_from(tail, e->n_cursor), e->n_unit);
	struct str ident =
	    str_head(str_from(tail, (size_t)e->n_cursor + e->n_unit),
		e->n_ident);
	struct str msg =
	    str_from(tail, (size_t)e->n_cursor + e->n_unit + e->n_ident);
	struct place place = { e->stream, e->seq, (uint32_t)msg.n };
	struct unit of = { 0 };
	struct record rec;

	if (unit.n)
		of = *unit_of(r, unit);
	if (journal_has(r, e->service))
		unit_add(&of, e->service);
	if (of.n == 0)
		return true;
	record_of(r, e, &of, ident, msg, &rec);
	if (!see_jails(r, e, &of, ident, msg, &rec, &place) ||
	    !see_record(r, l, &rec, of.services, of.n, &place))
		return false;
	l->lines++;
	l->bytes += msg.n;
	return true;
}

bool journal_entry(struct reader *r, const void *p, size_t n)
{
	struct journal *j = &r->journal;
	struct wire_entry e;
	struct str tail = { (const char *)p + sizeof(e), n - sizeof(e) };

	memcpy(&e, p, sizeof(e));
	/* until judge has said where from, nothing counts: what it did not get
	 * before it died would lie behind us otherwise */
	if (!j->source || j->source->first->state != LOG_READ ||
	    j->is_seeking || e.epoch != j->epoch)
		return true;
	if (e.stream == j->stream && e.seq <= j->seq)
		return true;
	if (!see(r, &e, tail)) {
		if (!j->is_held)
			memcpy(j->held, p, n);
		j->is_held = true;
		j->n_held = n;
		return false;
	}
	j->stream = e.stream;
	j->seq = e.seq;
	j->is_known = true;
	j->n_cursor = e.n_cursor;
	memcpy(j->cursor, tail.p, e.n_cursor);
	if (!j->n_begin) {
		j->n_begin = e.n_cursor;
		memcpy(j->begin, tail.p, e.n_cursor);
	}
	j->source->first->is_told = false;
	tell_soon(r);
	return true;
}

bool journal_tell(struct reader *r)
{
	struct journal *j = &r->journal;
	struct log *l = j->source->first;
	struct wire_progress p = { .source = j->source->is.id,
		.n_cursor = j->n_cursor,
		.ino = j->stream,
		.offset = j->seq + 1,
		.lines = l->lines,
		.bytes = l->bytes,
		.hits = l->hits };

	if (l->is_told || l->state != LOG_READ)
		return true;
	if (!tell_judge(r, MSG_PROGRESS, &p, sizeof(p),
		(struct str){ j->cursor, j->n_cursor }))
		return false;
	l->is_told = true;
	l->lines = l->bytes = l->hits = 0;
	return true;
}
