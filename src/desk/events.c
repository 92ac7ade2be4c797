#include "desk/events.h"

#include <stdio.h>

#include "desk/names.h"

enum {
	ALIVE_S = 15
};

struct event_kept {
	uint16_t n;
	char text[EVENT_TEXT];
};

struct listener {
	struct events *all;
	struct MHD_Connection *c;
	uint64_t next;
	bool waits, began, alive; /* alive: say so */
};

struct events {
	uint64_t next; /* number of the next one; ids are below it */
	struct event_kept *v;
	struct listener *listeners[LISTENERS];
	uint32_t seconds;
	uint64_t left_out;
};

void events_new(struct events **ret)
{
	*ret = mem_new(1, sizeof(**ret));
	(*ret)->next = 1;
	(*ret)->v = mem_new(EVENTS, sizeof(struct event_kept));
}

static void wake(struct listener *l)
{
	if (!l->waits)
		return;
	l->waits = false;
	http_wake(l->c);
}

void events_add(struct events *e, const char *name, struct str data)
{
	struct event_kept *k = &e->v[e->next % EVENTS];
	int n = snprintf(k->text, sizeof(k->text),
	    "id: %llu\nevent: %s\ndata: " STR_F "\n\n",
	    (unsigned long long)e->next, name, STR_A(data));

	if (n < 0 || (size_t)n >= sizeof(k->text)) {
		e->left_out++;
		return;
	}
	k->n = (uint16_t)n;
	e->next++;
	for (size_t i = 0; i < LISTENERS; i++)
		if (e->listeners[i])
			wake(e->listeners[i]);
}

void events_stood(struct events *e, const struct table *t, const struct held *s,
    bool is_new)
{
	char data[420], net[NET_MAX];
	const char *name = s->what == STOOD_ALARM    ? "alarm"
			   : s->what == STOOD_OPENED ? "opened"
			   : is_new                  ? "shut"
						     : "prolonged";
	int n;

	(void)net_print(&s->net, net);
	n = snprintf(data, sizeof(data),
	    "{\"at\":%u,\"net\":\"%s\",\"act\":\"%s\",\"origin\":\"%s\","
	    "\"by\":\"%s\",\"rule\":\"%s\",\"until\":%u,\"count\":%u,\"repeats\":%u,"
	    "\"how\":\"%s\"}",
	    s->what == STOOD_OPENED ? t->now : s->at, net, act_name(s->act),
	    origin_name(s->origin), table_by(t, s), table_rule(t, s), s->until,
	    s->count, s->repeats, how_name(s->how));
	if (n > 0 && (size_t)n < sizeof(data))
		events_add(e, name, (struct str){ data, (size_t)n });
}

/* The service is an ally's word: jansson writes it. */
void events_ally(struct events *e, const struct wire_stood *s)
{
	struct str service = str_of(s->rule), became;
	char net[NET_MAX];
	auto_free char *data = NULL;
	json_t *o;

	while (service.n > 0 && service.p[service.n - 1] != ':')
		service.n--;
	if (service.n == 0)
		return;
	became = str_trim(str_from(str_of(s->rule), service.n));
	service.n--;
	(void)net_print(&s->net, net);
	o = json_pack("{s:I,s:s,s:s,s:s%,s:s%}", "at", (json_int_t)s->at, "net",
	    net, "by", s->by, "rule", service.p, service.n, "became", became.p,
	    became.n);
	data = o ? json_dumps(o, JSON_COMPACT) : NULL;
	json_decref(o);
	if (data)
		events_add(e, s->what == STOOD_NOTICE ? "notice" : "receipt",
		    str_of(data));
}

static ssize_t more(void *arg, char *to, size_t max)
{
	struct listener *l = arg;
	const struct event_kept *k;
	uint64_t oldest = l->all->next > EVENTS ? l->all->next - EVENTS + 1 : 1;

	if (max < EVENT_TEXT)
		return HTTP_WAIT;
	if (!l->began) {
		l->began = true;
		return snprintf(to, max, "retry: 2000\n\n");
	}
	if (l->next < oldest) {
		l->next = oldest;
		return snprintf(to, max, "event: lost\ndata: {}\n\n");
	}
	if (l->next < l->all->next) {
		k = &l->all->v[l->next++ % EVENTS];
		memcpy(to, k->text, k->n);
		return k->n;
	}
	if (l->alive) {
		l->alive = false;
		return snprintf(to, max, ": still here\n\n");
	}
	l->waits = true;
	return HTTP_WAIT;
}

static void leave(void *arg)
{
	struct listener *l = arg;

	for (size_t i = 0; i < LISTENERS; i++)
		if (l->all->listeners[i] == l)
			l->all->listeners[i] = NULL;
	free(l);
}

void events_listen(struct http_request *r)
{
	struct events *e = r->desk->events;
	struct str last = http_header(r, "Last-Event-ID");
	struct listener *l;
	uint64_t id;
	size_t i = 0;

	while (i < LISTENERS && e->listeners[i])
		i++;
	if (i == LISTENERS) {
		http_fail(r, MHD_HTTP_SERVICE_UNAVAILABLE, "busy",
		    "too many listen");
		return;
	}
	l = mem_new(1, sizeof(*l));
	*l = (struct listener){ .all = e, .c = r->c, .next = e->next };
	if (last.n && str_u64(last, UINT64_MAX, &id) && id < e->next)
		l->next = id + 1;
	e->listeners[i] = l;
	http_add(r, "Cache-Control", "no-store");
	http_add(r, "X-Accel-Buffering", "no");
	http_stream(r, MHD_HTTP_OK, "text/event-stream", more, leave, l);
}

void events_tick(struct events *e)
{
	if (++e->seconds % ALIVE_S)
		return;
	for (size_t i = 0; i < LISTENERS; i++)
		if (e->listeners[i]) {
			e->listeners[i]->alive = true;
			wake(e->listeners[i]);
		}
}
