/*
 * simulate - parties and their attackers on a virtual clock.
 *
 * A trace says who contacted whom when. Each host is a party; the first
 * contact that is not stopped is own evidence and closes for the own term,
 * and goes as a notice to all others, each of which judges it by the code of
 * the daemon (law/allied.h).
 */
#ifndef LPT_SIMULATE_H
#define LPT_SIMULATE_H

#include "base/base.h"

enum {
	SIM_HOSTS_MOST = 64,
	SIM_SOURCES_MOST = 1 << 24,
	SIM_PAIRS_MOST = 1 << 26, /* hosts times sources */
	SIM_EVENTS_MOST = 1 << 26,
};

struct sim_event {
	uint32_t at; /* s */
	uint32_t source;
	uint16_t host;
	bool good; /* a client that logs in: stopped, it is harm */
};

struct sim_trace {
	struct sim_event *v;
	size_t n;
	uint32_t hosts, sources;
	uint32_t good_from;      /* sources from here on are clients; 0: none */
	uint64_t lines, skipped; /* skipped: another protocol */
	uint64_t bad_line;       /* the first that is none; 0: all fit */
};

/* "epoch host source protocol port" a line; with all protocols, or TCP (0)
 * alone. Packed files too. 0, -errno, -EBADMSG for a broken line or archive,
 * -EFBIG for more than the limits above. */
int sim_trace_read(struct sim_trace *t, int fd, bool all);
/* Attackers and clients of N parties, the same for the same seed. */
void sim_trace_make(struct sim_trace *t, uint32_t parties, uint32_t days,
    uint64_t seed);
/* By time, host and source. */
void sim_trace_sort(struct sim_trace *t);
void sim_trace_free(struct sim_trace *t);

enum sim_rule {
	SIM_ALONE,
	SIM_FLAT,
	SIM_10M,
	SIM_UNCAPPED,
	SIM_DEFAULT,
	SIM_LONG,
	SIM_POLL,
	SIM_RULES
};

/* What a run counted; plain numbers, for the pipe out of the jail. */
struct sim_sum {
	uint64_t later;   /* victims that were not a source's first, */
	uint64_t warned;  /* of them closed before the first contact */
	uint64_t sources; /* that attacked */
	uint64_t attacks; /* events that were not a client's */
	uint64_t stopped;
	uint64_t notices, judged, refused; /* refused: budget or memory */
	uint64_t allied_s;                 /* of measures on others' word */
	uint64_t innocent_s; /* of these and own ones, on clients */
	uint64_t innocent_events;
};

const char *sim_rule_name(enum sim_rule r);
const char *sim_rule_about(enum sim_rule r);
void sim_run(const struct sim_trace *t, enum sim_rule r, struct sim_sum *ret);

#endif
