#include "warden/warden.h"

#include "base/log.h"

#include <dirent.h>
#include <glob.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

enum {
	JOURNAL_DAYS = 7, /* a journal nobody wrote to for so long is dead */
	LINE = 76
};

/* sd_notify(3), in the words of its manual: one datagram. */
void say_to_manager(const char *state)
{
	const char *to = getenv("NOTIFY_SOCKET");
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	auto_close int fd = -1;
	size_t n = to ? strlen(to) : 0;

	if (n < 2 || n >= sizeof(a.sun_path) || (to[0] != '/' && to[0] != '@'))
		return;
	memcpy(a.sun_path, to, n);
	if (to[0] == '@')
		a.sun_path[0] = 0;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		(void)sendto(fd, state, strlen(state), MSG_NOSIGNAL,
		    (struct sockaddr *)&a,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
}

static bool folder_is_live(const char *pattern)
{
	glob_t g = { 0 };
	bool live = false;

	if (glob(pattern, GLOB_NOSORT, NULL, &g) == 0)
		for (size_t i = 0; i < g.gl_pathc && !live; i++) {
			struct stat st;

			live = stat(g.gl_pathv[i], &st) == 0 &&
			       time(NULL) - st.st_mtime < JOURNAL_DAYS * 86400;
		}
	globfree(&g);
	return live;
}

/* A journal daemon listens, and one of its files was written lately. */
bool journal_live(void)
{
	struct stat st;

	return stat("/run/systemd/journal/socket", &st) == 0 &&
	       S_ISSOCK(st.st_mode) &&
	       (folder_is_live("/run/log/journal/*/system.journal") ||
		   folder_is_live("/var/log/journal/*/system.journal"));
}

struct column {
	size_t at;
};

static void put(struct column *c, const char *word)
{
	size_t n = strlen(word);

	if (c->at + n + 1 > LINE) {
		fputs("\n           ", stdout);
		c->at = 11;
	}
	printf(" %s", word);
	c->at += n + 1;
}

static bool is_read(const struct warden *w, const char *path)
{
	for (const struct source *s = w->sources; s; s = s->next)
		if (strcmp(s->path, path) == 0 && (s->is_socket || s->follow.n))
			return true;
	return false;
}

/* Named by the operator, and not there: perhaps the path is mistyped. */
static void say_awaited(const struct warden *w)
{
	const struct plan *p = w->now.plan;
	struct column c = { 11 };

	for (size_t i = 0; i < p->n; i++) {
		const struct want *want = &p->wants[i];

		if (!want->named || want->kind != WANT_FILE ||
		    strpbrk(want->pattern, "*?[") || is_read(w, want->pattern))
			continue;
		if (c.at == 11)
			fputs("  missing: ", stdout);
		put(&c, want->pattern);
	}
	if (c.at > 11)
		puts(" (waited for)");
}

static void say_sources(struct warden *w)
{
	const struct generation_of *g = &w->now;
	struct column c = { 11 };
	unsigned n = 0;

	fputs("  journal: ", stdout);
	for (size_t i = 0; i < g->rules->n_services; i++)
		if (g->plan->from_journal[i] &&
		    service_is_installed(&g->rules->services[i])) {
			put(&c, g->rules->services[i].name);
			n++;
		}
	puts(n                  ? ""
	     : g->plan->journal ? " no service of ours is installed yet"
				: " none is live here");
	fputs("  files:   ", stdout);
	c.at = 11;
	n = 0;
	for (const struct source *s = w->sources; s; s = s->next)
		if (s->is_socket || s->follow.n) {
			put(&c, s->path);
			n++;
		}
	puts(n ? "" : " none yet");
	say_awaited(w);
}

static void say_protected(const struct warden *w)
{
	const struct conf *c = w->now.conf;

	printf("protected from lock-out:\n"
	       "   this host's addresses, gateways, resolvers, live logins");
	if (c->n_allow)
		printf(",\n   %zu entries of the allow list", c->n_allow);
	if (c->n_trusted)
		printf(",\n   %zu trusted proxies", c->n_trusted);
	puts("");
}

void say_found(struct warden *w)
{
	unsigned off = 0;

	if (!w->opt.foreground)
		return;
	for (size_t i = 0; i < w->now.rules->n; i++)
		off += w->now.rules->rules[i].off;
	printf("Liptako " LPT_VERSION ": %zu rules for %zu services\n",
	    w->now.rules->n - off, w->now.rules->n_services);
	if (w->now.faults)
		printf("%u faults in configuration or rules, see above\n",
		    w->now.faults);
	puts("found:");
	say_sources(w);
	if (!w->watch_only)
		printf("defending: attackers are shut out by the nftables "
		       "table \"%s\"\n",
		    w->now.conf->table);
	else if (!w->root)
		puts("watching only: without root nothing is shut out");
	else
		puts("watching only: as told, nothing is shut out");
	say_protected(w);
	puts("next: liptako status, liptako why ADDRESS; Ctrl-C stops, the "
	     "kernel's\nmeasures run out by themselves");
	fflush(stdout);
}
