#include "cli/f2b/import.h"

#include "base/addr.h"
#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	RETRY_MOST = 65535,
	CACHE_MOST = 1000,
	SPAN_MOST = 90 * 86400, /* s */
};

/* A scalar in quotes, whatever it holds. */
static void quoted(FILE *to, const char *z)
{
	bool plain = true;

	for (const char *c = z; *c; c++)
		plain &= (unsigned char)*c >= ' ' && *c != 127;
	fputc(plain ? '\'' : '"', to);
	for (const char *c = z; *c; c++) {
		if (plain && *c == '\'')
			fputs("''", to);
		else if (plain)
			fputc(*c, to);
		else if (*c == '\n')
			fputs("\\n", to);
		else if (*c == '"' || *c == '\\')
			fprintf(to, "\\%c", *c);
		else if ((unsigned char)*c < ' ' || *c == 127)
			fprintf(to, "\\x%02x", (unsigned char)*c);
		else
			fputc(*c, to);
	}
	fputc(plain ? '\'' : '"', to);
	fputc('\n', to);
}

static void text(FILE *to, const char *key, const char *z)
{
	if (!z || !*z)
		return;
	fprintf(to, "  %s: ", key);
	quoted(to, z);
}

static void list(FILE *to, const char *indent, const char *key,
    const struct f2b_words *w)
{
	if (w->n == 0)
		return;
	fprintf(to, "%s%s:\n", indent, key);
	for (size_t i = 0; i < w->n; i++) {
		fprintf(to, "%s- ", indent);
		quoted(to, w->v[i]);
	}
}

/* Names that a distribution gives the unit that others call so. */
static const char *const aliases[][2] = {
	{ "sshd.service", "ssh.service" },
	{ "ssh.service", "sshd.service" },
	{ "postfix.service", "postfix@*.service" },
	{ "mysqld.service", "mariadb.service" },
	{ "named.service", "bind9.service" },
};

static void unit(FILE *to, const char *name)
{
	fputs("- ", to);
	quoted(to, name);
	for (size_t i = 0; i < countof(aliases); i++)
		if (strcmp(name, aliases[i][0]) == 0) {
			fputs("- ", to);
			quoted(to, aliases[i][1]);
		}
}

/* The units of _SYSTEMD_UNIT=; a _COMM= beside one can be forged by any local
 * user and is not followed; alone it stands for the unit of that name. */
static size_t units_of(FILE *to, struct str match)
{
	size_t n = 0, others = 0;
	struct str comm = { 0 }, word;
	char name[200];

	for (bool more = true; more;) {
		more = str_cut(&match, ' ', &word);
		if (!more)
			word = match;
		if (str_starts(word, STR("_SYSTEMD_UNIT="))) {
			snprintf(name, sizeof(name), STR_F,
			    STR_A(str_from(word, 14)));
			unit(to, name);
			n++;
		} else if (str_starts(word, STR("_COMM="))) {
			comm = str_from(word, 6);
		} else if (str_starts(word, STR("SYSLOG_IDENTIFIER="))) {
			comm = str_from(word, 18);
		} else if (word.n && !str_eq(word, STR("+"))) {
			others++;
		}
	}
	if (n == 0 && comm.n) {
		snprintf(name, sizeof(name), STR_F ".service", STR_A(comm));
		unit(to, name);
		n++;
	}
	return n ? n : others;
}

static void units(FILE *to, const struct f2b_jail *j)
{
	if (j->journal.n == 0) {
		fputs("units:\n- '*'\n", to);
		return;
	}
	fputs("units:\n", to);
	for (size_t i = 0; i < j->journal.n; i++)
		if (units_of(to, str_of(j->journal.v[i])) == 0)
			fputs("- '*'\n", to);
}

static bool is_journal(const struct f2b_jail *j)
{
	return j->backend && strncmp(j->backend, "systemd", 7) == 0;
}

static void head(FILE *to, const struct import *im, const struct imported *i)
{
	const struct f2b_jail *j = i->jail;

	fprintf(to,
	    "# Written by liptako import fail2ban; change %s and import "
	    "again.\n"
	    "service: %s\nabout: ",
	    im->folder, i->service);
	quoted(to, "a jail of fail2ban's configuration");
	if (!is_journal(j))
		list(to, "", "files", &j->logs);
	if (is_journal(j) || j->journal.n)
		units(to, j);
}

static void programs(FILE *to, const struct f2b_jail *j, bool unban)
{
	bool any = false;

	for (size_t i = 0; i < j->n_actions; i++) {
		const struct f2b_action *a = &j->actions[i];
		const char *z = unban ? a->unban : a->ban;

		if (a->does != F2B_COMMAND || !*z)
			continue;
		if (!any)
			fprintf(to, "  %s:\n", unban ? "unban" : "ban");
		any = true;
		fputs("  - ", to);
		quoted(to, z);
	}
}

static void ignored(FILE *to, const struct f2b_jail *j)
{
	struct net n;
	bool any = false;

	for (size_t i = 0; i < j->ignoreip.n; i++) {
		if (!net_parse(str_of(j->ignoreip.v[i]), true, &n))
			continue;
		if (!any)
			fputs("  ignore:\n", to);
		any = true;
		fputs("  - ", to);
		quoted(to, j->ignoreip.v[i]);
	}
}

static void ignoring(FILE *to, const struct f2b_jail *j)
{
	if (!j->ignorecommand || !*j->ignorecommand)
		return;
	text(to, "ignorecommand", j->ignorecommand);
	if (!j->cache_key)
		return;
	text(to, "cache-key", j->cache_key);
	fprintf(to, "  cache-count: %lld\n  cache-time: %llds\n",
	    (long long)CLAMP(j->cache_count, 1, CACHE_MOST),
	    (long long)CLAMP(j->cache_time, 1, SPAN_MOST));
}

static void filter(FILE *to, const struct imported *i)
{
	const struct f2b_jail *j = i->jail;

	fputs("jail:\n", to);
	text(to, "name", j->name);
	text(to, "filter", j->filter);
	text(to, "usedns", j->usedns);
	text(to, "logtype", is_journal(j) ? "journal" : "file");
	text(to, "datepattern", j->datepattern);
	text(to, "zone", j->zone);
	text(to, "encoding", j->encoding);
	if (j->maxlines > 1)
		fprintf(to, "  maxlines: %u\n", j->maxlines);
	text(to, "prefregex", j->prefregex);
	list(to, "  ", "failregex", &j->failregex);
	list(to, "  ", "ignoreregex", &j->ignoreregex);
	ignored(to, j);
	text(to, "port", j->port);
	text(to, "protocol", j->protocol);
	ignoring(to, j);
	programs(to, j, false);
	programs(to, j, true);
}

/* Whose bytes are whose: filters of services that do not speak HTTP cannot be
 * set off by a third party's web page. */
static bool is_own_act(const char *filter)
{
	static const char *const known[] = { "sshd", "dropbear", "postfix",
		"dovecot", "exim", "vsftpd", "proftpd", "pure-ftpd", "wuftpd",
		"gssftpd", "asterisk", "freeswitch", "cyrus-imap", "sieve",
		"courier-auth", "courier-smtp", "mysqld-auth", "mongodb-auth",
		"sendmail-auth", "sendmail-reject", "perdition", "openvpn",
		"xrdp", "solid-pop3d", "uwimap-auth", "qmail", "murmur",
		"ejabberd-auth", "znc-adminlog" };

	for (size_t i = 0; i < countof(known); i++)
		if (strcmp(filter, known[i]) == 0)
			return true;
	return false;
}

static bool has_firewall(const struct f2b_jail *j)
{
	for (size_t i = 0; i < j->n_actions; i++)
		if (j->actions[i].does != F2B_COMMAND)
			return true;
	return j->n_actions == 0;
}

static void terms(FILE *to, const struct f2b_jail *j)
{
	struct ban_terms t = import_terms(j);

	if (t.n > 1) {
		fputs("  terms: [", to);
		for (size_t i = 0; i < t.n; i++)
			fprintf(to, "%s%us", i ? ", " : "", t.each[i]);
		fputs("]\n", to);
	} else {
		fprintf(to, "  term: %us\n", t.first);
		if (t.most > t.first)
			fprintf(to, "  term-max: %us\n", t.most);
	}
	if (t.spread)
		fprintf(to, "  spread: %us\n", t.spread);
}

const char *import_answer(const struct f2b_jail *j, const char **other)
{
	static const struct {
		const char *word, *answer;
	} words[] = { { "drop", "drop" }, { "deny", "drop" },
		{ "blackhole", "drop" }, { "reject", "reject" },
		{ "unreach", "reject" }, { "prohibit", "reject" },
		{ "return-", "reject" } };
	const char *answer = NULL;

	*other = NULL;
	for (size_t i = 0; i < j->n_actions; i++) {
		const char *block = j->actions[i].block;
		size_t k = 0;

		if (j->actions[i].does != F2B_FIREWALL || !*block)
			continue;
		while (k < countof(words) && !strcasestr(block, words[k].word))
			k++;
		if (k == countof(words))
			*other = block;
		else if (!answer || words[k].answer[0] == 'd')
			answer = words[k].answer;
	}
	return answer;
}

/* "  ports: [80/tcp, 443/tcp]" */
static void ports(FILE *to, const struct import *im, const struct imported *i)
{
	char text[PORTS_MAX];
	struct str all = { text, 0 }, one;

	if (im->all_ports || i->ports.n == 0)
		return;
	all.n = ports_print(&i->ports, text);
	fputs("  ports: [", to);
	while (str_cut(&all, ',', &one))
		fprintf(to, STR_F ", ", STR_A(one));
	fprintf(to, STR_F "]\n", STR_A(all));
}

static void rule(FILE *to, const struct import *im, const struct imported *i)
{
	const struct f2b_jail *j = i->jail;
	const char *other, *answer = import_answer(j, &other);
	int64_t retry = j->maxretry > 0 ? MIN(j->maxretry, RETRY_MOST) : 5;
	int64_t span = j->findtime > 0 ? MIN(j->findtime, SPAN_MOST) : 600;

	fputs("rules:\n- name: failure\n  about: ", to);
	fprintf(to, "a failure that the filter of jail %s finds\n", i->name);
	fprintf(to,
	    "  kind: bruteforce\n  evidence: %s\n  when: %lld in %llds\n",
	    is_own_act(j->filter) ? "own-act" : "inducible", (long long)retry,
	    (long long)span);
	if (im->count)
		fprintf(to, "  count: %s\n", im->count);
	terms(to, j);
	ports(to, im, i);
	if (answer)
		fprintf(to, "  answer: %s\n", answer);
	if (im->watch || !has_firewall(j))
		fputs("  measure: alarm\n", to);
}

char *import_rules(const struct import *im, const struct imported *j)
{
	char *all = NULL;
	size_t n;
	FILE *to = file_in_memory(&all, &n);

	head(to, im, j);
	filter(to, j);
	rule(to, im, j);
	fclose(to);
	return all;
}

static int put_file(int dir, const char *name, const char *z)
{
	auto_close int fd = openat(dir, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	size_t n = strlen(z);

	if (fd < 0)
		return -errno;
	while (n) {
		ssize_t w = write(fd, z, n);

		if (w < 0)
			return -errno;
		z += w;
		n -= (size_t)w;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

static int fill(struct import *im, int dir)
{
	for (size_t i = 0; i < im->n; i++) {
		auto_free char *z = NULL;
		char name[48];
		int e;

		if (!im->jails[i].jail || im->jails[i].works == LEFT_OUT)
			continue;
		z = import_rules(im, &im->jails[i]);
		snprintf(name, sizeof(name), "%s.yaml", im->jails[i].service);
		e = put_file(dir, name, z);
		if (e < 0)
			return e;
	}
	return 0;
}

/* rename(2) swaps the two, so that there is never none. */
int import_write(struct import *im)
{
	char next[4096];
	auto_close int dir = -1;
	int e;

	if (snprintf(next, sizeof(next), "%s.next", im->to) >=
	    (int)sizeof(next))
		return cli_fault("import", "%s: the path is too long", im->to);
	import_remove(next);
	if (mkdir(next, 0755) < 0)
		return cli_fault("import", "%s: %s", next, strerror(errno));
	dir = open(next, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return cli_fault("import", "%s: %s", next, strerror(errno));
	e = fill(im, dir);
	if (e < 0)
		return cli_fault("import", "%s: %s", next, strerror(-e));
	if (renameat2(AT_FDCWD, next, AT_FDCWD, im->to, RENAME_EXCHANGE) < 0 &&
	    rename(next, im->to) < 0)
		return cli_fault("import", "%s: %s", im->to, strerror(errno));
	import_remove(next);
	return CLI_OK;
}

void import_remove(const char *folder)
{
	auto_close int dir =
	    open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	struct dirent **d = NULL;
	int n = dir < 0 ? 0 : scandirat(dir, ".", &d, NULL, NULL);

	for (int i = 0; i < n; i++) {
		if (str_ends(str_of(d[i]->d_name), STR(".yaml")))
			(void)unlinkat(dir, d[i]->d_name, 0);
		free(d[i]);
	}
	free(d);
	(void)rmdir(folder);
}
