/*
 * rulebook - the rules and the configuration that a command works by.
 *
 * Rules come from --rules PATH (a file or a folder), else from the folder
 * that LIPTAKO_RULES names, else, when this binary stands in a build tree,
 * from that tree's rules/, else the installed ones and those in
 * /etc/liptako/rules. Faults are told on standard error with file and line;
 * they disable only what they name.
 */
#ifndef LPT_RULEBOOK_H
#define LPT_RULEBOOK_H

#include "conf/conf.h"
#include "rule/match.h"

struct rulebook {
	struct rules *rules;
	struct conf *conf;
	size_t files, faults;
	bool silent;  /* faults are counted, not told */
	bool bare;    /* asked for: our own rules without their examples */
	bool shipped; /* the rules are our own, which were checked */
};

/* The folder where the rules are by default; to holds PATH_MAX bytes. */
void rulebook_folder(char *to, size_t size);

/* path: a rule file or folder, or NULL for the default with what the
 * configuration changes in it; conf: the configuration's path, or NULL for
 * the installed one if it is there. 0, or -errno with the path that could not
 * be read told on standard error. */
int rulebook_open(struct rulebook *ret, const char *path, const char *conf);
void rulebook_close(struct rulebook *b);

/* The configuration alone, for what needs no rules; as in rulebook_open. */
int rulebook_conf(struct conf **ret, const char *path);

/* A file of rules or of the configuration, NUL-ended; the caller frees. 0, or
 * -errno. */
int rulebook_text(const char *path, char **ret, size_t *n);

/* What only the rules and the machine can say of a configuration: services,
 * rules and time zones that are none. */
void rulebook_check(const struct conf *c, const char *file,
    conf_fault_fn *fault, void *arg);

/* For the matcher and the check: tells, and counts in the rulebook (arg). */
void rulebook_fault(void *arg, const char *file, unsigned line, unsigned column,
    const char *what);

/* The number of the service, or -1. */
int rulebook_service(const struct rulebook *b, const char *name);

#endif
