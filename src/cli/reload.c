#include <stdio.h>

#include "cli/ask.h"
#include "cli/term.h"

int cmd_reload(int argc, char **argv)
{
	struct ask_options o;
	json_t *end = NULL;
	bool good;
	int e;

	e = ask_plain(argc, argv, "reload", &o, &end);
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
