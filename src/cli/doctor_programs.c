#include <stdio.h>
#include <sys/utsname.h>

#include "cli/doctor.h"

/* A wall of a program's jail, and which Linux brought it. */
struct step {
	const char *name;
	unsigned major, minor;
	const char *cure;
};

static const struct step steps[] = {
	{ "user", 0, 0,
	    "make install creates the users (systemd-sysusers); until then it "
	    "is nobody" },
	{ "Landlock files", 5, 13, "a kernel with Landlock" },
	{ "Landlock network", 6, 7, "a kernel with Landlock" },
	{ "memory write-execute denial", 6, 3, "" },
};

static const struct step *step_named(const char *name)
{
	for (size_t i = 0; i < countof(steps); i++)
		if (strcmp(steps[i].name, name) == 0)
			return &steps[i];
	return NULL;
}

/* "6.1.0-13-amd64": 6 and 1. */
static bool kernel_version(uint32_t *major, uint32_t *minor)
{
	struct utsname u;
	struct str rest, one;

	if (uname(&u) != 0)
		return false;
	rest = str_of(u.release);
	return str_cut(&rest, '.', &one) && str_u32(one, 999, major) &&
	       (str_cut(&rest, '.', &one) || str_cut(&rest, '-', &one)) &&
	       str_u32(one, 999, minor);
}

static bool is_too_old(const struct step *s)
{
	uint32_t major, minor;

	return kernel_version(&major, &minor) &&
	       (major < s->major || (major == s->major && minor < s->minor));
}

/* What no cure but another kernel can mend is said once, and is no defect. */
static void find_too_old(struct findings *f, const struct step *s,
    unsigned programs)
{
	struct utsname u;
	char cure[80];

	if (programs == 0 || uname(&u) != 0)
		return;
	snprintf(cure, sizeof(cure), "Linux %u.%u or newer", s->major,
	    s->minor);
	doctor_find(f, GRADE_NOTE, cure,
	    "kernel %s has no %s: %u program%s without; the jails' other "
	    "walls stand",
	    u.release, s->name, programs, programs == 1 ? " is" : "s are");
}

static unsigned missing_steps(struct findings *f, const json_t *program,
    unsigned too_old[static countof(steps)])
{
	unsigned bad = 0;
	const json_t *m;
	size_t k;

	json_array_foreach(json_object_get(program, "missing"), k, m)
	{
		const char *name = json_string_value(m);
		const struct step *s = step_named(name);

		if (s && is_too_old(s)) {
			too_old[s - steps]++;
			continue;
		}
		doctor_find(f, GRADE_BAD,
		    s ? s->cure : "start it as root; see SECURITY.md",
		    "%s has no jail step \"%s\"", get_text(program, "program"),
		    name);
		bad++;
	}
	return bad;
}

static const char *ended_cure(const char *program)
{
	if (strcmp(program, "post") == 0)
		return "journalctl -u liptako says why; if its port is taken "
		       "by Debian's own service: systemctl disable --now "
		       "nats-server";
	return "journalctl -t liptako says why";
}

void doctor_programs(struct findings *f, const json_t *status)
{
	const json_t *a = json_object_get(status, "programs"), *p;
	unsigned too_old[countof(steps)] = { 0 };
	size_t i, bad = 0;

	json_array_foreach(a, i, p)
	{
		if (!get_flag(p, "running")) {
			doctor_find(f, GRADE_BAD,
			    ended_cure(get_text(p, "program")),
			    "%s does not run", get_text(p, "program"));
			bad++;
		} else if (get_num(p, "restarts") > 0) {
			doctor_find(f, GRADE_NOTE,
			    ended_cure(get_text(p, "program")),
			    "%s had to be restarted %lld times",
			    get_text(p, "program"),
			    (long long)get_num(p, "restarts"));
		}
		bad += missing_steps(f, p, too_old);
	}
	for (i = 0; i < countof(steps); i++)
		find_too_old(f, &steps[i], too_old[i]);
	if (!bad)
		doctor_find(f, GRADE_GOOD, "",
		    "%zu programs run in their jails", json_array_size(a));
}
