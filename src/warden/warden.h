/*
 * warden - starts the programs, opens for them what they may have, restarts.
 *
 * The only program that names files. It reads its configuration and nothing
 * that strangers write: logs are opened and handed on unread. All other
 * programs are its children on one link each; whoever dies is started again
 * and gets new links to its peers.
 */
#ifndef LPT_WARDEN_H
#define LPT_WARDEN_H

#include "base/hash.h"
#include "base/link.h"
#include "base/when.h"
#include "conf/conf.h"
#include "warden/follow.h"
#include "warden/plan.h"
#include "wire/msgs.h"

#include <event2/event.h>
#include <netinet/in.h>
#include <sys/socket.h>

struct options {
	const char *config, *rules, *state, *run, *libexec;
	bool foreground, watch, check;
};

enum {
	NEXT_READER = WARDEN, /* our own seat: we are nobody's child */
	CHILDREN = ROLES,
	SOURCES_MAX = 4000, /* at a time: reader and judge have room for them */
};

struct child {
	struct warden *w;
	enum role role;
	uint32_t instance;
	pid_t pid;                                /* 0: does not run */
	bool wanted, is_up, is_leaving, is_there; /* there: its program is */
	bool is_next;    /* the reader of the next generation, */
	bool is_at_work; /* or the one that has the sources */
	struct link up;
	struct event *heard, *again;
	uint32_t restarts, missing;
	unsigned failures; /* in a row */
	struct mono started;
};

/* A log that is followed, or a socket; its generations hold descriptors. */
struct source {
	struct source *next;
	char *path;
	struct follow follow;
	struct wire_source is; /* what all generations have in common */
	bool is_socket, is_wanted, is_refused; /* refused: and said so */
	bool is_gone; /* nothing stands there: judge knows */
	int64_t gone; /* ns since when */
	int fd;       /* is_socket: the bound or inherited descriptor */
};

/* Configuration, rules and plan that belong together. */
struct generation_of {
	uint32_t number;
	struct conf *conf;
	struct rules *rules;
	struct plan *plan;
	bool *active; /* by service: the reader knows its rules */
	int conf_fd, pack_fd;
	uint32_t conf_size, pack_size;
	uint32_t faults, rule_faults; /* all, and those of rule files */
};

/* Where desk listens. */
enum {
	DOORS = 16
};
struct door_of {
	char *where; /* NULL: free */
	int fd;
	uint8_t what; /* enum door */
	bool is_wanted;
};

struct warden {
	struct options opt;
	struct event_base *base;
	struct generation_of now, was; /* was: only while reloading */
	uint32_t next_generation;
	struct child child[CHILDREN];
	struct source *sources;
	uint32_t next_id, next_instance, n_sources;
	int watches; /* inotify of the reader at work */
	int folders; /* our own, on folders */
	struct event *folders_event, *tick, *stop_tick, *settle, *more;
	struct folder *folder;
	size_t n_folders;
	struct door_of doors[DOORS];
	int listen, lock;
	uint64_t line_key[2];
	char state[160], run[256], ledger[192], libexec[400];
	bool wants_herald; /* judge has lists to fetch */
	bool watch_only, root, stopping, journal_is_live;
	bool allied;       /* judge says that we are in an alliance */
	bool serve_broken; /* the list that is being said */
	struct wire_serve *serve_next; /* it */
	size_t n_serve_next;
	char *serve_text; /* nats-server's configuration; NULL: no post */
	struct event *serve_settle;
	unsigned stop_stage;
	struct mono stop_since, who_at;
	uint32_t missing;       /* of our own jail */
	char faults[WIRE_TAIL]; /* of the last load, for RELOADED */
};

/* load.c: configuration and rules into *ret; its faults are logged, counted
 * and kept in w->faults. 0 or -errno if nothing can be had of it. */
int load_generation(struct warden *w, struct generation_of *ret);
void drop_generation(struct generation_of *g);

/* active.c: which services have a source. */
void active_find(struct warden *w, struct generation_of *g);
/* What was active by name is again. */
void active_carry(const struct generation_of *from, struct generation_of *to);
/* To a program that starts, or to judge. */
void active_tell(struct child *c, const struct generation_of *g);
bool active_has(const struct warden *w, int32_t service);
/* The reader needs these, each ended by a newline. */
void active_add(struct warden *w, struct str names);
/* A source of a service that is not active is there: soon a reader is that
 * knows it. */
void active_more(struct warden *w);
bool service_is_installed(const struct service *s);

/* state.c: folders, lock, process id, key, control socket. 0 or -errno, said
 * why. */
int state_open(struct warden *w);
void state_close(struct warden *w);

/* child.c: the seats; child_of never answers the next reader. */
struct child *child_of(struct warden *w, enum role r);
/* Starts the process and tells it what every program hears first. */
bool child_begin(struct child *c, const struct generation_of *g);
/* Begins, links to all peers that run, tells its own things, lets it go. */
void child_spawn(struct child *c);
void child_leave(struct child *c);
void child_listen(struct child *c);
void children_reap(struct warden *w);
/* Waits a while if its link is full; a child that takes nothing is ended. */
void tell(struct child *c, uint32_t type, const void *body, size_t n,
    struct str tail, int fd);
void tell_programs(struct warden *w);

/* peers.c: who is wanted, who is linked to whom. */
void children_seat(struct warden *w); /* before all else */
void children_start(struct warden *w);
void children_choose(struct warden *w);
/* Judge says which of the optional ones it has work for. */
void want_program(struct warden *w, const struct wire_want *m);
void link_peers(struct child *c);
void child_go(struct child *c);
void who_look(struct warden *w);
/* The file that bans of imported jails are written to. */
void jail_log_tell(struct warden *w, struct child *judge);
void program_path(const struct warden *w, enum role r, char *to, size_t size);

/* changes.c: what a reload changed, a line each. */
void changes_begin(const struct generation_of *was,
    const struct generation_of *is, struct str faults);
void changes_logs_before(const struct warden *w);
void changes_logs_after(const struct warden *w);
const char *changes_text(void);

/* age.c */
void sources_age(struct warden *w);
/* What is gone for good is dropped. */
void sources_pass(struct warden *w);
/* The newest generation was deleted, and nobody writes to it any more. */
void source_end_deleted(struct warden *w, struct source *s);

/* sources.c */
/* Reader reads the rest of it; then it is closed. */
void generation_end(struct warden *w, struct source *s, struct generation *g);
/* Reader and judge hear that it is over. */
void source_drop(struct warden *w, struct source *s);
/* Looks for all that is wanted. fresh: what is new was made just now. */
void sources_look(struct warden *w, bool fresh);
void source_look(struct warden *w, const char *path, bool fresh);
void sources_to_reader(struct warden *w, struct child *reader);
void sources_to_judge(struct warden *w, struct child *judge);
/* After a reload: what is known of each by the new plan, then a look. */
void sources_update(struct warden *w);

/* folders.c: where logs may appear. */
int folders_open(struct warden *w);
void folders_watch(struct warden *w, const char *pattern);

/* open.c: the log that stands there, and nothing else. */
enum {
	OPEN_OK,
	OPEN_E_GONE,
	OPEN_E_NOT_LOG, /* a folder, a device, a stranger's link */
};
struct opened {
	int fd;
	uint64_t dev, ino, size, id;
	bool is_fifo, trust;
	int64_t made; /* ns since 1970, 0: not known */
};
int log_open_at(const char *path, struct opened *ret);
struct seen log_seen(const char *path);
/* It was deleted, and nobody has it open to write any more. */
bool log_is_over(int fd);
/* The image of the docker container whose log this is, or empty. */
void container_name(const char *log, char *to, size_t size);

union socket_to {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};
/* socket.c: "127.0.0.1:80" or "[::1]:80"; 0 if it is neither. */
socklen_t socket_to_of(const char *where, union socket_to *to);
/* A syslog address or path, bound. -errno if it cannot be. */
int socket_bind(const char *where);

/* allied.c: notary and envoy run if judge says that there are allies and their
 * keys are there. */
void allied_choose(struct warden *w);
void allied_set(struct warden *w, bool on);
/* The one seed that this program may have. */
void seed_tell(struct child *c);

/* serve.c: our own post, by what judge says. */
void serve_add(struct warden *w, const struct wire_serve *s);
void serve_end(struct warden *w);
/* The post ended though nobody told it to: says so if its port is another's. */
void serve_ended(const struct warden *w);
void serve_choose(struct warden *w);

/* doors.c: the desk's sockets, bound by us; they outlive it. Those that are
 * wanted and not there yet are bound, those that are not wanted closed. */
void doors_open(struct warden *w);
/* A descriptor that listens there, or -1 and errno. */
int listen_tcp(const char *where);
void doors_tell(struct warden *w, struct child *desk);

/* protect.c: never-lists to the enforcer. */
void protect_tell(struct warden *w, struct child *enforcer);
/* What the configuration before allowed and this one does not. */
void protect_end(struct warden *w, const struct conf *was);
void names_tell(struct warden *w, struct child *namer);

/* reload.c */
void reload(struct warden *w);
void reload_reader_up(struct warden *w);
void reload_reader_gone(struct warden *w, struct child *gone);

/* stop.c */
void stop_begin(struct warden *w);
void stop_go_on(struct warden *w);

/* say.c: to people, in the foreground; to the service manager. */
void say_found(struct warden *w);
void say_to_manager(const char *state);
bool journal_live(void);

#endif
