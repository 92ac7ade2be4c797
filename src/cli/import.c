#include "cli/cli.h"

/* What is brought in says what it is by its first word. */
int cmd_import(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "fail2ban") ||
		    !strcmp(argv[i], "--rollback"))
			return cmd_import_fail2ban(argc, argv);
	return cmd_import_sealed(argc, argv);
}
