#include <stdio.h>

#include "cli/ask.h"
#include "cli/term.h"

int cmd_reload(int argc, char **argv)
{
	static const struct option longs[] = { ASK_LONG, { 0 } };
	struct ask_options o = ask_defaults();
	json_t *q, *end = NULL;
	bool good;
	int c, e;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1)
		if (!ask_option(&o, c))
			return cli_usage(argv[0], "that option is not known");
	if (optind < argc)
		return cli_usage(argv[0], "it takes no argument");
	q = json_pack("{s:s}", "do", "reload");
	e = ask(argv[0], &o, &q, NULL, NULL, &end);
	if (e)
		return e;
	good = get_flag(end, "ok");
	if (!good && *get_text(end, "code")) {
		e = ask_refused(argv[0], end);
		json_decref(end);
		return e;
	}
	if (o.json)
		ask_print(end);
	else if (good)
		printf("Generation %lld: %lld rules, %lld logs, %lld faults.\n"
		       "%s",
		    (long long)get_num(end, "generation"),
		    (long long)get_num(end, "rules"),
		    (long long)get_num(end, "sources"),
		    (long long)get_num(end, "faults"), get_text(end, "text"));
	else
		printf("Nothing was changed; the old generation goes on.\n%s",
		    get_text(end, "text"));
	e = good ? CLI_OK : CLI_NO;
	json_decref(end);
	return e;
}
