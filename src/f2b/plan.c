#include "f2b/plan.h"

#include "f2b/core.h"

static const char *word(const struct f2b_val *command, size_t i)
{
	return i < command->n && (command->v[i].kind == F2B_TEXT ||
				     command->v[i].kind == F2B_WORD)
		   ? command->v[i].text
		   : "";
}

static void texts_add(struct pool *p, struct f2b_text **v, size_t *n,
    const struct f2b_val *command)
{
	const struct f2b_val *many =
	    command->n > 3 && command->v[3].kind == F2B_LIST ? &command->v[3]
							     : NULL;
	size_t more = many ? many->n : 1;
	struct f2b_text *to = pool_new(p, *n + more, sizeof(*to));

	if (*n)
		memcpy(to, *v, *n * sizeof(*to));
	for (size_t i = 0; i < more; i++)
		to[*n + i] =
		    (struct f2b_text){ many ? word(many, i) : word(command, 3),
			    command->file, command->line };
	*v = to;
	*n += more;
}

static void set(struct f2b_plan *plan, struct pool *p,
    const struct f2b_val *command)
{
	const char *what = word(command, 2);
	struct f2b_text text = { word(command, 3), command->file,
		command->line };
	uint32_t n;

	if (strcmp(what, "addfailregex") == 0)
		texts_add(p, &plan->failregex, &plan->n_fail, command);
	else if (strcmp(what, "addignoreregex") == 0)
		texts_add(p, &plan->ignoreregex, &plan->n_ignore, command);
	else if (strcmp(what, "prefregex") == 0)
		plan->prefregex = text;
	else if (strcmp(what, "datepattern") == 0)
		plan->datepattern = text;
	else if (strcmp(what, "logtimezone") == 0)
		plan->logtimezone = text;
	else if (strcmp(what, "usedns") == 0)
		plan->names = strcasecmp(text.text, "no") != 0 &&
			      strcasecmp(text.text, "false") != 0;
	else if (strcmp(what, "maxlines") == 0 &&
		 str_u32(str_of(text.text), 1000, &n) && n > 0)
		plan->maxlines = n;
}

bool f2b_plan(const struct f2b_val *stream, const char *jail, struct pool *pool,
    struct f2b_plan *ret)
{
	bool there = false;

	*ret = (struct f2b_plan){ .jail = jail, .names = true, .maxlines = 1 };
	for (size_t i = 0; i < stream->n; i++) {
		const struct f2b_val *c = &stream->v[i];

		if (strcmp(word(c, 1), jail) != 0)
			continue;
		if (strcmp(word(c, 0), "add") == 0) {
			there = true;
			ret->journal = strncmp(word(c, 2), "systemd", 7) == 0;
		} else if (strcmp(word(c, 0), "set") == 0 ||
			   strcmp(word(c, 0), "multi-set") == 0) {
			set(ret, pool, c);
		}
	}
	return there;
}
