#include "cli/cli.h"

int cmd_test(int argc, char **argv)
{
	return cli_fault(argv[0], "not built into this version");
}
