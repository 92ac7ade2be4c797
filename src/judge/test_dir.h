/*
 * test_dir - a folder of its own for each test, gone afterwards.
 */
#ifndef LPT_TEST_DIR_H
#define LPT_TEST_DIR_H

#include <dirent.h>
#include <stdio.h>

static char test_dir_name[64];

static inline const char *test_dir(void)
{
	return test_dir_name;
}

/* Valid until four calls later. */
static inline const char *test_path(const char *name)
{
	static char path[4][128];
	static unsigned turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", test_dir_name, name);
	return p;
}

static int test_dir_up(void **state)
{
	snprintf(test_dir_name, sizeof(test_dir_name),
	    "/tmp/liptako-test-XXXXXX");
	return mkdtemp(test_dir_name) ? 0 : -1;
}

static int test_dir_down(void **state)
{
	DIR *d = opendir(test_dir_name);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			(void)unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
	return rmdir(test_dir_name);
}

#endif
