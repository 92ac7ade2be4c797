#include "base/jail.h"

#include "base/jail_walls.h"

#include <cap-ng.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#ifndef PR_SET_MDWE /* Linux 6.3 */
#define PR_SET_MDWE         65
#define PR_MDWE_REFUSE_EXEC 1
#endif

enum {
	NOBODY = 65534
};

#define CAP(c) (UINT64_C(1) << (c))
/* Its own: to read any log, to end, to bind, to hand files over. To hand on:
 * what the children use up while they enter their jails, and NET_ADMIN. */
#define CAPS_WARDEN \
	(CAP(CAP_DAC_READ_SEARCH) | CAP(CAP_KILL) | \
	    CAP(CAP_NET_BIND_SERVICE) | CAP(CAP_CHOWN) | CAP(CAP_FOWNER) | \
	    CAP(CAP_DAC_OVERRIDE) | CAP(CAP_SETUID) | CAP(CAP_SETGID) | \
	    CAP(CAP_SETPCAP) | CAP(CAP_SYS_ADMIN) | CAP(CAP_SYS_PTRACE) | \
	    CAP(CAP_NET_ADMIN))

/* clang-format off */
const struct jail jails[ROLES] = {
	/*            user                group              caps                net    exec   wx     kills  files  MiB  what is left, threads */
	[WARDEN]   = { "root",             NULL,              CAPS_WARDEN,        true,  true,  false, false, 16384, 0,    "all" },
	[READER]   = { "liptako-reader",   NULL,              0,                  false, false, true,  true,  16384, 1024, "none" },
	[SCRIBE]   = { "liptako-scribe",   "systemd-journal", 0,                  false, false, false, false, 4096,  512,  "journal folders, read only" },
	[JUDGE]    = { "liptako-judge",    NULL,              0,                  false, false, false, true,  1024,  2048, "the state folder" },
	[ENFORCER] = { "liptako-enforcer", NULL,              CAP(CAP_NET_ADMIN), true,  false, false, true,  64,    1024, "none" },
	[WHO]      = { "liptako-who",      NULL,              0,                  false, false, false, false, 256,   64,   "login records, read only" },
	[HERALD]   = { "liptako-herald",   NULL,              0,                  true,  true,  false, false, 1024,  0,    "reads what its user may, writes /tmp and its folder" },
	[NAMER]    = { "liptako-namer",    NULL,              0,                  true,  false, false, false, 256,   256,  "resolver's configuration, read only" },
	[NOTARY]   = { "liptako-notary",   NULL,              0,                  false, false, false, true,  16,    64,   "none" },
	[ENVOY]    = { "liptako-envoy",    NULL,              0,                  true,  false, false, false, 4096,  512,  "none", 512 },
	[POST]     = { "liptako-post",     NULL,              0,                  true,  true,  false, false, 4096,  2048, "its folder, of which it may write the store; nats-server" },
	[DESK]     = { "liptako-desk",     NULL,              0,                  false, false, false, true,  8192,  512,  "none" },
};
/* clang-format on */

const char *jail_step_name(enum jail_step s)
{
	switch (s) {
	case JAIL_USER:
		return "user";
	case JAIL_CAPS:
		return "capabilities";
	case JAIL_NNP:
		return "no_new_privs";
	case JAIL_NETNS:
		return "network namespace";
	case JAIL_LANDLOCK:
		return "Landlock files";
	case JAIL_LANDLOCK_NET:
		return "Landlock network";
	case JAIL_MDWE:
		return "memory write-execute denial";
	case JAIL_SECCOMP:
		return "seccomp";
	case JAIL_LIMITS:
		return "resource limits";
	}
	return "unknown";
}

bool jail_user(enum role r, uid_t *uid, gid_t *gid)
{
	const struct passwd *p = getpwnam(jails[r].user);

	*uid = p ? p->pw_uid : NOBODY;
	*gid = p ? p->pw_gid : NOBODY;
	return p != NULL;
}

/* Lowers both limits to n, never above what we were given. */
static int lower(__rlimit_resource_t what, rlim_t n)
{
	struct rlimit l;

	if (getrlimit(what, &l) < 0)
		return -errno;
	l.rlim_max = MIN(l.rlim_max, n);
	l.rlim_cur = l.rlim_max;
	return setrlimit(what, &l) < 0 ? -errno : 0;
}

static int enter_limits(const struct jail *j)
{
	int e = lower(RLIMIT_CORE, 0);

	if (e == 0)
		e = lower(RLIMIT_NOFILE, j->n_files);
	if (e == 0 && !j->exec)
		e = lower(RLIMIT_NPROC, j->threads);
#ifndef JAIL_SANITIZED
	if (e == 0 && j->mib)
		e = lower(RLIMIT_DATA, (rlim_t)j->mib << 20);
#endif
	return e;
}

static int enter_netns(const struct jail *j, uint32_t *missing)
{
	if (j->net || unshare(CLONE_NEWNET) == 0)
		return 0;
	if (errno != EPERM && errno != EINVAL && errno != ENOSYS)
		return -errno;
	*missing |= JAIL_NETNS;
	return 0;
}

/* The capabilities of the row that we have; they stay, none else. */
static void choose_caps(const struct jail *j)
{
	uint64_t have = 0;

	capng_get_caps_process();
	for (unsigned c = 0; c <= CAP_LAST_CAP; c++)
		if (capng_have_capability(CAPNG_PERMITTED, c))
			have |= CAP(c);
	capng_clear(CAPNG_SELECT_ALL);
	for (unsigned c = 0; c <= CAP_LAST_CAP; c++)
		if (have & j->caps & CAP(c))
			capng_update(CAPNG_ADD,
			    CAPNG_EFFECTIVE | CAPNG_PERMITTED |
				CAPNG_BOUNDING_SET,
			    c);
}

/* Group, then user; without the role's user nobody's, which is missing. */
static int change_user(enum role r, uint32_t *missing)
{
	const struct jail *j = &jails[r];
	const struct group *more = j->group ? getgrnam(j->group) : NULL;
	gid_t extra = more ? more->gr_gid : 0, gid;
	uid_t uid;

	if (r == WARDEN)
		return 0;
	if (geteuid() != 0) {
		*missing |= JAIL_USER;
		return 0;
	}
	if (!jail_user(r, &uid, &gid))
		*missing |= JAIL_USER;
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 ||
	    setgroups(more ? 1 : 0, &extra) < 0 ||
	    setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
		return -errno;
	return 0;
}

/* capng's calls report in numbers of their own; errno tells the same. */
static int enter_user(enum role r, uint32_t *missing)
{
	int e;

	choose_caps(&jails[r]);
	if (capng_apply(CAPNG_SELECT_BOUNDS) != 0) {
		if (geteuid() == 0 && errno != EPERM)
			return -errno;
		*missing |= JAIL_CAPS;
	}
	e = change_user(r, missing);
	if (e < 0)
		return e;
	if (capng_apply(CAPNG_SELECT_CAPS) != 0)
		return errno ? -errno : -EPERM;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return -errno;
	return 0;
}

static int enter_nnp(enum role r)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	if (r != WARDEN && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return -errno;
	return 0;
}

static int enter_mdwe(const struct jail *j, uint32_t *missing)
{
	if (j->wx || j->exec) /* inherited over execve */
		return 0;
	if (prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC, 0, 0, 0) == 0)
		return 0;
	if (errno != EINVAL)
		return -errno;
	*missing |= JAIL_MDWE;
	return 0;
}

int jail_enter(enum role r, const char *state, uint32_t *missing)
{
	const struct jail *j = &jails[r];
	bool root = geteuid() == 0;
	int e;

	assert(r < ROLES);
	*missing = 0;
	e = enter_limits(j);
	if (e == 0)
		e = enter_netns(j, missing);
	if (e == 0)
		e = enter_user(r, missing);
	if (e == 0)
		e = enter_nnp(r);
	if (e < 0 || r == WARDEN)
		return e;
	if (root && (geteuid() == 0 || getuid() == 0))
		return -EPERM;
	e = jail_files(r, state, missing);
	if (e == 0)
		e = enter_mdwe(j, missing);
	if (e == 0)
		e = jail_calls(r, missing);
	return e;
}

int jail_up(enum role r, const char *state, struct link *warden)
{
	struct wire_up up = { 0 };
	int e = jail_enter(r, state, &up.missing);

	if (e < 0)
		return e;
	e = link_send(warden, MSG_UP, &up, sizeof(up), (struct str){ 0 }, -1);
	return e == LINK_OK ? 0 : -ECONNRESET;
}
