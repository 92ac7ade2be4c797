#include "cli/cli.h"

int cmd_replay(int argc, char **argv)
{
	return cli_fault(argv[0], "not built into this version");
}
