#include "cli/rulebook.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

enum {
	FILE_MOST = 4 << 20
};

#define CONF_PATH_DEFAULT "/etc/liptako/liptako.yaml"
#define OWN_RULES         "/etc/liptako/rules"

void rulebook_fault(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
	struct rulebook *b = arg;

	b->faults++;
	if (b->silent)
		return;
	if (column)
		fprintf(stderr, "%s:%u:%u: %s\n", file, line, column, what);
	else
		fprintf(stderr, "%s:%u: %s\n", file, line, what);
}

/* Where our own binary lies, without its name. */
static bool own_folder(char *to, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", to, size - 1);
	char *slash;

	if (n <= 0)
		return false;
	to[n] = '\0';
	slash = strrchr(to, '/');
	if (!slash)
		return false;
	*slash = '\0';
	return true;
}

void rulebook_folder(char *to, size_t size)
{
	const char *told = getenv("LIPTAKO_RULES");
	char own[PATH_MAX];

	if (told) {
		snprintf(to, size, "%s", told);
		return;
	}
	if (own_folder(own, sizeof(own))) {
		int n = snprintf(to, size, "%s/../meson.build", own);

		if (n > 0 && (size_t)n < size && access(to, R_OK) == 0) {
			snprintf(to, size, "%s/../rules", own);
			return;
		}
	}
	snprintf(to, size, "%s", LPT_DATA "/rules");
}

/* The whole file, NUL-ended; the caller frees. */
static int read_whole(int fd, char **ret, size_t *n)
{
	auto_free char *text = NULL;
	struct stat st;
	size_t have = 0;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	if (st.st_size > FILE_MOST)
		return -EFBIG;
	text = mem_new(1, (size_t)st.st_size + 1);
	while (have < (size_t)st.st_size) {
		ssize_t got = read(fd, text + have, (size_t)st.st_size - have);

		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	*n = have;
	*ret = take(text);
	return 0;
}

static int load_file(struct rulebook *b, int dir, const char *folder,
    const char *name)
{
	auto_close int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	auto_free char *text = NULL;
	char shown[PATH_MAX];
	size_t n = 0;
	int e;

	if (fd < 0)
		return -errno;
	e = read_whole(fd, &text, &n);
	if (e < 0)
		return e;
	snprintf(shown, sizeof(shown), "%s%s%s", folder, *folder ? "/" : "",
	    name);
	if (b->bare && b->shipped)
		rules_load_own(b->rules, shown,
		    (struct str){ text, rules_without_examples(text, n) },
		    rulebook_fault, b);
	else
		rules_load(b->rules, shown, (struct str){ text, n },
		    rulebook_fault, b);
	b->files++;
	return 0;
}

static int is_rule_file(const struct dirent *d)
{
	struct str name = str_of(d->d_name);

	return name.n > 5 && name.p[0] != '.' && str_ends(name, STR(".yaml"));
}

static int load_folder(struct rulebook *b, const char *path)
{
	auto_close int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent **list = NULL;
	int n, e = 0;

	if (dir < 0)
		return -errno;
	n = scandirat(dir, ".", &list, is_rule_file, alphasort);
	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		int er = load_file(b, dir, path, list[i]->d_name);

		if (er < 0) {
			fprintf(stderr, "%s/%s: %s\n", path, list[i]->d_name,
			    strerror(-er));
			e = er;
		}
		free(list[i]);
	}
	free(list);
	return e;
}

static int load_path(struct rulebook *b, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return load_folder(b, path);
	return load_file(b, AT_FDCWD, "", path);
}

int rulebook_text(const char *path, char **ret, size_t *n)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : read_whole(fd, ret, n);
}

/* A configuration that is not there means the defaults, unless it was asked
 * for; one that we may not read is no reason not to look at logs. */
static int load_conf(struct rulebook *b, const char *path, bool asked)
{
	auto_free char *text = NULL;
	size_t n = 0;
	int e = rulebook_text(path, &text, &n);

	if (e < 0 && asked)
		return e;
	conf_load(&b->conf, path, (struct str){ text ? text : "", n },
	    rulebook_fault, b);
	return 0;
}

/* Where we are installed the operator's own rules count, too. */
static int load_own(struct rulebook *b, const char *shipped)
{
	bool was = b->shipped;
	int e;

	if (strcmp(shipped, LPT_DATA "/rules") != 0)
		return 0;
	b->shipped = false;
	e = load_folder(b, OWN_RULES);
	b->shipped = was;
	return e == -ENOENT || e == -EACCES ? 0 : e;
}

int rulebook_open(struct rulebook *ret, const char *path, const char *conf)
{
	const char *conf_path = conf ? conf : CONF_PATH_DEFAULT;
	char folder[PATH_MAX];
	int e;

	rules_new(&ret->rules);
	e = load_conf(ret, conf_path, conf != NULL);
	if (e < 0) {
		fprintf(stderr, "%s: %s\n", conf_path, strerror(-e));
		return e;
	}
	if (!path)
		rulebook_folder(folder, sizeof(folder));
	ret->shipped = !path && !getenv("LIPTAKO_RULES");
	e = load_path(ret, path ? path : folder);
	if (e == 0 && !path)
		e = load_own(ret, folder);
	if (e < 0)
		fprintf(stderr, "%s: %s\n", path ? path : folder, strerror(-e));
	else if (!path)
		conf_apply(ret->conf, conf_path, ret->rules, rulebook_fault,
		    ret);
	return e;
}

void rulebook_close(struct rulebook *b)
{
	rules_free(&b->rules);
	conf_free(&b->conf);
}

int rulebook_conf(struct conf **ret, const char *path)
{
	struct rulebook b = { .silent = true };
	const char *conf_path = path ? path : CONF_PATH_DEFAULT;
	int e = load_conf(&b, conf_path, path != NULL);

	if (e < 0)
		fprintf(stderr, "%s: %s\n", conf_path, strerror(-e));
	else
		*ret = b.conf;
	return e;
}

int rulebook_service(const struct rulebook *b, const char *name)
{
	for (size_t i = 0; i < b->rules->n_services; i++) {
		if (strcmp(b->rules->services[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

void rulebook_check(const struct conf *c, const char *file,
    conf_fault_fn *fault, void *arg)
{
	struct rulebook b = { .silent = true, .bare = true };

	(void)conf_check_zones(c, file, fault, arg);
	if (rulebook_open(&b, NULL, NULL) == 0) {
		(void)conf_apply(c, file, b.rules, fault, arg);
		for (size_t i = 0; i < c->n_sources; i++) {
			const struct conf_source *s = &c->sources[i];

			if (s->service && rulebook_service(&b, s->service) < 0)
				conf_no_service(b.rules, file, s->line,
				    s->service, fault, arg);
		}
	}
	rulebook_close(&b);
}
