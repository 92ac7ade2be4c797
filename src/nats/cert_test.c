#include "nats/cert.h"

#include "base/tests.h"

#include <sys/stat.h>

static char folder[] = "/tmp/liptako-cert-XXXXXX";

static void the_name_is_the_partys(void **state)
{
	const uint8_t alliance[32] = { 0xab, 0xcd };
	char host[CERT_HOST];

	cert_host("mali", alliance, host);
	assert_string_equal(host, "mali.abcd000000000000.liptako.invalid");
	cert_host("mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm", alliance, host);
	assert_int_equal(strlen(host), 31 + 1 + 16 + 16);
}

static void a_key_is_made_once(void **state)
{
	struct cert a, b;
	struct stat st;
	char path[64];

	assert_int_equal(cert_load(folder, &a), -ENOENT);
	assert_int_equal(cert_make(folder, "mali.abcd.liptako.invalid"), 0);
	assert_int_equal(cert_load(folder, &a), 0);
	assert_in_range(a.n, 300, CERT_MOST);
	snprintf(path, sizeof(path), "%s/post.key", folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(cert_make(folder, "other"), -EEXIST);
	assert_int_equal(cert_load(folder, &b), 0);
	assert_memory_equal(&a, &b, sizeof(a));
}

static void what_is_no_certificate_is_said(void **state)
{
	struct cert c;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/post.crt", folder);
	f = fopen(path, "we");
	assert_non_null(f);
	fputs("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
	    f);
	fclose(f);
	assert_int_equal(cert_load(folder, &c), -EBADMSG);
}

static int set_up(void **state)
{
	return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/post.key", folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/post.crt", folder);
	unlink(path);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_name_is_the_partys),
		cmocka_unit_test(a_key_is_made_once),
		cmocka_unit_test(what_is_no_certificate_is_said),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
