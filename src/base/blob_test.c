#include "base/blob.h"

#include "base/tests.h"

#include <fcntl.h>
#include <sys/mman.h>

static void what_went_in_comes_out(void **state)
{
	auto_close int fd = -1;
	auto_blob struct blob b = { 0 };

	assert_int_equal(blob_make("t", STR("rules\n"), &fd), 0);
	assert_int_equal(blob_map(fd, 6, &b), 0);
	assert_true(str_eq(blob_str(&b), STR("rules\n")));
	assert_int_equal(write(fd, "x", 1), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(ftruncate(fd, 1), -1);
}

static void only_the_sealed_and_whole(void **state)
{
	auto_close int fd = -1;
	auto_close int open_fd = memfd_create("t", MFD_ALLOW_SEALING);
	struct blob b = { 0 };

	assert_int_equal(blob_make("t", STR("rules\n"), &fd), 0);
	assert_int_equal(blob_map(fd, 7, &b), -EBADMSG);
	assert_int_equal(blob_map(open_fd, 0, &b), -EBADMSG);
	assert_int_equal(blob_map(STDIN_FILENO, 0, &b), -EBADMSG);
	assert_null(b.p);
}

static void empty_is_a_blob(void **state)
{
	auto_close int fd = -1;
	auto_blob struct blob b = { 0 };

	assert_int_equal(blob_make("t", STR(""), &fd), 0);
	assert_int_equal(blob_map(fd, 0, &b), 0);
	assert_int_equal(b.n, 0);
}

TESTS(cmocka_unit_test(what_went_in_comes_out),
    cmocka_unit_test(only_the_sealed_and_whole),
    cmocka_unit_test(empty_is_a_blob))
