#include "cli/cli.h"

#include <stdio.h>

/* What each option is, whichever command takes it; liptako(1) says more. */
/* clang-format off */
static const struct {
	const char *name, *what;
} options[] = {
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
	{ "--out PATH", "write it there as well; of export: the folder" },
	{ "--parties N", "of a made trace" },
	{ "--password TEXT|-", "one it has already; -: from standard input" },
	{ "--party NAME", "of our party: a-z, 0-9, -" },
	{ "--post ADDRESS[:PORT]", "where allies reach this host's post" },
	{ "--refuse", "it is not ours to settle" },
	{ "--remove", "take an earlier allow back" },
	{ "--rollback", "fail2ban again; our jails go, its bans are its own" },
	{ "--role ROLE", "lists (and metrics), reader or operator" },
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

/* Is this option, without what follows it, a word of the synopsis? */
static bool takes(struct str synopsis, struct str option)
{
	struct str name = option;
	size_t at;

	if (!str_cut(&option, ' ', &name))
		name = option;
	while ((at = str_find(synopsis, name)) != SIZE_MAX) {
		synopsis = str_from(synopsis, at + name.n);
		if (synopsis.n == 0 || synopsis.p[0] == ' ' ||
		    synopsis.p[0] == ']')
			return true;
	}
	return false;
}

void cli_help(const struct command *c)
{
	printf("usage: liptako %s %s\n%s.\n\n", c->name, c->args, c->help);
	for (size_t i = 0; i < countof(options); i++)
		if (takes(str_of(c->args), str_of(options[i].name)))
			printf("  %-18s %s\n", options[i].name,
			    options[i].what);
	printf("  %-18s this\n\nexit: 0 yes or done, 1 no or none, 2 the "
	       "command line is wrong,\n      3 it could not be done, 4 you "
	       "may not. The manual: man %s\n",
	    "--help", c->manual ? c->manual : "liptako");
}
