#include "warden/plan.h"

#include "base/tests.h"

static void never(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
	unsigned *n = arg;

	++*n;
}

static struct strings list(char **v, size_t n)
{
	return (struct strings){ .n = n, .v = v };
}

struct fixture {
	char *ssh_units[1], *ssh_files[1], *exim_units[1], *exim_files[1],
	    *web_files[1], *vault[1];
	struct service services[4];
	struct rules rules;
};

static struct rules *rules_of(struct fixture *f)
{
	static char ssh[] = "openssh", exim[] = "exim", web[] = "nginx",
		    vault[] = "vaultwarden", su[] = "ssh.service",
		    eu[] = "exim4.service", sf[] = "/var/log/auth.log",
		    ef[] = "/var/log/exim4/mainlog", wf[] = "/var/log/nginx/*";

	f->ssh_units[0] = su;
	f->ssh_files[0] = sf;
	f->exim_units[0] = eu;
	f->exim_files[0] = ef;
	f->web_files[0] = wf;
	f->vault[0] = vault;
	f->services[0] = (struct service){ .name = ssh,
		.units = list(f->ssh_units, 1),
		.files = list(f->ssh_files, 1) };
	f->services[1] = (struct service){ .name = exim,
		.units = list(f->exim_units, 1),
		.files = list(f->exim_files, 1) };
	f->services[2] =
	    (struct service){ .name = web, .files = list(f->web_files, 1) };
	f->services[3] =
	    (struct service){ .name = vault, .containers = list(f->vault, 1) };
	f->rules = (struct rules){ .n_services = 4, .services = f->services };
	return &f->rules;
}

static struct plan *plan(struct fixture *f, const char *yaml, bool live,
    unsigned *faults)
{
	struct conf *c = NULL;
	struct plan *p = NULL;

	*faults = 0;
	conf_load(&c, "l.yaml", str_of(yaml), never, faults);
	plan_new(&p, c, "l.yaml", rules_of(f), live, never, faults);
	conf_free(&c);
	return p;
}

/* A jail reads what others read, and is nobody's rival. */
static void a_jail_reads_beside_the_others(void **state)
{
	static struct jailed jail;
	static char name[] = "f2b-a", other[] = "f2b-b", any[] = "*";
	static char web[] = "/var/log/nginx/error.log", own[] = "/srv/a.log";
	char *files[] = { web, own }, *units[] = { any };
	struct fixture f;
	struct rules *r = rules_of(&f);
	struct service more[6];
	struct conf *c = NULL;
	struct plan *p = NULL;
	unsigned faults = 0;
	int32_t service, to[4];

	memcpy(more, f.services, sizeof(f.services));
	more[4] = (struct service){ .name = name,
		.files = list(files, 2),
		.jail = &jail };
	more[5] = (struct service){ .name = other,
		.files = list(files, 1),
		.units = list(units, 1),
		.jail = &jail };
	r->services = more;
	r->n_services = 6;
	conf_load(&c, "l.yaml", STR(""), never, &faults);
	plan_new(&p, c, "l.yaml", r, false, never, &faults);
	conf_free(&c);
	assert_non_null(plan_want(p, web, &service));
	assert_int_equal(service, 2); /* still nginx's own */
	assert_int_equal(plan_jails(p, web, to, 4), 2);
	assert_int_equal(to[0], 4);
	assert_int_equal(to[1], 5);
	assert_int_equal(plan_jails(p, web, to, 1), 1);
	assert_non_null(plan_want(p, own, &service));
	assert_int_equal(service, 4);
	assert_int_equal(plan_jails(p, own, to, 4), 1);
	assert_int_equal(plan_jails(p, "/var/log/else", to, 4), 0);
	plan_free(&p);
}

static bool wants(const struct plan *p, const char *path)
{
	int32_t service;

	return plan_want(p, path, &service) != NULL;
}

static int shares(const struct plan *p, const char *path)
{
	int32_t service;

	return plan_want(p, path, &service)->shares;
}

static void the_journal_replaces_shared_files_only(void **state)
{
	struct fixture f;
	unsigned faults;
	struct plan *p = plan(&f, "", true, &faults);

	assert_int_equal(faults, 0);
	assert_true(p->journal);
	assert_true(p->from_journal[0] && p->from_journal[1]);
	assert_false(p->from_journal[2]);
	assert_false(wants(p, "/var/log/auth.log"));
	assert_true(wants(p, "/var/log/exim4/mainlog"));
	assert_true(wants(p, "/var/log/nginx/access.log"));
	assert_false(wants(p, "/var/log/nginx/sub/access.log"));
	assert_int_equal(shares(p, "/var/log/exim4/mainlog"), SHARES_LINES);
	assert_int_equal(shares(p, "/var/log/nginx/access.log"),
	    SHARES_NOTHING);
	plan_free(&p);

	p = plan(&f, "", false, &faults);
	assert_false(p->journal);
	assert_true(wants(p, "/var/log/auth.log"));
	plan_free(&p);
}

/* For a service without units; what others write there, the journal has. */
static void a_shared_file_may_be_needed(void **state)
{
	struct fixture f;
	unsigned faults;
	struct rules *r = rules_of(&f);
	struct conf *c = NULL;
	struct plan *p = NULL;

	f.web_files[0] = f.ssh_files[0];
	conf_load(&c, "l.yaml", str_of(""), never, &faults);
	plan_new(&p, c, "l.yaml", r, true, never, &faults);
	conf_free(&c);
	assert_true(p->from_journal[0]);
	assert_int_equal(shares(p, "/var/log/auth.log"), SHARES_PROGRAMS);
	plan_free(&p);
}

static void a_named_shared_file_is_read_instead(void **state)
{
	struct fixture f;
	unsigned faults;
	struct plan *p =
	    plan(&f, "sources:\n- file: /var/log/auth.log\n", true, &faults);

	assert_true(wants(p, "/var/log/auth.log"));
	assert_false(p->from_journal[0]);
	assert_true(p->from_journal[1]);
	plan_free(&p);
}

static void what_is_off_is_not_read(void **state)
{
	struct fixture f;
	unsigned faults;
	struct plan *p = plan(&f, "services: {exim: off}\n", true, &faults);

	assert_false(wants(p, "/var/log/exim4/mainlog"));
	assert_false(p->from_journal[1]);
	plan_free(&p);
	p = plan(&f, "find: no\nsources:\n- {file: /x, service: exim}\n", true,
	    &faults);
	assert_false(wants(p, "/var/log/nginx/access.log"));
	assert_false(p->journal);
	assert_int_equal(p->n, 1);
	assert_int_equal(p->wants[0].service, 1);
	plan_free(&p);
	p = plan(&f, "sources:\n- {file: /x, service: nobody}\n", true,
	    &faults);
	assert_int_equal(faults, 1);
	assert_false(wants(p, "/x"));
	plan_free(&p);
}

static void two_services_in_one_file_make_it_nobodys(void **state)
{
	struct fixture f;
	unsigned faults;
	struct plan *p = plan(&f, "", false, &faults);
	int32_t service = 7;

	assert_non_null(plan_want(p, "/var/log/exim4/mainlog", &service));
	assert_int_equal(service, 1);
	assert_non_null(plan_want(p, "/var/log/auth.log", &service));
	assert_int_equal(service, -1);
	plan_free(&p);
}

static void names_that_rotation_makes(void **state)
{
	static const char *const rotated[] = { "/l/a.log.1",
		"/l/a.log-20261122", "/l/a.log.2.gz", "/l/a.1", "/l/a.log~",
		"/l/a.log.old", "/l/a.log-2026112200" };
	static const char *const logs[] = { "/l/a.log", "/l/log.smbd",
		"/l/site-8080.log", "/l/postgresql-15-main.log", "/l/log.nmbd",
		"/l/443/access", "/l/postgresql-2026-11-22_000000.log",
		"/l/0" };

	for (size_t i = 0; i < countof(rotated); i++)
		if (!plan_is_rotated(rotated[i]))
			fail_msg("%s", rotated[i]);
	for (size_t i = 0; i < countof(logs); i++)
		if (plan_is_rotated(logs[i]))
			fail_msg("%s", logs[i]);
}

static void containers_belong_to_services_by_name(void **state)
{
	struct fixture f;
	struct rules *r = rules_of(&f);

	assert_int_equal(plan_container(r, STR("vaultwarden/server:latest")),
	    3);
	assert_int_equal(plan_container(r, STR("busybox")), -1);
}

TESTS(cmocka_unit_test(a_jail_reads_beside_the_others),
    cmocka_unit_test(the_journal_replaces_shared_files_only),
    cmocka_unit_test(a_shared_file_may_be_needed),
    cmocka_unit_test(a_named_shared_file_is_read_instead),
    cmocka_unit_test(what_is_off_is_not_read),
    cmocka_unit_test(two_services_in_one_file_make_it_nobodys),
    cmocka_unit_test(names_that_rotation_makes),
    cmocka_unit_test(containers_belong_to_services_by_name))
