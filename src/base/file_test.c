#include "base/file.h"

#include "base/tests.h"

#include <fcntl.h>
#include <stdio.h>

static void an_id_is_of_the_file_not_of_the_name(void **state)
{
	char path[] = "/tmp/liptako-file-XXXXXX", other[64];
	int fd = mkstemp(path);
	struct file_what a, b;

	assert_true(fd >= 0);
	assert_int_equal(file_what(fd, &a), 0);
	assert_true(a.id > 0 && a.id <= INT64_MAX);
	assert_true(file_id_at(path) == a.id);
	snprintf(other, sizeof(other), "%s.1", path);
	assert_int_equal(rename(path, other), 0);
	assert_true(file_id_at(other) == a.id);
	assert_int_equal(file_id_at(path), 0);
	assert_true(write(fd, "x", 1) == 1);
	assert_int_equal(file_what(fd, &b), 0);
	assert_true(a.id == b.id);
	close(fd);
	unlink(other);
	assert_true(file_what(-1, &b) < 0);
}

/* Most file systems give the number away again at once. */
static void a_number_used_again_is_another_file(void **state)
{
	char path[] = "/tmp/liptako-file-XXXXXX";
	int fd = mkstemp(path);
	struct file_what a, b;

	assert_int_equal(file_what(fd, &a), 0);
	if (!a.made)
		skip();
	close(fd);
	unlink(path);
	usleep(20000);
	fd = open(path, O_CREAT | O_EXCL | O_RDWR, 0600);
	assert_true(fd >= 0);
	assert_int_equal(file_what(fd, &b), 0);
	assert_true(a.id != b.id);
	close(fd);
	unlink(path);
}

TESTS(cmocka_unit_test(an_id_is_of_the_file_not_of_the_name),
    cmocka_unit_test(a_number_used_again_is_another_file))
