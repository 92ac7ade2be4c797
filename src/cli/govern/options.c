#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/when.h"
#include "cli/govern/govern.h"
#include "conf/conf.h"

enum {
	FILE_MAX = 64 << 20
};

static void no_fault(void *arg, const char *file, unsigned line,
    unsigned column, const char *what)
{
}

/* --state, LIPTAKO_STATE, what the configuration says, or its default. */
static int find_state(struct gov *g)
{
	const char *given = g->state_option;
	const char *env = getenv("LIPTAKO_STATE");
	auto_free char *yaml = NULL;
	struct conf *c = NULL;
	size_t n = 0;
	int len;

	if (!given && env && *env)
		given = env;
	if (!given) {
		if (access("/etc/liptako/liptako.yaml", R_OK) == 0 &&
		    read_whole(g->command, "/etc/liptako/liptako.yaml", &yaml,
			&n))
			return CLI_FAULT;
		(void)conf_load(&c, "liptako.yaml",
		    (struct str){ yaml ? yaml : "", n }, no_fault, NULL);
	}
	len = snprintf(g->state, sizeof(g->state), "%s",
	    given ? given : c->state);
	conf_free(&c);
	if (len < 0 || (size_t)len >= sizeof(g->state) - 40)
		return cli_usage(g->command, "--state is too long");
	return CLI_OK;
}

static int add(const struct gov *g, const char **to, size_t *n, size_t max,
    const char *what)
{
	if (*n == max)
		return cli_usage(g->command, "too many %s", what);
	to[(*n)++] = optarg;
	return CLI_OK;
}

static int take_number(const struct gov *g, const char *option, uint32_t max,
    uint32_t *to)
{
	if (!str_u32(str_of(optarg), max, to) || *to == 0)
		return cli_usage(g->command, "%s takes a number from 1 to %u",
		    option, max);
	return CLI_OK;
}

/* Where an option that is only said or not goes; NULL: it is another. */
static bool *flag_of(struct gov *g, int c)
{
	switch (c) {
	case 'y':
		return &g->yes;
	case 'A':
		return &g->accounts;
	case 'N':
		return &g->no_wait;
	default:
		return NULL;
	}
}

/* Where an option's word goes as it is; NULL: it is another. */
static const char **word_of(struct gov *g, int c)
{
	switch (c) {
	case 'W':
		return &g->new_seal;
	case 'D':
		return &g->drop_seal;
	case 'p':
		return &g->party;
	case 'l':
		return &g->country;
	case 'c':
		return &g->contact;
	case 'C':
		return &g->controller;
	case 'x':
		return &g->spare;
	case 'P':
		return &g->post;
	case 'g':
		return &g->guest;
	case 'o':
		return &g->out;
	case 'f':
		return &g->file;
	case 'b':
		return &g->bundle;
	case 'w':
		return &g->why;
	case 'd':
		return &g->drop;
	case 'n':
		return &g->host;
	case 'k':
		return &g->code;
	case 'a':
		return &g->sponsor;
	case 'S':
		return &g->state_option;
	default:
		return NULL;
	}
}

/* What may stand more than once, or is no word. */
static int take_value(struct gov *g, int c)
{
	switch (c) {
	case 's':
		return add(g, g->seals, &g->n_seals, TEXT_SEALS_MAX, "seals");
	case 't':
		return add(g, g->nets, &g->n_nets, GOV_MANY, "territories");
	case 'e':
		return add(g, g->sets, &g->n_sets, GOV_MANY, "values");
	case 'h':
		return take_number(g, "--hours", 24 * 7, &g->hours);
	case 'm':
		return take_number(g, "--threshold", TEXT_SEALS_MAX,
		    &g->threshold);
	}
	die("no such option");
}

static int take_option(struct gov *g, int c)
{
	const char **word = word_of(g, c);
	bool *flag = flag_of(g, c);

	if (word)
		*word = optarg;
	else if (flag)
		*flag = true;
	else if (!ask_option(&g->ask, c))
		return take_value(g, c);
	return CLI_OK;
}

int gov_options(struct gov *g, int argc, char **argv, const char *allowed)
{
	static const struct option longs[] = { ASK_LONG,
		{ "state", required_argument, NULL, 'S' },
		{ "yes", no_argument, NULL, 'y' },
		{ "seal", required_argument, NULL, 's' },
		{ "spare", required_argument, NULL, 'x' },
		{ "threshold", required_argument, NULL, 'm' },
		{ "party", required_argument, NULL, 'p' },
		{ "country", required_argument, NULL, 'l' },
		{ "contact", required_argument, NULL, 'c' },
		{ "controller", required_argument, NULL, 'C' },
		{ "territory", required_argument, NULL, 't' },
		{ "post", required_argument, NULL, 'P' },
		{ "guest", required_argument, NULL, 'g' },
		{ "host", required_argument, NULL, 'n' },
		{ "new-seal", required_argument, NULL, 'W' },
		{ "drop-seal", required_argument, NULL, 'D' },
		{ "accounts", no_argument, NULL, 'A' },
		{ "no-wait", no_argument, NULL, 'N' },
		{ "hours", required_argument, NULL, 'h' },
		{ "out", required_argument, NULL, 'o' },
		{ "charter", required_argument, NULL, 'f' },
		{ "file", required_argument, NULL, 'f' },
		{ "bundle", required_argument, NULL, 'b' },
		{ "set", required_argument, NULL, 'e' },
		{ "drop", required_argument, NULL, 'd' },
		{ "sponsor", required_argument, NULL, 'a' },
		{ "code", required_argument, NULL, 'k' },
		{ "why", required_argument, NULL, 'w' }, { 0 } };
	int c, e;

	*g = (struct gov){ .command = argv[0], .ask = ask_defaults() };
	while ((c = cli_option(argc, argv, longs)) != -1) {
		if (c != 'j' && c != 'R' && c != 'S' && c != 'y' &&
		    !strchr(allowed, c))
			return cli_bad_option(argv, c);
		e = take_option(g, c);
		if (e)
			return e;
	}
	g->argc = argc - optind;
	g->argv = argv + optind;
	return find_state(g);
}

bool gov_agreed(const struct gov *g, const char *question)
{
	char line[16];

	if (g->yes)
		return true;
	if (!isatty(STDIN_FILENO)) {
		(void)cli_fault(g->command, "%s Say --yes to do it.", question);
		return false;
	}
	fprintf(stderr, "%s [y/N] ", question);
	return fgets(line, sizeof(line), stdin) &&
	       (line[0] == 'y' || line[0] == 'Y');
}

void gov_typed(const struct gov *g, const char *question, char *to, size_t size)
{
	struct str s;

	*to = '\0';
	if (g->yes || !isatty(STDIN_FILENO))
		return;
	fprintf(stderr, "%s ", question);
	if (!fgets(to, (int)size, stdin))
		*to = '\0';
	s = str_of(to);
	while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == ' '))
		s.n--;
	to[s.n] = '\0';
}

uint64_t gov_now(void)
{
	return (uint64_t)wall_s(wall_now()) * 1000;
}

int read_whole(const char *command, const char *path, char **ret, size_t *n)
{
	bool standard = !strcmp(path, "-");
	auto_close int fd =
	    standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	auto_free char *buf = NULL;
	size_t len = 0, room = 0;
	ssize_t got = 1;

	while (fd >= 0 && got > 0) {
		if (len + 4096 > room) {
			room = room ? room * 2 : 1 << 16;
			buf = mem_grow(buf, room, 1);
		}
		got = read(fd, buf + len, room - len - 1);
		len += got > 0 ? (size_t)got : 0;
		if (len > FILE_MAX)
			return cli_fault(command, "%s is longer than 64 MB",
			    path);
	}
	if (fd < 0 || got < 0)
		return cli_fault(command, "%s: %s", path, strerror(errno));
	buf[len] = '\0';
	*ret = take(buf);
	*n = len;
	return CLI_OK;
}

int write_whole(const char *command, const char *path, struct str s,
    unsigned mode)
{
	auto_close int fd = -1;

	if (!strcmp(path, "-")) {
		(void)fwrite(s.p, 1, s.n, stdout);
		return CLI_OK;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
	    mode);
	while (fd >= 0 && s.n > 0) {
		ssize_t put = write(fd, s.p, s.n);

		if (put <= 0)
			break;
		s = str_from(s, (size_t)put);
	}
	if (fd < 0 || s.n > 0)
		return cli_fault(command, "%s: %s", path, strerror(errno));
	return CLI_OK;
}
