#include "warden/warden.h"

#include "base/file.h"
#include "base/jail.h"
#include "base/log.h"
#include "nats/recipe.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

/*
 * Our own post: judge says in typed rows who may come in, we write the
 * configuration of nats-server from them and have it run as the role POST.
 * The folder, its key and its configuration are ours; the store in it is the
 * post's, and nothing there is ever opened by us.
 */
enum {
	TEXT_MOST = 8 << 20,
	SETTLE_S = 2, /* a post so young may not hear a SIGHUP yet */
};

static void path_of(const struct warden *w, const char *name, char to[300])
{
	snprintf(to, 300, "%s/post%s%s", w->state, *name ? "/" : "", name);
}

void serve_add(struct warden *w, const struct wire_serve *s)
{
	if (!serve_ok(s) || w->n_serve_next == RECIPE_ROWS) {
		w->serve_broken = true;
		return;
	}
	w->serve_next = mem_grow(w->serve_next, w->n_serve_next + 1,
	    sizeof(*w->serve_next));
	w->serve_next[w->n_serve_next++] = *s;
}

/* The post's group may read what it needs, and nothing else is its own. */
static int hand_over(const struct warden *w)
{
	static const char *const shown[] = { "", "post.key", "post.crt" };
	char path[300];
	uid_t uid;
	gid_t gid;

	(void)jail_user(POST, &uid, &gid);
	for (size_t i = 0; i < countof(shown); i++) {
		path_of(w, shown[i], path);
		if (w->root && (lchown(path, 0, gid) < 0 ||
				   chmod(path, *shown[i] ? 0640 : 0750) < 0))
			return -errno;
	}
	path_of(w, "store", path);
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return -errno;
	if (w->root && lchown(path, uid, gid) < 0)
		return -errno;
	return 0;
}

static int text_make(struct warden *w, char **ret)
{
	char cert[300], key[300], store[300], log[300];
	const struct conf *c = w->now.conf;
	struct recipe r = { .listen =
				c->post_url ? c->post_url : c->post_listen,
		.cert = cert,
		.key = key,
		.store = store,
		.log = log,
		.rows = w->serve_next,
		.n = w->n_serve_next };

	path_of(w, "post.crt", cert);
	path_of(w, "post.key", key);
	path_of(w, "store", store);
	path_of(w, "store/nats.log", log);
	return recipe_write(&r, ret);
}

static int text_store(const struct warden *w, const char *text)
{
	char path[300], fresh[300];
	auto_close int fd = -1;
	size_t n = strlen(text);
	uid_t uid;
	gid_t gid;

	(void)jail_user(POST, &uid, &gid);
	path_of(w, "nats.conf", path);
	path_of(w, "nats.conf.new", fresh);
	(void)unlink(fresh);
	fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    0640);
	if (fd < 0 || write(fd, text, n) != (ssize_t)n || fsync(fd) < 0)
		return errno ? -errno : -EIO;
	if (w->root && (fchown(fd, 0, gid) < 0 || fchmod(fd, 0640) < 0))
		return -errno; /* our umask leaves nothing to the group */
	return rename(fresh, path) < 0 ? -errno : 0;
}

/* All that cannot be changed while it runs stands before the accounts. */
static bool same_server(const char *a, const char *b)
{
	const char *x = strstr(a, "\naccounts {");
	const char *y = strstr(b, "\naccounts {");

	return x && y && x - a == y - b && memcmp(a, b, (size_t)(x - a)) == 0;
}

static void hang_up(evutil_socket_t fd, short what, void *arg)
{
	const struct child *c = child_of(arg, POST);

	if (c->pid && c->is_up)
		kill(c->pid, SIGHUP);
}

static void change(struct warden *w, const char *was)
{
	struct child *c = child_of(w, POST);
	struct timeval soon = { SETTLE_S, 0 };

	if (!c->pid)
		return;
	if (!was || !same_server(was, w->serve_text)) {
		child_leave(c); /* it is started again */
		return;
	}
	if (mono_now().ns - c->started.ns > SECONDS(SETTLE_S).ns)
		soon.tv_sec = 0;
	if (!w->serve_settle)
		w->serve_settle = evtimer_new(w->base, hang_up, w);
	evtimer_add(w->serve_settle, &soon);
}

static int write_all(struct warden *w)
{
	auto_free char *text = NULL, *was = NULL;
	int e = text_make(w, &text);

	if (e == 0 && w->serve_text && strcmp(text, w->serve_text) == 0)
		return 0;
	if (e == 0)
		e = hand_over(w);
	if (e == 0)
		e = text_store(w, text);
	if (e < 0)
		return e;
	was = take(w->serve_text);
	w->serve_text = take(text);
	change(w, was);
	return 0;
}

static bool has_owner(const struct warden *w)
{
	for (size_t i = 0; i < w->n_serve_next; i++)
		if (w->serve_next[i].kind == SERVE_OWNER)
			return true;
	return false;
}

/* A judge that has just begun does not know our own login yet: the post that
 * runs goes on meanwhile. */
void serve_end(struct warden *w)
{
	int e = w->serve_broken ? -EBADMSG : 0;

	if (!w->allied)
		free_ptr(&w->serve_text); /* nobody is served any more */
	else if (e == 0 && has_owner(w))
		e = write_all(w);
	if (e < 0)
		log_err("post-unwritten error=\"%s\"", strerror(-e));
	free_ptr(&w->serve_next);
	w->n_serve_next = 0;
	w->serve_broken = false;
	children_choose(w);
}

/* Where another server is used it is that one's business to run. */
void serve_choose(struct warden *w)
{
	child_of(w, POST)->wanted =
	    w->serve_text && w->now.conf->post_on && !w->now.conf->post_url;
}

/* Debian's nats-server brings a service of its own that has the port. */
void serve_ended(const struct warden *w)
{
	const char *where = w->now.conf->post_listen;
	auto_close int fd = listen_tcp(where);

	if (fd < 0 && errno == EADDRINUSE)
		log_err("post-port-taken where=%s cure=\"ss -lntp says who "
			"listens there; if it is Debian's own service: "
			"systemctl disable --now nats-server; or give ours "
			"another port: post: in liptako.yaml\"",
		    where);
}
