/*
 * trace_fuzz - any bytes, packed or not, as a trace for simulate.
 */
#include <sys/mman.h>

#include "cli/simulate.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	auto_close int fd = memfd_create("trace", MFD_CLOEXEC);
	struct sim_trace t = { 0 };
	int e;

	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n)
		die("memfd: %s", strerror(errno));
	lseek(fd, 0, SEEK_SET);
	e = sim_trace_read(&t, fd, n % 2 == 0);
	assert(t.hosts <= SIM_HOSTS_MOST && t.sources <= SIM_SOURCES_MOST);
	assert(t.bad_line == 0 || e == -EBADMSG);
	for (size_t i = 1; e == 0 && i < t.n; i++)
		assert(t.v[i - 1].at <= t.v[i].at);
	for (size_t i = 0; i < t.n; i++)
		assert(t.v[i].host < t.hosts && t.v[i].source < t.sources);
	sim_trace_free(&t);
	return 0;
}
