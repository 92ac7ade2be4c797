#include "nft/disarm.h"

#include <fcntl.h>
#include <signal.h>

#include "nft/nft.h"

enum {
	TRIES = 100,
	STAYS = 15, /* looks that must not find it again */
	WAIT_US = 20000
};

static int drop(struct nft *n)
{
	struct nft_table t;
	int e;

	nft_begin(n);
	nft_add_disarmed(n);
	nft_drop_table(n);
	e = nft_commit(n);
	for (int i = 0; i < STAYS && e == 0; i++) {
		usleep(WAIT_US);
		e = nft_read_table(n, &t);
		if (e == 0)
			return DISARM_E_HELD;
		e = e == -ENOENT ? 0 : e;
	}
	return e;
}

/* A port is the pid of who opened its first netlink socket; that may be a
 * stranger, so the name is looked at too. */
static bool is_enforcer(uint32_t pid)
{
	char path[64], name[16] = { 0 };
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, name, sizeof(name) - 1);
	close(fd);
	return n > 0 && strcmp(name, "enforcer\n") == 0;
}

static int ask_owner(struct nft *n, uint32_t owner)
{
	struct nft_table t;

	if (owner == 0 || owner > INT32_MAX || !is_enforcer(owner))
		return DISARM_E_HELD;
	if (kill((pid_t)owner, SIGUSR1) < 0)
		return -errno;
	for (int i = 0; i < TRIES; i++) {
		int e = nft_read_table(n, &t);

		if (e == -ENOENT)
			return DISARM_OK;
		if (e < 0)
			return e;
		usleep(WAIT_US);
	}
	return DISARM_E_HELD;
}

int disarm(const char *table)
{
	struct nft_table t;
	struct nft n;
	int e = nft_open(&n, table);

	if (e < 0)
		return e;
	e = nft_read_table(&n, &t);
	if (e == -ENOENT)
		e = DISARM_E_NONE;
	else if (e == 0)
		e = drop(&n);
	if (e == -EPERM && t.owner)
		e = ask_owner(&n, t.owner);
	nft_close(&n);
	return e;
}
