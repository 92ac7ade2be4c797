/*
 * plan - what is to be read, from the configuration and the rules' heads.
 *
 * Pure: it looks at no file. A service is taken from the journal if that is
 * live and the service has units or executables; the files that syslog shares
 * out among many programs are then left alone, since they hold the same
 * lines. A service's own log files are wanted in any case: daemons such as
 * exim or asterisk write nothing else. If one says the same in both, the
 * reader takes one of the two; of a shared file that a service without units
 * needs it takes nothing that the journal has (wire_source.shares).
 */
#ifndef LPT_PLAN_H
#define LPT_PLAN_H

#include "conf/conf.h"
#include "wire/msgs.h"

enum want_kind {
	WANT_FILE,
	WANT_SYSLOG, /* pattern is the address */
	WANT_STDIN,
};

struct want {
	enum want_kind kind;
	char *pattern;
	int32_t service; /* index in the rules; -1: each line decides */
	uint8_t form, proxied;
	bool named;     /* in the configuration */
	bool container; /* the folder's name is a container's */
	uint8_t shares; /* enum shares */
	bool jail;      /* read for a jail: beside whoever else wants it */
	unsigned line;  /* in the configuration */
	char zone[40];
};

struct plan {
	size_t n;
	struct want *wants;
	bool journal; /* a scribe is needed */
	size_t n_services;
	bool *from_journal; /* by service */
	bool *off;          /* by service */
	size_t n_jails;     /* wants that are jails' */
};

/* conf_fault_fn is told of sources whose service does not exist. */
void plan_new(struct plan **ret, const struct conf *c, const char *file,
    const struct rules *r, bool journal_live, conf_fault_fn *fault, void *arg);
void plan_free(struct plan **pp);

/* Is the path written by a syslog daemon for many programs? */
bool plan_is_shared(const char *path);
/* A name that rotation or an editor made: never a log of its own. */
bool plan_is_rotated(const char *path);
/* The one want that a path belongs to; several services make it nobody's:
 * *service is -1 then. NULL if none wants it. */
const struct want *plan_want(const struct plan *p, const char *path,
    int32_t *service);
/* The services whose jails read that path, at most max; how many. */
size_t plan_jails(const struct plan *p, const char *path, int32_t *to,
    size_t max);
/* The service that a container's or image's name belongs to, or -1. */
int32_t plan_container(const struct rules *r, struct str name);

#endif
