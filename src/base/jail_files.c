#include "base/jail_walls.h"

#include <fcntl.h>
#include <sys/syscall.h>

/*
 * Landlock by raw calls: the kernel's words (Documentation/userspace-api/
 * landlock.rst), since headers of a distribution lag behind its kernels.
 */
enum {
	LL_EXECUTE = 1 << 0,
	LL_WRITE_FILE = 1 << 1,
	LL_READ_FILE = 1 << 2,
	LL_READ_DIR = 1 << 3,
	LL_FS_1 = (1 << 13) - 1, /* all of ABI 1: Linux 5.13 */
	LL_FS_2 = (1 << 14) - 1, /* refer: 5.19 */
	LL_FS_3 = (1 << 15) - 1, /* truncate: 6.2 */
	LL_FS_5 = (1 << 16) - 1, /* ioctl on devices: 6.10 */
	LL_NET_BIND = 1 << 0,    /* ABI 4: 6.7 */
	LL_NET_CONNECT = 1 << 1,
	LL_SCOPE_ABSTRACT = 1 << 0, /* ABI 6: 6.12 */
	LL_SCOPE_SIGNAL = 1 << 1,
	LL_VERSION = 1,
	LL_PATH_BENEATH = 1,
	LL_NET_PORT = 2,
	/* rights that make sense on what is no folder */
	LL_OF_FILE = LL_EXECUTE | LL_WRITE_FILE | LL_READ_FILE | 1 << 14,
	LL_READ = LL_READ_FILE | LL_READ_DIR,
};

struct ll_ruleset {
	uint64_t fs, net, scoped;
};

struct ll_path {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

struct ll_port {
	uint64_t allowed, port;
};

struct place {
	const char *path;
	uint64_t rights;
};

enum {
	PLACES = 12
};

/* clang-format off */
static const struct place places[ROLES][PLACES] = {
	[SCRIBE] = {
		{ "/var/log/journal", LL_READ },
		{ "/run/log/journal", LL_READ },
		{ "/etc/machine-id", LL_READ_FILE },
	},
	[WHO] = {
		{ "/run/utmp", LL_READ_FILE },
		{ "/run/systemd", LL_READ },
		{ "/proc", LL_READ },
	},
	[NAMER] = {
		{ "/etc", LL_READ },
		{ "/run/systemd/resolve", LL_READ },
		{ "/run/NetworkManager", LL_READ },
		{ "/run/resolvconf", LL_READ },
		{ "/lib", LL_READ | LL_EXECUTE },
		{ "/lib64", LL_READ | LL_EXECUTE },
		{ "/usr/lib", LL_READ | LL_EXECUTE },
		{ "/usr/share", LL_READ },
	},
	[POST] = {
		{ "/usr", LL_READ | LL_EXECUTE },
		{ "/lib", LL_READ | LL_EXECUTE },
		{ "/lib64", LL_READ | LL_EXECUTE },
		{ "/sys/kernel/mm", LL_READ },
		{ "/etc/localtime", LL_READ_FILE },
		{ "/dev/null", LL_READ_FILE | LL_WRITE_FILE },
	},
	[HERALD] = {
		{ "/", LL_READ | LL_EXECUTE },
		{ "/tmp", LL_FS_5 },
		{ "/var/tmp", LL_FS_5 },
		{ "/dev/null", LL_READ_FILE | LL_WRITE_FILE },
		{ "/dev/tty", LL_READ_FILE | LL_WRITE_FILE },
	},
};
/* clang-format on */

static int ll_add(int rules, int kind, const void *rule)
{
	return syscall(SYS_landlock_add_rule, rules, kind, rule, 0) < 0 ? -errno
									: 0;
}

/* A place that does not exist grants nothing: no error. */
static int allow_place(int rules, const char *path, uint64_t rights)
{
	auto_close int fd = open(path, O_PATH | O_CLOEXEC);
	struct ll_path p = { rights, fd };
	int e;

	if (fd < 0)
		return 0;
	e = ll_add(rules, LL_PATH_BENEATH, &p);
	if (e != -EINVAL)
		return e;
	p.allowed = rights & LL_OF_FILE; /* it is no folder */
	return ll_add(rules, LL_PATH_BENEATH, &p);
}

static int allow_places(int rules, enum role r, const char *state, uint64_t fs)
{
	int e = 0;

	for (int i = 0; i < PLACES && places[r][i].path && e == 0; i++)
		e = allow_place(rules, places[r][i].path,
		    places[r][i].rights & fs);
	if (e == 0 && r == JUDGE)
		e = allow_place(rules, "/dev/urandom", LL_READ_FILE);
	if (e == 0 && state && (r == JUDGE || r == HERALD || r == POST))
		e = allow_place(rules, state, fs & ~(uint64_t)LL_EXECUTE);
	return e;
}

/* DNS over TCP for namer. */
static int allow_ports(int rules, enum role r)
{
	struct ll_port dns = { LL_NET_CONNECT, 53 };

	return r == NAMER ? ll_add(rules, LL_NET_PORT, &dns) : 0;
}

/* Herald and envoy call others, any port; a post is called. */
static uint64_t net_handled(enum role r)
{
	if (r == HERALD || r == ENVOY)
		return LL_NET_BIND;
	if (r == POST)
		return LL_NET_CONNECT;
	return LL_NET_BIND | LL_NET_CONNECT;
}

static struct ll_ruleset handled(enum role r, long abi)
{
	struct ll_ruleset a = { LL_FS_1, 0, 0 };

	if (abi >= 2)
		a.fs = LL_FS_2;
	if (abi >= 3)
		a.fs = LL_FS_3;
	if (abi >= 5)
		a.fs = LL_FS_5;
	if (abi >= 4)
		a.net = net_handled(r);
	if (abi >= 6)
		a.scoped = LL_SCOPE_ABSTRACT | LL_SCOPE_SIGNAL;
	return a;
}

int jail_files(enum role r, const char *state, uint32_t *missing)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LL_VERSION);
	size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
	struct ll_ruleset a = handled(r, abi);
	auto_close int rules = -1;
	int e;

	if (abi < 4 && jails[r].net)
		*missing |= JAIL_LANDLOCK_NET;
	if (abi < 1) {
		*missing |= JAIL_LANDLOCK;
		return 0;
	}
	rules = (int)syscall(SYS_landlock_create_ruleset, &a, size, 0);
	if (rules < 0)
		return -errno;
	e = allow_places(rules, r, state, a.fs);
	if (e == 0 && abi >= 4)
		e = allow_ports(rules, r);
	if (e == 0 && syscall(SYS_landlock_restrict_self, rules, 0) < 0)
		e = -errno;
	return e;
}
