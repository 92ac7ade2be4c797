/*
 * conf - what /etc/liptako/liptako.yaml says, with every default filled in.
 *
 * One table of items (conf_items) names every key with its kind, bounds,
 * default and manual sentence; the loader walks it, `liptako conf` prints by
 * it and liptako.yaml(5) is checked against it. Bytes in, struct out: no
 * file is opened and no clock is read here. A fault is reported with file,
 * line, column and cure and disables only its own item; so conf_load always
 * yields a configuration that can run, and no file at all means the defaults.
 */
#ifndef LPT_CONF_H
#define LPT_CONF_H

#include "base/addr.h"
#include "line/record.h"
#include "rule/rule.h"

enum {
	CONF_MODE_DEFEND,
	CONF_MODE_WATCH
};
enum {
	CONF_SENSORS_OFF,
	CONF_SENSORS_ALARM,
	CONF_SENSORS_LIMIT,
	CONF_SENSORS_DENY
};
enum {
	CONF_MEASURE_DENY,
	CONF_MEASURE_REJECT,
	CONF_MEASURE_LIMIT,
};
/* hooks: on */
enum {
	CONF_ON_DENY = 1,
	CONF_ON_LIMIT = 2,
	CONF_ON_ALARM = 4,
	CONF_ON_OPEN = 8
};

/* allow: an address or prefix, or else a host name */
struct conf_allow {
	struct net net; /* family 0: it is a name */
	char *name;
	uint32_t until; /* UTC s; 0: for ever */
	char *note;     /* or NULL */
	unsigned line;
};

struct conf_net {
	struct net net;
	unsigned line;
};

/* sources: exactly one of the first five is set */
struct conf_source {
	char *file; /* path or glob */
	uint8_t journal, stdin_;
	char *syslog;     /* "127.0.0.1:5514", "[::1]:5514" or "/path" */
	char *containers; /* folder of docker or podman logs */
	char *service;    /* or NULL: by what each line says */
	uint32_t format;  /* enum line_form */
	char *zone;       /* or NULL: the system's */
	uint32_t client;  /* enum client_field of wire/msgs.h */
	unsigned line;
};

/* rules: what to change in the shipped ones */
struct conf_rule {
	char *rule;                     /* service/name, or service followed by
					   a slash and a star */
	uint32_t count, span;           /* 0: as shipped */
	uint32_t slow_count, slow_span; /* 0: as shipped */
	uint32_t measure;               /* enum measure + 1; 0: as shipped */
	uint32_t counting;              /* enum counting + 1; 0: as it is */
	uint8_t off;
	unsigned line;
};

struct conf_service {
	char *name;
	uint8_t on;
	unsigned line;
};

/* announce: form */
enum {
	CONF_AS_JSON,
	CONF_AS_SLACK,
	CONF_AS_DISCORD,
	CONF_AS_TEAMS,
	CONF_AS_MATRIX,
	CONF_AS_NTFY,
	CONF_AS_TELEGRAM,
	CONF_AS_MAIL
};
struct conf_announce {
	char *to;       /* URL, or an address of mail */
	uint32_t as;    /* CONF_AS_* */
	uint32_t on;    /* CONF_ON_* */
	uint32_t every; /* s: at most one message in so long */
	char *secret;   /* file, or NULL */
	char *chat;     /* telegram's, or NULL */
	char *smtp;     /* URL of the mail server */
	unsigned line;
};

struct conf_hook {
	uint32_t on; /* CONF_ON_* */
	struct strings run;
	unsigned line;
};

struct conf {
	uint32_t mode, measure;
	char *table, *state, *run, *group;
	char *jail_log;                 /* or NULL */
	uint32_t term, term_max, decay; /* s */
	uint32_t slots;
	uint32_t good_days, alarm_failures, alarm_span;
	uint8_t immunity, find;
	uint32_t widen_v4, widen_v6, widen_witnesses; /* 0: never */
	struct strings listen, bouncers;              /* desk: sockets */
	uint8_t desk_on, desk_acts, desk_expand;
	uint32_t sensors, sensor_term; /* CONF_SENSORS_*, s */
	uint32_t desk_per_address;
	size_t n_allow, n_trusted, n_sources, n_rules, n_services, n_hooks,
	    n_announce;
	struct conf_allow *allow;
	struct conf_net *trusted;
	struct conf_source *sources;
	struct conf_rule *rules;
	struct conf_service *services;
	struct conf_hook *hooks;
	struct conf_announce *announce;
	uint8_t post_on;
	char *post_listen, *post_url; /* url: or NULL */
};

enum conf_kind {
	CONF_END,
	CONF_FLAG,    /* yes, no, on, off: uint8_t */
	CONF_COUNT,   /* uint32_t within min..max */
	CONF_SPAN,    /* "10m": uint32_t seconds within min..max */
	CONF_RATE,    /* "5 in 10m": two uint32_t, count and seconds */
	CONF_WORD,    /* one of words: its number as uint32_t */
	CONF_SET,     /* list of words: bits as uint32_t */
	CONF_TEXT,    /* char *, at most max bytes */
	CONF_NAME,    /* char *: [A-Za-z0-9._/-]+, at most max bytes */
	CONF_PATH,    /* char *: absolute, at most max bytes */
	CONF_SOCKET,  /* char *: ADDRESS:PORT or absolute path */
	CONF_SOCKETS, /* struct strings: several of them, each at most max
			  bytes */
	CONF_FORM,    /* a log format's name: uint32_t */
	CONF_NET,     /* struct net */
	CONF_HOST,    /* struct net, or a name in the char * behind it */
	CONF_TIME,    /* date, or date and time in UTC: uint32_t */
	CONF_ARGV,    /* struct strings */
	CONF_GROUP,   /* a map whose items lie in the same struct */
	CONF_LIST,    /* a list of structs: size_t n and pointer */
	CONF_ONOFF,   /* a map name: on|off, as a list of conf_service */
};

struct conf_item {
	const char *name;
	enum conf_kind kind;
	size_t at;   /* offset of the value */
	size_t n_at; /* CONF_LIST, CONF_ONOFF: offset of the number */
	size_t size; /* CONF_LIST, CONF_ONOFF: of an element */
	int64_t min, max;
	const char *fallback;          /* as written in YAML; NULL: unset */
	const char *words;             /* CONF_WORD, CONF_SET: "deny|reject" */
	const struct conf_item *inner; /* CONF_GROUP, CONF_LIST */
	const char *man;
};
extern const struct conf_item conf_items[];

/* Called for each fault: where, and what with its cure. */
typedef void conf_fault_fn(void *arg, const char *file, unsigned line,
    unsigned column, const char *what);

enum {
	CONF_OK,
	CONF_E_FAULTS
};
/* *ret is the caller's in both cases; CONF_E_FAULTS if anything was left out
 * (and said so). An empty text gives the defaults. */
int conf_load(struct conf **ret, const char *file, struct str yaml,
    conf_fault_fn *fault, void *arg);
void conf_free(struct conf **cp);

/* Changes the rules as the configuration says, numbers untouched; reader and
 * judge both call it, so that they count alike. What names no rule or
 * service is a fault. */
int conf_apply(const struct conf *c, const char *file, struct rules *r,
    conf_fault_fn *fault, void *arg);

/* The fault of a service that no rule is of, with the one that was meant. */
void conf_no_service(const struct rules *r, const char *file, unsigned line,
    const char *name, conf_fault_fn *fault, void *arg);

/* A source's zone that this machine does not know is a fault; this alone looks
 * for files, those of the zones. */
int conf_check_zones(const struct conf *c, const char *file,
    conf_fault_fn *fault, void *arg);

/* The configuration as YAML, each key under its manual sentence as comment
 * if wanted; the caller frees *ret. */
void conf_print(const struct conf *c, bool comments, char **ret);

#endif
