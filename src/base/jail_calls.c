#include "base/jail_walls.h"

#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#define CALL(name) SCMP_SYS(name)

/* What any of our event loops needs: none names a file, makes a socket or a
 * process. Those with an argument to check stand in add_checked. */
static const int calls_all[] = { CALL(read), CALL(readv), CALL(write),
	CALL(writev), CALL(close), CALL(fstat), CALL(lseek), CALL(munmap),
	CALL(mremap), CALL(brk), CALL(madvise), CALL(rt_sigaction),
	CALL(rt_sigprocmask), CALL(rt_sigreturn), CALL(sigaltstack),
	CALL(getpid), CALL(gettid), CALL(getppid), CALL(getuid), CALL(geteuid),
	CALL(getgid), CALL(getegid), CALL(exit), CALL(exit_group),
	CALL(clock_gettime), CALL(clock_getres), CALL(gettimeofday), CALL(time),
	CALL(nanosleep), CALL(clock_nanosleep), CALL(futex), CALL(getrandom),
	CALL(sched_yield), CALL(sched_getaffinity), CALL(restart_syscall),
	CALL(epoll_create), CALL(epoll_create1), CALL(epoll_ctl),
	CALL(epoll_wait), CALL(epoll_pwait), CALL(epoll_pwait2), CALL(poll),
	CALL(ppoll), CALL(select), CALL(pselect6), CALL(timerfd_create),
	CALL(timerfd_settime), CALL(timerfd_gettime), CALL(eventfd2),
	CALL(signalfd4), CALL(pipe), CALL(pipe2), CALL(recvmsg), CALL(recvfrom),
	CALL(recvmmsg), CALL(sendmsg), CALL(sendto), CALL(sendmmsg),
	CALL(shutdown), CALL(getsockopt), CALL(setsockopt), CALL(getsockname),
	CALL(getpeername), CALL(fcntl), CALL(dup), CALL(dup2), CALL(dup3),
	CALL(uname), CALL(sysinfo), CALL(getrusage), CALL(times), CALL(rseq),
	CALL(set_robust_list), CALL(set_tid_address), CALL(getrlimit),
	CALL(getcpu), CALL(membarrier), CALL(alarm), CALL(setitimer),
	CALL(getitimer) };

static const int calls_reader[] = { CALL(pread64), CALL(preadv),
	CALL(readahead), CALL(fadvise64), CALL(inotify_rm_watch) };

/* Looking at files; Landlock says which. */
static const int calls_look[] = { CALL(open), CALL(openat), CALL(openat2),
	CALL(stat), CALL(lstat), CALL(newfstatat), CALL(statx), CALL(access),
	CALL(faccessat), CALL(faccessat2), CALL(readlink), CALL(readlinkat),
	CALL(getdents64), CALL(getcwd), CALL(statfs), CALL(fstatfs),
	CALL(pread64), CALL(preadv), CALL(fadvise64), CALL(readahead),
	CALL(flock) };

static const int calls_judge[] = { CALL(pwrite64), CALL(pwritev), CALL(fsync),
	CALL(fdatasync), CALL(sync_file_range), CALL(ftruncate),
	CALL(fallocate), CALL(unlink), CALL(unlinkat), CALL(rename),
	CALL(renameat), CALL(renameat2), CALL(mkdir), CALL(mkdirat),
	CALL(rmdir), CALL(chmod), CALL(fchmod), CALL(fchmodat), CALL(umask),
	CALL(utimensat), CALL(link), CALL(linkat), CALL(sendfile),
	CALL(copy_file_range), CALL(accept), CALL(accept4) };

static const int calls_scribe[] = { CALL(inotify_init), CALL(inotify_init1),
	CALL(inotify_add_watch), CALL(inotify_rm_watch), CALL(fgetxattr),
	CALL(name_to_handle_at), CALL(prlimit64), CALL(getgroups) };

/* Visitors come in by sockets that were bound before. */
static const int calls_desk[] = { CALL(accept), CALL(accept4) };

static const int calls_namer[] = { CALL(socket), CALL(connect), CALL(bind),
	CALL(getgroups), CALL(prlimit64), CALL(inotify_init1),
	CALL(inotify_add_watch), CALL(inotify_rm_watch) };

/* Herald's children are any program: what none of them should need. */
static const int calls_never[] = { CALL(ptrace), CALL(process_vm_readv),
	CALL(process_vm_writev), CALL(process_madvise), CALL(pidfd_getfd),
	CALL(kcmp), CALL(mount), CALL(umount2), CALL(pivot_root), CALL(chroot),
	CALL(move_mount), CALL(open_tree), CALL(fsopen), CALL(fsmount),
	CALL(fsconfig), CALL(fspick), CALL(mount_setattr), CALL(unshare),
	CALL(setns), CALL(bpf), CALL(perf_event_open), CALL(kexec_load),
	CALL(kexec_file_load), CALL(init_module), CALL(finit_module),
	CALL(delete_module), CALL(keyctl), CALL(add_key), CALL(request_key),
	CALL(userfaultfd), CALL(io_uring_setup), CALL(io_uring_enter),
	CALL(io_uring_register), CALL(open_by_handle_at), CALL(reboot),
	CALL(swapon), CALL(swapoff), CALL(acct), CALL(quotactl), CALL(syslog),
	CALL(settimeofday), CALL(clock_settime), CALL(adjtimex),
	CALL(clock_adjtime), CALL(sethostname), CALL(setdomainname), CALL(iopl),
	CALL(ioperm), CALL(modify_ldt), CALL(vhangup), CALL(personality) };

static int add_all(scmp_filter_ctx c, uint32_t what, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int e = seccomp_rule_add(c, what, calls[i], 0);

		if (e < 0)
			return e;
	}
	return 0;
}
#define ADD(c, list) add_all(c, SCMP_ACT_ALLOW, list, countof(list))

#ifdef JAIL_SANITIZED
static const int calls_sanitizer[] = { CALL(open), CALL(openat), CALL(stat),
	CALL(readlink), CALL(readlinkat), CALL(newfstatat), CALL(prlimit64),
	CALL(prctl), CALL(arch_prctl) };

/* A jailed program cannot look for leaks: that traces it from a clone. */
static bool jailed;
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
	return jailed;
}

static int add_sanitizer(scmp_filter_ctx c)
{
	jailed = true;
	return ADD(c, calls_sanitizer);
}
#else
static int add_sanitizer(scmp_filter_ctx c)
{
	return 0;
}
#endif

/* Memory is written or run, never both, and nothing becomes executable:
 * PR_SET_MDWE for kernels before 6.3, and for who keeps executable maps.
 * EPERM in every role: a library may ask and live without. */
static int add_memory(scmp_filter_ctx c, enum role r)
{
	const uint64_t wx = PROT_WRITE | PROT_EXEC;
	const uint32_t no = SCMP_ACT_ERRNO(EPERM);
	/* libraries come as mapped files: readable and executable at once */
	const uint64_t fine[] = { 0, PROT_WRITE, PROT_EXEC };
	int e = seccomp_rule_add(c, SCMP_ACT_ALLOW, CALL(mprotect), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));

	for (size_t i = 0; i < countof(fine) && e == 0; i++)
		e = seccomp_rule_add(c, SCMP_ACT_ALLOW, CALL(mmap), 1,
		    SCMP_A2(SCMP_CMP_MASKED_EQ, wx, fine[i]));
	if (e < 0 ||
	    !jails[r].kills) /* the filter's own answer is EPERM already */
		return e;
	e = seccomp_rule_add(c, no, CALL(mprotect), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC));
	if (e == 0)
		e = seccomp_rule_add(c, no, CALL(mmap), 1,
		    SCMP_A2(SCMP_CMP_MASKED_EQ, wx, wx));
	return e;
}

/* Signals to itself (abort), the status of what is open already, and the
 * questions that stdio asks of a terminal. */
static int add_checked(scmp_filter_ctx c)
{
	const uint32_t ioctls[] = { TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO };
	int e = seccomp_rule_add(c, SCMP_ACT_ALLOW, CALL(tgkill), 1,
	    SCMP_A0(SCMP_CMP_EQ, (uint64_t)getpid()));

	for (size_t i = 0; i < countof(ioctls) && e == 0; i++)
		e = seccomp_rule_add(c, SCMP_ACT_ALLOW, CALL(ioctl), 1,
		    SCMP_A1(SCMP_CMP_EQ, ioctls[i]));
	/* glibc 2.33 and later: fstat is newfstatat(fd, "", AT_EMPTY_PATH) */
	if (e == 0)
		e = seccomp_rule_add(c, SCMP_ACT_ALLOW, CALL(newfstatat), 1,
		    SCMP_A3(SCMP_CMP_MASKED_EQ, 0x1000, 0x1000));
	return e;
}

/* TCP to posts, and libnats's threads: threads, no processes. */
static int add_envoy(scmp_filter_ctx c)
{
	const uint64_t families[] = { AF_INET, AF_INET6 };
	const int calls[] = { CALL(connect) };
	int e = ADD(c, calls);

	for (size_t i = 0; i < countof(families) && e == 0; i++)
		e = seccomp_rule_add(c, SCMP_ACT_ALLOW, CALL(socket), 1,
		    SCMP_A0(SCMP_CMP_EQ, families[i]));
	if (e == 0)
		e = seccomp_rule_add(c, SCMP_ACT_ALLOW, CALL(clone), 1,
		    SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
	return e;
}

static int add_role(scmp_filter_ctx c, enum role r)
{
	int e = 0;

	switch (r) {
	case READER:
		return ADD(c, calls_reader);
	case JUDGE:
		e = ADD(c, calls_look);
		return e < 0 ? e : ADD(c, calls_judge);
	case SCRIBE:
	case WHO:
		e = ADD(c, calls_look);
		return e < 0 ? e : ADD(c, calls_scribe);
	case ENVOY:
		return add_envoy(c);
	case NAMER:
		e = ADD(c, calls_look);
		return e < 0 ? e : ADD(c, calls_namer);
	case DESK:
		return ADD(c, calls_desk);
	case ENFORCER:
	case NOTARY:
	case HERALD:
	case POST:
	case WARDEN:
	case ANYONE:
		return 0;
	}
	return 0;
}

static int add_allowed(scmp_filter_ctx c, enum role r)
{
	int e = ADD(c, calls_all);

	if (e == 0)
		e = add_sanitizer(c);
	if (e == 0)
		e = add_memory(c, r);
	if (e == 0)
		e = add_checked(c);
	if (e == 0)
		e = add_role(c, r);
	return e;
}

static int build(scmp_filter_ctx c, enum role r)
{
	uint32_t no = SCMP_ACT_ERRNO(EPERM);
	/* a library that tries a newer call first takes ENOSYS for an answer */
	const int newer[] = { CALL(clone3), CALL(openat2), CALL(statx),
		CALL(faccessat2), CALL(epoll_pwait2) };
	int e = seccomp_attr_set(c, SCMP_FLTATR_CTL_NNP, 0);

	if (e == 0)
		e = seccomp_attr_set(c, SCMP_FLTATR_ACT_BADARCH,
		    SCMP_ACT_KILL_PROCESS);
	if (e == 0)
		e = seccomp_attr_set(c, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (e < 0)
		return e;
	if (r == HERALD || r == POST)
		return add_all(c, no, calls_never, countof(calls_never));
	e = add_allowed(c, r);
	for (size_t i = 0; i < countof(newer) && e == 0; i++)
		(void)seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS), newer[i], 0);
	return e;
}

int jail_calls(enum role r, uint32_t *missing)
{
	uint32_t other = jails[r].exec    ? SCMP_ACT_ALLOW
			 : jails[r].kills ? SCMP_ACT_KILL_PROCESS
					  : SCMP_ACT_ERRNO(EPERM);
	scmp_filter_ctx c = seccomp_init(other);
	int e = c ? build(c, r) : -ENOMEM;

	if (e == 0)
		e = seccomp_load(c);
	seccomp_release(c);
	if (e == -ENOSYS || e == -EINVAL) {
		*missing |= JAIL_SECCOMP;
		return 0;
	}
	return e;
}
