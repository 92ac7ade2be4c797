#include "f2b/f2b.h"

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>

static int disk_read(void *arg, const char *path, size_t max, char **ret,
    size_t *n)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	auto_free char *bytes = mem_new(1, max + 1);
	struct stat st;
	ssize_t got;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	*n = 0;
	while (*n <= max && (got = read(fd, bytes + *n, max + 1 - *n)) != 0) {
		if (got < 0 && errno != EINTR)
			return -errno;
		*n += got > 0 ? (size_t)got : 0;
	}
	if (*n > max)
		return -EFBIG;
	*ret = take(bytes);
	return 0;
}

static void disk_glob(void *arg, const char *pattern,
    void (*found)(void *to, const char *path), void *to)
{
	glob_t g = { 0 };

	if (glob(pattern, 0, NULL, &g) == 0)
		for (size_t i = 0; i < g.gl_pathc; i++)
			if (access(g.gl_pathv[i], F_OK) == 0)
				found(to, g.gl_pathv[i]);
	globfree(&g);
}

const struct f2b_door f2b_disk = { disk_read, disk_glob, NULL };
