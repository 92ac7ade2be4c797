#include "cli/ask.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

enum {
	ANSWER_S = 70 /* the daemon itself waits 60 s for a reload */
};

struct ask_options ask_defaults(void)
{
	const char *run = getenv("LIPTAKO_RUN");

	return (
	    struct ask_options){ run && *run ? run : "/run/liptako", false };
}

bool ask_option(struct ask_options *o, int c)
{
	if (c == 'j')
		o->json = true;
	else if (c == 'R')
		o->run = optarg;
	else
		return false;
	return true;
}

static int unreachable(const char *command, const char *path, int e)
{
	if (e == EACCES || e == EPERM) {
		(void)cli_fault(command,
		    "you may not speak to liptakod (%s): be root, or a member "
		    "of the group that `group:` in liptako.yaml names",
		    path);
		return CLI_DENIED;
	}
	return cli_fault(command,
	    "liptakod does not run (%s: %s); start it with "
	    "\"systemctl start liptako\" or \"make up\"",
	    path, strerror(e));
}

int ask_connect(const char *command, const struct ask_options *o, int *code)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct timeval limit = { ANSWER_S, 0 };
	int n =
	    snprintf(a.sun_path, sizeof(a.sun_path), "%s/control.sock", o->run);
	int fd, e;

	if (n < 0 || (size_t)n >= sizeof(a.sun_path)) {
		*code = cli_usage(command, "--run %s is too long", o->run);
		return -1;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0) {
		e = errno;
		close_fd(&fd);
		*code = unreachable(command, a.sun_path, e);
		return -1;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	return fd;
}

static bool send_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		p += sent;
		n -= (size_t)sent;
	}
	return true;
}

static bool send_request(int fd, const json_t *request)
{
	char *text = json_dumps(request, JSON_COMPACT);
	bool sent = send_all(fd, text, strlen(text)) && send_all(fd, "\n", 1);

	free(text);
	return sent;
}

struct reading {
	int fd;
	char *buf;
	size_t n, room, at;
};

/* The next line; false: the daemon went away, or says nothing. */
static bool next_line(struct reading *r, struct str *line)
{
	for (;;) {
		const char *from = r->buf ? r->buf + r->at : NULL;
		char *nl = from ? memchr(from, '\n', r->n - r->at) : NULL;
		ssize_t got;

		if (nl) {
			*line = (struct str){ from, (size_t)(nl - from) };
			r->at += line->n + 1;
			return true;
		}
		if (r->at > 0) {
			memmove(r->buf, r->buf + r->at, r->n - r->at);
			r->n -= r->at;
			r->at = 0;
		}
		if (r->n == r->room) {
			r->room = r->room ? r->room * 2 : 1 << 16;
			r->buf = mem_grow(r->buf, r->room, 1);
		}
		got = recv(r->fd, r->buf + r->n, r->room - r->n, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		r->n += (size_t)got;
	}
}

int ask_on(const char *command, int fd, json_t *request, ask_row_fn *row,
    void *arg, json_t **end)
{
	struct reading r = { .fd = fd };
	struct str line;
	int e = CLI_FAULT;

	/* who is turned away at the door gets his answer all the same */
	(void)send_request(fd, request);
	while (next_line(&r, &line)) {
		json_t *o = json_loadb(line.p, line.n, 0, NULL);

		if (o && json_object_get(o, "end")) {
			*end = o;
			e = CLI_OK;
			break;
		}
		if (o && row)
			row(arg, json_object_get(o, "row"));
		json_decref(o);
	}
	free(r.buf);
	return e == CLI_OK ? e
			   : cli_fault(command,
				 "liptakod ended the conversation; its own "
				 "events say why (journalctl -t liptako)");
}

int ask(const char *command, const struct ask_options *o, json_t **request,
    ask_row_fn *row, void *arg, json_t **end)
{
	json_t *q = take(*request);
	int code = CLI_FAULT;
	auto_close int fd = ask_connect(command, o, &code);

	if (fd >= 0)
		code = ask_on(command, fd, q, row, arg, end);
	json_decref(q);
	return code;
}

int ask_refused(const char *command, const json_t *end)
{
	static const char *const no[] = { "protected", "refused", "too-wide",
		"none" };
	const char *code = get_text(end, "code");

	if (get_flag(end, "ok"))
		return -1;
	if (*code)
		fprintf(stderr, "liptako %s: %s\n", command,
		    get_text(end, "text"));
	if (!strcmp(code, "denied"))
		return CLI_DENIED;
	for (size_t i = 0; i < countof(no); i++)
		if (!strcmp(code, no[i]))
			return CLI_NO;
	return CLI_FAULT;
}

void ask_print(const json_t *o)
{
	char *text = json_dumps(o, JSON_INDENT(2));

	puts(text);
	free(text);
}

const char *get_text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

int64_t get_num(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

bool get_flag(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

int ask_plain(int argc, char **argv, const char *what, struct ask_options *o,
    json_t **end)
{
	static const struct option longs[] = { ASK_LONG, { 0 } };
	json_t *q;
	int c;

	*o = ask_defaults();
	while ((c = cli_option(argc, argv, longs)) != -1)
		if (!ask_option(o, c))
			return cli_bad_option(argv, c);
	if (optind < argc)
		return cli_usage(argv[0], "it takes no argument");
	q = json_pack("{s:s}", "do", what);
	return ask(argv[0], o, &q, NULL, NULL, end);
}
