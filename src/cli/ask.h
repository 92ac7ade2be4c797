/*
 * ask - a question to the daemon over its control socket, and the answer.
 *
 * A request is one JSON object; the answer is rows and one last object. What
 * goes wrong is said on standard error in a sentence with its cure, and the
 * exit code is what is returned.
 */
#ifndef LPT_ASK_H
#define LPT_ASK_H

#include <getopt.h>
#include <jansson.h>

#include "cli/cli.h"

/* What every command that asks the daemon takes. */
struct ask_options {
	const char *run; /* folder of the control socket */
	bool json;
};

#define ASK_LONG \
	{ "json", no_argument, NULL, 'j' }, \
	{ \
		"run", required_argument, NULL, 'R' \
	}
/* Takes 'j' or 'R'; false: it is another option. */
bool ask_option(struct ask_options *o, int c);
struct ask_options ask_defaults(void);

/* For commands without arguments: reads the options and asks; as ask below. */
int ask_plain(int argc, char **argv, const char *what, struct ask_options *o,
    json_t **end);

/* Called for each row, which is borrowed. */
typedef void ask_row_fn(void *arg, const json_t *row);

/* Takes *request. CLI_OK: *end is the last object and the caller's. A refusal
 * of the daemon has *end too, with "code" and "text", and returns CLI_OK:
 * see ask_refused. */
int ask(const char *command, const struct ask_options *o, json_t **request,
    ask_row_fn *row, void *arg, json_t **end);
/* If the answer is a refusal: says so, and the exit code; else -1. */
int ask_refused(const char *command, const json_t *end);

/* Prints the whole answer as one JSON text. */
void ask_print(const json_t *o);

/* Shorthands that never fail: 0, "" and NULL stand for what is missing. */
const char *get_text(const json_t *o, const char *key);
int64_t get_num(const json_t *o, const char *key);
bool get_flag(const json_t *o, const char *key);

/* The connected socket, or -1 with *code as above. For top, which asks more
 * than once. */
int ask_connect(const char *command, const struct ask_options *o, int *code);
int ask_on(const char *command, int fd, json_t *request, ask_row_fn *row,
    void *arg, json_t **end);

#endif
