#include "warden/warden.h"

#include "base/log.h"

#include <glob.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>

enum {
	MASK = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB |
	       IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR,
	FOLDERS_MAX = 4096,
	EVENTS_A_TURN = 64,
};

struct folder {
	int watch;
	char *path;
};

/* The same folder again gives the same watch: nothing is added then. */
static void watch_one(struct warden *w, const char *path)
{
	int watch;

	if (w->n_folders >= FOLDERS_MAX)
		return;
	watch = inotify_add_watch(w->folders, path, MASK);
	if (watch < 0)
		return;
	for (size_t i = 0; i < w->n_folders; i++)
		if (w->folder[i].watch == watch)
			return;
	w->folder = mem_grow(w->folder, w->n_folders + 1, sizeof(*w->folder));
	w->folder[w->n_folders++] =
	    (struct folder){ watch, str_dup(str_of(path)) };
}

static void watch_matching(struct warden *w, const char *pattern)
{
	glob_t g = { 0 };

	if (glob(pattern, GLOB_NOSORT | GLOB_ONLYDIR, NULL, &g) == 0)
		for (size_t i = 0; i < g.gl_pathc; i++)
			watch_one(w, g.gl_pathv[i]);
	globfree(&g);
}

/*
 * The folders in which a path of this pattern, or a folder on the way to it,
 * may appear: the fixed ones as far as they exist, then those that match.
 */
void folders_watch(struct warden *w, const char *pattern)
{
	char part[WIRE_PATH];
	struct stat st;
	size_t deepest = 0;

	if (strlen(pattern) >= sizeof(part))
		return;
	for (size_t i = 1; pattern[i]; i++) {
		if (pattern[i] != '/')
			continue;
		snprintf(part, sizeof(part), "%.*s", (int)i, pattern);
		if (strpbrk(part, "*?[")) {
			watch_matching(w, part);
		} else if (stat(part, &st) == 0 && S_ISDIR(st.st_mode)) {
			deepest = i;
		} else {
			break;
		}
	}
	snprintf(part, sizeof(part), "%.*s", (int)MAX(deepest, 1), pattern);
	watch_one(w, part);
}

static void forget(struct warden *w, int watch)
{
	for (size_t i = 0; i < w->n_folders; i++)
		if (w->folder[i].watch == watch) {
			free_ptr(&w->folder[i].path);
			w->folder[i] = w->folder[--w->n_folders];
			return;
		}
}

static const char *path_of(const struct warden *w, int watch)
{
	for (size_t i = 0; i < w->n_folders; i++)
		if (w->folder[i].watch == watch)
			return w->folder[i].path;
	return NULL;
}

static void took_place(struct warden *w, const struct inotify_event *e,
    bool *all)
{
	const char *folder;
	char path[WIRE_PATH + 256];

	if (e->mask & IN_IGNORED)
		forget(w, e->wd);
	if (e->mask & (IN_Q_OVERFLOW | IN_DELETE_SELF | IN_MOVE_SELF |
			  IN_IGNORED | IN_ISDIR))
		*all |= !(e->mask & IN_ISDIR) ||
			e->mask & (IN_CREATE | IN_MOVED_TO);
	if (e->len == 0 || e->mask & (IN_ISDIR | IN_IGNORED))
		return;
	folder = path_of(w, e->wd);
	if (!folder)
		return;
	snprintf(path, sizeof(path), "%s/%s",
	    folder[0] == '/' && !folder[1] ? "" : folder, e->name);
	source_look(w, path, true);
}

static void folders_ready(evutil_socket_t fd, short what, void *arg)
{
	_Alignas(struct inotify_event) char buf[EVENTS_A_TURN * 64];
	struct warden *w = arg;
	ssize_t n = read(w->folders, buf, sizeof(buf));
	bool all = false;

	for (ssize_t at = 0; at < n;) {
		const struct inotify_event *e = (void *)(buf + at);

		took_place(w, e, &all);
		at += (ssize_t)(sizeof(*e) + e->len);
	}
	if (all)
		sources_look(w, true);
	sources_pass(w);
}

int folders_open(struct warden *w)
{
	w->folders = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->folders < 0)
		return -errno;
	w->folders_event = event_new(w->base, w->folders, EV_READ | EV_PERSIST,
	    folders_ready, w);
	if (!w->folders_event || event_add(w->folders_event, NULL) < 0)
		return -ENOMEM;
	return 0;
}
