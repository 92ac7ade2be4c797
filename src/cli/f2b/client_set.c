/*
 * set JAIL ...: a value is put into the rule file that the import wrote, and
 * the daemon reads it again. It holds until the next import, as fail2ban's
 * holds until its next reload. What the daemon refuses is taken back.
 */
#include "cli/f2b/client.h"
#include "cli/f2b/import.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum {
	FILE_MOST = 1 << 20,
	VALUE_MOST = 4000,
	FOR_EVER_S = 3650 * 86400,
};

/* A list of the file: the line over it, and what its entries begin with. */
struct place {
	const char *head, *item, *before; /* before: where a new list goes */
};

static const struct place ignores = { "  ignore:\n", "  - ", "rules:\n" };
static const struct place logs = { "files:\n", "- ", "jail:\n" };

static bool is_plain(const char *z)
{
	if (strlen(z) > VALUE_MOST)
		return false;
	for (; *z; z++)
		if ((unsigned char)*z < ' ' || *z == 127 || *z == '\'')
			return false;
	return true;
}

static bool next(struct str *all, struct str *line)
{
	const char *from = all->p;
	struct str head;

	if (!str_cut(all, '\n', &head))
		return false;
	*line = (struct str){ from, head.n + 1 };
	return true;
}

/* The line that begins so has another value; without one it comes after that
 * which begins with `after`. */
static char *with_value(struct str all, const char *key, const char *after,
    const char *value)
{
	char *new = NULL;
	size_t n;
	FILE *to = file_in_memory(&new, &n);
	bool done = strstr(all.p, key) != NULL;
	struct str line;

	while (next(&all, &line)) {
		if (str_starts(line, str_of(key))) {
			fprintf(to, "%s%s\n", key, value);
			continue;
		}
		fwrite(line.p, 1, line.n, to);
		if (!done && str_starts(line, str_of(after))) {
			fprintf(to, "%s%s\n", key, value);
			done = true;
		}
	}
	fclose(to);
	return new;
}

/* One entry more or fewer. An empty list goes. */
static char *with_entry(struct str all, const struct place *p,
    const char *value, bool add)
{
	char *new = NULL, entry[VALUE_MOST + 20];
	size_t n;
	FILE *to = file_in_memory(&new, &n);
	bool there = strstr(all.p, p->head) != NULL, in = false, kept = false;
	struct str line;

	snprintf(entry, sizeof(entry), "%s'%s'\n", p->item, value);
	while (next(&all, &line)) {
		bool is_head = str_eq(line, str_of(p->head));

		if (add &&
		    (is_head || (!there && str_eq(line, str_of(p->before))))) {
			fputs(p->head, to);
			fputs(entry, to);
		}
		if (is_head) {
			in = true;
			kept = add;
			continue;
		}
		in = in && str_starts(line, str_of(p->item));
		if (in && str_eq(line, str_of(entry)))
			continue;
		if (in && !kept)
			fputs(p->head, to);
		kept |= in;
		fwrite(line.p, 1, line.n, to);
	}
	fclose(to);
	return new;
}

static bool put(const char *path, const char *text)
{
	char next_path[4096];
	auto_close int fd = -1;
	size_t n = strlen(text);

	if (snprintf(next_path, sizeof(next_path), "%s.next", path) >=
	    (int)sizeof(next_path))
		return false;
	fd = open(next_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	return fd >= 0 && write(fd, text, n) == (ssize_t)n && fsync(fd) == 0 &&
	       rename(next_path, path) == 0;
}

/* Takes text. */
static int change(struct client *c, const char *path, struct str was,
    char *text)
{
	int e = NOK;

	if (!put(path, text))
		printf("%s: %s\n", path, strerror(errno));
	else if ((e = client_reload(c)) && !put(path, was.p))
		printf("%s: %s\n", path, strerror(errno));
	free(text);
	return e;
}

static char *changed(const struct shown *s, struct str was, const char *key,
    const char *value)
{
	const struct rule *r = rule_of(s);
	char text[64];
	int64_t v = 0;
	bool time = f2b_seconds(str_of(value), &v);

	if (!strcmp(key, "bantime") && time && v != 0) {
		bool listed = strstr(was.p, "\n  terms: ");

		snprintf(text, sizeof(text), listed ? "[%llds]" : "%llds",
		    (long long)(v > 0 ? v : FOR_EVER_S));
		return with_value(was,
		    listed ? "  terms: " : "  term: ", "  evidence: ", text);
	}
	if (!strcmp(key, "findtime") && time && v > 0) {
		snprintf(text, sizeof(text), "%u in %llds", r->count,
		    (long long)v);
		return with_value(was, "  when: ", "  evidence: ", text);
	}
	if (!strcmp(key, "maxretry") && time && v > 0) {
		snprintf(text, sizeof(text), "%lld in %us", (long long)v,
		    r->span);
		return with_value(was, "  when: ", "  evidence: ", text);
	}
	if (!strcmp(key, "addignoreip") || !strcmp(key, "delignoreip")) {
		struct net net;

		if (!net_parse(str_of(value), true, &net))
			return NULL;
		return with_entry(was, &ignores, value, key[0] == 'a');
	}
	if (!strcmp(key, "addlogpath") || !strcmp(key, "dellogpath"))
		return value[0] == '/'
			   ? with_entry(was, &logs, value, key[0] == 'a')
			   : NULL;
	return NULL;
}

static const char *const known[] = { "bantime", "findtime", "maxretry",
	"addignoreip", "delignoreip", "addlogpath", "dellogpath" };

bool client_sets(const char *key)
{
	for (size_t i = 0; i < countof(known); i++)
		if (strcmp(key, known[i]) == 0)
			return true;
	return false;
}

/* What `get` says of it afterwards. */
static int answer(struct client *c, const char *jail, const char *key)
{
	char *get[1] = { (char *)(uintptr_t)key };
	struct client now = { .ask = c->ask };
	int e = NOK;

	if (str_ends(str_of(key), STR("ignoreip")))
		get[0] = (char *)(uintptr_t) "ignoreip";
	if (str_ends(str_of(key), STR("logpath")))
		get[0] = (char *)(uintptr_t) "logpath";
	jails_open(&now, NULL);
	for (size_t i = 0; i < now.n; i++)
		if (!strcmp(now.jails[i].jail->name, jail))
			e = client_get(&now.jails[i], 1, get);
	jails_close(&now);
	return e;
}

int client_set(struct client *c, const struct shown *s, int argc, char **argv)
{
	const char *path = s->rules->services[rule_of(s)->service].file;
	auto_free char *was = mem_new(FILE_MOST + 1, 1);
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(was, 1, FILE_MOST, f) : 0;
	char *text;
	int e;

	if (f)
		fclose(f);
	if (n == 0 || argc < 2 || !is_plain(argv[1]))
		return client_invalid("");
	text = changed(s, (struct str){ was, n }, argv[0], argv[1]);
	if (!text)
		return client_invalid("");
	e = change(c, path, (struct str){ was, n }, text);
	return e ? e : answer(c, s->jail->name, argv[0]);
}
