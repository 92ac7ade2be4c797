#include <stdio.h>

#include "cli/ask.h"
#include "cli/term.h"

static void say_good(const json_t *end)
{
	int64_t logs = get_num(end, "sources"), faults = get_num(end, "faults");
	const char *text = get_text(end, "text");

	printf("Generation %lld: %lld rules, %lld %s, %lld %s.\n%s",
	    (long long)get_num(end, "generation"),
	    (long long)get_num(end, "rules"), (long long)logs,
	    logs == 1 ? "log" : "logs", (long long)faults,
	    faults == 1 ? "fault" : "faults",
	    *text ? text : "Nothing is different.\n");
}

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
		say_good(end);
	else
		printf("Nothing was changed; the old generation goes on.\n%s",
		    get_text(end, "text"));
	e = good ? CLI_OK : CLI_NO;
	json_decref(end);
	return e;
}
