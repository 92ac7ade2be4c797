#include "desk/ask.h"

#include <stdio.h>

#include "base/file.h"
#include "base/log.h"

struct asked {
	uint64_t id; /* 0: free */
	uint32_t deadline;
	ask_fn *fn;
	void *arg;
	char *text;
	size_t n, room;
};

struct asks {
	struct desk *desk;
	uint64_t ids;
	struct asked v[ASK_AT_ONCE];
};

void asks_new(struct asks **ret, struct desk *d)
{
	*ret = mem_new(1, sizeof(**ret));
	(*ret)->desk = d;
}

static struct asked *by_id(struct asks *a, uint64_t id)
{
	for (size_t i = 0; i < ASK_AT_ONCE; i++)
		if (a->v[i].id == id)
			return &a->v[i];
	return NULL;
}

bool ask(struct asks *a, const struct http_who *who, struct str request,
    uint32_t seconds, ask_fn *fn, void *arg)
{
	struct asked *q = by_id(a, 0);
	struct wire_question w = { .id = a->ids + 1 };

	if (!q || request.n > WIRE_TAIL)
		return false;
	if (who) {
		w.acts = who->kind == KEY_OPERATOR;
		memcpy(w.who, who->name, sizeof(w.who));
	}
	if (!desk_say(a->desk, MSG_QUESTION, &w, sizeof(w), request))
		return false;
	*q = (struct asked){ .id = ++a->ids,
		.deadline = a->desk->now + seconds,
		.fn = fn,
		.arg = arg };
	return true;
}

static void end(struct asked *q, struct str answer)
{
	struct asked was = *q;

	*q = (struct asked){ 0 };
	was.fn(was.arg, answer);
	free(was.text);
}

void asks_hear(struct asks *a, const struct wire_answer *w, struct str part)
{
	struct asked *q = w->id ? by_id(a, w->id) : NULL;

	if (!q)
		return; /* it came too late */
	if (q->n + part.n > ASK_LONGEST) {
		end(q, (struct str){ 0 });
		return;
	}
	if (q->n + part.n > q->room) {
		q->room = MAX(q->room * 2, q->n + part.n);
		q->text = mem_grow(q->text, q->room, 1);
	}
	if (part.n)
		memcpy(q->text + q->n, part.p, part.n);
	q->n += part.n;
	if (w->last)
		end(q, (struct str){ q->text, q->n });
}

void asks_tick(struct asks *a)
{
	for (size_t i = 0; i < ASK_AT_ONCE; i++)
		if (a->v[i].id && a->desk->now >= a->v[i].deadline)
			end(&a->v[i], (struct str){ 0 });
}

void asks_gone(struct asks *a)
{
	for (size_t i = 0; i < ASK_AT_ONCE; i++)
		if (a->v[i].id)
			end(&a->v[i], (struct str){ 0 });
}

/* --- an answer as one object --- */

static const struct {
	const char *code;
	unsigned status;
} statuses[] = { { "denied", 403 }, { "request", 400 }, { "none", 404 },
	{ "protected", 409 }, { "refused", 409 }, { "too-wide", 409 },
	{ "timeout", 503 }, { "busy", 503 } };

static unsigned status_of(const json_t *end)
{
	const char *code = json_string_value(json_object_get(end, "code"));

	if (!json_is_false(json_object_get(end, "ok")))
		return 200;
	for (size_t i = 0; code && i < countof(statuses); i++)
		if (strcmp(code, statuses[i].code) == 0)
			return statuses[i].status;
	return 500;
}

/* {"row":X} as X. */
static bool row_of(struct str line, struct str *x)
{
	if (!str_starts(line, STR("{\"row\":")) || !str_ends(line, STR("}")))
		return false;
	*x = (struct str){ line.p + 7, line.n - 8 };
	return true;
}

static void one_object(struct http_request *r, struct str answer)
{
	char *text = NULL;
	size_t n = 0, rows = 0;
	struct str line, x, last = { 0 };
	unsigned status;
	json_t *o;
	FILE *f = file_in_memory(&text, &n);

	fputs("{\"rows\":[", f);
	while (str_cut(&answer, '\n', &line)) {
		if (row_of(line, &x))
			fprintf(f, "%s" STR_F, rows++ ? "," : "", STR_A(x));
		else
			last = line;
	}
	fprintf(f, "]%s" STR_F, last.n > 2 ? "," : "}",
	    STR_A(str_from(last, 1)));
	fclose(f);
	o = last.n ? json_loadb(last.p, last.n, 0, NULL) : NULL;
	status = o ? status_of(o) : 502;
	json_decref(o);
	http_answer_take(r, status, "application/json; charset=utf-8", &text,
	    n);
}

static void on_answer(void *arg, struct str answer)
{
	struct http_request *r = arg;

	if (answer.n == 0)
		http_fail(r, MHD_HTTP_SERVICE_UNAVAILABLE, "away",
		    "the judge does not answer now");
	else
		one_object(r, answer);
}

void ask_for(struct http_request *r, json_t **request)
{
	char *text = json_dumps(*request, JSON_COMPACT);

	json_decref(take(*request));
	if (!text ||
	    !ask(r->desk->asks, &r->who, str_of(text), ASK_S, on_answer, r))
		http_fail(r, MHD_HTTP_SERVICE_UNAVAILABLE, "away",
		    "the judge cannot be asked now");
	free(text);
}
