#include "cli/cli.h"

#include <stdio.h>

#include "base/log.h"

/* clang-format off */
const struct command commands[] = {
	{ "status", cmd_status, "[--json] [--run DIR]",
	    "is this host defended now; what is read, counted and shut out" },
	{ "list", cmd_list,
	    "[--sort since|left|packets|net|rule] [--rule NAME] [--all] "
	    "[--json] [--run DIR]",
	    "what the kernel really holds: since, until, packets dropped" },
	{ "why", cmd_why, "[--json] [--run DIR] ADDRESS",
	    "why somebody is shut out: the evidence, its lines, until when" },
	{ "why-not", cmd_why_not, "[--json] [--run DIR] ADDRESS",
	    "why somebody is not: what is missing, what protects him" },
	{ "deny", cmd_deny,
	    "[--note TEXT] [--dry-run] [--yes] [--json] [--run DIR] "
	    "ADDRESS[/BITS] [TERM]",
	    "shut somebody out by your word; for a day if no term is said" },
	{ "pardon", cmd_pardon, "[--dry-run] [--json] [--run DIR] ADDRESS[/BITS]",
	    "open again and forget what was counted" },
	{ "allow", cmd_allow,
	    "[--note TEXT] [--remove] [--dry-run] [--json] [--run DIR] "
	    "ADDRESS[/BITS]|me [TERM]",
	    "never shut somebody out, for ever or for that long" },
	{ "doctor", cmd_doctor, "[--json] [--run DIR]",
	    "what weakens the defence, and what cures it" },
	{ "conf", cmd_conf, "[--file FILE] [--json]",
	    "the configuration in force, each value with its origin" },
	{ "top", cmd_top, "[--run DIR]", "what happens now, live; q quits" },
	{ "reload", cmd_reload, "[--json] [--run DIR]",
	    "configuration and rules anew, if they are right" },
	{ "disarm", cmd_disarm, "[--table NAME] [--json]",
	    "take the kernel's table away at once, also if all else is dead" },
	{ "bouncer", cmd_bouncer,
	    "[--key KEY|-] [--expand] [--json] [--run DIR] "
	    "add|list|remove [NAME]",
	    "the keys of CrowdSec's bouncers, which obey this host's desk" },
	{ "machine", cmd_machine,
	    "[--password TEXT|-] [--json] [--run DIR] "
	    "add|admit|list|remove [NAME]",
	    "CrowdSec agents that report to this host's desk" },
	{ "token", cmd_token,
	    "[--role lists|reader|operator] [--json] [--run DIR] "
	    "add|list|remove [NAME]",
	    "keys for lists, metrics and the console" },
	{ "source", cmd_source,
	    "[--name NAME] [--every SPAN] [--cap N] [--json] [--run DIR] "
	    "add|list|remove [URL|NAME]",
	    "lists of others that this host shuts out, too" },
	{ "console", cmd_console,
	    "[--role operator|reader] [--config FILE] [--json] [--run DIR]",
	    "a link that opens the console in a browser, logged in" },
	{ "replay", cmd_replay, 
	    "[--json] [--html FILE] [--immunity on|off] [--rules PATH] "
	    "[--config FILE] [--format NAME] [--zone ZONE] [--year YEAR] "
	    "[--since WHEN] [--until WHEN] LOG|FOLDER|-...",
	    "judge old logs on a virtual clock: whom, when, by which rule",
	    "liptako-replay" },
	{ "test", cmd_test, 
	    "[--json] [--rules PATH] [--config FILE] [--format NAME] "
	    "[--zone ZONE] FILE|- | --fail2ban DIR --filter NAME "
	    "[--logtype TYPE] [--year YEAR] [--timezone ZONE] "
	    "[--now SECONDS] [--json] [FILE]",
	    "which rule hits each line, what it captured, or why not",
	    "liptako-test" },
	{ "rules", cmd_rules, 
	    "[--rules PATH] [--json] [list] | check [PATH] | show NAME",
	    "check the rules' examples, list the rules, show one",
	    "liptako-rules" },
	{ "fail2ban-client", cmd_fail2ban_client,
	    "[-c FOLDER] [-t|-d] VERB [ARGUMENT...]",
	    "what scripts ask fail2ban-client, with the same answers",
	    "liptako-import" },
	{ "fail2ban-regex", cmd_fail2ban_regex,
	    "[OPTION...] LOG|LINE REGEX|FILTER [IGNOREREGEX]",
	    "what fail2ban-regex says of a log, and why a line is missed",
	    "liptako-test" },
	{ "import", cmd_import,
	    "[--dry-run] [--all-ports] [--watch] [--for TIME] [--take-over] [--count HOW] "
	    "[--to FOLDER] "
	    "[--database FILE] [--log FILE] [--client FILE] [--state DIR] "
	    "[--json] [--run DIR] FILE | fail2ban [FOLDER] | --rollback",
	    "take in sealed acts, or fail2ban's jails and bans",
	    "liptako-import" },
	{ "party", cmd_party,
	    "[--seal FILE]... [--spare FILE] [--threshold N] [--party NAME] "
	    "[--country XX] [--contact TEXT] [--controller TEXT] "
	    "[--territory NET]... [--post ADDRESS[:PORT]] [--guest PARTY] "
	    "[--host NAME] [--state DIR] [--yes] [--json] [--run DIR] "
	    "init [NAME] | list",
	    "make this host's keys and party; who is in our alliances",
	    "liptako-charter" },
	{ "found", cmd_found,
	    "[--set KEY=VALUE]... [--party NAME] [--seal FILE]... "
	    "[--spare FILE] [--threshold N] [--country XX] [--contact TEXT] "
	    "[--controller TEXT] [--territory NET]... "
	    "[--post ADDRESS[:PORT]] [--host NAME] "
	    "[--state DIR] [--yes] [--json] [--run DIR] NAME",
	    "begin an alliance: version 1 of its charter, sealed by you",
	    "liptako-charter" },
	{ "invite", cmd_invite,
	    "[--hours N] [--out FILE] [--state DIR] [--json] [--run DIR] "
	    "[ALLIANCE]",
	    "a token for one new party, good for a day",
	    "liptako-charter" },
	{ "join", cmd_join,
	    "[--charter FILE] [--out FILE] [--party NAME] [--seal FILE]... "
	    "[--spare FILE] [--threshold N] [--country XX] [--contact TEXT] "
	    "[--controller TEXT] [--territory NET]... "
	    "[--post ADDRESS[:PORT]] [--guest PARTY] [--host NAME] "
	    "[--state DIR] [--yes] [--json] [--run DIR] TOKEN|-",
	    "see a charter, seal its terms and ask to be admitted",
	    "liptako-charter" },
	{ "enrol", cmd_enrol,
	    "[--host NAME] [--hours N] [--no-wait] [--code WORDS] "
	    "[--out FILE] [--seal FILE]... [--state DIR] [--yes] [--json] "
	    "[--run DIR] [ALLIANCE] | TOKEN|-",
	    "another host of our own party: a token here, the token there",
	    "liptako-charter" },
	{ "charter", cmd_charter,
	    "[--set KEY=VALUE]... [--territory NET]... [--drop PARTY] "
	    "[--new-seal FILE] [--drop-seal FILE] [--threshold N] "
	    "[--contact TEXT] [--file FILE] [--sponsor PARTY] [--code WORDS] [--bundle FILE] "
	    "[--out PATH] [--seal FILE]... [--state DIR] [--yes] [--json] "
	    "[--run DIR] show|verify|amend|seal|renew|export [ALLIANCE]",
	    "show, check, change, seal, renew or hand on a charter",
	    "liptako-charter" },
	{ "post", cmd_post,
	    "[--accounts] [--out FILE] [--state DIR] [--json] [--run DIR] "
	    "recipe",
	    "the configuration of a NATS server of yours that is our post",
	    "liptako-charter" },
	{ "roll", cmd_roll,
	    "[--seal FILE]... [--host NAME] [--state DIR] [--json] "
	    "[--run DIR] [renew]",
	    "our envoys, and how long they hold; renew them all",
	    "liptako-charter" },
	{ "revoke", cmd_revoke,
	    "[--why TEXT] [--out FILE] [--seal FILE]... [--state DIR] [--yes] "
	    "[--json] [--run DIR] HOST|KEY",
	    "an envoy of ours speaks for us no more, for ever",
	    "liptako-charter" },
	{ "withdraw", cmd_withdraw,
	    "[--why TEXT] [--out FILE] [--seal FILE]... [--state DIR] [--yes] "
	    "[--json] [--run DIR] [ALLIANCE]",
	    "leave an alliance, at once", "liptako-charter" },
	{ "suspend", cmd_suspend,
	    "[--json] [--run DIR] PARTY [ALLIANCE]",
	    "hear a party no more; here alone, no seal is needed",
	    "liptako-charter" },
	{ "unsuspend", cmd_unsuspend,
	    "[--json] [--run DIR] PARTY [ALLIANCE]", "hear it again",
	    "liptako-charter" },
	{ "alliance", cmd_alliance,
	    "[--json] [--run DIR] [show] | export FILE",
	    "how our allies stand; all acts, for anybody to check",
	    "liptako-alliance" },
	{ "forget", cmd_forget,
	    "[--lift] [--json] [--run DIR] NET",
	    "erase an address here, and ask the allies to",
	    "liptako-alliance" },
	{ "settle", cmd_settle, "[--refuse] [--json] [--run DIR] ADDRESS",
	    "an address of ours that attacked an ally does so no more" },
	{ "safe-conduct", cmd_safe_conduct,
	    "[--term SPAN] [--json] [--run DIR] ADDRESS",
	    "answer allies' notices: this one is a good client of ours" },
	{ "simulate", cmd_simulate,
	    "[--trace FILE] [--all-protocols] [--parties N] [--days N] "
	    "[--seed N] [--json]",
	    "what sharing would stop, over a trace, by several rules",
	    "liptako-simulate" },
	{ "completion", cmd_completion, "bash|zsh|fish",
	    "completion for your shell, on standard output" },
	{ 0 },
};
/* clang-format on */

/* Headings, each before the command that it begins with. */
static const struct {
	const char *first, *about;
} groups[] = {
	{ "status", "This host" },
	{ "bouncer", "Its desk: console, bouncers, lists" },
	{ "replay", "Logs and rules" },
	{ "fail2ban-client", "Coming from fail2ban" },
	{ "party", "Alliances" },
	{ "simulate", "Else" },
};

static int help(FILE *to)
{
	fputs("usage: liptako COMMAND [arguments]\n", to);
	for (const struct command *c = commands; c->name; c++) {
		for (size_t i = 0; i < countof(groups); i++)
			if (!strcmp(groups[i].first, c->name))
				fprintf(to, "\n%s:\n", groups[i].about);
		fprintf(to, "  %-15s %s\n", c->name, c->help);
	}
	fputs("\nliptako COMMAND --help says more about one, liptako --version "
	      "which this is;\nthe manual is liptako(1).\n",
	    to);
	return to == stdout ? CLI_OK : CLI_USAGE;
}

static const char *command_at(size_t i)
{
	return commands[i].name;
}

/* What others call it. */
static const char *other_name(const char *word)
{
	static const struct {
		const char *word, *is;
	} others[] = { { "ban", "deny" }, { "banip", "deny" },
		{ "block", "deny" }, { "drop", "deny" }, { "unban", "pardon" },
		{ "unbanip", "pardon" }, { "unblock", "pardon" },
		{ "whitelist", "allow" }, { "allowlist", "allow" },
		{ "ignoreip", "allow" }, { "banned", "list" },
		{ "bans", "list" }, { "blacklist", "list" },
		{ "decisions", "list" }, { "bouncers", "bouncer" },
		{ "machines", "machine" }, { "capi", "alliance" },
		{ "config", "conf" }, { "check", "doctor" },
		{ "explain", "test" }, { "filter", "rules" },
		{ "jails", "status" }, { "metrics", "status" },
		{ "watch", "top" }, { "flush", "disarm" } };

	for (size_t i = 0; i < countof(others); i++)
		if (!strcmp(word, others[i].word))
			return others[i].is;
	return NULL;
}

static bool is_for_systemd(const char *word)
{
	return !strcmp(word, "start") || !strcmp(word, "stop") ||
	       !strcmp(word, "restart") || !strcmp(word, "enable") ||
	       !strcmp(word, "disable");
}

static int unknown(const char *word)
{
	const char *near = other_name(word);

	if (!near && is_for_systemd(word)) {
		fprintf(stderr,
		    "liptako: there is no command \"%s\"; it is \"systemctl "
		    "%s liptako\"\n",
		    word, word);
		return CLI_USAGE;
	}
	if (!near)
		near = cli_nearest(word, command_at);

	fprintf(stderr, "liptako: there is no command \"%s\"", word);
	if (near)
		fprintf(stderr, "; did you mean \"%s\"?", near);
	fputs("\nliptako --help lists them.\n", stderr);
	return CLI_USAGE;
}

/* "-h" comes first; "--help" may stand behind what is done: "rules check". */
static bool asks_help(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "-h"))
		return true;
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (!strcmp(argv[i], "--help"))
			return true;
	return false;
}

static const struct command *command_of(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

int main(int argc, char **argv)
{
	const struct command *c;
	char *slash = strrchr(argv[0], '/');
	bool wants_help;

	log_open("cli");
	if (slash)
		argv[0] = slash + 1;
	if (!strcmp(argv[0], "fail2ban-client"))
		return cmd_fail2ban_client(argc, argv);
	if (!strcmp(argv[0], "fail2ban-regex"))
		return cmd_fail2ban_regex(argc, argv);
	if (argc < 2)
		return help(stderr);
	wants_help = !strcmp(argv[1], "help");
	if (wants_help)
		argv++, argc--;
	if (argc < 2 || asks_help(2, argv))
		return help(stdout);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "version")) {
		puts("liptako " LPT_VERSION);
		return CLI_OK;
	}
	c = command_of(argv[1]);
	if (!c)
		return unknown(argv[1]);
	if (wants_help || asks_help(argc - 1, argv + 1)) {
		cli_help(c);
		return CLI_OK;
	}
	return c->fn(argc - 1, argv + 1);
}
