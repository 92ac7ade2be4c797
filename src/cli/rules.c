#include "cli/cli.h"

int cmd_rules(int argc, char **argv)
{
	return cli_fault(argv[0], "not built into this version");
}
