#include <jansson.h>

#include "base/file.h"
#include "herald/announce.h"

static const char *const done[] = { "opened", "alarm", "limited", "shut out" };

static const char *done_of(uint8_t what)
{
	return done[what < countof(done) ? what : 0];
}

static uint64_t all_of(const struct gathered *g)
{
	return g->of[0] + g->of[1] + g->of[2] + g->of[3];
}

/* "Liptako on gate: 3 shut out, 1 alarm" */
char *announce_title(const struct gathered *g, const char *host)
{
	char *text = NULL;
	size_t n;
	FILE *f = file_in_memory(&text, &n);
	const char *comma = ":";

	fprintf(f, "Liptako on %s", host);
	for (size_t i = countof(done); i-- > 0;) {
		if (!g->of[i])
			continue;
		fprintf(f, "%s %llu %s", comma, (unsigned long long)g->of[i],
		    done[i]);
		comma = ",";
	}
	fclose(f);
	return text;
}

static void put_line(FILE *f, const struct wire_happened *h)
{
	char net[NET_MAX], until[WHEN_MAX];
	int n = (int)strnlen(h->rule, sizeof(h->rule));

	(void)net_print(&h->net, net);
	fprintf(f, "%s %s", net, done_of(h->what));
	if (n > 1)
		fprintf(f, " by %.*s", n, h->rule);
	if (h->count > 1)
		fprintf(f, ", %u times", h->count);
	if (h->what >= 2 && h->until) {
		when_show(h->until, until);
		fprintf(f, ", until %s", until);
	}
	fputc('\n', f);
}

char *announce_lines(const struct gathered *g, const char *host)
{
	auto_free char *title = announce_title(g, host);
	char *text = NULL;
	size_t n;
	FILE *f = file_in_memory(&text, &n);

	fprintf(f, "%s\n", title);
	for (size_t i = 0; i < g->n; i++)
		put_line(f, &g->first[i]);
	if (all_of(g) > g->n)
		fprintf(f, "and %llu more\n",
		    (unsigned long long)(all_of(g) - g->n));
	fclose(f);
	return text;
}

static json_t *event_json(const struct wire_happened *h)
{
	char net[NET_MAX], rule[sizeof(h->rule) + 1];

	(void)net_print(&h->net, net);
	snprintf(rule, sizeof(rule), "%.*s", (int)sizeof(h->rule), h->rule);
	return json_pack("{s:I,s:s,s:s,s:s,s:I,s:I,s:I}", "at",
	    (json_int_t)h->at, "what", done_of(h->what), "net", net, "rule",
	    rule, "count", (json_int_t)h->count, "until", (json_int_t)h->until,
	    "repeats", (json_int_t)h->repeats);
}

static json_t *plain_json(const struct gathered *g, const char *host,
    uint32_t now, const char *text)
{
	json_t *events = json_array();

	for (size_t i = 0; i < g->n; i++)
		json_array_append_new(events, event_json(&g->first[i]));
	return json_pack("{s:s,s:I,s:I,s:o,s:s}", "host", host, "at",
	    (json_int_t)now, "count", (json_int_t)all_of(g), "events", events,
	    "text", text);
}

/* A line breaks there only between blocks. */
static json_t *teams_json(const char *title, const char *text)
{
	json_t *blocks = json_array();
	struct str left = str_of(text), line;

	while (str_cut(&left, '\n', &line))
		if (line.n > 0)
			json_array_append_new(blocks,
			    json_pack("{s:s,s:s%,s:b,s:s}", "type", "TextBlock",
				"text", line.p, line.n, "wrap", 1, "weight",
				json_array_size(blocks) ? "Default"
							: "Bolder"));
	return json_pack("{s:s,s:s,s:[{s:s,s:{s:s,s:s,s:s,s:o}}]}", "type",
	    "message", "summary", title, "attachments", "contentType",
	    "application/vnd.microsoft.card.adaptive", "content", "$schema",
	    "http://adaptivecards.io/schemas/adaptive-card.json", "type",
	    "AdaptiveCard", "version", "1.4", "body", blocks);
}

const char *announce_type(uint32_t as)
{
	return as == CONF_AS_NTFY || as == CONF_AS_MAIL
		   ? "text/plain; charset=utf-8"
		   : "application/json";
}

char *announce_body(const struct conf_announce *c, const struct gathered *g,
    const char *host, uint32_t now)
{
	char *text = announce_lines(g, host), *body;
	auto_free char *title = announce_title(g, host);
	json_t *o = NULL;

	switch (c->as) {
	case CONF_AS_NTFY:
	case CONF_AS_MAIL:
		return text;
	case CONF_AS_SLACK:
		o = json_pack("{s:s}", "text", text);
		break;
	case CONF_AS_DISCORD: /* at most 2000 characters, nobody is called */
		o = json_pack("{s:s%,s:{s:[]}}", "content", text,
		    MIN(strlen(text), (size_t)1990), "allowed_mentions",
		    "parse");
		break;
	case CONF_AS_TEAMS:
		o = teams_json(title, text);
		break;
	case CONF_AS_MATRIX:
		o = json_pack("{s:s,s:s}", "msgtype", "m.text", "body", text);
		break;
	case CONF_AS_TELEGRAM:
		o = json_pack("{s:s,s:s%,s:b}", "chat_id",
		    c->chat ? c->chat : "", "text", text,
		    MIN(strlen(text), (size_t)4000), "disable_web_page_preview",
		    1);
		break;
	default:
		o = plain_json(g, host, now, text);
	}
	body = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	free(text);
	if (!body)
		die("out of memory");
	return body;
}
