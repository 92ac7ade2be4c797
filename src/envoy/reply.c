#include "envoy/reply.h"

#include <jansson.h>

static void read_error(const json_t *error, struct reply *r)
{
	const json_t *code = json_object_get(error, "err_code");
	const char *say =
	    json_string_value(json_object_get(error, "description"));
	json_int_t n = json_integer_value(code);

	r->ok = false;
	r->code = n > 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
	str_show(str_of(say ? say : "no reason"), r->error, sizeof(r->error));
}

bool reply_read(struct str json, struct reply *ret)
{
	struct reply r = { .ok = true };
	const json_t *error, *seq;
	json_t *all;

	if (json.n == 0 || json.n > REPLY_MOST)
		return false;
	all = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(all)) {
		json_decref(all);
		return false;
	}
	error = json_object_get(all, "error");
	seq = json_object_get(all, "seq");
	if (error)
		read_error(error, &r);
	if (json_is_integer(seq) && json_integer_value(seq) > 0)
		r.seq = (uint64_t)json_integer_value(seq);
	json_decref(all);
	*ret = r;
	return true;
}
