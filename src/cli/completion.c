#include <stdio.h>

#include "cli/cli.h"

/*
 * completion - for bash, zsh and fish, made from the table of commands: the
 * options of each are the words of its synopsis that begin with "--"; what it
 * does are those in small letters that are no option's value.
 */
static bool next_option(struct str *args, struct str *option)
{
	size_t at = str_find(*args, STR("--"));
	size_t n = 2;

	if (at == SIZE_MAX)
		return false;
	*args = str_from(*args, at);
	while (n < args->n && ((args->p[n] >= 'a' && args->p[n] <= 'z') ||
				  (args->p[n] >= '0' && args->p[n] <= '9') ||
				  args->p[n] == '-'))
		n++;
	*option = str_head(*args, n);
	*args = str_from(*args, n);
	return true;
}

static bool is_verb(struct str word)
{
	bool good = word.n > 1 && word.p[0] != '-';

	for (size_t i = 0; good && i < word.n; i++)
		good = (word.p[i] >= 'a' && word.p[i] <= 'z') ||
		       (word.p[i] >= '0' && word.p[i] <= '9') ||
		       word.p[i] == '-';
	return good;
}

/* "[--run DIR] add|list|remove [NAME]": add, list, remove. */
static bool next_verb(struct str *args, struct str *verb)
{
	while (args->n > 0) {
		size_t n = 0;

		if (str_starts(*args, STR("[--")))
			*args = str_from(*args, str_find(*args, STR("]")));
		while (n < args->n && !strchr(" |[]/.", args->p[n]))
			n++;
		*verb = str_head(*args, n);
		*args = str_from(*args, MIN(args->n, n + 1));
		if (is_verb(*verb))
			return true;
	}
	return false;
}

/* Within single quotes of any of the three. */
static void quoted(const char *s)
{
	putchar('\'');
	for (; *s; s++) {
		if (*s == '\'')
			fputs("'\\'", stdout);
		putchar(*s);
	}
	putchar('\'');
}

static void options(const struct command *c)
{
	struct str args = str_of(c->args), word;

	while (next_verb(&args, &word))
		printf(STR_F " ", STR_A(word));
	args = str_of(c->args);
	while (next_option(&args, &word))
		printf(STR_F " ", STR_A(word));
	fputs("--help", stdout);
}

static void bash(void)
{
	puts("_liptako() {\n"
	     "\tlocal cur=${COMP_WORDS[COMP_CWORD]} words\n"
	     "\tif [ \"$COMP_CWORD\" -eq 1 ]; then");
	fputs("\t\twords=\"", stdout);
	for (const struct command *c = commands; c->name; c++)
		printf("%s ", c->name);
	puts("--help --version\"\n"
	     "\telse\n"
	     "\t\tcase ${COMP_WORDS[1]} in");
	for (const struct command *c = commands; c->name; c++) {
		printf("\t\t%s) words=\"", c->name);
		options(c);
		puts("\" ;;");
	}
	puts("\t\t*) words= ;;\n"
	     "\t\tesac\n"
	     "\tfi\n"
	     "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	     "}\n"
	     "complete -o default -F _liptako liptako");
}

static void zsh(void)
{
	puts("#compdef liptako\n"
	     "_liptako() {\n"
	     "\tlocal -a commands\n"
	     "\tcommands=(");
	for (const struct command *c = commands; c->name; c++) {
		printf("\t\t%s:", c->name);
		quoted(c->help);
		putchar('\n');
	}
	puts("\t)\n"
	     "\tif (( CURRENT == 2 )); then\n"
	     "\t\t_describe command commands\n"
	     "\t\treturn\n"
	     "\tfi\n"
	     "\tcase $words[2] in");
	for (const struct command *c = commands; c->name; c++) {
		printf("\t%s) compadd -- ", c->name);
		options(c);
		puts(" ;;");
	}
	puts("\tesac\n"
	     "\t_files\n"
	     "}\n"
	     "_liptako \"$@\"");
}

static void fish(void)
{
	puts("complete -c liptako -n __fish_use_subcommand -f");
	for (const struct command *c = commands; c->name; c++) {
		struct str args = str_of(c->args), option;

		printf("complete -c liptako -n __fish_use_subcommand -a %s "
		       "-d ",
		    c->name);
		quoted(c->help);
		putchar('\n');
		while (next_option(&args, &option))
			printf("complete -c liptako -n "
			       "'__fish_seen_subcommand_from %s' -l " STR_F
			       "\n",
			    c->name, STR_A(str_from(option, 2)));
		args = str_of(c->args);
		while (next_verb(&args, &option))
			printf("complete -c liptako -n "
			       "'__fish_seen_subcommand_from %s' -a " STR_F
			       "\n",
			    c->name, STR_A(option));
	}
}

int cmd_completion(int argc, char **argv)
{
	static const struct {
		const char *shell;
		void (*print)(void);
	} shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };

	for (size_t i = 0; argc == 2 && i < countof(shells); i++)
		if (!strcmp(argv[1], shells[i].shell)) {
			shells[i].print();
			return CLI_OK;
		}
	return cli_usage(argv[0], "name your shell: bash, zsh or fish");
}
