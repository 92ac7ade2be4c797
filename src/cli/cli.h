/*
 * cli - the operator's hand: one table of commands.
 *
 * Each command is one function that gets its own arguments (argv[0] is the
 * command's name) and answers with one of the exit codes below, which
 * liptako(1) documents. Commands that read logs fork into the reader's jail
 * before the first byte is parsed; those that ask the daemon speak over its
 * control socket.
 */
#ifndef LPT_CLI_H
#define LPT_CLI_H

#include <getopt.h>

#include "base/str.h"

enum {
	CLI_OK = 0,
	CLI_NO = 1,     /* the answer is no: not found, faults, not closed */
	CLI_USAGE = 2,  /* the command line is wrong; standard error says how */
	CLI_FAULT = 3,  /* it could not be done; standard error says why */
	CLI_DENIED = 4, /* you may not */
};

struct command {
	const char *name;
	int (*fn)(int argc, char **argv);
	const char *args;   /* as in the synopsis */
	const char *help;   /* one line */
	const char *manual; /* its page; NULL: liptako(1) */
};

/* Ends with a NULL name; in the order of --help. */
extern const struct command commands[];

/* The commands, each in the file of its name. */
int cmd_charter(int argc, char **argv);
int cmd_enrol(int argc, char **argv);
int cmd_found(int argc, char **argv);
int cmd_import_sealed(int argc, char **argv);
int cmd_invite(int argc, char **argv);
int cmd_join(int argc, char **argv);
int cmd_party(int argc, char **argv);
int cmd_post(int argc, char **argv);
int cmd_revoke(int argc, char **argv);
int cmd_roll(int argc, char **argv);
int cmd_suspend(int argc, char **argv);
int cmd_unsuspend(int argc, char **argv);
int cmd_withdraw(int argc, char **argv);
int cmd_alliance(int argc, char **argv);
int cmd_allow(int argc, char **argv);
int cmd_bouncer(int argc, char **argv);
int cmd_machine(int argc, char **argv);
int cmd_token(int argc, char **argv);
int cmd_source(int argc, char **argv);
int cmd_completion(int argc, char **argv);
int cmd_conf(int argc, char **argv);
int cmd_console(int argc, char **argv);
int cmd_deny(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_fail2ban_client(int argc, char **argv);
int cmd_fail2ban_regex(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_pardon(int argc, char **argv);
int cmd_reload(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_forget(int argc, char **argv);
int cmd_safe_conduct(int argc, char **argv);
int cmd_settle(int argc, char **argv);
int cmd_top(int argc, char **argv);
int cmd_why(int argc, char **argv);
int cmd_why_not(int argc, char **argv);
int cmd_disarm(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_rules(int argc, char **argv);
int cmd_simulate(int argc, char **argv);
int cmd_test(int argc, char **argv);

/* What `liptako import fail2ban` is. */
int cmd_import_fail2ban(int argc, char **argv);

/* The command's synopsis and options, on standard output. */
void cli_help(const struct command *c);

/* "liptako replay: " and what is wrong, on standard error; CLI_USAGE. */
int cli_usage(const char *command, const char *fmt, ...) PRINTF(2, 3);
/* The same for what could not be done; CLI_FAULT. */
int cli_fault(const char *command, const char *fmt, ...) PRINTF(2, 3);

/* getopt_long for commands, which have long options alone. It is silent: what
 * the command does not take it gives to cli_bad_option. */
int cli_option(int argc, char **argv, const struct option *longs);
/* Says what is wrong with the option that was read last as c; CLI_USAGE. */
int cli_bad_option(char **argv, int c);

/* The nearest of the names to a mistyped word, or NULL if none is near.
 * name_at answers the i-th name and NULL past the last. */
const char *cli_nearest(const char *word, const char *(*name_at)(size_t i));

/* It is none of those words (the last one NULL): says so, and which was meant;
 * CLI_USAGE. */
int cli_not_among(const char *command, const char *word,
    const char *const *words);

#endif
