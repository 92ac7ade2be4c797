#include "cli/cli.h"

#include <stdio.h>

enum {
	WIDTH = 80,
	INDENT = 8
};

/*
 * What each word of a synopsis is, whichever command takes it, the options by
 * their names; and what it is for one command alone. liptako(1) says more.
 */
/* clang-format off */
static const struct {
	const char *name, *what;
	const char *command; /* NULL: of all that have no line of their own */
} words[] = {
	{ "ADDRESS", "203.0.113.7 or 2001:db8::7" },
	{ "ADDRESS", "203.0.113.7, or a range such as 203.0.113.0/24", "why" },
	{ "ADDRESS[/BITS]", "203.0.113.7, 203.0.113.0/24 or 2001:db8::/64" },
	{ "me", "where this SSH session comes from" },
	{ "TERM", "90s, 10m, 24h, 7d, 2w or forever" },
	{ "NAME", "a service (openssh) or a rule (openssh/auth-failure)", "rules" },
	{ "VERB", "status, status JAIL, banned, set JAIL banip ADDRESS, ..." },
	{ "--accounts", "the accounts alone, for a file that yours includes" },
	{ "--all", "also what the kernel does not hold, and imported lists" },
	{ "--all-protocols", "of the trace, not TCP alone" },
	{ "--all-ports", "shut out of every port, not a jail's alone" },
	{ "--bundle FILE", "all of it into one file, for liptako import" },
	{ "--cap N", "addresses that it may have at most" },
	{ "--charter FILE", "the charter by file, not from the post" },
	{ "--client FILE", "instead of /usr/bin/fail2ban-client" },
	{ "--code WORDS", "seal if the newcomer's code is this; do not ask" },
	{ "--config FILE", "instead of /etc/liptako/liptako.yaml" },
	{ "--contact TEXT", "whom allies call" },
	{ "--controller TEXT", "who answers for data protection" },
	{ "--count HOW", "window (exact), or fail2ban: by the rate, as it does" },
	{ "--country XX", "two letters" },
	{ "--database FILE", "of fail2ban, instead of the one it names" },
	{ "--days N", "of a made trace" },
	{ "--drop PARTY", "a version without this party" },
	{ "--drop-seal FILE", "a seal of ours no longer" },
	{ "--dry-run", "say what would be done, do nothing" },
	{ "--every SPAN", "how often it is fetched; 1h if none is said" },
	{ "--expand", "ranges are told it address by address" },
	{ "--fail2ban DIR", "by a filter of this fail2ban folder" },
	{ "--file FILE", "instead of /etc/liptako/liptako.yaml" },
	{ "--file FILE", "of amend: the edited text", "charter" },
	{ "--filter NAME", "of fail2ban, as sshd[mode=aggressive]" },
	{ "--for TIME", "how long to look on, as 10m; until Ctrl-C if not said" },
	{ "--format NAME", "force a log format, or name the service" },
	{ "--guest PARTY", "no post of ours: our outbox lies at this ally's" },
	{ "--host NAME", "of this host, on the roll" },
	{ "--hours N", "how long the token holds (24)" },
	{ "--html FILE", "a page with plots, in one file" },
	{ "--immunity on|off", "off: judge without the shields" },
	{ "--json", "the answer as JSON" },
	{ "--key KEY|-", "a key it has already, of 16 signs; -: from standard input" },
	{ "--lift", "measures against it and its history too" },
	{ "--log FILE", "of fail2ban, instead of the one it names" },
	{ "--logtype TYPE", "file, journal, short or rfc5424" },
	{ "--name NAME", "what it is called; made of the URL if none is said" },
	{ "--new-seal FILE", "one more seal of ours" },
	{ "--no-wait", "do not wait for who has the token" },
	{ "--note TEXT", "why, for those who ask later" },
	{ "--now SECONDS", "what the clock says, since 1970" },
	{ "--out FILE", "write it there as well" },
	{ "--out PATH", "write it there as well; of export: the folder", "charter" },
	{ "--parties N", "of a made trace" },
	{ "--password TEXT|-", "one it has already; -: from standard input" },
	{ "--party NAME", "of our party: a-z, 0-9, -" },
	{ "--post ADDRESS", "and perhaps :PORT, where allies reach this host's post" },
	{ "--refuse", "it is not ours to settle" },
	{ "--remove", "take an earlier allow back" },
	{ "--rollback", "fail2ban again; our jails go, its bans are its own" },
	{ "--role ROLE", "operator, or reader, who looks on", "console" },
	{ "--role ROLE", "lists (and metrics), reader or operator", "token" },
	{ "--rule NAME", "only of this service or rule (openssh/auth-failure)" },
	{ "--rules PATH", "the rules of this file or folder" },
	{ "--run DIR", "folder of the control socket (LIPTAKO_RUN)" },
	{ "--seal FILE", "an ed25519 or FIDO key of ssh-keygen" },
	{ "--seed N", "of a made trace; the same seed, the same trace" },
	{ "--set KEY=VALUE", "a value of the charter: slots=128" },
	{ "--since WHEN", "2026-11-22, or with T10:00:00 (UTC)" },
	{ "--sort KEY", "since, left, packets, net or rule" },
	{ "--spare FILE", "public key of a second seal, kept elsewhere" },
	{ "--sponsor PARTY", "the second party that brings the newcomer in" },
	{ "--state DIR", "the state folder (LIPTAKO_STATE)" },
	{ "--take-over", "stop fail2ban once its bans are in force here" },
	{ "--table NAME", "the nftables table, if it is not liptako" },
	{ "--timezone ZONE", "as --zone" },
	{ "--term SPAN", "how long, up to 24h" },
	{ "--territory NET", "addresses that we answer for" },
	{ "--threshold N", "how many of our seals are needed" },
	{ "--to FOLDER", "instead of /etc/liptako/fail2ban" },
	{ "--trace FILE", "lines \"epoch host source protocol port\", packed or not" },
	{ "--until WHEN", "as --since" },
	{ "--watch", "the jails only look on, fail2ban goes on" },
	{ "--why TEXT", "the reason, for people" },
	{ "--yes", "do not ask" },
	{ "--year YEAR", "of dates without one" },
	{ "--zone ZONE", "of dates without one (Europe/Paris, +02:00)" },
};
/* clang-format on */

static const struct {
	const char *command, *line;
} examples[] = {
	{ "list", "--sort packets" },
	{ "why", "203.0.113.7" },
	{ "why-not", "192.0.2.9" },
	{ "deny", "203.0.113.7 2h --note 'scans us'" },
	{ "pardon", "203.0.113.7" },
	{ "allow", "me 2h" },
	{ "allow", "192.0.2.0/24 --note office" },
	{ "bouncer", "add web1" },
	{ "machine", "add web1" },
	{ "token", "add grafana --role lists" },
	{ "source", "add https://example.org/drop.txt --every 6h" },
	{ "completion", "bash >/etc/bash_completion.d/liptako" },
	{ "replay", "/var/log/auth.log* --html report.html" },
	{ "test", "/var/log/auth.log" },
	{ "rules", "show openssh" },
	{ "rules", "check /etc/liptako/rules/mine.yaml" },
	{ "fail2ban-client", "status sshd" },
	{ "fail2ban-regex", "/var/log/auth.log sshd" },
	{ "import", "fail2ban --dry-run" },
	{ "import", "fail2ban --take-over" },
	{ "found", "sahel" },
	{ "charter", "amend --set slots=128" },
	{ "suspend", "burkina" },
	{ "forget", "203.0.113.7" },
};
/* clang-format on */

/* Is this word, without what follows it, one of the synopsis? */
static bool takes(struct str synopsis, struct str word)
{
	struct str name = word;
	size_t at;

	if (!str_cut(&word, ' ', &name))
		name = word;
	while ((at = str_find(synopsis, name)) != SIZE_MAX) {
		bool begins = at == 0 || strchr(" [|", synopsis.p[at - 1]);

		synopsis = str_from(synopsis, at + name.n);
		if (begins && (synopsis.n == 0 || strchr(" ]|", synopsis.p[0])))
			return true;
	}
	return false;
}

/* Has the command a line of its own for that word? */
static bool has_own(const struct command *c, size_t word)
{
	for (size_t i = 0; i < countof(words); i++)
		if (words[i].command && !strcmp(words[i].command, c->name) &&
		    !strncmp(words[i].name, words[word].name,
			strcspn(words[word].name, " ")))
			return true;
	return false;
}

static bool is_told(const struct command *c, size_t word)
{
	const char *of = words[word].command;

	if (of ? strcmp(of, c->name) != 0 : has_own(c, word))
		return false;
	return takes(str_of(c->args), str_of(words[word].name));
}

/* Nothing is broken within brackets, if it can be helped. */
static void say_usage(const struct command *c)
{
	size_t at = (size_t)printf("usage: liptako %s", c->name);
	struct str left = str_of(c->args);

	while (left.n > 0) {
		size_t n = 0;
		int depth = 0;

		while (n < left.n && (depth > 0 || left.p[n] != ' ')) {
			depth += left.p[n] == '[';
			depth -= left.p[n] == ']';
			n++;
		}
		if (at + 1 + n > WIDTH)
			at = (size_t)printf("\n%*s", INDENT, "") - 1;
		at += (size_t)printf(" " STR_F, STR_A(str_head(left, n)));
		left = str_from(left, MIN(n + 1, left.n));
	}
	putchar('\n');
}

void cli_help(const struct command *c)
{
	int width = (int)strlen("--help");

	say_usage(c);
	printf("%c%s.\n\n", *c->help - 'a' + 'A', c->help + 1);
	for (size_t i = 0; i < countof(words); i++)
		if (is_told(c, i))
			width = MAX(width, (int)strlen(words[i].name));
	for (size_t i = 0; i < countof(words); i++)
		if (is_told(c, i))
			printf("  %-*s  %s\n", width, words[i].name,
			    words[i].what);
	printf("  %-*s  this\n", width, "--help");
	for (size_t i = 0, n = 0; i < countof(examples); i++)
		if (!strcmp(examples[i].command, c->name))
			printf("%s liptako %s %s\n",
			    n++ ? "        " : "\nexample:", c->name,
			    examples[i].line);
	printf("\nexit: 0 yes or done, 1 no or none, 2 the command line is "
	       "wrong,\n      3 it could not be done, 4 you may not. The "
	       "manual: man %s\n",
	    c->manual ? c->manual : "liptako");
}
