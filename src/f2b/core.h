/*
 * core - what the parts of one reading share.
 */
#ifndef LPT_F2B_CORE_H
#define LPT_F2B_CORE_H

#include "f2b/f2b.h"
#include "f2b/ini.h"

/* The configuration cannot be used; the reading's `why` says it. */
enum {
	F2B_E_CONF = 1,
	F2B_E_NONE, /* no such option or section */
};

struct f2b_file {
	struct f2b_file *next;
	const char *path;
	struct ini ini;
	bool there;
};

/* What the stream does not say of a jail. */
struct f2b_about {
	const char *name, *filter, *logpath; /* as resolved */
	const char *port, *protocol;         /* NULL: not set */
	const char *file;                    /* where it is enabled; or NULL */
	unsigned line;
	/* the file of each action, in their order */
	const char **actions;
	size_t n_actions, size;
};

struct f2b {
	struct pool pool;
	const struct f2b_door *door;
	const char *folder;
	const char *version;
	f2b_tell *tell;
	void *arg;
	const char *jail;       /* the one being read */
	struct f2b_file *files; /* each is parsed once */
	struct f2b_fault why;   /* of the last F2B_E_CONF */
	struct f2b_val stream;
	struct f2b_about *abouts; /* of the jails that are on */
	size_t n_abouts, size;
};

/* Keeps why for the one who can go on; returns F2B_E_CONF. at may be NULL. */
int f2b_fail(struct f2b *f, const struct opt *at, const char *fmt, ...)
    PRINTF(3, 4);
void f2b_say(struct f2b *f, const struct opt *at, const char *fmt, ...)
    PRINTF(3, 4);

/* All files of "jail", "filter.d/sshd" and so on, merged. False: none. */
bool files_merge(struct f2b *f, const char *name, struct ini *ret);

/* %(name)s: the option with everything resolved. vars come first and may be
 * NULL. 0, F2B_E_NONE or F2B_E_CONF; *ret is the pool's. */
int value_get(struct f2b *f, const struct ini *ini, const char *section,
    const char *key, const struct opts *vars, const char **ret);
/* The same, and a key sec/opt or known/opt names its own section first. */
int value_find(struct f2b *f, const struct ini *ini, const char *section,
    const char *key, const struct opts *vars, const char **ret);

/* What a tag gives that the set itself does not hold; *ret NULL: nothing. */
typedef int tag_other(void *arg, const char *name, const char **ret);

/* <tag>: replaces in every value of the set until nothing changes. keep are
 * names that stay as they are. */
int tags_expand(struct f2b *f, struct opts *set, const struct opts *keep,
    tag_other *other, void *arg);

/* A filter or an action: a file with [Definition] and [Init]. */
struct recipe {
	struct f2b *f;
	struct ini ini;
	struct opts given; /* parameters, then what [Init] adds */
	struct opts from;  /* what the jail and the parameters give */
	struct opts own;   /* from [Definition] */
	struct opts memo;  /* looked up for tags; val NULL: nothing */
};

extern const char *const filter_keys[];
extern const char *const action_keys[];

bool key_in(const char *const *keys, const char *key);

/* all: every option of [Definition], not those of keys alone. */
int recipe_read(struct recipe *r, const char *const *keys,
    const struct opts *jail, bool all);
int recipe_combine(struct recipe *r, const char *const *keep, struct opts *ret);

/* A number as Python's int() reads and prints it; NULL: it is none. */
const char *number_of(struct f2b *f, const char *text);
bool truth_of(const char *text);

struct f2b_val val_text(const char *z);
struct f2b_val val_word(const char *z);
struct f2b_val *val_insert(struct pool *p, struct f2b_val *list, size_t at,
    struct f2b_val v);
struct f2b_val *val_add(struct pool *p, struct f2b_val *list, struct f2b_val v);

/* Appends one jail's commands; *on: it is to be started. */
void jail_read(struct f2b *f, struct ini *ini, const char *name, bool *on);

#endif
