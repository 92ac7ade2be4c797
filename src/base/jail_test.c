/*
 * Every wall is tried from inside: a child enters the jail of a role and
 * then does what that role must not.
 */
#include "base/jail_walls.h"

#include "base/tests.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { /* how a try ends: an errno, or one of these */
	DID_IT = 200,
	KILLED,
	NO_JAIL,
};

static char state[] = "/tmp/liptako-jail-XXXXXX";
static char inside[64];
static int outer[2]; /* a TCP socket from before, and a listener */

static int told(long n)
{
	return n < 0 ? errno : DID_IT;
}

static int try_read(void)
{
	return told(open("/etc/passwd", O_RDONLY));
}

static int try_write(void)
{
	return told(open("/tmp/liptako-outside", O_CREAT | O_RDWR, 0600));
}

static int try_state(void)
{
	return told(open(inside, O_CREAT | O_RDWR, 0600));
}

static int try_socket(void)
{
	return told(socket(AF_INET, SOCK_DGRAM, 0));
}

static int try_netlink(void)
{
	return told(socket(AF_NETLINK, SOCK_RAW, 12));
}

static int try_connect(void)
{
	struct sockaddr_storage a;
	socklen_t n = sizeof(a);

	if (getsockname(outer[1], (struct sockaddr *)&a, &n) < 0)
		return NO_JAIL;
	return told(connect(outer[0], (struct sockaddr *)&a, n));
}

static int try_exec(void)
{
	return told(execl("/bin/true", "true", (char *)NULL));
}

static int try_fork(void)
{
	long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return told(pid);
}

static int try_ptrace(void)
{
	return told(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
}

static int try_kill(void)
{
	return told(kill(getppid(), 0));
}

static int try_wx(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? errno : DID_IT;
}

static int try_make_x(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NO_JAIL
			       : told(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}

static int try_root(void)
{
	return told(setresuid(0, 0, 0));
}

static int try_type(void)
{
	return told(ioctl(0, TIOCSTI, "x"));
}

static int try_userns(void)
{
	return told(unshare(CLONE_NEWUSER));
}

static int try_bpf(void)
{
	return told(syscall(SYS_bpf, 0, NULL, 0));
}

/* What must go on working. */
static int try_live(void)
{
	int fds[2];
	void *p = malloc(1 << 20);
	int e = !p || pipe(fds) < 0 ? errno : DID_IT;

	free(p);
	return e;
}

struct wall {
	const char *name;
	int (*try)(void);
	int how[ROLES];
};

#define K KILLED
#define P EPERM
#define A EACCES
#define Y DID_IT
/* clang-format off */
static const struct wall walls[] = {
	/*                                WARDEN rdr scribe jdg enf who herald nmr notary envoy post */
	{ "read a file",       try_read,    { 0, K, A, A, K, A, Y, Y, K, P, A } },
	{ "write a file",      try_write,   { 0, K, A, A, K, A, Y, A, K, P, A } },
	{ "write its state",   try_state,   { 0, K, A, Y, K, A, 0, A, K, P, 0 } },
	{ "make a socket",     try_socket,  { 0, K, P, K, K, P, Y, Y, K, Y, Y } },
	{ "speak netlink",     try_netlink, { 0, K, P, K, K, P, Y, Y, K, P, Y } },
	{ "connect",           try_connect, { 0, K, P, K, K, P, Y, A, K, Y, A } },
	{ "execute",           try_exec,    { 0, K, P, K, K, P, Y, P, K, P, Y } },
	{ "fork",              try_fork,    { 0, K, P, K, K, P, Y, P, K, P, Y } },
	{ "trace its parent",  try_ptrace,  { 0, K, P, K, K, P, P, P, K, P, P } },
	{ "signal its parent", try_kill,    { 0, K, P, K, K, P, P, P, K, P, P } },
	{ "map W and X",       try_wx,      { 0, P, P, P, P, P, Y, P, P, P, Y } },
	{ "make code",         try_make_x,  { 0, P, P, P, P, P, Y, P, P, P, Y } },
	{ "become root",       try_root,    { 0, K, P, K, K, P, P, P, K, P, P } },
	{ "type to a terminal",try_type,    { 0, K, P, K, K, P, 0, P, K, P, 0 } },
	{ "new user namespace",try_userns,  { 0, K, P, K, K, P, P, P, K, P, P } },
	{ "load a program",    try_bpf,     { 0, K, P, K, K, P, P, P, K, P, P } },
	{ "go on",             try_live,    { 0, Y, Y, Y, Y, Y, Y, Y, Y, Y, Y } },
};
/* clang-format on */

/* Not the nobody that stands in for a missing user. */
static void be_nobody(void)
{
	if (setresgid(65533, 65533, 65533) < 0 ||
	    setresuid(65533, 65533, 65533) < 0)
		_exit(NO_JAIL);
}

static int end_of(pid_t pid)
{
	int s;

	while (waitpid(pid, &s, 0) < 0)
		;
	if (WIFSIGNALED(s))
		return WTERMSIG(s) == SIGSYS ? KILLED : NO_JAIL;
	return WEXITSTATUS(s) ? WEXITSTATUS(s) : DID_IT; /* it became true(1) */
}

static int run(enum role r, int (*try)(void), bool root)
{
	pid_t pid;

	outer[0] = socket(AF_INET, SOCK_STREAM, 0);
	pid = fork();
	if (pid == 0) {
		uint32_t missing;

		if (!root)
			be_nobody();
		if (jail_enter(r, state, &missing) < 0)
			_exit(NO_JAIL);
		_exit(try());
	}
	close(outer[0]);
	return end_of(pid);
}

static bool as_expected(int got, int want, const struct wall *w)
{
	/* without the network of old there is nowhere to connect to */
	if (w->try == try_connect && want == A)
		return got == EACCES || got == ECONNREFUSED;
	/* the parent may be gone from sight before it is forbidden */
	if (w->try == try_ptrace || w->try == try_kill)
		return got == want || (want == P && got == ESRCH);
#ifdef JAIL_SANITIZED /* Landlock's answer, where seccomp lets ASan ask */
	if (want == KILLED || want == P)
		return got == want || got == EACCES || got == EPERM;
#endif
	return got == want;
}

static void try_walls(bool root)
{
	for (enum role r = READER; r < ROLES; r++)
		for (size_t i = 0; i < countof(walls); i++) {
			int want = walls[i].how[r], got;

			if (!want)
				continue;
			if (!root && r == JUDGE && walls[i].try == try_state)
				want = EACCES; /* it is another's folder */
			got = run(r, walls[i].try, root);
			if (!as_expected(got, want, &walls[i]))
				fail_msg("%s to %s: %d, wanted %d",
				    jails[r].user, walls[i].name, got, want);
			unlink("/tmp/liptako-outside");
		}
}

static void walls_stand_as_root(void **unused)
{
	if (geteuid() != 0)
		skip();
	try_walls(true);
}

static void walls_stand_without_root(void **unused)
{
	if (geteuid() == 0)
		try_walls(false);
	else
		skip();
}

/* What stands behind "key:" and a tab in /proc/PID/status. */
static void status_of(pid_t pid, const char *key, char *to, size_t size)
{
	char path[64], line[256];
	size_t n = strlen(key);
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	assert_non_null(f);
	to[0] = '\0';
	while (fgets(line, sizeof(line), f))
		if (memcmp(line, key, n) == 0)
			snprintf(to, size, "%s", line + n + 1);
	fclose(f);
}

static void netns_of(const char *pid, char *to, size_t size)
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%s/ns/net", pid);
	n = readlink(path, to, size - 1);
	assert_true(n > 0);
	to[n] = '\0';
}

static uint64_t hex(const char *s)
{
	return strtoull(s, NULL, 16);
}

static void check_role(enum role r, pid_t pid, uint32_t missing)
{
	char s[128], own[64], its[64], me[16];

	status_of(pid, "Uid:", s, sizeof(s));
	assert_true(r == WARDEN || strtoul(s, NULL, 10) != 0);
	status_of(pid, "CapEff:", s, sizeof(s));
	assert_int_equal(hex(s) & ~jails[r].caps, 0);
	if (r == ENFORCER)
		assert_true(hex(s) & (1 << CAP_NET_ADMIN));
	status_of(pid, "CapBnd:", s, sizeof(s));
	if (!(missing & JAIL_CAPS))
		assert_int_equal(hex(s) & ~jails[r].caps, 0);
	status_of(pid, "NoNewPrivs:", s, sizeof(s));
	assert_int_equal(s[0], '1');
	status_of(pid, "Seccomp:", s, sizeof(s));
	assert_int_equal(s[0], r == WARDEN ? '0' : '2');
	snprintf(me, sizeof(me), "%d", (int)pid);
	netns_of("self", own, sizeof(own));
	netns_of(me, its, sizeof(its));
	if (!(missing & JAIL_NETNS))
		assert_int_equal(strcmp(own, its) == 0, jails[r].net);
}

/* The child tells what is missing, then waits to be looked at. */
static void each_is_what_its_row_says(void **unused)
{
	if (geteuid() != 0)
		skip();
	for (enum role r = WARDEN; r < ROLES; r++) {
		uint32_t missing = ~0U;
		int up[2], down[2];
		char c;
		pid_t pid;

		assert_int_equal(pipe(up) + pipe(down), 0);
		pid = fork();
		if (pid == 0) {
			int e = jail_enter(r, state, &missing);

			if (e < 0 || write(up[1], &missing, 4) != 4)
				_exit(NO_JAIL);
			close(down[1]);
			_exit(read(down[0], &c, 1) == 0 ? 1 : 2);
		}
		close(up[1]);
		assert_int_equal(read(up[0], &missing, 4), 4);
		check_role(r, pid, missing);
		close(down[1]);
		assert_int_equal(end_of(pid), 1);
		close(down[0]);
		close(up[0]);
	}
}

static void without_root_it_says_what_is_missing(void **unused)
{
	pid_t pid = fork();

	if (pid == 0) {
		uint32_t missing = 0;

		if (geteuid() == 0)
			be_nobody();
		if (jail_enter(READER, NULL, &missing) < 0)
			_exit(NO_JAIL);
		_exit((missing & JAIL_USER) && (missing & JAIL_NETNS) ? 1 : 2);
	}
	assert_int_equal(end_of(pid), 1);
}

static void every_step_has_a_name(void **unused)
{
	for (uint32_t s = 1; s <= JAIL_LIMITS; s <<= 1)
		assert_string_not_equal(jail_step_name(s), "unknown");
}

static int set_up(void **unused)
{
	struct sockaddr_storage a = { .ss_family = AF_INET };
	uid_t uid;
	gid_t gid;

	jail_user(JUDGE, &uid, &gid);
	if (!mkdtemp(state) || (geteuid() == 0 && chown(state, uid, gid) < 0))
		return -1;
	snprintf(inside, sizeof(inside), "%s/file", state);
	outer[1] = socket(AF_INET, SOCK_STREAM, 0);
	return bind(outer[1], (struct sockaddr *)&a, 16) < 0 ||
		       listen(outer[1], 8) < 0
		   ? -1
		   : 0;
}

static int tear_down(void **unused)
{
	unlink(inside);
	return rmdir(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walls_stand_as_root),
		cmocka_unit_test(walls_stand_without_root),
		cmocka_unit_test(each_is_what_its_row_says),
		cmocka_unit_test(without_root_it_says_what_is_missing),
		cmocka_unit_test(every_step_has_a_name),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
