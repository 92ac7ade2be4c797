#include "judge/control_priv.h"

#include <event2/buffer.h>
#include <event2/util.h>
#include <grp.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/log.h"

json_t *json_net(const struct net *n)
{
	char text[NET_MAX];

	(void)net_print(n, text);
	return json_string(text);
}

void client_say(struct client *c, json_t **o)
{
	char *text = json_dumps(*o, JSON_COMPACT);

	json_decref(take(*o));
	if (!text)
		return;
	(void)bufferevent_write(c->be, text, strlen(text));
	(void)bufferevent_write(c->be, "\n", 1);
	free(text);
}

static void leave_view(struct client *c)
{
	if (c->reads)
		c->reads->readers--;
	c->reads = NULL;
}

void client_end(struct client *c, json_t **o)
{
	c->ended = true;
	json_object_set_new(*o, "end", json_true());
	if (!json_object_get(*o, "ok"))
		json_object_set_new(*o, "ok", json_true());
	client_say(c, o);
	c->waits = WAITS_LINE;
	leave_view(c);
	(void)bufferevent_enable(c->be, EV_READ);
}

void client_fail(struct client *c, const char *code, const char *text)
{
	json_t *o =
	    json_pack("{s:b,s:s,s:s}", "ok", 0, "code", code, "text", text);

	client_end(c, &o);
}

void client_wait(struct client *c, enum waits what, uint32_t seconds)
{
	c->waits = what;
	c->deadline = c->all->j->now + seconds;
	(void)bufferevent_disable(c->be, EV_READ);
}

void client_drop(struct client *c)
{
	struct control *all = c->all;

	for (size_t i = 0; i < CLIENTS; i++)
		if (all->clients[i] == c)
			all->clients[i] = NULL;
	leave_view(c);
	request_drop(&c->request);
	bufferevent_free(c->be);
	free(c);
}

/* All of it is read for lists alone. */
static struct kernel_view *view_of(struct client *c)
{
	return c->request.what == ASK_LIST ? &c->all->view : &c->all->sums;
}

static void hold_view(struct client *c)
{
	if (!c->reads)
		view_of(c)->readers++;
	c->reads = view_of(c);
}

/* The kernel was read back, or will not be in time. */
static void kernel_known(struct client *c, bool known)
{
	if (known)
		hold_view(c);
	switch (c->request.what) {
	case ASK_STATUS:
		answer_status(c, known, false);
		return;
	case ASK_DOCTOR:
		answer_status(c, known, true);
		return;
	case ASK_LIST:
		answer_list_begin(c, known);
		return;
	default:
		die("no kernel is asked for that");
	}
}

void ask_kernel(struct client *c)
{
	struct judge *j = c->all->j;

	if (!j->enforcer_up || !j->ready_at)
		kernel_known(c, false);
	else if (view_want(view_of(c), j))
		kernel_known(c, true);
	else
		client_wait(c, WAITS_KERNEL, KERNEL_S);
}

/* Who asked by way of desk has no uid: his name goes before the note. */
static void sign_note(struct client *c)
{
	char note[NOTE_MAX + 1];

	if (!c->who[0])
		return;
	memcpy(note, c->request.note, sizeof(note));
	snprintf(c->request.note, sizeof(c->request.note), "%s: %.*s", c->who,
	    (int)(NOTE_MAX - sizeof(c->who) - 2), note);
}

static void on_read(struct bufferevent *be, void *arg)
{
	struct client *c = arg;
	struct evbuffer *in = bufferevent_get_input(be);

	while (c->waits == WAITS_LINE) {
		size_t n;
		char *line = evbuffer_readln(in, &n, EVBUFFER_EOL_LF);
		const char *why;

		if (!line) {
			if (evbuffer_get_length(in) > REQUEST_MAX)
				client_drop(c);
			return;
		}
		request_drop(&c->request);
		why = request_read((struct str){ line, n }, &c->request);
		free(line);
		if (why)
			client_fail(c, "request", why);
		else {
			sign_note(c);
			client_ask(c);
		}
	}
}

/* All that was said has left: the next rows, or the next request. */
static void on_written(struct bufferevent *be, void *arg)
{
	struct client *c = arg;

	if (c->waits != WAITS_DRAIN)
		return;
	if (!answer_list_more(c))
		on_read(be, c);
}

static void on_event(struct bufferevent *be, short what, void *arg)
{
	client_drop(arg);
}

static bool in_group(int fd, uint32_t gid)
{
	gid_t groups[256];
	socklen_t n = sizeof(groups);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &n) < 0)
		return false;
	for (size_t i = 0; i < n / sizeof(gid_t); i++)
		if (groups[i] == gid)
			return true;
	return false;
}

static bool may_speak(const struct control *c, int fd, uint32_t *uid)
{
	struct ucred who;
	socklen_t n = sizeof(who);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) < 0)
		return false;
	*uid = who.uid;
	if (who.uid == 0 || who.uid == geteuid())
		return true;
	return c->has_gid && (who.gid == c->gid || in_group(fd, c->gid));
}

static size_t free_seat(const struct control *c)
{
	size_t i = 0;

	while (i < CLIENTS && c->clients[i])
		i++;
	return i;
}

static void refuse(int fd, const char *code, const char *text)
{
	char line[200];
	int n = snprintf(line, sizeof(line),
	    "{\"end\":true,\"ok\":false,\"code\":\"%s\",\"text\":\"%s\"}\n",
	    code, text);

	(void)send(fd, line, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL);
	close(fd);
}

struct client *client_new(struct control *all, struct bufferevent *be)
{
	size_t seat = free_seat(all);
	struct client *c;

	if (seat == CLIENTS)
		return NULL;
	c = mem_new(1, sizeof(*c));
	c->all = all;
	c->be = be;
	bufferevent_setcb(be, on_read, on_written, on_event, c);
	bufferevent_setwatermark(be, EV_READ, 0, REQUEST_MAX + 1);
	all->clients[seat] = c;
	return c;
}

void control_welcome(struct control *all, int fd)
{
	static const struct timeval idle = { CLIENT_IDLE_S, 0 };
	struct bufferevent *be;
	struct client *c;
	uint32_t uid = 0;

	if (!may_speak(all, fd, &uid)) {
		refuse(fd, "denied", "you may not speak to the judge");
		return;
	}
	if (free_seat(all) == CLIENTS) {
		refuse(fd, "busy", "too many ask at once");
		return;
	}
	be = bufferevent_socket_new(all->base, fd, BEV_OPT_CLOSE_ON_FREE);
	(void)bufferevent_set_timeouts(be, &idle, &idle);
	c = client_new(all, be);
	c->uid = uid;
	(void)bufferevent_enable(c->be, EV_READ | EV_WRITE);
}

static void on_accept(evutil_socket_t fd, short what, void *arg)
{
	int s = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (s >= 0)
		control_welcome(arg, s);
}

struct control *control_new(struct judge *j, struct event_base *base)
{
	struct control *c = mem_new(1, sizeof(*c));

	asks_check();
	c->view.what = ASK_ALL;
	c->sums.what = ASK_SUMS;
	c->j = j;
	c->base = base;
	c->fd = -1;
	return c;
}

void control_free(struct control **cp)
{
	struct control *c = *cp;

	if (!c)
		return;
	for (size_t i = 0; i < CLIENTS; i++)
		if (c->clients[i])
			client_drop(c->clients[i]);
	if (c->accepts)
		event_free(c->accepts);
	close_fd(&c->fd);
	free(c->view.v);
	free(c->sums.v);
	free(c);
	*cp = NULL;
}

/* While files can still be read: who the configured group is. */
static void learn_group(struct control *c)
{
	const char *name = c->j->conf ? c->j->conf->group : NULL;
	const struct group *g = name && *name ? getgrnam(name) : NULL;

	if (!g)
		return;
	c->has_gid = true;
	c->gid = g->gr_gid;
}

void control_listen(struct control *c, int fd)
{
	if (c->accepts) {
		event_free(c->accepts);
		close(c->fd);
	}
	c->fd = fd;
	learn_group(c);
	(void)evutil_make_socket_nonblocking(fd);
	c->accepts = event_new(c->base, fd, EV_READ | EV_PERSIST, on_accept, c);
	(void)event_add(c->accepts, NULL);
}

void control_done(struct control *c, uint64_t id, const struct wire_done *d)
{
	for (size_t i = 0; i < CLIENTS; i++) {
		struct client *k = c->clients[i];

		if (!k || k->waits != WAITS_DONE || k->order != id)
			continue;
		answer_word_done(k, d);
		on_read(k->be, k);
	}
}

static void one_element(struct client *k, const struct wire_element *e)
{
	if (e->net.addr.family && k->n_seen < SEEN)
		k->seen[k->n_seen++] = element_seen(e);
	if (e->last)
		answer_why(k, true);
}

static void view_known(struct control *c, const struct kernel_view *v)
{
	for (size_t i = 0; i < CLIENTS; i++) {
		struct client *k = c->clients[i];

		if (k && k->waits == WAITS_KERNEL && view_of(k) == v)
			kernel_known(k, true);
	}
}

void control_element(struct control *c, const struct wire_element *e)
{
	for (size_t i = 0; i < CLIENTS; i++) {
		struct client *k = c->clients[i];

		if (k && k->waits == WAITS_ONE && k->order == e->id)
			one_element(k, e);
	}
	if (view_element(&c->view, e, c->j->now))
		view_known(c, &c->view);
	else if (view_element(&c->sums, e, c->j->now))
		view_known(c, &c->sums);
}

void control_looked(struct control *c, uint64_t id, uint8_t why,
    struct str tail)
{
	for (size_t i = 0; i < CLIENTS; i++) {
		struct client *k = c->clients[i];

		if (!k || k->waits != WAITS_LOOK || k->order != id)
			continue;
		answer_looked(k, why, tail);
		on_read(k->be, k);
		return;
	}
}

void control_reloaded(struct control *c, const struct wire_reloaded *r,
    struct str text)
{
	for (size_t i = 0; i < CLIENTS; i++) {
		struct client *k = c->clients[i];
		json_t *o;

		if (!k || k->waits != WAITS_RELOAD)
			continue;
		o = json_pack("{s:b,s:i,s:i,s:i,s:i,s:o}", "ok", r->status == 0,
		    "generation", (int)r->generation, "rules", (int)r->rules,
		    "sources", (int)r->sources, "faults", (int)r->faults,
		    "text", json_stringn_nocheck(text.p, text.n));
		client_end(k, &o);
	}
}

static void too_late(struct client *c)
{
	switch (c->waits) {
	case WAITS_KERNEL:
		view_late(view_of(c), c->all->j->now);
		kernel_known(c, false);
		return;
	case WAITS_ONE:
		answer_why(c, false);
		return;
	case WAITS_DONE:
		client_fail(c, "timeout",
		    "the enforcer does not answer; the order waits for it");
		return;
	case WAITS_RELOAD:
		client_fail(c, "timeout", "the warden does not answer");
		return;
	case WAITS_LOOK:
		client_fail(c, "timeout", "the envoy does not answer");
		return;
	case WAITS_LINE:
	case WAITS_DRAIN:
		return;
	}
	die("no such wait");
}

void control_tick(struct control *c)
{
	for (size_t i = 0; i < CLIENTS; i++) {
		struct client *k = c->clients[i];

		if (k && k->waits != WAITS_LINE && k->waits != WAITS_DRAIN &&
		    c->j->now >= k->deadline)
			too_late(k);
	}
	view_tidy(&c->view, c->j->now);
	view_tidy(&c->sums, c->j->now);
}
