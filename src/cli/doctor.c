#include <fcntl.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "base/ports.h"
#include "cli/doctor.h"
#include "cli/term.h"

static const char *const grade_names[] = { "ok", "note", "bad" };

void doctor_find(struct findings *f, enum grade g, const char *cure,
    const char *fmt, ...)
{
	char text[700];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	f->bad += g == GRADE_BAD;
	json_array_append_new(f->rows,
	    json_pack("{s:s,s:s,s:s}", "grade", grade_names[g], "what", text,
		"cure", cure));
}

static void check_defended(struct findings *f, const json_t *o)
{
	if (get_flag(o, "defended"))
		doctor_find(f, GRADE_GOOD, "", "this host is defended now");
	else
		doctor_find(f, GRADE_BAD,
		    get_flag(o, "watch_only")
			? "mode: defend in liptako.yaml, then liptako reload; "
			  "or start it as root, without --watch"
			: "see the findings below",
		    "this host is not defended: %s", get_text(o, "why_not"));
}

static void check_kernel(struct findings *f, const json_t *o)
{
	const json_t *k = json_object_get(o, "kernel");
	struct utsname u;

	if (!json_is_object(k)) {
		doctor_find(f, GRADE_BAD, "journalctl -t liptako says why",
		    "the kernel's measures could not be read back");
		return;
	}
	if (get_num(k, "rebuilds") > 0)
		doctor_find(f, GRADE_NOTE,
		    "let no firewall script flush the whole ruleset",
		    "somebody dropped our table %lld times; it was made again",
		    (long long)get_num(k, "rebuilds"));
	if (!get_flag(k, "owner") && uname(&u) == 0)
		doctor_find(f, GRADE_NOTE, "",
		    "kernel %s gives a table no owner: a flush of the ruleset "
		    "opens everything for up to a second",
		    u.release);
	doctor_find(f, GRADE_GOOD, "",
	    "the kernel can be read back: it holds %s "
	    "measure%s",
	    show_count((uint64_t)get_num(k, "elements")),
	    get_num(k, "elements") == 1 ? "" : "s");
}

/* Off by whole quarters of an hour, give or take a little. */
static bool is_zone(long long off)
{
	long long rest = (off < 0 ? -off : off) % 900;

	return llabs(off) >= 840 && llabs(off) <= 15 * 3600 &&
	       (rest <= 60 || rest >= 840);
}

static void check_remark(struct findings *f, const char *path, const json_t *r)
{
	const char *what = get_text(r, "what");
	long long n = (long long)get_num(r, "count");
	long long v = (long long)get_num(r, "value");
	const char *sample = get_text(r, "sample");

	if (!strcmp(what, "skew") && is_zone(v))
		doctor_find(f, GRADE_BAD,
		    "its program writes another time zone: set `zone:` of this "
		    "source; for a jail logtimezone in jail.local, and import "
		    "again",
		    "%s: its dates are %s %s: a wrong time zone; arrival "
		    "counts",
		    path, show_span(v < 0 ? -v : v), v < 0 ? "old" : "ahead");
	else if (!strcmp(what, "skew"))
		doctor_find(f, GRADE_NOTE,
		    "set the clock (NTP), or `zone:` of this source",
		    "%s: its dates are %lld s off their arrival; arrival "
		    "counts",
		    path, v);
	else if (!strcmp(what, "host-name"))
		doctor_find(f, GRADE_BAD,
		    "nobody can be shut out by a name, which its owner "
		    "chooses: turn look-ups off in that service (sshd: UseDNS "
		    "no; Apache: HostnameLookups Off); a host of yours: "
		    "allow it by its name",
		    "%s: %lld line%s of rule %s ha%s a host name where an "
		    "address should stand: %s",
		    path, n, n == 1 ? "" : "s", get_text(r, "rule"),
		    n == 1 ? "s" : "ve", sample);
	else if (!strcmp(what, "ambiguous"))
		doctor_find(f, GRADE_NOTE, "nobody is blamed for such a line",
		    "%s: %lld lines can be read in two ways (rule %s): %s",
		    path, n, get_text(r, "rule"), sample);
	else if (!strcmp(what, "over-limit"))
		doctor_find(f, GRADE_NOTE, "make the rule's pattern simpler",
		    "%s: rule %s ran into its limit %lld times: %s", path,
		    get_text(r, "rule"), n, sample);
	else if (!strcmp(what, "lost"))
		doctor_find(f, GRADE_BAD, "read a file or the journal instead",
		    "%s: the kernel dropped %lld datagrams", path, v);
	else if (!strcmp(what, "long-line"))
		doctor_find(f, GRADE_NOTE, "",
		    "%s: %lld lines were cut at 64 KiB", path, n);
}

enum {
	SILENT = 86400 /* s without a line that make us wonder */
};

static void check_gone(struct findings *f, const char *path, const json_t *s,
    int64_t now)
{
	int64_t gone = get_num(s, "gone"), back = get_num(s, "back");

	if (gone && !back)
		doctor_find(f, GRADE_BAD,
		    "it is waited for; does the service run, and does its "
		    "rotation make the log anew?",
		    "%s: the log vanished %s ago", path, show_span(now - gone));
	else if (gone && now - back < SILENT)
		doctor_find(f, GRADE_NOTE, "",
		    "%s: the log had vanished; it came back %s ago", path,
		    show_span(now - back));
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void check_log(struct findings *f, const json_t *s, int64_t now,
    int64_t started)
{
	const json_t *a = json_object_get(s, "remarks"), *r, *p;
	const char *path = get_text(s, "path");
	int64_t looked = MAX(get_num(s, "looked"), started);
	size_t i;

	if (!get_flag(s, "open") && is_folder(path))
		doctor_find(f, GRADE_BAD,
		    "a log is a file: write the folder with /*.log behind it",
		    "%s: a folder, which nothing is read of", path);
	else if (!get_flag(s, "open"))
		doctor_find(f, GRADE_NOTE, "if it never comes, mend `sources:`",
		    "%s: not there; it is waited for", path);
	else if (now - looked > SILENT)
		doctor_find(f, GRADE_NOTE, "does the service still log there?",
		    "%s: silent for %s", path, show_span(now - looked));
	check_gone(f, path, s, now);
	if (get_flag(s, "open") && !get_flag(s, "trusted"))
		doctor_find(f, GRADE_NOTE,
		    "the journal knows who wrote a line; text logs do not",
		    "%s: local users can forge lines there (logger)", path);
	json_array_foreach(a, i, r) check_remark(f, path, r);
	p = json_object_get(s, "proxy");
	if (json_is_object(p))
		doctor_find(f, GRADE_BAD,
		    "if it is your proxy: name it in trusted-proxies and set "
		    "`client:` of this source, and shut out on the proxy; if "
		    "not: liptako deny it",
		    "%s: %s makes %lld %% of the good requests: taken for a "
		    "proxy, never shut out",
		    path, get_text(p, "net"),
		    (long long)get_num(p, "permille") / 10);
}

static void check_logs(struct findings *f, const json_t *o)
{
	const json_t *a = json_object_get(o, "sources"), *s;
	size_t i;

	if (json_array_size(a) == 0)
		doctor_find(f, GRADE_BAD,
		    "name a log under `sources:` in liptako.yaml",
		    "no log is read");
	json_array_foreach(a, i, s)
	    check_log(f, s, get_num(o, "now"), get_num(o, "started"));
	if (get_num(json_object_get(o, "measures"), "proxied") > 0)
		doctor_find(f, GRADE_BAD, "a bouncer on the proxy is needed",
		    "%lld attackers come through a proxy: the kernel cannot "
		    "stop them here",
		    (long long)get_num(json_object_get(o, "measures"),
			"proxied"));
}

static void check_rules(struct findings *f, const json_t *o)
{
	const json_t *r = json_object_get(o, "rules");
	const json_t *l = json_object_get(o, "law");

	if (get_num(r, "n") == 0)
		doctor_find(f, GRADE_BAD, "install rules/ again",
		    "there are no rules");
	else if (get_num(r, "faults") > 0)
		doctor_find(f, GRADE_BAD, "liptako rules check names them",
		    "%lld rule files have faults; the rest is in force",
		    (long long)get_num(r, "faults"));
	else
		doctor_find(f, GRADE_GOOD, "", "%lld rules are in force",
		    (long long)get_num(r, "n"));
	if (get_num(l, "pushed_out") > 0)
		doctor_find(f, GRADE_NOTE, "raise `slots:` in liptako.yaml",
		    "%lld addresses were forgotten for want of room",
		    (long long)get_num(l, "pushed_out"));
}

/* A port that whoever is shut out still reaches, for people to see it. */
static const char *still_open(const char *closed)
{
	static const char *const known[] = { "80/tcp", "22/tcp", "443/tcp" };
	struct ports is, with;

	for (size_t i = 0; i < countof(known); i++) {
		if (ports_parse_all(str_of(closed), &is) != PORTS_OK)
			break;
		with = is;
		if (ports_parse(str_of(known[i]), &with) != PORTS_OK ||
		    !ports_eq(&is, &with))
			return known[i];
	}
	return "any other port";
}

static void check_ports(struct findings *f, const json_t *o)
{
	const json_t *all =
	    json_object_get(json_object_get(o, "rules"), "ports");
	const char *rule;
	json_t *p;

	json_object_foreach((json_t *)(uintptr_t)all, rule, p)
	{
		const char *ports = get_text(p, "ports");

		doctor_find(f, GRADE_NOTE,
		    "if all should be closed: liptako import fail2ban "
		    "--all-ports, or take ports: out of the rule",
		    "%s closes %s only: the attacker can still reach %s "
		    "(%lld shut out now)",
		    rule, ports, still_open(ports),
		    (long long)get_num(p, "now"));
	}
}

static void check_ledger(struct findings *f, const json_t *o)
{
	const json_t *l = json_object_get(o, "ledger");

	if (!get_flag(l, "well"))
		doctor_find(f, GRADE_BAD,
		    "make room on, or give back, the state folder",
		    "the ledger cannot be written (%s); %lld facts wait in "
		    "memory, %lld were lost to it",
		    get_text(l, "why"), (long long)get_num(l, "waiting"),
		    (long long)get_num(l, "lost"));
	else
		doctor_find(f, GRADE_GOOD, "",
		    "the ledger is well (schema %lld)",
		    (long long)get_num(l, "version"));
	if (get_flag(l, "moved_aside"))
		doctor_find(f, GRADE_NOTE,
		    "look at ledger.db.corrupt-* in the state folder, then "
		    "remove it",
		    "a damaged ledger was moved aside at start");
}

static void check_ending(struct findings *f, const char *alliance,
    const json_t *e)
{
	bool charter = !strcmp(get_text(e, "what"), "charter");
	int64_t days = get_num(e, "days");
	char when[40] = "has ended";

	if (!get_flag(e, "over"))
		snprintf(when, sizeof(when), "ends in %lld day%s",
		    (long long)days, days == 1 ? "" : "s");
	if (charter)
		doctor_find(f, days < 7 ? GRADE_BAD : GRADE_NOTE,
		    "liptako charter renew, and the others' charter seal",
		    "%s: the charter %s", alliance, when);
	else
		doctor_find(f, days < 7 ? GRADE_BAD : GRADE_NOTE,
		    "there: liptako roll renew", "%s: the envoy %s of %s %s",
		    alliance, get_text(e, "host"), get_text(e, "party"), when);
}

static void check_charters(struct findings *f, const json_t *o)
{
	const json_t *a, *e;
	size_t i, k;

	json_array_foreach(json_object_get(o, "charters"), i, a)
	{
		const char *name = get_text(a, "alliance");

		if (!strcmp(get_text(a, "state"), "alive"))
			doctor_find(f, GRADE_GOOD, "",
			    "the charter of %s holds, with %lld part%s", name,
			    (long long)get_num(a, "parties"),
			    get_num(a, "parties") == 1 ? "y" : "ies");
		else if (!strcmp(get_text(a, "state"), "rivals"))
			doctor_find(f, GRADE_BAD,
			    "agree, and let one party run liptako charter "
			    "amend: it names both",
			    "%s has two versions %lld; governance waits", name,
			    (long long)get_num(a, "version"));
		if (get_num(a, "requests") + get_num(a, "waiting") > 0)
			doctor_find(f, GRADE_NOTE, "liptako charter seal",
			    "%s: newcomers or versions wait for seals", name);
		json_array_foreach(json_object_get(a, "endings"), k, e)
		    check_ending(f, name, e);
	}
}

struct allies {
	json_t *parties, *posts;
};

static void sort_row(void *arg, const json_t *row)
{
	struct allies *a = arg;
	const char *is = get_text(row, "is");
	json_t *to = !strcmp(is, "party")  ? a->parties
		     : !strcmp(is, "post") ? a->posts
					   : NULL;

	if (to)
		json_array_append(to, (json_t *)(uintptr_t)row);
}

static void check_allies(struct findings *f, const struct ask_options *o,
    const json_t *status)
{
	struct allies a = { json_array(), json_array() };
	json_t *q = json_pack("{s:s}", "do", "alliance"), *end = NULL;

	if (json_array_size(json_object_get(status, "charters")) == 0)
		json_decref(q);
	else if (ask("doctor", o, &q, sort_row, &a, &end) == CLI_OK)
		doctor_allies(f, a.parties, a.posts);
	json_decref(a.parties);
	json_decref(a.posts);
	json_decref(end);
}

static void check_jit(struct findings *f)
{
	uint32_t jit = 0;

	(void)pcre2_config(PCRE2_CONFIG_JIT, &jit);
	if (jit)
		doctor_find(f, GRADE_GOOD, "",
		    "PCRE2 compiles to machine code");
	else
		doctor_find(f, GRADE_BAD, "install a PCRE2 with JIT",
		    "PCRE2 has no JIT: matching is five times slower");
}

static void check_file(struct findings *f, const char *path, mode_t bad,
    const char *cure)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return;
	if (st.st_uid != 0 || (st.st_mode & bad))
		doctor_find(f, GRADE_BAD, cure,
		    "%s may be changed by others (mode "
		    "%04o, uid %u)",
		    path, st.st_mode & 07777, st.st_uid);
}

static size_t slurp(const char *path, char *to, size_t size)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, to, size);

	return n < 0 ? 0 : (size_t)n;
}

/* journald(5) must keep what we read. */
static void check_journald(struct findings *f)
{
	char text[8192];
	struct str all = { text,
		slurp("/etc/systemd/journald.conf", text, sizeof(text)) };
	struct str line;

	while (str_cut(&all, '\n', &line)) {
		if (str_eq(str_trim(line), STR("Storage=none")))
			doctor_find(f, GRADE_BAD,
			    "set Storage=auto in journald.conf",
			    "journald keeps nothing: no line can be read");
		if (str_starts(line, STR("RateLimitBurst=")))
			doctor_find(f, GRADE_NOTE,
			    "see RateLimitBurst in journald.conf(5)",
			    "journald drops lines of a service beyond its "
			    "burst (" STR_F "): a flood may hide an attack",
			    STR_A(line));
	}
}

static void say(const struct findings *f)
{
	static const enum tone tones[] = { TONE_GOOD, TONE_WARN, TONE_BAD };
	json_t *r;
	size_t i;

	json_array_foreach(f->rows, i, r)
	{
		const char *g = get_text(r, "grade");
		size_t k = !strcmp(g, "bad") ? 2 : !strcmp(g, "note") ? 1 : 0;

		term_say(tones[k], "%-5s", g);
		printf("%s\n", get_text(r, "what"));
		if (*get_text(r, "cure"))
			term_say(TONE_DIM, "     cure: %s\n",
			    get_text(r, "cure"));
	}
	if (f->bad)
		printf("%u finding%s weaken%s the defence.\n", f->bad,
		    f->bad == 1 ? "" : "s", f->bad == 1 ? "s" : "");
	else
		puts("Nothing weakens the defence.");
}

static void check_all(struct findings *f, const struct ask_options *how,
    const json_t *o)
{
	check_defended(f, o);
	doctor_programs(f, o);
	check_kernel(f, o);
	check_logs(f, o);
	check_rules(f, o);
	check_ports(f, o);
	check_ledger(f, o);
	check_charters(f, o);
	check_allies(f, how, o);
	doctor_jails(f);
	check_jit(f);
	check_journald(f);
	doctor_here(f);
	check_file(f, "/etc/liptako/liptako.yaml", 022,
	    "chown root /etc/liptako/liptako.yaml; chmod 644 it");
	check_file(f, "/etc/liptako", 022,
	    "chown root /etc/liptako; chmod 755 it");
}

int cmd_doctor(int argc, char **argv)
{
	struct ask_options o;
	struct findings f = { json_array(), 0 };
	json_t *end = NULL;
	int e;

	e = ask_plain(argc, argv, "doctor", &o, &end);
	if (e == CLI_FAULT && !o.json) { /* what may keep it from running */
		doctor_here(&f);
		if (json_array_size(f.rows) > 0)
			say(&f);
	}
	if (!e && (e = ask_refused(argv[0], end)) < 0) {
		check_all(&f, &o, end);
		e = f.bad ? CLI_NO : CLI_OK;
		if (o.json) {
			json_object_set(end, "findings", f.rows);
			ask_print(end);
		} else {
			say(&f);
		}
	}
	json_decref(end);
	json_decref(f.rows);
	return e;
}
